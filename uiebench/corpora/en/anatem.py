"""AnatEM: mentions of anatomical entities in abstracts and passages of biomedical articles.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    Small<TAB>O
    lung<TAB>B-Anatomy
    nodules<TAB>O
    .<TAB>O

Every punctuation mark is a token; the tokens are joined with one blank. Headings are sentences of their
own. The twelve types of the original (organ, tissue, cell, …) are one in this edition, that of Crichton
and others (2017).
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/cambridgeltl/"
    "MTL-Bioinformatics-2016/df0df02fae6dbb87d88ffcf323b9096528f06f84/data/AnatEM-IOB/"
)
TRAIN = Download(
    "train.tsv",
    BASE + "train.tsv",
    sha256="bd4235e9673f7c67667c1eb321903a51544a94cf481ba265b527b3104d6ba806",
    bytes=1280190,
)
DEV = Download(
    "devel.tsv",
    BASE + "devel.tsv",
    sha256="0758bb2f26ec12fc717c1054b64ea00a40c7aae26b21a7541b86fbfba66119ec",
    bytes=480960,
)
TEST = Download(
    "test.tsv",
    BASE + "test.tsv",
    sha256="a3d6555f6f5b7809fc014bee975be0db93c012d770ab60c190cf37d589e97fc9",
    bytes=833816,
)

CORPUS = Corpus(
    name="anatem",
    title="AnatEM",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER",),
    homepage="http://nactem.ac.uk/anatomytagger/",
    citation="""@article{pyysalo-ananiadou-2014-anatomical,
  title = {Anatomical Entity Mention Recognition at Literature Scale},
  author = {Pyysalo, Sampo and Ananiadou, Sophia},
  journal = {Bioinformatics}, volume = {30}, number = {6}, pages = {868--875}, year = {2014},
  url = {https://doi.org/10.1093/bioinformatics/btt580},
}
@article{crichton-etal-2017-neural,
  title = {A Neural Network Multi-Task Learning Approach to Biomedical Named Entity Recognition},
  author = {Crichton, Gamal and Pyysalo, Sampo and Chiu, Billy and Korhonen, Anna},
  journal = {BMC Bioinformatics}, volume = {18}, number = {368}, year = {2017},
  url = {https://doi.org/10.1186/s12859-017-1776-8},
}""",
    licence=Licence(
        "CC BY-SA 3.0",
        redistribute=True,
        url="https://creativecommons.org/licenses/by-sa/3.0/",
        terms="The corpus is CC BY-SA 3.0; this edition of it is distributed under CC BY 4.0.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", joiner=" "),
    schema=Schema(
        entities=(
            Label(
                "Anatomy",
                "解剖实体",
                "anatomical entity",
                description="a part of an organism at any scale: organ, tissue, cell, cell component or body fluid, "
                "healthy or diseased (such as a tumour)",
            ),
        )
    ),
    description="Sentences of abstracts and full-text passages of biomedical articles; headings are sentences too.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(entities=6946), "dev": Totals(entities=2139), "test": Totals(entities=4616)},
    published_source="the corpus's standoff edition",
    expect={
        "train": Totals(5861, 6946, 0, 0, 0),
        "dev": Totals(2118, 2139, 0, 0, 0),
        "test": Totals(3830, 4616, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 1, 5861, 2118, 3830),),
)
