"""The promises of the corpus layer: every known defect is counted, every other one is an error."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import invented, known, write

from uiebench.build.check import checked, totals
from uiebench.build.convert import Absent, Ready, convert, find, find_sample
from uiebench.errors import MalformedInput, SourceError
from uiebench.formats import columns
from uiebench.types import Argument, Document, Download, Entity, Event, Manual, Relation, Span, Split, Totals

CORPUS = invented()
TRAIN = CORPUS.splits[0]
TEXT = "高明任 远山 董事长"
MING, FIRM = Entity("高明", 0, 2, "PER"), Entity("远山", 4, 6, "ORG")
EVERY_DEFECT = (
    "outer space",
    "repeated annotation",
    "inverted span",
    "span outside text",
    "string differs from text",
    "empty mention",
)


def check(document, *defects):
    """The document after the check, and the counts of the ledger."""
    ledger = known(*defects)
    ledger.path, ledger.line = Path("native.txt"), 17
    (found,) = checked(CORPUS, TRAIN, [document], ledger)
    return found, dict(ledger.drops), dict(ledger.repairs)


def refused(document, *defects):
    with pytest.raises(MalformedInput) as caught:
        check(document, *defects)
    message = str(caught.value)
    assert message.startswith("native.txt:17: found ")
    assert "\n" not in message
    return message


def test_a_sound_document_passes_unchanged_but_for_its_number():
    document = Document(
        "",
        TEXT,
        (MING, FIRM, Entity("董事长", None, None, "PER")),
        (Relation("works_for", MING, Entity("远山", 4, 6, "")),),
        (Event("Layoff", Span("任", 2, 3), (Argument("远山", 4, 6, "Firm"),)), Event("Silence", None)),
    )
    found, drops, repairs = check(document)
    assert found == Document("invented/train/0", TEXT, document.entities, document.relations, document.events)
    assert (drops, repairs) == ({}, {})


def test_documents_are_numbered_in_their_order():
    texts = ["甲", "乙", "甲"]
    found = list(checked(CORPUS, TRAIN, [Document("", text) for text in texts], known()))
    assert [(d.id, d.text) for d in found] == [(f"invented/train/{n}", text) for n, text in enumerate(texts)]


def test_a_split_without_documents_is_an_error():
    ledger = known()
    ledger.path = Path("empty.txt")
    with pytest.raises(SourceError, match=r"invented: empty\.txt holds no documents for the split train"):
        list(checked(CORPUS, TRAIN, [], ledger))


# --- spans ----------------------------------------------------------------------------------------

BAD_SPANS = [
    ("inverted span", "远山", 6, 4),
    ("span outside text", "董事长", 7, 12),
    ("span outside text", "董事长", 7, 11),
    ("span outside text", "董事长", -3, 10),
    ("span outside text", "事", -2, -1),
    ("span outside text", "远山", 90, 92),
    ("string differs from text", "高山", 0, 2),
    ("string differs from text", "高明", 0, 3),
    ("empty mention", "", 3, 3),
    ("empty mention", " ", 3, 4),
    ("empty mention", " \n", None, None),
    ("empty mention", "", None, None),
]

bad_spans = pytest.mark.parametrize(("defect", "string", "start", "end"), BAD_SPANS)


@bad_spans
def test_a_bad_mention_is_dropped_and_counted(defect, string, start, end):
    document = Document("", TEXT, (MING, Entity(string, start, end, "ORG")))
    found, drops, repairs = check(document, defect)
    assert found.entities == (MING,)
    assert (drops, repairs) == ({defect: 1}, {})
    others = [name for name in EVERY_DEFECT if name != defect]
    assert f"expected no {defect}" in refused(document, *others)


@bad_spans
def test_a_relation_goes_with_its_head_or_tail(defect, string, start, end):
    bad = Entity(string, start, end, "ORG")
    for ends in ((MING, bad), (bad, MING)):
        document = Document("", TEXT, (), (Relation("works_for", *ends), Relation("works_for", MING, FIRM)))
        found, drops, _ = check(document, defect)
        assert found.relations == (Relation("works_for", MING, FIRM),)
        assert drops == {defect: 1}
        assert f"expected no {defect}" in refused(document)


@bad_spans
def test_an_argument_goes_alone_and_an_event_goes_with_its_trigger(defect, string, start, end):
    good = Argument("远山", 4, 6, "Firm")
    document = Document("", TEXT, (), (), (Event("Layoff", None, (Argument(string, start, end, "Firm"), good)),))
    found, drops, _ = check(document, defect)
    assert found.events == (Event("Layoff", None, (good,)),)
    assert drops == {defect: 1}
    assert f"expected no {defect}" in refused(document)
    document = Document("", TEXT, (), (), (Event("Layoff", Span(string, start, end), (good,)), Event("Silence", None)))
    found, drops, _ = check(document, defect)
    assert found.events == (Event("Silence", None),)
    assert drops == {defect: 1}


@pytest.mark.parametrize(("string", "start", "end"), [(" 远山", 3, 6), ("远山 ", 4, 7), (" 远山 ", 3, 7)])
def test_outer_white_space_is_taken_off_and_counted(string, start, end):
    document = Document("", TEXT, (Entity(string, start, end, "ORG"),))
    found, drops, repairs = check(document, "outer space")
    assert found.entities == (FIRM,)
    assert (drops, repairs) == ({}, {"outer space": 1})
    assert "expected no outer space" in refused(document)


def test_outer_white_space_is_taken_off_where_the_place_is_not_known():
    document = Document("", TEXT, (), (Relation("works_for", Entity("\t高明", None, None, ""), FIRM),))
    found, _, repairs = check(document, "outer space")
    assert found.relations == (Relation("works_for", Entity("高明", None, None, ""), FIRM),)
    assert repairs == {"outer space": 1}


def test_a_string_that_is_not_in_the_text_is_kept_where_no_offsets_say_it_is():
    document = Document("", TEXT, (), (Relation("works_for", Entity("林川", None, None, ""), FIRM),))
    assert check(document)[0].relations == document.relations


@pytest.mark.parametrize(("start", "end"), [(0, None), (None, 2)])
def test_half_a_place_is_malformed(start, end):
    document = Document("", TEXT, (Entity("高明", start, end, "PER"),))
    assert "expected a start and an end, or neither" in refused(document, *EVERY_DEFECT)


# --- repeats --------------------------------------------------------------------------------------

WORKS = Relation("works_for", MING, FIRM)
LAYOFF = Event("Layoff", Span("任", 2, 3), (Argument("远山", 4, 6, "Firm"),))


@pytest.mark.parametrize(
    ("document", "once"),
    [
        (Document("", TEXT, (MING, FIRM, MING, MING)), Document("", TEXT, (MING, FIRM))),
        (Document("", TEXT, (), (WORKS, WORKS, WORKS)), Document("", TEXT, (), (WORKS,))),
        (Document("", TEXT, (), (), (LAYOFF, LAYOFF, LAYOFF)), Document("", TEXT, (), (), (LAYOFF,))),
        (
            Document("", TEXT, (), (), (Event("Layoff", None, LAYOFF.arguments * 3),)),
            Document("", TEXT, (), (), (Event("Layoff", None, LAYOFF.arguments),)),
        ),
    ],
    ids=["entities", "relations", "events", "arguments"],
)
def test_the_same_annotation_twice_is_kept_once_and_counted(document, once):
    found, drops, _ = check(document, "repeated annotation")
    assert (found.entities, found.relations, found.events) == (once.entities, once.relations, once.events)
    assert drops == {"repeated annotation": 2}
    assert "expected no repeated annotation" in refused(document)


def test_the_same_string_at_another_place_or_with_another_label_is_no_repeat():
    text = "高明和高明"
    entities = (Entity("高明", 0, 2, "PER"), Entity("高明", 3, 5, "PER"), Entity("高明", 0, 2, "ORG"))
    assert check(Document("", text, entities))[0].entities == entities


def test_mentions_that_become_the_same_without_their_white_space_are_repeats():
    document = Document("", TEXT, (FIRM, Entity(" 远山", 3, 6, "ORG")))
    found, drops, repairs = check(document, "outer space", "repeated annotation")
    assert found.entities == (FIRM,)
    assert (drops, repairs) == ({"repeated annotation": 1}, {"outer space": 1})


# --- labels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (Document("", TEXT, (Entity("高明", 0, 2, "DOG"),)), "found 'DOG', expected a declared entity type"),
        (Document("", TEXT, (Entity("高明", 0, 2, ""),)), "found '', expected a declared entity type"),
        (Document("", TEXT, (), (Relation("likes", MING, FIRM),)), "found 'likes', expected a declared relation type"),
        (
            Document("", TEXT, (), (Relation("works_for", MING, Entity("远山", 4, 6, "DOG")),)),
            "found 'DOG', expected a declared entity type",
        ),
        (Document("", TEXT, (), (), (Event("War", None),)), "found 'War', expected a declared event type"),
        (
            Document("", TEXT, (), (), (Event("Rain", None, (Argument("远山", 4, 6, "Firm"),)),)),
            "found 'Firm', expected a declared role of 'Rain'",
        ),
    ],
)
def test_a_label_that_is_not_declared_is_an_error_whatever_is_known(document, complaint):
    assert refused(document, *EVERY_DEFECT).endswith(complaint)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (Document("", None), "$.text"),
        (Document("", 7), "$.text"),
        (Document("", TEXT, (Entity(None, None, None, "PER"),)), "$.entities[0].text"),
        (Document("", TEXT, (Entity(7, None, None, "PER"),)), "$.entities[0].text"),
        (Document("", TEXT, (Entity("高明", "0", "2", "PER"),)), "$.entities[0].start"),
        (Document("", TEXT, (Entity("高明", 0.5, 2, "PER"),)), "$.entities[0].start"),
        (Document("", TEXT, (Entity("高明", 0.0, 2, "PER"),)), "$.entities[0].start"),
        (Document("", TEXT, (Entity("高明", 0, 2, ["PER"]),)), "$.entities[0].type"),
        (Document("", TEXT, (), (Relation({"a": 1}, MING, FIRM),)), "$.relations[0].type"),
        (
            Document("", TEXT, (), (Relation("works_for", MING, Entity(None, None, None, "")),)),
            "$.relations[0].tail.text",
        ),
        (Document("", TEXT, (), (), (Event("Rain", Span(None, None, None)),)), "$.events[0].trigger.text"),
        (Document("", TEXT, (), (), (Event([], None),)), "$.events[0].type"),
    ],
)
def test_a_null_or_a_number_in_the_place_of_a_string_is_named(document, path):
    assert f" - at `{path}`" in refused(document, *EVERY_DEFECT)


# --- files nobody has seen ------------------------------------------------------------------------

BAD = Entity("高山", 0, 2, "PER")


def unseen(good, bad):
    """What the check makes of so many good and bad mentions in files nobody has seen."""
    ledger = known(seen=False)
    ledger.path = Path("new.txt")
    documents = [Document("", TEXT, (MING,))] * good + [Document("", TEXT, (BAD,))] * bad
    return list(checked(CORPUS, TRAIN, documents, ledger)), ledger


def test_in_files_nobody_has_seen_a_few_unknown_defects_are_counted():
    documents, ledger = unseen(99, 1)
    assert len(documents) == 100
    assert ledger.unknown_drops() == {"string differs from text": 1}


def test_in_files_nobody_has_seen_many_unknown_defects_are_an_error():
    with pytest.raises(SourceError, match=r"new\.txt: 2 annotations had to be dropped .*, 98 were kept: these are not"):
        unseen(98, 2)


# --- whatever a reader makes ----------------------------------------------------------------------

text = st.text(alphabet="高明 \n\t\0😀", max_size=8)
place = st.tuples(st.integers(-3, 10), st.integers(-3, 10)) | st.just((None, None))


@st.composite
def any_document(draw):
    """A document with spans of every kind: sound, shifted, cut, blank, outside, without a place."""
    body = draw(text)

    def span():
        start, end = draw(place)
        string = draw(st.just(body[start:end]) | text) if start is not None else draw(text)
        return string, start, end

    def some(make):
        return tuple(make() for _ in range(draw(st.integers(0, 3))))

    def end():
        return Entity(*span(), draw(st.sampled_from(["PER", "LOC", ""])))

    def event():
        trigger = Span(*span()) if draw(st.booleans()) else None
        return Event("Rain", trigger, some(lambda: Argument(*span(), draw(st.sampled_from(["Place", "Number"])))))

    return Document(
        "",
        body,
        some(lambda: Entity(*span(), draw(st.sampled_from(["PER", "LOC"])))),
        some(lambda: Relation("located_in", end(), end())),
        some(event),
    )


def spans_of(document):
    yield from document.entities
    for relation in document.relations:
        yield from (relation.head, relation.tail)
    for event in document.events:
        yield from event.arguments
        if event.trigger:
            yield event.trigger


@given(st.lists(any_document(), min_size=1, max_size=4))
def test_whatever_comes_out_slices_and_is_there_once(documents):
    ledger = known(*EVERY_DEFECT)
    found = list(checked(CORPUS, TRAIN, documents, ledger))
    for document in found:
        for span in spans_of(document):
            assert span.text.strip() == span.text != ""
            assert (span.start is None) == (span.end is None)
            if span.start is not None:
                assert 0 <= span.start < span.end <= len(document.text)
                assert document.text[span.start : span.end] == span.text
        for annotations in (document.entities, document.relations, document.events):
            assert len(set(annotations)) == len(annotations)
    assert [document.text for document in found] == [document.text for document in documents]
    again = list(checked(CORPUS, TRAIN, found, known()))
    assert again == found, "what has been checked passes again without any known defect"


@given(st.lists(any_document(), min_size=1, max_size=4))
def test_every_mention_that_goes_in_comes_out_or_is_counted(documents):
    ledger = known(*EVERY_DEFECT)
    bare = [Document("", document.text, document.entities) for document in documents]
    counts = totals(checked(CORPUS, TRAIN, bare, ledger), ledger)
    assert counts.entities + sum(counts.drops.values()) == sum(len(document.entities) for document in documents)


def test_totals_count_what_a_split_holds():
    ledger = known("repeated annotation", "outer space")
    documents = [Document("", TEXT, (MING, FIRM, MING), (WORKS,), (LAYOFF, Event("Silence", None))), Document("", "甲")]
    counts = totals(checked(CORPUS, TRAIN, documents, ledger), ledger)
    assert counts == Totals(2, 2, 1, 2, 1, {"repeated annotation": 1}, {})


# --- from native files to documents ---------------------------------------------------------------

CHARACTERS = columns(scheme="BIO", separator=" ")
URL = "http://example.invalid"


def test_a_fault_that_only_the_check_can_see_is_named_with_its_line(tmp_path):
    path = write(tmp_path / "invented" / "train.txt", "高 B-PER\n\n\n山 B-DOG\n明 O\n")
    corpus = invented(read=CHARACTERS)
    with pytest.raises(MalformedInput, match=r"train\.txt:4: found 'DOG', expected a declared entity type"):
        list(convert(corpus, find(corpus, "train", tmp_path), known()))
    assert path.exists()


def test_a_split_may_have_a_reader_of_its_own(tmp_path):
    split = Split("train", (Download("train.txt", URL),), read=CHARACTERS)
    write(tmp_path / "invented" / "train.txt", "高 B-PER\n")
    corpus = invented(split)
    (document,) = convert(corpus, find(corpus, "train", tmp_path), known())
    assert document == Document("invented/train/0", "高", (Entity("高", 0, 1, "PER"),))


def test_the_first_alternative_whose_files_are_all_there_is_taken(tmp_path):
    both = Split("train", (Manual("full.txt", "Ask."), Download("more.txt", URL)))
    extract = Split("train", (Download("extract.txt", URL),), extract="a half")
    corpus = invented(both, extract)
    absent = Absent("train", ("full.txt", "more.txt"), "Ask.")
    assert find(corpus, "train", tmp_path) == absent
    write(tmp_path / "invented" / "more.txt", "甲")
    assert find(corpus, "train", tmp_path) == Absent("train", ("full.txt",), "Ask.")
    write(tmp_path / "invented" / "extract.txt", "甲")
    assert find(corpus, "train", tmp_path).split == extract
    write(tmp_path / "invented" / "full.txt", "甲")
    ready = find(corpus, "train", tmp_path)
    assert (ready.split, [file.path.name for file in ready.files]) == (both, ["full.txt", "more.txt"])


def test_a_split_is_pinned_where_all_its_files_are(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / "invented" / name, b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    one = invented(Split("train", (Download("a", URL, empty), Download("b", URL))))
    both = invented(Split("train", (Download("a", URL, empty), Download("b", URL, empty))))
    assert not find(one, "train", tmp_path).pinned
    assert find(both, "train", tmp_path).pinned
    assert isinstance(find_sample(both, both.splits[0], tmp_path), Ready)
    assert not find_sample(both, both.splits[0], tmp_path).pinned
