"""Long texts in pieces: where they are cut, what is asked about a piece, and that the answers fit together again."""

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench import catalogue
from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.errors import RecipeError, UiebenchError
from uiebench.instruct import pieces as cutting
from uiebench.instruct.pieces import APART, CROSSING, NOWHERE, Characters, Cutter, Tokens, crossing, pieces, within
from uiebench.instruct.target import Names, decode
from uiebench.instruct.windows import labels_of
from uiebench.recipe import BuildRecipe, Pieces, Windows, parse_recipe
from uiebench.score import Benchmark, Rule, score
from uiebench.score.said import shifted
from uiebench.storage import read_parquet
from uiebench.text import gap_before, sentences
from uiebench.types import Argument, Document, Entity, Event, Extraction, Instruction, Relation, Span

# --- sentences ------------------------------------------------------------------------------------


def split(text):
    """The sentences of a text."""
    ends = sentences(text)
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    "parts",
    [
        ["他来了。", "她走了！", "谁知道？"],
        ["他说：“我来了。”", "然后走了。"],
        ["第一；", "第二……", "完"],
        ["真的？！", "真的。"],
        ["标题\n", "正文。\n\n", "结尾"],
        ["增长3.5%，达到2.1亿元。", "同比1.中等"],
        ["他说OK!", "我走了。"],
        ["It rose. ", "Then it fell."],
        ["Dr. Li met Mr. J. K. Wang of Acme Inc. in the U.S. last year. ", "They left."],
        ["It costs 3.5 dollars (about 2.1 pounds). ", '"Why?" ', "Nobody knows!"],
        ["See fig. 3 and No. 5, e.g. in Smith et al. (2003). ", "It holds."],
        ["Is it? ", "No. ", "It is not."],
        ["Yahoo! is a company... and so on. ", "See http://a.example/b?c=d.e now. "],
        ["1. Open the lid.\n", "2. Close it."],
        ["it rose . ", "then it fell . "],
        ["no mark at all"],
        [],
    ],
)
def test_sentences_of_both_languages(parts):
    assert split("".join(parts)) == parts


texts = st.text(alphabet="甲乙丙，。！；…”“ab A.!?,\n \t1", max_size=80) | st.text(max_size=40)


@given(texts)
def test_sentences_are_the_whole_text_in_order(text):
    ends = sentences(text)
    assert ends == sorted(set(ends))
    assert "".join(split(text)) == text
    assert all(split(text))


def test_a_long_run_of_marks_or_blanks_is_read_in_one_go():
    for run in ("." * 100_000, " " * 100_000, "…" * 100_000, "。" * 100_000, ".x" * 50_000, "\n" * 100_000):
        assert "".join(split(run + "a")) == run + "a"


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("甲乙丙，丁戊己", 6, (4, True)),
        ("甲，乙丙丁戊己庚辛", 8, (8, False)),  # too far in front
        ("one two three", 9, (8, False)),
        ("abcdefghij", 6, (6, False)),
    ],
)
def test_a_sentence_that_is_too_long_is_cut_behind_a_comma_or_between_words_or_anywhere(text, limit, cut):
    assert gap_before(text, 0, limit) == cut


# --- cutting --------------------------------------------------------------------------------------


def test_pieces_share_whole_sentences_up_to_the_overlap():
    text = "一二三四。五六七。八九十。甲乙丙丁。"  # ends at 5, 9, 13, 18
    assert Cutter(Pieces(10), "zh")(text) == ([(0, 9), (9, 18)], 0, 0)
    assert Cutter(Pieces(10, 4), "zh")(text) == ([(0, 9), (5, 13), (9, 18)], 0, 0)
    assert Cutter(Pieces(10, 3), "zh")(text) == ([(0, 9), (9, 18)], 0, 0)
    assert Cutter(Pieces(18), "zh")(text) == ([(0, 18)], 0, 0)
    assert Cutter(None, "zh")(text) == ([(0, 18)], 0, 0)


def test_budgets_may_differ_by_language_and_leave_one_whole():
    settings = Pieces({"zh": 4}, {"zh": 2})
    assert len(Cutter(settings, "zh")("甲乙丙。丁戊己。").ranges) == 2
    assert len(Cutter(settings, "en")("One is. Two is. " * 100).ranges) == 1


settings_of = st.tuples(st.integers(1, 25), st.integers(0, 24)).map(lambda s: Pieces(s[0], min(s[1], s[0] - 1)))


@given(texts, settings_of)
def test_pieces_cover_the_text_in_order_within_the_budget(text, settings):
    cutter = Cutter(settings, "zh")
    ranges, clauses, hard = cuts = cutter(text)
    assert cuts == cutter(text)
    assert {at for start, end in ranges for at in range(start, end)} == set(range(len(text)))
    for (start, end), (following, later) in pairwise(ranges):
        assert start < following <= end < later
        assert end - following <= settings.overlap_of("zh")
    assert all(end - start <= settings.budget_of("zh") for start, end in ranges)
    if not clauses and not hard and len(ranges) > 1:
        ends = {0, *sentences(text)}
        assert all({start, end} <= ends for start, end in ranges)


@given(texts, settings_of, st.data())
def test_what_is_inside_a_sentence_within_the_budget_is_in_some_piece(text, settings, data):
    ends = sentences(text)
    short = [(s, e) for s, e in zip([0, *ends], ends, strict=False) if e - s <= settings.budget_of("zh")]
    if not short:
        return
    first, last = data.draw(st.sampled_from(short))
    start = data.draw(st.integers(first, last - 1))
    end = data.draw(st.integers(start + 1, last))
    ranges = Cutter(settings, "zh")(text).ranges
    assert any(s <= start and end <= e for s, e in ranges)


@given(texts, st.integers(0, 20), st.data())
def test_what_is_within_sentences_no_longer_than_the_overlap_is_in_some_piece(text, overlap, data):
    ends = sentences(text)
    bounds = list(zip([0, *ends], ends, strict=False))
    near = [(s, e) for s, _ in bounds for _, e in bounds if 0 < e - s <= overlap]
    if not near:
        return
    budget = overlap + max(e - s for s, e in bounds)
    first, last = data.draw(st.sampled_from(near))
    ranges = Cutter(Pieces(budget, overlap), "zh")(text).ranges
    assert any(s <= first and last <= e for s, e in ranges)


@given(texts)
def test_a_token_for_each_character_is_the_same_as_characters(text):
    tokens, characters = Tokens([(i, i + 1) for i in range(len(text))], len(text)), Characters(text)
    for start in range(len(text)):
        for end in range(start, len(text) + 1):
            assert tokens.length(start, end) == characters.length(start, end)
        for budget in (1, 3, 100):
            assert tokens.reach(start, budget) == characters.reach(start, budget)


# --- gold -----------------------------------------------------------------------------------------

TEXT = "高明创办远山公司。他是董事长。公司在北京。"  # sentences end at 9, 15, 21


def at(kind, text, start, label):
    return kind(text, start, None if start is None else start + len(text), label)


def document():
    person, company, place = at(Entity, "高明", 0, "人"), at(Entity, "远山公司", 4, "企"), at(Entity, "北京", 18, "地")
    title = Entity("董事长", None, None, "职")
    founding = Event("创办", Span("创办", 2, 4), (at(Argument, "高明", 0, "创办人"), at(Argument, "北京", 18, "地点")))
    untriggered = Event("任职", None, (Argument("董事长", None, None, "职位"), at(Argument, "北京", 18, "地点")))
    return Document(
        "c/test/0",
        TEXT,
        (person, company, place, title, Entity("上海", None, None, "地")),
        (Relation("创始人", company, person), Relation("总部", company, place)),
        (founding, untriggered),
    )


def test_gold_of_a_piece_is_what_lies_in_it_with_offsets_from_its_start():
    second = within(document(), 9, 21)
    assert second.text == "他是董事长。公司在北京。"
    assert second.entities == (Entity("北京", 9, 11, "地"), Entity("董事长", None, None, "职"))
    assert second.relations == ()
    assert second.events == (
        Event("任职", None, (Argument("董事长", None, None, "职位"), Argument("北京", 9, 11, "地点"))),
    )
    first = within(document(), 0, 9)
    assert [r.type for r in first.relations] == ["创始人"]
    assert first.events == (Event("创办", Span("创办", 2, 4), (Argument("高明", 0, 2, "创办人"),)),)


def test_a_document_that_is_not_cut_stays_as_it_is():
    whole = document()
    (piece,) = pieces(whole, [(0, 21)])
    assert piece.document is whole
    assert (piece.number, piece.start, piece.end) == (-1, 0, None)


def test_what_is_in_no_piece_is_counted_by_reason_and_kind():
    assert crossing(document(), [(0, 9), (9, 21)]) == {
        (NOWHERE, "entities"): 1,  # 上海
        (CROSSING, "relations"): 1,  # 总部
        (CROSSING, "arguments"): 1,  # 北京 of 创办
        (APART, "events"): 1,  # 创办
    }
    assert crossing(document(), [(0, 3), (3, 9), (9, 19), (15, 21)]) == {
        (NOWHERE, "entities"): 1,
        (CROSSING, "relations"): 2,
        (CROSSING, "events"): 1,
        (CROSSING, "arguments"): 2,
        (APART, "events"): 1,  # 任职: neither piece has title and place
    }


spans = st.tuples(st.integers(0, 20), st.integers(1, 6)).map(lambda s: (s[0], min(21, s[0] + s[1])))


def span(kind, place, label, placed=True):
    return kind(TEXT[slice(*place)], *(place if placed else (None, None)), label)


@st.composite
def annotated(draw):
    """A document with annotations anywhere in its text."""
    entities = tuple(span(Entity, draw(spans), "人", draw(st.booleans())) for _ in range(draw(st.integers(0, 4))))
    relations = tuple(
        Relation("r", span(Entity, draw(spans), "人"), span(Entity, draw(spans), "人"))
        for _ in range(draw(st.integers(0, 3)))
    )
    events = tuple(
        Event(
            "e",
            Span(TEXT[slice(*place)], *place) if (place := draw(st.none() | spans)) else None,
            tuple(span(Argument, draw(spans), "a") for _ in range(draw(st.integers(0, 3)))),
        )
        for _ in range(draw(st.integers(0, 3)))
    )
    return Document("c/test/0", TEXT, entities, relations, events)


@given(annotated(), settings_of)
def test_pieces_put_together_are_the_document_without_what_crosses(made, settings):
    """Compared by place, annotation by annotation: what comes back, and what `crossing` says does not."""
    ranges = Cutter(settings, "zh")(TEXT).ranges
    if len(ranges) == 1:
        return
    parts = [(start, within(made, start, end)) for start, end in ranges]
    back = [shifted(Extraction(p.entities, p.relations, p.events), start) for start, p in parts]
    entities = {e for b in back for e in b.entities}
    relations = {r for b in back for r in b.relations}
    triggers = {(e.type, e.trigger) for b in back for e in b.events}
    arguments = {(e.type, e.trigger, a) for b in back for e in b.events for a in e.arguments}
    assert entities <= set(made.entities)
    assert relations <= set(made.relations)
    assert triggers <= {(e.type, e.trigger) for e in made.events}
    assert arguments <= {(e.type, e.trigger, a) for e in made.events for a in e.arguments}
    missing = Counter(
        {
            "entities": sum(e not in entities for e in made.entities),
            "relations": sum(r not in relations for r in made.relations),
            "events": sum((e.type, e.trigger) not in triggers for e in made.events if e.trigger),
            "arguments": sum((e.type, e.trigger, a) not in arguments for e in made.events for a in e.arguments),
        }
    )
    said = crossing(made, ranges)
    assert {k: n for k, n in missing.items() if n} == {kind: n for (why, kind), n in said.items() if why == CROSSING}


# --- a benchmark ----------------------------------------------------------------------------------

CORPORA = ("resume", "redocred", "casie", "wikievents", "duee_fin", "cec", "rams")
CUT = Pieces({"zh": 40, "en": 120}, {"zh": 15, "en": 60})


def recipe(**fields):
    return BuildRecipe(**({"name": "cut", "held_in": CORPORA, "samples": True, "pieces": CUT} | fields))


SOME = Windows(size={"NER": 3, "RE": 3, "EE": 2}, neighbours="any")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A benchmark of documents in pieces."""
    folder = tmp_path_factory.mktemp("cut")
    pipeline.build(recipe(windows=SOME), raw=folder, out=folder / "out")
    return folder / "out"


def rows(out, folder):
    return [
        r for path in sorted((out / "instructions" / folder).glob("*.parquet")) for r in read_parquet(path, Instruction)
    ]


def documents(out):
    return {d.id: d for path in sorted((out / "corpora").rglob("*.parquet")) for d in read_parquet(path, Document)}


def test_prompts_ask_about_the_range_that_the_row_names(built):
    texts = documents(built)
    several = 0
    for folder in ("train", "dev", "test"):
        for row in rows(built, folder):
            language = row.language
            text = texts[row.document].text
            assert text[row.start : row.end] in row.prompt
            cut = len(text) > CUT.budget_of(language) and len(Cutter(CUT, language)(text).ranges) > 1
            assert (row.end is not None) == cut == ("@" in row.id)
            if cut:
                several += 1
                piece = int(row.id.rpartition("@")[2].partition("/")[0])
                assert Cutter(CUT, language)(text).ranges[piece] == (row.start, row.end)
                assert row.end - row.start <= CUT.budget_of(language)
    assert several > 100


def test_the_target_of_a_piece_is_the_gold_inside_it(built):
    texts = documents(built)
    for folder in ("train", "test"):
        for row in rows(built, folder):
            corpus = catalogue.load(row.corpus)
            names = Names(corpus.language, corpus.schema)
            said = decode(row.target, row.task, names)
            here = within(texts[row.document], row.start, row.end)
            gold = {"NER": here.entities, "RE": here.relations}.get(row.task, here.events)
            found = {"NER": said.entities, "RE": said.relations}.get(row.task, said.events)
            assert {a.type for a in found} == {a.type for a in gold} & set(row.labels)


def test_every_piece_of_evaluation_is_asked_about_every_label(built):
    asked = {}
    for row in rows(built, "test"):
        asked.setdefault((row.document, row.task, row.start), []).extend(row.labels)
    for (document, task, _), labels in asked.items():
        schema = catalogue.load(document.split("/")[0]).schema
        assert sorted(labels) == sorted(labels_of(schema, task))


def test_stats_and_readme_say_what_was_cut(built):
    stats = json.loads((built / "stats.json").read_text())["pieces"]
    texts = documents(built)
    for counts in stats:
        if counts["split"] != "test":
            continue
        here = [d for d in texts.values() if d.id.startswith(f"{counts['corpus']}/test/")]
        cutter = Cutter(CUT, catalogue.load(counts["corpus"]).language)
        cuts = [(d, cutter(d.text).ranges) for d in here]
        assert counts["documents"] == len(here)
        assert counts["cut"] == sum(len(ranges) > 1 for _, ranges in cuts)
        assert counts["pieces"] == sum(len(ranges) for _, ranges in cuts if len(ranges) > 1)
        crossed = sum((crossing(d, ranges) for d, ranges in cuts if len(ranges) > 1), Counter())
        assert sum(n for kinds in counts["left_out"].values() for n in kinds.values()) == sum(crossed.values())
    assert any(counts["left_out"].get(CROSSING) for counts in stats)
    assert "## Long texts" in (built / "README.md").read_text()


def test_no_pieces_leave_no_trace(tmp_path):
    pipeline.build(recipe(held_in=("resume",), pieces=None), raw=tmp_path, out=tmp_path / "out")
    assert "pieces" not in json.loads((tmp_path / "out" / "stats.json").read_text())
    assert "## Long texts" not in (tmp_path / "out" / "README.md").read_text()


def gold_of(out, split="test"):
    """The targets of a split as predictions."""
    return {row.id: row.target for row in rows(out, split)}


def f1s(report):
    return {(row.key, row.task, row.metric): row for row in report.rows if row.by == "corpus"}


def test_gold_in_pieces_scores_all_but_what_crosses_a_cut(built):
    """The gold side counts distinct strings: those that no piece says are missed, and nothing is wrong."""
    texts, said = documents(built), {}
    for row in rows(built, "test"):
        corpus = catalogue.load(row.corpus)
        found = decode(row.target, row.task, Names(corpus.language, corpus.schema))
        said.setdefault((row.corpus, row.task, row.document), []).append(found)
    wanted = {}
    for (corpus, task, id), found in said.items():
        d = texts[id]
        if task == "NER":
            sides = [{(e.type, e.text) for e in x.entities} for x in (d, *found)]
        elif task == "RE":
            sides = [{(r.type, r.head.text, r.tail.text) for r in x.relations} for x in (d, *found)]
        else:
            sides = [{(e.type, a.role, a.text) for e in x.events for a in e.arguments} for x in (d, *found)]
        gold, got = sides[0], set().union(*sides[1:])
        assert got <= gold
        counts = wanted.setdefault((corpus, task), [0, 0])
        counts[0] += len(got)
        counts[1] += len(gold)
    report = score(Benchmark(built), gold_of(built), intervals=False)
    rows_of = f1s(report)
    lost = 0
    for (corpus, task), (got, gold) in wanted.items():
        metric = {"NER": "ner", "RE": "re"}.get(task, "ac")
        if task == "EET":
            continue
        row = rows_of[corpus, task, metric]
        assert row.precision == 1
        assert row.recall == pytest.approx(got / gold)
        lost += gold - got
    assert lost > 0


def test_gold_in_pieces_scores_one_where_the_overlap_is_large_enough(tmp_path):
    """The same budget: without overlap some arguments are apart from their triggers, with two sentences none are."""
    found, lost = {}, {}
    for overlap in (0, 160):
        out = tmp_path / str(overlap)
        cut = Pieces(240, overlap)
        pipeline.build(recipe(held_in=("genia2011",), pieces=cut, windows="all"), raw=tmp_path, out=out)
        (counts,) = (c for c in json.loads((out / "stats.json").read_text())["pieces"] if c["split"] == "train")
        assert counts["cut"] > 0
        lost[overlap] = counts["left_out"].get(CROSSING, {}).get("arguments", 0)
        report = score(Benchmark(out), gold_of(out, "train"), split="train", intervals=False)
        found[overlap] = f1s(report)["genia2011", "EE", "ac"]
    assert 0 < found[0].gold - found[0].correct <= lost[0]  # as strings, two of them are said elsewhere too
    assert found[0].precision == 1
    assert lost[160] == 0
    assert found[160].f1 == 1


def test_offsets_in_the_answers_count_from_the_piece(built):
    """Answers with offsets, compared by place: all that is in a piece is right, the rest is missed."""
    texts, answers, seen = documents(built), {}, {}
    for row in rows(built, "test"):
        if row.task != "NER":
            answers[row.id] = row.target
            continue
        here = within(texts[row.document], row.start, row.end)
        shown = dict(zip(row.labels, row.shown, strict=True))
        answers[row.id] = json.dumps(
            [
                {"text": e.text, "type": shown[e.type], "start": e.start, "end": e.end}
                for e in here.entities
                if e.type in shown and e.start is not None
            ],
            ensure_ascii=False,
        )
        seen.setdefault(row.corpus, set()).add(row.document)
    report = score(Benchmark(built), answers, rule=Rule(match="offset"), intervals=False)
    checked = 0
    for corpus, ids in seen.items():
        cutter = Cutter(CUT, catalogue.load(corpus).language)
        gold = found = 0
        for id in ids:
            d = texts[id]
            if any(e.start is None for e in d.entities):
                continue
            places = {(e.type, e.start, e.end) for e in d.entities}
            gold += len(places)
            found += sum(any(s <= a and b <= e for s, e in cutter(d.text).ranges) for _, a, b in places)
        row = f1s(report)[corpus, "NER", "ner"]
        assert row.precision == 1
        assert row.recall == pytest.approx(found / gold)
        checked += any(len(cutter(texts[id].text).ranges) > 1 for id in ids)
    assert checked


def contents(out):
    """Every file of the layers and what describes them."""
    paths = [p for p in out.rglob("*") if p.is_file() and ".parts" not in p.parts]
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in paths}


def test_same_bytes_under_another_hash_seed_and_after_another_budget(built, tmp_path):
    recipe_file = tmp_path / "cut.yaml"
    out = tmp_path / "out"
    pipeline.build(recipe(windows=SOME, pieces=Pieces(80)), raw=tmp_path, out=out)
    assert contents(out) != contents(built)
    recipe_file.write_bytes(msgspec.yaml.encode(recipe(windows=SOME)))
    command = [sys.executable, "-m", "uiebench", "build", str(recipe_file), "--raw", str(tmp_path), "--out", str(out)]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert contents(out) == contents(built)


def test_a_baseline_answers_about_the_piece_it_is_asked_about(built, tmp_path):
    path = tmp_path / "predictions.jsonl"
    done = CliRunner().invoke(
        app, ["predict", "--baseline", "lexicon", "--benchmark", str(built), "--out", str(path)], catch_exceptions=False
    )
    assert done.exit_code == 0
    texts, answers = documents(built), [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    asked = {row.id: row for row in rows(built, "test")}
    assert [answer["id"] for answer in answers] == list(asked)
    found = 0
    for answer in answers:
        row = asked[answer["id"]]
        if row.task == "NER" and row.end is not None:
            for mentions in json.loads(answer["output"]).values():
                found += len(mentions)
                assert all(mention in texts[row.document].text[row.start : row.end] for mention in mentions)
    assert found > 0


def test_an_empty_cap_counts_pieces(tmp_path):
    for ratio in (0.0, 0.5):
        windows = msgspec.structs.replace(SOME, empty=ratio)
        folder = tmp_path / str(ratio)
        pipeline.build(recipe(held_in=("casie", "duee_fin"), windows=windows), raw=tmp_path, out=folder)
        for corpus in ("casie", "duee_fin"):
            prompts = [row for row in rows(folder, "train") if row.corpus == corpus]
            empty = sum(row.target == "[]" for row in prompts)
            assert empty <= ratio * (len(prompts) - empty)
            assert len({row.id for row in prompts}) == len(prompts)


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ("{budget: 0}", "Expected `int` >= 1"),
        ("{overlap: 3}", "missing required field `budget`"),
        ("{budget: 10, overlap: 10}", "pieces: the overlap must be smaller than the budget"),
        ("{budget: {zh: 10}, overlap: {zh: 10}}", "pieces: the overlap must be smaller than the budget"),
        ("{budget: {de: 10}}", "got 'de'"),
        ("{budgett: 10}", "did you mean 'budget'?"),
    ],
)
def test_settings_that_make_no_sense_are_one_line(pieces, told):
    with pytest.raises(RecipeError, match=r"^r\.yaml: ") as caught:
        parse_recipe(f"name: x\nheld_in: all\npieces: {pieces}".encode(), "r.yaml", BuildRecipe)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def words(monkeypatch):
    """A stand-in for the package tokenizers, whose tokens are runs of letters and single other characters."""
    import re

    class Encoding:
        def __init__(self, text):
            self.offsets = [found.span() for found in re.finditer(r"[a-zA-Z]+|\S", text)]

    class Tokenizer:
        @classmethod
        def from_file(cls, path):
            if not Path(path).read_text():
                raise Exception("EOF while parsing")
            return cls()

        @classmethod
        def from_pretrained(cls, name, revision):
            raise Exception(f"no route to {name} at {revision}")

        def no_truncation(self):
            pass

        no_padding = no_truncation

        def encode(self, text, add_special_tokens):
            assert not add_special_tokens
            return Encoding(text)

        def to_str(self):
            return "{}"

    module = ModuleType("tokenizers")
    module.Tokenizer = Tokenizer
    monkeypatch.setitem(sys.modules, "tokenizers", module)
    cutting.tokenizer.cache_clear()
    yield
    cutting.tokenizer.cache_clear()


def test_a_tokenizer_counts_tokens(words, tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    cutter = Cutter(Pieces(6, tokenizer=str(tmp_path)), "en")
    text = "Extraordinary things happened. Nobody noticed. It rained."
    ranges, clauses, hard = cutter(text)
    assert [text[s:e] for s, e in ranges] == ["Extraordinary things happened. ", "Nobody noticed. It rained."]
    assert (clauses, hard) == (0, 0)
    assert len(cutter("One two three four five.").ranges) == 1


def test_a_tokenizer_that_cannot_be_had_is_one_line_before_any_work(words, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "tokenizer.json").write_text("")
    (tmp_path / "bare").mkdir()
    for name, told in [
        (str(tmp_path / "bare"), "no tokenizer.json in this folder"),
        (str(tmp_path / "broken"), "EOF while parsing"),
        ("org/name@v1", "no route to org/name at v1"),
    ]:
        with pytest.raises(RecipeError, match=r"^pieces\.tokenizer: ") as caught:
            pipeline.build(recipe(pieces=Pieces(10, tokenizer=name)), raw=tmp_path, out=tmp_path / "out")
        assert told in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_without_the_package_a_tokenizer_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    cutting.tokenizer.cache_clear()
    with pytest.raises(
        UiebenchError, match=r"^pieces\.tokenizer needs the package tokenizers: pip install tokenizers$"
    ):
        Cutter(Pieces(10, tokenizer="somewhere"), "en")


def test_a_tokenizer_of_the_library_is_read_from_its_folder(tmp_path):
    tokenizers = pytest.importorskip("tokenizers")
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.enable_truncation(3)
    made.save(str(tmp_path / "tokenizer.json"))
    cutting.tokenizer.cache_clear()
    text = "Extraordinary things happened. Nobody noticed. It rained."
    ranges = Cutter(Pieces(6, tokenizer=str(tmp_path)), "en")(text).ranges
    assert [text[s:e] for s, e in ranges] == ["Extraordinary things happened. ", "Nobody noticed. It rained."]


@pytest.mark.parametrize("name", ["/nonexistent", "./here", "a/b/c"])
def test_a_tokenizer_that_can_be_no_name_of_the_hub_is_a_folder_that_is_not_there(name, monkeypatch):
    import tokenizers

    def asked(*names, **options):
        raise AssertionError("the Hub was asked")

    monkeypatch.setattr(tokenizers, "Tokenizer", type("Refusing", (), {"from_pretrained": asked, "from_file": asked}))
    with pytest.raises(RecipeError, match=r"no such folder"):
        Cutter(Pieces(budget=9, tokenizer=name), "zh")
