"""Every corpus keeps the promises of the catalogue. These tests walk it: a new corpus is tested by its presence."""

import re
from collections import Counter

import msgspec
import pytest
from conftest import raw_folder

from uiebench import catalogue
from uiebench.build.check import totals
from uiebench.build.convert import Absent, Ready, convert, find, find_sample
from uiebench.errors import MalformedInput
from uiebench.ledger import Ledger
from uiebench.types import SPLITS, Archive, BareDocument, Corpus, Download, HubFile

NAMES = catalogue.names()
HAN = re.compile("[\u4e00-\u9fff]")

corpus_cases = pytest.mark.parametrize("name", NAMES)


def read_sample(corpus: Corpus):
    """Every split of the sample: (split, documents, totals)."""
    for name in SPLITS:
        if splits := corpus.alternatives(name):
            ledger = Ledger(corpus.defects)
            ready = find_sample(corpus, splits[0], catalogue.samples(corpus.name))
            documents = list(convert(corpus, ready, ledger))
            yield splits[0], documents, totals(documents, ledger)


@corpus_cases
def test_literal_is_complete(name):
    corpus = catalogue.load(name)
    assert corpus.title
    assert corpus.description.endswith(".")
    assert corpus.homepage.startswith("http")
    assert corpus.citation.startswith("@"), "the citation is BibTeX"
    assert corpus.licence.name
    assert corpus.tasks
    assert corpus.splits
    if corpus.published:
        assert corpus.published_source
    for reason, why in corpus.defects.items():
        assert len(why) > 20, f"{reason} is not explained"
        assert why.endswith("."), f"{reason} is not explained in a sentence"


@corpus_cases
def test_what_stands_in_the_chinese_readme_is_chinese(name):
    corpus = catalogue.load(name)
    assert HAN.search(corpus.domain_zh)
    assert bool(corpus.differences) == bool(corpus.differences_zh)
    assert not corpus.differences or HAN.search(corpus.differences_zh)


@corpus_cases
def test_every_label_is_described(name):
    schema = catalogue.load(name).schema
    roles = [role for event in schema.events for role in event.roles]
    labels = (*schema.entities, *schema.relations, *schema.events, *roles)
    assert not [label.name for label in labels if not label.description]


@corpus_cases
def test_labels_are_bilingual_and_unique(name):
    schema = catalogue.load(name).schema
    groups = [schema.entities, schema.relations, schema.events, *(event.roles for event in schema.events)]
    for labels in groups:
        assert not [label for label, n in Counter(label.name for label in labels).items() if n > 1]
        for language in ("zh", "en"):
            shown = Counter(label.display(language) for label in labels)
            assert not [label for label, n in shown.items() if n > 1], f"two labels with one {language} name"
        for label in labels:
            assert HAN.search(label.zh), f"{label.name} has no Chinese name"
            assert label.en.isascii(), f"{label.name} has no English name"
            assert label.en.strip(), f"{label.name} has no English name"
            assert label.concept == label.concept.lower()
    types = {label.name for label in schema.entities}
    for relation in schema.relations:
        assert {*relation.heads, *relation.tails} <= types


@corpus_cases
def test_tasks_have_their_labels(name):
    corpus = catalogue.load(name)
    assert not ("NER" in corpus.tasks and not corpus.schema.entities)
    assert ("RE" in corpus.tasks) == bool(corpus.schema.relations)
    assert bool({"EE", "EET", "EEA"} & set(corpus.tasks)) == bool(corpus.schema.events)


@corpus_cases
def test_downloads_are_pinned_by_commit_and_hash(name):
    corpus = catalogue.load(name)
    for split in corpus.splits:
        for source in split.files:
            assert not source.path.startswith("/")
            assert ".." not in source.path
            assert not source.sha256 or re.fullmatch("[0-9a-f]{64}", source.sha256)
            if isinstance(source, HubFile) and source.sha256:
                assert re.fullmatch("[0-9a-f]{40}", source.revision)
            if isinstance(source, Download | Archive) and source.sha256 and "github" in source.url:
                assert re.search("/[0-9a-f]{40}[/.]", source.url), f"{source.url} names no commit"


@corpus_cases
def test_sample_matches_its_golden_file(name, golden):
    corpus = catalogue.load(name)
    lines = []
    for split, documents, counts in read_sample(corpus):
        for document in documents:
            lines.append(document if split.gold else BareDocument(document.id, document.text))
        lines.append({"split": split.name, "totals": counts})
    text = "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)
    golden(catalogue.samples(name) / name / "golden.jsonl", text)


@corpus_cases
def test_sample_has_ten_to_thirty_texts_and_shows_every_defect_and_task(name):
    corpus = catalogue.load(name)
    texts, shown, held = [], set(), Counter()
    for split, documents, counts in read_sample(corpus):
        texts += [document.text for document in documents]
        shown |= {*counts.drops, *counts.repairs}
        if split.gold:
            held.update(entities=counts.entities, relations=counts.relations, events=counts.events)
        else:
            assert counts.entities == counts.relations == counts.events == 0
    assert 10 <= len(texts) <= 30
    assert shown == set(corpus.defects)
    assert held["entities"] > 0 or "NER" not in corpus.tasks
    assert held["relations"] > 0 or "RE" not in corpus.tasks
    assert held["events"] > 0 or not {"EE", "EET", "EEA"} & set(corpus.tasks)


@corpus_cases
def test_sample_spans_slice_to_their_text_and_ids_are_unique(name):
    corpus = catalogue.load(name)
    ids = []
    for _, documents, _ in read_sample(corpus):
        for document in documents:
            ids.append(document.id)
            spans = [*document.entities]
            spans += [end for relation in document.relations for end in (relation.head, relation.tail)]
            for event in document.events:
                spans += event.arguments
                if event.trigger:
                    spans.append(event.trigger)
            for span in spans:
                assert span.text.strip() == span.text != ""
                assert (span.start is None) == (span.end is None)
                if span.start is not None:
                    assert document.text[span.start : span.end] == span.text
    assert len(ids) == len(set(ids))


@corpus_cases
def test_differences_from_the_published_figures_are_explained(name):
    corpus = catalogue.load(name)
    fields = ("documents", "entities", "relations", "events", "arguments")
    for split, published in corpus.published.items():
        ours = corpus.expect.get(split)
        differs = ours is None or any(getattr(published, field) not in (None, getattr(ours, field)) for field in fields)
        assert not differs or corpus.differences or corpus.verified == "sample", split


@corpus_cases
def test_differences_from_what_others_report_are_explained(name):
    corpus = catalogue.load(name)
    for said in corpus.reported:
        kinds = {"NER": corpus.schema.entities, "RE": corpus.schema.relations}.get(said.task, corpus.schema.events)
        ours = {split: corpus.expect[split].documents for split in corpus.expect}
        missing = {split for split in SPLITS if getattr(said, split) and not corpus.alternatives(split)}
        if missing or len(kinds) != said.labels or any(getattr(said, split) != n for split, n in ours.items()):
            for text in (corpus.differences, corpus.differences_zh):
                assert said.work in text


READINGS = [(name, reading) for name in NAMES for reading in catalogue.load(name).readings]


@pytest.mark.parametrize(("name", "reading"), READINGS)
def test_a_reading_cuts_the_documents_of_the_sample_into_parts(name, reading):
    corpus = catalogue.load(name)
    assert corpus.readings[reading].unit
    documents = cut = 0
    for split in corpus.splits:
        assert split.gold, "a reading of texts without gold is not thought of"
        assert split.read is None, "a reading takes the place of the corpus's reader, not of a split's own"
        if split is not corpus.alternatives(split.name)[0]:
            continue
        ready = find_sample(corpus, split, catalogue.samples(name))
        whole = {document.id: document for document in convert(corpus, ready, Ledger(corpus.defects))}
        parts = list(convert(corpus, ready, Ledger(corpus.defects), reading))
        assert len({part.id for part in parts}) == len(parts)
        documents += len(whole)
        cut += len(parts)
        found = {id: [] for id in whole}
        for part in parts:
            found[part.id.rpartition(".")[0]].append(part)
        for id, document in whole.items():
            assert all(part.text in document.text for part in found[id])
            stated = {(r.type, r.head.text, r.tail.text) for part in found[id] for r in part.relations}
            assert stated == {(r.type, r.head.text, r.tail.text) for r in document.relations}
            named = {(e.type, e.text) for part in found[id] for e in part.entities}
            assert named == {(e.type, e.text) for e in document.entities}
    assert cut > documents, "the sample does not show what the reading is for"


@pytest.mark.parametrize(("name", "reading"), READINGS)
def test_originals_convert_to_the_expected_totals_in_every_reading(name, reading):
    raw = raw_folder()
    if raw is None:
        pytest.skip("no original files: set UIEBENCH_RAW")
    corpus = catalogue.load(name)
    seen = {}
    for split in dict.fromkeys(split.name for split in corpus.splits):
        ready = find(corpus, split, raw)
        if isinstance(ready, Ready) and ready.pinned:
            ledger = Ledger(corpus.defects)
            seen[split] = totals(convert(corpus, ready, ledger, reading), ledger)
    if not seen:
        pytest.skip("its original files are not there")
    assert seen == corpus.readings[reading].expect


@corpus_cases
def test_originals_convert_to_the_expected_totals(name):
    raw = raw_folder()
    if raw is None:
        pytest.skip("no original files: set UIEBENCH_RAW")
    corpus = catalogue.load(name)
    seen = {}
    for split in SPLITS:
        if not corpus.alternatives(split):
            continue
        ready = find(corpus, split, raw)
        if isinstance(ready, Absent):
            continue
        ledger = Ledger(corpus.defects)
        got = totals(convert(corpus, ready, ledger), ledger)
        if ready.pinned:
            seen[split] = got
    if not seen:
        pytest.skip("its original files are not there")
    assert seen == {split: corpus.expect.get(split) for split in seen}
    assert corpus.verified == "original"


@corpus_cases
def test_a_form_that_only_an_alternative_has_is_read_alike(name):
    """A second form of a split has a sample of its own, of the same texts: what is read is the same."""
    corpus = catalogue.load(name)
    for split in corpus.splits:
        first = corpus.alternatives(split.name)[0]
        if split is first or not split.gold or (split.read or corpus.read) is (first.read or corpus.read):
            continue
        folder, seen = catalogue.samples(name), Ledger(corpus.defects, seen=False)
        documents = list(convert(corpus, find_sample(corpus, split, folder), seen))
        preferred = list(convert(corpus, find_sample(corpus, first, folder), Ledger(corpus.defects)))
        assert [document.text for document in documents] == [document.text for document in preferred]
        if "NER" in corpus.tasks:
            assert documents == preferred
        for left, right in zip(documents, preferred, strict=True):
            triples = [{(r.type, r.head.text, r.tail.text) for r in side.relations} for side in (left, right)]
            assert triples[0] <= triples[1]
            assert bool(triples[0]) == bool(triples[1])


def test_a_mention_with_two_types_is_an_error_in_scierc(tmp_path):
    record = '{{"sentences": [["The", "parser", "."]], "ner": [[[1, 1, "Method"]{}]], "relations": [[]]}}\n'
    read = catalogue.load("scierc").read
    path = tmp_path / "train.json"
    path.write_text(record.format(""))
    assert [len(found.entities) for found in read([path], Ledger({}))] == [1]
    path.write_text(record.format(', [1, 1, "Task"]'))
    with pytest.raises(MalformedInput, match="one type for each mention"):
        list(read([path], Ledger({})))
