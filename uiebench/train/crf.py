"""A linear-chain conditional random field over tags, exact: forward algorithm, Viterbi, and moves that cannot be.

    score(tags) = begin[t₁] + Σ emission[i, tᵢ] + Σ move[tᵢ, tᵢ₊₁] + end[tₙ]          p(tags) = exp(score) / Z

(Lafferty, McCallum and Pereira 2001.) Sequences that are not legal in the scheme have no share in Z and are never
found; so have tags of types that the corpus of a text does not annotate. Z is computed in float64 by products of
matrices, which is several times faster on a CPU than a logarithm of sums for each pair of tags.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

NEVER = -1e4
"""The score of what cannot be: exp of it is 0, and sums of it are numbers still."""
LEAST = 1e-300
"""What is less than this share of the likeliest tag at a place counts as this share: its logarithm stays a number."""


class Crf(nn.Module):
    """The scores of beginnings, moves and ends, of which those that are not legal stay at NEVER.

    `learned=False` keeps the legal ones at 0: then only the scheme binds neighbours.
    """

    begin_ok: torch.Tensor
    end_ok: torch.Tensor
    move_ok: torch.Tensor

    def __init__(
        self,
        may_begin: Sequence[bool],
        may_follow: Sequence[Sequence[bool]],
        may_end: Sequence[bool],
        *,
        learned: bool = True,
    ) -> None:
        super().__init__()
        size = len(may_begin)
        self.begin = nn.Parameter(torch.zeros(size), requires_grad=learned)
        self.move = nn.Parameter(torch.zeros(size, size), requires_grad=learned)
        self.end = nn.Parameter(torch.zeros(size), requires_grad=learned)
        for name, legal in (("begin_ok", may_begin), ("move_ok", may_follow), ("end_ok", may_end)):
            self.register_buffer(name, torch.tensor(legal, dtype=torch.bool), persistent=False)

    def _scores(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return (
            self.begin.float().masked_fill(~self.begin_ok, NEVER),
            self.move.float().masked_fill(~self.move_ok, NEVER),
            self.end.float().masked_fill(~self.end_ok, NEVER),
        )

    def log_partition(self, emissions: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """The logarithm of Z, (rows,), of emissions (rows, units, tags); units behind `lengths` (rows,) are nothing."""
        begin, move, end = (scores.double() for scores in self._scores())
        first, *others = emissions.double().unbind(1)
        alpha, growth = begin + first, move.exp()
        for place, emission in enumerate(others, 1):
            top = alpha.detach().max(1, keepdim=True).values
            on = ((alpha - top).exp() @ growth).clamp_min(LEAST).log() + top + emission
            alpha = torch.where((place < lengths)[:, None], on, alpha)
        return torch.logsumexp(alpha + end, 1)

    def score(self, emissions: torch.Tensor, tags: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """The score, (rows,), of sequences of tags (rows, units)."""
        begin, move, end = (scores.double() for scores in self._scores())
        emissions = emissions.double()
        there = torch.arange(tags.shape[1], device=tags.device) < lengths[:, None]
        own = (emissions.gather(2, tags[..., None])[..., 0] * there).sum(1)
        moves = (move[tags[:, :-1], tags[:, 1:]] * there[:, 1:]).sum(1)
        last = tags.gather(1, lengths[:, None] - 1)[:, 0]
        return begin[tags[:, 0]] + own + moves + end[last]

    def loss(self, emissions: torch.Tensor, tags: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """The negative logarithm of the probability of the tags, (rows,)."""
        return self.log_partition(emissions, lengths) - self.score(emissions, tags, lengths)

    @torch.no_grad()
    def best(self, emissions: torch.Tensor, lengths: torch.Tensor) -> list[list[int]]:
        """The likeliest tags of each row (Viterbi). Of equals the first tag is taken."""
        begin, move, end = self._scores()
        high, came = begin + emissions[:, 0], []
        for place in range(1, emissions.shape[1]):
            over, source = (high[:, :, None] + move).max(1)
            came.append(source)
            high = torch.where((place < lengths)[:, None], over + emissions[:, place], high)
        sources = torch.stack(came, 1).tolist() if came else [[]] * len(lengths)
        found = []
        for row, (tag, length) in enumerate(zip((high + end).argmax(1).tolist(), lengths.tolist(), strict=True)):
            tags = [tag]
            for back in reversed(sources[row][: length - 1]):
                tags.append(back[tags[-1]])
            found.append(tags[::-1])
        return found
