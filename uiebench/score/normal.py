"""What may be done to mentions before they are compared, and its name in the signature.

    normal, name = normaliser(["case", "articles"])
    name                      →  "nfc+strip+case+articles"
    normal([" The  Thames"])  →  ["thames"]

The headline does NFC and strips outer white space, and nothing else. Everything below is asked for by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from unicodedata import normalize

from uiebench.errors import RecipeError
from uiebench.score.facts import Normal, nfc_strip

_QUOTES = "\"'`“”‘’«»‹›「」『』《》〈〉【】"

STEPS: dict[str, tuple[Callable[[str], str], str]] = {
    "nfkc": (lambda mention: normalize("NFKC", mention), "full-width and other forms of a character are one"),
    "case": (str.casefold, "upper and lower case are one"),
    "quotes": (lambda mention: mention.strip(_QUOTES), "outer quotation marks and title brackets are left out"),
    "articles": (
        lambda mention: re.sub(r"^(?:an?|the)\s+", "", mention, flags=re.I),
        "a leading a, an or the is left out",
    ),
    "blanks": (lambda mention: re.sub(r"\s+", "", mention), "white space is left out"),
}
"""Steps by name, in the order in which they are taken, with what they do."""


def normaliser(names: Iterable[str]) -> tuple[Normal, str]:
    """The headline's normalisation and the steps named, and what the signature calls it.

    Raises: RecipeError for a step that does not exist.
    """
    wanted = {name.strip() for name in names} - {""}
    if unknown := sorted(wanted - set(STEPS)):
        raise RecipeError(f"--normalise {unknown[0]}: not one of {', '.join(STEPS)}")
    if not wanted:
        return nfc_strip, "nfc+strip"
    chosen = [name for name in STEPS if name in wanted]
    steps = [STEPS[name][0] for name in chosen]

    def normal(mentions: list[str]) -> list[str]:
        mentions = nfc_strip(mentions)
        for step in steps:
            mentions = [step(mention).strip() for mention in mentions]
        return mentions

    return normal, "+".join(["nfc+strip", *chosen])
