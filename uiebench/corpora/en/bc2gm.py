"""BC2GM: mentions of genes and proteins in MEDLINE sentences, from BioCreative II (2006).

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    binds<TAB>O
    GATA<TAB>B-GENE
    -<TAB>I-GENE
    3<TAB>I-GENE

Every punctuation mark is a token; the tokens are joined with one blank. The 15,000 training sentences of
the task are divided into train and dev, as in the edition of Crichton and others (2017), which is read.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/cambridgeltl/"
    "MTL-Bioinformatics-2016/df0df02fae6dbb87d88ffcf323b9096528f06f84/data/BC2GM-IOB/"
)
TRAIN = Download(
    "train.tsv",
    BASE + "train.tsv",
    sha256="46e17f4e1509483b82c03f27d6f0214020f738fb71704356fb3445eb824ab38d",
    bytes=2894167,
)
DEV = Download(
    "devel.tsv",
    BASE + "devel.tsv",
    sha256="33a94577aa22f1e70ec9e02781a05baa4e1390e866d28bf2b344888e4e3d4103",
    bytes=577660,
)
TEST = Download(
    "test.tsv",
    BASE + "test.tsv",
    sha256="30d7a4f571ca8ed22a044528063ba5d0388d666d8b8b329733d6927e5fb30764",
    bytes=1165057,
)

CORPUS = Corpus(
    name="bc2gm",
    title="BC2GM (BioCreative II gene mention)",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER",),
    homepage="https://github.com/cambridgeltl/MTL-Bioinformatics-2016",
    citation="""@article{smith-etal-2008-overview,
  title = {Overview of {BioCreative} {II} Gene Mention Recognition},
  author = {Smith, Larry and Tanabe, Lorraine K. and Ando, Rie Johnson and Kuo, Cheng-Ju and others},
  journal = {Genome Biology}, volume = {9}, number = {Suppl 2}, pages = {S2}, year = {2008},
  url = {https://doi.org/10.1186/gb-2008-9-s2-s2},
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
        url="https://github.com/cambridgeltl/MTL-Bioinformatics-2016#license",
        terms="This edition is distributed under CC BY 4.0; the terms of the task's own data are not stated there.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", joiner=" "),
    schema=Schema(
        entities=(
            Label("GENE", "基因或蛋白质", "gene or protein", description="a gene, a protein or another gene product"),
        )
    ),
    description="Sentences of MEDLINE abstracts with the genes and proteins they name; many name none.",
    annotation="By hand.",
    verified="original",
    expect={
        "train": Totals(12574, 15197, 0, 0, 0),
        "dev": Totals(2519, 3061, 0, 0, 0),
        "test": Totals(5038, 6325, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 1, 12_500, 2500, 5000),),
    differences=(
        "InstructUIE's figures are those of the task's sentences; the files hold 131 blocks more, 0.6 %, probably "
        "because a few sentences were cut in two when they were tokenised. Each block is one document."
    ),
    differences_zh=(
        "InstructUIE 的数字是评测任务的句数；文件多出 131 块（0.6%），大概是分词时有少数句子被切成了两段。这里一块为"
        "一个文本。"
    ),
)
