"""Other strings in place of a right one: with another boundary, from elsewhere in the text, or from nowhere in it.

In "高明创办了远山科技有限公司。", for the mention 远山科技,

    wider → 远山科技有限公司      narrower → 远山      character → 远山科      like → a span that looks like it
    invented → 云帆传媒集团       borrowed → a mention of another document      paraphrased → 远科

Each takes a case and a hash that chooses, and gives None where there is nothing to give. The first two move one
edge from a word boundary to another word boundary; the last three give strings that are not in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from uiebench.hashing import mix
from uiebench.pairs import names
from uiebench.pairs.case import SALT, Case, skewed, turns
from uiebench.pairs.lexicon import is_whole
from uiebench.pairs.lists import FUNCTION
from uiebench.pairs.paraphrase import paraphrases
from uiebench.pairs.words import Range, is_content

_DIGIT = re.compile(r"\d")
_ALNUM = re.compile(r"\w")
_BREAK = re.compile(r"[,;:.!?，。；：！？\n]\s")
_GAPS = re.compile(r"[\n\r。！？；]")
TRIES = 6
_OUTER = " -–/,、.;:\t\n　"
"""What does not begin or end a mention that is cut short; each is a word of its own."""
Make = Callable[[Case, str, int], str | None]
"""Another string in place of one that stands in the text."""


# --- boundaries -----------------------------------------------------------------------------------


def wider(case: Case, mention: str, number: int) -> str | None:
    """With one more word on the left or right, now and then with two; with a function word only if need be."""
    place = case.page.place(mention)
    if place is None:
        return None
    poorer, text = None, case.text
    for left in (number & 1, 1 - (number & 1)):
        start, end = place
        for _ in range(2 if (number >> 8) % 4 == 0 else 1):
            more = case.words.before(start) if left else case.words.after(end)
            if more is None or not _ALNUM.search(text, *((more, start) if left else (end, more))):
                break
            start, end = (more, end) if left else (start, more)
        if (start, end) == place or _GAPS.search(text, start, end):
            continue
        added = text[start : place[0]] if left else text[place[1] : end]
        if _is_weak(added.split()[0] if left else added.split()[-1], case):
            poorer = text[start:end]
        else:
            return text[start:end]
    return poorer


def _is_weak(word: str, case: Case) -> bool:
    """Whether nobody would take a word for the first or last of a mention, unless there is no other."""
    return word.lower() in FUNCTION[case.language] and word.lower() not in _ARTICLES


_ARTICLES = {"the", "a", "an", "these", "this", "all", "大", "小", "新", "各", "本", "该"}


def narrower(case: Case, mention: str, number: int) -> str | None:
    """Without its first or its last word."""
    place = case.page.place(mention)
    if place is None:
        return None
    start, end = place
    edges = case.words.inside(start, end)
    if not edges:
        return None
    for turn in (number & 1, 1 - (number & 1)):
        rest = (case.text[edges[0] : end] if turn else case.text[start : edges[-1]]).strip(_OUTER)
        if rest != mention and _ALNUM.search(rest):
            return rest
    return None


def character(case: Case, mention: str, number: int) -> str | None:
    """With one character more or less at one of its ends, wherever words begin; in English never without the first."""
    place = case.page.place(mention)
    if place is None:
        return None
    (start, end), text = place, case.text
    for turn in turns(number, 4, 4):
        if turn == 0 and start and _may_join(case, text[start - 1]):
            return text[start - 1 : end]
        if turn == 1 and end < len(text) and _may_join(case, text[end]):
            return text[start : end + 1]
        if end - start > 1 and (turn == 3 or (turn == 2 and case.language == "zh")):
            rest = text[start + 1 : end] if turn == 2 else text[start : end - 1]
            if rest[0].isalnum() and rest[-1].isalnum():
                return rest
    return None


def _may_join(case: Case, letter: str) -> bool:
    """Whether a neighbouring character may be taken in: a letter, or in English what belongs to a word."""
    return letter.isalnum() or (case.language == "en" and letter in "'.%$)-&")


def pieces(case: Case, mention: str, number: int) -> tuple[str, str] | None:
    """In two, between two of its words that could be mentions of their own."""
    place = case.page.place(mention)
    if place is None:
        return None
    start, end = place
    edges = case.words.inside(start, end)
    for at in turns(number, len(edges), TRIES):
        left, right = case.text[start : edges[at]].rstrip(" ,、-–"), case.text[edges[at] : end]
        if min(len(left), len(right)) > 1 and _ALNUM.match(left) and _ALNUM.match(right):
            return left, right
    return None


# --- elsewhere in the text ------------------------------------------------------------------------


@lru_cache(100_000)
def shape(string: str) -> str:
    """What a string looks like: d holds a digit, U a Latin capital in front, l a small letter, h anything else."""
    if _DIGIT.search(string):
        return "d"
    first = string[0]
    return "h" if not first.isascii() or not first.isalpha() else "U" if first.isupper() else "l"


def like(case: Case, mention: str, number: int) -> str | None:
    """Another span of the text of like length and shape, that is no annotated mention and overlaps none."""
    return _alike(case, mention, number, strict=True, nominal=True)


def like_trigger(case: Case, mention: str, number: int) -> str | None:
    """As `like`, verbs among them."""
    return _alike(case, mention, number, strict=True, nominal=False)


def content(case: Case, model: str, number: int, *, nominal: bool = True) -> str | None:
    """A span of the text that looks like `model`, or at least as if it could be a mention."""
    return _alike(case, model, number, strict=True, nominal=nominal) or _alike(
        case, model, mix(number, SALT[3]), strict=False, nominal=nominal
    )


def _alike(case: Case, model: str, number: int, *, strict: bool, nominal: bool) -> str | None:
    find = _english if case.language == "en" else _chinese
    return find(case, model, number, strict, nominal)


def _english(case: Case, model: str, number: int, strict: bool, nominal: bool) -> str | None:
    count = model.count(" ") + 1 if strict else min(model.count(" ") + 1, 2)
    wanted, known = shape(model), case.page.spans.setdefault((count, nominal), {})
    for first in turns(number, len(case.words) - count + 1, 12):
        string = known.get(first)
        if string is None:
            string = known[first] = _of_words(case, first, count, nominal)
        if string and string != model and (not strict or shape(string) == wanted):
            return string
    return None


def _of_words(case: Case, first: int, count: int, nominal: bool) -> str:
    """Some words of an English text, if they could be a mention and none of them is in one; else nothing."""
    start, head = case.words.outer(first, nominal=nominal)
    if head is None or not head.opens:
        return ""
    last, tail = case.words.outer(first + count - 1, nominal=nominal) if count > 1 else (start, head)
    if tail is None or not tail.closes:
        return ""
    start, end = start + head.start, last + tail.end
    string = case.text[start:end]
    if (
        len(string) < 2
        or not case.page.is_free(start, end)
        or (count > 2 and not _STAY.isdisjoint(string.lower().split()[1:-1]))
        or _BREAK.search(string)
        or not is_whole(string)
    ):
        return ""
    return string


_STAY = FUNCTION["en"] - {"of", "and", "for", "the", "in", "on", "to", "a", "with", "from", "by"}
"""What stands inside no mention."""


def _chinese(case: Case, model: str, number: int, strict: bool, nominal: bool) -> str | None:
    words, wanted, size = case.words, shape(model), len(model)
    slack = max(1, size // 3)
    if not strict:
        size, slack = min(size, 4), 2
    shortest, longest = size - slack, size + slack
    for block in turns(number, len(words), 8):
        spans = words.spans(block)
        known = case.page.spans.setdefault((block, nominal), {})
        for first in turns(number >> 8, len(spans), 4):
            strings = known.get(first)
            if strings is None:
                strings = known[first] = _from_word(case, spans[first : first + 6], nominal)
            for string in strings:
                if shortest <= len(string) <= longest and string != model and (not strict or shape(string) == wanted):
                    return string
    return None


def _from_word(case: Case, spans: Sequence[Range], nominal: bool) -> list[str]:
    """What begins with the first of some words of a Chinese text and could be a mention, where none stands."""
    (start, end), text = spans[0], case.text
    if not is_content(text[start:end], "zh", nominal):
        return []
    return [
        text[start:end]
        for begin, end in spans
        if end - start > 1 and is_content(text[begin:end], "zh", nominal) and case.page.is_free(start, end)
    ]


# --- not in the text ------------------------------------------------------------------------------


def invented(case: Case, concept: str, keys: Sequence[tuple[str, ...]], number: int) -> str | None:
    """A name that nobody bears; `keys` are where the lexicon holds others of its class."""
    lexicon, half = case.vocabulary.lexicon, case.vocabulary.half
    for turn in range(3):
        own = mix(number, SALT[turn])
        name = names.invented(concept, case.language, own, half)
        for key in keys if name is None else ():
            name = name or names.recombined(lexicon.of(*key), case.language, own)
        if name and not case.page.is_in(name) and not any(lexicon.knows(*key, name) for key in keys):
            return name
    return None


def borrowed(case: Case, keys: Sequence[tuple[str, ...]], number: int) -> str | None:
    """A mention of the same class in other documents of the corpus, that is not in this text."""
    for key in keys:
        known = case.vocabulary.lexicon.of(*key)
        for at in turns(number, len(known), TRIES):
            if not case.page.is_in(known[at]):
                return known[at]
    return None


def paraphrased(case: Case, mention: str, concept: str, number: int) -> str | None:
    """The mention said otherwise, in words that the text does not have in any case of letters."""
    found = [said for said in paraphrases(mention, concept, case.language) if not case.page.is_in(said)]
    return found[skewed(number, len(found))] if found else None
