"""BC4CHEMD: chemicals in PubMed abstracts, the CHEMDNER corpus of BioCreative IV.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    washed<TAB>O
    with<TAB>O
    NaHCO3<TAB>B-Chemical
    .<TAB>O

Every punctuation mark is a token; the tokens are joined with one blank. Read is the edition of Crichton
and others (2017), where the seven classes of the original (trivial, systematic, formula, …) are one.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split

BASE = (
    "https://raw.githubusercontent.com/cambridgeltl/"
    "MTL-Bioinformatics-2016/df0df02fae6dbb87d88ffcf323b9096528f06f84/data/BC4CHEMD/"
)
TRAIN = Download("train.tsv", BASE + "train.tsv")
DEV = Download("devel.tsv", BASE + "devel.tsv")
TEST = Download("test.tsv", BASE + "test.tsv")

CORPUS = Corpus(
    name="bc4chemd",
    title="BC4CHEMD (CHEMDNER)",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER",),
    homepage="https://biocreative.bioinformatics.udel.edu/resources/biocreative-iv/chemdner-corpus/",
    citation="""@article{krallinger-etal-2015-chemdner,
  title = {The {CHEMDNER} Corpus of Chemicals and Drugs and Its Annotation Principles},
  author = {Krallinger, Martin and Rabal, Obdulia and Leitner, Florian and Vazquez, Miguel and others},
  journal = {Journal of Cheminformatics}, volume = {7}, number = {Suppl 1}, pages = {S2}, year = {2015},
  url = {https://doi.org/10.1186/1758-2946-7-S1-S2},
}
@article{crichton-etal-2017-neural,
  title = {A Neural Network Multi-Task Learning Approach to Biomedical Named Entity Recognition},
  author = {Crichton, Gamal and Pyysalo, Sampo and Chiu, Billy and Korhonen, Anna},
  journal = {BMC Bioinformatics}, volume = {18}, number = {368}, year = {2017},
  url = {https://doi.org/10.1186/s12859-017-1776-8},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        url="https://github.com/cambridgeltl/MTL-Bioinformatics-2016#readme",
        terms="Its distributor calls the right to redistribute this corpus unclear.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", joiner=" "),
    schema=Schema(
        entities=(
            Label(
                "Chemical",
                "化学物质",
                "chemical",
                description="a chemical compound, element, drug or class of compounds, by name or formula",
            ),
        )
    ),
    description="Sentences of 10,000 PubMed abstracts of all fields of chemistry.",
    annotation="By hand.",
    verified="sample",
    reported=(Reported("InstructUIE", "NER", 1, 30_682, 30_639, 26_364),),
    differences="The files were not at hand: our totals are unknown.",
    differences_zh="未能取得文件，故不知我们的总数。",
)
