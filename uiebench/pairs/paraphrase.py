"""Mentions said otherwise: translated, abbreviated, with a title, with other numerals. True, and not in the text.

    paraphrases("世界卫生组织", "organization", "zh")     →  ["世卫", "World Health Organization", …]
    paraphrases("John Ashdown", "person", "en")          →  ["Mr. Ashdown", "J. Ashdown", "Ashdown, John"]

A model that understands a text and does not copy it writes such strings; an extraction has to give the words of
the text. The rules and the small lexicon below were written for this purpose.
"""

from __future__ import annotations

import re
from functools import lru_cache

from uiebench.pairs.lists import FUNCTION, IRREGULAR, SURNAMES, TRANSLATIONS
from uiebench.pairs.names import CLASSES
from uiebench.pairs.parts import DOUBLE
from uiebench.pairs.words import Words, is_no_name, is_place, tag
from uiebench.types import Language

BACK = {english.removeprefix("the ").lower(): chinese for chinese, english in TRANSLATIONS.items()}

_DIGITS = "〇一二三四五六七八九"
_TO_HAN = str.maketrans("0123456789", _DIGITS)
_TO_ARABIC = str.maketrans(_DIGITS + "零", "01234567890")
_COUNTED = re.compile(r"(?<![\d.,，])(\d{4}(?=年)|\d{1,2}(?=[年月日号岁天个人名次]))(?![\d.,，])")
_HAN_COUNTED = re.compile(r"(?<![十百千万〇一二三四五六七八九])[〇一二三四五六七八九]+(?=[年月日号岁天个人名次])")
_NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30", "hundred": "100",
}  # fmt: skip
_WORD_OF = {digits: word for word, digits in _NUMBER_WORDS.items()}
_HAN = re.compile(r"[\u4e00-\u9fd5]+")
_LATIN_NAME = re.compile(r"[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]*)+")
_VOWEL = re.compile("[aeiouy]")
_OF = {"of", "the", "and", "for", "in", "on", "de", "la"}
_PLACES, _PEOPLE = {"city", "place", "province"}, {"person"}
_CODED = {"gene", "drug", "disease", "product"}
"""Numbers in their names are no counts."""
BODIES = {"organization", "company", "school", "hospital", "team"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SUFFIXES = {"股份有限公司": "", "有限责任公司": "", "有限公司": "", "集团": "", "委员会": "委"}
_SHORTENED = ("试验", "检查", "大学")
"""What long nouns end with whose other words are cut to a character each."""
_COMPANY_EN = re.compile(r",? (?:Inc|Corp|Ltd|Co|LLC|plc|Corporation|Company|Limited|Group)\.?$")


@lru_cache(50_000)
def paraphrases(mention: str, concept: str, language: Language) -> tuple[str, ...]:
    """Other ways to say a mention, the least mechanical first; none where no rule applies."""
    kind = CLASSES.get(concept, "")
    found = _chinese(mention, kind) if language == "zh" else _english(mention, kind, concept)
    return tuple(dict.fromkeys(said for said in found if said and said != mention))


def _chinese(mention: str, kind: str) -> list[str]:
    found = []
    if mention in TRANSLATIONS:
        found.append(TRANSLATIONS[mention])
    else:
        for chinese, english in TRANSLATIONS.items():
            if len(chinese) > 1 and chinese in mention and len(mention) <= len(chinese) + 2 and kind in _PLACES:
                found.append(english.removeprefix("the "))
                break
    is_han = bool(_HAN.fullmatch(mention))
    if kind in _PEOPLE and is_han and _is_person(mention):
        surname = mention[:2] if mention[:2] in DOUBLE else mention[0]
        found += [f"{mention}先生", f"{surname}先生", f"{surname}某", f"{mention}女士"]
    elif kind in BODIES and is_han and len(mention) >= 4:
        for suffix, short in _SUFFIXES.items():
            if mention.endswith(suffix) and len(mention) > len(suffix) + 1:
                found.append(mention.removesuffix(suffix) + short)
                break
        # 远山大学 → 远大, 远山师范大学 → 远师大
        if (len(mention) == 4 and mention.endswith(("大学", "银行"))) or (
            len(mention) == 6 and mention.endswith("大学")
        ):
            found.insert(0, mention[::2])
    elif kind in _PLACES and is_han:
        if len(mention) > 2 and mention[-1] in "市省县区镇国":
            found.append(mention[:-1])
        elif is_place(mention):
            found.append(f"{mention}地区")
    elif kind == "work" and not {"《", "》"} & {*mention}:
        found.append(f"《{mention}》")
    if _COUNTED.search(mention):
        said = _COUNTED.sub(lambda number: _spelt(number[0]), mention)
        if not re.search("[0-9]", said):
            found.append(said)
    elif _HAN_COUNTED.search(mention):
        found.append(_HAN_COUNTED.sub(lambda number: number[0].translate(_TO_ARABIC), mention))
    # words of two characters keep their first, the last word stays: 药物敏感试验 → 药敏试验
    if (
        not found
        and is_han
        and mention.endswith(_SHORTENED)
        and len(mention) == 6
        and Words(mention, "zh").inside(0, len(mention)) == [2, 4]
    ):
        first, second, last = mention[:2], mention[2:4], mention[4:]
        if all(tag(word) in "nva" for word in (first, second, last)):
            found.append(first[0] + second[0] + last)
    return found


def _spelt(digits: str) -> str:
    """A number in Chinese characters: a year digit by digit, 23 as 二十三."""
    if len(digits) == 4 or digits.startswith("0"):
        return digits.translate(_TO_HAN)
    tens, ones = divmod(int(digits), 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def _is_person(mention: str) -> bool:
    """Whether a Chinese string is a person's full name: a surname and what is no word behind it, nor one as a whole."""
    double = mention[:2] in DOUBLE
    if mention[0] not in SURNAMES and not double:
        return False
    if not 2 + double <= len(mention) <= 3 + double or is_no_name(mention) or mention[-1] in _COLLECTIVE:
        return False
    first = mention[: [*Words(mention, "zh").inside(0, len(mention)), len(mention)][0]]
    return len(first) < 2 or double or not is_no_name(first)


_COLLECTIVE = "们员者长部委会局院门家队厅处科组方生管"
"""What the words for groups and offices end with (党委, 高管部门), and few given names."""


def _english(mention: str, kind: str, concept: str) -> list[str]:
    found = []
    chinese = BACK.get(mention.lower().removeprefix("the "))
    words = mention.split()
    if kind in _PEOPLE and _LATIN_NAME.fullmatch(mention):
        first, last = words[0], words[-1]
        named = [f"{first[0]}. {last}", f"{last}, {first}"] if first.lower() not in BACK else []
        found += [*named, f"Mr. {last}"]
    elif concept == "person" and len(words) == 1 and mention.istitle():
        found += [f"Mr. {mention}", f"Ms. {mention}"]
    initials = [word[0] for word in words if word.lower() not in _OF]
    if 2 < len(initials) < 7 and all(map(str.isupper, initials)):
        found.append("".join(initials))
    if kind in BODIES and (bare := _COMPANY_EN.sub("", mention)) != mention:
        found.append(bare)
    if kind == "date":
        for month in _MONTHS:
            if month in words and len(month) > 3:
                found.append(mention.replace(month, f"{month[:3]}."))
    swapped = (
        words if kind in _CODED else [_NUMBER_WORDS.get(word.lower()) or _WORD_OF.get(word) or word for word in words]
    )
    if swapped != words:
        found.append(" ".join(swapped))
    if len(words) == 3 and words[1] == "of":
        found.append(f"{words[2]} {words[0]}")
    if not kind and mention.islower() and mention.isalpha() and mention not in FUNCTION["en"]:
        found.append(_inflected(mention))
    elif kind == "city" and mention.isalpha() and mention.istitle():
        found.append(f"{mention} City")
    if chinese:
        found.append(chinese)
    return found


def _inflected(word: str) -> str:
    """Another form of an English verb: hired → hiring, firing → fired; "" where hard to tell."""
    for ending, other in (("ing", "ed"), ("eed", ""), ("ed", "ing")):
        stem = word.removesuffix(ending)
        if stem != word:
            is_known = len(stem) > 2 and _VOWEL.search(stem) and not (ending == "ing" and stem in IRREGULAR)
            return stem + other if other and is_known else ""
    return ""


def other_number(word: str) -> str:
    """The plural of an English noun or the singular, if it is formed by rule: only who knows the form may say it."""
    if not (word.islower() and word.isalpha()) or len(word) < 4 or word.endswith(("ss", "us", "is", "ed", "ing")):
        return ""
    for ending, other in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + other
    if word.endswith(("x", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeiou" else word + "s"
