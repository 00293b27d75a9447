"""Prompts hold what they ask about; targets and their reading are inverse."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import SCHEMA

from uiebench.instruct.prompt import Renderer, spelled_labels, templates
from uiebench.instruct.target import Names, decode, encode
from uiebench.types import Argument, Document, Entity, Event, Extraction, Label, Relation, Schema, Span

TASKS = ("NER", "RE", "EE", "EET", "EEA")
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


def all_prompts(language, task, document, schema=SCHEMA):
    """Template id → the prompt of that wording."""
    renderer = Renderer(language, task, schema, seed=0)
    return {id: f"{before}{document.text}{after}" for id, (before, after) in renderer.around.items()}


# --- prompts --------------------------------------------------------------------------------------


def test_every_template_is_rendered_as_in_the_golden_file(golden):
    """The text is what a model sees: a change here changes the benchmark."""
    parts = []
    for language in LANGUAGES:
        names = Names(language, SCHEMA)
        for task in TASKS:
            for id, prompt in all_prompts(language, task, TWO_EVENTS).items():
                parts.append(f"=== {id}\n{prompt}\n--- target\n{encode(TWO_EVENTS, task, names)}\n")
    golden(Path(__file__).parent / "golden" / "prompts.txt", "\n".join(parts))


def test_every_task_has_several_wordings_in_both_languages_and_ids_are_unique():
    ids = [id for tasks in templates().values() for wordings in tasks.values() for id in wordings]
    assert len(ids) == len(set(ids))
    for language in LANGUAGES:
        assert set(templates()[language]) == set(TASKS)
        for task in TASKS:
            wordings = templates()[language][task]
            assert len(set(wordings.values())) == len(wordings) >= 2
            for id, wording in wordings.items():
                assert id.startswith(f"{language}-{task.lower()}-")
                assert wording.count("{labels}") == wording.count("{text}") == 1


def test_event_types_carry_their_roles_where_arguments_are_asked_for():
    assert spelled_labels("zh", "EE", SCHEMA) == "裁员（裁员方、人数）；降雨（地点、雨量）；沉默"
    assert spelled_labels("en", "EEA", SCHEMA) == "layoff (firm, number); rain (place, amount); silence"
    assert spelled_labels("zh", "EET", SCHEMA) == "裁员、降雨、沉默"
    assert spelled_labels("en", "NER", SCHEMA) == "person, location, organization"
    assert spelled_labels("en", "RE", SCHEMA) == "works for, located in"


any_text = st.text(max_size=20) | st.sampled_from(
    ["{labels}", "{text}", "{text}{labels}", "{0}", "%s", "{{", '"\\', "\0", "😀\n", "", "{labels"]
)


@every_language_and_task
@given(text=any_text)
def test_a_prompt_holds_every_label_and_the_whole_text_whatever_it_is(language, task, text):
    document = Document("invented/train/7", text)
    empty = all_prompts(language, task, Document("", ""))
    prompts = all_prompts(language, task, document)
    chosen = Renderer(language, task, SCHEMA, seed=0).prompt(document)
    assert chosen in prompts.values()
    for id, prompt in prompts.items():
        assert spelled_labels(language, task, SCHEMA) in prompt
        assert text in prompt
        assert len(prompt) == len(empty[id]) + len(text)


@every_language_and_task
def test_no_placeholder_is_left(language, task):
    for prompt in all_prompts(language, task, TWO_EVENTS).values():
        assert "{labels}" not in prompt
        assert "{text}" not in prompt


@pytest.mark.parametrize("odd", ["{text}", "{labels}", "{text"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_may_look_like_a_placeholder(language, odd):
    schema = Schema(entities=(Label("A", odd, odd), Label("B", "乙", "second")))
    for prompt in all_prompts(language, "NER", TWO_EVENTS, schema).values():
        assert spelled_labels(language, "NER", schema) in prompt
        assert TEXT in prompt


def test_documents_get_different_wordings_by_rank():
    renderer = Renderer("zh", "NER", SCHEMA, seed=0)
    documents = [Document(f"invented/train/{number}", TEXT) for number in range(60)]
    prompts = [renderer.prompt(document) for document in documents]
    assert len(set(prompts)) == len(templates()["zh"]["NER"])
    assert prompts == [Renderer("zh", "NER", SCHEMA, seed=0).prompt(document) for document in documents]
    assert prompts != [Renderer("zh", "NER", SCHEMA, seed=1).prompt(document) for document in documents]


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
