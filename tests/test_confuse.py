"""Confusions: every kind makes a right answer wrong in its own way, and nothing right ever comes of it."""

import json
import subprocess
import sys
from collections import Counter
from functools import partial
from itertools import chain
from pathlib import Path

import msgspec
import pytest
from conftest import raw_folder
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.errors import BrokenInvariant, RecipeError
from uiebench.hashing import lot
from uiebench.instruct.target import Names, encode
from uiebench.pairs import names, spans
from uiebench.pairs.answer import Gold, read
from uiebench.pairs.case import Page, Vocabulary, skewed
from uiebench.pairs.cases import OFF_TEXT, as_case, tears
from uiebench.pairs.confuse import Confuser
from uiebench.pairs.confusions import confuse
from uiebench.pairs.flaws import conflicting
from uiebench.pairs.kinds import all_kinds, of_task
from uiebench.pairs.kinds.ee import _neighbour
from uiebench.pairs.lexicon import Lexicon
from uiebench.pairs.paraphrase import paraphrases
from uiebench.pairs.settings import ConfuseRecipe
from uiebench.pairs.usage import Usage
from uiebench.pairs.words import Words, _spacy, is_place, tag
from uiebench.recipe import BuildRecipe, load_recipe
from uiebench.score import Benchmark
from uiebench.score.facts import HEADLINES
from uiebench.score.rows import Row, score_rows
from uiebench.storage import read_parquet, write_json, write_parquet
from uiebench.types import (
    TASKS,
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Instruction,
    Label,
    Relation,
    RelationLabel,
    RewardPair,
    Schema,
    Span,
)

PERSON, ORG, PLACE = (
    Label("PER", "人物", "person"),
    Label("ORG", "机构", "organization"),
    Label("LOC", "地点", "location"),
)
TIME = Label("TIME", "时间", "date")
ROLES = (Label("buyer", "买方", "buyer"), Label("target", "标的", "target"), Label("time", "时间", "time"))
SCHEMA = Schema(
    entities=(PERSON, ORG, PLACE, TIME, Label("JOB", "职位", "job title")),
    relations=(
        RelationLabel("founder", "创始人", "founder", heads=("ORG",), tails=("PER",)),
        RelationLabel("director", "董事", "director", heads=("ORG",), tails=("PER",)),
        RelationLabel("head office", "总部", "head office", heads=("ORG",), tails=("LOC",)),
        RelationLabel("spouse", "配偶", "spouse", heads=("PER",), tails=("PER",)),
        RelationLabel("employer", "雇主", "employer", heads=("PER",), tails=("ORG",)),
    ),
    events=(
        EventLabel("buy", "收购", "acquisition", roles=ROLES),
        EventLabel("open", "开业", "opening", roles=ROLES[1:]),
        EventLabel("quit", "辞职", "resignation", roles=ROLES[::2]),
    ),
)
ZH = (
    "2019年5月，远山科技有限公司董事长高明宣布收购林川生物公司，方远山与高明在南浦市签署协议，大型白鹭集团随后开业。"
    "青岚日报周二报道，工人代表支持改革方案，收取设备，在东湖公园开会，并与绿洲科技公司合作。"
)
EN = (
    "In May 2019, Halden Foods chairman Oskar Brandt announced the take-over of rival Linford-Hill Dairy Group, "
    "and Oskar Brandt met Mira Lund in Port Ashby before Brook Mills launched. "
    "Workers told Harbour Times that Union Hall gained ground and opened talks on 300 jobs "
    "with Dell Dairy Group near Port Ellery."
)


def place(text, string, kind):
    start = text.index(string)
    return kind(string, start, start + len(string))


def document(language):
    """A text in which everything is annotated, so that every kind has something to work on."""
    text = ZH if language == "zh" else EN
    org, other, person, friend, city, third, day, buying, opening = (
        ("远山科技有限公司", "林川生物公司", "高明", "方远山", "南浦市", "白鹭集团", "2019年5月", "宣布收购", "开业")
        if language == "zh"
        else ("Halden Foods", "Linford-Hill Dairy Group", "Oskar Brandt", "Mira Lund", "Port Ashby", "Brook Mills",
              "May 2019", "announced the take-over", "launched")
    )  # fmt: skip

    def entity(string, type):
        return place(text, string, lambda *span: Entity(*span, type))

    def argument(string, role):
        return place(text, string, lambda *span: Argument(*span, role))

    company, dairy, boss, mate, where = (
        entity(org, "ORG"), entity(other, "ORG"), entity(person, "PER"), entity(friend, "PER"), entity(city, "LOC")
    )  # fmt: skip
    return Document(
        f"invented_{language}/train/0",
        text,
        (company, dairy, boss, mate, where, entity(third, "ORG"), entity(day, "TIME")),
        (Relation("founder", company, boss), Relation("head office", dairy, where), Relation("spouse", boss, mate)),
        (
            Event(
                "buy",
                place(text, buying, Span),
                (argument(org, "buyer"), argument(other, "target"), argument(day, "time")),
            ),
            Event("open", place(text, opening, Span), (argument(third, "target"),)),
        ),
    )


BARE = {
    "zh": "今天的天气很好，大家都去东湖公园散步，绿洲科技公司也参加，孩子们收取门票，周一开学。",
    "en": "The weather was fine and the children gained ground in games near Port Ellery, "
    "where Dell Dairy Group fed them.",
}
FILLING = {
    "zh": [
        "昨天的雨下得很大，路面湿滑，车辆缓慢行驶", "这本书的内容很丰富，读者可以学到许多知识",
        "老师要求学生认真完成作业",
        "经济发展需要稳定的环境和合理的政策", "医生建议病人多喝水，注意休息", "他们在河边看到一群白色的水鸟",
    ],
    "en": [
        "The rain fell hard yesterday and the wet streets slowed every car",
        "Readers find plenty of detail in the book",
        "Teachers expect pupils to finish homework with care", "Growth needs stable rules and sound policy",
        "Doctors recommend rest and plenty of water",
        "The chairman Ivo Lund thanked a chairman Ada Fenn for the rival shops of a rival baker",
        "They watched a flock of white birds beside a quiet river",
    ],
}  # fmt: skip
WORDS = {
    "zh": {
        "ORG": "宁泽物流集团 云溪科技有限公司 丹枫食品公司 桃岭生物公司 石渡钢铁集团 竹川药业集团 海纳科技有限公司 "
               "白杨日报 柳湾电力公司 青屿纺织集团 长庚机械公司 松屿银行",
        "PER": "季然 贺兰舟 方明 林青 高远 庄晏 温景澜 骆云峥 殷霁 柯望舒 康牧之 詹立夏",
        "LOC": "鹿溪县 白石市 北浦市 临泽县 柳湾镇 桃岭镇 青岚市 东山公园 枫桥公园 西湖公园 南湖公园 竹川县",
        "TIME": "2003年 2011年3月 1998年5月 4月2日 2016年8月 6月30日 2007年 2014年10月",
        "JOB": "副董事长 名誉董事长 前任董事长 荣誉董事长 执行董事长 代理董事长 现任董事长 总经理",
        "buy": "收购 收下 收买 收回 并购 购买 买下 入股",
        "open": "开张 开业 开工 收取 开店 开门 启用 揭幕",
        "quit": "辞职 辞去 辞任 开会 离职 离任 开学 请辞",
    },
    "en": {
        "ORG": "Corvin Steel Works|Aldham Foods|Harrow Times|Trent Dairy Group|Orrin Mills|Tarn Foods|Lake Hall|"
               "Kester Group|Ridge Steel|Union Works|Lark Mills|Mill Hall|Old Hall",
        "PER": "Ada Fenn|Ivo Lund|Petra Vane|Oskar Mills|Nerys Lund|Soren Brandt|Mira Fenn|Tamsin Oakes|Ulric Brandt",
        "LOC": "East Tarrow|Port Avery|Ashby|Port Harrow|Westmoor|Stoneby|Port Vale|Port Tarrow|Port Linden",
        "TIME": "June 2003|May 2011|March 1998|April 2016|July 2007|October 2014|August 2001|May 1999",
        "JOB": "vice chairman|former chairman|acting chairman|deputy chairman|chairwoman|spokesman|foreman|alderman",
        "buy": "gained stakes|gained shares|won ground|took ground|held ground|bought|acquired|merged|purchased",
        "open": "opened doors|opened shops|held talks|began talks|opened gates|launched|gained ground|reopened",
        "quit": "resigned|quit|retired|vanished|detached|opened talks|left|departed",
    },
}  # fmt: skip
"""What other documents of the corpus hold: enough of each for what looks like it to be told."""


def elsewhere(language):
    """Another document of the corpus, from which mentions can be borrowed, and what they look like be learnt."""
    found = {key: words.split("|" if "|" in words else None) for key, words in WORDS[language].items()}
    entities = {
        key: [Entity(word, None, None, key) for word in found[key]] for key in ("ORG", "PER", "LOC", "TIME", "JOB")
    }
    orgs, people, places = entities["ORG"], entities["PER"], entities["LOC"]

    def pairs(relation, heads, tails):
        return [Relation(relation, head, tail) for head, tail in zip(heads, tails, strict=False)]

    plays = {"buyer": "ORG", "target": "ORG", "time": "TIME"}
    events = [
        Event(
            label.name,
            Span(found[label.name][turn], None, None),
            tuple(Argument(found[plays[role.name]][turn], None, None, role.name) for role in label.roles),
        )
        for label in SCHEMA.events
        for turn in range(8)
    ]
    return Document(
        "other/train/0",
        ("。" if language == "zh" else ". ").join([*FILLING[language], *chain.from_iterable(found.values())]),
        tuple(chain.from_iterable(entities.values())),
        (
            *pairs("founder", orgs, people),
            *pairs("director", orgs[1:], people),
            *pairs("head office", orgs, places),
            *pairs("spouse", people, people[1:]),
            *pairs("employer", people, orgs),
        ),
        tuple(events),
    )


NEAR = {
    "PER": ("ORG", "LOC"),
    "ORG": ("LOC", "PER"),
    "founder": ("employer", "director", "spouse"),
    "buy": ("open", "quit"),
    "open": ("quit", "buy"),
}


def vocabulary(task, language, *others, half=0):
    learnt = Lexicon.learn([elsewhere(language), *others], 0)
    return Vocabulary(
        task, language, SCHEMA, learnt, lambda label: NEAR.get(label, ()), lambda event, role: (), half=half
    )


def labels_of(task):
    return tuple(
        label.name
        for label in (SCHEMA.entities if task == "NER" else SCHEMA.relations if task == "RE" else SCHEMA.events)
    )


def ask(task, language, about, window=None):
    """An instruction about a document, as the builder makes it."""
    window = window or labels_of(task)
    known = Names(language, SCHEMA)
    shown = tuple(known.of(task)[label] for label in window)
    corpus = about.id.split("/")[0]
    target = encode(about, task, known, window)
    return Instruction(f"{about.id}#{task}", about.id, corpus, task, language, window, about.text, target, shown)


def case_of(task, language, about=None, window=None, half=0):
    about = about or document(language)
    asked = ask(task, language, about, window)
    reason, case = as_case(asked, task, Page(about, language), vocabulary(task, language, about, half=half))
    assert case is not None, reason
    return asked, case


def tried(name, task, language, about=None, window=None):
    """What a kind makes of the case, at every item or label and by many hashes."""
    _, case = case_of(task, language, about, window)
    kind = of_task(task)[name]
    size = {
        "item": len(case.gold), "label": len(case.labels), "answered": len(case.with_gold),
        "unanswered": len(case.without_gold), "answer": 1,
    }[kind.per]  # fmt: skip
    made = []
    for index in range(size):
        for turn in range(40):
            change = kind.make(case, case.gold, index, lot(name, language, index, turn))
            if change is not None:
                made.append((change, change.output or case.form.write(change.answer)))
    return case, kind, made


def judged_by_the_scorer(task, target, output):
    """(score, readable) of an answer, by `uiebench.score` on rows: the sums of the headline's counts."""
    report = score_rows([Row("0", "all", task, "", target, output)], intervals=False)
    rows = [row for row in report.rows if row.by == "all" and row.metric in HEADLINES[task]]
    right, gold, said = (sum(getattr(row, name) for row in rows) for name in ("correct", "gold", "predicted"))
    is_read = not any(rates.unparsable for rates in report.rates.values())
    if not is_read:
        return 0.0, False
    return (2 * right / (gold + said) if gold + said else 1.0), True


def everything():
    return [
        pytest.param(kind.name, task, language, id=f"{task}-{kind.name}-{language}")
        for kind in all_kinds()
        for task in kind.tasks
        for language in ("zh", "en")
    ]


NEEDS_OUTSIDE = {"unoffered", "unasked"}


@pytest.mark.parametrize(("name", "task", "language"), everything())
def test_every_kind_makes_something_wrong_and_keeps_its_promises(name, task, language):
    kind = of_task(task)[name]
    about = Document("invented/train/1", BARE[language]) if kind.empty else None
    window = labels_of(task)[:2] if name in NEEDS_OUTSIDE else None
    case, kind, made = tried(name, task, language, about, window)
    if task == "EEA" and name == "merged" and not made:
        pytest.skip("events of different types share no role here")
    target = case.form.write(case.gold)
    wrong = []
    for change, output in made:
        score, is_read = judged_by_the_scorer(task, target, output)
        assert (score, is_read) == case.right.judged(output)  # the oracle
        if not change.output:  # what is written as canonical JSON is scored without reading it again
            assert is_read
            assert score == case.right.score(change.answer)
        if is_read == kind.parses and (score < 1 or (not kind.alone and score == 1)):
            wrong.append((change, output))
    assert wrong, "nothing was made"
    if not kind.alone:
        assert all(case.right.judged(output) == (1.0, True) for _, output in wrong)  # alone, a repeat is not wrong
    known = {part for item in case.gold for part in flat(item)}
    for change, _ in wrong:
        strings = {part for item in change.answer for part in flat(item[1:])} - known - roles(case) - {""}
        if kind.sort == "off-text":
            assert strings
            assert not any(string in case.text for string in strings)
        elif kind.sort in ("text", "abstention"):
            assert all(string in case.text for string in strings)
        if kind.by_words:
            for string in strings:
                ends = [(at, at + len(string)) for at in range(len(case.text)) if case.text.startswith(string, at)]
                right = {edge for part in known if (span := case.page.place(part)) for edge in span}
                assert any(all(edge in right or case.words.is_edge(edge) for edge in span) for span in ends), (
                    f"{string!r} cuts a word"
                )


def flat(item):
    for part in item:
        if isinstance(part, str):
            yield part
        else:
            for role, mention in part:
                yield from (role, mention)


def roles(case):
    return {role for label in case.labels for role in case.roles(label)}


# --- single kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_type_becomes_the_one_it_is_mistaken_for_most_often(language):
    case, _, made = tried("type", "NER", language)
    person, organization, location, *rest = case.labels
    assert case.near(person) == [organization, location, *rest]
    changed = {(change.before.popitem(), change.after.popitem()) for change, _ in made}
    assert changed
    assert all(before[1] == after[1] and before[0] != after[0] for before, after in changed)
    assert not any(after[0] == person for _, after in changed)  # nothing else looks like one
    counts = Counter(skewed(lot("skewed", turn), 4) for turn in range(4000))
    assert counts[0] > counts[1] > counts[2] > counts[3] > 0


def test_a_wider_boundary_takes_in_whole_words():
    _, _, made = tried("wider", "NER", "zh")
    strings = {mention for change, _ in made for _, mention in change.answer}
    assert "董事长高明" in strings
    assert "长高明" not in strings
    _, _, made = tried("wider", "NER", "en")
    strings = {mention for change, _ in made for _, mention in change.answer}
    assert "chairman Oskar Brandt" in strings


def test_a_narrower_boundary_leaves_whole_words():
    _, _, made = tried("narrower", "NER", "en")
    strings = {mention for change, _ in made for _, mention in change.answer}
    assert {"Linford-Hill Dairy", "Dairy Group", "Oskar", "Brandt"} <= strings


def test_a_symmetric_relation_is_not_swapped_by_name_or_by_what_the_corpus_states():
    for language in ("zh", "en"):
        _, _, made = tried("swapped", "RE", language)
        assert made
        assert all("配偶" not in json.dumps(c.after, ensure_ascii=False) for c, _ in made)
        assert all("spouse" not in json.dumps(c.after) for c, _ in made)
    a, b = Entity("甲木", None, None, "PER"), Entity("乙水", None, None, "PER")
    both = [Document(str(n), "", relations=(Relation("partner", a, b), Relation("partner", b, a))) for n in range(5)]
    assert Lexicon.learn(both, 0).symmetric == {"partner"}
    assert not Lexicon.learn(both[:1], 0).symmetric


def test_nothing_is_added_between_two_that_are_related_the_other_way_round():
    about = document("zh")
    _, _, made = tried("absent", "RE", "zh", about)
    added = {(head, tail) for change, _ in made for _, head, tail in change.answer[3:]}
    assert added
    assert not added & {(r.tail.text, r.head.text) for r in about.relations}


def test_a_swap_that_is_gold_too_is_no_confusion():
    text = "远山科技与林川科技互为创始人。"
    a, b = (place(text, string, lambda *span: Entity(*span, "ORG")) for string in ("远山科技", "林川科技"))
    about = Document("x/train/0", text, (), (Relation("founder", a, b), Relation("founder", b, a)))
    assert tried("swapped", "RE", "zh", about)[2] == []


def test_merged_events_keep_one_trigger_and_take_the_arguments_that_fit():
    case, _, made = tried("merged", "EE", "zh")
    for change, _ in made:
        assert len(change.answer) == len(case.gold) - 1
        assert len(change.before) == 2


def test_a_split_event_shares_its_arguments_out():
    case, _, made = tried("split", "EE", "en")
    assert made
    for change, _ in made:
        first, second = change.answer[0], change.answer[1]
        assert [*first[2], *second[2]] == list(case.gold[0][2])
        assert first[1] != second[1]


def test_a_code_fence_is_right_and_prose_is_not():
    gold = Gold([("人物", "高明")], "NER", ("人物",))
    assert gold.judged('```json\n{"人物":["高明"]}\n```') == (1.0, True)
    assert gold.judged('结果：{"人物":["高明"]}') == (0.0, False)


def test_a_repeat_is_wrong_only_where_repeats_count():
    output = '{"人物":["高明","高明"]}'
    assert Gold([("人物", "高明")], "NER", ("人物",)).judged(output) == (1.0, True)
    assert Gold([("人物", "高明")], "NER", ("人物",), multiset=True).judged(output) == (pytest.approx(2 / 3), True)


def test_nothing_said_where_nothing_is_right_scores_one():
    gold = Gold([], "NER", ("人物",))
    assert gold.judged('{"人物":[]}') == (1.0, True)
    assert gold.judged('{"人物":["高明"]}') == (0.0, True)
    assert gold.judged("没有。") == (0.0, False)


# --- words and names --------------------------------------------------------------------------------


@given(st.text(alphabet="远山科技有限公司在北京，。 开业收购高明", max_size=40))
def test_chinese_words_are_those_of_the_whole_text(text):
    import jieba

    edges, at = {0}, 0
    for word in jieba.lcut(text):
        at += len(word)
        edges.add(at)
    words = Words(text, "zh")
    for block in range(len(words)):
        assert {e for e in edges if words.edges(block)[0] <= e <= words.edges(block)[-1]} == set(words.edges(block))


@given(st.lists(st.sampled_from(["cannot", "Dr.", "don't", "U.S.", "alpha", "Group,", "(RNA)", "10"])))
def test_english_words_are_those_of_the_whole_text(chunks):
    text = " ".join(chunks)
    tokenize, _ = _spacy()
    starts, at = [], 0
    for token in tokenize(text):
        at = text.index(token, at)
        starts.append(at)
        at += len(token)
    words = Words(text, "en")
    assert [start for block in range(len(words)) for start, _ in words.spans(block)] == starts


def words_of(text, language):
    words = Words(text, language)
    return [text[start:end] for block in range(len(words)) for start, end in words.spans(block)]


@pytest.mark.parametrize(
    ("language", "text", "whole"),
    [
        ("zh", "白鹭集团共发行2,400万股", "2,400万股"),
        ("zh", "高明生于1966年1月生日那天", "1月"),
        ("zh", "南浦航空A股上涨", "A股"),
        ("zh", "南浦航空A（600115）", "航空A"),
        ("zh", "患者血压170/100mmHg，１５名患者", "170/100mmHg"),
        ("zh", "患者血压170/100mmHg，１５名患者", "１５名"),
        ("zh", "季然补充维生素C缺乏", "维生素C"),
        ("zh", "南浦航空购入A第2批", "第2"),  # no word stands between the letter and the number
        ("en", "a three-week tour", "three-week"),
        ("en", "Tarn-Mobile hired Jean-Luc", "Jean-Luc"),
        ("en", "the interleukin (IL)-2 rose", "IL)-2"),
        ("en", "raised 2,400 times", "2,400"),
        ("en", "the QD2M Hill office", "QD2M"),
        ("en", "a 10kg bag", "10kg"),
    ],
)
def test_numbers_hyphens_and_letters_belong_to_one_word(language, text, whole):
    assert whole in words_of(text, language)


@given(st.text(alphabet="远山股年月1２.,-A ab明的", max_size=30), st.sampled_from(["zh", "en"]))
def test_words_are_in_order_and_cover_their_blocks(text, language):
    words = Words(text, language)
    for block in range(len(words)):
        edges = words.edges(block)
        assert edges == sorted(set(edges))
    assert all(0 <= start < end <= len(text) and text[start:end].strip() for start, end, _ in words.phrases())


def phrases_of(text, language):
    return {text[start:end] for start, end, _ in Words(text, language).phrases()}


def test_phrases_begin_and_end_with_content_and_cut_no_name():
    found = phrases_of("远山记的负责人在车站宣布开业。", "zh")
    assert {"负责人", "车站", "宣布", "开业", "宣布开业"} <= found
    assert not [phrase for phrase in found if phrase[0] in "记的在" or phrase[-1] in "记的在"]
    assert "远山" not in found  # 记 may be its last character
    found = phrases_of("the Bank of Ashmere, and an old house by the lake", "en")
    assert {"Bank", "Bank of Ashmere", "old house", "house by the lake"} <= found
    assert not found & {"the Bank", "Ashmere, and an old", "old", "of Ashmere"} - {"old"}


def test_a_guess_beside_a_function_word_is_no_phrase():
    assert "两人经" not in phrases_of("两人经抢救无效死亡", "zh")
    assert "中除" not in phrases_of("患者病程中除咳嗽外", "zh")


def test_before_and_after_go_over_blanks_and_stop_at_marks():
    words = Words("高明创办了远山科技。", "zh")
    assert (words.before(2), words.after(2)) == (0, 4)
    assert words.after(9) is None
    words = Words("Oskar Brandt met Mira", "en")
    assert (words.before(13), words.after(12)) == (6, 16)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_class_has_names_and_evaluation_gets_others(language):
    for concept, name in names.CLASSES.items():
        if name not in names.RULES[language]:
            continue
        own = [{names.invented(concept, language, lot(turn), half) for turn in range(60)} for half in (0, 1)]
        assert all(one and None not in one for one in own)
    people = [{names.invented("person", language, lot(turn), half) for turn in range(200)} for half in (0, 1)]
    assert not people[0] & people[1]
    assert names.invented("no such concept", language, 1) is None


def said_of(name, language, half):
    concept = next(concept for concept, known in names.CLASSES.items() if known == name)
    return {names.invented(concept, language, lot(turn), half) for turn in range(3000)}


def test_a_place_of_two_words_is_never_broken_into_pieces():
    said = said_of("place", "en", 0) | said_of("place", "en", 1)
    pairs = [one.split() for one in said if " " in one]
    assert pairs
    assert not {word for pair in pairs for word in pair} & said


@pytest.mark.parametrize(("language", "name"), [(lang, name) for lang, rules in names.RULES.items() for name in rules])
def test_a_class_has_hundreds_of_invented_names_and_evaluation_others(language, name):
    said = [said_of(name, language, half) for half in (0, 1)]
    if name in ("date", "year", "duration", "number", "percent", "money", "gene"):  # counted, and no names
        assert min(map(len, said)) >= (60 if name == "year" else 100)
        return
    assert min(map(len, said)) > 150
    assert not said[0] & said[1]


def test_invented_places_are_none_that_a_dictionary_has():
    for name in ("place", "city", "province", "country", "nature", "road"):
        for half in (0, 1):
            assert not [one for one in said_of(name, "zh", half) if tag(one) != "?" or is_place(one[:-1])]


def test_paraphrases_are_true_and_different():
    assert "China" in paraphrases("中国", "country", "zh")
    assert "高明先生" in paraphrases("高明", "person", "zh")
    assert "远大" in paraphrases("远山大学", "university", "zh")
    assert {"O. Brandt", "Brandt, Oskar", "Mr. Brandt"} <= set(paraphrases("Oskar Brandt", "person", "en"))
    assert "WTA" in paraphrases("World Trade Agency", "organization", "en")
    assert all(said != "2019年" for said in paraphrases("2019年", "date", "zh"))


# --- the engine -------------------------------------------------------------------------------------

FRAGMENTS = {
    "zh": [
        "高明",
        "方远山",
        "远山科技",
        "林川公司",
        "南浦市",
        "2019年",
        "收购",
        "宣布",
        "，",
        "在",
        "与",
        "。",
        "的",
        "开业",
    ],
    "en": [
        "Oskar Brandt",
        "Mira Lund",
        "Halden Foods",
        "Port Ashby",
        "May 2019",
        "bought",
        "opened",
        "the",
        "and",
        ",",
    ],
}


@st.composite
def documents(draw):
    """A random text with random annotations of its fragments."""
    language = draw(st.sampled_from(["zh", "en"]))
    parts = draw(st.lists(st.sampled_from(FRAGMENTS[language]), min_size=1, max_size=14))
    joiner, spans_, at = ("" if language == "zh" else " "), [], 0
    for part in parts:
        spans_.append((part, at, at + len(part)))
        at += len(part) + len(joiner)
    text = joiner.join(parts)
    some = st.lists(st.sampled_from(spans_), max_size=4)
    types, relations_, events_ = labels_of("NER"), labels_of("RE"), SCHEMA.events
    entities = tuple(Entity(*span, draw(st.sampled_from(types))) for span in draw(some))
    relations = tuple(
        Relation(draw(st.sampled_from(relations_)), Entity(*one, ""), Entity(*other, ""))
        for one, other in zip(draw(some), draw(some), strict=False)
    )
    events = []
    for span in draw(some):
        label = draw(st.sampled_from(events_))
        arguments = tuple(Argument(*s, draw(st.sampled_from([r.name for r in label.roles]))) for s in draw(some))
        events.append(Event(label.name, Span(*span), arguments))
    return language, Document("random/train/0", text, entities, relations, tuple(events))


def made(task, language, about, recipe, only=None, window=None):
    asked, case = case_of(task, language, about, window)
    return case, list(Confuser(task, vocabulary(task, language, about), recipe, only).pairs(asked, case))


@given(documents(), st.sampled_from(TASKS), st.integers(0, 1000), st.integers(1, 4))
def test_no_rejected_answer_is_as_good_as_the_chosen_one(found, task, seed, size):
    language, about = found
    recipe = ConfuseRecipe("x", seed=seed, per_prompt=3, edits=(1, 1, 1))
    case, pairs = made(task, language, about, recipe, window=labels_of(task)[:size])
    kinds = of_task(task)
    assert len({pair.rejected for pair in pairs}) == len(pairs)
    for pair in pairs:
        score, is_read = judged_by_the_scorer(task, pair.chosen, pair.rejected)
        assert score == pair.score_rejected < pair.score_chosen == 1.0
        assert is_read == kinds[pair.edits[-1].kind].parses
        assert pair.kind == pair.edits[0].kind
        assert pair.chosen == case.form.write(case.gold)
    assert made(task, language, about, recipe, window=labels_of(task)[:size])[1] == pairs  # the same again


def test_two_edits_score_less_than_one():
    recipe = ConfuseRecipe("x", per_prompt=20, edits=(0, 1))
    _, pairs = made("NER", "zh", document("zh"), recipe)
    assert any(len(pair.edits) == 2 for pair in pairs)
    one = max(2 * 6 / 14, 2 * 7 / 15)  # one of seven wrong, or one too many
    assert all(pair.score_rejected < one for pair in pairs if len(pair.edits) == 2 and pair.edits[1].kind != "repeated")


def test_kinds_and_labels_are_balanced():
    recipe = ConfuseRecipe("x", per_prompt=120, edits=(1,))
    _, pairs = made("NER", "zh", document("zh"), recipe, only=["type", "missed", "invented"])
    counts = Counter(pair.kind for pair in pairs)
    assert set(counts) == {"type", "missed", "invented"}
    labels = Counter(next(iter(json.loads(p.edits[0].before))) for p in pairs if p.kind == "invented")
    assert max(labels.values()) - min(labels.values()) <= 2


def test_an_answer_that_scores_otherwise_when_it_is_read_stops_the_run(monkeypatch):
    monkeypatch.setattr(Gold, "judged", lambda gold, output: (0.123, True))
    with pytest.raises(BrokenInvariant, match="does not score"):
        made(
            "NER",
            "zh",
            document("zh"),
            ConfuseRecipe("x", per_prompt=70, edits=(1,)),
            only=["type", "missed", "invented"],
        )


def test_weights_change_the_shares():
    recipe = ConfuseRecipe("x", per_prompt=24, edits=(1,), weights={"invented": 3, "wider": 0})
    _, pairs = made("NER", "zh", document("zh"), recipe, only=["invented", "borrowed", "wider"])
    counts = Counter(pair.kind for pair in pairs)
    assert counts["invented"] > counts["borrowed"] > 0
    assert "wider" not in counts


def test_a_kind_that_is_easily_added_comes_first_as_often():
    recipe = ConfuseRecipe("x", per_prompt=12, edits=(0, 1))
    _, pairs = made("NER", "zh", document("zh"), recipe, only=["missed", "invented"])
    assert all(len(pair.edits) == 2 for pair in pairs)
    assert Counter(pair.kind for pair in pairs) == {"missed": 6, "invented": 6}


@pytest.mark.parametrize("task", TASKS)
def test_an_empty_prompt_has_prose_once_at_most(task):
    bare = Document("invented/train/1", BARE["zh"])
    recipe = ConfuseRecipe("x", per_prompt=4)
    assert [pair.kind for pair in made(task, "zh", bare, recipe, only=["prose-empty"])[1]] == ["prose-empty"]
    borrowed = made(task, "zh", bare, recipe, only=["prose-empty", "answered-invented", "answered-borrowed"])[1]
    assert len(borrowed) == 4
    assert [pair.kind for pair in borrowed].count("prose-empty") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_answered_from_another_document_stands_there_together(language):
    bare = Document("invented/train/1", BARE[language])
    case, _, answers = tried("answered-borrowed", "RE", language, bare)
    stated = {(r.type, r.head.text, r.tail.text) for r in elsewhere(language).relations}
    triples = {(case.native[relation], head, tail) for change, _ in answers for relation, head, tail in change.answer}
    assert len(triples) > 10
    assert triples <= stated
    there = elsewhere(language).events
    for task in ("EE", "EET", "EEA"):
        case, _, answers = tried("answered-borrowed", task, language, bare)
        expected = {
            (
                event.type,
                "" if task == "EEA" else event.trigger.text,
                frozenset() if task == "EET" else frozenset(argument.text for argument in event.arguments),
            )
            for event in there
        }
        found = {
            (case.native[type], trigger, frozenset(mention for _, mention in arguments))
            for change, _ in answers
            for type, trigger, arguments in change.answer
        }
        whole = {event for event in expected if not any(case.page.is_in(one) for one in (event[1], *event[2]) if one)}
        assert whole & found
        for type, trigger, mentions in found:
            assert any(type == t and trigger == g and mentions <= m for t, g, m in expected)


def test_a_repeat_comes_with_another_edit_unless_repeats_count():
    plain = made("NER", "zh", document("zh"), ConfuseRecipe("x", per_prompt=5), only=["repeated"])[1]
    assert plain == []
    recipe = ConfuseRecipe("x", per_prompt=3, duplicates="multiset")
    about = document("zh")
    asked = ask("NER", "zh", about)
    _, case = as_case(asked, "NER", Page(about, "zh"), vocabulary("NER", "zh"), multiset=True)
    pairs = list(Confuser("NER", vocabulary("NER", "zh"), recipe, ["repeated"]).pairs(asked, case))
    assert pairs
    assert all(pair.score_rejected < 1 for pair in pairs)


def test_a_target_that_is_not_in_the_text_gives_no_case():
    about = Document("x/train/0", "他来了。", (Entity("高明", None, None, "PER"),))
    assert as_case(ask("NER", "zh", about), "NER", Page(about, "zh"), vocabulary("NER", "zh")) == (OFF_TEXT, None)


def test_a_piece_that_cuts_through_an_annotation_is_known():
    about = document("zh")
    assert tears(about, 0, 12)  # inside 远山科技有限公司
    assert not tears(about, 0, None)


def test_masked_and_translated_labels_are_kept():
    about = document("zh")
    asked = ask("NER", "zh", about)
    target, numbered = asked.target, []
    for number, shown in enumerate(asked.shown, 1):
        numbered.append(f"类型{number}")
        target = target.replace(shown, numbered[-1])
    masked = msgspec.structs.replace(asked, shown=tuple(numbered), target=target)
    _, case = as_case(masked, "NER", Page(about, "zh"), vocabulary("NER", "zh"))
    assert case.near("类型1")[0] == "类型2"
    english = msgspec.structs.replace(ask("EE", "en", about), language="zh")
    _, case = as_case(english, "EE", Page(about, "zh"), vocabulary("EE", "zh"))
    assert case.roles("acquisition") == ["buyer", "target", "time"]


# --- whole benchmarks -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    """A built benchmark of bundled samples, all tasks and both languages."""
    recipe = BuildRecipe(
        name="small",
        held_in=("resume", "msra", "duie2", "duee1", "title2event", "conll2003", "ade", "casie", "maven", "cmeee"),
        samples=True,
    )
    out = tmp_path_factory.mktemp("benchmark") / "small"
    pipeline.build(recipe, raw=out.parent, out=out)
    return out


def test_the_shipped_recipe_makes_pairs_that_are_all_worse(benchmark, tmp_path):
    recipe = load_recipe(Path("confuse"), ConfuseRecipe)
    report = confuse(Benchmark(benchmark), recipe, tmp_path / "pairs.parquet")
    pairs = list(read_parquet(tmp_path / "pairs.parquet", RewardPair))
    assert len(pairs) == report.pairs > 100
    assert all(pair.source == "confusion" and pair.score_rejected < pair.score_chosen for pair in pairs)
    assert len({pair.id for pair in pairs}) == len(pairs)
    assert sum(row.pairs for row in report.kinds) == len(pairs)
    assert {pair.task for pair in pairs} >= {"NER", "RE", "EE", "EET"}
    assert not (tmp_path / ".pairs.parquet.parts").exists()


def test_dropped_annotations_leave_their_document_out(benchmark, tmp_path):
    noted = json.loads((benchmark / "corpora/cmeee/train.partial.json").read_bytes())
    assert noted
    manifest = json.loads((benchmark / "manifest.json").read_bytes())
    assert "corpora/cmeee/train.partial.json" in manifest["files"]
    report = confuse(Benchmark(benchmark), ConfuseRecipe("x"), tmp_path / "pairs.parquet", corpora=["cmeee"])
    assert report.left_out["an annotation was dropped"] > 0
    assert not {pair.document for pair in read_parquet(tmp_path / "pairs.parquet", RewardPair)} & set(noted)


def test_the_same_text_annotated_otherwise_is_a_conflict(tmp_path):
    def corpus(name, concept, *found):
        label = Label(name.upper(), "甲", "a", concept)
        described = {"name": name, "language": "zh", "domain": "", "tasks": ["NER"]} | {
            "schema": {"entities": [msgspec.to_builtins(label)], "relations": [], "events": []}
        }
        write_json(tmp_path / f"corpora/{name}/corpus.json", described)
        rows = [
            Document(f"{name}/train/{n}", text, tuple(Entity(s, None, None, name.upper()) for s in strings))
            for n, (text, strings) in enumerate(found)
        ]
        write_parquet(tmp_path / f"corpora/{name}/train.parquet", Document, rows)

    corpus("one", "person", ("高明来了。", ["高明"]), ("高明 来了", []), ("季然走了。", ["季然"]), ("无人。", []))
    corpus("two", "person", ("季然走了。", []), ("无人。", []))
    corpus("three", "place", ("季然走了。", ["走"]))
    assert conflicting(tmp_path, "train", ["one"]) == {
        "one/train/0": {"NER"}, "one/train/1": {"NER"}, "one/train/2": {"NER"}
    }  # fmt: skip
    assert conflicting(tmp_path, "train", ["three"]) == {}


def run(*arguments):
    return CliRunner().invoke(app, ["pairs", "confuse", *map(str, arguments)])


def test_the_same_bytes_under_other_hash_seeds_and_jobs(benchmark, tmp_path):
    command = [sys.executable, "-m", "uiebench", "pairs", "confuse", "--benchmark", str(benchmark), "--limit", "4"]
    command += ["--corpus", "resume,ade,casie"]
    for seed, jobs in (("1", "1"), ("2", "2")):
        out = tmp_path / f"{seed}.parquet"
        subprocess.run(
            [*command, "--jobs", jobs, "--out", str(out)],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()


def test_the_report_is_json_on_demand_and_options_narrow_the_run(benchmark, tmp_path):
    result = run(
        "--benchmark", benchmark, "--out", tmp_path / "p.parquet", "--corpus", "resume,ade", "--task", "NER",
        "--kinds", "type,invented", "--json", "--jobs", 1,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert {row["kind"] for row in report["kinds"]} <= {"type", "invented"}
    assert set(report["corpora"]) == {"resume", "ade"}
    assert report["corpora"]["ade"] == 0  # it has no entities to ask for


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--kinds", "typo"], "no kind 'typo'; did you mean 'type'?"),
        (["--corpus", "resum"], "did you mean 'resume'?"),
        (["--split", "all"], "--split all: not one of train, dev, test"),
        (["--task", "XE"], "--task XE"),
    ],
)
def test_what_does_not_exist_is_one_line(benchmark, tmp_path, options, told):
    result = run("--benchmark", benchmark, "--out", tmp_path / "p.parquet", *options)
    assert result.exit_code == 1
    assert told in str(result.exception)
    assert not (tmp_path / "p.parquet").exists()


def test_a_run_that_makes_no_pair_leaves_the_file_as_it_is(benchmark, tmp_path):
    out = tmp_path / "y.parquet"
    out.write_bytes(b"kept")
    result = run("--benchmark", benchmark, "--out", out, "--corpus", "resume", "--kinds", "swapped")
    assert result.exit_code == 1
    assert "no pair was made" in str(result.exception)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("y.parquet", b"kept")]


def test_an_unknown_kind_in_a_recipe_is_refused(benchmark, tmp_path):
    with pytest.raises(RecipeError, match="recipe x: weights: no kind 'inventd'; did you mean 'invented'"):
        confuse(Benchmark(benchmark), ConfuseRecipe("x", weights={"inventd": 1}), tmp_path / "p.parquet")


def test_a_run_goes_on_where_it_was_stopped(benchmark, tmp_path):
    gold, recipe, out = Benchmark(benchmark), ConfuseRecipe("x"), tmp_path / "p.parquet"
    confuse(gold, recipe, out)
    whole, seen = out.read_bytes(), []

    def stop(done, total, name):
        seen.append(name)
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        confuse(gold, recipe, out, progress=stop)
    parts = out.parent / f".{out.name}.parts"
    times = {path: path.stat().st_mtime_ns for path in parts.glob("*.parquet")}
    assert len(times) == 3
    made_again = []
    confuse(gold, recipe, out, progress=lambda done, total, name: made_again.append(
        {path: path.stat().st_mtime_ns for path in times if path.exists()} == times))  # fmt: skip
    assert all(made_again)
    assert out.read_bytes() == whole


def test_real_prompts_give_pairs_that_are_all_worse(tmp_path):
    raw = raw_folder()
    if raw is None or not (raw / "resume").is_dir() or not (raw / "ade").is_dir():
        pytest.skip("no original files: set UIEBENCH_RAW")
    recipe = BuildRecipe(name="real", held_in=("resume", "ade"), cap=300)
    pipeline.build(recipe, raw=raw, out=tmp_path / "real")
    report = confuse(Benchmark(tmp_path / "real"), load_recipe(Path("confuse"), ConfuseRecipe), tmp_path / "p.parquet")
    assert report.pairs > 1000
    for pair in read_parquet(tmp_path / "p.parquet", RewardPair):
        assert pair.score_rejected < pair.score_chosen
        assert judged_by_the_scorer(pair.task, pair.chosen, pair.rejected)[0] == pair.score_rejected


def test_a_boundary_is_never_moved_into_a_word_by_a_word_kind():
    for language, text in (("zh", ZH), ("en", EN)):
        _, case = case_of("NER", language)
        for label, mention in case.gold:
            for turn in range(30):
                for make in (spans.wider, spans.narrower):
                    other = make(case, mention, lot(label, turn))
                    if other is not None:
                        start, end = case.page.place(mention)
                        at = text.index(other)
                        assert at == start or case.words.is_edge(at)
                        assert at + len(other) == end or case.words.is_edge(at + len(other))


def test_read_and_write_are_inverse():
    for task in TASKS:
        for language in ("zh", "en"):
            asked = ask(task, language, document(language))
            form, answer = read(asked.target, task, asked.shown)
            assert form.write(answer) == asked.target


# --- what must not be made ----------------------------------------------------------------------------


def test_no_edit_says_a_blank_mention():
    assert Gold([], "NER", ("机构", "人物")).score([("机构", "远山"), ("人物", "")]) is None
    assert Gold([], "RE", ("任职",)).score([("任职", "方明", " ")]) is None
    assert Gold([], "EE", ("聘用",)).score([("聘用", "聘", (("受聘者", ""),))]) is None
    # an event may have no trigger
    assert Gold([], "EE", ("聘用",)).score([("聘用", "", (("受聘者", "方明"),))]) == 0


def test_corpora_that_leave_facts_unannotated_get_no_pairs(tmp_path):
    out = tmp_path / "small"
    pipeline.build(BuildRecipe(name="small", samples=True, held_in=("resume", "finre")), raw=tmp_path, out=out)
    recipe = ConfuseRecipe("x", incomplete=("finre",))
    made = confuse(Benchmark(out), recipe, tmp_path / "c.parquet")
    rows = list(read_parquet(tmp_path / "c.parquet", RewardPair))
    assert {row.corpus for row in rows} == {"resume"}
    assert made.left_out["of a corpus known to leave facts unannotated"] > 0
    few = confuse(Benchmark(out), recipe, tmp_path / "d.parquet", tasks=("RE",), limit=2)
    assert (few.prompts, few.left_out["of a corpus known to leave facts unannotated"]) == (2, 2)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("柳青研究院（远山。成立了", None),
        ("柳青研究院（远山）成立了", "柳青研究院（远山）"),
        ("柳青研究院(远山)成立了", "柳青研究院(远山)"),
    ],
)
def test_merged_mentions_take_the_bracket_that_belongs_to_them_or_are_not_made(text, whole):
    mentions = [("柳青研究院", "ORG"), ("远山", "LOC")]
    about = Document(
        "invented/train/9", text, tuple(Entity(m, text.index(m), text.index(m) + len(m), t) for m, t in mentions)
    )
    *_, made = tried("merged", "NER", "zh", about)
    said = {item[1] for change, _ in made for item in change.answer}
    assert said == (set() if whole is None else {whole})


def test_a_paraphrase_is_in_the_text_in_no_case_of_letters():
    words = ("gold", "NAPLES", "facebook", "founded")
    text = f"{' '.join(words)} Gold Naples Facebook FOUNDED"
    about = Document("invented/train/9", text, tuple(place(text, word, partial(Entity, type="PER")) for word in words))
    _, case = case_of("NER", "en", about)
    found = {spans.paraphrased(case, w, c, n) for w in words for c in ("", "city", "person") for n in range(20)}
    assert all(said is None or said.casefold() not in text.casefold() for said in found)
    assert found - {None}


def test_the_count_is_of_prompts_that_have_pairs(benchmark, tmp_path):
    result = run("--benchmark", benchmark, "--out", tmp_path / "p.parquet", "--corpus", "resume,ade", "--jobs", 1)
    found = {row.instruction for row in read_parquet(tmp_path / "p.parquet", RewardPair)}
    assert f"pairs about {len(found):,} of " in result.stderr


# --- what nobody would believe --------------------------------------------------------------------------


def test_a_string_is_like_a_class_by_what_it_looks_like():
    learnt = Lexicon.learn([elsewhere("zh")], 0)
    person, day = (learnt.likeness(("entity", type), "zh") for type in ("PER", "TIME"))
    assert day.is_possible("2021年7月")
    assert day.of("2021年7月") is not None
    assert not any(day.is_possible(string) for string in ("公园", "支持改革方案", "作业"))
    assert all(person.of(string) is None for string in ("1,200万元", "2018年", "改革方案"))
    assert learnt.likeness(("entity", "none such"), "zh") is None


def test_a_role_is_not_played_by_what_is_of_another_kind():
    values = ("male", "female", "man", "woman", "boy", "girl", "old man", "young woman", "lady")
    events = tuple(Event("treat", Span("treated", None, None), (Argument(v, None, None, "gender"),)) for v in values)
    filling = tuple(Document(f"f/{n}", text) for n, text in enumerate([EN, *FILLING["en"]]))
    learnt = Lexicon.learn([Document("x/train/1", "", events=events), *filling], 0)
    gender = learnt.likeness(("argument", "treat", "gender"), "en")
    assert gender.of("tall woman") is not None
    for string in ("documents", "findings", "300 jobs", "the take-over", "Port Ashby"):
        assert gender.of(string) is None
        assert not gender.is_possible(string)
    rare = learnt.likeness(("argument", "admit", "gender"), "en")  # seldom: as in the other event types
    assert rare is not None
    assert rare.of("documents") is None


@given(documents(), st.sampled_from(TASKS), st.integers(0, 1000))
def test_a_number_is_never_put_where_the_corpus_has_names(found, task, seed):
    language, about = found
    recipe = ConfuseRecipe("x", seed=seed, per_prompt=4, edits=(1,))
    only = ["replaced", "spurious", "absent"]
    _, pairs = made(task, language, about, recipe, only)
    for pair in pairs:
        after = json.loads(pair.edits[0].after)
        if task == "NER":
            ((label, mention),) = after.items()
            if label in ("人物", "person"):
                assert not any(map(str.isdigit, mention))


def test_no_triple_is_added_between_two_that_are_related_in_any_way():
    about = document("en")
    related = {frozenset((r.head.text, r.tail.text)) for r in about.relations}
    for window in (("employer", "director"), labels_of("RE")):  # relations outside the window count too
        for name in ("absent", "spurious"):
            for change, _ in tried(name, "RE", "en", about, window)[2]:
                assert frozenset(change.answer[-1][1:]) not in related


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_string_is_placed_at_the_edges_of_words(language):
    text = "R次2012年12月" if language == "zh" else "The patient took R on day 2 of 12 and left"
    page = Page(Document("x/train/0", text), language)
    assert page.place("12") == ((7, 9) if language == "zh" else (31, 33))
    assert page.place("R") == ((0, 1) if language == "zh" else (17, 18))
    assert page.place("atient") is None if language == "en" else page.place("01") is None


def test_abbreviations_are_no_plain_deletions():
    assert "上海市有限公司" not in paraphrases("上海市远山食品有限公司", "company", "zh")
    assert "药敏试验" in paraphrases("药物敏感试验", "medical procedure", "zh")
    assert not [said for said in paraphrases("街头", "location", "zh") if said.endswith(("市", "地区"))]
    assert not [said for said in paraphrases("司机", "person", "zh") if said.endswith(("先生", "某"))]
    assert paraphrases("developed", "", "en") == ("developing",)
    assert paraphrases("scammers", "", "en") == ()
    assert paraphrases("analysis", "", "en") == ()
    assert "quinine withdrawal" in paraphrases("withdrawal of quinine", "", "en")
    assert paraphrases("personal information", "", "en") == ()


@pytest.mark.parametrize(
    ("language", "text", "mention", "never"),
    [
        ("zh", "患者出现呼吸困难，左膝部疼痛", "左膝部", {"左", "部"}),
        ("zh", "白鹭集团发行2,400万股", "2,400万股", {"2,400万", "400万股", "2"}),
        ("zh", "由皮诺·阿拉奇率领", "皮诺·阿拉奇", {"皮诺·阿拉", "阿拉奇", "皮诺"}),
        ("en", "a rise of interleukin (IL)-2 in cells", "interleukin (IL)-2", {"interleukin (", "interleukin (IL"}),
        ("en", "the flaws of the old browser were fixed", "The flaws", {"The"}),
        ("en", "seen in a three-week tour", "three-week tour", {"week tour", "three"}),
        ("en", "after withdrawal of quinine", "withdrawal of quinine", {"of quinine", "withdrawal of"}),
    ],
)
def test_narrower_and_split_leave_what_could_be_a_mention(language, text, mention, never):
    if mention not in text:
        text = f"{mention}{text}"
    about = Document("x/train/0", text, (place(text, mention, partial(Entity, type="ORG")),))
    said = set()
    for name in ("narrower", "split"):
        for change, _ in tried(name, "NER", language, about)[2]:
            said |= {one for _, one in change.answer}
    assert not said & never


@pytest.mark.parametrize(
    ("language", "text", "mention", "never"),
    [
        ("zh", "泰昌银行被迫宣布停业", "泰昌银行", {"泰昌银行被迫", "泰昌银行被"}),
        ("zh", "两人经抢救无效死亡", "抢救", {"人经抢救", "两人经抢救"}),
        ("zh", "南浦媒体19日报道", "南浦媒体", {"南浦媒体19日", "南浦媒体19"}),
        ("en", "the loss of the flaws and bugs could grow", "bugs", {"bugs could", "and bugs"}),
    ],
)
def test_wider_takes_in_what_could_belong_to_a_mention(language, text, mention, never):
    about = Document("x/train/0", text, (place(text, mention, partial(Entity, type="ORG")),))
    said = {one for change, _ in tried("wider", "NER", language, about)[2] for _, one in change.answer}
    assert not said & never


@pytest.mark.parametrize(
    ("mention", "made"),
    [
        ("IL-2", {"IL"}),
        ("Id1", {"Id"}),
        ("iPhone", {"Phone"}),
        ("QD2M Hill", set()),  # neither "M Hill" nor "2M Hill"
        ("Kennedy", set()),
        ("Port Ashby", set()),
        ("Tarn-Mobile Society", {"Mobile Society"}),
        ("2019/20", {"2019", "20"}),
    ],
)
def test_english_words_are_cut_at_their_seams_only(mention, made):
    text = f"They met {mention} there."
    about = Document("x/train/0", text, (place(text, mention, partial(Entity, type="ORG")),))
    said = {one for change, _ in tried("character", "NER", "en", about)[2] for _, one in change.answer}
    assert said == made


def test_a_chinese_text_without_phrases_has_no_english_ones():
    assert Page(Document("x/train/0", "他的 Ashmere Bank 吗"), "zh").phrases.heads == {"Ashmere", "Bank"}
    assert Page(Document("x/train/0", "他的。"), "zh").phrases.heads == frozenset()


def taken_of(text, language="en", annotated=()):
    entities = tuple(place(text, one, partial(Entity, type="ORG")) for one in annotated)
    return set(Page(Document("x/train/0", text, entities), language).phrases)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("Every office closed. Men waited outside.", {"Every", "Men", "Every office", "Men waited"}),
        ('They left: "Nobody came", he said.', {"Nobody", "Nobody came"}),
        (
            "- Leading firms closed\n- Others stayed open for years",
            {"Leading", "Leading firms", "Others", "Others stayed"},
        ),
        ("HARBOUR CLOSES IN AUGUST STORM\nnothing else was known", {"HARBOUR", "AUGUST", "AUGUST STORM", "CLOSES"}),
        ("Old Harbour Closes After Storm\nnothing else was known", {"Harbour", "Storm", "Closes", "Old Harbour"}),
    ],
)
def test_a_capital_that_any_word_would_have_there_tells_nothing(text, never):
    assert not taken_of(text) & never


def test_a_capital_inside_a_sentence_tells_something():
    assert "Mill Hall" in taken_of("Mill Hall closed. People left Mill Hall and went home.")
    assert "Mill Hall" in taken_of("People of the town met in Mill Hall yesterday evening.")
    assert "rusty door" in taken_of("rusty door hinges creaked")


def test_days_months_and_titles_are_no_names_but_where_the_corpus_has_such():
    days = tuple(Entity(d, None, None, "TIME") for d in ("Sunday", "May 2011", "June"))
    people = tuple(Entity(d, None, None, "PER") for d in ("Ada Fenn", "Ivo Lund"))
    learnt = Lexicon.learn([Document("x/train/1", "", (*days, *people))], 0)
    assert all(learnt.is_unnamed(("entity", "PER"), one) for one in ("Sunday", "Sen.", "President", "AUGUST"))
    assert not learnt.is_unnamed(("entity", "PER"), "Mira Lund")
    assert not learnt.is_unnamed(("entity", "TIME"), "Sunday")


def test_a_plural_is_said_only_where_the_corpus_has_the_form():
    text = "scammers robbed a woman, a child, the elderly and one scam victim"
    words = ("scammers", "woman", "child", "elderly", "victim")
    known = Document("x/train/1", "", (Entity("the scammer", None, None, "JOB"), Entity("victims", None, None, "JOB")))
    about = Document("x/train/9", text, tuple(place(text, word, partial(Entity, type="PER")) for word in words))
    asked = ask("NER", "en", about)
    _, case = as_case(asked, "NER", Page(about, "en"), vocabulary("NER", "en", about, known))
    said = {word: {spans.paraphrased(case, word, "", n) for n in range(20)} - {None} for word in words}
    assert said == {"scammers": set(), "woman": set(), "child": set(), "elderly": set(), "victim": {"victims"}}


def test_chinese_numbers_are_read_as_people_read_them():
    assert paraphrases("12月23日", "date", "zh") == ("十二月二十三日",)
    assert paraphrases("2019年5月10日", "date", "zh") == ("二〇一九年五月十日",)
    assert paraphrases("1,200人", "number", "zh") == ()
    assert paraphrases("350人", "number", "zh") == ()
    assert paraphrases("A股", "", "zh") == ()  # in full-width letters it is the same


def test_titles_stand_behind_names_and_abbreviations_where_they_are_common():
    assert {"方某", "方远山先生"} <= set(paraphrases("方远山", "person", "zh"))
    assert "欧阳某" in paraphrases("欧阳兰舟", "person", "zh")
    for said in ("党委", "党委书记", "学生", "部门", "高管", "白领们"):
        assert not [one for one in paraphrases(said, "person", "zh") if one.endswith(("某", "先生", "女士"))]
    assert "远报" not in paraphrases("远山日报", "organization", "zh")
    assert "教行部门" not in paraphrases("教育行政部门", "organization", "zh")


def test_the_marks_of_a_title_are_put_around_it_once():
    assert paraphrases("远山的灯火", "work", "zh") == ("《远山的灯火》",)
    for said in ("《远山的灯火》", "《远山的灯火》续集"):
        assert paraphrases(said, "work", "zh") == ()


def test_an_article_is_put_before_a_name_only_where_the_texts_have_one_before_its_like():
    bodies = ("Tarn Foundation", "Lake Foundation", "Old Mill Foods", "Orrin Foods")
    text = (
        "He left the Tarn Foundation. The Lake Foundation hired Ada from Old Mill Foods and the Orrin Foods, and DELL."
    )
    known = Document("x/train/1", text, tuple(place(text, one, partial(Entity, type="ORG")) for one in bodies))
    about = Document("x/train/0", "Mira Lund, Halden Foundation, Brook Foods, Foundation, DELL, @halden met.")
    _, case = case_of("NER", "en", about)
    case.vocabulary.lexicon = Lexicon.learn([known], 0)
    said = {
        name: {spans.paraphrased(case, name, "organization", n) for n in range(20)}
        for name in ("Halden Foundation", "Brook Foods", "Foundation", "DELL", "Mira Lund", "@halden")
    }
    assert said.pop("Halden Foundation") == {"The Halden Foundation"}
    assert all(found == {None} for found in said.values())


def test_in_chinese_a_blank_parts_two_fields():
    text = "秋元青 主演 电视剧"
    about = Document("x/train/0", text, (place(text, "秋元青", partial(Entity, type="PER")),))
    assert not tried("wider", "NER", "zh", about)[2]


def test_no_chinese_phrase_is_a_part_of_a_name_or_of_two_parts_of_a_clause():
    assert not taken_of("他凌晨于台北去世", "zh") & {"凌晨于台北"}
    for text, crossing in (
        ("工人签署了合同", "签署了合同"),
        ("远山公司已经停产", "公司已经停产"),
        ("工人以及学生到场", "工人以及学生"),
    ):
        taken = taken_of(text, "zh")
        assert taken
        assert crossing not in taken
    assert not taken_of("他喜欢《远山的灯火》这本书", "zh") & {"灯火", "远山"}
    assert not taken_of("他说“改革方案”不好", "zh") & {"改革", "方案", "改革方案"}
    assert "改革方案" in taken_of("工人支持改革方案", "zh")
    assert not phrases_of("主持人柳云刚先到", "zh") & {"柳云"}


def test_no_phrase_is_taken_that_the_corpus_annotates_with_its_neighbour():
    text = "工人代表支持北浦市的事。"
    known = Document("x/train/1", "", (Entity("工人代表", None, None, "ORG"),))
    about = Document("x/train/0", text)
    _, case = case_of("NER", "zh", about)
    case.vocabulary.lexicon = Lexicon.learn([elsewhere("zh"), known], 0)
    assert spans._is_part(case, "工人")
    assert spans._is_part(case, "代表")
    assert not spans._is_part(case, "北浦市")


def test_a_made_up_event_has_a_trigger_of_the_corpus_and_mostly_an_argument():
    for language in ("zh", "en"):
        case, _, made = tried("absent", "EE", language)
        events = [change.answer[-1] for change, _ in made]
        events += [change.answer[-1] for change, _ in tried("spurious", "EE", language)[2]]
        assert events
        own = {event.trigger.text for event in case.page.document.events}
        assert all(trigger in own or case.vocabulary.lexicon.triggers[trigger] for _, trigger, _ in events)
        assert any(arguments for _, _, arguments in events)


def test_what_plays_another_role_or_is_a_trigger_is_not_taken_for_an_argument():
    arguments = (Argument("lung", None, None, "organ"), Argument("male", None, None, "gender"))
    known = Document("x/train/1", "", events=(Event("treat", Span("treatment", None, None), arguments),))
    learnt = Lexicon.learn([known], 0)
    assert learnt.plays_another("gender", "lung")
    assert learnt.plays_another("frequency", "treatment")
    assert not learnt.plays_another("gender", "male")
    assert not learnt.plays_another("gender", "tall")
    assert learnt.usual == {"treat"}


def test_what_is_another_type_in_other_texts_is_not_answered():
    text = "工人代表在东湖公园与绿洲科技公司的代表开会，白石镇的人也来了。"
    about = Document("x/train/0", text)
    known = Document(
        "x/train/1", "", (Entity("绿洲科技公司", None, None, "LOC"), Entity("东湖公园", None, None, "ORG"))
    )
    for learnt, taken in (
        (Lexicon.learn([elsewhere("zh")], 0), True),
        (Lexicon.learn([elsewhere("zh"), known], 0), False),
    ):
        _, case = case_of("NER", "zh", about)
        case.vocabulary.lexicon = learnt
        said = {
            change.answer[-1][1]
            for index in range(len(case.labels))
            for n in range(60)
            if (change := of_task("NER")["answered"].make(case, [], index, lot(n)))
        }
        assert bool(said & {"绿洲科技公司", "东湖公园"}) == taken


@pytest.mark.parametrize("multiset", [False, True])
@given(documents(), st.sampled_from(TASKS), st.integers(0, 1000))
def test_an_answer_scores_as_its_facts_what_it_scores_when_it_is_written_and_read(multiset, found, task, seed):
    language, about = found
    _, case = case_of(task, language, about)
    right = Gold(case.gold, task, case.labels, multiset=multiset)
    answer = case.gold
    for turn in range(4):
        kinds = [kind for kind in of_task(task).values() if kind.per == "item" and answer]
        for kind in kinds:
            change = kind.make(case, answer, turn % len(answer), lot(seed, kind.name, turn))
            if change is not None and not change.output and right.score(change.answer) is not None:
                output = case.form.write(change.answer)
                assert right.judged(output) == (right.score(change.answer), True)
                answer = change.answer
                break


TEXTS = [
    "The patients of the trial reported severe pain, and the pain of others enhances the risk.",
    "A rare complication of the transplant was pain; a rare case of pain followed the transplant, too.",
    "The patients receiving a rare drug had an area of pain, and the area was of the usual size.",
]


def test_a_word_tells_a_class_that_ends_its_mentions_in_most_places():
    found = [("entity", "symptom", "severe pain")] + [("entity", "symptom", "pain")] * 4
    usage = Usage(TEXTS, [*found, ("entity", "symptom", "area")], "en")
    assert usage.share(("entity", "symptom"), "pain") == 1
    assert usage.share(("entity", "symptom"), "Pain") == 1
    assert usage.share(("entity", "symptom"), "area") == 0  # once is not enough
    assert usage.share(("entity", "drug"), "pain") == 0
    text = "高明创办了远山公司，公司在林川，工人进了公司。"
    zh = Usage([text], [("entity", "ORG", "远山公司"), ("entity", "ORG", "林川公司")], "zh")
    assert zh.share(("entity", "ORG"), "公司") == pytest.approx(2 / 3)


def test_an_english_word_is_known_for_a_noun_or_modifier_by_where_it_stands():
    usage = Usage(TEXTS, [], "en")
    assert usage.is_noun("transplant")
    assert usage.is_noun("pain")
    assert not usage.is_noun("enhances")
    assert not usage.is_noun("reported")
    assert usage.is_modifier("rare")
    assert not usage.is_modifier("receiving")
    assert usage.is_common("Rare")
    assert not usage.is_common("Halden")


@pytest.mark.parametrize(
    ("language", "own", "others", "string", "expected"),
    [
        ("zh", ["查出", "查明"], ["送出"], "查获", True),
        ("zh", ["查出", "查明"], ["查封", "查办", "查收"], "查获", False),
        ("zh", ["查出", "查明"], [], "送到", False),
        ("en", ["patched", "have been patched"], ["found"], "patching", True),
        ("en", ["patched"], [], "patching", False),  # once is not enough
    ],
)
def test_a_trigger_is_like_those_of_a_type_if_it_shares_their_stem_and_no_others(
    language, own, others, string, expected
):
    known = [("trigger", "a", one) for one in own] + [("trigger", "b", one) for one in others]
    assert Usage(["text"], known, language).triggers("a", string) == expected


def test_a_common_word_is_no_name_and_a_generic_noun_no_mention():
    names_ = [
        "Ada Fenn",
        "Ivo Lund",
        "Mira Vane",
        "Petra Lund",
        "Soren Fenn",
        "Nerys Vane",
        "Ulric Lund",
        "Tamsin Oakes",
    ]
    people = tuple(Entity(one, None, None, "PER") for one in names_)
    text = "The night was long and the boys went home. Boys like the night. " + " met ".join(names_)
    learnt = Lexicon.learn([Document("x/train/0", text, people)], 0)
    for string in ("night", "boys", "Boys", "II"):
        assert not learnt.is_headed(("entity", "PER"), string, "en")
    assert learnt.is_headed(("entity", "PER"), "Oskar Brandt", "en")


def test_a_name_needs_an_edge_that_names_of_its_class_have():
    people = ["季然", "季云", "季明", "高远", "高明", "方远山", "林青", "贺兰舟"]
    places_ = ["鹿溪县", "临泽县", "竹川县", "白石市", "北浦市"]
    known = tuple(Entity(one, None, None, "PER") for one in people)
    towns = tuple(Entity(one, None, None, "LOC") for one in places_)
    text = "、".join([*people, *places_]) + "都来了。新书上市，药品上市，股票上市，BUG不少。"
    learnt = Lexicon.learn([Document("x/train/0", text, (*known, *towns))], 0)
    assert learnt.resembles(("entity", "PER"), "季白", "季白", "zh")
    assert learnt.resembles(("entity", "LOC"), "青岚县", "青岚县", "zh")
    for key, string in (("PER", "安静"), ("PER", "BUG"), ("LOC", "季白"), ("LOC", "大力支持")):
        assert not learnt.resembles(("entity", key), string, string, "zh")
    assert learnt.usage("zh").places("上市") == 3  # often, and nothing annotates it


def test_an_english_name_shares_a_word_or_an_ending_with_its_class():
    towns = ["Port Avery", "Port Ashby", "Westmoor", "Eastmoor", "Fernmoor", "Stoneby", "East Tarrow", "Lake Linden"]
    known = tuple(Entity(one, None, None, "LOC") for one in towns)
    learnt = Lexicon.learn([Document("x/train/0", ". ".join(towns), known)], 0)
    for string, head in (("Port Ellery", "Ellery"), ("North Tarrow", "Tarrow"), ("Highmoor", "Highmoor")):
        assert learnt.resembles(("entity", "LOC"), string, head, "en")
    for string in ("BBQ", "Elegance", "Maternity"):
        assert not learnt.resembles(("entity", "LOC"), string, string, "en")


def test_the_report_says_of_each_kind_what_it_passed_over(benchmark, tmp_path):
    report = confuse(Benchmark(benchmark), ConfuseRecipe("x"), tmp_path / "p.parquet", corpora=["resume", "casie"])
    rows = {(row.task, row.kind): row for row in report.kinds}
    for row in rows.values():
        made_of = row.asked - row.nothing - row.refused
        assert 0 <= made_of <= row.edits
        assert bool(made_of) == bool(row.edits)
        assert row.nothing >= 0 <= row.refused
        assert row.asked <= report.prompts
    assert rows["NER", "spurious"].nothing > 0  # a sample of a few texts tells little of what could be taken for what
    result = run("--benchmark", benchmark, "--out", tmp_path / "q.parquet", "--corpus", "resume", "--jobs", 1)
    assert "passed over: nothing fits" in result.stdout


def test_a_made_up_event_takes_the_argument_that_plays_the_same_role_nearest_to_its_trigger():
    text = "远山公司在三月收购了林川公司，白鹭集团在五月开业，工人收取设备。"
    spans_ = {
        one: place(text, one, lambda *span: span) for one in ("三月", "收购", "五月", "开业", "林川公司", "白鹭集团")
    }
    about = Document(
        "x/train/0",
        text,
        events=(
            Event(
                "buy",
                Span(*spans_["收购"]),
                (Argument(*spans_["三月"], "time"), Argument(*spans_["林川公司"], "target")),
            ),
            Event(
                "open",
                Span(*spans_["开业"]),
                (Argument(*spans_["五月"], "time"), Argument(*spans_["白鹭集团"], "target")),
            ),
        ),
    )
    _, case = case_of("EE", "zh", about)
    time = next(role.display("zh") for role in ROLES if role.name == "time")
    assert _neighbour(case, "辞职", time, "收取", {"收取"}) == (time, "五月")
    assert _neighbour(case, "辞职", time, "收购", {"收购"}) == (time, "三月")
    assert _neighbour(case, "辞职", "买方", "收取", {"收取"}) is None


@pytest.mark.parametrize(
    ("language", "text", "trigger", "never"),
    [
        (
            "en",
            "and the firm was attacked by thieves and others",
            "attacked",
            {"attacked by thieves and", "firm was attacked"},
        ),
        ("zh", "公司随后召开新品发布会", "召开", {"召开新品", "公司召开", "召开新"}),
    ],
)
def test_a_trigger_is_wider_by_what_belongs_to_it(language, text, trigger, never):
    about = Document("x/train/0", text, events=(Event("open", place(text, trigger, Span)),))
    said = {change.answer[0][1] for change, _ in tried("trigger-wider", "EE", language, about)[2]}
    assert said
    assert not said & never
    assert said <= {"was attacked", "attacked by", "随后召开"}
