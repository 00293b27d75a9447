"""CCKS 2017 task 2: clinical named entities in the four sections of Chinese hospital records.

Native form of the training part: a folder for each section, in it two files for each text, UTF-8 with
CRLF. ``一般项目-7.txtoriginal.txt`` holds the text and some empty lines, ``一般项目-7.txt`` one mention a
line (string, first and last character, type), nothing where there is none:

    主因左膝肿痛两周入院。                左膝<TAB>2<TAB>3<TAB>身体部位
                                          肿痛<TAB>4<TAB>5<TAB>症状和体征

The test part has the texts in the same form and all its gold in one CSV file, a row for each text:

    7,一般项目,左膝 2 3 身体部位;肿痛 4 5 症状和体征;
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from uiebench.formats import beside, read_lines, tabled
from uiebench.ledger import Ledger
from uiebench.types import Archive, Corpus, Download, Label, Licence, Manual, Schema, Split, Totals

TRAIN = Archive(
    "data_origin",
    "https://raw.githubusercontent.com/liuhuanyong/MedicalNamedEntityRecognition/"
    "3975b805d5f7734b0425706acd1111848312889e/data_origin.zip",
    members=("*/*.txt",),
    sha256="9efebef1e979e1e245a7f5c5c75885154879074e61f3217c48bb2c97b46dfcd9",
    strip=1,
    files=2396,
)
TEST_TEXTS = Manual(
    "test",
    how="Register at biendata.xyz for CCKS 2017 task 2 and ask for its test data; put the folders 一般项目, 病史特点, "
    "诊疗经过 and 出院情况, with files like 一般项目-301.txtoriginal.txt, into ccks2017/test.",
    url="https://www.biendata.xyz/competition/CCKS2017_2/data/",
    members=("*/*.txtoriginal.txt",),
)
TEST_GOLD = Download(
    "final_gold_truth.csv",
    "https://raw.githubusercontent.com/zyh961117/CCKS-2017-task2/"
    "678636aa80655aa5878f213f4a1ec6b73d8e1b13/final_gold_truth.csv",
)


def rows(gold: Path, ledger: Ledger) -> Iterator[tuple[str, list[str]]]:
    """The text and the mentions of each row of the file of the gold."""
    for row in csv.reader(read_lines(gold, ledger)):
        if not row:
            continue
        if len(row) != 3:
            raise ledger.malformed(row, "number, section and mentions")
        number, section, mentions = row
        yield f"{section}/{section}-{number}.txtoriginal.txt", mentions.split(";")


CORPUS = Corpus(
    name="ccks2017",
    title="CCKS 2017 clinical named entity recognition",
    language="zh",
    domain="medicine",
    domain_zh="医疗",
    tasks=("NER",),
    homepage="https://www.biendata.xyz/competition/CCKS2017_2/",
    citation="""@misc{ccks2017-task2,
  title = {{CCKS} 2017 Task 2: Clinical Named Entity Recognition in {C}hinese Electronic Medical Records},
  author = {{China Conference on Knowledge Graph and Semantic Computing}},
  year = {2017}, howpublished = {\\url{https://www.biendata.xyz/competition/CCKS2017_2/}},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        terms="De-identified hospital records for the participants of the competition; no licence is stated.",
    ),
    splits=(
        Split("train", (TRAIN,)),
        Split("test", (TEST_TEXTS, TEST_GOLD), read=tabled(rows, separator=" ", inclusive=True)),
    ),
    read=beside(texts="*/*.txtoriginal.txt", inclusive=True),
    schema=Schema(
        entities=(
            Label(
                "症状和体征", "症状和体征", "symptom", description="患者的不适感觉或医生查见的异常表现，如“头晕”“压痛”"
            ),
            Label("检查和检验", "检查和检验", "medical test", description="体格检查、影像检查、化验的项目或名称"),
            Label("疾病和诊断", "疾病和诊断", "disease", description="疾病名称或医生作出的诊断"),
            Label("治疗", "治疗", "treatment", description="药物、手术及其他治疗措施"),
            Label("身体部位", "身体部位", "body part", description="症状、检查或治疗所涉及的人体部位"),
        )
    ),
    description="Sections (general, history, course of treatment, discharge) of the records of hospital patients.",
    annotation="By hand (Zhang et al., JMIR Medical Informatics 6(4):e50, 2018).",
    verified="original",
    published={"train": Totals(300, 29866), "test": Totals(100, 9493)},
    published_source="Luo, overview of Chinese clinical NER (github.com/lingluodlut/Chinese-BioNLP, CNER_sota.md)",
    expect={"train": Totals(1198, 29866, 0, 0, 0, repairs={"outer space": 1})},
    differences="300 and 100 are patients; each has up to four sections, and a section is a document here. Two of the "
    "1,200 training sections are missing from the published archive. The test part was not available to us.",
    differences_zh=(
        "300 和 100 是患者数；每位患者至多有四个部分，这里一个部分为一个文本。公布的压缩包缺少 1,200 个训练部分中的两"
        "个。未能取得测试部分。"
    ),
    defects={"outer space": "One mention of the training part (一般项目-248) begins with a space."},
)
