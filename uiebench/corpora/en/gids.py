"""GIDS (also GDS): four Freebase relations of persons in passages of web pages, found by distant supervision.

Native form: six columns (Freebase ids and names of head and tail, relation, passage). In the passage both names
are written as in their columns, with an underscore for each blank, where the annotator's snippet named them:

    /m/01<TAB>/m/02<TAB>Mira_Holt<TAB>Ashby_College<TAB>/people/person/education./education/education/institution
    <TAB>Mira_Holt went to Ashby_College in 1962. ###END###␠        (one line)

The underscores mark the pair and are no part of the text, so blanks take their place, and those at the end of a
name (``Mira_Holt_``) are left out. A name gets offsets if it stands in the native passage at exactly one place as
a word of its own. Which mention was replaced by the full name was found by machine: some passages are garbled by
it. Rows of one passage are one document; ``NA`` states that a pair has no relation.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from uiebench.formats import Row, apart, gathered, read_lines, rewrite
from uiebench.ledger import Ledger
from uiebench.text import occurrences
from uiebench.types import (
    Corpus,
    Document,
    Download,
    Entity,
    Licence,
    Reading,
    Relation,
    RelationLabel,
    Reported,
    Schema,
    Split,
    Totals,
)

BASE = "https://raw.githubusercontent.com/SharmisthaJat/RE-DS-Word-Attention-Models/ed2faedc30d58fbc7f61afe0e3615111e3317f77/Data/GIDS/"
TRAIN = Download("train.tsv", BASE + "train.tsv")
DEV = Download(
    "dev.tsv", BASE + "dev.tsv", sha256="9f1255e65680cf25ef2944ce0dee3869a53afaec0451ea1d0b1a3ba593866da5", bytes=888514
)
TEST = Download(
    "test.tsv",
    BASE + "test.tsv",
    sha256="d8c5d14259f29c86a9b8de32507903f24107cf29f40dbae6a199e4588cd8e64d",
    bytes=2701921,
)

NONE = "NA"
END = "###END###"
_UNDERSCORES = re.compile("_+")


def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """The rows of a file, their passages without underscores."""
    for path in files:
        for line in read_lines(path, ledger):
            row = line.split("\t")
            if len(row) != 6 or not row[5].rstrip().endswith(END):
                raise ledger.malformed(line, f"six columns, the last of which ends in {END}")
            passage = row[5].rstrip().removesuffix(END).strip()
            marked = [(name, places(passage, name)) for name in row[2:4]]
            text, place = rewrite(passage, sorted({edit for name, starts in marked for edit in blanks(name, starts)}))
            head, tail = [entity(name, starts, place) for name, starts in marked]
            found = () if row[4] == NONE else (Relation(row[4], head, tail),)
            yield Row(Document("", text, relations=found), (head.text, tail.text))


def entity(name: str, starts: list[int], place: Callable[[int, int], tuple[int, int]]) -> Entity:
    """The name as it stands in the text, with offsets if it stands in the passage at one place."""
    start, end = place(starts[0], starts[0] + len(name)) if len(starts) == 1 else (None, None)
    return Entity(plain(name), start, end, "")


def plain(name: str) -> str:
    """``Mira_Holt_`` → Mira Holt"""
    return _UNDERSCORES.sub(" ", name).strip()


def places(passage: str, name: str) -> list[int]:
    """Where `name` stands in a native passage as a word of its own."""
    size = len(name)
    return [
        at
        for at in occurrences(passage, name)
        if not (_inside(passage[at - 1 : at]) or _inside(passage[at + size :][:1]))
    ]


def blanks(name: str, starts: list[int]) -> Iterator[tuple[int, int, str]]:
    """The edits that put blanks for the underscores of a name wherever it stands."""
    for underscores in _UNDERSCORES.finditer(name):
        first, last = underscores.span()
        for at in starts:
            yield at + first, at + last, " " if first > 0 and last < len(name) else ""


def _inside(character: str) -> bool:
    """Whether a word goes on at `character`."""
    return character.isalnum() or character == "_"


CORPUS = Corpus(
    name="gids",
    title="GIDS",
    language="en",
    domain="web",
    domain_zh="网页",
    tasks=("RE",),
    homepage="https://github.com/SharmisthaJat/RE-DS-Word-Attention-Models",
    citation="""@misc{jat2018improving,
  title = {Improving Distantly Supervised Relation Extraction using Word and Entity Based Attention},
  author = {Jat, Sharmistha and Khandelwal, Siddhesh and Talukdar, Partha},
  year = {2018}, eprint = {1804.06987}, archiveprefix = {arXiv}, url = {https://arxiv.org/abs/1804.06987},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the passages are from web pages."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=gathered(rows),
    schema=Schema(
        relations=(
            RelationLabel(
                "/people/person/education./education/education/institution",
                "毕业院校",
                "alma mater",
                description="the person attended the school or university in the tail",
            ),
            RelationLabel(
                "/people/person/education./education/education/degree",
                "学位",
                "academic degree",
                description="the tail is a degree of the person",
            ),
            RelationLabel(
                "/people/person/place_of_birth",
                "出生地",
                "place of birth",
                description="the person was born in the tail",
            ),
            RelationLabel(
                "/people/deceased_person/place_of_death",
                "死亡地点",
                "place of death",
                description="the person died in the tail",
            ),
        )
    ),
    description="Passages of web pages with a person and one fact of Freebase, or none, collected around the judged "
    "facts of the Google relation extraction corpus. Many passages are cut off, and some are garbled: a name was put "
    "where a shorter string stood by chance (`Bachelor of Arts` for `of`).",
    annotation="By distant supervision from the human-judged relations of Google's relation extraction corpus.",
    verified="original",
    expect={"dev": Totals(1863, 0, 1417, 0, 0), "test": Totals(5662, 0, 4307, 0, 0)},
    reported=(Reported("InstructUIE", "RE", 4, 8526, 1417, 4307),),
    differences=(
        "The file of train was not at hand. InstructUIE leaves out the NA rows (447 of 1,864 in dev, 1,356 of 5,663 "
        "in test): the texts having relations are as many as its. Two rows of one passage make one document, once in "
        "each split."
    ),
    differences_zh=(
        "未能取得训练文件。InstructUIE 去掉了 NA 行（开发 1,864 行中的 447 行，测试 5,663 行中的 1,356 行）：有关系的"
        "文本与其数目相同。同一段落的两行合为一个文本，开发和测试各有一处。"
    ),
    readings={
        "rows": Reading(
            "a row: a text with one pair",
            apart(rows),
            expect={"dev": Totals(1864, 0, 1417, 0, 0), "test": Totals(5663, 0, 4307, 0, 0)},
        )
    },
)
