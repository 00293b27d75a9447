"""Benchmarks from the Hugging Face Hub: a dataset repository that holds the files of a built one as they are.

    pulled = pull("org/zh-uie@v1.0")
    →  Pulled(folder=Path("…/datasets--org--zh-uie/snapshots/5f3a…"), repo="org/zh-uie", commit="5f3a…")

    org/zh-uie       the newest commit of the main branch
    org/zh-uie@v1.0  a branch, a tag or a commit

What was downloaded is checked file by file against the manifest of the benchmark, and what a push put beside it
against published.json, which may not contradict: what comes back is the benchmark its manifest names, or an error.
The Hub's own environment applies (`HF_ENDPOINT`, `HF_TOKEN`, `HF_HOME`, …; huggingface_hub reads it when it is
imported). With `HF_HUB_OFFLINE=1` the copy of an earlier download is taken; without it a Hub that cannot be reached
is an error, never a silent old copy.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from uiebench.build.parts import LAYERS
from uiebench.errors import SourceError, UiebenchError, shorten
from uiebench.publish.copies import Listed, refuse_gaps, to_check, verify
from uiebench.publish.records import COMPLETE, MANIFEST, PUBLISHED, Published

T = TypeVar("T")
_ID = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?", re.ASCII)


class Pulled(msgspec.Struct, frozen=True):
    """A benchmark from the Hub: where it lies now, its repository, the commit it was taken from, how many files were
    checked, and the corpora whose text is held back.
    """

    folder: Path
    repo: str
    commit: str
    files: int
    held_back: tuple[str, ...] = ()


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
    hub = ready(f"{name}: not a folder here; ")
    import huggingface_hub  # noqa: PLC0415 - only a benchmark on the Hub needs it
    from huggingface_hub import constants  # noqa: PLC0415

    offline = bool(constants.HF_HUB_OFFLINE)
    with _explained(name, repo, hub):
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
        commit = manifest.parent.name  # all files are of one
        listed = decoded(name, manifest, Listed)
        there = optional(repo, PUBLISHED, commit, offline)
        published = decoded(name, there, Published) if there else None
        files = to_check(name, listed, published)
        huggingface_hub.snapshot_download(
            repo,
            repo_type="dataset",
            revision=commit,
            allow_patterns=[MANIFEST, PUBLISHED, *sorted(files)],  # and nothing that somebody put beside them
            local_files_only=offline,
        )
    verify(name, manifest.parent, files, f"; if the copy here is damaged, remove {manifest.parent}")
    beside = {
        path.relative_to(manifest.parent).as_posix()
        for layer in LAYERS
        for path in (manifest.parent / layer).rglob("*.parquet")
    }
    if more := sorted(beside - files.keys()):  # another program may have downloaded it into the same cache
        raise SourceError(
            f"{name}: {more[0]} is not of the benchmark, and would be read with it: remove {manifest.parent}"
        )
    if listed.held_back:
        refuse_gaps(name, listed, decoded(name, manifest.parent / COMPLETE, Listed))
    return Pulled(manifest.parent, repo, commit, len(files), tuple(listed.held_back))


def ready(opening: str) -> str:
    """Make sure that the client can work, and keep it quiet: errors are told here. The name of its Hub.

    `opening` begins every message.

    Raises: UiebenchError if huggingface_hub is not installed, or the Hub's address or the token cannot be one.
    """
    try:
        import huggingface_hub  # noqa: PLC0415
        from huggingface_hub import constants  # noqa: PLC0415
        from huggingface_hub.utils import logging  # noqa: PLC0415
        from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415

        address = urlsplit(constants.ENDPOINT)
        if address.scheme not in ("http", "https") or not address.hostname or address.port == 0:
            raise ValueError
    except ImportError:
        raise UiebenchError(f"{opening}for the Hub: pip install 'uiebench[hub]'") from None
    except ValueError:  # the client reads the address when it is imported
        raise UiebenchError(f"{opening}HF_ENDPOINT is no address of a Hub (https://…)") from None
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it tells of every retry
    if not sys.stderr.isatty():
        disable_progress_bars()
    if (token := huggingface_hub.get_token()) and not re.fullmatch(r"[!-~]+", token):
        raise SourceError(f"{opening}the token (HF_TOKEN, or that of hf auth login) has characters that no token has")
    return address.hostname


def optional(repo: str, file: str, commit: str, offline: bool) -> Path | None:
    """A file of a commit, or None if the commit has none."""
    from huggingface_hub import errors, hf_hub_download  # noqa: PLC0415

    try:
        return Path(hf_hub_download(repo, file, repo_type="dataset", revision=commit, local_files_only=offline))
    except errors.LocalEntryNotFoundError:
        if offline:
            return None  # it was not there to be downloaded either
        raise
    except errors.RemoteEntryNotFoundError:
        return None


def decoded(name: str, place: Path, kind: type[T]) -> T:
    """A file of a repository as a Struct. Raises: SourceError if it is not that of a benchmark."""
    try:
        return msgspec.json.decode(place.read_bytes(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{name}: its {place.name} is not that of a benchmark ({shorten(str(error))})") from None


@contextmanager
def _explained(name: str, repo: str, hub: str) -> Iterator[None]:
    """What huggingface_hub raises, as one line. Nothing of a request is shown: it may hold a token."""
    from httpx2 import HTTPError  # noqa: PLC0415
    from huggingface_hub import errors  # noqa: PLC0415

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
    except OSError as error:
        raise unwritable(name, error) from None


def unwritable(name: str, error: OSError) -> UiebenchError:
    """What is said if the cache of the client cannot be written, e.g. on a full disk."""
    from huggingface_hub import constants  # noqa: PLC0415

    place = error.filename or constants.HF_HUB_CACHE
    return UiebenchError(f"{name}: {place}: cannot be written ({error.strerror or error}); HF_HOME names another place")


def _away(hub: str) -> str:
    return f"no such folder here, and {hub} cannot be reached"
