"""Commodity news (CrudeOilNews): 19 types of events in sentences of English news about crude oil.

Native form: one JSON array of sentences in words; mentions count words, the end is the one after the last:

    [{"sentence_id": "a_1", "words": ["OPEC", "cut", "output", "by", "4", "%", "."], "sentence": "…",
      "start": 0, "end": 24, "pos-tags": […], "lemma": […], "ner": […], "stanford-colcc": […],
      "golden-entity-mentions": [{"text": "4%", "start": 4, "end": 5, "entity-type": "Percentage",
                                  "standoff_id": 3}],
      "golden-event-mentions": [{"id": "a_E1", "event_type": "Cause-movement-down-loss",
        "polarity": "Positive", "modality": "Asserted",
        "trigger": {"start": 1, "end": 2, "text": "cut", "standoff_id": 1},
        "arguments": [{"start": 4, "end": 5, "role": "Difference", "entity-type": "Percentage",
                       "text": "4%", "standoff_id": 3}]}]}]

A document is a sentence: its words with one blank between them, as they are (``-LRB-``, ``''``). A mention is
its words; where these are not the string it is given with (apart from white space and the names of
brackets), see `Words.span`. Labels are compared without letter case, as the authors' code does. Not kept:
polarity, modality, parts of speech and parses.

Entities are annotated beside events and not everywhere: names that take no part in an event (OPEC, the
IEA) often are not marked. They are kept in the documents, but recognizing them is no task here.

The roles of an event type are those that occur with it in the test set, completed within its group; the
guidelines were not at hand. In files not seen yet, an argument in another role is dropped and counted.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.corpora.event_labels import event_labels
from uiebench.formats import Tokens, json_records
from uiebench.ledger import Ledger
from uiebench.types import (
    Argument,
    Corpus,
    Document,
    Download,
    Entity,
    Event,
    Label,
    Licence,
    Schema,
    Span,
    Split,
    Totals,
)

BASE = (
    "https://raw.githubusercontent.com/meisin/Commodity-News-Event-Extraction/"
    "5d6a027b910c1cd7a777f8b0842f6c28b84b9330/dataset/"
)
TRAIN = Download("event_extraction_train.json", BASE + "event_extraction_train.json")
TEST = Download(
    "event_extraction_test.json",
    BASE + "event_extraction_test.json",
    sha256="1bf53bd5eb2691a9ce82ba9c8aec6b8271ab29cb258e2c0e9944481ce1b3f36f",
    bytes=1906801,
)
DIFFERS, SHORT, CASE, CUT = "string differs from text", "short span", "letter case", "cut string"
UNKNOWN_ROLE = "role unknown of the event type"


class Mention(msgspec.Struct):
    """Some words of a sentence, from `start` to before `end`, and the string they are given with."""

    text: str
    start: int
    end: int


class EntityMention(Mention, rename={"type": "entity-type"}):
    """An entity."""

    type: str


class Part(Mention):
    """An argument."""

    role: str


class EventMention(msgspec.Struct):
    """An event."""

    event_type: str
    trigger: Mention
    arguments: list[Part]


class Sentence(msgspec.Struct, rename={"entities": "golden-entity-mentions", "events": "golden-event-mentions"}):
    """A record; the parses and the untokenized sentence are not read."""

    words: list[str]
    entities: list[EntityMention]
    events: list[EventMention]


class Words:
    """The words of a sentence as one text."""

    def __init__(self, words: list[str], ledger: Ledger) -> None:
        self.words, self.ledger = words, ledger
        self.tokens = Tokens(words, ledger)
        self.known: dict[tuple[str, int, int], Span | None] = {}

    def span(self, mention: Mention) -> Span | None:
        """The span of a mention, looked at once however often it is given.

        The words are right where they are the string, begin with it (repair "cut string") or differ from
        it in letter case (repair "letter case"); where the next word is missing it is added (repair
        "short span": ``4`` for ``4%``). Anything else is dropped.
        """
        key = (mention.text, mention.start, mention.end)
        if key not in self.known:
            self.known[key] = self._span(mention)
        return self.known[key]

    def _span(self, mention: Mention) -> Span | None:
        first, last = mention.start, mention.end
        if not 0 <= first < last <= len(self.words):
            self.ledger.drop(DIFFERS, f"{mention.text!r} at {first}–{last}")
            return None
        wanted, found = bare(mention.text), bare("".join(self.words[first:last]))
        if wanted != found:
            if last < len(self.words) and wanted == found + bare(self.words[last]):
                self.ledger.repair(SHORT, mention.text)
                last += 1
            elif wanted.lower() == found.lower():
                self.ledger.repair(CASE, mention.text)
            elif found.startswith(wanted):
                self.ledger.repair(CUT, mention.text)
            else:
                self.ledger.drop(DIFFERS, f"{mention.text!r}, in the text {found!r}")
                return None
        return self.tokens.span(first, last)


def bare(string: str) -> str:
    """A string without white space, its brackets as brackets."""
    return "".join(string.split()).replace("-LRB-", "(").replace("-RRB-", ")")


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Sentences with their entities and events; an event whose trigger cannot be placed is dropped."""
    for path in files:
        for sentence in json_records(path, ledger, Sentence):
            words = Words(sentence.words, ledger)
            entities = [
                Entity(place.text, place.start, place.end, spelt(mention.type))
                for mention in sentence.entities
                if (place := words.span(mention))
            ]
            events = []
            for found in sentence.events:
                name = spelt(found.event_type)
                if trigger := words.span(found.trigger):
                    events.append(Event(name, trigger, tuple(arguments(name, found.arguments, words, ledger))))
            yield Document("", words.tokens.text, tuple(entities), events=tuple(events))


def arguments(event: str, parts: Sequence[Part], words: Words, ledger: Ledger) -> Iterator[Argument]:
    """The arguments that can be placed and whose roles are those of the event."""
    for part in parts:
        role = spelt(part.role)
        if event in ALLOWED and role not in ALLOWED[event]:
            ledger.drop(UNKNOWN_ROLE, f"{event} {role}")
        elif place := words.span(part):
            yield Argument(place.text, place.start, place.end, role)


def spelt(label: str) -> str:
    """A label in the spelling of the schema."""
    return NATIVE.get(label.lower(), label)


ENTITIES = (
    Label("Commodity", "商品", "commodity", description="crude oil, its grades and products"),
    Label(
        "Financial_attribute", "金融属性", "financial attribute", description="price, supply, output, exports and so on"
    ),
    Label("Economic_item", "经济项目", "economic item", description="economy, growth, market, employment data"),
    Label("Forecast_target", "预测或目标", "forecast", description="words for forecasts, estimates and targets"),
    Label("Country", "国家", "country", description="a state, or a group of states such as OPEC countries"),
    Label(
        "State_or_province",
        "州、省或城市",
        "state or province",
        description="a state, province or city within a country",
    ),
    Label("Location", "地理位置", "location", description="regions of the world, also adjectives such as global"),
    Label("Nationality", "国籍", "nationality", description="an adjective of a country, such as Saudi"),
    Label("Organization", "组织机构", "organization", description="a company, agency, association or bank"),
    Label(
        "Group",
        "群体",
        "group",
        "group of countries or investors",
        description="groups of countries, producers or investors",
    ),
    Label("Person", "人物", "person", description="a person by name"),
    Label("Date", "日期", "date", description="a day, month, year or another point in time"),
    Label("Duration", "时长", "duration", description="how long it lasts"),
    Label("Money", "金额", "money", description="a sum of money"),
    Label("Price_unit", "单价", "unit price", description="a price per quantity, e.g. $60 a barrel"),
    Label("Production_unit", "产量", "production rate", description="a quantity per time, e.g. 4 million bpd"),
    Label("Quantity", "数量", "quantity", description="a quantity of a commodity, e.g. 8 million tonnes"),
    Label("Percentage", "百分比", "percent", description="a share in per cent"),
    Label("Number", "数字", "number", description="numbers without currency or unit"),
    Label("Phenomenon", "现象", "phenomenon", description="a state of affairs that grows worse, e.g. a surplus"),
    Label("Other_activities", "其他活动", "activity", description="activities that are banned or caused"),
)
ROLES = {
    role.name: role
    for role in (
        Label("Attribute", "属性", "attribute", description="what moves: price, output, demand and so on"),
        Label("Item", "标的", "item", description="the commodity or part of the economy in question"),
        Label("Type", "范围", "scope", description="an adjective or region that narrows the item: global, domestic"),
        Label(
            "Supplier_Consumer",
            "供应方或消费方",
            "supplier or consumer",
            description="who supplies or consumes the goods",
        ),
        Label("Difference", "变动幅度", "difference", description="by how much something changes"),
        Label("Initial_value", "初始值", "initial value", description="the value before the change"),
        Label("Final_value", "最终值", "final value", description="the value after the change"),
        Label("Initial_reference_point", "起始时间", "initial time", description="the time compared with"),
        Label(
            "Reference_point_time",
            "时间",
            "time",
            description="the time with which is compared, or at which it happens",
        ),
        Label("Duration", "时长", "duration", description="how long it lasts"),
        Label("Contract_date", "合约日期", "contract date", description="the month in which a futures contract is due"),
        Label("Forecast", "预测", "forecast", description="what is forecast or aimed at"),
        Label("Forecaster", "预测者", "forecaster", description="who makes the forecast"),
        Label("Place", "地点", "place", description="where it happens"),
        Label("Imposer", "实施方", "imposer", description="who imposes the ban, sanction or tariff"),
        Label("Imposee", "受制方", "target", description="whom a ban or sanction is imposed upon"),
        Label("Activity", "活动", "activity", description="the activity that is banned or restricted"),
        Label(
            "Impacted_countries",
            "受影响国家",
            "impacted country",
            description="the countries against which it is directed",
        ),
        Label(
            "Participating_countries", "参与国家", "participating country", description="the countries that take part"
        ),
        Label("Situation", "局势", "situation", description="the state of affairs that is meant"),
    )
}
MOVEMENT = (
    "Attribute Item Type Supplier_Consumer Difference Initial_value Final_value Initial_reference_point "
    "Reference_point_time Duration Contract_date Forecast Forecaster Place"
)
BAN = "Imposer Imposee Item Attribute Activity Reference_point_time Duration"
event = event_labels(ROLES.values())


EVENTS = (
    event("Movement-down-loss", "下降", "decrease", "price, supply or demand falls", MOVEMENT),
    event("Movement-up-gain", "上升", "increase", "price, supply or demand rises", MOVEMENT),
    event("Movement-flat", "持平", "stability", "price, supply or demand hardly changes", MOVEMENT),
    event("Cause-movement-down-loss", "主动下调", "deliberate decrease", "someone cuts supply or a forecast", MOVEMENT),
    event("Cause-movement-up-gain", "主动上调", "deliberate increase", "someone raises supply or a forecast", MOVEMENT),
    event("Position-high", "高位", "high position", "a price or other figure stands high", MOVEMENT),
    event("Position-low", "低位", "low position", "a price or other figure stands low", MOVEMENT),
    event("Slow-weak", "经济疲软", "economic weakness", "an economy, its growth or employment is weak", MOVEMENT),
    event("Grow-strong", "经济增强", "economic strength", "an economy, its growth or employment is strong", MOVEMENT),
    event(
        "Oversupply",
        "供应过剩",
        "oversupply",
        "there is more supply than demand",
        "Item Attribute Place Supplier_Consumer Difference Reference_point_time Duration Forecast Forecaster",
    ),
    event(
        "Shortage",
        "供应短缺",
        "shortage",
        "there is less supply than demand",
        "Item Attribute Place Supplier_Consumer Difference Reference_point_time Duration Forecast Forecaster",
    ),
    event("Negative_sentiment", "悲观情绪", "negative sentiment", "a gloomy outlook, worries, fears", "Attribute Item"),
    event("Embargo", "制裁", "sanctions", "sanctions or an embargo on a country", BAN),
    event("Prohibiting", "禁止", "prohibition", "a trade or other commercial activity is banned", BAN),
    event(
        "Geopolitical-tension",
        "地缘政治紧张",
        "geopolitical tension",
        "tension or war between countries",
        "Impacted_countries Place Reference_point_time",
    ),
    event("Civil-unrest", "内乱", "civil unrest", "violence or turmoil within a country", "Place Reference_point_time"),
    event(
        "trade-financial-tension",
        "贸易摩擦",
        "trade tension",
        "a trade or price war between countries",
        "Participating_countries Item Reference_point_time",
    ),
    event("Crisis", "危机", "crisis", "an oil, financial or other crisis", "Item Place Reference_point_time"),
    event("Situation_deteriorate", "局势恶化", "deterioration", "a bad state of affairs grows worse", "Situation"),
)
NATIVE = {label.name.lower(): label.name for label in (*ENTITIES, *ROLES.values(), *EVENTS)}
ALLOWED = {label.name: {role.name for role in label.roles} for label in EVENTS}

CORPUS = Corpus(
    name="crudeoilnews",
    title="Commodity news (CrudeOilNews)",
    language="en",
    domain="finance",
    domain_zh="金融",
    tasks=("EE",),
    homepage="https://github.com/meisin/Commodity-News-Event-Extraction",
    citation="""@inproceedings{lee2021effective,
  title = {Effective Use of Graph Convolution Network and Contextual Sub-Tree for Commodity News Event Extraction},
  author = {Lee, Meisin and Soon, Lay-Ki and Siew, Eu-Gene},
  booktitle = {Proceedings of the Third Workshop on Economics and Natural Language Processing},
  year = {2021}, pages = {69--81},
}

@inproceedings{lee-etal-2022-crudeoilnews,
  title = {{C}rude{O}il{N}ews: An Annotated Crude Oil News Corpus for Event Extraction},
  author = {Lee, Meisin and Soon, Lay-Ki and Siew, Eu-Gene and Sugianto, Ly Fie},
  booktitle = {Proceedings of the Thirteenth Language Resources and Evaluation Conference},
  year = {2022},
}""",
    licence=Licence(
        "Apache-2.0",
        redistribute=False,
        url="https://github.com/meisin/Commodity-News-Event-Extraction/blob/5d6a027b910c1cd7a777f8b0842f6c28b84b9330/LICENSE",
        terms="The licence of the repository; the texts are of news agencies, and the authors give only links to "
        "most of the articles because of their copyright.",
    ),
    splits=(Split("train", (TRAIN,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(entities=ENTITIES, events=EVENTS),
    description="Sentences of English news about crude oil: price movements, supply and demand, economy, politics.",
    annotation="By hand (175 articles, 25 of them as an adjudicated reference), then expanded by data augmentation "
    "and by active learning with a human in the loop (Lee et al. 2022).",
    verified="original",
    expect={
        "test": Totals(
            311,
            1377,
            0,
            595,
            1187,
            drops={"repeated annotation": 1, DIFFERS: 1},
            repairs={CUT: 4, CASE: 4, SHORT: 21},
        )
    },
    differences="The authors publish totals of the whole corpus only (19 event types, 21 roles, over 3,075 events); "
    "the test file shows 19 of the roles, and which the twenty-first is could not be found out.",
    differences_zh=(
        "作者只公布整个语料的总数（19 种事件、21 种角色、3,075 个以上的事件）；测试文件中出现 19 种角色，第 21 种是什"
        "么未能查明。"
    ),
    defects={
        SHORT: "The next word of a mention is missing, mostly its % (or its closing bracket): it is added.",
        CASE: "A string in lower case whose word begins a sentence: the word is kept.",
        CUT: "A string that breaks off within its last word: the whole word is kept.",
        DIFFERS: "One trigger is a part of a word (reduced, in unreduced) and has no words: its event is dropped. "
        "The sentence, test/49, has no other event, and counts as one without.",
        "repeated annotation": "One entity is given twice: it is kept once.",
    },
)
