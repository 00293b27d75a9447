"""WNUT-17: novel and emerging entities in tweets, forum posts and comments.

Native form: a token, a tab and its IOB2 tag a line. Between two texts stands an empty line; in the train
file it often is a line with a single tab:

    heading<TAB>O
    to<TAB>O
    Brackley<TAB>B-location
    Moor<TAB>I-location
    <TAB>
    anyone<TAB>O

The tokens are joined with one blank. HTML entities stay as they were split (``& gt ;``).
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/leondz/emerging_entities_17/e52a2d2a71ac1a051ca2d532eef28653c5c02603/"
TRAIN = Download(
    "wnut17train.conll",
    BASE + "wnut17train.conll",
    sha256="731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5",
    bytes=493781,
)
DEV = Download(
    "emerging.dev.conll",
    BASE + "emerging.dev.conll",
    sha256="e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8",
    bytes=114749,
)
TEST = Download(
    "emerging.test.annotated",
    BASE + "emerging.test.annotated",
    sha256="2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0",
    bytes=192425,
)

CORPUS = Corpus(
    name="wnut17",
    title="WNUT-17 Emerging Entities",
    language="en",
    domain="social media",
    domain_zh="社交媒体",
    tasks=("NER",),
    homepage="https://github.com/leondz/emerging_entities_17",
    citation="""@inproceedings{derczynski-etal-2017-results,
  title = {Results of the {WNUT}2017 Shared Task on Novel and Emerging Entity Recognition},
  author = {Derczynski, Leon and Nichols, Eric and van Erp, Marieke and Limsopatham, Nut},
  booktitle = {Proceedings of the 3rd Workshop on Noisy User-generated Text},
  year = {2017}, pages = {140--147}, url = {https://aclanthology.org/W17-4418},
}""",
    licence=Licence(
        "CC BY 4.0",
        redistribute=True,
        url="https://github.com/leondz/emerging_entities_17#usage-and-acknowledgment",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator="\t", joiner=" "),
    schema=Schema(
        entities=(
            Label("person", "人物", "person", description="the name of a person, real or fictional"),
            Label("location", "地点", "location", description="a city, country, river, building or other place"),
            Label("corporation", "公司", "corporation", concept="company", description="the name of a company"),
            Label(
                "group", "团体", "group", description="a band, a sports team or another group that is not a corporation"
            ),
            Label("product", "产品", "product", description="a thing that is made and sold, by its name"),
            Label(
                "creative-work",
                "作品",
                "creative work",
                concept="creative work",
                description="a song, film, book, game or another work, by its title",
            ),
        )
    ),
    description="Posts of Twitter, YouTube, Reddit and StackExchange; few entities of train occur in dev and test.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(3394), "dev": Totals(1009), "test": Totals(1287)},
    published_source="dataset card huggingface.co/datasets/leondz/wnut_17",
    expect={
        "train": Totals(3394, 1975, 0, 0, 0),
        "dev": Totals(1009, 836, 0, 0, 0),
        "test": Totals(1287, 1079, 0, 0, 0),
    },
)
