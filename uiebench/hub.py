"""Benchmarks on the Hugging Face Hub: a dataset repository that holds the files of a built one as they are.

    pulled = pull("org/zh-uie@v1.0")
    →  Pulled(folder=Path("…/datasets--org--zh-uie/snapshots/5f3a…"), repo="org/zh-uie", commit="5f3a…")

    org/zh-uie       the newest commit of the main branch
    org/zh-uie@v1.0  a branch, a tag or a commit

What was downloaded is checked file by file against the manifest of the benchmark: what comes back is the
benchmark its manifest names, or an error. The Hub's own environment applies (`HF_ENDPOINT`, `HF_TOKEN`,
`HF_HOME`, …; huggingface_hub reads it when it is imported). With `HF_HUB_OFFLINE=1` the copy of an
earlier download is taken; without it a Hub that cannot be reached is an error, never a silent old copy.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import msgspec

from uiebench.errors import SourceError, UiebenchError
from uiebench.hashing import sha256_file

MANIFEST = "manifest.json"
_ID = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?", re.ASCII)


class Pulled(msgspec.Struct, frozen=True):
    """A benchmark from the Hub: where it lies now, its repository, and the commit it was taken from."""

    folder: Path
    repo: str
    commit: str


class Listed(msgspec.Struct, frozen=True):
    """The part of a manifest that says which files there are, and their hashes."""

    files: dict[str, str]


def is_hub_id(place: Path) -> bool:
    """Whether `place` is meant as a repository: it looks like ``org/name[@revision]``, and nothing here is called so.

    Where a folder ``org`` is here, a misspelt ``org/name`` is a misspelt folder.
    """
    return bool(_ID.fullmatch(place.as_posix())) and not place.exists() and not place.parent.exists()


def pull(name: str) -> Pulled:
    """Download a benchmark from the Hub into its cache, and check every file.

    Raises: SourceError, in one line, for a repository that does not exist or may not be read, for a Hub that
    cannot be reached, and for files that are not those of the manifest; UiebenchError if huggingface_hub is
    not installed.
    """
    parts = _ID.fullmatch(name)
    if parts is None:
        raise SourceError(f"{name}: not the id of a repository on the Hub (org/name or org/name@revision)")
    repo, revision = parts["repo"], parts["revision"]
    try:
        import huggingface_hub  # noqa: PLC0415 - only a benchmark on the Hub needs it
        from huggingface_hub import constants  # noqa: PLC0415
        from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415
    except ImportError:
        raise UiebenchError(f"{name}: not a folder here; for the Hub: pip install 'uiebench[hub]'") from None
    if not sys.stderr.isatty():
        disable_progress_bars()
    offline = bool(constants.HF_HUB_OFFLINE)
    with _explained(name, repo, constants.ENDPOINT):
        revision = revision or constants.DEFAULT_REVISION
        if not offline:
            # The client takes what is in the cache where the Hub refuses or is away; this request does not.
            huggingface_hub.get_hf_file_metadata(
                huggingface_hub.hf_hub_url(repo, MANIFEST, repo_type="dataset", revision=revision)
            )
        manifest = Path(
            huggingface_hub.hf_hub_download(
                repo, MANIFEST, repo_type="dataset", revision=revision, local_files_only=offline
            )
        )
        files = _listed(name, manifest)
        tops = {path.partition("/")[:2] for path in files}
        huggingface_hub.snapshot_download(
            repo,
            repo_type="dataset",
            revision=manifest.parent.name,  # the commit: all files are of one
            allow_patterns=[MANIFEST, *sorted(top + ("/*" if below else "") for top, below in tops)],
            local_files_only=offline,
        )
    verify(name, manifest.parent, files)
    return Pulled(manifest.parent, repo, manifest.parent.name)


def _listed(name: str, manifest: Path) -> dict[str, str]:
    """The files a manifest lists, and their hashes."""
    try:
        files = msgspec.json.decode(manifest.read_bytes(), type=Listed).files
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{name}: its {MANIFEST} is not that of a benchmark ({error})") from None
    for path in files:
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise SourceError(f"{name}: its {MANIFEST} names a file outside the benchmark ({path})")
    return files


def verify(name: str, folder: Path, files: dict[str, str]) -> None:
    """Raise SourceError for the first file below `folder` that is missing or has another hash than `files` says."""
    for path, wanted in files.items():
        try:
            found = sha256_file(folder / path)
        except OSError:
            raise SourceError(f"{name}: not the benchmark its {MANIFEST} describes: {path} is missing") from None
        if found != wanted:
            raise SourceError(
                f"{name}: not the benchmark its {MANIFEST} describes: {path} has sha256 {found}, expected {wanted}; "
                f"if the copy here is damaged, remove {folder}"
            )


@contextmanager
def _explained(name: str, repo: str, endpoint: str) -> Iterator[None]:
    """What huggingface_hub raises, as one line. Nothing of a request is shown: it may hold a token."""
    from httpx2 import HTTPError  # noqa: PLC0415
    from huggingface_hub import errors  # noqa: PLC0415

    hub = urlsplit(endpoint).hostname or "the Hub"
    try:
        yield
    except errors.GatedRepoError:
        raise SourceError(
            f"{name}: gated; ask for access on its page at {hub}, and log in (hf auth login or HF_TOKEN)"
        ) from None
    except errors.DisabledRepoError:
        raise SourceError(f"{name}: disabled by {hub}") from None
    except errors.RepositoryNotFoundError:
        raise SourceError(
            f"{name}: no such folder here, and no dataset {repo} at {hub}, or it is private (hf auth login or HF_TOKEN)"
        ) from None
    except errors.RevisionNotFoundError:
        raise SourceError(f"{name}: {repo} has no such revision at {hub}") from None
    except errors.RemoteEntryNotFoundError:
        raise SourceError(f"{name}: no benchmark: {repo} has no {MANIFEST} in this revision") from None
    except errors.LocalEntryNotFoundError:
        raise SourceError(f"{name}: {_away(hub)}, and no whole copy of this revision is in the cache") from None
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        refused = " to this token" if status in (401, 403) else ""
        raise SourceError(f"{name}: {hub} answered {status}{refused}; nothing was taken") from None
    except errors.HFValidationError:
        raise SourceError(f"{name}: not the id of a repository on the Hub (org/name or org/name@revision)") from None
    except (HTTPError, errors.OfflineModeIsEnabled):
        raise SourceError(f"{name}: {_away(hub)}; a copy downloaded before is taken with HF_HUB_OFFLINE=1") from None


def _away(hub: str) -> str:
    return f"no such folder here, and {hub} cannot be reached"
