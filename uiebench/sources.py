"""Native files: found in a raw folder, accepted by their hash, or fetched.

    locate(Path("raw"), "resume", Download("dev.char.bmes", url, sha256))  →  Path("raw/resume/dev.char.bmes")

The raw folder holds one folder for each corpus. A file is looked for under its path; a file whose hash
is known also anywhere in the corpus's folder under its name. A file at its path that has another hash is
an error that says both; a file that is not there is `Missing`, with what to do about it.
"""

from __future__ import annotations

import gzip
import lzma
import os
import re
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import msgspec

from uiebench.errors import SourceError, shorten
from uiebench.hashing import fingerprint, members_of, sha256_file, sha256_tree
from uiebench.types import Archive, Download, HubFile, Manual, Source

Progress = Callable[[int, int], None]
"""Called with the bytes had so far and the bytes in all (0 where the server does not say)."""

CHUNK = 1 << 16
ATTEMPTS = 3
UNPACKING = ".unpacking"
"""Stands in a folder while members are moved into it; a kill leaves it there."""
BROKEN_ARCHIVE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    UnicodeDecodeError,
    RuntimeError,  # zipfile: encrypted, or packed by a method it does not know
)


class Missing(msgspec.Struct, frozen=True):
    """A source that is not in the raw folder, and the remedy."""

    path: str
    remedy: str


class Found(msgspec.Struct, frozen=True):
    """A source in the raw folder: its path, its actual hash, and whether that hash was pinned."""

    path: Path
    sha256: str
    pinned: bool


def default_raw() -> Path:
    """The raw folder used where none is given: $UIEBENCH_RAW or the user's cache folder."""
    chosen = os.environ.get("UIEBENCH_RAW")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uiebench" / "raw"


def members(source: Source) -> tuple[str, ...]:
    """The member patterns of a source that is a folder; empty for one that is a file."""
    return source.members if isinstance(source, Archive | Manual) else ()


def sha256_of(source: Source, place: Path) -> str:
    """The hash of the file or of the members of the folder at `place`."""
    patterns = members(source)
    try:
        return sha256_tree(place, patterns) if patterns else sha256_file(place)
    except OSError as error:
        raise SourceError(f"{place}: cannot be read ({error.strerror})") from None


def locate(raw: Path, corpus: str, source: Source) -> Found | Missing:
    """The source in ``raw/corpus``: at its path, or a pinned file anywhere under its name with its hash.

    Raises: SourceError if what lies at its path has another hash than the pinned one.
    """
    folder = raw / corpus
    place = folder / source.path
    patterns = members(source)
    if _complete(place, patterns) if patterns else place.is_file():
        sha256 = sha256_of(source, place)
        if source.sha256 and sha256 != source.sha256:
            raise SourceError(
                f"{place}: not the {'files' if patterns else 'file'} this corpus was described from: "
                f"expected sha256 {source.sha256}, found {sha256}{_size_hint(source, place)}"
            )
        return Found(place, sha256, bool(source.sha256))
    if source.sha256 and not patterns and folder.is_dir():
        for path in sorted(folder.rglob(place.name)):
            if path.is_file() and sha256_file(path) == source.sha256:
                return Found(path, source.sha256, True)
    return Missing(source.path or corpus, remedy(corpus, source))


def _complete(folder: Path, patterns: Sequence[str]) -> bool:
    """Whether a folder holds something for each of the patterns, and no unpacking into it was cut short."""
    if not folder.is_dir() or (folder / UNPACKING).exists():
        return False
    return all(members_of(folder, [pattern]) for pattern in patterns)


def _size_hint(source: Source, path: Path) -> str:
    if patterns := members(source):
        found, wanted = len(members_of(path, patterns)), source.files if isinstance(source, Archive) else 0
        if not wanted:
            return f" ({found:,} files)"
        return f" ({found:,} files{f' instead of {wanted:,}' if found != wanted else ', as many as there should be'})"
    wanted = 0 if isinstance(source, Archive) else source.bytes
    if not wanted or not path.is_file() or path.stat().st_size == wanted:
        return ""
    return f" ({path.stat().st_size:,} bytes instead of {wanted:,}: truncated or altered)"


def remedy(corpus: str, source: Source) -> str:
    """What a person does to get a source."""
    if isinstance(source, Manual):
        return source.how if not source.url else f"{source.how} ({source.url})"
    return f"uiebench corpora fetch {corpus}"


# --- fetching -------------------------------------------------------------------------------------


def url_of(source: Download | Archive | HubFile) -> str:
    """The address of a source; the Hub's host can be changed with $HF_ENDPOINT."""
    if isinstance(source, HubFile):
        host = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
        return f"{host}/datasets/{source.repo}/resolve/{source.revision}/{source.file}"
    return source.url


def fetch(raw: Path, corpus: str, source: Source, progress: Progress = lambda had, total: None) -> Found:
    """The source in ``raw/corpus``, downloaded there if it is not yet; an interrupted download resumes.

    Raises: SourceError for one that must be asked for, cannot be reached, or has another hash.
    """
    found = locate(raw, corpus, source)
    if isinstance(found, Found):
        return found
    if isinstance(source, Manual):
        raise SourceError(f"{corpus}: {source.path or 'its files'} cannot be downloaded. {found.remedy}")
    target = raw / corpus / source.path
    if isinstance(source, Archive):  # named after its URL: another archive must never resume this one
        part = raw / corpus / f".archive-{fingerprint(source.url)[:8]}.part"
    else:
        part = target.with_name(target.name + ".part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        _download(source, part, progress)
        if isinstance(source, Archive):
            unpack(part, target, source)
            part.unlink()
        else:
            _accept_download(source, part)
            part.replace(target)
    except OSError as error:
        raise SourceError(f"{target}: cannot be written ({error.strerror or error})") from None
    found = locate(raw, corpus, source)
    if isinstance(found, Missing):
        raise SourceError(f"{url_of(source)}: the archive holds no {', '.join(members(source))}")
    return found


def _accept_download(source: Download | HubFile, part: Path) -> None:
    sha256 = sha256_file(part)
    if source.sha256 and sha256 != source.sha256:
        hint = _size_hint(source, part)
        part.unlink()
        raise SourceError(f"{url_of(source)}: expected sha256 {source.sha256}, found {sha256}{hint}; removed")


def _download(source: Download | Archive | HubFile, part: Path, progress: Progress) -> None:
    import httpx  # 60 ms: only whoever downloads pays for it

    url = url_of(source)
    headers = {"Accept-Encoding": "identity"}
    token = os.environ.get("HF_TOKEN", "").strip()
    if isinstance(source, HubFile) and token:
        if not re.fullmatch(r"[!-~]+", token):  # checked here: the error of httpx would show it
            raise SourceError("HF_TOKEN holds characters that no token has")
        headers["Authorization"] = f"Bearer {token}"
    failure = ""
    for _ in range(ATTEMPTS):
        had = part.stat().st_size if part.exists() else 0
        ask = {**headers, "Range": f"bytes={had}-"} if had else headers
        try:
            with httpx.stream("GET", url, headers=ask, follow_redirects=True, timeout=60) as answer:
                if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    if answer.headers.get("Content-Range") == f"bytes */{had}":
                        return  # it was whole already
                    part.unlink()
                    continue
                if answer.status_code >= httpx.codes.BAD_REQUEST:
                    raise SourceError(f"{url}: the server answers {answer.status_code} {answer.reason_phrase}")
                if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                    had = 0  # the server sends it from the beginning
                size = int(answer.headers.get("Content-Length") or 0)
                total = had + size if size else 0
                with part.open("ab" if had else "wb") as file:
                    for chunk in answer.iter_bytes():  # as they arrive: what a broken connection brought is kept
                        file.write(chunk)
                        had += len(chunk)
                        progress(had, total)
                return
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            failure = str(error) or type(error).__name__
    raise SourceError(f"{url}: cannot be downloaded ({failure}); what was had is kept and resumed next time")


def unpack(archive: Path, target: Path, source: Archive) -> None:
    """Unpack the members that `source` names into `target`, which appears whole or not at all.

    Raises: SourceError for a broken archive or a member that would leave the folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpack.", dir=target.parent) as scratch:
        place = Path(scratch)
        try:
            for name, data in _archive_members(archive, source.encoding):
                parts = PurePosixPath(name.replace("\\", "/")).parts
                if re.match(r"[A-Za-z]:|[/\\]", name) or ".." in parts:
                    raise SourceError(f"{archive}: the member {name!r} would be written outside its folder")
                kept = PurePosixPath(*parts[source.strip :]) if len(parts) > source.strip else None
                if kept is None or not any(_matches(kept.parts, pattern.split("/")) for pattern in source.members):
                    continue
                (place / kept).parent.mkdir(parents=True, exist_ok=True)
                (place / kept).write_bytes(data())
        except BROKEN_ARCHIVE as error:
            archive.unlink()
            reason = shorten(" ".join(str(error).split()))
            raise SourceError(f"{archive}: not a whole archive ({reason}); removed, fetch it again") from None
        if source.sha256 and (found := sha256_tree(place, source.members)) != source.sha256:
            archive.unlink()
            raise SourceError(
                f"{source.url}: its members are not the ones this corpus was described from: "
                f"expected sha256 {source.sha256}, found {found}; removed"
            )
        _move_into(place, target)


def _matches(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether the parts of a path match those of a glob; ``**`` stands for any number of folders, or none."""
    if not path or not pattern:
        return not path and not pattern
    if pattern[0] == "**":
        return any(_matches(path[number:], pattern[1:]) for number in range(len(path)))
    return fnmatchcase(path[0], pattern[0]) and _matches(path[1:], pattern[1:])


def _move_into(place: Path, target: Path) -> None:
    """Move the files below `place` into `target`; what a kill leaves there is marked as not whole."""
    target.mkdir(parents=True, exist_ok=True)
    (target / UNPACKING).touch()
    for path in members_of(place, ["**/*"]):
        (target / path.relative_to(place)).parent.mkdir(parents=True, exist_ok=True)
        path.replace(target / path.relative_to(place))
    (target / UNPACKING).unlink()


def _archive_members(archive: Path, encoding: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The regular files of a zip or tar archive: name, and a function that reads it."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive, metadata_encoding=encoding) as zipped:
            for info in zipped.infolist():
                if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16):
                    yield info.filename, lambda info=info: zipped.read(info)  # type: ignore[misc]
        return
    with tarfile.open(archive) as tarred:
        for member in tarred:
            if member.isfile():
                yield member.name, lambda member=member: tarred.extractfile(member).read()  # type: ignore[misc,union-attr]
        while tarred.fileobj and tarred.fileobj.read(CHUNK):
            pass  # the checksum of a compressed stream stands at its end
