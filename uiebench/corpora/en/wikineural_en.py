"""WikiNEuRal, English: names in sentences of Wikipedia, annotated automatically.

Native form: index, token and tag (IOB2) a line, separated by tabs, an empty line after every sentence.
The files are called ``.conllu`` but are not CoNLL-U, and the index begins at 0:

    0	Alder	B-LOC
    1	Bay	I-LOC
    2	froze	O

The tokens are joined with one blank.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/Babelscape/wikineural/"
    "d2e28c770cba2b285e742529ae18ed849e336c65/data/wikineural/en/"
)
TRAIN = Download("train.conllu", BASE + "train.conllu")
DEV = Download(
    "val.conllu",
    BASE + "val.conllu",
    sha256="d5c2bbcbfd7092ab46057befabe071ee8c68b5b3a0623ca319874c019b6d560d",
    bytes=2815514,
)
TEST = Download(
    "test.conllu",
    BASE + "test.conllu",
    sha256="088187d12574de9120f31fce908ce3c626b349b6b93f20886d5351b936ed0849",
    bytes=2796788,
)

CORPUS = Corpus(
    name="wikineural_en",
    title="WikiNEuRal (English)",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("NER",),
    homepage="https://github.com/Babelscape/wikineural",
    citation="""@inproceedings{tedeschi-etal-2021-wikineural-combined,
  title = {{W}iki{NE}u{R}al: {C}ombined Neural and Knowledge-based Silver Data Creation for Multilingual {NER}},
  author = {Tedeschi, Simone and Maiorca, Valentino and Campolungo, Niccol{\\`o} and Cecconi, Francesco and
            Navigli, Roberto},
  booktitle = {Findings of the Association for Computational Linguistics: EMNLP 2021},
  year = {2021}, pages = {2521--2533}, url = {https://aclanthology.org/2021.findings-emnlp.215},
}""",
    licence=Licence(
        "CC BY-NC-SA 4.0",
        redistribute=False,
        url="https://creativecommons.org/licenses/by-nc-sa/4.0/",
        terms="Not for commercial use.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator="\t", width=3, token=1, joiner=" "),
    schema=Schema(
        entities=(
            Label("PER", "人物", "person", description="the name of a person"),
            Label(
                "ORG", "组织机构", "organization", description="a company, team, party, school or other organization"
            ),
            Label("LOC", "地点", "location", description="a country, city, region, building or other place"),
            Label(
                "MISC",
                "其他实体",
                "miscellaneous entity",
                concept="miscellaneous",
                description="a name of none of the other types, such as a work, an event or a species",
            ),
        )
    ),
    description="Sentences of Wikipedia whose names a knowledge base and a neural model annotated together.",
    annotation="Automatically, by neural models and a knowledge base (silver data).",
    verified="original",
    reported=(Reported("InstructUIE", "NER", 3, 92_720, 11_590, 11_597),),
    differences=(
        "The training file was not at hand: it is taken unverified. InstructUIE counts three types, without MISC; the "
        "files and this corpus have four."
    ),
    differences_zh="未能取得训练文件：取用时不作校验。InstructUIE 计三种类型，没有 MISC；文件和本语料有四种。",
    expect={
        "dev": Totals(11590, 19621, 0, 0, 0, repairs={"broken tags": 439}),
        "test": Totals(11597, 19675, 0, 0, 0, repairs={"broken tags": 559}),
    },
    defects={
        "broken tags": (
            "Two in a hundred mentions, almost all of them MISC, begin with an inside tag: they are kept as mentions."
        )
    },
)
