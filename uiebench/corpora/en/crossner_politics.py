"""CrossNER, domain politics: sentences of Wikipedia articles on politics.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    The<TAB>O
    Harbour<TAB>B-politicalparty
    Party<TAB>I-politicalparty
    nominated<TAB>O
    Ines<TAB>B-politician
    Dahl<TAB>I-politician

The tokens are joined with one blank. Train is smaller than dev: the corpus is made for few-shot transfer.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/zliucr/CrossNER/2e7ba2a7798c961e3f29fbc51252c5a8d40224bf/ner_data/politics/"
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="1d8be31abb58463349496fe21b13d70114cf015294a9ff9cce77af9b83e8aa84",
    bytes=97283,
)
DEV = Download(
    "dev.txt", BASE + "dev.txt", sha256="4f1f30eb832f4c5fe474f67ca45e875d863bddf0bbe432262d272ef13639fa8f", bytes=300968
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="05cadc5e129d394f7f92b4a052cf4b6ea4c60878d32a833e500cf046c297455f",
    bytes=325917,
)

CORPUS = Corpus(
    name="crossner_politics",
    title="CrossNER: Politics",
    language="en",
    domain="politics",
    domain_zh="政治",
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
                "politician",
                "政治人物",
                "politician",
                description="a person in politics: member of parliament, minister, head of state",
            ),
            Label("person", "人物", "person", description="a person who is not a politician"),
            Label(
                "organisation",
                "组织机构",
                "organization",
                description="a company, agency, society, team or other organization",
            ),
            Label(
                "politicalparty", "政党", "political party", description="a political party or an alliance of parties"
            ),
            Label("event", "事件", "event", description="a named event such as a war, a festival or a tournament"),
            Label("election", "选举", "election", description="an election or a referendum"),
            Label("country", "国家", "country", description="a state"),
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
    description="Sentences of Wikipedia articles on politics.",
    annotation="By hand, after labels proposed from DBpedia.",
    verified="original",
    expect={
        "train": Totals(200, 1304, 0, 0, 0),
        "dev": Totals(541, 3482, 0, 0, 0),
        "test": Totals(651, 4209, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 9, 199, 540, 650),),
    differences="InstructUIE counts one document fewer in every split; the files hold 200, 541 and 651.",
    differences_zh="InstructUIE 的每个部分都少计一个文本；文件中有 200、541、651 个。",
)
