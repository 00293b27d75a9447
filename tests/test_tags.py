"""Tag sequences and the mentions they spell, whole and broken."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from native import known

from uiebench.errors import MalformedInput
from uiebench.formats import spans_of

BROKEN = "broken tags"
EMPTY = "empty tag"


def strict():
    """A ledger under which a repair is an error."""
    return known()


# --- whole sequences ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("BIO", "B-PER I-PER O B-LOC B-LOC O"),
        ("IOB1", "I-PER I-PER O I-LOC B-LOC O"),
        ("BMES", "B-PER E-PER O S-LOC S-LOC O"),
        ("BMES", "B_PER E_PER O S_LOC W_LOC O"),
        ("BMES", "B-PER L-PER O U-LOC U-LOC O"),
    ],
    ids=["BIO", "IOB1", "BMES", "underscores", "BILOU"],
)
def test_every_scheme_spells_the_same_mentions(scheme, tags):
    assert spans_of(tags.split(), scheme, strict()) == [(0, 2, "PER"), (3, 4, "LOC"), (4, 5, "LOC")]


def test_a_type_may_hold_hyphens():
    assert spans_of(["B-PER-nam", "I-PER-nam"], "BIO", strict()) == [(0, 2, "PER-nam")]


def test_without_prefixes_touching_mentions_of_one_type_are_one():
    assert spans_of(["PER", "PER", "O", "LOC", "PER"], "IO", strict()) == [(0, 2, "PER"), (3, 4, "LOC"), (4, 5, "PER")]


def test_no_tags_no_mentions():
    assert spans_of([], "BIO", strict()) == []


def spell(pieces, scheme, letters="BMES"):
    """Tags of consecutive pieces (length, type or None for outside)."""
    begin, middle, end, single = letters
    tags, before = [], None
    for length, kind in pieces:
        if kind is None:
            prefixes = "O" * length
        elif scheme == "BIO":
            prefixes = "B" + "I" * (length - 1)
        elif scheme == "IOB1":
            prefixes = ("B" if before == kind else "I") + "I" * (length - 1)
        else:
            prefixes = single if length == 1 else begin + middle * (length - 2) + end
        tags += [prefix if kind is None else f"{prefix}-{kind}" for prefix in prefixes]
        before = kind
    return tags


pieces_of_text = st.lists(st.tuples(st.integers(1, 5), st.sampled_from([None, "PER", "LOC"])), max_size=8)


@pytest.mark.parametrize(
    ("scheme", "letters"), [("BIO", "BMES"), ("IOB1", "BMES"), ("BMES", "BMES"), ("BMES", "BIES"), ("BMES", "BILU")]
)
@given(pieces=pieces_of_text)
def test_spelled_mentions_are_read_back_without_repair(scheme, letters, pieces):
    wanted, at = [], 0
    for length, kind in pieces:
        if kind is not None:
            wanted.append((at, at + length, kind))
        at += length
    assert spans_of(spell(pieces, scheme, letters), scheme, strict()) == wanted


# --- broken sequences -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "tags", "spans", "repairs"),
    [
        ("BIO", "O I-PER I-PER", [(1, 3, "PER")], 1),
        ("BIO", "I-PER O", [(0, 1, "PER")], 1),
        ("BIO", "B-PER I-LOC I-LOC", [(0, 1, "PER"), (1, 3, "LOC")], 1),
        ("BIO", "I-PER I-LOC I-PER", [(0, 1, "PER"), (1, 2, "LOC"), (2, 3, "PER")], 3),
        ("BMES", "B-PER M-PER O", [(0, 2, "PER")], 1),
        ("BMES", "B-PER B-PER E-PER", [(0, 1, "PER"), (1, 3, "PER")], 1),
        ("BMES", "M-PER E-PER", [(0, 2, "PER")], 1),
        ("BMES", "O E-PER", [(1, 2, "PER")], 1),
        ("BMES", "E-PER E-PER", [(0, 1, "PER"), (1, 2, "PER")], 2),
        ("BMES", "S-PER M-PER", [(0, 1, "PER"), (1, 2, "PER")], 1),
        ("BMES", "B-PER E-LOC", [(0, 1, "PER"), (1, 2, "LOC")], 2),
        ("BMES", "B-PER S-PER", [(0, 1, "PER"), (1, 2, "PER")], 1),
    ],
)
def test_broken_tags_are_repaired_by_a_stated_rule_and_counted(scheme, tags, spans, repairs):
    ledger = known(BROKEN)
    assert spans_of(tags.split(), scheme, ledger) == spans
    assert ledger.repairs == {BROKEN: repairs}
    with pytest.raises(MalformedInput, match="expected no broken tags"):
        spans_of(tags.split(), scheme, strict())


def test_an_empty_tag_is_outside_and_counted():
    ledger = known(EMPTY)
    assert spans_of(["B-PER", "", "", "B-PER"], "BIO", ledger) == [(0, 1, "PER"), (3, 4, "PER")]
    assert ledger.repairs == {EMPTY: 2}
    with pytest.raises(MalformedInput, match="expected no empty tag"):
        spans_of([""], "BIO", strict())


@pytest.mark.parametrize("tag", ["PER", "B", "B-", "-PER", "X-PER", "b-PER", "B PER", "o", "BPER", "S-PER"])
def test_a_tag_that_the_scheme_does_not_have_is_an_error(tag):
    with pytest.raises(MalformedInput, match=f"found '{tag}', expected a tag of the scheme BIO"):
        spans_of(["O", tag], "BIO", known(BROKEN, EMPTY))


def chunks(tags):
    """The chunks of conlleval, token by token, as that script decides where one starts and ends."""
    found, start = [], None
    before, kind_before = "O", ""
    for index, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        prefix = {"M": "I", "L": "E", "U": "S"}.get(prefix, prefix)
        ends = before in ("E", "S") or (before in ("B", "I") and prefix in ("B", "S", "O"))
        starts = prefix in ("B", "S") or (before in ("E", "S", "O") and prefix in ("E", "I"))
        if kind != kind_before:
            ends, starts = ends or before != "O", starts or prefix != "O"
        if ends and start is not None:
            found.append((start, index, kind_before))
            start = None
        if starts:
            start = index
        before, kind_before = prefix, kind
    return found


def any_tags(letters):
    tag = st.tuples(st.sampled_from(letters), st.sampled_from(["PER", "LOC"])).map("-".join)
    return st.lists(tag | st.just("O"), max_size=14)


@given(any_tags("BI"))
@example(["I-PER", "B-PER", "I-LOC", "O", "I-LOC"])
def test_any_bio_sequence_is_read_as_conlleval_reads_it(tags):
    ledger = known(BROKEN)
    spans = spans_of(tags, "BIO", ledger)
    assert spans == chunks(tags)
    assert ledger.repairs[BROKEN] == sum(tags[start].startswith("I") for start, _, _ in spans)
    assert spans_of(tags, "IOB1", strict()) == spans


@given(any_tags("BMES"))
@example(["B-PER", "B-PER", "M-LOC", "E-LOC", "E-LOC", "S-PER", "M-PER"])
def test_any_bmes_sequence_is_read_as_conlleval_reads_it(tags):
    ledger = known(BROKEN)
    spans = spans_of(tags, "BMES", ledger)
    assert spans == chunks(tags)
    spelt = ["".join(tag[0] for tag in tags[start:end]) for start, end, _ in spans]
    whole = [s for s in spelt if s == "S" or (s[0] == "B" and s[-1] == "E")]
    assert ledger.repairs[BROKEN] == len(spelt) - len(whole)
