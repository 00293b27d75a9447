"""Instructions as rows of others: what training frameworks and the papers' own scripts read.

    STYLES["alpaca"].row(instruction, None, None)
    →  {"id": "resume/train/0#NER", "instruction": "请从下面的文本中抽取实体。…", "input": "", "output": …}

Styles of frameworks hold prompt and target as they stand in the instruction layer. Those of papers word both
anew, from the text of the document and the labels its prompt shows (`Setting`):

    yayi         {"instruction": "文本: …【实体抽取】…", "input": "", "output": "{\\"人名\\": [\\"高明\\"]}"}
    iepile       {"task": "RE", "source": "duie2", "instruction": "{\\"schema\\": …, \\"input\\": …}",
                  "output": "{\\"创始人\\": [{\\"subject\\": \\"远山公司\\", \\"object\\": \\"高明\\"}]}"}
    instructuie  {"Task": "NER", "Dataset": "conll2003", "Instance": {"sentence": …, "label": "person: Ada Byron", …}}

Not everything can be said in each of them: in InstructUIE's text a mention may hold what stands between
mentions, and IEPile's "NAN" is no mention. `uiebench.build.export` reads every answer back and counts these.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

import msgspec

from uiebench.hashing import lot
from uiebench.instruct.prompt import Renderer
from uiebench.instruct.prompt import Style as Naming
from uiebench.instruct.target import Names, encode
from uiebench.types import Document, Instruction, Language, PromptTask, Schema, Task

Row = dict[str, Any]
StyleName = Literal["canonical", "yayi", "iepile", "instructuie", "alpaca", "sharegpt", "openai-chat", "llama-factory"]

NAN = "NAN"
"""What IEPile writes for a role or a trigger without mention."""
NOTHING = "None"
"""What InstructUIE writes where there is nothing, and for an event without trigger or arguments."""

IEPILE: dict[Language, dict[Task, str]] = {
    "zh": {
        "NER": "请根据schema列出的实体类型，从input中抽取实体；没有实体的类型返回空列表。以JSON字符串回答。",
        "RE": "请根据schema列出的关系，从input中抽取关系三元组；没有出现的关系返回空列表。以JSON字符串回答。",
        "EE": "请根据schema列出的事件类型和论元角色，从input中抽取事件；没有出现的事件返回空列表，没有的论元返回NAN，"
        "有多个值的论元返回列表。以JSON字符串回答。",
        "EET": "请根据schema列出的事件类型，从input中抽取事件触发词；没有出现的事件返回空列表。以JSON字符串回答。",
        "EEA": "请根据schema列出的事件类型和论元角色，从input中抽取论元；没有的论元返回NAN，有多个值的论元返回列表。"
        "以JSON字符串回答。",
    },
    "en": {
        "NER": "Extract from the input the entities of the types in the schema; a type without entities gets an empty "
        "list. Answer with a JSON string.",
        "RE": "Extract from the input the triples of the relations in the schema; a relation that is not there gets an "
        "empty list. Answer with a JSON string.",
        "EE": "Extract from the input the events of the types in the schema with their arguments; an event that is not "
        "there gets an empty list, an argument that is not there NAN, an argument with several values a list. Answer "
        "with a JSON string.",
        "EET": "Extract from the input the triggers of the event types in the schema; an event that is not there gets "
        "an empty list. Answer with a JSON string.",
        "EEA": "Extract from the input the arguments of the event types in the schema; an argument that is not there "
        "gets NAN, an argument with several values a list. Answer with a JSON string.",
    },
}
"""The sentence that opens an instruction in IEPile's form. The wording is ours; its scripts do not look at it."""

INSTRUCTUIE: dict[Language, dict[Task, str]] = {
    "zh": {
        "NER": "请列出文本中属于下列类型的实体。格式为“类型: 实体; 类型: 实体”。",
        "RE": "请找出文本中的下列关系。格式为“关系: 头实体, 尾实体; 关系: 头实体, 尾实体”。",
        "EE": "请抽取文本中的事件。格式为“(类型: 触发词, 论元: 角色, 论元: 角色)”。",
        "EET": "请找出文本中的事件触发词。格式为“类型: 触发词; 类型: 触发词”。",
        "EEA": "请抽取文本中的事件论元，触发词写作None。格式为“(类型: None, 论元: 角色, 论元: 角色)”。",
    },
    "en": {
        "NER": 'List the entities of the given types in the text. The format is "type: entity; type: entity".',
        "RE": "Find the given relations in the text. "
        'The format is "relation: head entity, tail entity; relation: head entity, tail entity".',
        "EE": 'Extract the events in the text. The format is "(type: trigger, argument: role, argument: role)".',
        "EET": 'Find the event triggers in the text. The format is "type: trigger; type: trigger".',
        "EEA": "Extract the event arguments in the text, with None for the trigger. "
        'The format is "(type: None, argument: role, argument: role)".',
    },
}
"""The sentence that opens an instruction in InstructUIE's form. The wording is ours."""


class Setting:
    """The schema of a corpus, as far as rows in the style of papers need it beside an instruction.

    `schema` is without what the recipe holds out, where the instructions are.
    """

    def __init__(self, language: Language, schema: Schema) -> None:
        self.language, self.schema = language, schema
        self.other: Language = "en" if language == "zh" else "zh"
        self.renderer: Callable[[PromptTask], Renderer] = cache(
            lambda task: Renderer(language, task, schema, templates="yayi")
        )
        self._names: Callable[[Language], Names] = cache(lambda shown: Names(shown, schema))

    def naming(self, instruction: Instruction) -> Naming:
        """How the prompt of an instruction names its labels; explained names are plain ones here."""
        task, labels = _task(instruction), instruction.labels
        for language, naming in ((self.language, "plain"), (self.other, "other")):
            shown = self._names(language).of(task)
            if tuple(shown[label] for label in labels) == instruction.shown:
                return naming  # type: ignore[return-value]  # of two literals
        return "masked"

    def names(self, instruction: Instruction) -> Names:
        """Native ↔ shown names of the labels and roles in an instruction's answer."""
        task, naming = _task(instruction), self.naming(instruction)
        names = self._names(self.other if naming == "other" else self.language)
        if naming == "masked":
            return names.renamed(task, dict(zip(instruction.labels, instruction.shown, strict=True)))
        return names

    def roles(self, instruction: Instruction) -> dict[str, list[str]]:
        """Event type → its roles, for the labels of an instruction, all as they are shown."""
        roles = self.names(instruction).roles
        return {
            shown: list(dict.fromkeys(roles[label].values()))
            for label, shown in zip(instruction.labels, instruction.shown, strict=True)
        }


def _task(instruction: Instruction) -> Task:
    """The task of an instruction that is no half-task."""
    assert "-" not in instruction.task
    return instruction.task  # type: ignore[return-value]


def _dumps(value: object) -> str:
    """JSON with blanks behind colons and commas, as the papers' data has it."""
    return json.dumps(value, ensure_ascii=False)


# --- frameworks -----------------------------------------------------------------------------------


def canonical(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """Prompt and completion, with what is known of them.

    The labels are called `offered`: trainers take a column `labels` for tokens.
    """
    return {
        "id": instruction.id,
        "corpus": instruction.corpus,
        "task": instruction.task,
        "language": instruction.language,
        "offered": list(instruction.shown or instruction.labels),
        "prompt": instruction.prompt,
        "completion": instruction.target,
    }


def alpaca(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """Instruction, (no) input and output."""
    return {"id": instruction.id, "instruction": instruction.prompt, "input": "", "output": instruction.target}


def sharegpt(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """A conversation of a human and a model."""
    turns = [{"from": "human", "value": instruction.prompt}, {"from": "gpt", "value": instruction.target}]
    return {"id": instruction.id, "conversations": turns}


def openai_chat(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """Messages of a user and an assistant."""
    turns = [{"role": "user", "content": instruction.prompt}, {"role": "assistant", "content": instruction.target}]
    return {"id": instruction.id, "messages": turns}


# --- YAYI-UIE -------------------------------------------------------------------------------------


def yayi(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """YAYI-UIE's prompts and answers: types without mention are left out, a single argument stands without a list."""
    assert document is not None
    assert setting is not None
    renderer = setting.renderer(instruction.task)
    wording = renderer.wording(lot("wording", instruction.id))
    prompt = renderer.prompt(wording, instruction.labels, document.text, setting.naming(instruction))
    return {
        "id": instruction.id,
        "task": instruction.task,
        "source": instruction.corpus,
        "instruction": prompt,
        "input": "",
        "output": yayi_answer(instruction.target, _task(instruction)),
    }


def yayi_answer(target: str, task: Task) -> str:
    """A canonical answer as YAYI-UIE writes it."""
    said = msgspec.json.decode(target)
    if task == "NER":
        return _dumps({type: mentions for type, mentions in said.items() if mentions})
    if task == "RE":
        return _dumps(said)
    events = []
    for event in said:
        written = {"trigger": event["trigger"]} if "trigger" in event else {}
        written["type"] = event["type"]
        if "arguments" in event:
            written["arguments"] = {role: _one_or_more(mentions) for role, mentions in event["arguments"].items()}
        events.append(written)
    return _dumps(events)


def _one_or_more(mentions: Sequence[str]) -> Any:
    return mentions[0] if len(mentions) == 1 else mentions


# --- IEPile ---------------------------------------------------------------------------------------


def iepile(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """A row to train on, with the answer to its window under "output"."""
    row = iepile_question(instruction, document, setting)
    answer = iepile_answer(instruction.target, _task(instruction), instruction.shown, _asked(instruction, setting))
    return {"id": instruction.id, **row, "output": answer}


def iepile_test(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """A row to predict: "label" has the gold of the whole document, as IEPile's scorer unites rows of one id."""
    assert document is not None
    assert setting is not None
    task = _task(instruction)
    whole = encode(document, task, setting.names(instruction))
    row = iepile_question(instruction, document, setting)
    return {
        "id": f"{instruction.document}#{task}",
        "prompt_id": instruction.id,
        **row,
        "label": _dumps(list(_records(msgspec.json.decode(whole), task))),
    }


def iepile_question(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """Task, source and instruction: JSON text of a sentence, the labels and the text."""
    assert document is not None
    task, roles = _task(instruction), _asked(instruction, setting)
    schema: list[Any] = list(instruction.shown)
    if task == "EE":
        schema = [{"event_type": type, "trigger": True, "arguments": roles[type]} for type in schema]
    elif task == "EEA":
        schema = [{"event_type": type, "arguments": roles[type]} for type in schema]
    asked = {"instruction": IEPILE[instruction.language][task], "schema": schema, "input": document.text}
    return {"task": task, "source": instruction.corpus, "instruction": _dumps(asked)}


def _asked(instruction: Instruction, setting: Setting | None) -> dict[str, list[str]]:
    assert setting is not None
    return setting.roles(instruction) if instruction.task in ("EE", "EEA") else {}


def iepile_answer(target: str, task: Task, labels: Sequence[str], roles: Mapping[str, Sequence[str]]) -> str:
    """A canonical answer as IEPile writes it: every label of the window has a list, every role a mention or NAN.

    Where no trigger is asked for, an event without arguments is left out: there is nothing to write of it.
    """
    said = msgspec.json.decode(target)
    if task == "NER":
        return _dumps({label: said.get(label, []) for label in labels})
    lists: dict[str, list[Any]] = {label: [] for label in labels}
    for item in said:
        if task == "RE":
            lists[item["relation"]].append({"subject": item["head"], "object": item["tail"]})
            continue
        found = lists[item["type"]]
        if task == "EET":
            found.append(item["trigger"])
            continue
        arguments: dict[str, Any] = {}
        if item["arguments"]:
            given = item["arguments"]
            arguments = {role: _one_or_more(given.get(role) or [NAN]) for role in (*roles[item["type"]], *given)}
        if task == "EE":
            found.append({"trigger": item["trigger"] or NAN, "arguments": arguments})
        elif arguments:
            found.append(arguments)
    return _dumps(lists)


def _records(said: Any, task: Task) -> list[Row]:
    """A canonical answer as the list of records that IEPile calls the label."""
    if task == "NER":
        return [{"entity": mention, "entity_type": type} for type, mentions in said.items() for mention in mentions]
    if task == "RE":
        return [{"head": item["head"], "relation": item["relation"], "tail": item["tail"]} for item in said]
    return [
        {
            "event_type": item["type"],
            "event_trigger": item.get("trigger", ""),
            "arguments": [
                {"argument": mention, "role": role}
                for role, mentions in item.get("arguments", {}).items()
                for mention in mentions
            ],
        }
        for item in said
    ]


# --- InstructUIE ----------------------------------------------------------------------------------


def instructuie(instruction: Instruction, document: Document | None, setting: Setting | None) -> Row:
    """A row as InstructUIE's loader makes them and its scorer reads them; {0} stands for the sentence."""
    assert document is not None
    task, language = _task(instruction), instruction.language
    option = ", ".join(instruction.shown)
    if task in ("EE", "EEA"):
        roles = dict.fromkeys(role for roles in _asked(instruction, setting).values() for role in roles)
        option = f"Event type: {option}, Arguments type: {', '.join(roles)}."
    asked = f"{INSTRUCTUIE[language][task]}\nOption: {option} \n".replace("{", "{{").replace("}", "}}")
    answer = instructuie_answer(instruction.target, task)
    return {
        "id": instruction.id,
        "Task": task,
        "Dataset": instruction.corpus,
        "subset": instruction.document.split("/")[1],
        "Samples": [],
        "Instance": {
            "id": instruction.id,
            "sentence": document.text,
            "label": answer,
            "ground_truth": answer,
            "instruction": asked + "Text: {0}\nAnswer:",
        },
    }


def instructuie_answer(target: str, task: Task) -> str:
    """A canonical answer as InstructUIE writes it.

    Its answers about arguments name no event type, so that they could not be scored where several types are
    asked for: they are written as whole events without trigger.
    """
    said = msgspec.json.decode(target)
    match task:
        case "NER":
            parts = [f"{type}: {mention}" for type, mentions in said.items() for mention in mentions]
        case "RE":
            parts = [f"{item['relation']}: {item['head']}, {item['tail']}" for item in said]
        case "EET":
            parts = [f"{event['type']}: {event['trigger']}" for event in said]
        case _:
            return ", ".join(map(_event, said)) or NOTHING
    return "; ".join(parts) or NOTHING


def _event(event: Mapping[str, Any]) -> str:
    pairs = [f"{mention}: {role}" for role, mentions in event["arguments"].items() for mention in mentions]
    return f"({event['type']}: {event.get('trigger') or NOTHING}, {', '.join(pairs) or NOTHING})"


def read_instructuie(text: str, task: Task, names: Names) -> Any:
    """A canonical value of an answer as InstructUIE writes it: the inverse of `instructuie_answer`.

    None if it is not one. Every label must be known, so that prose with a colon in it is never taken for an
    answer. Of what is ambiguous a mention may hold semicolons, and the arguments of events commas.
    """
    text = text.strip()
    if text == NOTHING:
        return {} if task == "NER" else []
    if task in ("EE", "EEA"):
        return _read_events(text, names)
    known = names.entity_of if task == "NER" else names.relation_of if task == "RE" else names.event_of
    longest = _longest(known)
    parts: list[tuple[str, list[str]]] = []
    for part in text.split(";"):
        label, mention = _labelled(part, known, longest)
        if label is not None:
            parts.append((label, [mention]))
        elif parts:  # the rest of a mention
            parts[-1][1].append(part)
        else:
            return None
    found = [(label, ";".join(mention)) for label, mention in parts]
    if task == "NER":
        lists: dict[str, list[str]] = {}
        for label, mention in found:
            lists.setdefault(label, []).append(mention.strip())
        return lists
    if task == "EET":
        return [{"type": label, "trigger": mention.strip()} for label, mention in found]
    triples = []
    for label, mention in found:
        head, comma, tail = mention.partition(", ")
        if not comma:
            head, comma, tail = mention.partition(",")
        if not comma:
            return None
        triples.append({"relation": label, "head": head.strip(), "tail": tail.strip()})
    return triples


def _longest(known: Mapping[str, str]) -> int:
    return max(map(len, known), default=0)


def _labelled(part: str, known: Mapping[str, str], longest: int) -> tuple[str | None, str]:
    """A part such as "person: Ada Byron" cut behind its label, which may hold colons itself."""
    part = part.lstrip()
    place = part.find(":")
    while 0 <= place <= longest + 1:  # one blank may stand before the colon
        if (label := part[:place].strip()) in known:
            return label, part[place + 1 :]
        place = part.find(":", place + 1)
    return None, part


def _read_events(text: str, names: Names) -> list[Row] | None:
    """The events of an answer such as "(layoff: cut, the firm: employer, half: share), (sale: None, None)"."""
    events: list[Row] = []
    pieces: list[list[str]] = []
    longest = _longest(names.event_of)
    for part in f"{text},".split("("):
        label, rest = _labelled(part, names.event_of, longest)
        if label is not None:
            events.append({"type": label})
            pieces.append([rest])
        elif pieces:  # a bracket inside a mention
            pieces[-1].append(part)
        elif part.strip():
            return None
    for event, piece in zip(events, pieces, strict=True):
        body = "(".join(piece).strip().rstrip(",").rstrip()
        known = names.role_of[names.event_of[event["type"]]]
        if not body.endswith(")") or not _fill(event, body[:-1], known):
            return None
    return events or None


def _fill(event: Row, body: str, roles: Mapping[str, str]) -> bool:
    """Put trigger and arguments such as "cut, the firm: employer" into an event; False if they are not these."""
    trigger, _, rest = body.partition(",")
    if trigger.strip() != NOTHING:
        event["trigger"] = trigger.strip()
    arguments: dict[str, list[str]] = {}
    waiting: list[str] = []  # the beginning of a mention with commas
    for piece in rest.split(","):
        mention, colon, role = piece.rpartition(":")
        if colon and role.strip() in roles:
            arguments.setdefault(role.strip(), []).append(",".join([*waiting, mention]).strip())
            waiting.clear()
        else:
            waiting.append(piece)
    event["arguments"] = arguments
    left = ",".join(waiting).strip()
    return not left or (left == NOTHING and not arguments)


# --- all of them ----------------------------------------------------------------------------------


class Style(NamedTuple):
    """One way to write rows.

    Fields:
        row: makes one of an instruction, and of document and setting where `worded` says that it needs them.
        worded: prompts and answers are worded anew; there is no wording for half-tasks then.
        array: files are one JSON array, not JSON lines.
        test: makes the rows of test splits, where these differ.
    """

    row: Callable[[Instruction, Document | None, Setting | None], Row]
    worded: bool = False
    array: bool = False
    test: Callable[[Instruction, Document | None, Setting | None], Row] | None = None


STYLES: dict[StyleName, Style] = {
    "canonical": Style(canonical),
    "yayi": Style(yayi, worded=True),
    "iepile": Style(iepile, worded=True, test=iepile_test),
    "instructuie": Style(instructuie, worded=True),
    "alpaca": Style(alpaca, array=True),
    "sharegpt": Style(sharegpt, array=True),
    "openai-chat": Style(openai_chat),
    "llama-factory": Style(alpaca),
}


def answer(style: StyleName, instruction: Instruction, setting: Setting | None) -> str:
    """The gold answer to an instruction as a style writes it."""
    match style:
        case "yayi":
            return yayi_answer(instruction.target, _task(instruction))
        case "iepile":
            task = _task(instruction)
            return iepile_answer(instruction.target, task, instruction.shown, _asked(instruction, setting))
        case "instructuie":
            return instructuie_answer(instruction.target, _task(instruction))
        case _:
            return instruction.target
