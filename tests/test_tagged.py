"""Sentences with one tagged pair each."""

import pytest
from native import known, read

from uiebench.errors import MalformedInput
from uiebench.formats import gathered, tagged
from uiebench.types import Document, Entity, Relation

ROWS = tagged(opening="<(?P<type>e[12])>", closing="</e[12]>", none="Other")
LOST = '1\t"<e1></e1> works for <e2>Polarmax</e2>."\nworks(e1,e2)\n\n'
DENIED = '2\t"<e1></e1> works for <e2>Polarmax</e2>."\nOther\n\n'


def test_the_order_in_the_brackets_says_which_is_the_head(tmp_path):
    text = "The kiln was built by a mason."
    ends = Entity("kiln", 4, 8, ""), Entity("mason", 24, 29, "")
    tagged_text = '"The <e1>kiln</e1> was built by a <e2>mason</e2>."'
    for brackets, (head, tail) in (("e1,e2", ends), ("e2,e1", ends[::-1])):
        lines = f"8\t{tagged_text}\nmakes({brackets})\nComment: none\n\n"
        assert read(gathered(ROWS), tmp_path, lines) == [Document("", text, relations=(Relation("makes", head, tail),))]


def test_a_row_whose_relation_lost_a_name_is_left_out_and_counted(tmp_path):
    ledger = known("lost name")
    kept = '3\t"<e1>Mira</e1> sings for <e2>money</e2>."\nOther\n\n'
    assert [found.text for found in read(gathered(ROWS), tmp_path, LOST + kept, ledger=ledger)] == [
        "Mira sings for money."
    ]
    assert ledger.drops == {"lost name": 1}


def test_a_lost_name_without_relation_denies_nothing_that_was_said(tmp_path):
    ledger = known()
    assert read(gathered(ROWS), tmp_path, DENIED, ledger=ledger) == [Document("", " works for Polarmax.")]
    assert not ledger.drops


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("no number\nOther\n", "a number and a sentence in quotation marks"),
        ('1\t"<e1>a</e1> <e2>b</e2>"\nworks\n', "a relation and its direction, or Other"),
        ('1\t"<e1>a</e1> <e2>b</e2>"\nworks(e1,e1)\n', "a relation and its direction, or Other"),
        ('1\t"<e1>a</e1> b"\nOther\n', "one <e1> and one <e2>"),
        ('1\t"<e1>a</e1> <e1>b</e1>"\nOther\n', "one <e1> and one <e2>"),
    ],
)
def test_another_form_is_malformed(tmp_path, lines, expected):
    with pytest.raises(MalformedInput, match=expected):
        read(gathered(ROWS), tmp_path, lines)
