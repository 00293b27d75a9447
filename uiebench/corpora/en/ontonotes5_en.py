"""OntoNotes 5.0, English: 18 types of names and values, in the split of the CoNLL-2012 shared task.

Native form: the ``*_gold_conll`` files of that task, a token a line, columns separated by blanks, of
which the fourth is the word and the eleventh opens and closes the names, and an empty line after every
sentence:

    #begin document (nw/wire/00/wire_0003); part 000
    nw/wire/00/wire_0003   0   0     Harbour    NNP   (TOP(S(NP*   -   -   -   -     (ORG*   (ARG0*   -
    nw/wire/00/wire_0003   0   1   Authority    NNP              *)   -   -   -   -         *)       *)   -
    nw/wire/00/wire_0003   0   2       moved    VBD          (VP*  move  01   1   -         *      (V*)  -
    nw/wire/00/wire_0003   0   3      Monday    NNP       (NP*)))   -   -   -   -     (DATE)       (*)   -

    #end document

A sentence is a document of ours; the tokens are joined with one blank and keep their escapes (``-LRB-``,
``/.``). The genre pt (translated scripture) carries no name annotation and is left out, as is usual.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import Tokens, read_lines
from uiebench.hashing import members_of
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Entity, Label, Licence, Manual, Reported, Schema, Split, Totals

URL = "https://catalog.ldc.upenn.edu/LDC2013T19"
HOW = (
    "Licence OntoNotes Release 5.0 (LDC2013T19) from the Linguistic Data Consortium; get the train and development "
    "data, the test key and the scripts from https://conll.cemantix.org/2012/data.html; run skeleton2conll.sh, which "
    "puts the words of the release into the *_skel files; and put the folder conll-2012 into the folder ontonotes5_en"
)
HOW_12 = (
    "Or run skeleton2conll.sh of https://github.com/ontonotes/conll-formatted-ontonotes-5.0 (release v12) on "
    "LDC2013T19 and put the folder conll-formatted-ontonotes-5.0, which holds data, into the folder ontonotes5_en"
)
FILES = "[!p]*/*/*/*gold_conll"  # genre/source/section/file, without the genre pt
NAME = re.compile(r"(?:\(([A-Z_]+))?\*?(\)?)")


def part(split: str) -> Manual:
    """The files of one split."""
    return Manual(f"conll-2012/v4/data/{split}/data/english/annotations", HOW, URL, members=(FILES,))


TEST_12 = Manual(
    "conll-formatted-ontonotes-5.0/data/conll-2012-test/data/english/annotations", HOW_12, URL, members=(FILES,)
)


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads folders of CoNLL-2012 files."""
    for folder in files:
        for path in members_of(folder, [FILES]):
            rows = list[list[str]]()
            for line in read_lines(path, ledger):
                if line and not line.startswith("#"):
                    rows.append(line.split(maxsplit=11))
                elif rows:
                    yield sentence(rows, ledger)
                    rows = []
            if rows:
                yield sentence(rows, ledger)


def sentence(rows: list[list[str]], ledger: Ledger) -> Document:
    """One sentence of its rows, each cut behind the eleventh column."""
    if any(len(row) < 12 for row in rows):
        raise ledger.malformed(rows, "at least 12 columns")
    words = Tokens([row[3] for row in rows], ledger)
    entities, kind, first = list[Entity](), "", 0
    for number, row in enumerate(rows):
        if row[10] == "*":
            continue
        found = NAME.fullmatch(row[10])
        if found is None or bool(found[1]) == bool(kind):
            raise ledger.malformed(row[10], "a name that is opened and closed")
        if found[1]:
            kind, first = found[1], number
        if found[2]:
            entities.append(words.entity(first, number + 1, kind))
            kind = ""
    if kind:
        raise ledger.malformed(kind, "a name closed within its sentence")
    return Document("", words.text, tuple(entities))


CORPUS = Corpus(
    name="ontonotes5_en",
    title="OntoNotes 5.0 (English)",
    language="en",
    domain="news, conversation, web",
    domain_zh="新闻、对话、网页",
    tasks=("NER",),
    homepage=URL,
    citation="""@misc{weischedel-etal-2013-ontonotes,
  title = {{OntoNotes} Release 5.0},
  author = {Weischedel, Ralph and Palmer, Martha and Marcus, Mitchell and Hovy, Eduard and Pradhan, Sameer and
            Ramshaw, Lance and Xue, Nianwen and Taylor, Ann and Kaufman, Jeff and Franchini, Michelle and
            El-Bachouti, Mohammed and Belvin, Robert and Houston, Ann},
  publisher = {Linguistic Data Consortium}, note = {LDC2013T19}, year = {2013},
}
@inproceedings{pradhan-etal-2013-towards,
  title = {Towards Robust Linguistic Analysis using {O}nto{N}otes},
  author = {Pradhan, Sameer and Moschitti, Alessandro and Xue, Nianwen and Ng, Hwee Tou and Bj{\\"o}rkelund, Anders and
            Uryupina, Olga and Zhang, Yuchen and Zhong, Zhi},
  booktitle = {Proceedings of the Seventeenth Conference on Computational Natural Language Learning},
  year = {2013}, pages = {143--152}, url = {https://aclanthology.org/W13-3516},
}""",
    licence=Licence(
        "LDC User Agreement",
        redistribute=False,
        url=URL,
        terms="Only for those who licensed LDC2013T19; the text must not be passed on.",
    ),
    splits=(
        Split("train", (part("train"),)),
        Split("dev", (part("development"),)),
        Split("test", (part("test"),)),
        Split("test", (TEST_12,)),
    ),
    read=read,
    schema=Schema(
        entities=(
            Label("PERSON", "人物", "person", description="the name of a person, real or fictional"),
            Label(
                "NORP",
                "民族宗教政治团体",
                "nationality, religious or political group",
                description="a nationality or a religious or political affiliation, such as Nordic or Lutheran",
            ),
            Label("FAC", "设施", "facility", description="a building, road, bridge, airport or other structure"),
            Label(
                "ORG", "组织机构", "organization", description="a company, agency, party, team or other organization"
            ),
            Label("GPE", "地缘政治实体", "geopolitical entity", description="a country, state, province or city"),
            Label("LOC", "地点", "location", description="a region, mountain, river or other place without government"),
            Label("PRODUCT", "产品", "product", description="a vehicle, weapon, food or other thing that is made"),
            Label("EVENT", "事件", "event", description="a named storm, battle, war or sports event"),
            Label("WORK_OF_ART", "艺术作品", "work of art", description="a book, song, film or award, by its title"),
            Label("LAW", "法律", "law", description="a document that was made into law, by its name"),
            Label("LANGUAGE", "语言", "language", description="a named language"),
            Label("DATE", "日期", "date", description="an absolute or relative date or a period of a day or more"),
            Label("TIME", "时间", "time", description="a time or a period shorter than a day"),
            Label("PERCENT", "百分比", "percent", description="a percentage with its sign or word"),
            Label("MONEY", "金额", "money", description="an amount of money with its unit"),
            Label("QUANTITY", "度量", "quantity", description="a measure with its unit, such as weight or distance"),
            Label("ORDINAL", "序数", "ordinal number", description="a rank, such as first"),
            Label("CARDINAL", "基数", "cardinal number", description="a number of none of the other types"),
        )
    ),
    description="Newswire, broadcasts, magazines, telephone conversations and web texts.",
    annotation="By hand.",
    verified="sample",
    published={"train": Totals(59924, 81828), "dev": Totals(8528, 11066), "test": Totals(8262, 11257)},
    published_source="Chiu and Nichols (2016), as repeated in the readme of github.com/allanj/pytorch_neural_crf",
    reported=(Reported("InstructUIE", "NER", 18, 59_924, 8528, 8262),),
    differences="The files were not at hand: our totals are unknown. The whole CoNLL-2012 files have 75,187 "
    "training and 9,479 test sentences; the figures here are taken to be those without the genre pt.",
    differences_zh=(
        "未能取得文件，故不知我们的总数。完整的 CoNLL-2012 文件有 75,187 个训练句和 9,479 个测试句；这里的数字应是去"
        "掉 pt 类之后的。"
    ),
)
