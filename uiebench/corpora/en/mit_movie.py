"""MIT Movie (eng): questions and requests to a film search, and the slots in them.

Native form: a token, a tab and its IOB2 tag a line, all in lower case, an empty line between queries:

    any<TAB>O
    noir<TAB>B-GENRE
    films<TAB>O
    by<TAB>O
    tessa<TAB>B-DIRECTOR
    lindqvist<TAB>I-DIRECTOR

The files pinned here hold the token first; those of the authors (engtrain.bio, engtest.bio) hold the tag
first and are read too. The tokens are joined with one blank. The corpus has no dev split.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/pity4yeats/promptner/728c1c9384e5df2830919c47818bb3757bb1aba9/data/mit-movie/"
TRAIN = Download(
    "engtrain.bio.txt",
    BASE + "engtrain.bio.txt",
    sha256="f93607ad8851d73e5cded989d845b55c50ded4d92efe69bb967351beb0c5152c",
    bytes=1013490,
)
TEST = Download(
    "engtest.bio.txt",
    BASE + "engtest.bio.txt",
    sha256="323cf53a00dc8b218052ab1067a040d7e589fbdf6fa6048450dc611ef88f8aee",
    bytes=252634,
)
AUTHORS = "https://groups.csail.mit.edu/sls/downloads/movie/"
TAG_FIRST = columns(scheme="BIO", separator="\t", token=1, tag=0, joiner=" ")

CORPUS = Corpus(
    name="mit_movie",
    title="MIT Movie",
    language="en",
    domain="film",
    domain_zh="电影",
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
        Split("train", (Download("engtrain.bio", AUTHORS + "engtrain.bio"),), read=TAG_FIRST),
        Split("test", (TEST,)),
        Split("test", (Download("engtest.bio", AUTHORS + "engtest.bio"),), read=TAG_FIRST),
    ),
    read=columns(scheme="BIO", separator="\t", joiner=" "),
    schema=Schema(
        entities=(
            Label("TITLE", "片名", "movie title", concept="movie", description="the title of a film"),
            Label("ACTOR", "演员", "actor", description="a person who plays in a film"),
            Label("DIRECTOR", "导演", "director", description="a person who directs a film"),
            Label("CHARACTER", "角色", "character", description="a character of a film"),
            Label("GENRE", "影片类型", "movie genre", description="a kind of film, such as thriller"),
            Label("PLOT", "情节", "plot", description="what a film is about"),
            Label("YEAR", "年份", "year", description="a year, a decade or a span of years"),
            Label("SONG", "歌曲", "song", description="a song or the music of a film"),
            Label("RATING", "分级", "content rating", description="for whom a film is suitable, such as pg 13"),
            Label(
                "RATINGS_AVERAGE",
                "评分",
                "average rating",
                description="how well viewers rate a film, in words or stars",
            ),
            Label("REVIEW", "评论", "review", description="an opinion on a film, or a word that asks for opinions"),
            Label("TRAILER", "预告片", "trailer", description="a word that asks for a trailer or a clip"),
        )
    ),
    description="Queries to a film search, lower-cased and without punctuation; 24 test texts also occur in train.",
    annotation="With crowd-sourcing, on which Asgard, the framework it comes from, is built (Liu et al. 2013).",
    verified="original",
    expect={"train": Totals(9775, 21295, 0, 0, 0), "test": Totals(2443, 5339, 0, 0, 0)},
    reported=(Reported("InstructUIE", "NER", 12, 9774, 2442, 2442),),
    differences="InstructUIE has one query fewer in each split, as many as there are empty lines: no empty line "
    "follows the last query. Its dev split is not the authors' and has the size of its test split (2,442).",
    differences_zh=(
        "InstructUIE 的每个部分都少一条，等于空行的数目：最后一条之后没有空行。其开发集不是作者的，大小与其测试集（"
        "2,442）相同。"
    ),
)
