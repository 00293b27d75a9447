"""ccf_law: events of marriage and family cases in short Chinese case descriptions.

The corpus that YAYI-UIE and IEPile use for zero-shot event extraction under this name. What is read is
IEPile's edition, JSON lines without offsets; an argument may reword the text:

    {"text": "林某与周某2015年登记结婚，后因感情不和分居。", "event": [{"event_type": "结婚", "event_trigger": "结婚",
      "arguments": [{"argument": "林某", "role": "丈夫"}, {"argument": "2015年", "role": "时间"}]}]}

The texts come from a Chinese competition on detecting several events in a legal document. Its own
files are other JSON records, with a chain of events (``eventchain``), English names for types and roles
(``Marry``, ``BeBorn``, ``Prosecute``, ``Other``; ``husband``, ``wife``, …) and the outcome of the case.
They are not read: no public document lists their labels.
"""

from uiebench.corpora.event_labels import native_event as event
from uiebench.corpora.event_labels import native_role as role
from uiebench.formats import events
from uiebench.types import Corpus, HubFile, Licence, Schema, Split

TEST = HubFile(
    "test.json", "zjunlp/iepile", "IE-zh/EE/ccf_law/test.json", revision="7f06576b52fe73f87c7acf241f4dd436d536850c"
)


TIME = role("时间", "time", "事件发生的时间")
PLACE = role("地点", "place", "事件发生的地点")
HUSBAND = role("丈夫", "husband", "夫妻中的男方")
WIFE = role("妻子", "wife", "夫妻中的女方")
CHILD = role("孩子", "child", "双方的子女")

EVENTS = (
    event("结婚", "marriage", "双方结为夫妻", HUSBAND, WIFE, TIME, PLACE),
    event("出生", "birth", "孩子出生", CHILD, TIME, PLACE),
    event("养育", "child rearing", "照料、抚养孩子", role("看护者", "caregiver", "照料孩子的人"), CHILD),
    event(
        "同居",
        "cohabitation",
        "双方共同生活",
        HUSBAND,
        WIFE,
        role("男人", "man", "同居的男方"),
        role("女人", "woman", "同居的女方"),
        TIME,
        PLACE,
    ),
    event("分居", "separation", "夫妻不再共同生活", HUSBAND, WIFE, TIME, PLACE),
    event(
        "出轨",
        "infidelity",
        "夫妻一方与他人发生感情或关系",
        role("欺骗者", "unfaithful partner", "欺瞒配偶的一方"),
        role("第三者", "affair partner", "与已婚者有不正当关系的人"),
        TIME,
        PLACE,
    ),
    event(
        "家暴",
        "domestic violence",
        "家庭成员之间的暴力行为",
        role("施暴者", "abuser", "实施暴力的人"),
        role("受害者", "victim", "遭受暴力或侵害的人"),
        role("工具", "instrument", "所用的器具"),
        TIME,
        PLACE,
    ),
    event(
        "起诉",
        "lawsuit",
        "向法院提起诉讼",
        role("原告", "plaintiff", "提起诉讼的一方"),
        role("被告", "defendant", "被起诉的一方"),
        role("原因", "reason", "事件的缘由"),
        role("诉求", "claim", "向法院提出的请求"),
        role("法院", "court", "审理案件的法院"),
        TIME,
    ),
    event(
        "其他",
        "other event",
        "与案件有关的其他事件，如离婚",
        role("主体", "subject", "行为的发出者"),
        role("客体", "object", "行为的承受者"),
        role("起因", "cause", "引起事件的事由"),
        TIME,
        PLACE,
    ),
)

CORPUS = Corpus(
    name="ccf_law",
    title="ccf_law",
    language="zh",
    domain="law",
    domain_zh="法律",
    tasks=("EE",),
    homepage="https://huggingface.co/datasets/zjunlp/iepile",
    citation="""@misc{gui2024iepile,
  title = {{IEPile}: Unearthing Large-Scale Schema-Based Information Extraction Corpus},
  author = {Gui, Honghao and Yuan, Lin and Ye, Hongbin and Zhang, Ningyu and Sun, Mengshu and Liang, Lei and
            Chen, Huajun},
  year = {2024}, eprint = {2402.14710}, archivePrefix = {arXiv},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        terms="IEPile is published under CC BY-NC-SA 4.0; the terms of the competition whose texts these are, "
        "which describe real disputes under changed names, are not known.",
    ),
    splits=(Split("test", (TEST,)),),
    read=events(events="event", type="event_type", trigger="event_trigger"),
    schema=Schema(events=EVENTS),
    description="Descriptions of marriage and family disputes with nine types of events and 39 pairs of type and role.",
    verified="sample",
    differences="IEPile keeps all texts as one test split; its train and dev files are empty. The competition's own "
    "splits, and the number of texts, are unknown to us.",
    differences_zh="IEPile 把全部文本作一个测试集，其训练和开发文件是空的。竞赛本身的划分和文本数不得而知。",
)
