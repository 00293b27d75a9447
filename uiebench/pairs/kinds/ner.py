"""Confusions of entities: (type, mention) made wrong."""

from __future__ import annotations

import re

from uiebench.pairs import names, spans
from uiebench.pairs.answer import Answer
from uiebench.pairs.case import Case, Change, mostly_first, replaced
from uiebench.pairs.kinds import kind
from uiebench.pairs.lexicon import is_day, is_whole
from uiebench.pairs.names import Kinship
from uiebench.pairs.spans import Make

_CLOSING = re.compile(r".?[)）]", re.DOTALL)
"""A bracket at most one character on."""
_LINK = re.compile(r"[^\n\r。！？；.!?;]{0,6}")


def _shown(label: str, mention: str) -> dict[str, str]:
    return {label: mention}


def _with(make: Make, case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """The answer with another string for a mention."""
    label, mention = answer[index]
    other = make(case, mention, number)
    return _changed(answer, index, label, other)


def _changed(answer: Answer, index: int, label: str, mention: str | None) -> Change | None:
    if not mention:
        return None
    return Change(replaced(answer, index, (label, mention)), _shown(*answer[index]), _shown(label, mention))


def keys(case: Case, label: str) -> list[tuple[str, ...]]:
    """Where the lexicon holds the mentions of a type."""
    return [("entity", case.native.get(label, label))]


@kind("type", "NER", per="item", zh="类型换成窗口中易混的类型", en="type taken for a confusable one of the window")
def confused_type(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention under another label, the most easily confused one first."""
    label, mention = answer[index]
    found = [other for other in _taken_for(case, label, mention) if not case.is_right(other, mention)]
    return _changed(answer, index, found[mostly_first(number, len(found))], mention) if found else None


def _taken_for(case: Case, label: str, mention: str) -> list[str]:
    """The labels of the window that a mention may be taken for: the nearest first, in the order of the confusions.

    A label of things of the same sort, or that stands for them, if the mention may be such a thing; any other only if
    the mention looks like what it holds. Where nothing is known of the sorts, the nearest of the corpus if it may be.
    """
    mine = case.native[label]
    nearest = case.vocabulary.near(mine)[:1]
    tiers: dict[int, list[str]] = {}
    for other in case.near(label):
        (key,) = keys(case, other)
        near = spans.kinship(case, mine, key[1])
        if not spans.looks_like(case, key, mention, known=True):
            continue
        if near is Kinship.SAME:
            tier = 0
        elif near is Kinship.LINKED:
            tier = 1
        elif spans.looks_like(case, key, mention):
            tier = 2
        elif key[1] in nearest and names.kinship(case.concept(label), case.concept(other)) is Kinship.UNKNOWN:
            tier = 3
        else:
            continue
        tiers.setdefault(tier, []).append(other)
    return tiers[min(tiers)] if tiers else []


@kind("wider", "NER", per="item", by_words=True, zh="边界宽一个词", en="boundary wider by a word")
def wider(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention with a word of its neighbourhood."""
    return _with(spans.wider, case, answer, index, number)


@kind("narrower", "NER", per="item", by_words=True, zh="边界窄一个词", en="boundary narrower by a word")
def narrower(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention without its first or last word."""
    return _with(spans.narrower, case, answer, index, number)


@kind("character", "NER", per="item", zh="边界落在词内", en="boundary inside a word")
def character(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention with an end inside a word."""
    return _with(spans.character, case, answer, index, number)


@kind(
    "replaced",
    "NER",
    per="item",
    zh="提及换成文中像同类的片段",
    en="mention replaced by another span that looks like its type",
)
def another_span(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Another span of the text in place of a mention, one that looks like what its type holds."""
    label, mention = answer[index]

    def is_of_its_kind(other: str) -> bool:
        return is_day(mention) or not is_day(other)

    key = keys(case, label)[0]
    return _changed(answer, index, label, spans.like(case, key, number, taken=(mention,), among=is_of_its_kind))


@kind("missed", "NER", per="item", zh="漏掉一个提及", en="mention missed")
def missed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """One mention less, and not the only one."""
    return Change(replaced(answer, index), _shown(*answer[index]), "") if len(answer) > 1 else None


def plausible(case: Case, label: str, number: int) -> str | None:
    """What could be taken for a mention of a type, and is none anywhere in the corpus: None if nothing could be.

    Nor is it a mention of another type in any other text: 中国国籍 is no 籍贯.
    """
    (key,) = keys(case, label)
    others, phrases = spans.like_others(case, key), spans.like_unseen(case, key)
    if others and (number & 1 or not phrases):
        return others[(number >> 1) % len(others)]
    return spans.among_likest(phrases, number)


def _added(case: Case, answer: Answer, label: str, mention: str | None) -> Change | None:
    if not mention or case.is_right(label, mention):
        return None
    return Change([*answer, (label, mention)], "", _shown(label, mention))


@kind("spurious", "NER", per="answered", zh="多出一个看似合理的片段", en="spurious: a plausible span of the text")
def spurious(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A span under a label that has gold."""
    label = case.with_gold[index]
    return _added(case, answer, label, plausible(case, label, number))


@kind(
    "absent", "NER", per="unanswered", sort="abstention",
    zh="为文中没有的标签给出答案", en="a label that the text does not have answered",
)  # fmt: skip
def absent(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A span under a label of the window that has no gold."""
    label = case.without_gold[index]
    return _added(case, answer, label, plausible(case, label, number))


@kind(
    "answered", "NER", per="label", sort="abstention", empty=True,
    zh="本该为空却给出答案", en="an answer where there is none",
)  # fmt: skip
def answered(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A span where nothing is to be found."""
    return _added(case, answer, case.labels[index], plausible(case, case.labels[index], number))


@kind(
    "answered-invented", "NER", per="label", sort="off-text", empty=True,
    zh="本该为空却编造名称", en="an invented name where there is nothing",
)  # fmt: skip
def answered_invented(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An invented name where nothing is to be found."""
    label = case.labels[index]
    return _added(case, answer, label, spans.invented(case, case.concept(label), keys(case, label), number))


@kind("merged", "NER", per="item", zh="相邻的两个提及并成一个", en="neighbouring mentions merged")
def merged(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention and the next one, with what stands between."""
    label, mention = answer[index]
    place = case.page.place(mention)
    if place is None:
        return None
    for other, (theirs, string) in enumerate(answer):
        there = case.page.place(string) if other != index else None
        if there is None or not 0 <= there[0] - place[1] <= 6:
            continue
        between = case.text[place[1] : there[0]]
        if not _LINK.fullmatch(between):
            continue
        whole = case.text[place[0] : there[1]]
        if not is_whole(whole):  # Ashmere Foundation (AF: the bracket belongs to it
            closing = _CLOSING.match(case.text, there[1])
            whole = case.text[place[0] : closing.end()] if closing else ""
            if not whole or not is_whole(whole):
                continue
        kept = label if number & 1 else theirs
        rest = [item for at, item in enumerate(answer) if at not in (index, other)]
        before = [_shown(label, mention), _shown(theirs, string)]
        return Change([*rest, (kept, whole)], before, _shown(kept, whole))
    return None


@kind("split", "NER", per="item", by_words=True, zh="一个提及拆成两个", en="mention split in two")
def split(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention cut between two of its words."""
    label, mention = answer[index]
    found = spans.pieces(case, mention, number)
    if found is None or any(case.is_right(label, piece) for piece in found):
        return None
    left, right = found
    return Change(
        replaced(answer, index, (label, left), (label, right)),
        _shown(label, mention),
        [_shown(label, left), _shown(label, right)],
    )


@kind("repeated", "NER", per="item", alone=False, zh="同一提及重复给出", en="mention said twice")
def repeated(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention once more."""
    return Change([*answer, answer[index]], "", _shown(*answer[index]))


@kind(
    "paraphrased", "NER", per="item", sort="off-text",
    zh="提及被翻译、缩写或改写", en="mention translated, abbreviated or paraphrased",
)  # fmt: skip
def paraphrased(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention in other words than the text's."""
    label, mention = answer[index]
    return _changed(answer, index, label, spans.paraphrased(case, mention, case.concept(label), number))


@kind("invented", "NER", per="item", sort="off-text", zh="换成编造的同类名称", en="invented name of the same class")
def invented(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An invented name in place of a mention."""
    label = answer[index][0]
    return _changed(answer, index, label, spans.invented(case, case.concept(label), keys(case, label), number))


@kind("invented-extra", "NER", per="label", sort="off-text", zh="多出一个编造的名称", en="invented name added")
def invented_extra(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An invented name beside what is right."""
    label = case.labels[index]
    return _added(case, answer, label, spans.invented(case, case.concept(label), keys(case, label), number))


@kind("borrowed", "NER", per="item", sort="off-text", zh="换成其他文本中的同类提及", en="mention of another document")
def borrowed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A mention of the same type that this text does not have."""
    label = answer[index][0]
    return _changed(answer, index, label, spans.borrowed(case, keys(case, label), number))
