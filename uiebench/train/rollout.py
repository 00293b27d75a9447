"""Answers drawn from a model, each token with its log-probability, under the constraint of its prompt.

    asking = prompts([FromBenchmark("benchmarks/resume")], tokenizer, context=512, sampling, counts)
    drawn = sample(policy, tokenizer, asking[:64], Sampling(constraint="span"), guide, seed=lot(0, "rollout", 17))
    drawn.outputs, drawn.log_probs                     →  ['{"人名":["高明"],"机构":[]}', …], (64, tokens)
    log_probs(policy, drawn, temperature=1.0).sampled  →  the same, with a gradient

Prompts are padded at the left, answers at the right, so that one slice holds all answers:

    ids   . . p p p p | a a a e .       mask 0 0 1 1 1 1 | 1 1 1 1 0       e ends the answer, . is padding
          p p p p p p | a a e . .            1 1 1 1 1 1 | 1 1 1 0 0

A draw is the place of a number in the cumulated probabilities, and the numbers are made of a seed alone: whatever
was drawn before, on a CPU the same seed gives the same answers. The distribution is the model's own, at a
temperature and under the masks of the constraint, and nothing else: what else a model's generation config asks for
(top-p, a repetition penalty) is left out, since log-probabilities would not know of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from uiebench.errors import RecipeError
from uiebench.instruct.prompt import template_sets
from uiebench.score.gold import Benchmark
from uiebench.train import grammar
from uiebench.train.automaton import Automaton
from uiebench.train.data import end_of, instructions, prompt_ids, texts_of
from uiebench.train.dialogues import Message
from uiebench.train.predict import plain, templates_of
from uiebench.train.recipe import FromBenchmark, Sampling
from uiebench.types import SPLITS

if TYPE_CHECKING:
    import torch

    from uiebench.train.constrain import Guide


class Prompt(NamedTuple):
    """A prompt in tokens, its text, and what its answers depend on (None where nothing is constrained)."""

    id: str
    text: str
    ids: list[int]
    asked: grammar.Asked | None


class Drawn(NamedTuple):
    """A batch of prompts with an answer to each; tensors are (rows, …).

    Fields:
        ids, mask: prompts and answers, (rows, prompt + tokens); the mask is 0 on padding.
        prompt: the width of the prompts.
        log_probs: of the tokens drawn, as they were drawn, (rows, tokens); 0 on padding.
        masks: what could stand at each token, packed, (rows, tokens, words); None where nothing is constrained.
        outputs: the answers as text. ended: whether each came to its end.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    prompt: int
    log_probs: torch.Tensor
    masks: torch.Tensor | None
    outputs: list[str]
    ended: list[bool]

    @property
    def acts(self) -> torch.Tensor:
        """Which tokens were drawn, the end of an answer among them: (rows, tokens), 1 or 0."""
        return self.mask[:, self.prompt :]

    def rows(self, places: Sequence[int]) -> Drawn:
        """Some of the rows, without the columns in which all of them are padding."""
        mask = self.mask[list(places)]
        there = mask.any(0).nonzero()[:, 0]
        first, last = int(there[0]), int(there[-1]) + 1
        tokens = last - self.prompt
        return Drawn(
            self.ids[list(places), first:last],
            mask[:, first:last],
            self.prompt - first,
            self.log_probs[list(places), :tokens],
            None if self.masks is None else self.masks[list(places), :tokens],
            [self.outputs[place] for place in places],
            [self.ended[place] for place in places],
        )


class LogProbs(NamedTuple):
    """The log-probability of each token drawn, and the entropy of what it was drawn from: (rows, tokens)."""

    sampled: torch.Tensor
    entropy: torch.Tensor


# --- what is asked --------------------------------------------------------------------------------


def prompts(
    sources: Sequence[FromBenchmark], tokenizer: Any, context: int, sampling: Sampling, counts: Counter[str]
) -> list[Prompt]:
    """The prompts of some sources, in their order; those that leave no room for an answer are counted, not taken.

    Raises: RecipeError if there are none.
    """
    found: list[Prompt] = []
    for source in sources:
        gold, chosen = Benchmark(Path(source.folder)), instructions(source)
        if not chosen:
            raise RecipeError(f"{source.folder}: nothing in it is selected by the recipe")
        bound = sampling.constraint != "off"
        explicit = template_sets()[templates_of(gold.folder)].explicit_empty
        texts: dict[str, str] = {}
        for split in SPLITS if bound else ():
            texts |= texts_of(gold.folder, [one for one in chosen if one.document.split("/")[1] == split], split)
        schemas = {corpus: gold.describe(corpus).schema for corpus in sorted({one.corpus for one in chosen})}
        for one in chosen:
            ids = prompt_ids(tokenizer, [Message("user", one.prompt)])
            if len(ids) + sampling.most > context:
                counts["no room for an answer in the context"] += 1
                continue
            schema = schemas[one.corpus]
            asked = grammar.asked(one, texts[one.id], schema, explicit_empty=explicit) if bound else None
            found.append(Prompt(one.id, one.prompt, ids, asked))
    if not found:
        raise RecipeError(
            f"no prompt leaves room for {sampling.most:,} tokens of an answer in a context of {context:,}: raise "
            "training.context or lower sampling.most"
        )
    return found


# --- drawing --------------------------------------------------------------------------------------


def guide_of(tokenizer: Any, sampling: Sampling) -> Guide | None:
    """What says which tokens can follow; None where nothing is constrained."""
    if sampling.constraint == "off":
        return None
    from uiebench.train.constrain import Guide

    return Guide(tokenizer, [end_of(tokenizer)])


def sample(
    model: Any,
    tokenizer: Any,
    asking: Sequence[Prompt],
    sampling: Sampling,
    guide: Guide | None,
    seed: int,
    *,
    greedy: bool = False,
) -> Drawn:
    """Draw an answer to each prompt, `sampling.batch` of them at a time; `greedy` takes the likeliest tokens."""
    import torch

    pad, end = pad_of(tokenizer), end_of(tokenizer)
    width = max(len(prompt.ids) for prompt in asking)
    generator = torch.Generator().manual_seed(seed % (1 << 63))
    numbers = torch.rand((len(asking), sampling.most), generator=generator, dtype=torch.float64)
    answers: list[list[int]] = []
    said: list[torch.Tensor] = []
    for start in range(0, len(asking), sampling.batch):
        batch = asking[start : start + sampling.batch]
        drawing = _Drawing(numbers[start : start + len(batch)], sampling.temperature, greedy=greedy)
        answers += _generate(model, batch, sampling, guide, drawing, pad, end)
        said += torch.stack(drawing.said, dim=1).cpu().unbind(0)
    tokens = max(map(len, answers))
    ids = torch.full((len(asking), width + tokens), pad)
    mask, log_probs = torch.zeros_like(ids), torch.zeros((len(asking), tokens))
    for row, (prompt, answer) in enumerate(zip(asking, answers, strict=True)):
        first, last = width - len(prompt.ids), width + len(answer)
        ids[row, first:last] = torch.tensor([*prompt.ids, *answer])
        mask[row, first:last] = 1
        log_probs[row, : len(answer)] = said[row][: len(answer)]
    return Drawn(
        ids.to(model.device),
        mask.to(model.device),
        width,
        log_probs.to(model.device),
        _masks(guide, asking, sampling, answers, tokens),
        [text_of(tokenizer, answer) for answer in answers],
        [answer[-1] == end for answer in answers],
    )


def likeliest(model: Any, tokenizer: Any, asking: Sequence[Prompt], sampling: Sampling) -> dict[str, str]:
    """The greedy answer to each prompt by its id, as `uiebench predict` would write it.

    What ran out of tokens is brought to an end under a constraint.
    """
    guide, found = guide_of(tokenizer, sampling), dict[str, str]()
    for start in range(0, len(asking), sampling.batch):
        batch = asking[start : start + sampling.batch]
        drawn = sample(model, tokenizer, batch, sampling, guide, 0, greedy=True)
        for prompt, output, ended in zip(batch, drawn.outputs, drawn.ended, strict=True):
            found[prompt.id] = closed(prompt, sampling, output, ended=ended)
    return found


def closed(prompt: Prompt, sampling: Sampling, output: str, *, ended: bool) -> str:
    """An answer brought to an end where its tokens ran out, under a constraint."""
    if ended or prompt.asked is None or sampling.constraint == "off":
        return output
    return Automaton(prompt.asked, sampling.constraint).finished(output)


def text_of(tokenizer: Any, answer: Sequence[int]) -> str:
    """The text of an answer, without the token that ends it."""
    text: str = tokenizer.decode(list(answer), skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text


def pad_of(tokenizer: Any) -> int:
    """The id that pads; that which ends an answer where a tokenizer has none."""
    return int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else end_of(tokenizer))


def _generate(
    model: Any,
    batch: Sequence[Prompt],
    sampling: Sampling,
    guide: Guide | None,
    drawing: _Drawing,
    pad: int,
    end: int,
) -> list[list[int]]:
    """The tokens of the answer to each prompt of a batch, with the one that ends it."""
    import torch

    width = max(len(prompt.ids) for prompt in batch)
    rows = torch.tensor([[pad] * (width - len(p.ids)) + p.ids for p in batch], device=model.device)
    mask = torch.tensor([[0] * (width - len(p.ids)) + [1] * len(p.ids) for p in batch], device=model.device)
    bound: list[Any] = []
    if guide is not None and sampling.constraint != "off":
        bound.append(guide.processor([p.asked for p in batch if p.asked is not None], sampling.constraint))
    with torch.inference_mode(), plain(model, pad, [end]):
        found = model.generate(
            input_ids=rows,
            attention_mask=mask,
            logits_processor=[drawing.cooled, *bound, drawing.drawn],
            max_new_tokens=sampling.most,
            do_sample=False,
        )[:, width:].tolist()
    return [row[: row.index(end) + 1] if end in row else row for row in found]


class _Drawing:
    """Draws tokens by numbers between 0 and 1, (rows, tokens), and keeps the log-probability of each.

    It stands among the processors of `generate`, at both ends of the constraint, and leaves it no choice.
    """

    def __init__(self, numbers: torch.Tensor, temperature: float, *, greedy: bool) -> None:
        self.numbers, self.temperature, self.greedy = numbers, temperature, greedy
        self.said: list[torch.Tensor] = []

    def cooled(self, ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores at the temperature."""
        return scores.float() / self.temperature

    def drawn(self, ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores of which only one is not minus infinity in each row."""
        import torch

        logs = scores.log_softmax(-1)
        if self.greedy:
            chosen = logs.argmax(-1, keepdim=True)
        else:
            total = logs.double().exp().cumsum(-1)
            number = self.numbers[:, len(self.said), None].to(total.device) * total[:, -1:]
            # The first token whose cumulated probability is above the number: never one of probability 0.
            chosen = torch.searchsorted(total, number, right=True).clamp_max(total.shape[-1] - 1)
        self.said.append(logs.gather(-1, chosen)[:, 0])
        return torch.full_like(scores, float("-inf")).scatter_(-1, chosen, 0.0)


def _masks(
    guide: Guide | None, asking: Sequence[Prompt], sampling: Sampling, answers: Sequence[list[int]], tokens: int
) -> torch.Tensor | None:
    """The masks of all answers, (rows, tokens, words); what stands behind an answer can be anything."""
    if guide is None or sampling.constraint == "off":
        return None
    import numpy
    import torch

    found = numpy.full((len(asking), tokens, guide.words), 0xFFFFFFFF, dtype="<u4")
    for row, (prompt, answer) in enumerate(zip(asking, answers, strict=True)):
        assert prompt.asked is not None
        found[row, : len(answer)] = guide.masks(prompt.asked, sampling.constraint, answer)
    return torch.from_numpy(found.view("<i4"))


# --- log-probabilities ----------------------------------------------------------------------------


def positions(mask: torch.Tensor) -> torch.Tensor:
    """The place of each token in its row, padding at the left not counted, as `generate` counts them."""
    return (mask.cumsum(-1) - 1).clamp_min(0)


def log_probs(model: Any, drawn: Drawn, temperature: float) -> LogProbs:
    """What a model says of answers, at the temperature and under the masks they were drawn with; padding is 0."""
    import torch

    from uiebench.train.constrain import masked

    tokens = drawn.acts.shape[1]
    logits = model(
        input_ids=drawn.ids,
        attention_mask=drawn.mask,
        position_ids=positions(drawn.mask),
        use_cache=False,
        logits_to_keep=tokens + 1,
    ).logits[:, -tokens - 1 : -1]
    logits = logits.float() / temperature
    if drawn.masks is not None:
        logits = masked(logits, drawn.masks.to(logits.device))
    logs = logits.log_softmax(-1)
    acts = drawn.acts.bool()
    answer = drawn.ids[:, drawn.prompt :, None]
    found = logs.gather(-1, answer)[..., 0].masked_fill(~acts, 0.0)
    with torch.no_grad():  # it is told, not trained
        entropy = -(logs.exp() * logs.clamp_min(-1e9)).sum(-1).masked_fill(~acts, 0.0)
    return LogProbs(found, entropy)
