"""Confusions that could be believed: which strings of a text are taken for what, and what invented names look like."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_confuse import tried

from uiebench.hashing import lot
from uiebench.pairs import names
from uiebench.pairs.case import Page, Vocabulary, mostly_first
from uiebench.pairs.cases import as_case
from uiebench.pairs.kinds import of_task
from uiebench.pairs.lexicon import Lexicon, is_day
from uiebench.pairs.names import Kinship
from uiebench.pairs.paraphrase import paraphrases
from uiebench.pairs.parts import Draw, Parts, renumbered
from uiebench.types import Document, Entity, Instruction, Label, Relation, Schema

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


def asked(text, own, *labels, gold=()):
    """A prompt about a text as a case; `own`: the entities of the text, `gold` those of them that it asks for."""
    entities = tuple(Entity(s, text.index(s), text.index(s) + len(s), type) for s, type in own)
    about = Document("x/train/0", text, entities)
    others = ". ".join(f"People of {one} met" for held in HELD.values() for one in held.split("|"))
    known = Document(
        "x/train/1", PROSE + others, tuple(Entity(one, None, None, t) for t in HELD for one in HELD[t].split("|"))
    )
    schema = Schema(entities=LABELS)
    vocabulary = Vocabulary("NER", "en", schema, Lexicon.learn([known], 0), lambda _: (), lambda _, __: ())
    shown = tuple(next(one.en for one in LABELS if one.name == label) for label in labels)
    held = {name: [s for s, t in gold if t == label] for name, label in zip(shown, labels, strict=True)}
    target = msgspec.json.encode(held).decode()
    prompt = Instruction("x/train/0#NER", "x/train/0", "x", "NER", "en", labels, text, target, shown)
    reason, case = as_case(prompt, "NER", Page(about, "en"), vocabulary)
    assert case is not None, reason
    return case


def said(text, label, own=(), kind="answered"):
    """What a kind answers about a text for a label, by many hashes."""
    case = asked(text, own, label)
    made = (of_task("NER")[kind].make(case, [], 0, lot(turn)) for turn in range(60))
    return {change.answer[-1][1] for change in made if change is not None}


def answers(text, own, kind, *labels):
    """The items that a kind changes, each before and after."""
    case = asked(text, own, *labels, gold=own)
    found = set()
    for index, item in enumerate(case.gold):
        for turn in range(60):
            change = of_task("NER")[kind].make(case, case.gold, index, lot(turn))
            if change is not None:
                found.add((item, change.answer[index]))
    return found


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("city", "country", Kinship.SAME),
        ("location", "location", Kinship.SAME),
        ("disease", "symptom", Kinship.SAME),
        ("location", "organization", Kinship.LINKED),
        ("miscellaneous", "date", Kinship.LINKED),
        ("location", "date", Kinship.NONE),
        ("body part", "symptom", Kinship.NONE),
        ("disease", "disease feature", Kinship.NONE),
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


# --- invented names ---------------------------------------------------------------------------------

REAL = {
    ("person", "zh"): "季建国 方晓明 林建军 贺伟华 庄丽娟 詹志强 乔海燕 裴文静 温玉兰 钟春生 康小红 施德明 骆秀英",
    ("place", "zh"): "青岚市 北浦市 临泽市 竹川市 白石市 鹿溪市 桃岭市 柳湾市 南桐市 东棠市 西雁市 云舟市 松砚市",
    ("work", "zh"): "《青瓷岁月》 《渡口故事》 《边城书简》 《山河往事》 《春水歌谣》 《海岛手记》 《戏台风云》 "
    "《茶馆夜话》 "
    "《江湖传奇》 《铁道英雄》 《草原牧歌》 《都市月光》 《校园日记》 《古镇传说》",
    ("date", "zh"): "2003年5月 1998年12月 2011年3月 2007年8月 1995年1月 2016年9月 2001年7月 1989年4月 2014年2月 "
    "2009年11月 1992年6月 2005年10月 2013年12月",
    ("person", "en"): "Ada Fenn|Ivo Lund|Petra Vane|Nerys Oakes|Soren Brandt|Mira Holt|Tamsin Cole|Ulric Dale|"
    "Edda Marsh|Oskar Ridge|Hanna Frost|Jonas Wells|Clara North|Bruno Stone",
    ("place", "en"): "Westmoor|Stoneby|Ashwick|Tarrow|Linden|Orrinmere|Fenwick|Harrowgate|Colby|Thornby|Selwick|"
    "Marwick|Velden|Corbridge|Kesteven|Halden|Dunmore|Lorwick",
}  # fmt: skip


def invented(kind, language, half=0):
    known = REAL[kind, language].split("|" if language == "en" else None)
    parts = Parts(known, kind, language)
    made = {parts.made(lot(turn), half) for turn in range(400)} - {None}
    assert made
    assert not made & set(known)
    return made, known


@pytest.mark.parametrize(("kind", "language"), list(REAL))
def test_invented_names_begin_and_end_as_real_ones_do_and_evaluation_has_others(kind, language):
    made, known = invented(kind, language)
    assert len(made) > 40
    assert not made & invented(kind, language, half=1)[0]
    if kind != "date":
        assert {one[0] for one in made} <= {one[0] for one in known}
        assert {one[-1] for one in made} <= {one[-1] for one in known}
    assert {len(one.split()) for one in made} == {len(one.split()) for one in known}


def test_titles_are_invented_within_the_marks_that_titles_have():
    made, _ = invented("work", "zh")
    assert all(one[0] == "《" and one[-1] == "》" and one.count("《") == 1 for one in made)
    bare = Parts([one[1:-1] for one in REAL["work", "zh"].split()], "work", "zh")
    assert not any("《" in (bare.made(lot(turn)) or "") for turn in range(50))


def test_surnames_stay_surnames_and_given_names_are_mixed_character_by_character():
    made, known = invented("person", "zh")
    surnames, firsts, lasts = (set(letters) for letters in zip(*known, strict=True))
    assert all(one[0] in surnames and one[1] in firsts and one[2] in lasts for one in made)
    assert any(one[1:] not in {name[1:] for name in known} for one in made)


def test_an_english_word_is_cut_before_a_syllable_and_doubles_no_letter_there():
    made, _ = invented("place", "en")
    assert all(one[0].isupper() and one[1:].islower() for one in made)
    known = "".join(REAL["place", "en"].lower())
    assert not [
        one for one in made for a, b in zip(one.lower(), one.lower()[1:], strict=False) if a == b and a + b not in known
    ]


@given(st.integers(0, 2**64 - 1))
def test_other_numbers_are_dates_and_shares_of_the_same_form(number):
    draw = Draw(number)
    year, month, day = map(
        int, re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", renumbered("2003年5月17日", draw)).groups()
    )
    assert 1980 < year < 2030
    assert 1 <= month <= 12
    assert 1 <= day <= 28
    assert re.fullmatch(r"\d\d\.\d%", renumbered("37.5%", draw))
    for said in ("14 March 1996", "May 14 1996", "Sept. 14, 1996", "1996-03-14", "1996/3/14"):
        *days, there = map(int, re.findall(r"\d+", renumbered(said, draw)))
        if said.startswith("1996"):
            there, month, days = days[0], days[1], [there]
            assert 1 <= month <= 12
        assert 1 <= days[0] <= 28
        assert 1980 < there < 2030
    hour, minute = map(int, re.findall(r"\d+", renumbered("9 : 45 p.m.", draw)))
    assert 1 <= hour <= 12
    assert minute < 60
    assert re.fullmatch(r"[1-9]\d\d[1-9]室", renumbered("2131室", draw))
    assert re.fullmatch(r"[１-９]００人", renumbered("３００人", draw))
    assert re.fullmatch(r"(?:January|February|March|April|June|July|August|September|October|November|December) 4th",
                        renumbered("March 4th", draw))  # fmt: skip


def test_of_few_names_or_of_nouns_that_everybody_knows_nothing_is_put_together():
    assert Parts(["高明", "方远山"], "person", "zh").made(1) is None
    nouns = [
        "花盆",
        "毛衣",
        "手机",
        "雨伞",
        "水杯",
        "书包",
        "围巾",
        "手套",
        "台灯",
        "毛巾",
        "牙刷",
        "脸盆",
        "沙发",
        "枕头",
    ]
    assert all(Parts(nouns, "product", "zh").made(lot(turn)) is None for turn in range(50))


def test_no_part_says_what_the_other_one_says():
    known = ["工商管理研究生班", "经济管理研究生班", "工商研究生", "金融学研究生"] * 4
    made = {Parts(known, "", "zh").made(lot(turn)) for turn in range(60)} - {None}
    assert not any(one.count("研究生") > 1 for one in made)
    plain = ["deep river park", "river park house", "old stone bridge", "park house river", "low lake bridge"] * 3
    said = {Parts(plain, "", "en").made(lot(turn)) for turn in range(60)} - {None}
    assert not any(len(set(one.split())) < len(one.split()) for one in said)


# --- labels and roles -------------------------------------------------------------------------------


def test_the_nearest_is_taken_three_times_in_four():
    places = [mostly_first(lot(turn), 3) for turn in range(4000)]
    assert 0.72 < places.count(0) / 4000 < 0.78
    assert places.count(1) > 2 * places.count(2) > 0
    assert {mostly_first(lot(turn), 1) for turn in range(20)} == {0}


def test_a_type_becomes_one_of_its_sort_before_any_that_it_only_looks_like():
    text = "They say that Ada Lund left Torland for Corwick yesterday"
    own = (("Ada Lund", "PER"), ("Torland", "TOWN"))
    made = answers(text, own, "type", "PER", "TOWN", "LAND", "CLUB", "MISC")
    assert {after for before, after in made if before[1] == "Torland"} == {("country", "Torland")}
    assert not {after[0] for before, after in made if before[1] == "Ada Lund"} & {"town", "country"}


def test_a_role_becomes_one_that_such_strings_play():
    made = [change.after for change, _ in tried("role", "EE", "en")[2]]
    assert any(after["argument"] == "Halden Foods" and after["role"] == "target" for after in made)
    assert not any(after["role"] == "time" for after in made)


# --- words ------------------------------------------------------------------------------------------


def test_a_pronoun_of_another_document_is_never_borrowed():
    heads = [Entity(one, None, None, "PER") for one in ("he", "她", "Ivo Lund")]
    pairs = tuple(Relation("spouse", head, Entity("Ada Fenn", None, None, "PER")) for head in heads)
    learnt = Lexicon.learn([Document("x/train/0", "", relations=pairs)], 0)
    assert learnt.triples("spouse") == [("Ivo Lund", "Ada Fenn")]
    assert learnt.of("head", "spouse") == ["Ivo Lund"]


def test_no_past_is_made_of_verbs_that_have_another_one():
    assert paraphrases("hiring", "", "en") == ("hired",)
    for verb in ("paying", "selling", "winning", "shooting", "leaving"):
        assert not paraphrases(verb, "", "en")


def test_a_noun_for_all_of_a_kind_is_no_name_of_one():
    assert not said("They say that the rovers left for good", "CLUB")
    assert "Marlow Rovers" in said("They say that Marlow Rovers left for good", "CLUB")
