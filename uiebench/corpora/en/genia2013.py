"""GENIA events 2013: thirteen types of events on genes and proteins, the GE task of the BioNLP Shared Task 2013.

Native form, that of the task of 2011 (`genia2011`): ``<name>.txt``, beside it ``<name>.a1`` with the proteins and
``<name>.a2`` with triggers and events, and here also with coreference:

    .a1  T1<TAB>Protein 0 5<TAB>VRF-2
    .a2  T2<TAB>Acetylation 13 23<TAB>acetylated
         T3<TAB>Anaphora 30 32<TAB>it
         E1<TAB>Acetylation:T2 Theme:T1
         R1<TAB>Coreference Subject:T3 Object:T1
         M1<TAB>Negation E1

A document is a section of a full paper or the caption of a figure. Entities and arguments are as in
`genia2011`: an argument that is an event is the trigger of that event. Not read: coreference, negation and
speculation, and equivalent names. The texts of the test set come without events: they are used without gold.

Against 2011, modifications of proteins other than phosphorylation are types of their own, and all of these
may have a cause. The ten full papers in train and dev of 2011 are among those in train and dev of 2013, under
other file names: do not train on the one and test on the other.

Read only in samples of the documented form. The download names no commit: none could be verified, neither in the
repository nor in one that builds on it, so that the archive is that of the default branch (as in BigBIO), has no
hash here and is taken unverified. The roles are those that others found in the files of train
and dev (Björne and Salakoski 2015, table 1), completed within the groups of types.
"""

from uiebench.corpora.genia import PROTEIN, REGULATION, event
from uiebench.formats import bionlp
from uiebench.types import Archive, Corpus, Licence, Schema, Split

URL = "https://github.com/openbiocorpora/bionlp-st-2013-ge/archive/refs/heads/master.tar.gz"
TRAIN = Archive("original-data", URL, ("train/*.txt", "train/*.a1", "train/*.a2"), strip=2)
DEV = Archive("original-data", URL, ("devel/*.txt", "devel/*.a1", "devel/*.a2"), strip=2)
TEST = Archive("original-data", URL, ("test/*.txt",), strip=2)

MODIFICATION = "Theme Cause Site"

CORPUS = Corpus(
    name="genia2013",
    title="GENIA events (BioNLP-ST 2013 GE)",
    language="en",
    domain="biomedicine",
    domain_zh="生物医学",
    tasks=("NER", "EE"),
    homepage="https://github.com/openbiocorpora/bionlp-st-2013-ge",
    citation="""@inproceedings{kim-etal-2013-genia,
  title = {The {Genia} Event Extraction Shared Task, 2013 Edition - Overview},
  author = {Kim, Jin-Dong and Wang, Yue and Yasunori, Yamamoto},
  booktitle = {Proceedings of the {BioNLP} Shared Task 2013 Workshop},
  year = {2013}, pages = {8--15}, url = {https://aclanthology.org/W13-2002},
}""",
    licence=Licence(
        "License Terms for BioNLP Shared Task 2013 Data",
        redistribute=False,
        terms="The text of the licence was not at hand; full papers follow the terms of each publication.",
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
            event("Localization", "定位", "localization", "a protein is or moves somewhere", "Theme AtLoc ToLoc"),
            event("Binding", "结合", "binding", "one protein or several bind to each other or to DNA", "Theme Site"),
            event(
                "Protein_modification",
                "蛋白质修饰",
                "protein modification",
                "a protein is changed chemically, in another way than the four below or in one that is not said",
                MODIFICATION,
            ),
            event("Phosphorylation", "磷酸化", "phosphorylation", "a phosphate is added to a protein", MODIFICATION),
            event("Ubiquitination", "泛素化", "ubiquitination", "ubiquitin is added to a protein", MODIFICATION),
            event("Acetylation", "乙酰化", "acetylation", "an acetyl group is added to a protein", MODIFICATION),
            event("Deacetylation", "去乙酰化", "deacetylation", "an acetyl group is taken off a protein", MODIFICATION),
            event("Regulation", "调控", "regulation", "control or influence, without saying which way", REGULATION),
            event("Positive_regulation", "正调控", "positive regulation", "something is started or raised", REGULATION),
            event(
                "Negative_regulation", "负调控", "negative regulation", "something is stopped or lowered", REGULATION
            ),
        ),
    ),
    description="Sections of full papers, most of them on the transcription factor NF-kappaB.",
    verified="sample",
    defects={
        "repeated annotation": "Two regulations with one trigger are alike here if they differ only in which event "
        "is their theme or cause, and the triggers of these events are one piece of text (as when `expression of A "
        "and B` states two events): one is kept."
    },
)
