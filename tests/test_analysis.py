"""The error analysis: one kind for every wrong or missed fact, by a rule that order does not touch."""

from collections import Counter

import msgspec
import pytest
from answers import answered, item_about
from hypothesis import given
from hypothesis import strategies as st

from uiebench.instruct.target import Names
from uiebench.score.analysis import NONE, UNOFFERED, Mistakes, judged
from uiebench.score.facts import HEADLINES
from uiebench.score.gold import Items
from uiebench.score.tally import Rule, Tally
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

TEXT = "远山科技的方明在青石县见了柳青，方明持有远山科技三成股份。Acme hired Anna Bell on Monday."
SCHEMA = Schema(
    entities=(Label("PER", "人物", "person"), Label("ORG", "机构", "organization"), Label("LOC", "地点", "location")),
    relations=(RelationLabel("owns", "持股", "owns"), RelationLabel("works_for", "任职", "works for")),
    events=(
        EventLabel("meet", "会见", "meeting", roles=(Label("who", "人", "who"), Label("where", "地点", "where"))),
        EventLabel("buy", "收购", "purchase", roles=(Label("who", "买方", "buyer"), Label("what", "标的", "target"))),
    ),
)
NAMES = Names("zh", SCHEMA)


def entity(kind, text):
    start = TEXT.find(text)
    return Entity(text, start, start + len(text), kind) if start >= 0 else Entity(text, None, None, kind)


def bare(kind, text):
    return Entity(text, None, None, kind)


def relation(kind, head, tail):
    return Relation(kind, bare("", head), bare("", tail))


def event(kind, trigger, *arguments):
    found = tuple(Argument(text, None, None, role) for role, text in arguments)
    return Event(kind, Span(trigger, None, None) if trigger else None, found)


def mistakes(gold, said, task="NER", metric=None, rule=None, text=TEXT):
    """(kind, gold, said) of every mistake; a fact is its label and mentions in one tuple."""

    def flat(claim):
        return (*claim.label, *claim.mentions) if claim else None

    field = {"NER": "entities", "RE": "relations"}.get(task, "events")
    document = Document("c/test/0", text, **{field: tuple(gold)})
    verdicts = judged(document, Extraction(**{field: tuple(said)}), task, rule or Rule())
    verdict = next(v for v in verdicts if metric in (None, v.metric))
    return [(m.kind, flat(m.gold), flat(m.said)) for m in verdict.mistakes]


# --- entities ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kind", "paired"),
    [
        (bare("ORG", "远山"), "boundary", True),
        (bare("ORG", "远山科技的"), "boundary", True),
        (bare("ORG", "科技的方明"), "boundary", True),
        (bare("PER", "远山科技"), "type", True),
        (bare("颜色", "远山科技"), "type", True),
        (bare("PER", "远山"), "both", True),
        (bare("ORG", "远山公司"), "hallucinated", False),
        (bare("LOC", "青石县"), "spurious", False),
    ],
)
def test_a_wrong_mention_has_one_kind(said, kind, paired):
    wrong = (said.type, said.text)
    gold = ("ORG", "远山科技")
    wanted = [(kind, gold, wrong)] if paired else [(kind, None, wrong), ("missed", gold, None)]
    assert mistakes([entity(*gold)], [said]) == wanted


def test_what_was_not_said_is_missed_and_what_is_right_is_no_mistake():
    assert mistakes([entity("PER", "方明"), entity("LOC", "青石县")], [bare("LOC", "青石县")]) == [
        ("missed", ("PER", "方明"), None)
    ]


def test_a_gold_fact_is_explained_once_by_the_likeliest_prediction():
    said = [bare("ORG", "远山"), bare("PER", "远山科技"), bare("ORG", "远山科技的")]
    assert mistakes([entity("ORG", "远山科技")], said) == [
        ("type", ("ORG", "远山科技"), ("PER", "远山科技")),
        ("spurious", None, ("ORG", "远山")),
        ("spurious", None, ("ORG", "远山科技的")),
    ]


def test_of_two_overlapping_mentions_the_larger_overlap_is_taken():
    said = [bare("ORG", "远"), bare("ORG", "远山科")]
    assert mistakes([entity("ORG", "远山科技")], said) == [
        ("boundary", ("ORG", "远山科技"), ("ORG", "远山科")),
        ("spurious", None, ("ORG", "远")),
    ]


def test_a_prediction_beside_a_right_one_is_spurious():
    assert mistakes([entity("ORG", "远山科技")], [bare("ORG", "远山科技"), bare("ORG", "远山")]) == [
        ("spurious", None, ("ORG", "远山"))
    ]


def test_places_decide_whether_two_mentions_overlap():
    text = "青石县青石镇"
    gold = [Entity("青石县", 0, 3, "LOC")]
    assert mistakes(gold, [bare("LOC", "青石镇")], text=text)[0][0] == "spurious"
    assert mistakes(gold, [bare("LOC", "县青石")], text=text)[0][0] == "boundary"
    assert mistakes(gold, [Entity("青石", 3, 5, "LOC")], text=text)[0][0] == "spurious"
    assert mistakes(gold, [bare("LOC", "青石")], text=text)[0][0] == "boundary"


def test_offsets_that_do_not_hold_the_string_are_passed_over():
    assert mistakes([entity("ORG", "远山科技")], [Entity("远山", 40, 42, "ORG")])[0][0] == "boundary"


def test_whole_words_come_before_pieces_of_words():
    gold = [Entity("Annabel", 0, 7, "PER")]
    assert mistakes(gold, [bare("PER", "Anna")], text="Annabel met Anna")[0][0] == "spurious"
    assert mistakes(gold, [bare("PER", "Anna")], text="Annabel left")[0][0] == "boundary"


def test_without_a_text_nothing_is_hallucinated_and_strings_tell_overlap():
    assert mistakes([bare("ORG", "远山科技")], [bare("ORG", "远山"), bare("ORG", "青石")], text="") == [
        ("boundary", ("ORG", "远山科技"), ("ORG", "远山")),
        ("spurious", None, ("ORG", "青石")),
    ]


def test_composition_and_outer_white_space_make_no_hallucination():
    said = [bare("ORG", " Cafe\u0301 ")]
    assert mistakes([], said, text="Café") == [("spurious", None, ("ORG", "Café"))]
    assert mistakes([], [bare("ORG", "Café")], text="Cafe\u0301") == [("spurious", None, ("ORG", "Café"))]


def test_repeats_are_mistakes_only_under_a_multiset_rule():
    gold, said = [entity("PER", "方明")], [bare("PER", "方明"), bare("PER", "方明")]
    assert mistakes(gold, said) == []
    assert mistakes(gold, said, rule=Rule(multiset=True)) == [("repeated", None, ("PER", "方明"))]
    assert mistakes(said, gold, rule=Rule(multiset=True)) == [("missed", ("PER", "方明"), None)]


# --- relations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kind", "paired"),
    [
        (("owns", "远山科技", "方明"), "swapped", True),
        (("works_for", "方明", "远山科技"), "relation", True),
        (("owns", "方明", "远山"), "boundary", True),
        (("owns", "方明在", "远山科技"), "boundary", True),
        (("owns", "方明在", "远山"), "boundary", True),
        (("works_for", "方明", "远山"), "both", True),
        (("works_for", "远山科技", "方明"), "both", True),
        (("owns", "方明", "青山公司"), "hallucinated", False),
        (("owns", "方明", "柳青"), "spurious", False),
    ],
)
def test_a_wrong_relation_has_one_kind(said, kind, paired):
    gold = ("owns", "方明", "远山科技")
    wanted = [(kind, gold, said)] if paired else [(kind, None, said), ("missed", gold, None)]
    assert mistakes([relation(*gold)], [relation(*said)], "RE") == wanted


def test_a_relation_of_a_mention_with_itself_has_no_direction():
    assert (
        mistakes([relation("owns", "方明", "方明")], [relation("works_for", "方明", "方明")], "RE")[0][0] == "relation"
    )


# --- events -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kind", "paired"),
    [
        (("buy", "见了"), "type", True),
        (("meet", "见"), "boundary", True),
        (("buy", "见"), "both", True),
        (("meet", "会晤"), "hallucinated", False),
        (("meet", "持有"), "spurious", False),
    ],
)
@pytest.mark.parametrize("task", ["EE", "EET"])
def test_a_wrong_trigger_has_one_kind(said, kind, paired, task):
    gold = ("meet", "见了")
    wanted = [(kind, gold, said)] if paired else [(kind, None, said), ("missed", gold, None)]
    assert mistakes([event(*gold)], [event(*said)], task, "tc") == wanted


@pytest.mark.parametrize(
    ("said", "kind", "paired"),
    [
        (("meet", "where", "方明"), "role", True),
        (("meet", "who", "方明在"), "boundary", True),
        (("buy", "who", "方明"), "type", True),
        (("buy", "what", "方明"), "type", True),
        (("buy", "who", "方明在"), "both", True),
        (("meet", "where", "方明在"), "both", True),
        (("meet", "who", "方小明"), "hallucinated", False),
        (("meet", "who", "柳青"), "spurious", False),
    ],
)
@pytest.mark.parametrize("task", ["EE", "EEA"])
def test_a_wrong_argument_has_one_kind(said, kind, paired, task):
    gold = ("meet", "who", "方明")
    wanted = [(kind, gold, said)] if paired else [(kind, None, said), ("missed", gold, None)]
    assert mistakes([event("meet", "见了", gold[1:])], [event(said[0], "见了", said[1:])], task, "ac") == wanted


def test_arguments_that_exchange_their_roles_are_swapped():
    gold = event("meet", "见了", ("who", "方明"), ("where", "青石县"))
    said = event("meet", "见了", ("who", "青石县"), ("where", "方明"))
    assert [kind for kind, _, _ in mistakes([gold], [said], "EE", "ac")] == ["swapped", "swapped"]
    half = event("meet", "见了", ("where", "方明"))
    assert [kind for kind, _, _ in mistakes([gold], [half], "EE", "ac")] == ["role", "missed"]


def test_an_event_without_trigger_is_confused_by_its_type():
    assert mistakes([event("meet", "")], [event("buy", "")], "EE", "tc") == [("type", ("meet", ""), ("buy", ""))]


# --- what always holds --------------------------------------------------------------------------------

strings = st.sampled_from(["远山", "远山科技", "方明", "青石县", "青石", "柳青", "Anna", "Anna Bell", "Acme", "虎", ""])
kinds = st.sampled_from(["PER", "ORG", "LOC", "颜色"])
mentions = st.one_of(
    strings.map(lambda s: (s, None, None)), strings.map(lambda s: (s, TEXT.find(s), TEXT.find(s) + len(s)))
)
placed = mentions.map(lambda m: m if m[1] is None or m[1] >= 0 else (m[0], None, None))
entities = st.lists(st.builds(lambda m, k: Entity(*m, k), placed, kinds), max_size=6)
relations = st.lists(
    st.builds(
        lambda r, h, t: Relation(r, Entity(*h, ""), Entity(*t, "")),
        st.sampled_from(["owns", "works_for"]),
        placed,
        placed,
    ),
    max_size=5,
)
arguments = st.lists(
    st.builds(lambda m, r: Argument(*m, r), placed, st.sampled_from(["who", "where", "what"])), max_size=4
)
events = st.lists(
    st.builds(
        lambda k, t, a: Event(k, Span(*t), tuple(a)), st.sampled_from(["meet", "buy", "flee"]), placed, arguments
    ),
    max_size=4,
)
answers = st.builds(lambda e, r, v: Extraction(tuple(e), tuple(r), tuple(v)), entities, relations, events)
tasks = st.sampled_from(["NER", "RE", "EE", "EET", "EEA"])


def document_of(said, text=TEXT):
    return Document("c/test/0", text, said.entities, said.relations, said.events)


@given(answers, answers, tasks, st.booleans(), st.sampled_from([TEXT, ""]))
def test_mistakes_and_right_facts_are_all_facts(gold, said, task, multiset, text):
    rule = Rule(multiset=multiset)
    document = document_of(gold, text)
    answers = answered([said], task)
    _, counts = Tally(rule).add(Items.about([document], task, "c"), answers)
    for verdict in judged(document, answers[0].extraction, task, rule):
        with_gold = sum(m.gold is not None for m in verdict.mistakes)
        with_said = sum(m.said is not None for m in verdict.mistakes)
        right = len(verdict.right)
        assert (right, right + with_gold, right + with_said) == counts[verdict.metric][0]
        for mistake in verdict.mistakes:
            alone = {"missed": (True, False), "spurious": (False, True), "hallucinated": (False, True)}
            sides = (mistake.gold is not None, mistake.said is not None)
            assert sides == alone.get(mistake.kind, (False, True) if mistake.kind == "repeated" else (True, True))


@given(answers, answers, tasks, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_annotations_changes_nothing(gold, said, task, multiset, shuffler):
    def shuffled(found):
        lists = [list(found.entities), list(found.relations), list(found.events)]
        for part in lists:
            shuffler.shuffle(part)
        return Extraction(*map(tuple, lists))

    rule = Rule(multiset=multiset)
    before = judged(document_of(gold), said, task, rule)
    assert judged(document_of(shuffled(gold)), shuffled(said), task, rule) == before


@given(answers, tasks)
def test_gold_against_itself_has_no_mistakes(gold, task):
    for verdict in judged(document_of(gold), gold, task, Rule()):
        assert verdict.mistakes == ()


@given(st.lists(st.tuples(answers, answers), max_size=4), tasks)
def test_rows_of_the_matrix_are_gold_facts_and_columns_predicted_ones(pairs, task):
    counted, tally = Mistakes(Rule()), Tally(Rule())
    for gold, said in pairs:
        document = document_of(gold)
        answers = answered([said], task)
        counted.add(item_about(document, task), answers[0].extraction, NAMES)
        tally.add(Items.about([document], task, "c"), answers)
    found = counted.analysis()
    assert [b.metric for b in found.breakdowns] == sorted(HEADLINES[task] if pairs else ())
    for b in found.breakdowns:
        cell = tally.groups["c", task].cells[b.metric]
        totals = tuple(sum(kind[i] * n for kind, n in cell.triples.items()) for i in range(3))
        assert (b.right, b.gold, b.predicted) == totals
        assert b.right + sum(b.kinds.values()) == sum(c.count for c in b.confusions)
        assert sum(c.right for c in b.confusions) == b.right
        if b.metric == "ner":
            rows: Counter[str] = Counter()
            for c in b.confusions:
                if c.gold:
                    rows[c.gold[0]] += c.count
            assert rows == +cell.types[1]
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found


def test_the_matrix_has_none_and_counts_foreign_labels_as_one():
    counted = Mistakes(Rule())
    gold = Document("c/test/0", TEXT, (entity("PER", "方明"), entity("ORG", "远山科技"), entity("LOC", "青石县")))
    said = (bare("ORG", "方明"), bare("颜色", "远山科技"), bare("气味", "柳青"), bare("PER", "虎"), bare("LOC", "青石"))
    counted.add(item_about(gold, "NER"), Extraction(said), NAMES)
    (found,) = counted.analysis().breakdowns
    assert {(c.gold, c.said): (c.count, c.right) for c in found.confusions} == {
        (("PER",), ("ORG",)): (1, 0),
        (("ORG",), UNOFFERED): (1, 0),
        (("LOC",), ("LOC",)): (1, 0),
        (NONE, UNOFFERED): (1, 0),
        (NONE, ("PER",)): (1, 0),
    }
    assert found.kinds == {"boundary": 1, "type": 2, "hallucinated": 1, "spurious": 1}


def test_an_endless_answer_is_analysed_in_time():
    gold = tuple(bare("PER", f"甲{i}") for i in range(200))
    text = "".join(f"甲{i}，" for i in range(200))
    said = tuple(bare("ORG", f"甲{i}") for i in range(30_000))
    found = judged(Document("c/test/0", text, gold), Extraction(said), "NER", Rule())[0]
    assert len(found.mistakes) == 30_000
