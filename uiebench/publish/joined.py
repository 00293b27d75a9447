"""The card of a benchmark joined with what others wrote into the README.md that is there.

    others = theirs("org/zh", card, earlier)      →  Theirs(fields={"license": "mit", …}, above="# Mine …", …)
    fields, notes = joined(front, others)         →  {…}, ["README.md: the default config is 'instructions', …"]
    text = put_together(fields, section, others)

Between its two marks stands what a push wrote; published.json has its hash. What stands outside the marks, and
what was added to the front matter, is kept. A change between the marks is neither kept nor lost: it is refused.
"""

from __future__ import annotations

import fnmatch
import mimetypes
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec

from uiebench.cards.licences import yaml_block
from uiebench.errors import RecipeError, SourceError, shorten
from uiebench.hashing import sha256_bytes
from uiebench.publish.card import BEGIN, END, marked
from uiebench.publish.records import CARD, Published

FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---(?:\r?\n|\Z)", re.DOTALL)
LISTS = ("configs", "dataset_info")


class Named(msgspec.Struct, frozen=True):
    """What is read of a config in the front matter of a card; its columns may go without a name."""

    config_name: str = "default"


class Front(msgspec.Struct, frozen=True):
    """What is read of the front matter of a card that is there."""

    configs: tuple[Named, ...] | None = None
    dataset_info: tuple[dict[str, Any], ...] | dict[str, Any] | None = None


class Theirs(msgspec.Struct, frozen=True):
    """What others wrote into a card.

    Fields:
        fields: of the front matter, without configs and columns: what no push wrote, and of lists the entries
            that no push wrote.
        configs, dataset_info: as they stand in the front matter; those of earlier pushes are left out.
        default: the config that is the default one now.
        above, below: the text around the part that pushes write.
        notes: what a reader may notice.
    """

    fields: dict[str, Any] = {}
    configs: tuple[dict[str, Any], ...] = ()
    dataset_info: tuple[dict[str, Any], ...] = ()
    default: str = ""
    above: str = ""
    below: str = ""
    notes: tuple[str, ...] = ()


def theirs(repo: str, card: str, earlier: Published | None) -> Theirs:
    """What others wrote into the card that is there.

    Raises: SourceError if its front matter cannot be read, RecipeError if the part that a push wrote was changed.
    """
    found = FRONT.match(card)
    try:
        front = (msgspec.yaml.decode(found[1].encode()) if found else None) or {}
        typed = msgspec.convert(front, Front, strict=False)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SourceError(
            f"{repo}: its {CARD} has a front matter that cannot be read ({shorten(' '.join(str(error).split()))}); "
            "mend it there first"
        ) from None
    written = earlier.front if earlier else {}
    ours = earlier.configs if earlier else ()
    listed = front.get("configs") or ()
    entries = list(zip(typed.configs or (), listed, strict=True))
    columns = (typed.dataset_info,) if isinstance(typed.dataset_info, dict) else typed.dataset_info or ()
    above, section, below = _parted(repo, card[found.end() if found else 0 :])
    if section and earlier and sha256_bytes(section.encode()) != earlier.card:
        raise RecipeError(
            f"--repo {repo}: somebody wrote into the part of its {CARD} that every push writes anew: move that above "
            "or below the two marks, and empty what is between them"
        )
    notes = []
    if earlier and section is None and (above or below):
        notes.append(f"{CARD}: the marks of the part that a push writes are gone: the whole text is kept, above it")
    elif not earlier and (above or below):
        notes.append(f"{CARD}: the text that is there is kept; that of the benchmark follows it")
    if found and re.search(r"^\s*#", found[1], re.MULTILINE):
        notes.append(f"{CARD}: comments in its front matter are not kept")
    named = [config.config_name for config, _ in entries]
    default = next((c.config_name for c, entry in entries if entry.get("default")), "")
    return Theirs(
        {name: rest for name, value in front.items() if name not in LISTS and (rest := _added(value, written.get(name)))
         not in (None, [])},
        tuple(entry for config, entry in entries if config.config_name not in ours),
        tuple(entry for entry in columns if entry.get("config_name", "default") not in ours),
        "default" if "default" in named else default,
        above,
        below,
        tuple(notes),
    )  # fmt: skip


def _added(value: Any, written: Any) -> Any:
    """What of a field no push wrote: its entries if it is a list, else the whole value if it is another one."""
    if isinstance(value, list) and isinstance(written, list):
        return [entry for entry in value if entry not in written]
    return None if value == written else value


def _parted(repo: str, text: str) -> tuple[str, str | None, str]:
    """The text above the marks, between them (None if there are no marks) and below them."""
    text = text.replace("\r\n", "\n")
    if (text.count(BEGIN), text.count(END)) == (0, 0):
        return text.strip(), None, ""
    above, begin, rest = text.partition(BEGIN)
    section, end, below = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in below:
        raise RecipeError(f"--repo {repo}: its {CARD} has one of the two marks of uiebench alone or twice: mend that")
    return above.strip(), section.strip(), below.strip()


def joined(repo: str, ours: dict[str, Any], others: Theirs) -> tuple[dict[str, Any], list[str]]:
    """The front matter of a benchmark with what others wrote, and what a reader of the card may notice.

    Lists are united. One config is the default: the benchmark's first one, unless theirs is called "default".
    Raises: RecipeError if a config of theirs is called like one of the benchmark.
    """
    made = [config["config_name"] for config in ours["configs"]]
    there = [config.get("config_name", "default") for config in others.configs]
    if same := sorted(set(made) & set(there)):
        raise RecipeError(f"--repo {repo}: its {CARD} has a config {same[0]!r} of its own: rename it there first")
    notes = list(others.notes)
    fields = {name: value for name, value in ours.items() if name not in LISTS}
    fields |= {name: value for name, value in others.fields.items() if name not in ours}
    for name, value in others.fields.items():
        if isinstance(ours.get(name), list):
            fields[name] = [*ours[name], *(entry for entry in _listed(value) if entry not in ours[name])]
        elif name == "pretty_name":
            fields[name] = value
        elif name in ours and value != ours[name]:
            notes.append(f"{CARD}: {name} was {value!r}, is {ours[name]!r}")
    named = "default" in there
    if named:
        notes.append(f"{CARD}: the config called 'default' stays the default one")
    elif others.default not in ("", made[0]):
        notes.append(f"{CARD}: the default config is {made[0]!r}, no longer {others.default!r}")
    own = [{key: value for key, value in config.items() if key != "default" or not named} for config in ours["configs"]]
    kept = [{key: value for key, value in config.items() if key != "default"} for config in others.configs]
    fields["configs"] = [*own, *kept]
    fields["dataset_info"] = [*ours["dataset_info"], *others.dataset_info]
    return fields, notes


def noted(ours: dict[str, Any], others: Theirs) -> dict[str, Any]:
    """What published.json remembers of the front matter: what is of the push alone, so that the rest is kept again."""
    return {
        name: [entry for entry in value if entry not in _listed(others.fields.get(name))]
        if isinstance(value, list)
        else value
        for name, value in ours.items()
        if name not in LISTS
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def put_together(fields: dict[str, Any], section: str, others: Theirs) -> str:
    """A whole card."""
    return "\n\n".join(filter(None, (yaml_block(fields), others.above, marked(section), others.below))) + "\n"


# --- data of others beside ours -------------------------------------------------------------------

SETTINGS = ".huggingface.yaml"
ROWS_IN = {
    *(".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".geoparquet", ".gpq", ".arrow", ".txt", ".conll"),
    *(".conllu", ".tar", ".xml", ".hdf5", ".h5", ".lance", ".zip", ".gz", ".bz2", ".xz", ".zst", ".pdf", ".vortex"),
}
"""Endings of files that `load_dataset` takes for data; those of pictures and sounds are known to `mimetypes`."""
NO_DATA = ("license", "licence", "copying", "notice", "requirements", "citation", "config", "dataset_info",
           "dataset_infos", "dataset_dict")  # fmt: skip


def refuse_unloadable(repo: str, paths: Collection[str], others: Theirs) -> None:
    """Raise RecipeError if data that are there could not be loaded any more with the benchmark beside them.

    `load_dataset` reads no undeclared data once a card declares configs, and reads all configs of a repository in
    the format of the first one, which is Parquet.
    """
    if SETTINGS in paths:
        raise RecipeError(
            f"--repo {repo}: has a {SETTINGS}, whose configs load_dataset takes in place of those of {CARD}: move them "
            "into the card first, or push to another repository"
        )
    data = sorted(path for path in paths if _is_data(path))
    if not others.configs:
        if data:
            raise RecipeError(
                f"--repo {repo}: its {CARD} declares no config for {data[0]}, which load_dataset would no longer read "
                "beside those of a benchmark: declare it there first if it is Parquet (configs: with config_name and "
                "data_files), or push to another repository"
            )
        return
    for config in others.configs:
        for path in _read_by(config, data):
            if not path.endswith(".parquet"):
                raise RecipeError(
                    f"--repo {repo}: its config {config.get('config_name', 'default')!r} reads {path}, and "
                    "load_dataset reads all configs of a repository in one format, that of a benchmark being Parquet: "
                    "convert it first, or push to another repository"
                )


def _is_data(path: str) -> bool:
    place = PurePosixPath(path)
    if any(part.startswith((".", "__")) for part in place.parts) or place.stem.lower() in NO_DATA:
        return False
    kind = mimetypes.guess_type(path)[0] or ""
    return place.suffix.lower() in ROWS_IN or kind.startswith(("image/", "audio/", "video/"))


def _read_by(config: dict[str, Any], data: Sequence[str]) -> list[str]:
    """The data files that a declared config reads: those of its patterns, or of its folder."""
    patterns = list(_patterns(config.get("data_files")))
    folder = str(config.get("data_dir") or "").strip("./")
    if not patterns:
        return [path for path in data if not folder or path.startswith(f"{folder}/")]
    placed = [f"{folder}/{pattern}" if folder else pattern.removeprefix("./") for pattern in patterns]
    found = [path for path in data if any(fnmatch.fnmatchcase(path, p.replace("**/", "*")) for p in placed)]
    return [*found, *(p for p in placed if not re.search(r"[*?\[]", p) and p not in data and _is_data(p))]


def _patterns(files: Any) -> Iterable[str]:
    """The patterns in `data_files`: a string, a list, or lists by split."""
    if isinstance(files, str):
        yield files
    elif isinstance(files, dict):
        for name, value in files.items():
            if name != "split":
                yield from _patterns(value)
    elif isinstance(files, list):
        for value in files:
            yield from _patterns(value)
