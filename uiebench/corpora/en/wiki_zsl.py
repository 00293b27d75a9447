"""Wiki-ZSL: Wikipedia sentences with 113 Wikidata relations, found by distant supervision, for zero-shot studies.

Native form, that of the Wikipedia-Wikidata corpus it is chosen from: one JSON array of sentence graphs. An edge
goes from the tokens of its left end to those of its right end, given by their numbers; ``P0`` states that a pair
has no relation. The linked mentions (``vertexSet``) are not read:

    [{"tokens": ["Mira", "Holt", "played", "for", "Ashby", "United", "."], "vertexSet": [],
      "edgeSet": [{"kbID": "P54", "left": [0, 1], "right": [4, 5]}, {"kbID": "P0", "left": [4, 5], "right": [0, 1]}]}]

Left is our head. The first edge is the one a sentence was chosen for, and the only one that zero-shot studies
read; here all edges are read, since an extraction that finds them is right. Those of properties outside the 113
are left out and counted. The text is the tokens joined with one blank, white space alone left out; graphs of one
text are one document. There is no fixed split: studies hold out 5, 10 or 15 relations at random, with the
sentences whose first edge is one of them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.corpora.wikidata import relations
from uiebench.formats import Row, Tokens, apart, gathered, json_records
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Licence, Manual, Reading, Relation, Schema, Split, Totals

TRAIN = Manual(
    "wiki_train_new.json",
    how="Download wiki_train_new.json from Google Drive (the link is in the README of "
    "https://github.com/vhientran/Code-ZSRE) and put it into the folder wiki_zsl; rename it if it arrives as "
    "wiki_all.json",
    url="https://drive.google.com/file/d/1TMYvAbe9wsB5GiWcUL5bMAs9x6CpvnAj/view",
)
NONE = "P0"
OUTSIDE = "relation outside the 113"


class Edge(msgspec.Struct, gc=False):
    """A relation between two ends, given by the numbers of their tokens."""

    property: str = msgspec.field(name="kbID")
    left: list[int]
    right: list[int]


class Graph(msgspec.Struct, gc=False):
    """A sentence and its edges."""

    tokens: list[str]
    edges: list[Edge] = msgspec.field(name="edgeSet")


SCHEMA = Schema(
    relations=relations(
        "P17 P19 P20 P22 P25 P26 P27 P30 P31 P36 P37 P39 P40 P47 P50 P53 P54 P57 P58 P59 P69 P81 P86 P101 P102 P106 "
        "P108 P112 P118 P121 P123 P127 P131 P135 P136 P138 P140 P144 P150 P155 P159 P161 P162 P166 P170 P175 P176 "
        "P178 P179 P186 P190 P206 P241 P264 P272 P276 P279 P355 P360 P361 P364 P366 P376 P397 P400 P403 P412 P413 "
        "P425 P449 P452 P460 P461 P463 P466 P495 P530 P551 P569 P570 P571 P577 P607 P641 P647 P674 P676 P706 P734 "
        "P735 P737 P800 P802 P840 P921 P937 P991 P1001 P1056 P1080 P1269 P1303 P1344 P1346 P1365 P1408 P1412 P1435 "
        "P1552 P1589 P1889 P2389 P2416"
    )
)
NAMES = frozenset(label.name for label in SCHEMA.relations)


def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """The graphs of a file, each a sentence with the relations of its edges."""
    for path in files:
        for graph in json_records(path, ledger, Graph):
            words, found, lost = Tokens(graph.tokens, ledger), list[Relation](), False
            for edge in graph.edges:
                if edge.property == NONE:
                    continue
                if edge.property not in NAMES:
                    ledger.drop(OUTSIDE, edge.property)
                    continue
                head = words.numbered(edge.left)
                tail = words.numbered(edge.right) if head else None
                if head and tail:
                    found.append(Relation(edge.property, head, tail))
                else:
                    lost = True
            if found or not lost:  # a sentence that lost all its relations would deny them
                yield Row(Document("", words.text, relations=tuple(found)))


CORPUS = Corpus(
    name="wiki_zsl",
    title="Wiki-ZSL",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("RE",),
    homepage="https://github.com/dinobby/ZS-BERT",
    citation="""@inproceedings{chen-li-2021-zs,
  title = {{ZS}-{BERT}: Towards Zero-Shot Relation Extraction with Attribute Representation Learning},
  author = {Chen, Chih-Yao and Li, Cheng-Te},
  booktitle = {Proceedings of the 2021 Conference of the North American Chapter of the Association for Computational
               Linguistics: Human Language Technologies},
  year = {2021}, pages = {3470--3479}, url = {https://aclanthology.org/2021.naacl-main.272},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the sentences are from Wikipedia."),
    splits=(Split("train", (TRAIN,)),),
    read=gathered(rows),
    schema=SCHEMA,
    description="Sentences of Wikipedia whose linked entities have relations in Wikidata, whether the sentence states "
    "them or not: a subset of the Wikipedia-Wikidata relations of Sorokin and Gurevych (2017).",
    annotation="By distant supervision from Wikidata.",
    verified="sample",
    published={"train": Totals(93483)},
    published_source="the log of the authors' code (model/wiki.txt): sentences loaded, one relation each",
    differences=(
        "The file was not at hand; its form and the list of its relations were taken from published code that reads "
        "it. The published figure counts graphs of one relation each; ours are texts with the relations of all their "
        "edges."
    ),
    differences_zh=(
        "未能取得文件；其格式和关系表取自读它的公开代码。公布的数字按各有一个关系的句图计；我们按文本计，取其所有边的"
        "关系。"
    ),
    defects={
        "relation outside the 113": "Edges after the first one hold further properties, which are not labels of the "
        "corpus.",
        "empty mention": "Some edges have an end without tokens: they are left out, and with them a sentence that has "
        "no other relation.",
    },
    readings={"rows": Reading("a graph: a sentence with the relations of its edges", apart(rows))},
)
