"""A published benchmark made whole again by somebody who has the original files.

    rebuilt = rebuild(Path("the folder of a pulled benchmark"), raw=Path("raw"), out=Path("benchmarks/zh"))
    →  311    files, each with the bytes of the published benchmark

The recipe and the hashes of all original files stand in the manifest of the whole benchmark. The build sees
exactly these files, whatever else is in the raw folder, and every file it makes is compared with the manifest.
README and manifest also tell what their maker lacked, and with which versions it was made: once all else is the
same, they are taken as published. So the whole benchmark has the fingerprint it had.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow

import uiebench
from uiebench import catalogue
from uiebench.build import pipeline
from uiebench.build.parts import MANIFEST, Manifest, read_manifest
from uiebench.errors import RecipeError, SourceError, UiebenchError
from uiebench.publish.copies import verify
from uiebench.publish.records import CARD, COMPLETE, COMPLETE_CARD
from uiebench.sources import Found, locate
from uiebench.storage import locked, write_bytes
from uiebench.types import SplitName


def rebuild(
    published: Path,
    *,
    raw: Path,
    out: Path,
    jobs: int = 1,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> int:
    """Build the benchmark that a published one is a part of; the number of its files.

    Raises: SourceError for an original file that is missing or another one, and for a result with other bytes.
    """
    manifest = whole_manifest(published)
    with _beside(out) as view:
        for corpus, splits in manifest.sources.items() if not manifest.recipe.samples else ():
            for split, sources in splits.items():
                for path, sha256 in sources.items():
                    _show(view, raw, corpus, split, path, sha256)
        pipeline.build(manifest.recipe, raw=view, out=out, jobs=jobs, progress=progress)
    made, known = read_manifest(out).files, {path for path in (COMPLETE_CARD,) if (published / path).exists()}
    different = [
        path
        for path in sorted(made.keys() | manifest.files.keys())
        if made.get(path) != manifest.files.get(path) and not (path == CARD and known)
    ]
    if different:
        raise SourceError(
            f"{out}: not the same benchmark: {len(different):,} of {len(manifest.files):,} files have other bytes "
            f"(first: {different[0]}){_versions(manifest)}"
        )
    if known:
        write_bytes(out / CARD, (published / COMPLETE_CARD).read_bytes())
    verify(str(published), out, manifest.files)
    write_bytes(out / MANIFEST, _place(published).read_bytes())
    return len(made)


def refuse_other(out: Path, manifest: Manifest) -> None:
    """Raise RecipeError if `out` holds a benchmark that the rebuilt one would replace with another one."""
    if not (out / MANIFEST).exists():
        return
    here = read_manifest(out)
    if (here.recipe, here.sources) != (manifest.recipe, manifest.sources):
        made = "by another recipe" if here.recipe != manifest.recipe else "from other files"
        raise RecipeError(
            f"{out}: holds a benchmark of this name that was made {made}; --out {out}-published puts the rebuilt one "
            f"beside it, --out {out} replaces it"
        )


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """An empty folder beside `out` while this runs; what a killed run left there is removed."""
    folder = out.parent / f".{out.name}.originals"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / "lock", f"{out}: another build is writing there"):
            view = folder / "raw"
            shutil.rmtree(view, ignore_errors=True)
            view.mkdir()
            try:
                yield view
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise UiebenchError(f"{folder}: cannot be written ({error.strerror or error})") from None


def _place(published: Path) -> Path:
    """Where the manifest of the whole benchmark lies."""
    return published / COMPLETE if (published / COMPLETE).exists() else published / MANIFEST


def whole_manifest(published: Path) -> Manifest:
    """The manifest of the whole benchmark that a published one is a part of."""
    return read_manifest(_place(published).parent)


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
