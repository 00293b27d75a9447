"""BosonNER (BosonNLP_NER_6C): paragraphs of news and microblogs with six types marked inside the text.

Native form: one paragraph a line, the mentions in double braces:

    记者{{person_name: 方远山}}从{{location:林川}}报道，{{time:{{time:今天}}}}有雨。\\n\\n

The name of the file was BosonNLP_NER_6C.txt; it circulates as origindata.txt. White space inside the
braces is taken off the mention and stays in the text. Marks are nested 26 times, always two of one type
around one string: a single mention. The two characters backslash and n stand for a line break 1,152
times, five times inside a mention: they are kept as they are.
"""

from uiebench.formats import markup
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

TRAIN = Download(
    "origindata.txt",
    "https://raw.githubusercontent.com/InsaneLife/ChineseNLPCorpus/"
    "65fc49b20af96c9f1ae159bef7f04b9e56157fda/NER/boson/origindata.txt",
    sha256="dcaea8a4e8b66fc83ffbb27eaccc72ad1081bb65bf4e1deb5de7973972ab192b",
    bytes=1870472,
)

CORPUS = Corpus(
    name="boson",
    title="BosonNER",
    language="zh",
    domain="web",
    domain_zh="网页",
    tasks=("NER",),
    homepage="https://github.com/InsaneLife/ChineseNLPCorpus",
    citation="""@misc{bosonnlp-2014-ner,
  title = {{BosonNLP\\_NER\\_6C}: Named Entity Recognition Data},
  author = {{BosonNLP}}, year = {2014}, howpublished = {http://bosonnlp.com},
}""",
    licence=Licence(
        "BosonNLP data licence",
        redistribute=False,
        url="https://github.com/InsaneLife/ChineseNLPCorpus/blob/65fc49b20af96c9f1ae159bef7f04b9e56157fda/NER/boson/license.txt",
        terms="Free for research; name BosonNLP as the source, do not pass the data on, pay for commercial use.",
    ),
    splits=(Split("train", (TRAIN,)),),
    read=markup(r"\{\{(?P<type>\w+):", r"\}\}"),
    schema=Schema(
        entities=(
            Label("time", "时间", "time", description="日期、时刻或时段"),
            Label("location", "地点", "location", description="国家、城市、街道、建筑等地点的名称"),
            Label("person_name", "人名", "person", description="人的姓名、绰号或账号名"),
            Label("org_name", "组织名", "organization", description="政府部门、学校、球队等非企业组织的名称"),
            Label("company_name", "公司名", "company", description="企业的名称"),
            Label("product_name", "产品名", "product", description="商品、软件、网站、作品等产品的名称"),
        )
    ),
    description=(
        "Paragraphs of Chinese news, blogs and microblogs. They overlap: 307 of them stand in 110 groups of one text "
        "that was annotated two or more times, each time differently. Four mentions hold the remains of a mark whose "
        "braces are gone; they are kept as they are."
    ),
    verified="original",
    published={"train": Totals(2000)},
    published_source="readme.md of the corpus",
    expect={
        "train": Totals(2000, 23173, 0, 0, 0, drops={"repeated annotation": 26}, repairs={"outer space": 85}),
    },
    differences=(
        "There is no official split: all 2,000 paragraphs are train. Papers that report more texts cut the "
        "paragraphs into sentences."
    ),
    differences_zh="没有官方划分：2,000 个段落全部作训练集。文本数更多的论文把段落切成了句子。",
    defects={
        "outer space": "85 mentions have white space inside their braces, before or after: it is taken off.",
        "repeated annotation": "26 mentions are marked twice, one mark of the same type inside the other: kept once.",
    },
)
