"""Data cards: one Markdown page for each corpus, made from its literal, its counted labels and the audit.

    data_cards/resume.md           what it is, labels, splits, an invented example, defects, licence, citation
    data_cards/index.md            all of them in one table
    data_cards/statistics.json     counted on the original files: {"resume": {"train": {"sources": …, "stats": …}}}
    data_cards/contamination.json  pairs of splits that share texts, from `uiebench audit --json`

Cards open with the front matter of the Hugging Face Hub. They are a function of the modules and the two JSON
files, so whether they are stale can be told without any original file. Examples are the invented samples.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from uiebench import catalogue
from uiebench.build.audit import Audit
from uiebench.build.convert import Absent, convert, find, find_sample
from uiebench.build.report import FIGURES, markdown, number
from uiebench.build.stats import SplitStats, Statistics
from uiebench.errors import SourceError, UiebenchError
from uiebench.hashing import members_of
from uiebench.ledger import Ledger
from uiebench.sources import members, remedy
from uiebench.storage import write_bytes, write_json
from uiebench.types import (
    SPLITS,
    Archive,
    Corpus,
    Document,
    EventLabel,
    HubFile,
    Label,
    Licence,
    Manual,
    RelationLabel,
    Source,
    Split,
    SplitName,
    Task,
    Totals,
    plain,
)

T = TypeVar("T")
STATISTICS, CONTAMINATION, INDEX = "statistics.json", "contamination.json", "index.md"
TASK_NAMES: dict[Task, tuple[str, str]] = {
    "NER": ("named entity recognition", "实体抽取"),
    "RE": ("relation extraction", "关系抽取"),
    "EE": ("event extraction", "事件抽取"),
    "EET": ("event detection", "事件触发词识别"),
    "EEA": ("event argument extraction", "事件论元抽取"),
}
LANGUAGES = {"zh": ("Chinese", "中文"), "en": ("English", "英文")}
LICENCES = {
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
    "CC BY 3.0": "cc-by-3.0",
    "CC BY 4.0": "cc-by-4.0",
    "CC BY-SA 3.0": "cc-by-sa-3.0",
    "CC BY-SA 4.0": "cc-by-sa-4.0",
    "CC BY-NC-SA 4.0": "cc-by-nc-sa-4.0",
    "unknown": "unknown",
}
"""Licences that the Hub has an identifier for; any other is "other" with a name and a link."""
WIKIPEDIA = "Wikipedia (CC BY-SA)"
"""By these words the terms of a corpus say that its texts have a licence of their own beside that of the corpus."""
WIKIPEDIA_LICENCE = ("cc-by-sa-3.0", "https://creativecommons.org/licenses/by-sa/3.0/")
"""Wikipedia's until June 2023; these corpora are older."""
SHOWN_PAIRS = 20
EXAMPLE_LINES, EXAMPLE_CHARACTERS = 24, 1400


# --- what was counted -----------------------------------------------------------------------------


class Counted(msgspec.Struct, frozen=True):
    """A split counted on its original files: which part of the split they hold, their hashes, and the figures."""

    extract: str
    sources: dict[str, str]
    stats: SplitStats


class Shared(msgspec.Struct, frozen=True):
    """Texts of an evaluation split that stand in another split, by kind; see `uiebench.build.audit.Pair`."""

    source: str
    evaluation: str
    texts: int
    exact: int
    near: int
    contained: int
    partial: int
    hit: int


class Known(msgspec.Struct, frozen=True):
    """What cards need beside the modules: statistics by corpus and split, and pairs of splits that share texts."""

    statistics: dict[str, dict[SplitName, Counted]] = {}
    contamination: tuple[Shared, ...] = ()
    compared: frozenset[str] = frozenset()


class Contamination(msgspec.Struct, frozen=True):
    """contamination.json: the splits that were compared, and the pairs of them with hits, most hits first."""

    splits: tuple[str, ...]
    pairs: tuple[Shared, ...]


def count(raw: Path, progress: Callable[[str], None] = lambda name: None) -> dict[str, dict[SplitName, Counted]]:
    """Statistics of every split whose original files are in `raw`; files of unknown hash are not counted."""
    found: dict[str, dict[SplitName, Counted]] = {}
    for name in catalogue.names():
        corpus = catalogue.load(name)
        progress(name)
        for split in SPLITS:
            ready = find(corpus, split, raw) if corpus.alternatives(split) else None
            if ready is None or isinstance(ready, Absent) or not ready.pinned:
                continue
            ledger, statistics = Ledger(corpus.defects), Statistics()
            for _ in statistics.watch(convert(corpus, ready, ledger)):
                pass
            sources = {source.path: file.sha256 for source, file in zip(ready.split.files, ready.files, strict=True)}
            found.setdefault(name, {})[split] = Counted(ready.split.extract, sources, statistics.summary(ledger))
    return found


def of_audit(path: Path) -> Contamination:
    """What cards keep of an audit written by ``uiebench audit --json``. Raises: SourceError."""
    try:
        audit = msgspec.json.decode(path.read_bytes(), type=Audit)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: not what `uiebench audit --json` writes ({error})") from None
    kept = [Shared(*(getattr(pair, field) for field in Shared.__struct_fields__)) for pair in audit.pairs if pair.hit]
    kept.sort(key=lambda pair: (-pair.hit, pair.evaluation, pair.source))
    return Contamination(tuple(sorted(split.name for split in audit.splits)), tuple(kept))


def known(folder: Path) -> Known:
    """What the two JSON files of a folder of cards say. Raises: SourceError if one is damaged."""
    statistics, contamination = folder / STATISTICS, folder / CONTAMINATION
    try:
        counted = _decoded(statistics, dict[str, dict[SplitName, Counted]]) if statistics.exists() else {}
        shared = _decoded(contamination, Contamination) if contamination.exists() else Contamination((), ())
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{folder}: {STATISTICS} or {CONTAMINATION} is damaged ({error})") from None
    counted = {name: {split: splits[split] for split in SPLITS if split in splits} for name, splits in counted.items()}
    return Known(counted, shared.pairs, frozenset(shared.splits))


def _decoded(path: Path, kind: type[T]) -> T:
    return msgspec.json.decode(path.read_bytes(), type=kind)


# --- a folder of cards ----------------------------------------------------------------------------


def pages(facts: Known) -> dict[str, str]:
    """All cards and their index, by file name. Raises: UiebenchError if the statistics are those of older modules."""
    corpora = [catalogue.load(name) for name in catalogue.names()]
    for corpus in corpora:
        for split, counted in facts.statistics.get(corpus.name, {}).items():
            if counted.stats.totals != corpus.expect.get(split):
                raise UiebenchError(
                    f"{STATISTICS}: {corpus.name} {split} was counted before its totals changed; "
                    "count again: uiebench cards --raw DIR"
                )
    return {f"{corpus.name}.md": card(corpus, facts) for corpus in corpora} | {INDEX: index(corpora)}


def write(folder: Path, facts: Known) -> list[str]:
    """Write what differs from what `folder` holds, remove cards of corpora that are no more; the names of both."""
    wanted, changed = pages(facts), stale(folder, facts)
    for name in changed:
        if name in wanted:
            write_bytes(folder / name, wanted[name].encode())
        else:
            (folder / name).unlink()
    return changed


def stale(folder: Path, facts: Known) -> list[str]:
    """The pages of a folder that are missing, out of date, or of a corpus that is no more."""
    wanted = pages(facts)
    there = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def update(folder: Path, raw: Path | None, audit: Path | None, progress: Callable[[str], None]) -> Known:
    """Renew the JSON files from original files and an audit, where given; what they say then."""
    if raw is not None:
        counted = known(folder).statistics
        for name, splits in count(raw, progress).items():  # what is not at hand keeps what was counted before
            counted[name] = counted.get(name, {}) | splits
        write_json(folder / STATISTICS, {name: counted[name] for name in catalogue.names() if name in counted})
    if audit is not None:
        write_json(folder / CONTAMINATION, of_audit(audit))
    return known(folder)


def index(corpora: Sequence[Corpus]) -> str:
    """All cards in one table."""
    rows = [
        [
            f"[{corpus.name}]({corpus.name}.md)",
            corpus.title,
            corpus.language,
            f"{corpus.domain} {corpus.domain_zh}".strip(),
            ", ".join(corpus.tasks),
            " + ".join(_number(labels, KINDS[kind]) for kind, labels in _kinds(corpus)),
            "original files" if corpus.verified == "original" else "sample",
            corpus.licence.name,
            "yes" if corpus.licence.redistribute else "no",
        ]
        for corpus in corpora
    ]
    passed_on = sum(corpus.licence.redistribute for corpus in corpora)
    return (
        "# Data cards 数据卡片\n\n"
        f"{len(corpora)} corpora; the text of {passed_on} of them may be passed on. Made by `uiebench cards`.\n\n"
        f"共 {len(corpora)} 个语料，其中 {passed_on} 个的文本可再分发。由 `uiebench cards` 生成。\n\n"
        + markdown(
            (
                "corpus 语料",
                "title 名称",
                "language",
                "domain 领域",
                "tasks 任务",
                "labels 标签",
                "checked on 核对依据",
                "licence 许可",
                "text may be passed on 可否再分发",
            ),
            rows,
            100,
        )
        + "\n"
    )


# --- one card -------------------------------------------------------------------------------------


def card(corpus: Corpus, facts: Known) -> str:
    """The card of a corpus, in Markdown."""
    counted = facts.statistics.get(corpus.name, {})
    sections = [front_matter(corpus, counted), f"# {corpus.title}", corpus.description, _in_chinese(corpus)]
    if corpus.verified == "sample":
        sections.append(
            "> The converter was run on an invented sample in the documented format only, not on the original files: "
            "no figure here was counted by us."
        )
    sections += [
        markdown(
            ("", ""),
            [
                ["name", f"`{corpus.name}`"],
                ["language", LANGUAGES[corpus.language][0]],
                ["domain", corpus.domain],
                ["tasks", ", ".join(f"{task} ({TASK_NAMES[task][0]})" for task in corpus.tasks)],
                ["homepage", f"<{corpus.homepage}>"],
                ["licence", corpus.licence.name],
                ["text may be passed on", "yes" if corpus.licence.redistribute else "no"],
                ["checked on", "the original files" if corpus.verified == "original" else "a sample"],
            ],
        ),
        "## What is annotated, and how",
        *_annotated(corpus, counted),
        "## Splits",
        *_splits(corpus, counted),
        "## Labels",
        *_labels(corpus, counted),
        "## Example",
        *_example(corpus),
        "## Known defects",
        *_defects(corpus),
        "## Texts shared with other splits and corpora",
        *_contamination(corpus, facts),
        "## Licence",
        *_licence(corpus),
        "## How to get it",
        *_sources(corpus),
        "## Citation",
        f"```bibtex\n{corpus.citation}\n```",
    ]
    return "\n\n".join(sections) + "\n"


def front_matter(corpus: Corpus, counted: Mapping[SplitName, Counted]) -> str:
    """The YAML block that the Hub reads."""
    sizes = [(corpus.expect.get(split) or corpus.published.get(split) or Totals()).documents or 0 for split in SPLITS]
    return yaml_block(
        {
            "pretty_name": corpus.title,
            "language": [corpus.language],
            **hub_licence(corpus.licence, corpus.homepage),
            "task_categories": ["token-classification"],
            **({"task_ids": ["named-entity-recognition"]} if "NER" in corpus.tasks else {}),
            **({"size_categories": [size_category(sum(sizes))]} if any(sizes) else {}),
            "tags": ["information-extraction", *(TASK_NAMES[task][0].replace(" ", "-") for task in corpus.tasks)],
        }
    )


def hub_licence(licence: Licence, homepage: str) -> dict[str, object]:
    """The front matter's fields about a licence."""
    listed = hub_licences(licence)
    fields: dict[str, object] = {"license": listed[0] if len(listed) == 1 else listed}
    if "other" in listed:
        name = re.sub(r"[^a-z0-9.]+", "-", licence.name.lower()).strip("-")
        fields |= {"license_name": name, "license_link": licence.url or homepage}
    return fields


def hub_licences(licence: Licence) -> list[str]:
    """The Hub's names of a licence and, if the terms say that the texts are under another one, of that."""
    listed = [LICENCES.get(licence.name, "other")]
    if of_wikipedia(licence):
        listed.append(WIKIPEDIA_LICENCE[0])
    return listed


def of_wikipedia(licence: Licence) -> bool:
    """Whether text that may be passed on is also under the licence of Wikipedia."""
    return licence.redistribute and WIKIPEDIA in licence.terms


def size_category(documents: int) -> str:
    """The Hub's name for a number of documents."""
    steps = [(1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")]
    return next((name for limit, name in steps if documents < limit), "1M<n<10M")


def yaml_block(fields: Mapping[str, object]) -> str:
    """Front matter: YAML between two rules, in the order given, Chinese as it is."""
    import yaml  # noqa: PLC0415 - only here

    body = yaml.safe_dump(plain(fields), sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{body}---"


def _in_chinese(corpus: Corpus) -> str:
    tasks = "、".join(TASK_NAMES[task][1] for task in corpus.tasks)
    passed_on = "可以" if corpus.licence.redistribute else "不可"
    checked = "已用原始文件核对" if corpus.verified == "original" else "仅用样例核对"
    domain = f"{corpus.domain_zh}领域的" if corpus.domain_zh else ""
    return (
        f"{corpus.title}：{domain}{LANGUAGES[corpus.language][1]}语料，用于{tasks}；{checked}；"
        f"文本{passed_on}再分发（许可：{corpus.licence.name}）。"
    )


def _annotated(corpus: Corpus, counted: Mapping[SplitName, Counted]) -> Iterator[str]:
    """The module's own account of the native form, and what the texts are like."""
    yield (
        f"**Annotated** {corpus.annotation[:1].lower()}{corpus.annotation[1:]}"
        if corpus.annotation
        else "Who or what annotated it is not told by its paper or its files, as far as we found."
    )
    yield _as_markdown(catalogue.documentation(corpus.name))
    if corpus.readings:
        yield (
            "The same files can also be read in other units: "
            + "; ".join(f"`{name}`, a document is {reading.unit}" for name, reading in corpus.readings.items())
            + "."
        )
    if gold := {split: c.stats for split, c in counted.items() if _gold(corpus, split)}:
        yield (
            "Lengths in characters. *Nested*: entities inside or across another one. *Repeated*: a second mention with "
            "the same string and label in a document. *Ambiguous*: the string stands at several places. *No offsets*: "
            "the corpus gives only the string, and its place is ambiguous or it is not in the text."
        )
        header = ("split", "characters", "median", "p95", "longest", "no annotation", "nested", "repeated",
                  "ambiguous", "no offsets", "not in text")  # fmt: skip
        yield markdown(
            header,
            [
                [
                    split,
                    *(
                        f"{n:,}" if n else "–"
                        for n in (s.characters, s.lengths.median, s.lengths.p95, s.lengths.longest, s.empty, s.nested,
                                  s.repeated, s.ambiguous, s.unplaced, s.off_text)
                    ),
                ]
                for split, s in gold.items()
            ],
            1,
        )  # fmt: skip


def _as_markdown(docstring: str) -> str:
    """A docstring in Markdown: ``x`` is the only mark-up the two do not share."""
    return "\n".join(
        line if line.startswith("    ") else re.sub(r"``([^`]+)``", r"`\1`", line) for line in docstring.splitlines()
    )


def _gold(corpus: Corpus, split: SplitName) -> bool:
    return any(alternative.gold for alternative in corpus.alternatives(split))


def _splits(corpus: Corpus, counted: Mapping[SplitName, Counted]) -> Iterator[str]:
    """Documents and annotations of each split, ours beside the authors'; documents beside others' figures."""
    rows = []
    for split in SPLITS:
        alternatives = corpus.alternatives(split)
        if not alternatives:
            continue
        ours, published = corpus.expect.get(split), corpus.published.get(split, Totals())
        title = split if alternatives[0].gold else f"{split} (no gold)"
        if split in counted and counted[split].extract:
            title += " (extract)"
        figures = []
        for figure in FIGURES:
            mine, theirs = getattr(ours, figure, None), getattr(published, figure)
            if mine is None:
                figures.append("?" if theirs is None else f"? / {theirs:,}")
            else:
                figures.append(number(mine, theirs))
        if not alternatives[0].gold:
            figures[1:] = [""] * (len(FIGURES) - 1)
        rows.append([title, *figures])
    source = f" ({corpus.published_source})" if corpus.published_source else ""
    yield (
        f"Ours / published{source} where the two differ; `?` was not counted."
        if corpus.published
        else "Counted by us; `?` was not counted."
        if corpus.expect
        else "Neither counted by us nor published in a form that could be compared."
    )
    yield markdown(("split", *FIGURES), rows, 1)
    for split, found in counted.items():
        if found.extract:
            yield f"Counted on a part of {split}: {found.extract}"
    if corpus.reported:
        yield markdown(
            ("reported by", "task", "labels", *SPLITS),
            [
                [
                    said.work,
                    said.task,
                    f"{said.labels:,}" + (f" types, {said.roles:,} roles" if said.roles else ""),
                    *(f"{n:,}" for n in (said.train, said.dev, said.test)),
                ]
                for said in corpus.reported
            ],
            2,
        )
    if corpus.differences:
        yield f"**Where these differ.** {corpus.differences}"
    if corpus.differences_zh:
        yield f"**差异及原因。** {corpus.differences_zh}"


# --- labels ---------------------------------------------------------------------------------------


KINDS = {
    "entities": ("entity type", "entity types"),
    "relations": ("relation", "relations"),
    "events": ("event type", "event types"),
}


def _number(labels: Sequence[Label], called: tuple[str, str]) -> str:
    return f"{len(labels):,} {called[len(labels) != 1]}"


def _kinds(corpus: Corpus) -> list[tuple[str, Sequence[Label]]]:
    schema = corpus.schema
    kinds: list[tuple[str, Sequence[Label]]] = [
        ("entities", schema.entities), ("relations", schema.relations), ("events", schema.events)
    ]  # fmt: skip
    return [(kind, labels) for kind, labels in kinds if labels]


def _labels(corpus: Corpus, counted: Mapping[SplitName, Counted]) -> Iterator[str]:
    """A table for each kind of label: names, description, how many annotations, and a bar of their share."""
    for kind, labels in _kinds(corpus):
        counts = _summed(counted, kind)
        annotated = kind != "entities" or "NER" in corpus.tasks
        title = _number(labels, KINDS[kind] if annotated else ("type of heads and tails", "types of heads and tails"))
        splits = ", ".join(split for split in counted if _gold(corpus, split))
        yield f"### {title}" + (f", {counts.total():,} annotations ({splits})" if counts else "")
        yield from _folded(_label_table(labels, counts), len(labels))
        if roles := [label for event in labels if isinstance(event, EventLabel) for label in event.roles]:
            distinct = _by_name(roles)
            counts = _summed(counted, "roles")
            yield f"### {len(distinct):,} roles" + (f", {counts.total():,} arguments ({splits})" if counts else "")
            yield from _folded(_label_table(distinct, counts), len(distinct))


def _by_name(roles: Sequence[Label]) -> list[Label]:
    """One label for each name of a role, which is what is counted; event types may say it in other words."""
    found: dict[str, list[Label]] = {}
    for role in roles:
        found.setdefault(role.name, []).append(role)

    def joined(group: Sequence[Label], field: str) -> str:
        return " / ".join(dict.fromkeys(said for one in group if (said := getattr(one, field))))

    return [
        msgspec.structs.replace(
            group[0],
            zh=joined(group, "zh"),
            en=joined(group, "en"),
            concept=joined(group, "concept"),
            description=joined(group, "description"),
        )
        for group in found.values()
    ]


def _summed(counted: Mapping[SplitName, Counted], kind: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for found in counted.values():
        counts.update(found.stats.labels.get(kind, {}))
    return counts


def _folded(table: str, rows: int) -> Iterator[str]:
    """A table, folded if it is long."""
    yield table if rows <= 40 else f"<details><summary>all {rows:,}</summary>\n\n{table}\n\n</details>"


def _label_table(labels: Sequence[Label], counts: Counter[str]) -> str:
    ordered = sorted(labels, key=lambda label: -counts[label.name]) if counts else list(labels)
    most, all_of_them = max(counts.values(), default=0), counts.total()
    joins = any(isinstance(label, RelationLabel) and (label.heads or label.tails) for label in labels)
    events = any(isinstance(label, EventLabel) and label.roles for label in labels)
    explained = any(label.description for label in labels)
    header = ["label", "中文", "English", "concept"]
    header += ["joins"] * joins + ["roles"] * events + ["description"] * explained
    left = len(header)
    header += ["annotations", "share"] if counts else []
    rows = []
    for label in ordered:
        row = [f"`{label.name}`", label.zh, label.en, label.concept]
        if joins:
            row.append(_joined(label) if isinstance(label, RelationLabel) else "")
        if events:
            row.append(", ".join(f"`{role.name}`" for role in label.roles) if isinstance(label, EventLabel) else "")
        if explained:
            row.append(label.description)
        if counts:
            n = counts[label.name]
            row += [f"{n:,}", f"{n / all_of_them:.1%} `{_bar(n, most)}`" if n else "–"]
        rows.append(row)
    table = markdown(header, rows, left)
    return table if not counts else table.replace("---: | ---: |\n", "---: | --- |\n", 1)


def _joined(label: RelationLabel) -> str:
    def some(types: Sequence[str]) -> str:
        return " / ".join(types) if len(types) <= 4 else f"any of {len(types)}" if types else "…"

    return f"{some(label.heads)} → {some(label.tails)}" if label.heads or label.tails else ""


def _bar(n: int, most: int) -> str:
    """A bar of up to 20 characters in eighths, for the share of the most frequent."""
    eighths = max(1, round(160 * n / most))
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


# --- the example ----------------------------------------------------------------------------------


def _example(corpus: Corpus) -> Iterator[str]:
    """The beginning of a sample file and the document that comes of it; both are invented."""
    yield "Invented, in the native form; the corpus's own texts look like it and stand nowhere here."
    split = next(split for split in corpus.splits if split.gold)
    folder = catalogue.samples(corpus.name)
    source = split.files[0]
    if excerpt := _excerpt(folder / corpus.name / source.path, source):
        name, text, language = excerpt
        yield f"`{name}`"
        fence = "````" if "```" in text else "```"
        yield f"{fence}{language}\n{text}\n{fence}"
    yield "A document of the corpus layer:"
    yield f"```json\n{_pretty(sample_document(corpus, split))}\n```"


def sample_document(corpus: Corpus, split: Split) -> Document:
    """The first annotated document of a sample."""
    ready = find_sample(corpus, split, catalogue.samples(corpus.name))
    documents = list(convert(corpus, ready, Ledger(corpus.defects, seen=True)))
    annotated = (document for document in documents if document.entities or document.relations or document.events)
    return next(annotated, documents[0])


def _excerpt(place: Path, source: Source) -> tuple[str, str, str] | None:
    """Name, first lines and language of a sample file; None for one that is no text."""
    if patterns := members(source):
        place = members_of(place, patterns)[0]
    try:
        text = place.read_bytes()[:20_000].decode("utf-8", "strict").replace("\r\n", "\n")
    except UnicodeDecodeError:
        try:
            text = place.read_bytes().decode("gb18030").replace("\r\n", "\n")
        except UnicodeDecodeError:
            return None
    if "\0" in text:
        return None
    lines, shown, used = text.lstrip("\ufeff").split("\n"), list[str](), 0
    for line in lines[:EXAMPLE_LINES]:
        rest = EXAMPLE_CHARACTERS - used
        shown.append(line if len(line) <= rest else line[:rest] + " …")
        used += len(line) + 1
        if used >= EXAMPLE_CHARACTERS:
            break
    language = {".xml": "xml", ".sgm": "xml", ".json": "json", ".jsonl": "json"}.get(place.suffix, "text")
    more = [] if len(shown) == len(lines) or not any(lines[len(shown) :]) else ["…"]
    return place.name, "\n".join([*shown, *more]).rstrip("\n"), language


def _pretty(document: Document) -> str:
    """A document as JSON, one annotation a line."""

    def compact(value: object) -> str:
        return msgspec.json.encode(value).decode()

    lines = [f'  "id": {compact(document.id)}', f'  "text": {compact(document.text)}']
    for field in ("entities", "relations", "events"):
        items = getattr(document, field)
        body = "[" + ",".join(f"\n    {compact(item)}" for item in items) + ("\n  ]" if items else "]")
        lines.append(f'  "{field}": {body}')
    return "{\n" + ",\n".join(lines) + "\n}"


# --- the rest -------------------------------------------------------------------------------------


def _defects(corpus: Corpus) -> Iterator[str]:
    """Every known defect, and how often it was dropped or repaired in which split."""
    if not corpus.defects:
        unseen = "" if corpus.verified == "original" else "; the original files were not seen"
        yield f"Nothing is dropped or repaired{unseen}."
        return
    rows = []
    for reason, why in corpus.defects.items():
        dropped = _often(corpus, {split: totals.drops for split, totals in corpus.expect.items()}, reason)
        repaired = _often(corpus, {split: totals.repairs for split, totals in corpus.expect.items()}, reason)
        rows.append([reason, dropped, repaired, why])
    yield markdown(("defect", "dropped", "repaired", "why"), rows, 100)


def _often(corpus: Corpus, counts: Mapping[SplitName, Mapping[str, int]], reason: str) -> str:
    found = [(split, counts[split].get(reason, 0)) for split in SPLITS if split in counts]
    return ", ".join(f"{n:,} ({split})" for split, n in found if n) or ("–" if corpus.expect else "?")


def _contamination(corpus: Corpus, facts: Known) -> Iterator[str]:
    """The pairs of splits in which texts of this corpus take part."""
    splits = [split for split in facts.compared if split.split("/")[0] == corpus.name]
    if not splits:
        yield "Not compared: its files were not at hand."
        return
    mine = [
        pair
        for pair in facts.contamination
        if corpus.name in (pair.source.split("/")[0], pair.evaluation.split("/")[0])
    ]
    if not mine:
        yield "Compared with all corpora whose files were at hand; no evaluation text is shared."
        return
    yield (
        "Evaluation texts that stand in another split as a copy, a near copy, inside a longer text, or half made of "
        "its passages; texts under 20 characters are not counted, even where they are equal. "
        "[docs/contamination.md](../docs/contamination.md) explains the columns."
    )
    yield markdown(
        ("stands in", "evaluation texts", "of", "exact", "near", "contained", "partial", "hit %"),
        [
            [
                pair.source,
                pair.evaluation,
                *(f"{n:,}" if n else "–" for n in (pair.texts, pair.exact, pair.near, pair.contained, pair.partial)),
                f"{pair.hit / pair.texts:.1%}" if pair.hit * 2_000 >= pair.texts else "<0.1%",
            ]
            for pair in mine[:SHOWN_PAIRS]
        ],
    )
    if len(mine) > SHOWN_PAIRS:
        yield f"{len(mine) - SHOWN_PAIRS:,} more pairs have fewer hits."


def _licence(corpus: Corpus) -> Iterator[str]:
    licence = corpus.licence
    name = f"[{licence.name}]({licence.url})" if licence.url else licence.name
    yield f"{name}. {licence.terms}".strip()
    if of_wikipedia(licence):
        yield (
            "The licence named is that of the corpus; the texts stay under Wikipedia's, which asks for attribution and "
            "the same licence. Whoever passes them on names both, as the card of a pushed benchmark does."
        )
    yield (
        "Its text may be passed on: `uiebench push` publishes it."
        if licence.redistribute
        else "Its text may not be passed on: `uiebench push` publishes ids, hashes and statistics in its place, and a "
        "holder of the files rebuilds the rest with `uiebench rebuild`."
    )


def _sources(corpus: Corpus) -> Iterator[str]:
    sources = [source for split in corpus.splits for source in split.files]
    if not all(isinstance(source, Manual) for source in sources):
        accept = "" if corpus.licence.redistribute else " --accept-licence"
        yield f"```\nuiebench corpora fetch {corpus.name}{accept}\n```"
    rows: dict[tuple[str, ...], list[str]] = {}
    for split in corpus.splits:
        title = split.name + ("" if split.gold else " (no gold)")
        for source in split.files:
            row = (
                f"`{source.path or '(folder)'}`",
                _place(corpus, source),
                f"`{source.sha256[:16]}`" * bool(source.sha256),
            )
            rows.setdefault(row, []).append(title)
    yield markdown(
        ("file", "split", "where", "sha256 (first 16)"),
        [[file, ", ".join(dict.fromkeys(titles)), where, sha] for (file, where, sha), titles in rows.items()],
        100,
    )
    for split in corpus.splits:
        if split.extract:
            yield f"An extract of {split.name} is taken where the whole is not there: {split.extract}"


def _place(corpus: Corpus, source: Source) -> str:
    if isinstance(source, Manual):
        return remedy(corpus.name, source)
    if isinstance(source, HubFile):
        return f"`{source.file}` of [{source.repo}](https://huggingface.co/datasets/{source.repo})"
    return f"<{source.url}>" + (" (archive)" if isinstance(source, Archive) else "")
