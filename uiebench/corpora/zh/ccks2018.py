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

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats.reading import paired, read_lines, read_text
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Entity, Label, Licence, Manual, Schema, Split, Totals

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


def annotated(path: Path) -> Path:
    """The file of the mentions of a text."""
    return path.with_name(path.name.replace(".txtoriginal", ""))


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads the folder of the training part."""
    for path, beside in paired(files[0], "*.txtoriginal.txt", "*.txt", annotated):
        text = read_text(path, ledger).rstrip("\n")
        yield Document("", text, tuple([entity(row, ledger) for row in read_lines(beside, ledger) if row]))


def read_test(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads the folder of the test texts and the file of their gold."""
    folder, gold = files
    for line, row in enumerate(list(read_lines(gold, ledger)), start=1):
        if not row:
            continue
        number, _, mentions = row.partition(",")
        text = read_text(folder / f"入院记录现病史-{number}.txtoriginal.txt", ledger).rstrip("\n")
        ledger.path, ledger.line = gold, line
        yield Document("", text, tuple([entity(one, ledger) for one in mentions.split(";") if one]))


def entity(row: str, ledger: Ledger) -> Entity:
    """The mention that ``string, start, end, type`` describes."""
    try:
        string, start, end, kind = row.rsplit("\t", 3)
        return Entity(string, int(start), int(end), kind)
    except ValueError:
        raise ledger.malformed(row, "string, start, end and type separated by tabs") from None


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
    splits=(Split("train", (TRAIN,)), Split("test", (TEST_TEXTS, TEST_GOLD), read=read_test)),
    read=read,
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
    verified="sample",
    published={"train": Totals(600, 18218), "test": Totals(400, 10132)},
    published_source="Luo, overview of Chinese clinical NER (github.com/lingluodlut/Chinese-BioNLP, CNER_sota.md)",
)
