"""Statistics for people: the README of a benchmark, the terminal table, and one picture.

The rows are the same everywhere: one for each split of each corpus, ours beside the published figures.
The picture shows, for every corpus and kind of annotation, how its labels share the annotations.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

import msgspec

from uiebench import catalogue
from uiebench.build.convert import Absent
from uiebench.build.parts import Part, PromptCounts, PromptPart
from uiebench.build.stats import by_frequency
from uiebench.instruct.pieces import APART, CROSSING, NOWHERE
from uiebench.recipe import BuildRecipe
from uiebench.types import Corpus, Label, SplitName, Totals

FIGURES = ("documents", "entities", "relations", "events", "arguments")
UNKNOWN = "Not a defect of the files this corpus was described from."
KINDS = ("entities", "relations", "events")


class Row(msgspec.Struct, frozen=True):
    """One split in the table of a benchmark."""

    corpus: str
    split: SplitName
    gold: bool
    extract: str
    chosen: str
    ours: Totals
    published: Totals


def number(ours: int | None, published: int | None, zero: str = "–") -> str:
    """A figure, and the published one behind it where it differs."""
    if published is None or ours == published:
        return f"{ours:,}" if ours else zero
    return f"{ours or 0:,} / {published:,}"


def rows(parts: Iterable[Part], samples: bool) -> list[Row]:
    """The rows of a benchmark's table; no published figures stand beside samples and what a recipe selects."""
    return [
        Row(
            p.corpus,
            p.split,
            p.gold,
            p.extract,
            p.chosen,
            p.stats.totals,
            Totals() if samples or p.chosen else catalogue.load(p.corpus).published.get(p.split, Totals()),
        )
        for p in parts
    ]


def cells(row: Row) -> list[str]:
    """A row as text: corpus, split and its figures."""
    shown = _figures(row.ours, row.published)
    split = row.split if row.gold else f"{row.split} (no gold)"
    if row.extract:
        split += " (extract)"
    if row.chosen:
        split += f" ({row.chosen})"
    if not row.gold:
        shown[1:] = [""] * (len(FIGURES) - 1)
    return [row.corpus, split, *shown]


def _figures(ours: Totals, published: Totals = Totals()) -> list[str]:  # noqa: B008 - a value
    """Documents and annotations as text; that there are no documents is worth a 0."""
    zeros = ["0", *["–"] * (len(FIGURES) - 1)]
    return [
        number(getattr(ours, figure), getattr(published, figure), zero)
        for figure, zero in zip(FIGURES, zeros, strict=True)
    ]


def markdown(header: Sequence[str], body: Iterable[Sequence[str]], numeric_from: int = 2) -> str:
    """A Markdown table; columns from `numeric_from` on are aligned to the right."""
    rule = ["---" if i < numeric_from else "---:" for i in range(len(header))]
    lines = [header, rule, *body]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def readme(recipe: BuildRecipe, parts: list[Part], prompts: list[PromptPart], absent: list[tuple[str, Absent]]) -> str:
    """The README of a benchmark, in Markdown."""
    sections = [f"# {recipe.name}", recipe.title] if recipe.title else [f"# {recipe.name}"]
    sections += _about_documents(recipe, parts)
    sections += _about_instructions(prompts)
    sections += _about_choices(recipe, parts)
    sections += _about_differences(recipe, parts)
    if absent:
        gaps = [(name, gap.split, ", ".join(gap.missing), gap.remedy) for name, gap in absent]
        sections += ["## Not in this build", markdown(["corpus", "split", "missing", "remedy"], gaps, 4)]
    corpora = _corpora(parts)
    sections += [
        "## Sources and licences",
        markdown(["corpus", "title", "licence", "text may be passed on", "checked on"], map(source_cells, corpora), 5),
    ]
    sections += ["## Citation", "```bibtex\n" + "\n\n".join(citations(corpora)) + "\n```"]
    return "\n\n".join(sections) + "\n"


def citations(corpora: Iterable[Corpus]) -> list[str]:
    """The BibTeX entries of some corpora; what several of them cite stands once."""
    found: dict[str, str] = {}
    for corpus in corpora:
        for entry in re.split(r"\n\s*\n(?=@)", corpus.citation.strip()):
            found.setdefault(entry.partition(",")[0], entry)
    return list(found.values())


def _corpora(parts: Iterable[Part]) -> list[Corpus]:
    """The corpora of some parts, by name."""
    return [catalogue.load(name) for name in sorted({part.corpus for part in parts})]


TEXT_COLUMNS = (
    "corpus",
    "split",
    "characters",
    "median",
    "p95",
    "longest",
    "no annotation",
    "nested",
    "repeated",
    "ambiguous",
    "no offsets",
    "not in text",
)


def _about_documents(recipe: BuildRecipe, parts: list[Part]) -> Iterable[str]:
    """How many documents and annotations there are, and what they are like."""
    if recipe.samples:
        yield "Made of the invented samples that come with uiebench: for trying things out, not for results."
    yield "## Corpora"
    if not recipe.samples:
        yield "Ours / published where the two differ; why they differ stands below."
    yield markdown(["corpus", "split", *FIGURES], map(cells, rows(parts, recipe.samples)))
    yield "![how the labels of each corpus share its annotations](labels.svg)"
    yield "## Texts and annotations"
    yield markdown(TEXT_COLUMNS, map(text_cells, (part for part in parts if part.gold)))
    yield (
        "Lengths in characters. *Nested*: entities inside or across another one. *Repeated*: a second mention with the "
        "same string and label in one document. *Ambiguous*: the string stands at several places. *No offsets*: the "
        "corpus gives only the string, and its place is ambiguous or it is not in the text."
    )


def _about_instructions(prompts: list[PromptPart]) -> Iterable[str]:
    """How many prompts there are, how long, and how long texts were cut for them."""
    if any(part.counts for part in prompts):
        yield "## Instructions"
        yield (
            "*Empty*: prompts to which the answer is that there is nothing. *Labels*: offered in a prompt, on average. "
            "Characters of prompts and of targets."
        )
        yield markdown(
            ["folder", "corpus", "task", "documents", "prompts", "empty", "labels", "in prompts", "in targets"],
            prompt_rows(prompts),
            3,
        )
    if cut := list(piece_rows(prompts)):
        yield "## Long texts"
        yield (
            "Texts over the budget are asked about in pieces. *Inside a sentence*: cuts in a sentence longer than the "
            "budget, behind a comma / elsewhere. The rest are annotations that are in no piece: no target holds them, "
            "and in an evaluation they count as missed. *In parts*: events of which no piece has everything. *Not in "
            "the text*: strings that the corpus gives and the text does not have."
        )
        yield markdown(PIECE_COLUMNS, cut)


def _about_choices(recipe: BuildRecipe, parts: list[Part]) -> Iterable[str]:
    """What the recipe takes of each corpus, beside what others report, and the zero-shot groups."""
    chosen, built = list(selection_rows(parts)), {part.corpus for part in parts}
    some = [f"{name} ({', '.join(s.tasks)})" for name, s in sorted(recipe.select.items()) if s.tasks and name in built]
    if chosen or some:
        yield "## What the recipe chooses"
    if some:
        yield f"Instructions are made of some tasks only in {', '.join(some)}."
    if chosen:
        yield (
            "The ids are those of the whole corpus: part 2 of document 7 is `…/7.2`. Drops and repairs below are those "
            "of the whole split."
        )
        yield markdown(["corpus", "split", "a document is", "left out", *FIGURES], chosen, 4)
    if compared := [] if recipe.samples else list(reported_rows(parts)):
        yield "## Documents, beside what others report"
        yield markdown(["corpus", "split", "here", "whole corpus", "its authors", "reported", "by"], compared)
    if groups := recipe.held_out:
        yield "## Zero-shot groups"
        yield markdown(["group", "corpora"], [(g, ", ".join(c)) for g, c in sorted(groups.items())])


def _about_differences(recipe: BuildRecipe, parts: list[Part]) -> Iterable[str]:
    """What was dropped or repaired, and why figures differ from the published ones."""
    if defects := list(defect_rows(parts)):
        yield "## Dropped and repaired"
        yield markdown(["corpus", "split", "what", "how often", "why"], defects, 5)
    differing = [(corpus.name, corpus.differences) for corpus in _corpora(parts) if corpus.differences]
    if differing and not recipe.samples:
        yield "## Where our figures differ from the published ones"
        yield markdown(["corpus", "why"], differing)


def selection_rows(parts: Iterable[Part]) -> Iterable[list[str]]:
    """What the recipe chose of each part: what a document is, and what was left out for which reason."""
    for part in parts:
        unit = catalogue.load(part.corpus).readings[part.reading].unit if part.reading else "as usual"
        left = part.left_out or ({"nothing": Totals(0, 0, 0, 0, 0)} if part.reading else {})
        for reason, totals in left.items():
            yield [part.corpus, part.split, unit, reason, *_figures(totals)]


def reported_rows(parts: Iterable[Part]) -> Iterable[list[str]]:
    """The documents of each part beside the authors' and everybody else's figures."""
    for part in parts:
        corpus = catalogue.load(part.corpus)
        known = [totals.get(part.split, Totals()).documents for totals in (corpus.expect, corpus.published)]
        for said in corpus.reported:
            by = f"{said.work}, {said.task}"
            figures = [part.stats.totals.documents, *known, getattr(said, part.split)]
            yield [part.corpus, part.split, *("?" if n is None else f"{n:,}" for n in figures), by]


def text_cells(part: Part) -> list[str]:
    """Lengths and mention counts of a part as text."""
    s = part.stats
    counts = (
        s.characters,
        s.lengths.median,
        s.lengths.p95,
        s.lengths.longest,
        s.empty,
        s.nested,
        s.repeated,
        s.ambiguous,
        s.unplaced,
        s.off_text,
    )
    return [part.corpus, part.split, *(f"{n:,}" if n else "–" for n in counts)]


FOLDERS = ("train", "auxiliary", "dev", "test")


def prompts_by_folder(prompts: Iterable[PromptPart]) -> dict[str, int]:
    """How many prompts there are in each folder: those of the splits first, then few-shot sets by their size."""
    found: Counter[str] = Counter()
    for part in prompts:
        for counts in part.counts:
            found[counts.folder] += counts.prompts
    return {folder: found[folder] for folder in sorted(found, key=_place_of_folder)}


def _place_of_folder(folder: str) -> tuple[int, int]:
    if folder in FOLDERS:
        return FOLDERS.index(folder), 0
    return len(FOLDERS), int(folder.removeprefix("fewshot_"))


def prompt_rows(prompts: Iterable[PromptPart]) -> list[list[str]]:
    """The prompts of each folder, corpus and task, with the total of each folder first."""
    found = [(counts, part.corpus) for part in prompts for counts in part.counts]
    rows = []
    for folder in prompts_by_folder(prompts):
        here = [(corpus, counts) for counts, corpus in found if counts.folder == folder]
        total = PromptCounts(folder, "NER")
        for _, counts in here:
            for figure in ("documents", "prompts", "empty", "labels", "prompt_characters", "target_characters"):
                setattr(total, figure, getattr(total, figure) + getattr(counts, figure))
        for corpus, task, counts in [("*all*", "", total), *((corpus, counts.task, counts) for corpus, counts in here)]:
            rows.append(
                [
                    folder,
                    corpus,
                    task,
                    *(f"{n:,}" for n in (counts.documents, counts.prompts, counts.empty)),
                    f"{counts.labels / counts.prompts:.1f}",
                    *(f"{n:,}" for n in (counts.prompt_characters, counts.target_characters)),
                ]
            )
    return rows


PIECE_COLUMNS = (
    "corpus",
    "split",
    "documents",
    "cut",
    "pieces",
    "inside a sentence",
    *FIGURES[1:],
    "in parts",
    "not in the text",
)


def piece_rows(prompts: Iterable[PromptPart]) -> Iterable[list[str]]:
    """How the texts of each split were cut, and the annotations that are in no piece; only splits with a cut."""
    for part in prompts:
        if not part.pieces or not part.pieces.cut:
            continue
        counts, nothing = part.pieces, Totals()
        crossing, apart, nowhere = (counts.left_out.get(reason, nothing) for reason in (CROSSING, APART, NOWHERE))
        strings = sum(getattr(nowhere, figure) or 0 for figure in FIGURES)
        figures = (counts.documents, counts.cut, counts.pieces)
        kinds = (*(getattr(crossing, figure) for figure in FIGURES[1:]), apart.events, strings)
        inside = f"{counts.clauses:,} / {counts.hard:,}" if counts.clauses or counts.hard else "–"
        yield [part.corpus, part.split, *(f"{n:,}" for n in figures), inside, *(number(n, None) for n in kinds)]


def source_cells(corpus: Corpus) -> list[str]:
    """Title, licence and verification of a corpus as text."""
    passed_on = "yes" if corpus.licence.redistribute else "no"
    checked = "the original files" if corpus.verified == "original" else "a sample only"
    return [corpus.name, f"[{corpus.title}]({corpus.homepage})", corpus.licence.name, passed_on, checked]


def defect_rows(parts: Iterable[Part]) -> Iterable[list[str]]:
    """What was dropped and repaired in each part, how often, and why."""
    for part in parts:
        explained = catalogue.load(part.corpus).defects
        for verb, counts in (("dropped", part.stats.totals.drops), ("repaired", part.stats.totals.repairs)):
            for reason, count in counts.items():
                yield [part.corpus, part.split, f"{reason} ({verb})", f"{count:,}", explained.get(reason, UNKNOWN)]


# --- the picture ----------------------------------------------------------------------------------

WIDTH, LEFT, BAR, ROW, TOP = 1200, 190, 980, 24, 64
COLOURS = ("#4878a8", "#e49444", "#6a9f58", "#d1615d", "#85b6b2", "#a87c9f", "#e7ca60", "#967662", "#b8b0ac", "#5b8c5a")
SHOWN = 12


def picture(parts: list[Part]) -> str:
    """An SVG with one bar for each corpus and kind of annotation, divided among its labels."""
    bars = list(_bars(parts))
    height = TOP + ROW * len(bars) + 16
    body = "".join(_bar(index, *bar) for index, bar in enumerate(bars))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        "font-family=\"system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif\" font-size=\"12\">"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        '<text x="16" y="26" font-size="18" font-weight="600" fill="#222">'
        "How labels share the annotations of each corpus</text>"
        '<text x="16" y="46" fill="#666">'
        f"All splits with gold. The {SHOWN - 1} most frequent labels; grey is the rest.</text>"
        f"{body}</svg>\n"
    )


def _bars(parts: list[Part]) -> Iterable[tuple[str, str, list[tuple[str, int]], dict[str, str]]]:
    """Corpus, kind, labels by frequency, and display names."""
    for name in sorted({part.corpus for part in parts}):
        corpus = catalogue.load(name)
        for kind in KINDS:
            counts: Counter[str] = Counter()
            for part in parts:
                if part.corpus == name:
                    counts.update(part.stats.labels.get(kind, {}))
            if counts:
                labels: tuple[Label, ...] = getattr(corpus.schema, kind)
                yield name, kind, by_frequency(counts), {label.name: label.display(corpus.language) for label in labels}


def _bar(index: int, corpus: str, kind: str, counts: list[tuple[str, int]], names: dict[str, str]) -> str:
    y = TOP + index * ROW
    total = sum(n for _, n in counts)
    shown = counts if len(counts) <= SHOWN else counts[: SHOWN - 1]
    rest = total - sum(n for _, n in shown)
    pieces = [(names[label], n, COLOURS[i % len(COLOURS)]) for i, (label, n) in enumerate(shown)]
    if rest:
        pieces.append((f"+ {len(counts) - len(shown)}", rest, "#cccccc"))
    text = [
        f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end" fill="#222">{escape(corpus)} '
        f'<tspan fill="#888">{kind}</tspan></text>'
    ]
    x = float(LEFT)
    for label, n, colour in pieces:
        width = BAR * n / total
        text.append(
            f"<g><title>{escape(label)}: {n:,} ({n / total:.1%})</title>"
            f'<rect x="{x:.1f}" y="{y}" width="{max(width - 1, 0.5):.1f}" height="{ROW - 5}" fill="{colour}"/>'
        )
        if _fits(label, width):
            ink = "#222" if colour in ("#e7ca60", "#cccccc", "#85b6b2", "#b8b0ac", "#e49444") else "#fff"
            text.append(f'<text x="{x + 4:.1f}" y="{y + 14}" fill="{ink}">{escape(label)}</text>')
        text.append("</g>")
        x += width
    return "".join(text)


def _fits(label: str, width: float) -> bool:
    """Whether a label has room in a bar of `width` pixels at 12 pixels a Chinese character."""
    return sum(12.0 if ord(c) > 0x2E7F else 6.8 for c in label) + 8 <= width
