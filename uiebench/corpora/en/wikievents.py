"""WikiEvents: entities and events of the KAIROS ontology in whole English news articles.

Native form: JSON lines, one article a line. Mentions count the tokens of the article, the end is the one
after the last; a sentence is a pair of tokens (with the characters they had in the source) and its text:

    {"doc_id": "a_1", "tokens": ["A", "bomb", "exploded", "."], "text": "A bomb exploded.",
     "sentences": [[[["A", 0, 1], ["bomb", 2, 6], ["exploded", 7, 15], [".", 15, 16]], "A bomb exploded."]],
     "entity_mentions": [{"id": "a_1-T1", "sent_idx": 0, "start": 1, "end": 2, "entity_type": "WEA",
                          "mention_type": "UNK", "text": "bomb"}],
     "relation_mentions": [],
     "event_mentions": [{"id": "a_1-E1", "event_type": "Conflict.Attack.DetonateExplode",
       "trigger": {"start": 2, "end": 3, "text": "exploded", "sent_idx": 0},
       "arguments": [{"entity_id": "a_1-T1", "role": "ExplosiveDevice", "text": "bomb"}]}]}

``text`` glues the sentences together without anything between them. A document here is a whole article with
one sentence a line, untokenized: the characters of the tokens are exact within their sentence. Mentions
are names, and heads of noun phrases (general, not a major general), pronouns among them.

An argument is the mention that ``entity_id`` names. The authors also score the most informative mention of
the same entity (by the files in ``coref``), often a name in another sentence; that is not read.

The names of the types are spelt as in the data: 50 event types with 59 roles, those known to occur in any
split; entity types are the 24 of the ontology and CRM, which occurs without being in it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.corpora.event_labels import event_labels
from uiebench.formats import json_records
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
    "https://raw.githubusercontent.com/LWL-cpu/SCPRG-master/c420d22df66df436227ea223b389533ea7df7fc7/data/wikievents/"
)
TRAIN = Download("train.jsonl", "https://gen-arg-data.s3.us-east-2.amazonaws.com/wikievents/data/train.jsonl")
DEV = Download(
    "dev.jsonl",
    BASE + "dev.jsonl",
    sha256="74a6cbef44c44f1add6882e54f0a966f0f1a35cc260f3079de1fe4312eabe285",
    bytes=946406,
)
TEST = Download(
    "test.jsonl",
    BASE + "test.jsonl",
    sha256="e8778d56ef63ab05c8d16dec665bd3f8c6bd937915411ad2ee79d1040b3738ef",
    bytes=1087001,
)


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Articles with their entities and events."""
    for path in files:
        for record in json_records(path, ledger):
            try:
                lines, places = [], list[tuple[int, int]]()
                at = 0
                for tokens, line in record["sentences"]:
                    shift = at - tokens[0][1] if tokens else 0
                    places += [(start + shift, end + shift) for _, start, end in tokens]
                    lines.append(line)
                    at += len(line) + 1
                mentions: dict[str, Entity] = {}
                for found in record["entity_mentions"]:
                    start, end = places[found["start"]][0], places[found["end"] - 1][1]
                    mentions[found["id"]] = Entity(found["text"], start, end, found["entity_type"])
                events = []
                for found in record["event_mentions"]:
                    trigger = found["trigger"]
                    start, end = places[trigger["start"]][0], places[trigger["end"] - 1][1]
                    arguments = []
                    for part in found["arguments"]:
                        entity = mentions[part["entity_id"]]
                        arguments.append(Argument(part["text"], entity.start, entity.end, part["role"]))
                    events.append(Event(found["event_type"], Span(trigger["text"], start, end), tuple(arguments)))
            except (KeyError, IndexError, TypeError, ValueError) as error:
                raise ledger.malformed(str(record), f"a record of WikiEvents ({error!r})") from None
            yield Document("", "\n".join(lines), tuple(mentions.values()), events=tuple(events))


ENTITIES = (
    Label("PER", "人物", "person", description="a person or a group of persons"),
    Label("ORG", "组织机构", "organization", description="companies, agencies, parties and other organizations"),
    Label("GPE", "地缘政治实体", "geopolitical entity", description="countries, provinces, cities with a government"),
    Label("LOC", "地理位置", "location", description="areas, landmasses and waters without a government"),
    Label("FAC", "设施", "facility", description="buildings and other structures made by people"),
    Label("SID", "阵营", "side", description="a political, religious or other side of a conflict"),
    Label("WEA", "武器", "weapon", description="weapons and ammunition"),
    Label("VEH", "交通工具", "vehicle", description="things that carry people or goods"),
    Label("COM", "商品或物品", "product", description="tangible things, whether for sale or not"),
    Label("ABS", "抽象制品", "abstract artifact", description="software, contracts and other things one cannot touch"),
    Label("INF", "信息", "information", description="fields of study, topics, opinions"),
    Label("LAW", "法律", "law", description="laws, treaties and rules"),
    Label("CRM", "罪行", "crime", description="crimes that someone commits or is charged with"),
    Label("SEN", "刑罚", "penalty", description="the punishment that a court gives"),
    Label("MON", "金额", "money", description="sums of money"),
    Label("VAL", "数值", "value", description="numbers and other values, such as colours or addresses of sites"),
    Label("TTL", "职位", "job title", description="offices, ranks and occupations"),
    Label("MHI", "健康问题", "health issue", description="diseases, injuries, symptoms and other medical conditions"),
    Label("PTH", "病原体", "pathogen", description="viruses, bacteria and other causes of disease"),
    Label("BOD", "身体部位", "body part", description="parts of a body"),
    Label("AML", "动物", "animal", description="animals other than people"),
    Label("PLA", "植物", "plant", description="plants"),
    Label("NAT", "自然资源", "natural resource", description="raw materials such as oil, water and wood"),
    Label("BAL", "选票", "ballot", description="votes that are cast"),
    Label("RES", "选举结果", "election result", description="how an election ends"),
)
ROLES = {
    role.name: role
    for role in (
        Label("AcquiredEntity", "取得物", "acquired entity", description="what is bought or exchanged"),
        Label("Artifact", "物品", "artifact", description="the thing the event is about"),
        Label("ArtifactMoney", "物品或钱款", "artifact or money", description="what is given"),
        Label("Attacker", "攻击者", "attacker", description="who attacks"),
        Label("BodyPart", "身体部位", "body part", description="the part of the body that is hurt"),
        Label("Communicator", "发言者", "communicator", description="who speaks or writes"),
        Label("Components", "部件", "component", description="the parts of the thing"),
        Label("CrashObject", "被撞物", "crash object", description="what the vehicle crashes into"),
        Label("Damager", "损坏者", "damager", description="who or what does the damage"),
        Label("DamagerDestroyer", "损毁者", "damager or destroyer", description="who or what damages or destroys"),
        Label("Defeated", "战败者", "defeated party", description="who loses"),
        Label("Defendant", "被告", "defendant", description="who is accused"),
        Label("Demonstrator", "示威者", "demonstrator", description="who demonstrates"),
        Label("Destination", "目的地", "destination", description="where the move ends"),
        Label("Destroyer", "摧毁者", "destroyer", description="who or what destroys"),
        Label("Detainee", "被拘者", "detainee", description="who is arrested or held"),
        Label("Disabler", "排除者", "disabler", description="who switches off or defuses"),
        Label("Disease", "疾病", "disease", description="the disease that breaks out"),
        Label("Dismantler", "拆解者", "dismantler", description="who takes it apart"),
        Label("Employee", "雇员", "employee", description="who has or leaves the position"),
        Label("ExplosiveDevice", "爆炸装置", "explosive device", description="what explodes"),
        Label("Giver", "给予者", "giver", description="who gives"),
        Label("IdentifiedObject", "被识别对象", "identified object", description="who or what is recognized"),
        Label("IdentifiedRole", "识别结果", "identified role", description="what someone or something is found to be"),
        Label("Identifier", "识别者", "identifier", description="who recognizes"),
        Label("Impeder", "阻碍者", "impeder", description="who or what hinders"),
        Label("Injurer", "伤人者", "injurer", description="who or what injures"),
        Label("Instrument", "工具", "instrument", description="the weapon or means used"),
        Label("Investigator", "调查者", "investigator", description="who investigates"),
        Label("Jailer", "拘捕者", "jailer", description="who arrests or holds"),
        Label("JudgeCourt", "法官或法院", "judge or court", description="the judge or court"),
        Label("Killer", "杀人者", "killer", description="who or what kills"),
        Label("Learner", "学习者", "learner", description="who learns or is trained"),
        Label(
            "ManufacturerAssembler",
            "制造者",
            "manufacturer or assembler",
            description="who makes it or puts it together",
        ),
        Label("ObservedEntity", "被观察对象", "observed entity", description="who or what is seen or inspected"),
        Label("Observer", "观察者", "observer", description="who sees or inspects"),
        Label("Origin", "出发地", "origin", description="where the move begins"),
        Label("Participant", "参与者", "participant", description="a party to the contact"),
        Label("PassengerArtifact", "运送对象", "passenger or artifact", description="who or what is moved"),
        Label("Patient", "患者", "patient", description="who is treated"),
        Label("PaymentBarter", "对价", "payment or barter", description="what is given in return"),
        Label("Perpetrator", "作案者", "perpetrator", description="who commits the crime"),
        Label("Place", "地点", "place", description="where it happens"),
        Label("PlaceOfEmployment", "雇主", "employer", description="for whom the person works"),
        Label("Position", "职位", "job title", description="the office or job"),
        Label("Preventer", "阻止者", "preventer", description="who stops the passage"),
        Label("Prosecutor", "起诉方", "prosecutor", description="who accuses"),
        Label("Recipient", "接收者", "recipient", description="who receives, or is spoken to"),
        Label("Regulator", "维持秩序者", "regulator", description="police or military at a demonstration"),
        Label("Researcher", "研究者", "researcher", description="who studies"),
        Label("Subject", "研究对象", "subject", description="what is studied"),
        Label("Target", "目标", "target", description="who or what is attacked, or protested against"),
        Label("TeacherTrainer", "教师或教练", "teacher or trainer", description="who teaches or trains"),
        Label("Topic", "话题", "topic", description="what is talked or protested about"),
        Label("Transporter", "运送者", "transporter", description="who moves the people or things"),
        Label("Treater", "施治者", "treater", description="who treats"),
        Label("Vehicle", "交通工具", "vehicle", description="what crashes, or what the move is made with"),
        Label("Victim", "受害者", "victim", description="who dies, is hurt or falls ill"),
        Label("Victor", "胜利者", "victor", description="who wins"),
    )
}
event = event_labels(ROLES.values())


EVENTS = (
    event(
        "ArtifactExistence.DamageDestroyDisableDismantle.Damage",
        "损坏",
        "damage",
        "a thing is damaged",
        "Damager Artifact Instrument Place",
    ),
    event(
        "ArtifactExistence.DamageDestroyDisableDismantle.Destroy",
        "摧毁",
        "destruction",
        "a thing is destroyed",
        "Destroyer Artifact Instrument Place",
    ),
    event(
        "ArtifactExistence.DamageDestroyDisableDismantle.DisableDefuse",
        "停用或拆除引信",
        "disabling or defusing",
        "a device is switched off or defused",
        "Disabler Artifact Instrument",
    ),
    event(
        "ArtifactExistence.DamageDestroyDisableDismantle.Dismantle",
        "拆解",
        "dismantling",
        "a thing is taken apart",
        "Dismantler Artifact Components Instrument Place",
    ),
    event(
        "ArtifactExistence.DamageDestroyDisableDismantle.Unspecified",
        "损坏或摧毁",
        "damage or destruction",
        "a thing is damaged, destroyed or put out of action",
        "DamagerDestroyer Artifact Instrument Place",
    ),
    event(
        "ArtifactExistence.ManufactureAssemble.Unspecified",
        "制造或组装",
        "manufacture or assembly",
        "a thing is made or put together",
        "ManufacturerAssembler Artifact Components Place",
    ),
    event(
        "Cognitive.IdentifyCategorize.Unspecified",
        "识别或归类",
        "identification",
        "someone or something is recognized as somebody or something",
        "Identifier IdentifiedObject IdentifiedRole Place",
    ),
    event(
        "Cognitive.Inspection.SensoryObserve",
        "观察或检查",
        "observation",
        "someone sees, inspects or watches something",
        "Observer ObservedEntity Instrument Place",
    ),
    event(
        "Cognitive.Research.Unspecified", "研究", "research", "someone studies a subject", "Researcher Subject Place"
    ),
    event(
        "Cognitive.TeachingTrainingLearning.Unspecified",
        "教学或训练",
        "teaching or training",
        "someone teaches, trains or learns",
        "TeacherTrainer Learner",
    ),
    event(
        "Conflict.Attack.DetonateExplode",
        "引爆",
        "detonation",
        "a bomb or another device explodes or is set off",
        "Attacker Target Instrument ExplosiveDevice Place",
    ),
    event(
        "Conflict.Attack.Unspecified",
        "攻击",
        "attack",
        "someone uses violence against a target",
        "Attacker Target Instrument Place",
    ),
    event(
        "Conflict.Defeat.Unspecified",
        "击败",
        "defeat",
        "one side of a conflict beats the other",
        "Victor Defeated Place",
    ),
    event(
        "Conflict.Demonstrate.DemonstrateWithViolence",
        "暴力示威",
        "violent demonstration",
        "people demonstrate, and there is violence",
        "Demonstrator Regulator",
    ),
    event(
        "Conflict.Demonstrate.Unspecified",
        "示威",
        "demonstration",
        "people demonstrate in public",
        "Demonstrator Regulator Target Topic",
    ),
    event(
        "Contact.Contact.Broadcast",
        "公开发言",
        "public statement",
        "someone speaks or writes to the public",
        "Communicator Recipient Instrument Topic Place",
    ),
    event(
        "Contact.Contact.Correspondence",
        "通信",
        "correspondence",
        "people talk or write to each other from afar",
        "Participant Topic Place",
    ),
    event("Contact.Contact.Meet", "会面", "meeting", "people meet face to face", "Participant Topic Place"),
    event(
        "Contact.Contact.Unspecified",
        "联络",
        "contact",
        "people are in contact, how is not said",
        "Participant Topic Place",
    ),
    event(
        "Contact.RequestCommand.Broadcast",
        "公开要求",
        "public request or command",
        "someone asks or orders in public",
        "Communicator Recipient Topic",
    ),
    event(
        "Contact.RequestCommand.Correspondence",
        "通信要求",
        "request or command by correspondence",
        "someone asks or orders from afar",
        "Communicator Recipient Topic",
    ),
    event(
        "Contact.RequestCommand.Meet",
        "当面要求",
        "request or command in person",
        "someone asks or orders face to face",
        "Communicator Recipient Topic",
    ),
    event(
        "Contact.RequestCommand.Unspecified",
        "要求或命令",
        "request or command",
        "someone asks for something or gives an order",
        "Communicator Recipient Topic Place",
    ),
    event(
        "Contact.ThreatenCoerce.Broadcast",
        "公开威胁",
        "public threat",
        "someone threatens in public",
        "Communicator Recipient",
    ),
    event(
        "Contact.ThreatenCoerce.Correspondence",
        "通信威胁",
        "threat by correspondence",
        "someone threatens from afar",
        "Communicator Recipient",
    ),
    event(
        "Contact.ThreatenCoerce.Unspecified",
        "威胁或胁迫",
        "threat",
        "someone threatens or coerces another",
        "Communicator Recipient",
    ),
    event(
        "Control.ImpedeInterfereWith.Unspecified",
        "阻碍或干扰",
        "interference",
        "someone hinders an action or an event",
        "Impeder Place",
    ),
    event("Disaster.Crash.Unspecified", "碰撞或坠毁", "crash", "a vehicle crashes", "Vehicle CrashObject Place"),
    event(
        "Disaster.DiseaseOutbreak.Unspecified",
        "疾病暴发",
        "disease outbreak",
        "a disease breaks out among people",
        "Victim Disease Place",
    ),
    event(
        "GenericCrime.GenericCrime.GenericCrime",
        "犯罪",
        "crime",
        "someone commits a crime of no other type",
        "Perpetrator Victim Place",
    ),
    event("Justice.Acquit.Unspecified", "宣告无罪", "acquittal", "someone is found not guilty", "Defendant"),
    event(
        "Justice.ArrestJailDetain.Unspecified",
        "逮捕或拘禁",
        "arrest or detention",
        "someone is arrested or held",
        "Jailer Detainee Place",
    ),
    event(
        "Justice.ChargeIndict.Unspecified",
        "指控或起诉",
        "charge",
        "someone is charged with a crime",
        "Prosecutor JudgeCourt Defendant Place",
    ),
    event("Justice.Convict.Unspecified", "定罪", "conviction", "someone is found guilty", "JudgeCourt Defendant"),
    event(
        "Justice.InvestigateCrime.Unspecified",
        "调查犯罪",
        "criminal investigation",
        "the authorities look into a crime",
        "Observer Investigator Defendant ObservedEntity Place",
    ),
    event(
        "Justice.ReleaseParole.Unspecified",
        "释放或假释",
        "release or parole",
        "someone is let out of custody",
        "JudgeCourt Defendant",
    ),
    event(
        "Justice.Sentence.Unspecified", "判刑", "sentencing", "a court sets a punishment", "JudgeCourt Defendant Place"
    ),
    event(
        "Justice.TrialHearing.Unspecified",
        "审判",
        "trial",
        "a court hears a case",
        "Prosecutor JudgeCourt Defendant Place",
    ),
    event("Life.Die.Unspecified", "死亡", "death", "someone dies or is killed", "Killer Victim Place"),
    event("Life.Infect.Unspecified", "感染", "infection", "someone catches a disease", "Victim"),
    event("Life.Injure.Unspecified", "受伤", "injury", "someone is hurt", "Injurer Victim Instrument BodyPart"),
    event(
        "Medical.Intervention.Unspecified",
        "医疗",
        "medical treatment",
        "someone who is ill or hurt is treated",
        "Treater Patient Place",
    ),
    event(
        "Movement.Transportation.Evacuation",
        "撤离",
        "evacuation",
        "people are taken out of danger",
        "Transporter PassengerArtifact Origin Destination",
    ),
    event(
        "Movement.Transportation.IllegalTransportation",
        "非法运送或越境",
        "illegal transport",
        "people or things are moved against the law",
        "Transporter PassengerArtifact Vehicle Destination",
    ),
    event(
        "Movement.Transportation.PreventPassage",
        "阻止通行",
        "prevention of passage",
        "people or things are kept from passing",
        "Transporter Preventer PassengerArtifact Vehicle Origin Destination",
    ),
    event(
        "Movement.Transportation.Unspecified",
        "运送或移动",
        "transport",
        "people or things move or are moved",
        "Transporter PassengerArtifact Vehicle Origin Destination",
    ),
    event(
        "Personnel.EndPosition.Unspecified",
        "离职",
        "end of position",
        "someone leaves a position",
        "Employee PlaceOfEmployment",
    ),
    event(
        "Personnel.StartPosition.Unspecified",
        "就职",
        "start of position",
        "someone takes up a position",
        "Employee PlaceOfEmployment Position Place",
    ),
    event(
        "Transaction.Donation.Unspecified",
        "捐赠",
        "donation",
        "something is given without return",
        "Giver Recipient ArtifactMoney",
    ),
    event(
        "Transaction.ExchangeBuySell.Unspecified",
        "买卖或交换",
        "purchase, sale or exchange",
        "something is bought, sold or exchanged",
        "Giver Recipient AcquiredEntity PaymentBarter",
    ),
)

CORPUS = Corpus(
    name="wikievents",
    title="WikiEvents",
    language="en",
    domain="news",
    domain_zh="新闻",
    tasks=("NER", "EE"),
    homepage="https://github.com/raspberryice/gen-arg",
    citation="""@inproceedings{li-etal-2021-document,
  title = {Document-Level Event Argument Extraction by Conditional Generation},
  author = {Li, Sha and Ji, Heng and Han, Jiawei},
  booktitle = {Proceedings of the 2021 Conference of the North American Chapter of the Association for Computational
    Linguistics: Human Language Technologies},
  year = {2021}, url = {https://arxiv.org/abs/2104.05919},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated for the data; the texts are news."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(entities=ENTITIES, events=EVENTS),
    description="Whole news articles linked from Wikipedia, on attacks, crimes, disasters and what followed.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(206, events=3241), "dev": Totals(20, events=345), "test": Totals(20, events=365)},
    published_source="Li et al. (2021)",
    expect={"dev": Totals(20, 2256, 0, 345, 428), "test": Totals(20, 2673, 0, 364, 563)},
    differences="The test file has 364 events, one less than published; nothing is dropped in reading it. The train "
    "file has not been read here.",
    differences_zh="测试文件有 364 个事件，比公布的少一个；读取时没有丢弃。训练文件未在此读过。",
)
