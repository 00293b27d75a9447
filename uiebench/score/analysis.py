"""What went wrong: one error kind for every wrong or missed fact, and which label was taken for which.

    judged(document, extraction, "NER", Rule())
        →  (Verdict("ner",
                    right=(Claim(("PER",), ("高明",), places=(((0, 2),),)),),
                    mistakes=(Mistake("boundary", gold=Claim(("ORG",), ("远山科技",), …),
                                                  said=Claim(("ORG",), ("远山",), …)),)),)

The facts are those of the headline: mentions, relations, triggers (tc) and arguments (ac). A fact that is
on both sides is right. The others, wrong ones (said, not gold) and missed ones (gold, not said), are
paired one to one where both are about the same place, the likeliest pairs first; a pair is one mistake:

    rank  NER, triggers                RE                              arguments
    1     type: same mention           swapped: head and tail are       role: same event type, same mention
                                       exchanged
    2     boundary: same type,         relation: same pair              boundary: same event type and role,
          the mentions overlap                                          the mentions overlap
    3     both: the mentions overlap   boundary: same relation, the     type: same mention, other event type
                                       heads and the tails overlap
    4                                  both: the pairs overlap          both: the mentions overlap

Two arguments that have each other's roles are "swapped" in place of "role". A wrong fact without partner
is "hallucinated" if one of its mentions is not in the text, else "spurious"; under a multiset rule it is
"repeated" if it is a right fact said too often. A gold fact without partner is "missed".

Within a rank the pair whose mentions overlap more comes first, then the one with the same role, then the
order of the facts as strings: the order of annotations changes nothing. Mentions stand where their
offsets say, else wherever their string stands in the text (whole words, if there are any, at most 50
places); they overlap if any two of their places do. A hallucinated mention has no place, so it explains
no gold fact.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal, get_args

import msgspec

from uiebench.instruct.target import Names
from uiebench.score.facts import HEADLINES, Fact, Metric, facts
from uiebench.score.gold import Item
from uiebench.score.tally import Rule
from uiebench.types import Document, Extraction, Span, Task

Kind = Literal[
    "boundary", "type", "relation", "role", "swapped", "both", "hallucinated", "spurious", "repeated", "missed"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
RARITY: tuple[Kind, ...] = (
    "swapped", "role", "repeated", "hallucinated", "relation", "type", "both", "boundary", "spurious", "missed",
)  # fmt: skip
"""A document, or an answer, stands for the first of these kinds that it shows."""
Place = tuple[int, int]
Label = tuple[str, ...]
"""(type), (relation), (event type) or (event type, role)."""
NONE: Label = ()
UNOFFERED: Label = ("",)

LABEL_PARTS: dict[Metric, int] = {"ner": 1, "re": 1, "tc": 1, "ac": 2}
MOST_PLACES = 50


class Claim(msgspec.Struct, frozen=True):
    """A fact of one side: its label, its mentions (two for a relation), and the places of each."""

    label: Label
    mentions: tuple[str, ...]
    places: tuple[tuple[Place, ...], ...]


class Mistake(msgspec.Struct, frozen=True):
    """A wrong fact, a missed fact, or one of each that belong together."""

    kind: Kind
    gold: Claim | None
    said: Claim | None


class Verdict(msgspec.Struct, frozen=True):
    """One metric of one document: the right facts (as gold has them) and the mistakes."""

    metric: Metric
    right: tuple[Claim, ...]
    mistakes: tuple[Mistake, ...]


class Confusion(msgspec.Struct, frozen=True):
    """How often `gold` was answered by `said`; an empty label is none, ("",) one that was not offered.

    Counted are right facts, pairs, and facts without partner, so that the counts of a gold label sum to
    its gold facts and those of a predicted label to its predicted facts. `right` of the count are right
    in everything; a boundary mistake has the right label and is not among them.
    """

    gold: Label
    said: Label
    count: int
    right: int = 0


class Breakdown(msgspec.Struct, frozen=True):
    """The mistakes of one metric on one corpus. gold = right + mistakes with a gold fact; predicted alike."""

    corpus: str
    task: Task
    metric: Metric
    gold: int
    predicted: int
    right: int
    kinds: dict[Kind, int]
    confusions: tuple[Confusion, ...]


class Analysis(msgspec.Struct, frozen=True):
    """The mistakes of a whole run, by corpus, task and metric."""

    breakdowns: tuple[Breakdown, ...]


class Mistakes:
    """Counts mistakes in one pass. Labels a corpus does not have are counted as one, `UNOFFERED`."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._kinds: defaultdict[tuple[str, Task, Metric], Counter[Kind]] = defaultdict(Counter)
        self._pairs: defaultdict[tuple[str, Task, Metric], Counter[tuple[Label, Label]]] = defaultdict(Counter)
        self._right: defaultdict[tuple[str, Task, Metric], Counter[Label]] = defaultdict(Counter)

    def add(self, item: Item, said: Extraction, names: Names | None = None) -> tuple[Verdict, ...]:
        """Count one item and what was said to it. Without `names` every label counts as offered."""
        verdicts = judged(item.document, said, item.task, self.rule)
        for verdict in verdicts:
            key = item.corpus, item.task, verdict.metric
            kinds, pairs = self._kinds[key], self._pairs[key]
            self._right[key].update([claim.label for claim in verdict.right])
            for mistake in verdict.mistakes:
                kinds[mistake.kind] += 1
                said_label = _offered(mistake.said.label, verdict.metric, names) if mistake.said else NONE
                pairs[mistake.gold.label if mistake.gold else NONE, said_label] += 1
        return verdicts

    def analysis(self) -> Analysis:
        """What was counted so far."""
        return Analysis(tuple(self._breakdown(*key) for key in sorted(self._kinds)))

    def _breakdown(self, corpus: str, task: Task, metric: Metric) -> Breakdown:
        key = corpus, task, metric
        kinds, pairs, right = self._kinds[key], self._pairs[key], self._right[key]
        counts = pairs + Counter({(label, label): n for label, n in right.items()})
        return Breakdown(
            corpus,
            task,
            metric,
            gold=sum(n for (gold, _), n in counts.items() if gold != NONE),
            predicted=sum(n for (_, said), n in counts.items() if said != NONE),
            right=right.total(),
            kinds={kind: kinds[kind] for kind in KINDS if kinds[kind]},
            confusions=tuple(
                Confusion(gold, said, count, right[gold] if gold == said else 0)
                for (gold, said), count in sorted(counts.items())
            ),
        )


def _offered(label: Label, metric: Metric, names: Names | None) -> Label:
    if names is None:
        return label
    if metric == "ac":
        return label if label[1] in names.roles.get(label[0], {}) else UNOFFERED
    labels = {"ner": names.entities, "re": names.relations, "tc": names.events}[metric]
    return label if label[0] in labels else UNOFFERED


# --- one document -----------------------------------------------------------------------------------


def judged(document: Document, said: Extraction, task: Task, rule: Rule) -> tuple[Verdict, ...]:
    """The verdict on each headline metric of a task about one document."""
    text = document.text
    wanted, got = facts(document, task, rule.normal), facts(said, task, rule.normal)
    search, verdicts = _Search(text), []
    for metric in HEADLINES[task]:
        gold, ours = _Side(document, wanted[metric], metric, search), _Side(said, got[metric], metric, search)
        if not rule.multiset:
            gold.counts, ours.counts = Counter(set(gold.counts)), Counter(set(ours.counts))
        right = gold.counts & ours.counts
        mistakes = [
            Mistake("repeated", None, ours.claim(fact)) for fact in (ours.counts - right).elements() if fact in right
        ]
        wrong = [ours.claim(fact) for fact in sorted((ours.counts - right).elements()) if fact not in right]
        missed = [gold.claim(fact) for fact in sorted((gold.counts - right).elements())]
        mistakes += _mistakes(metric, missed, wrong, text, rule)
        mistakes.sort(key=lambda m: (KINDS.index(m.kind), _order(m.gold), _order(m.said)))
        claims = tuple(gold.claim(fact) for fact in sorted(right.elements()))
        verdicts.append(Verdict(metric, claims, tuple(mistakes)))
    return tuple(verdicts)


def _order(claim: Claim | None) -> Fact:
    return (*claim.label, *claim.mentions) if claim else ()


class _Search:
    """Where strings stand in one text; every string is looked for once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[str, tuple[Place, ...]] = {}

    def places(self, string: str) -> tuple[Place, ...]:
        """The places of a string, whole words if there are any; none for an empty string."""
        found = self._found.get(string)
        if found is None:
            found = self._found[string] = tuple(self._places(string)) if string else ()
        return found

    def _places(self, string: str) -> list[Place]:
        whole: list[Place] = []
        parts: list[Place] = []
        start = self.text.find(string)
        while start >= 0 and len(whole) < MOST_PLACES:
            end = start + len(string)
            if not (self._cuts(start) or self._cuts(end)):
                whole.append((start, end))
            elif len(parts) < MOST_PLACES:
                parts.append((start, end))
            start = self.text.find(string, end)
        return whole or parts

    def _cuts(self, place: int) -> bool:
        """Whether a place is inside a word of an alphabet or inside a number."""
        return 0 < place < len(self.text) and _in_word(self.text[place - 1]) and _in_word(self.text[place])


def _in_word(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"  # from here on, scripts without word breaks


class _Side:
    """The facts of one side, how often each was said, and the spans it was said of."""

    def __init__(self, said: Document | Extraction, found: list[Fact], metric: Metric, search: _Search) -> None:
        self.counts = Counter(found)
        self.metric, self.search = metric, search
        self.spans: defaultdict[Fact, list[tuple[Span | None, ...]]] = defaultdict(list)
        for fact, spans in zip(found, _spans(said, metric), strict=True):
            self.spans[fact].append(spans)

    def claim(self, fact: Fact) -> Claim:
        """A fact with its places."""
        parts = LABEL_PARTS[self.metric]
        mentions = fact[parts:]
        columns = zip(*self.spans[fact], strict=True)
        places = tuple(self._places(spans, mention) for spans, mention in zip(columns, mentions, strict=True))
        return Claim(fact[:parts], mentions, places)

    def _places(self, spans: Iterable[Span | None], mention: str) -> tuple[Place, ...]:
        found: set[Place] = set()
        for span in spans:
            if span is None:
                continue
            if span.start is not None and span.end is not None and self._stands(span, span.start, span.end):
                found.add((span.start, span.end))
            else:
                found.update(self.search.places(span.text) or self.search.places(mention))
        return tuple(sorted(found)[:MOST_PLACES])

    def _stands(self, span: Span, start: int, end: int) -> bool:
        return start < end and self.search.text[start:end] == span.text


def _spans(said: Document | Extraction, metric: Metric) -> Iterator[tuple[Span | None, ...]]:
    """The spans of each fact of a metric, in the order `facts` gives them."""
    match metric:
        case "ner":
            yield from ((entity,) for entity in said.entities)
        case "re":
            yield from ((relation.head, relation.tail) for relation in said.relations)
        case "tc":
            yield from ((event.trigger,) for event in said.events)
        case _:
            yield from ((argument,) for event in said.events for argument in event.arguments)


# --- pairs ------------------------------------------------------------------------------------------


def _mistakes(metric: Metric, missed: list[Claim], wrong: list[Claim], text: str, rule: Rule) -> Iterator[Mistake]:
    """Every wrong and every missed claim exactly once, in pairs where they belong together."""
    pairs = _pairs(metric, missed, wrong, text)
    swapped = _swapped(metric, missed, wrong, pairs)
    for pair, kind in pairs.items():
        yield Mistake("swapped" if pair in swapped else kind, missed[pair[0]], wrong[pair[1]])
    explained, explaining = {g for g, _ in pairs}, {w for _, w in pairs}
    (normal_text,) = rule.normal([text])
    for w, claim in enumerate(wrong):
        if w not in explaining:
            yield Mistake("hallucinated" if _unseen(claim, normal_text) else "spurious", None, claim)
    for g, claim in enumerate(missed):
        if g not in explained:
            yield Mistake("missed", claim, None)


def _unseen(claim: Claim, text: str) -> bool:
    """Whether a mention of a claim is not in the text; where there is no text nothing can be said."""
    ends = zip(claim.mentions, claim.places, strict=True)
    return bool(text) and any(not places and mention not in text for mention, places in ends)


Pair = tuple[int, int]


def _pairs(metric: Metric, missed: list[Claim], wrong: list[Claim], text: str) -> dict[Pair, Kind]:
    """(place in missed, place in wrong) → kind, for the claims that belong together."""
    if not missed or not wrong:
        return {}
    near, found = _Near(missed, bool(text)), []
    for w, claim in enumerate(wrong):
        around = [near.to(*end) for end in zip(claim.mentions, claim.places, strict=True)]
        for (g, end), overlap in around[0].items():
            turned = end == 1
            if len(around) == 2:
                overlap *= around[1].get((g, 1 - end), 0.0)  # noqa: PLW2901
            if overlap:
                gold = missed[g]
                rank, kind = _kind(metric, gold.label, claim.label, overlap == 1.0, turned)
                found.append((rank, -overlap, gold.label[1:] != claim.label[1:], g, w, kind))
    found.sort()  # missed and wrong are sorted: g and w are the order of the facts
    pairs: dict[Pair, Kind] = {}
    taken_gold, taken_said = set[int](), set[int]()
    for _, _, _, g, w, kind in found:
        if g not in taken_gold and w not in taken_said:
            taken_gold.add(g)
            taken_said.add(w)
            pairs[g, w] = kind
    return pairs


def _kind(metric: Metric, gold: Label, said: Label, same: bool, turned: bool) -> tuple[int, Kind]:
    """Rank and kind of a pair; `same`: the mentions are equal; `turned`: head stands for tail."""
    if metric == "re":
        if same and turned and gold == said:
            return 1, "swapped"
        if same and not turned:
            return 2, "relation"
        if gold == said and not turned:
            return 3, "boundary"
        return 4, "both"
    if metric == "ac":
        if same:
            return (1, "role") if gold[0] == said[0] else (3, "type")
        return (2, "boundary") if gold == said else (4, "both")
    if same:
        return 1, "type"
    return (2, "boundary") if gold == said else (3, "both")


def _swapped(metric: Metric, missed: list[Claim], wrong: list[Claim], pairs: dict[Pair, Kind]) -> set[Pair]:
    """The pairs of two arguments of one event type that have each other's roles."""
    if metric != "ac":
        return set()
    moved: defaultdict[tuple[Label, Label], list[Pair]] = defaultdict(list)
    for g, w in sorted(pair for pair, kind in pairs.items() if kind == "role"):
        moved[missed[g].label, wrong[w].label].append((g, w))
    found: set[Pair] = set()
    for (gold, said), there in moved.items():
        for pair, _ in zip(there, moved.get((said, gold), ()), strict=False):
            found.add(pair)
    return found


class _Near:
    """Which ends of gold claims a mention is, or overlaps: found by place, not by trying every pair."""

    def __init__(self, claims: Sequence[Claim], has_text: bool) -> None:
        self.has_text = has_text
        self.exact: defaultdict[str, list[Pair]] = defaultdict(list)
        self.at: defaultdict[int, set[Pair]] = defaultdict(set)
        self.loose: list[tuple[str, Pair]] = []  # mentions without a place: strings have to do
        self.places: dict[Pair, Collection[Place]] = {}
        self._known: dict[tuple[str, tuple[Place, ...]], dict[Pair, float]] = {}
        for g, claim in enumerate(claims):
            for end, (mention, places) in enumerate(zip(claim.mentions, claim.places, strict=True)):
                self.exact[mention].append((g, end))
                self.places[g, end] = places
                for start, stop in places:
                    for position in range(start, stop):
                        self.at[position].add((g, end))
                if mention and not places:
                    self.loose.append((mention, (g, end)))

    def to(self, mention: str, places: tuple[Place, ...]) -> dict[Pair, float]:
        """(gold claim, end) → overlap: 1 for the same string, else shared characters as a part of all, below 1."""
        key = mention, places
        if key not in self._known:
            self._known[key] = self._to(mention, places)
        return self._known[key]

    def _to(self, mention: str, places: tuple[Place, ...]) -> dict[Pair, float]:
        found: dict[Pair, float] = {}
        for start, stop in places:
            touched = {end for position in range(start, stop) for end in self.at.get(position, ())}
            for end in touched:
                for left, right in self.places[end]:
                    shared = min(stop, right) - max(start, left)
                    if shared > 0:
                        part = shared / (max(stop, right) - min(start, left))
                        found[end] = max(found.get(end, 0.0), min(part, 0.999))
        if mention and (places or not self.has_text):
            for other, end in self.loose:
                if mention in other or other in mention:
                    found[end] = min(len(mention), len(other)) / max(len(mention), len(other))
        for end in self.exact.get(mention, ()):
            found[end] = 1.0
        return found
