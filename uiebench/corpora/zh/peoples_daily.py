"""People's Daily NER: newspaper sentences in the split that came with a tutorial code base.

Native form: one character, a space and its BIO tag a line, an empty line after every sentence:

    方 B-PER
    远 I-PER
    山 I-PER
    说 O
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/zjy-ucas/ChineseNER/48e1007e60194c13377f8ce612c505d484b18c7d/data/"
TRAIN = Download("example.train", BASE + "example.train")
DEV = Download(
    "example.dev",
    BASE + "example.dev",
    sha256="7d8e6fcd1745e6adcb99d90307d84c3a0f9f8ff5ee6fe62ca27646cb765fc38a",
    bytes=702455,
)
TEST = Download(
    "example.test",
    BASE + "example.test",
    sha256="233299005f941a4b055e38aadcf3ee853e44bc1f88166078d3b52b26b77ea362",
    bytes=1405788,
)

CORPUS = Corpus(
    name="peoples_daily",
    title="People's Daily NER",
    language="zh",
    domain="news",
    domain_zh="新闻",
    tasks=("NER",),
    homepage="https://github.com/OYE93/Chinese-NLP-Corpus",
    citation="""@misc{zhang-chen-2017-chinesener,
  title = {{ChineseNER}: Recurrent Neural Networks for {C}hinese Named Entity Recognition in {TensorFlow}},
  author = {Zhang, Jingyuan and Chen, Mingjie}, howpublished = {https://github.com/zjy-ucas/ChineseNER},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the texts are of the People's Daily."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator=" "),
    schema=Schema(
        entities=(
            Label("PER", "人名", "person", description="人的姓名"),
            Label("LOC", "地名", "location", description="国家、城市、山川、建筑等地点的名称"),
            Label("ORG", "机构名", "organization", description="政府部门、公司、团体、学校等机构的名称"),
        )
    ),
    description=(
        "Sentences of the People's Daily. They are largely those of MSRA in another split: 1,520 dev and 2,958 test "
        "sentences stand verbatim in MSRA train, so never train on the one and test on the other."
    ),
    verified="original",
    published={"train": Totals(20864, 33992), "dev": Totals(2318, 3819), "test": Totals(4636, 7707)},
    published_source="readme of NER/People's Daily in github.com/OYE93/Chinese-NLP-Corpus",
    expect={"dev": Totals(2318, 3819, 0, 0, 0), "test": Totals(4636, 7707, 0, 0, 0)},
    differences=(
        "Our totals of train are unknown: its file was not at hand and is accepted unverified. Loaders that report "
        "20,865, 2,319 and 4,637 sentences count an empty last one."
    ),
    differences_zh=(
        "训练集的总数未知：未能取得其文件，取用时不作校验。报告 20,865、2,319、4,637 句的加载脚本多计了最后的空句。"
    ),
)
