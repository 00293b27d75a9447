"""A first instruction layer: for each document and task one prompt that offers all labels of its corpus.

    Instruction(id="resume/train/0#NER", document="resume/train/0", corpus="resume", task="NER",
                language="zh", labels=("NAME", …), prompt="请从下面的文本中抽取实体。…", target='{"人名":["高明"],…}')

`labels` are native names, prompt and target show display names.
"""

from __future__ import annotations

from collections.abc import Iterator

from uiebench.instruct.prompt import Renderer
from uiebench.instruct.target import Names, encode
from uiebench.types import Corpus, Document, Instruction, Task


def offered(corpus: Corpus, task: Task) -> tuple[str, ...]:
    """The native names of the labels that a prompt of this task offers."""
    schema = corpus.schema
    labels = schema.entities if task == "NER" else schema.relations if task == "RE" else schema.events
    return tuple(label.name for label in labels)


class Instructor:
    """Renders the instructions of the documents of one corpus."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self.corpus = corpus
        self.names = Names(corpus.language, corpus.schema)
        self.tasks = [
            (task, f"#{task}", offered(corpus, task), Renderer(corpus.language, task, corpus.schema, seed))
            for task in corpus.tasks
        ]

    def __call__(self, document: Document) -> Iterator[Instruction]:
        """The instructions of a document, one a task, in the order of the corpus's tasks."""
        for task, suffix, labels, renderer in self.tasks:
            yield Instruction(
                id=document.id + suffix,
                document=document.id,
                corpus=self.corpus.name,
                task=task,
                language=self.corpus.language,
                labels=labels,
                prompt=renderer.prompt(document),
                target=encode(document, task, self.names),
            )
