"""`uiebench push`, `pull` and `rebuild`: benchmarks on the Hugging Face Hub."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uiebench.publish import Change, Plan

say = partial(print, file=sys.stderr)


def push(
    benchmark: Annotated[Path, typer.Argument(help="Folder of the benchmark.")],
    repo: Annotated[str, typer.Option("--repo", help="Dataset repository: org/name.")],
    private: Annotated[
        bool, typer.Option("--private", help="Make a new repository private. What is held back stays so.")
    ] = False,
    revision: Annotated[
        str | None, typer.Option("--revision", help="Branch to push to; made if it is not there.", show_default="main")
    ] = None,
    tag: Annotated[
        str, typer.Option("--tag", help="Name of this state.", show_default="v and the version in the manifest")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing; list what would be published.")] = False,
    into_existing: Annotated[
        bool, typer.Option("--into-existing", help="Add the benchmark to a repository that holds other files.")
    ] = False,
    results: Annotated[
        list[Path] | None,
        typer.Option("--results", help="What `uiebench score --json` printed, for the card; may be repeated."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            "--remove",
            help="Take away what is published and not in the benchmark: a config (pairs), a split (pairs/dev), results "
            "or results/NAME; may be repeated.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Publish a benchmark on the Hugging Face Hub in one commit: what its licences allow, and how to make the rest."""
    import msgspec

    from uiebench.errors import SourceError
    from uiebench.publish import There, Wish, compare, prepare
    from uiebench.push import look, refuse_names
    from uiebench.push import push as publish

    refuse_names(repo, revision, tag)
    from huggingface_hub import constants

    wish = Wish(into_existing, tuple(results or ()), tuple(remove or ()))
    with tempfile.TemporaryDirectory(prefix="uiebench-push-") as folder:
        plan = prepare(benchmark, Path(folder))
        if dry_run:
            try:
                there = look(repo, revision)
            except SourceError as error:
                say(f"note: {error}")
                there = There()
            listing(plan, repo, compare(plan, repo, constants.ENDPOINT, there, wish), as_json)
            return
        done = publish(plan, repo, private=private, revision=revision, tag=tag, wish=wish)
        held_back = sorted(plan.held_back)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(done), indent=2).decode())
    if done.added or done.removed:
        gone = f", {len(done.removed):,} removed" if done.removed else ""
        say(f"{len(done.added):,} files sent{gone}, {done.unchanged:,} were there: commit {done.commit}")
    else:
        say(f"nothing has changed: {done.commit}")
    if held_back:
        say(f"held back: {', '.join(held_back)} (rebuilt with: uiebench rebuild {repo} --raw DIR)")
    for path in done.removed:
        say(f"removed: {path}")
    for what in done.kept:
        say(f"stays: {what}")
    for note in done.notes:
        say(f"note: {note}")
    if done.withdrawn:
        say(history(repo, done.branch, done.withdrawn, done.elsewhere))
    if done.tagged != done.commit:
        say(f"note: the tag {done.tag} stands at {done.tagged} and stays there; name this state with --tag")
    if not as_json:
        print(done.url if done.branch == "main" else f"{done.url}/tree/{done.branch}")


def history(repo: str, branch: str, withdrawn: tuple[str, ...], elsewhere: tuple[str, ...]) -> str:
    """That withdrawn text is still in the history, where, and how its owner deletes it."""
    also = f" and may stay at {', '.join(elsewhere)}" if elsewhere else ""
    return (
        f"note: the text of {', '.join(withdrawn)}, published by an earlier push, is no longer at {branch}. It "
        f"stays in earlier commits{also} until the owner deletes such tags and branches "
        f"(hf repos tag delete {repo} TAG --repo-type dataset) and the history "
        f'(huggingface_hub.HfApi().super_squash_history("{repo}", branch="{branch}", repo_type="dataset"))'
    )


def listing(plan: Plan, repo: str, change: Change, as_json: bool) -> None:
    """Print what a push would publish: corpora with their licences, files with their sizes, what is held back, and
    what it would change in the repository.
    """
    import msgspec
    from rich.console import Console
    from rich.table import Table

    from uiebench.publish import configs
    from uiebench.publish.plan import corpus_of

    files = change.files
    made = configs(plan.manifest.recipe, files)
    if as_json:
        known = {
            "repo": repo,
            "files": {path: {"bytes": file.bytes, "sha256": file.sha256} for path, file in sorted(files.items())},
            "added": sorted(change.added),
            "removed": change.removed,
            "kept": change.kept,
            "notes": change.notes,
            "withdrawn": change.withdrawn,
            "licences": {name: corpus.licence.name for name, corpus in plan.corpora.items()},
            "held_back": plan.held_back,
            "permissions": plan.permissions,
            "pairs_held_back": plan.pairs_held_back,
            "configs": {config.name: config.splits for config in made},
        }
        print(msgspec.json.format(msgspec.json.encode(known), indent=2).decode())
        return
    console = Console(width=None if sys.stdout.isatty() else 140)
    table = Table("corpus", "licence", "text", box=None, header_style="bold", pad_edge=False)
    table.add_column("files", justify="right")
    table.add_column("bytes", justify="right")
    for name, corpus in plan.corpora.items():
        own = [file for path, file in files.items() if corpus_of(path) == name or path.startswith(f"withheld/{name}/")]
        text = (
            f"held back ({len(plan.held_back[name].files):,} files)"
            if name in plan.held_back
            else "by permission"
            if name in plan.permissions
            else "invented"
            if plan.manifest.recipe.samples
            else "published"
        )
        table.add_row(name, corpus.licence.name, text, f"{len(own):,}", f"{sum(file.bytes for file in own):,}")
    console.print(table)
    print()
    table = Table("file", box=None, header_style="bold", pad_edge=False)
    table.add_column("bytes", justify="right")
    for path, file in sorted(files.items()):
        table.add_row(path, f"{file.bytes:,}")
    console.print(table)
    print()
    for config in made:
        print(f'load_dataset("{repo}", "{config.name}")  {", ".join(config.splits)}')
    for name, count in sorted(plan.pairs_held_back.items()):
        print(f"held back: {count:,} reward pairs of {name}")
    for path in change.removed:
        print(f"would be removed: {path}")
    for what in change.kept:
        print(f"would stay: {what}")
    for note in change.notes:
        print(f"note: {note}")
    if change.withdrawn:
        print(f"note: the text of {', '.join(change.withdrawn)} would go, and stay in the history of the repository")
    sent = sum(file.bytes for file in change.added.values())
    say(
        f"{len(files):,} files, {sum(file.bytes for file in files.values()):,} bytes; "
        f"{len(change.added):,} files, {sent:,} bytes are not there; nothing was sent"
    )


def pull(
    name: Annotated[str, typer.Argument(help="Repository: org/name or org/name@revision.")],
) -> None:
    """Download a benchmark from the Hub into its cache, check every file, and print the folder."""
    from uiebench import hub

    pulled = hub.pull(name)
    say(f"{pulled.repo}@{pulled.commit}: {pulled.files:,} files, each as its manifest says")
    if pulled.held_back:
        say(f"held back: {', '.join(pulled.held_back)} (rebuilt with: uiebench rebuild {name} --raw DIR)")
    print(pulled.folder)


def rebuild(
    name: Annotated[str, typer.Argument(help="Repository (org/name or org/name@revision), or the folder of a copy.")],
    raw: Annotated[
        Path | None,
        typer.Option("--raw", help="Folder with one folder of native files for each corpus.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder of the benchmark.", show_default="benchmarks/<name of the benchmark>"),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, help="Processes to use.", show_default="the number of cores")
    ] = os.cpu_count() or 1,
) -> None:
    """Rebuild a published benchmark whole from the original files, and check that every byte is the same."""
    from uiebench import hub
    from uiebench.cli.bar import bar
    from uiebench.rebuild import rebuild as build_again
    from uiebench.rebuild import refuse_other, whole_manifest
    from uiebench.sources import default_raw

    published = Path(name)
    if hub.is_hub_id(published):
        published = hub.pull(name).folder
    manifest = whole_manifest(published)
    place = out or Path("benchmarks") / manifest.name
    if out is None:
        refuse_other(place, manifest)
    with bar("building") as progress:
        files = build_again(published, raw=raw or default_raw(), out=place, jobs=jobs, progress=progress)
    say(f"{manifest.name}: {files:,} files, each with the bytes of the published benchmark")
    print(place)
