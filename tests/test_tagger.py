"""The tagger: tags and mentions, the CRF against enumeration, windows, runs, and answers to prompts.

Everything runs on a CPU with networks of some ten thousand parameters, on the invented samples of two corpora.
"""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from itertools import pairwise, product
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resuming import assert_figures_of_the_whole_run, log_without_speed, spend_an_hour

from uiebench.build import pipeline
from uiebench.errors import RecipeError, UiebenchError
from uiebench.instruct.pieces import crossing
from uiebench.instruct.target import decode
from uiebench.recipe import BuildRecipe, Pieces
from uiebench.score import Benchmark, score
from uiebench.score.predictions import read_predictions
from uiebench.train import recipe as recipes
from uiebench.train import tags
from uiebench.train.recipe import BiLstm, FromBenchmark, Pretrained, TaggerRecipe, TaggerTraining
from uiebench.types import Document, Entity, Label

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.cli import predict as command  # noqa: E402
from uiebench.train import run, tagger  # noqa: E402
from uiebench.train.crf import NEVER, Crf  # noqa: E402
from uiebench.train.model import TrainingError, is_tagger  # noqa: E402
from uiebench.train.tagger_model import (  # noqa: E402
    Config,
    FeatureReading,
    TokenReading,
    features,
    from_scratch,
    load,
    on_encoder,
)
from uiebench.train.tagging import UNKNOWN, answers  # noqa: E402

SCHEMES = ("BIO", "BIOES")
SMALL = BiLstm(embedding=24, hidden=16, dropout=0.1, seen=1)


# --- mentions and tags ----------------------------------------------------------------------------


def test_units_are_characters_in_chinese_and_words_in_english_and_white_space_is_none():
    assert [("Ada 创办"[s:e]) for s, e in tags.units("Ada 创办", "zh")] == ["A", "d", "a", "创", "办"]
    text = "Mr. Byron's p53-firm\n"
    assert [text[s:e] for s, e in tags.units(text, "en")] == ["Mr", ".", "Byron", "'", "s", "p53", "-", "firm"]


@st.composite
def texts_with_mentions(draw):
    """A number of units, and mentions that share none."""
    length, place, found = draw(st.integers(1, 14)), 0, []
    while place < length:
        size = draw(st.integers(1, length - place))
        if draw(st.booleans()):
            found.append((place, place + size, draw(st.sampled_from("ab"))))
        place += size
    return length, found


@pytest.mark.parametrize("scheme", SCHEMES)
@given(texts_with_mentions())
def test_tags_say_exactly_the_mentions_they_were_written_of_and_are_legal(scheme, drawn):
    length, mentions = drawn
    known = tags.Tags(scheme, ("a", "b"))
    written = known.written(length, mentions)
    assert known.read(written) == mentions
    assert known.may_begin()[written[0]]
    assert known.may_end()[written[-1]]
    follow = known.may_follow()
    assert all(follow[one][other] for one, other in pairwise(written))


@pytest.mark.parametrize(
    ("scheme", "grammar"),
    [("BIO", "(O|B-aI-a*|B-bI-b*)+"), ("BIOES", "(O|S-a|S-b|B-aI-a*E-a|B-bI-b*E-b)+")],
)
def test_legal_are_exactly_the_sequences_of_the_scheme(scheme, grammar):
    known = tags.Tags(scheme, ("a", "b"))
    pattern = re.compile(re.sub(r"[BIES]-[ab]", lambda found: f"(?:{found[0]})", grammar))
    begin, follow, end = known.may_begin(), known.may_follow(), known.may_end()
    seen = Counter()
    for length in (1, 2, 3, 4):
        for drawn in product(range(len(known)), repeat=length):
            moves = all(follow[one][other] for one, other in pairwise(drawn))
            legal = begin[drawn[0]] and moves and end[drawn[-1]]
            assert legal == bool(pattern.fullmatch("".join(known.names[tag] for tag in drawn)))
            seen[legal] += 1
    assert min(seen.values()) > 50


def test_what_tags_cannot_say_is_counted_by_name():
    text, counts = "the north sea oil group of Ada Lovelace", Counter()
    places = tags.units(text, "en")

    def entity(string, type, place=None):
        start = text.index(string) if place is None else place
        return Entity(string, start, start + len(string), type)

    document = Document(
        "",
        text,
        (
            entity("north sea oil", "ORG"),
            entity("north sea", "LOC"),  # nested
            entity("north sea oil", "LOC"),  # a further type
            entity("oil group", "ORG"),  # crosses
            entity("Love", "PER"),  # within a word
            entity("Ada Lovelace", "PER"),
            entity("Ada Lovelace", "PER"),  # said twice: one mention
            Entity("Ada", None, None, "PER"),
            Entity("north oil", None, None, "ORG"),
            entity("group", "MISC"),
        ),
    )
    found = tags.flat(document, places, {"LOC": "location", "ORG": "organization", "PER": "person"}, counts)
    native = {"location": "LOC", "organization": "ORG", "person": "PER"}
    kept = tags.placed(text, places, found, native)
    assert [(one.text, one.type) for one in kept] == [("north sea oil", "LOC"), ("Ada Lovelace", "PER")]
    assert all(text[one.start : one.end] == one.text for one in kept)
    assert counts == {
        tags.NESTED: 1,
        tags.TWICE: 1,
        tags.CROSSING: 1,
        tags.WITHIN_WORD: 1,
        tags.UNKNOWN_PLACE: 1,
        tags.DISCONTINUOUS: 1,
        tags.NOT_OFFERED: 1,
    }


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(1, 5), st.sampled_from("AB")), max_size=8))
def test_every_mention_is_kept_or_counted_and_none_share_a_unit(drawn):
    text, counts = "高明创办远山公司在北京。", Counter()
    entities = tuple(Entity(text[s : s + n], s, min(s + n, len(text)), type) for s, n, type in drawn)
    found = tags.flat(Document("", text, entities), tags.units(text, "zh"), {"A": "a", "B": "b"}, counts)
    assert len(found) + counts.total() == len(set(entities))
    taken = [place for first, stop, _ in found for place in range(first, stop)]
    assert len(taken) == len(set(taken))


def test_labels_of_one_concept_are_one_type_unless_a_corpus_has_two_of_them():
    one = tags.types_of([Label("NAME", "人名", "person"), Label("ORG", "机构", "organization")])
    other = tags.types_of([Label("PER", "人物", "person"), Label("PRO", "代词", "pronoun", "person")])
    assert one == {"NAME": "person", "ORG": "organization"}
    assert other == {"PER": "person (PER)", "PRO": "person (PRO)"}


# --- the CRF --------------------------------------------------------------------------------------

NUMBERS = st.floats(-8, 8, width=32)


@st.composite
def fields(draw):
    """A CRF with drawn scores, emissions of some rows, their lengths, and which tags the rows may have."""
    known = tags.Tags(draw(st.sampled_from(SCHEMES)), draw(st.sampled_from([("a",), ("a", "b")])))
    size, rows, width = len(known), draw(st.integers(1, 2)), draw(st.integers(1, 3))
    crf = Crf(known.may_begin(), known.may_follow(), known.may_end())

    def drawn(*shape):
        count = int(torch.tensor(shape).prod())
        return torch.tensor(draw(st.lists(NUMBERS, min_size=count, max_size=count))).reshape(shape)

    with torch.no_grad():
        crf.begin.copy_(drawn(size))
        crf.move.copy_(drawn(size, size))
        crf.end.copy_(drawn(size))
    lengths = torch.tensor(draw(st.lists(st.integers(1, width), min_size=rows, max_size=rows)))
    allowed = torch.tensor([known.of(draw(st.sampled_from([("a",), known.types]))) for _ in range(rows)])
    emissions = drawn(rows, width, size).masked_fill(~allowed[:, None], NEVER)
    return known, crf, emissions, lengths, allowed


def enumerated(known, crf, emissions, length, allowed):
    """The score of every legal sequence of tags of one row, by adding up in plain Python."""
    begin, follow, end = known.may_begin(), known.may_follow(), known.may_end()
    found = {}
    for drawn in product([tag for tag in range(len(known)) if allowed[tag]], repeat=length):
        pairs = list(pairwise(drawn))
        if begin[drawn[0]] and end[drawn[-1]] and all(follow[one][other] for one, other in pairs):
            score = crf.begin[drawn[0]].item() + crf.end[drawn[-1]].item()
            score += sum(emissions[place, tag].item() for place, tag in enumerate(drawn))
            found[drawn] = score + sum(crf.move[one, other].item() for one, other in pairs)
    return found


@given(fields())
def test_partition_scores_and_marginals_are_those_of_enumeration(drawn):
    known, crf, emissions, lengths, allowed = drawn
    emissions.requires_grad_()
    partition = crf.log_partition(emissions, lengths)
    partition.sum().backward()
    for row, length in enumerate(lengths.tolist()):
        every = enumerated(known, crf, emissions[row], length, allowed[row])
        total = torch.tensor(list(every.values()), dtype=torch.float64).logsumexp(0)
        assert partition[row].item() == pytest.approx(float(total), abs=1e-5)
        tags_, score = max(every.items(), key=lambda item: item[1])
        padded = torch.tensor([[*tags_, *[0] * (emissions.shape[1] - length)]])
        said = crf.score(emissions[row : row + 1], padded, lengths[row : row + 1])
        assert said.item() == pytest.approx(score, abs=1e-4)
        for place in range(emissions.shape[1]):
            for tag in range(len(known)):
                expected = sum(
                    float((score - total).exp()) for drawn, score in every.items() if drawn[place : place + 1] == (tag,)
                )
                assert float(emissions.grad[row, place, tag]) == pytest.approx(expected, abs=1e-5)


@given(fields())
def test_viterbi_finds_the_best_legal_sequence(drawn):
    known, crf, emissions, lengths, allowed = drawn
    for row, (found, length) in enumerate(zip(crf.best(emissions, lengths), lengths.tolist(), strict=True)):
        every = enumerated(known, crf, emissions[row], length, allowed[row])
        assert every[tuple(found)] == pytest.approx(max(every.values()), abs=1e-3)


@given(fields(), st.integers(1, 4))
def test_padding_changes_nothing(drawn, more):
    _, crf, emissions, lengths, _ = drawn
    wider = torch.cat([emissions, torch.full((len(emissions), more, emissions.shape[2]), 5.0)], 1)
    assert torch.equal(crf.log_partition(emissions, lengths), crf.log_partition(wider, lengths))
    assert crf.best(emissions, lengths) == crf.best(wider, lengths)


def test_gradients_stay_numbers_where_scores_are_far_apart():
    known = tags.Tags("BIOES", ("a", "b"))
    crf = Crf(known.may_begin(), known.may_follow(), known.may_end())
    emissions = torch.full((1, 40, len(known)), -3000.0)
    emissions[0, :, 0] = 3000.0
    emissions.requires_grad_()
    loss = crf.loss(emissions, torch.zeros(1, 40, dtype=torch.long), torch.tensor([40]))
    loss.sum().backward()
    assert loss.item() == pytest.approx(0, abs=1e-6)
    assert torch.isfinite(emissions.grad).all()
    assert all(torch.isfinite(parameter.grad).all() for parameter in crf.parameters())


# --- networks and windows -------------------------------------------------------------------------


def untrained(texts=("高明创办远山公司。", "他去北京了，高明没去。"), types=("person", "place"), **more):
    reading = FeatureReading.learned([(text, tags.units(text, "zh"), "zh") for text in texts], 1)
    settings = {"scheme": "BIOES", "crf": True, "context": 12, "lstm": SMALL, **more}
    return from_scratch(SMALL, Config(types, ("x",), **settings), reading, 0)


def test_a_word_is_known_by_itself_its_ends_and_its_shape():
    assert features("Ada", [(0, 3)], "en") == [["w=ada", "x=Xx", "<a", "<ad", "<ada", "a>", "da>", "ada>"]]
    assert features("p53-NF", [(0, 3), (3, 4), (4, 6)], "en")[2][1] == "x=XX"
    assert features("高明", [(0, 1), (1, 2)], "zh") == [
        ["w=高", "x=字", "l=高", "r=高明"],
        ["w=明", "x=字", "l=高明", "r=明"],
    ]
    reading = FeatureReading.learned([("高明，高", tags.units("高明，高", "zh"), "zh")], 2)
    assert reading.vocabulary == ["w=高", "x=字"]
    assert reading.inputs("高山", [(0, 1), (1, 2)], "zh") == [[1, 2], [2]]


@given(st.text("高明在北京。！，\n \u3000a", max_size=80))
def test_windows_have_every_unit_once_and_are_not_too_long(text):
    made = untrained()
    windows = made.windows(text, "zh")
    assert [place for window in windows for place in window.places] == tags.units(text, "zh")
    assert all(1 <= len(window.places) <= 12 for window in windows)
    assert all(text[start:end].strip() for window in windows for start, end in window.places)


def test_a_long_text_is_cut_at_the_ends_of_sentences_and_put_together_again():
    made = untrained()
    text = "高明创办远山公司。他去北京了，高明没去。"
    assert [text[w.start : w.end] for w in made.windows(text, "zh")] == ["高明创办远山公司。", "他去北京了，高明没去。"]
    types = {"P": "person", "L": "place"}
    [found] = tagger.tagged(made, [tagger.Text(Document("", text), "x", "zh", types)], 8)
    halves = [
        one
        for part in (text[:9], text[9:])
        for one in tagger.tagged(made, [tagger.Text(Document("", part), "x", "zh", types)], 8)
    ]
    assert [one.text for one in found.entities] == [one.text for half in halves for one in half.entities]
    assert found.entities
    assert all(text[one.start : one.end] == one.text for one in found.entities)
    assert not crossing(found, [(0, 9), (9, len(text))])


def test_other_rows_of_a_batch_change_nothing():
    made = untrained()
    texts = ["高明。", "他去北京了，高明没去。", "远山公司。"]
    windows = [window for text in texts for window in made.windows(text, "zh")]
    every = [made.tags.of(made.tags.types)] * 3
    made.network.eval()
    scores, lengths = made.scores(windows, every)
    for row, window in enumerate(windows):
        alone, _ = made.scores([window], every[:1])
        assert torch.allclose(alone[0], scores[row, : lengths[row]], atol=1e-6)


@pytest.mark.parametrize("crf", [True, False])
def test_a_text_never_gets_a_type_that_its_corpus_does_not_have(crf):
    made = untrained(crf=crf)
    with torch.no_grad():
        made.network.out.bias[1:5] += 50  # the network would have everything be a person
    windows = made.windows("高明创办远山公司。", "zh")
    every, some = made.mentions(windows * 2, [("person", "place"), ("place",)], 2)
    assert {type for _, _, type in every} == {"person"}
    assert "person" not in {type for _, _, type in some}


# --- encoders -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """The folder of a tiny BERT with random weights, which knows some characters and pieces of words."""
    folder = tmp_path_factory.mktemp("bert")
    samples = "高明创办远山公司他去北京了没，。男国籍博士学历先生abcdefghijklmnopqrstuvwxyz0123456789.,'-()"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(samples)]
    pieces += [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789"] + ["the", "in"]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def encoding(bert, **more):
    settings = {"scheme": "BIOES", "crf": True, "context": 64, **more}
    return on_encoder(Pretrained(str(bert)), Config(("person",), ("x",), **settings), 0)


@pytest.fixture(scope="module")
def on_bert(bert):
    return encoding(bert)


def test_every_unit_of_an_encoder_has_tokens_of_its_own(bert):
    made = encoding(bert)
    assert isinstance(made.reading, TokenReading)
    text = "the gene \u200b高 [SEP]"
    [window] = made.windows(text, "en")
    said = [made.reading.tokenizer.convert_ids_to_tokens(own) for own in window.inputs]
    units = [text[start:end] for start, end in window.places]
    assert dict(zip(units, said, strict=True)) == {
        "the": ["the"],
        "gene": ["g", "##e", "##n", "##e"],
        "\u200b": ["[UNK]"],
        "高": ["高"],
        "[": ["[UNK]"],
        "SEP": ["s", "##e", "##p"],
        "]": ["[UNK]"],
    }
    tensors = made.reading.tensors([window])
    first = tensors["ids"][0][tensors["at"][0]].tolist()
    assert first == [own[0] for own in window.inputs]
    assert made.reading.tokenizer.convert_ids_to_tokens(tensors["ids"][0].tolist())[:: len(tensors["ids"][0]) - 1] == [
        "[CLS]",
        "[SEP]",
    ]


@given(st.text("高明 。the gene\u200b-", max_size=120))
def test_windows_of_an_encoder_fit_its_context_in_tokens(on_bert, text):
    windows = on_bert.windows(text, "en")
    assert [place for window in windows for place in window.places] == tags.units(text, "en")
    for window in windows:
        assert on_bert.reading.tensors([window])["ids"].shape[1] <= 64


def test_padding_changes_no_score_of_an_encoder(bert):
    made = encoding(bert)
    made.network.eval()
    windows = [window for text in ("高明。", "他去北京了，高明没去。") for window in made.windows(text, "zh")]
    every = [made.tags.of(("person",))] * 2
    scores, lengths = made.scores(windows, every)
    alone, _ = made.scores(windows[:1], every[:1])
    assert torch.allclose(alone[0], scores[0, : lengths[0]], atol=1e-5)


# --- runs -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    """A benchmark of two corpora of entities and one of relations and entities, from their samples."""
    folder = tmp_path_factory.mktemp("benchmarks") / "three"
    names = ("resume", "conll04", "weibo")
    pipeline.build(BuildRecipe("three", held_in=names, samples=True), raw=None, out=folder, jobs=1)
    return folder


def recipe(benchmark, model=SMALL, corpora=("resume", "conll04"), **settings):
    training = {"epochs": 24, "batch": 4, "context": 64, "learning_rate": 2e-2, "save": 8, "log": 5}
    return TaggerRecipe(
        name="test",
        model=model,
        data=(FromBenchmark(str(benchmark), corpora=corpora),),
        held=(FromBenchmark(str(benchmark), split="dev", corpora=corpora),),
        training=TaggerTraining(**{**training, **settings}),
    )


@pytest.fixture(scope="module")
def trained(benchmark, tmp_path_factory):
    """A run that nothing interrupted, and what it told."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    return out, tagger.train(recipe(benchmark), out)


def held_lines(out):
    lines = [json.loads(line) for line in (out / "log.jsonl").read_bytes().splitlines()]
    return [line for line in lines if "held_f1" in line]


def weights(path):
    from safetensors.torch import load_file

    return load_file(path / "model.safetensors")


def test_a_run_leaves_all_that_tells_what_it_was_and_its_loss_falls(trained, benchmark):
    out, told = trained
    lines = [json.loads(line) for line in (out / "log.jsonl").read_bytes().splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert losses[-1] < 0.3 * losses[0]
    assert [line["step"] for line in lines if "loss" in line][-1] == told["updates"]  # whatever `log` is
    assert recipes.parse((out / "recipe.yaml").read_bytes(), "recipe") == recipe(benchmark)
    said = msgspec.json.decode((out / "run.json").read_bytes(), type=tagger.TaggerRun)
    gold = Benchmark(benchmark)
    documents = [
        document
        for corpus in ("resume", "conll04")
        for document in tagger.read_parquet(gold.folder / "corpora" / corpus / "train.parquet", Document)
    ]
    assert said.examples == len(documents)
    mentions = sum(len(document.entities) for document in documents)
    assert sum(said.types.values()) + sum(said.left_out.values()) == mentions
    assert said.parameters == told["parameters"] == sum(p.numel() for p in load(str(out)).network.parameters())
    card = (out / "model" / "README.md").read_text()
    assert "stage: tagger" in card
    assert "highest F1 on the held texts" in card


def test_the_best_checkpoint_becomes_the_model(trained):
    out, told = trained
    lines = held_lines(out)
    best = max(lines, key=lambda line: line["held_f1"])  # the first of equals
    assert told["figures"]["best_step"] == best["step"]
    assert told["figures"]["held_f1"] == best["held_f1"]
    model, kept = weights(out / "model"), weights(out / "checkpoints" / f"checkpoint-{best['step']}")
    assert all(torch.equal(model[name], kept[name]) for name in kept)
    last = {best["step"], max(line["step"] for line in lines)}
    assert {path.name for path in (out / "checkpoints").iterdir()} == {f"checkpoint-{step}" for step in last}


def test_held_f1_is_that_of_the_scorer(trained, benchmark, tmp_path):
    out, told = trained
    source = FromBenchmark(str(benchmark), split="dev", corpora=("resume", "conll04"))
    said = answers(load(str(out)), source, 8).outputs
    report = score(Benchmark(benchmark), said, split="dev", task="NER", allow_missing=True, intervals=False)
    rows = [row for row in report.rows if row.by == "corpus" and row.key in ("resume", "conll04")]
    assert len(rows) == 2
    correct, gold, found = (sum(getattr(row, name) for row in rows) for name in ("correct", "gold", "predicted"))
    assert told["figures"]["held_f1"] == pytest.approx(2 * correct / (gold + found))


def test_a_killed_run_is_resumed_to_the_same_weights(trained, benchmark, tmp_path):
    whole, told = trained
    said = tmp_path / "recipe.yaml"
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(recipe(benchmark))))
    out = tmp_path / "killed"
    script = (
        "import os, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from uiebench.train import tagger, recipe\n"
        f"plan = recipe.load(Path({str(said)!r}))\n"
        f"tagger.train(plan, Path({str(out)!r}), progress=lambda done, total, text: done == 21 and os._exit(9))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert killed.returncode == 9, killed.stderr.decode()
    assert run.last_checkpoint(out / "checkpoints").name == "checkpoint-16"
    spend_an_hour(out)
    again = tagger.train(recipe(benchmark), out, resume=True)
    assert_figures_of_the_whole_run(again, told)
    expected, found = weights(whole / "model"), weights(out / "model")
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert log_without_speed(out) == log_without_speed(whole)  # also of the line whose beginning was before the stop
    with pytest.raises(RecipeError, match="this run is complete"):
        tagger.train(recipe(benchmark), out, resume=True)


def test_two_runs_of_one_recipe_have_the_same_weights_and_another_seed_others(benchmark, tmp_path):
    for name, seed in (("one", 0), ("two", 0), ("other", 1)):
        tagger.train(recipe(benchmark, steps=6, seed=seed), tmp_path / name)
    one, two, other = (weights(tmp_path / name / "model") for name in ("one", "two", "other"))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_is_not_overwritten_and_another_recipe_is_not_resumed(trained, benchmark, tmp_path):
    out = tmp_path / "run"
    shutil.copytree(trained[0], out)
    shutil.rmtree(out / "model")
    with pytest.raises(RecipeError, match="--resume goes on with it"):
        tagger.train(recipe(benchmark), out)
    with pytest.raises(RecipeError, match=r"training\.batch is not what this run began with"):
        tagger.train(recipe(benchmark, batch=2), out, resume=True)


def test_several_devices_are_one_line_and_nothing_is_written(benchmark, tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(RecipeError, match="the stage tagger runs on one device"):
        tagger.train(recipe(benchmark), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_damaged_checkpoint_is_one_line(trained, benchmark, tmp_path):
    out = tmp_path / "run"
    shutil.copytree(trained[0], out)
    shutil.rmtree(out / "model")
    newest = run.last_checkpoint(out / "checkpoints") / "optimizer.pt"
    newest.write_bytes(newest.read_bytes()[:-100])
    with pytest.raises(TrainingError, match=r"damaged .*optimizer\.pt"):
        tagger.train(recipe(benchmark), out, resume=True)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_checkpoint(benchmark, tmp_path, monkeypatch):
    real = tagger.Tagger.scores

    def broken(self, windows, allowed):
        scores, lengths = real(self, windows, allowed)
        return (
            scores * float("nan") if self.network.training and (tmp_path / "run/checkpoints").exists() else scores
        ), lengths

    monkeypatch.setattr(tagger.Tagger, "scores", broken)
    with pytest.raises(TrainingError, match=r"no number .* in step 9; the last good checkpoint is .*checkpoint-8"):
        tagger.train(recipe(benchmark), tmp_path / "run")


def test_no_memory_says_what_to_lower(benchmark, tmp_path, monkeypatch):
    def full(self, windows, allowed):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(tagger.Tagger, "scores", full)
    with pytest.raises(TrainingError, match=r"out of memory in step 1 .*lower training\.batch or training\.context"):
        tagger.train(recipe(benchmark), tmp_path / "run")


@pytest.mark.parametrize(("crf", "scheme"), [(False, "BIOES"), (True, "BIO"), (False, "BIO")])
def test_every_head_and_scheme_learns_its_samples(benchmark, tmp_path, crf, scheme):
    plan = msgspec.structs.replace(recipe(benchmark, save=1000), crf=crf, scheme=scheme, held=recipe(benchmark).data)
    assert tagger.train(plan, tmp_path / "run")["figures"]["held_f1"] > 0.9


def test_an_encoder_learns_its_samples_and_is_loaded_as_it_was(benchmark, bert, tmp_path):
    plan = recipe(benchmark, Pretrained(str(bert)), learning_rate=3e-3, epochs=15, save=1000)
    plan = msgspec.structs.replace(plan, held=plan.data)
    told = tagger.train(plan, tmp_path / "run")
    assert told["figures"]["held_f1"] > 0.5
    assert is_tagger(str(tmp_path / "run"))
    held = tagger.documents(plan.held, Counter())
    assert tagger.judged(load(str(tmp_path / "run")), held, 3)["held_f1"] == told["figures"]["held_f1"]
    shutil.rmtree(tmp_path / "run" / "checkpoints")
    assert f"base_model: {bert}" in (tmp_path / "run" / "model" / "README.md").read_text()


def test_a_document_is_never_told_that_it_lacks_a_type_of_another_corpus(benchmark):
    texts = tagger.documents(recipe(benchmark).data, Counter())
    made = tagger.made(recipe(benchmark), texts)
    for lesson in tagger.lessons(made, texts, Counter(), Counter()):
        corpus = lesson.id.split("/")[0]
        types = set(tags.types_of(Benchmark(benchmark).describe(corpus).schema.entities).values())
        assert lesson.allowed == made.tags.of(types)
        assert all(lesson.allowed[tag] for tag in lesson.tags)
    assert {text.corpus for text in texts} == {"resume", "conll04"}


def test_types_held_out_of_a_benchmark_are_not_learned(tmp_path):
    folder = tmp_path / "b"
    plan = BuildRecipe("b", held_in=("resume",), samples=True, held_out_types=("organization",))
    pipeline.build(plan, raw=None, out=folder, jobs=1)
    counts = Counter()
    texts = tagger.documents([FromBenchmark(str(folder))], counts)
    made = tagger.made(recipe(folder), texts)
    assert "organization" not in made.tags.types
    tagger.lessons(made, texts, counts, Counter())
    assert counts[tags.NOT_OFFERED] > 0


# --- recipes and what is wrong ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("data: [{from: benchmark, folder: b, tasks: [RE]}]", "a tagger learns NER alone"),
        ("model: {from: scratch, layer: 3}", "unknown field `layer`"),
        ("scheme: BMES", "Expected 'BIO' or 'BIOES', got 'BMES'"),
        ("data: [{from: dialogues, file: x}]", "at `$.data"),
        ("lora: {}", "unknown field `lora`"),
    ],
)
def test_a_wrong_recipe_is_one_line_with_its_place(change, told):
    lines = {
        "stage": "stage: tagger",
        "name": "name: x",
        "model": "model: {from: scratch}",
        "data": "data: [{from: benchmark, folder: b}]",
    }
    lines[change.split(":")[0]] = change
    with pytest.raises(RecipeError) as error:
        recipes.parse("\n".join(lines.values()).encode(), "r.yaml")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_data_without_ner_is_one_line(tmp_path):
    folder = tmp_path / "b"
    pipeline.build(BuildRecipe("b", held_in=("fewfc",), samples=True), raw=None, out=folder, jobs=1)
    with pytest.raises(RecipeError, match="no prompt of NER in 'train'"):
        tagger.train(recipe(folder, corpora=()), tmp_path / "run")
    with pytest.raises(RecipeError, match="no prompt of NER in 'test', and a tagger answers no other"):
        answers(untrained(), FromBenchmark(str(folder), split="test"), 8)
    with pytest.raises(RecipeError, match="no document of 'test' in the share 0 after 0"):
        answers(untrained(), FromBenchmark(str(folder), split="test", share=0.0), 8)


@pytest.mark.parametrize(
    ("context", "told"), [(200, "the model reads at most 128 tokens"), (12, "too short; give at least 19")]
)
def test_a_context_that_an_encoder_cannot_have_is_one_line(bert, context, told):
    with pytest.raises(RecipeError, match=told):
        encoding(bert, context=context)


def test_a_model_that_is_no_encoder_or_not_there_is_one_line(bert, tmp_path):
    folder = tmp_path / "t5"
    shutil.copytree(bert, folder)
    config = transformers.T5Config(
        vocab_size=200, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, decoder_start_token_id=0
    )
    transformers.T5Model(config).save_pretrained(folder)
    with pytest.raises(RecipeError, match=r"no encoder \(t5\)"):
        encoding(folder)
    with pytest.raises(RecipeError, match="no such folder"):
        encoding(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["model.safetensors", "vocabulary.json", "config.json"])
def test_a_damaged_model_is_one_line(trained, tmp_path, name):
    shutil.copytree(trained[0] / "model", tmp_path / "model")
    place = tmp_path / "model" / name
    place.write_bytes(place.read_bytes()[:-40] if name != "config.json" else b'{"model_type":"uiebench_tagger"}')
    with pytest.raises(RecipeError, match="damaged or incomplete") as error:
        load(str(tmp_path / "model"))
    assert "\n" not in str(error.value)


# --- predictions ----------------------------------------------------------------------------------


def test_a_run_folder_answers_the_prompts_of_ner_and_the_scorer_reads_it(trained, benchmark, tmp_path, capsys):
    out = tmp_path / "predictions.jsonl"
    command.predict(model=str(trained[0]), benchmark=benchmark, split="train", corpora="resume", out=out, as_json=True)
    told = json.loads(capsys.readouterr().out)
    gold, said = Benchmark(benchmark), {one.id: one.output for one in read_predictions(out)}
    asked = tagger.data.instructions(FromBenchmark(str(benchmark), corpora=("resume",)))
    assert list(said) == [one.id for one in asked]
    assert told["predictions"] == len(said)
    for one in asked:  # in training data names may be shown otherwise
        found = decode(said[one.id], "NER", gold.names("resume"))
        assert not found.problem
        assert {entity.type for entity in found.entities} <= set(one.labels)
    report = score(
        gold, answers(load(str(trained[0])), FromBenchmark(str(benchmark), split="test"), 4).outputs, task="NER"
    )
    assert all(rates.unparsable == 0 and rates.hallucinated == 0 for rates in report.rates.values())


def test_prompts_of_other_tasks_are_told_and_not_answered(trained, benchmark, tmp_path, capsys):
    out = tmp_path / "predictions.jsonl"
    command.predict(model=str(trained[0]), benchmark=benchmark, corpora="conll04", out=out)
    told = capsys.readouterr().err
    assert re.search(r"without an answer are prompts of other tasks: \d+ of RE", told)
    assert f"next: uiebench score {out} --benchmark {benchmark} --task NER" in told
    assert all("#NER" in one.id for one in read_predictions(out))


def test_pieces_get_what_lies_in_them(trained, tmp_path):
    folder = tmp_path / "b"
    plan = BuildRecipe("b", held_in=("resume",), samples=True, pieces=Pieces(budget=12))
    pipeline.build(plan, raw=None, out=folder, jobs=1)
    made = load(str(trained[0]))
    source = FromBenchmark(str(folder))
    asked, said = tagger.data.instructions(source), answers(made, source, 8).outputs
    assert any(one.start for one in asked)
    texts = {text.document.id: text for text in tagger.documents([source], Counter())}
    whole = {document.id: document for document in tagger.tagged(made, list(texts.values()), 8)}
    names, found = Benchmark(folder).names("resume"), Counter()
    for one in asked:
        document = whole[one.document]
        stop = len(document.text) if one.end is None else one.end
        here = {
            (entity.type, entity.text)
            for entity in document.entities
            if one.start <= entity.start and entity.end <= stop and entity.type in one.labels
        }
        assert {(entity.type, entity.text) for entity in decode(said[one.id], "NER", names).entities} == here
        found.update(here)
    assert found


def test_on_a_corpus_that_it_has_not_seen_it_finds_the_concepts_it_knows(trained, benchmark):
    made = load(str(trained[0]))
    said = answers(made, FromBenchmark(str(benchmark), split="test", corpora=("weibo",)), 8)
    assert said.counts[UNKNOWN] > 0
    gold = Benchmark(benchmark)
    known = {
        label
        for label, type in tags.types_of(gold.describe("weibo").schema.entities).items()
        if type in made.tags.types
    }
    assert known == {"PER.NAM", "ORG.NAM", "LOC.NAM"}
    for output in said.outputs.values():
        assert {entity.type for entity in decode(output, "NER", gold.names("weibo")).entities} <= known


def test_the_size_of_batches_changes_no_answer(trained, benchmark):
    source, made = FromBenchmark(str(benchmark), split="test"), load(str(trained[0]))
    assert answers(made, source, 1).outputs == answers(made, source, 64).outputs


def test_a_tagger_is_no_model_to_train_on(trained, benchmark, tmp_path):
    with pytest.raises(RecipeError, match="a tagger of uiebench train"):
        tagger.train(recipe(benchmark, Pretrained(str(trained[0]))), tmp_path / "run")


def test_another_folder_is_no_tagger(bert, tmp_path):
    assert not is_tagger(str(bert))
    assert not is_tagger(str(tmp_path))
    assert not is_tagger("google-bert/bert-base-chinese")
    with pytest.raises(UiebenchError):
        load(str(Path(tmp_path)))
