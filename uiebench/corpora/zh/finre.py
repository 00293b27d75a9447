"""FinRE: relations between companies in Chinese financial news (Sina Finance), 43 directed relation types.

Native form: one pair a line (head, tail, relation, text), an empty line after every record; the text is
repeated for every pair, and numbers are masked as ``<N>``:

    高城股份<TAB>远山科技<TAB>持股<TAB>公告称,高城股份持有远山科技<N>%的股权。

    远山科技<TAB>高城股份<TAB>被持股<TAB>公告称,高城股份持有远山科技<N>%的股权。

"""

from uiebench.formats import apart, gathered, pairs
from uiebench.types import Corpus, Download, Licence, Reading, RelationLabel, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/thunlp/Chinese_NRE/2cd47e6dc1b95e8ca3e93b5b8567666c37c5d654/"
TRAIN = Download(
    "data/FinRE/train.txt",
    BASE + "data/FinRE/train.txt",
    sha256="1dc75af255bb2da7e3c01952f1b97b20fe3f4b5f06f307d9d265843345898267",
    bytes=2502638,
)
DEV = Download(
    "data/FinRE/valid.txt",
    BASE + "data/FinRE/valid.txt",
    sha256="94842290437ca421cf93b544a4caf8f3e9355ffe754ac04780a072dcb984c72c",
    bytes=278652,
)
TEST = Download(
    "data/FinRE/test.txt",
    BASE + "data/FinRE/test.txt",
    sha256="f8bfff9691ccdea0fd4e0fcdb38c3cf7c41d75a1f9e5e3e84818e87370258151",
    bytes=698379,
)

ROWS = pairs(head=0, tail=1, relation=2, text=3, none=("unknown",))

CORPUS = Corpus(
    name="finre",
    title="FinRE",
    language="zh",
    domain="finance",
    domain_zh="金融",
    tasks=("RE",),
    homepage="https://github.com/thunlp/Chinese_NRE",
    citation="""@inproceedings{li-etal-2019-chinese,
  title = {{C}hinese Relation Extraction with Multi-Grained Information and External Linguistic Knowledge},
  author = {Li, Ziran and Ding, Ning and Liu, Zhiyuan and Zheng, Haitao and Shen, Ying},
  booktitle = {Proceedings of the 57th Annual Meeting of the Association for Computational Linguistics},
  year = {2019}, pages = {4377--4386}, url = {https://aclanthology.org/P19-1430},
}""",
    licence=Licence(
        "MIT",
        redistribute=False,
        url=BASE + "LICENSE",
        terms="MIT is the licence of the repository; the sentences are Sina Finance's. The authors ask for citation.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=gathered(ROWS),
    schema=Schema(
        relations=(
            RelationLabel("注资", "注资", "capital injection", description="头实体向尾实体注入资金"),
            RelationLabel("被注资", "被注资", "investor", description="尾实体向头实体注入资金"),
            RelationLabel("拥有", "拥有", "ownership", description="尾实体是头实体的子公司、分支、品牌或产品"),
            RelationLabel("被拥有", "被拥有", "owner", description="头实体是尾实体的子公司、分支、品牌或产品"),
            RelationLabel("纠纷", "纠纷", "dispute", description="两者之间有诉讼、争议等纠纷"),
            RelationLabel("自己", "自己", "same company", description="两个名称指同一家公司"),
            RelationLabel("增持", "增持", "stake increase", description="头实体增持或拟增持尾实体的股份"),
            RelationLabel(
                "被增持", "被增持", "shareholder increasing its stake", description="头实体的股份被尾实体增持"
            ),
            RelationLabel("减持", "减持", "stake reduction", description="头实体减持或转让所持的尾实体股份"),
            RelationLabel("被减持", "被减持", "shareholder reducing its stake", description="头实体的股份被尾实体减持"),
            RelationLabel("重组", "重组", "restructuring", description="两者之间进行重组"),
            RelationLabel("买资", "买资", "asset purchase", description="头实体购买尾实体的资产"),
            RelationLabel("被买资", "被买资", "asset buyer", description="头实体的资产被尾实体购买"),
            RelationLabel("签约", "签约", "contract", description="两者签订合同或协议"),
            RelationLabel("持股", "持股", "shareholding", description="头实体持有尾实体的股份"),
            RelationLabel("被持股", "被持股", "shareholder", description="尾实体是头实体的股东"),
            RelationLabel("交易", "交易", "transaction", description="两者之间进行交易"),
            RelationLabel("入股", "入股", "equity investment", description="头实体入股尾实体"),
            RelationLabel("被入股", "被入股", "equity investor", description="尾实体入股头实体"),
            RelationLabel("转让", "转让", "transfer", description="头实体转让给尾实体"),
            RelationLabel("被转让", "被转让", "transferor", description="头实体自尾实体受让"),
            RelationLabel("成立", "成立", "foundation", description="头实体出资设立尾实体"),
            RelationLabel("被成立", "被成立", "founder", description="头实体由尾实体出资设立"),
            RelationLabel("分析", "分析", "analysis", description="头实体分析、评论或披露尾实体的情况"),
            RelationLabel("被分析", "被分析", "analyst", description="头实体的情况由尾实体分析、评论或披露"),
            RelationLabel("合作", "合作", "cooperation", description="两者之间有合作"),
            RelationLabel("帮助", "帮助", "assistance", description="头实体以担保、保荐等方式帮助尾实体"),
            RelationLabel("被帮助", "被帮助", "helper", description="头实体得到尾实体的担保、保荐等帮助"),
            RelationLabel("发行", "发行", "share issue", description="头实体向尾实体发行股份"),
            RelationLabel("被发行", "被发行", "share issuer", description="尾实体向头实体发行股份"),
            RelationLabel("商讨", "商讨", "negotiation", description="两者进行商谈"),
            RelationLabel("合并", "合并", "merger", description="两者合并"),
            RelationLabel("竞争", "竞争", "competition", description="两者同业竞争或竞购"),
            RelationLabel("订单", "订单", "order", description="两者之间有订单或采购、委托业务"),
            RelationLabel("合资", "合资", "joint venture", description="两者合资，或一方与他方合资设立另一方"),
            RelationLabel("收购", "收购", "acquisition", description="头实体收购尾实体"),
            RelationLabel("被收购", "被收购", "acquirer", description="头实体被尾实体收购"),
            RelationLabel("拟收购", "拟收购", "planned acquisition", description="头实体计划收购尾实体"),
            RelationLabel("被拟收购", "被拟收购", "prospective acquirer", description="尾实体计划收购头实体"),
            RelationLabel("借壳", "借壳", "backdoor listing", description="头实体借尾实体的壳上市"),
            RelationLabel("被借壳", "被借壳", "backdoor listing party", description="尾实体借头实体的壳上市"),
            RelationLabel("欠款", "欠款", "creditor", description="头实体欠尾实体的款"),
            RelationLabel("被欠款", "被欠款", "debtor", description="尾实体欠头实体的款"),
        )
    ),
    description="Sentences of financial news with the relations of the company pairs in them, annotated by hand. "
    "Every directed relation is stated from both ends (收购 and 被收购), every symmetric one in both orders.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(13486), "dev": Totals(1489), "test": Totals(3727)},
    published_source="Li et al. (2019): relation instances",
    expect={
        "train": Totals(6140, 0, 9867, 0, 0, drops={"denied relation": 284, "repeated annotation": 6}),
        "dev": Totals(677, 0, 1105, 0, 0, drops={"denied relation": 30}),
        "test": Totals(1677, 0, 2720, 0, 0, drops={"denied relation": 88, "repeated annotation": 2}),
    },
    differences=(
        "The published figures count rows, one for each ordered pair and label, as the reading `rows` does; ours "
        "count texts. Of the rows, 3,613 / 384 / 1,005 are `unknown`; the other 9,873 / 1,105 / 2,722 are our "
        "relations but for 6 / 0 / 2 repeated rows. Six rows (five in train, one in dev) join a company with itself, "
        "an evident slip; they are kept. The 44 labels of the files are our 43 relations and `unknown`."
    ),
    differences_zh=(
        "公布的数字按行计，每个有序实体对和标签一行，读法 `rows` 与此相同；我们按文本计。其中 3,613 / 384 / 1,005 行"
        "是 `unknown`；其余 9,873 / 1,105 / 2,722 行除去 6 / 0 / 2 个重复行就是我们的关系。有六行（训练五行、开发一行"
        "）把公司与其自身相连，显然是笔误，予以保留。文件的 44 个标签即我们的 43 种关系和 `unknown`。"
    ),
    defects={
        "denied relation": "A pair is called `unknown` in one row and given a relation in another (284 rows in train, "
        "30 in dev, 88 in test): the relation is kept, the denial dropped.",
        "repeated annotation": "Eight rows are given twice.",
    },
    readings={
        "rows": Reading(
            "a row: a text with one pair",
            apart(ROWS),
            expect={
                "train": Totals(13486, 0, 9873, 0, 0),
                "dev": Totals(1489, 0, 1105, 0, 0),
                "test": Totals(3727, 0, 2722, 0, 0),
            },
        )
    },
)
