"""The relations, events and roles of ACE 2005, which its Chinese and English parts share; described in Chinese.

    EVENTS[0]    →  EventLabel("Life:Be-Born", "出生", "birth", roles=(Label("Person", …), Label("Place", …), …))

An event type has the roles of the guidelines, completed by those that published tables of the English part list.
The eight roles for times (Time-Within, Time-Starting, …) are one, ``Time``, and every event has it.
"""

from uiebench.corpora.event_labels import event_labels
from uiebench.types import Label, RelationLabel

PLACES = ("FAC", "GPE", "LOC")


def relation(
    name: str, zh: str, en: str, description: str, heads: tuple[str, ...], tails: tuple[str, ...]
) -> RelationLabel:
    """A relation type and the entity types it joins."""
    return RelationLabel(name, zh, en, description=description, heads=heads, tails=tails)


RELATIONS = (
    relation("PHYS:Located", "位于", "located in", "人物位于尾实体所指的地点", ("PER",), PLACES),
    relation("PHYS:Near", "邻近", "proximity", "头实体在尾实体附近，但不在其中", ("PER", *PLACES), PLACES),
    relation(
        "PART-WHOLE:Geographical",
        "地理隶属",
        "geographical part of",
        "头实体所指的地点或设施是尾实体的一部分",
        PLACES,
        PLACES,
    ),
    RelationLabel(
        "PART-WHOLE:Subsidiary",
        "下属机构",
        "subsidiary of",
        "parent organization",
        heads=("ORG",),
        tails=("ORG", "GPE"),
        description="头实体所指的机构隶属于尾实体",
    ),
    relation("PART-WHOLE:Artifact", "部件", "part of artifact", "头实体是尾实体的部件", ("VEH", "WEA"), ("VEH", "WEA")),
    relation("PER-SOC:Business", "业务往来", "business associate", "两人有工作或业务往来", ("PER",), ("PER",)),
    relation("PER-SOC:Family", "亲属", "family", "两人是亲属", ("PER",), ("PER",)),
    relation(
        "PER-SOC:Lasting-Personal",
        "长期私人关系",
        "lasting personal relation",
        "两人是朋友、恋人、邻居、同学等",
        ("PER",),
        ("PER",),
    ),
    relation("ORG-AFF:Employment", "雇佣于", "employer", "人物受雇于该机构或政府", ("PER",), ("ORG", "GPE")),
    relation("ORG-AFF:Ownership", "所有", "owner of organization", "人物拥有该机构", ("PER",), ("ORG",)),
    relation("ORG-AFF:Founder", "创办", "founder of", "头实体创办了该机构", ("PER", "ORG"), ("ORG", "GPE")),
    relation("ORG-AFF:Student-Alum", "就读或毕业于", "alma mater", "人物就读或曾就读于该校", ("PER",), ("ORG",)),
    relation("ORG-AFF:Sports-Affiliation", "所属运动队", "sports team", "人物效力于该运动队", ("PER",), ("ORG",)),
    relation(
        "ORG-AFF:Investor-Shareholder",
        "投资",
        "investor in",
        "头实体投资于尾实体或持有其股份",
        ("PER", "ORG", "GPE"),
        ("ORG", "GPE"),
    ),
    relation("ORG-AFF:Membership", "成员", "member of", "头实体是该组织的成员", ("PER", "ORG", "GPE"), ("ORG",)),
    relation(
        "ART:User-Owner-Inventor-Manufacturer",
        "使用拥有或制造",
        "user or owner or maker",
        "头实体使用、拥有、发明或制造尾实体所指的物品",
        ("PER", "ORG", "GPE"),
        ("FAC", "WEA", "VEH"),
    ),
    relation(
        "GEN-AFF:Citizen-Resident-Religion-Ethnicity",
        "国籍居住地或宗教民族",
        "citizenship or residence or ethnicity",
        "尾实体是人物的国籍、居住地、宗教或民族",
        ("PER",),
        ("PER", "LOC", "GPE", "ORG"),
    ),
    relation(
        "GEN-AFF:Org-Location",
        "机构所在地",
        "location of organization",
        "机构设在或活动于尾实体所指的地点",
        ("ORG",),
        ("LOC", "GPE"),
    ),
)

ROLES = {
    role.name: role
    for role in (
        Label("Adjudicator", "裁决者", "adjudicator", description="法官或法院"),
        Label("Agent", "施事者", "agent", description="促成事件的人或组织"),
        Label("Artifact", "物品或人员", "artifact", description="被运送的人或物，或被转让的物品"),
        Label("Attacker", "攻击者", "attacker", description="发起攻击的一方"),
        Label("Beneficiary", "受益者", "beneficiary", description="因此受益的一方"),
        Label("Buyer", "买方", "buyer", description="取得物品的一方"),
        Label("Crime", "罪名", "crime", description="被指控或判处的罪行"),
        Label("Defendant", "被告", "defendant", description="被控告的一方"),
        Label("Destination", "目的地", "destination", description="移动到达的地点"),
        Label("Entity", "参与方", "participant", description="会面、示威、通信、任免、选举或受罚的一方"),
        Label("Giver", "给予者", "giver", description="给出钱款的一方"),
        Label("Instrument", "工具", "instrument", description="所用的武器或手段"),
        Label("Money", "金额", "amount", description="钱款的数额"),
        Label("Org", "组织", "organization", description="事件所涉及的机构"),
        Label("Origin", "出发地", "origin", description="移动开始的地点"),
        Label("Person", "人物", "person", description="事件所涉及的人"),
        Label("Place", "地点", "place", description="事件发生的地点"),
        Label("Plaintiff", "原告", "plaintiff", description="提起诉讼的一方"),
        Label("Position", "职位", "position", description="职务或工作"),
        Label("Price", "价格", "price", description="所付的价钱"),
        Label("Prosecutor", "起诉方", "prosecutor", description="代表官方起诉的一方"),
        Label("Recipient", "接收者", "recipient", description="得到钱款的一方"),
        Label("Seller", "卖方", "seller", description="出让物品的一方"),
        Label("Sentence", "刑罚", "sentence", description="判处的刑罚"),
        Label("Target", "攻击目标", "target", description="受到攻击的人或物"),
        Label("Time", "时间", "time", description="事件发生的时间"),
        Label("Vehicle", "交通工具", "vehicle", description="所用的交通工具"),
        Label("Victim", "受害者", "victim", description="受伤或死亡的人"),
    )
}


event = event_labels(ROLES.values(), always="Time")
EVENTS = (
    event("Life:Be-Born", "出生", "birth", "有人出生", "Person Place"),
    event("Life:Marry", "结婚", "marriage", "两人结婚", "Person Place"),
    event("Life:Divorce", "离婚", "divorce", "两人离婚", "Person Place"),
    event("Life:Injure", "受伤", "injury", "有人受伤", "Agent Victim Instrument Place"),
    event("Life:Die", "死亡", "death", "有人死亡或被杀", "Agent Victim Person Instrument Place"),
    event(
        "Movement:Transport",
        "运送或移动",
        "transport",
        "人或物从一地移动、运送到另一地",
        "Agent Artifact Vehicle Price Origin Destination",
    ),
    event(
        "Transaction:Transfer-Ownership",
        "所有权转移",
        "transfer of ownership",
        "物品或机构被买卖、租借或赠送",
        "Buyer Seller Beneficiary Artifact Price Place",
    ),
    event(
        "Transaction:Transfer-Money",
        "资金转移",
        "transfer of money",
        "钱款的给付、借贷或募集，不涉及买卖物品",
        "Giver Recipient Beneficiary Money Place",
    ),
    event("Business:Start-Org", "机构成立", "start of organization", "机构被创立", "Agent Org Place"),
    event("Business:Merge-Org", "机构合并", "merger of organizations", "几个机构合为一个", "Org Place"),
    event("Business:Declare-Bankruptcy", "宣布破产", "bankruptcy", "机构申请破产", "Org Place"),
    event("Business:End-Org", "机构解散", "end of organization", "机构不再存在", "Org Place"),
    event("Conflict:Attack", "攻击", "attack", "伤人或毁物的暴力行为", "Attacker Target Instrument Agent Victim Place"),
    event("Conflict:Demonstrate", "示威", "demonstration", "人们公开聚集，表达要求或抗议", "Entity Place"),
    event("Contact:Meet", "会面", "meeting", "人们当面会谈", "Entity Place"),
    event(
        "Contact:Phone-Write",
        "电话或书信联系",
        "phone call or correspondence",
        "人们通过电话或书信联系",
        "Entity Place",
    ),
    event(
        "Personnel:Start-Position", "就职", "start of position", "有人开始任职或受雇", "Person Entity Position Place"
    ),
    event("Personnel:End-Position", "离职", "end of position", "有人不再任职或受雇", "Person Entity Position Place"),
    event("Personnel:Nominate", "提名", "nomination", "有人被提名担任职务", "Person Agent Position Place"),
    event("Personnel:Elect", "选举", "election", "有人在选举中当选", "Person Entity Position Place"),
    event(
        "Justice:Arrest-Jail", "逮捕或监禁", "arrest or imprisonment", "有人被逮捕或关押", "Person Agent Crime Place"
    ),
    event("Justice:Release-Parole", "释放或假释", "release or parole", "有人被释放或假释", "Person Entity Crime Place"),
    event(
        "Justice:Trial-Hearing",
        "审判或听证",
        "trial or hearing",
        "法庭审理案件或举行听证",
        "Defendant Prosecutor Adjudicator Crime Place",
    ),
    event(
        "Justice:Charge-Indict",
        "指控或公诉",
        "charge or indictment",
        "有人被官方指控犯罪",
        "Defendant Prosecutor Adjudicator Crime Place",
    ),
    event("Justice:Sue", "诉讼", "lawsuit", "一方将另一方告上法庭", "Plaintiff Defendant Adjudicator Crime Place"),
    event("Justice:Convict", "定罪", "conviction", "有人被判有罪", "Defendant Adjudicator Crime Place"),
    event("Justice:Sentence", "判刑", "sentencing", "法庭判处刑罚", "Defendant Adjudicator Crime Sentence Place"),
    event("Justice:Fine", "罚款", "fine", "有人被罚款", "Entity Adjudicator Crime Money Place"),
    event("Justice:Execute", "处决", "execution", "官方处死某人", "Person Agent Crime Place"),
    event("Justice:Extradite", "引渡", "extradition", "有人被移交给另一国", "Agent Person Crime Origin Destination"),
    event("Justice:Acquit", "宣判无罪", "acquittal", "有人被判无罪", "Defendant Adjudicator Crime Place"),
    event("Justice:Pardon", "赦免", "pardon", "刑罚被免除", "Defendant Adjudicator Crime Place"),
    event(
        "Justice:Appeal",
        "上诉",
        "appeal",
        "向上级法院提出上诉",
        "Plaintiff Defendant Prosecutor Adjudicator Crime Place",
    ),
)


def one_time(role: str) -> str:
    """The role, the eight for times as one."""
    return "Time" if role.startswith("Time-") else role
