"""Articles whose entities are clusters of mentions, the form of DocRED.

    [{"title": "Ashby Ferry", "sents": [["Ashby", "Ferry", "is", "a", "town", "in", "Norland", "."]],
      "vertexSet": [[{"name": "Ashby Ferry", "sent_id": 0, "pos": [0, 2], "type": "LOC"}],
                    [{"name": "Norland", "sent_id": 0, "pos": [6, 7], "type": "LOC"}]],
      "labels": [{"h": 0, "t": 1, "r": "P17", "evidence": [0]}]}]

Sentences are tokens, mentions half-open token positions in a sentence. The text is all tokens joined with one
blank. Every mention is an entity; a relation between two clusters joins the first mention of each in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import msgspec

from uiebench.formats.reading import json_records
from uiebench.formats.tokens import Tokens
from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Relation

DIFFERS = "string differs from text"
SECTION = "section number in the name"


class Mention(msgspec.Struct, gc=False):
    """One mention: its tokens in a sentence, from the first to the one after the last."""

    name: str
    sent_id: int
    pos: tuple[int, int]
    type: str


class Fact(msgspec.Struct, gc=False):
    """A relation between two clusters."""

    r: str
    h: int
    t: int


class Page(msgspec.Struct, gc=False):
    """An article; `labels` is missing in a test file."""

    sents: list[list[str]]
    clusters: list[list[Mention]] = msgspec.field(name="vertexSet")
    labels: list[Fact] = []


def clusters(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """The articles of a file, each with its mentions in the order of the text and its relations."""
    for path in files:
        for page in json_records(path, ledger, Page):
            words = Tokens([token for sentence in page.sents for token in sentence], ledger)
            first = [0, *accumulate(map(len, page.sents))]  # the number of the first token of each sentence
            places: list[list[Entity]] = []
            for cluster in page.clusters:
                found = []
                for mention in cluster:
                    number, (begin, stop) = mention.sent_id, mention.pos
                    if not (0 <= number < len(page.sents) and 0 <= begin < stop <= len(page.sents[number])):
                        raise ledger.malformed(f"{mention.name} {number} {mention.pos}", "tokens of a sentence")
                    found_here = words.entity(first[number] + begin, first[number] + stop, mention.type)
                    string, (number_of_section, _, name) = found_here.text, mention.name.rpartition("\n")
                    if "".join(string.split()) != "".join(name.split()):
                        ledger.drop(DIFFERS, f"{mention.name!r}, in the text {string!r}")
                        continue
                    if number_of_section:
                        ledger.repair(SECTION, mention.name)
                    found.append(found_here)
                places.append(sorted(found, key=_place))
            facts = []
            for fact in page.labels:
                if not (0 <= fact.h < len(places) and 0 <= fact.t < len(places)):
                    raise ledger.malformed(str(fact), "two entities of the text")
                head, tail = places[fact.h], places[fact.t]
                if head and tail:
                    facts.append(Relation(fact.r, head[0], tail[0]))
                else:
                    ledger.drop(DIFFERS, f"{fact}: an entity without mention")
            entities = sorted([entity for cluster in places for entity in cluster], key=_place)
            yield Document("", words.text, tuple(entities), tuple(facts))


def _place(entity: Entity) -> tuple[int, int]:
    """The order of mentions in a text: the earlier first, of two that begin together the longer."""
    return entity.start or 0, -(entity.end or 0)


def clustered_texts(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """The articles of a file without what is annotated."""
    for path in files:
        for page in json_records(path, ledger, Page):
            yield Document("", Tokens([token for sentence in page.sents for token in sentence], ledger).text)
