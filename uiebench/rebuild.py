"""A published benchmark made whole again by somebody who has the original files.

    rebuilt = rebuild(Path("the folder of a pulled benchmark"), raw=Path("raw"), out=Path("benchmarks/zh"))
    →  Rebuilt(files=311, different=(), same_manifest=True)

The recipe and the hashes of all original files stand in the manifest of the whole benchmark. The build sees
exactly these files, whatever else is in the raw folder, and every file it makes is compared with the manifest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow

import uiebench
from uiebench import catalogue
from uiebench.build import pipeline
from uiebench.build.parts import MANIFEST, Manifest, read_manifest
from uiebench.errors import SourceError
from uiebench.publish import COMPLETE
from uiebench.sources import Found, locate
from uiebench.types import SplitName


class Rebuilt(msgspec.Struct, frozen=True):
    """A rebuilt benchmark: its files, those with other bytes than the published one's, and whether it is the same."""

    files: int
    different: tuple[str, ...]
    same_manifest: bool


def rebuild(
    published: Path,
    *,
    raw: Path,
    out: Path,
    jobs: int = 1,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> Rebuilt:
    """Build the benchmark that a published one is a part of.

    Raises: SourceError for an original file that is missing or another one, and for a result with other bytes.
    """
    manifest = whole_manifest(published)
    with tempfile.TemporaryDirectory(prefix="uiebench-rebuild-") as folder:
        view = Path(folder)
        for corpus, splits in manifest.sources.items() if not manifest.recipe.samples else ():
            for split, sources in splits.items():
                for path, sha256 in sources.items():
                    _show(view, raw, corpus, split, path, sha256)
        pipeline.build(manifest.recipe, raw=view, out=out, jobs=jobs, progress=progress)
    made = read_manifest(out)
    different = tuple(
        path
        for path in sorted(made.files.keys() | manifest.files.keys())
        if made.files.get(path) != manifest.files.get(path)
    )
    if different:
        raise SourceError(
            f"{out}: not the same benchmark: {len(different):,} of {len(manifest.files):,} files have other bytes "
            f"(first: {different[0]}){_versions(manifest)}"
        )
    place = published / COMPLETE if (published / COMPLETE).exists() else published / MANIFEST
    return Rebuilt(len(made.files), different, place.read_bytes() == (out / MANIFEST).read_bytes())


def whole_manifest(published: Path) -> Manifest:
    """The manifest of the whole benchmark that a published one is a part of."""
    whole = (published / COMPLETE).parent
    return read_manifest(whole if (whole / MANIFEST).exists() else published)


def _show(view: Path, raw: Path, corpus: str, split: SplitName | str, path: str, sha256: str) -> None:
    """Let the build see one original file (or folder), if it is the one the benchmark was made from."""
    for alternative in catalogue.load(corpus).splits:
        for source in alternative.files:
            if alternative.name != split or source.path != path:
                continue
            found = locate(raw, corpus, source)
            if not isinstance(found, Found):
                raise SourceError(f"{raw / corpus / path}: missing: {found.remedy}")
            if found.sha256 != sha256:
                raise SourceError(
                    f"{found.path}: not what the benchmark was made from: sha256 {found.sha256}, expected {sha256}"
                )
            place = view / corpus / path
            if not place.is_symlink():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(found.path.resolve(), target_is_directory=found.path.is_dir())
            return
    raise SourceError(f"{corpus}: this version of uiebench knows no file {path} of its {split} split")


def _versions(manifest: Manifest) -> str:
    """What to install to get the same bytes, if something else is installed."""
    wanted = {"uiebench": manifest.uiebench, "pyarrow": manifest.pyarrow}
    here = {"uiebench": uiebench.__version__, "pyarrow": pyarrow.__version__}
    other = [f"{name} {version}, here {here[name]}" for name, version in wanted.items() if version != here[name]]
    return f"; it was built with {' and '.join(other)}" if other else ""
