"""What the texts of a corpus say of its labels: cases, and the features of each in three views.

A case is one thing that is to be given a label: a mention, a pair of mentions, a trigger (or the whole text
where triggers are not annotated), an argument. Its labels are all that the document gives to it.

    "昨日，云帆科技收购远山矿业。"   with the relation 收购 (云帆科技, 远山矿业)
    Case("relation", ("收购",), "…/train/7",
         context=("b:收", "b:购", "b:收购", "=before", …),     where the mention stands
         sentence=("昨", "昨日", …),                            the sentence around it
         mention=("h:科", "h:科技", "h#汉", "t:矿", …))         the mention itself and its shape

Tokens are single characters of scripts without word breaks, words of other scripts in lower case, and
runs of digits as so many zeros.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from uiebench.confusion.labels import Kind
from uiebench.types import Document, Span

TOKEN = re.compile(r"[^\W\d_\u2e80-\U0003ffff]+|\d+|\S")
SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s)")
REACH = 120
"""Characters of a sentence that are looked at on each side of a mention."""
BESIDE = 3
"""Tokens beside a mention that count as its context."""
BETWEEN = 16
"""Tokens between two mentions that count as their context, from each end half of them."""

View = str
VIEWS: tuple[View, ...] = ("context", "sentence", "mention")
Place = tuple[int, int]


class Case(msgspec.Struct, frozen=True):
    """One thing to be labelled: its labels (native names, sorted), its document, its features by view."""

    kind: Kind
    labels: tuple[str, ...]
    document: str
    context: tuple[str, ...]
    sentence: tuple[str, ...]
    mention: tuple[str, ...]


def tokens(text: str) -> list[str]:
    """The tokens of a text."""
    return [_token(found) for found in TOKEN.findall(text)]


def _token(found: str) -> str:
    return "0" * len(found) if found[0].isdigit() else found.lower()


def grams(found: Sequence[str], mark: str = "") -> list[str]:
    """The tokens and pairs of neighbouring tokens, each once, behind a mark."""
    pairs = [f"{mark}{a} {b}" for a, b in pairwise(found)]
    return list(dict.fromkeys([f"{mark}{token}" for token in found] + pairs))


# --- cases ------------------------------------------------------------------------------------------


Wanted = Callable[[Kind, Iterable[str]], bool]


def cases(document: Document, wanted: Wanted = lambda kind, labels: True) -> Iterator[Case]:
    """The cases of a document, kind by kind, in the order of its annotations; only those that are wanted."""
    text = document.text
    entities: defaultdict[tuple[Place | None, str], set[str]] = defaultdict(set)
    for entity in document.entities:
        entities[place(text, entity), entity.text].add(entity.type)
    for (where, mention), labels in entities.items():
        if wanted("entity", labels):
            yield _single("entity", labels, document, where, mention)

    pairs: defaultdict[tuple[Place | None, str, Place | None, str], set[str]] = defaultdict(set)
    for relation in document.relations:
        head, tail = relation.head, relation.tail
        pairs[place(text, head), head.text, place(text, tail), tail.text].add(relation.type)
    for (head_at, head_text, tail_at, tail_text), labels in pairs.items():
        if wanted("relation", labels):
            yield _pair(labels, document, head_at, head_text, tail_at, tail_text)

    triggers: defaultdict[tuple[Place | None, str], set[str]] = defaultdict(set)
    arguments: defaultdict[tuple[Place | None, str], set[str]] = defaultdict(set)
    for event in document.events:
        trigger = event.trigger
        triggers[place(text, trigger) if trigger else None, trigger.text if trigger else ""].add(event.type)
        for argument in event.arguments:
            arguments[place(text, argument), argument.text].add(argument.role)
    for (where, mention), labels in triggers.items():
        if wanted("event", labels):
            yield _single("event", labels, document, where, mention)
    for (where, mention), labels in arguments.items():
        if wanted("role", labels):
            yield _single("role", labels, document, where, mention)


def place(text: str, span: Span) -> Place | None:
    """Where a span stands: its offsets, else the first place of its string, else None."""
    if span.start is not None and span.end is not None:
        return span.start, span.end
    start = text.find(span.text) if span.text else -1
    return None if start < 0 else (start, start + len(span.text))


def _single(kind: Kind, labels: set[str], document: Document, where: Place | None, mention: str) -> Case:
    left, right = _around(document.text, where, where)
    context: list[str] = []
    if where:
        context = _beside(tokens(left)[-BESIDE:][::-1], "l") + _beside(tokens(right)[:BESIDE], "r")
    sentence = left + document.text[slice(*where)] + right if where else left
    return Case(
        kind, tuple(sorted(labels)), document.id, tuple(context), tuple(grams(tokens(sentence))), tuple(_form(mention))
    )


def _pair(
    labels: set[str], document: Document, head_at: Place | None, head: str, tail_at: Place | None, tail: str
) -> Case:
    text = document.text
    first, last = head_at, tail_at
    context: list[str] = []
    if head_at and tail_at:
        first, last = sorted((head_at, tail_at))
        between = tokens(text[first[1] : last[0]])
        if len(between) > BETWEEN:
            between = [*between[: BETWEEN // 2], "…", *between[-BETWEEN // 2 :]]
        context += grams(between, "b:")
        context.append("=before" if head_at <= tail_at else "=after")
        context.append(f"={min(len(between), BETWEEN).bit_length()}")
    left, right = _around(text, first or last, last or first)
    if first and last:
        context += _beside(tokens(left)[-BESIDE:][::-1], "l") + _beside(tokens(right)[:BESIDE], "r")
        sentence = left + text[first[0] : max(first[1], last[1])] + right
    else:
        sentence = text[: 2 * REACH]
    mention = _form(head, "h") + _form(tail, "t")
    return Case(
        "relation", tuple(sorted(labels)), document.id, tuple(context), tuple(grams(tokens(sentence))), tuple(mention)
    )


def _around(text: str, first: Place | None, last: Place | None) -> tuple[str, str]:
    """The rest of the sentence to the left of the first place and to the right of the last."""
    if first is None or last is None:
        return text[: 2 * REACH], ""
    left = text[max(0, first[0] - REACH) : first[0]]
    right = text[max(first[1], last[1]) :][:REACH]
    ends = [found.end() for found in SENTENCE_END.finditer(left)]
    stop = SENTENCE_END.search(right)
    return left[ends[-1] if ends else 0 :], right[: stop.start()] if stop else right


def _beside(found: Sequence[str], side: str) -> list[str]:
    """Tokens beside a mention, the nearest first: each, the nearest as such, and growing pieces."""
    features = [f"{side}:{token}" for token in dict.fromkeys(found)]
    return features + [f"{side}{n}:{' '.join(found[:n])}" for n in range(1, len(found) + 1)]


def _form(mention: str, mark: str = "") -> list[str]:
    """What a mention looks like: its tokens and pairs of tokens, its ends, its shape and length."""
    found = tokens(mention)
    if not found:
        return []
    ends = [f"{mark}^{found[0]}", f"{mark}${found[-1]}"]
    if len(found[-1]) > 3:
        ends.append(f"{mark}~{found[-1][-3:]}")
    shape = "".join(dict.fromkeys(map(_class, mention)))
    return [*grams(found, f"{mark}:"), *ends, f"{mark}#{shape}", f"{mark}%{min(len(found), 15).bit_length()}"]


def _class(character: str) -> str:
    """A character as a class: 0 digit, A and a letters, 汉 of a script without word breaks, else itself."""
    if character.isdigit():
        return "0"
    if character >= "\u2e80" and character.isalpha():
        return "汉"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return " " if character.isspace() else character


# --- a sample of a corpus ---------------------------------------------------------------------------


def labels_of(document: Document) -> set[tuple[Kind, str]]:
    """The labels a document carries, without roles."""
    return (
        {("entity", entity.type) for entity in document.entities}
        | {("relation", relation.type) for relation in document.relations}
        | {("event", event.type) for event in document.events}
    )


def sample(documents: Iterable[Document], limit: int, labels: int) -> list[Document]:
    """At most about `limit` documents: of each of the `labels` labels, an equal share of lowest rank.

    Order and repeats of the documents change nothing, and a larger limit keeps the documents of a smaller one.
    """
    share = max(1, math.ceil(limit / max(1, labels)))
    kept: defaultdict[tuple[Kind, str], list[tuple[int, str]]] = defaultdict(list)
    by_id: dict[str, Document] = {}
    holders: Counter[str] = Counter()
    for document in documents:
        if document.id in by_id:
            continue
        entry = -place_of(document.id), document.id
        for label in sorted(labels_of(document)):
            heap = kept[label]
            out = None
            if len(heap) < share:
                heapq.heappush(heap, entry)
            elif (out := heapq.heappushpop(heap, entry)) == entry:
                continue
            by_id[document.id] = document
            holders[document.id] += 1
            if out:
                holders[out[1]] -= 1
                if not holders[out[1]]:
                    del by_id[out[1]]
    return [by_id[id] for _, id in sorted((place_of(id), id) for id in by_id)]


def place_of(id: str) -> int:
    """The rank of a document in every choice of documents."""
    return int.from_bytes(hashlib.blake2b(f"confusions\x1f{id}".encode(), digest_size=8).digest())


def sampled_cases(documents: Iterable[Document], most: int) -> list[Case]:
    """The cases of documents, of every label the first `most` and no more than needed for that."""
    counts: Counter[tuple[Kind, str]] = Counter()

    def wanted(kind: Kind, labels: Iterable[str]) -> bool:
        if all(counts[kind, label] >= most for label in labels):
            return False
        counts.update((kind, label) for label in labels)
        return True

    return [case for document in documents for case in cases(document, wanted)]
