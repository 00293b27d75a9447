"""MultiNERD, English: 15 types of names in sentences of Wikipedia and Wikinews, annotated automatically.

Native form: JSON lines of tokens and numbers of tags; 2n - 1 begins a mention of the nth type of TYPES
and 2n continues it, 0 is outside:

    {"tokens": ["Otters", "swim", "in", "Lake", "Tarn", "."], "ner_tags": [7, 0, 0, 5, 6, 0], "lang": "en"}

The tokens are joined with one blank. The authors' repository gives the same sentences as tab-separated
files with links into BabelNet, Wikidata and Wikipedia, which are not read here.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.formats import Tokens, json_records, spans_of
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, HubFile, Label, Licence, Reported, Schema, Split

REPO = "Babelscape/multinerd"
TRAIN = HubFile("train/train_en.jsonl", REPO, "train/train_en.jsonl")
DEV = HubFile("val/val_en.jsonl", REPO, "val/val_en.jsonl")
TEST = HubFile("test/test_en.jsonl", REPO, "test/test_en.jsonl")

TYPES = (
    Label("PER", "人物", "person", description="the name of a person"),
    Label("ORG", "组织机构", "organization", description="a company, team, party, school or other organization"),
    Label("LOC", "地点", "location", description="a country, city, building, mountain, river or other place"),
    Label("ANIM", "动物", "animal", description="a species, breed or group of animals"),
    Label(
        "BIO", "生物学对象", "biological entity", description="a bacterium, fungus, protein or other biological thing"
    ),
    Label("CEL", "天体", "astronomical object", description="a planet, star, asteroid or galaxy"),
    Label("DIS", "疾病", "disease", description="a disease, infection, poisoning or disorder"),
    Label("EVE", "事件", "event", description="a war, tournament, festival or other named event"),
    Label("FOOD", "食品", "food", description="a food, dish or drink"),
    Label("INST", "器械", "instrument", description="a technological, musical or other instrument"),
    Label("MEDIA", "媒体作品", "media work", description="a film, book, song, game, software or periodical"),
    Label("MYTH", "神话形象", "mythical figure", description="a deity, spirit or creature of a myth"),
    Label("PLANT", "植物", "plant", description="a tree, flower or other plant"),
    Label("TIME", "时间", "time", description="a named period, century or day, such as a holiday"),
    Label("VEHI", "交通工具", "vehicle", description="a model of car, aircraft, ship or train"),
)
TAGS = ["O", *(f"{prefix}-{label.name}" for label in TYPES for prefix in "BI")]
KNOWN = frozenset(range(len(TAGS)))


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence as the files give it."""

    tokens: tuple[str, ...]
    ner_tags: tuple[int, ...]
    lang: str


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads tokens and the numbers of their tags."""
    for path in files:
        for found in json_records(path, ledger, Sentence):
            tokens, numbers = found.tokens, found.ner_tags
            if not tokens or len(tokens) != len(numbers) or found.lang != "en" or not KNOWN.issuperset(numbers):
                raise ledger.malformed(found, "English tokens, each with the number of a tag")
            words = Tokens(tokens, ledger)
            spans = spans_of([TAGS[number] for number in numbers], "BIO", ledger) if any(numbers) else ()
            yield Document("", words.text, words.entities(spans))


CORPUS = Corpus(
    name="multinerd_en",
    title="MultiNERD (English)",
    language="en",
    domain="encyclopedia and news",
    domain_zh="百科、新闻",
    tasks=("NER",),
    homepage="https://github.com/Babelscape/multinerd",
    citation="""@inproceedings{tedeschi-navigli-2022-multinerd,
  title = {{M}ulti{NERD}: A Multilingual, Multi-Genre and Fine-Grained Dataset for Named Entity Recognition
           (and Disambiguation)},
  author = {Tedeschi, Simone and Navigli, Roberto},
  booktitle = {Findings of the Association for Computational Linguistics: NAACL 2022},
  year = {2022}, pages = {801--812}, url = {https://aclanthology.org/2022.findings-naacl.60},
}""",
    licence=Licence(
        "CC BY-NC-SA 4.0",
        redistribute=False,
        url="https://creativecommons.org/licenses/by-nc-sa/4.0/",
        terms="Not for commercial use.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(entities=TYPES),
    description="Sentences of Wikipedia and Wikinews with 15 types of names and concepts, annotated automatically.",
    annotation="Automatically, by neural models and a knowledge base (silver data).",
    verified="sample",
    reported=(Reported("InstructUIE", "NER", 16, 134_144, 10_000, 10_000),),
    differences=(
        "The files were not at hand: our totals are unknown. The authors give 164.1 thousand sentences in three splits "
        "and 15 types; InstructUIE cut that text anew, by an unpublished choice, and counts 16 types."
    ),
    differences_zh=(
        "未能取得文件，故不知我们的总数。作者给出三个部分共 16.41 万句、15 种类型；InstructUIE 按未公布的方式重新划分"
        "，并计 16 种类型。"
    ),
)
