"""Sentences with one tagged pair each, the form of SemEval-2010 task 8: a number, the sentence, its relation.

    8<TAB>"The <e1>kiln</e1> was built by a <e2>mason</e2>."
    Product-Producer(e1,e2)
    Comment: The kiln is the product.

    gathered(tagged(opening="<(?P<type>e[12])>", closing="</e[12]>", none="Other"))

The order in the brackets says which of the two is the head. Empty lines and comments are not read. A row that gives
a relation to a name which is not in its sentence any more is left out ("lost name"): as a text without relation it
would deny what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats.markup import parse_markup
from uiebench.formats.reading import read_lines
from uiebench.formats.rows import Row, Rows
from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Relation

LOST = "lost name"
ROW = re.compile(r'\d+\t"\s*(.*?)\s*"\s*')
LABEL = re.compile(r"(?P<name>.+?)(?:\((?P<head>e[12]),(?P<tail>e[12])\))?\s*")


def tagged(*, opening: str, closing: str, none: str) -> Rows:
    """Rows with one tagged pair each; `none` is the label that states no relation, in either direction.

    `opening` and `closing` are regular expressions of the tags; `opening` has a group ``type``, e1 or e2.
    """
    begin, end = re.compile(opening), re.compile(closing)

    def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
        for path in files:
            lines = read_lines(path, ledger)
            for line in lines:
                if line and not line.startswith("Comment:"):
                    found = row(line, next(lines, ""), ledger)
                    if found is not None:
                        yield found

    def row(line: str, label: str, ledger: Ledger) -> Row | None:
        sentence, name = ROW.fullmatch(line), LABEL.fullmatch(label)
        if sentence is None:
            raise ledger.malformed(line, "a number and a sentence in quotation marks")
        if name is None or (name["head"] == name["tail"]) != (name["name"] == none):
            raise ledger.malformed(label, f"a relation and its direction, or {none}")
        text, marks = parse_markup(sentence[1], begin, end, ledger)
        ends = {mark.type: Entity(mark.text, mark.start, mark.end, "") for mark in marks}
        if len(marks) != 2 or ends.keys() != {"e1", "e2"}:
            raise ledger.malformed(line, "one <e1> and one <e2>")
        pair = frozenset(ends.values())
        if name["name"] == none:
            return Row(Document("", text), pair)
        if not all(mark.text.strip() for mark in marks):
            ledger.drop(LOST, line)
            return None
        relation = Relation(name["name"], ends[name["head"]], ends[name["tail"]])
        return Row(Document("", text, relations=(relation,)), pair)

    return rows
