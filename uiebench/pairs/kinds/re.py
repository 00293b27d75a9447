"""Confusions of relations: (relation, head, tail) made wrong. Answers give no types to heads and tails."""

from __future__ import annotations

from collections.abc import Sequence

from uiebench.hashing import mix
from uiebench.pairs import spans
from uiebench.pairs.answer import Answer
from uiebench.pairs.case import SALT, Case, Change, replaced, skewed, turns
from uiebench.pairs.kinds import kind
from uiebench.pairs.lists import SYMMETRIC
from uiebench.pairs.spans import Make

HEAD, TAIL = 1, 2
SIDES = {HEAD: "head", TAIL: "tail"}


def _shown(relation: str, head: str, tail: str) -> dict[str, str]:
    return {"relation": relation, "head": head, "tail": tail}


def is_symmetric(case: Case, relation: str) -> bool:
    """Whether a relation holds in both directions: by its name, or because the corpus states it so."""
    native = case.native.get(relation, relation)
    return case.concept(relation) in SYMMETRIC or native in case.vocabulary.lexicon.symmetric


def _new(case: Case, answer: Answer, index: int, relation: str, head: str | None, tail: str | None) -> Change | None:
    """The answer with another triple in place of one, unless that is right too."""
    if not head or not tail or head == tail or case.is_right(relation, head, tail):
        return None
    if is_symmetric(case, relation) and case.is_right(relation, tail, head):
        return None
    triple = (relation, head, tail)
    return Change(replaced(answer, index, triple), _shown(*answer[index]), _shown(*triple))


def _side(case: Case, answer: Answer, index: int, side: int, string: str | None) -> Change | None:
    """The answer with another head or tail in one triple."""
    relation, head, tail = answer[index]
    return _new(case, answer, index, relation, string if side == HEAD else head, string if side == TAIL else tail)


def _either(make: Make, case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Another string for the head or for the tail, the other one if it cannot be."""
    for side in (1 + (number >> 40) % 2, 2 - (number >> 40) % 2):
        change = _side(case, answer, index, side, make(case, answer[index][side], number))
        if change is not None:
            return change
    return None


def end_type(case: Case, relation: str, side: int, mention: str) -> str:
    """The native entity type of a head or tail: what the text's annotation says, else what the relation asks for."""
    known = case.page.types.get(mention)
    if known:
        return known
    label = case.vocabulary.relations.get(case.native.get(relation, ""))
    types = (label.heads if side == HEAD else label.tails) if label else ()
    return types[0] if len(types) == 1 else ""


def keys(case: Case, relation: str, side: int) -> list[tuple[str, ...]]:
    """Where the lexicon holds the heads or tails of a relation."""
    return [(SIDES[side], case.native.get(relation, relation))]


@kind("swapped", "RE", per="item", zh="头尾颠倒", en="head and tail swapped")
def swapped(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A triple the wrong way round, unless the relation holds in both directions."""
    relation, head, tail = answer[index]
    return None if is_symmetric(case, relation) else _new(case, answer, index, relation, tail, head)


@kind(
    "relation",
    "RE",
    per="item",
    zh="关系换成窗口中易混的关系",
    en="relation taken for a confusable one of the window",
)
def confused_relation(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Another relation that could hold between the same two, the most easily confused one first."""
    relation, head, tail = answer[index]
    near = [r for r in case.near(relation) if _joins(case, r, HEAD, head) and _joins(case, r, TAIL, tail)]
    return _new(case, answer, index, near[skewed(number, len(near))], head, tail) if near else None


def _types(case: Case, relation: str, side: int) -> set[str]:
    """The native entity types of the heads or tails of a relation: as the schema says, or the corpus has them."""
    label = case.vocabulary.relations.get(case.native.get(relation, ""))
    declared = (label.heads if side == HEAD else label.tails) if label else ()
    return set(declared) or case.vocabulary.lexicon.types.get(keys(case, relation, side)[0], set())


def _joins(case: Case, relation: str, side: int, mention: str) -> bool:
    """Whether a mention could be a head or tail of a relation: of a type that is, or looking like what is."""
    types, mine = _types(case, relation, side), end_type(case, relation, side, mention)
    return mine in types if types and mine else spans.is_possible(case, keys(case, relation, side)[0], mention)


def _other_end(case: Case, answer: Answer, index: int, side: int, number: int, *, same: bool) -> Change | None:
    """Another annotated mention for the head or tail, of the same type or of another one that looks alike."""
    relation, *ends = answer[index]
    old = ends[side - 1]
    mine = end_type(case, relation, side, old)
    mentions = case.page.mentions
    for at in turns(number, len(mentions), 8):
        other = mentions[at]
        if other.text in ends or (other.type == mine) != same or spans.overlaps(other.text, [old]):
            continue
        # of the same type is enough, where there are types
        if (mine and same) or (
            spans.shape(other.text) == spans.shape(old)
            and spans.is_possible(case, keys(case, relation, side)[0], other.text)
        ):
            change = _side(case, answer, index, side, other.text)
            if change is not None:
                return change
    return None


@kind("head", "RE", per="item", zh="头实体换成文中同类实体", en="head replaced by another entity of its type")
def other_head(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Another entity of the text as head."""
    return _other_end(case, answer, index, HEAD, number, same=True)


@kind("tail", "RE", per="item", zh="尾实体换成文中同类实体", en="tail replaced by another entity of its type")
def other_tail(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Another entity of the text as tail."""
    return _other_end(case, answer, index, TAIL, number, same=True)


@kind(
    "end-type",
    "RE",
    per="item",
    zh="头或尾换成文中另一类型的实体",
    en="head or tail replaced by an entity of another type",
)
def other_type(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An entity of another type as head or tail."""
    side = 1 + (number >> 40) % 2
    return _other_end(case, answer, index, side, number, same=False) or _other_end(
        case, answer, index, 3 - side, number, same=False
    )


@kind(
    "replaced",
    "RE",
    per="item",
    zh="头或尾换成文中像同类的片段",
    en="head or tail replaced by another span that looks like it",
)
def another_span(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Another span of the text, that nothing annotates, as head or tail: it looks like those of the relation."""
    relation, head, tail = answer[index]
    for side in (1 + (number >> 40) % 2, 2 - (number >> 40) % 2):
        other = spans.like(case, keys(case, relation, side)[0], number, taken=(head, tail))
        change = _side(case, answer, index, side, other)
        if change is not None:
            return change
    return None


@kind(
    "wider", "RE", per="item", by_words=True, zh="头或尾的边界宽一个词", en="boundary of head or tail wider by a word"
)
def wider(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Head or tail with a word of its neighbourhood."""
    return _either(spans.wider, case, answer, index, number)


@kind(
    "narrower",
    "RE",
    per="item",
    by_words=True,
    zh="头或尾的边界窄一个词",
    en="boundary of head or tail narrower by a word",
)
def narrower(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Head or tail without its first or last word."""
    return _either(spans.narrower, case, answer, index, number)


@kind("character", "RE", per="item", zh="头或尾的边界落在词内", en="boundary of head or tail inside a word")
def character(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Head or tail with an end inside a word."""
    return _either(spans.character, case, answer, index, number)


@kind("missed", "RE", per="item", zh="漏掉一个三元组", en="triple missed")
def missed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """One triple less, and not the only one."""
    return Change(replaced(answer, index), _shown(*answer[index]), "") if len(answer) > 1 else None


def plausible(case: Case, relation: str, number: int) -> tuple[str, str] | None:
    """Two strings of the text between which a relation could be believed, and nothing is annotated; None without such.

    Annotated mentions that it could join come first, then phrases that look like its heads or tails.
    """
    taken: list[str] = []
    for side in (HEAD, TAIL):
        own = mix(number, SALT[side])
        found = _end(case, relation, side, own, taken) or spans.like(case, keys(case, relation, side)[0], own)
        if not found:
            return None
        taken.append(found)
    head, tail = taken
    is_same = spans.overlaps(head.casefold(), [tail.casefold()])
    return None if is_same or frozenset(taken) in case.page.related else (head, tail)


def _end(case: Case, relation: str, side: int, number: int, taken: Sequence[str]) -> str | None:
    """An annotated mention that a relation could join, and that is not related to what is taken."""
    mentions = case.page.mentions
    for at in turns(number, len(mentions), 8):
        text = mentions[at].text
        if text in taken or not _joins(case, relation, side, text):
            continue
        if not any(frozenset((text, other)) in case.page.related for other in taken):
            return text
    return None


def _added(case: Case, answer: Answer, relation: str, ends: tuple[str, str] | None) -> Change | None:
    """The answer with one triple more. Between two that are related a second relation may be implied: none is added."""
    if ends is None or case.is_right(relation, *ends):
        return None
    return Change([*answer, (relation, *ends)], "", _shown(relation, *ends))


@kind("spurious", "RE", per="answered", zh="多出一个看似合理的三元组", en="spurious: a plausible triple")
def spurious(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A triple of a relation that has gold."""
    label = case.with_gold[index]
    return _added(case, answer, label, plausible(case, label, number))


@kind(
    "absent", "RE", per="unanswered", sort="abstention",
    zh="为文中没有的关系给出答案", en="a relation that the text does not have answered",
)  # fmt: skip
def absent(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A triple of a relation of the window that has no gold."""
    label = case.without_gold[index]
    return _added(case, answer, label, plausible(case, label, number))


@kind(
    "answered", "RE", per="label", sort="abstention", empty=True,
    zh="本该为空却给出答案", en="an answer where there is none",
)  # fmt: skip
def answered(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A triple where nothing is to be found."""
    return _added(case, answer, case.labels[index], plausible(case, case.labels[index], number))


@kind(
    "answered-borrowed", "RE", per="label", sort="off-text", empty=True,
    zh="本该为空却给出其他文本中的三元组", en="a triple of another document where there is nothing",
)  # fmt: skip
def answered_borrowed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A triple of another document of the corpus where nothing is to be found, its strings not in this text."""
    relation = case.labels[index]
    known = case.vocabulary.lexicon.triples(case.native[relation])
    for at in turns(number, len(known), spans.TRIES):
        head, tail = known[at]
        if not case.page.is_in(head) and not case.page.is_in(tail):
            return _added(case, answer, relation, (head, tail))
    return None


@kind("repeated", "RE", per="item", alone=False, zh="同一三元组重复给出", en="triple said twice")
def repeated(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A triple once more."""
    return Change([*answer, answer[index]], "", _shown(*answer[index]))


def _concept(case: Case, relation: str, side: int, mention: str) -> str:
    return case.vocabulary.concepts.get(end_type(case, relation, side, mention), "")


@kind(
    "paraphrased", "RE", per="item", sort="off-text",
    zh="头或尾被翻译、缩写或改写", en="head or tail translated, abbreviated or paraphrased",
)  # fmt: skip
def paraphrased(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Head or tail in other words than the text's."""
    relation = answer[index][0]
    for side in (1 + (number >> 40) % 2, 2 - (number >> 40) % 2):
        mention = answer[index][side]
        said = spans.paraphrased(case, mention, _concept(case, relation, side, mention), number)
        if said:
            return _side(case, answer, index, side, said)
    return None


@kind("invented", "RE", per="item", sort="off-text", zh="头或尾换成编造的同类名称", en="invented name as head or tail")
def invented(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An invented name as head or tail."""
    relation, side = answer[index][0], 1 + (number >> 40) % 2
    concept = _concept(case, relation, side, answer[index][side])
    return _side(case, answer, index, side, spans.invented(case, concept, keys(case, relation, side), number))


@kind(
    "borrowed",
    "RE",
    per="item",
    sort="off-text",
    zh="头或尾换成其他文本中的提及",
    en="head or tail of another document",
)
def borrowed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Head or tail of the same relation in another document."""
    relation, side = answer[index][0], 1 + (number >> 40) % 2
    return _side(case, answer, index, side, spans.borrowed(case, keys(case, relation, side), number))
