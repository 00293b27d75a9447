"""Yidu-S4K, subtask 1, that is CCKS 2019 task 1: clinical named entities in Chinese hospital records.

Native form: JSON lines with half-open offsets and no strings. Both training files begin with a byte-order
mark, the second has CRLF line ends; the test file has neither, and no key ``overlap``:

    {"originalText": "右肺上叶腺癌术后", "entities": [{"end_pos": 6, "label_type": "疾病和诊断", "overlap": 0,
      "start_pos": 0}]}
"""

from uiebench.formats import offsets
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/GuocaiL/nlp_corpus/"
    "f924a9e1117d14572cd1ea13e2e62538101328b4/open_ner_data/yidu-s4k/"
)
TRAIN = (
    Download(
        "subtask1_training_part1.txt",
        BASE + "subtask1_training_part1.txt",
        sha256="21aa30b69cd1a6d5984123b3abf46787b8a7ed608613133e3cb30e7f153aa5ce",
        bytes=1065603,
    ),
    Download(
        "subtask1_training_part2.txt",
        BASE + "subtask1_training_part2.txt",
        sha256="539d7ff3df7bfea8310bbfe80752592f4a814d43be63ec2197e6c09f7de5f647",
        bytes=1446003,
    ),
)
TEST = Download(
    "subtask1_test_set_with_answer.json",
    BASE + "subtask1_test_set_with_answer.json",
    sha256="f27e1002754c222c013294f1409044a8adb7ed5afb3119be9d229b2d2123b32c",
    bytes=767956,
)

CORPUS = Corpus(
    name="yidu_s4k",
    title="Yidu-S4K (CCKS 2019 task 1)",
    language="zh",
    domain="medicine",
    domain_zh="医疗",
    tasks=("NER",),
    homepage="http://openkg.cn/dataset/yidu-s4k",
    citation="""@article{han-etal-2020-overview,
  title = {Overview of the {CCKS} 2019 Knowledge Graph Evaluation Track: Entity, Relation, Event and {QA}},
  author = {Han, Xianpei and Wang, Zhichun and Zhang, Jiangtao and others},
  journal = {arXiv preprint arXiv:2003.03875}, year = {2020}, url = {https://arxiv.org/abs/2003.03875},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        terms="Annotated by Yidu Cloud; its task description allows use for the CCKS evaluation only. The terms of the "
        "later release on OpenKG are unknown to us.",
    ),
    splits=(Split("train", TRAIN), Split("test", (TEST,))),
    read=offsets(text="originalText", mentions="entities", start="start_pos", end="end_pos", type="label_type"),
    schema=Schema(
        entities=(
            Label("疾病和诊断", "疾病和诊断", "disease", description="疾病名称，以及医生对病因、病理、分型分期的判断"),
            Label("影像检查", "影像检查", "imaging examination", description="X线、CT、MR、超声、造影和心电图等检查"),
            Label("实验室检验", "实验室检验", "laboratory test", description="检验科所做的化验项目，如“血红蛋白”"),
            Label("手术", "手术", "surgery", description="对患者身体局部进行的切除、缝合等治疗"),
            Label("药物", "药物", "drug", description="用于治疗疾病的具体药品或化学物质"),
            Label("解剖部位", "解剖部位", "body part", description="疾病、症状和体征所在的解剖学部位"),
        )
    ),
    description="Histories of present illness of hospital patients, most of them with tumours.",
    annotation="By hand, at Yidu Cloud, as the description of the task (CCKS 2019 task 1) says.",
    verified="original",
    published={"train": Totals(1000), "test": Totals(379)},
    published_source="Luo, overview of Chinese clinical NER (github.com/lingluodlut/Chinese-BioNLP, CNER_sota.md)",
    expect={
        "train": Totals(1000, 17653, 0, 0, 0, repairs={"outer space": 87}),
        "test": Totals(379, 6002, 0, 0, 0, repairs={"outer space": 21}),
    },
    defects={"outer space": "108 mentions begin or end with a space, such as “希罗达 ”."},
)
