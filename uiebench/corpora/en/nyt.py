"""NYT (also NYT24): Freebase relations found by distant supervision in sentences of the New York Times.

Native form: one JSON array of tokenized sentences with triples of strings (the form of CasRel):

    [{"text": "Mira Holt lives in Ashby .", "triple_list": [["Mira Holt", "/people/person/place_lived", "Ashby"]]}]

There are no offsets: a string gets them if it stands in the text at exactly one place. Some names are spelt
with the accents of Freebase, which the texts do not have.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from unicodedata import combining, normalize

from uiebench.corpora.freebase import RELATIONS
from uiebench.formats import triples
from uiebench.ledger import Ledger
from uiebench.text import align
from uiebench.types import (
    Corpus,
    Document,
    Download,
    Entity,
    Licence,
    Relation,
    Reported,
    Schema,
    Split,
    Totals,
)

BASE = "https://raw.githubusercontent.com/China-ChallengeHub/OneRel/cbad87432539e06510c1c894d7eee3af27e9eb10/data/NYT/"
TRAIN = Download("train_triples.json", BASE + "train_triples.json")
DEV = Download(
    "dev_triples.json",
    BASE + "dev_triples.json",
    sha256="0f565929a890e1bff6434c32fd0071d88f684c6e555ce56e4f059ddb4cf4eb82",
    bytes=2437249,
)
TEST = Download(
    "test_triples.json",
    BASE + "test_triples.json",
    sha256="6fb82063b7f6e69cea371175a37bf57384b3faddc5de6af7fbbcc6a362651f4b",
    bytes=2455608,
)

_read = triples(relations="triple_list", predicate=1, subject=0, object=2, subject_type=None, object_type=None)


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Sentences with their triples, the names spelt as in the text."""
    for document in _read(files, ledger):
        text = document.text
        relations = [
            Relation(r.type, _spelt(text, r.head, ledger), _spelt(text, r.tail, ledger)) for r in document.relations
        ]
        yield Document("", text, relations=tuple(relations))


def _spelt(text: str, end: Entity, ledger: Ledger) -> Entity:
    """`end` in the spelling of the text, where the two differ in accents alone and at one place."""
    if end.start is not None or end.text in text:
        return end
    plain = _plain(text)
    start, stop = align(plain, _plain(end.text))
    if start is None or len(plain) != len(text):
        return end
    ledger.repair("accents", end.text)
    return Entity(text[start:stop], start, stop, end.type)


def _plain(string: str) -> str:
    return "".join([char for char in normalize("NFD", string) if not combining(char)])


CORPUS = Corpus(
    name="nyt",
    title="NYT",
    language="en",
    domain="news",
    domain_zh="新闻",
    tasks=("RE",),
    homepage="https://github.com/weizhepei/CasRel",
    citation="""@inproceedings{zeng-etal-2018-extracting,
  title = {Extracting Relational Facts by an End-to-End Neural Model with Copy Mechanism},
  author = {Zeng, Xiangrong and Zeng, Daojian and He, Shizhu and Liu, Kang and Zhao, Jun},
  booktitle = {Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics},
  year = {2018}, pages = {506--514}, url = {https://aclanthology.org/P18-1047},
}
@inproceedings{riedel-etal-2010-modeling,
  title = {Modeling Relations and Their Mentions without Labeled Text},
  author = {Riedel, Sebastian and Yao, Limin and McCallum, Andrew},
  booktitle = {Machine Learning and Knowledge Discovery in Databases (ECML PKDD 2010)},
  year = {2010}, pages = {148--163}, doi = {10.1007/978-3-642-15939-8_10},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        terms="No licence is stated; the texts belong to the New York Times (LDC2008T19).",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(relations=RELATIONS),
    description="Sentences with at least one relation, in the edition of Zeng et al. (2018) with whole names. The "
    "annotation is automatic: a pair that Freebase relates is taken to be related in every sentence that names it. "
    "Two of the 24 relations (industry and occupation) do not occur in dev and test. Some sentences occur twice.",
    annotation="By distant supervision: sentences aligned with Freebase.",
    verified="original",
    expect={
        "dev": Totals(5000, 0, 7985, 0, 0, repairs={"accents": 42}),
        "test": Totals(5000, 0, 8120, 0, 0, repairs={"accents": 44}),
    },
    reported=(Reported("InstructUIE", "RE", 24, 56_196, 5000, 5000),),
    differences="The training file was not at hand.",
    differences_zh="未能取得训练文件。",
    defects={
        "accents": "A name is spelt with accents (Bogotá) that the text does not have (Bogota): the spelling of the "
        "text is taken.",
    },
)
