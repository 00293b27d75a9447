"""WikiANN (PAN-X), English: names in lines of Wikipedia, annotated automatically from its links.

Native form: index, token and tag (IOB2) a line, separated by tabs, an empty line after every text, as in
the copy beside WikiNEuRal. The files are called ``.conllu`` but are not CoNLL-U, and the index begins at 0:

    0	Alder	B-LOC
    1	Bay	I-LOC
    2	Lighthouse	I-LOC

The tokens are joined with one blank. Many texts are titles, list items or remains of wiki markup.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/Babelscape/wikineural/d2e28c770cba2b285e742529ae18ed849e336c65/data/wikiann/en/"
)
TRAIN = Download(
    "train.conllu",
    BASE + "train.conllu",
    sha256="1a2533beec00007b8bb500a0035fa61d4d2492ce77354a16e3faf51943c9a7f7",
    bytes=1862205,
)
DEV = Download(
    "val.conllu",
    BASE + "val.conllu",
    sha256="beaba22917aa6db12d4925e5fa1137e5010be2df1b6050f6c5b69966d3a4e7ab",
    bytes=935180,
)
TEST = Download(
    "test.conllu",
    BASE + "test.conllu",
    sha256="d3cb6943661328a844a242a787e04ed6231efca5462091f1ce4094abb33619ee",
    bytes=933343,
)

CORPUS = Corpus(
    name="wikiann_en",
    title="WikiANN (English)",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("NER",),
    homepage="https://github.com/afshinrahimi/mmner",
    citation="""@inproceedings{pan-etal-2017-cross,
  title = {Cross-lingual Name Tagging and Linking for 282 Languages},
  author = {Pan, Xiaoman and Zhang, Boliang and May, Jonathan and Nothman, Joel and Knight, Kevin and Ji, Heng},
  booktitle = {Proceedings of the 55th Annual Meeting of the Association for Computational Linguistics},
  year = {2017}, pages = {1946--1958}, url = {https://aclanthology.org/P17-1178},
}
@inproceedings{rahimi-etal-2019-massively,
  title = {Massively Multilingual Transfer for {NER}},
  author = {Rahimi, Afshin and Li, Yuan and Cohn, Trevor},
  booktitle = {Proceedings of the 57th Annual Meeting of the Association for Computational Linguistics},
  year = {2019}, pages = {151--164}, url = {https://aclanthology.org/P19-1015},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the text is Wikipedia's."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator="\t", width=3, token=1, joiner=" "),
    schema=Schema(
        entities=(
            Label("PER", "人物", "person", description="the name of a person"),
            Label("ORG", "组织机构", "organization", description="a company, team, band, school or other organization"),
            Label("LOC", "地点", "location", description="a country, city, region, building or other place"),
        )
    ),
    description="Titles, list items and sentences of Wikipedia whose links were turned into names of three types.",
    annotation="Automatically, from the links of Wikipedia.",
    verified="original",
    expect={
        "train": Totals(20000, 27931, 0, 0, 0),
        "dev": Totals(10000, 14146, 0, 0, 0),
        "test": Totals(10000, 13958, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 3, 20_000, 10_000, 10_000),),
)
