"""The scorer inside other tools gives the numbers of `score`, and needs none of these tools to be imported."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

import uiebench
from uiebench.build import pipeline
from uiebench.errors import RecipeError, UiebenchError
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, score
from uiebench.score.adapters import ComputeMetrics, load_metric, most_likely, most_likely_next, write_tasks
from uiebench.score.adapters.lm_eval import FIGURES
from uiebench.score.predictions import read_predictions
from uiebench.storage import read_parquet
from uiebench.types import Instruction, Prediction

TASK_OF = {"ner": "NER", "re": "RE", "ee": "EE"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("adapters") / "three"
    recipe = BuildRecipe(name="three", held_in=("resume", "conll04"), held_out={"zh-ee": ("duee1",)}, samples=True)
    pipeline.build(recipe, raw=out, out=out)
    return out


def instructions(folder, split):
    paths = sorted((folder / "instructions" / split).glob("*.parquet"))
    return [row for path in paths for row in read_parquet(path, Instruction)]


def answered(rows):
    """Answers of every quality, by turns: right, fenced, half right, wrong, and none."""

    def answer(number, target):
        value = json.loads(target)
        half = dict(list(value.items())[:2]) if isinstance(value, dict) else value[:1]
        forms = (target, f"```json\n{target}\n```", json.dumps(half, ensure_ascii=False), "[]", "I found nothing.")
        return forms[number % len(forms)]

    return {row.id: answer(number, row.target) for number, row in enumerate(rows)}


# --- the top level ------------------------------------------------------------------------------------


def test_score_benchmark_and_load_metric_are_at_the_top_level(folder):
    answers = answered(instructions(folder, "test"))
    assert uiebench.score(uiebench.Benchmark(folder), answers) == score(Benchmark(folder), answers)
    assert uiebench.score.Benchmark is uiebench.Benchmark is Benchmark
    assert {"score", "Benchmark", "load_metric"} <= set(dir(uiebench))
    with pytest.raises(AttributeError, match="no attribute 'scores'"):
        _ = uiebench.scores


def test_importing_the_package_and_the_adapters_loads_no_tool():
    code = "import sys, uiebench; assert 'msgspec' not in sys.modules; import uiebench.score.adapters; "
    code += "print([m for m in ('torch', 'transformers', 'lm_eval', 'datasets', 'evaluate') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- evaluate ----------------------------------------------------------------------------------------


def test_a_metric_scores_lists_of_texts_and_of_json_values():
    metric = load_metric("NER")
    found = metric.compute(
        predictions=['{"人物": ["方明"]}', {"人物": [], "机构": ["远山"]}, "没有。"],
        references=[{"人物": ["方明", "柳青"]}, '{"人物": [], "机构": ["远山"]}', {"人物": []}],
    )
    assert (found["ner_precision"], found["ner_recall"], found["ner_f1"]) == (1, 2 / 3, 0.8)
    assert found["unparsable"] == 1 / 3
    assert found["signature"].startswith("strict-f1|")


def test_a_metric_gathers_batches_and_is_empty_again_afterwards():
    metric, right = load_metric("RE"), [{"relation": "持股", "head": "甲", "tail": "乙"}]
    metric.add(prediction=right, reference=right)
    metric.add_batch(predictions=[[]], references=[right])
    assert metric.compute()["re_recall"] == 0.5
    with pytest.raises(UiebenchError, match="nothing to score"):
        metric.compute()
    with pytest.raises(UiebenchError, match="1 predictions for 2 references"):
        metric.compute(predictions=["[]"], references=["[]", "[]"])
    with pytest.raises(RecipeError, match="ner: no task; it is one of NER, RE"):
        load_metric("ner")


def test_a_metric_of_events_has_a_figure_for_triggers_and_arguments():
    right = [{"type": "裁员", "trigger": "裁", "arguments": {"裁员方": ["甲", "乙"]}}]
    half = [{"type": "裁员", "trigger": "裁", "arguments": {"裁员方": ["甲"]}}]
    found = load_metric("EE").compute(predictions=[half], references=[right])
    assert (found["tc_f1"], found["ac_recall"], found["ac_paired_precision"]) == (1, 0.5, 1)


def test_a_metric_agrees_with_the_benchmark_that_the_targets_come_from(folder):
    rows = [row for row in instructions(folder, "test") if row.task == "NER"]
    answers = answered(rows)
    found = load_metric("NER").compute(
        predictions=[answers[row.id] for row in rows], references=[row.target for row in rows]
    )
    done = score(Benchmark(folder), answers, allow_missing=True)
    assert 0 < found["ner_f1"] == done.f1("ner") < 1


# --- Trainer -----------------------------------------------------------------------------------------


class Letters:
    """A tokenizer of code points, with token 0 as padding and 1 as the end."""

    def encode(self, text):
        return [ord(letter) + 2 for letter in text] + [1]

    def batch_decode(self, sequences, *, skip_special_tokens, clean_up_tokenization_spaces):
        assert skip_special_tokens
        assert not clean_up_tokenization_spaces
        return ["".join(chr(token - 2) for token in row if token > 1) for row in sequences]


def padded(rows, left=False):
    """Rows of tokens as Trainer gathers them: padded to one length with -100, or with 0 on the left."""
    width = max(map(len, rows))
    return np.array([[0] * (width - len(row)) + row if left else row + [-100] * (width - len(row)) for row in rows])


def evaluated(answers, **others):
    tokens = [Letters().encode(answer) for answer in answers]
    return SimpleNamespace(predictions=padded(tokens), label_ids=None, **others)


def test_generated_tokens_score_as_their_texts_do(folder):
    rows = instructions(folder, "test")
    answers = answered(rows)
    metrics = ComputeMetrics(Letters(), Benchmark(folder), split="test")
    found = metrics(evaluated([answers[id] for id in metrics.ids], inputs=None))
    done = score(Benchmark(folder), answers)
    assert {name: type(value) for name, value in found.items()} == dict.fromkeys(found, float)
    assert found["ner_f1"] == done.f1("ner")
    assert (found["re_f1"], found["ac_paired_f1"]) == (done.f1("re"), done.f1("ac-paired"))
    assert 0 < found["unparsable"] < 1


def test_a_part_of_the_split_is_scored_alone_and_in_the_order_given(folder):
    rows = [row for row in instructions(folder, "test") if row.task == "NER"][::-2]
    ids, answers = [row.id for row in rows], [row.target for row in rows]
    for metrics in (
        ComputeMetrics(Letters(), Benchmark(folder), split="test", ids=ids),
        ComputeMetrics(Letters(), rows),
    ):
        assert metrics(evaluated(answers)) == {"ner_f1": 1.0, "unparsable": 0.0}
        assert metrics(evaluated(answers[::-1]))["ner_f1"] < 1
        with pytest.raises(UiebenchError, match=rf"1 predictions for {len(ids)} prompts"):
            metrics(evaluated(answers[:1]))


def test_windows_among_instructions_are_united():
    asked = {"document": "c/test/0", "corpus": "c", "task": "NER", "language": "zh", "labels": (), "prompt": "甲在乙"}
    windows = [
        Instruction(id="c/test/0#NER/0", target='{"人物":["甲"]}', **asked),
        Instruction(id="c/test/0#NER/1", target='{"地点":["乙"]}', **asked),
    ]
    report = ComputeMetrics(Letters(), windows).report(evaluated(['{"人物":["甲"]}', '{"地点":[]}']))
    assert (report.f1("ner"), report.rows[0].documents) == (2 / 3, 1)


def test_a_prompt_in_front_of_the_answer_is_taken_off_where_it_is_known(folder):
    rows = [row for row in instructions(folder, "test") if row.task == "NER"]
    prompts = padded([Letters().encode(row.prompt)[:-1] for row in rows], left=True)
    whole = [[*prompt, *Letters().encode(row.target)] for prompt, row in zip(prompts.tolist(), rows, strict=True)]
    metrics = ComputeMetrics(Letters(), rows)
    known = SimpleNamespace(predictions=(padded(whole), None), inputs=prompts)
    assert metrics(known) == {"ner_f1": 1.0, "unparsable": 0.0}
    assert metrics(SimpleNamespace(predictions=padded(whole), inputs=None))["unparsable"] == 1


def test_logits_become_tokens_where_there_are_labels():
    labels = np.array([[-100, 3, 1, -100]])
    logits = np.eye(5)[[2, 3, 1, 4]][None]
    assert most_likely((logits, "hidden states"), labels).tolist() == [[-100, 3, 1, -100]]
    assert most_likely_next(np.eye(5)[[3, 1, 2, 2]][None], labels).tolist() == [[3, 1, -100]]
    with pytest.raises(UiebenchError, match=r"shape \(1, 4, 5\).*preprocess_logits_for_metrics=most_likely"):
        ComputeMetrics(Letters(), [])(SimpleNamespace(predictions=logits))


@pytest.mark.parametrize("repeated", [False, True])
def test_a_real_trainer_reports_the_figures(folder, tmp_path, repeated):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    rows = [row for row in instructions(folder, "test") if row.task == "NER"][:6]
    letters = sorted({letter for row in rows for letter in row.prompt + row.target})
    code = {letter: number for number, letter in enumerate(letters, start=2)}

    class Small(Letters):
        def batch_decode(self, sequences, **_):
            return ["".join(letters[token - 2] for token in row if 1 < token < len(letters) + 2) for row in sequences]

    def tokens(text):
        return [code[letter] for letter in text]

    class Said(transformers.BartForConditionalGeneration):
        """Generates the right answers, and one letter where it has none; behind the prompt if `repeated`."""

        def generate(self, input_ids, **_):
            said = [[0, *answers.get(tuple(row[row > 1].tolist()), [3]), 1] for row in input_ids]
            if repeated:
                said = [[*prompt, *row] for prompt, row in zip(input_ids.tolist(), said, strict=True)]
            width = max(map(len, said))
            return torch.tensor([row + [0] * (width - len(row)) for row in said])

    answers = {tuple(tokens(row.prompt)): tokens(row.target) for row in rows[:4]}
    size = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16}
    heads = {"encoder_attention_heads": 1, "decoder_attention_heads": 1, "max_position_embeddings": 1024}
    special = {"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
    config = transformers.BartConfig(vocab_size=len(letters) + 2, **size, **heads, **special, forced_eos_token_id=None)

    def collate(batch):
        prompts, targets = [tokens(row.prompt) for row in batch], [[*tokens(row.target), 1] for row in batch]
        widths = max(map(len, prompts)), max(map(len, targets))
        return {
            "input_ids": torch.tensor([row + [0] * (widths[0] - len(row)) for row in prompts]),
            "labels": torch.tensor([row + [-100] * (widths[1] - len(row)) for row in targets]),
        }

    metrics = ComputeMetrics(Small(), Benchmark(folder), split="test", ids=[row.id for row in rows])
    options = {"output_dir": str(tmp_path), "per_device_eval_batch_size": 2, "use_cpu": True, "report_to": []}
    common = {"eval_dataset": rows, "data_collator": collate, "compute_metrics": metrics}
    generating = transformers.Seq2SeqTrainer(
        model=Said(config),
        args=transformers.Seq2SeqTrainingArguments(
            **options, predict_with_generate=True, remove_unused_columns=False, include_for_metrics=["inputs"]
        ),
        **common,
    )
    found = generating.evaluate()
    texts = [*(row.target for row in rows[:4]), letters[1], letters[1]]
    wanted = ComputeMetrics(Letters(), Benchmark(folder), split="test", ids=metrics.ids)(evaluated(texts))
    assert {name: found[f"eval_{name}"] for name in wanted} == wanted
    assert 0 < wanted["ner_f1"] < 1
    forced = transformers.Trainer(
        model=transformers.BartForConditionalGeneration(config),
        args=transformers.TrainingArguments(**options, remove_unused_columns=False),
        preprocess_logits_for_metrics=most_likely,
        **common,
    )
    assert 0 <= forced.evaluate()["eval_ner_f1"] <= 1


# --- lm-evaluation-harness -----------------------------------------------------------------------------


class Tagged(yaml.SafeLoader):
    """Reads `!function scoring.x` as the string."""


Tagged.add_constructor("!function", lambda loader, node: loader.construct_scalar(node))


@pytest.fixture(scope="module")
def tasks(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("tasks")
    assert write_tasks(Benchmark(folder), out) == ["uiebench_ner", "uiebench_re", "uiebench_ee"]
    return out


def scoring_of(tasks):
    spec = importlib.util.spec_from_file_location("scoring", tasks / "scoring.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_yaml(path):
    return yaml.load(path.read_text(encoding="utf-8"), Tagged)


def test_tasks_cover_all_corpora_and_each_by_itself(folder, tasks):
    assert read_yaml(tasks / "uiebench.yaml")["task"] == ["uiebench_ner", "uiebench_re", "uiebench_ee"]
    together = read_yaml(tasks / "uiebench_ner.yaml")
    assert [Path(path).stem for path in together["dataset_kwargs"]["data_files"]["test"]] == ["conll04", "resume"]
    assert together["metadata"]["benchmark"] == f"three@{Benchmark(folder).fingerprint}"
    alone = read_yaml(tasks / "uiebench_re_conll04.yaml")
    assert (alone["include"], alone["tag"], alone["fewshot_split"]) == ("uiebench_re.yaml", "uiebench_corpora", "train")
    assert "fewshot_split" not in read_yaml(tasks / "uiebench_ee_duee1.yaml")  # held out: no training prompts
    scoring = scoring_of(tasks)
    for path in tasks.glob("*.yaml"):
        for name in {*_functions(read_yaml(path))}:
            assert callable(getattr(scoring, name.removeprefix("scoring.")))


def _functions(value):
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _functions(inner)
    elif str(value).startswith("scoring."):
        yield value


@pytest.mark.parametrize("part", [1, 2])
def test_the_functions_of_the_tasks_give_the_numbers_of_score(folder, tasks, part):
    scoring = scoring_of(tasks)
    rows = [row for row in instructions(folder, "test") if row.task == "EE"][::part]
    answers = answered(rows)
    gathered = {figure: [] for figure in FIGURES["EE"]}
    for row in rows:
        found = scoring.process_results({"id": row.id, "task": row.task}, [answers[row.id]])
        for figure, value in found.items():
            gathered[figure].append(value)
    figures = {figure: getattr(scoring, figure)(values) for figure, values in gathered.items()}
    metrics = ComputeMetrics(Letters(), Benchmark(folder), split="test", ids=list(answers))
    assert figures == metrics(evaluated(answers.values()))
    assert figures["ac_f1"] > 0
    if part == 1:
        assert figures["ac_f1"] < 1
        whole = score(Benchmark(folder), answers, allow_missing=True)
        assert (figures["tc_f1"], figures["ac_paired_f1"]) == (whole.f1("tc"), whole.f1("ac-paired"))
    with pytest.raises(UiebenchError, match="two answers to one prompt"):
        scoring.ac_f1([*gathered["ac_f1"], gathered["ac_f1"][0]])


def test_logged_samples_are_read_as_predictions(tmp_path):
    path = tmp_path / "samples_uiebench_ner.jsonl"
    sample = {"doc_id": 0, "doc": {"id": "resume/test/0#NER", "prompt": "…"}, "target": "{}", "filtered_resps": ["无"]}
    path.write_text(json.dumps(sample) + "\n", encoding="utf-8")
    assert list(read_predictions(path)) == [Prediction("resume/test/0#NER", "无")]
    path.write_text(json.dumps(sample | {"filtered_resps": []}) + "\n", encoding="utf-8")
    with pytest.raises(UiebenchError, match="missing required field `id`"):
        list(read_predictions(path))


def test_a_split_without_prompts_gives_no_tasks(folder, tmp_path):
    with pytest.raises(UiebenchError, match="no instructions for the split"):
        write_tasks(Benchmark(folder), tmp_path / "x", split="nowhere")
    assert not (tmp_path / "x").exists()


def test_the_real_harness_prints_what_score_gives_on_its_samples(folder, tasks, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    lm_eval = pytest.importorskip("lm_eval")
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    rows = instructions(folder, "test")
    answers = answered(rows)
    by_prompt = {row.prompt: answers[row.id] for row in rows}

    class Known(LM):
        def generate_until(self, requests, disable_tqdm=False):
            return [by_prompt[request.arguments[0]] for request in requests]

        def loglikelihood(self, requests, disable_tqdm=False):
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    done = lm_eval.simple_evaluate(
        Known(),
        tasks=["uiebench", "uiebench_corpora"],
        task_manager=TaskManager(include_path=str(tasks)),
        log_samples=True,
        bootstrap_iters=10,
    )
    samples = tmp_path / "samples.jsonl"
    logged = [row for name in ("ner", "re", "ee") for row in done["samples"][f"uiebench_{name}"]]
    samples.write_text("".join(json.dumps(row) + "\n" for row in logged), encoding="utf-8")
    report = score(Benchmark(folder), read_predictions(samples))
    seen = 0
    for row in report.rows:
        if row.by in ("all", "corpus") and row.metric != "re-typed":
            name = f"uiebench_{row.task.lower()}" + ("" if row.by == "all" else f"_{row.key}")
            assert done["results"][name][f"{row.metric.replace('-', '_')}_f1,none"] == row.f1
            seen += 1
    assert seen == 2 + 1 + 5 + 1 + 1 + 5  # NER of two corpora, RE of one, EE of one, each with its sum
