"""FewRel (1.0): 700 sentences of Wikipedia for each of 80 Wikidata relations, checked by people.

Native form: one JSON object, all on one line, from property to instances; head and tail are the name in lower
case, the Wikidata item, and the token numbers of each of its places:

    {"P177": [{"tokens": ["The", "Ashby", "Bridge", "crosses", "the", "Orne", "."],
               "h": ["ashby bridge", "Q1", [[1, 2]]], "t": ["orne", "Q2", [[5]]]}]}

The text is the tokens joined with one blank; tokens of white space alone are left out. Where an entity has
several places, the first one counts, as in the authors' code. Instances of one text are one document. A
relation that a sentence holds besides the annotated one is not annotated.

Train has 64 relations and dev 16 others; the 20 of test are not published. The files of FewRel 2.0 for other
domains (``val_nyt``, ``val_pubmed``, ``val_semeval``) are corpora of their own and not read.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.corpora.wikidata import relations
from uiebench.formats import Row, Tokens, apart, gathered, json_records
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Download, Licence, Reading, Relation, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/thunlp/FewRel/278a2315d2138810a379cd8d5718914dc56e2582/data/"
TRAIN = Download("train_wiki.json", BASE + "train_wiki.json")
DEV = Download(
    "val_wiki.json",
    BASE + "val_wiki.json",
    sha256="76bb44c2485b6faed358a3ce040eadafcc8a8835245cd7e6afc1bef672d4a0bf",
    bytes=3534147,
)


class Instance(msgspec.Struct, gc=False):
    """A sentence and the (name, item, places) of the two ends of its relation."""

    tokens: list[str]
    h: tuple[str, str, list[list[int]]]
    t: tuple[str, str, list[list[int]]]


def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """The instances of a file, which has one line: places are given as the number of the instance in it."""
    for path in files:
        number = 0
        for record in json_records(path, ledger, dict[str, list[Instance]]):
            for property, instances in record.items():
                for instance in instances:
                    number += 1
                    ledger.line = number
                    words = Tokens(instance.tokens, ledger)
                    head, tail = [
                        words.numbered(places[0] if places else []) for _, _, places in (instance.h, instance.t)
                    ]
                    if head and tail:  # else left out: as a text without relation it would deny the one it has
                        yield Row(Document("", words.text, relations=(Relation(property, head, tail),)))


CORPUS = Corpus(
    name="fewrel",
    title="FewRel",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("RE",),
    homepage="https://github.com/thunlp/FewRel",
    citation="""@inproceedings{han-etal-2018-fewrel,
  title = {{FewRel}: A Large-Scale Supervised Few-Shot Relation Classification Dataset with State-of-the-Art
           Evaluation},
  author = {Han, Xu and Zhu, Hao and Yu, Pengfei and Wang, Ziyun and Yao, Yuan and Liu, Zhiyuan and Sun, Maosong},
  booktitle = {Proceedings of the 2018 Conference on Empirical Methods in Natural Language Processing},
  year = {2018}, pages = {4803--4809}, url = {https://aclanthology.org/D18-1514},
}""",
    licence=Licence(
        "MIT",
        redistribute=True,
        url="https://github.com/thunlp/FewRel/blob/278a2315d2138810a379cd8d5718914dc56e2582/LICENSE",
        terms="The licence of the repository; the sentences are from Wikipedia (CC BY-SA).",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,))),
    read=gathered(rows),
    schema=Schema(
        relations=relations(
            # the 64 of train
            "P931 P4552 P140 P1923 P150 P6 P27 P449 P1435 P175 P1344 P39 P527 P740 P706 P84 P495 P123 P57 P22 P178 "
            "P241 P403 P1411 P135 P991 P156 P176 P31 P1877 P102 P1408 P159 P3373 P1303 P17 P106 P551 P937 P355 P710 "
            "P137 P674 P466 P136 P306 P127 P400 P974 P1346 P460 P86 P118 P264 P750 P58 P3450 P105 P276 P101 P407 P1001 "
            "P800 P131 "
            # the 16 of dev
            "P177 P364 P2094 P361 P641 P59 P413 P206 P412 P155 P26 P410 P25 P463 P40 P921"
        )
    ),
    description="Sentences of Wikipedia with one relation each, found by distant supervision and checked by people. "
    "No relation is in both train and dev. The evaluation of zero-shot relation extraction pools the two and holds out "
    "5, 10 or 15 of the 80 relations at random.",
    annotation="By distant supervision from Wikidata, then filtered by crowd workers.",
    verified="original",
    published={"train": Totals(44800, None, 44800), "dev": Totals(11200, None, 11200)},
    published_source="Han et al. (2018): instances, 700 for each relation",
    expect={"dev": Totals(10996, 0, 11199, 0, 0, drops={"repeated annotation": 1})},
    differences=(
        "The file of train was not at hand. The published figures count instances; ours are texts, of which 196 in "
        "dev hold two or three of them. The reading `rows` counts instances."
    ),
    differences_zh=(
        "未能取得训练文件。公布的数字按实例计，我们按文本计：开发集有 196 个文本含两三个实例。读法 `rows` 按实例计。"
    ),
    defects={"repeated annotation": "One instance of P921 in dev is given twice."},
    readings={
        "rows": Reading(
            "an instance: a text with one relation", apart(rows), expect={"dev": Totals(11200, 0, 11200, 0, 0)}
        )
    },
)
