"""cMedQANER of ChineseBLUE: medical entities in questions and answers of Chinese health forums.

Native form: JSON lines; the offset of a mention is a string of digits, its end follows from the mention.
Mentions may be nested, and some keep the capitals that the text has lost:

    {"mention_data": [{"mention": "甲状腺B超", "type": "test", "offset": "2"},
                      {"mention": "甲状腺", "type": "body", "offset": "2"}], "text": "做了甲状腺b超"}

The column files beside these hold the same texts without the nested mentions.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import json_records
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Download, Entity, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/alibaba-research/ChineseBLUE/"
    "52eefc9d5cb1839348546c8a473c633d4d9d60a8/data/cMedQANER/"
)
TRAIN = Download(
    "train.json",
    BASE + "train.json",
    sha256="9f870d341433a921604fef9120a81a4f9b6027fee8acb13728610e033f0c09e1",
    bytes=1600639,
)
DEV = Download(
    "dev.json",
    BASE + "dev.json",
    sha256="56e94f7ff7f4bb81365c4cc70b63a7edc32d7db6cdd8abdb7f1db1cd64854523",
    bytes=132714,
)
TEST = Download(
    "test.json",
    BASE + "test.json",
    sha256="06bdfa413e6d615c26460feb4a148c32e23320670279aac384cba7556e76a343",
    bytes=170347,
)


class Mention(msgspec.Struct, gc=False):
    """A mention as the files give it."""

    mention: str
    type: str
    offset: str | int


class Record(msgspec.Struct, gc=False):
    """A text and its mentions as the files give them."""

    text: str
    mention_data: list[Mention]


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads the records; the spelling of a mention is that of the text."""
    for path in files:
        for record in json_records(path, ledger, Record):
            yield Document(
                "", record.text, tuple([entity(record.text, found, ledger) for found in record.mention_data])
            )


def entity(text: str, found: Mention, ledger: Ledger) -> Entity:
    """The mention at its offset; mended if it differs in letter case, or stands one character earlier."""
    string, start = found.mention, int(found.offset)
    here = text[start : start + len(string)]
    if here != string:
        if here.lower() == string.lower():
            ledger.repair("letter case", f"{string!r}, in the text {here!r}")
            string = here
        elif text.startswith(string, start - 1):
            ledger.repair("offset one too far", f"{start} {string!r}")
            start -= 1
    return Entity(string, start, start + len(string), found.type)


CORPUS = Corpus(
    name="cmedqaner",
    title="cMedQANER (ChineseBLUE)",
    language="zh",
    domain="medicine",
    domain_zh="医疗",
    tasks=("NER",),
    homepage="https://github.com/alibaba-research/ChineseBLUE",
    citation="""@article{zhang-etal-2020-conceptualized,
  title = {Conceptualized Representation Learning for {C}hinese Biomedical Text Mining},
  author = {Zhang, Ningyu and Jia, Qianghuai and Yin, Kangping and Dong, Liang and Gao, Feng and Hua, Nengwei},
  journal = {arXiv preprint arXiv:2008.10813}, year = {2020}, url = {https://arxiv.org/abs/2008.10813},
}""",
    licence=Licence(
        "Apache-2.0",
        redistribute=False,
        terms="The licence of the repository; the terms of the forums that the texts come from are unknown.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(
        entities=(
            Label("disease", "疾病", "disease", description="疾病的名称"),
            Label("body", "身体部位", "body part", description="器官、组织等身体部位"),
            Label("symptom", "症状", "symptom", description="患者的不适感觉或异常表现"),
            Label("treatment", "治疗", "treatment", description="手术、理疗等治疗手段和药物类别"),
            Label("crowd", "人群", "patient group", description="按年龄、性别等划分的人，如“宝宝”“孕妇”"),
            Label("drug", "药物", "drug", description="具体的药品或化学物质"),
            Label("test", "检查", "medical test", description="检查、化验的项目或名称"),
            Label("physiology", "生理", "physiology", description="生理活动、状态或分泌物，如“月经”“体温”"),
            Label("feature", "特征", "disease feature", description="疾病或症状的程度、性质、分型，如“轻度”“局部”"),
            Label("time", "时间", "time", description="疾病或治疗所涉及的时间"),
            Label("department", "科室", "department", description="医院内的科室"),
        )
    ),
    description="Questions of patients and answers of doctors in health forums; mentions may be nested.",
    verified="original",
    published={"train": Totals(1673), "dev": Totals(175), "test": Totals(215)},
    published_source="README of the repository",
    expect={
        "train": Totals(1673, 12625, 0, 0, 0, repairs={"letter case": 67, "offset one too far": 15}),
        "dev": Totals(175, 1035, 0, 0, 0, repairs={"letter case": 4}),
        "test": Totals(215, 1350, 0, 0, 0, repairs={"letter case": 4}),
    },
    defects={
        "letter case": "The texts are in lower case, 75 mentions are not: each takes the spelling of the text at its "
        "offset.",
        "offset one too far": "Fifteen mentions of one training text (line 367) stand exactly one character before "
        "their offset, and are taken from there.",
    },
)
