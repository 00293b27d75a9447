"""InstructIE (Chinese half): relations in paragraphs of Wikipedia on twelve topics.

Native form, as its dataset card documents it: JSON lines without offsets; ``cate`` is the topic.

    {"id": "5f0c…", "cate": "地理地区", "text": "云州县位于青石省西部，面积为943平方公里。", "relation": [
        {"head": "云州县", "head_type": "地理地区", "relation": "面积", "tail": "943平方公里", "tail_type": "度量"}]}

The labels are those that its authors list: ``schema_zh.json`` of the dataset and, in the code of DeepKE, the
relations of the training set and of each topic. The lists disagree in places (出版时间 and 出版日期); all of
them are declared. Any other label in the files is an error. Which types a relation joins is left open,
since ``schema_zh.json`` could be read in part only.
"""

from uiebench.formats import triples
from uiebench.types import Corpus, HubFile, Label, Licence, RelationLabel, Schema, Split

REPO, REVISION = "zjunlp/InstructIE", "acb7a51a789e090f8fe02f6177c2c892c7acb71b"
TRAIN = HubFile("train_zh.json", REPO, "train_zh.json", REVISION)
DEV = HubFile("valid_zh.json", REPO, "valid_zh.json", REVISION)
TEST = HubFile("test_zh.json", REPO, "test_zh.json", REVISION)

ENTITIES = (
    Label("人物", "人物", "person", description="真实或虚构的人"),
    Label("组织", "组织", "organization", description="企业、机构、政党、球队等"),
    Label("地理地区", "地理地区", "location", description="国家、行政区、山川、湖泊等"),
    Label("建筑结构", "建筑结构", "facility", description="建筑物和设施"),
    Label("产品", "产品", "product", description="人造物件、物质和作品"),
    Label("生物", "生物", "organism", description="动物、植物、微生物"),
    Label("运输", "运输", "transport", description="线路、车站、交通工具等"),
    Label("事件", "事件", "event", description="战争、赛事、选举等"),
    Label("天文对象类型", "天文对象", "astronomical object", description="恒星、星系、小行星等"),
    Label("医学", "医学", "medical term", description="疾病、症状等医学名词"),
    Label("专业", "专业", "profession or title", description="职业、职务、奖项等"),
    Label("时间", "时间", "time", description="日期、年份或时段"),
    Label("度量", "度量", "quantity", description="带单位的数量"),
    Label("文本", "文本", "text", description="不属于其他类型的描述"),
    Label("其他", "其他", "miscellaneous", description="以上各类之外的事物"),
)
RELATIONS = (  # relation, English name, concept where two relations are one, description
    ("别名", "alias", "", "尾实体是头实体的另一名称"),
    ("位于", "located in", "", "头实体位于尾实体所指的地方"),
    ("成就", "achievement", "", "尾实体是头实体取得的成就"),
    ("事件", "significant event", "", "尾实体是头实体经历或参与的事件"),
    ("名称由来", "origin of the name", "", "尾实体说明头实体因何得名"),
    ("长度", "length", "", "尾实体是头实体的长度"),
    ("宽度", "width", "", "尾实体是头实体的宽度"),
    ("高度", "height", "", "尾实体是头实体的高度"),
    ("面积", "area", "", "尾实体是头实体的面积"),
    ("直径", "diameter", "", "尾实体是头实体的直径"),
    ("重量", "weight", "", "尾实体是头实体的重量"),
    ("质量", "mass", "", "尾实体是头实体的质量"),
    ("用途", "purpose", "", "尾实体是头实体的用处"),
    ("产地", "place of origin", "", "头实体产于尾实体所指的地方"),
    ("发现者或发明者", "discoverer or inventor", "", "尾实体发现或发明了头实体"),
    ("出生日期", "date of birth", "", "尾实体是人物的出生日期"),
    ("出生地点", "place of birth", "", "尾实体是人物的出生地"),
    ("死亡日期", "date of death", "", "尾实体是人物的死亡日期"),
    ("死亡地点", "place of death", "", "人物死于尾实体所指的地方"),
    ("墓地", "burial place", "", "人物葬于尾实体所指的地方"),
    ("国籍", "nationality", "", "尾实体是人物所属的国家"),
    ("籍贯", "native place", "", "尾实体是人物祖籍所在的地方"),
    ("职业", "occupation", "", "尾实体是人物从事的职业"),
    ("职务", "position held", "job title", "尾实体是人物担任的职务"),
    ("作品", "notable work", "", "尾实体是头实体创作的作品"),
    ("所属组织", "affiliation", "", "头实体属于尾实体所指的组织"),
    ("父母", "parent", "", "尾实体是头实体的父亲或母亲"),
    ("配偶", "spouse", "", "两人是夫妻"),
    ("兄弟姊妹", "sibling", "", "两人是兄弟姐妹"),
    ("人口", "population", "", "尾实体是地区的人口"),
    ("行政中心", "administrative center", "", "尾实体是地区政府的所在地"),
    ("海拔", "elevation", "", "尾实体是头实体的海拔高度"),
    ("创建时间", "creation date", "", "头实体创建于尾实体所指的时间"),
    ("创建者", "creator", "", "尾实体创建了头实体"),
    ("成立时间", "founding date", "", "组织成立于尾实体所指的时间"),
    ("成立或创建时间", "founding or creation date", "", "头实体成立或创建于尾实体所指的时间"),
    ("解散时间", "dissolution date", "", "组织解散于尾实体所指的时间"),
    ("创始人", "founder", "", "尾实体是组织的创始人"),
    ("创办者", "establisher", "founder", "尾实体创办了头实体"),
    ("成员", "member", "", "尾实体是组织的成员"),
    ("子组织", "subsidiary", "", "尾实体是组织的下属组织"),
    ("产品", "product", "", "尾实体是组织的产品"),
    ("作者", "author", "", "尾实体写作了头实体"),
    ("出版日期", "publication date", "", "作品出版于尾实体所指的日期"),
    ("出版时间", "publication time", "publication date", "作品出版于尾实体所指的时间"),
    ("出版商", "publisher", "", "尾实体出版了作品"),
    ("出版平台", "publishing platform", "", "作品在尾实体所指的平台发行"),
    ("改编自", "source work", "", "头实体根据尾实体改编"),
    ("导演", "director", "", "尾实体执导了作品"),
    ("编剧", "screenwriter", "", "尾实体写作了作品的剧本"),
    ("制片人", "producer", "", "尾实体是作品的制片人"),
    ("制作商", "production company", "", "尾实体制作了作品"),
    ("演员", "actor", "", "尾实体出演了作品"),
    ("表演者", "performer", "", "尾实体演唱或表演了作品"),
    ("角色", "character", "", "尾实体是作品中的角色"),
    ("作曲者", "composer", "", "尾实体为作品作曲"),
    ("作词者", "lyricist", "", "尾实体为作品作词"),
    ("曲目", "track", "", "尾实体是专辑收录的曲目"),
    ("票房", "box office", "", "尾实体是影片的票房收入"),
    ("学名", "scientific name", "", "尾实体是生物的学名"),
    ("分布", "distribution", "", "生物分布于尾实体所指的地区"),
    ("父级分类单元", "parent taxon", "", "尾实体是生物所属的上一级分类"),
    ("主要食物来源", "main food source", "", "尾实体是生物的主要食物"),
    ("品牌", "brand", "", "尾实体是产品的品牌"),
    ("制造商", "manufacturer", "", "尾实体制造了产品"),
    ("生产时间", "production date", "", "产品生产于尾实体所指的时间"),
    ("材料", "material", "", "尾实体是制作头实体的材料"),
    ("性质", "property", "", "尾实体是头实体的性质"),
    ("组成", "component", "", "尾实体是头实体的组成部分"),
    ("生成物", "derived product", "", "尾实体由头实体生成"),
    ("线路", "line", "", "尾实体是车站所在的线路"),
    ("途经", "place passed", "", "线路经过尾实体所指的地方"),
    ("途径", "place on the way", "place passed", "线路经过尾实体所指的地方，“途经”的另一写法"),
    ("开通时间", "opening date", "", "头实体开通于尾实体所指的时间"),
    ("车站等级", "station class", "", "尾实体是车站的等级"),
    ("车站编号", "station code", "", "尾实体是车站的编号"),
    ("参与者", "participant", "", "尾实体参与了事件"),
    ("发生地点", "place", "", "事件发生于尾实体所指的地方"),
    ("发生时间", "point in time", "", "事件发生于尾实体所指的时间"),
    ("主办方", "organizer", "", "尾实体主办了事件"),
    ("赞助者", "sponsor", "", "尾实体赞助了事件"),
    ("伤亡人数", "casualties", "", "尾实体是事件中伤亡的人数"),
    ("起因", "cause", "", "尾实体引起了事件"),
    ("导致", "effect", "", "事件导致了尾实体"),
    ("所获奖项", "award received", "", "头实体获得了尾实体所指的奖项"),
    ("获奖者", "prizewinner", "", "尾实体获得了头实体所指的奖项"),
    ("获胜者", "winner", "", "尾实体是事件的获胜者"),
    ("属于", "system it belongs to", "", "头实体属于尾实体所指的类别或天体系统"),
    ("发现时间", "discovery date", "", "头实体被发现于尾实体所指的时间"),
    ("发现或发明时间", "discovery or invention date", "", "头实体被发现或发明于尾实体所指的时间"),
    ("绝对星等", "absolute magnitude", "", "尾实体是天体的绝对星等"),
    ("症状", "symptom", "", "尾实体是疾病的症状"),
    ("病因", "etiology", "", "尾实体引起疾病"),
    ("发病部位", "affected body part", "", "疾病发生在尾实体所指的部位"),
    ("可能后果", "possible consequence", "", "尾实体是疾病可能的后果"),
)

CORPUS = Corpus(
    name="instructie_zh",
    title="InstructIE (Chinese)",
    language="zh",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("RE",),
    homepage="https://huggingface.co/datasets/zjunlp/InstructIE",
    citation="""@article{gui-etal-2023-instructie,
  title = {{InstructIE}: A Bilingual Instruction-based Information Extraction Dataset},
  author = {Gui, Honghao and Qiao, Shuofei and Zhang, Jintian and Ye, Hongbin and Sun, Mengshu and Liang, Lei and
            Pan, Jeff Z. and Chen, Huajun and Zhang, Ningyu},
  journal = {CoRR}, volume = {abs/2305.11527}, year = {2023}, doi = {10.48550/arXiv.2305.11527},
}""",
    licence=Licence(
        "unclear",
        redistribute=False,
        url="https://huggingface.co/datasets/zjunlp/InstructIE",
        terms="The dataset card says MIT, the paper CC BY-NC-SA 4.0.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=triples(
        relations="relation",
        predicate="relation",
        subject="head",
        object="tail",
        subject_type="head_type",
        object_type="tail_type",
    ),
    schema=Schema(
        entities=ENTITIES,
        relations=tuple(
            RelationLabel(name, name, english, concept, text) for name, english, concept, text in RELATIONS
        ),
    ),
    description="Paragraphs of the Chinese Wikipedia on twelve topics. The training set is labelled automatically from "
    "Wikidata and supplemented by language models, the test set is annotated by hand. A text is labelled "
    "with the relations of its topic only, so the absence of another topic's relation says nothing.",
    annotation="Automatically, from Wikidata; the test set by hand (Gui et al. 2023).",
    verified="sample",
)
