"""GENIA: nested terms of five types in MEDLINE abstracts, in the edition of Yan and others (2022).

Native form: JSON lines with the tokens of a sentence and its mentions, first token and token after the last:

    {"tokens": ["IL-19", "promoter", "activity"], "doc_id": "MEDLINE:99800001", "sent_id": "MEDLINE:99800001-0",
     "entity_mentions": [{"start": 0, "end": 1, "entity_type": "protein", "text": "IL-19"},
                         {"start": 0, "end": 2, "entity_type": "DNA", "text": "IL-19 promoter"}]}

The tokens are joined with one blank; a few hold a blank themselves. Mentions may be nested, and a few spans
have two types. The many types of the original are reduced to five, subtypes included.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import Tokens, json_records
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Download, Entity, Label, Licence, Reported, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/yhcc/CNN_Nested_NER/"
    "d1c9fae196e2d7692f3d5afd86694dd933b08d71/preprocess/outputs/genia/"
)
TRAIN = Download("train.jsonlines", BASE + "train.jsonlines")
DEV = Download(
    "dev.jsonlines",
    BASE + "dev.jsonlines",
    sha256="18deb63b0f86623c2881b1c91297b3cb86d60414b2b1acc60e0a97cc573cc8b1",
    bytes=953625,
)
TEST = Download(
    "test.jsonlines",
    BASE + "test.jsonlines",
    sha256="d20ea84b8dfc707e9350196156af95581d0b53530d3bfbb842ac87eaf9005b6b",
    bytes=992360,
)


class Mention(msgspec.Struct):
    """A mention; its end is the token after the last."""

    start: int
    end: int
    entity_type: str
    text: str


class Sentence(msgspec.Struct):
    """One record."""

    tokens: list[str]
    entity_mentions: list[Mention]


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads sentences; a mention's string is compared with its tokens afterwards, as everywhere."""
    for path in files:
        for sentence in json_records(path, ledger, Sentence):
            words = Tokens(sentence.tokens, ledger)
            entities = [
                Entity(mention.text, *words.place(mention.start, mention.end), mention.entity_type)
                for mention in sentence.entity_mentions
            ]
            yield Document("", words.text, tuple(entities))


CORPUS = Corpus(
    name="genia",
    title="GENIA (nested)",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER",),
    homepage="https://github.com/yhcc/CNN_Nested_NER",
    citation="""@article{kim-etal-2003-genia,
  title = {{GENIA} Corpus -- A Semantically Annotated Corpus for Bio-textmining},
  author = {Kim, Jin-Dong and Ohta, Tomoko and Tateisi, Yuka and Tsujii, Jun'ichi},
  journal = {Bioinformatics}, volume = {19}, number = {suppl 1}, pages = {i180--i182}, year = {2003},
  url = {https://doi.org/10.1093/bioinformatics/btg1023},
}
@article{yan-etal-2022-embarrassingly,
  title = {An Embarrassingly Easy but Strong Baseline for Nested Named Entity Recognition},
  author = {Yan, Hang and Sun, Yu and Li, Xiaonan and Qiu, Xipeng},
  journal = {CoRR}, volume = {abs/2208.04534}, year = {2022}, url = {https://arxiv.org/abs/2208.04534},
}""",
    licence=Licence(
        "GENIA Project License",
        redistribute=False,
        url="http://www.geniaproject.org",
        terms="The annotations are CC BY 3.0 (attribution: Corpus annotations (c) GENIA Project); the abstracts "
        "follow the terms of PubMed.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
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
        "Sentences of MEDLINE abstracts on transcription factors in human blood cells, divided by abstract; "
        "one sentence in five has nested mentions. 43 % of the dev and 35 % of the test sentences stand in the "
        "training texts of GENIA 2011, and all but one of the test sentences are JNLPBA's dev split "
        "(docs/contamination.md)."
    ),
    annotation="By hand.",
    verified="original",
    published={"train": Totals(15038, 46203), "dev": Totals(1765, 4714), "test": Totals(1732, 5119)},
    published_source="preprocess/readme.md in github.com/yhcc/CNN_Nested_NER",
    expect={"dev": Totals(1765, 4714, 0, 0, 0), "test": Totals(1732, 5119, 0, 0, 0)},
    reported=(Reported("InstructUIE", "NER", 5, 15_023, 1669, 1854),),
    differences=(
        "The training file was not at hand. InstructUIE gives 15,023, 1,669 and 1,854 sentences: another division of "
        "the same abstracts, by sentence."
    ),
    differences_zh="未能取得训练文件。InstructUIE 为 15,023、1,669、1,854 句：同样的摘要，按句的另一种划分。",
)
