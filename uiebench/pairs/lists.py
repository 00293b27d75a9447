"""Lists of words that the confusions are made with; they lie in words.yaml.

"的" in FUNCTION["zh"]     →  True
TRANSLATIONS["北京"]       →  "Beijing"
"""

from __future__ import annotations

from importlib.resources import files

import msgspec

from uiebench.types import Language


class Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What words.yaml holds; words in a string have blanks between them."""

    function: dict[Language, str]
    opening: dict[Language, str]
    auxiliary: str
    following: str
    calendar: str
    titles: str
    pronouns: dict[Language, str]
    irregular: str
    surnames: str
    units: str
    symmetric: frozenset[str]
    translations: dict[str, str]
    before: dict[Language, tuple[str, ...]]
    after: dict[Language, tuple[str, ...]]


_LISTS = msgspec.yaml.decode(files("uiebench.pairs").joinpath("words.yaml").read_bytes(), type=Lists)
FUNCTION: dict[Language, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _LISTS.function.items()
}
OPENING: dict[Language, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _LISTS.opening.items()
}
AUXILIARY, FOLLOWING = frozenset(_LISTS.auxiliary.split()), frozenset(_LISTS.following.split())
CALENDAR = frozenset(_LISTS.calendar.split())
UNNAMED = CALENDAR | frozenset(_LISTS.titles.split())
PRONOUNS = frozenset(word for words in _LISTS.pronouns.values() for word in words.split())
IRREGULAR = frozenset(_LISTS.irregular.split())
SURNAMES = frozenset(_LISTS.surnames.split())
UNITS = tuple(_LISTS.units.split())
SYMMETRIC, TRANSLATIONS = _LISTS.symmetric, _LISTS.translations
BEFORE, AFTER = _LISTS.before, _LISTS.after
