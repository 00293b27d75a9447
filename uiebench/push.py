"""A benchmark on its way to the Hugging Face Hub: one commit or none, and a tag.

    done = push(plan, "org/zh")   →  Pushed(repo="org/zh", branch="main", commit="5f3a…", tag="v0.2", added=(…), …)

`uiebench.publish` says what is sent and what is taken away; here it is sent. The commit is made on top of the
state that was compared: if somebody else commits meanwhile, the Hub refuses it, and nothing is visible of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from uiebench.errors import RecipeError, SourceError, shorten
from uiebench.hub import decoded, optional, ready, unwritable
from uiebench.publish import Plan, Published, There, Wish, compare
from uiebench.publish.records import CARD, PUBLISHED

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi


class Pushed(msgspec.Struct, frozen=True):
    """What a push did.

    Fields:
        repo, branch, commit: where the benchmark is now; url: its page.
        added, removed: files the commit brought and took away; both empty if nothing had changed.
        unchanged: how many files were there already.
        tag: the name of this state; `tagged` is the commit it stands at, another one if it was given before.
        kept: what is not in the benchmark and stays, in words.
        notes: what became of the card that was there and of files that others changed.
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
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


def push(
    plan: Plan,
    repo: str,
    *,
    private: bool = False,
    revision: str | None = None,
    tag: str = "",
    wish: Wish = Wish(),  # noqa: B008 - a value
) -> Pushed:
    """Publish a benchmark as `plan` has it, in one commit on a branch, and tag it with the version in its manifest.

    Files that are there already are not sent; `uiebench.publish.change` says what stays and what is taken away. If
    nothing changed there is no commit. `private` makes a new repository private; it does not change which text is
    published.

    Raises: RecipeError for a name that the Hub does not allow or a repository that is somebody else's; SourceError,
    in one line, for a missing, wrong or powerless token and a Hub that is away or refuses.
    """
    tag = tag or f"v{plan.manifest.benchmark_version}"
    hub = refuse_names(repo, revision, tag)
    import huggingface_hub  # noqa: PLC0415 - only the Hub needs it
    from huggingface_hub import constants  # noqa: PLC0415

    if huggingface_hub.get_token() is None:
        raise SourceError(f"{repo}: no token for {hub}: hf auth login, or HF_TOKEN with the right to write")
    api, branch = huggingface_hub.HfApi(), revision or constants.DEFAULT_REVISION
    with _told(repo, hub):
        api.whoami()
        _open_repository(api, repo, private, revision)
        if tag in {known.name for known in api.list_repo_refs(repo, repo_type="dataset").branches}:
            raise RecipeError(f"--tag {tag!r}: a branch of {repo} is called so, and the tag would hide it")
        there = _there(api, repo, branch, hub)
    change = compare(plan, repo, constants.ENDPOINT, there, wish)
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
        change.kept,
        change.notes,
        change.withdrawn,
        tuple(sorted(ref.name for ref in [*refs.branches, *refs.tags] if ref.target_commit != commit)),
    )


def look(repo: str, revision: str | None) -> There:
    """A branch as it is; empty if it is not there, or may not be seen. Raises: SourceError if no Hub can be reached."""
    hub = ready(f"{repo}: ")
    import huggingface_hub  # noqa: PLC0415
    from huggingface_hub import constants, errors  # noqa: PLC0415

    with _told(repo, hub, "nothing was compared", lost="nothing was compared"):
        try:
            return _there(huggingface_hub.HfApi(), repo, revision or constants.DEFAULT_REVISION, hub)
        except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError):
            return There()


def refuse_names(repo: str, revision: str | None = None, tag: str = "") -> str:
    """Raise RecipeError for a repository, branch or tag that may not be called so; the name of the Hub."""
    hub = ready(f"{repo}: ")
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
    if tag and (tag in ("main", "HEAD", revision) or tag.startswith("refs/")):
        raise RecipeError(f"--tag {tag!r}: the name of a branch, which the tag would hide")
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
    if revision and not revision.startswith("refs/"):  # a pull request is opened on its page
        api.create_branch(repo, branch=revision, repo_type="dataset", exist_ok=True)


def _there(api: HfApi, repo: str, branch: str, hub: str) -> There:
    from huggingface_hub import RepoFile, hf_hub_download  # noqa: PLC0415

    commit = api.repo_info(repo, repo_type="dataset", revision=branch).sha or ""
    entries = api.list_repo_tree(repo, recursive=True, repo_type="dataset", revision=commit)
    hashes = {
        entry.path: entry.lfs.sha256 if entry.lfs else entry.blob_id for entry in entries if isinstance(entry, RepoFile)
    }
    card = optional(repo, CARD, commit, offline=False) if CARD in hashes else None
    listed = optional(repo, PUBLISHED, commit, offline=False) if PUBLISHED in hashes else None

    def fetch(path: str) -> Path:
        with _told(repo, hub):
            return Path(hf_hub_download(repo, path, repo_type="dataset", revision=commit))

    said = card.read_text(encoding="utf-8", errors="replace") if card else ""
    return There(commit, hashes, said, decoded(repo, listed, Published) if listed else None, fetch)


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
    except (HTTPError, ConnectionError, TimeoutError, errors.LocalEntryNotFoundError):
        raise SourceError(
            f"{repo}: no connection to {hub}, or it was lost; {lost}; run it again, and what was uploaded is not "
            "sent twice"
        ) from None
    except OSError as error:
        raise unwritable(repo, error) from None
    except ValueError as error:  # what the client makes of a card that the Hub refuses
        told = shorten(" ".join(str(error).split()), 300)
        raise SourceError(f"{repo}: {hub} refuses what was to be sent: {told}; {outcome}") from None
