"""A folder of cards and their index, written where they differ, or compared to find the stale ones.

    stale(Path("data_cards"), known(Path("data_cards")))   →  []

A page of a corpus that is no more is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from uiebench import catalogue
from uiebench.build.report import markdown
from uiebench.cards.card import card
from uiebench.cards.facts import CONTAMINATION, STATISTICS, Known, count, known, of_audit
from uiebench.cards.labels import KINDS, counted_labels, kinds
from uiebench.errors import UiebenchError
from uiebench.storage import write_bytes, write_json
from uiebench.types import Corpus

INDEX = "index.md"


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
            " + ".join(counted_labels(labels, KINDS[kind]) for kind, labels in kinds(corpus)),
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
