"""SKE2020: the sentences of the DuIE family that YAYI-UIE, IEPile and OneKE use as a zero-shot test.

Native form: that of DuIE 2.0, with its 48 predicates; see `duie2` for the form and for the names that the
slots of complex objects get here.

    {"text": "《云上渡口》的主题曲是《归舟》", "spo_list": [
        {"predicate": "主题曲", "subject_type": "影视作品", "subject": "云上渡口",
         "object_type": {"@value": "歌曲"}, "object": {"@value": "归舟"}}]}

IEPile's own copy is flat, without types and slots: ``{"text": …, "relation": [{"head": …, "relation": …,
"tail": …}]}``. Neither file was at hand: both forms are read as they are documented.
"""

from uiebench.corpora.duie import SCHEMA, SLOTS
from uiebench.formats import triples
from uiebench.types import Corpus, HubFile, Licence, Manual, Split

TEST = Manual(
    "ske2020_test.json",
    "Log in to Baidu AI Studio and download the dataset SKE2020. Its evaluation file goes here as ske2020_test.json",
    "https://aistudio.baidu.com/datasetdetail/177191",
)
TEST_OF_IEPILE = HubFile(
    "IE-zh/RE/SKE2020/test.json",
    repo="zjunlp/iepile",
    file="IE-zh/RE/SKE2020/test.json",
    revision="7f06576b52fe73f87c7acf241f4dd436d536850c",
)

CORPUS = Corpus(
    name="ske2020",
    title="SKE2020",
    language="zh",
    domain="encyclopedia, news and forum",
    domain_zh="百科、新闻、论坛",
    tasks=("RE",),
    homepage="https://aistudio.baidu.com/datasetdetail/177191",
    citation="""@inproceedings{li-etal-2019-duie,
  title = {{DuIE}: A Large-Scale {Chinese} Dataset for Information Extraction},
  author = {Li, Shuangjie and He, Wei and Shi, Yabing and Jiang, Wenbin and Liang, Haijin and Jiang, Ye and
            Zhang, Yang and Lyu, Yajuan and Zhu, Yong},
  booktitle = {Natural Language Processing and Chinese Computing (NLPCC 2019)},
  year = {2019}, pages = {791--800}, doi = {10.1007/978-3-030-32236-6_72},
}""",
    licence=Licence("unknown", redistribute=False, terms="IEPile, which carries a copy, is under CC BY-NC-SA 4.0."),
    splits=(
        Split("test", (TEST,)),
        Split(
            "test",
            (TEST_OF_IEPILE,),
            extract="as IEPile flattened it: without types and slots",
            read=triples(
                relations="relation",
                predicate="relation",
                subject="head",
                object="tail",
                subject_type=None,
                object_type=None,
            ),
        ),
    ),
    read=triples(slots=SLOTS),
    schema=SCHEMA,
    description="A test set of the DuIE family, used to report zero-shot scores. Its schema is that of DuIE 2.0, its "
    "texts come from the same collection as DuIE 1.0 and 2.0, so it is hardly zero-shot for a model trained on either: "
    "hold out both, or de-duplicate against this set, before calling a score zero-shot.",
    annotation="As DuIE, of whose family it is, if nothing else was done: by distant supervision, corrected by crowd "
    "workers.",
    verified="sample",
    defects={
        "repeated annotation": "As in DuIE 2.0: a triple is listed twice, or two triples of one subject share "
        "the value of a slot, which is kept once.",
        "outer space": "As in DuIE 2.0: a mention begins or ends with a space, which is taken off.",
    },
)
