"""The HTML report: what stands in it, that nothing in it can do harm, and what a browser makes of it."""

import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from answers import answered, item_about
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.instruct.target import Names
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, Rule, score
from uiebench.score import html as html_module
from uiebench.score.gold import Described, Items
from uiebench.score.html import MOST_MENTION, MOST_TEXT, Page
from uiebench.score.report import report
from uiebench.score.tally import Tally
from uiebench.storage import read_parquet
from uiebench.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Extraction,
    Instruction,
    Label,
    Relation,
    RelationLabel,
    Schema,
    Span,
)

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)><!--"
ZH = Schema(
    entities=(Label("PER", "人物", "person"), Label("ORG", "机构", "organization"), Label("LOC", "地点", "location")),
    relations=(RelationLabel("owns", "持股", "owns"), RelationLabel("works_for", "任职", "works for")),
)
EN = Schema(
    entities=(Label("Person", "人物", "person"), Label("Org", "机构", "organization")),
    events=(
        EventLabel("Hire", "聘用", "hiring", roles=(Label("Who", "受聘者", "hired"), Label("By", "雇主", "employer"))),
    ),
)
DESCRIBED = {"harbour": Described("harbour", "zh", "news", ZH), "office": Described("office", "en", "web", EN)}


def entity(text, kind, start):
    return Entity(text, start, start + len(text), kind)


def said(text, kind):
    return Entity(text, None, None, kind)


def triple(kind, head, tail):
    return Relation(kind, said(head, ""), said(tail, ""))


def event(kind, trigger, *arguments):
    return Event(kind, Span(trigger, None, None), tuple(Argument(text, None, None, role) for role, text in arguments))


def item(corpus, task, number, text, **gold):
    document = Document(f"{corpus}/test/{number}", text, **gold)
    return item_about(document, task, corpus)


def run():
    """(item, answer) pairs of two invented corpora, with one mistake or more of most kinds."""
    text = "青石县远山科技😀的方明来了"
    nested = entity("青石县", "LOC", 0), entity("青石县远山科技", "ORG", 0), entity("远山科技", "ORG", 3)
    gold = (*nested, entity("方明", "PER", 9))
    hired = event("Hire", "hired", ("Who", "Ann Bell"), ("By", "Acme"))
    swapped = event("Hire", "hired", ("Who", "Acme"), ("By", "Ann Bell"))
    return [
        (
            item("harbour", "NER", 0, text, entities=gold),
            Extraction((*gold[:2], said("远山", "ORG"), said("方明", "LOC"))),
        ),
        (
            item("harbour", "NER", 1, "柳青来了", entities=(entity("柳青", "PER", 0),)),
            Extraction((said("柳青", "PER"),)),
        ),
        (item("harbour", "NER", 2, "没有人来"), Extraction((said(EVIL, EVIL), said("\ud800人\udfff", "PER")))),
        (item("harbour", "NER", 3, "高山来了", entities=(entity("高山", "PER", 0),)), Extraction(problem="no JSON")),
        (
            item("harbour", "RE", 0, text, relations=(triple("owns", "方明", "远山科技"),)),
            Extraction(relations=(triple("owns", "远山科技", "方明"),)),
        ),
        (item("office", "EE", 0, "Acme hired Ann Bell.", events=(hired,)), Extraction(events=(swapped,))),
    ]


def rendered(pairs=None, described=None, documents=500, source="predictions.jsonl"):
    """The page of (item, answer) pairs, as bytes."""
    described = DESCRIBED if described is None else described
    tally, page = Tally(Rule()), Page(Rule(), documents)
    for asked, answer in pairs or run():
        known = described.get(asked.corpus)
        names = Names(known.language, known.schema) if known else None
        tally.add(Items.about([asked.document], asked.task, asked.corpus), answered([answer], asked.task))
        page.watch(asked, answer, names)
    languages = {asked.corpus: Described(asked.corpus, "zh", "x", Schema()) for asked, _ in pairs or run()}
    return page.render(
        report(tally, languages | described, benchmark="harbour@12345678", split="test", held_out={}), described, source
    )


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text of its scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.blocks = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.blocks.append([tag, dict(attrs), ""])

    def handle_data(self, data):
        if self.cdata_elem:
            self.blocks[-1][2] += data


def data_of(page):
    (block,) = [text for tag, attrs, text in Tags(page.decode()).blocks if attrs.get("id") == "data"]
    return json.loads(block)


# --- the file ---------------------------------------------------------------------------------------


def test_the_page_holds_all_figures_and_documents():
    data = data_of(rendered())
    assert data["items"] == len(data["documents"]) == 6
    assert data["faulty"] == 5
    assert {(row["key"], row["metric"]) for row in data["rows"] if row["by"] == "corpus"} >= {
        ("harbour", "ner"), ("harbour", "re"), ("office", "tc"), ("office", "ac"),
    }  # fmt: skip
    assert {e["metric"]: e["kinds"] for e in data["errors"]} == {
        "ner": {"boundary": 1, "type": 1, "hallucinated": 2, "missed": 1},
        "re": {"swapped": 1},
        "ac": {"swapped": 2},
        "tc": {},
    }
    assert data["corpora"]["office"]["roles"]["Hire"]["By"] == ["雇主", "employer"]
    assert data["signature"].startswith("strict-f1|")


def test_the_same_run_gives_the_same_page():
    assert rendered() == rendered()


def test_nothing_is_loaded_from_elsewhere():
    text = rendered().decode()
    for tag, attrs in Tags(text).tags:
        assert tag not in ("iframe", "object", "embed", "img", "base", "form"), tag
        assert not attrs.get("src"), attrs
        assert attrs.get("href", "data:,") == "data:,", attrs
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", text)


def test_the_security_policy_allows_just_the_one_script_and_the_one_style():
    parsed = Tags(rendered().decode())
    (policy,) = [a["content"] for tag, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag, attrs, text in parsed.blocks:
        if attrs.get("type") != "application/json":
            assert f"{tag}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy


def test_what_a_model_wrote_stays_text():
    page = rendered(source="<b>&.jsonl").decode()
    parsed = Tags(page)
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    assert "<img" not in page
    assert "<b>" not in page
    assert EVIL in json.dumps(data_of(page.encode()), ensure_ascii=False)


def test_the_page_is_valid_utf8_with_surrogates_replaced():
    page = rendered()
    assert "\ufffd人\ufffd" in page.decode("utf-8", "strict")


def test_the_script_never_turns_strings_into_markup():
    script = next(text for tag, attrs, text in Tags(rendered().decode()).blocks if tag == "script" and not attrs)
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("):
        assert word not in script


def test_corpora_that_are_not_described_show_labels_as_they_are_written():
    data = data_of(rendered(described={}))
    assert data["corpora"]["harbour"]["language"] == "zh"
    assert data["corpora"]["office"] | {"domain": ""} == {
        "language": "en", "domain": "", "entities": {}, "relations": {}, "events": {}, "roles": {},
    }  # fmt: skip


# --- which documents ----------------------------------------------------------------------------------


def many(corpus, right, wrong):
    """Documents of one corpus, the first of them right."""
    for number in range(right + wrong):
        asked = item(corpus, "NER", number, "方明来了", entities=(entity("方明", "PER", 0),))
        yield asked, Extraction((said("方明", "PER"),)) if number < right else Extraction()


def test_documents_are_capped_those_with_mistakes_first_and_spread_over_corpora():
    pairs = [*many("large", 300, 200), *many("small", 10, 5), *many("middle", 50, 40)]
    data = data_of(rendered(pairs, {}, documents=60))
    shown = [(doc["corpus"], any(fact[1] != "right" for fact in doc["facts"])) for doc in data["documents"]]
    assert data["items"] == 605
    assert data["faulty"] == 245
    assert [sum(corpus == name for corpus, _ in shown) for name in ("large", "small", "middle")] == [28, 5, 27]
    assert all(wrong for _, wrong in shown)
    assert data["documents"] == data_of(rendered(pairs, {}, documents=60))["documents"]


def test_documents_without_mistakes_fill_up():
    shown = data_of(rendered([*many("a", 30, 2), *many("b", 30, 3)], {}, documents=20))["documents"]
    wrong = [doc for doc in shown if any(fact[1] != "right" for fact in doc["facts"])]
    assert (len(shown), len(wrong)) == (20, 5)


def test_rare_kinds_of_mistakes_are_shown():
    rare = run()[4]
    missed = (triple("owns", "甲", "乙"),)
    common = [(item("harbour", "RE", n, "甲乙", relations=missed), Extraction()) for n in range(100, 200)]
    shown = data_of(rendered([*common[:50], rare, *common[50:]], documents=10))["documents"]
    assert len(shown) == 10
    assert any(fact[1] == "swapped" for doc in shown for fact in doc["facts"])


def test_the_page_stays_small(monkeypatch):
    monkeypatch.setattr(html_module, "MOST_BYTES", 100_000)
    text = "长" * 50_000 + "方明"
    endless = Extraction(tuple(said(f"虎{i}" * 400, "PER") for i in range(2_000)))
    pairs = [(item("c", "NER", n, text, entities=(entity("方明", "PER", 50_000),)), endless) for n in range(30)]
    page = rendered(pairs, {})
    data = data_of(page)
    assert len(page) < 400_000
    assert 0 < len(data["documents"]) < 30
    first = data["documents"][0]
    assert len(first["text"]) == MOST_TEXT
    assert first["cut"] == len(text) - MOST_TEXT
    assert len(first["facts"]) + first["more"] == 2_001
    assert (
        max(len(mention) for fact in first["facts"] for claim in fact[2:] if claim for mention in claim[1])
        < MOST_MENTION + 20
    )


def test_a_thousand_invented_labels_do_not_swell_the_page():
    endless = Extraction(tuple(said("柳青", f"标签{i}" * 200) for i in range(5_000)))
    asked = item("harbour", "NER", 0, "柳青来了", entities=(entity("柳青", "PER", 0),))
    page = rendered([(asked, endless)])
    rows = [row for row in data_of(page)["rows"] if row["by"] == "type"]
    assert rows[0]["key"] == "harbour PER"
    assert len(rows) == 1 + html_module.MOST_INVENTED
    assert len(page) < 2_000_000


# --- the command ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    out = folder / "out"
    recipe = BuildRecipe(name="three", held_in=("resume", "finre"), held_out={"zh-ee": ("duee1",)}, samples=True)
    pipeline.build(recipe, raw=out, out=out)
    predictions = folder / "p.jsonl"
    with predictions.open("w", encoding="utf-8") as file:
        for path in sorted((out / "instructions" / "test").glob("*.parquet")):
            for row in read_parquet(path, Instruction):
                file.write(json.dumps({"id": row.id, "output": row.target}) + "\n")
    return out, predictions


def test_score_writes_the_page_beside_the_table(built, tmp_path):
    benchmark, predictions = built
    target = tmp_path / "report.html"
    done = CliRunner().invoke(app, ["score", str(predictions), "--benchmark", str(benchmark), "--html", str(target)])
    assert done.exit_code == 0, done.output
    assert "100.00" in done.output
    data = data_of(target.read_bytes())
    assert data["source"] == "p.jsonl"
    assert data["faulty"] == 0
    assert {name: corpus["language"] for name, corpus in data["corpora"].items()} == {
        "duee1": "zh",
        "finre": "zh",
        "resume": "zh",
    }
    assert str(tmp_path) not in target.read_text(encoding="utf-8")


def test_a_self_contained_file_has_a_page_too(tmp_path):
    row = {
        "id": "1",
        "task": "NER",
        "source": "boson",
        "instruction": "方明在远山",
        "label": '{"人物": ["方明"]}',
        "output": '{"人物": ["方"]}',
    }
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["score", str(path), "--html", str(tmp_path / "r.html")])
    assert done.exit_code == 0, done.output
    assert data_of((tmp_path / "r.html").read_bytes())["errors"][0]["kinds"] == {"boundary": 1}


def test_the_page_is_not_for_the_rules_of_others(built, tmp_path):
    arguments = ["score", str(built[1]), "--benchmark", str(built[0]), "--as", "iepile", "--html", str(tmp_path / "r")]
    done = CliRunner().invoke(app, arguments)
    assert "leave out --as iepile" in str(done.exception)
    assert not (tmp_path / "r").exists()


def test_watching_changes_no_figure(built):
    benchmark, predictions = built
    answers = {json.loads(line)["id"]: json.loads(line)["output"] for line in predictions.read_text().splitlines()}
    assert score(Benchmark(benchmark), answers, watch=Page(Rule()).watch) == score(Benchmark(benchmark), answers)


# --- in a browser ------------------------------------------------------------------------------------

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
OPTIONS += ["--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--lang=en-US"]
OPTIONS += ["--virtual-time-budget=5000", "--dump-dom"]


class Node:
    """An element of the page as the browser left it."""

    def __init__(self, tag, attrs):
        self.tag, self.attrs, self.children = tag, attrs, []

    def find(self, tag="", **wanted):
        """All elements below of a tag whose attributes hold these words."""
        for child in self.children:
            if isinstance(child, Node):
                words = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
                if child.tag == (tag or child.tag) and all(
                    v in (child.attrs.get(n) or "").split(" ") for n, v in words.items()
                ):
                    yield child
                yield from child.find(tag, **wanted)

    def one(self, tag="", **wanted):
        return next(self.find(tag, **wanted))

    @property
    def text(self):
        return "".join(child.text if isinstance(child, Node) else child for child in self.children)


class Tree(HTMLParser):
    """A page as nodes."""

    VOID = ("meta", "link", "input", "br", "img")

    def __init__(self, text):
        super().__init__()
        self.stack = [Node("", {})]
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        node = Node(tag, dict(attrs))
        self.stack[-1].children.append(node)
        if tag not in self.VOID:
            self.stack.append(node)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            while self.stack.pop().tag != tag:
                pass

    def handle_data(self, data):
        self.stack[-1].children.append(data)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A function that opens the page with a hash in a browser and returns its DOM."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "report.html").write_bytes(rendered())

    def open_page(hash):
        done = subprocess.run(
            [BROWSER, *OPTIONS, f"--user-data-dir={folder / 'profile'}", f"file://{folder / 'report.html'}#{hash}"],
            capture_output=True, timeout=120, check=True,
        )  # fmt: skip
        assert b"CONSOLE" not in done.stderr, done.stderr.decode(errors="replace")
        root = Tree(done.stdout.decode("utf-8")).stack[0]
        assert root.one("html").attrs["data-ready"] == "yes"
        return root

    return open_page


def shown(root):
    return [(a.attrs["data-id"], a.attrs["data-task"]) for a in root.find("article")]


@needs_browser
def test_the_browser_shows_every_part(opened):
    root = opened("ui=en&theme=light")
    html = root.one("html")
    assert (html.attrs["lang"], html.attrs["data-theme"]) == ("en", "light")
    assert [s.attrs["id"] for s in root.find("section")] == ["overview", "scores", "mistakes", "labels", "documents"]
    assert "46.15" in root.one("section", id="overview").text
    assert len(list(root.one("section", id="scores").find("circle"))) >= 8
    links = [a.attrs["href"] for a in root.one("section", id="mistakes").find("a") if a.find("rect")]
    assert "#corpus=harbour&task=NER&kind=boundary" in links
    assert root.one("table", class_="matrix").text
    assert root.one(id="signature").text.startswith("strict-f1|")
    assert root.one(id="list").attrs["data-found"] == "6"


@needs_browser
@pytest.mark.parametrize(
    ("ui", "card", "held"),
    [("en", "4 documents · 1 corpus", "holds every item (6)"), ("zh", "4 篇文本 · 1 个语料", "全部 6 项")],
)
def test_one_is_not_many_in_the_browser(opened, ui, card, held):
    root = opened(f"ui={ui}")
    assert card in root.one("section", id="overview").text
    assert "1 documents" not in root.one("section", id="overview").text
    assert held in root.one(id="held").text
    assert "{" not in root.one(id="app").text


MEASURE = """<script>addEventListener("load", () => setTimeout(() => {
  const wide = [...document.querySelectorAll("#scores .scroll")].filter((e) => e.scrollWidth > e.clientWidth);
  document.documentElement.dataset.cut = wide.length;
}, 500))</script></body>"""


@needs_browser
@pytest.mark.parametrize("width", [800, 1300])
@pytest.mark.parametrize("ui", ["en", "zh"])
def test_no_table_of_scores_is_wider_than_a_window_of_800_pixels(tmp_path, ui, width):
    page = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", rendered().decode())
    (tmp_path / "measured.html").write_text(page.replace("</body>", MEASURE), encoding="utf-8")
    address = f"file://{tmp_path / 'measured.html'}#ui={ui}"
    done = subprocess.run(
        [BROWSER, *OPTIONS, f"--window-size={width},1000", f"--user-data-dir={tmp_path / 'profile'}", address],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert Tree(done.stdout.decode("utf-8")).stack[0].one("html").attrs["data-cut"] == "0"


@needs_browser
def test_model_text_does_nothing_in_the_browser(opened):
    root = opened("ui=en&q=onerror")
    assert shown(root) == [("harbour/test/2", "NER")]
    assert EVIL in root.one("article").text
    assert not list(root.find("img"))
    assert len(list(root.find("script"))) == 2


@needs_browser
def test_nested_mentions_are_marked_where_they_stand(opened):
    root = opened("ui=en&corpus=harbour&task=NER&kind=boundary")
    assert shown(root) == [("harbour/test/0", "NER")]
    text = root.one("p", class_="text")
    segments = [(node.text, node.attrs["title"]) for node in text.find("span", class_="seg")]
    assert segments == [
        ("青石县", "location, organization"),
        ("远山", "organization, organization, organization"),
        ("科技", "organization, organization"),
        ("方明", "person, location"),
    ]
    tags = [(node.text, node.attrs["class"]) for node in text.find("span", class_="tag")]
    assert tags.count(("location", "tag right")) == 1
    assert ("person", "tag missed") in tags
    assert ("location", "tag wrong") in tags
    rows = {row.attrs["data-kind"]: row for row in root.one("article").find("tr") if "data-kind" in row.attrs}
    assert set(rows) == {"boundary", "type"}
    assert "dim" in rows["type"].attrs["class"]
    assert "dim" not in rows["boundary"].attrs["class"]


@needs_browser
def test_the_page_speaks_chinese_in_the_dark(opened):
    root = opened("ui=zh&theme=dark&task=RE")
    html = root.one("html")
    assert (html.attrs["lang"], html.attrs["data-theme"]) == ("zh", "dark")
    assert root.one("h1").text == "信息抽取评测报告"
    assert shown(root) == [("harbour/test/0", "RE")]
    assert "持股" in root.one("article").text
    assert "互换" in root.one("article").text


@needs_browser
@pytest.mark.parametrize(
    ("hash", "wanted"),
    [
        ("kind=missed", ["harbour/test/3"]),
        ("kind=none", ["harbour/test/1"]),
        ("kind=unread", ["harbour/test/3"]),
        ("kind=swapped&corpus=office", ["office/test/0"]),
        ("label=Hire/By", ["office/test/0"]),
        ("gold=PER&said=LOC", ["harbour/test/0"]),
        ("gold=PER&said=-", ["harbour/test/3"]),
        ("gold=-&said=%3F", ["harbour/test/2"]),
        ("q=ANN", ["office/test/0"]),
        ("corpus=nowhere", []),
    ],
)
def test_the_address_selects_documents(opened, hash, wanted):
    root = opened("ui=en&" + hash)
    assert [id for id, _ in shown(root)] == wanted
    assert root.one(id="list").attrs["data-found"] == str(len(wanted))


@needs_browser
def test_pages_are_turned_by_the_address(tmp_path):
    (tmp_path / "r.html").write_bytes(rendered(list(many("c", 0, 25)), {}))
    command = [BROWSER, *OPTIONS, f"--user-data-dir={tmp_path / 'p'}", f"file://{tmp_path / 'r.html'}#page=3"]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    found = Tree(done.stdout.decode()).stack[0].one(id="list")
    assert (found.attrs["data-page"], found.attrs["data-pages"], len(list(found.find("article")))) == ("3", "3", 5)
