"""SanWen: relations in sentences of Chinese literature, as cut and sampled by Li et al. (2019).

Native form: one pair a line (head, tail, relation, text), CRLF line ends; the text is repeated for every
pair, and numbers are masked as ``<N>``:

    灯塔<TAB>海湾<TAB>Located<TAB>灯塔立在海湾的尽头
    灯塔<TAB>尽头<TAB>unknown<TAB>灯塔立在海湾的尽头
"""

from uiebench.formats import gathered, pairs
from uiebench.types import Corpus, Download, Licence, RelationLabel, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/thunlp/Chinese_NRE/2cd47e6dc1b95e8ca3e93b5b8567666c37c5d654/"
TRAIN = Download(
    "data/SanWen/train.txt",
    BASE + "data/SanWen/train.txt",
    sha256="1b50540a3ef585956fe5006724e0e573a110863e0858fefb6e6a7a1f46369ecc",
    bytes=2087902,
)
DEV = Download(
    "data/SanWen/valid.txt",
    BASE + "data/SanWen/valid.txt",
    sha256="64a46712fff04b8b6435d033dfb79d08bb7644289c5e9258e13d2f50d03650bc",
    bytes=226962,
)
TEST = Download(
    "data/SanWen/test.txt",
    BASE + "data/SanWen/test.txt",
    sha256="3e4ae94f14be46fc3e60eec432160b0a5d5427844c0bcd1ec061a33d80b383ef",
    bytes=271387,
)

ROWS = pairs(head=0, tail=1, relation=2, text=3, none=("unknown",))

CORPUS = Corpus(
    name="sanwen",
    title="SanWen",
    language="zh",
    domain="literature",
    domain_zh="文学",
    tasks=("RE",),
    homepage="https://github.com/thunlp/Chinese_NRE",
    citation="""@inproceedings{li-etal-2019-chinese,
  title = {{C}hinese Relation Extraction with Multi-Grained Information and External Linguistic Knowledge},
  author = {Li, Ziran and Ding, Ning and Liu, Zhiyuan and Zheng, Haitao and Shen, Ying},
  booktitle = {Proceedings of the 57th Annual Meeting of the Association for Computational Linguistics},
  year = {2019}, pages = {4377--4386}, url = {https://aclanthology.org/P19-1430},
}""",
    licence=Licence(
        "unknown",
        redistribute=False,
        terms="The repository is under MIT, but the texts and annotations come from the Chinese Literature "
        "NER-RE Dataset, which states no licence.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=gathered(ROWS),
    schema=Schema(
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
        )
    ),
    description="Sentences and half-sentences of Chinese essays with the relations of the entity pairs in them, "
    "derived from the Chinese Literature NER-RE Dataset (the corpus `literature` here, with the same articles). Where "
    "that corpus has drifted offsets, the ends of relations here are cut a character or two beside the name; they are "
    "kept as they are.",
    annotation="By hand.",
    verified="original",
    expect={
        "train": Totals(10754, 0, 12543, 0, 0, drops={"denied relation": 36, "repeated annotation": 65}),
        "dev": Totals(1108, 0, 1283, 0, 0, drops={"denied relation": 5}),
        "test": Totals(1376, 0, 1560, 0, 0, drops={"denied relation": 13}),
    },
    differences="The files have 17,227 / 1,793 / 2,220 rows, one for each pair and label; ours are texts. Of the rows, "
    "4,619 / 510 / 660 are `unknown`; the others are our relations but for 65 repeated rows. Thirteen relations join "
    "two mentions of one string (“村与村”). No text is without a relation.",
    differences_zh=(
        "文件有 17,227 / 1,793 / 2,220 行，每个实体对和标签一行；我们按文本计。其中 4,619 / 510 / 660 行是 `unknown`"
        "；其余除去 65 个重复行就是我们的关系。有 13 个关系连接同一字符串的两个提及（“村与村”）。没有无关系的文本。"
    ),
    defects={
        "denied relation": "A pair is called `unknown` in one row and given a relation in another (36 rows in train, "
        "5 in dev, 13 in test): the relation is kept, the denial dropped.",
        "repeated annotation": "65 related pairs of train are given twice.",
    },
)
