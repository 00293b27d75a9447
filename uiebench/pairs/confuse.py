"""From a right answer to wrong ones: which kinds are made, how many edits, and the proof that each is wrong.

    confuser = Confuser("NER", vocabulary, recipe)
    for pair in confuser.pairs(instruction, case): …
    →  RewardPair(id="resume/train/0#NER~confusion~0", source="confusion", kind="type", score_chosen=1.0,
                  score_rejected=0.5, edits=(Edit("type", '{"人名":"高明"}', '{"机构":"高明"}'),), …)

A confuser makes the pairs of one corpus and task, in their order. It keeps count of what it made, and tries next the
kind, and for it the label, that it made least of, of first edits and of later ones apart: so kinds and labels are
balanced as far as the texts allow. Nothing is drawn. Every answer has the score that the scorer gives to what is
written, and is kept only if that is less than before the edit. Canonical JSON says what the answer says and is scored
by its facts, one in 64 also by reading it; what a kind of writing makes is read, and has to be readable unless it is of
a kind that is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import accumulate
from typing import Literal

import msgspec

from uiebench.errors import BrokenInvariant
from uiebench.hashing import lot, mix
from uiebench.pairs.answer import Answer, encode
from uiebench.pairs.case import SALT, Case, Change, Vocabulary
from uiebench.pairs.kinds import Kind, of_task
from uiebench.pairs.settings import ConfuseRecipe
from uiebench.types import Edit, Instruction, RewardPair, Task

SOURCE: Literal["confusion"] = "confusion"
COST = 0.2
"""What a failed attempt counts, in made ones: a kind that seldom applies is not tried on every prompt."""
CHECKED = 64
"""One answer in so many is also read as the scorer reads what is written, and has to score the same."""
MOST_ITEMS = 4
"""So many items of an answer, or labels of a window, are tried for one kind."""


class Count(msgspec.Struct):
    """What was made of a kind.

    Fields:
        pairs, score: those whose first edit is of the kind, and the sum of their scores; edits: all of the kind.
        asked: prompts that it was tried on. Of these, it had nothing to give to `nothing`, and to `refused` nothing
            that is wrong and was not given already.
    """

    pairs: int = 0
    score: float = 0.0
    edits: int = 0
    asked: int = 0
    nothing: int = 0
    refused: int = 0

    def add(self, other: Count) -> None:
        """Take in what was made of the kind elsewhere."""
        self.pairs += other.pairs
        self.score += other.score
        self.edits += other.edits
        self.asked += other.asked
        self.nothing += other.nothing
        self.refused += other.refused


class Tally(msgspec.Struct):
    """What was made: by kind, and pairs by how many edits they have."""

    kinds: dict[str, Count] = {}
    several: dict[str, int] = {}


class Outcome(IntEnum):
    """What came of trying a kind on a prompt: it gave nothing; nothing that is wrong and new; or an edit."""

    NOTHING, REFUSED, MADE = range(3)


class Turns:
    """Whose turn it is among the kinds for one sort of prompts and edits: the kind made least of comes first.

    Args: `kinds`, and of each what one that is made counts.
    """

    __slots__ = ("_done", "_steps", "kinds")

    def __init__(self, kinds: Sequence[Kind], steps: Sequence[float]) -> None:
        self.kinds, self._steps = kinds, steps
        self._done = [0.0] * len(kinds)

    def order(self) -> list[int]:
        """The places of the kinds, those made least of first."""
        return sorted(range(len(self.kinds)), key=self._done.__getitem__)

    def count(self, at: int, cost: float) -> None:
        """Note that a kind was tried, at so much of the cost of one that was made."""
        self._done[at] += cost * self._steps[at]


class Confuser:
    """Makes the confusions of one corpus and task.

    Args:
        only: names of the kinds to make; all that the recipe gives weight by default.
    """

    def __init__(
        self, task: Task, vocabulary: Vocabulary, recipe: ConfuseRecipe, only: Sequence[str] | None = None
    ) -> None:
        self.task, self.vocabulary, self.recipe = task, vocabulary, recipe
        weights = {name: recipe.weights.get(name, 1.0) for name in of_task(task) if only is None or name in only}
        chosen = [kind for name, kind in of_task(task).items() if weights.get(name, 0.0) > 0]
        self.multiset = recipe.duplicates == "multiset"
        # first and later edits are counted apart: what is easily added to another edit has to come first as often
        self._turns = {
            (empty, first): Turns(kinds, [1 / weights[kind.name] for kind in kinds])
            for empty in (True, False)
            for first in (True, False)
            for kinds in [[kind for kind in chosen if kind.empty == empty and self._may_be(kind, first=first)]]
        }
        self._labels: dict[str, dict[str, int]] = {kind.name: {} for kind in chosen}
        self._shares = _thresholds(recipe.edits)
        self.tally = Tally({kind.name: Count() for kind in chosen}, {})
        self._told: dict[str, Outcome] = {}
        self._spent: set[str] = set()
        self._gave = False

    def _may_be(self, kind: Kind, *, first: bool) -> bool:
        """Whether a kind may be the first edit of an answer, or a later one."""
        return kind.alone or self.multiset if first else not kind.last

    def pairs(self, instruction: Instruction, case: Case) -> Iterator[RewardPair]:
        """Up to `per_prompt` pairs about one prompt, their rejected answers all different."""
        base = lot(self.recipe.seed, SOURCE, instruction.id)
        seen: set[str] = set()
        self._told.clear()
        self._spent.clear()
        for n in range(self.recipe.per_prompt):
            found = self._one(case, mix(base, lot("pair", n) if n >= len(_PLACES) else _PLACES[n]), seen)
            if found is None:
                break
            output, score, edits = found
            seen.add(output)
            if base % CHECKED == n % CHECKED and case.right.judged(output)[0] != score:
                raise BrokenInvariant(f"{instruction.id}: {output} does not score {score} when it is read")
            self._count(edits, score)
            yield RewardPair(
                f"{instruction.id}~{SOURCE}~{n}",
                instruction.id,
                instruction.document,
                instruction.corpus,
                self.task,
                instruction.language,
                SOURCE,
                edits[0].kind,
                instruction.prompt,
                instruction.target,
                output,
                1.0,
                score,
                None,
                None,
                edits,
            )
        for name, outcome in self._told.items():
            count = self.tally.kinds[name]
            count.asked += 1
            count.nothing += outcome is Outcome.NOTHING
            count.refused += outcome is Outcome.REFUSED

    def _one(self, case: Case, number: int, seen: set[str]) -> tuple[str, float, tuple[Edit, ...]] | None:
        """A wrong answer, its score, and its edits; None if nothing could be made wrong."""
        wanted = 1
        severity = number & 0xFFFFFFFF
        while wanted < len(self._shares) and severity >= self._shares[wanted - 1]:
            wanted += 1
        answer, score, output = case.gold, 1.0, ""
        edits: list[Edit] = []
        used: set[str] = set()
        for place in range(wanted):
            found = self._edit(case, answer, mix(number, SALT[8 + place % 8]), score, seen, used, first=not edits)
            if found is None:
                break
            kind, change, score, output = found
            answer = change.answer
            edits.append(Edit(kind.name, _json(change.before), _json(change.after)))
            used.add(kind.name)
            if kind.once:
                self._spent.add(kind.name)
            if kind.last:
                break
        return (output, score, tuple(edits)) if edits else None

    def _edit(
        self, case: Case, answer: Answer, number: int, score: float, seen: set[str], used: set[str], *, first: bool
    ) -> tuple[Kind, Change, float, str] | None:
        """One more edit of an answer that scores `score`: the kind made least of that applies."""
        turns, told = self._turns[not case.gold, first], self._told
        for at in turns.order():
            kind = turns.kinds[at]
            name = kind.name
            if name in used or name in self._spent:
                continue
            made, outcome = self._attempt(kind, case, answer, number, score, seen), Outcome.MADE
            if made is None:
                outcome = Outcome.REFUSED if self._gave else Outcome.NOTHING
            before = told.get(name)
            if before is None or outcome > before:
                told[name] = outcome
            if made is not None:
                turns.count(at, 1)
                return kind, *made
            turns.count(at, COST)
        return None

    def _attempt(
        self, kind: Kind, case: Case, answer: Answer, number: int, score: float, seen: set[str]
    ) -> tuple[Change, float, str] | None:
        """An edit of a kind that the scorer finds worse, at the item or label made least of."""
        self._gave = False
        if kind.per == "answer":
            return self._verified(kind, case, kind.make(case, answer, 0, number), score, seen)
        labels = self._labels[kind.name]
        names: Sequence[str] = case.places[kind.per] if answer is case.gold else _places(kind, case, answer)
        for at in _first(names, number, labels):
            # what is wrong already is not made wrong again
            if kind.per == "item" and score < 1.0 and answer[at] not in case.gold:
                continue
            change = kind.make(case, answer, at, number)
            if change is not None:
                made = self._verified(kind, case, change, score, seen)
                if made is not None:
                    labels[names[at]] = labels.get(names[at], 0) + 1
                    return made
        return None

    def _verified(
        self, kind: Kind, case: Case, change: Change | None, score: float, seen: set[str]
    ) -> tuple[Change, float, str] | None:
        """What the scorer says of a change; None if it is not worse than before, or was made already."""
        if change is None:
            return None
        self._gave = True
        output, found = change.output, case.right.score(change.answer) if not change.output else None
        if output:
            found, is_read = case.right.judged(output)
            if is_read != kind.parses:
                return None
        # what is written as canonical JSON says what its items say
        if found is None or found > score or (found == score and (kind.alone or self.multiset)):
            return None
        output = output or case.form.write(change.answer)
        return None if output in seen else (change, found, output)

    def _count(self, edits: Sequence[Edit], score: float) -> None:
        tally = self.tally
        first = tally.kinds[edits[0].kind]
        first.pairs += 1
        first.score += score
        several = str(len(edits))
        tally.several[several] = tally.several.get(several, 0) + 1
        for edit in edits:
            tally.kinds[edit.kind].edits += 1


def _places(kind: Kind, case: Case, answer: Answer) -> Sequence[str]:
    """The labels of what a kind is tried on in an answer."""
    return [item[0] for item in answer] if kind.per == "item" else case.places[kind.per]


def _first(names: Sequence[str], number: int, made: Mapping[str, int]) -> Sequence[int]:
    """A few places in a list of labels, beginning anywhere; the labels made least of first."""
    size = len(names)
    if size < 2:
        return range(size)
    first = number % size
    found = [(first + turn) % size for turn in range(min(size, MOST_ITEMS))]
    if made:
        found.sort(key=lambda at: made.get(names[at], 0))
    return found


_PLACES = [lot("pair", n) for n in range(64)]


def _thresholds(edits: Sequence[float]) -> list[int]:
    """Below which numbers of 32 bits an answer has at most 1, 2, 3 … edits."""
    return [int(upto / sum(edits) * 2**32) for upto in accumulate(edits)]


def _json(value: object) -> str:
    if value == "":
        return ""
    return value if isinstance(value, str) else encode(value).decode()
