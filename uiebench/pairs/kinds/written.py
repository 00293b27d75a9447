"""Confusions of whole answers: how they are written, labels nobody asked for, and answering nothing.

Prose around right JSON, and JSON that is broken, cannot be read by the scorer without repairs and scores 0. JSON in
a code fence is read and right, so that no pair is made of it: it is no worse under F1.
"""

from __future__ import annotations

from typing import Any

from uiebench.pairs.answer import Answer, encode
from uiebench.pairs.case import Case, Change, replaced, skewed, turns
from uiebench.pairs.kinds import kind
from uiebench.pairs.lists import AFTER, BEFORE
from uiebench.types import Language

_KEYS: dict[Language, dict[str, tuple[str, ...]]] = {
    "zh": {
        "relation": ("关系", "rel", "关系类型"),
        "head": ("头实体", "主体", "from"),
        "tail": ("尾实体", "客体", "to"),
        "type": ("事件类型", "类别", "event"),
        "trigger": ("触发词", "trigger_word", "触发"),
        "arguments": ("论元", "args", "参数"),
    },
    "en": {
        "relation": ("rel", "relationship", "link"),
        "head": ("entity1", "from", "source"),
        "tail": ("entity2", "to", "target"),
        "type": ("event", "category", "class"),
        "trigger": ("trigger_word", "verb", "cue"),
        "arguments": ("args", "participants", "slots"),
    },
}
_NAMED: dict[Language, tuple[str, ...]] = {
    "zh": ("{}名称", "{}实体", "{}列表", "“{}”"),
    "en": ("{}s", "{}_list", "named {}", "{} name"),
}


@kind(
    "wrong-key", "NER", "RE", "EE", "EET", "EEA", per="answer", sort="format", last=True,
    zh="键名错误", en="wrong key",
)  # fmt: skip
def wrong_key(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A key that the prompt did not ask for in place of the right one."""
    value = case.form.value(answer)
    if case.task == "NER":
        label = answer[number % len(answer)][0]
        forms = _NAMED[case.spoken]
        other = forms[(number >> 8) % len(forms)].format(label)
        if other in value:
            return None
        said: Any = {other if key == label else key: mentions for key, mentions in value.items()}
        return Change(answer, label, other, encode(said).decode())
    names = [name for name in value[0] if name in _KEYS[case.language]]
    name = names[number % len(names)]
    others = _KEYS[case.language][name]
    other = others[(number >> 8) % len(others)]
    said = [{other if key == name else key: one for key, one in item.items()} for item in value]
    return Change(answer, name, other, encode(said).decode())


@kind(
    "unoffered", "NER", "RE", "EE", "EET", "EEA", per="item", sort="format",
    zh="使用窗口外的标签", en="label outside the window",
)  # fmt: skip
def unoffered(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A label of the corpus that the prompt does not offer, the most easily confused one first."""
    label, *rest = answer[index]
    outside = case.outside(label)
    if not outside:
        return None
    other = outside[skewed(number, min(len(outside), 3))]
    item = (other, *rest)
    key = "relation" if case.task == "RE" else "type"
    before, after = ({key: name} for name in (label, other))
    if case.task == "NER":
        before, after = {label: rest[0]}, {other: rest[0]}
    return Change(replaced(answer, index, item), before, after)


@kind(
    "unasked", "NER", per="answer", sort="format",
    zh="抽取了未询问类型的提及", en="mention of a type that was not asked for",
)  # fmt: skip
def unasked(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """What the text has of a type that the prompt does not offer: true, and no answer to it."""
    outside = case.outside("")
    mentions = case.page.mentions if outside else []
    for at in turns(number, len(mentions), 4):
        known = case.vocabulary.labels.get(mentions[at].type)
        shown = known.display(case.language) if known else ""
        if shown in outside:
            return Change([*answer, (shown, mentions[at].text)], "", {shown: mentions[at].text})
    return None


@kind(
    "invalid", "NER", "RE", "EE", "EET", "EEA", per="answer", sort="format", parses=False, last=True,
    zh="JSON 不合法", en="invalid JSON",
)  # fmt: skip
def invalid(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """JSON cut short, with quotes as Python writes them, without a comma or bracket, or with one too many."""
    right = case.form.write(answer)
    way, rest = number % 5, number >> 8
    if way == 0:
        said, what = right[: max(len(right) * (60 + rest % 36) // 100, 1)], "cut short"
    elif way == 1:
        said, what = str(case.form.value(answer)), "Python quotes"
    elif way == 2 and '",' in right:
        said, what = right.replace('",', '"', 1), "comma missing"
    elif way == 3:
        said, what = right[:-1], "bracket missing"
    else:
        said, what = right.rstrip("}]") + ",]", "trailing comma"
    return Change(answer, "", what, said)


@kind(
    "prose", "NER", "RE", "EE", "EET", "EEA", per="answer", sort="format", parses=False, last=True,
    zh="JSON 前后夹杂说明文字", en="prose around the JSON",
)  # fmt: skip
def prose(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A sentence in front of the answer, behind it, or on both sides."""
    before, after = BEFORE[case.language], AFTER[case.language]
    front, back = before[(number >> 8) % len(before)], after[(number >> 16) % len(after)]
    way = number % 3
    said = f"{front if way != 1 else ''}{case.form.write(answer)}{back if way else ''}"
    return Change(answer, "", (front if way != 1 else "").strip() or back.strip(), said)


@kind(
    "abstained", "NER", "RE", "EE", "EET", "EEA", per="answer", sort="abstention", last=True,
    zh="文中有答案却答空", en="nothing answered where there is something",
)  # fmt: skip
def abstained(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """The answer that nothing is there."""
    return Change([], case.form.value(answer), "", case.form.write([]))


@kind(
    "prose-empty", "NER", "RE", "EE", "EET", "EEA", per="answer", sort="format", parses=False, empty=True, last=True,
    once=True, zh="本该给出空的 JSON 却用文字作答", en="prose in place of empty JSON",
)  # fmt: skip
def prose_empty(case: Case, answer: Answer, index: int, number: int) -> Change | None:
    """A sentence that says that nothing is there, which is no JSON."""
    says = {
        "zh": ("文中没有相关内容。", "未找到符合要求的信息。", "该文本不包含所列的任何类型。"),
        "en": ("The text does not mention any of these.", "No matching information was found.", "Nothing was found."),
    }[case.language]
    return Change(answer, "", says[number % len(says)], says[number % len(says)])
