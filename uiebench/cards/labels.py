"""The labels of a corpus as tables: names, what they mean, how many annotations there are, and a bar of their share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from uiebench.build.report import markdown
from uiebench.cards.facts import Counted
from uiebench.types import Corpus, EventLabel, Label, RelationLabel, SplitName

KINDS = {
    "entities": ("entity type", "entity types"),
    "relations": ("relation", "relations"),
    "events": ("event type", "event types"),
}


def counted_labels(labels: Sequence[Label], called: tuple[str, str]) -> str:
    """How many labels there are, in words; `called` is the singular and the plural."""
    return f"{len(labels):,} {called[len(labels) != 1]}"


def kinds(corpus: Corpus) -> list[tuple[str, Sequence[Label]]]:
    """The labels of a corpus by kind, without kinds that it has not."""
    schema = corpus.schema
    found: list[tuple[str, Sequence[Label]]] = [
        ("entities", schema.entities), ("relations", schema.relations), ("events", schema.events)
    ]  # fmt: skip
    return [(kind, labels) for kind, labels in found if labels]


def label_tables(corpus: Corpus, counted: Mapping[SplitName, Counted]) -> Iterator[str]:
    """A table for each kind of label: names, description, how many annotations, and a bar of their share."""
    for kind, labels in kinds(corpus):
        counts = _summed(counted, kind)
        annotated = kind != "entities" or "NER" in corpus.tasks
        title = counted_labels(
            labels, KINDS[kind] if annotated else ("type of heads and tails", "types of heads and tails")
        )
        splits = ", ".join(split for split in counted if has_gold(corpus, split))
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
            row += [f"{n:,}", f"{n / all_of_them:.1%} `{bar(n, most)}`" if n else "–"]
        rows.append(row)
    table = markdown(header, rows, left)
    return table if not counts else table.replace("---: | ---: |\n", "---: | --- |\n", 1)


def _joined(label: RelationLabel) -> str:
    def some(types: Sequence[str]) -> str:
        return " / ".join(types) if len(types) <= 4 else f"any of {len(types)}" if types else "…"

    return f"{some(label.heads)} → {some(label.tails)}" if label.heads or label.tails else ""


def bar(n: int, most: int) -> str:
    """A bar of up to 20 characters in eighths, for the share of the most frequent."""
    eighths = max(1, round(160 * n / most))
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def has_gold(corpus: Corpus, split: SplitName) -> bool:
    """Whether a split has annotations."""
    return any(alternative.gold for alternative in corpus.alternatives(split))
