"""CoNLL04: entities and relations in sentences of the Wall Street Journal and the AP, as SpERT splits them.

Native form: one JSON array of tokenized sentences; the end of an entity is the token after its last one,
head and tail of a relation are positions in the list of entities:

    [{"tokens": ["Mira", "Holt", "lives", "in", "Ashby", "."],
      "entities": [{"type": "Peop", "start": 0, "end": 2}, {"type": "Loc", "start": 4, "end": 5}],
      "relations": [{"type": "Live_In", "head": 0, "tail": 1}], "orig_id": 7}]

The text is the tokens with one blank between them; quotation marks are two tokens in the files, and stay so.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import Tokens, json_records
from uiebench.ledger import Ledger
from uiebench.types import (
    Corpus,
    Document,
    Download,
    Label,
    Licence,
    Relation,
    RelationLabel,
    Reported,
    Schema,
    Split,
    Totals,
)

BASE = "https://raw.githubusercontent.com/pity4yeats/promptner/728c1c9384e5df2830919c47818bb3757bb1aba9/data/conll2004/"
TRAIN = Download(
    "conll04_train.json",
    BASE + "conll04_train.json",
    sha256="65c52d5b6134c72c44277c74c5ecb354bf33aa352fc7b856edf6bda0bb436eea",
    bytes=474194,
)
DEV = Download(
    "conll04_dev.json",
    BASE + "conll04_dev.json",
    sha256="3965a5110a79671fb74a78c0fd0113c4da6583c3833bd418c1ca414bb491e010",
    bytes=124823,
)
TEST = Download(
    "conll04_test.json",
    BASE + "conll04_test.json",
    sha256="347f45cf181b5641d2373248a1af0592954415234f72536835dde1df1b504556",
    bytes=151092,
)


class Mention(msgspec.Struct):
    """An entity from token `start` to before token `end`."""

    type: str
    start: int
    end: int


class Link(msgspec.Struct):
    """A relation between two positions in the list of entities."""

    type: str
    head: int
    tail: int


class Sentence(msgspec.Struct):
    """A record; `orig_id` is not read."""

    tokens: list[str]
    entities: list[Mention]
    relations: list[Link]


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Sentences whose mentions are given by tokens, whose relations by the positions of mentions."""
    for path in files:
        for sentence in json_records(path, ledger, Sentence):
            words = Tokens(sentence.tokens, ledger)
            entities = words.entities((m.start, m.end, m.type) for m in sentence.entities)
            try:
                relations = [Relation(r.type, entities[r.head], entities[r.tail]) for r in sentence.relations]
            except IndexError:
                raise ledger.malformed(words.text, "positions inside the list of entities") from None
            yield Document("", words.text, entities, tuple(relations))


CORPUS = Corpus(
    name="conll04",
    title="CoNLL04",
    language="en",
    domain="news",
    domain_zh="新闻",
    tasks=("NER", "RE"),
    homepage="http://lavis.cs.hs-rm.de/storage/spert/public/datasets/conll04/",
    citation="""@inproceedings{roth-yih-2004-linear,
  title = {A Linear Programming Formulation for Global Inference in Natural Language Tasks},
  author = {Roth, Dan and Yih, Wen-tau},
  booktitle = {Proceedings of the Eighth Conference on Computational Natural Language Learning ({CoNLL}-2004)},
  year = {2004}, pages = {1--8}, url = {https://aclanthology.org/W04-2401},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the texts are of news agencies."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(
        entities=(
            Label("Peop", "人物", "person", description="names of persons"),
            Label("Org", "组织机构", "organization", description="companies, agencies, institutions, teams"),
            Label("Loc", "地点", "location", description="countries, cities, regions and other places"),
            Label(
                "Other",
                "其他",
                "miscellaneous",
                description="times, quantities, nationalities, products and other names",
            ),
        ),
        relations=(
            RelationLabel(
                "Work_For",
                "任职机构",
                "employer",
                description="the person works for the organization",
                heads=("Peop",),
                tails=("Org",),
            ),
            RelationLabel(
                "Kill",
                "杀害对象",
                "person killed",
                description="the first person kills the second",
                heads=("Peop",),
                tails=("Peop",),
            ),
            RelationLabel(
                "OrgBased_In",
                "机构所在地",
                "location of organization",
                description="the organization is based in the place",
                heads=("Org",),
                tails=("Loc",),
            ),
            RelationLabel(
                "Live_In",
                "居住地",
                "place of residence",
                description="the person lives in, was born in or comes from the place",
                heads=("Peop",),
                tails=("Loc",),
            ),
            RelationLabel(
                "Located_In",
                "位于",
                "located in",
                description="the first place is a part of the second",
                heads=("Loc",),
                tails=("Loc",),
            ),
        ),
    ),
    description="Sentences of news with at least one relation, annotated with entities and relations by hand. Of the "
    "texts, 52 occur twice, 18 of them in both train and test.",
    annotation="By hand.",
    verified="original",
    expect={
        "train": Totals(922, 3377, 1283, 0, 0),
        "dev": Totals(231, 893, 343, 0, 0),
        "test": Totals(288, 1079, 422, 0, 0),
    },
    reported=(Reported("InstructUIE", "RE", 5, 922, 231, 288),),
)
