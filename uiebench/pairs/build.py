"""Reward pairs of a benchmark: confusions, models' own errors, and what a judge tells, in one file.

    built = build(recipe, benchmark, out, confusions=…, candidates=…, judgements=…)

    OUT/pairs.parquet    RewardPair("resume/train/0#NER~gold>sft~3", …, source="own", kind="boundary", prompt="…",
                                    chosen='{"人名":["高明"]}', rejected='{"人名":["高明先生"]}', …)
    OUT/manifest.json    recipe, hashes of what went in and came out, figures; written last

A pair tells a better answer from a worse one to the same prompt. Every answer is scored anew by the strict scorer,
whatever its file says, so that where gold is trusted the chosen side of every pair scores higher than the rejected
one. Two passes over the benchmark: the first finds every pair and what it may be worth, the second writes those
that the mix takes. What is taken is a matter of rank: the same whatever the order of the files, and more keeps
what less had.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

import uiebench
from uiebench.errors import RecipeError, UiebenchError
from uiebench.hashing import lot, sha256_file
from uiebench.pairs.candidates import Progress
from uiebench.pairs.decide import Side, Told, decide
from uiebench.pairs.judged import Judged
from uiebench.pairs.prompts import Prompt, Prompts
from uiebench.pairs.recipe import SOURCES, PairSource, PairsRecipe
from uiebench.score.analysis import RARITY, Claim, Mistake
from uiebench.score.answer import Asked
from uiebench.score.gold import Benchmark
from uiebench.storage import parquet_sink, read_some, write_json
from uiebench.types import Candidate, Edit, Language, RewardPair, Task

NAME, MANIFEST = "pairs.parquet", "manifest.json"
GOLD = "gold"
UNREADABLE = "unreadable"
DEAREST: tuple[PairSource, ...] = ("judged", "own", "confusion")
"""Whose pairs a document keeps first: judgements are paid for, own errors are sampled, confusions made at will."""
REASONS: dict[Told, str] = {
    "tie": "told apart by nothing",
    "nothing known": "neither scored nor judged",
    "disagree": "gold and judge disagree",
    "gold only": "the judge finds both alike",
    "judge only": "gold finds both alike",
}
"""Why two answers make no pair."""
_encode = msgspec.json.Encoder().encode


class Message(msgspec.Struct, frozen=True, gc=False):
    """A message of a conversation."""

    role: str
    content: str


class ConversationalPair(msgspec.Struct, frozen=True, gc=False):
    """A `RewardPair` whose prompt is a message of the user and whose sides are messages of the assistant."""

    id: str
    instruction: str
    document: str
    corpus: str
    task: Task
    language: Language
    source: PairSource
    kind: str
    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    score_chosen: float | None = None
    score_rejected: float | None = None
    judge_chosen: float | None = None
    judge_rejected: float | None = None
    edits: tuple[Edit, ...] = ()


class Row(msgspec.Struct, frozen=True):
    """The pairs of one source, kind and task. Means are of pairs with gold; None where there are none."""

    source: PairSource
    kind: str
    task: Task
    pairs: int
    f1_chosen: float | None
    f1_rejected: float | None


class Figures(msgspec.Struct):
    """What was found and what became of it.

    Fields:
        rows: the pairs that were written. documents, prompts: that they are about.
        found: pairs by source before the mix. dropped: pairs, by reason. doubts: prompts with answers whose gold
            is not trusted, by reason.
        told: what gold and judge say of two candidates of one prompt, see `uiebench.pairs.decide`.
        inverted: pairs with gold whose rejected side scores as much as the chosen one or more: none.
        unused: answers and judgements that are of no prompt or candidate here, by kind.
    """

    rows: tuple[Row, ...] = ()
    documents: int = 0
    prompts: int = 0
    found: dict[str, int] = {}
    dropped: dict[str, int] = {}
    doubts: dict[str, int] = {}
    told: dict[str, int] = {}
    inverted: int = 0
    unused: dict[str, int] = {}

    @property
    def pairs(self) -> int:
        """How many pairs were written."""
        return sum(row.pairs for row in self.rows)


class Manifest(msgspec.Struct, frozen=True):
    """What makes a set of pairs the set it is. `inputs` and `files` are hashes, by what they are and by name."""

    name: str
    uiebench: str
    benchmark: str
    recipe: PairsRecipe
    inputs: dict[str, list[str]]
    files: dict[str, str]
    figures: Figures


class Draft(NamedTuple):
    """A pair before it is written. `given` is the pair of a file of confusions that it was."""

    id: str
    source: PairSource
    prompt: Prompt
    chosen: Side
    rejected: Side
    given: RewardPair | None = None


def build(
    recipe: PairsRecipe,
    benchmark: Benchmark,
    out: Path,
    *,
    confusions: Path | None = None,
    candidates: Path | None = None,
    judgements: Sequence[Path] = (),
    progress: Progress = lambda done, total, name: None,
) -> Manifest:
    """Write the pairs that a recipe asks for into the folder `out`.

    Args:
        confusions: Parquet of RewardPair, as `uiebench pairs confuse` writes it.
        candidates: Parquet of Candidate, as `uiebench pairs candidates` writes it.
        judgements: Parquet of Judgement or Comparison of these candidates, as `uiebench judge` writes them.

    Raises: RecipeError if there is nothing to make pairs of, SourceError for files that are not what they should
    be, UiebenchError for files made with another benchmark.
    """
    inputs = {"benchmark": [benchmark.folder / "manifest.json"], "judgements": judgements}
    inputs |= {"confusions": [confusions] if confusions else [], "candidates": [candidates] if candidates else []}
    if confusions is None and candidates is None:
        raise RecipeError("no pairs without answers: give --candidates, --confusions or both")
    if judgements and candidates is None:
        raise RecipeError("--judgements: of which candidates? give their file with --candidates")
    finder = Finder(recipe, Prompts(benchmark, recipe.incomplete, recipe.sparse), confusions, candidates, judgements)
    lots: dict[PairSource, array[int]] = {source: array("Q") for source in SOURCES}
    for draft in finder.drafts(progress, count=True):
        lots[draft.source].append(lot(recipe.seed, "mix", draft.id))
    figures = finder.figures
    figures.found = {source: len(lots[source]) for source in SOURCES}
    limits = mixed(recipe, lots)
    tally = _Tally()
    (out / MANIFEST).unlink(missing_ok=True)
    record = RewardPair if recipe.form == "standard" else ConversationalPair
    with parquet_sink(out / NAME, record) as sink:
        for draft in finder.drafts(progress, count=False):
            if lot(recipe.seed, "mix", draft.id) > limits.get(draft.source, -1):
                figures.dropped["over the mix"] = figures.dropped.get("over the mix", 0) + 1
                continue
            pair = finder.written(draft)
            tally.add(pair)
            sink.write(pair if recipe.form == "standard" else conversational(pair))
    tally.into(figures)
    if not figures.pairs:
        (out / NAME).unlink()
        raise UiebenchError(f"recipe {recipe.name}: no pair came of these answers ({_told(figures)})")
    manifest = Manifest(
        recipe.name,
        uiebench.__version__,
        benchmark.title,
        recipe,
        {what: sorted(map(sha256_file, paths)) for what, paths in inputs.items() if paths},
        {NAME: sha256_file(out / NAME)},
        figures,
    )
    write_json(out / MANIFEST, manifest)
    return manifest


def _told(figures: Figures) -> str:
    parts = {**figures.dropped, **figures.unused, **{f"{doubt} gold": n for doubt, n in figures.doubts.items()}}
    return ", ".join(f"{count:,} {what}" for what, count in sorted(parts.items())) or "there are none"


# --- finding pairs ----------------------------------------------------------------------------------


class Finder:
    """Finds the pairs of a benchmark; `figures` are filled by a counting pass."""

    def __init__(
        self,
        recipe: PairsRecipe,
        prompts: Prompts,
        confusions: Path | None,
        candidates: Path | None,
        judgements: Sequence[Path],
    ) -> None:
        self.recipe, self.prompts = recipe, prompts
        self.confusions, self.candidates = confusions, candidates
        self.judged = Judged.read(judgements)
        self.figures = Figures()
        if recipe.corpora != "all":
            prompts.known(recipe.corpora, "corpora:")

    def drafts(self, progress: Progress, *, count: bool) -> Iterator[Draft]:
        """Every pair that a document may keep, in the order of the benchmark, those of a document by rank."""
        recipe, splits = self.recipe, self.recipe.splits
        places = sorted((corpus, split) for split in splits for corpus in self.prompts.corpora(split, recipe.corpora))
        dropped, told, doubts = Counter[str](), Counter[Told](), Counter[str]()
        used, scored = Counter[str](), 0
        last, answers, wrong = "", dict[str, list[Candidate]](), dict[str, list[RewardPair]]()
        for done, (corpus, split) in enumerate(places):
            progress(done, len(places), f"{corpus}/{split}")
            if corpus != last:
                answers = _by_prompt(self.candidates, Candidate, corpus)
                wrong = _by_prompt(self.confusions, RewardPair, corpus)
                last = corpus
            if not answers and not wrong:
                continue
            for _, prompts in self.prompts.documents(corpus, split):
                found: dict[PairSource, list[Draft]] = {source: [] for source in SOURCES}
                for prompt in prompts:
                    id = prompt.instruction.id
                    said, confused = answers.get(id, []), wrong.get(id, [])
                    if not said and not confused:
                        continue
                    self._refuse_strangers(prompt, said, confused)
                    used["candidates"] += len(said)
                    used["confusions"] += len(confused)
                    scored += sum(candidate.id in self.judged.overall for candidate in said)
                    if prompt.doubt:
                        doubts[prompt.doubt] += 1
                    for draft in self._compared(prompt, said, told, dropped):
                        found[draft.source].append(draft)
                    found["confusion"] += self._confused(prompt, confused, dropped)
                kept = self._kept(found)
                dropped["over the most of a document"] += sum(map(len, found.values())) - len(kept)
                yield from kept
        if count:
            self.figures.dropped = {what: dropped[what] for what in sorted(dropped) if dropped[what]}
            self.figures.told = {what: told[what] for what in sorted(told)}
            self.figures.doubts = {what: doubts[what] for what in sorted(doubts)}
            self.figures.unused = self._unused(used, scored)

    def _refuse_strangers(self, prompt: Prompt, said: Sequence[Candidate], confused: Sequence[RewardPair]) -> None:
        """Raise for answers to a prompt of the same id and other words."""
        asked = prompt.instruction.prompt
        for path, records in ((self.candidates, said), (self.confusions, confused)):
            for record in records:
                if record.prompt != asked:
                    raise UiebenchError(
                        f"{path}: {record.id}: its prompt is another one in {self.prompts.benchmark.folder}; make the "
                        "file with this benchmark"
                    )

    def _sides(self, prompt: Prompt, said: Sequence[Candidate]) -> list[Side]:
        """The answers to a prompt, the gold one first where it may be chosen."""
        instruction, trusted = prompt.instruction, not prompt.doubt
        sides, gold = list[Side](), None
        if trusted and self.recipe.gold_chosen:
            same = [c.id for c in said if c.output == instruction.target]
            gold = Side(GOLD, instruction.target, 1.0, self.judged.overall.get(same[0]) if same else None)
            sides.append(gold)
        for candidate in sorted(said, key=lambda c: c.id):
            if gold is not None and candidate.output == gold.output:
                continue
            score = prompt.asked.f1(candidate.output) if trusted else None
            place = candidate.id[len(instruction.id) + 1 :]
            sides.append(Side(place, candidate.output, score, self.judged.overall.get(candidate.id)))
        return sides

    def _compared(
        self, prompt: Prompt, said: Sequence[Candidate], told: Counter[Told], dropped: Counter[str]
    ) -> Iterator[Draft]:
        """The pairs among the answers to a prompt."""
        instruction = prompt.instruction.id
        for left, right in combinations(self._sides(prompt, said), 2):
            if left.id == GOLD and right.f1 == 1.0:
                continue  # both are right: nothing to tell
            preferred = self.judged.preferred(f"{instruction}~{left.id}", f"{instruction}~{right.id}")
            decision = decide(left, right, self.recipe.margin, self.recipe.policy, preferred)
            told[decision.told] += 1
            if decision.source is None:
                dropped[REASONS[decision.told]] += 1
            else:
                chosen, rejected = (left, right) if decision.left else (right, left)
                id = f"{instruction}~{chosen.id}>{rejected.id}"
                yield Draft(id, decision.source, prompt, chosen, rejected)

    def _confused(self, prompt: Prompt, pairs: Sequence[RewardPair], dropped: Counter[str]) -> Iterator[Draft]:
        """The confusions of a prompt that are wrong under the scorer."""
        for pair in pairs:
            if prompt.doubt not in ("", "sparse"):
                dropped[f"a confusion of {prompt.doubt} gold"] += 1
                continue
            scores = prompt.asked.f1(pair.chosen), prompt.asked.f1(pair.rejected)
            if scores[0] <= scores[1]:
                dropped["a confusion that is not worse under the scorer"] += 1
                continue
            chosen, rejected = (
                Side(what, output, score, None)
                for what, output, score in zip((GOLD, pair.id), (pair.chosen, pair.rejected), scores, strict=True)
            )
            yield Draft(pair.id, "confusion", prompt, chosen, rejected, pair)

    def _kept(self, found: Mapping[PairSource, Sequence[Draft]]) -> list[Draft]:
        """The pairs of a document: of each source in turn the next one by rank."""
        ranked = (
            sorted(found[source], key=lambda draft: (lot(self.recipe.seed, "pairs", draft.id), draft.id))
            for source in DEAREST
        )
        turns = [draft for turn in zip_longest(*ranked) for draft in turn if draft is not None]
        return turns[: self.recipe.per_document]

    def _unused(self, used: Counter[str], scored: int) -> dict[str, int]:
        """How much of the files is of no prompt or candidate of this benchmark, its corpora and splits."""
        unused = {}
        for name, path in (("candidates", self.candidates), ("confusions", self.confusions)):
            if path is not None and (rest := _rows(path) - used[name]):
                unused[f"{name} of other prompts"] = rest
        if rest := len(self.judged.overall) - scored:
            unused["judgements of other candidates"] = rest
        for problem, times in sorted(self.judged.problems.items()):
            unused[f"judgements without score: {problem}"] = times
        return unused

    def written(self, draft: Draft) -> RewardPair:
        """A pair as it is written, with its kind and what is wrong with the rejected side."""
        instruction, chosen, rejected = draft.prompt.instruction, draft.chosen, draft.rejected
        if draft.given is not None:
            kind, edits = draft.given.kind, draft.given.edits
        elif draft.prompt.doubt:
            ids = (f"{instruction.id}~{side.id}" for side in (rejected, chosen))
            kind, edits = self.judged.weakest(*ids), ()
        else:
            kind, edits = explained(draft.prompt, chosen, rejected)
        return RewardPair(
            draft.id,
            instruction.id,
            instruction.document,
            instruction.corpus,
            draft.prompt.asked.task,
            instruction.language,
            draft.source,
            kind,
            instruction.prompt,
            chosen.output,
            rejected.output,
            chosen.f1,
            rejected.f1,
            chosen.judge,
            rejected.judge,
            edits,
        )


def _by_prompt(path: Path | None, record: type[Any], corpus: str) -> dict[str, list[Any]]:
    """The records of a file about the prompts of a corpus, by prompt."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for one in read_some(path, record, "corpus", [corpus]) if path is not None else ():
        found[one.instruction].append(one)
    return {id: sorted(records, key=lambda one: one.id) for id, records in found.items()}


def _rows(path: Path) -> int:
    import pyarrow.parquet as pq  # noqa: PLC0415 - the file was read before, so this is loaded

    return int(pq.read_metadata(path).num_rows)


def explained(prompt: Prompt, chosen: Side, rejected: Side) -> tuple[str, tuple[Edit, ...]]:
    """The kind of a model's error, and what is wrong in the rejected answer and not in the chosen one.

    The kind is the rarest of its mistakes (`uiebench.score.analysis.RARITY`), or "unreadable".
    """
    asked = prompt.asked
    if problem := asked.answer(rejected.output).problem:
        return UNREADABLE, (Edit(UNREADABLE, "", problem),)
    found = _edits(asked, asked.mistakes(rejected.output, prompt.text))
    shared = set(_edits(asked, asked.mistakes(chosen.output, prompt.text))) if chosen.f1 != 1.0 else set()
    edits = [edit for edit in found if edit not in shared] or found
    return edits[0].kind, tuple(edits)


def _edits(asked: Asked, mistakes: Sequence[Mistake]) -> list[Edit]:
    """Mistakes as edits of the gold answer, the rarest kind first."""
    ordered = sorted(mistakes, key=lambda mistake: RARITY.index(mistake.kind))
    return [Edit(m.kind, _fact(asked, m.gold), _fact(asked, m.said)) for m in ordered]


def _fact(asked: Asked, claim: Claim | None) -> str:
    """A fact as JSON with labels as the prompt shows them: ``{"人名":"高明"}``."""
    if claim is None:
        return ""
    native, *role = claim.label
    label = asked.names.of(asked.task).get(native, native)
    if asked.task == "NER":
        return _encode({label: claim.mentions[0]}).decode()
    if asked.task == "RE":
        return _encode({"relation": label, "head": claim.mentions[0], "tail": claim.mentions[1]}).decode()
    if role:
        shown = asked.names.roles.get(native, {}).get(role[0], role[0])
        return _encode({"type": label, "role": shown, "argument": claim.mentions[0]}).decode()
    return _encode({"type": label, "trigger": claim.mentions[0]}).decode()


# --- the mix ----------------------------------------------------------------------------------------


def mixed(recipe: PairsRecipe, lots: Mapping[PairSource, Sequence[int]]) -> dict[PairSource, int]:
    """The highest lot that is taken of each source, so that shares and total are as the recipe says."""
    there = {source: found for source, found in lots.items() if len(found)}
    if not recipe.mix:
        every = sorted(number for found in there.values() for number in found)
        limit = every[: recipe.total][-1] if every else -1
        return dict.fromkeys(there, limit)
    shares = {source: share for source, share in recipe.mix.items() if share and source in there}
    if not shares:
        return {}
    whole = sum(shares.values())
    shares = {source: share / whole for source, share in shares.items()}
    total = min(len(there[source]) / share for source, share in shares.items())
    if recipe.total is not None:
        total = min(total, recipe.total)
    taken = {source: int(total * share + 1e-9) for source, share in shares.items()}
    return {source: sorted(there[source])[:count][-1] for source, count in taken.items() if count}


def conversational(pair: RewardPair) -> ConversationalPair:
    """A pair as messages."""
    fields = {name: getattr(pair, name) for name in pair.__struct_fields__}
    fields["prompt"] = (Message("user", pair.prompt),)
    for side in ("chosen", "rejected"):
        fields[side] = (Message("assistant", fields[side]),)
    return ConversationalPair(**fields)


class _Tally:
    """Counts the pairs that are written."""

    def __init__(self) -> None:
        self.pairs: defaultdict[tuple[PairSource, str, Task], list[float]] = defaultdict(lambda: [0, 0, 0.0, 0.0])
        self.documents: set[str] = set()
        self.prompts: set[str] = set()
        self.inverted = 0

    def add(self, pair: RewardPair) -> None:
        """Count a pair."""
        cell = self.pairs[pair.source, pair.kind, pair.task]
        cell[0] += 1
        if pair.score_chosen is not None and pair.score_rejected is not None:
            cell[1] += 1
            cell[2] += pair.score_chosen
            cell[3] += pair.score_rejected
            self.inverted += pair.score_rejected >= pair.score_chosen
        self.documents.add(pair.document)
        self.prompts.add(pair.instruction)

    def into(self, figures: Figures) -> None:
        """Put what was counted among the figures."""
        figures.documents, figures.prompts, figures.inverted = len(self.documents), len(self.prompts), self.inverted
        figures.rows = tuple(
            Row(*key, int(n), chosen / scored if scored else None, rejected / scored if scored else None)
            for key, (n, scored, chosen, rejected) in sorted(
                self.pairs.items(), key=lambda item: (SOURCES.index(item[0][0]), item[0][1:])
            )
        )
