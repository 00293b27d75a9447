"""RAMS: one event of 139 types and its arguments in a window of five sentences of English news.

Native form: JSON lines, one event a line. All offsets count the tokens of the whole window, ends are those
of the last token; a role is the number of the event type, that of the argument, and the name of the role:

    {"doc_key": "nw_1", "language_id": "eng", "source_url": "…", "split": "dev",
     "sentences": [["Gunmen", "shot", "two", "guards", "."], ["They", "fled", "."]],
     "evt_triggers": [[1, 1, [["conflict.attack.firearmattack", 1.0]]]],
     "ent_spans": [[0, 0, [["evt008arg01attacker", 1.0]]], [2, 3, [["evt008arg02target", 1.0]]]],
     "gold_evt_links": [[[1, 1], [0, 0], "evt008arg01attacker"], [[1, 1], [2, 3], "evt008arg02target"]],
     "rel_triggers": [], "gold_rel_links": []}

A document is a window: its tokens with one blank between them. Both participants of an event
(``arg01participant``, ``arg02participant``) have the role ``participant``.

Only one event of a window is annotated, the one it was cut around: that a window holds no event of another
type is not said. So finding events is no task here, and whoever does it rightly would be punished for it. The
authors give the trigger and its type and measure which arguments the event has, also in other sentences (EEA);
the triggers are kept in the documents so that nothing is lost.

The types and their roles are those of the authors' scorer. ``n/a`` is the event without further detail.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
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
    Event,
    Label,
    Licence,
    Manual,
    Schema,
    Split,
    Totals,
)

BASE = "https://raw.githubusercontent.com/LWL-cpu/SCPRG-master/c420d22df66df436227ea223b389533ea7df7fc7/data/rams/"
TRAIN = Manual(
    "train.jsonlines",
    "Download RAMS 1.0 (RAMS_1.0c.tar.gz, 4.5 MB) from nlp.jhu.edu/rams and put its data/train.jsonlines here.",
    "https://nlp.jhu.edu/rams/",
)
DEV = Download(
    "dev.jsonlines",
    BASE + "dev.jsonlines",
    sha256="cd1b249160333ec33360430ade1099c3bb5fe48f50188e0482a019e2d8e9e07b",
    bytes=1593943,
)
TEST = Download(
    "test.jsonlines",
    BASE + "test.jsonlines",
    sha256="8bec510b2321268d628cbef9586fa4851352a32019d463d7f41ed01c9ebd4243",
    bytes=1527709,
)
NUMBERS = re.compile(r"evt\d+arg\d+")
Place = tuple[int, int]
"""The first and the last token of a span."""


class Window(msgspec.Struct):
    """A record; the spans in `ent_spans` are those of the links again."""

    sentences: list[list[str]]
    evt_triggers: list[tuple[int, int, list[tuple[str, float]]]]
    gold_evt_links: list[tuple[Place, Place, str]]


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Windows with their event and its arguments."""
    for path in files:
        for window in json_records(path, ledger, Window):
            words = Tokens(list(chain.from_iterable(window.sentences)), ledger)
            try:
                arguments: dict[Place, list[Argument]] = {}
                for trigger, (first, last), numbered in window.gold_evt_links:
                    role = NUMBERS.sub("", numbered, count=1)
                    arguments.setdefault(trigger, []).append(words.argument(first, last + 1, role))
                events = [
                    Event(type, words.span(first, last + 1), tuple(arguments.get((first, last), ())))
                    for first, last, [[type, _]] in window.evt_triggers
                ]
            except ValueError as error:
                raise ledger.malformed(words.text, f"an event with one type ({error!r})") from None
            yield Document("", words.text, events=tuple(events))


ROLES = {
    role.name: role
    for role in (
        Label("artifact", "物品", "artifact", description="the thing the event is about"),
        Label(
            "artifactmoney", "物品或钱款", "artifact or money", description="the thing or the money that is held back"
        ),
        Label("attacker", "攻击者", "attacker", description="who attacks"),
        Label("ballot", "选票", "ballot", description="the vote that is cast, or what is voted on"),
        Label("beneficiary", "受益者", "beneficiary", description="for whose benefit it is done"),
        Label("candidate", "候选人", "candidate", description="who stands for election"),
        Label("communicator", "发言者", "communicator", description="who speaks or writes"),
        Label("crashobject", "被撞物", "crash object", description="what the vehicle crashes into"),
        Label("crime", "罪行", "crime", description="what someone is accused of or punished for"),
        Label("damager", "损坏者", "damager", description="who or what does the damage"),
        Label("damagerdestroyer", "损毁者", "damager or destroyer", description="who or what damages or destroys"),
        Label("deceased", "死者", "deceased", description="who is mourned"),
        Label("defendant", "被告", "defendant", description="who is accused"),
        Label("demonstrator", "示威者", "demonstrator", description="who demonstrates"),
        Label("destination", "目的地", "destination", description="where the move ends"),
        Label("destroyer", "摧毁者", "destroyer", description="who or what destroys"),
        Label("detainee", "被拘者", "detainee", description="who is arrested or held"),
        Label("driverpassenger", "司机或乘客", "driver or passenger", description="who is in the vehicle"),
        Label("employee", "雇员", "employee", description="who has or loses the position"),
        Label("executioner", "行刑者", "executioner", description="who puts to death"),
        Label("extraditer", "引渡方", "extraditer", description="who hands the person over"),
        Label(
            "fireexplosionobject", "着火或爆炸物", "burning or exploding object", description="what burns or explodes"
        ),
        Label("founder", "创立者", "founder", description="who founds it"),
        Label("giver", "给予者", "giver", description="who gives"),
        Label(
            "governmentbody",
            "政府机构",
            "government body",
            description="the parliament or authority that makes the law",
        ),
        Label("gpe", "政治实体", "geopolitical entity", description="the state or territory"),
        Label("granter", "准许者", "granter", description="who lets in"),
        Label("hidingplace", "藏匿处", "hiding place", description="where it is hidden"),
        Label("injurer", "伤人者", "injurer", description="who or what injures"),
        Label("inspectedentity", "被检查对象", "inspected entity", description="who or what is inspected"),
        Label("inspector", "检查者", "inspector", description="who inspects"),
        Label("instrument", "工具", "instrument", description="the weapon or means used"),
        Label("investigator", "调查者", "investigator", description="who investigates"),
        Label("jailer", "拘捕者", "jailer", description="who arrests or holds"),
        Label("judgecourt", "法官或法院", "judge or court", description="the judge or court"),
        Label("killer", "杀人者", "killer", description="who or what kills"),
        Label("law", "法律", "law", description="the law that is made"),
        Label("manufacturer", "制造者", "manufacturer", description="who makes it"),
        Label("money", "金额", "amount", description="the sum"),
        Label("monitor", "监督者", "monitor", description="who watches the election"),
        Label("monitoredentity", "被监督对象", "monitored entity", description="the election or party that is watched"),
        Label("observedentity", "被观察对象", "observed entity", description="who or what is observed"),
        Label("observer", "观察者", "observer", description="who observes"),
        Label("origin", "出发地", "origin", description="where the move begins"),
        Label("otherparticipant", "另一方", "other participant", description="the other party to the agreement"),
        Label("participant", "参与者", "participant", description="a party to the event"),
        Label("passenger", "乘客", "passenger", description="who is moved"),
        Label("place", "地点", "place", description="where it happens"),
        Label("placeofemployment", "雇主", "employer", description="for whom the person works"),
        Label("preventer", "阻止者", "preventer", description="who prevents it"),
        Label("prosecutor", "起诉方", "prosecutor", description="who accuses"),
        Label("recipient", "接收者", "recipient", description="who receives, or is spoken to"),
        Label(
            "rejecternullifier",
            "拒绝或废除者",
            "rejecter or nullifier",
            description="who refuses or cancels the agreement",
        ),
        Label("result", "结果", "result", description="how the vote ends"),
        Label("retreater", "撤退者", "retreater", description="who withdraws"),
        Label("spy", "间谍", "spy", description="who spies"),
        Label("surrenderer", "投降者", "surrenderer", description="who surrenders"),
        Label("target", "目标", "target", description="who or what is attacked"),
        Label("territoryorfacility", "领土或设施", "territory or facility", description="what the control is of"),
        Label("transporter", "运送者", "transporter", description="who moves the things or people"),
        Label("vehicle", "交通工具", "vehicle", description="what the move is made with"),
        Label("victim", "受害者", "victim", description="who dies or is hurt"),
        Label("violator", "违约者", "violator", description="who breaks the agreement"),
        Label("voter", "投票者", "voter", description="who votes"),
        Label("yielder", "退让者", "yielder", description="who gives way"),
    )
}
ATTACK = "attacker target instrument place"
TALK = "participant place"
MESSAGE = "communicator recipient place"
JUDICIAL = "prosecutor defendant judgecourt crime place"
MAKING = "manufacturer artifact instrument place"
FREIGHT = "transporter artifact vehicle origin destination"
TRAVEL = "transporter passenger vehicle origin destination"
JOB = "employee placeofemployment place"
PAYMENT = "giver recipient beneficiary money place"
HANDOVER = "giver recipient beneficiary artifact place"
event = event_labels(ROLES.values())


EVENTS = (
    event(
        "artifactexistence.damagedestroy.n/a",
        "损毁",
        "damage or destruction",
        "a thing is damaged or destroyed",
        "damagerdestroyer artifact instrument place",
    ),
    event(
        "artifactexistence.damagedestroy.damage",
        "损坏",
        "damage",
        "a thing is damaged",
        "damager artifact instrument place",
    ),
    event(
        "artifactexistence.damagedestroy.destroy",
        "摧毁",
        "destruction",
        "a thing is destroyed",
        "destroyer artifact instrument place",
    ),
    event("conflict.attack.n/a", "攻击", "attack", "someone uses violence against a target", ATTACK),
    event(
        "conflict.attack.airstrikemissilestrike",
        "空袭或导弹袭击",
        "air or missile strike",
        "a target is bombed from the air or hit by missiles",
        ATTACK,
    ),
    event(
        "conflict.attack.biologicalchemicalpoisonattack",
        "生化或投毒袭击",
        "biological, chemical or poison attack",
        "poison, gas or germs are used against a target",
        ATTACK,
    ),
    event("conflict.attack.bombing", "炸弹袭击", "bombing", "a bomb is set off against a target", ATTACK),
    event("conflict.attack.firearmattack", "枪击", "firearm attack", "guns are fired at a target", ATTACK),
    event("conflict.attack.hanging", "绞杀", "hanging", "someone is hanged in an attack", ATTACK),
    event("conflict.attack.invade", "入侵", "invasion", "armed forces enter a territory", ATTACK),
    event("conflict.attack.selfdirectedbattle", "交战", "battle", "sides fight each other", ATTACK),
    event("conflict.attack.setfire", "纵火", "arson", "a target is set on fire", ATTACK),
    event("conflict.attack.stabbing", "刺杀", "stabbing", "a target is stabbed", ATTACK),
    event(
        "conflict.attack.stealrobhijack",
        "盗抢或劫持",
        "theft, robbery or hijacking",
        "something is stolen, robbed or hijacked",
        ATTACK + " artifact",
    ),
    event("conflict.attack.strangling", "勒杀", "strangling", "a target is strangled", ATTACK),
    event(
        "conflict.demonstrate.n/a",
        "示威",
        "demonstration",
        "people show in public what they demand",
        "demonstrator place",
    ),
    event(
        "conflict.demonstrate.marchprotestpoliticalgathering",
        "游行、抗议或政治集会",
        "march, protest or political gathering",
        "people march, protest or hold a political rally",
        "demonstrator place",
    ),
    event("conflict.yield.n/a", "退让", "yielding", "one side of a conflict gives way", "yielder recipient place"),
    event(
        "conflict.yield.retreat", "撤退", "retreat", "one side of a conflict withdraws", "retreater origin destination"
    ),
    event(
        "conflict.yield.surrender",
        "投降",
        "surrender",
        "one side of a conflict surrenders",
        "surrenderer recipient place",
    ),
    event("contact.collaborate.n/a", "合作", "collaboration", "parties work together", TALK),
    event(
        "contact.collaborate.correspondence",
        "通信合作",
        "collaboration by correspondence",
        "parties work together by letter, phone or message",
        TALK,
    ),
    event(
        "contact.collaborate.meet", "当面合作", "collaboration in person", "parties work together face to face", TALK
    ),
    event("contact.commandorder.n/a", "命令", "command", "someone gives an order", MESSAGE),
    event("contact.commandorder.broadcast", "公开命令", "public command", "someone gives an order in public", MESSAGE),
    event(
        "contact.commandorder.correspondence",
        "通信命令",
        "command by correspondence",
        "someone gives an order by letter, phone or message",
        MESSAGE,
    ),
    event("contact.commandorder.meet", "当面命令", "command in person", "someone gives an order face to face", MESSAGE),
    event(
        "contact.commitmentpromiseexpressintent.n/a",
        "承诺或表达意向",
        "commitment or expression of intent",
        "someone promises something or says what they intend",
        MESSAGE,
    ),
    event(
        "contact.commitmentpromiseexpressintent.broadcast",
        "公开承诺或表达意向",
        "public commitment or expression of intent",
        "someone promises something in public",
        MESSAGE,
    ),
    event(
        "contact.commitmentpromiseexpressintent.correspondence",
        "通信承诺或表达意向",
        "commitment or expression of intent by correspondence",
        "someone promises something by letter, phone or message",
        MESSAGE,
    ),
    event(
        "contact.commitmentpromiseexpressintent.meet",
        "当面承诺或表达意向",
        "commitment or expression of intent in person",
        "someone promises something face to face",
        MESSAGE,
    ),
    event("contact.discussion.n/a", "讨论", "discussion", "parties talk a matter over", TALK),
    event(
        "contact.discussion.correspondence",
        "通信讨论",
        "discussion by correspondence",
        "parties talk a matter over by letter, phone or message",
        TALK,
    ),
    event(
        "contact.discussion.meet", "当面讨论", "discussion in person", "parties talk a matter over face to face", TALK
    ),
    event(
        "contact.funeralvigil.n/a",
        "葬礼或守夜",
        "funeral or vigil",
        "people mourn a death",
        "participant deceased place",
    ),
    event(
        "contact.funeralvigil.meet",
        "亲临葬礼或守夜",
        "funeral or vigil in person",
        "people come together to mourn a death",
        "participant deceased place",
    ),
    event(
        "contact.mediastatement.n/a", "媒体声明", "media statement", "someone makes a statement to the media", MESSAGE
    ),
    event(
        "contact.mediastatement.broadcast",
        "公开媒体声明",
        "broadcast media statement",
        "someone makes a statement in the media, to everybody",
        MESSAGE,
    ),
    event("contact.negotiate.n/a", "谈判", "negotiation", "parties bargain over terms", TALK),
    event(
        "contact.negotiate.correspondence",
        "通信谈判",
        "negotiation by correspondence",
        "parties bargain by letter, phone or message",
        TALK,
    ),
    event("contact.negotiate.meet", "当面谈判", "negotiation in person", "parties bargain face to face", TALK),
    event("contact.prevarication.n/a", "欺瞒", "prevarication", "someone deceives or evades a question", MESSAGE),
    event(
        "contact.prevarication.broadcast", "公开欺瞒", "public prevarication", "someone deceives the public", MESSAGE
    ),
    event(
        "contact.prevarication.correspondence",
        "通信欺瞒",
        "prevarication by correspondence",
        "someone deceives another by letter, phone or message",
        MESSAGE,
    ),
    event(
        "contact.prevarication.meet",
        "当面欺瞒",
        "prevarication in person",
        "someone deceives another face to face",
        MESSAGE,
    ),
    event(
        "contact.publicstatementinperson.n/a",
        "当众发言",
        "public statement in person",
        "someone speaks before an audience",
        MESSAGE,
    ),
    event(
        "contact.publicstatementinperson.broadcast",
        "当众发言并播出",
        "broadcast public statement in person",
        "someone speaks before an audience, and it is broadcast",
        MESSAGE,
    ),
    event(
        "contact.requestadvise.n/a",
        "请求或建议",
        "request or advice",
        "someone asks for something or gives advice",
        MESSAGE,
    ),
    event(
        "contact.requestadvise.broadcast",
        "公开请求或建议",
        "public request or advice",
        "someone asks for something or gives advice in public",
        MESSAGE,
    ),
    event(
        "contact.requestadvise.correspondence",
        "通信请求或建议",
        "request or advice by correspondence",
        "someone asks or advises by letter, phone or message",
        MESSAGE,
    ),
    event(
        "contact.requestadvise.meet",
        "当面请求或建议",
        "request or advice in person",
        "someone asks or advises face to face",
        MESSAGE,
    ),
    event(
        "contact.threatencoerce.n/a",
        "威胁或胁迫",
        "threat or coercion",
        "someone threatens or coerces another",
        MESSAGE,
    ),
    event(
        "contact.threatencoerce.broadcast",
        "公开威胁或胁迫",
        "public threat or coercion",
        "someone threatens another in public",
        MESSAGE,
    ),
    event(
        "contact.threatencoerce.correspondence",
        "通信威胁或胁迫",
        "threat or coercion by correspondence",
        "someone threatens another by letter, phone or message",
        MESSAGE,
    ),
    event(
        "contact.threatencoerce.meet",
        "当面威胁或胁迫",
        "threat or coercion in person",
        "someone threatens another face to face",
        MESSAGE,
    ),
    event(
        "disaster.accidentcrash.accidentcrash",
        "事故或碰撞",
        "accident or crash",
        "a vehicle crashes, or another accident happens",
        "driverpassenger vehicle crashobject place",
    ),
    event(
        "disaster.fireexplosion.fireexplosion",
        "火灾或爆炸",
        "fire or explosion",
        "something burns or explodes by accident",
        "fireexplosionobject instrument place",
    ),
    event("government.agreements.n/a", "协议", "agreement", "parties make or have an agreement", TALK),
    event(
        "government.agreements.acceptagreementcontractceasefire",
        "接受协议、合同或停火",
        "acceptance of an agreement, contract or ceasefire",
        "a treaty, contract or ceasefire is accepted",
        TALK,
    ),
    event(
        "government.agreements.rejectnullifyagreementcontractceasefire",
        "拒绝或废除协议、合同或停火",
        "rejection of an agreement, contract or ceasefire",
        "a treaty, contract or ceasefire is refused or cancelled",
        "rejecternullifier otherparticipant place",
    ),
    event(
        "government.agreements.violateagreement",
        "违反协议",
        "violation of an agreement",
        "an agreement is broken",
        "violator otherparticipant place",
    ),
    event(
        "government.formation.n/a",
        "政治实体组建",
        "formation of a state",
        "a state or another territory with a government comes about",
        "gpe founder place",
    ),
    event(
        "government.formation.mergegpe", "政治实体合并", "merger of states", "states or territories become one", TALK
    ),
    event(
        "government.formation.startgpe",
        "政治实体成立",
        "founding of a state",
        "a state or territory is founded",
        "gpe founder place",
    ),
    event(
        "government.legislate.legislate",
        "立法",
        "legislation",
        "a body of government makes a law",
        "governmentbody law place",
    ),
    event(
        "government.spy.spy", "间谍活动", "spying", "someone spies on another", "spy observedentity beneficiary place"
    ),
    event("government.vote.n/a", "表决", "vote", "people vote", "voter candidate ballot result place"),
    event(
        "government.vote.castvote",
        "投票",
        "casting of votes",
        "people cast their votes",
        "voter candidate ballot result place",
    ),
    event(
        "government.vote.violationspreventvote",
        "阻止投票",
        "prevention of voting",
        "people are kept from voting",
        "preventer voter candidate ballot place",
    ),
    event(
        "inspection.sensoryobserve.n/a",
        "观察",
        "observation",
        "someone observes something",
        "observer observedentity place",
    ),
    event(
        "inspection.sensoryobserve.inspectpeopleorganization",
        "检查人员或机构",
        "inspection of people or organizations",
        "people or organizations are inspected",
        "inspector inspectedentity place",
    ),
    event(
        "inspection.sensoryobserve.monitorelection",
        "监督选举",
        "monitoring of an election",
        "an election is watched",
        "monitor monitoredentity place",
    ),
    event(
        "inspection.sensoryobserve.physicalinvestigateinspect",
        "实地检查",
        "physical inspection",
        "a place or thing is searched or inspected",
        "inspector inspectedentity place",
    ),
    event(
        "justice.arrestjaildetain.arrestjaildetain",
        "逮捕或拘禁",
        "arrest or detention",
        "someone is arrested or held",
        "jailer detainee crime place",
    ),
    event(
        "justice.initiatejudicialprocess.n/a",
        "启动司法程序",
        "start of judicial proceedings",
        "a matter is taken to court",
        JUDICIAL,
    ),
    event(
        "justice.initiatejudicialprocess.chargeindict",
        "指控或起诉",
        "charge",
        "someone is charged with a crime",
        JUDICIAL,
    ),
    event("justice.initiatejudicialprocess.trialhearing", "审判", "trial", "a court hears a case", JUDICIAL),
    event(
        "justice.investigate.n/a",
        "司法调查",
        "judicial investigation",
        "the authorities look into a matter",
        "investigator defendant place",
    ),
    event(
        "justice.investigate.investigatecrime",
        "调查犯罪",
        "criminal investigation",
        "the authorities look into a crime",
        "investigator defendant crime place",
    ),
    event(
        "justice.judicialconsequences.n/a",
        "司法后果",
        "judicial consequence",
        "a court decides what happens to the accused",
        "judgecourt defendant crime place",
    ),
    event(
        "justice.judicialconsequences.convict",
        "定罪",
        "conviction",
        "someone is found guilty",
        "judgecourt defendant crime place",
    ),
    event(
        "justice.judicialconsequences.execute",
        "处决",
        "execution",
        "someone is put to death for a crime",
        "executioner defendant crime place",
    ),
    event(
        "justice.judicialconsequences.extradite",
        "引渡",
        "extradition",
        "someone is handed over to another state",
        "extraditer defendant crime origin destination",
    ),
    event("life.die.n/a", "死亡", "death", "someone dies, of which cause is not said", "victim place"),
    event(
        "life.die.deathcausedbyviolentevents",
        "暴力致死",
        "violent death",
        "someone is killed",
        "killer victim instrument place",
    ),
    event(
        "life.die.nonviolentdeath",
        "非暴力死亡",
        "non-violent death",
        "someone dies of age, illness or accident",
        "victim place",
    ),
    event("life.injure.n/a", "受伤", "injury", "someone is hurt or falls ill", "victim injurer place"),
    event(
        "life.injure.illnessdegradationhungerthirst",
        "饥渴所致病弱",
        "illness from hunger or thirst",
        "someone suffers from hunger or thirst",
        "victim place",
    ),
    event(
        "life.injure.illnessdegradationphysical",
        "身体疾病或衰弱",
        "physical illness or degradation",
        "someone falls ill or loses strength",
        "victim",
    ),
    event(
        "life.injure.injurycausedbyviolentevents",
        "暴力致伤",
        "injury by violence",
        "someone is hurt by violence",
        "injurer victim instrument place",
    ),
    event("manufacture.artifact.n/a", "制造", "manufacture", "a thing is made", MAKING),
    event("manufacture.artifact.build", "建造", "building", "a building or another structure is built", MAKING),
    event(
        "manufacture.artifact.createintellectualproperty",
        "创作知识产权",
        "creation of intellectual property",
        "a text, film, design or another work of the mind is made",
        MAKING,
    ),
    event("manufacture.artifact.createmanufacture", "生产", "production", "goods are produced", MAKING),
    event("movement.transportartifact.n/a", "运送物品", "transport of artifacts", "things are moved", FREIGHT),
    event(
        "movement.transportartifact.bringcarryunload",
        "携带或装卸物品",
        "carrying or unloading of artifacts",
        "things are carried somewhere or unloaded",
        FREIGHT,
    ),
    event(
        "movement.transportartifact.disperseseparate",
        "散布或分离物品",
        "dispersal of artifacts",
        "things are scattered or taken apart",
        FREIGHT,
    ),
    event(
        "movement.transportartifact.fall", "物品坠落", "fall of artifacts", "things fall", "artifact origin destination"
    ),
    event(
        "movement.transportartifact.grantentry",
        "准许物品进入",
        "grant of entry to artifacts",
        "things are let into a place",
        "transporter artifact origin destination",
    ),
    event(
        "movement.transportartifact.hide",
        "藏匿物品",
        "hiding of artifacts",
        "things are hidden",
        "transporter artifact hidingplace vehicle origin",
    ),
    event(
        "movement.transportartifact.nonviolentthrowlaunch",
        "投掷或发射物品",
        "throwing or launching of artifacts",
        "things are thrown or launched, not as an attack",
        FREIGHT,
    ),
    event(
        "movement.transportartifact.prevententry",
        "阻止物品进入",
        "prevention of entry of artifacts",
        "things are kept out of a place",
        "preventer transporter artifact origin destination",
    ),
    event(
        "movement.transportartifact.preventexit",
        "阻止物品运出",
        "prevention of exit of artifacts",
        "things are kept from leaving a place",
        "preventer transporter artifact origin destination",
    ),
    event(
        "movement.transportartifact.receiveimport",
        "接收或进口物品",
        "import of artifacts",
        "things are received or imported",
        FREIGHT,
    ),
    event(
        "movement.transportartifact.sendsupplyexport",
        "发送、供应或出口物品",
        "sending, supply or export of artifacts",
        "things are sent, supplied or exported",
        FREIGHT,
    ),
    event(
        "movement.transportartifact.smuggleextract",
        "走私物品",
        "smuggling of artifacts",
        "things are smuggled",
        FREIGHT,
    ),
    event("movement.transportperson.n/a", "运送人员", "transport of persons", "people are moved", TRAVEL),
    event(
        "movement.transportperson.bringcarryunload",
        "携带或送达人员",
        "bringing of persons",
        "people are brought somewhere",
        TRAVEL,
    ),
    event(
        "movement.transportperson.disperseseparate",
        "驱散或分离人员",
        "dispersal of persons",
        "people are dispersed or separated",
        TRAVEL,
    ),
    event(
        "movement.transportperson.evacuationrescue",
        "撤离或营救",
        "evacuation or rescue",
        "people are taken out of danger",
        TRAVEL,
    ),
    event(
        "movement.transportperson.fall", "人员坠落", "fall of persons", "people fall", "passenger origin destination"
    ),
    event(
        "movement.transportperson.grantentryasylum",
        "准许入境或庇护",
        "grant of entry or asylum",
        "people are let in or granted asylum",
        "granter transporter passenger origin destination",
    ),
    event(
        "movement.transportperson.hide",
        "藏匿人员",
        "hiding of persons",
        "people are hidden",
        "transporter passenger hidingplace vehicle origin",
    ),
    event(
        "movement.transportperson.prevententry",
        "阻止人员进入",
        "prevention of entry of persons",
        "people are kept out of a place",
        "preventer transporter passenger origin destination",
    ),
    event(
        "movement.transportperson.preventexit",
        "阻止人员离开",
        "prevention of exit of persons",
        "people are kept from leaving a place",
        "preventer transporter passenger origin destination",
    ),
    event(
        "movement.transportperson.selfmotion",
        "自行移动",
        "movement of oneself",
        "people go somewhere by themselves",
        "transporter vehicle origin destination",
    ),
    event("movement.transportperson.smuggleextract", "偷运人员", "smuggling of persons", "people are smuggled", TRAVEL),
    event("personnel.elect.n/a", "选举", "election", "people elect someone", "voter candidate place"),
    event("personnel.elect.winelection", "当选", "election win", "someone wins an election", "voter candidate place"),
    event("personnel.endposition.n/a", "离职", "end of position", "someone leaves a position", JOB),
    event("personnel.endposition.firinglayoff", "解雇", "dismissal", "someone is dismissed", JOB),
    event(
        "personnel.endposition.quitretire", "辞职或退休", "resignation or retirement", "someone resigns or retires", JOB
    ),
    event("personnel.startposition.n/a", "就职", "start of position", "someone takes up a position", JOB),
    event("personnel.startposition.hiring", "雇用", "hiring", "someone is hired", JOB),
    event(
        "transaction.transaction.n/a",
        "交易",
        "transaction",
        "parties do business, or something changes hands",
        "participant beneficiary place",
    ),
    event(
        "transaction.transaction.embargosanction",
        "禁运或制裁",
        "embargo or sanctions",
        "trade is restricted as a sanction",
        "preventer giver recipient artifactmoney place",
    ),
    event(
        "transaction.transaction.giftgrantprovideaid",
        "赠与或援助",
        "gift, grant or aid",
        "something is given or aid provided",
        "giver recipient beneficiary place",
    ),
    event(
        "transaction.transaction.transfercontrol",
        "转移控制权",
        "transfer of control",
        "control of a territory or facility passes to another",
        "giver recipient beneficiary territoryorfacility place",
    ),
    event(
        "transaction.transfermoney.n/a",
        "资金转移",
        "transfer of money",
        "money passes from one party to another",
        PAYMENT,
    ),
    event("transaction.transfermoney.borrowlend", "借贷资金", "loan of money", "money is lent", PAYMENT),
    event(
        "transaction.transfermoney.embargosanction",
        "资金禁运或制裁",
        "embargo on money",
        "money is frozen or held back as a sanction",
        "preventer giver recipient money place",
    ),
    event(
        "transaction.transfermoney.giftgrantprovideaid",
        "捐款或资金援助",
        "gift or grant of money",
        "money is given or granted",
        PAYMENT,
    ),
    event(
        "transaction.transfermoney.payforservice",
        "支付服务费",
        "payment for a service",
        "money is paid for a service",
        PAYMENT,
    ),
    event(
        "transaction.transfermoney.purchase", "付款购买", "payment for a purchase", "money is paid for goods", PAYMENT
    ),
    event(
        "transaction.transferownership.n/a",
        "所有权转移",
        "transfer of ownership",
        "a thing passes from one owner to another",
        HANDOVER,
    ),
    event("transaction.transferownership.borrowlend", "借贷物品", "loan of artifacts", "a thing is lent", HANDOVER),
    event(
        "transaction.transferownership.embargosanction",
        "物品禁运或制裁",
        "embargo on artifacts",
        "the supply of things is stopped as a sanction",
        "preventer giver recipient artifact place",
    ),
    event(
        "transaction.transferownership.giftgrantprovideaid",
        "赠送或援助物品",
        "gift or grant of artifacts",
        "a thing is given",
        HANDOVER,
    ),
    event("transaction.transferownership.purchase", "购买物品", "purchase of artifacts", "a thing is bought", HANDOVER),
)

CORPUS = Corpus(
    name="rams",
    title="RAMS 1.0",
    language="en",
    domain="news",
    domain_zh="新闻",
    tasks=("EEA",),
    homepage="https://nlp.jhu.edu/rams/",
    citation="""@inproceedings{ebner-etal-2020-multi,
  title = {Multi-Sentence Argument Linking},
  author = {Ebner, Seth and Xia, Patrick and Culkin, Ryan and Rawlins, Kyle and Van Durme, Benjamin},
  booktitle = {Proceedings of the 58th Annual Meeting of the Association for Computational Linguistics},
  year = {2020}, url = {https://arxiv.org/abs/1911.03766},
}""",
    licence=Licence("unknown", redistribute=False, terms="Not stated in the copy at hand; the texts are news."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(events=EVENTS),
    description="Windows of up to five sentences of news around one event of 139 types, whose arguments may be in any.",
    annotation="By crowd workers.",
    verified="original",
    published={"train": Totals(7329, events=7329), "dev": Totals(924, events=924), "test": Totals(871, events=871)},
    published_source="Ebner et al. (2020)",
    expect={
        "dev": Totals(924, 0, 0, 924, 2182, drops={"repeated annotation": 6}),
        "test": Totals(871, 0, 0, 871, 2016, drops={"repeated annotation": 7}),
    },
    differences="Splits agree; the train file has not been read here.",
    differences_zh="各部分一致；训练文件未在此读过。",
    defects={"repeated annotation": "One span is given as both participants of an event: it is kept once."},
)
