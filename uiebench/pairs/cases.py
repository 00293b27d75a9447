"""The prompts of a built benchmark as cases, and those of which no pair is to be made, by reason.

    for instruction, case in cases(benchmark, "resume", "train", known, left_out, …): …
    left_out   →  Counter({"an annotation was dropped": 3, "annotated otherwise elsewhere": 12})

A prompt is left out whose document is annotated otherwise elsewhere or lost an annotation, whose piece of a long
text cuts through an annotation, or whose target names a string that the text does not have: there, a wrong answer
might be right, or the right one teach what is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from uiebench.errors import RecipeError, SourceError
from uiebench.instruct.pieces import within
from uiebench.pairs.answer import Answer, Gold, read
from uiebench.pairs.case import Case, Page, Vocabulary
from uiebench.pairs.lexicon import Lexicon
from uiebench.score.gold import Benchmark, Described
from uiebench.storage import read_parquet
from uiebench.types import TASKS, Document, Instruction, SplitName, Task

CONFLICTING, PARTIAL, CUT = "annotated otherwise elsewhere", "an annotation was dropped", "a cut through an annotation"
INCOMPLETE = "of a corpus known to leave facts unannotated"
OFF_TEXT, ODD, UNCHANGED = "a target that is not in the text", "a target that is not canonical", "no kind applies"


def prompts(folder: Path, corpus: str, split: SplitName) -> Iterator[tuple[Instruction, Document]]:
    """The prompts of a corpus, each with its document, in the order of the benchmark."""
    path = folder / "instructions" / split / f"{corpus}.parquet"
    documents: Iterator[Document] = iter(())
    source, here = "", Document("", "")
    for instruction in read_parquet(path, Instruction):
        if instruction.document != here.id:
            of = instruction.document.split("/")[1]
            if of != source:  # a held-out corpus is asked about in another split than the one its prompts are in
                source, documents = of, read_parquet(folder / "corpora" / corpus / f"{of}.parquet", Document)
            found = next((d for d in documents if d.id == instruction.document), None)
            if found is None:
                raise SourceError(f"{path}: the document {instruction.document} is not in the corpus layer")
            here = found
        yield instruction, here


def lexicon(folder: Path, corpus: str, split: SplitName, seed: int) -> Lexicon:
    """What a corpus calls things, from its training split, or from `split` where it has none."""
    path = folder / "corpora" / corpus / "train.parquet"
    if not path.is_file():
        path = folder / "corpora" / corpus / f"{split}.parquet"
    return Lexicon.learn(read_parquet(path, Document) if path.is_file() else (), seed)


class Near:
    """Which labels of a corpus are mistaken for which, from confusions.json if the benchmark has one."""

    def __init__(self, folder: Path) -> None:
        from uiebench.confusion.table import NAME, load  # noqa: PLC0415 - loads numpy

        path = folder / NAME
        self.table = load(path) if path.is_file() else None

    def labels(self, corpus: str, task: Task) -> Callable[[str], tuple[str, ...]]:
        """The labels nearest to one; none where nothing is known."""
        return cache(lambda label: self._or_none(lambda table: table.near(corpus, task, label)))

    def roles(self, corpus: str) -> Callable[[str, str], tuple[str, ...]]:
        """The roles of an event type nearest to one; none where nothing is known."""
        return cache(lambda event, role: self._or_none(lambda table: table.roles(corpus, event, role)))

    def _or_none(self, ask: Callable[..., tuple[str, ...]]) -> tuple[str, ...]:
        if self.table is None:
            return ()
        try:
            return ask(self.table)
        except RecipeError:  # a table of another build
            return ()


def vocabularies(
    described: Described, learnt: Lexicon, near: Near, half: int, tasks: Collection[Task] = TASKS
) -> dict[Task, Vocabulary]:
    """What is known of the labels of a corpus, by task."""
    name = described.name
    return {
        task: Vocabulary(
            task,
            described.language,
            described.schema,
            learnt,
            near.labels(name, task),
            near.roles(name),
            half=half,
        )
        for task in tasks
    }


def cases(
    benchmark: Benchmark,
    corpus: str,
    split: SplitName,
    known: Mapping[Task, Vocabulary],
    left_out: Counter[str],
    *,
    partial: Collection[str],
    conflicting: Mapping[str, Collection[Task]],
    multiset: bool = False,
    chosen: Collection[str] | None = None,
) -> Iterator[tuple[Instruction, Case]]:
    """The prompts of a corpus about the tasks in `known`, as cases; those that are not are counted in `left_out`.

    Args: `chosen` are the ids of the prompts that count; None: all.
    """
    language = benchmark.describe(corpus).language
    page, whole = Page(Document("", ""), language), ("", 0, 0)
    torn = False
    for instruction, document in prompts(benchmark.folder, corpus, split):
        task = next((task for task in TASKS if task == instruction.task), None)
        if task is None or task not in known or (chosen is not None and instruction.id not in chosen):
            continue
        if document.id in partial:
            left_out[PARTIAL] += 1
            continue
        if task in conflicting.get(document.id, ()):
            left_out[CONFLICTING] += 1
            continue
        key = (document.id, instruction.start, instruction.end or 0)
        if key != whole:
            is_piece = instruction.start > 0 or instruction.end is not None
            page = Page(within(document, instruction.start, instruction.end) if is_piece else document, language)
            torn, whole = is_piece and tears(document, instruction.start, instruction.end), key
        if torn:
            left_out[CUT] += 1
            continue
        reason, case = as_case(instruction, task, page, known[task], multiset=multiset)
        if case is None:
            left_out[reason] += 1
        else:
            yield instruction, case


def as_case(
    instruction: Instruction, task: Task, page: Page, vocabulary: Vocabulary, *, multiset: bool = False
) -> tuple[str, Case | None]:
    """A prompt as a case, or why it is none."""
    try:
        form, gold = read(instruction.target, task, instruction.shown)
    except msgspec.DecodeError:
        return ODD, None
    if form.write(gold) != instruction.target:
        return ODD, None
    if not all(map(page.text.__contains__, strings(gold, task))):
        return OFF_TEXT, None
    right = Gold(gold, task, instruction.shown, multiset=multiset)
    return "", Case(instruction, task, page, vocabulary, form, gold, right)


def strings(answer: Answer, task: Task) -> list[str]:
    """Every mention in an answer."""
    if task in ("NER", "RE"):
        return [string for item in answer for string in item[1:]]
    return [string for _, trigger, arguments in answer for string in (trigger, *(text for _, text in arguments))]


def tears(document: Document, start: int, end: int | None) -> bool:
    """Whether an end of text[start:end] lies inside an annotated mention, or an event has arguments on both sides."""
    stop = len(document.text) if end is None else end
    spans = [*document.entities]
    places = [(s.start, s.end) for s in spans]
    for relation in document.relations:
        places += [(relation.head.start, relation.head.end), (relation.tail.start, relation.tail.end)]
    for event in document.events:
        own = [(a.start, a.end) for a in event.arguments]
        if event.trigger is not None:
            own.append((event.trigger.start, event.trigger.end))
        inside = [start <= s and e <= stop for s, e in own if s is not None and e is not None]
        if any(inside) and not all(inside):
            return True
        places += own
    return any(s is not None and e is not None and (s < start < e or s < stop < e) for s, e in places)
