"""MIT Restaurant: questions and requests to a restaurant search, and the slots in them.

Native form: a token, a blank and its IOB2 tag a line, all in lower case, an empty line between queries:

    cheap B-Price
    ramen B-Dish
    near B-Location
    the I-Location
    harbour I-Location

The files pinned here hold the token first; those of the authors (restauranttrain.bio, restauranttest.bio)
hold the tag first, then a tab, and are read too. The tokens are joined with one blank; misspelt ones stay.
The corpus has no dev split.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/pity4yeats/promptner/"
    "728c1c9384e5df2830919c47818bb3757bb1aba9/data/mit-restaurant/"
)
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="68f304fdfa377b7a0e5fced686fed72482b8a2ed495e62c52a449a043282d9ab",
    bytes=759755,
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="bf3b4cb56214d3e053a4febf11b8fddeb7f12084aa00a530b5638cd275be75c7",
    bytes=155720,
)
AUTHORS = "https://groups.csail.mit.edu/sls/downloads/restaurant/"
TAG_FIRST = columns(scheme="BIO", separator="\t", token=1, tag=0, joiner=" ")

CORPUS = Corpus(
    name="mit_restaurant",
    title="MIT Restaurant",
    language="en",
    domain="restaurants",
    domain_zh="餐饮",
    tasks=("NER",),
    homepage=AUTHORS,
    citation="""@inproceedings{liu2013asgard,
  title = {{ASGARD}: A portable architecture for multilingual dialogue systems},
  author = {Liu, Jingjing and Pasupat, Panupong and Cyphers, Scott and Glass, Jim},
  booktitle = {2013 {IEEE} International Conference on Acoustics, Speech and Signal Processing},
  year = {2013}, pages = {8386--8390}, doi = {10.1109/ICASSP.2013.6639301},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated."),
    splits=(
        Split("train", (TRAIN,)),
        Split("train", (Download("restauranttrain.bio", AUTHORS + "restauranttrain.bio"),), read=TAG_FIRST),
        Split("test", (TEST,)),
        Split("test", (Download("restauranttest.bio", AUTHORS + "restauranttest.bio"),), read=TAG_FIRST),
    ),
    read=columns(scheme="BIO", separator=" ", joiner=" "),
    schema=Schema(
        entities=(
            Label(
                "Restaurant_Name",
                "餐厅名",
                "restaurant name",
                concept="restaurant",
                description="the name of a restaurant or chain",
            ),
            Label("Cuisine", "菜系", "cuisine", description="a kind of cooking or of place, such as thai or deli"),
            Label("Dish", "菜品", "dish", description="a dish, a drink or an ingredient"),
            Label(
                "Amenity",
                "设施与服务",
                "amenity",
                description="what a place offers or is like, such as outdoor seating",
            ),
            Label("Location", "地点", "location", description="where, by name or relative to the speaker"),
            Label("Hours", "营业时间", "opening hours", description="when a place is open or a meal is served"),
            Label("Price", "价格", "price", description="how expensive, in words or amounts"),
            Label("Rating", "评分", "rating", description="how well a place is rated, in words or stars"),
        )
    ),
    description="Queries to a restaurant search, lower-cased and without punctuation.",
    annotation="With crowd-sourcing, on which Asgard, the framework it comes from, is built (Liu et al. 2013).",
    verified="original",
    expect={"train": Totals(7660, 15363, 0, 0, 0), "test": Totals(1521, 3151, 0, 0, 0)},
    reported=(Reported("InstructUIE", "NER", 8, 7659, 1520, 1520),),
    differences="InstructUIE has one query fewer in each split, as many as there are empty lines: no empty line "
    "follows the last query. Its dev split is not the authors' and has the size of its test split (1,520).",
    differences_zh=(
        "InstructUIE 的每个部分都少一条，等于空行的数目：最后一条之后没有空行。其开发集不是作者的，大小与其测试集（"
        "1,520）相同。"
    ),
)
