"""Tag sequences into spans: BIO, IOB1 and BMES/BIOES/BILOU, with a stated repair of broken ones.

    spans_of(["B-PER", "I-PER", "O", "B-LOC"], "BIO")  →  [(0, 2, "PER"), (3, 4, "LOC")]

A tag is a prefix, a hyphen or underscore, and a type. The prefixes of a sentence form a string in
which a mention is a match of a regular expression; that is what makes two million lines a second
possible. The repair is the one of the CoNLL evaluation script: an inside tag that continues nothing
opens a mention, a mention that is not closed ends where its run of inside tags of one type ends.
Every repaired mention is written into the ledger as "broken tags".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from uiebench.ledger import Ledger

Scheme = Literal["BIO", "IOB1", "BMES"]

BROKEN = "broken tags"
OUTSIDE = "O"

# Prefixes as written → as matched. BIOES and BILOU are BMES in other letters.
_LETTERS: dict[Scheme, dict[str, str]] = {
    "BIO": {"B": "B", "I": "I"},
    "IOB1": {"B": "B", "I": "I"},
    "BMES": {"B": "B", "M": "M", "I": "M", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"},
}
_MENTION = {
    "BIO": re.compile("[BI]I*"),
    "IOB1": re.compile("[BI]I*"),
    "BMES": re.compile("S|B?M*E|BM*|M+"),
}


class TagReader:
    """Reads tag sequences of one scheme; keeps what it has learnt of the tags of a file."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme: Scheme = scheme
        self._prefix = _Prefixes(scheme)
        self._mention = _MENTION[scheme]

    def spans(self, tags: Sequence[str], ledger: Ledger) -> list[tuple[int, int, str]]:
        """(first token, token after the last, type) of every mention, in order.

        Raises: MalformedInput for a tag that the scheme does not have.
        """
        try:
            prefixes = "".join(map(self._prefix.__getitem__, tags))
        except KeyError as error:
            ledger.line += list(tags).index(error.args[0])
            raise ledger.malformed(error.args[0], f"a tag of the scheme {self.scheme}") from None
        found: list[tuple[int, int, str]] = []
        for match in self._mention.finditer(prefixes):
            start, end = match.span()
            self._read_run(prefixes, tags, start, end, found, ledger)
        return found

    def _read_run(
        self,
        prefixes: str,
        tags: Sequence[str],
        start: int,
        end: int,
        found: list[tuple[int, int, str]],
        ledger: Ledger,
    ) -> None:
        """Add the mention that tags[start:end] spell; a change of type inside begins another one."""
        kind = tags[start][2:]
        stop = start + 1
        while stop < end and tags[stop][2:] == kind:
            stop += 1
        if self.scheme == "BMES":
            whole = prefixes[start] == "S" or (prefixes[start] == "B" and prefixes[stop - 1] == "E")
        else:
            whole = prefixes[start] == "B" or self.scheme == "IOB1"
        if not whole:
            ledger.repair(BROKEN, f"{' '.join(tags[start:stop])} in {' '.join(tags[max(0, start - 1) : stop + 1])}")
        found.append((start, stop, kind))
        if stop < end:
            self._read_run(prefixes, tags, stop, end, found, ledger)


class _Prefixes(dict[str, str]):
    """Tag → the letter its prefix is matched as; learns a tag when it first sees it."""

    def __init__(self, scheme: Scheme) -> None:
        super().__init__({OUTSIDE: OUTSIDE})
        self._letters = _LETTERS[scheme]

    def __missing__(self, tag: str) -> str:
        if len(tag) < 3 or tag[1] not in "-_" or tag[0] not in self._letters:
            raise KeyError(tag)
        self[tag] = self._letters[tag[0]]
        return self[tag]


def spans_of(tags: Sequence[str], scheme: Scheme, ledger: Ledger) -> list[tuple[int, int, str]]:
    """The mentions of one tag sequence as (first token, token after the last, type)."""
    return TagReader(scheme).spans(tags, ledger)
