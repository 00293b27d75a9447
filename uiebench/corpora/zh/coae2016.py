"""COAE 2016, task 3: relations of persons and organizations in Chinese web texts, one tagged pair a row.

Native form: ``train_shuffle`` has a text with one pair tagged in it (``e1`` the head, ``e2`` the tail, in
either order) and the number of its relation:

    <e2>林川</e2>人<e1>方明</e1>生于1990年<TAB>cr4

``test_1_q`` has a number and a tagged text, ``test_2_q`` a number and a bare text; neither has gold. Rows
of one text are one document.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import Row, gathered, parse_markup, read_lines
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Download, Entity, Licence, Relation, RelationLabel, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/Sewens/COAE2016/b4c824cfa824655127052fc955197817cc7a3a1f/data/COAE_Task3/"
TRAIN = Download(
    "data/COAE_Task3/训练集/train_shuffle",
    BASE + "%E8%AE%AD%E7%BB%83%E9%9B%86/train_shuffle",
    sha256="466d97e57a5bf8d6271285365369a39afb635e43c33dff8963ade2fe57727ff7",
    bytes=155525,
)
TEST_1 = Download(
    "data/COAE_Task3/测试集/test_1_q",
    BASE + "%E6%B5%8B%E8%AF%95%E9%9B%86/test_1_q",
    sha256="3f9cb73b59e7b84fda5f9c8e2722af55c263c3a054f135bcf34beb8051d79ed9",
    bytes=79648,
)
TEST_2 = Download(
    "data/COAE_Task3/测试集/test_2_q",
    BASE + "%E6%B5%8B%E8%AF%95%E9%9B%86/test_2_q",
    sha256="a432ae6621ef4dbd22cfefabe5016fe96fcc590b9f81a04f74fddad3cc7f71cf",
    bytes=64074,
)

OPENING, CLOSING = re.compile("<(?P<type>e[12])>"), re.compile("</e[12]>")


def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """Rows (tagged text, relation)."""
    for path in files:
        for tagged, name in _rows(path, ledger):
            text, marks = parse_markup(tagged, OPENING, CLOSING, ledger)
            ends = {mark.type: Entity(mark.text, mark.start, mark.end, "") for mark in marks}
            if len(marks) != 2 or ends.keys() != {"e1", "e2"}:
                raise ledger.malformed(tagged, "one <e1> and one <e2>")
            yield Row(Document("", text, relations=(Relation(name, ends["e1"], ends["e2"]),)))


def questions(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Rows (number, text), without the tags of the pair that was asked for; each text once."""
    texts = (parse_markup(row[1], OPENING, CLOSING, ledger)[0] for path in files for row in _rows(path, ledger))
    yield from (Document("", text) for text in dict.fromkeys(texts))


def _rows(path: Path, ledger: Ledger) -> Iterator[list[str]]:
    for line in read_lines(path, ledger):
        row = line.split("\t")
        if len(row) != 2:
            raise ledger.malformed(line, "2 columns")
        yield row


CORPUS = Corpus(
    name="coae2016",
    title="COAE 2016 task 3",
    language="zh",
    domain="web",
    domain_zh="网页",
    tasks=("RE",),
    homepage="https://github.com/Sewens/COAE2016",
    citation="""@misc{coae2016,
  title = {The Eighth {C}hinese Opinion Analysis Evaluation ({COAE} 2016), task 3: relation extraction},
  author = {{COAE 2016 organizers}},
  year = {2016}, url = {https://github.com/Sewens/COAE2016},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated."),
    splits=(Split("train", (TRAIN,)), Split("test", (TEST_1, TEST_2), gold=False, read=questions)),
    read=gathered(rows),
    schema=Schema(
        relations=(
            RelationLabel("cr2", "出生日期", "date of birth", description="尾实体是头实体（人物）的出生日期"),
            RelationLabel("cr4", "出生地", "place of birth", description="尾实体是头实体（人物）的出生地"),
            RelationLabel("cr16", "毕业院校", "alma mater", description="尾实体是头实体（人物）就读或毕业的学校"),
            RelationLabel("cr20", "配偶", "spouse", description="两人是夫妻"),
            RelationLabel("cr21", "子女", "child", description="尾实体是头实体（人物）的子女"),
            RelationLabel("cr28", "高管", "executive", description="尾实体是头实体（机构或地区）的领导人或高管"),
            RelationLabel("cr29", "员工数", "number of employees", description="尾实体是头实体（机构）的人数"),
            RelationLabel("cr34", "创始人", "founder", description="尾实体是头实体（机构、刊物等）的创始人"),
            RelationLabel(
                "cr37", "总部地点", "headquarters location", description="尾实体是头实体（机构）的总部所在地"
            ),
        )
    ),
    description="Sentences of encyclopaedias and news, each tagged with one related pair; further relations that "
    "a sentence states are not annotated. The outline of the evaluation names a tenth relation, cr35 (founding "
    "date), which occurs nowhere in the training data and is left out.",
    verified="original",
    expect={
        "train": Totals(971, 0, 981, 0, 0, drops={"repeated annotation": 7}, repairs={"outer space": 2}),
        "test": Totals(927, 0, 0, 0, 0),
    },
    differences="The training file has 988 rows, which are 971 texts; the test files have 483 and 454, which are 927.",
    differences_zh="训练文件有 988 行，即 971 个文本；测试文件有 483 和 454 行，即 927 个文本。",
    defects={
        "repeated annotation": "Seven training rows are given twice.",
        "outer space": "Two tags enclose a space beside the mention.",
    },
)
