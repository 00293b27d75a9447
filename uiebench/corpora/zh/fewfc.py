"""FewFC: events in single sentences of Chinese financial news and announcements (CCKS 2020, task 3).

Native form: JSON lines; spans are half-open, and the trigger is the one mention with the role
``trigger``; lines end in CRLF in some files and in LF in others:

    {"id": "5e8a", "content": "岚山股份昨日中标江畔新区供水项目。", "events": [{"type": "中标", "mentions": [
      {"word": "中标", "span": [6, 8], "role": "trigger"}, {"word": "岚山股份", "span": [0, 4], "role": "sub"}]}]}

Five types form the source domain (files ``base``), the other five the target domain (``trans``). The
splits are those of the CCKS evaluation, the folder ``original``: the second phase's training files,
the first phase's development files, and the second phase's test file, which holds the target domain
only. The folder ``rearranged`` cuts the same sentences otherwise and has no development set.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import json_records
from uiebench.ledger import Ledger
from uiebench.types import (
    Argument,
    Corpus,
    Document,
    Download,
    Event,
    EventLabel,
    Label,
    Licence,
    Schema,
    Span,
    Split,
    Totals,
)

BASE = "https://raw.githubusercontent.com/TimeBurningFish/FewFC/ec6cac90238c04b45d4512a695ee6375fc72af2f/"
TRAIN = (
    Download(
        "original/train_base.json",
        BASE + "original/train_base.json",
        sha256="193ea748b647ca335fcf8a9d54b35c1bdd029df0b30e74e5a876618ef31829ec",
        bytes=2207127,
    ),
    Download(
        "original/train_trans_5_type.json",
        BASE + "original/train_trans_5_type.json",
        sha256="e34dac84de2d0ec812106f2ffa7fbabb70060056b6a9481a597cd19858dd7c1a",
        bytes=502625,
    ),
)
DEV = (
    Download(
        "original/dev_base.json",
        BASE + "original/dev_base.json",
        sha256="84ebbeb01e39c6c3961acf346ce3ae0a9c0d284c1f7d68520452595780f24c22",
        bytes=1481389,
    ),
    Download(
        "original/dev_trans.json",
        BASE + "original/dev_trans.json",
        sha256="10943b78ac3e7b0ed1186e74d14be59511d3a1c1818d292940a3f918ff88a96c",
        bytes=441957,
    ),
)
TEST = Download(
    "original/test_trans.json",
    BASE + "original/test_trans.json",
    sha256="2cb7d46cb7be3dd3553acd8c434b6ada3aaaf8571ff6dd770a0c2c9013ed73da",
    bytes=1801924,
)
TRIGGER = "trigger"


class Mention(msgspec.Struct, frozen=True):
    """A string, its half-open offsets, and its role in the event."""

    word: str
    span: tuple[int, int]
    role: str


class Annotation(msgspec.Struct, frozen=True):
    """An event as the files give it."""

    type: str
    mentions: tuple[Mention, ...]


class Record(msgspec.Struct, frozen=True):
    """A sentence and its events."""

    content: str
    events: tuple[Annotation, ...]


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Documents of the files, each event with the trigger taken out of its mentions."""
    for path in files:
        for record in json_records(path, ledger, Record):
            yield Document("", record.content, events=tuple([event(found, ledger) for found in record.events]))


def event(found: Annotation, ledger: Ledger) -> Event:
    """The event of an annotation, which must have exactly one trigger."""
    triggers = [Span(m.word, *m.span) for m in found.mentions if m.role == TRIGGER]
    if len(triggers) != 1:
        raise ledger.malformed(found.mentions, "one mention with the role trigger")
    arguments = [Argument(m.word, *m.span, m.role) for m in found.mentions if m.role != TRIGGER]
    return Event(found.type, triggers[0], tuple(arguments))


DATE = Label("date", "日期", "date", concept="time", description="事件的日期")
MONEY = Label("money", "金额", "amount", description="所涉的钱款数额")
PROPORTION = Label("proportion", "比例", "proportion", description="所涉股份的比例")
NUMBER = Label("number", "股份数量", "number of shares", description="所涉股份的数量")

EVENTS = (
    EventLabel(
        "质押",
        "质押",
        "pledge",
        description="把股份等财产押给另一方作担保",
        roles=(
            Label("sub-org", "质押公司", "pledging organization", description="把股份等质押出去的公司"),
            Label("sub-per", "质押人", "pledging person", description="把股份等质押出去的个人"),
            Label("obj-org", "质权公司", "pledgee organization", description="接受质押的公司"),
            Label("obj-per", "质权人", "pledgee person", description="接受质押的个人"),
            Label("collateral", "质押物", "collateral", description="被质押的股份等财产"),
            NUMBER,
            PROPORTION,
            MONEY,
            DATE,
        ),
    ),
    EventLabel(
        "股份股权转让",
        "股份股权转让",
        "equity transfer",
        description="股份或股权从一方转到另一方",
        roles=(
            Label("sub-org", "转让公司", "transferring organization", description="转出股份或股权的公司"),
            Label("sub-per", "转让人", "transferring person", description="转出股份或股权的个人"),
            Label("obj-org", "受让公司", "receiving organization", description="接受股份或股权的公司"),
            Label("obj-per", "受让人", "receiving person", description="接受股份或股权的个人"),
            Label("target-company", "标的公司", "target company", description="股份或股权所属的公司"),
            Label("collateral", "转让标的", "transferred asset", description="被转让的股份、股权等"),
            NUMBER,
            PROPORTION,
            MONEY,
            DATE,
        ),
    ),
    EventLabel(
        "起诉",
        "起诉",
        "lawsuit",
        description="向法院提起诉讼",
        roles=(
            Label("sub-org", "原告公司", "plaintiff organization", description="提起诉讼的公司"),
            Label("sub-per", "原告个人", "plaintiff person", description="提起诉讼的个人"),
            Label("obj-org", "被告公司", "defendant organization", description="被起诉的公司"),
            Label("obj-per", "被告个人", "defendant person", description="被起诉的个人"),
            DATE,
        ),
    ),
    EventLabel(
        "投资",
        "投资",
        "investment",
        description="投入资金，或收购、增持股份",
        roles=(
            Label("sub", "投资方", "investor", description="出资的一方"),
            Label("obj", "被投资方", "target of investment", description="得到投资的一方"),
            MONEY,
            DATE,
        ),
    ),
    EventLabel(
        "减持",
        "减持",
        "shareholding reduction",
        description="股东减少所持有的股份",
        roles=(
            Label("sub", "减持方", "seller", description="减少持股的股东"),
            Label("title", "减持方职务", "job title", description="减持股东在公司的职务"),
            Label("obj", "被减持公司", "company", description="股份被减持的公司"),
            Label("share-org", "占总股本比例", "proportion of share capital", description="减持股份占公司总股本的比例"),
            Label("share-per", "占所持股份比例", "proportion of own holding", description="减持股份占其所持股份的比例"),
            DATE,
        ),
    ),
    EventLabel(
        "收购",
        "收购",
        "acquisition",
        description="一方买下另一家公司或其资产",
        roles=(
            Label("sub-org", "收购公司", "acquiring organization", description="进行收购的公司"),
            Label("sub-per", "收购人", "acquiring person", description="进行收购的个人"),
            Label("obj-org", "被收购公司", "acquired organization", description="被收购的公司"),
            Label("number", "收购股份数量", "number of shares", description="收购的股份数量"),
            Label("proportion", "收购股份比例", "proportion", description="收购的股份比例"),
            Label("money", "收购金额", "amount", description="收购支付的金额"),
            Label("way", "收购方式", "manner", description="以何种方式收购，如现金、换股"),
            DATE,
        ),
    ),
    EventLabel(
        "担保",
        "担保",
        "guarantee",
        description="一方为另一方的债务提供担保",
        roles=(
            Label("sub-org", "担保公司", "guarantor organization", description="提供担保的公司"),
            Label("sub-per", "担保人", "guarantor person", description="提供担保的个人"),
            Label("obj-org", "受担保公司", "guaranteed organization", description="得到担保的公司"),
            Label("amount", "担保金额", "amount", description="担保的数额"),
            Label("way", "担保方式", "manner", description="以何种方式担保"),
            DATE,
        ),
    ),
    EventLabel(
        "中标",
        "中标",
        "bid award",
        description="投标方赢得招标项目",
        roles=(
            Label("sub", "中标方", "winning bidder", description="中标的一方"),
            Label("obj", "招标方", "tendering party", description="发出招标的一方"),
            Label("amount", "中标金额", "amount", description="中标项目的金额"),
            DATE,
        ),
    ),
    EventLabel(
        "签署合同",
        "签署合同",
        "contract signing",
        description="双方签订合同或协议",
        roles=(
            Label("sub-org", "发起签署的组织", "initiating organization", description="与对方签署合同的组织"),
            Label("sub-per", "发起签署的自然人", "initiating person", description="与对方签署合同的个人"),
            Label("obj-org", "接受签署的组织", "accepting organization", description="作为对方签署合同的组织"),
            Label("obj-per", "接受签署的自然人", "accepting person", description="作为对方签署合同的个人"),
            Label("amount", "成交额", "amount", description="合同的金额"),
            DATE,
        ),
    ),
    EventLabel(
        "判决",
        "判决",
        "judgment",
        description="法院或仲裁机构作出裁判",
        roles=(
            Label("institution", "裁判单位", "adjudicator", description="作出判决的法院"),
            Label("sub-org", "原告公司", "plaintiff organization", description="提起诉讼的公司"),
            Label("sub-per", "原告个人", "plaintiff person", description="提起诉讼的个人"),
            Label("obj-org", "被告公司", "defendant organization", description="被起诉的公司"),
            Label("obj-per", "被告个人", "defendant person", description="被起诉的个人"),
            Label("money", "判决金额", "amount", description="判决给付的金额"),
            DATE,
        ),
    ),
)

CORPUS = Corpus(
    name="fewfc",
    title="FewFC",
    language="zh",
    domain="finance",
    domain_zh="金融",
    tasks=("EE",),
    homepage="https://github.com/TimeBurningFish/FewFC",
    citation="""@inproceedings{zhou-etal-2021-what,
  title = {What the role is vs. What plays the role: Semi-supervised Event Argument Extraction via Dual Question
           Answering},
  author = {Zhou, Yang and Chen, Yubo and Zhao, Jun and Wu, Yin and Xu, Jiexin and Li, Jinlong},
  booktitle = {Proceedings of the {AAAI} Conference on Artificial Intelligence},
  year = {2021},
}""",
    licence=Licence("CC BY-SA 4.0", redistribute=True, url="https://creativecommons.org/licenses/by-sa/4.0/"),
    splits=(Split("train", TRAIN), Split("dev", DEV), Split("test", (TEST,))),
    read=read,
    schema=Schema(events=EVENTS),
    description="Ten types of financial events in single sentences, with trigger and arguments.",
    annotation="By hand.",
    verified="original",
    expect={
        "train": Totals(3552, 0, 0, 5533, 17984, drops={"repeated annotation": 50}),
        "dev": Totals(2551, 0, 0, 4095, 12653, drops={"repeated annotation": 13}),
        "test": Totals(2879, 0, 0, 3207, 9433),
    },
    differences="The authors count 8,982 sentences in all, none for a split; ours are 3,552 + 2,551 + 2,879 = 8,982. "
    "Sentences repeat within and across the files: 84 texts of train_base are in dev_base too. The authors' folder "
    "rearranged holds the same sentences as train and test only; its test is dev_base, dev_trans and test_trans.",
    differences_zh=(
        "作者只给出总数 8,982 句，没有各部分的数字；我们的是 3,552 + 2,551 + 2,879 = 8,982。句子在文件内和文件间有重"
        "复：train_base 有 84 个文本也在 dev_base 中。作者的 rearranged 文件夹是同样的句子，只分训练和测试；其测试集"
        "即 dev_base、dev_trans 和 test_trans。"
    ),
    defects={
        "repeated annotation": "The same event stands twice in its sentence (55 times), or the same mention twice in "
        "its event (8 times); it is kept once."
    },
)
