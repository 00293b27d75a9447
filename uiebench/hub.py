"""Benchmarks on the Hugging Face Hub: a dataset repository that holds the files of a built one as they are.

    pulled = pull("org/zh-uie@v1.0")
    →  Pulled(folder=Path("…/datasets--org--zh-uie/snapshots/5f3a…"), repo="org/zh-uie", commit="5f3a…")

    org/zh-uie       the newest commit of the main branch
    org/zh-uie@v1.0  a branch, a tag or a commit

What was downloaded is checked file by file against the manifest of the benchmark, and what a push put beside it
against published.json, which may not contradict: what comes back is the benchmark its manifest names, or an error.
`push` sends a benchmark as `uiebench.publish` lays it out, in one commit or none. The Hub's own environment applies
(`HF_ENDPOINT`, `HF_TOKEN`, `HF_HOME`, …; huggingface_hub reads it when it is imported). With `HF_HUB_OFFLINE=1` the
copy of an earlier download is taken; without it a Hub that cannot be reached is an error, never a silent old copy.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import msgspec

from uiebench import publish
from uiebench.build.parts import LAYERS
from uiebench.errors import RecipeError, SourceError, UiebenchError, shorten
from uiebench.publish import (
    CARD,
    COMPLETE,
    CROISSANT,
    MANIFEST,
    PUBLISHED,
    RESERVED,
    File,
    Listed,
    Plan,
    Published,
    verify,
)

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi

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
    hub = _ready(f"{name}: not a folder here; ")
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
        listed = _decoded(name, manifest, Listed)
        there = _optional(repo, PUBLISHED, commit, offline)
        published = _decoded(name, there, Published) if there else None
        files = publish.to_check(name, listed, published)
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
        publish.refuse_gaps(name, listed, _decoded(name, manifest.parent / COMPLETE, Listed))
    return Pulled(manifest.parent, repo, commit, len(files), tuple(listed.held_back))


def _ready(opening: str) -> str:
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


def _optional(repo: str, file: str, commit: str, offline: bool) -> Path | None:
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


def _decoded(name: str, place: Path, kind: type[T]) -> T:
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


def _away(hub: str) -> str:
    return f"no such folder here, and {hub} cannot be reached"


# --- pushing --------------------------------------------------------------------------------------


class Pushed(msgspec.Struct, frozen=True):
    """What a push did.

    Fields:
        repo, branch, commit: where the benchmark is now; url: its page.
        added, removed: files the commit brought and took away; both empty if nothing had changed.
        unchanged: how many files were there already.
        tag: the name of this state; `tagged` is the commit it stands at, another one if it was given before.
        notes: what became of the card that was there.
        withdrawn: corpora whose text an earlier push published and this one may not; `elsewhere`: the branches and
            tags at other commits, which may hold it still, as the history does.
    """

    repo: str
    branch: str
    commit: str
    url: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    tag: str
    tagged: str
    notes: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


class There(msgspec.Struct, frozen=True):
    """A branch before a push: its commit, the hash of each file (SHA-256 if it is large, else git's), the card and
    what an earlier push listed.
    """

    commit: str = ""
    hashes: dict[str, str] = {}
    card: str = ""
    published: Published | None = None


class Change(msgspec.Struct, frozen=True):
    """What a push is to make of a branch.

    Fields: all files of the benchmark; those that are not there yet, and those to take away; and, as in `Pushed`,
    notes about the card and corpora whose text goes.
    """

    files: dict[str, File]
    added: dict[str, File]
    removed: tuple[str, ...]
    notes: tuple[str, ...]
    withdrawn: tuple[str, ...]


def push(
    plan: Plan,
    repo: str,
    *,
    private: bool = False,
    revision: str | None = None,
    into_existing: bool = False,
    tag: str = "",
    results: Sequence[Path] = (),
) -> Pushed:
    """Publish a benchmark as `plan` has it, in one commit on a branch, and tag it with the benchmark version.

    Files that are there already are not sent; what an earlier push put there and this one does not is removed, pairs
    too; files of others stay. If nothing changed there is no commit. `private` makes a new repository private; it does
    not change which text is published.

    Raises: RecipeError for a name that the Hub does not allow or a repository that is somebody else's; SourceError,
    in one line, for a missing, wrong or powerless token and a Hub that is away or refuses.
    """
    hub = refuse_names(repo, revision, tag)
    import huggingface_hub  # noqa: PLC0415 - only the Hub needs it
    from huggingface_hub import constants  # noqa: PLC0415

    if huggingface_hub.get_token() is None:
        raise SourceError(f"{repo}: no token for {hub}: hf auth login, or HF_TOKEN with the right to write")
    api, branch = huggingface_hub.HfApi(), revision or constants.DEFAULT_REVISION
    with _told(repo, hub):
        api.whoami()
        _open_repository(api, repo, private, revision)
        there = _there(api, repo, branch)
    change = compare(plan, repo, there, into_existing, results)
    commit = there.commit
    if change.added or change.removed:
        operations: list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete] = [
            *(huggingface_hub.CommitOperationAdd(path, file.place) for path, file in sorted(change.added.items())),
            *(huggingface_hub.CommitOperationDelete(path) for path in change.removed),
        ]
        with _told(repo, hub, lost="the commit is there whole or not at all"):
            commit = api.create_commit(
                repo,
                operations,
                commit_message=f"{plan.manifest.name} {plan.manifest.benchmark_version}",
                repo_type="dataset",
                revision=branch,
                parent_commit=there.commit,
            ).oid
    tag = tag or f"v{plan.manifest.benchmark_version}"
    untagged = (
        f"the benchmark is visible at {branch} (commit {commit}), without the tag {tag}: "
        f"hf repos tag create {repo} {tag} --revision {commit} --repo-type dataset"
    )
    with _told(repo, hub, untagged, lost=untagged):
        refs = api.list_repo_refs(repo, repo_type="dataset")
        tagged = next((known.target_commit for known in refs.tags if known.name == tag), "")
        if not tagged:
            api.create_tag(repo, tag=tag, revision=commit, repo_type="dataset", exist_ok=True)
    return Pushed(
        repo,
        branch,
        commit,
        f"{constants.ENDPOINT}/datasets/{repo}",
        tuple(sorted(change.added)),
        change.removed,
        len(change.files) - len(change.added),
        tag,
        tagged or commit,
        change.notes,
        change.withdrawn,
        tuple(sorted(ref.name for ref in [*refs.branches, *refs.tags] if ref.target_commit != commit)),
    )


def look(repo: str, revision: str | None) -> There:
    """A branch as it is; empty if it is not there, or may not be seen. Raises: SourceError if no Hub can be reached."""
    hub = _ready(f"{repo}: ")
    import huggingface_hub  # noqa: PLC0415
    from huggingface_hub import constants, errors  # noqa: PLC0415

    with _told(repo, hub, "nothing was compared", lost="nothing was compared"):
        try:
            return _there(huggingface_hub.HfApi(), repo, revision or constants.DEFAULT_REVISION)
        except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError):
            return There()


def compare(plan: Plan, repo: str, there: There, into_existing: bool, results: Sequence[Path]) -> Change:
    """What a push would make of a branch. Raises: RecipeError if that is somebody else's, or has files in the way."""
    from huggingface_hub import constants  # noqa: PLC0415

    _refuse_foreign(plan, repo, there, into_existing)
    files, notes = publish.described(plan, repo, constants.ENDPOINT, there.published, there.card, results)
    added = {path: file for path, file in files.items() if there.hashes.get(path) not in _hashes(file)}
    earlier = there.published or Published(plan.manifest.name, "", {})
    own = {*earlier.files, CARD, *((CROISSANT, PUBLISHED) if there.published else ())}
    among = {path for path in there.hashes if path.split("/")[0] in RESERVED and path.endswith(".parquet")}
    in_the_way = (added.keys() & there.hashes.keys()) | (among - files.keys())
    if foreign := sorted(in_the_way - own):
        raise RecipeError(
            f"--repo {repo}: holds {foreign[0]}, which no push put there, in a place of the benchmark: rename it first"
        )
    removed = sorted((earlier.files.keys() & there.hashes.keys()) - files.keys())
    return Change(files, added, tuple(removed), tuple(notes), tuple(publish.withdrawn(plan, earlier)))


def refuse_names(repo: str, revision: str | None = None, tag: str = "") -> str:
    """Raise RecipeError for a repository, branch or tag that may not be called so; the name of the Hub."""
    hub = _ready(f"{repo}: ")
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # noqa: PLC0415

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        told = " ".join(str(error).split())
        raise RecipeError(f"--repo {repo}: not a name the Hub allows ({told})") from None
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repo, re.ASCII):
        raise RecipeError(f"--repo {repo}: name the owner too: org/{repo}")
    for option, name in (("--revision", revision), ("--tag", tag)):
        if name and (_NO_REF.search(name) or name == "@"):
            raise RecipeError(f"{option} {name!r}: not a name that git allows")
    return hub


_NO_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[/-]|[/.]$|(^|/)\.|\.lock(/|$)")
"""What the name of a branch or tag may not hold (https://git-scm.com/docs/git-check-ref-format)."""


def _open_repository(api: HfApi, repo: str, private: bool, revision: str | None) -> None:
    """Make sure that there is a dataset repository, and the branch in it."""
    from huggingface_hub.errors import RepositoryNotFoundError  # noqa: PLC0415

    try:
        found = api.repo_info(repo, repo_type="dataset")
    except RepositoryNotFoundError:
        for kind in ("model", "space"):
            if api.repo_exists(repo, repo_type=kind):
                raise RecipeError(
                    f"--repo {repo}: a {kind} is called so; a benchmark goes into a dataset repository: choose "
                    "another name, or create the dataset first"
                ) from None
        api.create_repo(repo, repo_type="dataset", private=private or None)
    else:
        if private and not found.private:
            raise RecipeError(f"--repo {repo}: is there and public; --private makes a new repository only")
    if revision:
        api.create_branch(repo, branch=revision, repo_type="dataset", exist_ok=True)


def _there(api: HfApi, repo: str, branch: str) -> There:
    from huggingface_hub import RepoFile  # noqa: PLC0415

    commit = api.repo_info(repo, repo_type="dataset", revision=branch).sha or ""
    entries = api.list_repo_tree(repo, recursive=True, repo_type="dataset", revision=commit)
    hashes = {
        entry.path: entry.lfs.sha256 if entry.lfs else entry.blob_id for entry in entries if isinstance(entry, RepoFile)
    }
    card = _optional(repo, CARD, commit, offline=False) if CARD in hashes else None
    listed = _optional(repo, PUBLISHED, commit, offline=False) if PUBLISHED in hashes else None
    said = card.read_text(encoding="utf-8", errors="replace") if card else ""
    return There(commit, hashes, said, _decoded(repo, listed, Published) if listed else None)


def _refuse_foreign(plan: Plan, repo: str, there: There, into_existing: bool) -> None:
    """Raise if the repository is of another benchmark, or was not made by a push and is not to be added to."""
    if there.published:
        if there.published.benchmark != plan.manifest.name:
            raise RecipeError(
                f"--repo {repo}: holds the benchmark {there.published.benchmark!r}, not {plan.manifest.name!r}: "
                "one repository, one benchmark"
            )
        return
    foreign = sorted(set(there.hashes) - {".gitattributes"})
    if foreign and not into_existing:
        raise RecipeError(
            f"--repo {repo}: holds {len(foreign):,} files that no push of a benchmark put there (e.g. {foreign[0]}); "
            "--into-existing adds the benchmark to them"
        )


def _hashes(file: File) -> set[str]:
    """The hashes by which the Hub may know a file: SHA-256 of large files, git's of others."""
    blob = hashlib.sha1(b"blob %d\0" % file.bytes, usedforsecurity=False)
    with file.place.open("rb") as data:
        while chunk := data.read(1 << 20):
            blob.update(chunk)
    return {file.sha256, blob.hexdigest()}


@contextmanager
def _told(
    repo: str, hub: str, outcome: str = "nothing was published", *, lost: str = "nothing was published"
) -> Iterator[None]:
    """What goes wrong in a step of a push, as one line: `outcome` says what is there then, `lost` what if the
    connection breaks. Nothing of a request is shown: it may hold a token.
    """
    from httpx2 import HTTPError  # noqa: PLC0415
    from huggingface_hub import errors  # noqa: PLC0415

    try:
        try:
            yield
        except RuntimeError as error:  # what the client makes of a failed upload of one file
            if error.__cause__ is None:
                raise
            raise error.__cause__ from None
    except errors.LocalTokenNotFoundError:
        raise SourceError(f"{repo}: {hub} wants a token: hf auth login or HF_TOKEN; {outcome}") from None
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        told = {
            400: "took something for malformed",
            401: "refuses this token (hf auth whoami tells whose it is)",
            403: "gives this token no right to write there",
            404: "knows no such place",
            409: "has it already, or was changed meanwhile; run it again",
            412: "says that the branch was changed meanwhile; run it again",
        }.get(status, "refuses")
        raise SourceError(f"{repo}: {hub} {told} (status {status}); {outcome}") from None
    except errors.OfflineModeIsEnabled:
        raise SourceError(f"{repo}: HF_HUB_OFFLINE is set; {outcome}") from None
    except (HTTPError, ConnectionError, TimeoutError):
        raise SourceError(
            f"{repo}: no connection to {hub}, or it was lost; {lost}; run it again, and what was uploaded is not "
            "sent twice"
        ) from None
    except ValueError as error:  # what the client makes of a card that the Hub refuses
        told = shorten(" ".join(str(error).split()), 300)
        raise SourceError(f"{repo}: {hub} refuses what was to be sent: {told}; {outcome}") from None
