"""CASIE: five types of cyber-security events in 1,000 English news articles of 2017 to 2019.

Native form: one JSON object a file, one file an article; offsets count the characters of ``content``:

    {"sourcefile": "7.txt", "info": {"title": "…", "date": "2018_03_02", "type": "text", "link": "…"},
     "content": "Hackers stole 4,000 records.", "cyberevent": {"hopper": [{"index": 0, "relation": "Same",
       "events": [{"index": "E1", "type": "Attack", "subtype": "Databreach", "realis": "Actual",
         "nugget": {"index": "T1", "startOffset": 8, "endOffset": 13, "text": "stole"},
         "argument": [{"index": "T2", "startOffset": 0, "endOffset": 7, "text": "Hackers", "type": "Person",
                       "role": {"type": "Attacker"}}]}]}]}}

A document is a whole article, an event type the ``subtype``, a trigger the nugget (often a phrase). An
event may have no ``argument`` at all. Not kept: which events are one (a hopper), realis, the types of the
arguments, their links to knowledge bases, titles and dates.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uiebench.corpora.event_labels import event_labels
from uiebench.formats import json_records
from uiebench.hashing import members_of
from uiebench.ledger import Ledger
from uiebench.text import occurrences
from uiebench.types import (
    Archive,
    Argument,
    Corpus,
    Document,
    Event,
    Label,
    Licence,
    Reported,
    Schema,
    Span,
    Split,
    Totals,
)

FILES = "annotation/*.json"
TRAIN = Archive(
    "data",
    "https://github.com/Ebiquity/CASIE/archive/2c8beef56d48e8de6599891c6a5e0e5f0d82e20c.tar.gz",
    members=(FILES,),
    sha256="3031ccf7e5a6cb70d270cdc9ee2d758a53592903126fa50003422caed1826ad6",
    strip=2,
    files=1000,
)
SHIFTED = "shifted offsets"
LEFT_OVER, TAG = "left-over tag", "</text>"


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Articles; offsets that are all off by one number are moved back, a tag behind the text is cut off."""
    for folder in files:
        for path in members_of(folder, [FILES]):
            for record in json_records(path, ledger):
                try:
                    found = [event for hopper in record["cyberevent"]["hopper"] for event in hopper["events"]]
                    mentions = [part for event in found for part in (event["nugget"], *event.get("argument", ()))]
                    body: str = record["content"]
                    shift = shift_of(body, mentions)
                    events = tuple([one_event(event, shift) for event in found])
                except (KeyError, TypeError, AttributeError) as error:
                    raise ledger.malformed(str(record), f"an article of CASIE ({error!r})") from None
                if shift:
                    ledger.repair(SHIFTED, f"{shift:+} characters", times=len(mentions))
                if body.endswith(TAG):
                    ledger.repair(LEFT_OVER, TAG)
                yield Document("", body.removesuffix(TAG), events=events)


def shift_of(body: str, mentions: Sequence[Any]) -> int:
    """By how much all offsets of an article are off: the one number that makes every mention fit, or 0."""
    places = [(mention["startOffset"], mention["text"]) for mention in mentions]
    if all(body.startswith(string, start) for start, string in places):
        return 0
    longest = max(places, key=lambda place: len(place[1]))
    fitting = [
        shift
        for shift in (there - longest[0] for there in occurrences(body, longest[1]))
        if all(start + shift >= 0 and body.startswith(string, start + shift) for start, string in places)
    ]
    return fitting[0] if len(fitting) == 1 else 0


def one_event(item: Any, shift: int) -> Event:
    """An event whose offsets are moved by `shift`."""
    nugget = item["nugget"]
    return Event(
        item["subtype"],
        Span(nugget["text"], nugget["startOffset"] + shift, nugget["endOffset"] + shift),
        tuple(
            [
                Argument(part["text"], part["startOffset"] + shift, part["endOffset"] + shift, part["role"]["type"])
                for part in item.get("argument", ())
            ]
        ),
    )


ROLES = {
    role.name: role
    for role in (
        Label("Attacker", "攻击者", "attacker", description="who carries out or attempts the attack"),
        Label("Attack-Pattern", "攻击方式", "attack pattern", description="how the attack is carried out"),
        Label("Victim", "受害者", "victim", description="who suffers from the attack"),
        Label(
            "Number-of-Victim", "受害者数量", "number of victims", description="how many people or organizations suffer"
        ),
        Label(
            "Compromised-Data",
            "泄露数据",
            "compromised data",
            description="which data are stolen, exposed or encrypted",
        ),
        Label("Number-of-Data", "数据数量", "amount of data", description="how many records or files are affected"),
        Label("Damage-Amount", "损失金额", "damage amount", description="the financial loss"),
        Label("Trusted-Entity", "被冒充方", "impersonated party", description="the party the attacker pretends to be"),
        Label("Purpose", "目的", "purpose", description="what the attacker wants to achieve"),
        Label("Tool", "工具", "tool", description="malware, files, e-mails or websites used in the attack"),
        Label("Price", "赎金", "ransom", description="the amount of money demanded or paid"),
        Label(
            "Payment-Method",
            "支付方式",
            "payment method",
            description="how the money is to be paid, such as a currency",
        ),
        Label("Place", "地点", "place", description="where it happens"),
        Label("Time", "时间", "time", description="when it happens, begins or is found out"),
        Label("Vulnerability", "漏洞", "vulnerability", description="the weakness of the software or hardware"),
        Label("CVE", "CVE编号", "CVE identifier", description="the number of a vulnerability in the CVE list"),
        Label("Capabilities", "漏洞危害", "capability", description="what the vulnerability lets an attacker do"),
        Label("Discoverer", "发现者", "discoverer", description="who finds or reports the vulnerability"),
        Label(
            "Vulnerable_System",
            "受影响系统",
            "vulnerable system",
            description="the software or device with the weakness",
        ),
        Label(
            "Vulnerable_System_Owner",
            "受影响系统所有者",
            "owner of the vulnerable system",
            description="the maker or owner of the software or device",
        ),
        Label(
            "Vulnerable_System_Version",
            "受影响版本",
            "vulnerable version",
            description="which versions have the weakness",
        ),
        Label("Supported_Platform", "运行平台", "supported platform", description="what the vulnerable system runs on"),
        Label("Releaser", "发布者", "releaser", description="who publishes the patch"),
        Label("Patch", "补丁", "patch", description="the update that mends the weakness"),
        Label("Patch-Number", "补丁编号", "patch number", description="the number or name of the update"),
        Label("Issues-Addressed", "修复的问题", "issue addressed", description="what the patch mends"),
    )
}
event = event_labels(ROLES.values())


CORPUS = Corpus(
    name="casie",
    title="CASIE",
    language="en",
    domain="cyber-security",
    domain_zh="网络安全",
    tasks=("EE",),
    homepage="https://github.com/Ebiquity/CASIE",
    citation="""@inproceedings{satyapanich2020casie,
  title = {{CASIE}: Extracting Cybersecurity Event Information from Text},
  author = {Satyapanich, Taneeya and Ferraro, Francis and Finin, Tim},
  booktitle = {Proceedings of the AAAI Conference on Artificial Intelligence},
  volume = {34}, number = {05}, year = {2020}, doi = {10.1609/aaai.v34i05.6401},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the texts are news articles."),
    splits=(Split("train", (TRAIN,)),),
    read=read,
    schema=Schema(
        events=(
            event(
                "Databreach",
                "数据泄露",
                "data breach",
                "data are stolen, exposed or accessed without permission",
                "Attacker Attack-Pattern Victim Number-of-Victim Compromised-Data Number-of-Data Damage-Amount Purpose "
                "Tool Place Time",
            ),
            event(
                "Phishing",
                "网络钓鱼",
                "phishing",
                "someone is deceived by messages or sites that imitate a trusted party",
                "Attacker Attack-Pattern Victim Trusted-Entity Damage-Amount Purpose Tool Place Time",
            ),
            event(
                "Ransom",
                "勒索攻击",
                "ransom attack",
                "money is demanded or paid for releasing data or systems",
                "Attacker Attack-Pattern Victim Price Payment-Method Damage-Amount Tool Place Time",
            ),
            event(
                "DiscoverVulnerability",
                "发现漏洞",
                "discovery of a vulnerability",
                "a weakness of software or hardware is found or reported",
                "Vulnerability CVE Capabilities Discoverer Vulnerable_System Vulnerable_System_Owner "
                "Vulnerable_System_Version Supported_Platform Time",
            ),
            event(
                "PatchVulnerability",
                "修复漏洞",
                "patching of a vulnerability",
                "a weakness of software or hardware is mended or an update against it released",
                "Vulnerability CVE Vulnerable_System Vulnerable_System_Version Supported_Platform Releaser Patch "
                "Patch-Number Issues-Addressed Time",
            ),
        )
    ),
    description="English news articles with five types of cyber-security events and 26 roles.",
    verified="original",
    published={"train": Totals(1000)},
    published_source="the README of the repository",
    expect={
        "train": Totals(
            1000,
            0,
            0,
            8484,
            22699,
            drops={"repeated annotation": 1, "span outside text": 1},
            repairs={LEFT_OVER: 2, "outer space": 2, SHIFTED: 1094},
        )
    },
    reported=(Reported("InstructUIE", "EE", 5, 3751, 788, 1500, roles=26),),
    differences=(
        "The repository has no splits: all articles are train. InstructUIE cuts them into sentences of its own "
        "(3,751 train, 788 dev, 1,500 test), a division that is not published with the corpus, so that no reading "
        "gives it."
    ),
    differences_zh=(
        "仓库没有划分，全部文章作训练集。InstructUIE 把文章切成句子（训练 3,751、开发 788、测试 1,500），其划分没有随"
        "语料公布，因此没有读法能得到它。"
    ),
    defects={
        SHIFTED: "In 32 files all offsets are too high by one number (1, 2 or 12): they are moved by the one number "
        "that makes every mention of the file fit.",
        "span outside text": "The last trigger of one file ends behind the text: the event is dropped.",
        "outer space": "Two arguments end in a non-breaking space, which is taken off.",
        "repeated annotation": "One argument stands twice in its event: it is kept once.",
        LEFT_OVER: "Two texts end in a closing tag, which is cut off.",
    },
)
