"""ACE 2004, English part: entities and relations in newswire, broadcast news and telephone talks.

Native form: a text ``<name>.sgm`` and its annotation ``<name>.apf.xml``, whose offsets count the text
without its tags; see `uiebench.formats.apf`, which also says what is not kept. In this older DTD the ends
of a relation are ``rel_mention_arg``, and there are no events:

    <relation ID="R1" TYPE="EMP-ORG" SUBTYPE="Employ-Staff">
      <rel_entity_arg ENTITYID="E1" ARGNUM="1"/> <rel_entity_arg ENTITYID="E2" ARGNUM="2"/>
      <relation_mention ID="R1-1" LDCLEXICALCONDITION="Possessive">
        <rel_mention_arg ENTITYMENTIONID="E1-1" ARGNUM="1"><extent>…</extent></rel_mention_arg>
        <rel_mention_arg ENTITYMENTIONID="E2-1" ARGNUM="2"><extent>…</extent></rel_mention_arg>
      </relation_mention>
    </relation>

Entity mentions and the ends of relations are heads, as in the usual evaluation of relations, not full
extents. A document is a whole text; its wrapped lines are joined with one blank, and nothing is split
into sentences or tokens. The relation DISC (a discourse relation, without subtypes), which papers leave
out, is kept. Read only in samples of the documented form.
"""

from uiebench.formats import apf
from uiebench.types import Corpus, Label, Licence, Manual, RelationLabel, Reported, Schema, Split

DATA = Manual(
    "data/English",
    "License ACE 2004 Multilingual Training Corpus (LDC2005T09) from the Linguistic Data Consortium, unpack it and "
    "put its folder of English texts (arabic_treebank, bnews, chinese_treebank, fisher_transcripts, nwire) here, as "
    "data/English.",
    "https://catalog.ldc.upenn.edu/LDC2005T09",
    members=("*/*.sgm", "*/*.apf.xml"),
)

CORPUS = Corpus(
    name="ace04",
    title="ACE 2004 English",
    language="en",
    domain="news and conversations",
    domain_zh="新闻、对话",
    tasks=("NER", "RE"),
    homepage="https://catalog.ldc.upenn.edu/LDC2005T09",
    citation="""@misc{mitchell-etal-2005-ace,
  title = {{ACE} 2004 Multilingual Training Corpus},
  author = {Mitchell, Alexis and Strassel, Stephanie and Huang, Shudong and Zakhary, Ramez},
  year = {2005}, publisher = {Linguistic Data Consortium}, note = {LDC2005T09},
  url = {https://catalog.ldc.upenn.edu/LDC2005T09},
}""",
    licence=Licence(
        "LDC User Agreement",
        redistribute=False,
        url="https://catalog.ldc.upenn.edu/LDC2005T09",
        terms="Licensed by the Linguistic Data Consortium; the texts may not be passed on.",
    ),
    splits=(Split("train", (DATA,)),),
    read=apf(texts="*/*.sgm", joiner=" "),
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
        relations=(
            RelationLabel(
                "PHYS:Located",
                "位于",
                "located in",
                description="the person or thing in the head is in the place in the tail",
            ),
            RelationLabel("PHYS:Near", "邻近", "proximity", description="the head is close to the tail, but not in it"),
            RelationLabel(
                "PHYS:Part-Whole",
                "部分属于整体",
                "part of",
                "part-whole",
                description="the head is a part of the place or thing in the tail",
            ),
            RelationLabel(
                "PER-SOC:Business",
                "业务往来",
                "business associate",
                description="the two work or do business with each other",
            ),
            RelationLabel("PER-SOC:Family", "亲属", "family", description="the two are relatives"),
            RelationLabel(
                "PER-SOC:Other",
                "其他社会关系",
                "other personal relation",
                description="the two know each other in another way, as friends or neighbours",
            ),
            RelationLabel(
                "EMP-ORG:Employ-Executive",
                "任高管",
                "executive of",
                description="the person leads the organization or holds a high office in it",
            ),
            RelationLabel(
                "EMP-ORG:Employ-Staff",
                "任职员",
                "staff of",
                description="the person works for the organization in an ordinary position",
            ),
            RelationLabel(
                "EMP-ORG:Employ-Undetermined",
                "受雇于（职位未定）",
                "employed by",
                description="the person works for the organization, in which position is not said",
            ),
            RelationLabel(
                "EMP-ORG:Member-of-Group",
                "成员",
                "member of",
                description="the head belongs to the group or organization",
            ),
            RelationLabel(
                "EMP-ORG:Subsidiary",
                "下属机构",
                "subsidiary of",
                "parent organization",
                description="the organization in the head belongs to the one in the tail",
            ),
            RelationLabel(
                "EMP-ORG:Partner", "合作机构", "partner organization", description="the two organizations work together"
            ),
            RelationLabel(
                "EMP-ORG:Other",
                "其他雇佣或组织关系",
                "other relation to organization",
                description="the head is related to the organization in another way",
            ),
            RelationLabel(
                "ART:User-or-Owner",
                "使用或拥有",
                "user or owner",
                description="the head uses or owns the thing in the tail",
            ),
            RelationLabel(
                "ART:Inventor-or-Manufacturer",
                "发明或制造",
                "inventor or maker",
                description="the head invented or makes the thing in the tail",
            ),
            RelationLabel(
                "ART:Other",
                "其他与物品的关系",
                "other relation to artifact",
                description="the head has to do with the thing in another way",
            ),
            RelationLabel(
                "OTHER-AFF:Ethnic",
                "族裔归属",
                "ethnic affiliation",
                description="the person belongs to the ethnic group in the tail",
            ),
            RelationLabel(
                "OTHER-AFF:Ideology",
                "信仰归属",
                "ideological affiliation",
                description="the person shares the religion or conviction in the tail",
            ),
            RelationLabel(
                "OTHER-AFF:Other",
                "其他归属",
                "other affiliation",
                description="the person belongs to the tail in another way",
            ),
            RelationLabel(
                "GPE-AFF:Citizen-or-Resident",
                "公民或居民",
                "citizen or resident of",
                description="the person is a citizen or resident of the place",
            ),
            RelationLabel(
                "GPE-AFF:Based-In",
                "机构所在地",
                "location of organization",
                description="the organization has its seat in the place",
            ),
            RelationLabel(
                "GPE-AFF:Other",
                "其他与政区的关系",
                "other relation to geopolitical entity",
                description="the head belongs to the place in another way",
            ),
            RelationLabel(
                "DISC",
                "语篇关系",
                "discourse relation",
                description='the two belong together in this text only, as in "many of these people"',
            ),
        ),
    ),
    description="News and telephone talks with 7 entity types and 23 relations.",
    annotation="By hand, at the Linguistic Data Consortium.",
    verified="sample",
    reported=(Reported("InstructUIE", "NER", 7, 6202, 745, 812),),
    differences=(
        "The texts were not at hand: our totals are unknown. There is no official split: papers on relations "
        "cross-validate over the newswire and broadcast news, papers on entities have splits of their own "
        "(InstructUIE: 6,202, 745 and 812 sentences)."
    ),
    differences_zh=(
        "未能取得文本，故不知我们的总数。没有官方划分：做关系的论文在通讯社新闻和广播新闻上做交叉验证，做实体的论文各"
        "有划分（InstructUIE 为 6,202、745 和 812 句）。"
    ),
)
