"""NYT11-HRL: Freebase relations in sentences of the New York Times, in the edition of Takanobu et al. (2019).

Native form: JSON lines of tokenized sentences; the tags of a relation mark its head (4, then 1), its tail
(5, then 2) and other entities (6, then 3), one for each token:

    {"sentext": " Mira Holt lives in Ashby . ", "entities": ["Mira Holt", "Ashby"], "ID": 1, "relations": [
        {"rtext": "/people/person/place_lived", "em1": "Mira Holt", "em2": "Ashby", "tags": [4, 1, 0, 0, 5, 0]}]}

The tags give the place of a name where they mark one stretch that spells it; otherwise it gets offsets if it
stands in the text at exactly one place. The files were not at hand: the form is that of the authors' read-me and
of excerpts they discuss. A relation called ``None`` is taken for the absence of one, as CasRel takes it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.corpora.freebase import RELATIONS
from uiebench.formats import Tokens, json_records, located
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Entity, Licence, Manual, Relation, Reported, Schema, Split

HOW = "Download NYT11 by the link in the read-me of data/NYT11 and unpack it; its train.json and test.json go here"
PAGE = "https://github.com/truthless11/HRL-RE/tree/master/data/NYT11"
TRAIN = Manual("train.json", HOW, PAGE)
TEST = Manual("test.json", HOW, PAGE)

HEAD, TAIL = (4, 1), (5, 2)


class Triple(msgspec.Struct):
    """A relation: its type, head, tail, and a tag for each token."""

    rtext: str
    em1: str
    em2: str
    tags: list[int] = []


class Sentence(msgspec.Struct):
    """A record; `entities` and `ID` are not read."""

    sentext: str
    relations: list[Triple] = []


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Sentences, in which the tags of each relation mark its head and its tail."""
    for path in files:
        for sentence in json_records(path, ledger, Sentence):
            tokens = sentence.sentext.split()
            words = Tokens(tokens, ledger)
            relations = []
            for triple in sentence.relations:
                if triple.rtext != "None":
                    tags = triple.tags if len(triple.tags) == len(tokens) else []
                    head = _marked(words, tags, HEAD, triple.em1) or located(words.text, triple.em1, "", ledger)
                    tail = _marked(words, tags, TAIL, triple.em2) or located(words.text, triple.em2, "", ledger)
                    relations.append(Relation(triple.rtext, head, tail))
            yield Document("", words.text, relations=tuple(relations))


def _marked(words: Tokens, tags: list[int], kind: tuple[int, int], name: str) -> Entity | None:
    """The one stretch of tokens with tags of this kind, if it spells `name`."""
    first, inside = kind
    if tags.count(first) != 1:
        return None
    begin = tags.index(first)
    stop = begin + 1
    while stop < len(tags) and tags[stop] == inside:
        stop += 1
    found = words.entity(begin, stop, "")
    return found if found.text == name else None


NAMES = (
    "/location/location/contains",
    "/location/country/capital",
    "/location/country/administrative_divisions",
    "/location/administrative_division/country",
    "/location/neighborhood/neighborhood_of",
    "/people/person/nationality",
    "/people/person/place_lived",
    "/people/person/place_of_birth",
    "/people/deceased_person/place_of_death",
    "/people/person/children",
    "/business/person/company",
    "/business/company/founders",
)

CORPUS = Corpus(
    name="nyt11_hrl",
    title="NYT11-HRL",
    language="en",
    domain="news",
    domain_zh="新闻",
    tasks=("RE",),
    homepage="https://github.com/truthless11/HRL-RE",
    citation="""@inproceedings{takanobu-etal-2019-hierarchical,
  title = {A Hierarchical Framework for Relation Extraction with Reinforcement Learning},
  author = {Takanobu, Ryuichi and Zhang, Tianyang and Liu, Jiexi and Huang, Minlie},
  booktitle = {Proceedings of the AAAI Conference on Artificial Intelligence}, volume = {33},
  year = {2019}, pages = {7072--7079}, doi = {10.1609/aaai.v33i01.33017072},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        terms="No licence is stated; the texts belong to the New York Times (LDC2008T19).",
    ),
    splits=(Split("train", (TRAIN,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(relations=tuple(label for label in RELATIONS if label.name in NAMES)),
    description="Sentences whose training relations were found by distant supervision (a pair that Freebase relates "
    "is taken to be related wherever it is named) and whose test relations were annotated by hand.",
    annotation="By distant supervision with Freebase (train) and by hand (test).",
    verified="sample",
    reported=(Reported("InstructUIE", "RE", 12, 62_648, 149, 369),),
    differences="There is no official development set: the authors' code takes the first 5 % of the training file. "
    "Where the 149 development sentences of InstructUIE come from is not known.",
    differences_zh="没有官方开发集：作者的代码取训练文件的前 5%。InstructUIE 的 149 个开发句出自何处不得而知。",
)
