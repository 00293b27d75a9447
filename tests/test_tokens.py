"""Texts of tokens, and texts of sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import known

from uiebench.errors import MalformedInput
from uiebench.formats import Tokens, joined
from uiebench.types import Document, Entity, Relation

words_or_blanks = st.lists(st.text("ab é李", max_size=3) | st.sampled_from(["", " ", "\xa0", "-LRB-"]), max_size=8)


@given(words_or_blanks)
def test_tokens_that_show_are_joined_with_one_blank_and_stand_where_they_are_said_to(tokens):
    text = Tokens(tokens, known())
    assert text.text == " ".join(token for token in tokens if token.strip())
    for number, token in enumerate(tokens):
        if token.strip():
            start, end = text.place(number, number + 1)
            assert text.text[start:end] == token


@given(words_or_blanks, st.data())
def test_a_run_of_tokens_is_its_words_whatever_blanks_it_begins_and_ends_with(tokens, data):
    first = data.draw(st.integers(0, len(tokens)))
    stop = data.draw(st.integers(first, len(tokens)))
    shown = " ".join(token for token in tokens[first:stop] if token.strip())
    if shown:
        assert Tokens(tokens, known()).entity(first, stop, "PER").text == shown


def test_a_mention_is_given_by_its_first_token_and_the_one_after_the_last():
    text = Tokens(["Mira", "Holt", "lives", "in", "Ashby", "."], known())
    assert text.entities([(0, 2, "PER"), (4, 5, "LOC")]) == (
        Entity("Mira Holt", 0, 9, "PER"),
        Entity("Ashby", 19, 24, "LOC"),
    )
    assert text.argument(4, 5, "Place").role == "Place"
    assert text.span(2, 3).text == "lives"


@pytest.mark.parametrize(("first", "stop"), [(-1, 1), (1, 1), (2, 1), (0, 3)])
def test_tokens_that_the_text_does_not_have_are_malformed(first, stop):
    with pytest.raises(MalformedInput, match=f"found '{first}–{stop}', expected some of the 2 tokens of the text"):
        Tokens(["a", "b"], known()).place(first, stop)


def test_sentences_are_joined_with_their_entities_and_relations():
    tool, unplaced = Entity("parser", 4, 10, "Method"), Entity("Parser", None, None, "Method")
    second = Document("", "The parser is fast .", (tool, unplaced), (Relation("SAME", tool, unplaced),))
    read = joined(lambda files, ledger: iter([[Document("", "We test ."), second], [second]]), " ")
    whole, alone = read([], known())
    assert whole.text == "We test . The parser is fast ."
    moved = Entity("parser", 14, 20, "Method")
    assert whole.entities == (moved, unplaced)
    assert whole.relations == (Relation("SAME", moved, unplaced),)
    assert alone == second


def test_consecutive_token_numbers_are_a_mention_and_others_are_counted():
    ledger = known("empty mention", "discontinuous mention")
    words = Tokens(["Mira", "Holt", "sings", "."], ledger)
    assert words.numbered([0, 1]) == Entity("Mira Holt", 0, 9, "")
    assert words.numbered([]) is None
    assert words.numbered([0, 2]) is None
    assert ledger.drops == {"empty mention": 1, "discontinuous mention": 1}
