"""MSRA NER: newspaper sentences of the SIGHAN bakeoff of 2006, in the cut of 45,000 and 3,442 sentences.

Native form: one character, a tab and its BIO tag a line, an empty line after every sentence:

    林	B-LOC
    川	I-LOC
    市	I-LOC
    昨	O

In 57 lines of the training file a ``0`` without a tag stands for the blank in a rest of markup, such as
``<ADDREX TYPE="PHONE">``; these rests are part of the text.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/OYE93/Chinese-NLP-Corpus/e9bb5b5f262466af5d45bcf7ee3380f2cb994907/NER/MSRA/"
TRAIN = Download(
    "msra_train_bio",
    BASE + "msra_train_bio.txt",
    sha256="b403d1318c5289917ad2ca4136279592521684748327e93f1bf49a3845a40ac7",
    bytes=14037265,
)
TEST = Download(
    "msra_test_bio",
    BASE + "msra_test_bio.txt",
    sha256="2be8e580bcb22e9086e4403d82a7ec0f6e18019ebef35b0fd52941724bdf89a3",
    bytes=1119341,
)

CORPUS = Corpus(
    name="msra",
    title="MSRA NER",
    language="zh",
    domain="news",
    domain_zh="新闻",
    tasks=("NER",),
    homepage="https://github.com/OYE93/Chinese-NLP-Corpus",
    citation="""@inproceedings{levow-2006-third,
  title = {The Third International {C}hinese Language Processing Bakeoff:
           Word Segmentation and Named Entity Recognition},
  author = {Levow, Gina-Anne},
  booktitle = {Proceedings of the Fifth {SIGHAN} Workshop on {C}hinese Language Processing},
  year = {2006}, pages = {108--117}, url = {https://aclanthology.org/W06-0115},
}""",
    licence=Licence("unknown", redistribute=False, terms="Made by Microsoft Research Asia; no licence is stated."),
    splits=(Split("train", (TRAIN,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator="\t"),
    schema=Schema(
        entities=(
            Label("PER", "人物", "person", description="人的姓名"),
            Label("LOC", "地理位置", "location", description="国家、城市、山川、建筑等地点的名称"),
            Label("ORG", "组织机构", "organization", description="政府部门、公司、团体、学校等机构的名称"),
        )
    ),
    description="Sentences of Chinese newspapers; most of the corpus People's Daily is among them.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(45000, 75059), "test": Totals(3442, 6190)},
    published_source="readme of NER/MSRA in github.com/OYE93/Chinese-NLP-Corpus",
    expect={
        "train": Totals(45000, 75059, 0, 0, 0, repairs={"empty tag": 57}),
        "test": Totals(3442, 6190, 0, 0, 0),
    },
    differences=(
        "The same text circulates in two cuts. This one has 45,000 and 3,442 sentences (BIO); the other, used since "
        "the lattice LSTM, has 46,364 and 4,365 (BMES): its sentences are shorter and nine LOC mentions fewer are "
        "tagged in its test set, whose characters are the same. Scores on the two cuts are not comparable. "
        "Loaders that report 45,001 and 3,443 sentences count an empty last one. There is no official dev split."
    ),
    differences_zh=(
        "同样的文字流传有两种切分。这里的有 45,000 和 3,442 句（BIO）；另一种自 lattice LSTM 以来使用，有 46,364 和 "
        "4,365 句（BMES）：句子较短，测试集文字相同但少标九个 LOC。两种切分上的分数不可比。报告 45,001 和 3,443 句的"
        "加载脚本多计了最后的空句。没有官方开发集。"
    ),
    defects={
        "empty tag": "57 training lines, in left-over markup, hold a 0 without a tag: it is read as outside a mention."
    },
)
