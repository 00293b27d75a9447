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
type is not said. What the corpus measures is which arguments the given event has, also in other sentences
(EEA); its triggers are kept so that nothing is lost.

The types and their roles are those of the authors' scorer. ``n/a`` is the event without further detail.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from uiebench.formats import Tokens, json_records
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
        Label("artifact", "物品", "artifact"),
        Label("artifactmoney", "物品或钱款", "artifact or money"),
        Label("attacker", "攻击者", "attacker"),
        Label("ballot", "选票", "ballot"),
        Label("beneficiary", "受益者", "beneficiary"),
        Label("candidate", "候选人", "candidate"),
        Label("communicator", "发言者", "communicator"),
        Label("crashobject", "被撞物", "crash object"),
        Label("crime", "罪行", "crime"),
        Label("damager", "损坏者", "damager"),
        Label("damagerdestroyer", "损毁者", "damager or destroyer"),
        Label("deceased", "死者", "deceased"),
        Label("defendant", "被告", "defendant"),
        Label("demonstrator", "示威者", "demonstrator"),
        Label("destination", "目的地", "destination"),
        Label("destroyer", "摧毁者", "destroyer"),
        Label("detainee", "被拘者", "detainee"),
        Label("driverpassenger", "司机或乘客", "driver or passenger"),
        Label("employee", "雇员", "employee"),
        Label("executioner", "行刑者", "executioner"),
        Label("extraditer", "引渡方", "extraditer"),
        Label("fireexplosionobject", "着火或爆炸物", "burning or exploding object"),
        Label("founder", "创立者", "founder"),
        Label("giver", "给予者", "giver"),
        Label("governmentbody", "政府机构", "government body"),
        Label("gpe", "政治实体", "geopolitical entity"),
        Label("granter", "准许者", "granter"),
        Label("hidingplace", "藏匿处", "hiding place"),
        Label("injurer", "伤人者", "injurer"),
        Label("inspectedentity", "被检查对象", "inspected entity"),
        Label("inspector", "检查者", "inspector"),
        Label("instrument", "工具", "instrument"),
        Label("investigator", "调查者", "investigator"),
        Label("jailer", "拘捕者", "jailer"),
        Label("judgecourt", "法官或法院", "judge or court"),
        Label("killer", "杀人者", "killer"),
        Label("law", "法律", "law"),
        Label("manufacturer", "制造者", "manufacturer"),
        Label("money", "金额", "amount"),
        Label("monitor", "监督者", "monitor"),
        Label("monitoredentity", "被监督对象", "monitored entity"),
        Label("observedentity", "被观察对象", "observed entity"),
        Label("observer", "观察者", "observer"),
        Label("origin", "出发地", "origin"),
        Label("otherparticipant", "另一方", "other participant"),
        Label("participant", "参与者", "participant"),
        Label("passenger", "乘客", "passenger"),
        Label("place", "地点", "place"),
        Label("placeofemployment", "雇主", "employer"),
        Label("preventer", "阻止者", "preventer"),
        Label("prosecutor", "起诉方", "prosecutor"),
        Label("recipient", "接收者", "recipient"),
        Label("rejecternullifier", "拒绝或废除者", "rejecter or nullifier"),
        Label("result", "结果", "result"),
        Label("retreater", "撤退者", "retreater"),
        Label("spy", "间谍", "spy"),
        Label("surrenderer", "投降者", "surrenderer"),
        Label("target", "目标", "target"),
        Label("territoryorfacility", "领土或设施", "territory or facility"),
        Label("transporter", "运送者", "transporter"),
        Label("vehicle", "交通工具", "vehicle"),
        Label("victim", "受害者", "victim"),
        Label("violator", "违约者", "violator"),
        Label("voter", "投票者", "voter"),
        Label("yielder", "退让者", "yielder"),
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


def event(name: str, zh: str, en: str, roles: str) -> EventLabel:
    """An event type and its roles."""
    return EventLabel(name, zh, en, roles=tuple(ROLES[role] for role in roles.split()))


EVENTS = (
    event(
        "artifactexistence.damagedestroy.n/a",
        "损毁",
        "damage or destruction",
        "damagerdestroyer artifact instrument place",
    ),
    event("artifactexistence.damagedestroy.damage", "损坏", "damage", "damager artifact instrument place"),
    event("artifactexistence.damagedestroy.destroy", "摧毁", "destruction", "destroyer artifact instrument place"),
    event("conflict.attack.n/a", "攻击", "attack", ATTACK),
    event("conflict.attack.airstrikemissilestrike", "空袭或导弹袭击", "air or missile strike", ATTACK),
    event(
        "conflict.attack.biologicalchemicalpoisonattack",
        "生化或投毒袭击",
        "biological, chemical or poison attack",
        ATTACK,
    ),
    event("conflict.attack.bombing", "炸弹袭击", "bombing", ATTACK),
    event("conflict.attack.firearmattack", "枪击", "firearm attack", ATTACK),
    event("conflict.attack.hanging", "绞杀", "hanging", ATTACK),
    event("conflict.attack.invade", "入侵", "invasion", ATTACK),
    event("conflict.attack.selfdirectedbattle", "交战", "battle", ATTACK),
    event("conflict.attack.setfire", "纵火", "arson", ATTACK),
    event("conflict.attack.stabbing", "刺杀", "stabbing", ATTACK),
    event("conflict.attack.stealrobhijack", "盗抢或劫持", "theft, robbery or hijacking", ATTACK + " artifact"),
    event("conflict.attack.strangling", "勒杀", "strangling", ATTACK),
    event("conflict.demonstrate.n/a", "示威", "demonstration", "demonstrator place"),
    event(
        "conflict.demonstrate.marchprotestpoliticalgathering",
        "游行、抗议或政治集会",
        "march, protest or political gathering",
        "demonstrator place",
    ),
    event("conflict.yield.n/a", "退让", "yielding", "yielder recipient place"),
    event("conflict.yield.retreat", "撤退", "retreat", "retreater origin destination"),
    event("conflict.yield.surrender", "投降", "surrender", "surrenderer recipient place"),
    event("contact.collaborate.n/a", "合作", "collaboration", TALK),
    event("contact.collaborate.correspondence", "通信合作", "collaboration by correspondence", TALK),
    event("contact.collaborate.meet", "当面合作", "collaboration in person", TALK),
    event("contact.commandorder.n/a", "命令", "command", MESSAGE),
    event("contact.commandorder.broadcast", "公开命令", "public command", MESSAGE),
    event("contact.commandorder.correspondence", "通信命令", "command by correspondence", MESSAGE),
    event("contact.commandorder.meet", "当面命令", "command in person", MESSAGE),
    event(
        "contact.commitmentpromiseexpressintent.n/a", "承诺或表达意向", "commitment or expression of intent", MESSAGE
    ),
    event(
        "contact.commitmentpromiseexpressintent.broadcast",
        "公开承诺或表达意向",
        "public commitment or expression of intent",
        MESSAGE,
    ),
    event(
        "contact.commitmentpromiseexpressintent.correspondence",
        "通信承诺或表达意向",
        "commitment or expression of intent by correspondence",
        MESSAGE,
    ),
    event(
        "contact.commitmentpromiseexpressintent.meet",
        "当面承诺或表达意向",
        "commitment or expression of intent in person",
        MESSAGE,
    ),
    event("contact.discussion.n/a", "讨论", "discussion", TALK),
    event("contact.discussion.correspondence", "通信讨论", "discussion by correspondence", TALK),
    event("contact.discussion.meet", "当面讨论", "discussion in person", TALK),
    event("contact.funeralvigil.n/a", "葬礼或守夜", "funeral or vigil", "participant deceased place"),
    event("contact.funeralvigil.meet", "亲临葬礼或守夜", "funeral or vigil in person", "participant deceased place"),
    event("contact.mediastatement.n/a", "媒体声明", "media statement", MESSAGE),
    event("contact.mediastatement.broadcast", "公开媒体声明", "broadcast media statement", MESSAGE),
    event("contact.negotiate.n/a", "谈判", "negotiation", TALK),
    event("contact.negotiate.correspondence", "通信谈判", "negotiation by correspondence", TALK),
    event("contact.negotiate.meet", "当面谈判", "negotiation in person", TALK),
    event("contact.prevarication.n/a", "欺瞒", "prevarication", MESSAGE),
    event("contact.prevarication.broadcast", "公开欺瞒", "public prevarication", MESSAGE),
    event("contact.prevarication.correspondence", "通信欺瞒", "prevarication by correspondence", MESSAGE),
    event("contact.prevarication.meet", "当面欺瞒", "prevarication in person", MESSAGE),
    event("contact.publicstatementinperson.n/a", "当众发言", "public statement in person", MESSAGE),
    event(
        "contact.publicstatementinperson.broadcast", "当众发言并播出", "broadcast public statement in person", MESSAGE
    ),
    event("contact.requestadvise.n/a", "请求或建议", "request or advice", MESSAGE),
    event("contact.requestadvise.broadcast", "公开请求或建议", "public request or advice", MESSAGE),
    event("contact.requestadvise.correspondence", "通信请求或建议", "request or advice by correspondence", MESSAGE),
    event("contact.requestadvise.meet", "当面请求或建议", "request or advice in person", MESSAGE),
    event("contact.threatencoerce.n/a", "威胁或胁迫", "threat or coercion", MESSAGE),
    event("contact.threatencoerce.broadcast", "公开威胁或胁迫", "public threat or coercion", MESSAGE),
    event("contact.threatencoerce.correspondence", "通信威胁或胁迫", "threat or coercion by correspondence", MESSAGE),
    event("contact.threatencoerce.meet", "当面威胁或胁迫", "threat or coercion in person", MESSAGE),
    event(
        "disaster.accidentcrash.accidentcrash",
        "事故或碰撞",
        "accident or crash",
        "driverpassenger vehicle crashobject place",
    ),
    event(
        "disaster.fireexplosion.fireexplosion",
        "火灾或爆炸",
        "fire or explosion",
        "fireexplosionobject instrument place",
    ),
    event("government.agreements.n/a", "协议", "agreement", TALK),
    event(
        "government.agreements.acceptagreementcontractceasefire",
        "接受协议、合同或停火",
        "acceptance of an agreement, contract or ceasefire",
        TALK,
    ),
    event(
        "government.agreements.rejectnullifyagreementcontractceasefire",
        "拒绝或废除协议、合同或停火",
        "rejection of an agreement, contract or ceasefire",
        "rejecternullifier otherparticipant place",
    ),
    event(
        "government.agreements.violateagreement",
        "违反协议",
        "violation of an agreement",
        "violator otherparticipant place",
    ),
    event("government.formation.n/a", "政治实体组建", "formation of a state", "gpe founder place"),
    event("government.formation.mergegpe", "政治实体合并", "merger of states", TALK),
    event("government.formation.startgpe", "政治实体成立", "founding of a state", "gpe founder place"),
    event("government.legislate.legislate", "立法", "legislation", "governmentbody law place"),
    event("government.spy.spy", "间谍活动", "spying", "spy observedentity beneficiary place"),
    event("government.vote.n/a", "表决", "vote", "voter candidate ballot result place"),
    event("government.vote.castvote", "投票", "casting of votes", "voter candidate ballot result place"),
    event(
        "government.vote.violationspreventvote",
        "阻止投票",
        "prevention of voting",
        "preventer voter candidate ballot place",
    ),
    event("inspection.sensoryobserve.n/a", "观察", "observation", "observer observedentity place"),
    event(
        "inspection.sensoryobserve.inspectpeopleorganization",
        "检查人员或机构",
        "inspection of people or organizations",
        "inspector inspectedentity place",
    ),
    event(
        "inspection.sensoryobserve.monitorelection",
        "监督选举",
        "monitoring of an election",
        "monitor monitoredentity place",
    ),
    event(
        "inspection.sensoryobserve.physicalinvestigateinspect",
        "实地检查",
        "physical inspection",
        "inspector inspectedentity place",
    ),
    event(
        "justice.arrestjaildetain.arrestjaildetain", "逮捕或拘禁", "arrest or detention", "jailer detainee crime place"
    ),
    event("justice.initiatejudicialprocess.n/a", "启动司法程序", "start of judicial proceedings", JUDICIAL),
    event("justice.initiatejudicialprocess.chargeindict", "指控或起诉", "charge", JUDICIAL),
    event("justice.initiatejudicialprocess.trialhearing", "审判", "trial", JUDICIAL),
    event("justice.investigate.n/a", "司法调查", "judicial investigation", "investigator defendant place"),
    event(
        "justice.investigate.investigatecrime",
        "调查犯罪",
        "criminal investigation",
        "investigator defendant crime place",
    ),
    event("justice.judicialconsequences.n/a", "司法后果", "judicial consequence", "judgecourt defendant crime place"),
    event("justice.judicialconsequences.convict", "定罪", "conviction", "judgecourt defendant crime place"),
    event("justice.judicialconsequences.execute", "处决", "execution", "executioner defendant crime place"),
    event(
        "justice.judicialconsequences.extradite", "引渡", "extradition", "extraditer defendant crime origin destination"
    ),
    event("life.die.n/a", "死亡", "death", "victim place"),
    event("life.die.deathcausedbyviolentevents", "暴力致死", "violent death", "killer victim instrument place"),
    event("life.die.nonviolentdeath", "非暴力死亡", "non-violent death", "victim place"),
    event("life.injure.n/a", "受伤", "injury", "victim injurer place"),
    event(
        "life.injure.illnessdegradationhungerthirst", "饥渴所致病弱", "illness from hunger or thirst", "victim place"
    ),
    event("life.injure.illnessdegradationphysical", "身体疾病或衰弱", "physical illness or degradation", "victim"),
    event(
        "life.injure.injurycausedbyviolentevents", "暴力致伤", "injury by violence", "injurer victim instrument place"
    ),
    event("manufacture.artifact.n/a", "制造", "manufacture", MAKING),
    event("manufacture.artifact.build", "建造", "building", MAKING),
    event(
        "manufacture.artifact.createintellectualproperty", "创作知识产权", "creation of intellectual property", MAKING
    ),
    event("manufacture.artifact.createmanufacture", "生产", "production", MAKING),
    event("movement.transportartifact.n/a", "运送物品", "transport of artifacts", FREIGHT),
    event(
        "movement.transportartifact.bringcarryunload", "携带或装卸物品", "carrying or unloading of artifacts", FREIGHT
    ),
    event("movement.transportartifact.disperseseparate", "散布或分离物品", "dispersal of artifacts", FREIGHT),
    event("movement.transportartifact.fall", "物品坠落", "fall of artifacts", "artifact origin destination"),
    event(
        "movement.transportartifact.grantentry",
        "准许物品进入",
        "grant of entry to artifacts",
        "transporter artifact origin destination",
    ),
    event(
        "movement.transportartifact.hide",
        "藏匿物品",
        "hiding of artifacts",
        "transporter artifact hidingplace vehicle origin",
    ),
    event(
        "movement.transportartifact.nonviolentthrowlaunch",
        "投掷或发射物品",
        "throwing or launching of artifacts",
        FREIGHT,
    ),
    event(
        "movement.transportartifact.prevententry",
        "阻止物品进入",
        "prevention of entry of artifacts",
        "preventer transporter artifact origin destination",
    ),
    event(
        "movement.transportartifact.preventexit",
        "阻止物品运出",
        "prevention of exit of artifacts",
        "preventer transporter artifact origin destination",
    ),
    event("movement.transportartifact.receiveimport", "接收或进口物品", "import of artifacts", FREIGHT),
    event(
        "movement.transportartifact.sendsupplyexport",
        "发送、供应或出口物品",
        "sending, supply or export of artifacts",
        FREIGHT,
    ),
    event("movement.transportartifact.smuggleextract", "走私物品", "smuggling of artifacts", FREIGHT),
    event("movement.transportperson.n/a", "运送人员", "transport of persons", TRAVEL),
    event("movement.transportperson.bringcarryunload", "携带或送达人员", "bringing of persons", TRAVEL),
    event("movement.transportperson.disperseseparate", "驱散或分离人员", "dispersal of persons", TRAVEL),
    event("movement.transportperson.evacuationrescue", "撤离或营救", "evacuation or rescue", TRAVEL),
    event("movement.transportperson.fall", "人员坠落", "fall of persons", "passenger origin destination"),
    event(
        "movement.transportperson.grantentryasylum",
        "准许入境或庇护",
        "grant of entry or asylum",
        "granter transporter passenger origin destination",
    ),
    event(
        "movement.transportperson.hide",
        "藏匿人员",
        "hiding of persons",
        "transporter passenger hidingplace vehicle origin",
    ),
    event(
        "movement.transportperson.prevententry",
        "阻止人员进入",
        "prevention of entry of persons",
        "preventer transporter passenger origin destination",
    ),
    event(
        "movement.transportperson.preventexit",
        "阻止人员离开",
        "prevention of exit of persons",
        "preventer transporter passenger origin destination",
    ),
    event(
        "movement.transportperson.selfmotion",
        "自行移动",
        "movement of oneself",
        "transporter vehicle origin destination",
    ),
    event("movement.transportperson.smuggleextract", "偷运人员", "smuggling of persons", TRAVEL),
    event("personnel.elect.n/a", "选举", "election", "voter candidate place"),
    event("personnel.elect.winelection", "当选", "election win", "voter candidate place"),
    event("personnel.endposition.n/a", "离职", "end of position", JOB),
    event("personnel.endposition.firinglayoff", "解雇", "dismissal", JOB),
    event("personnel.endposition.quitretire", "辞职或退休", "resignation or retirement", JOB),
    event("personnel.startposition.n/a", "就职", "start of position", JOB),
    event("personnel.startposition.hiring", "雇用", "hiring", JOB),
    event("transaction.transaction.n/a", "交易", "transaction", "participant beneficiary place"),
    event(
        "transaction.transaction.embargosanction",
        "禁运或制裁",
        "embargo or sanctions",
        "preventer giver recipient artifactmoney place",
    ),
    event(
        "transaction.transaction.giftgrantprovideaid",
        "赠与或援助",
        "gift, grant or aid",
        "giver recipient beneficiary place",
    ),
    event(
        "transaction.transaction.transfercontrol",
        "转移控制权",
        "transfer of control",
        "giver recipient beneficiary territoryorfacility place",
    ),
    event("transaction.transfermoney.n/a", "资金转移", "transfer of money", PAYMENT),
    event("transaction.transfermoney.borrowlend", "借贷资金", "loan of money", PAYMENT),
    event(
        "transaction.transfermoney.embargosanction",
        "资金禁运或制裁",
        "embargo on money",
        "preventer giver recipient money place",
    ),
    event("transaction.transfermoney.giftgrantprovideaid", "捐款或资金援助", "gift or grant of money", PAYMENT),
    event("transaction.transfermoney.payforservice", "支付服务费", "payment for a service", PAYMENT),
    event("transaction.transfermoney.purchase", "付款购买", "payment for a purchase", PAYMENT),
    event("transaction.transferownership.n/a", "所有权转移", "transfer of ownership", HANDOVER),
    event("transaction.transferownership.borrowlend", "借贷物品", "loan of artifacts", HANDOVER),
    event(
        "transaction.transferownership.embargosanction",
        "物品禁运或制裁",
        "embargo on artifacts",
        "preventer giver recipient artifact place",
    ),
    event(
        "transaction.transferownership.giftgrantprovideaid", "赠送或援助物品", "gift or grant of artifacts", HANDOVER
    ),
    event("transaction.transferownership.purchase", "购买物品", "purchase of artifacts", HANDOVER),
)

CORPUS = Corpus(
    name="rams",
    title="RAMS 1.0",
    language="en",
    domain="news",
    domain_zh="新闻",
    tasks=("EE",),
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
