"""IPRE: relations between two persons in sentences of Chinese web pages, 34 types in a tree.

Native form, with CRLF line ends: the sentences (id, head, tail, segmented text) in ``sent_*.txt``, the
numbers of their relations in ``sent_relation_*.txt`` (0 is none; several are separated by a space), and
the names of the relations in ``relation2id.txt``:

    DEV_SENT_ID_000001<TAB>方明<TAB>方小川<TAB>方明 的 儿子 方小川 生于 2004 年 。
    DEV_SENT_ID_000001<TAB>12
    人物关系/亲属关系/血亲/自然血亲/子女/儿子<TAB>12

The spaces of the segmentation are taken out again, but for those between two Latin letters. Sentences
of one text are one document: a sentence is listed once for every pair of persons in it.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import Row, gathered, read_lines, stated
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Download, Licence, RelationLabel, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/SUDA-HLT/IPRE/3a9de8f358650d716146d0ed2ba5a573ed43b4af/"
NAMES = Download(
    "data/relation2id.txt",
    BASE + "data/relation2id.txt",
    sha256="e34288e053560b81929d98934c5376e49ff77c618e6f4b3ea3875a7297614d08",
    bytes=2140,
)
TRAIN = (
    NAMES,
    Download("data/train/sent_relation_train.txt", BASE + "data/train/sent_relation_train.txt"),
    Download("data/train/sent_train_1.txt", BASE + "data/train/sent_train_1.txt"),
    Download("data/train/sent_train_2.txt", BASE + "data/train/sent_train_2.txt"),
)
DEV = (
    NAMES,
    Download("data/dev/sent_relation_dev.txt", BASE + "data/dev/sent_relation_dev.txt"),
    Download("data/dev/sent_dev.txt", BASE + "data/dev/sent_dev.txt"),
)
TEST = (
    NAMES,
    Download("data/test/sent_relation_test.txt", BASE + "data/test/sent_relation_test.txt"),
    Download("data/test/sent_test.txt", BASE + "data/test/sent_test.txt"),
)

NONE = "NA"
SEGMENTATION = re.compile(r"(?<![A-Za-z]) | (?![A-Za-z])")


def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """Every relation of every sentence: the join of the names, the relations and the sentence files of a split."""
    names_file, relations_file, *sentence_files = files
    names = {number: name for name, number in _rows(names_file, 2, ledger)}
    numbers = dict(_rows(relations_file, 2, ledger))
    for path in sentence_files:
        for key, head, tail, segmented in _rows(path, 4, ledger):
            if key not in numbers:
                raise ledger.malformed(key, f"a sentence of {relations_file.name}, once")
            text, first, second = (SEGMENTATION.sub("", part) for part in (segmented, head, tail))
            for number in numbers.pop(key).split(" "):
                if number not in names:
                    raise ledger.malformed(number, f"a relation of {names_file.name}")
                yield stated(text, first, second, names[number], (NONE,), ledger)
    if numbers:
        raise ledger.malformed(next(iter(numbers)), "a sentence for every line of the relations")


def _rows(path: Path, width: int, ledger: Ledger) -> Iterator[list[str]]:
    for line in read_lines(path, ledger):
        row = line.split("\t")
        if len(row) != width:
            raise ledger.malformed(line, f"{width} columns")
        yield row


CORPUS = Corpus(
    name="ipre",
    title="IPRE",
    language="zh",
    domain="web",
    domain_zh="网页",
    tasks=("RE",),
    homepage="https://github.com/SUDA-HLT/IPRE",
    citation="""@misc{wang2019ipre,
  title = {{IPRE}: a Dataset for Inter-Personal Relationship Extraction},
  author = {Wang, Haitao and He, Zhengqiu and Ma, Jin and Chen, Wenliang and Zhang, Min},
  year = {2019}, eprint = {1907.12801}, archivePrefix = {arXiv}, url = {https://arxiv.org/abs/1907.12801},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated."),
    splits=(Split("train", TRAIN), Split("dev", DEV), Split("test", TEST)),
    read=gathered(rows),
    schema=Schema(
        relations=(
            RelationLabel(
                "人物关系/亲属关系/配偶/丈夫/现夫", "现夫", "husband", description="尾实体是头实体现在的丈夫"
            ),
            RelationLabel(
                "人物关系/亲属关系/配偶/丈夫/前夫", "前夫", "former husband", description="尾实体是头实体以前的丈夫"
            ),
            RelationLabel(
                "人物关系/亲属关系/配偶/丈夫/未婚夫", "未婚夫", "fiance", description="尾实体是头实体的未婚夫"
            ),
            RelationLabel("人物关系/亲属关系/配偶/妻子/现妻", "现妻", "wife", description="尾实体是头实体现在的妻子"),
            RelationLabel(
                "人物关系/亲属关系/配偶/妻子/前妻", "前妻", "former wife", description="尾实体是头实体以前的妻子"
            ),
            RelationLabel(
                "人物关系/亲属关系/配偶/妻子/未婚妻", "未婚妻", "fiancee", description="尾实体是头实体的未婚妻"
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/祖父母/爷爷",
                "爷爷",
                "paternal grandfather",
                description="尾实体是头实体的祖父",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/祖父母/奶奶",
                "奶奶",
                "paternal grandmother",
                description="尾实体是头实体的祖母",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/外祖父母/外公",
                "外公",
                "maternal grandfather",
                description="尾实体是头实体的外祖父",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/父母/生父", "生父", "father", description="尾实体是头实体的亲生父亲"
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/父母/生母", "生母", "mother", description="尾实体是头实体的亲生母亲"
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/子女/儿子", "儿子", "son", description="尾实体是头实体的儿子"
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/子女/女儿", "女儿", "daughter", description="尾实体是头实体的女儿"
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/孙子女/孙子", "孙子", "grandson", description="尾实体是头实体的孙子"
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/孙子女/孙女",
                "孙女",
                "granddaughter",
                description="尾实体是头实体的孙女",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/兄弟姐妹/哥哥",
                "哥哥",
                "elder brother",
                description="尾实体是头实体的哥哥",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/兄弟姐妹/弟弟",
                "弟弟",
                "younger brother",
                description="尾实体是头实体的弟弟",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/兄弟姐妹/姐姐",
                "姐姐",
                "elder sister",
                description="尾实体是头实体的姐姐",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/兄弟姐妹/妹妹",
                "妹妹",
                "younger sister",
                description="尾实体是头实体的妹妹",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/叔伯姑舅姨/叔伯",
                "叔伯",
                "paternal uncle",
                description="尾实体是头实体的叔父或伯父",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/叔伯姑舅姨/舅舅",
                "舅舅",
                "maternal uncle",
                description="尾实体是头实体的舅父",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/叔伯姑舅姨/姑妈",
                "姑妈",
                "paternal aunt",
                description="尾实体是头实体的姑母",
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/侄甥/侄子", "侄子", "nephew", description="尾实体是头实体的侄子"
            ),
            RelationLabel(
                "人物关系/亲属关系/血亲/自然血亲/侄甥/侄女", "侄女", "niece", description="尾实体是头实体的侄女"
            ),
            RelationLabel(
                "人物关系/亲属关系/姻亲/血亲的配偶/子女的配偶/儿媳",
                "儿媳",
                "daughter-in-law",
                description="尾实体是头实体儿子的妻子",
            ),
            RelationLabel(
                "人物关系/亲属关系/姻亲/血亲的配偶/子女的配偶/女婿",
                "女婿",
                "son-in-law",
                description="尾实体是头实体女儿的丈夫",
            ),
            RelationLabel(
                "人物关系/亲属关系/姻亲/血亲的配偶/兄弟姐妹的配偶/嫂子",
                "嫂子",
                "elder brother's wife",
                description="尾实体是头实体哥哥的妻子",
            ),
            RelationLabel(
                "人物关系/亲属关系/姻亲/配偶的血亲/配偶的父母/公公",
                "公公",
                "husband's father",
                description="尾实体是头实体丈夫的父亲",
            ),
            RelationLabel(
                "人物关系/亲属关系/姻亲/配偶的血亲/配偶的父母/岳父",
                "岳父",
                "wife's father",
                description="尾实体是头实体妻子的父亲",
            ),
            RelationLabel("人物关系/社交关系/友谊关系/朋友", "朋友", "friend", description="两人是朋友"),
            RelationLabel("人物关系/社交关系/感情关系/喜欢", "喜欢", "love interest", description="头实体爱慕尾实体"),
            RelationLabel("人物关系/社交关系/感情关系/恋人", "恋人", "romantic partner", description="两人相恋"),
            RelationLabel("人物关系/师生关系/老师", "老师", "teacher", description="尾实体是头实体的老师"),
            RelationLabel("人物关系/师生关系/学生", "学生", "student", description="尾实体是头实体的学生"),
        )
    ),
    description="Sentences of web pages with two persons each; the tail is the head's husband, son, teacher and "
    "so on. Most sentences state no relation: they are the 35th class, NA, and become documents without relations.",
    annotation="By distant supervision (train) and by hand (dev, test).",
    verified="sample",
    published={"train": Totals(287351), "dev": Totals(38417), "test": Totals(77092)},
    published_source="CCKS 2019 shared task on inter-personal relationship extraction: sentences",
    differences="The published figures count a sentence once for each ordered pair of persons; ours count texts.",
    differences_zh="公布的数字中，一个句子的每个有序人物对各计一次；我们按文本计。",
)
