"""Re-DocRED: DocRED with the missing relations added, in whole introductions of Wikipedia articles.

Native form, that of DocRED: one JSON array; sentences as tokens, entities as clusters of mentions (half-open
token positions in a sentence), relations between clusters by Wikidata property:

    [{"title": "Ashby Ferry", "sents": [["Ashby", "Ferry", "is", "a", "town", "in", "Norland", "."]],
      "vertexSet": [[{"name": "Ashby Ferry", "sent_id": 0, "pos": [0, 2], "type": "LOC"}],
                    [{"name": "Norland", "sent_id": 0, "pos": [6, 7], "type": "LOC"}]],
      "labels": [{"h": 0, "t": 1, "r": "P17", "evidence": [0]}]}]

The text is all tokens joined with one blank; tokens of white space alone are left out. Every mention is an
entity. A relation here joins two mentions, so each cluster is represented by its first mention in the text, as
a rule the full name, of a state often the adjective (`Canadian`, where `Canada` follows later). Coreference,
the title and the evidence sentences are not kept.
"""

from uiebench.corpora.wikidata import DOCRED
from uiebench.formats import clusters
from uiebench.types import Corpus, Download, Licence, Split, Totals

BASE = "https://raw.githubusercontent.com/tonytan48/Re-DocRED/ccfb54f5ddf5836027c87badda10f6dfc56efaac/data/"
TRAIN = Download("train_revised.json", BASE + "train_revised.json")
DEV = Download(
    "dev_revised.json",
    BASE + "dev_revised.json",
    sha256="051ee1d057204a5d08ef5502beacdadf191245b5eaf0e29ec2c607cf002c016f",
    bytes=3245588,
)
TEST = Download(
    "test_revised.json",
    BASE + "test_revised.json",
    sha256="ea673b7ef91e16510d7eb88863d3903e47318dc5653ef361266f27ae3b84723c",
    bytes=3207228,
)

CORPUS = Corpus(
    name="redocred",
    title="Re-DocRED",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("NER", "RE"),
    homepage="https://github.com/tonytan48/Re-DocRED",
    citation="""@inproceedings{tan-etal-2022-revisiting,
  title = {Revisiting {DocRED} -- Addressing the False Negative Problem in Relation Extraction},
  author = {Tan, Qingyu and Xu, Lu and Bing, Lidong and Ng, Hwee Tou and Aljunied, Sharifah Mahani},
  booktitle = {Proceedings of the 2022 Conference on Empirical Methods in Natural Language Processing},
  year = {2022}, url = {https://arxiv.org/abs/2205.12696},
}""",
    licence=Licence(
        "MIT",
        redistribute=True,
        url="https://github.com/tonytan48/Re-DocRED/blob/ccfb54f5ddf5836027c87badda10f6dfc56efaac/LICENSE",
        terms="The licence of the repository; the texts are from Wikipedia (CC BY-SA).",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=clusters,
    schema=DOCRED,
    description="Introductions of Wikipedia articles with the mentions of all entities and the relations between "
    "entities, many of them across sentences. Dev and test are the two halves of DocRED's dev: a model trained or "
    "chosen on DocRED has seen these texts.",
    annotation="As DocRED, with the relations it missed added: proposed by models, checked by hand.",
    verified="original",
    published={"train": Totals(3053), "dev": Totals(500), "test": Totals(500)},
    published_source="Tan et al. (2022)",
    expect={
        "dev": Totals(
            500,
            13153,
            17276,
            0,
            0,
            drops={"repeated annotation": 44},
            repairs={"section number in the name": 3},
        ),
        "test": Totals(
            500,
            12948,
            17448,
            0,
            0,
            drops={"repeated annotation": 69, "string differs from text": 1},
            repairs={"section number in the name": 2},
        ),
    },
    differences="The file of train was not at hand. The articles are those published; their 34.6 and 34.9 relations an "
    "article are 17,284 and 17,448, of which 8 in dev fall together with others.",
    differences_zh=(
        "未能取得训练文件。文章数与公布的一致；每篇 34.6 和 34.9 个关系即 17,284 和 17,448 个，其中开发集有 8 个与其"
        "他的重合。"
    ),
    defects={
        "repeated annotation": "A mention is listed twice in one entity (105 times in dev and test), or is the first "
        "one of two entities, which then state the same relations (once, with 8 relations, in dev).",
        "section number in the name": "The name of five mentions begins with the number of a section and a line break, "
        "which the text does not have; the text's string is taken.",
        "string differs from text": "One mention in test has the tokens of another phrase.",
    },
)
