"""Stand-off annotation of the BioNLP shared tasks."""

import pytest
from native import known, write

from uiebench.errors import MalformedInput, SourceError
from uiebench.formats import bionlp
from uiebench.types import Argument, Document, Entity, Event, Span

TEXT = "Inducing IL-51 expression\nVRF-2 binds IL-51. \n"
GIVEN = "T1\tProtein 9 14\tIL-51\nT2\tProtein 26 31\tVRF-2\nT3\tProtein 38 43\tIL-51\n"
PROTEINS = (Entity("IL-51", 9, 14, "Protein"), Entity("VRF-2", 26, 31, "Protein"), Entity("IL-51", 38, 43, "Protein"))
INDUCING = "T4\tPositive_regulation 0 8\tInducing\n"
EXPRESSION = "T5\tGene_expression 15 25\texpression\n"
BINDS = "T6\tBinding 32 37\tbinds\n"
EXPRESSED = Event("Gene_expression", Span("expression", 15, 25), (Argument("IL-51", 9, 14, "Theme"),))


def folder(root, found, given=GIVEN, text=TEXT, name="a"):
    write(root / f"{name}.txt", text)
    if given is not None:
        write(root / f"{name}.a1", given)
    if found is not None:
        write(root / f"{name}.a2", found)
    return root


def read(root, found, given=GIVEN, text=TEXT, ledger=None):
    (document,) = bionlp()([folder(root, found, given, text)], ledger or known())
    return document


def test_what_is_given_are_entities_what_is_found_are_events(tmp_path):
    found = EXPRESSION + "T7\tEntity 0 8\tInducing\nE1\tGene_expression:T5 Theme:T1\n"
    assert read(tmp_path, found) == Document("", TEXT, PROTEINS, events=(EXPRESSED,))


def test_an_argument_that_is_an_event_is_its_trigger(tmp_path):
    found = INDUCING + EXPRESSION + "E1\tPositive_regulation:T4 Theme:E2 Cause:T2\nE2\tGene_expression:T5 Theme:T1\n"
    induced, expressed = read(tmp_path, found).events
    assert expressed == EXPRESSED
    assert induced.arguments == (Argument("expression", 15, 25, "Theme"), Argument("VRF-2", 26, 31, "Cause"))


def test_events_may_be_arguments_of_each_other(tmp_path):
    found = INDUCING + EXPRESSION + "E1\tPositive_regulation:T4 Theme:E2\nE2\tGene_expression:T5 Theme:E1\n"
    first, second = read(tmp_path, found).events
    assert (first.arguments[0].text, second.arguments[0].text) == ("expression", "Inducing")


def test_numbers_behind_roles_are_left_off(tmp_path):
    (event,) = read(tmp_path, BINDS + "E1\tBinding:T6 Theme:T2 Theme2:T3 Site12:T1\n").events
    assert [(part.role, part.start) for part in event.arguments] == [("Theme", 26), ("Theme", 38), ("Site", 9)]


def test_one_trigger_may_serve_several_events_and_an_event_may_be_without_arguments(tmp_path):
    found = EXPRESSION + "E1\tGene_expression:T5 Theme:T1\nE2\tGene_expression:T5 Theme:T3 \nE3\tGene_expression:T5\n"
    events = read(tmp_path, found).events
    assert [len(event.arguments) for event in events] == [1, 1, 0]
    assert {event.trigger for event in events} == {Span("expression", 15, 25)}


def test_other_annotations_are_passed_over(tmp_path):
    others = (
        "*\tEquiv T1 T3\nM1\tNegation E1\nA1\tNegation E1\nR1\tCoreference Subject:T2 Object:E1\n"
        "N1\tReference T1 x:1\tIL-51\n#1\tAnnotatorNotes E1\t?\n"
    )
    assert read(tmp_path, others + EXPRESSION + "E1\tGene_expression:T5 Theme:T1\n").events == (EXPRESSED,)


@pytest.mark.parametrize("found", ["", "\n"])
def test_a_text_may_hold_nothing(tmp_path, found):
    assert read(tmp_path, found, "") == Document("", TEXT)


def test_without_gold_only_the_texts_are_read(tmp_path):
    folder(tmp_path / "test", None, name="b")
    folder(tmp_path / "test", None, None, "Rain", name="a")
    assert list(bionlp(texts="test/*.txt", gold=False)([tmp_path], known())) == [
        Document("", "Rain"),
        Document("", TEXT),
    ]


# --- what is dropped ------------------------------------------------------------------------------


def test_with_its_trigger_an_event_is_dropped_and_as_an_argument_too(tmp_path):
    split = "T5\tGene_expression 15 19;22 25\texpr ion\n"
    statements = "E1\tPositive_regulation:T4 Theme:E2 Cause:T2\nE2\tGene_expression:T5 Theme:T1\n"
    ledger = known("discontinuous mention")
    (event,) = read(tmp_path, INDUCING + split + statements, ledger=ledger).events
    assert [part.role for part in event.arguments] == ["Cause"]
    assert ledger.drops == {"discontinuous mention": 3}  # the trigger, its event, the event as an argument


def test_with_a_mention_go_the_arguments_it_is(tmp_path):
    ledger = known("string differs from text")
    document = read(
        tmp_path, BINDS + "E1\tBinding:T6 Theme:T2 Theme2:T3\n", GIVEN.replace("VRF-2", "VRF-3"), ledger=ledger
    )
    assert [entity.start for entity in document.entities] == [9, 38]
    assert [part.start for part in document.events[0].arguments] == [38]
    assert ledger.drops == {"string differs from text": 2}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("E1\tGene_expression:T9 Theme:T1\n", "dangling event"),
        ("E1\tGene_expression:T5 Theme:T9\n", "dangling argument"),
        ("E1\tGene_expression:T5 Theme:E9\n", "dangling argument"),
    ],
)
def test_what_names_nothing_is_dropped(tmp_path, statement, reason):
    ledger = known(reason)
    read(tmp_path, EXPRESSION + statement, ledger=ledger)
    assert ledger.drops == {reason: 1}
    with pytest.raises(MalformedInput, match=rf"a\.a2:2: .*, expected no {reason}"):
        read(tmp_path, EXPRESSION + statement)


# --- what is malformed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        "E1\tGene_expression Theme:T1\n",
        "E1\tGene_expression:T5 T1\n",
        "E1\tGene_expression:T5 Theme:\n",
        "E1\tGene_expression:E2 Theme:T1\n",
        "E1 Gene_expression:T5 Theme:T1\n",
        "T7\tEntity 0\tInducing\n",
        "X1\tEntity 0 8\tInducing\n",
    ],
)
def test_a_line_that_is_no_annotation_is_malformed(tmp_path, bad):
    with pytest.raises(MalformedInput):
        read(tmp_path, EXPRESSION + bad + BINDS)


@pytest.mark.parametrize("again", [EXPRESSION + EXPRESSION, BINDS + EXPRESSION.replace("T5", "T1")])
def test_an_id_given_twice_is_malformed(tmp_path, again):
    with pytest.raises(MalformedInput, match=r"a\.a2:2: .*, expected an id of its own"):
        read(tmp_path, again)


def test_an_event_of_another_type_than_its_trigger_is_malformed(tmp_path):
    with pytest.raises(MalformedInput, match=r"a\.a2:2: .*, expected a trigger of its own type, not Gene_expression"):
        read(tmp_path, EXPRESSION + "E1\tTranscription:T5 Theme:T1\n")


def test_an_event_among_what_is_given_is_malformed(tmp_path):
    with pytest.raises(MalformedInput, match=r"a\.a1:4: .*, expected no event among what is given"):
        read(tmp_path, EXPRESSION, GIVEN + "E1\tGene_expression:T5 Theme:T1\n")


@pytest.mark.parametrize(("given", "found", "missing"), [(GIVEN, None, r"a\.a2"), (None, EXPRESSION, r"a\.a1")])
def test_a_text_without_its_annotation_is_an_error(tmp_path, given, found, missing):
    with pytest.raises(SourceError, match=rf"{missing}: cannot be read \(No such file"):
        read(tmp_path, found, given)
