"""CMeEE, in the form of CHIP 2020 task 1: nested medical entities in Chinese textbooks of paediatrics.

Native form: one text a line, its mentions after it, each with first and last character and type:

    肺炎患儿可有咳嗽。|||0    1    dis|||0    0    bod|||6    7    sym|||

The test file is one bare text a line. CBLUE distributes the same annotation as JSON. A second test file
without gold (test2.txt, 5,618 texts), which CBLUE does not have, is left out.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import lines, read_lines
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Download, Entity, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/GuocaiL/nlp_corpus/"
    "f924a9e1117d14572cd1ea13e2e62538101328b4/open_ner_data/2020_ccks_ner/"
)
TRAIN = Download(
    "chip_2020_1_train/train_data.txt",
    BASE + "chip_2020_1_train/train_data.txt",
    sha256="5add6313dc58eef321a086c24fd763c8cb6f3344ff9967a4017aa0271b22c82c",
    bytes=3352937,
)
DEV = Download(
    "chip_2020_1_train/val_data.txt",
    BASE + "chip_2020_1_train/val_data.txt",
    sha256="5841c297eadf9dc3d5daeaa848a43633065af534b8960d8a510c5b61ffa5b690",
    bytes=1110155,
)
TEST = Download(
    "chip_2020_1_test1/test1.txt",
    BASE + "chip_2020_1_test1/test1.txt",
    sha256="f214fba2aa26af4971a000cefa9e87d56cdb79610fb35b65f3e6a1768fdf72f6",
    bytes=440471,
)


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads lines of a text and its mentions."""
    for path in files:
        for line in read_lines(path, ledger):
            text, *mentions = line.split("|||")
            if not mentions or mentions.pop():
                raise ledger.malformed(line, "a text and its mentions, each closed by '|||'")
            entities = []
            for mention in mentions:
                try:
                    first, last, kind = mention.split("    ")
                    start, end = int(first), int(last) + 1
                except ValueError:
                    raise ledger.malformed(mention, "first, last and type separated by four spaces") from None
                if start >= end:
                    ledger.drop("inverted span", mention)
                    continue
                entities.append(Entity(text[start:end], start, end, kind))
            yield Document("", text, tuple(entities))


CORPUS = Corpus(
    name="cmeee",
    title="CMeEE (CHIP 2020 task 1)",
    language="zh",
    domain="medicine",
    domain_zh="医疗",
    tasks=("NER",),
    homepage="https://tianchi.aliyun.com/dataset/95414",
    citation="""@inproceedings{zhang-etal-2022-cblue,
  title = {{CBLUE}: A {C}hinese Biomedical Language Understanding Evaluation Benchmark},
  author = {Zhang, Ningyu and Chen, Mosha and Bi, Zhen and Liang, Xiaozhuan and Li, Lei and others},
  booktitle = {Proceedings of the 60th Annual Meeting of the Association for Computational Linguistics},
  year = {2022}, pages = {7888--7915}, url = {https://aclanthology.org/2022.acl-long.544},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        terms="Data of the CHIP and CBLUE evaluations, for research; the official copy needs registration at Tianchi.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,), gold=False, read=lines())),
    read=read,
    schema=Schema(
        entities=(
            Label("dis", "疾病", "disease", description="疾病、综合征、损伤和中毒等"),
            Label("sym", "临床表现", "symptom", description="症状、体征以及检查所见的异常表现，其中可嵌套其他实体"),
            Label("pro", "医疗程序", "medical procedure", description="检查程序、治疗或预防程序"),
            Label("equ", "医疗设备", "medical device", description="用于检查或治疗的仪器与器械"),
            Label("dru", "药物", "drug", description="用于预防、治疗、诊断疾病的药品"),
            Label("ite", "医学检验项目", "laboratory test", description="体液或组织的检验项目及体征测量项目"),
            Label("bod", "身体", "body part", description="器官、组织、细胞、体液等身体部位与身体物质"),
            Label("dep", "科室", "department", description="医院内的科室"),
            Label("mic", "微生物类", "microorganism", description="细菌、病毒、真菌、支原体等"),
        )
    ),
    description="Sentences of textbooks of paediatrics and of clinical practice; mentions may be nested.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(15000), "dev": Totals(5000), "test": Totals(3000)},
    published_source="README of the CBLUE benchmark",
    expect={
        "train": Totals(15000, 61794, 0, 0, 0, drops={"inverted span": 2}),
        "dev": Totals(5000, 20300, 0, 0, 0),
        "test": Totals(3000, 0, 0, 0, 0),
    },
    defects={"inverted span": "Two training mentions (lines 6052 and 6422) end before they start."},
)
