"""Looking at a built benchmark: documents with what is annotated in them, and the prompts about them.

    for seen in sample(Path("benchmarks/quickstart"), split="train", corpora=["resume"], number=3): …
    →  Seen(document=Document("resume/train/0", …), corpus="resume", marks=(Mark(0, 2, "人名", "entity"), …),
            relations=(), events=(), prompts=(Instruction("resume/train/0#NER", …),), …)

Which documents is a matter of rank: a fixed sample that stands for the whole, and asking for more keeps the
first ones. `nested` turns marks, which may lie inside one another or cross, into well-nested pieces, which
the terminal and the page write each in its own way.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from heapq import nsmallest
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple

import jinja2
import msgspec

from uiebench.build.export import folders
from uiebench.errors import RecipeError, nearest
from uiebench.hashing import lot
from uiebench.instruct.prompt import BASE
from uiebench.instruct.target import Names
from uiebench.score.gold import Benchmark, Described
from uiebench.storage import read_columns, read_parquet, read_some
from uiebench.types import SPLITS, Document, Entity, Instruction, Label, Language, Schema, Span, Task

Kind = Literal["entity", "trigger", "argument", "end"]
COLOURS = 8
DEEPEST = 5


class Mark(msgspec.Struct, frozen=True, gc=False):
    """A mention in a text: where it stands, what it is called there, and what it is.

    `kind`: an entity, an event's trigger or argument, or an end of a relation that is no entity of the document.
    """

    start: int
    end: int
    label: str
    kind: Kind


class Triple(msgspec.Struct, frozen=True):
    """A relation as it is shown: names of relation and types in the language of the corpus."""

    relation: str
    head: str
    tail: str
    head_type: str = ""
    tail_type: str = ""


class Frame(msgspec.Struct, frozen=True):
    """An event as it is shown; `trigger` is empty where the corpus annotates none."""

    type: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]


class Seen(msgspec.Struct, frozen=True):
    """A document with everything there is to look at.

    Fields:
        split: the folder of the instruction layer that its prompts are from, else the split of the document.
        marks: mentions that have a place in the text; `loose`: [label, mention] of those that have none.
        prompts: what is asked about it, window by window, with the answers.
    """

    document: Document
    corpus: str
    language: Language
    split: str
    marks: tuple[Mark, ...]
    loose: tuple[tuple[str, str], ...]
    relations: tuple[Triple, ...]
    events: tuple[Frame, ...]
    prompts: tuple[Instruction, ...]


# --- which documents --------------------------------------------------------------------------------


def sample(
    folder: Path,
    *,
    split: str,
    corpora: Sequence[str] | None = None,
    task: Task | None = None,
    label: str | None = None,
    number: int = 3,
) -> list[Seen]:
    """Documents of a split, the first by rank.

    Args:
        corpora: only of these; `task`: only such as are asked about for it; `label`: only such as hold it, by its
            native, Chinese or English name.

    Raises: RecipeError for a split, corpus, task or label that is not there.
    """
    benchmark = Benchmark(folder)
    wanted = _corpora(folder, split, corpora)
    described = {corpus: benchmark.describe(corpus) for corpus in wanted}
    labels = {corpus: labelled(found.schema, label) for corpus, found in described.items()} if label else {}
    if label and not any(labels.values()):
        known = {name for found in described.values() for name in _names(found.schema)}
        raise RecipeError(f"--label {label}: no label of {_listed(wanted)}{nearest(label, known)}")
    ids: list[tuple[int, str, str]] = []
    for corpus in wanted:
        if label and not labels[corpus]:
            continue
        there = set(_asked(folder, split, corpus, task))
        if label:
            there &= set(_holding(folder, there, corpus, labels[corpus]))
        ids = nsmallest(number, [*ids, *((lot("view", id), corpus, id) for id in there)])
    if not ids:
        what = " ".join(part for part in (task or "", f"with {label}" if label else "") if part)
        raise RecipeError(f"no document {what} in {split} of {_listed(wanted)}".replace("  ", " "))
    return _seen(benchmark, split, task, [id for _, _, id in ids])


def one(folder: Path, id: str, split: str | None = None) -> Seen:
    """The document of this id, or the one that the prompt of this id is about, with that prompt alone.

    Raises: RecipeError if it is not there.
    """
    benchmark = Benchmark(folder)
    about = id.partition("#")[0]
    corpus, own, *_ = [*about.split("/"), "", ""]
    known = sorted(path.name for path in (folder / "corpora").glob("*") if path.is_dir())
    if corpus not in known:
        raise RecipeError(f"--id {id}: no corpus {corpus!r} in {folder}{nearest(corpus, known)}")
    places = [split] if split else [own, *folders(folder)]
    for place in dict.fromkeys(places):
        path = folder / "instructions" / place / f"{corpus}.parquet"
        if path.is_file() and (split or about in set(_asked(folder, place, corpus, None))):
            break
    else:
        place = own
    if not (folder / "corpora" / corpus / f"{own}.parquet").is_file():
        raise RecipeError(f"--id {id}: {corpus} has no split {own!r}; an id looks like {corpus}/train/0")
    found = _seen(benchmark, place, None, [about])
    if not found:
        ids = [known for (known,) in read_columns(folder / "corpora" / corpus / f"{own}.parquet", "id")]
        raise RecipeError(f"--id {id}: {corpus} has no such document in {own}{nearest(about, ids[:50_000])}")
    if "#" not in id:
        return found[0]
    prompts = tuple(p for p in found[0].prompts if p.id == id)
    if not prompts:
        raise RecipeError(f"--id {id}: no such prompt{nearest(id, [p.id for p in found[0].prompts])}")
    return msgspec.structs.replace(found[0], prompts=prompts)


def _listed(corpora: Sequence[str]) -> str:
    return ", ".join(corpora) if len(corpora) <= 5 else f"{len(corpora)} corpora"


def _corpora(folder: Path, split: str, corpora: Sequence[str] | None) -> list[str]:
    """The corpora with documents in a split, or those of them that are wanted."""
    layer = {path.stem for path in (folder / "instructions" / split).glob("*.parquet")}
    if split in SPLITS:
        layer |= {path.parent.name for path in (folder / "corpora").glob(f"*/{split}.parquet")}
    if not layer:
        known = folders(folder) or list(SPLITS)
        raise RecipeError(f"--split {split}: nothing in {folder}, only {', '.join(known)}{nearest(split, known)}")
    for name in corpora or ():
        if name not in layer:
            raise RecipeError(f"--corpus {name}: not in {split} of {folder}{nearest(name, sorted(layer))}")
    return sorted(layer) if corpora is None else sorted(set(corpora))


def _asked(folder: Path, split: str, corpus: str, task: Task | None) -> Iterator[str]:
    """The ids of the documents that a split asks about; without instructions, of all there are."""
    path = folder / "instructions" / split / f"{corpus}.parquet"
    if path.is_file():
        for id, asked in read_columns(path, "document", "task"):
            if task is None or BASE[asked] == task:
                yield id
    elif task is None:
        path = folder / "corpora" / corpus / f"{split}.parquet"
        yield from (id for (id,) in read_columns(path, "id"))


def labelled(schema: Schema, name: str) -> frozenset[str]:
    """The native names of the labels of a schema that have this name in any language."""
    found = (label for label in _labels(schema) if name in (label.name, label.zh, label.en))
    return frozenset(label.name for label in found)


def _labels(schema: Schema) -> Iterator[Label]:
    yield from schema.entities
    yield from schema.relations
    for event in schema.events:
        yield event
        yield from event.roles


def _names(schema: Schema) -> Iterator[str]:
    for label in _labels(schema):
        yield from (label.name, label.zh, label.en)


def _holding(folder: Path, ids: Iterable[str], corpus: str, labels: frozenset[str]) -> Iterator[str]:
    """The ids of documents that hold one of some labels."""
    for split in sorted({id.split("/")[1] for id in ids}):
        for document in read_parquet(folder / "corpora" / corpus / f"{split}.parquet", Document):
            if not labels.isdisjoint(_held(document)):
                yield document.id


def _held(document: Document) -> Iterator[str]:
    yield from (entity.type for entity in document.entities)
    yield from (relation.type for relation in document.relations)
    for event in document.events:
        yield event.type
        yield from (argument.role for argument in event.arguments)


def _seen(benchmark: Benchmark, split: str, task: Task | None, ids: Sequence[str]) -> list[Seen]:
    """Documents by id, in this order, with their prompts in a split."""
    found: dict[str, Seen] = {}
    for corpus in sorted({id.split("/")[0] for id in ids}):
        described, own = benchmark.describe(corpus), [id for id in ids if id.split("/")[0] == corpus]
        asking = benchmark.folder / "instructions" / split / f"{corpus}.parquet"
        prompts = read_some(asking, Instruction, "document", own) if asking.is_file() else []
        prompts = [prompt for prompt in prompts if task is None or BASE[prompt.task] == task]
        for place in sorted({id.split("/")[1] for id in own}):
            path = benchmark.folder / "corpora" / corpus / f"{place}.parquet"
            for document in read_some(path, Document, "id", own):
                about = tuple(prompt for prompt in prompts if prompt.document == document.id)
                found[document.id] = looked_at(document, described, split, about)
    return [found[id] for id in ids if id in found]


# --- what is shown of them --------------------------------------------------------------------------


def looked_at(document: Document, described: Described, split: str, prompts: tuple[Instruction, ...]) -> Seen:
    """A document as it is shown, with the names of labels in the language of its corpus."""
    names = Names(described.language, described.schema)

    def type_of(entity: Entity) -> str:
        return names.entities.get(entity.type, entity.type)

    spans: dict[tuple[Span | Entity, str, Kind], None] = {(e, type_of(e), "entity"): None for e in document.entities}
    typed = {(entity.start, entity.end, entity.text) for entity in document.entities}
    for relation in document.relations:
        for end in (relation.head, relation.tail):
            if (end.start, end.end, end.text) not in typed:
                spans[end, type_of(end), "end"] = None
    for event in document.events:
        if event.trigger:
            spans[event.trigger, names.events[event.type], "trigger"] = None
        for argument in event.arguments:
            spans[argument, names.roles[event.type][argument.role], "argument"] = None
    marks = {
        Mark(span.start, span.end, label, kind): None
        for span, label, kind in spans
        if span.start is not None and span.end is not None
    }
    loose = {(label, span.text): None for span, label, _ in spans if span.start is None}
    return Seen(
        document,
        described.name,
        described.language,
        split,
        tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.kind, mark.label))),
        tuple(loose),
        tuple(
            Triple(names.relations[r.type], r.head.text, r.tail.text, type_of(r.head), type_of(r.tail))
            for r in document.relations
        ),
        tuple(
            Frame(
                names.events[event.type],
                event.trigger.text if event.trigger else "",
                tuple((names.roles[event.type][a.role], a.text) for a in event.arguments),
            )
            for event in document.events
        ),
        prompts,
    )


class Piece(NamedTuple):
    """One step of a text with marks: an opened mark, plain text, or a closed mark.

    A mark that crosses another is closed and opened again at the other's end; `last` says whether it ends here.
    """

    step: Literal["open", "text", "close"]
    text: str = ""
    mark: Mark | None = None
    last: bool = True


def nested(text: str, marks: Sequence[Mark]) -> Iterator[Piece]:
    """A text with its marks as well-nested pieces; their text pieces are the text."""
    waiting = sorted(
        (mark for mark in marks if mark.start < mark.end),
        key=lambda m: (m.start, -m.end, m.kind, m.label),
        reverse=True,
    )
    bounds = sorted({0, len(text), *(place for mark in waiting for place in (mark.start, mark.end))})
    stack: list[Mark] = []
    before = 0
    for at in bounds:
        if before < at:
            yield Piece("text", text[before:at])
            before = at
        ending = {mark for mark in stack if mark.end == at}
        again: list[Mark] = []
        while ending:
            mark = stack.pop()
            yield Piece("close", mark=mark, last=mark in ending)
            if mark in ending:
                ending.remove(mark)
            else:
                again.append(mark)
        opening = list(reversed(again))
        while waiting and waiting[-1].start == at:
            opening.append(waiting.pop())
        for mark in sorted(opening, key=lambda m: -m.end):
            stack.append(mark)
            yield Piece("open", mark=mark)


def bracketed(text: str, marks: Sequence[Mark]) -> str:
    """A text with its mentions in brackets: ``[高明|人名]先生，[[远山|地名]公司|机构]``."""
    written = []
    for step, plain, mark, last in nested(text, marks):
        if step == "text":
            written.append(plain)
        elif step == "open":
            written.append("[")
        else:
            written.append(f"|{mark.label}]" if mark and last else "…]")
    return "".join(written)


def without_text(prompt: Instruction, document: Document) -> str:
    """A prompt with a sign in place of the text, which is shown once."""
    return prompt.prompt.replace(document.text, "〔文本〕" if prompt.language == "zh" else "[text]", 1)


def answered(prompt: Instruction) -> bool:
    """Whether there is anything to be found for a prompt."""
    target = msgspec.json.decode(prompt.target)
    return any(target.values()) if isinstance(target, dict) else bool(target)


# --- the page ---------------------------------------------------------------------------------------


class Step(NamedTuple):
    """A piece of text or a mark on the page: its class says colour and depth."""

    step: str
    text: str
    css: str
    kind: str
    tag: str


def page(seen: Sequence[Seen], benchmark: str, what: str) -> bytes:
    """Documents as one HTML page in UTF-8 that loads nothing and runs no script."""
    assets = files("uiebench.score").joinpath("report.css").read_text(encoding="utf-8")
    style = assets + files("uiebench.build").joinpath("view.css").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.tests["answered"] = answered
    template = environment.from_string(files("uiebench.build").joinpath("view.html.jinja").read_text(encoding="utf-8"))
    digest = b64encode(sha256(style.encode()).digest()).decode()
    shown = [(one, list(steps(one))) for one in seen]
    return template.render(
        seen=shown,
        benchmark=benchmark,
        what=what,
        style=style,
        style_hash=f"sha256-{digest}",
        without_text=without_text,
    ).encode()


def steps(seen: Seen) -> Iterator[Step]:
    """The text of a document as pieces for the page; one label has one colour in a document."""
    places = {label: place for place, label in enumerate(dict.fromkeys(mark.label for mark in seen.marks))}
    heights = _heights(seen.marks)
    for step, text, mark, last in nested(seen.document.text, seen.marks):
        css = f"m c{places[mark.label] % COLOURS} h{min(heights[mark], DEEPEST)}" if mark else ""
        yield Step(step, text, css, mark.kind if mark else "", mark.label if mark and last else "")


def _heights(marks: Sequence[Mark]) -> dict[Mark, int]:
    """How many marks lie below one another inside each mark, itself with them."""
    heights: dict[Mark, int] = {}
    for mark in sorted(marks, key=lambda m: (m.end - m.start, -m.start)):
        inside = (h for other, h in heights.items() if mark.start < other.end and other.start < mark.end)
        heights[mark] = 1 + max(inside, default=0)
    return heights
