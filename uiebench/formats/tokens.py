"""Texts given as tokens, and mentions given by the numbers of their tokens.

    words = Tokens(["Mira", "Holt", "\\xa0", "lives", "in", "Ashby", "."], ledger)
    words.text                       →  "Mira Holt lives in Ashby ."
    words.entity(0, 2, "PER")        →  Entity("Mira Holt", 0, 9, "PER")

Tokens are joined with one blank. Those of white space alone, or empty, leave no trace in the text: such a
token starts where the next one does and ends where the last one did, so that a run of tokens that begins
or ends with one still has the place of its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from uiebench.ledger import Ledger
from uiebench.types import Argument, Entity, Span


class Tokens:
    """The text of some tokens; every method takes the first token and the one after the last, from 0."""

    def __init__(self, tokens: Sequence[str], ledger: Ledger) -> None:
        words, at = list[str](), 0
        self.starts, self.ends = list[int](), list[int]()
        for token in tokens:
            self.starts.append(at)
            if token and not token.isspace():
                words.append(token)
                at += len(token) + 1
            self.ends.append(max(at - 1, 0))
        self.text = " ".join(words)
        self.ledger = ledger

    def place(self, first: int, stop: int) -> tuple[int, int]:
        """The half-open offsets of the tokens. Raises: MalformedInput if these are not some of the text's."""
        if not 0 <= first < stop <= len(self.starts):
            raise self.ledger.malformed(f"{first}–{stop}", f"some of the {len(self.starts)} tokens of the text")
        return self.starts[first], self.ends[stop - 1]

    def span(self, first: int, stop: int) -> Span:
        """The tokens as a span."""
        start, end = self.place(first, stop)
        return Span(self.text[start:end], start, end)

    def entity(self, first: int, stop: int, type: str) -> Entity:
        """The tokens as an entity."""
        start, end = self.place(first, stop)
        return Entity(self.text[start:end], start, end, type)

    def numbered(self, numbers: Sequence[int]) -> Entity | None:
        """The words that consecutive token numbers stand for; None, and counted as dropped, where they are not."""
        if not numbers:
            self.ledger.drop("empty mention", self.text)
            return None
        first, last = numbers[0], numbers[-1]
        found = self.entity(first, last + 1, "")
        if len(numbers) != last - first + 1:
            self.ledger.drop("discontinuous mention", numbers)
            return None
        return found

    def argument(self, first: int, stop: int, role: str) -> Argument:
        """The tokens as an argument."""
        start, end = self.place(first, stop)
        return Argument(self.text[start:end], start, end, role)

    def entities(self, spans: Iterable[tuple[int, int, str]]) -> tuple[Entity, ...]:
        """The (first, stop, type) of some mentions, as `spans_of` gives them, as entities."""
        return tuple([self.entity(first, stop, type) for first, stop, type in spans])
