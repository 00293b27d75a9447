"""BC5CDR: chemicals and diseases in PubMed titles and abstracts, from BioCreative V (2015).

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    Cisplatin<TAB>B-Chemical
    -<TAB>O
    induced<TAB>O
    hearing<TAB>B-Disease
    loss<TAB>I-Disease

Every punctuation mark is a token; the tokens are joined with one blank. Read is the edition of Crichton
and others (2017); the relations between chemicals and diseases are not part of it.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/cambridgeltl/"
    "MTL-Bioinformatics-2016/df0df02fae6dbb87d88ffcf323b9096528f06f84/data/BC5CDR-IOB/"
)
TRAIN = Download(
    "train.tsv",
    BASE + "train.tsv",
    sha256="b731361c0ed73afd04cc5fdad39afcdfd8f325d6e46c282339185a91d1af4c14",
    bytes=1039940,
)
DEV = Download(
    "devel.tsv",
    BASE + "devel.tsv",
    sha256="b909de65c4f7e3c23bb09ad52d654cdc92e96db941abe1a5dcf6f6010c03cff5",
    bytes=1031781,
)
TEST = Download(
    "test.tsv",
    BASE + "test.tsv",
    sha256="e41a2843a5fff0cd8d1a88cb147968d61ae29336ca70cddc3d7fb8ff21dfa1e8",
    bytes=1080717,
)

CORPUS = Corpus(
    name="bc5cdr",
    title="BC5CDR",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER",),
    homepage="http://www.biocreative.org/tasks/biocreative-v/track-3-cdr/",
    citation="""@article{li-etal-2016-biocreative,
  title = {{BioCreative} {V} {CDR} Task Corpus: A Resource for Chemical Disease Relation Extraction},
  author = {Li, Jiao and Sun, Yueping and Johnson, Robin J. and Sciaky, Daniela and Wei, Chih-Hsuan and others},
  journal = {Database}, volume = {2016}, pages = {baw068}, year = {2016},
  url = {https://doi.org/10.1093/database/baw068},
}
@article{crichton-etal-2017-neural,
  title = {A Neural Network Multi-Task Learning Approach to Biomedical Named Entity Recognition},
  author = {Crichton, Gamal and Pyysalo, Sampo and Chiu, Billy and Korhonen, Anna},
  journal = {BMC Bioinformatics}, volume = {18}, number = {368}, year = {2017},
  url = {https://doi.org/10.1186/s12859-017-1776-8},
}""",
    licence=Licence(
        "public domain",
        redistribute=True,
        terms="The corpus is in the public domain; this edition of it is distributed under CC BY 4.0.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", joiner=" "),
    schema=Schema(
        entities=(
            Label("Chemical", "化学物质", "chemical", description="a drug, compound, element or class of substances"),
            Label("Disease", "疾病", "disease", description="a disease, symptom, syndrome, injury or adverse effect"),
        )
    ),
    description=(
        "Sentences of 1,500 PubMed titles and abstracts on chemicals and the diseases they cause or treat. Two "
        "mentions of dev are cut in two by a wrong sentence break; the file tags each half as a mention."
    ),
    annotation="By hand.",
    verified="original",
    expect={
        "train": Totals(4560, 9385, 0, 0, 0),
        "dev": Totals(4581, 9593, 0, 0, 0),
        "test": Totals(4797, 9809, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 2, 4560, 4581, 4797),),
)
