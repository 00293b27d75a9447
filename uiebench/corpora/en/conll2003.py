"""CoNLL-2003, English: named entities in newswire of the Reuters Corpus of 1996 and 1997.

Native form: token, part of speech, chunk and entity tag a line, separated by one blank, an empty line
after every sentence, and a ``-DOCSTART-`` line and an empty one before every article:

    -DOCSTART- -X- -X- O

    Kestrel NNP B-NP B-ORG
    Shipping NNP I-NP I-ORG
    left VBD B-VP O
    Bergen NNP B-NP B-LOC
    . . O O

The tokens are joined with one blank; -DOCSTART- is no sentence. The files pinned here have IOB2 tags.
Those built from the Reuters Corpus (eng.train, eng.testa, eng.testb) have IOB1 tags and are read too.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Manual, Reported, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/pity4yeats/promptner/"
    "728c1c9384e5df2830919c47818bb3757bb1aba9/data/original/CoNLL03/"
)
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="c99b26852dabf57ca9d30a0e892b84544cc8962003151e14a71077c55dc66db5",
    bytes=3283418,
)
DEV = Download(
    "valid.txt",
    BASE + "valid.txt",
    sha256="f1f6469322876887de1d04acd43c59b02f59d5b02acf42c027132fa1bf349cb2",
    bytes=827441,
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="82e0c72d262f86ad3e78b15c5d980bbf87cb205aa4bf6d2d97643f463f8d7ff7",
    bytes=748093,
)
HOW = (
    "Ask NIST for the Reuters Corpus RCV1, build eng.train, eng.testa and eng.testb from it with the scripts of the "
    "shared task (ner.tgz), and put them into the folder conll2003"
)
PAGE = "https://www.clips.uantwerpen.be/conll2003/ner/"
IOB1 = columns(scheme="IOB1", separator=" ", width=4, joiner=" ", skip="-DOCSTART-")

CORPUS = Corpus(
    name="conll2003",
    title="CoNLL-2003 (English)",
    language="en",
    domain="news",
    domain_zh="新闻",
    tasks=("NER",),
    homepage=PAGE,
    citation="""@inproceedings{tjong-kim-sang-de-meulder-2003-introduction,
  title = {Introduction to the {C}o{NLL}-2003 Shared Task: Language-Independent Named Entity Recognition},
  author = {Tjong Kim Sang, Erik F. and De Meulder, Fien},
  booktitle = {Proceedings of the Seventh Conference on Natural Language Learning at {HLT}-{NAACL} 2003},
  year = {2003}, pages = {142--147}, url = {https://aclanthology.org/W03-0419},
}""",
    licence=Licence(
        "Reuters Corpus agreements",
        redistribute=False,
        url="https://trec.nist.gov/data/reuters/reuters.html",
        terms="The text belongs to Reuters: for research, under the agreements that NIST keeps.",
    ),
    splits=(
        Split("train", (TRAIN,)),
        Split("train", (Manual("eng.train", HOW, PAGE),), read=IOB1),
        Split("dev", (DEV,)),
        Split("dev", (Manual("eng.testa", HOW, PAGE),), read=IOB1),
        Split("test", (TEST,)),
        Split("test", (Manual("eng.testb", HOW, PAGE),), read=IOB1),
    ),
    read=columns(scheme="BIO", separator=" ", width=4, joiner=" ", skip="-DOCSTART-"),
    schema=Schema(
        entities=(
            Label("PER", "人物", "person", description="the name of a person"),
            Label(
                "ORG", "组织机构", "organization", description="a company, team, party, agency or other organization"
            ),
            Label("LOC", "地点", "location", description="a country, city, region, building or other place"),
            Label(
                "MISC",
                "其他实体",
                "miscellaneous entity",
                concept="miscellaneous",
                description="a name of none of the other types, such as a nationality, an event or a work",
            ),
        )
    ),
    description="News stories of August 1996 (train and dev) and December 1996 (test), many on sport; 1,350 training "
    "sentences repeat an earlier one; 129 different texts of dev and 78 of test also occur in train.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(14987, 23499), "dev": Totals(3466, 5942), "test": Totals(3684, 5648)},
    published_source="Tjong Kim Sang and De Meulder (2003), tables 1 and 2",
    expect={
        "train": Totals(14041, 23499, 0, 0, 0),
        "dev": Totals(3250, 5942, 0, 0, 0),
        "test": Totals(3453, 5648, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 4, 14_041, 3250, 3453),),
    differences=(
        "The paper counts the 946, 216 and 231 -DOCSTART- lines as sentences. Without them the numbers are ours and "
        "those of InstructUIE."
    ),
    differences_zh="论文把 946、216、231 行 -DOCSTART- 也计为句子；除去之后与我们和 InstructUIE 的数字一致。",
)
