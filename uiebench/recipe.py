"""Recipes: YAML files that say what to build. Code says how.

    # uiebench build recipes/yayi-uie.yaml --raw DIR
    name: yayi-uie
    held_in: [resume, msra]
    held_out: {zh-ner: [boson, cluener, weibo]}

An unknown field, a wrong type or a missing file is one line with the place in the recipe.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import msgspec

from uiebench.errors import RecipeError, nearest, shorten
from uiebench.types import Language, Task

R = TypeVar("R", bound=msgspec.Struct)
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]

SIZES: dict[Task, int] = {"NER": 6, "RE": 4, "EE": 4, "EET": 4, "EEA": 4}
"""Labels in a window, as in IEPile: relations and events need longer names and answers than entities."""


class Windows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which labels a training prompt offers. Evaluation polls all labels in windows of `size`.

    Fields:
        size: labels in a window, by task; what is not named is as in SIZES.
        confusable: for each label of the gold, so many labels it is most often mistaken for. Five: that
            is where the coverage of the confusions is measured, and longer lists add ever easier labels.
        neighbours: which labels these are: measured on the benchmark's own training texts and schemas
            (confusions.json), or any, by rank. Measuring takes about as long as the rest of a build.
        others: further labels of the schema, by rank. Four, about one window (as IEPile): a model must
            also see what is not confusable. A document without gold gets one window of others.
        empty: at most so many windows without an answer for each with one; null: no limit. 0.5: windows
            with an answer already hold as many absent labels as present ones, and two in three prompts
            with an answer keep a model from learning silence.
        drop: share of labels that are left out of a document's prompts together with their gold. 0: it
            costs gold, and helps where labels never seen are asked for (B2NER: 0.1).
        vary: share of documents whose windows have any size from 1 to `size`. 0: the rest of a cut
            already varies the size from half a window to one and a half.
    """

    size: dict[Task, Positive] = {}
    confusable: Count = 5
    neighbours: Literal["measured", "any"] = "measured"
    others: Count = 4
    empty: Annotated[float, msgspec.Meta(ge=0)] | None = 0.5
    drop: Share = 0.0
    vary: Share = 0.0

    def size_of(self, task: Task) -> int:
        """The number of labels in a window of a task."""
        return self.size.get(task, SIZES[task])


class Prompts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How prompts and targets are worded.

    Fields:
        templates: whose wordings, and with them whether a target names types without mention: ours does,
            so that it says of every label that it was looked for (as IEPile's); YAYI-UIE leaves them out.
            Tasks that a paper has no wording for are worded as ours.
        paraphrases: use every wording, by rank, in place of the first. Yes: a model that knows one
            wording obeys no other.
        describe: share of training prompts that explain their labels where the corpus has descriptions.
        mask: share of training prompts that call described labels "类型1" or "type 1", so that only the
            description says what is meant (GoLLIE).
        other_language: share of training prompts with label names in the other language, Chinese ones in
            English prompts: 0 own, 1 other, in between mixed.

    The last three are 0: evaluation prompts have plain names in the language of the corpus, and what
    departs from them is for recipes that want labels of any wording understood.
    """

    templates: Literal["uiebench", "yayi"] = "uiebench"
    paraphrases: bool = True
    describe: Share = 0.0
    mask: Share = 0.0
    other_language: Share = 0.0


class Pieces(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long texts are asked about in pieces, cut at the ends of sentences.

    Fields:
        budget: the longest piece, for both languages or by language ({zh: 800}: English texts stay whole).
            In tokens if there is a tokenizer, else in characters. Of the text alone: a prompt also names
            labels, and its answer needs room too.
        overlap: consecutive pieces share whole sentences of at most this length, so that what is told across
            two neighbouring sentences is in one piece. 0 shares nothing.
        tokenizer: a folder with a tokenizer.json, or a model of the Hugging Face Hub as org/name[@revision].
    """

    budget: Positive | dict[Language, Positive]
    overlap: Count | dict[Language, Count] = 0
    tokenizer: str = ""

    def __post_init__(self) -> None:
        for language in get_args(Language):
            budget = self.budget_of(language)
            if budget is not None and self.overlap_of(language) >= budget:
                raise ValueError("pieces: the overlap must be smaller than the budget")

    def budget_of(self, language: Language) -> int | None:
        """The longest piece of a text in a language; None: texts stay whole."""
        return self.budget.get(language) if isinstance(self.budget, dict) else self.budget

    def overlap_of(self, language: Language) -> int:
        """How much two pieces of a text in a language may share."""
        return self.overlap.get(language, 0) if isinstance(self.overlap, dict) else self.overlap


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which documents of a corpus a benchmark takes, where that is not simply all of them.

    Fields:
        reading: the name of one of the corpus's `readings`, e.g. "sentences".
        having: only documents that have at least one annotation of this kind.
    """

    reading: str = ""
    having: Literal["", "entities", "relations", "events"] = ""

    def __post_init__(self) -> None:
        if not self.reading and not self.having:
            raise ValueError("it chooses nothing: give `reading`, `having` or both")


class BuildRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a benchmark holds.

    Fields:
        name: of the benchmark.
        title: one line for its README.
        held_in: corpora whose training splits may be trained on; "all" for every corpus there is.
        held_out: groups of corpora used for zero-shot evaluation only, e.g. {zh-ner: [boson]}.
        select: which documents to take, by corpus, e.g. {scierc: {reading: sentences, having: relations}}.
        samples: read the bundled samples in place of the original files.
        instructions: also write the instruction layer.
        seed: of every ranked choice about training. Evaluation prompts depend on no seed.
        windows: which labels a prompt offers; "all" for every label in one prompt, as most papers have it.
        prompts: how prompts and targets are worded.
        pieces: how long texts are asked about in pieces. Null: every text is asked about as a whole.
        auxiliary: also write prompts for half-tasks (mentions, types, pairs, relations of pairs) to train on.
        held_out_types: concepts never seen in training, e.g. [disease]: labels that mean them, in any corpus
            and language, are neither offered nor answered in training prompts.
        few_shot: subsets of the training splits with k documents for each label, each set in the next.
        cap: at most so many training documents of a corpus for each of its tasks, or by task.
        mixture: share of each language in the training documents, reached by capping the larger side.
        contamination: what to do about evaluation texts in the training data: "off" compares nothing, "report"
            writes audit.json, "drop-train" also leaves the train documents concerned out of the instructions,
            "fail" makes any an error. Off unless asked for: comparing takes longer than building.
    """

    name: str
    title: str = ""
    held_in: tuple[str, ...] | Literal["all"] = ()
    held_out: dict[str, tuple[str, ...]] = {}
    select: dict[str, Selection] = {}
    samples: bool = False
    instructions: bool = True
    seed: int = 0
    contamination: Literal["off", "report", "drop-train", "fail"] = "off"
    windows: Windows | Literal["all"] = Windows()
    prompts: Prompts = Prompts()
    pieces: Pieces | None = None
    auxiliary: bool = False
    held_out_types: tuple[str, ...] = ()
    few_shot: tuple[Positive, ...] = ()
    cap: Positive | dict[Task, Positive] | None = None
    mixture: dict[Language, Annotated[float, msgspec.Meta(gt=0, lt=1)]] = {}

    def __post_init__(self) -> None:
        if self.mixture and (len(self.mixture) < 2 or abs(sum(self.mixture.values()) - 1) > 1e-9):
            raise ValueError("mixture: give the shares of zh and en, 1 in all")
        if len(set(self.few_shot)) < len(self.few_shot):
            raise ValueError("few_shot: a number stands there twice")
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise ValueError(f"name {self.name!r}: a name has letters, digits, '.', '_' and '-' only")


def load_recipe(path: Path, kind: type[R]) -> R:
    """A recipe file, or a recipe that comes with the package by its name, as a Struct.

    Raises: RecipeError in one line.
    """
    known = shipped()
    place = path
    if not path.is_file() and str(path.parent) in (".", "recipes"):  # "quickstart", or as the README writes it
        place = known.get(path.name.removesuffix(".yaml"), path)
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        hint = nearest(path.name.removesuffix(".yaml"), known)
        raise RecipeError(f"{path}: no such recipe{hint}") from None
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read ({error.strerror})") from None
    return parse_recipe(data, str(path), kind)


def shipped() -> dict[str, Path]:
    """The recipes that come with the package, by name."""
    package = Path(__file__).parent
    for folder in (package / "recipes", package.parent / "recipes"):  # installed, or a checkout
        if folder.is_dir():
            return {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    return {}


def parse_recipe(data: bytes, origin: str, kind: type[R]) -> R:
    """YAML text as a Struct; `origin` names it in errors."""
    try:
        return msgspec.yaml.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise RecipeError(f"{origin}: {_explained(str(error), kind)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecipeError(f"{origin}: not valid YAML: {shorten(' '.join(str(error).split()))}") from None


WORDS = {
    "held_in": "a list of names or 'all'",
    "windows": "settings or 'all'",
    "prompts.templates": "'uiebench' or 'yayi'",
    "mixture": "zh or en",
    "pieces.budget": "zh or en",
    "pieces.overlap": "zh or en",
    "windows.size": f"one of {', '.join(SIZES)}",
    "cap": f"one of {', '.join(SIZES)}",
}
"""What is expected where a recipe has a word that is not among the choices."""


def _explained(told: str, kind: type[msgspec.Struct]) -> str:
    """What msgspec says of a value, with the words that were expected and the nearest field."""
    if told == "Expected `object`, got `null`":
        return "the recipe is empty"
    at = re.search(r"(?: at| of)? `(?:key` in `)?\$\.?([\w.]*)[^`]*`$", told)
    place = at[1] if at else ""
    if unknown := re.search(r"unknown field `([^`]*)`", told):
        inner = {"windows": Windows, "prompts": Prompts, "pieces": Pieces, "select": Selection}.get(place, kind)
        return told + nearest(unknown[1], inner.__struct_fields__)
    return told.replace("Invalid enum value", f"Expected {WORDS[place]}, got") if place in WORDS else told
