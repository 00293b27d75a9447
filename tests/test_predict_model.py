"""Prediction with a model: constraint, order, resuming, cuts, and that the scorer reads what comes out."""

import json
from collections import Counter

import msgspec
import pytest
import typer

from uiebench.build import pipeline
from uiebench.errors import UiebenchError
from uiebench.instruct.target import decode
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, score
from uiebench.score.predictions import read_predictions
from uiebench.storage import locked
from uiebench.train.recipe import FromBenchmark, Scratch, SftRecipe, Training

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.cli import predict as command  # noqa: E402
from uiebench.train import predict as predicting  # noqa: E402
from uiebench.train import sft  # noqa: E402
from uiebench.train.model import TrainingError, pretrained  # noqa: E402
from uiebench.train.predict import Settings, fitted, predict, questions  # noqa: E402
from uiebench.train.recipe import Pretrained  # noqa: E402


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A benchmark of two corpora, and the run folder of a model that has seen a little of it."""
    folder = tmp_path_factory.mktemp("predict")
    pipeline.build(BuildRecipe("two", held_in=("fewfc", "resume"), samples=True), raw=None, out=folder / "two", jobs=1)
    plan = SftRecipe(
        name="test",
        model=Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=768, seen=1),
        data=(FromBenchmark(str(folder / "two")),),
        training=Training(epochs=2, batch=2, context=768, learning_rate=5e-3, warmup=0.0, save=0),
    )
    sft.train(plan, folder / "run")
    return folder / "two", folder / "run"


@pytest.fixture(scope="module")
def loaded(made):
    model, tokenizer = pretrained(Pretrained(str(made[1])))
    return model, tokenizer, questions(Benchmark(made[0]), "test")


def test_a_corpus_that_is_held_out_is_asked_about_in_the_split_test_whatever_its_documents_are_of(tmp_path):
    plan = BuildRecipe("apart", held_in=("resume",), held_out={"zh-ee": ("iflytek2020",)}, samples=True)
    pipeline.build(plan, raw=None, out=tmp_path / "apart", jobs=1)
    asking = questions(Benchmark(tmp_path / "apart"), "test", ["iflytek2020"])
    assert {one.id.split("/")[1] for one in asking} == {"train"}
    assert all(one.asked.text in one.prompt for one in asking)


def answer(loaded, partial, constraint="span", asking=None, tell=lambda line: None, identity="one", **more):
    model, tokenizer, every = loaded
    settings = Settings(constraint, **{"batch": 2, "most": 48, **more})
    return predict(model, tokenizer, asking or every, settings, partial, identity, tell=tell)


def off_text(question, output, names):
    found = decode(output, question.asked.task, names)
    said = [entity.text for entity in found.entities]
    said += [argument.text for event in found.events for argument in event.arguments]
    said += [event.trigger.text for event in found.events if event.trigger and event.trigger.text]
    return [text for text in said if text not in question.asked.text], found.problem


@pytest.fixture(scope="module")
def spans(loaded, tmp_path_factory):
    return answer(loaded, tmp_path_factory.mktemp("spans") / "partial")


def test_under_the_constraint_nothing_is_unparsable_or_off_the_text(loaded, spans, made):
    gold = Benchmark(made[0])
    for question in loaded[2]:
        names = gold.names(question.id.split("/")[0])
        strange, problem = off_text(question, spans.outputs[question.id][0], names)
        assert not problem
        assert not strange
    assert {question.asked.task for question in loaded[2]} >= {"NER", "EE"}


def test_without_it_a_model_that_has_seen_little_writes_other_things(loaded, tmp_path, made):
    gold, some = Benchmark(made[0]), loaded[2][:12]
    free = answer(loaded, tmp_path / "partial", "off", some)
    faults = [off_text(q, free.outputs[q.id][0], gold.names(q.id.split("/")[0])) for q in some]
    assert any(strange or problem for strange, problem in faults)


def test_outputs_stand_in_the_order_of_the_benchmark_and_are_scored(made, tmp_path, capsys):
    out = tmp_path / "predictions.jsonl"
    command.predict(model=str(made[1]), benchmark=made[0], out=out, max_new_tokens=48, batch_size=8, as_json=True)
    gold = Benchmark(made[0])
    asked = [id for items in gold.items("test") for id in items.asked]
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == asked
    report = score(gold, read_predictions(out), split="test", intervals=False)
    assert all(rates.unparsable == 0 for rates in report.rates.values())
    assert json.loads(capsys.readouterr().out)["predictions"] == len(asked)
    assert list(tmp_path.iterdir()) == [out]


def test_a_killed_run_goes_on_without_answering_twice_and_ends_the_same(loaded, spans, tmp_path, monkeypatch):
    partial, real, calls = tmp_path / "partial", predicting._answer, []

    def killed(*args):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(predicting, "_answer", killed)
    with pytest.raises(KeyboardInterrupt):
        answer(loaded, partial)
    with partial.open("ab") as file:
        file.write(b'{"answers":[["resume/te')  # the line that a kill left unfinished
    told = []
    again = answer(loaded, partial, tell=told.append)
    assert again.outputs == spans.outputs
    assert again.resumed == 6
    assert told == [f"{partial}: 6 of {len(loaded[2])} answers are there from before"]
    assert len(calls) == 4 + -(-len(loaded[2]) // 2) - 3
    assert len(done(partial)) == len(set(done(partial))) == len(loaded[2])
    assert not partial.with_name("partial.lock").exists()


def done(partial):
    """The answers in a file of what is done: of which question, which sample."""
    found = []
    for line in partial.read_bytes().splitlines():
        try:
            found += [tuple(one[:2]) for one in json.loads(line).get("answers", [])]
        except ValueError:
            continue
    return found


def test_other_batches_more_samples_and_other_prompts_go_on_with_what_was_done(loaded, spans, tmp_path):
    partial, some = tmp_path / "partial", loaded[2][:5]
    answer(loaded, partial, asking=some)
    again = answer(loaded, partial, asking=loaded[2][3:9], batch=4)
    assert again.resumed == 2
    assert again.outputs == {question.id: spans.outputs[question.id] for question in loaded[2][3:9]}
    drawn = {"temperature": 1.0, "asking": some}
    first = answer(loaded, partial, **drawn)
    more = answer(loaded, partial, samples=3, batch=7, **drawn)
    assert (first.resumed, more.resumed) == (0, 5)
    assert more.outputs == answer(loaded, tmp_path / "whole", samples=3, **drawn).outputs
    assert {id: samples[:1] for id, samples in more.outputs.items()} == first.outputs


def test_a_prompt_that_was_worded_otherwise_is_answered_anew(loaded, tmp_path):
    some = loaded[2][:3]
    answer(loaded, tmp_path / "partial", asking=some)
    other = msgspec.structs.replace(some[1], prompt=some[1].prompt + "请")
    again = answer(loaded, tmp_path / "partial", asking=[some[0], other, some[2]])
    assert again.resumed == 2


@pytest.mark.parametrize(
    ("before", "now", "how"),
    [
        ({"constraint": "span"}, {"constraint": "json"}, "--constraint span"),
        ({"most": 48}, {"most": 8}, "--max-new-tokens 48"),
        ({"identity": "one"}, {"identity": "two"}, "another --model"),
        ({"temperature": 0.5}, {"temperature": 1.0, "seed": 1}, "--temperature 0.5, --seed 0"),
    ],
)
def test_with_other_options_it_begins_anew_says_so_and_keeps_what_was_done(loaded, tmp_path, before, now, how):
    some, partial, told = loaded[2][:4], tmp_path / "partial", []
    first = answer(loaded, partial, asking=some, tell=told.append, **before)
    assert not told
    assert answer(loaded, partial, asking=some, tell=told.append, **now).resumed == 0
    kept = f"begun anew: the 4 answers that are there were made with {how}; with that again, it goes on there"
    assert told == [f"{partial}: {kept}"]
    again = answer(loaded, partial, asking=some, tell=told.append, **before)
    assert (again.outputs, again.resumed, again.tokens) == (first.outputs, 4, 0)


def test_without_a_temperature_another_seed_is_no_other_option(loaded, tmp_path):
    answer(loaded, tmp_path / "partial", asking=loaded[2][:2])
    assert answer(loaded, tmp_path / "partial", asking=loaded[2][:2], seed=3).resumed == 2


def test_a_file_of_what_is_done_that_cannot_be_read_is_begun_anew(loaded, spans, tmp_path):
    partial, some = tmp_path / "partial", loaded[2][:2]
    partial.write_bytes(
        b'{"settings": 3}\n\xff\n{"answers": [["a"]]}\n{"options": null, "answers": [["a", 0, "x", false]]}'
    )
    found = answer(loaded, partial, asking=some)
    assert found.resumed == 0
    assert found.outputs == {question.id: spans.outputs[question.id] for question in some}


def test_two_processes_do_not_answer_into_one_file(loaded, tmp_path):
    with locked(tmp_path / "partial.lock", "x"), pytest.raises(UiebenchError, match="partial: another process"):
        answer(loaded, tmp_path / "partial", asking=loaded[2][:1])


def test_it_is_said_that_a_short_context_has_no_room_for_so_long_answers(loaded, tmp_path):
    told = []
    answer(loaded, tmp_path / "partial", asking=loaded[2][:1], tell=told.append, most=385)
    assert len(told) == 1
    assert told[0].startswith("--max-new-tokens 385 is lowered to 384: the model reads 768 tokens")
    answer(loaded, tmp_path / "partial", asking=loaded[2][:1], tell=told.append, most=384)
    assert told[1:] == [f"{tmp_path / 'partial'}: 1 of 1 answers are there from before"]


def test_what_a_model_asks_for_in_its_generation_config_is_left_out(loaded, spans, tmp_path):
    model, some = loaded[0], loaded[2][:4]
    kept = dict(vars(model.generation_config))
    try:
        model.generation_config.repetition_penalty = 50.0
        model.generation_config.temperature = 0.1
        found = answer(loaded, tmp_path / "partial", "span", some)
        assert model.generation_config.repetition_penalty == 50.0
    finally:
        vars(model.generation_config).update(kept)
    assert found.outputs == {question.id: spans.outputs[question.id] for question in some}


@pytest.mark.parametrize("constraint", ["span", "json", "off"])
def test_the_size_of_batches_changes_no_answer(loaded, tmp_path, constraint):
    some = loaded[2][:6]
    one = answer(loaded, tmp_path / "one", constraint, some, batch=1)
    assert one.outputs == answer(loaded, tmp_path / "six", constraint, some, batch=6).outputs


@pytest.mark.parametrize("constraint", ["span", "off"])
def test_samples_differ_are_the_same_in_any_batch_and_another_seed_draws_others(loaded, tmp_path, constraint):
    some, drawn = loaded[2][:3], {"samples": 4, "temperature": 1.0}
    found = answer(loaded, tmp_path / "one", constraint, some, batch=5, **drawn).outputs
    assert all(len(samples) == 4 for samples in found.values())
    assert len({output for samples in found.values() for output in samples}) > 4
    assert answer(loaded, tmp_path / "two", constraint, some, batch=1, **drawn).outputs == found
    assert answer(loaded, tmp_path / "three", constraint, some, batch=12, **drawn, seed=1).outputs != found


def test_samples_follow_the_distribution_of_the_scores():
    weights = torch.tensor([0.5, 0.3, 0.0, 0.2])
    scores, said = weights.log().expand(4000, -1), [[9] * 7] * 4000
    draw = predicting.Choice([(f"prompt {number}", 0) for number in range(4000)], None, Settings(temperature=1.0))
    drawn = draw(scores, range(4000), said).argmax(-1).bincount(minlength=4) / 4000
    assert drawn[2] == 0
    assert (drawn - weights).abs().max() < 0.03
    sharper = predicting.Choice(draw.rows, None, Settings(temperature=0.25))
    assert sharper(scores, range(4000), said).argmax(-1).eq(0).float().mean() > 0.8


def test_an_answer_that_ran_out_of_tokens_is_closed_and_counted(loaded, tmp_path, made):
    some = [question for question in loaded[2] if question.asked.task == "NER"][:3]
    short = answer(loaded, tmp_path / "partial", "span", some, most=3)
    assert short.counts == {"answers that ran out of tokens": 3}
    assert all(isinstance(json.loads(output), dict) for (output,) in short.outputs.values())


def test_a_prompt_without_room_is_cut_within_its_text_and_counted(loaded):
    _, tokenizer, every = loaded
    question, counts = every[0], Counter()
    ids, same = fitted(tokenizer, question, 10_000, counts)
    assert same is question
    assert not counts
    cut_ids, cut = fitted(tokenizer, question, len(ids) - 5, counts)
    assert counts == {"text cut at its end": 1}
    assert len(cut_ids) <= len(ids) - 5
    assert question.asked.text.startswith(cut.asked.text)
    assert cut.asked.text != question.asked.text
    assert all(label in cut.prompt for label in question.asked.labels)
    assert fitted(tokenizer, question, 10, counts) is None
    assert counts["no room for the prompt"] == 1


def test_too_little_memory_says_what_to_lower(loaded, tmp_path, monkeypatch):
    def full(*args, **more):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(loaded[0], "generate", full)
    with pytest.raises(TrainingError, match="lower --batch-size"):
        answer(loaded, tmp_path / "partial")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "needs --model, --endpoint or --baseline"),
        ({"model": "x", "baseline": "lexicon"}, "--baseline goes without --model"),
        ({"baseline": "lexicon", "corpora": "resume"}, "--corpora: a baseline gives one answer to every prompt"),
        ({"baseline": "lexicon", "seed": 1}, "--seed: a baseline gives one answer to every prompt"),
        ({"baseline": "lexicon", "batch_size": 4}, "--batch-size: a baseline gives one answer to every prompt"),
        ({"endpoint": "http://x/v1", "model": "m", "dtype": "float32"}, "--dtype: it is for a local model"),
        ({"endpoint": "http://x/v1", "model": "m", "batch_size": 1}, "--batch-size: it is for a local model"),
        ({"baseline": "lexicon", "samples": 2}, "--samples: a baseline gives one answer to every prompt"),
        ({"model": "x", "dry_run": True}, "--dry-run: it is for --endpoint alone"),
        ({"model": "x", "budget": 0.0}, "--budget: it is for --endpoint alone"),
        ({"model": "x", "samples": 3}, "need a temperature"),
        ({"model": "x", "share": 0.0}, "no document of 'test' in the share 0"),
        ({"model": "x", "constraint": "spam"}, "not one of span, json, off"),
        ({"model": "x", "split": "dve"}, "not one of train, dev, test"),
        ({"model": "x", "task": "RE"}, "no prompts of the task RE"),
        ({"model": "x", "corpora": "msra"}, "no prompts about 'msra' in the split 'test'$"),
        ({"model": "x", "corpora": "fewfc, resme"}, "no prompts about 'resme' .*; did you mean 'resume'?"),
    ],
)
def test_wrong_options_are_one_line(made, options, told):
    with pytest.raises(UiebenchError, match=told):
        command.predict(**{"benchmark": made[0], **options})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"samples": 2, "temperature": 1.0}, "--samples"),
        ({"seed": 1}, "--seed"),
        ({"max_new_tokens": 8}, "--max-new-tokens"),
        ({"task": "EE"}, "EE"),
    ],
)
def test_what_a_tagger_cannot_do_is_one_line(made, tmp_path, options, told):
    (tmp_path / "config.json").write_text('{"model_type": "uiebench_tagger"}')
    with pytest.raises(UiebenchError, match=f"{told}.* is a tagger"):
        command.predict(model=str(tmp_path), benchmark=made[0], **options)


def test_ctrl_c_says_that_what_is_answered_is_kept_and_the_next_call_goes_on(made, tmp_path, monkeypatch, capsys):
    real, calls, out = predicting._answer, [], tmp_path / "predictions.jsonl"

    def stopped(*args):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    def run(batch_size):
        command.predict(model=str(made[1]), benchmark=made[0], out=out, max_new_tokens=16, batch_size=batch_size)

    monkeypatch.setattr(predicting, "_answer", stopped)
    with pytest.raises(typer.Exit) as ended:
        run(2)
    assert ended.value.exit_code == 130
    partial = tmp_path / ".predictions.jsonl.partial"
    assert f"interrupted; what is answered is kept in {partial}: run it again to go on" in capsys.readouterr().err
    run(16)
    assert f"{partial}: 4 of " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [out]
