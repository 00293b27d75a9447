"""Data cards: one for every corpus, fresh, valid for the Hub, and without a sentence of a corpus."""

import json
import re

import msgspec
import pytest
from conftest import ROOT, raw_folder
from hub_server import card_faults
from typer.testing import CliRunner

from uiebench import cards, catalogue
from uiebench.build.audit import Audit, Compared, Pair
from uiebench.build.convert import Ready, convert, find
from uiebench.cards.labels import bar
from uiebench.cli import app
from uiebench.errors import SourceError, UiebenchError
from uiebench.ledger import Ledger
from uiebench.types import SPLITS, EventLabel

FOLDER = ROOT / "data_cards"
FACTS = cards.known(FOLDER)
corpus_cases = pytest.mark.parametrize("name", catalogue.names())


def run(*arguments):
    return CliRunner().invoke(app, ["cards", *map(str, arguments)])


def test_the_cards_in_the_repository_are_fresh_and_of_all_corpora():
    assert cards.stale(FOLDER, FACTS) == []
    assert {path.stem for path in FOLDER.glob("*.md")} == {*catalogue.names(), "index"}
    assert run("--check", "--out", FOLDER).exit_code == 0


@corpus_cases
def test_a_card_passes_the_hubs_rules(name):
    huggingface_hub = pytest.importorskip("huggingface_hub")
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert card_faults(text) == []
    data = huggingface_hub.DatasetCard(text, ignore_metadata_errors=False).data
    assert data.language == [catalogue.load(name).language]


@corpus_cases
def test_a_card_tells_labels_licence_sources_and_citation(name):
    corpus, text = catalogue.load(name), (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    schema = corpus.schema
    labels = [*schema.entities, *schema.relations, *schema.events]
    labels += [role for event in schema.events if isinstance(event, EventLabel) for role in event.roles]
    for label in labels:
        name, zh, en, concept, description = (
            text.replace("|", "\\|") for text in (label.name, label.zh, label.en, label.concept, label.description)
        )
        rows = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        assert any(all(said in row for said in (zh, en, concept, description)) for row in rows)
    assert corpus.citation in text
    assert corpus.licence.name in text
    assert corpus.licence.terms in text
    assert corpus.differences in text
    assert corpus.differences_zh in text
    for reason, why in corpus.defects.items():
        assert f"| {reason} |" in text
        assert why in text
    for split in corpus.splits:
        for source in split.files:
            assert source.path in text
    for sentence in (document.text for document in samples(corpus)[:1]):
        assert msgspec.json.encode(sentence).decode() in text
    wanted = "may be passed on: `uiebench push` publishes it" if corpus.licence.redistribute else "may not be passed on"
    assert wanted in text


@corpus_cases
def test_a_card_of_texts_of_wikipedia_that_may_be_passed_on_names_their_licence_too(name):
    licence, text = catalogue.load(name).licence, (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    wanted = licence.redistribute and "Wikipedia" in licence.terms
    assert ("- cc-by-sa-3.0\n" in text) == wanted
    assert ("the texts stay under Wikipedia's" in text) == wanted


def samples(corpus):
    split = next(split for split in corpus.splits if split.gold)
    return [cards.sample_document(corpus, split)]


@corpus_cases
def test_no_text_of_the_original_files_stands_in_a_card(name):
    raw = raw_folder()
    if raw is None:
        pytest.skip("no original files: set UIEBENCH_RAW")
    corpus, text = catalogue.load(name), (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    ready = [find(corpus, split, raw) for split in SPLITS if corpus.alternatives(split)]
    first = next((r for r in ready if isinstance(r, Ready)), None)
    if first is None:
        pytest.skip("its original files are not there")
    seen = 0
    for document in convert(corpus, first, Ledger(corpus.defects)):
        if len(document.text) >= 20:
            assert document.text not in text
            seen += 1
        if seen == 300:
            break
    assert seen


@corpus_cases
def test_statistics_are_those_of_the_totals_in_the_module(name):
    corpus = catalogue.load(name)
    counted = FACTS.statistics.get(name, {})
    assert {split: found.stats.totals for split, found in counted.items()} == dict(corpus.expect)
    for found in counted.values():
        assert all(re.fullmatch(r"[0-9a-f]{64}", sha256) for sha256 in found.sources.values())
        known = [(kind, getattr(found.stats.totals, kind)) for kind in ("entities", "relations", "events")]
        for kind, total in known:
            assert sum(found.stats.labels.get(kind, {}).values()) == total


def test_a_stale_card_is_told_and_mended(tmp_path):
    folder = tmp_path / "cards"
    written = run("--out", folder)
    assert written.exit_code == 0
    assert len(list(folder.glob("*.md"))) == len(catalogue.names()) + 1
    assert run("--out", folder, "--check").exit_code == 0
    (folder / "msra.md").write_text("altered", encoding="utf-8")
    (folder / "of_no_corpus.md").write_text("left over", encoding="utf-8")
    (folder / "weibo.md").unlink()
    assert cards.stale(folder, cards.known(folder)) == ["msra.md", "of_no_corpus.md", "weibo.md"]
    failed = run("--out", folder, "--check")
    assert isinstance(failed.exception, UiebenchError)
    assert str(failed.exception) == f"{folder}/msra.md: stale (and 2 more); run: uiebench cards --out {folder}"
    assert cards.write(folder, cards.known(folder)) == ["msra.md", "of_no_corpus.md", "weibo.md"]
    assert not (folder / "of_no_corpus.md").exists()
    assert cards.stale(folder, cards.known(folder)) == []


def test_statistics_of_older_modules_are_an_error_that_says_what_to_do(tmp_path):
    counted = json.loads((FOLDER / "statistics.json").read_text(encoding="utf-8"))
    counted["resume"]["dev"]["stats"]["totals"]["documents"] += 1
    (tmp_path / "statistics.json").write_text(json.dumps(counted), encoding="utf-8")
    with pytest.raises(UiebenchError, match=r"resume dev was counted before.*uiebench cards --raw DIR"):
        cards.pages(cards.known(tmp_path))
    (tmp_path / "statistics.json").write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="damaged"):
        cards.known(tmp_path)


def test_what_is_shared_with_other_corpora_comes_from_an_audit(tmp_path):
    pairs = (
        Pair("msra/train", "weibo/test", 200, 1, 2, 3, 4, 10, 0.05, 9, 9),
        Pair("msra/train", "msra/test", 50, 0, 0, 0, 0, 0, 0.0, 9, 9),
    )
    splits = tuple(Compared(name, "test", 10, 0) for name in ("msra/train", "msra/test", "weibo/test", "boson/train"))
    (tmp_path / "audit.json").write_bytes(msgspec.json.encode(Audit(splits, pairs, {}, {})))
    facts = cards.update(tmp_path, None, tmp_path / "audit.json", lambda name: None)
    row = "| msra/train | weibo/test | 200 | 1 | 2 | 3 | 4 | 5.0% |"
    assert row in cards.card(catalogue.load("weibo"), facts)
    assert row in cards.card(catalogue.load("msra"), facts)
    assert "no evaluation text is shared" in cards.card(catalogue.load("boson"), facts)
    assert "Not compared" in cards.card(catalogue.load("cmeee"), facts)
    (tmp_path / "audit.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SourceError, match="not what `uiebench audit --json` writes"):
        cards.of_audit(tmp_path / "audit.json")


@pytest.mark.parametrize("name", catalogue.names())
def test_the_counts_of_a_table_are_those_of_its_header(name):
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    for total, table in re.findall(r"^### .*?, ([\d,]+) a[a-z]+ \(.*?\)\n(.*?)(?=^#)", text, re.DOTALL | re.MULTILINE):
        counts = re.findall(r"\| ([\d,]+) \| (?:[\d.]+% `|–)", table)
        if counts:
            assert sum(int(n.replace(",", "")) for n in counts) == int(total.replace(",", ""))


def test_bars_are_as_long_as_their_share():
    lengths = [len(bar(n, 160)) for n in (1, 8, 80, 160)]
    assert lengths == [1, 1, 10, 20]
    assert bar(160, 160) == "█" * 20
    assert bar(12, 160) == "█▌"


def test_options_that_do_not_go_together_are_refused(tmp_path):
    for arguments in (("--check", "--raw", tmp_path), ("--results", tmp_path), ("--benchmark", tmp_path, "--check")):
        assert isinstance(run(*arguments).exception, UiebenchError)
    assert "no such folder" in str(run("--raw", tmp_path / "no", "--out", tmp_path).exception)


def test_a_card_says_how_its_corpus_was_annotated_unless_nobody_told():
    """Whoever adds a corpus says how it was annotated, or adds it to these."""
    unknown = {name for name in catalogue.names() if not catalogue.load(name).annotation}
    assert unknown == {
        *("boson", "casie", "ccf_law", "cluener", "cmedqaner", "coae2016", "duee_fin", "ecommerce", "findvehicle"),
        *("genia2013", "iflytek2020", "peoples_daily"),
    }
    for name in catalogue.names():
        text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        assert ("Who or what annotated it is not known to us." in text) == (name in unknown)
        assert ("**Annotated** " in text) != (name in unknown)


def test_a_corpus_without_drops_is_not_called_without_defects():
    text = (FOLDER / "bc5cdr.md").read_text(encoding="utf-8")
    assert "cut in two by a wrong sentence break" in text
    assert "## Known defects\n\nNothing is dropped or repaired.\n" in text
