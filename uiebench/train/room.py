"""A cache of keys and values that has room behind them, so that a token more copies nothing.

    cache = roomy(model.config)
    model(input_ids=ids, past_key_values=cache)      # keys: a view of the first 40 of 72 places
    model(input_ids=next, past_key_values=cache)     # of the first 41

transformers copies all keys and values so far for each token, in every layer; with 512 answers at a time nothing else
took a GPU longer in a small model. It imports transformers, so that it is imported late.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

ROOM = 32
"""There is room for at least so many tokens more."""


class Roomy(DynamicLayer):
    """The keys and values of a layer, (rows, heads, tokens, size), as views of something longer."""

    keys: Tensor
    values: Tensor

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.rooms: list[Tensor | None] = [None, None]
        self.views: list[Tensor | None] = [None, None]

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        """Add those of some tokens; returns all of them."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        self.keys = self._with(0, self.keys, key_states)
        self.values = self._with(1, self.values, value_states)
        return self.keys, self.values

    def _with(self, place: int, known: Tensor, new: Tensor) -> Tensor:
        length = known.shape[-2] if known.numel() else 0
        total, room = length + new.shape[-2], self.rooms[place]
        # They are others than before where rows have left or were put in another order.
        if room is None or known is not self.views[place] or total > room.shape[-2]:
            room = new.new_empty((*new.shape[:-2], total + max(ROOM, total // 4), new.shape[-1]))
            if length:
                room[..., :length, :] = known
            self.rooms[place] = room
        room[..., length:total, :] = new
        view = room[..., :total, :]
        self.views[place] = view
        return view


def roomy(config: Any) -> DynamicCache | None:
    """An empty cache for a model; None where its layers keep something else, as sliding windows and states are."""
    cache = DynamicCache(config=config)
    if not cache.layers or any(type(layer) is not DynamicLayer for layer in cache.layers):
        return None
    cache.layers = [Roomy() for _ in cache.layers]
    return cache
