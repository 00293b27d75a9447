"""Candidates: what models answered to the prompts of a benchmark, whatever file it stands in.

    {"id": "resume/train/0#NER", "output": "{\"人名\": [\"高明\"]}"}      a line of sft.jsonl
    →  Candidate("resume/train/0#NER~sft~0", …, source="sft", output='{"人名": ["高明"]}', score=0.5,
                 said_by=(SaidBy("chatgpt", 1), SaidBy("sft", 3)))

Predictions are joined with prompts by id. Several lines of one id are samples, in their order; so are the lines
of several files that are given one name. The output is kept as it was written: its errors of format are part of
the data. Answers to a prompt that say the same in the same form are one candidate.

A file that was made with other windows of the same documents (another benchmark) is read together with that
benchmark: its answers are united per document, and each window here gets what they say of its labels and its
piece of the text. A window of which not all was asked there, or whose answer there could not be read, gets none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from uiebench.errors import UiebenchError, nearest
from uiebench.hashing import rank
from uiebench.instruct.target import Names, encode
from uiebench.pairs.prompts import Prompt, Prompts
from uiebench.score.answer import Answer, f1
from uiebench.score.output import parse, read
from uiebench.score.predictions import read_predictions
from uiebench.types import Candidate, Document, Event, Extraction, Relation, SaidBy, Span, SplitName, Task

_encode = msgspec.json.Encoder().encode
REASONS = ("not asked there", "unreadable there")
"""Why a window gets no answer from a file that was made with other windows."""


class Source(NamedTuple):
    """A file of predictions and the name of who made them."""

    name: str
    path: Path


def named(files: Iterable[str]) -> list[Source]:
    """Files of predictions as they are given: ``PATH``, named by its stem, or ``NAME=PATH``.

    Files with one stem are told apart by their folders; files with one given name are samples of one source.

    Raises: UiebenchError for a file that is given twice or is not there.
    """
    given: list[tuple[str, Path]] = []
    for file in files:
        name, equals, rest = file.partition("=")
        given.append(("", Path(file)) if not equals or Path(file).exists() else (name, Path(rest)))
    paths = [path.resolve() for _, path in given]
    for (_, path), place in zip(given, paths, strict=True):
        if paths.count(place) > 1:
            raise UiebenchError(f"{path}: given twice")
        if not place.exists():
            raise UiebenchError(f"{path}: no such file")
    stems = Counter(path.stem for name, path in given if not name)
    return [
        Source(name or (path.stem if stems[path.stem] == 1 else f"{path.resolve().parent.name}-{path.stem}"), path)
        for name, path in given
    ]


class Tally(msgspec.Struct):
    """What became of the answers of a source.

    Fields:
        lines: predictions in its files. elsewhere: of prompts that were not asked for here (another corpus or split).
        answers: to prompts of this benchmark, cut to its windows where that was needed.
        dropped: windows without answer, by reason, where the file was made with other windows.
        unreadable: answers that say nothing readable. unoffered: readable ones with a label that was not offered.
        candidates: different answers; an answer that several sources gave counts for the first.
        scored, f1: candidates with trusted gold, and the sum of their F1.
    """

    lines: int = 0
    elsewhere: int = 0
    answers: int = 0
    dropped: dict[str, int] = {}
    unreadable: int = 0
    unoffered: int = 0
    candidates: int = 0
    scored: int = 0
    f1: float = 0.0


class Gathered(msgspec.Struct):
    """What was gathered: figures by source and by (corpus, task), and candidates beyond the most of a document."""

    sources: dict[str, Tally] = {}
    corpora: dict[tuple[str, Task], Tally] = {}
    doubts: dict[str, int] = {}
    merged: int = 0
    capped: int = 0


class Said(NamedTuple):
    """An answer of a source: its place among the answers of that source to one prompt, and its text."""

    source: str
    number: int
    output: str


Answers = dict[str, list[Said]]
"""Answers by prompt."""
Progress = Callable[[int, int, str], None]
"""Called with the splits done, the splits in all, and the name of the next one."""


class Gatherer:
    """Makes candidates of files of predictions.

    Args:
        asked: the prompts that are answered.
        sources: see `named`.
        made_with: the benchmark whose prompts the files answer, if it is another one.
        most: at most so many candidates of a document, by rank.

    Attributes: `found`, complete when all candidates were taken.
    """

    def __init__(
        self,
        asked: Prompts,
        sources: Sequence[Source],
        *,
        corpora: Collection[str] | Literal["all"] = "all",
        splits: Sequence[SplitName] = ("train",),
        made_with: Prompts | None = None,
        most: int | None = None,
        seed: int = 0,
        progress: Progress = lambda done, total, name: None,
    ) -> None:
        self.asked, self.made_with, self.most, self.seed = asked, made_with, most, seed
        self.corpora, self.splits, self.progress = corpora, splits, progress
        self.sources = sorted(sources)
        self.found = Gathered({source.name: Tally() for source in self.sources})

    def candidates(self) -> Iterator[Candidate]:
        """The candidates, in the order of the benchmark, those of a prompt by source and number.

        Raises: UiebenchError if the files answer none of the prompts, or were made with other windows.
        """
        places = [(corpus, split) for split in self.splits for corpus in self.asked.corpora(split, self.corpora)]
        places.sort()
        answers = self._read({corpus for corpus, _ in places})
        other = _Other(self.made_with, answers, self.found) if self.made_with else None
        taken, some = set[str](), False
        for done, (corpus, split) in enumerate(places):
            self.progress(done, len(places), f"{corpus}/{split}")
            for document, prompts in self.asked.documents(corpus, split):
                found: list[Candidate] = []
                for prompt in prompts:
                    id = prompt.instruction.id
                    here = other.answers(prompt) if other else answers.get(id, ())
                    if not other and here:
                        taken.add(id)
                    found += self._of(prompt, here)
                some = some or bool(found)
                yield from self._capped(document, found)
        if other is None:
            self._account(answers, taken)
        if not some:
            raise self._nothing(answers)

    def _read(self, corpora: set[str]) -> Answers:
        answers: Answers = {}
        numbers: Counter[tuple[str, str]] = Counter()
        for source in self.sources:
            tally = self.found.sources[source.name]
            for prediction in read_predictions(source.path):
                tally.lines += 1
                if prediction.id.partition("/")[0] not in corpora:
                    tally.elsewhere += 1
                    continue
                output = prediction.output
                text = output if isinstance(output, str) else _encode(output).decode()
                number = numbers[source.name, prediction.id]
                numbers[source.name, prediction.id] += 1
                answers.setdefault(prediction.id, []).append(Said(source.name, number, text))
        return answers

    def _of(self, prompt: Prompt, answers: Iterable[Said]) -> list[Candidate]:
        """The different answers to a prompt."""
        instruction, asked = prompt.instruction, prompt.asked
        groups: dict[tuple[object, ...], list[Said]] = {}
        read_as: dict[tuple[object, ...], Answer] = {}
        offered = frozenset(instruction.labels)
        for said in sorted(answers):
            what = asked.answer(said.output)
            tally = self.found.sources[said.source]
            tally.answers += 1
            tally.unreadable += bool(what.problem)
            tally.unoffered += any(fact[0] not in offered for fact in what.headline)
            key = sameness(said.output, what)
            groups.setdefault(key, []).append(said)
            read_as.setdefault(key, what)
        found = []
        for key, group in groups.items():
            first, counts = group[0], Counter(said.source for said in group)
            self.found.merged += len(group) - 1
            score = None if prompt.doubt else f1(asked.gold, read_as[key])
            found.append(
                Candidate(
                    f"{instruction.id}~{first.source}~{first.number}",
                    instruction.id,
                    instruction.document,
                    instruction.corpus,
                    asked.task,
                    instruction.language,
                    first.source,
                    instruction.shown or instruction.labels,
                    prompt.text,
                    instruction.prompt,
                    first.output,
                    score,
                    tuple(SaidBy(source, counts[source]) for source in sorted(counts)),
                )
            )
            if prompt.doubt:
                self.found.doubts[prompt.doubt] = self.found.doubts.get(prompt.doubt, 0) + 1
        return found

    def _capped(self, document: str, found: list[Candidate]) -> list[Candidate]:
        """The candidates of a document that are kept, counted."""
        if self.most is not None and len(found) > self.most:
            ids = rank((c.id for c in found), self.seed, document, "candidates")[: self.most]
            kept = set(ids)
            self.found.capped += len(found) - len(kept)
            found = [candidate for candidate in found if candidate.id in kept]
        for candidate in found:
            corpus = self.found.corpora.setdefault((candidate.corpus, candidate.task), Tally())
            for tally in (self.found.sources[candidate.source], corpus):
                tally.candidates += 1
                if candidate.score is not None:
                    tally.scored += 1
                    tally.f1 += candidate.score
        return found

    def _account(self, answers: Answers, taken: set[str]) -> None:
        """Count answers to prompts that were not asked for here; refuse those made with other windows."""
        items = {_item(id) for id in taken}
        for id, group in answers.items():
            if id in taken:
                continue
            if _item(id) in items:
                raise self._other_windows(id, group)
            for said in group:
                self.found.sources[said.source].elsewhere += 1

    def _nothing(self, answers: Answers) -> UiebenchError:
        where = f"{self.asked.benchmark.folder} ({', '.join(self.splits)})"
        names = ", ".join(dict.fromkeys(str(source.path) for source in self.sources))
        if not answers:
            return UiebenchError(f"{names}: no prediction is about a corpus asked for in {where}")
        id = next(iter(answers))
        corpus = id.partition("/")[0]
        known, documents = list[str](), set[str]()
        for split in self.splits:
            for name in self.asked.corpora(split, [corpus]):
                for document, prompts in self.asked.documents(name, split):
                    documents |= {f"{document}#{prompt.asked.task}" for prompt in prompts}
                    known += [prompt.instruction.id for prompt in prompts]
        if self.made_with is None and (about := next((id for id in answers if _item(id) in documents), None)):
            return self._other_windows(about, answers[about])
        return UiebenchError(
            f"{names}: {len(answers):,} ids, none of them of a prompt in {where}, "
            f"e.g. {id!r}{nearest(id, known[:50_000])}"
        )

    def _other_windows(self, id: str, group: list[Said]) -> UiebenchError:
        path = next(source.path for source in self.sources if source.name == group[0].source)
        return UiebenchError(
            f"{path}: {id!r} is no prompt of {self.asked.benchmark.folder}, which asks about the document with other "
            "windows; name the benchmark that the file was made with by --made-with"
        )


def _item(id: str) -> str:
    """The document and task of a prompt id: ``duee_fin/test/7#EE@2/0`` → ``duee_fin/test/7#EE``."""
    document, _, rest = id.partition("#")
    return f"{document}#{rest.partition('/')[0].partition('@')[0]}"


# --- the same answer --------------------------------------------------------------------------------


def sameness(output: str, said: Answer) -> tuple[object, ...]:
    """What two answers share that say the same in the same form.

    The same: the same facts, each as often, in any order, and the same events. The form: bare JSON, JSON with
    something around it, or text; and which keys stand where, but neither their order nor white space. Answers
    that cannot be read are the same if their texts are, outer white space aside.
    """
    if said.problem:
        return said.problem, output.strip()
    facts = tuple((metric, tuple(sorted(found))) for metric, found in sorted(said.facts.items()))
    events = tuple(sorted((type, trigger, tuple(sorted(arguments))) for type, trigger, arguments in said.events))
    value, problem = parse(output, repair=False)
    if problem:
        return "text", "", facts, events
    return (
        "bare" if output.strip()[-1:] in "]}" and output.strip()[:1] in "[{" else "wrapped",
        _keys(value),
        facts,
        events,
    )


def _keys(value: Any) -> str:
    """The shape of a JSON value: its keys, and of a list the different shapes of its items."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{_keys(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted({_keys(item) for item in value})) + "]"
    return type(value).__name__


# --- answers to other windows -----------------------------------------------------------------------


class Told(NamedTuple):
    """An answer to a prompt of the other benchmark: its labels and piece, and what it says, in native names."""

    labels: frozenset[str]
    start: int
    end: int
    text: str
    said: Extraction


class _Other:
    """Answers to the prompts of another benchmark with the same documents, by item, source and sample."""

    def __init__(self, made_with: Prompts, answers: Answers, found: Gathered) -> None:
        self.found = found
        self.told: defaultdict[str, dict[str, list[list[Told]]]] = defaultdict(dict)
        self.texts: dict[str, str] = {}
        self.where = made_with.benchmark.folder
        wanted, asked = {id.partition("/")[0] for id in answers}, set[str]()
        for split in ("train", "dev", "test"):
            for corpus in made_with.corpora(split, wanted):
                for document, prompts in made_with.documents(corpus, split):
                    for prompt in prompts:
                        id = prompt.instruction.id
                        if id in answers and id not in asked:
                            asked.add(id)
                            self._note(document, prompt, answers[id])
        for id, group in answers.items():
            for said in group if id not in asked else ():
                found.sources[said.source].elsewhere += 1

    def _note(self, document: str, prompt: Prompt, group: Sequence[Said]) -> None:
        instruction, asked = prompt.instruction, prompt.asked
        end = instruction.start + len(prompt.text)
        by_source = self.told[f"{document}#{asked.task}"]
        self.texts.setdefault(document, prompt.text if instruction.start == 0 and instruction.end is None else "")
        for said in group:
            samples = by_source.setdefault(said.source, [])
            while len(samples) <= said.number:
                samples.append([])
            what = read(said.output, asked.task, asked.names)
            samples[said.number].append(Told(frozenset(instruction.labels), instruction.start, end, prompt.text, what))

    def answers(self, prompt: Prompt) -> list[Said]:
        """What the files say to a prompt of this benchmark."""
        instruction, found = prompt.instruction, list[Said]()
        whole = self.texts.get(instruction.document, "")
        if whole and whole[instruction.start : instruction.start + len(prompt.text)] != prompt.text:
            raise UiebenchError(f"{self.where}: {instruction.document} has another text there than here")
        for source, samples in self.told.get(f"{instruction.document}#{prompt.asked.task}", {}).items():
            for number, told in enumerate(samples):
                output = cut(told, prompt)
                if output in REASONS:
                    dropped = self.found.sources[source].dropped
                    dropped[output] = dropped.get(output, 0) + 1
                else:
                    found.append(Said(source, number, output))
        return found


def cut(told: Sequence[Told], prompt: Prompt) -> str:
    """The canonical answer to a prompt that other answers about its document add up to, or one of REASONS.

    An annotation belongs to the prompt if its label is offered and all its strings stand in its piece of the
    text. One with a string that its own text does not have was invented, and belongs wherever that text is asked
    about too.
    """
    instruction, text = prompt.instruction, prompt.text
    start, end = instruction.start, instruction.start + len(text)
    window = frozenset(instruction.labels)
    near = [one for one in told if one.labels & window and one.start < end and start < one.end]
    for label in instruction.labels:
        reached = start
        for one in sorted(near, key=lambda one: (one.start, one.end)):
            if label in one.labels and one.start <= reached:
                reached = max(reached, one.end)
        if reached < end or not any(label in one.labels for one in near):
            return REASONS[0]
    if any(one.said.problem for one in near):
        return REASONS[1]

    def here(one: Told, *spans: Span) -> bool:
        return all(span.text in text or span.text not in one.text for span in spans)

    entities, relations, events = dict[object, Any](), dict[object, Relation](), dict[object, Event]()
    for one in near:
        offered = one.labels & window
        for entity in one.said.entities:
            if entity.type in offered and here(one, entity):
                entities[entity.type, entity.text] = entity
        for relation in one.said.relations:
            if relation.type in offered and here(one, relation.head, relation.tail):
                relations[relation.type, relation.head.text, relation.tail.text] = relation
        for event in one.said.events:
            if event.type not in offered or (event.trigger is not None and not here(one, event.trigger)):
                continue
            arguments = tuple(argument for argument in event.arguments if here(one, argument))
            if event.trigger is None and event.arguments and not arguments:
                continue
            key = event.type, event.trigger and event.trigger.text, tuple((a.role, a.text) for a in arguments)
            events[key] = Event(event.type, event.trigger, arguments)
    document = Document("", text, tuple(entities.values()), tuple(relations.values()), tuple(events.values()))
    names = _with_roles(prompt.asked.names, document)
    target = parse(instruction.target, repair=False)[0]
    explicit = not isinstance(target, dict) or len(target) == len(window)
    return encode(document, prompt.asked.task, names, instruction.labels, explicit_empty=explicit)


def _with_roles(names: Names, document: Document) -> Names:
    """Names that show roles unknown to the schema as they were written: a model may invent some."""
    more: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for event in document.events:
        known: Mapping[str, str] = names.roles.get(event.type, {})
        more[event.type] |= {a.role: a.role for a in event.arguments if a.role not in known}
    if not any(more.values()):
        return names
    other = copy(names)
    other.roles = {**names.roles, **{type: {**names.roles.get(type, {}), **roles} for type, roles in more.items()}}
    return other
