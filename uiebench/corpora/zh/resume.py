"""Resume NER: summaries of executives of Chinese listed companies, from Sina Finance.

Native form: one character and its BMES tag a line, an empty line between sentences:

    高 B-NAME
    明 E-NAME
    ， O
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/jiesutd/LatticeLSTM/24d17f4270f11d2f75046789d8b67eaa2b907dce/ResumeNER/"
TRAIN = Download(
    "train.char.bmes",
    BASE + "train.char.bmes",
    sha256="93b9bb0be5dd4730121587f9dc1378de3fbbe55cba1c575edec271f822c27be7",
    bytes=1094528,
)
DEV = Download(
    "dev.char.bmes",
    BASE + "dev.char.bmes",
    sha256="1b0d67153e6e8543e9444936ed1b107bd843078c282533898085e1a9aa293952",
    bytes=120251,
)
TEST = Download(
    "test.char.bmes",
    BASE + "test.char.bmes",
    sha256="c4a9f42622819a4b59f66e184d446ebfa89b2f1dbba06e11d70675e59fe7e79b",
    bytes=135064,
)

CORPUS = Corpus(
    name="resume",
    title="Resume NER",
    language="zh",
    domain="resume",
    domain_zh="简历",
    tasks=("NER",),
    homepage="https://github.com/jiesutd/LatticeLSTM",
    citation="""@inproceedings{zhang-yang-2018-chinese,
  title = {Chinese {NER} Using Lattice {LSTM}},
  author = {Zhang, Yue and Yang, Jie},
  booktitle = {Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics},
  year = {2018}, pages = {1554--1564}, url = {https://aclanthology.org/P18-1144},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the résumés are of real persons."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BMES", separator=" "),
    schema=Schema(
        entities=(
            Label("NAME", "人名", "person", description="人的姓名"),
            Label("CONT", "国籍", "nationality", description="国籍，如“中国国籍”"),
            Label("RACE", "民族", "ethnicity", description="民族，如“汉族”"),
            Label("LOC", "籍贯", "native place", description="籍贯或出生地"),
            Label("EDU", "学历", "education", description="学历或学位"),
            Label("PRO", "专业", "field of study", description="所学专业"),
            Label("ORG", "机构", "organization", description="公司、学校、政府部门等机构"),
            Label("TITLE", "职位", "job title", description="职务、职称或头衔"),
        )
    ),
    description="Sentences of the summaries of senior executives of Chinese listed companies.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(3821), "dev": Totals(463), "test": Totals(477)},
    published_source="Zhang and Yang (2018), table 1",
    expect={
        "train": Totals(3821, 13440, 0, 0, 0, repairs={"broken tags": 4}),
        "dev": Totals(463, 1497, 0, 0, 0),
        "test": Totals(477, 1630, 0, 0, 0),
    },
    defects={
        "broken tags": "One ORG is cut in two by a sentence break, twice: each of the four halves is kept as a mention."
    },
)
