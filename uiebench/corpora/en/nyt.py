"""NYT (also NYT24): Freebase relations found by distant supervision in sentences of the New York Times.

Native form: one JSON array of tokenized sentences with triples of strings (the form of CasRel):

    [{"text": "Mira Holt lives in Ashby .", "triple_list": [["Mira Holt", "/people/person/place_lived", "Ashby"]]}]

There are no offsets: a string gets them if it stands in the text at exactly one place. Some names are spelt
with the accents of Freebase, which the texts do not have.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from unicodedata import combining, normalize

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
    RelationLabel,
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


RELATIONS = (
    RelationLabel(
        "/location/location/contains", "包含地点", "contained location", description="the tail lies in the head"
    ),
    RelationLabel("/location/country/capital", "首都", "capital", description="the tail is the capital of the country"),
    RelationLabel(
        "/location/country/administrative_divisions",
        "行政区",
        "administrative division",
        description="the tail is a province, state or region of the country",
    ),
    RelationLabel(
        "/location/administrative_division/country",
        "所属国家",
        "country",
        description="the tail is the country to which the administrative division belongs",
    ),
    RelationLabel(
        "/location/neighborhood/neighborhood_of",
        "街区所在地",
        "location of neighborhood",
        description="the tail is the city or borough of which the head is a neighborhood",
    ),
    RelationLabel("/people/person/nationality", "国籍", "nationality", description="the tail is the person's country"),
    RelationLabel(
        "/people/person/place_lived",
        "居住地",
        "place of residence",
        description="the person lives or lived in the tail",
    ),
    RelationLabel(
        "/people/person/place_of_birth", "出生地", "place of birth", description="the person was born in the tail"
    ),
    RelationLabel(
        "/people/deceased_person/place_of_death",
        "死亡地点",
        "place of death",
        description="the person died in the tail",
    ),
    RelationLabel("/people/person/children", "子女", "child", description="the tail is a child of the person"),
    RelationLabel("/people/person/ethnicity", "民族", "ethnicity", description="the tail is the person's ethnic group"),
    RelationLabel("/people/person/profession", "职业", "occupation", description="the tail is the person's occupation"),
    RelationLabel("/people/person/religion", "宗教", "religion", description="the tail is the person's religion"),
    RelationLabel(
        "/people/ethnicity/people",
        "民族成员",
        "member of ethnic group",
        description="the tail is a person of the ethnic group",
    ),
    RelationLabel(
        "/people/ethnicity/geographic_distribution",
        "民族分布地",
        "area of ethnic group",
        description="the ethnic group lives in the tail",
    ),
    RelationLabel(
        "/business/person/company",
        "任职机构",
        "employer",
        description="the tail is the company or body that the person works for or leads",
    ),
    RelationLabel("/business/company/founders", "创始人", "founder", description="the tail founded the company"),
    RelationLabel("/business/company/advisors", "顾问", "advisor", description="the tail advises the company"),
    RelationLabel(
        "/business/company/industry", "行业", "industry", description="the tail is the company's line of business"
    ),
    RelationLabel(
        "/business/company/place_founded",
        "成立地点",
        "founding location",
        description="the company was founded in the tail",
    ),
    RelationLabel(
        "/business/company/major_shareholders",
        "主要股东",
        "major shareholder",
        "shareholder",
        description="the tail holds a large part of the company",
    ),
    RelationLabel(
        "/business/company_shareholder/major_shareholder_of",
        "持股",
        "shareholding",
        description="the head holds a large part of the company in the tail",
    ),
    RelationLabel(
        "/sports/sports_team/location", "球队所在地", "location of team", description="the team is at home in the tail"
    ),
    RelationLabel(
        "/sports/sports_team_location/teams", "当地球队", "local team", description="the tail is a team of the place"
    ),
)

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
