"""Chinese Literature NER-RE Dataset: entities and relations in whole Chinese essays.

Native form (brat stand-off): ``relation_extraction/{Training,Validation,Testing}/<n>.txt`` and beside it
``<n>.ann``. The texts are broken into lines wherever a line was full, so mentions run over line ends:
brat cuts them into fragments, or writes the line break into the string, which goes on in the next line:

    T1<TAB>Person-Nominal 4 6;7 9<TAB>守塔 老人
    T2<TAB>Thing-Nominal 21 26<TAB>一盏油
    灯
    R1<TAB>Use Arg1:T1 Arg2:T2
    *<TAB>Coreference T1 T3

Both are read as one mention that holds the line break. Types are the nine coarse ones that the column
files of the same corpus (``ner/*.txt``) have: ``Person-Nominal`` is ``Person``. Coreference is not read.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import TextBound, standoff
from uiebench.ledger import Ledger
from uiebench.types import Archive, Corpus, Document, Label, Licence, Reader, RelationLabel, Schema, Split, Totals

COMMIT = "021b3c1c6a1449634ecb2bf9c4ac17f2c5c870dd"
URL = f"https://github.com/lancopku/Chinese-Literature-NER-RE-Dataset/archive/{COMMIT}.tar.gz"


def articles(folder: str, files: int, sha256: str) -> Archive:
    """The source of one split: the texts and annotations of a folder."""
    members = f"{folder}/*.txt", f"{folder}/*.ann"
    return Archive("relation_extraction", URL, members, sha256=sha256, strip=2, files=files)


TRAIN = articles("Training", 1390, "e634268dc074aa685bd43163c1704cb646b27c0f94c11297954fef3aa254fafb")
DEV = articles("Validation", 116, "e64e5acd63d791865079e1fe7f646092eebe9eda785541b04c5269ab242c56a1")
TEST = articles("Testing", 168, "9131f88210f20fad2cd18da70a6e81543eb38f9b1cb9a95b7ff53e67f2f87693")

SHIFTED = "shifted offsets"
ALTERED = "altered character"
COREFERENCE = "coreference among the relations"


def mended(text: str, mentions: list[TextBound], ledger: Ledger) -> list[TextBound]:
    """The mentions of an article, put where their strings stand.

    In some articles a character is missing from the text, so that from there on all offsets are one
    too high. Hence, in the order of the text: a string that does not stand at its offsets but one
    character before them moves there, and all that follow are first looked for with the same shift.
    A few characters (・ ; é) became 、 in the text; the text's spelling is kept. What stands nowhere is
    left as it is, for the reader to drop.
    """
    if all(mention.agrees(text) for mention in mentions):
        return mentions
    found, shift = dict[str, TextBound](), 0
    for mention in sorted(mentions, key=lambda mention: mention.bounds):
        ledger.line = mention.line
        if shift == 0 and mention.agrees(text):
            continue
        string, start = "".join((mention.surface or "").split()), mention.bounds[0][0]
        exact = re.compile(r"\s*".join(map(re.escape, string)))
        altered = re.compile(r"\s*".join(f"[{re.escape(character)}、]" for character in string))
        for pattern, place in ((exact, shift), (exact, shift - 1), (altered, shift)):
            if string and start + place >= 0 and (match := pattern.match(text, start + place)):
                break
        else:
            continue
        shift = place
        ledger.repair(ALTERED if pattern is altered else SHIFTED, mention)
        found[mention.key] = mention._replace(bounds=(match.span(),), surface=None)
    return [found.get(mention.key, mention) for mention in mentions]


def coarse(type: str) -> str:
    """``Person-Nominal`` → ``Person``."""
    return type.partition("-")[0]


def reader(folder: str) -> Reader:
    """A reader of one folder, without the few coreference statements written as relations."""
    brat = standoff(texts=f"{folder}/*.txt", type=coarse, mend=mended)

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for found in brat(files, ledger):
            relations = tuple([relation for relation in found.relations if relation.type != "Coreference"])
            if len(relations) < len(found.relations):
                ledger.drop(COREFERENCE, found.relations, len(found.relations) - len(relations))
            yield Document("", found.text, found.entities, relations)

    return read


CORPUS = Corpus(
    name="literature",
    title="Chinese Literature NER-RE Dataset",
    language="zh",
    domain="literature",
    domain_zh="文学",
    tasks=("NER", "RE"),
    homepage="https://github.com/lancopku/Chinese-Literature-NER-RE-Dataset",
    citation="""@article{xu2017discourse,
  title = {A Discourse-Level Named Entity Recognition and Relation Extraction Dataset for {C}hinese Literature Text},
  author = {Xu, Jingjing and Wen, Ji and Sun, Xu and Su, Qi},
  journal = {CoRR}, volume = {abs/1711.07010}, year = {2017}, url = {https://arxiv.org/abs/1711.07010},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated."),
    splits=(
        Split("train", (TRAIN,), read=reader("Training")),
        Split("dev", (DEV,), read=reader("Validation")),
        Split("test", (TEST,), read=reader("Testing")),
    ),
    read=reader("*"),
    schema=Schema(
        entities=(
            Label("Thing", "事物", "thing", description="器物、动植物、自然物、身体部位等事物，含代词"),
            Label("Person", "人物", "person", description="人名、称谓、身份和指人的代词"),
            Label("Location", "地点", "location", description="地名、处所和方位，含代词"),
            Label("Time", "时间", "time", description="日期、时段和以事件表示的时间"),
            Label("Metric", "度量", "quantity", description="数量及其单位"),
            Label("Organization", "机构", "organization", description="国家、军队、学校、公司等组织，含代词"),
            Label("Abstract", "抽象概念", "abstract concept", description="书刊、作品、事件等抽象的事物"),
            Label("Physical", "物质", "physical matter", description="极少使用，发布者没有说明"),
            Label("Term", "术语", "term", description="极少使用，发布者没有说明"),
        ),
        relations=(
            RelationLabel("Located", "位于", "located in", description="一方位于另一方所指的地点"),
            RelationLabel("Part-Whole", "部分与整体", "part-whole", description="一方是另一方的组成部分，如身体部位"),
            RelationLabel("Family", "亲属", "family", description="两者是家庭成员或亲属"),
            RelationLabel(
                "General-Special", "一般与特殊", "general-special", description="一方是另一方的一个种类或实例"
            ),
            RelationLabel("Social", "社会关系", "social relation", description="两者有亲属以外的人际关系"),
            RelationLabel("Ownership", "所有", "ownership", description="一方拥有另一方"),
            RelationLabel("Use", "使用", "use", description="一方使用另一方"),
            RelationLabel("Create", "创造", "creation", description="一方创造、制作或产生另一方"),
            RelationLabel("Near", "邻近", "proximity", description="两者所在的位置相邻近"),
        ),
    ),
    description="Whole essays, up to some 9,000 characters long, with nested entities and relations across sentences.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(695), "dev": Totals(58), "test": Totals(84)},
    published_source="Li et al. (2019), as articles",
    expect={
        "train": Totals(
            695,
            124946,
            13448,
            0,
            0,
            drops={
                "coreference among the relations": 2,
                "discontinuous mention": 3,
                "repeated annotation": 55,
                "string differs from text": 2,
            },
            repairs={"altered character": 51, "shifted offsets": 1853},
        ),
        "dev": Totals(58, 11921, 1346, 0, 0, drops={"repeated annotation": 4}, repairs={"altered character": 3}),
        "test": Totals(84, 16800, 1669, 0, 0, drops={"repeated annotation": 17}, repairs={"altered character": 9}),
    },
    differences="The articles are those of Li et al.; the paper of the corpus speaks of 726 articles, the repository "
    "holds 837. The 8,353 coreference sets (`*` lines) are not read.",
    differences_zh="文章与 Li 等人的相同；语料论文说有 726 篇，仓库中有 837 篇。8,353 个共指集合（`*` 行）不读。",
    defects={
        "shifted offsets": "In eight training articles the text lacks one or two characters of what was annotated, so "
        "that the offsets of 1,853 mentions are one or two too high; they are put where their strings stand.",
        "altered character": "A character inside 63 mentions (・ ; é) became 、 in the text; the text is kept.",
        "string differs from text": "Two training mentions have a string that does not stand at their offsets.",
        "discontinuous mention": "Two training mentions have a gap that is more than a line end; they are left out, "
        "with one relation of theirs.",
        "repeated annotation": "Mentions annotated twice, or with two fine types of one coarse type; relations stated "
        "twice.",
        "coreference among the relations": "One training article states coreference as two relations; it is no "
        "relation type of the corpus.",
    },
)
