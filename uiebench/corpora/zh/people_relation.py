"""Chinese person relations, distantly supervised from web text: one pair of names a row.

Native form: JSON lines; the sentence is repeated for every pair of it.

    {"h": {"name": "方若兰", "pos": [4, 7]}, "t": {"name": "方远山", "pos": [0, 3]}, "relation": "父母",
     "text": "方远山与方若兰父女同台献唱"}

``pos`` is not annotated: whoever split the data took the first match of a regular expression. It is not
read; a name gets offsets where it stands in the text once. Rows of one text make one document, and
"unknown" states that a pair has no relation, so a text whose pairs are all unknown has none.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import Row, gathered, json_records, stated
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Download, Licence, RelationLabel, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/Jacen789/relation-extraction/114f11ea928ebb06ad58bbeeb3bc3d7cc06cfa76/"
TRAIN = Download("datasets/train.jsonl", BASE + "datasets/train.jsonl")
DEV = Download("datasets/val.jsonl", BASE + "datasets/val.jsonl")
TRAIN_EXTRACT = Download(
    "datasets/train_small.jsonl",
    BASE + "datasets/train_small.jsonl",
    sha256="47cf6be39a248efa3d8c253c1efb74a33c71072436c825997a9418e9bf10268f",
    bytes=2506011,
)
DEV_EXTRACT = Download(
    "datasets/val_small.jsonl",
    BASE + "datasets/val_small.jsonl",
    sha256="a97398a17ee65d33110640b787208d1580ecb121b0d59567592dc875404233ae",
    bytes=250613,
)
NONE = "unknown"


class Name(msgspec.Struct, gc=False):
    """One end of a pair."""

    name: str


class Pair(msgspec.Struct, gc=False):
    """A sentence and one pair of names in it."""

    h: Name
    t: Name
    relation: str
    text: str


def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """The pairs of a file."""
    for path in files:
        for pair in json_records(path, ledger, Pair):
            yield stated(pair.text, pair.h.name, pair.t.name, pair.relation, (NONE,), ledger)


CORPUS = Corpus(
    name="people_relation",
    title="Chinese person relations",
    language="zh",
    domain="web",
    domain_zh="网页",
    tasks=("RE",),
    homepage="https://github.com/Jacen789/relation-extraction",
    citation="""@misc{relation-extraction-2020,
  title = {relation-extraction: {Chinese} relation extraction},
  author = {Jacen789},
  year = {2020}, url = {https://github.com/Jacen789/relation-extraction},
}""",
    licence=Licence(
        "unknown", redistribute=False, terms="The repository is under MIT; the source of its texts is unknown."
    ),
    splits=(
        Split("train", (TRAIN,)),
        Split("train", (TRAIN_EXTRACT,), extract="its publisher's choice of 10,000 rows, a tenth of them unknown"),
        Split("dev", (DEV,)),
        Split("dev", (DEV_EXTRACT,), extract="its publisher's choice of 1,000 rows, a tenth of them unknown"),
    ),
    read=gathered(rows),
    schema=Schema(
        relations=(
            RelationLabel("父母", "父母", "parent", description="一方是另一方的父亲或母亲"),
            RelationLabel("夫妻", "夫妻", "spouse", description="两人是夫妻或曾是夫妻"),
            RelationLabel("兄弟姐妹", "兄弟姐妹", "sibling", description="两人是兄弟姐妹"),
            RelationLabel("祖孙", "祖孙", "grandparent", description="一方是另一方的祖父母或外祖父母"),
            RelationLabel("亲戚", "亲戚", "relative", description="其他亲属，如叔侄、姻亲"),
            RelationLabel("情侣", "情侣", "romantic partner", description="两人相恋或曾相恋"),
            RelationLabel("好友", "好友", "friend", description="两人是朋友"),
            RelationLabel("师生", "师生", "teacher", description="一方是另一方的老师"),
            RelationLabel("同门", "同门", "fellow student", description="两人师从同一人或是同学"),
            RelationLabel("合作", "合作", "collaborator", description="两人合作演出、创作或共事"),
            RelationLabel("上下级", "上下级", "superior", description="一方是另一方的上级或君主"),
        )
    ),
    description="Sentences and half sentences from web pages with a pair of persons and their relation, labelled by "
    "distant supervision: noisy, often cut off. Which of the two is the head says nothing: the parent is sometimes the "
    "head and sometimes the tail. 198 of the 987 texts of the dev extract are "
    "also in the train extract.",
    annotation="By distant supervision.",
    verified="original",
    expect={"train": Totals(8872, 0, 9000, 0, 0), "dev": Totals(987, 0, 900, 0, 0)},
    differences="The files hold rows (10,000 and 1,000 in the extracts), one for each pair; ours are texts, and the "
    "1,000 and 100 unknown pairs are no relations. The whole files were not at hand.",
    differences_zh=(
        "文件按行（节选为 10,000 和 1,000 行），每个实体对一行；我们按文本计，其中 1,000 和 100 个 unknown 对不是关系"
        "。未能取得完整文件。"
    ),
)
