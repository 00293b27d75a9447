"""Looking at reward pairs: some of each kind, with what differs between chosen and rejected marked.

    shown = sample(Path("pairs/pairs.parquet"), kinds=["boundary"], number=5)
    differing(shown.pairs[0].chosen, shown.pairs[0].rejected)
    →  ([Part('{"人名":['), Part('"高明"', "changed"), Part("]}")],
        [Part('{"人名":['), Part('"高明先生"', "changed"), Part("]}")])

Which pairs is a matter of rank: the same every time, and asking for more keeps the first. A file of confusions is
one of pairs too.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple

import jinja2
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import RecipeError, nearest
from uiebench.hashing import lot
from uiebench.pairs.build import ConversationalPair
from uiebench.storage import arrow_schema, read_parquet, unreadable
from uiebench.text import occurrences
from uiebench.types import RewardPair, Task

Kind = tuple[str, str]
"""Source and kind of a pair."""
_TOKEN = re.compile(r'(\s*)("(?:[^"\\]|\\.)*"|[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|\S|$)', re.DOTALL)
"""White space, and what follows it: a string, a word, a character."""
LABELS = ("type", "relation")
"""Keys of an answer whose values are labels, not mentions."""
MOST_TOKENS = 3_000
_SURROGATES = re.compile("[\ud800-\udfff]")


class Counted(msgspec.Struct, frozen=True):
    """All pairs of a source and kind in a file; means over those with scores, None where there are none."""

    source: str
    kind: str
    pairs: int
    f1_chosen: float | None
    f1_rejected: float | None


class Sample(msgspec.Struct, frozen=True):
    """Some pairs of a file, those of a kind together, and the figures of all that were asked for."""

    pairs: tuple[RewardPair, ...]
    counts: tuple[Counted, ...]


def sample(
    path: Path,
    *,
    kinds: Sequence[str] = (),
    tasks: Sequence[Task] = (),
    corpora: Sequence[str] = (),
    id: str | None = None,
    number: int = 5,
) -> Sample:
    """Pairs of a file, the first of each source and kind by rank.

    Args:
        kinds: only of these kinds, or sources; `tasks`, `corpora`: only of these.
        id: only this pair, or the pairs about this prompt or document.

    Raises: SourceError if the file is none of pairs, RecipeError where there is nothing of what was asked for.
    """
    kept: defaultdict[Kind, list[tuple[int, str, RewardPair]]] = defaultdict(list)
    counts: defaultdict[Kind, list[float]] = defaultdict(lambda: [0, 0, 0.0, 0.0])
    known: dict[str, Counter[str]] = {"kind": Counter(), "corpus": Counter(), "id": Counter()}
    for pair in read_pairs(path):
        known["kind"].update((pair.kind, pair.source))
        known["corpus"][pair.corpus] += 1
        if (tasks and pair.task not in tasks) or (corpora and pair.corpus not in corpora):
            continue
        if kinds and pair.kind not in kinds and pair.source not in kinds:
            continue
        if id and id not in (pair.id, pair.instruction, pair.document):
            known["id"][pair.instruction] += 1
            continue
        cell = counts[pair.source, pair.kind]
        cell[0] += 1
        if pair.score_chosen is not None and pair.score_rejected is not None:
            cell[1] += 1
            cell[2] += pair.score_chosen
            cell[3] += pair.score_rejected
        group = kept[pair.source, pair.kind]
        group.append((lot("view", pair.id), pair.id, pair))
        if len(group) > 20 * number:
            group.sort(key=lambda one: one[:2])
            del group[number:]
    for option, wanted in (("kind", kinds), ("corpus", corpora)):
        for name in wanted:
            if name not in known[option]:
                raise RecipeError(f"--{option} {name}: no pair of {path}{nearest(name, known[option])}")
    if not kept:
        hint = nearest(id, list(known["id"])[:50_000]) if id else ""
        raise RecipeError(f"{path}: no pair {f'about {id}' if id else 'of what was asked for'}{hint}")
    order = sorted(kept)
    chosen = [one[2] for kind in order for one in sorted(kept[kind], key=lambda one: one[:2])[:number]]
    return Sample(tuple(chosen), tuple(_counted(kind, counts[kind]) for kind in order))


def _counted(kind: Kind, cell: Sequence[float]) -> Counted:
    pairs, scored, chosen, rejected = cell
    return Counted(*kind, int(pairs), chosen / scored if scored else None, rejected / scored if scored else None)


def read_pairs(path: Path) -> Iterator[RewardPair]:
    """The pairs of a file in either form. Raises: SourceError if it is none of pairs."""
    try:
        columns = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from None
    if not columns.equals(arrow_schema(ConversationalPair)):
        yield from read_parquet(path, RewardPair)
        return
    for pair in read_parquet(path, ConversationalPair):
        fields: dict[str, Any] = {name: getattr(pair, name) for name in pair.__struct_fields__}
        for side in ("prompt", "chosen", "rejected"):
            fields[side] = "\n".join(message.content for message in fields[side])
        yield RewardPair(**fields)


# --- differences ------------------------------------------------------------------------------------


class Part(NamedTuple):
    """A piece of a text; `mark` says what is shown of it."""

    text: str
    mark: Literal["", "changed", "chosen", "rejected", "both"] = ""


def differing(left: str, right: str) -> tuple[list[Part], list[Part]]:
    """Two answers in parts, with what the other one does not have marked: whole strings and words, not letters.

    White space alone makes no difference.
    """
    ours, theirs = _TOKEN.findall(left), _TOKEN.findall(right)
    if len(ours) > MOST_TOKENS or len(theirs) > MOST_TOKENS:  # of a runaway answer all is different
        return [Part(left, "changed")], [Part(right, "changed")]
    matcher = SequenceMatcher(None, [word for _, word in ours], [word for _, word in theirs], autojunk=False)
    sides: tuple[list[Part], list[Part]] = ([], [])
    for what, i, j, k, n in matcher.get_opcodes():
        for side, tokens in zip(sides, (ours[i:j], theirs[k:n]), strict=True):
            if what == "equal":
                side.append(Part("".join(space + word for space, word in tokens)))
            elif tokens:
                (space, word), *rest = tokens
                side += [Part(space), Part(word + "".join(space + word for space, word in rest), "changed")]
    return [part for part in sides[0] if part.text], [part for part in sides[1] if part.text]


def marked(pair: RewardPair) -> list[Part]:
    """The prompt of a pair, with the strings that only one of its sides gives as mentions."""
    chosen, rejected = set(_mentions(pair.chosen)), set(_mentions(pair.rejected))
    flags = bytearray(len(pair.prompt))
    for bit, strings in ((1, chosen - rejected), (2, rejected - chosen)):
        for string in strings:
            for start in occurrences(pair.prompt, string):
                if _whole(pair.prompt, start, start + len(string)):
                    for place in range(start, start + len(string)):
                        flags[place] |= bit
    parts, first = list[Part](), 0
    for place in range(1, len(flags) + 1):
        if place == len(flags) or flags[place] != flags[first]:
            mark: Sequence[Literal["", "chosen", "rejected", "both"]] = ("", "chosen", "rejected", "both")
            parts.append(Part(pair.prompt[first:place], mark[flags[first]]))
            first = place
    return parts


def _whole(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] cuts no word of an alphabet and no number."""
    return not any(
        0 < at < len(text) and all(c.isalnum() and c < "\u2e80" for c in text[at - 1 : at + 1]) for at in (start, end)
    )


def _mentions(output: str) -> Iterator[str]:
    """The strings in an answer that are no labels; none if it is no JSON."""
    try:
        todo: list[Any] = [msgspec.json.decode(output)]
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            todo += [inner for key, inner in value.items() if key not in LABELS or not isinstance(inner, str)]


# --- the page ---------------------------------------------------------------------------------------


class _Article(NamedTuple):
    pair: RewardPair
    prompt: list[Part]
    chosen: list[Part]
    rejected: list[Part]


def page(found: Sample, title: str) -> bytes:
    """Pairs as one HTML page in UTF-8 that loads nothing; what a model wrote stands in it as text alone."""
    assets = files("uiebench.pairs")
    style = files("uiebench.score").joinpath("report.css").read_text(encoding="utf-8")
    style += assets.joinpath("view.css").read_text(encoding="utf-8")
    script = assets.joinpath("view.js").read_text(encoding="utf-8")
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        assets.joinpath("view.html.jinja").read_text(encoding="utf-8")
    )
    filters = {
        "source": ("source", "来源", _values(pair.source for pair in found.pairs)),
        "kind": ("kind", "类型", _values(pair.kind for pair in found.pairs)),
        "task": ("task", "任务", _values(pair.task for pair in found.pairs)),
        "corpus": ("corpus", "语料", _values(pair.corpus for pair in found.pairs)),
        "language": ("language", "语言", _values(pair.language for pair in found.pairs)),
    }
    text = template.render(
        found=found,
        articles=[_Article(p, marked(p), *differing(p.chosen, p.rejected)) for p in found.pairs],
        title=title,
        filters=filters,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return _SURROGATES.sub("\ufffd", text).encode()


def _values(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items())


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
