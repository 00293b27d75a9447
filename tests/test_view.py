"""Looking at a benchmark: the right documents, nothing lost of their texts, and a page that can do no harm."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.build.view import Mark, bracketed, looked_at, nested, one, page, sample
from uiebench.cli import app
from uiebench.errors import RecipeError, UiebenchError
from uiebench.hashing import lot
from uiebench.recipe import BuildRecipe, Windows
from uiebench.score.gold import Described
from uiebench.storage import read_parquet
from uiebench.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Instruction,
    Label,
    Relation,
    RelationLabel,
    Schema,
    Span,
)

CORPORA = ("resume", "cmeee", "duie2", "duee1", "ace05")
EVIL = "</span><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    out = tmp_path_factory.mktemp("benchmarks") / "view"
    recipe = BuildRecipe("view", samples=True, held_in=CORPORA, windows=Windows(neighbours="any"), few_shot=(1,))
    pipeline.build(recipe, raw=Path("none"), out=out)
    return out


def documents(benchmark, corpus, split):
    return list(read_parquet(benchmark / f"corpora/{corpus}/{split}.parquet", Document))


def run(*arguments):
    return CliRunner().invoke(app, ["view", *map(str, arguments)])


# --- which documents --------------------------------------------------------------------------------


def test_a_sample_is_the_lowest_by_rank_and_more_keep_the_first(benchmark):
    splits = {corpus: benchmark / f"corpora/{corpus}/dev.parquet" for corpus in CORPORA}
    ids = [
        document.id
        for corpus, path in splits.items()
        if path.exists()
        for document in documents(benchmark, corpus, "dev")
    ]
    chosen = [[seen.document.id for seen in sample(benchmark, split="dev", number=k)] for k in (2, 5)]
    assert chosen[1][:2] == chosen[0]
    assert chosen[1] == sorted(ids, key=lambda name: lot("view", name))[:5]


def test_only_documents_with_a_label_are_shown_by_any_of_its_names(benchmark):
    holding = {d.id for d in documents(benchmark, "resume", "train") if any(e.type == "EDU" for e in d.entities)}
    for name in ("EDU", "学历", "education"):
        seen = sample(benchmark, split="train", corpora=["resume"], label=name, number=100)
        assert {one.document.id for one in seen} == holding


def test_only_prompts_of_a_task_are_shown(benchmark):
    seen = sample(benchmark, split="test", corpora=["ace05"], task="RE", number=9)
    assert seen
    assert {prompt.task for one in seen for prompt in one.prompts} == {"RE"}


def test_every_document_is_found_by_its_id_and_a_prompt_by_its_own(benchmark):
    for corpus in CORPORA:
        for document in documents(benchmark, corpus, "train"):
            seen = one(benchmark, document.id)
            assert seen.document == document
            assert all(prompt.document == document.id for prompt in seen.prompts)
            for prompt in seen.prompts[:2]:
                assert one(benchmark, prompt.id).prompts == (prompt,)


def test_few_shot_sets_can_be_looked_at(benchmark):
    seen = sample(benchmark, split="fewshot_1", corpora=["resume"], number=50)
    assert {one.split for one in seen} == {"fewshot_1"}
    assert all(one.prompts and one.document.id.startswith("resume/train/") for one in seen)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--corpus", "resmue"], "did you mean 'resume'"),
        (["--split", "tset"], "did you mean 'test'"),
        (["--label", "人民", "--corpus", "resume"], "no label"),
        (["--id", "resume/train/9999"], "did you mean 'resume/train/"),
        (["--id", "resmue/train/1"], "did you mean 'resume'"),
        (["--id", "resume/trian/1"], "no split 'trian'"),
        (["--id", "resume"], "no split ''"),
        (["--id", "resume/train/0#RE"], "no such prompt"),
        (["--id", "resume/train/0", "--label", "EDU"], "leave out"),
        (["--task", "RE", "--corpus", "resume"], "no document RE in train of resume"),
        (["--task", "NRE"], "not one of"),
    ],
)
def test_what_is_not_there_is_one_line_that_says_what_is(benchmark, arguments, told):
    done = run("--benchmark", benchmark, *arguments)
    assert isinstance(done.exception, UiebenchError)
    assert told in str(done.exception)
    assert "\n" not in str(done.exception)


def test_a_benchmark_without_instructions_shows_its_documents(tmp_path):
    recipe = BuildRecipe("bare", samples=True, held_in=("resume",), instructions=False)
    pipeline.build(recipe, raw=Path("none"), out=tmp_path / "b")
    seen = sample(tmp_path / "b", split="train", number=2)
    assert [len(one.prompts) for one in seen] == [0, 0]
    assert one(tmp_path / "b", "resume/train/0").marks
    with pytest.raises(RecipeError, match="only train, dev, test"):
        sample(tmp_path / "b", split="fewshot_1")


# --- texts with marks -------------------------------------------------------------------------------


def test_nested_and_crossing_mentions_are_bracketed():
    inner, outer = Mark(0, 2, "地名", "entity"), Mark(0, 4, "机构", "entity")
    assert bracketed("远山公司。", [outer, inner]) == "[[远山|地名]公司|机构]。"
    assert bracketed("abcdef", [Mark(0, 4, "A", "entity"), Mark(2, 6, "B", "entity")]) == "[ab[cd…]|A][ef|B]"
    assert bracketed("没有", []) == "没有"


marks = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from("AB")).map(
        lambda m: Mark(min(m[:2]), max(m[:2]), m[2], "entity")
    ),
    max_size=6,
    unique=True,
)


@given(marks)
def test_pieces_are_the_text_and_every_mark_covers_its_own(marks):
    text = "abcdefghijkl"
    covered, stack, written = {mark: "" for mark in marks if mark.start < mark.end}, [], ""
    ends = []
    for step, plain, mark, last in nested(text, marks):
        if step == "open":
            stack.append(mark)
        elif step == "close":
            assert stack.pop() == mark
            ends += [mark] if last else []
        else:
            written += plain
            for opened in stack:
                covered[opened] += plain
    assert written == text
    assert not stack
    assert covered == {mark: text[mark.start : mark.end] for mark in covered}
    assert sorted(ends, key=repr) == sorted(covered, key=repr)


def test_all_that_is_annotated_is_shown(benchmark):
    for corpus in CORPORA:
        for document in documents(benchmark, corpus, "train"):
            seen = one(benchmark, document.id)
            assert len(seen.relations) == len(document.relations)
            assert [len(event.arguments) for event in seen.events] == [len(e.arguments) for e in document.events]
            spans = {(e.start, e.end) for e in document.entities}
            spans |= {(end.start, end.end) for r in document.relations for end in (r.head, r.tail)}
            spans |= {(a.start, a.end) for event in document.events for a in event.arguments}
            spans |= {(e.trigger.start, e.trigger.end) for e in document.events if e.trigger}
            assert {(mark.start, mark.end) for mark in seen.marks} == spans - {(None, None)}
            assert bool(seen.loose) == ((None, None) in spans)


# --- the page and the terminal ----------------------------------------------------------------------

SCHEMA = Schema(
    entities=(Label("PER", f"人物{EVIL}", "person"),),
    relations=(RelationLabel("knows", f"认识{EVIL}", "knows"),),
    events=(EventLabel("Meet", f"会面{EVIL}", "meeting", roles=(Label("Who", f"人{EVIL}", "who"),)),),
)


def evil():
    text = f"高明{EVIL}见了林远。"
    ends = Entity("高明", 0, 2, "PER"), Entity(f"外{EVIL}", None, None, "PER")
    event = Event("Meet", Span(EVIL, 2, 2 + len(EVIL)), (Argument(EVIL, None, None, "Who"),))
    document = Document("d/train/0", text, ends[:1], (Relation("knows", *ends),), (event,))
    prompt = Instruction(
        "d/train/0#NER", "d/train/0", "d", "NER", "zh", ("PER",), f"{EVIL}{text}", f'{{"人":["{EVIL}"]}}', (EVIL,)
    )
    return looked_at(document, Described("d", "zh", EVIL, SCHEMA), "train", (prompt,))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = set(), set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def parsed(page):
    tags = Tags()
    tags.feed(page.decode())
    assert not tags.open
    return tags


def test_the_page_runs_no_script_loads_nothing_and_escapes_what_it_shows():
    made = page([evil()], f"name{EVIL}", EVIL)
    tags = parsed(made)
    assert not tags.tags & {"script", "img", "iframe", "object", "form"}
    assert not {name for name in tags.attributes if name.startswith("on") or name in ("src", "style")}
    assert "{{ 7*7 }}" in "".join(tags.text)
    assert "".join(tags.text).count(EVIL) >= 8
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", made.decode())


def test_the_page_holds_every_text_whole_and_every_target(benchmark):
    seen = sample(benchmark, split="train", number=30)
    made = page(seen, "view", "train")
    text = re.sub(r'<span class="tag">[^<]*</span>', "", made.decode())
    tags = parsed(text.encode())
    for found in seen:
        assert found.document.text in "".join(tags.text)
        assert all(prompt.target in "".join(tags.text) for prompt in found.prompts)
    assert made == page(sample(benchmark, split="train", number=30), "view", "train")


def test_the_terminal_shows_mentions_relations_events_and_prompts(benchmark):
    shown = run("--benchmark", benchmark, "--id", "resume/train/0").stdout
    seen = one(benchmark, "resume/train/0")
    assert bracketed(seen.document.text, seen.marks) in shown
    assert all(prompt.id in shown and prompt.target in shown for prompt in seen.prompts[:3])
    relations = run("--benchmark", benchmark, "--corpus", "duie2", "--number", "9").stdout
    assert re.search(r"^relation +head +tail *$", relations, re.MULTILINE)
    events = run("--benchmark", benchmark, "--corpus", "duee1", "--task", "EE", "--number", "20").stdout
    assert re.search(r"^type +trigger +arguments *$", events, re.MULTILINE)


def test_json_holds_documents_and_prompts_whole_and_unescaped(benchmark, tmp_path):
    arguments = ["--benchmark", benchmark, "--corpus", "resume", "--number", "2"]
    done = run(*arguments, "--json", "--html", tmp_path / "page.html")
    found = json.loads(done.stdout)
    assert [one["document"]["id"] for one in found] == [
        seen.document.id for seen in sample(benchmark, split="train", corpora=["resume"], number=2)
    ]
    assert "\\u" not in done.stdout
    assert parsed((tmp_path / "page.html").read_bytes()).text
