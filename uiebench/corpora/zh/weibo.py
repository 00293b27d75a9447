"""Weibo NER: microblog messages with named and nominal mentions, in the second (revised) edition.

Native form: a character with the position it has in its word, a tab and its BIO tag a line, an empty
line after every message:

    老0	B-PER.NOM
    妈1	I-PER.NOM
    在0	O
    林0	B-GPE.NAM
    川1	I-GPE.NAM

The position may have two digits. An emoji became two replacement characters (U+FFFD) and stays so. The
first edition (``weiboNER.conll.*``) has no positions and other annotations; it is not read.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/hltcoe/golden-horse/7a73c08e45ed94312af4ef2d97cc35a47d029e99/data/"
TRAIN = Download(
    "weiboNER_2nd_conll.train",
    BASE + "weiboNER_2nd_conll.train",
    sha256="4e8954c54ab33b0afc9a8abb85715c47422645cc6d1b49fdb24540f4a427e997",
    bytes=536039,
)
DEV = Download(
    "weiboNER_2nd_conll.dev",
    BASE + "weiboNER_2nd_conll.dev",
    sha256="e72730d83aac680505280b6301c879b3ba470d29ac308979d48cdc58ee4907cc",
    bytes=105881,
)
TEST = Download(
    "weiboNER_2nd_conll.test",
    BASE + "weiboNER_2nd_conll.test",
    sha256="faaf6c0ebde5348b935cfd5c89f0f22c9e0779d60667d8b5efbc647b6707d50e",
    bytes=108767,
)


def character(token: str) -> str:
    """The token without its position: ``林0`` → ``林``, ``20`` → ``2``."""
    return token[0] + token[1:].rstrip("0123456789")


CORPUS = Corpus(
    name="weibo",
    title="Weibo NER (second edition)",
    language="zh",
    domain="social media",
    domain_zh="社交媒体",
    tasks=("NER",),
    homepage="https://github.com/hltcoe/golden-horse",
    citation="""@inproceedings{peng-dredze-2015-named,
  title = {Named Entity Recognition for {C}hinese Social Media with Jointly Trained Embeddings},
  author = {Peng, Nanyun and Dredze, Mark},
  booktitle = {Proceedings of the 2015 Conference on Empirical Methods in Natural Language Processing},
  year = {2015}, pages = {548--554}, url = {https://aclanthology.org/D15-1064},
}
@article{he-sun-2016-fscore,
  title = {F-Score Driven Max Margin Neural Network for Named Entity Recognition in {C}hinese Social Media},
  author = {He, Hangfeng and Sun, Xu},
  journal = {CoRR}, volume = {abs/1611.04234}, year = {2016}, url = {https://arxiv.org/abs/1611.04234},
}""",
    licence=Licence(
        "CC BY-SA 3.0 (annotations only)",
        redistribute=False,
        url="https://github.com/hltcoe/golden-horse#data-license",
        terms="The annotations are CC BY-SA 3.0; the messages themselves follow the terms of service of Weibo.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator="\t", clean=character),
    schema=Schema(
        entities=(
            Label("PER.NAM", "人名", "person", description="人的姓名、昵称或账号名"),
            Label("PER.NOM", "人物泛称", "nominal person mention", description="不用名字指人的词，如“老妈”“男友”"),
            Label("ORG.NAM", "机构名", "organization", description="公司、学校、球队、媒体等机构的名称"),
            Label("ORG.NOM", "机构泛称", "nominal organization mention", description="泛指机构的词，如“公司”“学校”"),
            Label("GPE.NAM", "行政区名", "geopolitical entity", description="国家、省、市等行政区的名称"),
            Label("GPE.NOM", "行政区泛称", "nominal geopolitical mention", description="泛指行政区的词，如“国家”"),
            Label("LOC.NAM", "地点名", "location", description="山川、道路、建筑等地点的名称"),
            Label("LOC.NOM", "地点泛称", "nominal location mention", description="泛指地点的词，如“宿舍”“峡谷”"),
        )
    ),
    description=(
        "Messages sampled from Sina Weibo between November 2013 and December 2014. "
        "The splits overlap: 40 dev and 38 test texts also occur in train."
    ),
    annotation="By crowd workers.",
    verified="original",
    published={"train": Totals(1350, 1877), "dev": Totals(270, 388), "test": Totals(270, 412)},
    published_source="readme of NER/Weibo in github.com/OYE93/Chinese-NLP-Corpus",
    expect={
        "train": Totals(1350, 1895, 0, 0, 0, repairs={"broken tags": 10}),
        "dev": Totals(270, 389, 0, 0, 0),
        "test": Totals(270, 418, 0, 0, 0, repairs={"broken tags": 4}),
    },
    differences=(
        "The published figures leave out GPE.NOM (8, 1 and 2 mentions) and count B tags only, so they miss the "
        "mentions that begin with an I tag (10 in train, 4 in test)."
    ),
    differences_zh=(
        "公布的数字不含 GPE.NOM（8、1、2 个提及），且只数 B 标签，因此漏了以 I 标签开头的提及（训练 10 个，测试 4 个"
        "）。"
    ),
    defects={
        "broken tags": "14 mentions begin with an I tag, one of them behind a mention of another type: each is kept."
    },
)
