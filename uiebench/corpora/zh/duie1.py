"""DuIE 1.0 (LIC 2019, also called SKE): relations in sentences of Baidu Baike and Baidu's news feed.

Native form: JSON lines; subject and object are strings without offsets, ``postag`` is a segmentation
that is not read. The test file has no ``spo_list``.

    {"postag": [{"word": "《", "pos": "w"}, …], "text": "《云上渡口》是沈嘉禾创作的一部小说",
     "spo_list": [{"predicate": "作者", "object_type": "人物", "subject_type": "图书作品",
                   "object": "沈嘉禾", "subject": "云上渡口"}]}

Its 50 schemas have 49 predicates: 成立日期 holds of 机构 and of 企业.
"""

from uiebench.formats import texts, triples
from uiebench.types import Corpus, Download, Label, Licence, Manual, RelationLabel, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/yuanxiaosc/Entity-Relation-Extraction/"
    "17bb6ef1b9b4a7b35c3d8020868801d9895a4391/raw_data/"
)
PAGE = "http://lic2019.ccf.org.cn/kg"
HOW = (
    "Register for the information extraction task of LIC 2019, accept its terms, and put its files train_data.json, "
    "dev_data.json and test1_data_postag.json here"
)
TRAIN = Manual("train_data.json", HOW, PAGE)
DEV = Manual("dev_data.json", HOW, PAGE)
TEST = Manual("test1_data_postag.json", HOW, PAGE)
TRAIN_EXTRACT = Download(
    "raw_data/train_data.json",
    BASE + "train_data.json",
    sha256="62643a0c0eb5360a997e8346aa976437adba5f87bbc2b4ad73b3aef281b72853",
    bytes=3460839,
)
DEV_EXTRACT = Download(
    "raw_data/dev_data.json",
    BASE + "dev_data.json",
    sha256="7eabeb3443614fa5054dacc781c233e214f2b323b9e57e6f833801f2ef2c7ddb",
    bytes=1326627,
)
TEST_EXTRACT = Download(
    "raw_data/test1_data_postag.json",
    BASE + "test1_data_postag.json",
    sha256="c4dd6b8711cbaa429d56ab02c71d1d28dfd30c21555ed74ddb537baf9adc7070",
    bytes=484805,
)

ENTITIES = (
    Label("人物", "人物", "person", description="人的姓名、艺名或称号"),
    Label("历史人物", "历史人物", "historical figure", description="古代或近代史上的人物"),
    Label("地点", "地点", "location", description="地名，包括山川"),
    Label("行政区", "行政区", "administrative region", description="省、市、县、乡、村等行政区划"),
    Label("国家", "国家", "country", description="国家名称"),
    Label("城市", "城市", "city", description="城市名称"),
    Label("景点", "景点", "scenic spot", description="供游览的景区、名胜"),
    Label("机构", "机构", "organization", description="企业、学校、政府部门等机构"),
    Label("企业", "企业", "company", description="公司、集团等"),
    Label("学校", "学校", "school", description="大学、中小学等"),
    Label("出版社", "出版社", "publishing house", description="出版图书的机构"),
    Label("网站", "网站", "website", description="互联网站点"),
    Label("影视作品", "影视作品", "film or television work", description="电影、电视剧、动画片等"),
    Label("电视综艺", "电视综艺", "variety show", description="综艺节目"),
    Label("图书作品", "图书作品", "literary work", "book", description="有作者的书，包括小说"),
    Label("书籍", "书籍", "book", description="由出版社出版的书"),
    Label("网络小说", "网络小说", "web novel", description="在网络上连载的小说"),
    Label("作品", "作品", "creative work", description="被改编的小说、漫画、游戏等"),
    Label("歌曲", "歌曲", "song", description="歌曲的名称"),
    Label("音乐专辑", "音乐专辑", "music album", description="歌曲结集发行的专辑"),
    Label("学科专业", "学科专业", "field of study", description="高等学校的专业"),
    Label("生物", "生物", "organism", description="动物、植物等物种或类群"),
    Label("目", "目", "taxonomic order", description="生物分类中的“目”"),
    Label("语言", "语言", "language", description="语言或方言"),
    Label("气候", "气候", "climate", description="气候类型"),
    Label("Date", "日期", "date", description="年、月、日等日期"),
    Label("Number", "数值", "number", description="数量，通常带单位"),
    Label("Text", "文本", "text", description="不属于其他类型的字符串，如简称、编号"),
)
RELATIONS = (  # predicate, types of the subject, type of the object, English name, description
    ("祖籍", ("人物",), "地点", "native place", "人物祖辈居住的地方"),
    ("父亲", ("人物",), "人物", "father", "尾实体是头实体的父亲"),
    ("母亲", ("人物",), "人物", "mother", "尾实体是头实体的母亲"),
    ("妻子", ("人物",), "人物", "wife", "尾实体是头实体的妻子"),
    ("丈夫", ("人物",), "人物", "husband", "尾实体是头实体的丈夫"),
    ("出生地", ("人物",), "地点", "place of birth", "人物出生的地方"),
    ("出生日期", ("人物",), "Date", "date of birth", "人物出生的日期"),
    ("国籍", ("人物",), "国家", "nationality", "人物所属的国家"),
    ("民族", ("人物",), "Text", "ethnicity", "人物所属的民族"),
    ("身高", ("人物",), "Number", "height", "人物的身高"),
    ("毕业院校", ("人物",), "学校", "alma mater", "人物毕业或就读的学校"),
    ("朝代", ("历史人物",), "Text", "dynasty", "人物生活的朝代"),
    ("字", ("历史人物",), "Text", "courtesy name", "人物名字之外的表字"),
    ("号", ("历史人物",), "Text", "art name", "人物的别号"),
    ("总部地点", ("企业",), "地点", "headquarters location", "企业总部所在的地方"),
    ("注册资本", ("企业",), "Number", "registered capital", "企业登记的资本数额"),
    ("董事长", ("企业",), "人物", "chairman", "担任企业董事长的人"),
    ("创始人", ("企业",), "人物", "founder", "创办企业的人"),
    ("成立日期", ("机构", "企业"), "Date", "founding date", "机构成立的日期"),
    ("简称", ("机构",), "Text", "abbreviation", "机构的简称"),
    ("占地面积", ("机构",), "Number", "site area", "机构所占土地的面积"),
    ("面积", ("行政区",), "Number", "area", "行政区的面积"),
    ("人口数量", ("行政区",), "Number", "population", "行政区的人口"),
    ("邮政编码", ("行政区",), "Text", "postal code", "行政区的邮编"),
    ("气候", ("行政区",), "气候", "climate", "行政区的气候类型"),
    ("首都", ("国家",), "城市", "capital", "国家的首都"),
    ("官方语言", ("国家",), "语言", "official language", "国家的官方语言"),
    ("海拔", ("地点",), "Number", "elevation", "地点的海拔高度"),
    ("所在城市", ("景点",), "城市", "city", "景点所在的城市"),
    ("上映时间", ("影视作品",), "Date", "release date", "影视作品上映或播出的时间"),
    ("导演", ("影视作品",), "人物", "director", "执导影视作品的人"),
    ("编剧", ("影视作品",), "人物", "screenwriter", "写作剧本的人"),
    ("主演", ("影视作品",), "人物", "leading actor", "在影视作品中主演的人"),
    ("制片人", ("影视作品",), "人物", "producer", "影视作品的制片人"),
    ("出品公司", ("影视作品",), "企业", "production company", "出品影视作品的公司"),
    ("改编自", ("影视作品",), "作品", "source work", "影视作品所依据的原作"),
    ("主持人", ("电视综艺",), "人物", "host", "主持节目的人"),
    ("嘉宾", ("电视综艺",), "人物", "guest", "参加节目的嘉宾"),
    ("歌手", ("歌曲",), "人物", "singer", "演唱歌曲的人"),
    ("作词", ("歌曲",), "人物", "lyricist", "为歌曲作词的人"),
    ("作曲", ("歌曲",), "人物", "composer", "为歌曲作曲的人"),
    ("所属专辑", ("歌曲",), "音乐专辑", "album", "收录歌曲的专辑"),
    ("作者", ("图书作品",), "人物", "author", "写作图书的人"),
    ("出版社", ("书籍",), "出版社", "publisher", "出版书籍的机构"),
    ("连载网站", ("网络小说",), "网站", "serialization website", "连载小说的网站"),
    ("主角", ("网络小说",), "人物", "protagonist", "文学作品的主角"),
    ("专业代码", ("学科专业",), "Text", "code of the field of study", "学科专业的代码"),
    ("修业年限", ("学科专业",), "Number", "length of study", "学科专业的学习年限"),
    ("目", ("生物",), "目", "taxonomic order", "生物所属的分类学上的目"),
)

CORPUS = Corpus(
    name="duie1",
    title="DuIE 1.0",
    language="zh",
    domain="encyclopedia and news",
    domain_zh="百科、新闻",
    tasks=("RE",),
    homepage=PAGE,
    citation="""@inproceedings{li-etal-2019-duie,
  title = {{DuIE}: A Large-Scale {Chinese} Dataset for Information Extraction},
  author = {Li, Shuangjie and He, Wei and Shi, Yabing and Jiang, Wenbin and Liang, Haijin and Jiang, Ye and
            Zhang, Yang and Lyu, Yajuan and Zhu, Yong},
  booktitle = {Natural Language Processing and Chinese Computing (NLPCC 2019)},
  year = {2019}, pages = {791--800}, doi = {10.1007/978-3-030-32236-6_72},
}""",
    licence=Licence("unknown", redistribute=False, terms="Given to participants of LIC 2019 under Baidu's terms."),
    splits=(
        Split("train", (TRAIN,)),
        Split("train", (TRAIN_EXTRACT,), extract="2,601 lines that a third party published to try out code"),
        Split("dev", (DEV,)),
        Split("dev", (DEV_EXTRACT,), extract="1,000 lines that a third party published to try out code"),
        Split("test", (TEST,), gold=False, read=texts()),
        Split("test", (TEST_EXTRACT,), gold=False, read=texts(), extract="500 lines that a third party published"),
    ),
    read=triples(),
    schema=Schema(
        entities=ENTITIES,
        relations=tuple(
            RelationLabel(name, name, english, description=text, heads=heads, tails=(tail,))
            for name, heads, tail, english, text in RELATIONS
        ),
    ),
    description="Sentences of Baidu Baike and news with subject-predicate-object triples. DuIE 2.0 is its revision "
    "and shares texts with it: 151 train and 50 dev texts of the extract are among 2,000 of DuIE 2.0 dev.",
    annotation="By distant supervision, corrected by crowd workers.",
    verified="original",
    published={"train": Totals(173108), "dev": Totals(21639)},
    published_source="LIC 2019: lines of train_data.json and dev_data.json",
    expect={
        "train": Totals(2601, 0, 5293, 0, 0, repairs={"letter case": 7}),
        "dev": Totals(1000, 0, 2073, 0, 0),
        "test": Totals(500, 0, 0, 0, 0),
    },
    differences="The totals are those of the extracts; the whole files, which need registration, were not at hand.",
    differences_zh="总数是节选文件的；完整文件需要注册，未能取得。",
    defects={
        "letter case": "Subjects with Latin letters may be in lower case whatever the text has (10 in the train "
        "extract). Where the text has the string at one place in other letter case (7 of the 10), its spelling is "
        "taken; elsewhere the string stays as it is, without offsets."
    },
)
