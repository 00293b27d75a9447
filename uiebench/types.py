"""The only schema there is: every record of the project is one of these frozen Structs.

The corpus layer is made of documents, for example:

    Document(
        id="resume/train/0",
        text="高明先生，博士学历。",
        entities=(Entity("高明", 0, 2, "NAME"), Entity("博士学历", 5, 9, "EDU")),
    )

Offsets count code points and are half-open: ``text[start:end] == span.text``. Both are None where a
corpus gives only a string and the string does not stand in the text at exactly one place.

A corpus is described by a `Corpus` literal; `uiebench.corpora` holds one file for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from uiebench.ledger import Ledger

Language = Literal["zh", "en"]
Task = Literal["NER", "RE", "EE", "EET", "EEA"]
TASKS: tuple[Task, ...] = ("NER", "RE", "EE", "EET", "EEA")
AuxiliaryTask = Literal["NER-span", "NER-type", "RE-pair", "RE-type"]
"""Half-tasks that are trained on and never scored: mentions without type, types of given mentions, pairs
without relation, relations of given pairs."""
PromptTask = Literal["NER", "RE", "EE", "EET", "EEA", "NER-span", "NER-type", "RE-pair", "RE-type"]
"""A Task or an AuxiliaryTask."""
SplitName = Literal["train", "dev", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "dev", "test")


# --- the corpus layer -----------------------------------------------------------------------------


class Span(msgspec.Struct, frozen=True, gc=False):
    """A piece of a text. `start` and `end` are half-open code-point offsets, or None (place unknown)."""

    text: str
    start: int | None
    end: int | None


class Entity(Span, frozen=True, gc=False):
    """A span and its entity type; the type is empty where the corpus types no heads and tails."""

    type: str


class Argument(Span, frozen=True, gc=False):
    """A span and the role it plays in an event."""

    role: str


class Relation(msgspec.Struct, frozen=True, gc=False):
    """A directed relation. Head and tail are values, not ids: nothing can dangle."""

    type: str
    head: Entity
    tail: Entity


class Event(msgspec.Struct, frozen=True, gc=False):
    """An event; `trigger` is None where the corpus annotates no triggers."""

    type: str
    trigger: Span | None
    arguments: tuple[Argument, ...] = ()


class Document(msgspec.Struct, frozen=True, gc=False):
    """A text and everything a corpus says of it. `id` is ``<corpus>/<split>/<position in the source>``.

    Readers leave `id` empty; the builder numbers. The position of a part (see `Reading`) is ``<n>.<p>``.
    """

    id: str
    text: str
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    events: tuple[Event, ...] = ()


class BareDocument(msgspec.Struct, frozen=True, gc=False):
    """A text of a split published without gold: kept apart, never taken for "no entities"."""

    id: str
    text: str


# --- labels ---------------------------------------------------------------------------------------


class Label(msgspec.Struct, frozen=True):
    """A label as the corpus spells it, its Chinese and English display names, and its identity.

    `concept` is shared across corpora and languages ("person"); empty means the English name is the
    concept. `description` says in the language of the corpus what the label covers.
    """

    name: str
    zh: str
    en: str
    concept: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        if not self.concept:
            msgspec.structs.force_setattr(self, "concept", self.en.lower())

    def display(self, language: Language) -> str:
        """The name to show in `language`."""
        return self.zh if language == "zh" else self.en


class RelationLabel(Label, frozen=True):
    """A relation type; `heads` and `tails` name the entity types it may join (empty: untyped)."""

    heads: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()


class EventLabel(Label, frozen=True):
    """An event type and the roles that belong to it."""

    roles: tuple[Label, ...] = ()


class Schema(msgspec.Struct, frozen=True):
    """The labels of a corpus. `entities` also declares the types of heads and tails."""

    entities: tuple[Label, ...] = ()
    relations: tuple[RelationLabel, ...] = ()
    events: tuple[EventLabel, ...] = ()


# --- where a corpus comes from --------------------------------------------------------------------


class Download(msgspec.Struct, frozen=True, tag_field="kind", tag="download"):
    """One file behind a URL pinned to a commit.

    `path` is its place below ``RAW/<corpus>/``; an empty `sha256` means that the file was never seen
    by us, so it is taken as it comes and marked unverified.
    """

    path: str
    url: str
    sha256: str = ""
    bytes: int = 0


class Archive(msgspec.Struct, frozen=True, tag_field="kind", tag="archive"):
    """A folder unpacked from an archive behind a URL.

    `path` is the folder below ``RAW/<corpus>/`` (empty: that folder itself). Only members matching one
    of the glob patterns in `members` (relative to `path`) count. `sha256` is the hash of the listing
    that ``sha256sum`` prints for these members sorted by path, so re-compression does not matter.
    `strip` leading components are removed from member names; `encoding` decodes old zip names. `files`: how many
    members there are, where that is known.
    """

    path: str
    url: str
    members: tuple[str, ...]
    sha256: str = ""
    strip: int = 0
    encoding: str = "utf-8"
    files: int = 0


class HubFile(msgspec.Struct, frozen=True, tag_field="kind", tag="hub"):
    """One file of a Hugging Face dataset repository, pinned to a revision."""

    path: str
    repo: str
    file: str
    revision: str = "main"
    sha256: str = ""
    bytes: int = 0


class Manual(msgspec.Struct, frozen=True, tag_field="kind", tag="manual"):
    """One file (or, with `members`, a folder) that a person must ask for.

    `how` says what to ask for, where, and what to do with the answer.
    """

    path: str
    how: str
    url: str = ""
    members: tuple[str, ...] = ()
    sha256: str = ""
    bytes: int = 0


Source = Download | Archive | HubFile | Manual
Reader = Callable[[Sequence[Path], "Ledger"], Iterator[Document]]
"""Makes documents of the files of one split; see `uiebench.formats`."""
Parts = Callable[[Sequence[Path], "Ledger"], Iterator[Sequence[Document]]]
"""Makes the documents into which each document of a `Reader` can be cut, in the same order; see `Reading`."""


class Split(msgspec.Struct, frozen=True):
    """The files that hold one split, all of them needed, in the order the reader gets them.

    Several Splits of one name are alternatives in order of preference. `gold=False` marks a split
    published without annotation. `extract` says which part of the split these files hold, where it is
    not the whole. `read` takes the place of the corpus's reader where a split has a format of its own.
    """

    name: SplitName
    files: tuple[Source, ...]
    gold: bool = True
    extract: str = ""
    read: Reader | None = None


class Licence(msgspec.Struct, frozen=True):
    """Under which terms a corpus may be used; `redistribute`: whether its text may be published."""

    name: str
    redistribute: bool
    url: str = ""
    terms: str = ""


class Totals(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a split holds. Published totals leave unknown figures None."""

    documents: int | None = None
    entities: int | None = None
    relations: int | None = None
    events: int | None = None
    arguments: int | None = None
    drops: dict[str, int] = {}
    repairs: dict[str, int] = {}


class Reading(msgspec.Struct, frozen=True):
    """Another way to cut the same files into documents, e.g. abstracts into their sentences.

    `unit` says what a document is then. Part p of document n is called ``<corpus>/<split>/<n>.<p>``, so
    that what is built either way can be joined. `expect` are our totals for the pinned files.
    """

    unit: str
    read: Parts
    expect: dict[SplitName, Totals] = {}


class Reported(msgspec.Struct, frozen=True):
    """What a work that uses a corpus says of its size: types of a task (and roles), documents in each split."""

    work: str
    task: Task
    labels: int
    train: int
    dev: int
    test: int
    roles: int = 0


class Corpus(msgspec.Struct, frozen=True):
    """Everything known about one corpus, in one place.

    `defects` names every known defect that may be dropped or repaired and explains it; anything else
    unexpected is an error. `expect` are our totals for the pinned files of each split; `published` the
    figures of the authors, `reported` those of others, `differences` explains where ours differ from
    either. `annotation` says who or what annotated it, where that is known. `verified` says whether the
    reader was run on the original files or only on a sample in the documented format. `readings` are named
    alternatives to `read`, which a recipe may choose. What ends in ``_zh`` says the same in Chinese, for the
    Chinese README; without it the English stands there.
    """

    name: str
    title: str
    language: Language
    domain: str
    tasks: tuple[Task, ...]
    homepage: str
    citation: str
    licence: Licence
    splits: tuple[Split, ...]
    read: Reader
    schema: Schema
    description: str
    verified: Literal["original", "sample"]
    expect: dict[SplitName, Totals] = {}
    published: dict[SplitName, Totals] = {}
    published_source: str = ""
    reported: tuple[Reported, ...] = ()
    differences: str = ""
    differences_zh: str = ""
    domain_zh: str = ""
    annotation: str = ""
    defects: dict[str, str] = {}
    readings: dict[str, Reading] = {}

    def alternatives(self, name: SplitName) -> list[Split]:
        """The Splits called `name`, the preferred one first."""
        return [split for split in self.splits if split.name == name]


# --- the instruction layer ------------------------------------------------------------------------


class Instruction(msgspec.Struct, frozen=True, gc=False):
    """One prompt and its canonical target: a window of labels asked about in a text.

    `id` is ``<document>#<task>``, with ``@<k>`` behind it where a long text is asked about in pieces and
    ``/<n>`` where the labels of a task are cut into several windows: ``duee_fin/test/7#EE@2/0``. `document` is
    the id of the text. `labels` are the native names of the labels offered, in the order of the prompt, and
    `shown` the names that prompt and target have for them. The prompt asks about ``text[start:end]`` of the
    document; offsets in an answer count from there.
    """

    id: str
    document: str
    corpus: str
    task: PromptTask
    language: Language
    labels: tuple[str, ...]
    prompt: str
    target: str
    shown: tuple[str, ...] = ()
    start: int = 0
    end: int | None = None


class Prediction(msgspec.Struct, frozen=True, gc=False):
    """What a model answered to the prompt called `id`: its text, or the JSON value the text stands for."""

    id: str
    output: Any


class Extraction(msgspec.Struct, frozen=True):
    """What an output says, in native label names and without offsets unless it carries them.

    `problem` says why an output could not be read; it is then an empty extraction.
    """

    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    events: tuple[Event, ...] = ()
    problem: str = ""


# --- reward pairs ---------------------------------------------------------------------------------


class Edit(msgspec.Struct, frozen=True, gc=False):
    """One thing made wrong in a right answer: its kind, and the annotation before and after as JSON.

    ``Edit("type", '{"人名":"高明"}', '{"机构":"高明"}')``; `before` is empty for what was added, `after` for what
    was taken away.
    """

    kind: str
    before: str
    after: str


class SaidBy(msgspec.Struct, frozen=True, gc=False):
    """How many samples of a source said something."""

    source: str
    times: int


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An answer of some model to the prompt of an instruction, to be scored by a judge or against gold.

    `id` is ``<instruction>~<source>~<n>``, the n-th answer of a source; `source` names the model or the file of
    predictions. `text` is what the prompt asks about, `labels` the names it offers as the prompt shows them.
    `score` is the F1 of the answer against the gold of the prompt, None where there is no gold. `said_by` counts
    the answers that say the same in the same form, by source: they are one candidate.
    """

    id: str
    instruction: str
    document: str
    corpus: str
    task: Task
    language: Language
    source: str
    labels: tuple[str, ...]
    text: str
    prompt: str
    output: str
    score: float | None = None
    said_by: tuple[SaidBy, ...] = ()


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """What a judge says of a candidate: 0–10 for each aspect of the rubric and overall, each with a short reason.

    `problem` says why there is no score: refused, unreadable, stopped by the budget …; then `overall` is None.
    `judge` names the model; `rubric` is the hash of the rubric it was asked with.
    """

    candidate: str
    judge: str
    rubric: str
    overall: float | None
    scores: dict[str, float] = {}
    reasons: dict[str, str] = {}
    problem: str = ""


class Comparison(msgspec.Struct, frozen=True, gc=False):
    """Which of two candidates a judge says is better, the first having been shown first.

    Every pair is asked about in both orders, which makes two rows. `better` is empty where there is no verdict, for
    the reason in `problem`.
    """

    first: str
    second: str
    judge: str
    rubric: str
    better: Literal["first", "second", "equal", ""]
    reason: str = ""
    problem: str = ""


class RewardPair(msgspec.Struct, frozen=True, gc=False):
    """A better and a worse answer to one prompt: a row of TRL's preference format, with where it comes from.

    `source` says what the worse side is: "confusion" (a right answer made wrong, see `edits`), "own" (a model's own
    error, told by gold) or "judged" (told by a judge). `kind` is the kind of its first edit or error. Scores are
    the F1 against the gold of the prompt, judges' scores 0–10; None where there is none.
    """

    id: str
    instruction: str
    document: str
    corpus: str
    task: Task
    language: Language
    source: Literal["confusion", "own", "judged"]
    kind: str
    prompt: str
    chosen: str
    rejected: str
    score_chosen: float | None = None
    score_rejected: float | None = None
    judge_chosen: float | None = None
    judge_rejected: float | None = None
    edits: tuple[Edit, ...] = ()


def plain(value: Any) -> Any:
    """A Struct as plain dicts, lists and strings, for JSON output."""
    return msgspec.to_builtins(value)
