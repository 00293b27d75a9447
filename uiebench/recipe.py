"""Recipes: YAML files that say what to build. Code says how.

    # uiebench build recipes/yayi-uie.yaml --raw DIR
    name: yayi-uie
    held_in: [resume, msra]
    held_out: {zh-ner: [boson, cluener, weibo]}

An unknown field, a wrong type, a key given twice, a number that YAML reads otherwise than it is written, or a missing
file is one line with the place in the recipe.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec
import msgspec.inspect

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
        empty: at most so many windows without an answer for each with one; null: no limit, as in few-shot
            sets, which always have all their windows. 0.5: windows
            with an answer already hold as many absent labels as present ones, and two in three prompts
            with an answer keep a model from learning silence.
        drop: share of labels that are left out of a document's prompts together with their gold, less than
            1; never in few-shot sets. A document whose labels would all be left out keeps them. 0: it
            costs gold, and helps where labels never seen are asked for (B2NER: 0.1).
        vary: share of documents whose windows have any size from 1 to `size`. 0: the rest of a cut
            already varies the size from half a window to one and a half.
    """

    size: dict[Task, Positive] = {}
    confusable: Count = 5
    neighbours: Literal["measured", "any"] = "measured"
    others: Count = 4
    empty: Annotated[float, msgspec.Meta(ge=0)] | None = 0.5
    drop: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0
    vary: Share = 0.0

    def __post_init__(self) -> None:
        if self.empty is not None and not math.isfinite(self.empty):
            raise ValueError("empty: give a number; null stands for no limit")

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
    """What a benchmark takes of a corpus, where that is not simply all of it.

    Fields:
        reading: the name of one of the corpus's `readings`, e.g. "sentences".
        having: only documents that have at least one annotation of this kind.
        tasks: make instructions of these tasks only; the corpus layer keeps every annotation.
    """

    reading: str = ""
    having: Literal["", "entities", "relations", "events"] = ""
    tasks: tuple[Task, ...] = ()

    def __post_init__(self) -> None:
        if not self.reading and not self.having and not self.tasks:
            raise ValueError("it chooses nothing: give `reading`, `having` or `tasks`")


class BuildRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a benchmark holds.

    Fields:
        name: of the benchmark.
        title: one line for its README.
        held_in: corpora whose training splits may be trained on; "all" for every corpus there is.
        held_out: groups of corpora used for zero-shot evaluation only, e.g. {zh-ner: [boson]}.
        select: what to take of a corpus, by corpus, e.g. {scierc: {reading: sentences, tasks: [RE]}}.
        samples: read the bundled samples in place of the original files.
        instructions: also write the instruction layer.
        seed: of every ranked choice about training. Evaluation prompts depend on no seed.
        windows: which labels a prompt offers; "all" for every label in one prompt, as most papers have it.
        prompts: how prompts and targets are worded.
        pieces: how long texts are asked about in pieces. Null: every text is asked about as a whole.
        auxiliary: also write prompts for half-tasks (mentions, types, pairs, relations of pairs) to train on.
        held_out_types: concepts never seen in training, e.g. [disease]: labels that mean them, in any corpus
            and language, are neither offered nor answered in training prompts.
        few_shot: subsets of the training splits with k documents for each label, each set in the next, without
            drop-out and with all their windows.
        cap: at most so many training documents of a corpus for each of its tasks, or by task.
        mixture: share of each language in the training documents, reached by capping the larger side.
        contamination: what to do about evaluation texts in the training data: "off" compares nothing, "report"
            writes audit.json, "drop-train" also leaves the train documents concerned out of the instructions
            (out of the few-shot sets of held-out corpora too),
            "fail" makes any an error. Off unless asked for: comparing takes longer than building.
        permissions: by corpus, who permitted its text to be passed on, when and in which words. Only with it is the
            text of a corpus published whose licence does not allow that; the statement is published too.
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
    permissions: dict[str, Annotated[str, msgspec.Meta(min_length=20)]] = {}

    def __post_init__(self) -> None:
        if self.mixture and (len(self.mixture) < 2 or abs(sum(self.mixture.values()) - 1) > 1e-9):
            raise ValueError("mixture: give the shares of zh and en, 1 in all")
        for group, names in self.held_out.items():
            if not group.strip():
                raise ValueError("held_out: a group without a name")
            if not names:
                raise ValueError(f"held_out: the group {group!r} is empty")
        for where, names in (("held_in", self.held_in if self.held_in != "all" else ()), *self.held_out.items()):
            if twice := [name for name, count in Counter(names).items() if count > 1]:
                raise ValueError(f"{where}: {twice[0]!r} stands there twice")
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
        said = msgspec.yaml.decode(data)
        if isinstance(said, dict) and said.get("contamination") is False:
            said["contamination"] = "off"  # YAML 1.1 takes the word off for false
        if wrong := misread(data):
            raise RecipeError(f"{origin}:{wrong[0]}: {wrong[1]}")
        found = _converted(said, kind)
        if place := _endless(said):
            raise RecipeError(f"{origin}: a number must be finite - at `${place}`")
        return found
    except msgspec.ValidationError as error:
        raise RecipeError(f"{origin}: {_explained(str(error), said, kind)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecipeError(f"{origin}: not valid YAML: {shorten(' '.join(str(error).split()))}") from None


def _converted(said: Any, kind: type[R]) -> R:
    return msgspec.convert(said, kind, builtin_types=(date,))


def misread(data: bytes) -> tuple[int, str] | None:
    """Where YAML reads another thing than stands there and says nothing: the line, and what is wrong in it.

    That is a mapping with a key twice, of which it keeps the last one, and a number that is not read as it is written:
    010 is 8 in YAML 1.1, and 1:30 is 90.
    """
    import yaml  # noqa: PLC0415 - msgspec loads it too, but only here is it needed

    todo, seen = [yaml.compose(data, getattr(yaml, "CSafeLoader", yaml.SafeLoader))], set[int]()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue  # an alias
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            lines: dict[str, int] = {}
            for key, value in node.value:
                todo.append(value)
                if isinstance(key, yaml.ScalarNode):
                    line = key.start_mark.line + 1
                    if key.value in lines:
                        return line, f"{key.value!r} is given twice, first in line {lines[key.value]}"
                    lines[key.value] = line
        elif isinstance(node, yaml.SequenceNode):
            todo += node.value
        elif isinstance(node, yaml.ScalarNode) and (told := _other_base(node.value, node.tag)):
            return node.start_mark.line + 1, told
    return None


def _other_base(text: str, tag: str) -> str:
    """How a number is to be written that YAML 1.1 takes for one of base 8 or 60; "" for any other value."""
    if not tag.endswith((":int", ":float")):
        return ""
    if re.fullmatch(r"[-+]?0[0-7_]+", text):
        digits = text.replace("_", "")
        return f"{text} is {int(digits, 8)} in YAML, a number of base 8; write {int(digits)}"
    return f"{text} is a number of base 60 in YAML; write it in another way, or in quotes" if ":" in text else ""


def _explained(told: str, said: Any, kind: type[msgspec.Struct]) -> str:
    """What msgspec says of a value, with its whole place, the words that were expected and the nearest of them."""
    if told == "Expected `object`, got `null`":
        return "the recipe is empty"
    complaint, key, place = re.fullmatch(r"(.*?)(?: - at `(key` in `)?\$([^`]*)`)?", told, re.DOTALL).groups()  # type: ignore[union-attr]
    expected = list(_types_at(msgspec.inspect.type_info(kind), re.findall(r"(?<=\.)\w+|\[", place or ""), bool(key)))
    hint = ""
    if wrong := re.fullmatch(r"Invalid enum value '(.*)'", complaint, re.DOTALL):
        choices = _choices(expected)
        words = choices if key else [repr(choice) for choice in choices]
        words = [word for one in expected if (word := WORDS.get(type(one)))] + words
        listed = " or ".join(words) if len(words) < 3 else f"one of {', '.join(words)}"
        complaint, hint = f"Expected {listed}, got {wrong[1]!r}", nearest(wrong[1], choices)
    elif unknown := re.search(r"unknown field `([^`]*)`", complaint):
        hint = _hint_for(unknown[1], _at(said, place or ""), expected)
    elif complaint.startswith("Expected `object") and place:
        kinds = [one for one in expected if isinstance(one, msgspec.inspect.StructType)]
        shown = [f"{{{one.tag_field}: {one.tag}, …}}" if one.tag else f"{{{one.fields[0].name}: …}}" for one in kinds]
        hint = f"; settings are meant, such as {' or '.join(shown)}" if shown else ""
    elif re.fullmatch(r"Expected `(?:int|float)\b.*`, got `str`", complaint) and not key:
        hint = _as_number(_at(said, place or ""), whole="float" not in complaint)
    elif complaint.endswith("got `bool`") and "off" in _choices(expected):
        hint = '; the word off is a truth value in YAML, write "off" with its quotes'
    where = f" - at `{key or ''}${_with_key(place, told, said, kind)}`" if place else ""
    return f"{complaint}{where}{hint}"


def _choices(expected: Sequence[msgspec.inspect.Type]) -> list[str]:
    """The words that stand for themselves among what is expected."""
    return [str(v) for one in expected if isinstance(one, msgspec.inspect.LiteralType) for v in one.values if v]


def _hint_for(field: str, value: Any, expected: Sequence[msgspec.inspect.Type]) -> str:
    """What may have been meant by a field that settings do not have; of several kinds of settings their tag tells."""
    structs = [one for one in expected if isinstance(one, msgspec.inspect.StructType)]
    tag = next((one.tag_field for one in structs if one.tag_field), "")
    said = value.get(tag) if tag and isinstance(value, dict) else None
    mine = [one for one in structs if not tag or one.tag == said]
    owner = next((one.tag for one in structs if tag and field in [known.encode_name for known in one.fields]), None)
    if owner:
        return f"; it belongs to `{tag}: {owner}`, and here is `{tag}: {said}`"
    return nearest(field, [known.encode_name for one in mine for known in one.fields])


def _as_number(value: Any, *, whole: bool) -> str:
    """How a number is to be written that YAML reads as a word, such as 1e-4."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return ""
    if not math.isfinite(number) or (whole and not number.is_integer()):
        return ""
    if whole:
        return f"; write {int(number)}"
    digits, _, power = str(value).lower().partition("e")
    digits = digits if "." in digits else f"{digits}.0"
    return f"; write {digits}" + (f"e{int(power):+d}" if power else "")


def _at(said: Any, place: str) -> Any:
    """The value at a place as msgspec names it; None where that names no key."""
    for name, number in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", place):
        try:
            said = said[name] if name else said[int(number)]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return said


def _endless(said: Any, place: str = "") -> str:
    """The place of the first number that is infinite or none."""
    if isinstance(said, float):
        return "" if math.isfinite(said) else place
    inner = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    wheres = ((f"{place}.{key}" if isinstance(said, dict) else f"{place}[{key}]", value) for key, value in inner)
    return next((found for where, value in wheres if (found := _endless(value, where))), "")


WORDS = {msgspec.inspect.VarTupleType: "a list of names", msgspec.inspect.StructType: "settings"}
"""What may also stand where a word was expected and another one found."""


def _types_at(found: msgspec.inspect.Type, steps: Sequence[str], key: bool) -> Iterator[msgspec.inspect.Type]:
    """The types that may stand at a place of a value of a type (`key`: as keys there): one, or those of a union."""
    if isinstance(found, msgspec.inspect.UnionType):
        for one in found.types:
            yield from _types_at(one, steps, key)
    elif not steps:
        yield found.key_type if key and isinstance(found, msgspec.inspect.DictType) else found
    elif isinstance(found, msgspec.inspect.StructType):
        for field in found.fields:
            if field.encode_name == steps[0]:
                yield from _types_at(field.type, steps[1:], key)
    elif isinstance(found, msgspec.inspect.DictType):
        yield from _types_at(found.value_type, steps[1:], key)
    elif isinstance(found, msgspec.inspect.VarTupleType):
        yield from _types_at(found.item_type, steps[1:], key)


def _with_key(place: str, told: str, said: Any, kind: type[msgspec.Struct]) -> str:
    """A place with the key that msgspec leaves out: ``.select[...].having`` → ``.select.ade.having``."""
    before, dots, after = place.partition("[...]")
    if not dots:
        return place
    *outer, name = before.removeprefix(".").split(".")
    holder = said
    for step in outer:
        holder = holder[step]
    whole = holder[name]
    for key, value in whole.items():
        holder[name] = {key: value}
        try:
            _converted(said, kind)
        except msgspec.ValidationError as error:
            if str(error) == told:
                return f"{before}.{key}{after}"
    return place
