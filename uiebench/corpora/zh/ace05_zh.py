"""ACE 2005, Chinese part: entities, relations and events in broadcast news, newswire and weblogs.

Native form: a text ``<name>.sgm`` and its annotation ``<name>.apf.xml``, whose offsets count the text
without its tags; see `uiebench.formats.apf`, which also says what is not kept:

    <BODY><TEXT><TURN>
    临湖市市长贺沉昨天会见了
    远山公司总裁。
    </TURN></TEXT></BODY>

    <entity ID="E1" TYPE="PER" SUBTYPE="Individual" CLASS="SPC">
      <entity_mention ID="E1-1" TYPE="NOM" LDCTYPE="NOM">
        <extent><charseq START="…" END="…">临湖市市长</charseq></extent>
        <head><charseq START="…" END="…">市长</charseq></head>
      </entity_mention>
    </entity>

Entity mentions, the ends of relations and the arguments of events are heads (市长), as in the usual
evaluation of relations and events, not full extents (临湖市市长). A document is a whole text; its wrapped
lines are joined. The eight roles for times (Time-Within, Time-Starting, …) are one, ``Time``, as in the
guidelines. An event type has the roles of the guidelines, completed by those that published tables of
the English part list; an argument in another role is left out and counted. Of the three annotations of
a text only the adjudicated one (``adj``) is read. Read only in samples of the documented form.
"""

from uiebench.formats import apf
from uiebench.types import Corpus, EventLabel, Label, Licence, Manual, RelationLabel, Schema, Split, Totals

TRAIN = Manual(
    "data/Chinese",
    "License ACE 2005 Multilingual Training Corpus (LDC2006T06) from the Linguistic Data Consortium, unpack "
    "ace_2005_td_v7_LDC2006T06.tgz and put its folder data/Chinese here, as data/Chinese.",
    "https://catalog.ldc.upenn.edu/LDC2006T06",
    members=("*/adj/*.sgm", "*/adj/*.apf.xml"),
)

ENTITIES = (
    Label("PER", "人物", "person", description="个人或人群，包括姓名、称谓和代词"),
    Label("ORG", "组织机构", "organization", description="公司、政府部门、学校、团体等有组织的机构"),
    Label("GPE", "地缘政治实体", "geopolitical entity", description="国家、省、市等有政府和居民的地区"),
    Label("LOC", "地理位置", "location", description="山川、海洋、区域等没有政府的地理位置"),
    Label("FAC", "设施", "facility", description="建筑物、道路、机场等人造设施"),
    Label("WEA", "武器", "weapon", description="用于伤人或毁物的器具"),
    Label("VEH", "交通工具", "vehicle", description="运载人或物的工具"),
)

PLACES = ("FAC", "GPE", "LOC")


def relation(name: str, zh: str, en: str, heads: tuple[str, ...], tails: tuple[str, ...]) -> RelationLabel:
    """A relation type and the entity types it joins."""
    return RelationLabel(name, zh, en, heads=heads, tails=tails)


RELATIONS = (
    relation("PHYS:Located", "位于", "located in", ("PER",), PLACES),
    relation("PHYS:Near", "邻近", "proximity", ("PER", *PLACES), PLACES),
    relation("PART-WHOLE:Geographical", "地理隶属", "geographical part of", PLACES, PLACES),
    RelationLabel(
        "PART-WHOLE:Subsidiary",
        "下属机构",
        "subsidiary of",
        "parent organization",
        heads=("ORG",),
        tails=("ORG", "GPE"),
    ),
    relation("PART-WHOLE:Artifact", "部件", "part of artifact", ("VEH", "WEA"), ("VEH", "WEA")),
    relation("PER-SOC:Business", "业务往来", "business associate", ("PER",), ("PER",)),
    relation("PER-SOC:Family", "亲属", "family", ("PER",), ("PER",)),
    relation("PER-SOC:Lasting-Personal", "长期私人关系", "lasting personal relation", ("PER",), ("PER",)),
    relation("ORG-AFF:Employment", "雇佣于", "employer", ("PER",), ("ORG", "GPE")),
    relation("ORG-AFF:Ownership", "所有", "owner of organization", ("PER",), ("ORG",)),
    relation("ORG-AFF:Founder", "创办", "founder of", ("PER", "ORG"), ("ORG", "GPE")),
    relation("ORG-AFF:Student-Alum", "就读或毕业于", "alma mater", ("PER",), ("ORG",)),
    relation("ORG-AFF:Sports-Affiliation", "所属运动队", "sports team", ("PER",), ("ORG",)),
    relation("ORG-AFF:Investor-Shareholder", "投资", "investor in", ("PER", "ORG", "GPE"), ("ORG", "GPE")),
    relation("ORG-AFF:Membership", "成员", "member of", ("PER", "ORG", "GPE"), ("ORG",)),
    relation(
        "ART:User-Owner-Inventor-Manufacturer",
        "使用拥有或制造",
        "user or owner or maker",
        ("PER", "ORG", "GPE"),
        ("FAC", "WEA", "VEH"),
    ),
    relation(
        "GEN-AFF:Citizen-Resident-Religion-Ethnicity",
        "国籍居住地或宗教民族",
        "citizenship or residence or ethnicity",
        ("PER",),
        ("PER", "LOC", "GPE", "ORG"),
    ),
    relation("GEN-AFF:Org-Location", "机构所在地", "location of organization", ("ORG",), ("LOC", "GPE")),
)

ROLES = {
    role.name: role
    for role in (
        Label("Adjudicator", "裁决者", "adjudicator"),
        Label("Agent", "施事者", "agent"),
        Label("Artifact", "物品或人员", "artifact", description="被运送的人或物，或被转让的物品"),
        Label("Attacker", "攻击者", "attacker"),
        Label("Beneficiary", "受益者", "beneficiary"),
        Label("Buyer", "买方", "buyer"),
        Label("Crime", "罪名", "crime"),
        Label("Defendant", "被告", "defendant"),
        Label("Destination", "目的地", "destination"),
        Label("Entity", "参与方", "participant", description="会面、示威、通信、任免、选举或受罚的一方"),
        Label("Giver", "给予者", "giver"),
        Label("Instrument", "工具", "instrument"),
        Label("Money", "金额", "amount"),
        Label("Org", "组织", "organization"),
        Label("Origin", "出发地", "origin"),
        Label("Person", "人物", "person"),
        Label("Place", "地点", "place"),
        Label("Plaintiff", "原告", "plaintiff"),
        Label("Position", "职位", "position"),
        Label("Price", "价格", "price"),
        Label("Prosecutor", "起诉方", "prosecutor"),
        Label("Recipient", "接收者", "recipient"),
        Label("Seller", "卖方", "seller"),
        Label("Sentence", "刑罚", "sentence"),
        Label("Target", "攻击目标", "target"),
        Label("Time", "时间", "time"),
        Label("Vehicle", "交通工具", "vehicle"),
        Label("Victim", "受害者", "victim"),
    )
}


def event(name: str, zh: str, en: str, roles: str) -> EventLabel:
    """An event type; every event also has a time."""
    return EventLabel(name, zh, en, roles=tuple(ROLES[role] for role in [*roles.split(), "Time"]))


EVENTS = (
    event("Life:Be-Born", "出生", "birth", "Person Place"),
    event("Life:Marry", "结婚", "marriage", "Person Place"),
    event("Life:Divorce", "离婚", "divorce", "Person Place"),
    event("Life:Injure", "受伤", "injury", "Agent Victim Instrument Place"),
    event("Life:Die", "死亡", "death", "Agent Victim Person Instrument Place"),
    event("Movement:Transport", "运送或移动", "transport", "Agent Artifact Vehicle Price Origin Destination"),
    event(
        "Transaction:Transfer-Ownership",
        "所有权转移",
        "transfer of ownership",
        "Buyer Seller Beneficiary Artifact Price Place",
    ),
    event("Transaction:Transfer-Money", "资金转移", "transfer of money", "Giver Recipient Beneficiary Money Place"),
    event("Business:Start-Org", "机构成立", "start of organization", "Agent Org Place"),
    event("Business:Merge-Org", "机构合并", "merger of organizations", "Org Place"),
    event("Business:Declare-Bankruptcy", "宣布破产", "bankruptcy", "Org Place"),
    event("Business:End-Org", "机构解散", "end of organization", "Org Place"),
    event("Conflict:Attack", "攻击", "attack", "Attacker Target Instrument Agent Victim Place"),
    event("Conflict:Demonstrate", "示威", "demonstration", "Entity Place"),
    event("Contact:Meet", "会面", "meeting", "Entity Place"),
    event("Contact:Phone-Write", "电话或书信联系", "phone call or correspondence", "Entity Place"),
    event("Personnel:Start-Position", "就职", "start of position", "Person Entity Position Place"),
    event("Personnel:End-Position", "离职", "end of position", "Person Entity Position Place"),
    event("Personnel:Nominate", "提名", "nomination", "Person Agent Position Place"),
    event("Personnel:Elect", "选举", "election", "Person Entity Position Place"),
    event("Justice:Arrest-Jail", "逮捕或监禁", "arrest or imprisonment", "Person Agent Crime Place"),
    event("Justice:Release-Parole", "释放或假释", "release or parole", "Person Entity Crime Place"),
    event("Justice:Trial-Hearing", "审判或听证", "trial or hearing", "Defendant Prosecutor Adjudicator Crime Place"),
    event(
        "Justice:Charge-Indict", "指控或公诉", "charge or indictment", "Defendant Prosecutor Adjudicator Crime Place"
    ),
    event("Justice:Sue", "诉讼", "lawsuit", "Plaintiff Defendant Adjudicator Crime Place"),
    event("Justice:Convict", "定罪", "conviction", "Defendant Adjudicator Crime Place"),
    event("Justice:Sentence", "判刑", "sentencing", "Defendant Adjudicator Crime Sentence Place"),
    event("Justice:Fine", "罚款", "fine", "Entity Adjudicator Crime Money Place"),
    event("Justice:Execute", "处决", "execution", "Person Agent Crime Place"),
    event("Justice:Extradite", "引渡", "extradition", "Agent Person Crime Origin Destination"),
    event("Justice:Acquit", "宣判无罪", "acquittal", "Defendant Adjudicator Crime Place"),
    event("Justice:Pardon", "赦免", "pardon", "Defendant Adjudicator Crime Place"),
    event("Justice:Appeal", "上诉", "appeal", "Plaintiff Defendant Prosecutor Adjudicator Crime Place"),
)


def one_time(role: str) -> str:
    """The role, the eight for times as one."""
    return "Time" if role.startswith("Time-") else role


CORPUS = Corpus(
    name="ace05_zh",
    title="ACE 2005 Chinese",
    language="zh",
    domain="news and weblogs",
    domain_zh="新闻、博客",
    tasks=("NER", "RE", "EE"),
    homepage="https://catalog.ldc.upenn.edu/LDC2006T06",
    citation="""@misc{walker-etal-2006-ace,
  title = {{ACE} 2005 Multilingual Training Corpus},
  author = {Walker, Christopher and Strassel, Stephanie and Medero, Julie and Maeda, Kazuaki},
  year = {2006}, publisher = {Linguistic Data Consortium}, note = {LDC2006T06},
  url = {https://catalog.ldc.upenn.edu/LDC2006T06},
}""",
    licence=Licence(
        "LDC User Agreement",
        redistribute=False,
        url="https://catalog.ldc.upenn.edu/LDC2006T06",
        terms="Licensed by the Linguistic Data Consortium; the texts may not be passed on.",
    ),
    splits=(Split("train", (TRAIN,)),),
    read=apf(
        texts="*/adj/*.sgm",
        joiner="",
        role=one_time,
        roles={event.name: {role.name for role in event.roles} for event in EVENTS},
    ),
    schema=Schema(entities=ENTITIES, relations=RELATIONS, events=EVENTS),
    description="Chinese newswire, broadcast news and weblogs with 7 entity types, 18 relations and 33 event types.",
    verified="sample",
    published={"train": Totals(633)},
    published_source="documentation of LDC2006T06",
    differences="There is no official split; papers cut the 633 documents in different ways.",
    differences_zh="没有官方划分，各论文对这 633 篇的划分各不相同。",
)
