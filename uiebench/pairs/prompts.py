"""The prompts of a benchmark, document by document, and whether their gold can be trusted.

    for document, prompts in Prompts(benchmark, incomplete={"nyt"}).documents("resume", "train"):
        prompts[0].asked.f1('{"人名":["高明"]}'), prompts[0].text, prompts[0].doubt   →  (0.5, "高明先生，…", "")

Gold that is not trusted tells no answer right or wrong: that of a corpus known to leave facts unannotated, or of a
document that an annotation was dropped of ("incomplete"), and that of a text which the corpus annotates in two ways
("conflicting").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple
from unicodedata import normalize

import msgspec

from uiebench.errors import RecipeError, SourceError, nearest
from uiebench.hashing import lot
from uiebench.instruct.styles import Setting
from uiebench.score.answer import Asked
from uiebench.score.facts import METRICS, facts, nfc_strip
from uiebench.score.gold import Benchmark
from uiebench.storage import read_columns, read_parquet, read_some
from uiebench.types import Document, Instruction, SplitName, Task

Doubt = Literal["", "incomplete", "conflicting"]


class Prompt(NamedTuple):
    """A prompt with what is right for it, the text it asks about, and why its gold is not trusted ("": it is)."""

    instruction: Instruction
    asked: Asked
    text: str
    doubt: Doubt


class Prompts:
    """The prompts of a benchmark. `incomplete`: corpora known to leave facts unannotated."""

    def __init__(self, benchmark: Benchmark, incomplete: Collection[str] = ()) -> None:
        self.benchmark, self.incomplete = benchmark, frozenset(incomplete)
        self.conflicting = cache(self._conflicting)
        self.partial = cache(self._partial)
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
        if corpus in self.incomplete or document in self.partial(corpus):
            return "incomplete"
        return "conflicting" if document in self.conflicting(corpus, task) else ""

    def _setting(self, corpus: str) -> Setting:
        described = self.benchmark.describe(corpus)
        return Setting(described.language, described.schema)

    def _partial(self, corpus: str) -> frozenset[str]:
        """The documents of a corpus that an annotation was dropped of, as far as the benchmark tells them."""
        found: set[str] = set()
        for path in (self.benchmark.folder / "corpora" / corpus).glob("*.partial.json"):
            try:
                found |= set(msgspec.json.decode(path.read_bytes(), type=list[str]))
            except msgspec.DecodeError as error:
                raise SourceError(f"{path}: cannot be read ({error})") from None
        return frozenset(found)

    def _conflicting(self, corpus: str, task: Task) -> frozenset[str]:
        """The documents of a corpus whose text stands there again and is annotated otherwise for a task."""
        same: defaultdict[int, list[str]] = defaultdict(list)
        files = sorted((self.benchmark.folder / "corpora" / corpus).glob("*.parquet"))
        for path in files:
            for id, text in read_columns(path, "id", "text"):
                same[lot("".join(normalize("NFC", text).split()))].append(id)
        groups = [ids for ids in same.values() if len(ids) > 1]
        wanted, said = {id for ids in groups for id in ids}, dict[str, frozenset[object]]()
        for path in files:
            here = [id for id in wanted if id.split("/")[1] == path.stem]
            for document in read_some(path, Document, "id", here) if here else ():
                said[document.id] = _said(document, task)
        return frozenset(id for ids in groups if len({said[id] for id in ids}) > 1 for id in ids)


def _said(document: Document, task: Task) -> frozenset[object]:
    """What a document says for a task, white space in mentions aside."""
    found = facts(document, task, nfc_strip)
    return frozenset(
        (metric, tuple("".join(part.split()) for part in fact))
        for metric in METRICS[task]
        for fact in found.get(metric, ())
    )
