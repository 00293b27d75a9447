"""CrossNER, domain music: sentences of Wikipedia articles on music.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    Pale<TAB>B-band
    Harbour<TAB>I-band
    mix<TAB>O
    dub<TAB>B-musicgenre
    with<TAB>O
    ska<TAB>B-musicgenre

The tokens are joined with one blank. Train is smaller than dev: the corpus is made for few-shot transfer.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/zliucr/CrossNER/2e7ba2a7798c961e3f29fbc51252c5a8d40224bf/ner_data/music/"
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="3774c38e0ebbeb4b98dbfae137071e4911e8764cdb7f247599009841f68d9fb5",
    bytes=40997,
)
DEV = Download(
    "dev.txt", BASE + "dev.txt", sha256="e256f1949df52a61a3bb60095a0f41c1060843f1014b0f3d22d8371611b72e78", bytes=164737
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="c66e345f959ac65593f76c6b1bd8c6d75f2a6f0bc197389b2e6700d101fd094c",
    bytes=208331,
)

CORPUS = Corpus(
    name="crossner_music",
    title="CrossNER: Music",
    language="en",
    domain="music",
    domain_zh="音乐",
    tasks=("NER",),
    homepage="https://github.com/zliucr/CrossNER",
    citation="""@inproceedings{liu2021crossner,
  title = {{CrossNER}: Evaluating Cross-Domain Named Entity Recognition},
  author = {Liu, Zihan and Xu, Yan and Yu, Tiezheng and Dai, Wenliang and Ji, Ziwei and Cahyawijaya, Samuel and
            Madotto, Andrea and Fung, Pascale},
  booktitle = {Proceedings of the AAAI Conference on Artificial Intelligence},
  year = {2021}, volume = {35}, pages = {13452--13460}, url = {https://arxiv.org/abs/2012.04373},
}""",
    licence=Licence(
        "MIT",
        redistribute=True,
        url="https://github.com/zliucr/CrossNER/blob/main/LICENSE",
        terms="The licence of the repository; the sentences are from Wikipedia (CC BY-SA).",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator="\t", joiner=" "),
    schema=Schema(
        entities=(
            Label("musicgenre", "音乐流派", "music genre", description="a genre or a style of music"),
            Label("song", "歌曲", "song", description="a song or a single"),
            Label("band", "乐队", "band", description="a band, an orchestra or another group of musicians"),
            Label(
                "album",
                "音乐专辑",
                "music album",
                description="a collection of pieces of music that is published together",
            ),
            Label(
                "musicalartist",
                "音乐人",
                "musical artist",
                description="a singer, a composer or another person who makes music",
            ),
            Label(
                "musicalinstrument", "乐器", "musical instrument", description="an instrument on which music is played"
            ),
            Label("award", "奖项", "award", description="a prize, an order or another honour"),
            Label("event", "事件", "event", description="a named event such as a war, a festival or a tournament"),
            Label("country", "国家", "country", description="a state"),
            Label(
                "location", "地点", "location", description="a city, region, river or other place that is not a country"
            ),
            Label(
                "organisation",
                "组织机构",
                "organization",
                description="a company, agency, society, team or other organization",
            ),
            Label("person", "人物", "person", description="a person who is not a musical artist"),
            Label(
                "misc",
                "其他实体",
                "miscellaneous entity",
                concept="miscellaneous",
                description="a name or term of none of the other types, such as a film or a nationality",
            ),
        )
    ),
    description="Sentences of Wikipedia articles on music.",
    annotation="By hand, after labels proposed from DBpedia.",
    verified="original",
    expect={
        "train": Totals(100, 648, 0, 0, 0),
        "dev": Totals(380, 2679, 0, 0, 0),
        "test": Totals(465, 3336, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 13, 100, 380, 465),),
)
