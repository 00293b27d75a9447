"""ChFinAnn (Doc2EDAG): equity events in announcements of listed Chinese companies, without triggers.

Native form: one JSON array of announcements. An event maps its roles to strings or null; the places of
a string are (sentence, start, end), half-open:

    [["1203", {"sentences": ["证券简称：岚山股份", "公司控股股东林海将500万股质押给江城证券。"],
      "ann_valid_mspans": ["林海"], "ann_valid_dranges": [[1, 6, 8]],
      "ann_mspan2dranges": {"林海": [[1, 6, 8]]}, "ann_mspan2guess_field": {"林海": "Pledger"},
      "recguid_eventname_eventdict_list": [[0, "EquityPledge", {"Pledger": "林海", "PledgedShares": null}]]}]]

A document is the sentences joined by line feeds. An argument has a place where the corpus gives its
string exactly one: it annotates strings, not which of their mentions fills a role. Labels were
made by distant supervision, from tables of events; the guessed fields are not read.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec

from uiebench.formats import json_records
from uiebench.ledger import Ledger
from uiebench.types import (
    Archive,
    Argument,
    Corpus,
    Document,
    Event,
    EventLabel,
    Label,
    Licence,
    Reader,
    Schema,
    Split,
    Totals,
)

DATA = Archive(
    "Data",
    "https://raw.githubusercontent.com/dolphin-zs/Doc2EDAG/da4f4bc0b9a896170d7f220baf3fe85cb535a025/Data.zip",
    members=("train.json", "dev.json", "test.json"),
    strip=1,
)
Places = dict[str, list[tuple[int, int, int]]]
"""A string and where it stands: (sentence, start, end)."""


class Annotations(msgspec.Struct, frozen=True):
    """The sentences of an announcement, the places of its strings, and its events."""

    sentences: list[str]
    ann_mspan2dranges: Places
    recguid_eventname_eventdict_list: list[tuple[Any, str, dict[str, str | None]]]


def announcements(name: str) -> Reader:
    """A reader of one file of the folder."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for folder in files:
            for _, found in json_records(folder / name, ledger, tuple[Any, Annotations]):
                text = "\n".join(found.sentences)
                starts = [0, *accumulate(len(sentence) + 1 for sentence in found.sentences)][:-1]
                events = [
                    Event(kind, None, tuple(arguments(roles, found.ann_mspan2dranges, starts, ledger)))
                    for _, kind, roles in found.recguid_eventname_eventdict_list
                ]
                yield Document("", text, events=tuple(events))

    return read


def arguments(roles: dict[str, str | None], places: Places, starts: list[int], ledger: Ledger) -> Iterator[Argument]:
    """The filled roles of an event; `starts` are the offsets of the sentences."""
    for role, string in roles.items():
        if string is None:
            continue
        found = places.get(string)
        if not found or any(place[0] not in range(len(starts)) for place in found):
            raise ledger.malformed(string, "a string whose places are given and lie in the sentences")
        if len(found) == 1:
            sentence, start, end = found[0]
            yield Argument(string, starts[sentence] + start, starts[sentence] + end, role)
        else:
            yield Argument(string, None, None, role)


HOLDER = Label("EquityHolder", "股东", "shareholder", description="持有股份的人或公司")
HELD_SHARES = Label("TotalHoldingShares", "持股总数", "total shares held", description="股东持有的股份总数")
HELD_RATIO = Label(
    "TotalHoldingRatio", "持股比例", "proportion of share capital held", description="持股占公司总股本的比例"
)
START = Label("StartDate", "开始日期", "start date", description="冻结、交易或质押开始的日期")
END = Label("EndDate", "结束日期", "end date", description="冻结、交易或质押结束的日期")
TRADE = (
    HOLDER,
    Label("TradedShares", "交易股数", "number of shares", description="增持或减持的股份数量"),
    START,
    END,
    Label("LaterHoldingShares", "交易后持股数", "shares held afterwards", description="交易之后持有的股份数量"),
    Label("AveragePrice", "交易均价", "average price", description="每股的平均成交价"),
)

EVENTS = (
    EventLabel(
        "EquityFreeze",
        "股权冻结",
        "equity freeze",
        description="法院等机关冻结股东所持有的股份",
        roles=(
            HOLDER,
            Label("FrozeShares", "冻结股数", "number of shares", description="被冻结的股份数量"),
            Label("LegalInstitution", "执行机关", "legal institution", description="执行冻结的法院等机关"),
            HELD_SHARES,
            HELD_RATIO,
            START,
            END,
            Label("UnfrozeDate", "解冻日期", "unfreezing date", description="解除冻结的日期"),
        ),
    ),
    EventLabel(
        "EquityRepurchase",
        "股份回购",
        "share repurchase",
        description="公司买回自己的股份",
        roles=(
            Label("CompanyName", "公司名称", "company", description="回购股份的公司"),
            Label("HighestTradingPrice", "最高成交价", "highest price", description="回购中的最高成交价"),
            Label("LowestTradingPrice", "最低成交价", "lowest price", description="回购中的最低成交价"),
            Label("RepurchasedShares", "回购股数", "number of shares", description="回购的股份数量"),
            Label("ClosingDate", "截止日期", "closing date", description="回购情况统计截止的日期"),
            Label("RepurchaseAmount", "回购金额", "amount", description="回购支付的总金额"),
        ),
    ),
    EventLabel(
        "EquityUnderweight",
        "股东减持",
        "shareholding reduction",
        description="股东减少所持有的股份",
        roles=TRADE,
    ),
    EventLabel(
        "EquityOverweight",
        "股东增持",
        "shareholding increase",
        description="股东增加所持有的股份",
        roles=TRADE,
    ),
    EventLabel(
        "EquityPledge",
        "股权质押",
        "equity pledge",
        concept="pledge",
        description="股东把所持有的股份押给质权人",
        roles=(
            Label("Pledger", "质押人", "pledger", description="把股份质押出去的股东"),
            Label("PledgedShares", "质押股数", "number of shares", description="本次质押的股份数量"),
            Label("Pledgee", "质权人", "pledgee", description="接受质押的一方"),
            HELD_SHARES,
            HELD_RATIO,
            Label("TotalPledgedShares", "累计质押股数", "total shares pledged", description="累计质押的股份数量"),
            START,
            END,
            Label("ReleasedDate", "解除质押日期", "release date", description="解除质押的日期"),
        ),
    ),
)

CORPUS = Corpus(
    name="chfinann",
    title="ChFinAnn",
    language="zh",
    domain="finance",
    domain_zh="金融",
    tasks=("EEA",),
    homepage="https://github.com/dolphin-zs/Doc2EDAG",
    citation="""@inproceedings{zheng-etal-2019-doc2edag,
  title = {{Doc2EDAG}: An End-to-End Document-level Framework for {Chinese} Financial Event Extraction},
  author = {Zheng, Shun and Cao, Wei and Xu, Wei and Bian, Jiang},
  booktitle = {Proceedings of the 2019 Conference on Empirical Methods in Natural Language Processing},
  year = {2019}, eprint = {1904.07535}, archivePrefix = {arXiv},
}""",
    licence=Licence(
        "MIT",
        redistribute=False,
        url="https://github.com/dolphin-zs/Doc2EDAG/blob/master/LICENSE",
        terms="The repository, data included, is under the MIT licence; whether that covers the texts of the "
        "announcements is not said.",
    ),
    splits=(
        Split("train", (DATA,), read=announcements("train.json")),
        Split("dev", (DATA,), read=announcements("dev.json")),
        Split("test", (DATA,), read=announcements("test.json")),
    ),
    read=announcements("train.json"),
    schema=Schema(events=EVENTS),
    description="Announcements of listed companies, 2008 to 2018, with five types of equity events without triggers.",
    annotation="By distant supervision with a knowledge base of events.",
    verified="sample",
    published={"train": Totals(25632), "dev": Totals(3204), "test": Totals(3204)},
    published_source="Zheng et al. (2019)",
    differences="An argument has a place only where its string stands once among the annotated places of its document.",
    differences_zh="只有当论元的字符串在该篇已标注的位置中仅出现一次时，它才有位置。",
)
