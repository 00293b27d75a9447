"""NCBI Disease: mentions of diseases in PubMed titles and abstracts, mostly on genetics.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    mild<TAB>O
    Wilson<TAB>B-Disease
    disease<TAB>I-Disease
    .<TAB>O

Every punctuation mark is a token; the tokens are joined with one blank. The four classes of the original
(specific disease, disease class, composite mention, modifier) are one in this edition.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/spyysalo/ncbi-disease/5a266c6fc76fb2b5184cfa397ff0a5ecdb133aec/conll/"
TRAIN = Download(
    "train.tsv",
    BASE + "train.tsv",
    sha256="5f87b0de649eccff21e6d6e49e304aace808056ecae55225ea31602192517be9",
    bytes=1140476,
)
DEV = Download(
    "devel.tsv",
    BASE + "devel.tsv",
    sha256="b4e1e7efcc2a35047bf2f3d281648357470e674f555d4a26a0049ac37d59cc61",
    bytes=200352,
)
TEST = Download(
    "test.tsv",
    BASE + "test.tsv",
    sha256="8f088ce45dc4746592188f9e69de3d89d87f3bb8f0ed8c4a287d018123fa148d",
    bytes=205664,
)

CORPUS = Corpus(
    name="ncbi_disease",
    title="NCBI Disease",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER",),
    homepage="https://github.com/spyysalo/ncbi-disease",
    citation="""@article{dogan-etal-2014-ncbi,
  title = {{NCBI} Disease Corpus: A Resource for Disease Name Recognition and Concept Normalization},
  author = {Do{\\u{g}}an, Rezarta Islamaj and Leaman, Robert and Lu, Zhiyong},
  journal = {Journal of Biomedical Informatics}, volume = {47}, pages = {1--10}, year = {2014},
  url = {https://doi.org/10.1016/j.jbi.2013.12.006},
}""",
    licence=Licence(
        "public domain",
        redistribute=True,
        url="https://github.com/spyysalo/ncbi-disease/blob/5a266c6fc76fb2b5184cfa397ff0a5ecdb133aec/original-data/LICENSE",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", joiner=" "),
    schema=Schema(
        entities=(
            Label(
                "Disease",
                "疾病",
                "disease",
                description="a disease, a class of diseases or a syndrome, also where it qualifies another word",
            ),
        )
    ),
    description="Sentences of 793 PubMed titles and abstracts; one abstract stands in train twice, as in the original.",
    annotation="By hand.",
    verified="original",
    expect={
        "train": Totals(5432, 5145, 0, 0, 0),
        "dev": Totals(923, 787, 0, 0, 0),
        "test": Totals(940, 960, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 1, 5432, 923, 940),),
)
