"""Mentions said otherwise: translated, abbreviated, with a title, with other numerals. True, and not in the text.

    paraphrases("世界卫生组织", "organization", "zh")     →  ["世卫", "World Health Organization", …]
    paraphrases("John Ashdown", "person", "en")          →  ["Mr. Ashdown", "J. Ashdown", "Ashdown, John"]

A model that understands a text and does not copy it writes such strings; an extraction has to give the words of
the text. The rules and the small lexicon below were written for this purpose.
"""

from __future__ import annotations

import re
from functools import lru_cache

from uiebench.pairs.lists import FUNCTION, SURNAMES, TRANSLATIONS
from uiebench.pairs.names import CLASSES
from uiebench.pairs.words import Words, is_no_name, is_place, tag
from uiebench.types import Language

BACK = {english.removeprefix("the ").lower(): chinese for chinese, english in TRANSLATIONS.items()}

_DIGITS = "〇一二三四五六七八九"
_TO_HAN = str.maketrans("0123456789", _DIGITS)
_TO_ARABIC = str.maketrans(_DIGITS + "零", "01234567890")
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
_COUNTED = re.compile(r"\d+(?=[年月日号岁天个人名次])")
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
_BODIES = {"organization", "company", "school", "hospital", "team"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SUFFIXES = {"股份有限公司": "", "有限责任公司": "", "有限公司": "", "集团": "", "委员会": "委"}
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
    if kind in _PEOPLE and is_han and 2 <= len(mention) <= 4 and mention[0] in SURNAMES and not is_no_name(mention):
        surname = mention[:2] if len(mention) == 4 else mention[0]
        found += [f"{mention}先生", f"{surname}先生", f"{surname}某", f"{mention}女士"]
    elif kind in _BODIES and is_han and len(mention) >= 4:
        for suffix, short in _SUFFIXES.items():
            if mention.endswith(suffix) and len(mention) > len(suffix) + 1:
                found.append(mention.removesuffix(suffix) + short)
                break
        if len(mention) == 4 or (
            len(mention) == 6 and mention.endswith("大学")
        ):  # 远山大学 → 远大, 远山师范大学 → 远师大
            found.insert(0, mention[::2])
    elif kind in _PLACES and is_han:
        if len(mention) > 2 and mention[-1] in "市省县区镇国":
            found.append(mention[:-1])
        elif is_place(mention):
            found.append(f"{mention}地区")
    elif kind == "work":
        found += [mention.strip("《》"), f"《{mention}》"] if "《" in mention else [f"《{mention}》"]
    if _COUNTED.search(mention):
        found.append(_COUNTED.sub(lambda number: number[0].translate(_TO_HAN), mention))
    elif _HAN_COUNTED.search(mention):
        found.append(_HAN_COUNTED.sub(lambda number: number[0].translate(_TO_ARABIC), mention))
    if len(mention) <= 12 and re.search("[A-Za-z0-9]", mention):
        found.append(mention.translate(_WIDE))
    # words of two characters keep their first, the last word stays: 药物敏感试验 → 药敏试验
    if not found and is_han and len(mention) in (6, 7) and Words(mention, "zh").inside(0, len(mention)) == [2, 4]:
        first, second, last = mention[:2], mention[2:4], mention[4:]
        if all(tag(word) in "nva" for word in (first, second, last)):
            found.append(first[0] + second[0] + last)
    return found


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
    if kind in _BODIES and (bare := _COMPANY_EN.sub("", mention)) != mention:
        found.append(bare)
    elif kind in _BODIES and mention[0].isupper() and not mention.startswith("The "):
        found.append(f"The {mention}")
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
    """Another form of an English word: hired → hiring, firing → fired, mergers → merger; "" where hard to tell."""
    for ending, other in (("ing", "ed"), ("eed", ""), ("ed", "ing"), ("ies", "y"), ("sses", "ss")):
        stem = word.removesuffix(ending)
        if stem != word:
            return stem + other if other and len(stem) > 2 and _VOWEL.search(stem) else ""
    if word.endswith(("ss", "us", "is")) or len(word) < 5:
        return ""
    if word.endswith("s"):
        return word[:-1]
    if word.endswith(("x", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeiou" else word + "s"
