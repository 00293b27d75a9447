"""The table of all corpora in README.md and README.zh.md, made from the corpus literals.

replaced(text, "en", Path("README.md"))   the text with a fresh table between the markers

<!-- corpora:begin -->  …generated…  <!-- corpora:end -->
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from uiebench import catalogue
from uiebench.build.report import markdown
from uiebench.errors import UiebenchError
from uiebench.types import SPLITS, Archive, Corpus, Download, HubFile, Language, Manual, SplitName

BEGIN, END = "<!-- corpora:begin -->", "<!-- corpora:end -->"

HEADERS: dict[Language, tuple[str, ...]] = {
    "en": (
        "corpus",
        "",
        "tasks",
        "domain",
        "labels",
        "train",
        "dev",
        "test",
        "checked on",
        "text may be passed on",
        "how to get it",
    ),
    "zh": ("语料", "", "任务", "领域", "标签数", "训练集", "开发集", "测试集", "核对依据", "可否再分发", "如何获得"),
}
WORDS: dict[Language, dict[str, str]] = {
    "en": {"original": "original", "sample": "sample", "yes": "yes", "no": "no", "fetch": "fetch", "ask": "ask for it",
           "gold": "no gold", "why": "Where our figures differ from the published ones, and why",
           "reported": "Documents and labels beside those that InstructUIE reports (arXiv 2304.08085, table 7)"},
    "zh": {"original": "原始文件", "sample": "样例", "yes": "可", "no": "否", "fetch": "fetch", "ask": "需申请",
           "gold": "无标注", "why": "与公布数字的差异及原因",
           "reported": "文本数和标签数，与 InstructUIE（arXiv 2304.08085，表 7）所列对照"},
}  # fmt: skip


REPORTED: dict[Language, tuple[str, ...]] = {
    "en": ("corpus", "task", "labels", "train", "dev", "test"),
    "zh": ("语料", "任务", "标签数", "训练集", "开发集", "测试集"),
}
LEGEND: dict[Language, str] = {
    "en": "Ours / the authors' / InstructUIE's, once where they agree; `?` is unknown, `–` no such split. "
    "Ours are whole corpora: what a recipe has to select to get InstructUIE's stands below, with every reason for a "
    "difference.",
    "zh": "我们的 / 作者的 / InstructUIE 的，一致时只列一次；`?` 为未知，`–` 为无此部分。我们的数字是完整语料；"
    "配方怎样选取才得到 InstructUIE 的数字，以及各处差异的原因，见下。",
}


def table(language: Language) -> str:
    """All corpora: tasks, labels, documents per split (ours / published), licence, how to get them."""
    corpora = [catalogue.load(name) for name in catalogue.names()]
    corpora.sort(key=lambda c: (c.language != "zh", _task_order(c), c.name))
    words = WORDS[language]
    body = markdown(HEADERS[language], [_cells(corpus, language) for corpus in corpora], 100)
    compared = markdown(REPORTED[language], [row for corpus in corpora for row in _reported(corpus)], 100)
    explained = [(c.name, (language == "zh" and c.differences_zh) or c.differences) for c in corpora]
    reasons = "\n".join(f"- **{name}**: {why}" for name, why in explained if why)
    return (
        f"{body}\n\n<details><summary>{words['reported']}</summary>\n\n{LEGEND[language]}\n\n{compared}\n\n</details>"
        f"\n\n<details><summary>{words['why']}</summary>\n\n{reasons}\n\n</details>"
    )


def _task_order(corpus: Corpus) -> int:
    return ["NER", "RE", "EE", "EET", "EEA"].index(corpus.tasks[0])


def _cells(corpus: Corpus, language: Language) -> list[str]:
    schema, words = corpus.schema, WORDS[language]
    counts = [len(schema.entities)] if "NER" in corpus.tasks else []
    counts += [len(labels) for labels in (schema.relations, schema.events) if labels]
    sources = [source for split in corpus.splits for source in split.files]
    ways = [words["fetch"]] if any(isinstance(s, Download | HubFile | Archive) for s in sources) else []
    ways += [words["ask"]] if any(isinstance(s, Manual) for s in sources) else []
    return [
        f"[{corpus.name}]({corpus.homepage})",
        corpus.language,
        ", ".join(corpus.tasks),
        (language == "zh" and corpus.domain_zh) or corpus.domain,
        " + ".join(map(str, counts)),
        *(_documents(corpus, split, words) for split in SPLITS),
        words[corpus.verified],
        words["yes" if corpus.licence.redistribute else "no"],
        " / ".join(ways),
    ]


def _documents(corpus: Corpus, name: SplitName, words: dict[str, str]) -> str:
    """Documents of a split, ours / published by the authors; a question mark is unknown."""
    splits = corpus.alternatives(name)
    if not splits:
        return ""
    ours = corpus.expect[name].documents if name in corpus.expect else None
    published = corpus.published[name].documents if name in corpus.published else None
    mine, theirs = (f"{n:,}" if n is not None else "?" for n in (ours, published))
    figures = mine if mine == theirs else f"{mine} / {theirs}"
    return figures + ("" if splits[0].gold else f" ({words['gold']})")


def _reported(corpus: Corpus) -> Iterator[list[str]]:
    """A row for each task of which another work reports the size."""
    schema = corpus.schema
    for said in corpus.reported:
        kinds = {"NER": schema.entities, "RE": schema.relations}.get(said.task, schema.events)
        labels = _once(len(kinds), said.labels)
        if said.roles:
            roles = {role.name for event in schema.events for role in event.roles}
            labels += f" ({_once(len(roles), said.roles)})"
        cells = []
        for split in SPLITS:
            ours = corpus.expect[split].documents if split in corpus.expect else None
            authors = corpus.published[split].documents if split in corpus.published else None
            here = corpus.alternatives(split)
            cells.append(_once(ours if here else "–", authors if here else "–", getattr(said, split)))
        yield [corpus.name, said.task, labels, *cells]


def _once(*figures: int | str | None) -> str:
    """Figures separated by slashes; a single one where those that are known agree."""
    known = {figure for figure in figures if figure is not None}
    if len(known) == 1 and figures[0] is not None:
        return _shown(figures[0])
    return " / ".join(map(_shown, figures))


def _shown(figure: int | str | None) -> str:
    return "?" if figure is None else f"{figure:,}" if isinstance(figure, int) else figure


def replaced(text: str, language: Language, path: Path) -> str:
    """`text` with a fresh table between the markers. Raises: UiebenchError if there are none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UiebenchError(f"{path}: it has no {BEGIN} … {END}")
    return f"{before}{begin}\n{table(language)}\n{end}{after}"
