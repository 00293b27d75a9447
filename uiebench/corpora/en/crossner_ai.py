"""CrossNER, domain artificial intelligence: sentences of Wikipedia articles on artificial intelligence.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    Halvorsen<TAB>B-researcher
    implemented<TAB>O
    beam<TAB>B-algorithm
    search<TAB>I-algorithm
    in<TAB>O
    Lua<TAB>B-programlang

The tokens are joined with one blank. Train is smaller than dev: the corpus is made for few-shot transfer.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/zliucr/CrossNER/2e7ba2a7798c961e3f29fbc51252c5a8d40224bf/ner_data/ai/"
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="484217a660f52927bd5157507c22fc103b36306364329f62f80fc8acb897b187",
    bytes=40202,
)
DEV = Download(
    "dev.txt", BASE + "dev.txt", sha256="b47ffda6de5901a454a873feac1bebe782e54ce7edf9deb729cab3d769212eee", bytes=114516
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="7595ad386e0a98067100fe47f86811b38867a236011fee97cfaa90f778c37bcf",
    bytes=134455,
)

CORPUS = Corpus(
    name="crossner_ai",
    title="CrossNER: AI",
    language="en",
    domain="artificial intelligence",
    domain_zh="人工智能",
    tasks=("NER",),
    homepage="https://github.com/zliucr/CrossNER",
    citation="""@inproceedings{liu2021crossner,
  title = {{CrossNER}: Evaluating Cross-Domain Named Entity Recognition},
  author = {Liu, Zihan and Xu, Yan and Yu, Tiezheng and Dai, Wenliang and Ji, Ziwei and Cahyawijaya, Samuel and
            Madotto, Andrea and Fung, Pascale},
  booktitle = {Proceedings of the AAAI Conference on Artificial Intelligence},
  year = {2021}, volume = {35}, pages = {13452--13460}, url = {https://arxiv.org/abs/2012.04373},
}""",
    licence=Licence(
        "MIT",
        redistribute=True,
        url="https://github.com/zliucr/CrossNER/blob/main/LICENSE",
        terms="The licence of the repository; the sentences are from Wikipedia (CC BY-SA).",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator="\t", joiner=" "),
    schema=Schema(
        entities=(
            Label(
                "field",
                "研究领域",
                "research field",
                concept="field of study",
                description="a research field such as machine learning or computer vision",
            ),
            Label(
                "task",
                "任务",
                "task",
                description="a problem that systems are made to solve, such as parsing or image recognition",
            ),
            Label(
                "product", "产品", "product", description="a system, a robot, a piece of software or another product"
            ),
            Label("algorithm", "算法", "algorithm", description="an algorithm, a model or a method"),
            Label("researcher", "研究者", "researcher", description="a person who does research"),
            Label("metrics", "评价指标", "metric", description="a measure of quality such as accuracy"),
            Label(
                "programlang",
                "编程语言",
                "programming language",
                description="a language in which programs are written",
            ),
            Label("conference", "会议", "conference", description="an academic conference or its series"),
            Label("university", "大学", "university", description="a university, a college or one of its institutes"),
            Label("country", "国家", "country", description="a state"),
            Label("person", "人物", "person", description="a person who is not a researcher"),
            Label(
                "organisation",
                "组织机构",
                "organization",
                description="a company, agency, society, team or other organization",
            ),
            Label(
                "location", "地点", "location", description="a city, region, river or other place that is not a country"
            ),
            Label(
                "misc",
                "其他实体",
                "miscellaneous entity",
                concept="miscellaneous",
                description="a name or term of none of the other types, such as a film or a nationality",
            ),
        )
    ),
    description="Sentences of Wikipedia articles on artificial intelligence.",
    annotation="By hand, after labels proposed from DBpedia.",
    verified="original",
    expect={
        "train": Totals(100, 532, 0, 0, 0),
        "dev": Totals(350, 1549, 0, 0, 0),
        "test": Totals(431, 1809, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 14, 100, 350, 431),),
)
