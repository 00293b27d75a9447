"""`uiebench corpora list|show|fetch|check`: what there is, where to get it, whether it converts."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.table import Table

    from uiebench.build.convert import Absent
    from uiebench.types import Corpus, Document, RelationLabel, Source, SplitName

app = typer.Typer(help="The corpora: what there is, how to get it, whether it converts.", no_args_is_help=True)

Raw = Annotated[
    Path | None,
    typer.Option(
        "--raw",
        help="Folder with one folder of native files for each corpus.",
        show_default="$UIEBENCH_RAW or the user's cache folder",
    ),
]
Names = Annotated[list[str] | None, typer.Argument(help="Corpora; all of them if none is named.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")]

say = partial(print, file=sys.stderr)


@app.command("list")
def list_(raw: Raw = None, as_json: Json = False) -> None:
    """List the corpora: language, tasks, labels, licence, and which splits the raw folder holds."""
    from uiebench import catalogue
    from uiebench.sources import default_raw

    folder = raw or default_raw()
    entries = [_entry(catalogue.load(name), folder) for name in catalogue.names()]
    if as_json:
        _print_json(entries)
        return
    table = _table("corpus", "", "tasks", "domain", "labels", "licence", "checked on", "here", "missing")
    for entry in entries:
        here = " ".join(split for split, there in entry["splits"].items() if there)
        missing = " ".join(split for split, there in entry["splits"].items() if not there)
        labels = ", ".join(f"{n} {kind}" for kind, n in entry["labels"].items() if n)
        tasks = ", ".join(entry["tasks"])
        known = (entry["name"], entry["language"], tasks, entry["domain"], labels, entry["licence"], entry["verified"])
        table.add_row(*known, here, missing)
    _print(table)
    say(f"\n{len(entries)} corpora; here and missing: the splits whose files are in {folder}, and those whose are not")
    say("next: uiebench corpora show NAME, uiebench corpora fetch NAME")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The corpus.")],
    as_json: Json = False,
) -> None:
    """Show everything known about a corpus."""
    from uiebench import catalogue
    from uiebench.sources import remedy
    from uiebench.types import plain

    corpus = catalogue.load(name)
    if as_json:
        fields = [field for field in corpus.__struct_fields__ if field not in ("read", "splits", "readings")]
        known = {field: plain(getattr(corpus, field)) for field in fields}
        known["splits"] = [
            {"name": s.name, "gold": s.gold, "extract": s.extract, "files": plain(s.files)} for s in corpus.splits
        ]
        known["readings"] = {
            name: {"unit": reading.unit, "expect": plain(reading.expect)} for name, reading in corpus.readings.items()
        }
        _print_json(known)
        return
    print(f"{corpus.title} ({corpus.name})\n{corpus.description}\n")
    print(f"language   {corpus.language}\ndomain     {corpus.domain}\ntasks      {', '.join(corpus.tasks)}")
    print(f"homepage   {corpus.homepage}\nlicence    {corpus.licence.name}")
    print(
        f"           its text may {'' if corpus.licence.redistribute else 'not '}be passed on. {corpus.licence.terms}"
    )
    print(f"checked    on {'the original files' if corpus.verified == 'original' else 'a sample only'}\n")
    table = _table("split", "file", "how to get it")
    for split in corpus.splits:
        title = split.name + ("" if split.gold else " (no gold)") + (f" ({split.extract})" if split.extract else "")
        for source in split.files:
            table.add_row(title, source.path or "(folder)", remedy(name, source))
            title = ""
    _print(table)
    for kind in ("entities", "relations", "events"):
        labels = getattr(corpus.schema, kind)
        if not labels:
            continue
        joins = [_joins(label) for label in labels] if kind == "relations" else []
        apart = len(set(joins)) > 1  # else said once
        table = _table(kind, "中文", "English", "concept", *(["joins"] if apart else []), "")
        for number, label in enumerate(labels):
            joined = [joins[number]] if apart else []
            table.add_row(label.name, label.zh, label.en, label.concept, *joined, label.description)
            for role in label.roles if kind == "events" else ():
                table.add_row(f"  {role.name}", role.zh, role.en, role.concept, role.description)
        print()
        _print(table)
        if joins and joins[0] and not apart:
            print(f"each of them joins {joins[0]}")
    if corpus.defects:
        print("\nknown defects")
        for reason, why in corpus.defects.items():
            print(f"  {reason}: {why}")
    if corpus.expect or corpus.published or corpus.reported:
        print()
        _print(_sizes(corpus))
    if corpus.differences:
        print(f"\nwhere these differ\n  {corpus.differences}")
    print(f"\n{corpus.citation}")


def _joins(label: RelationLabel) -> str:
    """The types of entities that a relation joins: "PER → ORG/GPE"; empty if they are not said."""
    if not label.heads and not label.tails:
        return ""
    return f"{'/'.join(label.heads) or '…'} → {'/'.join(label.tails) or '…'}"


def _sizes(corpus: Corpus) -> Table:
    """The documents of each split by our count, in each reading, by the authors' and by others'."""
    from uiebench.types import SPLITS, Totals

    table = _table("documents", *SPLITS)
    rows = {"ours": corpus.expect}
    rows |= {f"ours, reading {name} ({reading.unit})": reading.expect for name, reading in corpus.readings.items()}
    if corpus.published:
        rows[f"published ({corpus.published_source})"] = corpus.published
    for what, totals in rows.items():
        figures = [totals.get(split, Totals()).documents for split in SPLITS]
        table.add_row(what, *("?" if n is None else f"{n:,}" for n in figures))
    for said in corpus.reported:
        labels = f"{said.labels} types" + (f", {said.roles} roles" if said.roles else "")
        what = f"{said.work}, {said.task}, {labels}"
        table.add_row(what, *(f"{n:,}" for n in (said.train, said.dev, said.test)))
    return table


@app.command()
def fetch(
    names: Annotated[list[str], typer.Argument(help="The corpora to download.")],
    raw: Raw = None,
    accept: Annotated[
        bool, typer.Option("--accept-licence", help="I have read the licences and keep to them.")
    ] = False,
) -> None:
    """Download the files of corpora into the raw folder; an interrupted download goes on where it was."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from uiebench import catalogue
    from uiebench.errors import SourceError
    from uiebench.sources import Found, default_raw, locate
    from uiebench.sources import fetch as download
    from uiebench.types import Manual

    folder, failures = raw or default_raw(), list[str]()
    corpora = [catalogue.load(name) for name in names]
    for corpus in corpora:
        _ask_licence(corpus, accept)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        tell = partial(bar.console.print, soft_wrap=True, highlight=False)
        for corpus in corpora:
            sources: dict[Source, None] = {source: None for split in corpus.splits for source in split.files}
            for source in sources:
                before = locate(folder, corpus.name, source)
                if isinstance(before, Found):
                    tell(f"{corpus.name}: {before.path} is there")
                    continue
                if isinstance(source, Manual):
                    tell(f"{corpus.name}: {source.path}: {before.remedy}")
                    continue
                task = bar.add_task(f"{corpus.name}/{source.path}", total=None)
                try:
                    got = download(folder, corpus.name, source, partial(_advance, bar, task))
                except SourceError as error:
                    failures.append(str(error))
                    continue
                if not got.pinned:
                    tell(f"{corpus.name}: {source.path} is unverified: sha256 {got.sha256}")
            lacking = [f"{gap.split} ({', '.join(gap.missing)})" for gap in _gaps(corpus, folder)]
            done = "complete" if not lacking else f"still missing: {', '.join(lacking)}"
            tell(f"{corpus.name}: {done}")
    if failures:
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        raise SourceError(f"{failures[0]}{more}")
    say(f"next: uiebench corpora check {' '.join(names)}{f' --raw {folder}' if raw else ''}")


def _gaps(corpus: Corpus, folder: Path) -> list[Absent]:
    """The splits of a corpus of which no alternative is whole in the raw folder."""
    from uiebench.build.convert import Absent, find

    found = [find(corpus, name, folder) for name in dict.fromkeys(split.name for split in corpus.splits)]
    return [gap for gap in found if isinstance(gap, Absent)]


def _advance(bar: Progress, task: TaskID, had: int, total: int) -> None:
    bar.update(task, completed=had, total=total or None)


def _ask_licence(corpus: Corpus, accepted: bool) -> None:
    """Stop unless the licence is open, or the user accepts it."""
    from uiebench.errors import RecipeError

    if corpus.licence.redistribute or accepted:
        return
    say(f"{corpus.title}: licence {corpus.licence.name}. {corpus.licence.terms} {corpus.homepage}")
    if not sys.stdin.isatty():
        raise RecipeError(f"{corpus.name}: its licence has to be accepted: --accept-licence")
    if not typer.confirm("Do you have the right to use it, and will you keep to its terms?", err=True):
        raise RecipeError(f"{corpus.name}: not fetched")


@app.command()
def check(
    names: Names = None,
    raw: Raw = None,
    samples: Annotated[bool, typer.Option("--samples", help="Read the bundled samples.")] = False,
    show: Annotated[
        int, typer.Option("--show", min=0, help="Print so many documents of each split, evenly spread.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Convert corpora from the raw folder and compare the totals with the expected ones."""
    from uiebench import catalogue
    from uiebench.build.convert import Absent, Ready, find, find_sample
    from uiebench.errors import BrokenInvariant, SourceError, UiebenchError
    from uiebench.sources import default_raw
    from uiebench.types import SPLITS

    folder = raw or default_raw()
    results: list[dict[str, Any]] = []
    for name in names or catalogue.names():
        corpus = catalogue.load(name)
        for split in SPLITS:
            alternatives = corpus.alternatives(split)
            if not alternatives:
                continue
            try:
                if samples:
                    ready: Ready | Absent = find_sample(corpus, alternatives[0], catalogue.samples(name))
                else:
                    ready = find(corpus, split, folder)
                if isinstance(ready, Absent):
                    verdict = f"missing: {', '.join(ready.missing)}: {ready.remedy}"
                    results.append({"corpus": name, "split": split, "verdict": verdict})
                else:
                    results.append(_convert(corpus, split, ready, "", show))
                    for reading in corpus.readings:
                        if not as_json:
                            _print_result(results[-1])
                        results.append(_convert(corpus, split, ready, reading, show))
            except UiebenchError as error:
                results.append({"corpus": name, "split": split, "verdict": f"error: {error}"})
            if not as_json:
                _print_result(results[-1])
    if as_json:
        _print_json(results)
    if wrong := [r for r in results if r["verdict"].startswith(("expected", "error"))]:
        raise BrokenInvariant(f"{len(wrong)} of {len(results)} splits do not convert as they should")
    if results and all(result["verdict"].startswith("missing") for result in results):
        named = sorted({result["corpus"] for result in results})
        if begun := [name for name in named if (folder / name).is_dir() and any((folder / name).iterdir())]:
            first = next(result for result in results if result["corpus"] == begun[0])
            raise SourceError(f"{folder / begun[0]}: not whole; {first['split']}: {first['verdict']}")
        raise SourceError(f"{folder}: no files of {', '.join(names or ['any corpus'])}; name a folder with --raw")


def _convert(corpus: Corpus, split: SplitName, ready: Any, reading: str, show: int) -> dict[str, Any]:
    """Convert a split in a reading, compare its totals, and keep `show` of its documents."""
    from uiebench.build.convert import convert
    from uiebench.build.stats import Statistics
    from uiebench.ledger import Ledger
    from uiebench.types import plain

    ledger, statistics = Ledger(corpus.defects, seen=ready.pinned), Statistics()
    documents = statistics.watch(convert(corpus, ready, ledger, reading))
    shown: list[Document] = []
    if show:
        kept = list(documents)
        shown = kept[:: max(1, len(kept) // show)][:show]
    else:
        for _ in documents:
            pass
    got = statistics.summary(ledger).totals
    wanted = (corpus.readings[reading].expect if reading else corpus.expect).get(split)
    verdict = "unpinned" if not ready.pinned else "as expected" if got == wanted else f"expected {plain(wanted)}"
    result = {"corpus": corpus.name, "split": split, "reading": reading, "verdict": verdict, "totals": plain(got)}
    return result | ({"documents": [plain(document) for document in shown]} if show else {})


def _print_document(document: dict[str, Any]) -> None:
    """Print a document as its text and one line for each annotation."""
    print(f"\n{document['id']}\n{document['text']}")
    for entity in document["entities"]:
        print(f"  {entity['type']}: {_mention(entity)}")
    for relation in document["relations"]:
        print(f"  {relation['type']}: {_mention(relation['head'])} → {_mention(relation['tail'])}")
    for event in document["events"]:
        print(f"  {event['type']}: {_mention(event['trigger']) if event['trigger'] else '(no trigger)'}")
        for argument in event["arguments"]:
            print(f"    {argument['role']}: {_mention(argument)}")
    if not document["entities"] and not document["relations"] and not document["events"]:
        print("  (no annotation)")


def _mention(span: dict[str, Any]) -> str:
    """A mention with its place, where it has one: 高明 [0:2]"""
    text = span["text"].replace("\n", "\\n")
    return text if span["start"] is None else f"{text} [{span['start']}:{span['end']}]"


def _print_result(result: dict[str, Any]) -> None:
    totals = result.get("totals", {})
    figures = " ".join(f"{key}={value}" for key, value in totals.items() if value)
    split = f"{result['split']} ({result['reading']})" if result.get("reading") else result["split"]
    print(f"{result['corpus']} {split}: {figures} {result['verdict']}".replace("  ", " "), flush=True)
    for document in result.get("documents", ()):
        _print_document(document)
    if result.get("documents"):
        print(flush=True)


def _entry(corpus: Corpus, folder: Path) -> dict[str, Any]:
    """A line of the list. Whether files are there is told by their paths; hashes are not computed."""
    splits: dict[str, bool] = {}
    for split in corpus.splits:
        there = all(_is_there(folder / corpus.name, source) for source in split.files)
        splits[split.name] = splits.get(split.name, False) or there
    schema = corpus.schema
    kinds = {"entities": schema.entities if "NER" in corpus.tasks else (), "relations": schema.relations}
    return {
        "name": corpus.name,
        "title": corpus.title,
        "language": corpus.language,
        "tasks": list(corpus.tasks),
        "domain": corpus.domain,
        "labels": {kind: len(labels) for kind, labels in (kinds | {"events": schema.events}).items()},
        "licence": corpus.licence.name,
        "redistribute": corpus.licence.redistribute,
        "verified": corpus.verified,
        "splits": splits,
    }


def _is_there(folder: Path, source: Source) -> bool:
    from uiebench.sources import members

    place = folder / source.path
    if members(source):
        return place.is_dir() and any(place.iterdir())
    return place.is_file() or (bool(source.sha256) and any(path.is_file() for path in folder.rglob(place.name)))


def _table(*header: str) -> Table:
    from rich.table import Table

    return Table(*header, box=None, header_style="bold", pad_edge=False)


def _print(table: Table) -> None:
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _print_json(value: object) -> None:
    import msgspec

    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
