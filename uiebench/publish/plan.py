"""What of a benchmark may be published: the gate of licences.

    plan = prepare(Path("benchmarks/zh"), Path("a temporary folder"))
    plan.files      →  {"corpora/fewfc/test.parquet": File(path, sha256, bytes), "withheld/msra/test.parquet": …}
    plan.held_back  →  {"msra": ("corpora/msra/test.parquet", "instructions/test/msra.parquet", …)}

Text is published where the licence of its corpus allows it or the recipe states a permission, and nowhere
else: a file that is not known to be free of text, or to be of such a corpus, is held back. Whether a
repository is private makes no difference. Samples are invented, so nothing of them is held back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

import msgspec
import pyarrow.parquet as pq

from uiebench import catalogue
from uiebench.build.parts import Manifest, read_manifest
from uiebench.errors import RecipeError, SourceError
from uiebench.hashing import sha256_bytes, sha256_file
from uiebench.publish.copies import is_sent, refuse_outside, verify
from uiebench.publish.records import (
    CARD,
    COMPLETE,
    COMPLETE_CARD,
    MANIFEST,
    PUBLISHED,
    RESERVED,
    Described,
    File,
    HeldBack,
    Published,
    Withheld,
)
from uiebench.storage import read_parquet, write_json, write_parquet
from uiebench.types import SPLITS, BareDocument, Document, RewardPair, plain


class Plan(msgspec.Struct, frozen=True):
    """A benchmark as it is to be published, but for what describes it and what earlier pushes left.

    Fields:
        may: the corpora whose text may be passed on.
        pairs_held_back: by corpus, how many reward pairs are not published.
        body: the README of the whole benchmark.
        folder: where files that have to be made are written.
    """

    manifest: Manifest
    corpora: dict[str, Described]
    files: dict[str, File]
    held_back: dict[str, HeldBack]
    permissions: dict[str, str]
    may: frozenset[str]
    pairs_held_back: dict[str, int]
    body: str
    folder: Path

    def published(self) -> list[Described]:
        """The corpora whose text is published."""
        return [corpus for name, corpus in self.corpora.items() if name not in self.held_back]

    def state(self) -> str:
        """The benchmark in one line: name, version and the beginning of its fingerprint."""
        whole = self.files.get(COMPLETE) or self.files[MANIFEST]
        return f"{self.manifest.name} {self.manifest.benchmark_version} ({whole.sha256[:8]})"


def prepare(benchmark: Path, folder: Path) -> Plan:
    """What of a complete benchmark is published. Files that have to be made are written into `folder`.

    Raises: UiebenchError if there is no complete benchmark, SourceError if a file is not that of the manifest,
    RecipeError for a zero-shot group that is called like another config.
    """
    manifest = read_manifest(benchmark)
    verify(str(benchmark), benchmark, manifest.files, "; build it again")
    if (benchmark / PUBLISHED).exists():
        raise SourceError(f"{benchmark}: comes from the Hub; push the folder it was built in, or rebuild it")
    _refuse_groups(benchmark, manifest)
    corpora = {name: _described(benchmark, name) for name in sorted(manifest.sources)}
    may = {name for name, corpus in corpora.items() if manifest.recipe.samples or _may_be_passed_on(corpus)}
    stated = manifest.recipe.permissions  # of corpora too whose files were not at hand
    permissions = {name: stated[name] for name in sorted(stated.keys() & corpora.keys() - may)}
    may |= permissions.keys()
    files, kept = dict[str, File](), dict[str, dict[str, str]]()
    for path, sha256 in manifest.files.items():
        corpus = corpus_of(path)
        if is_sent(path) and (corpus in may or not path.endswith(".parquet")):
            files[path] = as_file(benchmark / path)
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
            files[place.relative_to(folder).as_posix()] = as_file(place)
    pairs_held_back: dict[str, int] = {}
    pairs = sorted((benchmark / "pairs").glob("*.parquet"))
    refuse_outside(str(benchmark), "folder pairs", (place.name for place in pairs))
    for place in pairs:
        path = f"pairs/{place.name}" if place.stem in SPLITS else f"pairs/train/{place.name}"
        if found := allowed_pairs(place, folder / path, may.__contains__, pairs_held_back):
            files[path] = found
    body = (benchmark / CARD).read_text(encoding="utf-8")
    plan = Plan(manifest, corpora, files, held_back, permissions, frozenset(may), pairs_held_back, body, folder)
    _put_manifests(plan, benchmark)
    return plan


def allowed_pairs(place: Path, out: Path, may: Callable[[str], bool], held_back: dict[str, int]) -> File | None:
    """Reward pairs without those of corpora whose text may not be passed on, which are counted in `held_back`.

    None if no pair is left: an empty split is one that nobody can load.
    """
    write_parquet(out, RewardPair, _allowed(read_parquet(place, RewardPair), may, held_back))
    if pq.read_metadata(out).num_rows:
        return as_file(out)
    out.unlink()
    return None


def as_file(place: Path) -> File:
    """A file that lies somewhere, with its hash and size."""
    return File(place, sha256_file(place), place.stat().st_size)


def corpus_of(path: str) -> str:
    """The corpus that a file of a benchmark is of; empty for a file about the whole."""
    parts = PurePosixPath(path).parts
    if len(parts) == 3 and parts[0] in ("corpora", "unlabelled"):
        return parts[1]
    if len(parts) == 3 and parts[0] == "instructions":
        return PurePosixPath(path).stem
    return ""


def is_free(corpus: str) -> bool:
    """Whether a corpus is one that we know, and its licence lets its text be passed on."""
    return corpus in catalogue.names() and catalogue.load(corpus).licence.redistribute


def withdrawn(plan: Plan, earlier: Published) -> list[str]:
    """Corpora whose text an earlier push published and this one may not: the history of the repository keeps it."""
    shown = {corpus_of(path) for path in earlier.files if path.endswith(".parquet")}
    permitted = earlier.permissions.keys() - {corpus.name for corpus in plan.published()}
    return sorted((shown & plan.held_back.keys()) | permitted)


def _refuse_groups(benchmark: Path, manifest: Manifest) -> None:
    for group in manifest.recipe.held_out:
        if group in (*RESERVED, "default"):
            raise RecipeError(f"{benchmark}: held_out.{group}: this name is kept for a config of the repository")
        if not re.fullmatch(r"\w[\w.-]*", group):
            raise RecipeError(
                f"{benchmark}: held_out.{group}: a name on the Hub has letters, digits, '.', '_' and '-' only"
            )


def _described(benchmark: Path, corpus: str) -> Described:
    path = benchmark / "corpora" / corpus / "corpus.json"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Described)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from None
    if found.name != corpus:
        raise SourceError(f"{path}: describes the corpus {found.name!r}; build the benchmark again")
    return found


def _may_be_passed_on(corpus: Described) -> bool:
    """What was known when the benchmark was built and what is known now must both allow it."""
    return is_free(corpus.name) and corpus.licence.redistribute


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


def _allowed(
    pairs: Iterable[RewardPair], may: Callable[[str], bool], held_back: dict[str, int]
) -> Iterator[RewardPair]:
    for pair in pairs:
        if may(pair.corpus):
            yield pair
        else:
            held_back[pair.corpus] = held_back.get(pair.corpus, 0) + 1


def _put_manifests(plan: Plan, benchmark: Path) -> None:
    """The manifest: as it is if nothing is held back, else one of what is published, with the whole one beside.

    The two are different benchmarks: scores carry the hash of the manifest, and gold that is not there counts
    for nothing.
    """
    plan.files[COMPLETE_CARD] = as_file(benchmark / CARD)
    original = as_file(benchmark / MANIFEST)
    if not plan.held_back:
        plan.files[MANIFEST] = original
        return
    plan.files[COMPLETE] = original
    manifest = plain(plan.manifest)
    manifest["files"] = {path: plan.files[path].sha256 for path in plan.manifest.files if path in plan.files}
    manifest["held_back"] = {name: held.files for name, held in plan.held_back.items()}
    write_json(plan.folder / MANIFEST, manifest)
    plan.files[MANIFEST] = as_file(plan.folder / MANIFEST)
