"""Families of native formats. Each function here makes a reader out of parameters.

A reader takes the files of one split and a ledger and yields documents, e.g.

    read = columns(scheme="BMES", separator=" ")
    list(read([Path("dev.char.bmes")], Ledger({})))  →  [Document("", "高明，男", (Entity("高明", 0, 2, "NAME"),))]

A reader never prints, downloads, numbers, splits or filters, and trusts its input: that spans lie in
the text, match it and are not repeated is checked for every family at one place, `build.check`.
"""

from uiebench.formats.apf import apf
from uiebench.formats.bare import lines, texts
from uiebench.formats.beside import beside, tabled
from uiebench.formats.bionlp import bionlp
from uiebench.formats.clusters import clustered_texts, clusters
from uiebench.formats.columns import columns
from uiebench.formats.elements import rewrite, xml_root
from uiebench.formats.events import events
from uiebench.formats.markup import markup, parse_markup
from uiebench.formats.offsets import offsets
from uiebench.formats.reading import json_records, read_bytes, read_lines, read_text
from uiebench.formats.rows import Row, apart, gathered, pairs, stated
from uiebench.formats.sentences import joined
from uiebench.formats.standoff import TextBound, parse_ann, standoff
from uiebench.formats.tagged import tagged
from uiebench.formats.tags import spans_of
from uiebench.formats.tokens import Tokens
from uiebench.formats.triples import located, triples

__all__ = [
    "Row",
    "TextBound",
    "Tokens",
    "apart",
    "apf",
    "beside",
    "bionlp",
    "clustered_texts",
    "clusters",
    "columns",
    "events",
    "gathered",
    "joined",
    "json_records",
    "lines",
    "located",
    "markup",
    "offsets",
    "pairs",
    "parse_ann",
    "parse_markup",
    "read_bytes",
    "read_lines",
    "read_text",
    "rewrite",
    "spans_of",
    "standoff",
    "stated",
    "tabled",
    "tagged",
    "texts",
    "triples",
    "xml_root",
]
