"""TweetNER7: seven entity types in tweets of September 2019 to August 2021.

Native form: JSON lines; a tag is the position of its name in `TAGS`:

    {"tokens": ["{@Marrow", "Kim@}", "plays", "Oslo", "{{URL}}"], "tags": [5, 12, 14, 4, 14],
     "id": "12", "date": "2020-03-01"}

User names are masked as {{USERNAME}}, those of verified accounts stand between {@ and @}; addresses are
{{URL}}. All stay as they are, the tokens are joined with one blank. There are splits for each of the two years:
train and dev are both years together, test is the first (test_2020), as in InstructUIE. The authors
also publish test_2021 (2,807 tweets), train_random, and tweets without annotation; they are not read.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import Tokens, json_records, spans_of
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, HubFile, Label, Licence, Reported, Schema, Split, Totals

REPO, REVISION = "tner/tweetner7", "92119aa6a8736b01f215d7cf2b98ca64f5f2bdec"
TYPES = ("corporation", "creative_work", "event", "group", "location", "person", "product")
TAGS = (*(f"B-{kind}" for kind in TYPES), *(f"I-{kind}" for kind in TYPES), "O")


def part(name: str) -> HubFile:
    """One of the files, e.g. 2020.train."""
    return HubFile(f"dataset/{name}.json", REPO, f"dataset/{name}.json", REVISION)


class Tweet(msgspec.Struct, frozen=True, gc=False):
    """A record."""

    tokens: list[str]
    tags: list[int]


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads tweets."""
    for path in files:
        for found in json_records(path, ledger, Tweet):
            tokens = found.tokens
            if len(tokens) != len(found.tags) or not all(tokens) or not 0 <= min(found.tags) <= max(found.tags) < 15:
                raise ledger.malformed(found, f"a tag below {len(TAGS)} for every token")
            words = Tokens(tokens, ledger)
            yield Document("", words.text, words.entities(spans_of([TAGS[tag] for tag in found.tags], "BIO", ledger)))


CORPUS = Corpus(
    name="tweetner7",
    title="TweetNER7",
    language="en",
    domain="social media",
    domain_zh="社交媒体",
    tasks=("NER",),
    homepage="https://huggingface.co/datasets/tner/tweetner7",
    citation="""@inproceedings{ushio-etal-2022-named,
  title = {Named Entity Recognition in {T}witter: A Dataset and Analysis on Short-Term Temporal Shifts},
  author = {Ushio, Asahi and Neves, Leonardo and Silva, Vitor and Barbieri, Francesco and Camacho-Collados, Jose},
  booktitle = {Proceedings of the 2nd Conference of the Asia-Pacific Chapter of the Association for Computational
               Linguistics and the 12th International Joint Conference on Natural Language Processing},
  year = {2022}, url = {https://arxiv.org/abs/2210.03797},
}""",
    licence=Licence(
        "other",
        redistribute=False,
        url="https://huggingface.co/datasets/tner/tweetner7",
        terms='The dataset card says "other" and no more; the tweets follow the terms of service of Twitter.',
    ),
    splits=(
        Split("train", (part("2020.train"), part("2021.train"))),
        Split("dev", (part("2020.dev"), part("2021.dev"))),
        Split("test", (part("2020.test"),)),
    ),
    read=read,
    schema=Schema(
        entities=(
            Label("person", "人物", "person", description="the name of a person, real or fictional"),
            Label("location", "地点", "location", description="a city, country, region, building or other place"),
            Label("corporation", "公司", "corporation", concept="company", description="the name of a company"),
            Label(
                "group",
                "团体",
                "group",
                description="a band, a sports team, a party or another group that is not a corporation",
            ),
            Label("product", "产品", "product", description="a thing that is made and sold, by its name"),
            Label(
                "creative_work",
                "作品",
                "creative work",
                concept="creative work",
                description="a song, film, book, game, show or another work, by its title",
            ),
            Label(
                "event", "事件", "event", description="a named event such as a match, a festival or an awareness day"
            ),
        )
    ),
    description="Tweets on topics that were trending in each week, masked and split into tokens.",
    annotation="By crowd workers.",
    verified="sample",
    published={"train": Totals(7111), "dev": Totals(886), "test": Totals(576)},
    published_source="dataset card (train_all; validation_2020 and _2021; test_2020)",
    reported=(Reported("InstructUIE", "NER", 7, 7111, 886, 576),),
    differences="The files were not at hand: our totals are unknown. Train holds tweets of 2021 too, so this division "
    "does not measure temporal shift; train_2020 against test_2021 does.",
    differences_zh=(
        "未能取得文件，故不知我们的总数。训练集也有 2021 年的推文，因此这一划分不衡量时间漂移；train_2020 对 "
        "test_2021 才衡量。"
    ),
)
