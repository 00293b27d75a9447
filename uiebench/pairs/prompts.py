"""The prompts of a benchmark, document by document, and whether their gold can be trusted.

    for document, prompts in Prompts(benchmark, incomplete={"nyt"}).documents("resume", "train"):
        prompts[0].asked.f1('{"人名":["高明"]}'), prompts[0].text, prompts[0].doubt   →  (0.5, "高明先生，…", "")

Gold that is not trusted tells no answer right or wrong: that of a corpus known to leave facts unannotated, or of a
document that an annotation was dropped of ("incomplete"), and that of a text which is annotated otherwise elsewhere
("conflicting"); see `flaws`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from uiebench.errors import RecipeError, nearest
from uiebench.instruct.styles import Setting
from uiebench.pairs.flaws import conflicting
from uiebench.pairs.flaws import partial as partially_annotated
from uiebench.score.answer import Asked
from uiebench.score.gold import Benchmark
from uiebench.storage import read_parquet
from uiebench.types import SPLITS, Instruction, SplitName, Task

Doubt = Literal["", "incomplete", "conflicting", "sparse"]


class Prompt(NamedTuple):
    """A prompt with what is right for it, the text it asks about, and why its gold is not trusted ("": it is)."""

    instruction: Instruction
    asked: Asked
    text: str
    doubt: Doubt


class Prompts:
    """The prompts of a benchmark. `incomplete`, `sparse`: corpora that leave facts unannotated, most or a few."""

    def __init__(self, benchmark: Benchmark, incomplete: Collection[str] = (), sparse: Collection[str] = ()) -> None:
        self.benchmark, self.incomplete, self.sparse = benchmark, frozenset(incomplete), frozenset(sparse)
        self.conflicting = cache(self._conflicting)
        self.partial = cache(partial(partially_annotated, benchmark.folder))
        self.setting = cache(self._setting)

    def corpora(self, split: SplitName, wanted: Collection[str] | Literal["all"] = "all") -> list[str]:
        """The corpora that have prompts in a split, or those of them that are wanted."""
        return [name for name in self.benchmark.corpora(split) if wanted == "all" or name in wanted]

    def known(self, corpora: Collection[str], option: str) -> None:
        """Raise RecipeError for a corpus the benchmark does not have; `option` is where it was named."""
        there = sorted(path.name for path in (self.benchmark.folder / "corpora").glob("*") if path.is_dir())
        for name in corpora:
            if name not in there:
                raise RecipeError(f"{option} {name}: not in {self.benchmark.folder}{nearest(name, there)}")

    def documents(self, corpus: str, split: SplitName) -> Iterator[tuple[str, list[Prompt]]]:
        """The documents that a split asks about, each with its prompts, in the order of the benchmark."""
        coming = read_parquet(self.path(corpus, split), Instruction)
        prompts: list[Prompt] = []
        for item in self.benchmark.items(split, [corpus]):
            id, text = item.document.id, item.document.text
            if prompts and prompts[0].instruction.document != id:
                yield prompts[0].instruction.document, prompts
                prompts = []
            doubt = self.doubt(corpus, item.task, id)
            for instruction in islice(coming, len(item.asked)):
                asked = Asked(instruction, self.setting(corpus).names(instruction))
                prompts.append(Prompt(instruction, asked, text[instruction.start : instruction.end], doubt))
        if prompts:
            yield prompts[0].instruction.document, prompts

    def path(self, corpus: str, split: SplitName) -> Path:
        """The file of the prompts of a corpus in a split."""
        return self.benchmark.folder / "instructions" / split / f"{corpus}.parquet"

    def doubt(self, corpus: str, task: Task, document: str) -> Doubt:
        """Why the gold of a task about a document is not trusted; empty if it is."""
        split = split_of(document)
        if corpus in self.incomplete or document in self.partial(corpus, split):
            return "incomplete"
        if task in self.conflicting(split).get(document, ()):
            return "conflicting"
        return "sparse" if corpus in self.sparse else ""

    def _conflicting(self, split: SplitName) -> dict[str, set[Task]]:
        """The documents of a split whose text is annotated otherwise elsewhere, and for which tasks."""
        folder = self.benchmark.folder
        there = sorted(path.parent.name for path in (folder / "corpora").glob(f"*/{split}.parquet"))
        return conflicting(folder, split, there)

    def _setting(self, corpus: str) -> Setting:
        described = self.benchmark.describe(corpus)
        return Setting(described.language, described.schema)


def split_of(document: str) -> SplitName:
    """The split that an id names: "train" of "resume/train/7"."""
    return next(split for split in SPLITS if document.split("/")[1] == split)
