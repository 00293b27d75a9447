"""Mentions marked inside the text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import known, read

from uiebench.errors import MalformedInput
from uiebench.formats import markup, parse_markup
from uiebench.types import Document, Entity

OPENING, CLOSING = r"\{\{(?P<type>\w+):", r"\}\}"
UNBALANCED = "unbalanced markup"


def parse(line, *defects):
    return parse_markup(line, re.compile(OPENING), re.compile(CLOSING), known(*defects))


def test_marks_are_taken_out_and_offsets_are_those_of_the_rest():
    text, entities = parse("记者{{person:方明}}从{{location:林川}}报道")
    assert text == "记者方明从林川报道"
    assert entities == [Entity("方明", 2, 4, "person"), Entity("林川", 5, 7, "location")]


def test_nested_mentions_come_in_the_order_of_their_opening_marks():
    text, entities = parse("在{{org:{{loc:林川}}大学{{org:文}}{{org:理}}院}}")
    assert text == "在林川大学文理院"
    assert [(e.text, e.start, e.type) for e in entities] == [
        ("林川大学文理院", 1, "org"),
        ("林川", 1, "loc"),
        ("文", 5, "org"),
        ("理", 6, "org"),
    ]


def test_a_text_without_marks_is_itself():
    assert parse("今天{下雨}: 是") == ("今天{下雨}: 是", [])
    assert parse("") == ("", [])


def test_a_closing_mark_that_closes_nothing_is_text():
    assert parse("}}甲}}{{org:乙}}}}") == ("}}甲}}乙}}", [Entity("乙", 5, 6, "org")])


def test_an_opening_mark_that_is_never_closed_is_dropped_and_its_content_stays():
    ledger = known(UNBALANCED)
    text, entities = parse_markup("甲{{org:乙{{loc:丙}}丁", re.compile(OPENING), re.compile(CLOSING), ledger)
    assert (text, entities) == ("甲乙丙丁", [Entity("丙", 2, 3, "loc")])
    assert ledger.drops == {UNBALANCED: 1}


def test_unbalanced_markup_that_is_not_known_is_malformed_with_its_line(tmp_path):
    with pytest.raises(MalformedInput, match=r"native0:3: found 'org: 乙', expected no unbalanced markup"):
        read(markup(OPENING, CLOSING), tmp_path, "甲\n\n甲{{org:乙\n")


def test_an_empty_mention_is_left_to_the_check():
    assert parse("甲{{org:}}乙") == ("甲乙", [Entity("", 1, 1, "org")])


def test_every_line_that_is_not_empty_is_a_document(tmp_path):
    found = read(markup(OPENING, CLOSING), tmp_path, "{{loc:林川}}\r\n\r\n雨\r\n")
    assert found == [Document("", "林川", (Entity("林川", 0, 2, "loc"),)), Document("", "雨")]


leaf = st.text(alphabet=st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=4)
tree = st.recursive(leaf, lambda inner: st.lists(leaf | st.tuples(st.sampled_from("甲xY"), inner), max_size=4))


def spell(node):
    """A tree of strings and (type, tree) as marked text, as text, and its mentions (start, end, type)."""
    if isinstance(node, str):
        return node, node, []
    marked, text, mentions = "", "", []
    for child in node:
        kind, inner = (None, child) if isinstance(child, str) else child
        inner_marked, inner_text, inner_mentions = spell(inner)
        start = len(text)
        if kind:
            mentions.append((start, start + len(inner_text), kind))
            inner_marked = f"{{{{{kind}:{inner_marked}}}}}"
        mentions += [(start + s, start + e, k) for s, e, k in inner_mentions]
        marked, text = marked + inner_marked, text + inner_text
    return marked, text, mentions


@given(tree)
def test_marking_and_parsing_are_inverse(node):
    marked, text, mentions = spell(node)
    assert parse(marked) == (text, [Entity(text[s:e], s, e, kind) for s, e, kind in mentions])
