"""The table of all corpora in README.md and README.zh.md, made from the corpus literals.

replaced(text, "en", Path("README.md"))   the text with a fresh table between the markers

<!-- corpora:begin -->  …generated…  <!-- corpora:end -->
"""

from __future__ import annotations

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
           "gold": "no gold", "why": "Where our figures differ from the published ones, and why"},
    "zh": {"original": "原始文件", "sample": "样例", "yes": "可", "no": "否", "fetch": "fetch", "ask": "需申请",
           "gold": "无标注", "why": "与公布数字的差异及原因"},
}  # fmt: skip


def table(language: Language) -> str:
    """All corpora: tasks, labels, documents per split (ours / published), licence, how to get them."""
    corpora = [catalogue.load(name) for name in catalogue.names()]
    corpora.sort(key=lambda c: (c.language != "zh", _task_order(c), c.name))
    words = WORDS[language]
    body = markdown(HEADERS[language], [_cells(corpus, words) for corpus in corpora], 100)
    reasons = "\n".join(f"- **{c.name}**: {c.differences}" for c in corpora if c.differences)
    return f"{body}\n\n<details><summary>{words['why']}</summary>\n\n{reasons}\n\n</details>"


def _task_order(corpus: Corpus) -> int:
    return ["NER", "RE", "EE", "EET", "EEA"].index(corpus.tasks[0])


def _cells(corpus: Corpus, words: dict[str, str]) -> list[str]:
    schema = corpus.schema
    counts = [len(schema.entities)] if "NER" in corpus.tasks else []
    counts += [len(labels) for labels in (schema.relations, schema.events) if labels]
    sources = [source for split in corpus.splits for source in split.files]
    ways = [words["fetch"]] if any(isinstance(s, Download | HubFile | Archive) for s in sources) else []
    ways += [words["ask"]] if any(isinstance(s, Manual) for s in sources) else []
    return [
        f"[{corpus.name}]({corpus.homepage})",
        corpus.language,
        ", ".join(corpus.tasks),
        corpus.domain,
        " + ".join(map(str, counts)),
        *(_documents(corpus, split, words) for split in SPLITS),
        words[corpus.verified],
        words["yes" if corpus.licence.redistribute else "no"],
        " / ".join(ways),
    ]


def _documents(corpus: Corpus, name: SplitName, words: dict[str, str]) -> str:
    """Documents of a split, ours / published; what is not known is a question mark."""
    splits = corpus.alternatives(name)
    if not splits:
        return ""
    ours = corpus.expect[name].documents if name in corpus.expect else None
    published = corpus.published[name].documents if name in corpus.published else None
    mine, theirs = (f"{n:,}" if n is not None else "?" for n in (ours, published))
    figures = mine if mine == theirs else f"{mine} / {theirs}"
    return figures + ("" if splits[0].gold else f" ({words['gold']})")


def replaced(text: str, language: Language, path: Path) -> str:
    """`text` with a fresh table between the markers. Raises: UiebenchError if there are none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UiebenchError(f"{path}: it has no {BEGIN} … {END}")
    return f"{before}{begin}\n{table(language)}\n{end}{after}"
