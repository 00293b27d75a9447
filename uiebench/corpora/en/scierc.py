"""SciERC: terms and relations in 500 abstracts of artificial intelligence papers.

Native form: one abstract a line, as tokenized sentences; mentions and relations stand sentence by sentence,
but count the tokens of the whole abstract, and the end is the last token of the mention:

    {"doc_key": "N1", "sentences": [["We", "test", "it", "."], ["The", "parser", "is", "fast", "."]],
     "ner": [[[2, 2, "Generic"]], [[5, 5, "Method"]]], "relations": [[], []], "clusters": [[[2, 2], [5, 5]]]}

A document is an abstract: its tokens with one blank between them; in the reading ``sentences`` it is one of its
sentences, as results on relations often have it. Brackets keep their Penn Treebank names
(``-LRB-``, ``-RRB-``). Coreference clusters are not read.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import Tokens, joined, json_records
from uiebench.ledger import Ledger
from uiebench.types import (
    Corpus,
    Document,
    Download,
    Label,
    Licence,
    Reading,
    Relation,
    RelationLabel,
    Reported,
    Schema,
    Split,
    Totals,
)

BASE = (
    "https://raw.githubusercontent.com/JerryHao2001/thesis-tanl/79612fe4a2cfbd5a53b928c5224b7742a7a1515d/data/scierc/"
)
TRAIN = Download(
    "train.json",
    BASE + "train.json",
    sha256="a1e656c4de5d5552c1fba0e5416ad10541e711e0723cec71ffa11179aa33060d",
    bytes=720663,
)
DEV = Download(
    "dev.json",
    BASE + "dev.json",
    sha256="56e16fa779f8315ad49826223c206803022f9a2148f8dc14ba8436748cca0a8a",
    bytes=103315,
)
TEST = Download(
    "test.json",
    BASE + "test.json",
    sha256="82aaf0bf709c4da8bcaf28463e18fc6671eb7fe739f7312226dc18f3efff9989",
    bytes=213897,
)


class Abstract(msgspec.Struct):
    """A record; coreference and `doc_key` are not read."""

    sentences: list[list[str]]
    ner: list[list[tuple[int, int, str]]]
    relations: list[list[tuple[int, int, int, int, str]]]


def sentences(files: Sequence[Path], ledger: Ledger) -> Iterator[Sequence[Document]]:
    """The sentences of each abstract; mentions and relations are given by tokens of the abstract."""
    for path in files:
        for abstract in json_records(path, ledger, Abstract):
            found, before = [], 0
            try:
                for tokens, mentions, related in zip(abstract.sentences, abstract.ner, abstract.relations, strict=True):
                    words = Tokens(tokens, ledger)
                    entities = {
                        (first, last): words.entity(first - before, last - before + 1, type)
                        for first, last, type in mentions
                    }
                    if len(entities) < len(mentions):
                        raise ledger.malformed(str(mentions), "one type for each mention")
                    relations = [Relation(name, entities[a, b], entities[c, d]) for a, b, c, d, name in related]
                    found.append(Document("", words.text, tuple(entities.values()), tuple(relations)))
                    before += len(tokens)
            except (LookupError, ValueError) as error:
                wanted = f"mentions and relations of each sentence ({error!r})"
                raise ledger.malformed(str(abstract.sentences[:1]), wanted) from None
            yield found


ENTITIES = (
    Label("Task", "任务", "task", description="problems to solve, applications, systems to build"),
    Label("Method", "方法", "method", description="methods, models, systems, algorithms, tools, components"),
    Label("Metric", "指标", "metric", description="measures of quality or efficiency"),
    Label(
        "Material",
        "材料",
        "material",
        "scientific material",
        description="data, resources, corpora, languages, knowledge bases",
    ),
    Label(
        "OtherScientificTerm",
        "其他科学术语",
        "scientific term",
        description="scientific terms that are neither task, method, metric nor material",
    ),
    Label("Generic", "泛称", "generic", description="general words and pronouns that refer to a term, in a relation"),
)
TYPES = tuple(label.name for label in ENTITIES)

CORPUS = Corpus(
    name="scierc",
    title="SciERC",
    language="en",
    domain="science",
    domain_zh="科学",
    tasks=("NER", "RE"),
    homepage="http://nlp.cs.washington.edu/sciIE/",
    citation="""@inproceedings{luan-etal-2018-multi,
  title = {Multi-Task Identification of Entities, Relations, and Coreference for Scientific Knowledge Graph
           Construction},
  author = {Luan, Yi and He, Luheng and Ostendorf, Mari and Hajishirzi, Hannaneh},
  booktitle = {Proceedings of the 2018 Conference on Empirical Methods in Natural Language Processing},
  year = {2018}, pages = {3219--3232}, url = {https://aclanthology.org/D18-1360},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=joined(sentences, " "),
    schema=Schema(
        entities=ENTITIES,
        relations=tuple(
            RelationLabel(name, zh, en, concept, description=description, heads=TYPES, tails=TYPES)
            for name, zh, en, concept, description in (
                ("USED-FOR", "用于", "used for", "", "the head is used for, models or trains the tail"),
                ("FEATURE-OF", "特征", "feature of", "", "the head belongs to or is a feature of the tail"),
                ("HYPONYM-OF", "下位词", "hyponym of", "", "the head is a kind of the tail"),
                ("PART-OF", "组成部分", "part of", "part-whole", "the head is a part of the tail"),
                ("EVALUATE-FOR", "用于评测", "evaluation of", "", "the head is a measure or test of the tail"),
                ("COMPARE", "比较", "comparison", "", "the two are compared, or opposed to one another"),
                ("CONJUNCTION", "并列", "conjunction", "", "the two play the same part, or are used together"),
            )
        ),
    ),
    description="Abstracts of papers of artificial intelligence, computer vision, language and speech, machine "
    "learning. Mentions may be nested; relations never leave their sentence.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(350), "dev": Totals(50), "test": Totals(100)},
    published_source="Luan et al. (2018): abstracts",
    expect={
        "train": Totals(350, 5598, 3215, 0, 0, drops={"repeated annotation": 4}),
        "dev": Totals(50, 811, 455, 0, 0),
        "test": Totals(100, 1685, 974, 0, 0),
    },
    reported=(Reported("InstructUIE", "RE", 7, 1366, 187, 397),),
    differences=(
        "InstructUIE (1,366 / 187 / 397) takes single sentences and keeps those with a relation; the reading "
        "`sentences`, having relations, gives exactly that many, out of 1,861 / 275 / 551 sentences."
    ),
    differences_zh=(
        "InstructUIE（1,366 / 187 / 397）以单句为文本，只留有关系的句子；读法 `sentences` 只取有关系的，从 1,861 / "
        "275 / 551 句中恰好得到这些。"
    ),
    defects={"repeated annotation": "Four training relations are listed twice."},
    readings={
        "sentences": Reading(
            "a sentence",
            sentences,
            expect={
                "train": Totals(1861, 5598, 3215, 0, 0, drops={"repeated annotation": 4}),
                "dev": Totals(275, 811, 455, 0, 0),
                "test": Totals(551, 1685, 974, 0, 0),
            },
        )
    },
)
