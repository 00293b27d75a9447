"""DuEE-Fin: events in whole Chinese financial news articles and announcements.

Native form: JSON lines without offsets; the role 环节 takes one of four fixed values (筹备上市, 正式上市,
暂停上市, 终止上市), which need not stand in the text; a text without events may lack ``event_list``:

    {"title": "岚光电子回购50万股", "text": "5月6日，岚光电子回购股份50万股。", "id": "9c41", "event_list": [
      {"trigger": "回购", "event_type": "股份回购", "arguments": [{"role": "回购方", "argument": "岚光电子"}]}]}

A document is the title, a line feed and the text: triggers and arguments come from either. A string
has a place where it stands exactly once in the two together.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import json_records
from uiebench.ledger import Ledger
from uiebench.text import align
from uiebench.types import (
    Argument,
    Corpus,
    Document,
    Event,
    EventLabel,
    Label,
    Licence,
    Manual,
    Schema,
    Span,
    Split,
    Totals,
)

HOW = (
    "Register at Baidu AI Studio, join the competition (or take DuEE-Fin from the LuGe data sets), accept the "
    "agreement, download DuEE-fin, unpack its zip files and put {} into the folder duee_fin of the raw folder."
)
WHERE = "https://aistudio.baidu.com/aistudio/competition/detail/65"
TRAIN = Manual("duee_fin_train.json", HOW.format("duee_fin_train.json"), WHERE)
DEV = Manual("duee_fin_dev.json", HOW.format("duee_fin_dev.json"), WHERE)
TEST = Manual("duee_fin_test2.json", HOW.format("duee_fin_test2.json"), WHERE)


class Filler(msgspec.Struct, frozen=True):
    """A role and the string that fills it."""

    role: str
    argument: str


class Annotation(msgspec.Struct, frozen=True):
    """An event as the files give it."""

    event_type: str
    trigger: str
    arguments: tuple[Filler, ...]


class Article(msgspec.Struct, frozen=True):
    """An article and its events, none in the test set."""

    title: str
    text: str
    event_list: tuple[Annotation, ...] = ()


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Documents of title and text, with places where they are unambiguous."""
    for path in files:
        for article in json_records(path, ledger, Article):
            text = f"{article.title}\n{article.text}" if article.title else article.text
            yield Document("", text, events=tuple([event(text, found) for found in article.event_list]))


def event(text: str, found: Annotation) -> Event:
    """The event of an annotation."""
    start, end = align(text, found.trigger)
    arguments = tuple([argument(text, filler) for filler in found.arguments])
    return Event(found.event_type, Span(found.trigger, start, end), arguments)


def argument(text: str, filler: Filler) -> Argument:
    """The argument of a role."""
    start, end = align(text, filler.argument)
    return Argument(filler.argument, start, end, filler.role)


def role(name: str, en: str, concept: str = "", description: str = "") -> Label:
    """A role; the corpus names its labels in Chinese."""
    return Label(name, name, en, concept, description)


def label(name: str, en: str, description: str, *roles: Label) -> EventLabel:
    """An event type and its roles."""
    return EventLabel(name, name, en, description=description, roles=roles)


DISCLOSED = role("披露时间", "disclosure time", description="消息披露的时间")
DISCLOSED_ON = role("披露日期", "disclosure date", "disclosure time", description="消息披露的日期")
TIME = role("事件时间", "time", description="事件发生的时间")
COMPANY = role("公司名称", "company", description="事件所涉及的公司")
STOCK = role("股票简称", "stock", description="所交易股票的简称")
TRADED_SHARES = role("交易股票/股份数量", "number of shares", description="增持或减持的股份数量")
SHARE_PRICE = role("每股交易价格", "price per share", description="每股成交的价格")
AMOUNT = role("交易金额", "amount", description="成交的总金额")
TRADE_COMPLETED = role("交易完成时间", "completion time", description="交易完成的时间")
PLEDGE = (
    role("质押方", "pledger", description="把股份等质押出去的一方"),
    DISCLOSED,
    role("质权方", "pledgee", description="接受质押的一方"),
    role("质押物", "collateral", description="被质押的股份等财产"),
    role("质押股票/股份数量", "number of shares", description="质押或解除质押的股份数量"),
    TIME,
    role("质押物所属公司", "company of the collateral", description="被质押股份所属的公司"),
    role("质押物占总股比", "proportion of share capital", description="质押股份占公司总股本的比例"),
    role("质押物占持股比", "proportion of own holding", description="质押股份占质押方所持股份的比例"),
)

EVENTS = (
    label("质押", "pledge", "股东把所持股份等押给质权方", *PLEDGE),
    label("解除质押", "pledge release", "已质押的股份等解除质押", *PLEDGE),
    label(
        "股份回购",
        "share repurchase",
        "公司买回自己的股份",
        role("回购方", "repurchasing company", description="回购股份的公司"),
        DISCLOSED,
        role("回购股份数量", "number of shares", description="回购的股份数量"),
        SHARE_PRICE,
        role("占公司总股本比例", "proportion of share capital", description="回购股份占公司总股本的比例"),
        AMOUNT,
        role("回购完成时间", "completion time", description="回购完成的时间"),
    ),
    label(
        "股东减持",
        "shareholding reduction",
        "股东减少所持有的股份",
        STOCK,
        DISCLOSED,
        TRADED_SHARES,
        SHARE_PRICE,
        AMOUNT,
        TRADE_COMPLETED,
        role("减持方", "seller", description="减少持股的股东"),
        role("减持部分占所持比例", "proportion of own holding", description="减持股份占其所持股份的比例"),
        role("减持部分占总股本比例", "proportion of share capital", description="减持股份占公司总股本的比例"),
    ),
    label(
        "股东增持",
        "shareholding increase",
        "股东增加所持有的股份",
        STOCK,
        DISCLOSED,
        TRADED_SHARES,
        SHARE_PRICE,
        AMOUNT,
        TRADE_COMPLETED,
        role("增持方", "buyer", description="增加持股的股东"),
        role("增持部分占所持比例", "proportion of own holding", description="增持股份占其所持股份的比例"),
        role("增持部分占总股本比例", "proportion of share capital", description="增持股份占公司总股本的比例"),
    ),
    label(
        "企业收购",
        "acquisition",
        "一方买下另一家公司或其资产",
        role("收购方", "acquiring party", description="进行收购的一方"),
        DISCLOSED,
        role("被收购方", "acquired party", description="被收购的公司或股权的出让方"),
        role("收购标的", "object of acquisition", description="被收购的公司、股权或资产"),
        AMOUNT,
        role("收购完成时间", "completion time", description="收购完成的时间"),
    ),
    label(
        "企业融资",
        "financing",
        "企业从投资人处获得资金",
        role("投资方", "investor", description="出资的一方"),
        DISCLOSED,
        role("被投资方", "financed company", description="得到投资的一方"),
        role("融资金额", "amount raised", description="融资的数额"),
        role("融资轮次", "financing round", description="融资的轮次，如A轮"),
        TIME,
        role("领投方", "lead investor", description="牵头出资的一方"),
    ),
    label(
        "公司上市",
        "stock exchange listing",
        "公司筹备上市、上市、暂停上市或终止上市",
        role("上市公司", "listed company", description="股票上市的公司"),
        role("证券代码", "securities code", description="股票的代码"),
        role("环节", "stage of listing", description="取筹备上市、正式上市、暂停上市、终止上市之一"),
        DISCLOSED,
        role("发行价格", "issue price", description="股票发行的价格"),
        TIME,
        role("市值", "market value", description="公司股票的总价值"),
        role("募资金额", "amount raised", description="上市募集的资金数额"),
    ),
    label(
        "企业破产",
        "bankruptcy",
        "企业破产或进入破产程序",
        role("破产公司", "bankrupt company", description="破产的公司"),
        DISCLOSED,
        role("债务规模", "amount of debt", description="所欠债务的数额"),
        role("破产时间", "time", description="申请或宣告破产的时间"),
        role("债权人", "creditor", description="被拖欠债务的一方"),
    ),
    label(
        "亏损",
        "financial loss",
        "公司在一个财报周期内亏损",
        COMPANY,
        DISCLOSED,
        role("财报周期", "reporting period", description="财务报告所涵盖的时期"),
        role("净亏损", "net loss", description="亏损的净额"),
        role("亏损变化", "change of loss", description="与上期相比的亏损变化"),
    ),
    label(
        "中标",
        "bid award",
        "投标方赢得招标项目",
        role("中标公司", "winning bidder", description="中标的公司"),
        role("中标标的", "object of the bid", description="中标的项目"),
        role("中标金额", "amount", description="中标项目的金额"),
        role("招标方", "tendering party", description="发出招标的一方"),
        role("中标日期", "date", "time", description="中标的日期"),
        DISCLOSED_ON,
    ),
    label(
        "高管变动",
        "executive change",
        "公司高级管理人员就任、离任或调任",
        role("高管姓名", "executive", description="职务变动的高管"),
        role("任职公司", "company", description="高管任职的公司"),
        role("高管职位", "job title", description="高管变动前的职位"),
        TIME,
        role("变动类型", "type of change", description="任职或离职等变动"),
        DISCLOSED_ON,
        role("变动后职位", "new job title", description="高管变动后的职位"),
        role("变动后公司名称", "new company", description="高管变动后所在的公司"),
    ),
    label(
        "被约谈",
        "regulatory interview",
        "主管机构就问题找公司谈话",
        COMPANY,
        DISCLOSED,
        role("被约谈时间", "time", description="公司被约谈的时间"),
        role("约谈机构", "summoning authority", description="进行约谈的机构"),
    ),
)

CORPUS = Corpus(
    name="duee_fin",
    title="DuEE-Fin",
    language="zh",
    domain="finance",
    domain_zh="金融",
    tasks=("EE",),
    homepage="https://aistudio.baidu.com/aistudio/competition/detail/65",
    citation="""@inproceedings{han-etal-2022-duee,
  title = {{DuEE-Fin}: A Large-Scale Dataset for Document-Level Event Extraction},
  author = {Han, Cuiyun and Zhang, Jinchuan and Li, Xinyu and Xu, Guojin and Peng, Weihua and Zeng, Zengfeng},
  booktitle = {Natural Language Processing and Chinese Computing},
  year = {2022},
}""",
    licence=Licence(
        "DuEE participant agreement",
        redistribute=False,
        terms="Baidu gives the data to participants of its competitions under an agreement.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,), gold=False)),
    read=read,
    schema=Schema(events=EVENTS),
    description="Whole articles with financial events of 13 types, often several in one article.",
    verified="sample",
    published={"train": Totals(7015), "dev": Totals(1171)},
    published_source="the LuGe release",
    differences="The announcement of the competition rounds the sizes to 6,900, 1,150 and 3,450 texts; the test file, "
    "the later of two, has no gold. Only some arguments get a place: amounts and names repeat in an article, and its "
    "text often repeats its title.",
    differences_zh=(
        "竞赛公告把规模取整为 6,900、1,150、3,450 个文本；测试文件是两份中较晚的一份，没有标注。只有部分论元有位置："
        "金额和名称在一篇中反复出现，正文也常重复标题。"
    ),
)
