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

from uiebench.corpora.ace import EVENTS, RELATIONS, one_time
from uiebench.formats import apf
from uiebench.types import Corpus, Label, Licence, Manual, Schema, Split, Totals

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
    annotation="By hand, at the Linguistic Data Consortium.",
    verified="sample",
    published={"train": Totals(633)},
    published_source="documentation of LDC2006T06",
    differences="There is no official split; papers cut the 633 documents in different ways.",
    differences_zh="没有官方划分，各论文对这 633 篇的划分各不相同。",
)
