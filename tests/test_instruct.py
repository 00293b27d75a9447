"""Prompts hold what they ask about; targets and their reading are inverse."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import SCHEMA

from uiebench.hashing import lot
from uiebench.instruct.prompt import Renderer, Spelling, template_sets, wordings_of
from uiebench.instruct.target import Names, decode, encode, encode_auxiliary
from uiebench.instruct.windows import labels_of
from uiebench.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Extraction,
    Label,
    Relation,
    RelationLabel,
    Schema,
    Span,
)

TASKS = ("NER", "RE", "EE", "EET", "EEA")
AUXILIARY = ("NER-span", "NER-type", "RE-pair", "RE-type")
LANGUAGES = ("zh", "en")
every_language_and_task = pytest.mark.parametrize(
    ("language", "task"), [(language, task) for language in LANGUAGES for task in TASKS]
)

TEXT = "高明说远山裁员三百人，随后高城降雨。"
TWO_EVENTS = Document(
    "invented/train/0",
    TEXT,
    (Entity("高明", 0, 2, "PER"), Entity("远山", 3, 5, "ORG"), Entity("高城", 13, 15, "LOC")),
    (Relation("works_for", Entity("高明", 0, 2, "PER"), Entity("远山", 3, 5, "ORG")),),
    (
        Event("Layoff", Span("裁员", 5, 7), (Argument("远山", 3, 5, "Firm"), Argument("三百人", 7, 10, "Number"))),
        Event("Rain", Span("降雨", 15, 17), (Argument("高城", 13, 15, "Place"),)),
    ),
)


def all_prompts(language, task, text, schema=SCHEMA, window=None, style="plain", templates="uiebench"):
    """Template id → the prompt of that wording."""
    renderer = Renderer(language, task, schema, templates=templates)
    window = labels_of(schema, renderer.task) if window is None else window
    return {wording.id: renderer.prompt(place, window, text, style) for place, wording in enumerate(renderer.wordings)}


def spelled(language, task, schema=SCHEMA, window=None, named=None):
    """The labels of a window as they stand in a prompt."""
    spelling = Spelling(language, task, schema, named or language)
    return spelling.labels(labels_of(schema, task) if window is None else window, spelling.names)


# --- prompts --------------------------------------------------------------------------------------


def test_every_template_is_rendered_as_in_the_golden_file(golden):
    """The text is what a model sees: a change here changes the benchmark."""
    parts = []
    for language in LANGUAGES:
        names = Names(language, SCHEMA)
        for task in TASKS:
            for id, prompt in all_prompts(language, task, TEXT).items():
                parts.append(f"=== {id}\n{prompt}\n--- target\n{encode(TWO_EVENTS, task, names)}\n")
        for task in AUXILIARY:
            renderer = Renderer(language, task, SCHEMA)
            window = labels_of(SCHEMA, renderer.task)
            more = {"mentions": "高明、远山、高城", "pairs": "（高明，远山）"}
            target = encode_auxiliary(TWO_EVENTS, task, names, window)
            for place, wording in enumerate(renderer.wordings):
                framed = renderer.filled(place, window, "plain", more)
                parts.append(f"=== {wording.id}\n{framed.before}{TEXT}{framed.after}\n--- target\n{target}\n")
    golden(Path(__file__).parent / "golden" / "prompts.txt", "\n".join(parts))


def test_windows_styles_and_the_papers_wordings_are_rendered_as_in_the_golden_file(golden):
    parts = []
    for language in LANGUAGES:
        for task in ("NER", "RE", "EE", "EET"):
            window = labels_of(SCHEMA, task)[::-1]
            for style in ("plain", "described", "masked", "other"):
                framed = Renderer(language, task, SCHEMA, paraphrases=False).framed(0, window, style)
                target = encode(TWO_EVENTS, task, framed.names, window)
                parts.append(f"=== {language} {task} {style}\n{framed.before}{TEXT}{framed.after}\n--- {target}\n")
            for id, prompt in all_prompts(language, task, TEXT, templates="yayi").items():
                if id.startswith("yayi"):
                    target = encode(TWO_EVENTS, task, Names(language, SCHEMA), explicit_empty=False)
                    parts.append(f"=== {id}\n{prompt}\n--- {target}\n")
    golden(Path(__file__).parent / "golden" / "styles.txt", "\n".join(parts))


def test_every_task_has_several_wordings_in_both_languages_and_ids_are_unique():
    sets = template_sets()
    ids = [
        id
        for name in sets
        for language in LANGUAGES
        for wordings in getattr(sets[name], language).values()
        for id in wordings
    ]
    assert len(ids) == len(set(ids))
    for language in LANGUAGES:
        assert set(getattr(sets["uiebench"], language)) == {*TASKS, *AUXILIARY}
        for task in (*TASKS, *AUXILIARY):
            wordings = wordings_of(language, task, "uiebench")
            assert len(set(wordings.values())) == len(wordings) >= (2 if task in AUXILIARY else 4)
            for id, wording in wordings.items():
                assert id.startswith(f"{language}-{task.lower()}-")
                assert wording.count("{labels}") == wording.count("{text}") == 1
                assert wording.count("{mentions}") == (task == "NER-type")
                assert wording.count("{pairs}") == (task == "RE-type")


def test_a_set_without_a_wording_for_a_task_uses_ours():
    assert wordings_of("zh", "EET", "yayi") == wordings_of("zh", "EET", "uiebench")
    assert wordings_of("zh", "NER", "yayi") != wordings_of("zh", "NER", "uiebench")


def test_event_types_carry_their_roles_and_relations_their_types():
    assert spelled("zh", "EE") == "裁员（裁员方、人数）；降雨（地点、雨量）；沉默"
    assert spelled("en", "EEA") == "layoff (firm, number); rain (place, amount); silence"
    assert spelled("zh", "EET") == "裁员、降雨、沉默"
    assert spelled("en", "NER") == "person, location, organization"
    assert spelled("en", "RE") == "works for (person → organization), located in"
    assert spelled("zh", "RE", named="en") == "works for（person→organization）、located in"


def test_a_window_ties_roles_to_the_event_types_it_offers():
    assert spelled("zh", "EE", window=("Rain",)) == "降雨（地点、雨量）"
    prompt = all_prompts("zh", "EE", "", window=("Rain", "Silence"), templates="yayi")["yayi-zh-ee-1"]
    assert "事件类型列表是[降雨,沉默]，论元角色列表是[地点,雨量]" in prompt


def test_the_flat_list_of_roles_has_each_role_once():
    twice = Schema(events=tuple(EventLabel(n, n, n, roles=(Label("Place", "地点", "place"),)) for n in "AB"))
    prompt = all_prompts("zh", "EE", "", twice, templates="yayi")["yayi-zh-ee-1"]
    assert "论元角色列表是[地点]" in prompt


def relations(heads, tails, types="abcdefg"):
    entities = tuple(Label(t, f"型{t}", f"type {t}") for t in types)
    return Schema(entities, (RelationLabel("r", "关", "rel", heads=tuple(heads), tails=tuple(tails)),))


@pytest.mark.parametrize(
    ("heads", "tails", "shown"),
    [
        ("a", "b", "关（型a→型b）"),
        ("ab", "c", "关（型a/型b→型c）"),
        ("a", "", "关（型a→任意）"),
        ("", "", "关"),
        ("abcde", "a", "关（任意→型a）"),  # as good as any
        ("abcde", "abcdef", "关"),
    ],
)
def test_types_that_say_nothing_are_not_shown(heads, tails, shown):
    assert spelled("zh", "RE", relations(heads, tails)) == shown


def test_a_type_held_out_of_the_schema_is_not_named_by_a_relation():
    assert spelled("zh", "RE", relations("a", "z")) == "关"


def test_labels_that_hold_commas_are_kept_apart():
    schema = Schema(entities=(Label("A", "甲", "group, party"), Label("B", "乙", "place"), Label("C", "丙", "date")))
    assert spelled("en", "NER", schema) == "group, party; place; date"
    assert spelled("en", "NER", schema, window=("B", "C")) == "place, date"


def test_a_masked_label_is_known_by_its_description_alone():
    renderer = Renderer("zh", "NER", SCHEMA)
    framed = renderer.framed(0, ("LOC", "PER"), "masked")
    assert framed.shown == ("地点", "类型2")  # a place has no description, and keeps its name
    assert framed.before.startswith("标签说明：\n类型2：人的姓名\n")
    assert "人物" not in framed.before + framed.after
    target = encode(TWO_EVENTS, "NER", framed.names, ("LOC", "PER"))
    assert target == '{"地点":["高城"],"类型2":["高明"]}'
    assert facts(decode(target, "NER", framed.names), "NER") == {("LOC", "高城"), ("PER", "高明")}


def test_a_window_without_descriptions_is_never_masked():
    for style in ("described", "masked"):
        assert all_prompts("en", "NER", TEXT, window=("LOC",), style=style) == all_prompts(
            "en", "NER", TEXT, window=("LOC",)
        )


any_text = st.text(max_size=20) | st.sampled_from(
    ["{labels}", "{text}", "{text}{labels}", "{0}", "%s", "{{", '"\\', "\0", "😀\n", "", "{labels"]
)


@every_language_and_task
@given(text=any_text)
def test_a_prompt_holds_every_label_and_the_whole_text_whatever_it_is(language, task, text):
    empty = all_prompts(language, task, "")
    for id, prompt in all_prompts(language, task, text).items():
        assert spelled(language, task) in prompt
        assert text in prompt
        assert len(prompt) == len(empty[id]) + len(text)


@every_language_and_task
@pytest.mark.parametrize("templates", ["uiebench", "yayi"])
def test_no_placeholder_is_left(language, task, templates):
    for prompt in all_prompts(language, task, TEXT, templates=templates).values():
        assert not re.search(r"\{(labels|names|roles|text|mentions|pairs)", prompt)


@pytest.mark.parametrize("odd", ["{text}", "{labels}", "{text"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_may_look_like_a_placeholder(language, odd):
    schema = Schema(entities=(Label("A", odd, odd), Label("B", "乙", "second")))
    for prompt in all_prompts(language, "NER", TEXT, schema).values():
        assert spelled(language, "NER", schema) in prompt
        assert TEXT in prompt


def test_wordings_are_chosen_by_rank():
    renderer = Renderer("zh", "NER", SCHEMA)
    numbers = [lot("document", number) for number in range(200)]
    chosen = [renderer.wording(number) for number in numbers]
    assert set(chosen) == set(range(len(renderer.wordings)))
    assert chosen == [Renderer("zh", "NER", SCHEMA).wording(number) for number in numbers]
    assert {Renderer("zh", "NER", SCHEMA, paraphrases=False).wording(number) for number in numbers} == {0}


# --- targets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "target"),
    [
        ("NER", '{"人物":["高明"],"地点":["高城"],"机构":["远山"]}'),
        ("RE", '[{"relation":"任职于","head":"高明","tail":"远山"}]'),
        (
            "EE",
            '[{"type":"裁员","trigger":"裁员","arguments":{"裁员方":["远山"],"人数":["三百人"]}},'
            '{"type":"降雨","trigger":"降雨","arguments":{"地点":["高城"]}}]',
        ),
        ("EET", '[{"type":"裁员","trigger":"裁员"},{"type":"降雨","trigger":"降雨"}]'),
        (
            "EEA",
            '[{"type":"裁员","arguments":{"裁员方":["远山"],"人数":["三百人"]}},'
            '{"type":"降雨","arguments":{"地点":["高城"]}}]',
        ),
    ],
)
def test_targets_are_canonical_json(task, target):
    assert encode(TWO_EVENTS, task, Names("zh", SCHEMA)) == target


@pytest.mark.parametrize(("task", "target"), [("NER", '{"person":[],"location":[],"organization":[]}'), ("EE", "[]")])
def test_a_document_without_annotations_has_an_explicit_empty_target(task, target):
    assert encode(Document("", TEXT), task, Names("en", SCHEMA)) == target


def test_a_string_is_given_once_in_the_order_of_first_mention():
    again = (Entity("远山", 3, 5, "ORG"), Entity("甲", 0, 1, "ORG"), Entity("远山", 9, 11, "ORG"))
    found = encode(Document("", TEXT, again), "NER", Names("zh", SCHEMA))
    assert msgspec.json.decode(found)["机构"] == ["远山", "甲"]


def test_events_that_look_the_same_are_given_once():
    rain = [Event("Rain", Span("雨", at, at + 1), (Argument("高城", at, at + 2, "Place"),)) for at in (0, 5)]
    found = encode(Document("", TEXT, events=tuple(rain)), "EE", Names("zh", SCHEMA))
    assert found == '[{"type":"降雨","trigger":"雨","arguments":{"地点":["高城"]}}]'


def test_a_role_is_named_after_its_event():
    """One native role may be shown by another name in each event type."""
    events = tuple(Event(type, None, (Argument("三", None, None, "Number"),)) for type in ("Layoff", "Rain"))
    target = encode(Document("", TEXT, events=events), "EEA", Names("zh", SCHEMA))
    assert target == '[{"type":"裁员","arguments":{"人数":["三"]}},{"type":"降雨","arguments":{"雨量":["三"]}}]'
    assert decode(target, "EEA", Names("zh", SCHEMA)).events == events


mention = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5) | st.sampled_from(
    ["高明", '"', "\\", "\n", "\0", "😀", "{}", "[]", "null", " "]
)
offset = st.none() | st.integers(0, 99)
entity = st.builds(Entity, mention, offset, offset, st.sampled_from([label.name for label in SCHEMA.entities]))
relation = st.builds(Relation, st.sampled_from([label.name for label in SCHEMA.relations]), entity, entity)


@st.composite
def any_event(draw):
    label = draw(st.sampled_from(SCHEMA.events))
    trigger = draw(st.none() | st.builds(Span, mention, offset, offset))
    roles = st.sampled_from([role.name for role in label.roles]) if label.roles else st.nothing()
    return Event(
        label.name, trigger, tuple(draw(st.lists(st.builds(Argument, mention, offset, offset, roles), max_size=4)))
    )


document = st.builds(
    Document,
    st.just("d"),
    st.just(TEXT),
    st.lists(entity, max_size=4).map(tuple),
    st.lists(relation, max_size=3).map(tuple),
    st.lists(any_event(), max_size=3).map(tuple),
)


def facts(found: Document | Extraction, task):
    """What is left of annotations without offsets, repeats, order, and what the task does not ask for."""
    match task:
        case "NER":
            return {(e.type, e.text) for e in found.entities}
        case "RE":
            return {(r.type, r.head.text, r.tail.text) for r in found.relations}
    return {
        (
            e.type,
            e.trigger.text if e.trigger and task != "EEA" else None,
            frozenset((a.role, a.text) for a in e.arguments if task != "EET"),
        )
        for e in found.events
    }


@pytest.mark.parametrize("task", TASKS)
@given(document=document, language=st.sampled_from(LANGUAGES))
def test_reading_a_target_gives_back_what_the_document_says_once_and_without_offsets(task, document, language):
    names = Names(language, SCHEMA)
    target = encode(document, task, names)
    assert "\n" not in target
    found = decode(target, task, names)
    assert found.problem == ""
    assert facts(found, task) == facts(document, task)
    assert len(found.entities) + len(found.relations) == len({*found.entities, *found.relations})
    for event in found.events:
        assert len(event.arguments) == len(set(event.arguments))
        assert all(argument.start is argument.end is None for argument in event.arguments)
    assert all(entity.start is entity.end is None for entity in found.entities)
    kept = Document("d", TEXT, found.entities, found.relations, found.events)
    assert facts(decode(encode(kept, task, names), task, names), task) == facts(document, task)


@given(document=document, task=st.sampled_from(TASKS), data=st.data())
def test_the_target_of_a_window_is_the_gold_of_its_labels(document, task, data):
    names = Names("zh", SCHEMA)
    labels = labels_of(SCHEMA, task)
    window = tuple(data.draw(st.permutations(labels)))[: data.draw(st.integers(1, len(labels)))]
    target = encode(document, task, names, window)
    assert facts(decode(target, task, names), task) == {fact for fact in facts(document, task) if fact[0] in window}
    if task == "NER":
        assert list(msgspec.json.decode(target)) == [names.entities[label] for label in window]


@given(document=document, task=st.sampled_from(TASKS))
def test_windows_united_say_what_one_prompt_says(document, task):
    names = Names("zh", SCHEMA)
    windows = [encode(document, task, names, (label,)) for label in labels_of(SCHEMA, task)]
    united = set().union(*(facts(decode(target, task, names), task) for target in windows))
    assert united == facts(decode(encode(document, task, names), task, names), task)


def test_types_without_mention_are_left_out_where_a_paper_does_so():
    assert encode(TWO_EVENTS, "NER", Names("zh", SCHEMA), ("ORG", "PER"), explicit_empty=False) == (
        '{"机构":["远山"],"人物":["高明"]}'
    )
    assert encode(Document("", TEXT), "NER", Names("zh", SCHEMA), explicit_empty=False) == "{}"


# --- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("NER", ""),
        ("NER", "我认为没有实体。"),
        ("NER", '{"人物":["高明"]'),
        ("NER", '{"人物":"高明"}'),
        ("NER", '{"人物":[1]}'),
        ("NER", "[]"),
        ("RE", "{}"),
        ("RE", '[{"relation":"任职于","head":"高明"}]'),
        ("RE", '[{"relation":null,"head":"高明","tail":"远山"}]'),
        ("EE", '[{"trigger":"裁员"}]'),
        ("EE", '[{"type":"裁员","arguments":["远山"]}]'),
        ("EE", "[" * 100_000),
        ("NER", '{"人物":["\ud800"]}'),
    ],
)
def test_an_answer_that_is_not_canonical_is_empty_and_says_why(task, answer):
    found = decode(answer, task, Names("zh", SCHEMA))
    assert found.problem.startswith("not canonical JSON: ")
    assert found == Extraction(problem=found.problem)


@pytest.mark.parametrize("task", TASKS)
@given(answer=st.text() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "trigger", "arguments", "relation", "head", "tail", "人物"]), inner, max_size=4),
).map(lambda value: msgspec.json.encode(value).decode()))  # fmt: skip
def test_no_answer_is_an_exception(task, answer):
    found = decode(answer, task, Names("zh", SCHEMA))
    assert isinstance(found, Extraction)
    if found.problem:
        assert found == Extraction(problem=found.problem)


def test_a_label_that_the_schema_does_not_have_is_kept_as_it_was_written():
    names = Names("zh", SCHEMA)
    assert decode('{"龙":["小龙"]}', "NER", names).entities == (Entity("小龙", None, None, "龙"),)
    assert decode('[{"relation":"喜欢","head":"甲","tail":"乙"}]', "RE", names).relations[0].type == "喜欢"
    (found,) = decode('[{"type":"降雨","arguments":{"龙":["甲"]}},{"type":"龙"}]', "EE", names).events[:1]
    assert found == Event("Rain", None, (Argument("甲", None, None, "龙"),))
