"""The card of one corpus: what it is, how it was annotated, splits, labels, example, defects, licence, sources.

    card(catalogue.load("resume"), facts)   →  "---\\npretty_name: Chinese Resume\\n…\\n---\\n…"

What the module of the corpus says stands beside what was counted and what its authors count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from uiebench import catalogue
from uiebench.build.report import FIGURES, markdown, number
from uiebench.cards.example import example
from uiebench.cards.facts import Counted, Known
from uiebench.cards.labels import has_gold, label_tables
from uiebench.cards.licences import hub_licence, of_wikipedia, size_category, yaml_block
from uiebench.sources import remedy
from uiebench.types import SPLITS, Archive, Corpus, HubFile, Manual, Source, SplitName, Task, Totals

SHOWN_PAIRS = 20

TASK_NAMES: dict[Task, tuple[str, str]] = {
    "NER": ("named entity recognition", "实体抽取"),
    "RE": ("relation extraction", "关系抽取"),
    "EE": ("event extraction", "事件抽取"),
    "EET": ("event detection", "事件触发词识别"),
    "EEA": ("event argument extraction", "事件论元抽取"),
}
LANGUAGES = {"zh": ("Chinese", "中文"), "en": ("English", "英文")}


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
        *label_tables(corpus, counted),
        "## Example",
        *example(corpus),
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
        else "Who or what annotated it is not known to us."
    )
    yield _as_markdown(catalogue.documentation(corpus.name))
    if corpus.readings:
        yield (
            "The same files can also be read in other units: "
            + "; ".join(f"`{name}`, a document is {reading.unit}" for name, reading in corpus.readings.items())
            + "."
        )
    if gold := {split: c.stats for split, c in counted.items() if has_gold(corpus, split)}:
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
