"""Broad Twitter Corpus: people, places and organizations in tweets of many regions, years and occasions.

Native form: a token, a tab and its IOB2 tag a line, an empty line after every tweet, one file a section:

    Thanks<TAB>O
    @<TAB>B-PER
    marrow_kim<TAB>B-PER
    Oslo<TAB>B-LOC

Read are the column files, the form that the README promises for every section; the JSON files hold the
same tokens, with few exceptions. Test is section F, dev the second half of section H, train all else, as
the authors recommend.

An ``@`` and the user name behind it often both have a B tag, also in the JSON files. The GATE files of the
same tweets mark them as one mention (looked up in sections E and H), and so they are read. Where a tweet
has an emoji the tokens behind it were cut out a character or more too late: some end in a blank, and some
are nothing but a blank or a line break, which then looks like the end of the tweet. The tokens are joined
with one blank.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import Tokens, read_text, spans_of
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Download, Label, Licence, Reader, Reported, Schema, Split, Totals

BASE = "https://raw.githubusercontent.com/GateNLP/broad_twitter_corpus/0c45ef7b1924a6b8115bceab388781590b1b553a/"
A = Download(
    "a.conll",
    BASE + "a.conll",
    sha256="ac824cc13c88283fe3cca05343e46c79ec4cd5b174429f27bf8fe0ebdc1bbf33",
    bytes=121889,
)
B = Download(
    "b.conll",
    BASE + "b.conll",
    sha256="504a094a0398e03fd7b394510e313b8fc844407102252182d90aea23f53cc322",
    bytes=235519,
)
E = Download(
    "e.conll",
    BASE + "e.conll",
    sha256="77aca745cdc28ae0fafbcf36a93ccfd15357a8db97c21d91083592dd85e348c5",
    bytes=34631,
)
F = Download(
    "f.conll",
    BASE + "f.conll",
    sha256="3bd2387dfc98ebc9d8b77d8b9c59826262e9beadce71ce8edde272821b9c87c8",
    bytes=294166,
)
G = Download(
    "g.conll",
    BASE + "g.conll",
    sha256="d53a27645cabc4e63313d573498b48b0cc5ed780d280edfbdc4fedefe23479da",
    bytes=320339,
)
H = Download(
    "h.conll",
    BASE + "h.conll",
    sha256="7f31215a79f3131526236203907c8d003b8e0f8ee6eef2a216ebb685340ebe39",
    bytes=235158,
)

BREAK = re.compile(r"\n *\n(?!\t)")  # an empty line before a tab is part of a token
BLANK, PADDED, USER = "blank token", "padded token", "split user name"


def tweets(path: Path, ledger: Ledger) -> list[tuple[int, list[str]]]:
    """The tweets of a section: the number of the first line, and the lines."""
    found, line = [], 1
    for block in BREAK.split(read_text(path, ledger)):
        if body := block.strip("\n"):
            found.append((line, body.split("\n")))
        line += block.count("\n") + 2
    return found


def tweet(lines: list[str], ledger: Ledger) -> Document:
    """One tweet of its lines, its tokens and tags put right."""
    tokens, tags = list[str](), list[str]()
    for line in lines:
        token, tab, tag = line.rpartition("\t")
        if not tab and line.strip():
            raise ledger.malformed(line, "a token, a tab and a tag")
        bare = token.strip()
        if not bare:  # a line break in a token makes two lines, the first of them without a tag
            if tab and tag != "O":
                raise ledger.malformed(line, "no mention in a blank token")
            if tab:
                ledger.drop(BLANK, line)
            continue
        if bare != token:
            ledger.repair(PADDED, line)
        if tokens and tokens[-1] == "@" and tag.startswith("B-") and tags[-1] == tag:
            ledger.repair(USER, f"@ {line}")
            tag = "I" + tag[1:]
        tokens.append(bare)
        tags.append(tag)
    words = Tokens(tokens, ledger)
    return Document("", words.text, words.entities(spans_of(tags, "BIO", ledger)))


def sections(*, first: bool = True, second: bool = True) -> Reader:
    """A reader of sections; `first` and `second`: which halves of the last one are wanted."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            found = tweets(path, ledger)
            if path == files[-1]:
                half = (len(found) + 1) // 2
                found = found[0 if first else half : len(found) if second else half]
            for ledger.line, lines in found:
                yield tweet(lines, ledger)

    return read


CORPUS = Corpus(
    name="broad_twitter",
    title="Broad Twitter Corpus",
    language="en",
    domain="social media",
    domain_zh="社交媒体",
    tasks=("NER",),
    homepage="https://github.com/GateNLP/broad_twitter_corpus",
    citation="""@inproceedings{derczynski-etal-2016-broad,
  title = {Broad {T}witter Corpus: A Diverse Named Entity Recognition Resource},
  author = {Derczynski, Leon and Bontcheva, Kalina and Roberts, Ian},
  booktitle = {Proceedings of {COLING} 2016, the 26th International Conference on Computational Linguistics},
  year = {2016}, pages = {1169--1179}, url = {https://aclanthology.org/C16-1111},
}""",
    licence=Licence(
        "CC BY 4.0",
        redistribute=True,
        url="https://github.com/GateNLP/broad_twitter_corpus/blob/master/LICENSE",
    ),
    splits=(
        Split("train", (A, B, E, G, H), read=sections(second=False)),
        Split("dev", (H,), read=sections(first=False)),
        Split("test", (F,)),
    ),
    read=sections(),
    schema=Schema(
        entities=(
            Label("PER", "人物", "person", description="a person, by name or user name"),
            Label("LOC", "地点", "location", description="a country, city, region, building or other place"),
            Label(
                "ORG",
                "组织机构",
                "organization",
                description="a company, team, band, newspaper or other organization, by name or user name",
            ),
        )
    ),
    description="Tweets of 2009 to 2014: British and other ones, of celebrities, of news media, and on flight MH17.",
    annotation="By experts and crowd workers.",
    verified="original",
    published={"train": Totals(6338), "dev": Totals(1001), "test": Totals(2001)},
    published_source="the notebook of the repository that makes the splits",
    expect={
        "train": Totals(6338, 7364, 0, 0, 0, repairs={"padded token": 17, "split user name": 1415}),
        "dev": Totals(999, 1126, 0, 0, 0, drops={"blank token": 4}, repairs={"split user name": 604}),
        "test": Totals(
            2000,
            2996,
            0,
            0,
            0,
            drops={"blank token": 3},
            repairs={"padded token": 118, "split user name": 1380},
        ),
    },
    reported=(Reported("InstructUIE", "NER", 3, 5334, 2000, 2001),),
    differences="The notebook takes the line breaks inside two tweets for ends of tweets, two in dev and one in test. "
    "InstructUIE (5,334, 2,000 and 2,001) and the authors' loader on the Hub take all of section H as dev; "
    "that makes 5,338 and 1,999 of these tweets. The README announces 2,351 tweets for section G; its file has 2,138.",
    differences_zh=(
        "作者的 notebook 把两条推文内部的换行当作推文的结束，开发集多出两条，测试集多出一条。InstructUIE（5,334、"
        "2,000、2,001）和作者在 Hub 上的加载脚本以整个 H 部分为开发集，照此这些推文为 5,338 和 1,999 条。README 称 G "
        "部分有 2,351 条推文，其文件有 2,138 条。"
    ),
    defects={
        "split user name": "3,399 mentions are an @ alone, with the user name as a mention of its own behind it: they "
        "are read as one mention, as in the GATE files.",
        "padded token": "135 tokens end in a blank, because in tweets with emoji they were cut out too late: the blank "
        "is taken off.",
        "blank token": "Seven tokens of four tweets with emoji are nothing but blanks or a line break: they are left "
        "out, and the tweets are kept whole.",
    },
)
