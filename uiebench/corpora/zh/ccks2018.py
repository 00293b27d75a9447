"""CCKS 2018 task 1: clinical named entities in the histories of present illness of Chinese hospital records.

Native form of the training part: two files for each text, UTF-8. ``入院记录现病史-7.txtoriginal.txt``
holds the text, ``入院记录现病史-7.txt`` one mention a line (string, start, end after the last character, type):

    因上腹隐痛半年入院。                  上腹<TAB>1<TAB>3<TAB>解剖部位
                                          隐痛<TAB>3<TAB>5<TAB>症状描述

The test part has the texts in the same form and all its gold in one file, a line for each text:

    7,上腹<TAB>1<TAB>3<TAB>解剖部位;隐痛<TAB>3<TAB>5<TAB>症状描述;

A symptom that names its place is annotated in two parts, 解剖部位 and 症状描述; one that does not is an
独立症状. What circulates elsewhere as "CCKS2018" is often a part of CCKS 2017, recognisable by other labels.
"""

from collections.abc import Iterator
from pathlib import Path

from uiebench.formats import beside, read_lines, tabled
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Label, Licence, Manual, Schema, Split, Totals

ASK = "Register at biendata.xyz for CCKS 2018 task 1 (clinical named entity recognition) and ask for its data; "
DATA = "https://www.biendata.xyz/competition/CCKS2018_1/data/"
TRAIN = Manual(
    "train_data600",
    how=ASK + "put the 600 pairs of files 入院记录现病史-N.txtoriginal.txt and 入院记录现病史-N.txt into "
    "ccks2018/train_data600.",
    url=DATA,
    members=("*.txt",),
)
TEST_TEXTS = Manual(
    "testdata",
    how=ASK + "put the 400 files 入院记录现病史-N.txtoriginal.txt of the test part into ccks2018/testdata.",
    url=DATA,
    members=("*.txtoriginal.txt",),
)
TEST_GOLD = Manual(
    "ccks1_result400t.txt",
    how=ASK + "put the gold of the test part into ccks2018/ccks1_result400t.txt.",
    url=DATA,
)


def rows(gold: Path, ledger: Ledger) -> Iterator[tuple[str, list[str]]]:
    """The text and the mentions of each line of the file of the gold."""
    for row in read_lines(gold, ledger):
        if row:
            number, _, mentions = row.partition(",")
            yield f"入院记录现病史-{number}.txtoriginal.txt", mentions.split(";")


CORPUS = Corpus(
    name="ccks2018",
    title="CCKS 2018 clinical named entity recognition",
    language="zh",
    domain="medicine",
    domain_zh="医疗",
    tasks=("NER",),
    homepage="https://www.biendata.xyz/competition/CCKS2018_1/",
    citation="""@inproceedings{zhang-etal-2019-overview,
  title = {Overview of {CCKS} 2018 Task 1: Named Entity Recognition in {C}hinese Electronic Medical Records},
  author = {Zhang, J. and Li, J. and Jiao, Z. and others},
  booktitle = {China Conference on Knowledge Graph and Semantic Computing},
  year = {2019}, pages = {158--164}, doi = {10.1007/978-981-15-1956-7_14},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        terms="De-identified hospital records for the participants of the competition; registration is needed.",
    ),
    splits=(
        Split("train", (TRAIN,)),
        Split("test", (TEST_TEXTS, TEST_GOLD), read=tabled(rows, separator="\t", inclusive=False)),
    ),
    read=beside(texts="*.txtoriginal.txt", inclusive=False),
    schema=Schema(
        entities=(
            Label("解剖部位", "解剖部位", "body part", description="能行使功能的人体结构，如“腹部”"),
            Label(
                "症状描述",
                "症状描述",
                "symptom description",
                description="与解剖部位分开标注的异常感觉或表现，如“腹部不适”中的“不适”",
            ),
            Label(
                "独立症状",
                "独立症状",
                "independent symptom",
                concept="symptom",
                description="不依附于解剖部位、可单独成立的症状，如“眩晕”",
            ),
            Label("药物", "药物", "drug", description="用于治疗、预防疾病或促进健康的化学物质"),
            Label("手术", "手术", "surgery", description="用器械对患者身体进行的切除、缝合等治疗"),
        )
    ),
    description="Histories of present illness from the admission notes of hospital patients.",
    annotation="By the Knowledge Engineering Group of Tsinghua University and Yidu Cloud (Zhang et al., Overview of "
    "CCKS 2018 Task 1, 2019).",
    verified="sample",
    published={"train": Totals(600, 18218), "test": Totals(400, 10132)},
    published_source="Luo, overview of Chinese clinical NER (github.com/lingluodlut/Chinese-BioNLP, CNER_sota.md)",
)
