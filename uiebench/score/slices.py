"""Where a system is good and where it is not: the headline metrics by kinds of mentions and of documents.

    slices = Slices(Rule(), Seen.learn(benchmark, Rule()))
    report = score(benchmark, predictions, watch=slices.watch)
    slices.rows()  →  (Slice(corpus="resume", task="NER", metric="ner", aspect="in training", value="unseen",
                             correct=311, gold=702, predicted=688, f1=0.447, …), …)

    aspect           values                                   of
    in training      seen, unseen                             mentions; pairs of head and tail
    length           1–2, 3–4, 5–9, 10+ characters (zh)       mentions
                     1, 2, 3–4, 5+ words (en)
    in the text      once, repeated: at several places        mentions that are in the text
    nesting          flat, nested: shares characters with     gold entities, so that there is recall alone
                     another gold entity
    document length  characters (zh) or words (en)            documents
    contamination    clean, contaminated: in training data    documents, where the benchmark was audited

A mention is seen if a held-in training document of its language, on which prompts were made, has it
annotated (as entity, trigger or argument, whatever its label). What a mention is decides on both sides:
precision is over the predicted mentions of a kind, recall over the gold ones.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec

from uiebench.instruct.target import Names
from uiebench.score.bootstrap import Triple, interval, ratios
from uiebench.score.facts import HEADLINES, Fact, Metric, facts, facts_of
from uiebench.score.gold import Benchmark, Described, Item
from uiebench.score.tally import Rule
from uiebench.types import Document, Entity, Extraction, Language, Task

Bounds = tuple[int, ...]
MENTION_LENGTHS: dict[Language, Bounds] = {"zh": (1, 3, 5, 10), "en": (1, 2, 3, 5)}
DOCUMENT_LENGTHS: dict[Language, Bounds] = {"zh": (0, 50, 100, 200, 500), "en": (0, 10, 20, 40, 100)}
UNITS: dict[Language, str] = {"zh": "character", "en": "word"}


class Slice(msgspec.Struct, frozen=True):
    """A metric over the mentions or documents of one kind; `corpus` is "all" for the sum over corpora.

    `documents` counts those that have a gold or predicted fact of the kind. Precision and F1 are None
    where only gold facts can be told apart.
    """

    corpus: str
    task: Task
    metric: Metric
    aspect: str
    value: str
    documents: int
    correct: int
    gold: int
    predicted: int
    precision: float | None
    recall: float
    f1: float | None
    low: float | None = None
    high: float | None = None


class Seen:
    """What training documents have annotated, by language and metric: mentions, or pairs of head and tail."""

    def __init__(self) -> None:
        self.mentions: defaultdict[tuple[Language, Metric], set[Fact]] = defaultdict(set)

    @classmethod
    def learn(cls, benchmark: Benchmark, rule: Rule) -> Seen:
        """Read every document that the training prompts of a benchmark ask about."""
        seen = cls()
        for corpus in benchmark.corpora("train"):
            language = benchmark.describe(corpus).language
            for items in benchmark.chunks("train", [corpus]):
                for metric in HEADLINES[items.task]:
                    found = facts_of(items.columns()[0], items.task, rule.normal)[metric]
                    seen.mentions[language, metric].update(mentions(fact, metric) for fact in found)
        return seen


def mentions(fact: Fact, metric: Metric) -> Fact:
    """The mention of a fact; head and tail of a relation."""
    return fact[2:] if metric == "ac" else fact[1:]


Key = tuple[Task, Metric, str, str]
"""(task, metric, aspect, value)."""


class Slices:
    """Counts in one pass, beside the scorer's own, by sets whatever the rule."""

    def __init__(
        self,
        rule: Rule,
        seen: Seen | None = None,
        *,
        described: Mapping[str, Described],
        contaminated: Collection[str] | None = None,
    ) -> None:
        """`described` tells the languages of corpora; `contaminated` are ids of documents (None: no audit)."""
        self.rule, self.seen, self.described, self.contaminated = rule, seen, described, contaminated
        self._counts: defaultdict[Key, defaultdict[str, Counter[Triple]]]
        self._counts = defaultdict(lambda: defaultdict(Counter))

    def watch(self, item: Item, said: Extraction, names: Names | None = None) -> None:
        """Take in one item and what was said to it."""
        document, task, normal = item.document, item.task, self.rule.normal
        language = self.described[item.corpus].language
        gold, ours = facts(document, task, normal), facts(said, task, normal)
        size = _bucket(_length(document.text, language), DOCUMENT_LENGTHS[language], UNITS[language])
        for metric in HEADLINES[task]:
            wanted, got = set(gold[metric]), set(ours[metric])
            whole = len(wanted & got), len(wanted), len(got)
            self._counts[task, metric, "document length", size][item.corpus][whole] += 1
            if self.contaminated is not None:
                where = "contaminated" if document.id in self.contaminated else "clean"
                self._counts[task, metric, "contamination", where][item.corpus][whole] += 1
            for aspect, value_of in self._aspects(document, metric, language).items():
                values: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
                for fact in wanted | got:
                    counts = values[value_of(fact)]
                    counts[0] += fact in wanted and fact in got
                    counts[1] += fact in wanted
                    counts[2] += fact in got and aspect != "nesting"
                for value, (correct, right, predicted) in values.items():
                    if value and (right or predicted):
                        self._counts[task, metric, aspect, value][item.corpus][correct, right, predicted] += 1

    def _aspects(self, document: Document, metric: Metric, language: Language) -> dict[str, Callable[[Fact], str]]:
        """What is asked of each fact, and how it is answered ("": it cannot be)."""
        aspects: dict[str, Callable[[Fact], str]] = {}
        if self.seen is not None:
            known = self.seen.mentions[language, metric]
            aspects["in training"] = lambda fact: "seen" if mentions(fact, metric) in known else "unseen"
        if metric == "re":
            return aspects
        (text,) = self.rule.normal([document.text])

        def times(fact: Fact) -> str:
            count = text.count(fact[-1]) if fact[-1] else 0
            return "" if not count else "once" if count == 1 else "repeated"

        bounds, unit = MENTION_LENGTHS[language], UNITS[language]
        aspects["length"] = lambda fact: _bucket(_length(fact[-1], language), bounds, unit)
        aspects["in the text"] = times
        if metric == "ner":
            within = nested(document.entities)
            inner = set(zip([e.type for e in within], self.rule.normal([e.text for e in within]), strict=True))
            aspects["nesting"] = lambda fact: "nested" if fact in inner else "flat"
        return aspects

    def rows(self, *, intervals: bool = True) -> tuple[Slice, ...]:
        """What was counted, for each corpus and for all of them."""
        return tuple(self._rows(intervals))

    def _rows(self, intervals: bool) -> Iterator[Slice]:
        for (task, metric, aspect, value), corpora in sorted(self._counts.items(), key=_order):
            total: Counter[Triple] = Counter()
            for triples in corpora.values():
                total.update(triples)
            for corpus, triples in [("all", total), *sorted(corpora.items())]:
                correct, gold, predicted = (sum(kind[i] * n for kind, n in triples.items()) for i in range(3))
                precision, recall, f1 = ratios(correct, gold, predicted)
                figures: tuple[float | None, float, float | None] = precision, recall, f1
                low, high = interval(triples) if intervals and aspect != "nesting" else (None, None)
                if aspect == "nesting":
                    figures = None, recall, None
                documents = triples.total()
                yield Slice(
                    corpus, task, metric, aspect, value, documents, correct, gold, predicted, *figures, low, high
                )


ASPECTS = ("in training", "length", "in the text", "nesting", "document length", "contamination")


def _order(counted: tuple[Key, object]) -> tuple[str, str, int, str, int, str]:
    """By task, metric and aspect; lengths by size."""
    task, metric, aspect, value = counted[0]
    leading = re.match(r"\d+", value)
    unit = value.split()[-1].rstrip("s") if leading else ""
    return task, metric, ASPECTS.index(aspect), unit, int(leading[0]) if leading else 0, value


def _length(text: str, language: Language) -> int:
    return len(text) if language == "zh" else len(text.split())


def _bucket(length: int, bounds: Bounds, unit: str) -> str:
    """The range of lengths that `length` lies in, e.g. "3–4 characters"; each of `bounds` begins one."""
    place = max(bisect_right(bounds, length) - 1, 0)
    if place == len(bounds) - 1:
        return f"{bounds[-1]}+ {unit}s"
    first, last = bounds[place], bounds[place + 1] - 1
    return f"{first}–{last} {unit}s" if first != last else f"{first} {unit}" if first == 1 else f"{first} {unit}s"


def nested(entities: Sequence[Entity]) -> list[Entity]:
    """The entities that share characters with another one at another place."""
    placed = sorted(
        (e.start, e.end, index) for index, e in enumerate(entities) if e.start is not None and e.end is not None
    )
    found: set[int] = set()
    for position, (start, end, index) in enumerate(placed):
        for other_start, other_end, other in placed[position + 1 :]:
            if other_start >= end:
                break
            if (start, end) != (other_start, other_end):
                found |= {index, other}
    return [entities[index] for index in sorted(found)]
