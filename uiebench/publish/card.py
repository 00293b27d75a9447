"""The card of a published benchmark: front matter, how to load it, what is held back, tables, results, citations.

    benchmark_card(plan, "org/zh")  →  "---\\npretty_name: zh\\n…\\n---\\n\\n<!-- uiebench: …\\n# zh\\n\\n…"

The tables are of what is published. Where something is held back, those of the whole benchmark stand in
complete/README.md. What a push writes stands between two marks; what stands outside them is its owner's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from uiebench.build.convert import Absent
from uiebench.build.parts import Part, PromptPart
from uiebench.build.report import markdown, readme
from uiebench.cards.licences import hub_licences, size_category, yaml_block
from uiebench.errors import RecipeError, SourceError
from uiebench.publish.configs import Config, configs, features
from uiebench.publish.plan import Plan
from uiebench.publish.records import COMPLETE, COMPLETE_CARD, MANIFEST, ROWS, STATISTICS, Figure
from uiebench.types import SPLITS, Task

PAGES = "https://huggingface.co/datasets"
BEGIN = "<!-- uiebench: every push writes anew what stands from here to the end mark; write above or below it -->"
END = "<!-- uiebench: end -->"
TAGS: dict[Task, str] = {
    "NER": "named-entity-recognition",
    "RE": "relation-extraction",
    "EE": "event-extraction",
    "EET": "event-detection",
    "EEA": "event-argument-extraction",
}
Results = Mapping[str, tuple[Figure, ...]]


def benchmark_card(plan: Plan, repo: str, results: Sequence[Path] = ()) -> str:
    """The README.md of a repository that holds nothing but this benchmark."""
    made = configs(plan.manifest.recipe, plan.files)
    section = body(plan, repo, made, reports(plan, results))
    return f"{yaml_block(front_matter(plan, repo, made))}\n\n{marked(section)}\n"


def marked(section: str) -> str:
    """The part of a card that a push writes, between its marks."""
    return f"{BEGIN}\n\n{section}\n\n{END}"


# --- front matter ---------------------------------------------------------------------------------


def front_matter(plan: Plan, repo: str, made: Sequence[Config]) -> dict[str, Any]:
    """The front matter; the first config is the default one."""
    here = plan.published()
    about = here or list(plan.corpora.values())
    documents = sum(part.stats.totals.documents or 0 for part in _built(plan)[0])
    licences = sorted({name for corpus in here for name in hub_licences(corpus.licence)})
    if plan.manifest.recipe.samples:
        licences = ["apache-2.0"]
    known = [licence for licence in licences if licence not in ("other", "unknown")]
    named = bool(known) and known == licences
    tasks = {task for corpus in about for task in corpus.tasks}
    return {
        "pretty_name": plan.manifest.name,
        "language": sorted({corpus.language for corpus in about}),
        "license": known if named else [*known, "other"],
        **({} if named else {"license_name": "by-corpus", "license_link": f"{PAGES}/{repo}#sources-and-licences"}),
        "task_categories": ["token-classification", "text-generation"],
        "size_categories": [size_category(documents)],
        "tags": ["information-extraction", *(tag for task, tag in TAGS.items() if task in tasks)],
        "configs": [
            {
                "config_name": config.name,
                **({"default": True} if config is made[0] else {}),
                "data_files": [{"split": split, "path": list(files)} for split, files in config.splits.items()],
            }
            for config in made
        ],
        "dataset_info": [{"config_name": config.name, "features": features(config.record)} for config in made],
    }


# --- the part that a push writes ------------------------------------------------------------------


def body(
    plan: Plan, repo: str, made: Sequence[Config], results: Results, pairs: Mapping[str, str] | None = None
) -> str:
    """What stands between the marks. `pairs` tells for each file of reward pairs the state it was published with."""
    title = f"# {plan.manifest.name}"
    sections = [title, plan.manifest.recipe.title, *_loading(plan, repo, made), *_text_of(plan, repo)]
    if older := {path: state for path, state in (pairs or {}).items() if state != plan.state()}:
        listed = "; ".join(f"`{path}` with {state}" for path, state in sorted(older.items()))
        sections.append(f"Reward pairs that were published earlier and stay: {listed}.")
    if results:
        sections += ["## Results", *_results(plan, results)]
    return "\n\n".join(filter(None, (*sections, *_tables(plan)))).rstrip("\n")


def as_text(said: str) -> str:
    """What somebody wrote, as one line of Markdown that is nothing but text."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(said.split()))


def _loading(plan: Plan, repo: str, made: Sequence[Config]) -> Iterator[str]:
    first = made[0]
    split = "test" if "test" in first.splits else next(iter(first.splits))
    asked = first.name == "instructions" and "test" in first.splits
    variable = re.sub(r"\W", "_", first.name)
    yield (
        "A benchmark of universal information extraction, built with uiebench. "
        "用 uiebench 构建的通用信息抽取评测基准"
        + ("；`load_dataset` 可直接加载，`uiebench score` 可直接评测。" if asked else "。")
    )
    yield (
        "```python\nfrom datasets import load_dataset\n\n"
        f'{variable} = load_dataset("{repo}", "{first.name}", split="{split}")\n```'
    )
    if asked:
        yield f"```\nuiebench score predictions.jsonl --benchmark {repo}\n```"
    yield markdown(
        ("config", "splits", "a row is"),
        [[f"`{config.name}`", ", ".join(config.splits), ROWS[config.record]] for config in made],
        100,
    )


def _text_of(plan: Plan, repo: str) -> Iterator[str]:
    """Which corpora's text is here, under which licence, and how the rest is rebuilt."""
    yield "## What is published"
    if plan.manifest.recipe.samples:
        yield "Everything: the texts are invented."
        return
    yield markdown(
        ("corpus", "licence", "text"),
        [
            [name, corpus.licence.name, "held back" if name in plan.held_back else "by permission" if name in
             plan.permissions else "published"]
            for name, corpus in plan.corpora.items()
        ],
        100,
    )  # fmt: skip
    if plan.permissions:
        yield "Published by permission, as the recipe states:"
        yield "\n".join(f"- **{name}**: {as_text(said)}" for name, said in plan.permissions.items())
    if plan.held_back:
        yield (
            "Of what is held back there are ids, hashes and counts (config `withheld`), label statistics "
            f"(`{STATISTICS}`) and the recipe (`{COMPLETE}`). Whoever has the original files rebuilds the same bytes; "
            "every hash is checked. 未公开的文本只提供编号、散列值、统计和配方；持有原始文件者可重建出完全相同的数据："
        )
        score = ""
        if not plan.may:
            score = f"\nuiebench score predictions.jsonl --benchmark benchmarks/{plan.manifest.name}"
        yield f"```\nuiebench rebuild {repo} --raw DIR{score}\n```"
        if plan.may:
            yield (
                f"`--benchmark {repo}` scores what is published, which is another benchmark than the whole: the "
                "signatures differ."
            )
    if plan.pairs_held_back:
        listed = ", ".join(f"{name} {n:,}" for name, n in sorted(plan.pairs_held_back.items()))
        yield f"Reward pairs held back: {listed}."


def _tables(plan: Plan) -> Iterator[str]:
    """The README of the benchmark behind its title; where something is held back, that of what is published."""
    if not plan.held_back:
        _, _, rest = plan.body.partition("\n\n")
        yield rest.partition("\n\n")[2] if plan.manifest.recipe.title else rest
        return
    if not plan.may:
        yield f"No text is published. The tables of the whole benchmark: [{COMPLETE_CARD}]({COMPLETE_CARD})."
    else:
        yield (
            f"The tables below are of what is published. Those of the whole benchmark stand in "
            f"[{COMPLETE_CARD}]({COMPLETE_CARD}); `labels.svg` and `{STATISTICS}` are of the whole, too."
        )
        parts, prompts = _built(plan)
        missing = [
            (name, Absent(split, (), remedy))
            for name, splits in plan.manifest.absent.items()
            for split in SPLITS
            if (remedy := splits.get(split))
        ]
        groups = plan.manifest.recipe.held_out
        here = {group: found for group, names in groups.items() if (found := tuple(n for n in names if n in plan.may))}
        recipe = msgspec.structs.replace(plan.manifest.recipe, title="", held_out=here)
        told = readme(
            recipe, [p for p in parts if p.corpus in plan.may], [p for p in prompts if p.corpus in plan.may], missing
        )
        yield told.partition("\n\n")[2].partition("## Sources and licences")[0].strip()
    back = {
        group: gone
        for group, names in sorted(plan.manifest.recipe.held_out.items())
        if (gone := [name for name in names if name in plan.held_back])
    }
    if back:
        yield "## Zero-shot corpora that are held back"
        yield markdown(["group", "corpora"], [(group, ", ".join(names)) for group, names in back.items()])
    yield "## Sources and licences"
    yield markdown(
        ["corpus", "title", "licence", "text", "checked on"],
        [
            [
                corpus.name,
                f"[{corpus.title}]({corpus.homepage})",
                corpus.licence.name,
                "held back" if corpus.name in plan.held_back else "published",
                "the original files" if corpus.verified == "original" else "a sample only",
            ]
            for corpus in plan.corpora.values()
        ],
        5,
    )
    yield "## Citation"
    yield f"```bibtex\n{bibtex(plan)}\n```"


def bibtex(plan: Plan) -> str:
    """The entries of all corpora of a benchmark, as its README has them."""
    found = re.search(r"```bibtex\n(.*?)\n```", plan.body, re.DOTALL)
    return found[1] if found else ""


def _built(plan: Plan) -> tuple[list[Part], list[PromptPart]]:
    """The splits and their prompts, as stats.json counts them."""
    stats = msgspec.json.decode(plan.files[STATISTICS].place.read_bytes())
    parts = [msgspec.convert({"key": "", "sources": {}, "files": {}} | part, Part) for part in stats["parts"]]
    counts: dict[tuple[str, str], list[Any]] = {}
    for told in stats["instructions"]:
        counts.setdefault((told["corpus"], told["split"]), []).append(told)
    pieces = {(told["corpus"], told["split"]): told for told in stats.get("pieces", ())}
    prompts = [
        msgspec.convert(
            {"key": "", "corpus": corpus, "split": split, "files": {}, "counts": counts.get((corpus, split), []),
             "pieces": pieces.get((corpus, split))},
            PromptPart,
        )
        for corpus, split in dict.fromkeys([*counts, *pieces])
    ]  # fmt: skip
    return parts, prompts


# --- results --------------------------------------------------------------------------------------


class Scored(msgspec.Struct, frozen=True):
    """The part of a report that a card shows."""

    rows: tuple[Figure, ...]
    means: tuple[Figure, ...]


def reports(plan: Plan, paths: Sequence[Path]) -> dict[str, tuple[Figure, ...]]:
    """The figures of reports of this benchmark, by the name of the file.

    Raises: SourceError for reports of another benchmark, RecipeError for two of one name.
    """
    titles, found = _titles(plan), dict[str, tuple[Figure, ...]]()
    for path in paths:
        try:
            report = msgspec.json.decode(path.read_bytes(), type=Scored)
        except (OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{path}: not what `uiebench score --json` prints ({error})") from None
        figures = (*report.means, *(row for row in report.rows if row.by == "corpus"))
        if not all(titles & set(figure.signature.split("|")) for figure in figures):
            raise SourceError(f"{path}: scores of another benchmark, not of {' or '.join(sorted(titles))}")
        if path.stem in found:
            raise RecipeError(f"--results {path}: another report is called {path.stem!r} too; rename one")
        found[path.stem] = figures
    return found


def _titles(plan: Plan) -> set[str]:
    fingerprints = {plan.files[name].sha256[:8] for name in (MANIFEST, COMPLETE) if name in plan.files}
    return {f"bench:{plan.manifest.name}@{fingerprint}" for fingerprint in fingerprints}


def of_another_state(plan: Plan, figures: Sequence[Figure]) -> str:
    """The benchmark that figures were computed on, if that is not this one; as signatures name it."""
    for figure in figures:
        signed = set(figure.signature.split("|"))
        if not _titles(plan) & signed:
            return next((part for part in sorted(signed) if part.startswith("bench:")), "another benchmark")
    return ""


def _results(plan: Plan, results: Results) -> Iterator[str]:
    for name, figures in sorted(results.items()):
        yield f"### {as_text(name)}"
        if other := of_another_state(plan, figures):
            yield f"Computed on an earlier state of this benchmark (`{other}`)."
        yield markdown(
            ("", "task", "metric", "F1", "95 %", "signature"),
            [
                [
                    figure.key,
                    figure.task,
                    figure.metric,
                    f"{100 * figure.f1:.2f}",
                    "–" if figure.low is None or figure.high is None
                    else f"{100 * figure.low:.2f}–{100 * figure.high:.2f}",
                    f"`{figure.signature.replace('|', ' ')}`",
                ]
                for figure in figures
            ],
            3,
        )  # fmt: skip
