"""E-commerce NER: titles of goods in a Chinese online shop, with product words and brands.

Native form: one character and its BIO tag a line, CRLF, an empty line between titles; an ideographic
space is a character like any other:

    云 B-HPPX
    杉 I-HPPX
    茶 B-HCCX
    杯 I-HCCX
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/allanj/ner_incomplete_annotation/"
    "a885c29bba4178885dcf4b674019650775d9512c/data/ecommerce/"
)
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="44725556d6ed55dcb143a237f40fa84ffba486dc5776d8ec2ba0af71db02760c",
    bytes=1573757,
)
DEV = Download(
    "dev.txt",
    BASE + "dev.txt",
    sha256="e49082c36bde626faf567eff1afebb8bae038a41098ab12f6b0e51f260f078c5",
    bytes=263929,
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="4efc8f97c4686dd199512cb68f0d438d8d683e261cf66f260e027f0122233c85",
    bytes=261276,
)

CORPUS = Corpus(
    name="ecommerce",
    title="E-commerce NER",
    language="zh",
    domain="e-commerce",
    domain_zh="电商",
    tasks=("NER",),
    homepage="https://github.com/allanj/ner_incomplete_annotation",
    citation="""@inproceedings{jie-etal-2019-better,
  title = {Better Modeling of Incomplete Annotations for Named Entity Recognition},
  author = {Jie, Zhanming and Xie, Pengjun and Lu, Wei and Ding, Ruixue and Li, Linlin},
  booktitle = {Proceedings of the 2019 Conference of the North American Chapter of the Association for
    Computational Linguistics},
  year = {2019}, pages = {729--734}, url = {https://aclanthology.org/N19-1079},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated (also on Tianchi, dataset 108758)."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(scheme="BIO", separator=" "),
    schema=Schema(
        entities=(
            Label("HCCX", "商品", "product", description="商品的核心名称，如“外套”“茶杯”"),
            Label("HPPX", "品牌", "brand", description="商品的品牌名称"),
            Label("XH", "型号", "product model", description="商品的型号或规格代号，如“5s”“304”"),
            Label("MISC", "其他", "miscellaneous", description="标题中的地名、人名、书名等其他专有名称及规格"),
        )
    ),
    description="Titles of goods and services from an online shop.",
    verified="original",
    published={"train": Totals(6000), "dev": Totals(998), "test": Totals(1000)},
    published_source="the sizes usually reported for this corpus",
    expect={
        "train": Totals(6000, 29397, 0, 0, 0),
        "dev": Totals(998, 4941, 0, 0, 0),
        "test": Totals(1000, 4866, 0, 0, 0),
    },
    differences="Often reported with two types (product and brand); the published files hold four.",
    differences_zh="文献常报告两种类型（产品和品牌）；公布的文件有四种。",
)
