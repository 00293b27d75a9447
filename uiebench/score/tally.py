"""Counting: one pass over items and outputs, which leaves sufficient statistics behind.

tally = Tally(rule)
tally.add(item, extraction, names)
tally.cells[("resume", "NER", "ner")]   →  Cell(triples={(3, 3, 4): 12, …}, types=(correct, gold, said))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

import msgspec

from uiebench.instruct.target import Names
from uiebench.score.bootstrap import Triple
from uiebench.score.facts import Fact, Metric, Normal, facts, nfc_strip, paired
from uiebench.score.gold import Item
from uiebench.types import Extraction, Task

BATCH = 10_000


class Rule(msgspec.Struct, frozen=True):
    """How annotations are compared. The defaults are the headline."""

    multiset: bool = False
    normal: Normal = nfc_strip
    normal_name: str = "nfc+strip"
    repair: bool = False


class Cell:
    """One metric of one task on one corpus: documents by triple, and counts by type (correct, gold, said)."""

    __slots__ = ("_types", "_waiting", "triples")

    def __init__(self) -> None:
        self.triples: Counter[Triple] = Counter()
        self._types: tuple[Counter[str], Counter[str], Counter[str]] = Counter(), Counter(), Counter()
        self._waiting: tuple[list[str], list[str], list[str]] = [], [], []

    def add_types(self, *sides: Collection[Fact]) -> None:
        """Count the types of the correct, gold and said facts of a document; in batches, which is quicker."""
        for waiting, found in zip(self._waiting, sides, strict=True):
            waiting += [fact[0] for fact in found]
        if len(self._waiting[1]) > BATCH:
            self._flush()

    def _flush(self) -> None:
        for types, waiting in zip(self._types, self._waiting, strict=True):
            types.update(waiting)
            waiting.clear()

    @property
    def types(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """Facts by type: the correct ones, those of the gold, those that were said."""
        self._flush()
        return self._types


class Rates(msgspec.Struct):
    """What else is counted of one task on one corpus.

    items: asked; missing: without prediction; unparsable: with output that says nothing readable;
    repaired: readable only after a repair. facts: predicted ones, of which repeated: said before in the
    same document; unoffered: with a label the corpus does not have. strings: predicted mentions, of which
    hallucinated: not in the text. silent: items without gold, of which abstained: answered with nothing.
    """

    items: int = 0
    missing: int = 0
    unparsable: int = 0
    repaired: int = 0
    facts: int = 0
    repeated: int = 0
    unoffered: int = 0
    strings: int = 0
    hallucinated: int = 0
    silent: int = 0
    abstained: int = 0


class Tally:
    """Sufficient statistics of a whole run."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.cells: dict[tuple[str, Task, Metric], Cell] = {}
        self.rates: dict[tuple[str, Task], Rates] = {}
        self.typed: defaultdict[str, bool] = defaultdict(bool)  # corpus → some prediction types heads and tails

    def add(self, item: Item, said: Extraction, names: Names | None, *, missing: bool = False) -> dict[Metric, Triple]:
        """Count one item and what was said to it; its (correct, gold, predicted) for each metric.

        `names` holds the labels that were offered, None where that is not known.
        """
        task, corpus, rule = item.task, item.corpus, self.rule
        rates = self.rates.get((corpus, task))
        if rates is None:
            rates = self.rates[corpus, task] = Rates()
        wanted = facts(item.document, task, rule.normal)
        got = facts(said, task, rule.normal)
        counted = {metric: self._count(corpus, task, metric, gold, got[metric]) for metric, gold in wanted.items()}
        if task in ("EE", "EEA"):
            counts = paired(item.document.events, said.events, rule.normal, triggers=task == "EE")
            self._cell(corpus, task, "ac-paired").triples[counts] += 1
            counted["ac-paired"] = counts
        if task == "RE":
            self.typed[corpus] |= any(relation.head.type or relation.tail.type for relation in said.relations)
        self._rate(rates, item, said, got, names, missing)
        return counted

    def _cell(self, corpus: str, task: Task, metric: Metric) -> Cell:
        cell = self.cells.get((corpus, task, metric))
        if cell is None:
            cell = self.cells[corpus, task, metric] = Cell()
        return cell

    def _count(self, corpus: str, task: Task, metric: Metric, gold: Sequence[Fact], said: Sequence[Fact]) -> Triple:
        cell = self._cell(corpus, task, metric)
        right: Collection[Fact]
        if self.rule.multiset:
            right = list((Counter(gold) & Counter(said)).elements())
            sides: tuple[Collection[Fact], Collection[Fact]] = (gold, said)
        else:
            wanted, got = set(gold), set(said)
            right, sides = wanted & got, (wanted, got)
        counted = len(right), len(sides[0]), len(sides[1])
        cell.triples[counted] += 1
        if metric == "ti":
            return counted  # triggers alone have no type
        cell.add_types(right, *sides)
        return counted

    def _rate(
        self,
        rates: Rates,
        item: Item,
        said: Extraction,
        got: dict[Metric, list[Fact]],
        names: Names | None,
        missing: bool,
    ) -> None:
        rates.items += 1
        rates.missing += missing
        if said.problem:
            if said.problem.startswith("repaired"):
                rates.repaired += 1
            elif not missing:
                rates.unparsable += 1
        document, text = item.document, item.document.text
        if item.task == "NER":
            empty, offered, first = not document.entities, names.entities if names else None, got["ner"]
            mentions = [entity.text for entity in said.entities]
        elif item.task == "RE":
            empty, offered, first = not document.relations, names.relations if names else None, got["re"]
            mentions = [end.text for relation in said.relations for end in (relation.head, relation.tail)]
        else:
            empty, offered, first = (
                not document.events,
                names.events if names else None,
                got["tc" if "tc" in got else "ac"],
            )
            mentions = [argument.text for event in said.events for argument in event.arguments]
            mentions += [event.trigger.text for event in said.events if event.trigger]
        rates.facts += len(first)
        rates.strings += len(mentions)
        rates.repeated += len(first) - len(set(first))
        rates.hallucinated += len([mention for mention in mentions if mention not in text])
        if offered is not None:
            rates.unoffered += len([fact for fact in first if fact[0] not in offered])
        if empty:
            rates.silent += 1
            rates.abstained += not first and not said.problem
