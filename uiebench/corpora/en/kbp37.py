"""kbp37: relations of the TAC slots in sentences of Wikipedia and of the KBP collections, one tagged pair a row.

Native form: that of SemEval-2010 task 8 (see `uiebench.formats.tagged`) with tokenized sentences, blanks inside the
quotation marks and the tags, no comment, two empty lines and CRLF line ends:

    12<TAB>" <e1> Mira Holt </e1> has been a <e2> pianist </e2> since 1990 . "
    per:title(e1,e2)

``org:founded(e1,e2)`` reads: e2 fills the slot of e1, so e1 is our head. ``no_relation`` has no direction; such a
sentence is a document without relation. Rows of one text are one document. The text is the tokens without the
tags. All commas and all letters with accents were lost before publication, and with them often whole names; a
row that gives a relation to such a name is left out.
"""

from uiebench.formats import apart, gathered, tagged
from uiebench.types import Corpus, Download, Licence, Reading, RelationLabel, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/zhangdongxu/kbp37/7d88486ad632a9c6e9fe6adbc2468049e89bc11d/"
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="75e12365f6e769f3cd9b186fe6632d4d4c03e0890e3baa683c115dce1f8b2d45",
    bytes=3862640,
)
DEV = Download(
    "dev.txt",
    BASE + "dev.txt",
    sha256="7768ed8e4cc79485ad90491726a4e4a6fe6da7d25787873fd5b5c87d5bbebe68",
    bytes=420098,
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="e668a2127666d7c46a4519cee9c047b28ad993741eb1c925e5021b3c82b9f664",
    bytes=823935,
)

ROWS = tagged(opening="<(?P<type>e[12])> ", closing=" </e[12]>|</e[12]>(?: |$)", none="no_relation")

CORPUS = Corpus(
    name="kbp37",
    title="KBP37",
    language="en",
    domain="encyclopedia and news",
    domain_zh="百科、新闻",
    tasks=("RE",),
    homepage="https://github.com/zhangdongxu/kbp37",
    citation="""@misc{zhang-wang-2015-relation,
  title = {Relation Classification via Recurrent Neural Network},
  author = {Zhang, Dongxu and Wang, Dong},
  year = {2015}, eprint = {1508.01006}, archiveprefix = {arXiv}, url = {https://arxiv.org/abs/1508.01006},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=gathered(ROWS),
    schema=Schema(
        relations=(
            RelationLabel(
                "per:alternate_names",
                "人物别名",
                "alias of person",
                description="the tail is another name of the person",
            ),
            RelationLabel(
                "per:title", "职务", "job title", description="the tail is the person's office or occupation"
            ),
            RelationLabel(
                "per:employee_of",
                "任职机构",
                "employer",
                description="the person works for, leads or belongs to the organization or state",
            ),
            RelationLabel("per:spouse", "配偶", "spouse", description="the two are or were married"),
            RelationLabel(
                "per:origin",
                "国籍或民族",
                "origin",
                description="the tail names the person's nationality or ethnic group",
            ),
            RelationLabel(
                "per:country_of_birth", "出生国家", "country of birth", description="the person was born in the country"
            ),
            RelationLabel(
                "per:cities_of_residence",
                "居住城市",
                "city of residence",
                description="the person lives or lived in the city",
            ),
            RelationLabel(
                "per:stateorprovinces_of_residence",
                "居住州省",
                "state or province of residence",
                description="the person lives or lived in the state or province",
            ),
            RelationLabel(
                "per:countries_of_residence",
                "居住国家",
                "country of residence",
                description="the person lives or lived in the country",
            ),
            RelationLabel(
                "org:alternate_names",
                "机构别名",
                "alias of organization",
                description="the tail is another name of the organization",
            ),
            RelationLabel("org:founded", "成立日期", "founding date", description="the organization was founded then"),
            RelationLabel("org:founded_by", "创始人", "founder", description="the tail founded the organization"),
            RelationLabel(
                "org:top_members/employees",
                "高管",
                "executive",
                description="the tail leads the organization or holds a high office in it",
            ),
            RelationLabel("org:members", "成员", "member", description="the tail is a member of the organization"),
            RelationLabel(
                "org:subsidiaries", "子公司", "subsidiary", description="the head owns the organization in the tail"
            ),
            RelationLabel(
                "org:city_of_headquarters",
                "总部所在城市",
                "city of headquarters",
                description="the organization has its seat in the city",
            ),
            RelationLabel(
                "org:stateorprovince_of_headquarters",
                "总部所在州省",
                "state or province of headquarters",
                description="the organization has its seat in the state or province",
            ),
            RelationLabel(
                "org:country_of_headquarters",
                "总部所在国家",
                "country of headquarters",
                description="the organization has its seat in the country",
            ),
        )
    ),
    description="Sentences with one tagged pair each, a revision of the annotation of Angeli et al. (2014). Only this "
    "pair is judged: that a sentence states no further relation is not said.",
    annotation="By hand, on mentions chosen as in active learning (Angeli et al. 2014); Zhang and Wang (2015) gave the "
    "relations a direction.",
    verified="original",
    expect={
        "train": Totals(15698, 0, 14272, 0, 0, drops={"denied relation": 1, "lost name": 97, "repeated annotation": 3}),
        "dev": Totals(1713, 0, 1506, 0, 0, drops={"lost name": 8}),
        "test": Totals(3381, 0, 2967, 0, 0, drops={"lost name": 19}),
    },
    reported=(Reported("InstructUIE", "RE", 18, 15_917, 1724, 3405),),
    differences=(
        "InstructUIE counts rows, of which 1,545 / 210 / 419 are no_relation, as the reading `rows` does, and with "
        "them the 97 / 8 / 19 with a lost name, which are left out here; ours count texts. The name counts 37 labels: "
        "18 relations in two directions and no_relation. InstructUIE's 18 labels count the two kinds of alternate "
        "names as one, and no_relation as a label."
    ),
    differences_zh=(
        "InstructUIE 按行计，其中 1,545 / 210 / 419 行是 no_relation，读法 `rows` 与此相同；它还计入丢失名称的 97 / 8 "
        "/ 19 行，这里不取这些行。我们按文本计。语料名中的 37 个标签是 18 种关系的两个方向加 no_relation。InstructUIE "
        "的 18 个标签把两种别名关系计为一种，并把 no_relation 计为一种。"
    ),
    defects={
        "lost name": "One of the names of a relation was lost before publication, its place is empty: the row is left "
        "out, since its text without the relation would say that there is none.",
        "denied relation": "One training pair has a relation in one row and no_relation in another: the "
        "relation is kept.",
        "repeated annotation": "Three training rows with a relation are given twice.",
    },
    readings={
        "rows": Reading(
            "a row: a text with one pair",
            apart(ROWS),
            expect={
                "train": Totals(15820, 0, 14275, 0, 0, drops={"lost name": 97}),
                "dev": Totals(1716, 0, 1506, 0, 0, drops={"lost name": 8}),
                "test": Totals(3386, 0, 2967, 0, 0, drops={"lost name": 19}),
            },
        )
    },
)
