"""GENIA events 2011: nine types of events on genes and proteins, the GE task of the BioNLP Shared Task 2011.

Native form: ``<name>.txt``, beside it ``<name>.a1`` with the proteins and ``<name>.a2`` with triggers and events:

    .a1  T1<TAB>Protein 12 17<TAB>IL-19
    .a2  T2<TAB>Positive_regulation 0 8<TAB>Inducing
         T3<TAB>Gene_expression 18 28<TAB>expression
         E1<TAB>Gene_expression:T3 Theme:T1
         E2<TAB>Positive_regulation:T2 Theme:E1
         M1<TAB>Speculation E2

A document is a file: a MEDLINE abstract (``PMID-…``; its title is the first line) or a section of a full paper
(``PMC-…``; its first line mostly is a heading) or the caption of a figure.

Entities are the proteins, which are annotated throughout: the names of single genes and gene products, not
of families and complexes. The ``Entity`` of the ``.a2`` is a site or a place in a cell, marked only where it
takes part in an event: here an argument and no entity.

The theme or cause of a regulation may be an event: the argument is then the trigger of that event (E1 above:
``expression``). What the inner event is about is not kept in the outer one, so events may become alike. Several
themes or sites are so many arguments of that role; which site belongs to which theme (``Site2`` to ``Theme2``)
is not kept.

Not read: negation and speculation (M), and which proteins are names of one (``* Equiv``; the task accepts
either in an event, which states one). Texts of the test set come with their proteins, but without events: it
is used without gold.
"""

from uiebench.corpora.genia import PROTEIN, REGULATION, event
from uiebench.formats import bionlp
from uiebench.types import Archive, Corpus, Licence, Schema, Split, Totals

URL = "https://github.com/openbiocorpora/bionlp-st-2011-ge/archive/8d588346aecbaff4d3400e095ba969d697cdb8a7.tar.gz"


def texts(folder: str, files: int, sha256: str, *suffixes: str) -> Archive:
    """The source of one split: the files of a folder with these suffixes."""
    return Archive(
        "original-data", URL, tuple(f"{folder}/*.{one}" for one in suffixes), sha256=sha256, strip=2, files=files
    )


TRAIN = texts("train", 2724, "500f9360f2e796fcea73551d49d062f1d398329ccf36e95ca613eccf6e2bd14f", "txt", "a1", "a2")
DEV = texts("devel", 777, "f87571351736a3e0720dea90ace936c47a1794a87055c2280770d0a5b143a8ba", "txt", "a1", "a2")
TEST = texts("test", 347, "cbec87449ed2f1e6e48097edda0c2a0627420682684956fb6a1ce3299d21f591", "txt")

CORPUS = Corpus(
    name="genia2011",
    title="GENIA events (BioNLP-ST 2011 GE)",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER", "EE"),
    homepage="https://github.com/openbiocorpora/bionlp-st-2011-ge",
    citation="""@inproceedings{kim-etal-2011-overview-genia,
  title = {Overview of {Genia} Event Task in {BioNLP} Shared Task 2011},
  author = {Kim, Jin-Dong and Wang, Yue and Takagi, Toshihisa and Yonezawa, Akinori},
  booktitle = {Proceedings of {BioNLP} Shared Task 2011 Workshop},
  year = {2011}, pages = {7--15}, url = {https://aclanthology.org/W11-1802},
}""",
    licence=Licence(
        "License Terms for BioNLP Shared Task 2011 Data",
        redistribute=False,
        url="https://github.com/openbiocorpora/bionlp-st-2011-ge/blob/8d588346aecbaff4d3400e095ba969d697cdb8a7/LICENSE",
        terms="The annotations are the organizers' and for non-profit research; others ask them. Abstracts follow the "
        "terms of PubMed, full papers those of each publication.",
    ),
    splits=(
        Split("train", (TRAIN,), read=bionlp(texts="train/*.txt")),
        Split("dev", (DEV,), read=bionlp(texts="devel/*.txt")),
        Split("test", (TEST,), gold=False, read=bionlp(texts="test/*.txt", gold=False)),
    ),
    read=bionlp(texts="*/*.txt"),
    schema=Schema(
        entities=(PROTEIN,),
        events=(
            event("Gene_expression", "基因表达", "gene expression", "a gene is expressed, a protein produced", "Theme"),
            event("Transcription", "转录", "transcription", "a gene is copied into RNA", "Theme"),
            event("Protein_catabolism", "蛋白质降解", "protein catabolism", "a protein is broken down", "Theme"),
            event("Phosphorylation", "磷酸化", "phosphorylation", "a phosphate is added to a protein", "Theme Site"),
            event("Localization", "定位", "localization", "a protein is or moves somewhere", "Theme AtLoc ToLoc"),
            event("Binding", "结合", "binding", "one protein or several bind to each other or to DNA", "Theme Site"),
            event("Regulation", "调控", "regulation", "control or influence, without saying which way", REGULATION),
            event("Positive_regulation", "正调控", "positive regulation", "something is started or raised", REGULATION),
            event(
                "Negative_regulation", "负调控", "negative regulation", "something is stopped or lowered", REGULATION
            ),
        ),
    ),
    description="MEDLINE abstracts and sections of full papers on transcription factors in blood cells. 43 % of the "
    "dev and 35 % of the test sentences of the entity corpus GENIA stand in these training texts "
    "(docs/contamination.md).",
    annotation="By hand: its abstracts are of the GENIA event corpus, which several annotators marked from the point "
    "of view of biologists (Kim et al., BMC Bioinformatics 9:10, 2008).",
    verified="original",
    published={"train": Totals(events=10310), "dev": Totals(events=3250)},
    published_source="Kim et al. (2011)",
    expect={
        "train": Totals(908, 11625, 0, 9560, 11730, drops={"repeated annotation": 750}),
        "dev": Totals(259, 4690, 0, 2988, 3922, drops={"repeated annotation": 262}),
        "test": Totals(347, 0, 0, 0, 0),
    },
    differences="All published events are in the files. 750 in train and 262 in dev become equal to another one of "
    "their text, since an argument that is an event is no more than its trigger here, and are counted once.",
    differences_zh=(
        "文件包含全部已公布的事件。作论元的事件在这里只是其触发词，因此训练集有 750 个、开发集有 262 个事件变得与同文"
        "本中的另一个相同，只计一次。"
    ),
    defects={
        "repeated annotation": "Two regulations with one trigger are alike here if they differ only in which event "
        "is their theme or cause, and the triggers of these events are one piece of text (as when `expression of A "
        "and B` states two events): one is kept. No event stands in the files twice."
    },
)
