"""CrossNER, domain science: sentences of Wikipedia articles on the natural sciences.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    Lundqvist<TAB>B-scientist
    observed<TAB>O
    comet<TAB>B-astronomicalobject
    Arendal<TAB>I-astronomicalobject
    from<TAB>O
    Tromsø<TAB>B-location

The tokens are joined with one blank. Train is smaller than dev: the corpus is made for few-shot transfer.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/zliucr/CrossNER/2e7ba2a7798c961e3f29fbc51252c5a8d40224bf/ner_data/science/"
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="8f6a26096cc7be6790b5790bf5f5b5c8928d8b73d4632e7d45dc8bffad0504ac",
    bytes=78701,
)
DEV = Download(
    "dev.txt", BASE + "dev.txt", sha256="87ec141c7b41b3b52ec861737c4030d65c6e53954ed3d8106baca8603bbf8f24", bytes=186031
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="3616d59d4d2b9dbf4c1126f8d8ba47ff97886223c95f93649bfd527343e64ced",
    bytes=220459,
)

CORPUS = Corpus(
    name="crossner_science",
    title="CrossNER: Science",
    language="en",
    domain="science",
    domain_zh="科学",
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
            Label("scientist", "科学家", "scientist", description="a person who does science"),
            Label("person", "人物", "person", description="a person who is not a scientist"),
            Label("university", "大学", "university", description="a university, a college or one of its institutes"),
            Label(
                "organisation",
                "组织机构",
                "organization",
                description="a company, agency, society, team or other organization",
            ),
            Label("country", "国家", "country", description="a state"),
            Label(
                "location", "地点", "location", description="a city, region, river or other place that is not a country"
            ),
            Label(
                "discipline",
                "学科",
                "discipline",
                concept="field of study",
                description="a branch of science such as physics",
            ),
            Label("enzyme", "酶", "enzyme", description="an enzyme or a class of enzymes"),
            Label(
                "protein", "蛋白质", "protein", concept="gene or protein", description="a protein that is not an enzyme"
            ),
            Label("chemicalelement", "化学元素", "chemical element", description="an element of the periodic table"),
            Label(
                "chemicalcompound",
                "化合物",
                "chemical compound",
                concept="chemical",
                description="a substance made of several elements",
            ),
            Label(
                "astronomicalobject",
                "天体",
                "astronomical object",
                description="a star, a planet, a comet or another object in space",
            ),
            Label(
                "academicjournal",
                "学术期刊",
                "academic journal",
                description="a periodical in which research is published",
            ),
            Label("event", "事件", "event", description="a named event such as a war, a festival or a tournament"),
            Label("theory", "理论", "theory", description="a scientific theory, a law or a hypothesis"),
            Label("award", "奖项", "award", description="a prize, an order or another honour"),
            Label(
                "misc",
                "其他实体",
                "miscellaneous entity",
                concept="miscellaneous",
                description="a name or term of none of the other types, such as a film or a nationality",
            ),
        )
    ),
    description="Sentences of Wikipedia articles on the natural sciences.",
    annotation="By hand, after labels proposed from DBpedia.",
    verified="original",
    expect={
        "train": Totals(200, 1075, 0, 0, 0),
        "dev": Totals(450, 2538, 0, 0, 0),
        "test": Totals(543, 3089, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 17, 200, 450, 543),),
)
