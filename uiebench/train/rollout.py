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
from uiebench.train import decode, grammar
from uiebench.train.automaton import Automaton
from uiebench.train.data import end_of, instructions, prompt_ids, texts_of
from uiebench.train.dialogues import Message
from uiebench.train.predict import templates_of
from uiebench.train.recipe import FromBenchmark, Sampling

if TYPE_CHECKING:
    import torch

    from uiebench.train.constrain import Guide, Masks, Rows


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
        texts = texts_of(gold.folder, chosen) if bound else {}
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
    drawings: list[_Drawing] = []
    for start in range(0, len(asking), sampling.batch):
        batch = asking[start : start + sampling.batch]
        bound = None
        if guide and sampling.constraint != "off":
            bound = guide.rows([p.asked for p in batch if p.asked is not None], sampling.constraint)
        drawings.append(_Drawing(numbers[start : start + len(batch)], sampling.temperature, bound, greedy=greedy))
        answers += decode.answers(model, [p.ids for p in batch], sampling.most, pad, [end], drawings[-1])
    tokens = max(map(len, answers))
    ids = torch.full((len(asking), width + tokens), pad)
    mask = torch.zeros_like(ids)
    for row, (prompt, answer) in enumerate(zip(asking, answers, strict=True)):
        first, last = width - len(prompt.ids), width + len(answer)
        ids[row, first:last] = torch.tensor([*prompt.ids, *answer])
        mask[row, first:last] = 1
    log_probs = torch.cat([drawing.log_probs(tokens) for drawing in drawings]).masked_fill(mask[:, width:] == 0, 0.0)
    return Drawn(
        ids.to(model.device),
        mask.to(model.device),
        width,
        log_probs.to(model.device),
        _masks([masks for drawing in drawings for masks in drawing.masks], answers) if guide else None,
        [text_of(tokenizer, answer) for answer in answers],
        [answer[-1] == end for answer in answers],
    )


def likeliest(model: Any, tokenizer: Any, asking: Sequence[Prompt], sampling: Sampling) -> dict[str, str]:
    """The greedy answer to each prompt by its id, as `uiebench predict` would write it.

    What ran out of tokens is brought to an end under a constraint.
    """
    guide, found = guide_of(tokenizer, sampling), dict[str, str]()
    ranked = sorted(asking, key=lambda prompt: -len(prompt.ids))  # so that little is padding
    for start in range(0, len(ranked), sampling.batch):
        batch = ranked[start : start + sampling.batch]
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


class _Drawing:
    """Draws tokens by numbers between 0 and 1, (rows, tokens), and keeps of each its log-probability and its mask."""

    def __init__(self, numbers: torch.Tensor, temperature: float, bound: Rows | None, *, greedy: bool) -> None:
        self.numbers, self.temperature, self.bound, self.greedy = numbers, temperature, bound, greedy
        self.said: list[tuple[list[int], torch.Tensor]] = []
        self.masks: list[list[Masks]] = [[] for _ in numbers]

    def __call__(self, scores: torch.Tensor, places: Sequence[int], said: Sequence[Sequence[int]]) -> torch.Tensor:
        """As `uiebench.train.decode.Choose`."""
        import torch

        scores = scores.float() / self.temperature
        if self.bound:
            from uiebench.train.constrain import mask

            masks = self.bound.masks(places, said)
            for place, own in zip(places, masks, strict=True):
                self.masks[place].append(own)
            scores = mask(scores, torch.from_numpy(masks.view("<i4")).to(scores.device))
        logs = scores.log_softmax(-1)
        if self.greedy:
            chosen = logs.argmax(-1, keepdim=True)
        else:
            chosen = decode.drawn(logs, self.numbers[list(places), len(self.said)])
        self.said.append((list(places), logs.gather(-1, chosen)[:, 0]))
        return decode.only(scores, chosen)

    def log_probs(self, tokens: int) -> torch.Tensor:
        """Of what was drawn, (rows, tokens); what stands behind an answer is of no account."""
        import torch

        found = torch.zeros((len(self.numbers), tokens))
        for step, (places, logs) in enumerate(self.said):
            found[places, step] = logs.cpu()
        return found


def _masks(drawn: Sequence[Sequence[Masks]], answers: Sequence[Sequence[int]]) -> torch.Tensor:
    """The masks of all answers, (rows, tokens, words); what stands behind an answer can be anything."""
    import numpy
    import torch

    found = numpy.full((len(answers), max(map(len, answers)), len(drawn[0][0])), 0xFFFFFFFF, dtype="<u4")
    for row, (masks, answer) in enumerate(zip(drawn, answers, strict=True)):
        found[row, : len(answer)] = masks[: len(answer)]
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
