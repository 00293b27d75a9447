"""ACE 2005, English part: entities, relations and events in six kinds of text, from newswire to telephone talks.

Native form: a text ``<name>.sgm`` and its annotation ``<name>.apf.xml``, whose offsets count the text
without its tags; see `uiebench.formats.apf`, which also says what is not kept:

    <BODY><TEXT><TURN>
    The mayor of Alder Bay met
    union leaders on Monday.
    </TURN></TEXT></BODY>

    <entity ID="E1" TYPE="PER" SUBTYPE="Individual" CLASS="SPC">
      <entity_mention ID="E1-1" TYPE="NOM" LDCTYPE="NOM">
        <extent><charseq START="…" END="…">The mayor of Alder Bay</charseq></extent>
        <head><charseq START="…" END="…">mayor</charseq></head>
      </entity_mention>
    </entity>

Entity mentions, the ends of relations and the arguments of events are heads (mayor), as in the usual
evaluation of relations and events, not full extents. A document is a whole text; its wrapped lines are
joined with one blank, and nothing is split into sentences or tokens. The eight roles for times
(Time-Within, Time-Starting, …) are one, ``Time``. Relation and event types and their roles are those of
the Chinese part; an argument in another role is left out and counted. Only the final annotation
(``timex2norm``) is read. Read only in samples of the documented form.

The split is the one usual for events: 40 newswire texts are test, 30 others dev, the remaining 529 train.
"""

from typing import TypeVar

import msgspec

from uiebench.corpora.ace import EVENTS, RELATIONS, one_time
from uiebench.formats import apf
from uiebench.types import Corpus, Label, Licence, Manual, Reader, Reported, Schema, Split, Totals

L = TypeVar("L", bound=Label)

DATA = Manual(
    "data/English",
    "License ACE 2005 Multilingual Training Corpus (LDC2006T06) from the Linguistic Data Consortium, unpack "
    "ace_2005_td_v7_LDC2006T06.tgz and put its folder data/English here, as data/English.",
    "https://catalog.ldc.upenn.edu/LDC2006T06",
    members=("*/timex2norm/*.sgm", "*/timex2norm/*.apf.xml"),
)
DEV = """
CNN_CF_20030303.1900.02 CNN_IP_20030329.1600.00-2 CNN_IP_20030402.1600.00-1 CNN_IP_20030405.1600.01-1
CNN_IP_20030409.1600.02 marcellapr_20050228.2219 rec.games.chess.politics_20041216.1047
rec.games.chess.politics_20041217.2111 soc.org.nonprofit_20050218.1902 FLOPPINGACES_20050217.1237.014
AGGRESSIVEVOICEDAILY_20041116.1347 FLOPPINGACES_20041117.2002.024 FLOPPINGACES_20050203.1953.038
TTRACY_20050223.1049 CNNHL_ENG_20030304_142751.10 CNNHL_ENG_20030424_123502.25 CNNHL_ENG_20030513_220910.32
CNN_ENG_20030304_173120.16 CNN_ENG_20030328_150609.10 CNN_ENG_20030424_070008.15 CNN_ENG_20030512_170454.13
CNN_ENG_20030620_085840.7 AFP_ENG_20030304.0250 AFP_ENG_20030305.0918 AFP_ENG_20030311.0491
AFP_ENG_20030314.0238 AFP_ENG_20030319.0879 AFP_ENG_20030320.0722 AFP_ENG_20030327.0022
AFP_ENG_20030327.0224
"""
TEST = """
AFP_ENG_20030401.0476 AFP_ENG_20030413.0098 AFP_ENG_20030415.0734 AFP_ENG_20030417.0004 AFP_ENG_20030417.0307
AFP_ENG_20030417.0764 AFP_ENG_20030418.0556 AFP_ENG_20030425.0408 AFP_ENG_20030427.0118 AFP_ENG_20030428.0720
AFP_ENG_20030429.0007 AFP_ENG_20030430.0075 AFP_ENG_20030502.0614 AFP_ENG_20030504.0248 AFP_ENG_20030508.0118
AFP_ENG_20030508.0357 AFP_ENG_20030509.0345 AFP_ENG_20030514.0706 AFP_ENG_20030519.0049 AFP_ENG_20030519.0372
AFP_ENG_20030522.0878 AFP_ENG_20030527.0616 AFP_ENG_20030528.0561 AFP_ENG_20030530.0132 AFP_ENG_20030601.0262
AFP_ENG_20030607.0030 AFP_ENG_20030616.0715 AFP_ENG_20030617.0846 AFP_ENG_20030625.0057 AFP_ENG_20030630.0271
APW_ENG_20030304.0555 APW_ENG_20030306.0191 APW_ENG_20030308.0314 APW_ENG_20030310.0719 APW_ENG_20030311.0775
APW_ENG_20030318.0689 APW_ENG_20030319.0545 APW_ENG_20030322.0119 APW_ENG_20030324.0768 APW_ENG_20030325.0786
"""
DESCRIPTIONS = {  # of relations, event types and roles
    "PHYS:Located": "the person is in the place in the tail",
    "PHYS:Near": "the head is close to the tail, but not in it",
    "PART-WHOLE:Geographical": "the place or building in the head is a part of the one in the tail",
    "PART-WHOLE:Subsidiary": "the organization in the head belongs to the one in the tail",
    "PART-WHOLE:Artifact": "the thing in the head is a part of the one in the tail",
    "PER-SOC:Business": "the two work or do business with each other",
    "PER-SOC:Family": "the two are relatives",
    "PER-SOC:Lasting-Personal": "the two are friends, lovers, neighbours or classmates",
    "ORG-AFF:Employment": "the person works for the organization or government",
    "ORG-AFF:Ownership": "the person owns the organization",
    "ORG-AFF:Founder": "the head founded the organization",
    "ORG-AFF:Student-Alum": "the person studies or studied at the school",
    "ORG-AFF:Sports-Affiliation": "the person plays or works for the team",
    "ORG-AFF:Investor-Shareholder": "the head holds shares of the tail or invested in it",
    "ORG-AFF:Membership": "the head is a member of the organization",
    "ART:User-Owner-Inventor-Manufacturer": "the head uses, owns, invented or makes the thing in the tail",
    "GEN-AFF:Citizen-Resident-Religion-Ethnicity": "the person's nationality, home, religion or ethnic group",
    "GEN-AFF:Org-Location": "the organization is based or works in the place",
    "Life:Be-Born": "someone is born",
    "Life:Marry": "two people marry",
    "Life:Divorce": "two people divorce",
    "Life:Injure": "someone is hurt",
    "Life:Die": "someone dies or is killed",
    "Movement:Transport": "people or things are moved or move from one place to another",
    "Transaction:Transfer-Ownership": "things or organizations are bought, sold, lent or given",
    "Transaction:Transfer-Money": "money is given, paid, lent or raised, with nothing bought",
    "Business:Start-Org": "an organization is founded",
    "Business:Merge-Org": "organizations become one",
    "Business:Declare-Bankruptcy": "an organization asks for protection from its creditors",
    "Business:End-Org": "an organization ceases to exist",
    "Conflict:Attack": "a violent act that harms people or things",
    "Conflict:Demonstrate": "people gather in public to demand or protest",
    "Contact:Meet": "people meet face to face to talk",
    "Contact:Phone-Write": "people talk or write to each other from afar",
    "Personnel:Start-Position": "someone begins to work for an organization, or in another position",
    "Personnel:End-Position": "someone stops working for an organization, or in a position",
    "Personnel:Nominate": "someone is proposed for a position",
    "Personnel:Elect": "someone wins an election",
    "Justice:Arrest-Jail": "someone is seized by the authorities or imprisoned",
    "Justice:Release-Parole": "someone is let out of custody",
    "Justice:Trial-Hearing": "a court hears a case",
    "Justice:Charge-Indict": "someone is accused of a crime by the authorities",
    "Justice:Sue": "someone takes another party to court",
    "Justice:Convict": "someone is found guilty",
    "Justice:Sentence": "a court sets a punishment",
    "Justice:Fine": "someone has to pay money as a punishment",
    "Justice:Execute": "the authorities put someone to death",
    "Justice:Extradite": "someone is handed over to another state",
    "Justice:Acquit": "someone is found not guilty",
    "Justice:Pardon": "a punishment is remitted",
    "Justice:Appeal": "a decision is taken to a higher court",
    "Person": "the person the event is about",
    "Place": "where it happens",
    "Time": "when it happens",
    "Agent": "who brings it about",
    "Victim": "who is hurt or killed",
    "Instrument": "the weapon or means used",
    "Vehicle": "what the move is made with",
    "Price": "what is paid for it",
    "Origin": "where the move begins",
    "Destination": "where the move ends",
    "Buyer": "who acquires the thing",
    "Seller": "who parts with the thing",
    "Beneficiary": "for whose benefit it is done",
    "Giver": "who gives the money",
    "Recipient": "who gets the money",
    "Money": "the sum",
    "Org": "the organization the event is about",
    "Attacker": "who attacks",
    "Target": "who or what is attacked",
    "Position": "the office or job",
    "Crime": "what the person is accused of or punished for",
    "Defendant": "the accused party",
    "Prosecutor": "who accuses on behalf of the state",
    "Adjudicator": "the judge or court",
    "Plaintiff": "who takes the matter to court",
    "Sentence": "the punishment",
    "Artifact": "the person or thing moved, or the thing that changes hands",
    "Entity": "a party to a meeting, protest, talk, appointment, election or fine",
}


def in_english(label: L) -> L:
    """A label described in English."""
    return msgspec.structs.replace(label, description=DESCRIPTIONS[label.name])


def documents(split: str) -> Reader:
    """A reader of the documents of one split."""
    dev, test = frozenset(DEV.split()), frozenset(TEST.split())
    return apf(
        texts="*/timex2norm/*.sgm",
        keep=lambda name: split == ("dev" if name in dev else "test" if name in test else "train"),
        joiner=" ",
        role=one_time,
        roles={event.name: {role.name for role in event.roles} for event in EVENTS},
    )


CORPUS = Corpus(
    name="ace05",
    title="ACE 2005 English",
    language="en",
    domain="news, weblogs and conversations",
    domain_zh="新闻、博客、对话",
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
    splits=(
        Split("train", (DATA,), read=documents("train")),
        Split("dev", (DATA,), read=documents("dev")),
        Split("test", (DATA,), read=documents("test")),
    ),
    read=documents("train"),
    schema=Schema(
        entities=(
            Label(
                "PER", "人物", "person", description="a person or group of people: a name, a description or a pronoun"
            ),
            Label(
                "ORG", "组织机构", "organization", description="a company, agency, school, party or other organization"
            ),
            Label(
                "GPE",
                "地缘政治实体",
                "geopolitical entity",
                description="a country, state, city or another region with a government and people",
            ),
            Label(
                "LOC",
                "地理位置",
                "location",
                description="a mountain, river, region or other place without a government",
            ),
            Label("FAC", "设施", "facility", description="a building, road, airport or other man-made structure"),
            Label("WEA", "武器", "weapon", description="a device for harming people or destroying things"),
            Label("VEH", "交通工具", "vehicle", description="a device for moving people or things"),
        ),
        relations=tuple(in_english(relation) for relation in RELATIONS),
        events=tuple(
            msgspec.structs.replace(in_english(event), roles=tuple(in_english(role) for role in event.roles))
            for event in EVENTS
        ),
    ),
    description="News, broadcasts, weblogs and conversations with 7 entity types, 18 relations and 33 event types.",
    annotation="By hand, at the Linguistic Data Consortium.",
    verified="sample",
    published={"train": Totals(529), "dev": Totals(30), "test": Totals(40)},
    published_source="Li et al. (2013), https://aclanthology.org/P13-1008, section 4",
    reported=(
        Reported("InstructUIE", "NER", 7, 7299, 971, 1060),
        Reported("InstructUIE", "EE", 33, 3342, 327, 293, roles=22),
    ),
    differences=(
        "The texts were not at hand: our totals are unknown. Published scores count sentences, cut by each paper's own "
        "tools; ours are whole texts. InstructUIE's 3,342, 327 and 293 for events fit this split, its 7,299, 971 and "
        "1,060 for entities belong to another; its 22 roles are as many as ours without times, prices, sums, crimes, "
        "positions and sentences. Some versions of this split leave out two of the dev texts, AFP_ENG_20030304.0250 "
        "and rec.games.chess.politics_20041216.1047."
    ),
    differences_zh=(
        "未能取得文本，故不知我们的总数。已发表的分数按句统计，句子由各论文自己的工具切分；我们以整篇为一个文本。"
        "InstructUIE 的事件数据 3,342、327、293 句与本划分相符，其实体数据 7,299、971、1,060 句属于另一划分；其"
        " 22 种角色与我们除去时间、价格、金额、罪名、职位、刑罚之后的数目相同。"
        "本划分的某些版本少开发集中的两篇：AFP_ENG_20030304.0250 和 rec.games.chess.politics_20041216.1047。"
    ),
)
