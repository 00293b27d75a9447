"""CLUENER2020: short news sentences with ten fine types of entities, part of the CLUE benchmark.

Native form: JSON lines; for every type the strings found, for every string its places, whose end is
that of the last character. The test set has texts only:

    {"text": "远山影业在林川开机", "label": {"company": {"远山影业": [[0, 3]]}, "address": {"林川": [[5, 6]]}}}
    {"id": 0, "text": "林川队客场逼平白鹭队"}

Not every occurrence of a string is annotated (504 strings in train, 80 in dev): none is added.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import json_records, texts
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Download, Entity, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/Rcrossmeister/Small-SampleNER-Chinese/"
    "ad8a65895a2d0610e0475f8ce11432b42c596240/dataset/cluener/"
)
TRAIN = Download(
    "train.json",
    BASE + "train.json",
    sha256="60299d202779dc84f3c3bd81f4dc08f5323d0dbf762cb50cd62dd51aa9a871f8",
    bytes=2262996,
)
DEV = Download(
    "dev.json",
    BASE + "dev.json",
    sha256="90036b59832e007c45d11eafe5ed80549f58a18a29aaa7fe8b1229622c69ec38",
    bytes=285089,
)
TEST = Download(
    "test.json",
    BASE + "test.json",
    sha256="5ca36f6fbe29230a6e3244110fcd9487fc2f5a672f5bfeba82a30f0ece72aa69",
    bytes=176253,
)


class Record(msgspec.Struct):
    """One line: type → string → its places."""

    text: str
    label: dict[str, dict[str, list[tuple[int, int]]]]


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """The documents of files of such lines."""
    for path in files:
        for record in json_records(path, ledger, Record):
            entities = [
                Entity(string, start, last + 1, kind)
                for kind, strings in record.label.items()
                for string, places in strings.items()
                for start, last in places
            ]
            yield Document("", record.text, tuple(entities))


CORPUS = Corpus(
    name="cluener",
    title="CLUENER2020",
    language="zh",
    domain="news",
    domain_zh="新闻",
    tasks=("NER",),
    homepage="https://github.com/CLUEbenchmark/CLUENER2020",
    citation="""@article{xu-etal-2020-cluener,
  title = {{CLUENER2020}: Fine-grained Named Entity Recognition Dataset and Benchmark for {C}hinese},
  author = {Xu, Liang and Tong, Yu and Dong, Qianqian and Liao, Yixuan and Yu, Cong and Tian, Yin and
            Liu, Weitang and Li, Lu and Liu, Caiquan and Zhang, Xuanwei},
  journal = {arXiv preprint arXiv:2001.04351}, year = {2020}, url = {https://arxiv.org/abs/2001.04351},
}""",
    licence=Licence(
        "unknown", redistribute=False, terms="No licence is stated; the texts are news of THUCTC (Sina News)."
    ),
    splits=(
        Split("train", (TRAIN,)),
        Split("dev", (DEV,)),
        Split("test", (TEST,), gold=False, read=texts(text="text")),
    ),
    read=read,
    schema=Schema(
        entities=(
            Label("address", "地址", "address", description="国家、省市、街道、村镇等地名，也指详细地址"),
            Label("book", "书名", "book", description="小说、杂志、教材等书刊的名称"),
            Label("company", "公司", "company", description="公司、银行、集团等企业的名称"),
            Label("game", "游戏", "game", description="电子游戏的名称"),
            Label("government", "政府", "government", description="中央与地方政府部门、军队等机关的名称"),
            Label("movie", "电影", "movie", description="电影和纪录片的名称"),
            Label("name", "姓名", "person", description="真实或虚构人物的姓名、绰号"),
            Label("organization", "组织机构", "organization", description="球队、学校、社团、媒体等非企业机构"),
            Label("position", "职位", "job title", description="职务、职称、学位或职业"),
            Label("scene", "景点", "scenic spot", description="公园、山川、展馆等旅游景点的名称"),
        )
    ),
    description="Sentences of Sina news, chosen from the text classification corpus THUCTC.",
    verified="original",
    published={"train": Totals(10748, 23338), "dev": Totals(1343, 2982), "test": Totals(1345)},
    published_source="README of github.com/CLUEbenchmark/CLUENER2020",
    expect={
        "train": Totals(10748, 23971, 0, 0, 0),
        "dev": Totals(1343, 3072, 0, 0, 0),
        "test": Totals(1345, 0, 0, 0, 0),
    },
    differences=(
        "The authors count a string once for a sentence and type; we count every annotated place. "
        "Counted their way our figures are theirs."
    ),
    differences_zh="作者对同一句、同一类型的同一字符串只计一次，我们计每个标注位置；按作者的算法，数字与其一致。",
)
