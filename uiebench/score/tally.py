"""Counting: one pass over items and answers, which leaves sufficient statistics behind.

tally = Tally(rule)
for items, said in answers: tally.add(items, said)
tally.groups["resume", "NER"].cells["ner"]   →  Cell(triples={(3, 3, 4): 12, …}, types=(correct, gold, said))
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, repeat
from operator import contains

import msgspec

from uiebench.score.bootstrap import Triple
from uiebench.score.facts import HEADLINES, Match, Metric, Normal, Triples, is_placed, nfc_strip
from uiebench.score.gold import Items
from uiebench.score.matching import matched
from uiebench.score.said import Said
from uiebench.types import Task


class Rule(msgspec.Struct, frozen=True):
    """How annotations are compared. The defaults are the headline.

    Fields:
        multiset: a right fact said too often is wrong.
        match: mentions are compared as strings, or by the places where they stand.
        normal, normal_name: what is done to mentions before, and its name in the signature.
        repair: also read answers that are JSON only after a repair.
    """

    multiset: bool = False
    match: Match = "string"
    normal: Normal = nfc_strip
    normal_name: str = "nfc+strip"
    repair: bool = False


class Cell:
    """One metric of one task on one corpus: documents by triple, and facts by type (correct, gold, said)."""

    __slots__ = ("triples", "types")

    def __init__(self) -> None:
        self.triples: Counter[Triple] = Counter()
        self.types: tuple[Counter[str], Counter[str], Counter[str]] = Counter(), Counter(), Counter()


class Rates(msgspec.Struct):
    """What else is counted of one task on one corpus.

    items: asked, without those left out. prompts: asked about them, of which missing: without prediction;
    unparsable: with output that says nothing readable; repaired: readable only after a repair. facts:
    predicted ones, of which repeated: said before in the same document; unoffered: with a label that their
    prompt did not offer (None: what it offered is not known). strings: predicted mentions, of which
    hallucinated: not in the text. silent: items without gold, of which abstained: answered with nothing.
    unplaced: items left out of a comparison by offsets, since a mention of their gold has none.
    """

    items: int = 0
    prompts: int = 0
    missing: int = 0
    unparsable: int = 0
    repaired: int = 0
    facts: int = 0
    repeated: int = 0
    unoffered: int | None = None
    strings: int = 0
    hallucinated: int = 0
    silent: int = 0
    abstained: int = 0
    unplaced: int = 0


class Group:
    """One task on one corpus: a cell for each metric, rates, and whether some answer types heads and tails."""

    __slots__ = ("cells", "rates", "typed")

    def __init__(self) -> None:
        self.cells: dict[Metric, Cell] = {}
        self.rates = Rates()
        self.typed = False


class Tally:
    """Sufficient statistics of a whole run, by corpus and task."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.groups: dict[tuple[str, Task], Group] = {}

    def add(self, items: Items, said: Said) -> tuple[Items, dict[Metric, list[Triple]]]:
        """Count items and what was said to them.

        Returns the items that were counted, and (correct, gold, predicted) of each for each metric. Where
        offsets are compared, items whose gold does not place every mention are left out.
        """
        task, match = items.task, self.rule.match
        group = self.groups.setdefault((items.corpus, task), Group())
        if match == "offset":
            placed = [is_placed(document, task) for document in items.documents]
            group.rates.unplaced += placed.count(False)
            items, said = items.kept(placed), said.kept(placed)
        gold, wanted = items.columns(match)
        got, given = said.by(match)
        met = matched(gold, wanted, got, given, task, self.rule.normal, multiset=self.rule.multiset)
        if isinstance(got, Triples) and not group.typed:
            group.typed = any(got.head_types) or any(got.tail_types)
        counted: dict[Metric, list[Triple]] = {}
        for metric, found in met.items():
            counted[metric] = list(zip(found.correct, found.gold, found.said, strict=True))
            cell = group.cells.setdefault(metric, Cell())
            cell.triples.update(counted[metric])
            for counts, more in zip(cell.types, found.types, strict=True):
                counts.update(more)
        rates, first = group.rates, met[HEADLINES[task][0]]
        rates.facts += first.facts
        rates.repeated += first.repeated
        rates.items += len(items)
        rates.prompts += len(said.outputs)
        rates.missing += said.missing
        rates.unparsable += said.unparsable
        rates.repaired += said.repaired
        if said.bounded:
            rates.unoffered = (rates.unoffered or 0) + said.strangers
        texts = items.texts()
        for mentions, sizes in said.columns.mentions(said.sizes):
            there = map(contains, chain.from_iterable(map(repeat, texts, sizes)), mentions)
            rates.hallucinated += len(mentions) - sum(there)  # "" is in every text
            rates.strings += len(mentions) - mentions.count("")
        silent = [not size for size in wanted]
        rates.silent += sum(silent)
        answered = [not size and not unread for size, unread in zip(given, said.unread, strict=True)]
        rates.abstained += sum(map(bool.__and__, silent, answered))
        return items, counted
