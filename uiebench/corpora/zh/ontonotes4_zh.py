"""OntoNotes 4.0, Chinese: four entity types in the split that Chinese NER papers share.

Native form: one character, a space and its BMES tag a line, an empty line after every sentence:

    林 B-GPE
    川 E-GPE
    驻 O

The split is that of Che et al. (2013): of the documents with an English translation (chtb_0001 to 0325
and 1001 to 1078) the odd ones are dev and the even ones test; all others are train. The
character-level files are those of Zhang and Yang (2018). They leave out the blanks between words, and
some texts hold remains of the markup they were made from, such as ``E_OFF="1">``.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Label, Licence, Manual, Schema, Split, Totals

HOW = (
    "Licence OntoNotes Release 4.0 (LDC2011T03) from the Linguistic Data Consortium, then ask the authors of "
    "github.com/jiesutd/LatticeLSTM for their character-level Chinese split, naming that licence; "
    "put train.char.bmes, dev.char.bmes and test.char.bmes into the folder ontonotes4_zh."
)
URL = "https://catalog.ldc.upenn.edu/LDC2011T03"
TRAIN = Manual("train.char.bmes", HOW, URL)
DEV = Manual("dev.char.bmes", HOW, URL)
TEST = Manual("test.char.bmes", HOW, URL)

CORPUS = Corpus(
    name="ontonotes4_zh",
    title="OntoNotes 4.0 (Chinese)",
    language="zh",
    domain="news",
    domain_zh="新闻",
    tasks=("NER",),
    homepage=URL,
    citation="""@misc{weischedel-etal-2011-ontonotes,
  title = {{OntoNotes} Release 4.0},
  author = {Weischedel, Ralph and Pradhan, Sameer and Ramshaw, Lance and Kaufman, Jeff and Franchini, Michelle and
            El-Bachouti, Mohammed and Xue, Nianwen and Palmer, Martha and Marcus, Mitchell and Taylor, Ann and
            Greenberg, Craig and Hovy, Eduard and Belvin, Robert and Houston, Ann},
  publisher = {Linguistic Data Consortium}, note = {LDC2011T03}, year = {2011},
}
@inproceedings{che-etal-2013-named,
  title = {Named Entity Recognition with Bilingual Constraints},
  author = {Che, Wanxiang and Wang, Mengqiu and Manning, Christopher D. and Liu, Ting},
  booktitle = {Proceedings of the 2013 Conference of the North {A}merican Chapter of the Association for
               Computational Linguistics: Human Language Technologies},
  year = {2013}, pages = {52--62}, url = {https://aclanthology.org/N13-1006},
}
@inproceedings{zhang-yang-2018-chinese,
  title = {Chinese {NER} Using Lattice {LSTM}},
  author = {Zhang, Yue and Yang, Jie},
  booktitle = {Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics},
  year = {2018}, pages = {1554--1564}, url = {https://aclanthology.org/P18-1144},
}""",
    licence=Licence(
        "LDC User Agreement",
        redistribute=False,
        url=URL,
        terms="Only for those who licensed LDC2011T03; the text must not be passed on.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BMES", separator=" "),
    schema=Schema(
        entities=(
            Label("GPE", "地缘政治实体", "geopolitical entity", description="国家、省、市等有政府的地区的名称"),
            Label("LOC", "地点", "location", description="山川、大洲、地带等不是行政区的地点的名称"),
            Label("ORG", "组织机构", "organization", description="公司、政府部门、党派、学校等机构的名称"),
            Label("PER", "人名", "person", description="人的姓名"),
        )
    ),
    description="Chinese newswire, broadcast and magazine texts; of the 18 types of OntoNotes the four most common.",
    annotation="By hand.",
    verified="sample",
    published={"train": Totals(15724, 13372), "dev": Totals(4301, 6950), "test": Totals(4346, 7684)},
    published_source=(
        "Zhang and Yang (2018), table 1, gives the sentences in thousands; the exact figures are those counted in "
        "the same files at https://bbs.hankcs.com/t/topic/4357"
    ),
    differences="The files were not at hand: our totals are unknown.",
    differences_zh="未能取得文件，故不知我们的总数。",
)
