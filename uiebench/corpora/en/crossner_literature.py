"""CrossNER, domain literature: sentences of Wikipedia articles on literature.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every sentence:

    Ottilie<TAB>B-writer
    Brandt<TAB>I-writer
    published<TAB>O
    Salt<TAB>B-book
    Roads<TAB>I-book
    in<TAB>O

The tokens are joined with one blank. Train is smaller than dev: the corpus is made for few-shot transfer.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/zliucr/CrossNER/2e7ba2a7798c961e3f29fbc51252c5a8d40224bf/ner_data/literature/"
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="0647e403a85040742c2f4041cf002146a81aa2e13adda19d0e82a8bcd493c18b",
    bytes=36623,
)
DEV = Download(
    "dev.txt", BASE + "dev.txt", sha256="99281a51943cf7e3c2a58b3dc45c0e5ab6d329624ebf2ba6b4801c428396162f", bytes=142501
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="77267f8b3e8afe993865c64cfc605f65671f6a0ac9cba65de970f12180fed20e",
    bytes=155256,
)

CORPUS = Corpus(
    name="crossner_literature",
    title="CrossNER: Literature",
    language="en",
    domain="literature",
    domain_zh="文学",
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
            Label("book", "图书", "book", description="a novel, a collection or another book"),
            Label("writer", "作家", "writer", description="a person who writes: novelist, poet, playwright, essayist"),
            Label("award", "奖项", "award", description="a prize, an order or another honour"),
            Label("poem", "诗歌", "poem", description="a poem, an epic or a cycle of poems"),
            Label("event", "事件", "event", description="a named event such as a war, a festival or a tournament"),
            Label("magazine", "杂志", "magazine", description="a magazine, a newspaper or a journal"),
            Label(
                "literarygenre",
                "文学体裁",
                "literary genre",
                description="a genre or a form such as science fiction or sonnet",
            ),
            Label("person", "人物", "person", description="a person who is not a writer, or a character"),
            Label(
                "location", "地点", "location", description="a city, region, river or other place that is not a country"
            ),
            Label(
                "organisation",
                "组织机构",
                "organization",
                description="a company, agency, society, team or other organization",
            ),
            Label("country", "国家", "country", description="a state"),
            Label(
                "misc",
                "其他实体",
                "miscellaneous entity",
                concept="miscellaneous",
                description="a name or term of none of the other types, such as a film or a nationality",
            ),
        )
    ),
    description="Sentences of Wikipedia articles on literature.",
    annotation="By hand, after labels proposed from DBpedia.",
    verified="original",
    expect={
        "train": Totals(100, 541, 0, 0, 0),
        "dev": Totals(400, 2130, 0, 0, 0),
        "test": Totals(416, 2266, 0, 0, 0),
    },
    reported=(Reported("InstructUIE", "NER", 12, 100, 400, 416),),
)
