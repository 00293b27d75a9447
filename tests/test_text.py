"""Places of strings in texts."""

from hypothesis import given
from hypothesis import strategies as st

from uiebench.text import align, as_spelt, occurrences

few = st.text(alphabet="ab李\n😀", max_size=12)


def test_overlapping_occurrences_are_all_found():
    assert occurrences("哈哈哈", "哈哈") == [0, 1]


def test_an_empty_part_stands_nowhere():
    assert occurrences("高城", "") == []
    assert align("高城", "") == (None, None)
    assert align("", "") == (None, None)


@given(few, few)
def test_occurrences_agree_with_trying_every_offset(text, part):
    tried = [start for start in range(len(text)) if part and text.startswith(part, start)]
    assert occurrences(text, part) == tried


@given(few, few)
def test_a_place_is_given_only_where_there_is_exactly_one(text, part):
    found = occurrences(text, part)
    assert align(text, part) == ((found[0], found[0] + len(part)) if len(found) == 1 else (None, None))


def test_offsets_count_code_points_not_bytes_or_utf16_units():
    assert align("😀😀高城", "高城") == (2, 4)


def test_overlapping_places_are_ambiguous():
    assert align("哈哈哈", "哈哈") == (None, None)


def test_another_letter_case_takes_the_spelling_of_the_text():
    assert as_spelt("远山 ERP 系统", "erp") == "ERP"


def test_letter_case_is_not_mended_where_two_places_fit():
    assert as_spelt("ERP or Erp", "erp") is None
    assert as_spelt("ERP", "crm") is None


def test_a_text_that_changes_length_in_lower_case_is_not_mended():
    assert len("İ".lower()) == 2
    assert as_spelt("İ ERP", "erp") is None
