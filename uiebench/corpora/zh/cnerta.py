"""CNERTA: transcripts of the speech corpus Aishell-1 with nested entities.

Native form: JSON lines; a mention is an array of start, end (exclusive), string and type. The audio
and the speaker's sex are not read:

    {"sentence": "林川市政府昨晚通报", "audio": "BAC009S0000W0000",
     "entity": [[0, 5, "林川市政府", "ORG"], [0, 3, "林川市", "LOC"]], "speaker_info": "F"}
"""

from uiebench.formats import offsets
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/DianboWork/CNERTA/d5680496b39f6bc5e2d680b5a0d594342135020c/"
TRAIN = Download("train.json", BASE + "train.json")
DEV = Download(
    "valid.json",
    BASE + "valid.json",
    sha256="09377bf4252a1b9b6b730eb8c7c2f5ea2bf8ebc7fc7728690629ff58f4ab8f1e",
    bytes=790922,
)
TEST = Download(
    "test.json",
    BASE + "test.json",
    sha256="61c4db486b70d36005669e7d04b16e3d9aa345c15334a6981031aa0031861f35",
    bytes=831597,
)

CORPUS = Corpus(
    name="cnerta",
    title="CNERTA",
    language="zh",
    domain="speech transcripts",
    domain_zh="语音转写",
    tasks=("NER",),
    homepage="https://github.com/DianboWork/CNERTA",
    citation="""@inproceedings{sui-etal-2021-large,
  title = {A Large-Scale {C}hinese Multimodal {NER} Dataset with Speech Clues},
  author = {Sui, Dianbo and Tian, Zhengkun and Chen, Yubo and Liu, Kang and Zhao, Jun},
  booktitle = {Proceedings of the 59th Annual Meeting of the Association for Computational Linguistics},
  year = {2021}, pages = {2807--2818}, url = {https://aclanthology.org/2021.acl-long.218},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated for the annotations."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=offsets(text="sentence", mentions="entity", start=0, end=1, surface=2, type=3),
    schema=Schema(
        entities=(
            Label("PER", "人名", "person", description="人的姓名"),
            Label("LOC", "地名", "location", description="国家、城市、街道、建筑等地点的名称，可嵌套于机构名中"),
            Label("ORG", "机构名", "organization", description="公司、政府部门、球队、媒体等机构的名称"),
        )
    ),
    description=(
        "Read sentences of news about finance, technology, sports and the like, written without punctuation and with "
        "numbers in characters; 42,987 in all, of which 34,102 are train by subtraction."
    ),
    annotation="By hand (Sui et al. 2021).",
    verified="original",
    expect={
        "dev": Totals(4440, 5889, 0, 0, 0),
        "test": Totals(4445, 7262, 0, 0, 0, drops={"repeated annotation": 1}),
    },
    differences="Our totals of train are unknown: its file was not at hand and is accepted unverified.",
    differences_zh="训练集的总数未知：未能取得其文件，取用时不作校验。",
    defects={"repeated annotation": "One test mention is listed twice: it is kept once."},
)
