"""DuIE 2.0 (LIC 2020 and 2021, LuGe): relations in sentences of Baidu Baike, Baidu's feed and forums.

Native form: JSON lines without offsets and ids. An object is a dict: ``@value`` is the tail, five
complex predicates may have further slots. The test file has no ``spo_list``.

    {"text": "在电视剧《云上渡口》中，沈嘉禾饰演船工老余", "spo_list": [
        {"predicate": "饰演", "subject_type": "娱乐人物", "subject": "沈嘉禾",
         "object_type": {"inWork": "影视作品", "@value": "人物"},
         "object": {"inWork": "云上渡口", "@value": "老余"}}]}

A relation here has one tail, so each further slot becomes a relation of its own between the subject and
the slot's value, with a name that DuIE does not have (in `SLOTS`): (沈嘉禾, 饰演, 老余) and (沈嘉禾, 饰演作品,
云上渡口). The 48 predicates thus make 55 relation types. What is lost is which of several values of one
subject belong together, e.g. which of two awards was given in which year.
"""

from uiebench.formats import texts, triples
from uiebench.types import Corpus, Download, Label, Licence, Manual, RelationLabel, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/ToddLynn/gd_medical_ie/4a1b119f84afa8fed8ea1e767c1254656004a2f5/data/"
PAGE = "https://www.luge.ai/#/luge/dataDetail?id=5"
HOW = (
    "Register at LuGe, accept the agreement, download DuIE2.0, and put its files duie_train.json, duie_dev.json and "
    "duie_test1.json here"
)
TRAIN = Manual("duie_train.json", HOW, PAGE)
DEV = Manual("duie_dev.json", HOW, PAGE)
TEST = Manual("duie_test1.json", HOW, PAGE)
TRAIN_EXTRACT = Download(
    "data/duie_train.json",
    BASE + "duie_train.json",
    sha256="2f389931b834de538fd66b6d15e78d35d496db278252bb47fd379fdbd94a0661",
    bytes=2019982,
)
DEV_EXTRACT = Download(
    "data/duie_dev.json",
    BASE + "duie_dev.json",
    sha256="b727e74c7b26193ab0b51cb1f82fa6327c097f6fe17a8a38d2e9a4192086e38e",
    bytes=1009272,
)
TEST_EXTRACT = Download(
    "data/duie_test1.json",
    BASE + "duie_test1.json",
    sha256="f88b4f70352a73e1a693fa838ab9af77696f355a68bcfac862ac3d310f4b669d",
    bytes=1160051,
)

SLOTS = {
    "配音": {"inWork": "配音作品"},
    "饰演": {"inWork": "饰演作品"},
    "上映时间": {"inArea": "上映地区"},
    "票房": {"inArea": "票房地区"},
    "获奖": {"inWork": "获奖作品", "onDate": "获奖时间", "period": "获奖届次"},
}
ENTITIES = (
    Label("人物", "人物", "person", description="人的姓名、艺名或角色名"),
    Label("娱乐人物", "娱乐人物", "entertainer", description="演员、歌手、导演等"),
    Label("历史人物", "历史人物", "historical figure", description="古代或近代史上的人物"),
    Label("地点", "地点", "location", description="地名，包括山川"),
    Label("行政区", "行政区", "administrative region", description="省、市、县、乡、村等行政区划"),
    Label("国家", "国家", "country", description="国家名称"),
    Label("城市", "城市", "city", description="城市名称"),
    Label("景点", "景点", "scenic spot", description="供游览的景区、名胜"),
    Label("机构", "机构", "organization", description="企业、学校、政府部门等机构"),
    Label("企业", "企业", "company", description="公司、集团等"),
    Label("企业/品牌", "企业或品牌", "company or brand", description="企业或其品牌"),
    Label("学校", "学校", "school", description="大学、中小学等"),
    Label("影视作品", "影视作品", "film or television work", description="电影、电视剧、动画片等"),
    Label("电视综艺", "电视综艺", "variety show", description="综艺节目"),
    Label("图书作品", "图书作品", "book", description="有作者的书，包括网络小说"),
    Label("文学作品", "文学作品", "literary work", description="有主角的小说等"),
    Label("作品", "作品", "creative work", description="获奖或被改编的小说、漫画、影视剧等"),
    Label("歌曲", "歌曲", "song", description="歌曲的名称"),
    Label("音乐专辑", "音乐专辑", "music album", description="歌曲结集发行的专辑"),
    Label("奖项", "奖项", "award", description="奖励或荣誉的名称"),
    Label("学科专业", "学科专业", "field of study", description="高等学校的专业"),
    Label("语言", "语言", "language", description="语言或方言"),
    Label("气候", "气候", "climate", description="气候类型"),
    Label("Date", "日期", "date", description="年、月、日等日期"),
    Label("Number", "数值", "number", description="数量，通常带单位；也有“第3届”一类的序数"),
    Label("Text", "文本", "text", description="不属于其他类型的字符串，如简称、编号"),
)
RELATIONS = (  # predicate, type of the subject, type of the object, English name, description
    ("父亲", "人物", "人物", "father", "尾实体是头实体的父亲"),
    ("母亲", "人物", "人物", "mother", "尾实体是头实体的母亲"),
    ("妻子", "人物", "人物", "wife", "尾实体是头实体的妻子"),
    ("丈夫", "人物", "人物", "husband", "尾实体是头实体的丈夫"),
    ("祖籍", "人物", "地点", "native place", "人物祖辈居住的地方"),
    ("国籍", "人物", "国家", "nationality", "人物所属的国家"),
    ("毕业院校", "人物", "学校", "alma mater", "人物毕业或就读的学校"),
    ("朝代", "历史人物", "Text", "dynasty", "人物生活的朝代"),
    ("号", "历史人物", "Text", "art name", "人物的别号"),
    ("总部地点", "企业", "地点", "headquarters location", "企业总部所在的地方"),
    ("注册资本", "企业", "Number", "registered capital", "企业登记的资本数额"),
    ("董事长", "企业", "人物", "chairman", "担任企业董事长的人"),
    ("创始人", "企业", "人物", "founder", "创办企业的人"),
    ("代言人", "企业/品牌", "人物", "brand ambassador", "为企业或品牌代言的人"),
    ("成立日期", "机构", "Date", "founding date", "机构成立的日期"),
    ("简称", "机构", "Text", "abbreviation", "机构的简称"),
    ("占地面积", "机构", "Number", "site area", "机构所占土地的面积"),
    ("校长", "学校", "人物", "head of school", "担任学校校长的人"),
    ("面积", "行政区", "Number", "area", "行政区的面积"),
    ("人口数量", "行政区", "Number", "population", "行政区的人口"),
    ("邮政编码", "行政区", "Text", "postal code", "行政区的邮编"),
    ("气候", "行政区", "气候", "climate", "行政区的气候类型"),
    ("首都", "国家", "城市", "capital", "国家的首都"),
    ("官方语言", "国家", "语言", "official language", "国家的官方语言"),
    ("海拔", "地点", "Number", "elevation", "地点的海拔高度"),
    ("所在城市", "景点", "城市", "city", "景点所在的城市"),
    ("上映时间", "影视作品", "Date", "release date", "影视作品上映或播出的时间"),
    ("上映地区", "影视作品", "地点", "release area", "影视作品上映的地区，由上映时间的附加槽位得来"),
    ("票房", "影视作品", "Number", "box office", "影视作品的票房收入"),
    ("票房地区", "影视作品", "地点", "box office area", "取得该票房的地区，由票房的附加槽位得来"),
    ("导演", "影视作品", "人物", "director", "执导影视作品的人"),
    ("编剧", "影视作品", "人物", "screenwriter", "写作剧本的人"),
    ("主演", "影视作品", "人物", "leading actor", "在影视作品中主演的人"),
    ("制片人", "影视作品", "人物", "producer", "影视作品的制片人"),
    ("出品公司", "影视作品", "企业", "production company", "出品影视作品的公司"),
    ("改编自", "影视作品", "作品", "source work", "影视作品所依据的原作"),
    ("主题曲", "影视作品", "歌曲", "theme song", "影视作品的主题歌曲"),
    ("配音", "娱乐人物", "人物", "voiced character", "人物配音的角色"),
    ("配音作品", "娱乐人物", "影视作品", "work of the voiced character", "人物参与配音的作品"),
    ("饰演", "娱乐人物", "人物", "portrayed character", "人物扮演的角色"),
    ("饰演作品", "娱乐人物", "影视作品", "work of the portrayed character", "人物参演该角色的作品"),
    ("获奖", "娱乐人物", "奖项", "award received", "人物获得的奖项"),
    ("获奖作品", "娱乐人物", "作品", "awarded work", "人物凭以获奖的作品"),
    ("获奖时间", "娱乐人物", "Date", "award date", "人物获奖的时间"),
    ("获奖届次", "娱乐人物", "Number", "award edition", "人物获奖时该奖项的届数"),
    ("主持人", "电视综艺", "人物", "host", "主持节目的人"),
    ("嘉宾", "电视综艺", "人物", "guest", "参加节目的嘉宾"),
    ("歌手", "歌曲", "人物", "singer", "演唱歌曲的人"),
    ("作词", "歌曲", "人物", "lyricist", "为歌曲作词的人"),
    ("作曲", "歌曲", "人物", "composer", "为歌曲作曲的人"),
    ("所属专辑", "歌曲", "音乐专辑", "album", "收录歌曲的专辑"),
    ("作者", "图书作品", "人物", "author", "写作图书的人"),
    ("主角", "文学作品", "人物", "protagonist", "文学作品的主角"),
    ("专业代码", "学科专业", "Text", "code of the field of study", "学科专业的代码"),
    ("修业年限", "学科专业", "Number", "length of study", "学科专业的学习年限"),
)
SCHEMA = Schema(
    entities=ENTITIES,
    relations=tuple(
        RelationLabel(name, name, english, description=text, heads=(head,), tails=(tail,))
        for name, head, tail, english, text in RELATIONS
    ),
)

CORPUS = Corpus(
    name="duie2",
    title="DuIE 2.0",
    language="zh",
    domain="encyclopedia, news and forum",
    domain_zh="百科、新闻、论坛",
    tasks=("RE",),
    homepage=PAGE,
    citation="""@inproceedings{li-etal-2019-duie,
  title = {{DuIE}: A Large-Scale {Chinese} Dataset for Information Extraction},
  author = {Li, Shuangjie and He, Wei and Shi, Yabing and Jiang, Wenbin and Liang, Haijin and Jiang, Ye and
            Zhang, Yang and Lyu, Yajuan and Zhu, Yong},
  booktitle = {Natural Language Processing and Chinese Computing (NLPCC 2019)},
  year = {2019}, pages = {791--800}, doi = {10.1007/978-3-030-32236-6_72},
}""",
    licence=Licence("unknown", redistribute=False, terms="Given under the agreement of LuGe (LIC 2021) with Baidu."),
    splits=(
        Split("train", (TRAIN,)),
        Split("train", (TRAIN_EXTRACT,), extract="4,000 records chosen by a third party"),
        Split("dev", (DEV,)),
        Split("dev", (DEV_EXTRACT,), extract="2,000 records chosen by a third party"),
        Split("test", (TEST,), gold=False, read=texts()),
        Split("test", (TEST_EXTRACT,), gold=False, read=texts(), extract="5,000 records chosen by a third party"),
    ),
    read=triples(slots=SLOTS),
    schema=SCHEMA,
    description="Sentences of Baidu Baike, news and forums with subject-predicate-object triples; some objects have "
    "several slots. It revises DuIE 1.0 and shares texts with it, as does SKE2020: a model trained on one of the "
    "three has seen texts of the others.",
    verified="original",
    published={"train": Totals(171135), "dev": Totals(20652)},
    published_source="LuGe: records of duie_train.json and duie_dev.json",
    expect={
        "train": Totals(4000, 0, 7502, 0, 0, drops={"repeated annotation": 12}, repairs={"outer space": 4}),
        "dev": Totals(2000, 0, 3764, 0, 0, drops={"repeated annotation": 3}, repairs={"outer space": 3}),
        "test": Totals(5000, 0, 0, 0, 0),
    },
    differences="The totals are those of the extracts; the whole files, which need registration, were not at hand. "
    "The slots of complex objects count as relations of their own.",
    differences_zh="总数是节选文件的；完整文件需要注册，未能取得。复杂客体的各个槽位各计为一种关系。",
    defects={
        "repeated annotation": "A triple is listed twice, or two triples of one subject share the value of a slot "
        "(two awards of one year), which is kept once.",
        "outer space": "A few subjects begin or end with a space, which is taken off.",
    },
)
