"""Confusions that could be believed: which strings of a text are taken for what, and what invented names look like."""

import pytest

from uiebench.hashing import lot
from uiebench.pairs import names
from uiebench.pairs.case import Page, Vocabulary
from uiebench.pairs.cases import as_case
from uiebench.pairs.kinds import of_task
from uiebench.pairs.lexicon import Lexicon, is_day
from uiebench.pairs.names import Kinship
from uiebench.types import Document, Entity, Instruction, Label, Schema

HELD = {
    "TOWN": "Westmoor|Stoneby|Ashwick|Tarrow|Linden|Orrinmere|Fenwick|Harrowgate|Colby|Thornby|Selwick|Marwick",
    "LAND": "Velland|Orland|Tarland|Kesia|Corland|Ferland|Norland|Ashland|Marland|Selvonia|Torvia|Linland",
    "PER": "Ada Fenn|Ivo Lund|Petra Vane|Nerys Lund|Soren Brandt|Mira Fenn|Tamsin Oakes|Ulric Brandt|Edda Vane",
    "CLUB": "Kesia Rovers|Orland United|Tarrow Town|Colby Rovers|Linden Town|Fenwick United|Ashwick Rovers|Colby Town",
    "MISC": "Velland Cup|Orlander|Tarrow Open|Norlandish|Cider|Thornby Act|Ferlander|Gospel|Sonata|Lindens|Corlandic",
}
LABELS = (
    Label("TOWN", "城镇", "town"),
    Label("LAND", "国家", "country"),
    Label("PER", "人物", "person"),
    Label("CLUB", "球队", "sports team"),
    Label("MISC", "其他", "miscellaneous"),
)
PROSE = (
    "The rain fell hard yesterday and the wet streets slowed every car. Readers find plenty of detail in the book. "
    "Doctors recommend rest and plenty of water. They watched a flock of white birds beside a quiet river. "
)


def said(text, label, own=(), kind="answered"):
    """What a kind answers about a text for a label, by many hashes; `own`: the entities of the text, (string, type)."""
    entities = tuple(Entity(s, text.index(s), text.index(s) + len(s), type) for s, type in own)
    about = Document("x/train/0", text, entities)
    others = ". ".join(f"People of {one} met" for held in HELD.values() for one in held.split("|"))
    known = Document(
        "x/train/1",
        PROSE + others,
        tuple(Entity(one, None, None, type) for type in HELD for one in HELD[type].split("|")),
    )
    schema = Schema(entities=LABELS)
    vocabulary = Vocabulary("NER", "en", schema, Lexicon.learn([known], 0), lambda _: (), lambda _, __: ())
    shown = next(one.en for one in LABELS if one.name == label)
    prompt = Instruction("x/train/0#NER", "x/train/0", "x", "NER", "en", (label,), text, f'{{"{shown}":[]}}', (shown,))
    reason, case = as_case(prompt, "NER", Page(about, "en"), vocabulary)
    assert case is not None, reason
    made = (of_task("NER")[kind].make(case, [], 0, lot(turn)) for turn in range(60))
    return {change.answer[-1][1] for change in made if change is not None}


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("city", "country", Kinship.SAME),
        ("location", "location", Kinship.SAME),
        ("disease", "symptom", Kinship.SAME),
        ("location", "organization", Kinship.LINKED),
        ("miscellaneous", "date", Kinship.LINKED),
        ("location", "date", Kinship.NONE),
        ("person", "location", Kinship.NONE),
        ("native place", "organization", Kinship.NONE),
        ("location", "no such concept", Kinship.UNKNOWN),
    ],
)
def test_concepts_name_things_of_one_sort_or_stand_for_one_another(one, other, near):
    assert names.kinship(one, other) is names.kinship(other, one) is near


def test_what_is_annotated_is_taken_for_a_type_of_its_sort_and_for_no_stranger():
    text = "They say that Ada Lund left Torland for Corwick yesterday"
    own = (("Ada Lund", "PER"), ("Torland", "TOWN"), ("Corwick", "LAND"))
    assert said(text, "TOWN", own) == {"Corwick"}
    assert said(text, "LAND", own) == {"Torland"}
    assert not said(text, "PER", own)


def test_what_the_corpus_has_as_the_type_itself_is_never_answered():
    assert not said("They say that she left Velland yesterday", "LAND", [("Velland", "TOWN")])


def test_days_and_months_are_answered_where_a_type_holds_dates_or_what_no_other_does():
    text = "They say that she left on Sunday and came back in August"
    assert said(text, "MISC") == {"Sunday", "August"}
    assert not said(text, "TOWN") | said(text, "PER") | said(text, "CLUB")
    assert is_day("Sunday")
    assert is_day("Aug.")
    assert not is_day("Sunday market")
    assert not is_day("Senator")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("They say that she left Quillby for good", {"Quillby"}),
        ("They say that she left the Quillby Road Works for good", set()),  # a part of a longer name
        ("They say that she left Rest for good", set()),  # the texts have it in small letters
        ("They say that she left Humidity for good", set()),  # made of an adjective
        ("They say that she left Sunday for good", set()),
    ],
)
def test_an_english_name_is_answered_whole_where_it_looks_most_like_the_type(text, taken):
    assert said(text, "TOWN") == taken
    assert not said(text, "PER")
