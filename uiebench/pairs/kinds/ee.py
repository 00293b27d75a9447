"""Confusions of events: (type, trigger, ((role, mention), …)) made wrong. EET has no arguments, EEA no triggers."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from uiebench.hashing import mix
from uiebench.pairs import names, spans
from uiebench.pairs.answer import Answer, Form, Item
from uiebench.pairs.case import SALT, Case, Change, mostly_first, replaced, skewed, turns
from uiebench.pairs.kinds import kind
from uiebench.pairs.names import Kinship
from uiebench.pairs.spans import Make

LESS = 8.0
"""By so much less may the logarithm of the ratio say that an argument looks like another role than like its own."""
Arguments = tuple[tuple[str, str], ...]


def _event(case: Case, item: Item) -> Any:
    return Form(case.task).value([item])[0]


def _argument(type: str, role: str, mention: str) -> dict[str, str]:
    return {"type": type, "role": role, "argument": mention}


def _whole(case: Case, answer: Answer, index: int, item: Item) -> Change:
    """The answer with another event in place of one."""
    return Change(replaced(answer, index, item), _event(case, answer[index]), _event(case, item))


# --- the event and its trigger --------------------------------------------------------------------


@kind(
    "type",
    "EE",
    "EET",
    "EEA",
    per="item",
    zh="事件类型换成窗口中易混的类型",
    en="event type taken for a confusable one",
)
def confused_type(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An event of another type, with those of its arguments whose roles that type has."""
    type, trigger, arguments = answer[index]
    near = case.near(type)
    if not near:
        return None
    other = near[skewed(number, len(near))]
    if case.is_right(other, trigger):
        return None
    roles = case.roles(other)
    kept = tuple([(role, mention) for role, mention in arguments if role in roles])
    if case.task == "EEA" and not kept:
        if not roles or not arguments:
            return None
        kept = ((roles[0], arguments[0][1]),)
    return _whole(case, answer, index, (other, trigger, kept))


def _trigger(make: Make, case: Case, answer: Answer, index: int, number: int) -> Change | None:
    type, trigger, arguments = answer[index]
    other = make(case, trigger, number) if trigger else None
    if not other or case.is_right(type, other):
        return None
    changed = (type, other, arguments)
    before, after = ({"type": type, "trigger": said} for said in (trigger, other))
    return Change(replaced(answer, index, changed), before, after)


@kind("trigger-wider", "EE", "EET", per="item", by_words=True, zh="触发词边界宽一个词", en="trigger wider by a word")
def trigger_wider(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A trigger with a word of its neighbourhood."""
    return _trigger(partial(spans.wider, trigger=True), case, answer, index, number)


@kind(
    "trigger-narrower",
    "EE",
    "EET",
    per="item",
    by_words=True,
    zh="触发词边界窄一个词",
    en="trigger narrower by a word",
)
def trigger_narrower(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A trigger without its first or last word."""
    return _trigger(spans.narrower, case, answer, index, number)


@kind("trigger-character", "EE", "EET", per="item", zh="触发词边界落在词内", en="trigger cut inside a word")
def trigger_character(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A trigger with an end inside a word."""
    return _trigger(spans.character, case, answer, index, number)


@kind("trigger-replaced", "EE", "EET", per="item", zh="触发词换成文中另一片段", en="trigger replaced by another span")
def trigger_replaced(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Another span as trigger, one that looks like the triggers of its type."""
    type = answer[index][0]
    return _trigger(lambda case, old, number: _like_trigger(case, type, number, old), case, answer, index, number)


def _like_trigger(case: Case, type: str, number: int, old: str = "") -> str | None:
    """What could be taken for a trigger of a type and is none of it anywhere in the corpus; None if nothing could.

    A trigger in this text of a type that is easily taken for this one, or a phrase that begins or ends as such triggers
    do, and as no others: 查出 for a discovery.
    """
    key, lexicon = ("trigger", case.native.get(type, type)), case.vocabulary.lexicon
    others = case.page.triggers
    found = []
    for at in turns(number, len(others), 4):
        trigger, theirs = others[at]
        is_other = len(trigger) > 1 and theirs != key[1] and trigger != old and not lexicon.knows(*key, trigger)
        if is_other and _is_near(case, theirs, key[1]) and spans.is_possible(case, key, trigger):
            found.append(trigger)
    if found and number >> 50 & 1:
        return found[0]
    return spans.like(case, key, number, taken=(old,)) or (found[0] if found else None)


def _is_near(case: Case, type: str, other: str) -> bool:
    """Whether an event type, by its native name, is most easily taken for another one."""
    return other in case.vocabulary.near(type)[:1]


@kind(
    "trigger-borrowed", "EE", "EET", per="item", sort="off-text",
    zh="触发词换成其他文本中的触发词", en="trigger of another document",
)  # fmt: skip
def trigger_borrowed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A trigger that events of this type have elsewhere, and that this text does not have."""
    key = ("trigger", case.native.get(answer[index][0], ""))
    return _trigger(lambda case, _, number: spans.borrowed(case, [key], number), case, answer, index, number)


@kind(
    "trigger-paraphrased", "EE", "EET", per="item", sort="off-text",
    zh="触发词被翻译或改写", en="trigger translated or paraphrased",
)  # fmt: skip
def trigger_paraphrased(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A trigger in other words than the text's."""
    return _trigger(lambda case, said, number: spans.paraphrased(case, said, "", number), case, answer, index, number)


@kind("missed", "EE", "EET", "EEA", per="item", zh="漏掉一个事件", en="event missed")
def missed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """One event less, and not the only one."""
    return Change(replaced(answer, index), _event(case, answer[index]), "") if len(answer) > 1 else None


@kind("merged", "EE", "EEA", per="item", zh="两个事件并成一个", en="two events merged")
def merged(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An event that takes in another one, with its arguments."""
    if len(answer) < 2:
        return None
    other = (index + 1 + number % (len(answer) - 1)) % len(answer)
    (type, trigger, mine), (theirs, _, more) = answer[index], answer[other]
    roles = case.roles(type)
    taken = [(role, mention) for role, mention in more if theirs == type or role in roles]
    event = (type, trigger, tuple(dict.fromkeys([*mine, *taken])))
    rest = [item for at, item in enumerate(answer) if at not in (index, other)]
    return Change([*rest, event], [_event(case, answer[index]), _event(case, answer[other])], _event(case, event))


@kind("split", "EE", per="item", zh="一个事件拆成两个", en="event split in two")
def split(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An event whose arguments are shared out between itself and another trigger of the text."""
    type, trigger, arguments = answer[index]
    if len(arguments) < 2 or not trigger:
        return None
    other = _like_trigger(case, type, number, trigger)
    if not other or case.is_right(type, other):
        return None
    at = 1 + number % (len(arguments) - 1)
    halves = (type, trigger, arguments[:at]), (type, other, arguments[at:])
    return Change(
        replaced(answer, index, *halves), _event(case, answer[index]), [_event(case, half) for half in halves]
    )


def _plausible(case: Case, type: str, number: int) -> Item | None:
    """An event that could be believed: a span like the triggers of its type, a string like what plays a role."""
    trigger = ""
    if case.task != "EEA":
        trigger = _like_trigger(case, type, number) or ""
        if not trigger:
            return None
    arguments: Arguments = ()
    roles = case.roles(type)
    is_usual = case.native.get(type, type) in case.vocabulary.lexicon.usual
    if case.task != "EET" and (case.task == "EEA" or is_usual or number >> 20 & 1):
        for at in turns(number >> 24, len(roles), 4 if is_usual else 1):
            taken = {trigger} if trigger else set[str]()
            found = _neighbour(case, type, roles[at], trigger, taken) or _stranger(
                case, type, roles[at], mix(number, SALT[5]), taken
            )
            if found:
                arguments = (found,)
                break
    return (type, trigger, arguments) if trigger or arguments else None


def _added(case: Case, answer: Answer, type: str, number: int) -> Change | None:
    item = _plausible(case, type, number)
    if item is None or case.is_right(type, item[1]):
        return None
    return Change([*answer, item], "", _event(case, item))


@kind("spurious", "EE", "EET", "EEA", per="answered", zh="多出一个看似合理的事件", en="spurious: a plausible event")
def spurious(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An event of a type that has gold."""
    return _added(case, answer, case.with_gold[index], number)


@kind(
    "absent", "EE", "EET", "EEA", per="unanswered", sort="abstention",
    zh="为文中没有的事件类型给出答案", en="an event type that the text does not have answered",
)  # fmt: skip
def absent(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An event of a type of the window that has no gold."""
    return _added(case, answer, case.without_gold[index], number)


@kind(
    "answered", "EE", "EET", "EEA", per="label", sort="abstention", empty=True,
    zh="本该为空却给出答案", en="an answer where there is none",
)  # fmt: skip
def answered(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An event where nothing is to be found."""
    return _added(case, answer, case.labels[index], number)


@kind(
    "answered-borrowed", "EE", "EET", "EEA", per="label", sort="off-text", empty=True,
    zh="本该为空却给出其他文本中的事件", en="an event of another document where there is nothing",
)  # fmt: skip
def answered_borrowed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An event of another document of the corpus where nothing is to be found, without what this text has, too."""
    type = case.labels[index]
    native = case.native[type]
    roles = {role.name: role.display(case.spoken) for role in case.vocabulary.events[native].roles}
    known = case.vocabulary.lexicon.events(native)
    for at in turns(number, len(known), spans.TRIES):
        trigger, plays = known[at]
        if case.task == "EEA":
            trigger = ""
        elif not trigger or case.page.is_in(trigger):
            continue
        arguments: Arguments = ()
        if case.task != "EET":
            arguments = tuple([(roles[r], said) for r, said in plays if r in roles and not case.page.is_in(said)])
        if trigger or arguments:
            item = (type, trigger, arguments)
            return Change([*answer, item], "", _event(case, item))
    return None


@kind("repeated", "EE", "EET", "EEA", per="item", alone=False, zh="同一事件重复给出", en="event said twice")
def repeated(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An event once more."""
    return Change([*answer, answer[index]], "", _event(case, answer[index]))


# --- arguments ------------------------------------------------------------------------------------


def _replaced_argument(answer: Answer, index: int, at: int, role: str, mention: str) -> Change | None:
    type, trigger, arguments = answer[index]
    old = arguments[at]
    if (role, mention) in arguments:
        return None
    event = (type, trigger, (*arguments[:at], (role, mention), *arguments[at + 1 :]))
    return Change(replaced(answer, index, event), _argument(type, *old), _argument(type, role, mention))


def _mention(make: Make, case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """The answer with another string for an argument; the next one if it cannot be."""
    type, _, arguments = answer[index]
    for at in turns(number >> 32, len(arguments), 2):
        role, mention = arguments[at]
        other = make(case, mention, number)
        if other and not case.is_right(type, role, other):
            return _replaced_argument(answer, index, at, role, other)
    return None


@kind("argument-wider", "EE", "EEA", per="item", by_words=True, zh="论元边界宽一个词", en="argument wider by a word")
def argument_wider(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An argument with a word of its neighbourhood."""
    return _mention(spans.wider, case, answer, index, number)


@kind(
    "argument-narrower",
    "EE",
    "EEA",
    per="item",
    by_words=True,
    zh="论元边界窄一个词",
    en="argument narrower by a word",
)
def argument_narrower(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An argument without its first or last word."""
    return _mention(spans.narrower, case, answer, index, number)


@kind("argument-character", "EE", "EEA", per="item", zh="论元边界落在词内", en="argument cut inside a word")
def argument_character(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An argument with an end inside a word."""
    return _mention(spans.character, case, answer, index, number)


@kind(
    "argument-replaced",
    "EE",
    "EEA",
    per="item",
    zh="论元换成文中像同一角色的片段",
    en="argument replaced by another span that looks like its role",
)
def argument_replaced(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Another string of the text as argument, one that looks like what plays its role."""
    type, trigger, arguments = answer[index]
    taken = {mention for _, mention in arguments} | {trigger}
    for at in turns(number >> 32, len(arguments), 2):
        found = _stranger(case, type, arguments[at][0], number, taken)
        if found is not None:
            return _replaced_argument(answer, index, at, *found)
    return None


@kind("role", "EE", "EEA", per="item", zh="角色换成易混的角色", en="role taken for a confusable one")
def confused_role(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An argument in another role of its event type, the most easily confused one first."""
    type, _, arguments = answer[index]
    for at in turns(number >> 32, len(arguments), 2):
        role, mention = arguments[at]
        near = [other for other in _taken_for(case, type, role, mention) if not case.is_right(type, other, mention)]
        if near:
            return _replaced_argument(answer, index, at, near[mostly_first(number, len(near))], mention)
    return None


def _taken_for(case: Case, type: str, role: str, mention: str) -> list[str]:
    """The other roles that an argument may be taken to play: the nearest first, in the order of the confusions.

    Those that it looks like and plays in other texts; else those of things of the same sort that it may be; else those
    that it looks like nearly as much as like its own.
    """
    lexicon = case.vocabulary.lexicon
    own, concept = _key(case, type, role)
    mine = lexicon.likeness(own, case.language)
    tiers: dict[int, list[str]] = {}
    for other in case.near_roles(type, role):
        key, theirs = _key(case, type, other)
        likeness = lexicon.likeness(key, case.language)
        if likeness is None or likeness.of(mention, known=True) is None:
            continue
        looks = likeness.of(mention) is not None
        if looks and lexicon.knows("role", key[-1], mention):
            tier = 0
        elif concept and names.kinship(concept, theirs) is Kinship.SAME:
            tier = 1
        elif mine is not None and likeness.score(mention) >= mine.score(mention) - LESS:
            tier = 2
        else:
            continue
        tiers.setdefault(tier, []).append(other)
    return tiers[min(tiers)] if tiers else []


@kind("roles-swapped", "EE", "EEA", per="item", zh="两个论元的角色互换", en="roles of two arguments swapped")
def roles_swapped(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """Two arguments of one event, each in the other's role."""
    type, trigger, arguments = answer[index]
    for at in turns(number, len(arguments), 3):
        (role, mention) = arguments[at]
        for other in range(at + 1, len(arguments)):
            theirs, string = arguments[other]
            if theirs == role or string == mention or case.is_right(type, theirs, mention):
                continue
            if case.is_right(type, role, string):
                continue
            if not (_may_play(case, type, theirs, mention) and _may_play(case, type, role, string)):
                continue
            changed = list(arguments)
            changed[at], changed[other] = (role, string), (theirs, mention)
            before = [_argument(type, role, mention), _argument(type, theirs, string)]
            after = [_argument(type, role, string), _argument(type, theirs, mention)]
            return Change(replaced(answer, index, (type, trigger, tuple(changed))), before, after)
    return None


@kind("argument-moved", "EE", "EEA", per="item", zh="论元换成相邻事件的论元", en="argument of a neighbouring event")
def argument_moved(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An argument of another event in the place of one of this event's."""
    type, _, arguments = answer[index]
    mine = {mention for _, mention in arguments}
    for at in turns(number, len(arguments), 2):
        role = arguments[at][0]
        for other in turns(number >> 16, len(answer), 4):
            for theirs, mention in answer[other][2] if other != index else ():
                fits = theirs == role or _may_play(case, type, role, mention)
                if fits and mention not in mine and not case.is_right(type, role, mention):
                    return _replaced_argument(answer, index, at, role, mention)
    return None


@kind("argument-missed", "EE", "EEA", per="item", zh="漏掉一个论元", en="argument missed")
def argument_missed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """One argument less."""
    type, trigger, arguments = answer[index]
    if not arguments or (case.task == "EEA" and len(arguments) < 2):
        return None
    at = (number >> 32) % len(arguments)
    event = (type, trigger, (*arguments[:at], *arguments[at + 1 :]))
    return Change(replaced(answer, index, event), _argument(type, *arguments[at]), "")


def _neighbour(case: Case, type: str, role: str, trigger: str, taken: Collection[str]) -> tuple[str, str] | None:
    """What plays a role of this name in another event of the text, the nearest to a trigger; None without such."""
    known = case.role(type, role)
    at = case.page.place(trigger) if trigger else None
    near: list[tuple[int, str]] = []
    for string in case.page.played.get(known.name if known else role, ()):
        place = case.page.place(string)
        if place is None or spans.overlaps(string, taken) or case.is_right(type, role, string):
            continue
        near.append((abs(place[0] - at[0]) if at else 0, string))
    return (role, min(near)[1]) if near else None


def _stranger(case: Case, type: str, role: str, number: int, taken: Collection[str]) -> tuple[str, str] | None:
    """A string of the text in a role that it does not play, though it looks like those that do; None without such.

    A phrase that nothing annotates and that is no trigger nor plays another role anywhere in the corpus, or a mention
    in another role or of another event.
    """
    key = _key(case, type, role)[0]
    plays_another = case.vocabulary.lexicon.plays_another
    phrase = spans.like(case, key, number, taken=taken, among=lambda one: not plays_another(key[-1], one))
    if phrase and number & 1:
        return role, phrase
    others = spans.annotated(case, key, number, taken=taken)
    found = next((other for other in others if not case.is_right(type, role, other)), phrase)
    return (role, found) if found else None


@kind("argument-spurious", "EE", "EEA", per="item", zh="多出一个论元", en="argument spurious")
def argument_spurious(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """One argument more, in a role that is not filled if there is one."""
    type, trigger, arguments = answer[index]
    filled = {role for role, _ in arguments}
    roles = [role for role in case.roles(type) if role not in filled] or case.roles(type)
    if not roles:
        return None
    taken = {mention for _, mention in arguments} | {trigger}
    for at in turns(number >> 24, len(roles), 3):
        found = _stranger(case, type, roles[at], number, taken)
        if found is not None:
            event = (type, trigger, (*arguments, found))
            return Change(replaced(answer, index, event), "", _argument(type, *found))
    return None


def _key(case: Case, type: str, role: str) -> tuple[tuple[str, ...], str]:
    """Where the lexicon holds the arguments in a role, and the concept of what plays it."""
    known = case.role(type, role)
    return ("argument", case.native.get(type, type), known.name if known else role), known.concept if known else ""


def _may_play(case: Case, type: str, role: str, mention: str) -> bool:
    """Whether a mention looks as if it could play a role."""
    return spans.is_possible(case, _key(case, type, role)[0], mention)


def _off_text(case: Case, answer: Answer, index: int, number: int, how: str) -> Change | None:
    type, _, arguments = answer[index]
    for at in turns(number >> 32, len(arguments), 2):
        role, mention = arguments[at]
        key, concept = _key(case, type, role)
        if how == "paraphrased":
            said = spans.paraphrased(case, mention, concept, number)
        elif how == "invented":
            said = spans.invented(case, concept, [key], number)
        else:
            said = spans.borrowed(case, [key], number)
        if said:
            return _replaced_argument(answer, index, at, role, said)
    return None


@kind(
    "argument-paraphrased", "EE", "EEA", per="item", sort="off-text",
    zh="论元被翻译、缩写或改写", en="argument translated, abbreviated or paraphrased",
)  # fmt: skip
def argument_paraphrased(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An argument in other words than the text's."""
    return _off_text(case, answer, index, number, "paraphrased")


@kind("argument-invented", "EE", "EEA", per="item", sort="off-text", zh="论元换成编造的内容", en="invented argument")
def argument_invented(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """An argument that nobody ever wrote."""
    return _off_text(case, answer, index, number, "invented")


@kind(
    "argument-borrowed",
    "EE",
    "EEA",
    per="item",
    sort="off-text",
    zh="论元换成其他文本中的论元",
    en="argument of another document",
)
def argument_borrowed(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """What plays the same role in another document."""
    return _off_text(case, answer, index, number, "borrowed")
