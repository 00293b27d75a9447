"""Answers written token by token: a row that has ended leaves the batch, and a prompt asked several times is read once.

    answers(model, [[5, 8, 2], [9, 2], [9, 2]], most=64, pad=0, ends=[1])   →  [[7, 7, 1], [4, 1], [4, 1]]

`model.generate` goes on with every row until the last of them has ended. Here it stops when some have, and is called
anew for the others with the cache it has left; so what is right in it, for any causal model of transformers, is right
here, and the likeliest tokens are those of a single call. What is written beside its answer is decided by `Choose`:

    scores (rows, vocabulary), places [0, 2], said [[7], [4]]   →  scores, of which the highest of each row is next

`places` says to which prompts the rows belong, and `said` what they have answered so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Choose = Callable[["torch.Tensor", Sequence[int], Sequence[Sequence[int]]], "torch.Tensor"]
"""Scores, places and what was said, as above, to the scores that are chosen by; the tensor given may be changed."""

ENDED = 0.25
"""Rows leave a batch when so many of them, as a share, have ended: each time costs a copy of the cache."""


def answers(
    model: Any,
    prompts: Sequence[Sequence[int]],
    most: int,
    pad: int,
    ends: Sequence[int],
    choose: Choose | None = None,
) -> list[list[int]]:
    """The tokens of an answer to each prompt: at most so many, with the one of `ends` that ends it if any does."""
    import torch

    width = max(map(len, prompts))
    device = model.device
    ids = torch.tensor([[pad] * (width - len(prompt)) + list(prompt) for prompt in prompts], device=device)
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=device)
    rows = _Rows(len(prompts), ends, choose)
    with torch.inference_mode(), plain(model, pad, ends):
        cache = _shared(model, prompts, ids, mask) or _roomy(model)
        while rows.there:
            found = _generated(
                model,
                ids,
                mask,
                cache,
                max_new_tokens=most + width - ids.shape[1],
                logits_processor=[rows.chosen] if choose else [],
                stopping_criteria=[rows.enough],
            )
            left = torch.tensor(rows.leave(), dtype=torch.long, device=device)
            ids = found.sequences[left]
            if ids.shape[1] == width + most:
                break
            mask = torch.nn.functional.pad(mask[left], (0, ids.shape[1] - mask.shape[1]), value=1)
            cache = _taken(found, left, ids.shape[1] - 1)
            rows.all = cache is None  # what cannot be gone on with is not given up a second time
    return rows.said


class _Rows:
    """The rows of a batch within `generate`.

    Fields:
        there: the places of the prompts that its rows belong to. said: the answer to each prompt so far.
        all: whether it goes on until all have ended.
    """

    def __init__(self, number: int, ends: Sequence[int], choose: Choose | None) -> None:
        self.there, self.all = list(range(number)), False
        self.said: list[list[int]] = [[] for _ in range(number)]
        self.ends, self.choose = frozenset(ends), choose

    def ended(self, place: int) -> bool:
        """Whether an answer has come to its end."""
        said = self.said[place]
        return bool(said) and said[-1] in self.ends

    def chosen(self, ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """What `generate` asks of a logits processor.

        The tokens were read when they were written: so on a GPU nothing waits for the forward pass until here.
        """
        assert self.choose
        return self.choose(scores, self.there, [self.said[place] for place in self.there])

    def enough(self, ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        """What `generate` asks of a stopping criterion, once for each token: (rows), all alike."""
        import torch

        for place, id in zip(self.there, ids[:, -1].tolist(), strict=True):
            if not self.ended(place):
                self.said[place].append(id)
        over = sum(map(self.ended, self.there))
        return torch.full((len(ids),), not self.all and over >= max(1, ENDED * len(ids)), device=ids.device)

    def leave(self) -> list[int]:
        """Let go of those that have ended; returns which rows go on, as they were numbered."""
        left = [row for row, place in enumerate(self.there) if not self.ended(place)]
        self.there = [self.there[row] for row in left]
        return left


def _generated(model: Any, ids: torch.Tensor, mask: torch.Tensor, cache: Any, **more: Any) -> Any:
    from uiebench.train.copy_head import CACHE

    given = {} if cache is None else {CACHE: cache}
    return model.generate(
        input_ids=ids, attention_mask=mask, do_sample=False, return_dict_in_generate=True, **given, **more
    )


def _shared(model: Any, prompts: Sequence[Sequence[int]], ids: torch.Tensor, mask: torch.Tensor) -> Any:
    """The cache of all prompts but their last tokens, where some are the same; None where nothing is shared."""
    import torch

    first: dict[tuple[int, ...], int] = {}
    for row, prompt in enumerate(prompts):
        first.setdefault(tuple(prompt), row)
    if len(first) == len(prompts) or min(map(len, prompts)) < 2:
        return None
    once = list(first.values())
    found = _generated(model, ids[once, :-1], mask[once, :-1], _roomy(model), max_new_tokens=1)
    number = {prompt: place for place, prompt in enumerate(first)}
    each = torch.tensor([number[tuple(prompt)] for prompt in prompts], device=ids.device)
    return _taken(found, each, ids.shape[1] - 1)


def _taken(found: Any, rows: torch.Tensor, tokens: int) -> Any:
    """The cache that `generate` has left, of these rows; None unless it holds so many tokens of each.

    The states of some models are of another kind, which `generate` cannot go on from with a whole sequence.
    """
    from uiebench.train.copy_head import CACHE

    cache: Any = getattr(found, CACHE, None)
    try:
        if cache.get_seq_length() != tokens:
            return None
    except (AttributeError, ValueError):
        return None
    cache.reorder_cache(rows)
    return cache


def _roomy(model: Any) -> Any:
    """An empty cache with room for what is to come; None for a model whose states are of another kind."""
    from uiebench.train.room import roomy

    takes = getattr(model, "_supports_default_dynamic_cache", None)  # else it makes one of its own
    return None if takes is not None and not takes() else roomy(model.config)


@contextmanager
def plain(model: Any, pad: int, ends: Sequence[int]) -> Iterator[None]:
    """A model whose generation config asks for nothing, for a while.

    Chat models ask for a penalty of repetition there, which would punish an answer for saying what its text says, and
    of which log-probabilities do not know.
    """
    from transformers import GenerationConfig

    kept = model.generation_config
    model.generation_config = GenerationConfig(pad_token_id=pad, eos_token_id=list(ends))
    try:
        yield
    finally:
        model.generation_config = kept


def drawn(logs: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
    """The token of each row at which the cumulated probability passes a number between 0 and 1: (rows, 1).

    Args:
        logs: log-probabilities, (rows, vocabulary). numbers: (rows), float64.
    """
    import torch

    total = logs.double().exp().cumsum(-1)
    number = numbers[:, None].to(total.device) * total[:, -1:]
    # The first token whose cumulated probability is above the number: never one of probability 0.
    return torch.searchsorted(total, number, right=True).clamp_max(total.shape[-1] - 1)


def only(scores: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """Scores (rows, vocabulary) that leave no choice but the tokens (rows, 1)."""
    import torch

    return torch.full_like(scores, -torch.inf).scatter_(-1, chosen, 0.0)
