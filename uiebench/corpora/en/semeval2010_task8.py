"""SemEval-2010 task 8: how two tagged nominals of a sentence are related, in sentences from the web.

Native form: a number and a tagged sentence in quotation marks, the relation with its direction, a comment of the
annotators (often empty), an empty line:

    8<TAB>"The <e1>kiln</e1> was built by a <e2>mason</e2>."
    Product-Producer(e1,e2)
    Comment: The kiln is the product.

``Cause-Effect(e2,e1)`` means that e2 is the cause: the first of the two is our head. ``Other`` states that none of
the nine relations holds; such a sentence is a document without relation. Comments are not read. Rows of one
text are one document.
"""

from uiebench.formats import apart, gathered, tagged
from uiebench.types import (
    Corpus,
    Download,
    Licence,
    Manual,
    Reading,
    RelationLabel,
    Reported,
    Schema,
    Split,
    Totals,
)

ARCHIVE = "SemEval2010_task8_all_data/"
BASE = "https://raw.githubusercontent.com/roomylee/rcnn-text-classification/e8c56295581a4150f77c6a589548d7bc66c52f99/"
PAGE = "https://github.com/jasonhavenD/DJH-SemEval2010_task8"
HOW = (
    "Needed only without the file of the archive: a copy of the same rows, the one our totals are of. It goes here as "
)
TRAIN = Download(
    ARCHIVE + "SemEval2010_task8_training/TRAIN_FILE.TXT",
    BASE + ARCHIVE + "SemEval2010_task8_training/TRAIN_FILE.TXT",
)
TEST = Download(
    ARCHIVE + "SemEval2010_task8_testing_keys/TEST_FILE_FULL.TXT",
    BASE + ARCHIVE + "SemEval2010_task8_testing_keys/TEST_FILE_FULL.TXT",
)
TRAIN_COPY = Manual(
    "TRAIN_FILE_FULL.TXT",
    HOW + "TRAIN_FILE_FULL.TXT",
    PAGE,
    sha256="f33308a98400d82a01a0927b874979d581ff75350e94fb2a5d193249587eeeb1",
    bytes=1365757,
)
TEST_COPY = Manual(
    "TEST_FILE_FULL.TXT",
    HOW + "TEST_FILE_FULL.TXT",
    PAGE,
    sha256="f45d22ea45943213e27c5d1ed1dfe29ab3fe54f527499f3f09cd741191b483c1",
    bytes=463018,
)

ROWS = tagged(opening="<(?P<type>e[12])>", closing="</e[12]>", none="Other")

CORPUS = Corpus(
    name="semeval2010_task8",
    title="SemEval-2010 Task 8",
    language="en",
    domain="web",
    domain_zh="网页",
    tasks=("RE",),
    homepage="https://aclanthology.org/S10-1006",
    citation="""@inproceedings{hendrickx-etal-2010-semeval,
  title = {{S}em{E}val-2010 Task 8: Multi-Way Classification of Semantic Relations between Pairs of Nominals},
  author = {Hendrickx, Iris and Kim, Su Nam and Kozareva, Zornitsa and Nakov, Preslav and {\\'O} S{\\'e}aghdha, Diarmuid
            and Pad{\\'o}, Sebastian and Pennacchiotti, Marco and Romano, Lorenza and Szpakowicz, Stan},
  booktitle = {Proceedings of the 5th International Workshop on Semantic Evaluation},
  year = {2010}, pages = {33--38}, url = {https://aclanthology.org/S10-1006},
}""",
    licence=Licence(
        "CC BY 3.0",
        redistribute=True,
        url="https://creativecommons.org/licenses/by/3.0/",
        terms="The read-me of the archive states it.",
    ),
    splits=(
        Split("train", (TRAIN,)),
        Split("train", (TRAIN_COPY,)),
        Split("test", (TEST,)),
        Split("test", (TEST_COPY,)),
    ),
    read=gathered(ROWS),
    schema=Schema(
        relations=(
            RelationLabel("Cause-Effect", "原因与结果", "cause-effect", description="the head causes the tail"),
            RelationLabel(
                "Instrument-Agency", "工具与使用者", "instrument-agency", description="the tail uses the head as a tool"
            ),
            RelationLabel(
                "Product-Producer", "产品与生产者", "product-producer", description="the tail makes or writes the head"
            ),
            RelationLabel(
                "Content-Container",
                "内容与容器",
                "content-container",
                description="the head is stored or carried in the tail",
            ),
            RelationLabel(
                "Entity-Origin",
                "实体与来源",
                "entity-origin",
                description="the head comes from the tail, a source, place or material",
            ),
            RelationLabel(
                "Entity-Destination",
                "实体与目的地",
                "entity-destination",
                description="the head moves or is moved to the tail",
            ),
            RelationLabel(
                "Component-Whole",
                "部件与整体",
                "component-whole",
                "part-whole",
                description="the head is a part of the tail with a function in it",
            ),
            RelationLabel(
                "Member-Collection", "成员与集合", "member-collection", description="the head is a member of the tail"
            ),
            RelationLabel(
                "Message-Topic", "信息与主题", "message-topic", description="the head, a message, is about the tail"
            ),
        )
    ),
    description="Sentences from the web, each with one tagged pair of nominals (the base noun phrases), annotated by "
    "hand. Only this pair is judged: that a sentence states no further relation is not said.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(8000), "test": Totals(2717)},
    published_source="Hendrickx et al. (2010): rows",
    expect={
        "train": Totals(7975, 0, 6590, 0, 0),
        "test": Totals(2714, 0, 2263, 0, 0),
    },
    reported=(Reported("InstructUIE", "RE", 10, 6507, 1493, 2717),),
    differences=(
        "The published figures count rows, as the reading `rows` does, ours texts: 49 training rows share 24 texts, "
        "6 test rows share 3. 1,410 and 454 rows are Other. InstructUIE's 6,507 and 1,493 are the 8,000 training "
        "rows, cut in two by an unpublished choice; its ten labels count Other."
    ),
    differences_zh=(
        "公布的数字按行计，读法 `rows` 与此相同；我们按文本计：训练集有 49 行合为 24 个文本，测试集有 6 行合为 3 个。"
        "1,410 和 454 行是 Other。InstructUIE 的 6,507 和 1,493 是把 8,000 个训练行按未公布的方式分成两份；其十个标签"
        "包括 Other。"
    ),
    readings={
        "rows": Reading(
            "a row: a text with one pair",
            apart(ROWS),
            expect={"train": Totals(8000, 0, 6590, 0, 0), "test": Totals(2717, 0, 2263, 0, 0)},
        )
    },
)
