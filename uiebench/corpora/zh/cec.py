"""CEC, the Chinese Emergency Corpus: news of earthquakes, fires, road accidents, attacks and food poisonings.

Native form: one XML file a report, the events marked inside its text and set on indented lines:

    <Body>
        <Title>青石镇一仓库起火</Title>
        <ReportTime type="absTime">2014-03-02</ReportTime>
        <Content>
            <Paragraph>
                <Sentence>
                    <Event eid="e1">
                        <Location lid="l1">青石镇一仓库</Location>
                        <Denoter did="d1" type="emergency">起火</Denoter>
                    </Event>，无人伤亡。
                </Sentence>
            </Paragraph>
        </Content>
        <eRelation relType="Causal" cause_eid="e1" effect_eid="e2"/>
    </Body>

The Denoter of an event is its trigger, the type of the Denoter is the type of the event; every other
marked part is an argument in the role of its name. Events may stand inside events and objects.

The text is that of the paragraphs, one a line. White space is layout and goes, but for a space between
two ASCII letters or digits of one line and an ideographic space inside a line; this rule gives, in 320
of the 332 reports, exactly the paragraphs of the plain texts that the repository holds beside them.
Title and ReportTime hold no annotation and are left out. Not kept: relations between events
(eRelation), polarity, ``thoughtevent``, and the kinds of times, locations and participants.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from uiebench.corpora.event_labels import event_labels
from uiebench.formats import rewrite, xml_root
from uiebench.hashing import members_of
from uiebench.ledger import Ledger
from uiebench.types import (
    Archive,
    Argument,
    Corpus,
    Document,
    Event,
    Label,
    Licence,
    Schema,
    Span,
    Split,
    Totals,
)

FILES = "CEC/*/*.xml"
TRAIN = Archive(
    "",
    "https://github.com/shijiebei2009/CEC-Corpus/archive/3779039d69e1cb0343ebe4364769136aeb13548a.tar.gz",
    members=(FILES,),
    sha256="8e20ef46d4b4e9190529f6715b6e55f4bed53292ac6dae8a7e4b989389735264",
    strip=1,
    files=332,
)
LAYOUT = re.compile(r"\A\s+|\s+\Z|[ \t]*\n[ \t\n]*|(?<![A-Za-z0-9])[ \t]+|[ \t]++(?![A-Za-z0-9])")
ROLES = ("Participant", "Object", "Time", "Location", "Means")
MISNAMED = {"participant": "Participant", "means": "Means", "Title": "Time", "Paragraph": "Participant"}
KNOWN = {"Event", "Denoter", "Sentence", *ROLES}
WRONG_TAG = "wrong tag"


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """The reports below a folder."""
    for folder in files:
        for path in members_of(folder, [FILES]):
            content = xml_root(path, ledger).find("Content")
            if content is None:
                raise ledger.malformed("none", "an element Content")
            text, events = "", list[Event]()
            for between in (content.text, *(child.tail for child in content)):
                if between and between.strip():
                    ledger.drop("text outside paragraphs", between.strip())
            for child in content:
                if child.tag == "Participant":
                    ledger.repair(WRONG_TAG, f"{child.tag} for Paragraph")
                elif child.tag != "Paragraph":
                    if child.tag != "eRelation":
                        raise ledger.malformed(child.tag, "Paragraph or eRelation")
                    continue
                lines = text + "\n" if text else ""
                paragraph, found = read_paragraph(child, len(lines), ledger)
                text = lines + paragraph
                events += found
            yield Document("", text, events=tuple(events))


def read_paragraph(paragraph: Element, base: int, ledger: Ledger) -> tuple[str, list[Event]]:
    """The text of a paragraph and the events in it; it begins at the offset `base` of the report."""
    pieces, spans, length = list[str](), dict[Element, tuple[int, int]](), 0

    def walk(element: Element) -> None:
        nonlocal length
        start = length
        pieces.append(element.text or "")
        length += len(pieces[-1])
        for child in element:
            walk(child)
            pieces.append(child.tail or "")
            length += len(pieces[-1])
        spans[element] = start, length

    walk(paragraph)
    raw = "".join(pieces)
    text, place = rewrite(raw, [(match.start(), match.end(), "") for match in LAYOUT.finditer(raw)])

    def span(element: Element) -> tuple[str, int, int]:
        start, end = place(*spans[element])
        return text[start:end], base + start, base + end

    events = []
    for event in paragraph.iter("Event"):
        arguments, denoters = list[Argument](), list[Element]()
        for part in parts(event):
            if part.tag in ROLES:
                arguments.append(Argument(*span(part), part.tag))
            elif part.tag in MISNAMED:
                ledger.repair(WRONG_TAG, f"{part.tag} for {MISNAMED[part.tag]}")
                arguments.append(Argument(*span(part), MISNAMED[part.tag]))
            elif part.tag == "Denoter":
                denoters.append(part)
            elif part.tag != "Event":
                raise ledger.malformed(part.tag, "an event, its Denoter or an argument")
        if len(denoters) != 1:
            raise ledger.malformed(f"{event.attrib}: {len(denoters)} of them", "an event with one Denoter")
        kind = denoters[0].attrib.get("type", "")
        if kind == "thoughtevent":
            ledger.drop("event without type", f"{event.attrib} {denoters[0].text}")
        else:
            events.append(Event(kind, Span(*span(denoters[0])), tuple(arguments)))
    return text, events


def parts(event: Element) -> Iterator[Element]:
    """The marked parts of an event, those in other parts too, but not those of an event inside it."""
    for child in event:
        yield child
        if child.tag != "Event":
            yield from parts(child)


PARTS = (
    Label("Participant", "参与者", "participant", description="参与或经历事件的人或组织"),
    Label("Object", "对象", "object", description="事件涉及的物或作用的对象"),
    Label("Time", "时间", "time", description="事件发生的时间"),
    Label("Location", "地点", "place", description="事件发生的地点"),
    Label("Means", "方式", "means", description="事件所用的工具或方法"),
)


event = event_labels(PARTS, always=" ".join(ROLES))

CORPUS = Corpus(
    name="cec",
    title="CEC (Chinese Emergency Corpus)",
    language="zh",
    domain="news of emergencies",
    domain_zh="突发事件新闻",
    tasks=("EE",),
    homepage="https://github.com/shijiebei2009/CEC-Corpus",
    citation="""@article{liu-etal-2017-cec,
  title = {一种面向突发事件的文本语料自动标注方法},
  author = {刘炜 and 王旭 and 张雨嘉 and others},
  journal = {中文信息学报}, year = {2017}, volume = {31}, number = {2}, pages = {76--85},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the texts are news reports."),
    splits=(Split("train", (TRAIN,)),),
    read=read,
    schema=Schema(
        events=(
            event("emergency", "突发事件", "emergency", "突然发生的灾害、事故、袭击或中毒"),
            event("stateChange", "状态变化", "change of state", "人或物的状态发生改变，如伤亡、恢复、倒塌"),
            event("movement", "移动", "movement", "人或物的位置移动，如赶到、送往"),
            event("action", "动作", "action", "人或物的单个动作"),
            event("operation", "行动", "operation", "有目的、有组织的活动，如抢救、调查"),
            event("perception", "感知", "perception", "看到、听到、感到、得知等"),
            event("statement", "陈述", "statement", "报道、说明、通报等言语行为"),
        )
    ),
    description="News reports of emergencies, every event marked with its trigger, participants, time and place.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(332)},
    published_source="README of the repository",
    expect={
        "train": Totals(
            332,
            0,
            0,
            5952,
            8453,
            drops={"empty mention": 2, "event without type": 1, "text outside paragraphs": 27},
            repairs={"wrong tag": 9},
        )
    },
    defects={
        "wrong tag": "A tag that stands where only another can: an argument called participant, means, Title (a time) "
        "or Paragraph (a participant), eight in all, and one Participant that holds a paragraph.",
        "text outside paragraphs": "By-lines, sub-headings and dashes directly in Content, which have no annotation "
        "and do not stand in the plain texts of the repository.",
        "empty mention": "One Object holds no text, and one Denoter, whose event is left out with it.",
        "event without type": "One Denoter has the type thoughtevent, which is no event class.",
    },
)
