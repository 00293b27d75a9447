"""Tag sequences into spans: BIO, IOB1, IO and BMES/BIOES/BILOU, with a stated repair of broken ones.

    spans_of(["B-PER", "I-PER", "O", "B-LOC"], "BIO", ledger)  →  [(0, 2, "PER"), (3, 4, "LOC")]
    spans_of(["PER", "PER", "O", "LOC"], "IO", ledger)         →  [(0, 2, "PER"), (3, 4, "LOC")]

A tag is a prefix, a hyphen or underscore, and a type. The prefixes of a sentence form a string, here
``BIOB``, in which a mention is a match of a regular expression. The repair is the one of the CoNLL
evaluation script: an inside tag that continues nothing opens a mention, a mention that is not closed
ends where its run of inside tags of one type ends. Each repaired mention goes into the ledger as
"broken tags". In IO a tag is a type without a prefix, so that nothing is broken and mentions of one type
that touch are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from uiebench.ledger import Ledger

Scheme = Literal["BIO", "IOB1", "IO", "BMES"]

BROKEN = "broken tags"
EMPTY = "empty tag"
OUTSIDE, BLANK = "O", " "

# Prefixes as written → as matched. BIOES and BILOU are BMES in other letters.
_LETTERS: dict[Scheme, dict[str, str]] = {
    "BIO": {"B": "B", "I": "I"},
    "IOB1": {"B": "B", "I": "I"},
    "IO": {},
    "BMES": {"B": "B", "M": "M", "I": "M", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"},
}
# Every branch begins with a letter of its own, so that the search skips the O's without trying it.
_MENTION = {
    "BIO": re.compile("BI*|II*"),
    "IOB1": re.compile("BI*|II*"),
    "IO": re.compile("II*"),
    "BMES": re.compile("S|BM*E?|MM*E?|E"),
}


class TagReader:
    """Reads tag sequences of one scheme.

    Whatever carries a tag (the tag itself, a whole line of a file) is learnt once and is a key from then
    on; a sentence is a sequence of such keys and the string of their prefix letters.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme: Scheme = scheme
        self._mention = _MENTION[scheme]
        self._letters = _LETTERS[scheme]
        self._kind: dict[str, str] = {}

    def learn(self, key: str, tag: str, ledger: Ledger) -> str:
        """Take note that `key` carries `tag`; the letter its prefix is matched as.

        Raises: MalformedInput if the scheme has no such tag.
        """
        if tag in (OUTSIDE, ""):
            return tag or BLANK
        if self.scheme == "IO":
            self._kind[key] = tag
            return "I"
        if len(tag) < 3 or tag[1] not in "-_" or tag[0] not in self._letters:
            raise ledger.malformed(tag, f"a tag of the scheme {self.scheme}")
        self._kind[key] = tag[2:]
        return self._letters[tag[0]]

    def spans(self, prefixes: str, keys: Sequence[str], ledger: Ledger) -> list[tuple[int, int, str]]:
        """(first token, token after the last, type) of every mention, in order. All keys must be learnt."""
        if BLANK in prefixes:
            ledger.repair(EMPTY, "", times=prefixes.count(BLANK))
        found: list[tuple[int, int, str]] = []
        kinds = self._kind
        for match in self._mention.finditer(prefixes):
            start, end = match.span()
            kind = kinds[keys[start]]
            for key in keys[start + 1 : end]:
                if kinds[key] != kind:
                    self._split(prefixes, keys, start, end, found, ledger)
                    break
            else:
                self._check(prefixes, start, end, kind, ledger)
                found.append((start, end, kind))
        return found

    def _split(
        self,
        prefixes: str,
        keys: Sequence[str],
        start: int,
        end: int,
        found: list[tuple[int, int, str]],
        ledger: Ledger,
    ) -> None:
        """Add the mentions that keys[start:end] spell; each change of type begins another one."""
        while start < end:
            kind, stop = self._kind[keys[start]], start + 1
            while stop < end and self._kind[keys[stop]] == kind:
                stop += 1
            self._check(prefixes, start, stop, kind, ledger)
            found.append((start, stop, kind))
            start = stop

    def _check(self, prefixes: str, start: int, end: int, kind: str, ledger: Ledger) -> None:
        """Write a mention into the ledger if it is not spelt as the scheme wants it."""
        first, last = prefixes[start], prefixes[end - 1]
        if self.scheme == "BMES":
            whole = first == "S" or (first == "B" and last == "E")
        else:
            whole = first == "B" or self.scheme != "BIO"
        if not whole:
            ledger.repair(BROKEN, f"{kind} spelt {prefixes[start:end]} after {prefixes[:start][-1:] or 'nothing'}")


def spans_of(tags: Sequence[str], scheme: Scheme, ledger: Ledger) -> list[tuple[int, int, str]]:
    """The mentions of one tag sequence as (first token, token after the last, type)."""
    reader = TagReader(scheme)
    prefixes = "".join([reader.learn(tag, tag, ledger) for tag in tags])
    return reader.spans(prefixes, tags, ledger)
