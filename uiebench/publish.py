"""What of a benchmark may be published, and the dataset repository that becomes of it.

    plan = prepare(Path("benchmarks/zh"), Path("a temporary folder"))
    plan.files      →  {"corpora/fewfc/test.parquet": File(path, sha256, bytes), "withheld/msra/test.parquet": …}
    plan.held_back  →  {"msra": ("corpora/msra/test.parquet", "instructions/test/msra.parquet", …)}

    README.md                               the card: front matter with the configs, what is held back, citations
    croissant.json                          the same for machines, in Croissant 1.0
    manifest.json                           of what is published
    complete/README.md                      the README of the whole benchmark; its manifest, if something is held back
    published.json                          the files, their hashes, what is held back, statements of permission
    corpora/<corpus>/<split>.parquet        config "corpora", of corpora whose text may be passed on
    instructions/<split>/<corpus>.parquet   config "instructions", and one for each zero-shot group
    pairs/<name>.parquet                    config "pairs", if there are any
    withheld/<corpus>/<split>.parquet       config "withheld": ids, hashes and counts in place of the text

Text is published where the licence of its corpus allows it or the recipe states a permission, and nowhere
else: a file that is not known to be free of text, or to be of such a corpus, is held back. Whether a
repository is private makes no difference. Samples are invented, so nothing of them is held back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import pyarrow.parquet as pq

from uiebench import catalogue
from uiebench.build.parts import Manifest, read_manifest
from uiebench.build.report import markdown
from uiebench.cards import WIKIPEDIA_LICENCE, hub_licences, of_wikipedia, size_category, yaml_block
from uiebench.errors import RecipeError, SourceError, shorten
from uiebench.hashing import sha256_bytes, sha256_file
from uiebench.storage import arrow_schema, read_parquet, write_json, write_parquet
from uiebench.types import SPLITS, BareDocument, Document, Instruction, Licence, RewardPair, plain

MANIFEST, PUBLISHED, CARD, CROISSANT = "manifest.json", "published.json", "README.md", "croissant.json"
COMPLETE, COMPLETE_CARD = "complete/manifest.json", "complete/README.md"
PAGES = "https://huggingface.co/datasets"
TEXTLESS = ("stats.json", "labels.svg", "confusions.json", "audit.json")
"""Files about a whole benchmark that hold names, ids and figures."""
RESERVED = ("instructions", "corpora", "unlabelled", "withheld", "pairs")


class Withheld(msgspec.Struct, frozen=True, gc=False):
    """What is published of a document that is held back: enough to know it again, and nothing to read.

    Fields: its id; the SHA-256 of its text and of the whole document as canonical JSON; code points of the
    text; annotations by kind.
    """

    id: str
    text_sha256: str
    sha256: str
    characters: int
    entities: int
    relations: int
    events: int
    arguments: int


ROWS: dict[type[msgspec.Struct], str] = {
    Instruction: "a prompt about a window of labels in a text, and its target as JSON",
    Document: "a text with its entities, relations and events",
    BareDocument: "a text published without gold",
    Withheld: "the id, hashes and counts of a document whose text is held back",
    RewardPair: "a prompt with a better and a worse answer",
}
"""What a row of a config is."""


class File(msgspec.Struct, frozen=True):
    """A file to publish: where it lies, its hash and its size."""

    place: Path
    sha256: str
    bytes: int


class Described(msgspec.Struct, frozen=True):
    """The part of corpus.json that publishing needs."""

    name: str
    title: str
    language: str
    licence: Licence
    homepage: str


class Config(msgspec.Struct, frozen=True):
    """A config of the repository: glob patterns of the files of each split, and the record they hold."""

    name: str
    record: type[msgspec.Struct]
    splits: dict[str, tuple[str, ...]]


class HeldBack(msgspec.Struct, frozen=True):
    """A corpus whose text is not published: the licence, and the files with their hashes."""

    licence: str
    files: dict[str, str]


class Published(msgspec.Struct, frozen=True):
    """published.json: what a push left in a repository.

    Fields:
        files: what is published, with hashes, but for the card and the Croissant description.
        held_back: by corpus, what is not.
        permissions: statements by which the text of a corpus is published against its licence.
        configs: the configs that the push put into the card; others are not its own.
    """

    benchmark: str
    benchmark_version: str
    files: dict[str, str]
    held_back: dict[str, HeldBack] = {}
    permissions: dict[str, str] = {}
    configs: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """A benchmark as it is to be published; the card and what counts the files are made by `described`."""

    manifest: Manifest
    corpora: dict[str, Described]
    files: dict[str, File]
    held_back: dict[str, HeldBack]
    permissions: dict[str, str]
    pairs_held_back: dict[str, int]
    body: str
    folder: Path

    def published(self) -> list[Described]:
        """The corpora whose text is published."""
        return [corpus for name, corpus in self.corpora.items() if name not in self.held_back]


# --- the gate -------------------------------------------------------------------------------------


def verify(name: str, folder: Path, files: Mapping[str, str], remedy: str = "") -> None:
    """Raise SourceError for the first file below `folder` that is missing or has another hash than `files` says.

    `remedy` says what to do about a file that was altered.
    """
    for path, wanted in files.items():
        try:
            found = sha256_file(folder / path)
        except OSError:
            raise SourceError(f"{name}: not the benchmark its {MANIFEST} describes: {path} is missing") from None
        if found != wanted:
            raise SourceError(
                f"{name}: not the benchmark its {MANIFEST} describes: {path} has sha256 {found}, expected "
                f"{wanted}{remedy}"
            )


def refuse_outside(name: str, listing: str, paths: Iterable[str]) -> None:
    """Raise SourceError for a path that is none below the folder on every system, or would be taken for a pattern."""
    for path in paths:
        if re.search(r"[\\:*?\[\]\x00-\x1f]", path) or not {"", ".", ".."}.isdisjoint(path.split("/")):
            raise SourceError(f"{name}: its {listing} names a file outside the benchmark ({shorten(repr(path))})")


def is_sent(path: str) -> bool:
    """Whether a file of a benchmark is published, if its corpus may be; the same in other forms (JSONL) is not."""
    return path in (*TEXTLESS, COMPLETE_CARD) or path.endswith((".parquet", "/corpus.json"))


class Listed(msgspec.Struct, frozen=True):
    """The part of a manifest that says which files there are, and their hashes; `held_back`: which ones are not."""

    files: dict[str, str]
    held_back: dict[str, dict[str, str]] = {}


def to_check(name: str, manifest: Listed, published: Published | None) -> dict[str, str]:
    """The hash of every file of a copy: the manifest is believed, published.json as far as it agrees and beyond it.

    Raises: SourceError if the two do not agree about a file, or about what is held back.
    """
    refuse_outside(name, MANIFEST, manifest.files)
    if published is None:
        return manifest.files
    refuse_outside(name, PUBLISHED, published.files)
    for path, wanted in manifest.files.items():
        place = COMPLETE_CARD if path == CARD else path  # a push puts its own card in this place
        found = published.files.get(place)
        if found != wanted and (found or is_sent(place)):
            fault = "has another hash of" if found else "leaves out"
            raise SourceError(f"{name}: its {PUBLISHED} {fault} {place}, which its {MANIFEST} names")
    if {corpus: held.files for corpus, held in published.held_back.items()} != manifest.held_back:
        raise SourceError(f"{name}: its {PUBLISHED} holds back other files than its {MANIFEST}")
    if manifest.held_back and COMPLETE not in published.files:
        raise SourceError(f"{name}: its {PUBLISHED} leaves out {COMPLETE}")
    return published.files


def refuse_gaps(name: str, manifest: Listed, whole: Listed) -> None:
    """Raise SourceError unless the whole benchmark is what is published and what is held back."""
    told = dict(manifest.files)
    for held in manifest.held_back.values():
        told |= held
    for path in sorted(whole.files.keys() | told.keys()):
        if whole.files.get(path) != told.get(path) and (path in told or is_sent(path)):
            raise SourceError(f"{name}: {path} is not the same in its {MANIFEST} and its {COMPLETE}")


def prepare(benchmark: Path, folder: Path) -> Plan:
    """What of a complete benchmark is published. Files that have to be made are written into `folder`.

    Raises: UiebenchError if there is no complete benchmark, SourceError if a file is not that of the manifest,
    RecipeError for a zero-shot group that is called like another config.
    """
    manifest = read_manifest(benchmark)
    verify(str(benchmark), benchmark, manifest.files, "; build it again")
    if (benchmark / PUBLISHED).exists():
        raise SourceError(f"{benchmark}: comes from the Hub; push the folder it was built in, or rebuild it")
    corpora = {name: _described(benchmark, name) for name in sorted(manifest.sources)}
    may = {name for name, corpus in corpora.items() if manifest.recipe.samples or _may_be_passed_on(corpus)}
    stated = manifest.recipe.permissions  # of corpora too whose files were not at hand
    permissions = {name: stated[name] for name in sorted(stated.keys() & corpora.keys() - may)}
    may |= permissions.keys()
    files, kept = dict[str, File](), dict[str, dict[str, str]]()
    for path, sha256 in manifest.files.items():
        corpus = corpus_of(path)
        if is_sent(path) and (corpus in may or not path.endswith(".parquet")):
            files[path] = _file(benchmark / path)
        elif corpus not in may and path != CARD:
            kept.setdefault(corpus, {})[path] = sha256
    held_back = {
        name: HeldBack(corpora[name].licence.name if name in corpora else "", kept[name]) for name in sorted(kept)
    }
    for path in [path for held in held_back.values() for path in held.files]:
        if path.startswith(("corpora/", "unlabelled/")) and path.endswith(".parquet"):
            place = folder / "withheld" / PurePosixPath(path).relative_to(path.split("/")[0])
            documents: Iterator[Document | BareDocument] = (
                read_parquet(benchmark / path, Document)
                if path.startswith("corpora/")
                else read_parquet(benchmark / path, BareDocument)
            )
            write_parquet(place, Withheld, map(_withheld, documents))
            files[place.relative_to(folder).as_posix()] = _file(place)
    pairs_held_back: dict[str, int] = {}
    pairs = sorted((benchmark / "pairs").glob("*.parquet"))
    refuse_outside(str(benchmark), "folder pairs", (place.name for place in pairs))
    for place in pairs:
        out = folder / "pairs" / place.name
        write_parquet(out, RewardPair, _allowed(read_parquet(place, RewardPair), may, pairs_held_back))
        if not pq.read_metadata(out).num_rows:  # an empty split is one that nobody can load
            out.unlink()
            continue
        files[f"pairs/{place.name}"] = _file(out)
    body = (benchmark / CARD).read_text(encoding="utf-8")
    plan = Plan(manifest, corpora, files, held_back, permissions, pairs_held_back, body, folder)
    for group in manifest.recipe.held_out:
        if group in (*RESERVED, "default"):
            raise RecipeError(f"{benchmark}: held_out.{group}: this name is kept for a config of the repository")
        if not re.fullmatch(r"\w[\w.-]*", group):
            raise RecipeError(
                f"{benchmark}: held_out.{group}: a name on the Hub has letters, digits, '.', '_' and '-' only"
            )
    _put_manifests(plan, benchmark)
    return plan


def as_text(said: str) -> str:
    """What somebody wrote, as one line of Markdown that is nothing but text."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(said.split()))


def _described(benchmark: Path, corpus: str) -> Described:
    path = benchmark / "corpora" / corpus / "corpus.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Described)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from None


def _may_be_passed_on(corpus: Described) -> bool:
    """What was known when the benchmark was built and what is known now must both allow it."""
    if corpus.name in catalogue.names() and not catalogue.load(corpus.name).licence.redistribute:
        return False
    return corpus.licence.redistribute


def corpus_of(path: str) -> str:
    """The corpus that a file of a benchmark is of; empty for a file about the whole."""
    parts = PurePosixPath(path).parts
    if len(parts) == 3 and parts[0] in ("corpora", "unlabelled"):
        return parts[1]
    if len(parts) == 3 and parts[0] == "instructions":
        return PurePosixPath(path).stem
    return ""


def _withheld(document: Document | BareDocument) -> Withheld:
    full = document if isinstance(document, Document) else Document(document.id, document.text)
    return Withheld(
        full.id,
        sha256_bytes(full.text.encode("utf-8", "surrogatepass")),
        sha256_bytes(msgspec.json.encode(document, order="deterministic")),
        len(full.text),
        len(full.entities),
        len(full.relations),
        len(full.events),
        sum(len(event.arguments) for event in full.events),
    )


def _allowed(pairs: Iterable[RewardPair], may: set[str], held_back: dict[str, int]) -> Iterator[RewardPair]:
    """The pairs of corpora whose text may be passed on; the others are counted."""
    for pair in pairs:
        if pair.corpus in may:
            yield pair
        else:
            held_back[pair.corpus] = held_back.get(pair.corpus, 0) + 1


def _file(place: Path) -> File:
    return File(place, sha256_file(place), place.stat().st_size)


def _put_manifests(plan: Plan, benchmark: Path) -> None:
    """The manifest: as it is if nothing is held back, else one of what is published, with the whole one beside.

    The two are different benchmarks: scores carry the hash of the manifest, and gold that is not there counts
    for nothing.
    """
    plan.files[COMPLETE_CARD] = _file(benchmark / CARD)
    original = _file(benchmark / MANIFEST)
    if not plan.held_back:
        plan.files[MANIFEST] = original
        return
    plan.files[COMPLETE] = original
    manifest = plain(plan.manifest)
    manifest["files"] = {path: plan.files[path].sha256 for path in plan.manifest.files if path in plan.files}
    manifest["held_back"] = {name: held.files for name, held in plan.held_back.items()}
    write_json(plan.folder / MANIFEST, manifest)
    plan.files[MANIFEST] = _file(plan.folder / MANIFEST)


# --- configs --------------------------------------------------------------------------------------


def configs(plan: Plan, paths: Iterable[str]) -> list[Config]:
    """The configs of a repository with these files; the first is the default one."""
    folders: dict[str, dict[str, set[str]]] = {name: {} for name in RESERVED}
    for path in sorted(paths):
        parts = PurePosixPath(path).parts
        if not path.endswith(".parquet") or parts[0] not in folders:
            continue
        if parts[0] == "instructions":
            split, pattern = parts[1], f"instructions/{parts[1]}/*.parquet"
        elif parts[0] == "pairs":
            stem = PurePosixPath(path).stem
            split, pattern = (stem if stem in SPLITS else "train"), path
        else:
            split, pattern = PurePosixPath(path).stem, f"{parts[0]}/*/{PurePosixPath(path).name}"
        folders[parts[0]].setdefault(split, set()).add(pattern)
    records: dict[str, type[msgspec.Struct]] = {
        "instructions": Instruction,
        "corpora": Document,
        "unlabelled": BareDocument,
        "withheld": Withheld,
        "pairs": RewardPair,
    }
    there = set(paths)
    groups = []
    for group, names in sorted(plan.manifest.recipe.held_out.items()):
        found = tuple(path for name in sorted(names) if (path := f"instructions/test/{name}.parquet") in there)
        if found:
            groups.append(Config(group, Instruction, {"test": found}))
    order: dict[str, int] = {split: place for place, split in enumerate(SPLITS)}
    made = [
        Config(
            name,
            records[name],
            {split: tuple(sorted(splits[split])) for split in sorted(splits, key=lambda s: (order.get(s, 9), s))},
        )
        for name, splits in folders.items()
        if splits
    ]
    return [*made[:1], *groups, *made[1:]]


def features(record: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """The columns of a record as the front matter writes the Features of `datasets`."""
    return [_feature(field.name, field.type) for field in arrow_schema(record)]


def _feature(name: str, kind: Any) -> dict[str, Any]:
    import pyarrow as pa  # noqa: PLC0415 - only to tell types apart

    if pa.types.is_list(kind):
        inner = _feature("", kind.value_type)
        return {"name": name, "list": inner.get("dtype") or inner["struct"]}
    if pa.types.is_struct(kind):
        return {"name": name, "struct": [_feature(field.name, field.type) for field in kind]}
    return {"name": name, "dtype": "float64" if pa.types.is_float64(kind) else str(kind)}


# --- the card -------------------------------------------------------------------------------------


def described(
    plan: Plan, repo: str, hub: str, earlier: Published | None = None, card: str = "", results: Sequence[Path] = ()
) -> tuple[dict[str, File], list[str]]:
    """All files of the repository, those of the plan and what describes them; and what becomes of the card there.

    Args: `hub` is the Hub's address; `earlier` what an earlier push listed; `card` the README.md that is there, in
    which what others wrote is kept; `results` reports of `uiebench score --json`.

    Raises: RecipeError, SourceError for a card that cannot be joined with that of the benchmark.
    """
    made = configs(plan, plan.files)
    published = Published(
        plan.manifest.name,
        plan.manifest.benchmark_version,
        {path: file.sha256 for path, file in sorted(plan.files.items())},
        plan.held_back,
        plan.permissions,
        tuple(config.name for config in made),
    )
    fields, notes = joined(repo, _fields(plan, repo, made), Theirs())
    body = _body(plan, repo, made, results)
    if card:
        others = theirs(repo, card, earlier)
        fields, notes = joined(repo, fields, others)
        if others.shared:
            body = "\n\n".join(filter(None, (others.body, MARK, body)))
            if others.body and MARK not in card:
                notes.append(f"{CARD}: the text that is there is kept; that of the benchmark follows it")
    write_json(plan.folder / PUBLISHED, published)
    (plan.folder / CARD).write_text(f"{yaml_block(fields)}\n\n{body}", encoding="utf-8")
    write_json(plan.folder / CROISSANT, croissant(plan, repo, hub, made))
    return plan.files | {name: _file(plan.folder / name) for name in (PUBLISHED, CARD, CROISSANT)}, notes


def withdrawn(plan: Plan, earlier: Published) -> list[str]:
    """Corpora whose text an earlier push published and this one may not: the history of the repository keeps it."""
    shown = {corpus_of(path) for path in earlier.files if path.endswith(".parquet")}
    permitted = earlier.permissions.keys() - {corpus.name for corpus in plan.published()}
    return sorted((shown & plan.held_back.keys()) | permitted)


def benchmark_card(plan: Plan, repo: str, made: Sequence[Config], results: Sequence[Path] = ()) -> str:
    """The README.md of a repository: front matter, how to load it, what is held back, the benchmark's own README."""
    return f"{yaml_block(_fields(plan, repo, made))}\n\n{_body(plan, repo, made, results)}"


def _body(plan: Plan, repo: str, made: Sequence[Config], results: Sequence[Path]) -> str:
    title, _, rest = plan.body.partition("\n\n")
    if plan.manifest.recipe.title:
        about, _, rest = rest.partition("\n\n")
        title = f"{title}\n\n{about}"
    sections = [title, *_loading(repo, made), *_text_of(plan, repo)]
    if results:
        sections += ["## Results", *_results(plan, results)]
    return "\n\n".join(sections) + "\n\n" + rest


def _fields(plan: Plan, repo: str, made: Sequence[Config]) -> dict[str, Any]:
    """The front matter; the first config is the default one."""
    documents = 0
    if stats := plan.files.get("stats.json"):
        parts = msgspec.json.decode(stats.place.read_bytes())["parts"]
        documents = sum(part["stats"]["totals"]["documents"] for part in parts)
    licences = sorted({name for corpus in plan.published() for name in hub_licences(corpus.licence)})
    if plan.manifest.recipe.samples:
        licences = ["apache-2.0"]
    known = [licence for licence in licences if licence not in ("other", "unknown")]
    named = bool(known) and known == licences
    return {
        "pretty_name": plan.manifest.name,
        "language": sorted({corpus.language for corpus in plan.corpora.values()}),
        "license": known if named else [*known, "other"],
        **({} if named else {"license_name": "by-corpus", "license_link": f"{PAGES}/{repo}#sources-and-licences"}),
        "task_categories": ["token-classification", "text-generation"],
        "size_categories": [size_category(documents)],
        "tags": ["information-extraction", "named-entity-recognition", "relation-extraction", "event-extraction"],
        "configs": [
            {
                "config_name": config.name,
                **({"default": True} if config is made[0] else {}),
                "data_files": [{"split": split, "path": list(patterns)} for split, patterns in config.splits.items()],
            }
            for config in made
        ],
        "dataset_info": [{"config_name": config.name, "features": features(config.record)} for config in made],
    }


# --- a card with what others wrote ----------------------------------------------------------------

FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---(?:\r?\n|\Z)", re.DOTALL)
MARK = "<!-- What stands below is written anew by every uiebench push; what stands above is kept. -->"
WRITTEN = ("pretty_name", "language", "license", "license_name", "license_link", "task_categories", "size_categories",
           "tags", "configs", "dataset_info")  # fmt: skip
"""Fields of the front matter that a push writes."""


class Named(msgspec.Struct, frozen=True):
    """What is read of a config in the front matter of a card; its columns may go without a name."""

    config_name: str


class Front(msgspec.Struct, frozen=True):
    """What is read of the front matter of a card that is there."""

    configs: tuple[Named, ...] | None = None
    dataset_info: tuple[dict[str, Any], ...] | dict[str, Any] | None = None


class Theirs(msgspec.Struct, frozen=True):
    """What others wrote into a card.

    Fields:
        fields: of the front matter: of a shared card all, of one that a push wrote those that it does not write.
        configs, dataset_info: as they stand in the front matter.
        body: the text above MARK.
        shared: whether the card was there before the first push.
    """

    fields: dict[str, Any] = {}
    configs: tuple[dict[str, Any], ...] = ()
    dataset_info: tuple[dict[str, Any], ...] = ()
    body: str = ""
    shared: bool = False


def theirs(repo: str, card: str, earlier: Published | None) -> Theirs:
    """What others wrote into the card that is there. Raises: SourceError if its front matter cannot be read."""
    found = FRONT.match(card)
    try:
        front = (msgspec.yaml.decode(found[1].encode()) if found else None) or {}
        typed = msgspec.convert(front, Front, strict=False)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SourceError(
            f"{repo}: its {CARD} has a front matter that cannot be read ({shorten(' '.join(str(error).split()))}); "
            "mend it there first"
        ) from None
    shared = earlier is None or MARK in card
    ours = earlier.configs if earlier else ()
    entries = zip(typed.configs or (), front.get("configs") or (), strict=True)
    columns = (typed.dataset_info,) if isinstance(typed.dataset_info, dict) else typed.dataset_info or ()
    return Theirs(
        {name: value for name, value in front.items() if shared or name not in WRITTEN},
        tuple(entry for config, entry in entries if config.config_name not in ours),
        tuple(entry for entry in columns if entry.get("config_name", "default") not in ours),
        card[found.end() if found else 0 :].partition(MARK)[0].strip() if shared else "",
        shared,
    )


def joined(repo: str, ours: dict[str, Any], others: Theirs) -> tuple[dict[str, Any], list[str]]:
    """The front matter of a benchmark with what others wrote, and what a reader of the card may notice.

    Lists are united. One config is the default: the benchmark's first one, unless theirs is called "default".
    Raises: RecipeError if a config of theirs is called like one of the benchmark.
    """
    made = [config["config_name"] for config in ours["configs"]]
    there = [config["config_name"] for config in others.configs]
    if same := sorted(set(made) & set(there)):
        raise RecipeError(f"--repo {repo}: its {CARD} has a config {same[0]!r} of its own: rename it there first")
    notes = []
    fields = others.fields | ours
    for name, value in others.fields.items():
        if isinstance(ours.get(name), list) and name not in ("configs", "dataset_info"):
            listed = value if isinstance(value, list) else [] if value is None else [value]
            fields[name] = [*ours[name], *(entry for entry in listed if entry not in ours[name])]
        elif name == "pretty_name":
            fields[name] = value
        elif name in ("license_name", "license_link") and name in ours and value != ours[name]:
            notes.append(f"{CARD}: {name} was {value!r}, is {ours[name]!r}")
    named = "default" in there
    if named:
        notes.append(f"{CARD}: the config called 'default' stays the default one")
    elif was := [config["config_name"] for config in others.configs if config.get("default")]:
        notes.append(f"{CARD}: the default config is {made[0]!r}, no longer {was[0]!r}")
    own = [{key: value for key, value in config.items() if key != "default" or not named} for config in ours["configs"]]
    kept = [{key: value for key, value in config.items() if key != "default"} for config in others.configs]
    fields["configs"] = [*own, *kept]
    fields["dataset_info"] = [*ours["dataset_info"], *others.dataset_info]
    return fields, notes


# --- the sections of a card -----------------------------------------------------------------------


def _loading(repo: str, made: Sequence[Config]) -> Iterator[str]:
    first = made[0]
    split = "test" if "test" in first.splits else next(iter(first.splits))
    yield (
        "A benchmark of universal information extraction, built with uiebench. "
        "用 uiebench 构建的通用信息抽取评测基准；`load_dataset` 可直接加载，`uiebench score` 可直接评测。"
    )
    yield (
        "```python\nfrom datasets import load_dataset\n\n"
        f'{first.name} = load_dataset("{repo}", "{first.name}", split="{split}")\n```'
    )
    yield f"```\nuiebench score predictions.jsonl --benchmark {repo}\n```"
    yield markdown(
        ("config", "splits", "a row is"),
        [[f"`{config.name}`", ", ".join(config.splits), ROWS[config.record]] for config in made],
        100,
    )


def _text_of(plan: Plan, repo: str) -> Iterator[str]:
    """Which corpora's text is here, under which licence, and how the rest is rebuilt."""
    yield "## What is published"
    if plan.manifest.recipe.samples:
        yield "Everything: the texts are invented."
        return
    yield markdown(
        ("corpus", "licence", "text"),
        [
            [name, corpus.licence.name, "held back" if name in plan.held_back else "by permission" if name in
             plan.permissions else "published"]
            for name, corpus in plan.corpora.items()
        ],
        100,
    )  # fmt: skip
    if plan.permissions:
        yield "Published by permission, as the recipe states:"
        yield "\n".join(f"- **{name}**: {as_text(said)}" for name, said in plan.permissions.items())
    if plan.held_back:
        yield (
            "Of what is held back there are ids, hashes and counts (config `withheld`), label statistics "
            f"(`stats.json`) and the recipe (`{COMPLETE}`). Whoever has the original files rebuilds the same bytes; "
            "every hash is checked. 未公开的文本只提供编号、散列值、统计和配方；持有原始文件者可重建出完全相同的数据："
        )
        yield f"```\nuiebench rebuild {repo} --raw DIR\n```"
    if plan.pairs_held_back:
        listed = ", ".join(f"{name} {n:,}" for name, n in sorted(plan.pairs_held_back.items()))
        yield f"Reward pairs held back: {listed}."


class Figure(msgspec.Struct, frozen=True):
    """The part of a row or mean of a report that a card shows."""

    key: str
    task: str
    metric: str
    f1: float
    signature: str
    by: str = "mean"
    low: float | None = None
    high: float | None = None


class Scored(msgspec.Struct, frozen=True):
    """The part of a report that a card shows."""

    rows: tuple[Figure, ...]
    means: tuple[Figure, ...]


def _results(plan: Plan, results: Sequence[Path]) -> Iterator[str]:
    """The figures of reports of this benchmark, each with its signature. Raises: SourceError for other reports."""
    fingerprints = {plan.files[name].sha256[:8] for name in (MANIFEST, COMPLETE) if name in plan.files}
    titles = {f"bench:{plan.manifest.name}@{fingerprint}" for fingerprint in fingerprints}
    for path in results:
        try:
            report = msgspec.json.decode(path.read_bytes(), type=Scored)
        except (OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{path}: not what `uiebench score --json` prints ({error})") from None
        figures = [*report.means, *(row for row in report.rows if row.by == "corpus")]
        if not all(titles & set(figure.signature.split("|")) for figure in figures):
            raise SourceError(f"{path}: scores of another benchmark, not of {' or '.join(sorted(titles))}")
        yield f"### {path.stem}"
        yield markdown(
            ("", "task", "metric", "F1", "95 %", "signature"),
            [
                [
                    figure.key,
                    figure.task,
                    figure.metric,
                    f"{100 * figure.f1:.2f}",
                    "–" if figure.low is None or figure.high is None
                    else f"{100 * figure.low:.2f}–{100 * figure.high:.2f}",
                    f"`{figure.signature.replace('|', ' ')}`",
                ]
                for figure in figures
            ],
            3,
        )  # fmt: skip


# --- Croissant ------------------------------------------------------------------------------------

CROISSANT_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float64": "sc:Float"}
SPLIT_OF = {
    "instructions": r"instructions/(\w+)/",
    "pairs": r"pairs/(\w+)\.parquet",
}


NO_HASH = "https://github.com/mlcommons/croissant/issues/80"
"""What stands for the hash of a repository, as in the Hub's own descriptions: Croissant 1.0 wants a hash of every
FileObject, and a git repository has none. The hashes of the files are in published.json.
"""


def croissant(plan: Plan, repo: str, hub: str, made: Sequence[Config]) -> dict[str, Any]:
    """The description of the repository in Croissant 1.0 (https://docs.mlcommons.org/croissant)."""
    sets, records = [], []
    for config in made:
        top = next(iter(config.splits.values()))[0].split("/")[0]
        sets.append(
            {
                "@type": "cr:FileSet",
                "@id": f"files-{config.name}",
                "name": f"files-{config.name}",
                "containedIn": {"@id": "repo"},
                "encodingFormat": "application/x-parquet",
                "includes": [pattern for patterns in config.splits.values() for pattern in patterns],
            }
        )
        split = SPLIT_OF.get(top, rf"{top}/[^/]+/(\w+)\.parquet")
        records.append(
            {
                "@type": "cr:RecordSet",
                "@id": config.name,
                "name": config.name,
                "description": f"{ROWS[config.record]}.",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{config.name}/split",
                        "name": "split",
                        "dataType": "sc:Text",
                        "source": {
                            "fileSet": {"@id": f"files-{config.name}"},
                            "extract": {"fileProperty": "fullpath"},
                            "transform": {"regex": split},
                        },
                    },
                    *(_field(config.name, (column["name"],), column) for column in features(config.record)),
                ],
            }
        )
    address = f"{hub}/datasets/{repo}"
    licences = {corpus.licence.url or corpus.licence.name for corpus in plan.published()}
    licences |= {WIKIPEDIA_LICENCE[1] for corpus in plan.published() if of_wikipedia(corpus.licence)}
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": re.sub(r"[^A-Za-z0-9_-]", "-", plan.manifest.name),
        "description": plan.manifest.recipe.title or f"{plan.manifest.name}, built with uiebench",
        "url": address,
        "version": f"{plan.manifest.benchmark_version}.0",
        "license": ["https://www.apache.org/licenses/LICENSE-2.0"]
        if plan.manifest.recipe.samples
        else sorted(licences),
        "inLanguage": sorted({corpus.language for corpus in plan.corpora.values()}),
        "citeAs": "\n\n".join(_bibtex(plan)),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "repo",
                "name": "repo",
                "description": "The dataset repository.",
                "contentUrl": address,
                "encodingFormat": "git+https",
                "sha256": NO_HASH,
            },
            *sets,
        ],
        "recordSet": records,
    }


def _field(config: str, path: tuple[str, ...], column: Mapping[str, Any]) -> dict[str, Any]:
    """A column as a field, with the fields of its records; lists inside the records of a list are left out, since
    Croissant 1.0 has no way to say where they stand.
    """
    field: dict[str, Any] = {"@type": "cr:Field", "@id": "/".join((config, *path)), "name": path[-1]}
    inner = column.get("list") or column.get("struct")
    if isinstance(inner, list):
        below = [_field(config, (*path, part["name"]), part) for part in inner if "list" not in part]
        field["subField"] = below
    else:
        source: dict[str, Any] = {"fileSet": {"@id": f"files-{config}"}, "extract": {"column": path[0]}}
        if len(path) > 1:
            source["transform"] = {"jsonPath": ".".join(path[1:])}
        field |= {"dataType": CROISSANT_TYPES[inner or column["dtype"]], "source": source}
    return field | ({"repeated": True} if "list" in column else {})


def _bibtex(plan: Plan) -> list[str]:
    found = re.search(r"```bibtex\n(.*?)\n```", plan.body, re.DOTALL)
    return [found[1]] if found else []


CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "samplingRate": "cr:samplingRate",
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The terms of Croissant 1.0, as its specification lists them."""
