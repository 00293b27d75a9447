"""JNLPBA: five types of molecular biology in MEDLINE abstracts, the shared task of 2004 on GENIA.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence, and a line
``-DOCSTART-`` with an empty one before every abstract:

    -DOCSTART-<TAB>O

    Serum<TAB>O
    IL-19<TAB>B-protein
    rose<TAB>O

The tokens are joined with one blank. The task has 2,000 abstracts for training (``Genia4ERtask1.iob2``) and
404 for the test (``Genia4EReval1.iob2``). Read is the edition of Crichton and others (2017), which divides
the former into train and dev; its test file is the task's, but for the ``-DOCSTART-`` lines.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/cambridgeltl/"
    "MTL-Bioinformatics-2016/df0df02fae6dbb87d88ffcf323b9096528f06f84/data/JNLPBA/"
)
TRAIN = Download("train.tsv", BASE + "train.tsv")
DEV = Download(
    "devel.tsv",
    BASE + "devel.tsv",
    sha256="462b09bc79a4dd69cec2e70b6041f54383b4b94892d2ee971a587fdc74caae80",
    bytes=464143,
)
TEST = Download(
    "test.tsv",
    BASE + "test.tsv",
    sha256="87c9b8f1f7fcf94add38c16088203d4ddf35c2f61eb2c7e61240c738d8dd9d35",
    bytes=996475,
)

CORPUS = Corpus(
    name="jnlpba",
    title="JNLPBA",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER",),
    homepage="http://www.geniaproject.org/shared-tasks/bionlp-jnlpba-shared-task-2004",
    citation="""@inproceedings{kim-etal-2004-introduction,
  title = {Introduction to the Bio-entity Recognition Task at {JNLPBA}},
  author = {Kim, Jin-Dong and Ohta, Tomoko and Tsuruoka, Yoshimasa and Tateisi, Yuka and Collier, Nigel},
  booktitle = {Proceedings of the International Joint Workshop on Natural Language Processing in Biomedicine
    and its Applications},
  year = {2004}, url = {https://aclanthology.org/W04-1213},
}
@article{crichton-etal-2017-neural,
  title = {A Neural Network Multi-Task Learning Approach to Biomedical Named Entity Recognition},
  author = {Crichton, Gamal and Pyysalo, Sampo and Chiu, Billy and Korhonen, Anna},
  journal = {BMC Bioinformatics}, volume = {18}, number = {368}, year = {2017},
  url = {https://doi.org/10.1186/s12859-017-1776-8},
}""",
    licence=Licence(
        "GENIA Project License",
        redistribute=False,
        url="http://www.geniaproject.org",
        terms="The annotations are CC BY 3.0 (attribution: Corpus annotations (c) GENIA Project); the abstracts "
        "follow the terms of PubMed.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", joiner=" ", skip="-DOCSTART-"),
    schema=Schema(
        entities=(
            Label("DNA", "DNA分子", "DNA", description="a gene, promoter, binding site or another piece of DNA"),
            Label("RNA", "RNA分子", "RNA", description="a transcript, mRNA or another RNA"),
            Label(
                "protein",
                "蛋白质",
                "protein",
                "gene or protein",
                description="a protein, protein family, complex or subunit",
            ),
            Label("cell_line", "细胞系", "cell line", description="cells kept in culture"),
            Label("cell_type", "细胞类型", "cell type", description="a natural kind of cells, such as a lymphocyte"),
        )
    ),
    description=(
        "Sentences of MEDLINE abstracts on transcription factors in human blood cells; no mention is nested. The "
        "abstracts of train and dev are those of GENIA, where the same terms are annotated with nesting."
    ),
    annotation="By hand; derived from GENIA.",
    verified="original",
    published={"train": Totals(16807), "dev": Totals(1739), "test": Totals(3856, 8662)},
    published_source="Kim et al. (2004) for test; readme of NER/datasets in github.com/moasgh/BumbleBee",
    expect={"dev": Totals(1739, 4551, 0, 0, 0), "test": Totals(3856, 8662, 0, 0, 0)},
    differences="The training file was not at hand: 16,807 is the task's 18,546 training sentences less those of dev.",
    differences_zh="未能取得训练文件：16,807 是任务的 18,546 个训练句减去开发集的句子。",
)
