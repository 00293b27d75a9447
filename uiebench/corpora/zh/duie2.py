"""DuIE 2.0 (LIC 2020 and 2021, LuGe): relations in sentences of Baidu Baike, Baidu's feed and forums.

Native form: JSON lines without offsets and ids. An object is a dict: ``@value`` is the tail, five
complex predicates may have further slots. The test file has no ``spo_list``.

    {"text": "在电视剧《云上渡口》中，沈嘉禾饰演船工老余", "spo_list": [
        {"predicate": "饰演", "subject_type": "娱乐人物", "subject": "沈嘉禾",
         "object_type": {"inWork": "影视作品", "@value": "人物"},
         "object": {"inWork": "云上渡口", "@value": "老余"}}]}

A relation here has one tail, so each further slot becomes a relation of its own between the subject and
the slot's value, with a name that DuIE does not have (in `uiebench.corpora.duie`): (沈嘉禾, 饰演, 老余) and
(沈嘉禾, 饰演作品, 云上渡口). The 48 predicates thus make 55 relation types. What is lost is which of several
values of one subject belong together, e.g. which of two awards was given in which year.
"""

from uiebench.corpora.duie import SCHEMA, SLOTS
from uiebench.formats import texts, triples
from uiebench.types import Corpus, Download, Licence, Manual, Split, Totals

BASE = "https://raw.githubusercontent.com/ToddLynn/gd_medical_ie/4a1b119f84afa8fed8ea1e767c1254656004a2f5/data/"
PAGE = "https://www.luge.ai/#/luge/dataDetail?id=5"
HOW = (
    "Register at LuGe, accept the agreement, download DuIE2.0, and put its files duie_train.json, duie_dev.json and "
    "duie_test1.json here"
)
TRAIN = Manual("duie_train.json", HOW, PAGE)
DEV = Manual("duie_dev.json", HOW, PAGE)
TEST = Manual("duie_test1.json", HOW, PAGE)
TRAIN_EXTRACT = Download(
    "data/duie_train.json",
    BASE + "duie_train.json",
    sha256="2f389931b834de538fd66b6d15e78d35d496db278252bb47fd379fdbd94a0661",
    bytes=2019982,
)
DEV_EXTRACT = Download(
    "data/duie_dev.json",
    BASE + "duie_dev.json",
    sha256="b727e74c7b26193ab0b51cb1f82fa6327c097f6fe17a8a38d2e9a4192086e38e",
    bytes=1009272,
)
TEST_EXTRACT = Download(
    "data/duie_test1.json",
    BASE + "duie_test1.json",
    sha256="f88b4f70352a73e1a693fa838ab9af77696f355a68bcfac862ac3d310f4b669d",
    bytes=1160051,
)

CORPUS = Corpus(
    name="duie2",
    title="DuIE 2.0",
    language="zh",
    domain="encyclopedia, news and forum",
    domain_zh="百科、新闻、论坛",
    tasks=("RE",),
    homepage=PAGE,
    citation="""@inproceedings{li-etal-2019-duie,
  title = {{DuIE}: A Large-Scale {Chinese} Dataset for Information Extraction},
  author = {Li, Shuangjie and He, Wei and Shi, Yabing and Jiang, Wenbin and Liang, Haijin and Jiang, Ye and
            Zhang, Yang and Lyu, Yajuan and Zhu, Yong},
  booktitle = {Natural Language Processing and Chinese Computing (NLPCC 2019)},
  year = {2019}, pages = {791--800}, doi = {10.1007/978-3-030-32236-6_72},
}""",
    licence=Licence("unknown", redistribute=False, terms="Given under the agreement of LuGe (LIC 2021) with Baidu."),
    splits=(
        Split("train", (TRAIN,)),
        Split("train", (TRAIN_EXTRACT,), extract="4,000 records chosen by a third party"),
        Split("dev", (DEV,)),
        Split("dev", (DEV_EXTRACT,), extract="2,000 records chosen by a third party"),
        Split("test", (TEST,), gold=False, read=texts()),
        Split("test", (TEST_EXTRACT,), gold=False, read=texts(), extract="5,000 records chosen by a third party"),
    ),
    read=triples(slots=SLOTS),
    schema=SCHEMA,
    description="Sentences of Baidu Baike, news and forums with subject-predicate-object triples; some objects have "
    "several slots. It revises DuIE 1.0 and shares texts with it, as does SKE2020: a model trained on one of the "
    "three has seen texts of the others.",
    annotation="By distant supervision, corrected by crowd workers.",
    verified="original",
    published={"train": Totals(171135), "dev": Totals(20652)},
    published_source="LuGe: records of duie_train.json and duie_dev.json",
    expect={
        "train": Totals(4000, 0, 7502, 0, 0, drops={"repeated annotation": 12}, repairs={"outer space": 4}),
        "dev": Totals(2000, 0, 3764, 0, 0, drops={"repeated annotation": 3}, repairs={"outer space": 3}),
        "test": Totals(5000, 0, 0, 0, 0),
    },
    differences="The totals are those of the extracts; the whole files, which need registration, were not at hand. "
    "The slots of complex objects count as relations of their own.",
    differences_zh="总数是节选文件的；完整文件需要注册，未能取得。复杂客体的各个槽位各计为一种关系。",
    defects={
        "repeated annotation": "A triple is listed twice, or two triples of one subject share the value of a slot "
        "(two awards of one year), which is kept once.",
        "outer space": "A few subjects begin or end with a space, which is taken off.",
    },
)
