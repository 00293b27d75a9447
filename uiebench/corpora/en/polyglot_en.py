"""Polyglot-NER, English: names in sentences of Wikipedia, annotated automatically from links and Freebase.

Native form: token and type a line, separated by a tab, an empty line (or several) after every sentence.
The types have no B- or I- prefix, so that two mentions of one type that touch cannot be told apart:
neighbouring tokens of one type are one mention.

    Alder	LOC
    Bay	LOC
    froze	O

The tokens are joined with one blank. Where the page says that the archive is gone, the Hub's dataset
rmyeid/polyglot_ner holds the same sentences (language en, columns words and ner) as Parquet.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Label, Licence, Manual, Reported, Schema, Split, Totals

TRAIN = Manual(
    "acl_datasets/en/data/en_wiki.conll",
    "Download emnlp_datasets.tgz (1.1 GB, 40 languages), unpack it, and put its folder acl_datasets (or "
    "only acl_datasets/en/data/en_wiki.conll) into the folder polyglot_en of the raw folder.",
    "http://cs.stonybrook.edu/~polyglot/ner2/emnlp_datasets.tgz",
)

CORPUS = Corpus(
    name="polyglot_en",
    title="Polyglot-NER (English)",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("NER",),
    homepage="https://sites.google.com/site/rmyeid/projects/polylgot-ner",
    citation="""@inproceedings{al-rfou-etal-2015-polyglot,
  title = {{Polyglot-NER}: Massive Multilingual Named Entity Recognition},
  author = {Al-Rfou, Rami and Kulkarni, Vivek and Perozzi, Bryan and Skiena, Steven},
  booktitle = {Proceedings of the 2015 {SIAM} International Conference on Data Mining},
  year = {2015}, url = {https://arxiv.org/abs/1410.3791},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the text is Wikipedia's."),
    splits=(Split("train", (TRAIN,)),),
    read=columns(scheme="IO", separator="\t", joiner=" "),
    schema=Schema(
        entities=(
            Label("PER", "人物", "person", description="the name of a person"),
            Label(
                "ORG",
                "组织机构",
                "organization",
                description="a company, team, newspaper, school or other organization",
            ),
            Label("LOC", "地点", "location", description="a city, country, region, continent or district"),
        )
    ),
    description="Sentences of Wikipedia with persons, organizations and locations, annotated by rule.",
    annotation="Automatically, from the links of Wikipedia.",
    verified="sample",
    published={"train": Totals(423982)},
    published_source="dataset_info of the Hub's dataset polyglot_ner, configuration en",
    reported=(Reported("InstructUIE", "NER", 3, 393_982, 10_000, 10_000),),
    differences=(
        "The file was not at hand: our totals are unknown. It has no official splits; InstructUIE cut 393,982, "
        "10,000 and 10,000 sentences from it, by an unpublished choice."
    ),
    differences_zh=(
        "未能取得文件，故不知我们的总数。没有官方划分；InstructUIE 按未公布的方式从中取了 393,982、10,000、10,000 句。"
    ),
)
