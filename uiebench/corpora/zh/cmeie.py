"""CMeIE (CHIP 2020, CBLUE): relations in paragraphs of medical textbooks and clinical guidelines.

Native form: JSON lines without offsets; objects are dicts, but only ever with ``@value``. ``Combined`` is
not read: its meaning is not documented. Many texts begin with the topic and "@", and the topic may be the subject
of a triple. The test file has no ``spo_list``.

    {"text": "雾肺症@患者多有持续干咳，可用青蒿酮治疗。", "spo_list": [
        {"Combined": false, "predicate": "药物治疗", "subject": "雾肺症", "subject_type": "疾病",
         "object": {"@value": "青蒿酮"}, "object_type": {"@value": "药物"}}]}

The 53 entries of ``53_schemas.json`` are 44 predicates: its ten "同义词-…" are one predicate 同义词 in the data.
"""

from uiebench.formats import texts, triples
from uiebench.types import Corpus, Download, Label, Licence, RelationLabel, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/Sherlock-coder/CasRel/967bc6e3443aea419367d7c64d1205cb48de242c/"
TRAIN = Download("data/CMeIE_train.json", BASE + "data/CMeIE_train.json")
DEV = Download(
    "data/CMeIE_dev.json",
    BASE + "data/CMeIE_dev.json",
    sha256="cd17acdda862a25ba260ff8bcef551f4c86e0aaa762a990990c5de3a0d444d95",
    bytes=2820454,
)
TEST = Download(
    "data/CMeIE_test.json",
    BASE + "data/CMeIE_test.json",
    sha256="7b9480b12dbd89d4415aa13476fa034a84ac73fba92ac3607d7e925b02df33bb",
    bytes=1060126,
)

ENTITIES = (
    Label("疾病", "疾病", "disease", description="疾病、综合征或病变"),
    Label("症状", "症状", "symptom", description="患者的不适和医生查得的体征"),
    Label("部位", "部位", "body part", description="器官、组织等身体部位"),
    Label("检查", "检查", "medical test", description="影像、化验、内镜等检查"),
    Label("药物", "药物", "drug", description="用于治疗或预防的药品"),
    Label("手术治疗", "手术治疗", "surgery", description="手术和其他有创操作"),
    Label("其他治疗", "其他治疗", "other treatment", description="药物和手术以外的治疗，如放疗、化疗、护理"),
    Label("预后", "预后", "prognosis", description="疾病的转归和生存率"),
    Label("流行病学", "流行病学", "epidemiology", description="发病率、多发人群和地区、传播途径等"),
    Label("社会学", "社会学", "cause or risk", description="病因、机制、危险因素、病史等"),
    Label("其他", "其他", "miscellaneous", description="预防、阶段、就诊科室等"),
)
OF_DISEASES = (  # predicate, type of the object, English name, description; the subject is a disease
    ("预防", "其他", "prevention", "尾实体是预防该病的措施"),
    ("阶段", "其他", "stage", "尾实体是该病的分期或阶段"),
    ("就诊科室", "其他", "department to visit", "该病应就诊的科室"),
    ("辅助治疗", "其他治疗", "adjuvant therapy", "尾实体是该病的辅助治疗手段"),
    ("化疗", "其他治疗", "chemotherapy", "尾实体是该病的化疗方案"),
    ("放射治疗", "其他治疗", "radiotherapy", "尾实体是该病的放射治疗"),
    ("手术治疗", "手术治疗", "surgical treatment", "尾实体是治疗该病的手术"),
    ("药物治疗", "药物", "drug treatment", "尾实体是治疗该病的药物"),
    ("实验室检查", "检查", "laboratory test", "尾实体是该病的化验项目"),
    ("影像学检查", "检查", "imaging examination", "尾实体是该病的影像检查"),
    ("辅助检查", "检查", "auxiliary examination", "尾实体是该病的其他检查"),
    ("组织学检查", "检查", "histological examination", "尾实体是该病的病理组织检查"),
    ("内窥镜检查", "检查", "endoscopic examination", "尾实体是该病的内窥镜检查"),
    ("筛查", "检查", "screening", "尾实体是筛查该病的手段"),
    ("多发群体", "流行病学", "population at risk", "尾实体是易患该病的人群"),
    ("发病率", "流行病学", "incidence", "尾实体是该病的发病比率"),
    ("发病年龄", "流行病学", "age of onset", "尾实体是该病常见的发病年龄"),
    ("多发地区", "流行病学", "region of prevalence", "尾实体是该病多发的地区"),
    ("发病性别倾向", "流行病学", "sex predominance", "尾实体是该病在两性间的发病倾向"),
    ("死亡率", "流行病学", "mortality", "尾实体是该病的死亡比率"),
    ("多发季节", "流行病学", "season of prevalence", "尾实体是该病多发的季节"),
    ("传播途径", "流行病学", "route of transmission", "尾实体是该病的传播方式"),
    ("并发症", "疾病", "complication", "尾实体是该病的并发疾病"),
    ("病理分型", "疾病", "pathological subtype", "尾实体是该病的一种类型"),
    ("相关（导致）", "疾病", "disease caused", "头实体可导致尾实体"),
    ("相关（转化）", "疾病", "disease it turns into", "头实体可转变为尾实体"),
    ("相关（症状）", "疾病", "disease as symptom", "尾实体是与该病症状相关的疾病"),
    ("鉴别诊断", "疾病", "differential diagnosis", "尾实体是须与该病相鉴别的疾病"),
    ("临床表现", "症状", "clinical manifestation", "尾实体是该病的症状或体征"),
    ("治疗后症状", "症状", "symptom after treatment", "尾实体是治疗之后出现的症状"),
    ("侵及周围组织转移的症状", "症状", "symptom of invasion or metastasis", "尾实体是侵犯周围组织或转移引起的症状"),
    ("病因", "社会学", "etiology", "尾实体引起该病"),
    ("高危因素", "社会学", "high-risk factor", "尾实体使该病更易发生"),
    ("风险评估因素", "社会学", "risk assessment factor", "尾实体用于评估该病的风险"),
    ("病史", "社会学", "medical history", "尾实体是与该病有关的既往史"),
    ("遗传因素", "社会学", "genetic factor", "尾实体是该病的遗传原因"),
    ("发病机制", "社会学", "pathogenesis", "尾实体说明该病如何发生"),
    ("病理生理", "社会学", "pathophysiology", "尾实体是该病的病理生理变化"),
    ("发病部位", "部位", "affected body part", "该病发生在尾实体所指的部位"),
    ("转移部位", "部位", "site of metastasis", "该病转移到尾实体所指的部位"),
    ("外侵部位", "部位", "site of invasion", "该病向外侵犯到尾实体所指的部位"),
    ("预后状况", "预后", "prognostic status", "尾实体说明该病的转归"),
    ("预后生存率", "预后", "survival rate", "尾实体是该病患者的生存比率"),
)
WITH_SYNONYMS = ("疾病", "症状", "部位", "检查", "药物", "手术治疗", "其他治疗", "流行病学", "社会学", "其他")

CORPUS = Corpus(
    name="cmeie",
    title="CMeIE",
    language="zh",
    domain="medicine",
    domain_zh="医疗",
    tasks=("RE",),
    homepage="https://tianchi.aliyun.com/dataset/dataDetail?dataId=95414",
    citation="""@inproceedings{guan-etal-2020-cmeie,
  title = {{CMeIE}: Construction and Evaluation of {Chinese} Medical Information Extraction Dataset},
  author = {Guan, Tongfeng and Zan, Hongying and Zhou, Xiabing and Xu, Hongfei and Zhang, Kunli},
  booktitle = {Natural Language Processing and Chinese Computing (NLPCC 2020)},
  year = {2020}, pages = {270--282}, doi = {10.1007/978-3-030-60450-9_22},
}""",
    licence=Licence("unknown", redistribute=False, terms="CBLUE gives the data on application at Tianchi."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,), gold=False, read=texts())),
    read=triples(),
    schema=Schema(
        entities=ENTITIES,
        relations=(
            RelationLabel(
                "同义词",
                "同义词",
                "synonym",
                heads=WITH_SYNONYMS,
                tails=WITH_SYNONYMS,
                description="两个名称指同一事物",
            ),
            *(
                RelationLabel(name, name, english, description=description, heads=("疾病",), tails=(tail,))
                for name, tail, english, description in OF_DISEASES
            ),
        ),
    ),
    description="Paragraphs of paediatrics and of a hundred common diseases with the relations of each disease.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(14339), "dev": Totals(3585), "test": Totals(4482)},
    published_source="Zhang et al. (2022), CBLUE",
    expect={
        "dev": Totals(3585, 0, 10613, 0, 0, drops={"repeated annotation": 13}),
        "test": Totals(4482, 0, 0, 0, 0),
    },
    differences="The training file was not at hand. The schema is usually counted as 53 because it lists a "
    "relation once for each pair of types it joins; by name there are 44.",
    differences_zh="未能取得训练文件。通常说有 53 种关系，是因为一种关系每连接一对类型就列一次；按名称计为 44 种。",
    defects={"repeated annotation": "A triple is listed twice in the same record, 13 times in dev; it is kept once."},
)
