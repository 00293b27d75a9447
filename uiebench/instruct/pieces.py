"""Long texts in pieces: where they are cut, what of the gold lies in a piece, and what lies in none.

    cut = Cutter(Pieces(budget=12, overlap=6), "zh")
    cut("高明创办远山公司。他是董事长。公司在北京。")   →  Cuts(ranges=[(0, 9), (9, 21)], clauses=0, hard=0)
    within(document, 9, 21)                         →  Document(…, text="他是董事长。公司在北京。", …)

Only the instruction layer knows pieces: a prompt asks about one of them, its target is what lies in it, and
the scorer puts the answers together again. A relation is in a piece if head and tail are, an event if its
trigger is, with those of its arguments that are there too. So the pieces together say what the document says,
except for what crosses every cut, and `crossing` names that.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from uiebench.errors import RecipeError, UiebenchError, shorten
from uiebench.hashing import sha256_bytes
from uiebench.recipe import Pieces
from uiebench.text import gap_before, sentences
from uiebench.types import Document, Event, Language, Span

S = TypeVar("S", bound=Span)
Range = tuple[int, int]
"""Half-open code-point offsets into a text."""


class Cuts(NamedTuple):
    """How a text is cut.

    Fields:
        ranges: of the pieces, in order; together they are the whole text.
        clauses, hard: cuts inside a sentence longer than the budget: behind a comma, and anywhere else.
    """

    ranges: list[Range]
    clauses: int = 0
    hard: int = 0


# --- lengths --------------------------------------------------------------------------------------


class Ruler(Protocol):
    """Measures parts of one text."""

    def length(self, start: int, end: int) -> int:
        """The length of text[start:end]."""
        ...

    def reach(self, start: int, budget: int) -> int:
        """The last end at which text[start:end] is no longer than `budget`."""
        ...


class Characters:
    """Counts code points."""

    def __init__(self, text: str) -> None:
        self.end = len(text)

    def length(self, start: int, end: int) -> int:
        return end - start

    def reach(self, start: int, budget: int) -> int:
        return min(start + budget, self.end)


class Tokens:
    """Counts the tokens of the whole text that lie in a part of it, those at its edges among them."""

    def __init__(self, offsets: Sequence[Range], end: int) -> None:
        self.starts, self.ends = [start for start, _ in offsets], [end for _, end in offsets]
        self.end = end

    def length(self, start: int, end: int) -> int:
        return max(0, bisect_left(self.starts, end) - bisect_right(self.ends, start))

    def reach(self, start: int, budget: int) -> int:
        beyond = bisect_right(self.ends, start) + budget
        # one character may be several tokens
        return self.end if beyond >= len(self.starts) else max(self.starts[beyond], start + 1)


class Tokenizer(NamedTuple):
    """A tokenizer: where the tokens of a text stand, and a hash of all its settings."""

    offsets: Callable[[str], list[Range]]
    sha256: str


_OF_THE_HUB = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?(@[\w./-]+)?")


@cache
def tokenizer(name: str) -> Tokenizer:
    """The tokenizer in a folder, or of a model of the Hub.

    Raises: RecipeError if there is none; UiebenchError if the package tokenizers is not installed.
    """
    try:
        import tokenizers  # noqa: PLC0415 - optional
    except ImportError:
        raise UiebenchError("pieces.tokenizer needs the package tokenizers: pip install tokenizers") from None
    place = Path(name)
    file = place / "tokenizer.json" if place.is_dir() else place
    repo, _, revision = name.partition("@")
    try:
        if file.is_file():
            found: Any = tokenizers.Tokenizer.from_file(str(file))
        elif place.is_dir():
            raise RecipeError(f"pieces.tokenizer: {name}: no tokenizer.json in this folder")
        elif not _OF_THE_HUB.fullmatch(name):
            raise RecipeError(f"pieces.tokenizer: {name}: no such folder, and no model of the Hub has such a name")
        else:
            found = tokenizers.Tokenizer.from_pretrained(repo, revision=revision or "main")
    except RecipeError:
        raise
    except Exception as error:  # the library raises plain Exceptions for broken files and failed downloads
        told = shorten(" ".join(str(error).split()))
        raise RecipeError(f"pieces.tokenizer: {name}: neither a folder here nor to be had ({told})") from None
    found.no_truncation()
    found.no_padding()
    return Tokenizer(
        lambda text: list(found.encode(text, add_special_tokens=False).offsets), sha256_bytes(found.to_str().encode())
    )


# --- cutting --------------------------------------------------------------------------------------


class Cutter:
    """Cuts the texts of a language as a recipe says.

    Raises: RecipeError or UiebenchError if its tokenizer cannot be had.
    """

    def __init__(self, settings: Pieces | None, language: Language) -> None:
        self.budget = settings.budget_of(language) if settings else None
        self.overlap = settings.overlap_of(language) if settings else 0
        self.tokenizer = tokenizer(settings.tokenizer) if settings and settings.tokenizer else None

    def __call__(self, text: str) -> Cuts:
        """The pieces of a text: one if it is within the budget."""
        if self.budget is None:
            return Cuts([(0, len(text))])
        ruler = Tokens(self.tokenizer.offsets(text), len(text)) if self.tokenizer else Characters(text)
        return cuts(text, ruler, self.budget, self.overlap)


def cuts(text: str, ruler: Ruler, budget: int, overlap: int = 0) -> Cuts:
    """The pieces of a text, at most `budget` long by the ruler; neighbours share sentences of at most `overlap`."""
    if ruler.length(0, len(text)) <= budget:
        return Cuts([(0, len(text))])
    ends, clauses, hard = _short(text, ruler, budget)
    return Cuts(_packed(ends, ruler, budget, overlap), clauses, hard)


def _short(text: str, ruler: Ruler, budget: int) -> tuple[list[int], int, int]:
    """The ends of the sentences, the longer ones cut further; how often behind a comma and elsewhere."""
    ends: list[int] = []
    start = clauses = hard = 0
    for end in sentences(text):
        while ruler.length(start, end) > budget:
            start, is_clause = gap_before(text, start, ruler.reach(start, budget))
            if start >= end:  # a single character of several tokens
                break
            clauses += is_clause
            hard += not is_clause
            ends.append(start)
        ends.append(end)
        start = end
    return ends, clauses, hard


def _packed(ends: Sequence[int], ruler: Ruler, budget: int, overlap: int) -> list[Range]:
    """As many sentences in a piece as fit; the next one begins with the last of these, as far as the overlap allows."""
    starts = [0, *ends[:-1]]
    pieces: list[Range] = []
    first = last = 0
    while True:
        while last + 1 < len(ends) and ruler.length(starts[first], ends[last + 1]) <= budget:
            last += 1
        pieces.append((starts[first], ends[last]))
        if last + 1 == len(ends):
            return pieces
        here = first + 1
        first = last = last + 1
        while (
            first > here
            and ruler.length(starts[first - 1], starts[last]) <= overlap
            and ruler.length(starts[first - 1], ends[last]) <= budget
        ):
            first -= 1


# --- gold -----------------------------------------------------------------------------------------


class Piece(msgspec.Struct, frozen=True, gc=False):
    """What is asked about at once: a document, or what of it lies in one of its pieces.

    `number` is its place among the pieces, or -1 where the text is not cut; `start` and `end` are its offsets
    in the whole text (None: to the end).
    """

    document: Document
    number: int = -1
    start: int = 0
    end: int | None = None


def pieces(document: Document, ranges: Sequence[Range]) -> list[Piece]:
    """A document in pieces; one that is not cut as it is."""
    if len(ranges) == 1:
        return [Piece(document)]
    return [Piece(within(document, s, e), number, s, e) for number, (s, e) in enumerate(ranges)]


def within(document: Document, start: int, end: int | None) -> Document:
    """What of a document lies in text[start:end], with offsets from `start`.

    A mention without offsets is wherever its string is. An event without trigger is where any of its arguments
    is; one without any mention is everywhere.
    """
    text = document.text[start:end]
    stop = start + len(text)

    def has(span: Span) -> bool:
        return _has(span, text, start, stop)

    events = []
    for event in document.events:
        if event.trigger is not None and not has(event.trigger):
            continue
        arguments = tuple(moved(argument, -start) for argument in event.arguments if has(argument))
        if event.trigger is None and event.arguments and not arguments:
            continue
        trigger = None if event.trigger is None else moved(event.trigger, -start)
        events.append(Event(event.type, trigger, arguments))
    return Document(
        document.id,
        text,
        tuple(moved(entity, -start) for entity in document.entities if has(entity)),
        tuple(
            msgspec.structs.replace(r, head=moved(r.head, -start), tail=moved(r.tail, -start))
            for r in document.relations
            if has(r.head) and has(r.tail)
        ),
        tuple(events),
    )


def _has(span: Span, text: str, start: int, end: int) -> bool:
    """Whether a span lies in the piece from `start` to `end`, whose text is `text`."""
    if span.start is None or span.end is None:
        return span.text in text
    return start <= span.start and span.end <= end


def moved(span: S, by: int) -> S:
    """The span with its offsets moved, if it has any."""
    if span.start is None or span.end is None or not by:
        return span
    return msgspec.structs.replace(span, start=span.start + by, end=span.end + by)


CROSSING, APART, NOWHERE = "crosses a cut", "told in parts", "not in the text"
"""Why an annotation is in no piece, or in none as a whole. Told in parts: no piece has the trigger and all
arguments of an event; nothing of it is lost but what crosses a cut. Not in the text: a string that the corpus
gives and the text does not have, so that it belongs to no piece."""


def crossing(document: Document, ranges: Sequence[Range]) -> Counter[tuple[str, str]]:
    """How many annotations of a document lie in none of its pieces, by reason and kind.

    Arguments are counted with their trigger: those of an event whose trigger is in no piece among them.
    """
    found: Counter[tuple[str, str]] = Counter()
    texts = [(document.text[start:end], start, end) for start, end in ranges]

    def homes(*spans: Span) -> frozenset[int]:
        """The pieces that have all these spans."""
        return frozenset(k for k, piece in enumerate(texts) if all(_has(span, *piece) for span in spans))

    def lost(kind: str, *spans: Span) -> None:
        unknown = any(span.start is None and span.text not in document.text for span in spans)
        found[NOWHERE if unknown else CROSSING, kind] += 1

    for entity in document.entities:
        if not homes(entity):
            lost("entities", entity)
    for relation in document.relations:
        if not homes(relation.head, relation.tail):
            lost("relations", relation.head, relation.tail)
    for event in document.events:
        trigger = () if event.trigger is None else (event.trigger,)
        if not homes(*trigger):
            lost("events", *trigger)
        elif not homes(*trigger, *event.arguments):
            found[APART, "events"] += 1
        for argument in event.arguments:
            if not homes(*trigger, argument):
                lost("arguments", *trigger, argument)
    return found
