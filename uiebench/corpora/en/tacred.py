"""TACRED: 41 relations of persons and organizations of the TAC slot filling task, in news and web text.

Native form: one JSON array; tokens and inclusive token positions of the two ends. Taggings and parses stand
beside them and are not read:

    [{"id": "1", "docid": "D1", "relation": "per:title", "token": ["Mira", "Holt", ",", "a", "pianist"],
      "subj_start": 0, "subj_end": 1, "subj_type": "PERSON", "obj_start": 4, "obj_end": 4, "obj_type": "TITLE"}]

The subject is our head. The tokens are joined with one blank and stay as they are: brackets are ``-LRB-`` and
``-RRB-``, quotation marks ```` `` ```` and ``''``. Instances of one text are one document; ``no_relation`` states
that a pair has none, and a text whose pairs all have none is a document without relations.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import Row, Tokens, apart, gathered, json_records
from uiebench.ledger import Ledger
from uiebench.types import (
    Corpus,
    Document,
    Label,
    Licence,
    Manual,
    Reading,
    Relation,
    RelationLabel,
    Schema,
    Split,
    Totals,
)

HOW = "Ask the Linguistic Data Consortium for LDC2018T24 (TACRED) and put data/json/{} of it into the folder tacred"
PAGE = "https://catalog.ldc.upenn.edu/LDC2018T24"
TRAIN, DEV, TEST = [Manual(name, HOW.format(name), url=PAGE) for name in ("train.json", "dev.json", "test.json")]

NONE = "no_relation"


class Instance(msgspec.Struct, gc=False):
    """A text and two mentions in it, from their first token to their last."""

    relation: str
    token: list[str]
    subj_start: int
    subj_end: int
    subj_type: str
    obj_start: int
    obj_end: int
    obj_type: str


def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """The instances of a file."""
    for path in files:
        for one in json_records(path, ledger, Instance):
            words = Tokens(one.token, ledger)
            head = words.entity(one.subj_start, one.subj_end + 1, one.subj_type)
            tail = words.entity(one.obj_start, one.obj_end + 1, one.obj_type)
            found = () if one.relation == NONE else (Relation(one.relation, head, tail),)
            yield Row(Document("", words.text, relations=found), (head, tail))


PERSON, ORGANIZATION = ("PERSON",), ("ORGANIZATION",)

CORPUS = Corpus(
    name="tacred",
    title="TACRED",
    language="en",
    domain="news and web",
    domain_zh="新闻、网页",
    tasks=("RE",),
    homepage="https://nlp.stanford.edu/projects/tacred/",
    citation="""@inproceedings{zhang-etal-2017-position,
  title = {Position-aware Attention and Supervised Data Improve Slot Filling},
  author = {Zhang, Yuhao and Zhong, Victor and Chen, Danqi and Angeli, Gabor and Manning, Christopher D.},
  booktitle = {Proceedings of the 2017 Conference on Empirical Methods in Natural Language Processing},
  year = {2017}, pages = {35--45}, url = {https://aclanthology.org/D17-1004},
}""",
    licence=Licence(
        "LDC User Agreement",
        redistribute=False,
        url=PAGE,
        terms="Licensed by the Linguistic Data Consortium; the texts may not be passed on.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=gathered(rows),
    schema=Schema(
        entities=(
            Label("PERSON", "人物", "person", description="a person by name or pronoun"),
            Label(
                "ORGANIZATION",
                "组织机构",
                "organization",
                description="a company, agency, party or another organization",
            ),
            Label("DATE", "日期", "date", description="a day, year or another point in time"),
            Label("NUMBER", "数字", "number", description="a number, such as an age"),
            Label("TITLE", "职务", "job title", description="an office or occupation"),
            Label("COUNTRY", "国家", "country", description="a state"),
            Label("LOCATION", "地点", "location", description="a place that is no city, state or country"),
            Label("CITY", "城市", "city", description="a city, town or village"),
            Label(
                "STATE_OR_PROVINCE",
                "州省",
                "state or province",
                description="a state, province or region within a country",
            ),
            Label("MISC", "其他", "miscellaneous", description="a name of another kind"),
            Label("DURATION", "时长", "duration", description="a length of time"),
            Label("NATIONALITY", "国籍", "nationality", description="a nationality or ethnic group"),
            Label(
                "CAUSE_OF_DEATH",
                "死因",
                "cause of death",
                description="an illness, accident or another cause of a death",
            ),
            Label("CRIMINAL_CHARGE", "罪名", "criminal charge", description="a crime that someone is charged with"),
            Label("RELIGION", "宗教", "religion", description="a religion or denomination"),
            Label("URL", "网址", "website", description="an address of a website"),
            Label("IDEOLOGY", "意识形态", "ideology", description="a political or another conviction"),
        ),
        relations=tuple(
            RelationLabel(
                name,
                zh,
                en,
                heads=PERSON if name.startswith("per:") else ORGANIZATION,
                description=description,
            )
            for name, zh, en, description in (
                ("per:title", "职务", "job title", "the tail is the person's office or occupation"),
                ("per:employee_of", "任职机构", "employer", "the person works for or belongs to the tail"),
                ("per:alternate_names", "人物别名", "alias of person", "the tail is another name of the person"),
                ("per:age", "年龄", "age", "the tail is the person's age"),
                ("per:origin", "国籍或民族", "origin", "the tail is the person's nationality or ethnic group"),
                ("per:religion", "宗教", "religion", "the tail is the person's religion"),
                ("per:spouse", "配偶", "spouse", "the two are or were married"),
                ("per:children", "子女", "child", "the tail is a child of the person"),
                ("per:parents", "父母", "parent", "the tail is a parent of the person"),
                ("per:siblings", "兄弟姐妹", "sibling", "the two are brothers or sisters"),
                ("per:other_family", "其他亲属", "other family member", "the two are related in another way"),
                ("per:schools_attended", "毕业院校", "alma mater", "the person attended the school in the tail"),
                ("per:charges", "指控罪名", "criminal charge", "the tail is what the person is charged with"),
                ("per:date_of_birth", "出生日期", "date of birth", "the person was born then"),
                ("per:city_of_birth", "出生城市", "city of birth", "the person was born in the city"),
                (
                    "per:stateorprovince_of_birth",
                    "出生州省",
                    "state or province of birth",
                    "the person was born in the state or province",
                ),
                ("per:country_of_birth", "出生国家", "country of birth", "the person was born in the country"),
                ("per:date_of_death", "死亡日期", "date of death", "the person died then"),
                ("per:cause_of_death", "死因", "cause of death", "the person died of the tail"),
                ("per:city_of_death", "死亡城市", "city of death", "the person died in the city"),
                (
                    "per:stateorprovince_of_death",
                    "死亡州省",
                    "state or province of death",
                    "the person died in the state or province",
                ),
                ("per:country_of_death", "死亡国家", "country of death", "the person died in the country"),
                ("per:cities_of_residence", "居住城市", "city of residence", "the person lives or lived in the city"),
                (
                    "per:stateorprovinces_of_residence",
                    "居住州省",
                    "state or province of residence",
                    "the person lives or lived in the state or province",
                ),
                (
                    "per:countries_of_residence",
                    "居住国家",
                    "country of residence",
                    "the person lives or lived in the country",
                ),
                (
                    "org:alternate_names",
                    "机构别名",
                    "alias of organization",
                    "the tail is another name of the organization",
                ),
                (
                    "org:top_members/employees",
                    "高管",
                    "executive",
                    "the tail leads the organization or holds a high office in it",
                ),
                (
                    "org:number_of_employees/members",
                    "员工数",
                    "number of employees",
                    "the tail is the number of people who work for the organization or belong to it",
                ),
                ("org:members", "成员", "member", "the tail is a member of the organization"),
                ("org:member_of", "所属组织", "member of", "the organization is a member of the tail"),
                ("org:subsidiaries", "子公司", "subsidiary", "the head owns the organization in the tail"),
                ("org:parents", "母公司", "parent organization", "the tail owns the organization in the head"),
                ("org:shareholders", "股东", "shareholder", "the tail holds shares of the organization"),
                ("org:founded_by", "创始人", "founder", "the tail founded the organization"),
                ("org:founded", "成立日期", "founding date", "the organization was founded then"),
                ("org:dissolved", "解散日期", "dissolution date", "the organization ceased to exist then"),
                ("org:website", "网站", "website", "the tail is the address of the organization on the web"),
                (
                    "org:political/religious_affiliation",
                    "政治或宗教倾向",
                    "political or religious affiliation",
                    "the tail is the organization's party, ideology or religion",
                ),
                (
                    "org:city_of_headquarters",
                    "总部所在城市",
                    "city of headquarters",
                    "the organization has its seat in the city",
                ),
                (
                    "org:stateorprovince_of_headquarters",
                    "总部所在州省",
                    "state or province of headquarters",
                    "the organization has its seat in the state or province",
                ),
                (
                    "org:country_of_headquarters",
                    "总部所在国家",
                    "country of headquarters",
                    "the organization has its seat in the country",
                ),
            )
        ),
    ),
    description="Sentences of newswire and web forums with a pair of mentions and the TAC slot relation between them, "
    "chosen by crowd workers; four pairs in five have none. Other pairs of a sentence are not annotated. Later studies "
    "found many labels of dev and test wrong (TACRED Revisited, Re-TACRED); their corrections are not applied.",
    annotation="By crowd workers.",
    verified="sample",
    published={"train": Totals(68124), "dev": Totals(22631), "test": Totals(15509)},
    published_source="Zhang et al. (2017): instances, one pair each",
    differences=(
        "The files were not at hand. The published figures count instances, as the reading `rows` does; ours are "
        "texts: one that is given with several pairs is one document."
    ),
    differences_zh=(
        "未能取得文件。公布的数字按实例计，读法 `rows` 与此相同；我们按文本计：给出多个实体对的文本只算一个。"
    ),
    readings={"rows": Reading("an instance: a text with one pair", apart(rows))},
)
