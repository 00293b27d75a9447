"""HarveyNER: places in tweets of Houston during Hurricane Harvey (2017).

Native form: token and tag (IOB2) a line, separated by one blank, an empty line after every tweet. Each
tweet begins with its own ``-DOCSTART-`` line, with no empty line after it:

    -DOCSTART- O
    Water O
    over O
    Larkspur B-ROAD
    Rd I-ROAD

The tokens are joined with one blank; -DOCSTART- is no token.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/brickee/HarveyNER/fd0af221f1f30e7051c6ad334acf5e3fc5777fd9/data/tweets/"
TRAIN = Download(
    "tweets.train.bio",
    BASE + "tweets.train.bio",
    sha256="a9aca527347125664d6c051432eb82337a1ae3b70f241805b553c04cf4184356",
    bytes=722581,
)
DEV = Download(
    "tweets.dev.bio",
    BASE + "tweets.dev.bio",
    sha256="9bc3414051c6bff28dbe49b8e41dd614dbf2ffdf5c0e7a0640d54780c28591fa",
    bytes=236276,
)
TEST = Download(
    "tweets.test.bio",
    BASE + "tweets.test.bio",
    sha256="603826cb6a6524afa66846cd0e6bcd7be8d0b87470298c8dff1ff765a0edb998",
    bytes=237846,
)

CORPUS = Corpus(
    name="harveyner",
    title="HarveyNER",
    language="en",
    domain="social media",
    domain_zh="社交媒体",
    tasks=("NER",),
    homepage="https://github.com/brickee/HarveyNER",
    citation="""@inproceedings{chen-etal-2022-crossroads,
  title = {Crossroads, Buildings and Neighborhoods: A Dataset for Fine-grained Location Recognition},
  author = {Chen, Pei and Xu, Haotian and Zhang, Cheng and Huang, Ruihong},
  booktitle = {Proceedings of the 2022 Conference of the North {A}merican Chapter of the Association for
               Computational Linguistics: Human Language Technologies},
  year = {2022}, url = {https://aclanthology.org/2022.naacl-main.243},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the texts are tweets."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator=" ", joiner=" ", skip="-DOCSTART-"),
    schema=Schema(
        entities=(
            Label(
                "POINT",
                "确切地点",
                "exact location",
                description="a place with one geocoordinate: a named building, an address, a crossing of roads",
            ),
            Label("AREA", "区域", "area", description="a city, a part of a city, a neighborhood or another small area"),
            Label("ROAD", "道路", "road", description="a road or a section of a road"),
            Label("RIVER", "河流", "river", description="a river, bayou or creek, or a section of one"),
        )
    ),
    description="Tweets about a flooded city with fine-grained places; three in four mention none.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(3967, 1581), "dev": Totals(1301, 523), "test": Totals(1303, 500)},
    published_source="readme of github.com/brickee/HarveyNER",
    expect={
        "train": Totals(3967, 1581, 0, 0, 0),
        "dev": Totals(1301, 523, 0, 0, 0),
        "test": Totals(1303, 500, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 4, 3967, 1301, 1303),),
)
