"""cEHRNER of ChineseBLUE: clinical named entities in Chinese hospital records, all letters in lower case.

Native form: JSON lines; the offset of a mention is a string of digits, its end follows from the mention:

    {"text": "因右肺腺癌入院", "mention_data": [{"mention": "右肺腺癌", "label": "疾病和诊断", "offset": "1"}]}

The character 叒 stands for a space. Of the 999 texts 968 are, but for that, letter case and the width of
characters, texts of the training part of Yidu-S4K (CCKS 2019), where no symptoms are annotated; among them
are all test texts and all but one of the dev texts.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import offsets
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Download, Entity, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/alibaba-research/ChineseBLUE/"
    "52eefc9d5cb1839348546c8a473c633d4d9d60a8/data/cEHRNER/"
)
TRAIN = Download(
    "train.json",
    BASE + "train.json",
    sha256="6b7cf54ef45f4169e36eb05bfbb50673ab341f44d0d3d1c9d0a1de0d0c1ea648",
    bytes=2099220,
)
DEV = Download(
    "dev.json",
    BASE + "dev.json",
    sha256="d1d91cbf3807e5faa9b5c0fa057614640f1246b72820410e283c0c87d048bab6",
    bytes=99672,
)
TEST = Download(
    "test.json",
    BASE + "test.json",
    sha256="03734da2b600b6134f54c0ec09ae18b00338dc561c76411101b74af836ebb6bd",
    bytes=85708,
)

SPACE = "叒"
RECORDS = offsets(mentions="mention_data", start="offset", end=None, type="label", surface="mention")


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads the records and puts the spaces back; one character for one, so offsets stay what they are."""
    for found in RECORDS(files, ledger):
        if SPACE not in found.text:
            yield found
            continue
        ledger.repair("mark for a space", found.text, found.text.count(SPACE))
        entities = [Entity(e.text.replace(SPACE, " "), e.start, e.end, e.type) for e in found.entities]
        yield Document("", found.text.replace(SPACE, " "), tuple(entities))


CORPUS = Corpus(
    name="cehrner",
    title="cEHRNER (ChineseBLUE)",
    language="zh",
    domain="medicine",
    domain_zh="医疗",
    tasks=("NER",),
    homepage="https://github.com/alibaba-research/ChineseBLUE",
    citation="""@article{zhang-etal-2020-conceptualized,
  title = {Conceptualized Representation Learning for {C}hinese Biomedical Text Mining},
  author = {Zhang, Ningyu and Jia, Qianghuai and Yin, Kangping and Dong, Liang and Gao, Feng and Hua, Nengwei},
  journal = {arXiv preprint arXiv:2008.10813}, year = {2020}, url = {https://arxiv.org/abs/2008.10813},
}""",
    licence=Licence(
        "Apache-2.0",
        redistribute=False,
        terms="The licence of the repository; nearly all records are those of CCKS 2019, given for that "
        "evaluation only.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(
        entities=(
            Label("疾病和诊断", "疾病和诊断", "disease", description="疾病名称，以及医生对病因、病理、分型分期的判断"),
            Label("症状", "症状", "symptom", description="患者的不适感觉或异常表现"),
            Label("影像检查", "影像检查", "imaging examination", description="X线、CT、MR、超声、造影和心电图等检查"),
            Label("实验室检验", "实验室检验", "laboratory test", description="检验科所做的化验项目，如“血红蛋白”"),
            Label("手术", "手术", "surgery", description="对患者身体局部进行的切除、缝合等治疗"),
            Label("药物", "药物", "drug", description="用于治疗疾病的具体药品或化学物质"),
            Label("解剖部位", "解剖部位", "body part", description="疾病、症状和体征所在的解剖学部位"),
        )
    ),
    description="Histories of present illness of hospital patients; 968 of the 999 texts are also in Yidu-S4K.",
    annotation="By hand, at Yidu Cloud: the 968 texts that are also in Yidu-S4K; of the others it is not known.",
    verified="original",
    published={"train": Totals(914), "dev": Totals(44), "test": Totals(41)},
    published_source="README of the repository",
    expect={
        "train": Totals(914, 16136, 0, 0, 0, repairs={"mark for a space": 3194}),
        "dev": Totals(44, 749, 0, 0, 0, repairs={"mark for a space": 189}),
        "test": Totals(41, 632, 0, 0, 0, repairs={"mark for a space": 161}),
    },
    defects={
        "mark for a space": "The files write 叒 for a space, as a comparison with Yidu-S4K shows.",
    },
)
