"""The instruction layer: the documents of one split as prompts and targets.

    Instruction(id="resume/train/0#NER", document="resume/train/0", corpus="resume", task="NER",
                language="zh", labels=("EDU", "NAME", …), prompt="请从下面的文本中抽取实体。…",
                target='{"学历":[],"人名":["高明"],…}', shown=("学历", "人名", …))

    OUT/instructions/train/resume.parquet         prompts to train on: windows of the labels at hand
    OUT/instructions/fewshot_5/resume.parquet     those about the documents of the 5-shot set
    OUT/instructions/auxiliary/resume.parquet     half-tasks about the documents of train, never scored
    OUT/instructions/test/resume.parquet          prompts of evaluation: all labels, in the same windows for all

Every file is there as .jsonl too. `datasets` finds train, dev and test by their names; a few-shot set is a
folder of its own that is not called train, so that it is never read beside the whole by mistake.

Where a recipe cuts long texts, each piece is asked about like a document of its own: `…#EE@2/0` is the
first window of the third piece (see `uiebench.instruct.pieces`).

Few-shot sets know neither drop-out nor a cap of empty windows: k documents for each label, with all their
answers. Empty windows of train are capped exactly, for each corpus and task: a first look at the label
columns alone plans all windows and ranks the empty ones, the lowest are kept. That costs little beside the
rendering, eight bytes a window, and gives the same ratio in a corpus full of empty documents as in one without.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pyarrow

from uiebench import catalogue
from uiebench.build.parts import PieceCounts, PromptCounts, PromptPart, PromptUnit, code, finished, receipt
from uiebench.build.selection import Survey, lowest
from uiebench.hashing import MASK, fingerprint, lot, mix, sha256_file, threshold
from uiebench.instruct.pieces import Cuts, Cutter, Piece, crossing, pieces
from uiebench.instruct.prompt import Renderer, Style
from uiebench.instruct.target import encode, encode_auxiliary, mentions_of, pairs_of
from uiebench.instruct.windows import PLACES, Offer, Window, labels_in, labels_of, polled
from uiebench.recipe import BuildRecipe, Prompts, Selection
from uiebench.storage import jsonl_sink, parquet_sink, read_parquet, write_json
from uiebench.types import (
    AuxiliaryTask,
    Corpus,
    Document,
    Event,
    Instruction,
    PromptTask,
    Schema,
    Task,
    Totals,
)

AUXILIARY: dict[Task, tuple[AuxiliaryTask, ...]] = {"NER": ("NER-span", "NER-type"), "RE": ("RE-pair", "RE-type")}
WORDING, STYLE = lot("wording"), lot("style")


class Prompter:
    """Makes the prompts of one corpus and task."""

    def __init__(self, corpus: Corpus, task: PromptTask, prompts: Prompts) -> None:
        self.corpus, self.task = corpus, task
        self.renderer = Renderer(
            corpus.language, task, corpus.schema, templates=prompts.templates, paraphrases=prompts.paraphrases
        )
        # a prompt is in the other language, masked or described where its number is below these
        self.other = threshold(prompts.other_language)
        self.masked = self.other + threshold((1 - prompts.other_language) * prompts.mask)
        self.described = self.masked + threshold((1 - prompts.other_language) * (1 - prompts.mask) * prompts.describe)

    def style(self, number: int) -> Style:
        """How a training prompt names its labels."""
        if not self.described:
            return "plain"
        number = mix(number, STYLE)
        if number < self.other:
            return "other"
        return "masked" if number < self.masked else "described" if number < self.described else "plain"

    def instruction(
        self, piece: Piece, window: Window, place: int, wording: int, style: Style, empty: bool
    ) -> Instruction:
        """The prompt and target of a window; `place` is its number, or -1 if it is the only one."""
        renderer, document = self.renderer, piece.document
        before, after, shown, names, nothing = renderer.framed(wording, window, style)
        return Instruction(
            f"{document.id}#{self.task}{_behind(piece, place)}",
            document.id,
            self.corpus.name,
            self.task,
            self.corpus.language,
            window,
            f"{before}{document.text}{after}",
            nothing
            if empty
            else encode(document, renderer.task, names, window, explicit_empty=renderer.explicit_empty),
            shown,
            piece.start,
            piece.end,
        )

    def auxiliary(self, piece: Piece, task: AuxiliaryTask, window: Window, place: int, number: int) -> Instruction:
        """The prompt and target of a half-task for a window that has gold."""
        renderer, document, chinese = self.renderer, piece.document, self.corpus.language == "zh"
        more = {
            "mentions": ("、" if chinese else ", ").join(mentions_of(document, window)),
            "pairs": ("、" if chinese else ", ").join(
                f"（{head}，{tail}）" if chinese else f"({head}, {tail})" for head, tail in pairs_of(document, window)
            ),
        }
        before, after, shown, names, _ = renderer.filled(renderer.wording(number), window, "plain", more)
        return Instruction(
            f"{document.id}#{task}{_behind(piece, place)}",
            document.id,
            self.corpus.name,
            task,
            self.corpus.language,
            window,
            f"{before}{document.text}{after}",
            encode_auxiliary(document, task, names, window),
            shown,
            piece.start,
            piece.end,
        )


def _behind(piece: Piece, place: int) -> str:
    """What stands in an id behind the task: the piece of a text that is cut, the window where there are several."""
    window = "" if place < 0 else f"/{place}"
    return window if piece.number < 0 else f"@{piece.number}{window}"


# --- pieces ---------------------------------------------------------------------------------------


class Scissors:
    """Cuts the documents of a unit, and counts what it cuts."""

    def __init__(self, cutter: Cutter) -> None:
        self.cutter = cutter
        self.counts, self.left_out = PieceCounts(), Counter[tuple[str, str]]()

    def __call__(self, document: Document, cuts: Cuts | None = None) -> list[Piece]:
        """The pieces of a document that is asked about; `cuts`: where to cut it, if that is known."""
        if self.cutter.budget is None:
            return [Piece(document)]
        ranges, clauses, hard = cuts or self.cutter(document.text)
        self.counts.documents += 1
        if len(ranges) > 1:
            self.counts.cut += 1
            self.counts.pieces += len(ranges)
            self.counts.clauses += clauses
            self.counts.hard += hard
            self.left_out += crossing(document, ranges)
        return pieces(document, ranges)

    def counted(self) -> PieceCounts:
        """What was cut so far."""
        reasons: dict[str, dict[str, int]] = {}
        for (reason, kind), count in sorted(self.left_out.items()):
            reasons.setdefault(reason, {})[kind] = count
        left_out = {reason: msgspec.convert(kinds, Totals) for reason, kinds in reasons.items()}
        return msgspec.structs.replace(self.counts, left_out=left_out)


# --- evaluation -----------------------------------------------------------------------------------


class Examiner:
    """The evaluation prompts of a corpus: for each task all labels, in windows that are the same for all documents.

    A document is asked about all its windows in one wording, by rank over the wordings, so that no single
    one decides a score.
    """

    def __init__(self, corpus: Corpus, recipe: BuildRecipe) -> None:
        self.tasks: list[tuple[Prompter, list[Window], int]] = []
        for task in corpus.tasks:
            labels = labels_of(corpus.schema, task)
            windows = recipe.windows
            cut = [labels] if windows == "all" else polled(corpus.name, task, labels, windows.size_of(task))
            self.tasks.append((Prompter(corpus, task, recipe.prompts), cut, lot("evaluation", task)))

    def __call__(self, cut: Sequence[Piece]) -> Iterator[tuple[Instruction, bool]]:
        """The instructions of the pieces of a document, and whether nothing is to be found.

        Task by task, piece by piece, window by window: what the scorer unites stands together.
        """
        number = lot(cut[0].document.id)
        for prompter, windows, salt in self.tasks:
            wording = prompter.renderer.wording(mix(number, salt))
            for piece in cut:
                present = labels_in(piece.document, prompter.renderer.task)
                for place, window in enumerate(windows):
                    at = place if len(windows) > 1 else -1
                    empty = present.isdisjoint(window)
                    yield prompter.instruction(piece, window, at, wording, "plain", empty), empty


# --- training -------------------------------------------------------------------------------------


def of_tasks(corpus: Corpus, select: Selection | None) -> Corpus:
    """The corpus with the tasks that the recipe wants instructions of."""
    if not select or not select.tasks:
        return corpus
    return msgspec.structs.replace(corpus, tasks=tuple(task for task in corpus.tasks if task in select.tasks))


def trainable(corpus: Corpus, held_out: Iterable[str]) -> Corpus:
    """The corpus without the labels that mean a held-out concept, roles of events among them."""
    return msgspec.structs.replace(corpus, schema=trainable_schema(corpus.schema, held_out))


def trainable_schema(schema: Schema, held_out: Iterable[str]) -> Schema:
    """The schema without the labels that mean a held-out concept, roles of events among them."""
    concepts = frozenset(held_out)
    if not concepts:
        return schema
    return Schema(
        tuple(label for label in schema.entities if label.concept not in concepts),
        tuple(label for label in schema.relations if label.concept not in concepts),
        tuple(
            msgspec.structs.replace(label, roles=tuple(role for role in label.roles if role.concept not in concepts))
            for label in schema.events
            if label.concept not in concepts
        ),
    )


def without_roles(document: Document, roles: Mapping[str, frozenset[str]]) -> Document:
    """The document with the arguments that play one of these roles of their event type."""
    events = tuple(
        Event(
            event.type, event.trigger, tuple(a for a in event.arguments if a.role in roles.get(event.type, frozenset()))
        )
        for event in document.events
    )
    return msgspec.structs.replace(document, events=events)


class Teacher:
    """The training prompts of a corpus and task: windows of the labels at hand, few of them empty.

    `cut` holds the labels of each piece of the documents that are cut, by position.
    """

    def __init__(
        self,
        corpus: Corpus,
        task: Task,
        recipe: BuildRecipe,
        near: Mapping[str, tuple[str, ...]],
        survey: Survey,
        cut: Mapping[int, Sequence[frozenset[str]]],
    ) -> None:
        self.task, self.survey, self.cut = task, survey, cut
        self.settings = None if recipe.windows == "all" else recipe.windows
        labels = labels_of(corpus.schema, task)
        self.offer = Offer(corpus.name, task, labels, self.settings, near, recipe.seed)
        self.prompter = Prompter(corpus, task, recipe.prompts)
        self.helpers = [(a, Prompter(corpus, a, recipe.prompts)) for a in AUXILIARY.get(task, ())]
        self.kept = MASK + 1  # empty windows of a lower place are kept: all, until they are limited

    def asked(self, position: int) -> list[tuple[int, frozenset[str]]]:
        """What all choices about a document, or about each of its pieces, depend on: a number and its labels."""
        id, number = self.survey.ids[position], self.offer.number
        if position in self.cut:
            return [(number(f"{id}@{k}"), positives) for k, positives in enumerate(self.cut[position])]
        return [(number(id), self.survey.positives(self.task, position))]

    def limit_empty(self, chosen: Iterable[int]) -> None:
        """Keep so many empty windows as the recipe allows, counted over the documents at these positions."""
        if self.settings is None or self.settings.empty is None:
            return
        offer = self.offer
        places, answered = array("Q"), 0
        for position in chosen:
            for number, positives in self.asked(position):
                if positives and offer.always_one:
                    answered += 1
                    continue
                for place, window in enumerate(offer(number, positives)):
                    if positives.isdisjoint(window):
                        places.append(offer.place(number, place))
                    else:
                        answered += 1
        self.kept = lowest(places, int(self.settings.empty * answered))

    def __call__(self, cut: Sequence[Piece], position: int, helpers: bool) -> Iterator[tuple[Instruction, bool]]:
        """The instructions of a document, and whether nothing is to be found; with `helpers`, half-tasks too."""
        offer, prompter = self.offer, self.prompter
        for piece, (number, positives) in zip(cut, self.asked(position), strict=True):
            windows = offer(number, positives)
            for place, window in enumerate(windows):
                empty = positives.isdisjoint(window)
                if empty and self.kept <= MASK and offer.place(number, place) >= self.kept:
                    continue
                own = mix(number ^ WORDING, PLACES[place])
                at = place if len(windows) > 1 else -1
                wording = prompter.renderer.wording(own)
                yield prompter.instruction(piece, window, at, wording, prompter.style(own), empty), empty
                if helpers and not empty:
                    for task, helper in self.helpers:
                        yield helper.auxiliary(piece, task, window, at, own), False


# --- files ----------------------------------------------------------------------------------------


class Folders:
    """The open files of some folders of one corpus, and the counts of what goes in."""

    def __init__(self, out: Path, corpus: str, folders: Sequence[str], stack: ExitStack) -> None:
        self.paths = [
            f"instructions/{folder}/{corpus}{suffix}" for folder in folders for suffix in (".parquet", ".jsonl")
        ]
        self.counts: dict[tuple[str, PromptTask], PromptCounts] = {}
        self.sinks = {
            folder: (
                stack.enter_context(parquet_sink(out / f"instructions/{folder}/{corpus}.parquet", Instruction)).write,
                stack.enter_context(jsonl_sink(out / f"instructions/{folder}/{corpus}.jsonl")),
            )
            for folder in folders
        }
        self.last: dict[tuple[str, PromptTask], str] = {}

    def write(self, folder: str, instruction: Instruction, empty: bool) -> None:
        """Write an instruction into a folder and count it."""
        columns, lines = self.sinks[folder]
        columns(instruction)
        lines(instruction)
        key = folder, instruction.task
        counts = self.counts.get(key)
        if counts is None:
            counts = self.counts[key] = PromptCounts(folder, instruction.task)
        counts.prompts += 1
        counts.empty += empty
        counts.labels += len(instruction.labels)
        counts.prompt_characters += len(instruction.prompt)
        counts.target_characters += len(instruction.target)
        if self.last.get(key) is not instruction.document:  # the id of one document is one string
            self.last[key] = instruction.document
            counts.documents += 1


def instruct(prompts: PromptUnit, recipe: BuildRecipe, out: Path) -> tuple[PromptPart, bool]:
    """The prompts of a unit: taken as they are if the receipt is valid, else written; and which of the two."""
    unit = prompts.unit
    settings = [recipe.seed, recipe.windows, recipe.prompts, recipe.held_out_types, recipe.few_shot, recipe.auxiliary]
    corpus = of_tasks(catalogue.load(unit.corpus), unit.select)
    scissors = Scissors(Cutter(recipe.pieces, corpus.language))
    tokens = scissors.cutter.tokenizer and scissors.cutter.tokenizer.sha256
    key = fingerprint([prompts, settings, recipe.pieces, tokens, code(), pyarrow.__version__])
    if known := finished(out, unit, PromptPart, key):
        return known, True
    with ExitStack() as stack:
        if unit.instruct == "train" or unit.few_shot:
            folders = teach(prompts, corpus, recipe, scissors, out, stack)
        else:
            folders = examine(prompts, corpus, recipe, scissors, out, stack)
    counts = tuple(folders.counts[key] for key in sorted(folders.counts))
    files = {path: sha256_file(out / path) for path in folders.paths}
    cut = scissors.counted() if scissors.cutter.budget is not None else None
    part = PromptPart(key, unit.corpus, unit.split, files, counts, cut)
    write_json(receipt(out, unit, PromptPart), part)
    return part, False


def examine(
    prompts: PromptUnit, corpus: Corpus, recipe: BuildRecipe, scissors: Scissors, out: Path, stack: ExitStack
) -> Folders:
    """Write the evaluation prompts of a unit."""
    unit = prompts.unit
    assert unit.instruct is not None
    folders = Folders(out, unit.corpus, [unit.instruct], stack)
    examiner = Examiner(corpus, recipe)
    for document in read_parquet(out / f"corpora/{unit.corpus}/{unit.split}.parquet", Document):
        for instruction, empty in examiner(scissors(document)):
            folders.write(unit.instruct, instruction, empty)
    return folders


def teach(
    prompts: PromptUnit, corpus: Corpus, recipe: BuildRecipe, scissors: Scissors, out: Path, stack: ExitStack
) -> Folders:
    """Write the training prompts of a unit, its few-shot sets and its half-tasks."""
    unit = prompts.unit
    path = out / f"corpora/{unit.corpus}/{unit.split}.parquet"
    corpus = trainable(corpus, recipe.held_out_types)
    tasks = {task: labels for task in corpus.tasks if (labels := labels_of(corpus.schema, task))}
    survey = Survey(path, tasks, recipe.seed, frozenset(prompts.left_out))
    shots = sorted(recipe.few_shot) if unit.few_shot else []
    names = [*(["train"] if unit.instruct else []), *(f"fewshot_{k}" for k in shots)]
    helping = recipe.auxiliary and unit.instruct == "train" and any(task in AUXILIARY for task in tasks)
    folders = Folders(out, unit.corpus, [*names, *(["auxiliary"] if helping else [])] if tasks else [], stack)
    held_out_roles = recipe.held_out_types and {
        label.name: frozenset(role.name for role in label.roles) for label in corpus.schema.events
    }

    def trained_on() -> Iterator[Document]:
        for document in read_parquet(path, Document):
            yield without_roles(document, held_out_roles) if held_out_roles and document.events else document

    cuts, present = planned(trained_on(), scissors.cutter, tasks) if scissors.cutter.budget is not None else ({}, {})
    lessons: list[Lesson] = []
    for task in tasks:
        given = (prompts.near.get(task, {}), survey, present.get(task, {}))
        if unit.instruct:
            teacher = Teacher(corpus, task, recipe, *given)
            chosen: Sequence[int] = list(survey.usable(task))
            if prompts.allowed[task] < len(chosen):
                chosen = survey.capped(task, prompts.allowed[task])
            teacher.limit_empty(chosen)
            lessons.append(Lesson(teacher, ["train"], [chosen], len(survey.ids)))
        if shots:
            teacher = Teacher(corpus, task, whole(recipe), *given)
            sets = [survey.shots(task, k) for k in shots]
            lessons.append(Lesson(teacher, names[-len(shots) :], sets, len(survey.ids)))
    for position, document in enumerate(trained_on()):
        if not any(lesson.into(position) for lesson in lessons):
            continue
        cut = scissors(document, cuts.get(position, Cuts([(0, len(document.text))])))
        for lesson in lessons:
            into = lesson.into(position)
            if not into:
                continue
            for instruction, empty in lesson.teacher(cut, position, helping and into == ["train"]):
                if instruction.task != lesson.teacher.task:
                    folders.write("auxiliary", instruction, empty)
                    continue
                for folder in into:
                    folders.write(folder, instruction, empty)
    return folders


class Lesson:
    """A teacher, and which documents (by position) it asks about in each of some folders, each set in the next."""

    def __init__(
        self, teacher: Teacher, folders: Sequence[str], sets: Sequence[Collection[int]], documents: int
    ) -> None:
        self.teacher, self.folders = teacher, list(folders)
        self.since = array("I", [len(sets)]) * documents  # the first folder of each document
        for place in reversed(range(len(sets))):
            for position in sets[place]:
                self.since[position] = place

    def into(self, position: int) -> list[str]:
        """The folders that the prompts about a document go into."""
        return self.folders[self.since[position] :]


def whole(recipe: BuildRecipe) -> BuildRecipe:
    """The recipe as few-shot sets follow it: every label of a document is asked for, in every window.

    What drop-out and the cap of empty windows take from a large training set, they would take from the k
    documents of a label.
    """
    if recipe.windows == "all":
        return recipe
    windows = msgspec.structs.replace(recipe.windows, drop=0.0, empty=None)
    return msgspec.structs.replace(recipe, windows=windows)


def planned(
    documents: Iterable[Document], cutter: Cutter, tasks: Mapping[Task, Collection[str]]
) -> tuple[dict[int, Cuts], dict[Task, dict[int, list[frozenset[str]]]]]:
    """The cuts of the documents that are cut, by position, and for each task the labels of each of their pieces.

    A first look, since how many windows are empty must be known before the first is written.
    """
    cuts: dict[int, Cuts] = {}
    present: dict[Task, dict[int, list[frozenset[str]]]] = {task: {} for task in tasks}
    allowed = {task: frozenset(labels) for task, labels in tasks.items()}
    for position, document in enumerate(documents):
        found = cutter(document.text)
        if len(found.ranges) > 1:
            cuts[position] = found
            cut = pieces(document, found.ranges)
            for task, labels in allowed.items():
                present[task][position] = [labels & labels_in(piece.document, task) for piece in cut]
    return cuts, present
