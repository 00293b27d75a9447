"""Exports: every style says what the benchmark says, and the scorer reads it back."""

import json
import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.build.export import RECEIPT, TRL, Exported, export, folders, instructions_of, meaning, readme, said
from uiebench.cli import app
from uiebench.errors import RecipeError, UiebenchError
from uiebench.instruct.styles import (
    STYLES,
    Setting,
    answer,
    iepile_answer,
    instructuie_answer,
    read_instructuie,
    yayi_answer,
)
from uiebench.instruct.target import Names, encode
from uiebench.recipe import BuildRecipe, Prompts, Windows
from uiebench.score import Benchmark, Rule, score
from uiebench.score.foreign import score_as
from uiebench.score.output import read, read_columns
from uiebench.score.rows import Row, read_answers, read_rows, score_rows
from uiebench.score.run import Answers
from uiebench.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Instruction,
    Label,
    Prediction,
    Relation,
    RelationLabel,
    Schema,
    Span,
)

SCHEMA = Schema(
    entities=(Label("PER", "人物", "person"), Label("ORG", "机构: 公司", "organization: firm")),
    relations=(RelationLabel("owns", "持股", "owns"), RelationLabel("born", "出生地", "born in")),
    events=(
        EventLabel("Hire", "聘用", "hiring", roles=(Label("Who", "受聘者", "hired"), Label("By", "雇主", "employer"))),
        EventLabel("Sale", "出售", "sale", roles=(Label("What", "标的", "goods"),)),
    ),
)
NAMES = Names("en", SCHEMA)
ASKED = ("dev", "test")


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    out = tmp_path_factory.mktemp("benchmarks") / "export"
    recipe = BuildRecipe("export", samples=True, held_in="all", windows=Windows(neighbours="any"))
    pipeline.build(recipe, raw=Path("none"), out=out)
    return out


@pytest.fixture(scope="module")
def exports(benchmark, tmp_path_factory):
    root = tmp_path_factory.mktemp("exports")
    return {name: (root / name, export(benchmark, name, ASKED, None, root / name)) for name in STYLES}


def rows_of(folder, exported):
    for name in exported.files:
        text = (folder / name).read_text(encoding="utf-8")
        yield from (
            (name, row) for row in (json.loads(text) if name.endswith(".json") else map(json.loads, text.splitlines()))
        )


def gold_of(row):
    """The gold answer in a row of any style but IEPile's test rows."""
    if "messages" in row:
        return row["messages"][-1]["content"]
    if "conversations" in row:
        return row["conversations"][-1]["value"]
    if "Instance" in row:
        return row["Instance"]["label"]
    return row["completion"] if "completion" in row else row["output"]


def perfect(report, split):
    """No mistake in any row of a report, which is not empty."""
    rows = [row for row in report.rows if row.by == "corpus"]
    assert rows
    return [row for row in rows if row.correct != row.gold or row.correct != row.predicted]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("split", ["dev", "test"])
def test_exported_gold_given_as_prediction_is_without_mistake_in_every_corpus(benchmark, exports, style, split):
    folder, exported = exports[style]
    predictions = {}
    for name, row in rows_of(folder, exported):
        if exported.files[name].split == split:
            if "label" in row:  # IEPile's test rows hold the gold of the document, and are scored as they are
                continue
            predictions[row["id"]] = gold_of(row)
    if style == "iepile" and split == "test":
        seen = set()
        for name in exported.files:
            if exported.files[name].split == "test":
                path = folder / name
                rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
                answered = path.with_suffix(".answered.jsonl")
                answered.write_text("".join(json.dumps({**row, "output": row["label"]}) + "\n" for row in rows))
                assert not perfect(score_rows(answered, intervals=False), split)
                seen |= {row["source"] for row in rows}
                answered.unlink()
        assert seen == set(Benchmark(benchmark).corpora("test"))
        return
    report = score(Benchmark(benchmark), predictions, split=split, intervals=False)
    assert {row.key for row in report.rows if row.by == "corpus"} == set(Benchmark(benchmark).corpora(split))
    assert not perfect(report, split)
    assert exported.unsaid == 0


def test_window_answers_of_iepile_unite_to_its_label(benchmark, exports):
    folder, exported = exports["iepile"]
    answers = {}
    for corpus in Benchmark(benchmark).corpora("test"):
        setting = Setting(Benchmark(benchmark).describe(corpus).language, Benchmark(benchmark).describe(corpus).schema)
        answers |= {i.id: answer("iepile", i, setting) for i in instructions_of(benchmark, "test", corpus)}
    rows = [
        Row(row["id"], row["source"], row["task"], "", row["label"], answers.pop(row["prompt_id"]))
        for name, row in rows_of(folder, exported)
        if exported.files[name].split == "test"
    ]
    assert not answers
    report = score_rows(rows, intervals=False)
    assert {row.key for row in report.rows if row.by == "corpus"} == set(Benchmark(benchmark).corpora("test"))
    assert not perfect(report, "test")
    theirs = score_as("iepile", read_answers(rows, None, Rule()))  # by IEPile's own rule, and as JSON it takes
    assert len({row.corpus for row in theirs}) > 50
    assert {row.score.counts["err"] for row in theirs} == {0}
    failing = {(row.corpus, row.task, row.name) for row in theirs if row.score.f1 != 100}
    # where no trigger is asked for, IEPile's form leaves out events without arguments, and its rule counts them
    assert failing == {("rams", "EEA", name) for name in ("normal event", "set event")}


def test_text_answers_are_without_mistake_by_the_rule_of_instructuie(benchmark, exports):
    folder, exported = exports["instructuie"]
    predictions = [
        Prediction(row["id"], gold_of(row)) for name, row in rows_of(folder, exported) if name == "test.jsonl"
    ]
    theirs = score_as("instructuie", Answers(Benchmark(benchmark), iter(predictions), "test", Rule(), False, "gold"))
    assert {row.corpus for row in theirs if row.task == "NER"} > {"resume", "conll2003"}
    assert {row.score.f1 for row in theirs} == {1.0}


@pytest.mark.parametrize("style", ["alpaca", "openai-chat", "yayi"])
def test_files_that_hold_gold_and_prediction_are_scored_without_a_benchmark(exports, tmp_path, style):
    folder, exported = exports[style]
    lines = []
    for name, row in rows_of(folder, exported):
        if exported.files[name].split == "test" and row["id"].endswith("#NER"):
            if style == "openai-chat":
                lines.append({**row, "output": gold_of(row)})
            else:  # as LLaMA-Factory writes its predictions
                lines.append({"prompt": row["instruction"], "label": gold_of(row), "predict": gold_of(row)})
    path = tmp_path / "generated_predictions.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    assert len(list(read_rows(path))) == len(lines) > 50
    assert not perfect(score_rows(path, task="NER", intervals=False), "test")


@pytest.mark.parametrize("style", STYLES)
def test_every_prompt_is_exported_once_and_keeps_its_id(benchmark, exports, style):
    folder, exported = exports[style]
    asked = [
        i.id
        for split in ASKED
        for c in Benchmark(benchmark).corpora(split)
        for i in instructions_of(benchmark, split, c)
    ]
    written = [row.get("prompt_id", row["id"]) for _, row in rows_of(folder, exported)]
    assert Counter(written) == Counter(asked)
    assert exported.rows == len(asked) == sum(file.rows for file in exported.files.values())


@pytest.mark.parametrize("style", ["yayi", "iepile", "instructuie"])
@pytest.mark.parametrize("prompts", [Prompts(mask=1.0), Prompts(other_language=1.0), Prompts(describe=1.0)])
def test_papers_styles_keep_the_label_names_that_training_prompts_show(tmp_path, style, prompts):
    recipe = BuildRecipe(
        "names", samples=True, held_in=("resume", "duie2", "duee1", "conll04"), windows=Windows(neighbours="any"),
        prompts=prompts, held_out_types=("time",),
    )  # fmt: skip
    pipeline.build(recipe, raw=Path("none"), out=tmp_path / "b")
    exported = export(tmp_path / "b", style, ["train"], None, tmp_path / "out")
    shown = {i.id: i.shown for c in recipe.held_in for i in instructions_of(tmp_path / "b", "train", c)}
    rows = dict(zip(shown, (None for _ in shown), strict=True))
    for _, row in rows_of(tmp_path / "out", exported):
        asked = row["Instance"]["instruction"] if "Instance" in row else row["instruction"]
        assert all(label in asked for label in shown[row["id"]])
        rows[row["id"]] = row
    assert all(rows.values())
    assert exported.unsaid == 0


def test_held_out_roles_stand_in_no_training_row(tmp_path):
    recipe = BuildRecipe(
        "roles", samples=True, held_in=("duee1",), windows=Windows(neighbours="any"), held_out_types=("time",)
    )
    pipeline.build(recipe, raw=Path("none"), out=tmp_path / "b")
    roles = {}
    for split in ("train", "dev"):
        exported = export(tmp_path / "b", "iepile", [split], None, tmp_path / split)
        roles[split] = {
            role
            for _, row in rows_of(tmp_path / split, exported)
            for event in json.loads(row["instruction"])["schema"]
            for role in event["arguments"]
        }
    assert "时间" in roles["dev"]
    assert "时间" not in roles["train"]
    assert len(roles["train"]) > 20


def test_half_tasks_and_few_shot_sets_are_exported_where_a_style_has_words_for_them(tmp_path):
    benchmark = tmp_path / "b"
    recipe = BuildRecipe(
        "sets", samples=True, held_in=("resume",), windows=Windows(neighbours="any"), few_shot=(1,), auxiliary=True
    )
    pipeline.build(recipe, raw=Path("none"), out=benchmark)
    assert folders(benchmark) == ["train", "dev", "test", "auxiliary", "fewshot_1"]
    exported = export(benchmark, "sharegpt", ["auxiliary", "fewshot_1"], ["resume"], tmp_path / "out")
    assert {count.task for count in exported.counts} == {"NER", "NER-span", "NER-type"}
    for style in ("yayi", "iepile", "instructuie"):
        with pytest.raises(RecipeError, match="half-tasks"):
            export(benchmark, style, ["auxiliary"], None, tmp_path / style)
        assert export(benchmark, style, ["fewshot_1"], ["resume"], tmp_path / style).rows


def test_two_exports_are_the_same_bytes_and_the_second_takes_the_place_of_the_first(benchmark, tmp_path):
    out = tmp_path / "out"
    export(benchmark, "llama-factory", ["train", "test"], None, out)
    first = export(benchmark, "llama-factory", ["train"], ["resume", "msra"], out)
    written = {path.name: path.read_bytes() for path in out.iterdir()}
    assert set(written) == {"README.md", RECEIPT, "dataset_info.json", "train_resume.jsonl", "train_msra.jsonl"}
    assert export(benchmark, "llama-factory", ["train"], ["msra", "resume"], out) == first
    assert {path.name: path.read_bytes() for path in out.iterdir()} == written
    assert msgspec.json.decode(written[RECEIPT], type=Exported) == first
    export(benchmark, "canonical", ["train"], ["resume"], out)
    assert {path.name for path in out.iterdir()} == {"README.md", RECEIPT, "train.jsonl"}


def test_a_folder_that_holds_other_things_is_left_alone(benchmark, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UiebenchError, match="no export"):
        export(benchmark, "alpaca", ["train"], None, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("style", ["alpaca", "sharegpt", "openai-chat", "llama-factory", "yayi"])
def test_dataset_info_names_every_file_and_the_fields_its_rows_have(exports, style):
    folder, exported = exports[style]
    info = json.loads((folder / "dataset_info.json").read_text())
    assert {entry["file_name"] for entry in info.values()} == set(exported.files)
    rows = dict(rows_of(folder, exported))
    for entry in info.values():
        row = rows[entry["file_name"]]
        assert set(entry["columns"].values()) <= set(row)
        if "tags" in entry:
            tags, turns = entry["tags"], row[entry["columns"]["messages"]]
            assert [turn[tags["role_tag"]] for turn in turns] == [tags["user_tag"], tags["assistant_tag"]]
            assert all(isinstance(turn[tags["content_tag"]], str) for turn in turns)


def test_chinese_stands_unescaped(exports):
    for style, (folder, exported) in exports.items():
        text = "".join((folder / name).read_text(encoding="utf-8") for name in exported.files)
        assert "\\u" not in text.replace("\\\\u", ""), style
        assert "文本" in text or style == "iepile"


# --- forms of answers -------------------------------------------------------------------------------

DOCUMENT = Document(
    "d/train/0",
    "…",
    entities=(
        Entity("Ada", None, None, "PER"),
        Entity("Ada; Byron", None, None, "PER"),
        Entity("A: B", None, None, "ORG"),
    ),
    relations=(Relation("owns", Entity("Ada", None, None, ""), Entity("Byron, Ltd", None, None, "")),),
    events=(
        Event(
            "Hire", Span("took on", None, None), (Argument("Ada", None, None, "Who"), Argument("Bo", None, None, "Who"))
        ),
        Event("Sale", None),
    ),
)


def target(task, labels=None):
    return encode(DOCUMENT, task, NAMES, labels)


def test_yayi_leaves_out_empty_types_and_lists_of_one():
    assert yayi_answer(target("NER", ("PER",)), "NER") == '{"person": ["Ada", "Ada; Byron"]}'
    assert yayi_answer('{"person":[]}', "NER") == "{}"
    assert json.loads(yayi_answer(target("EE"), "EE"))[0] == {
        "trigger": "took on", "type": "hiring", "arguments": {"hired": ["Ada", "Bo"]},
    }  # fmt: skip
    assert json.loads(yayi_answer('[{"type":"sale","trigger":"x","arguments":{"goods":["a"]}}]', "EE"))[0][
        "arguments"
    ] == {"goods": "a"}


def test_iepile_names_every_label_and_every_role():
    roles = {"hiring": ["hired", "employer"], "sale": ["goods"]}
    assert json.loads(iepile_answer(target("EE"), "EE", ("hiring", "sale"), roles)) == {
        "hiring": [{"trigger": "took on", "arguments": {"hired": ["Ada", "Bo"], "employer": "NAN"}}],
        "sale": [{"trigger": "NAN", "arguments": {}}],
    }
    assert json.loads(iepile_answer(target("EEA"), "EEA", ("hiring", "sale"), roles)) == {
        "hiring": [{"hired": ["Ada", "Bo"], "employer": "NAN"}], "sale": [],
    }  # fmt: skip
    assert json.loads(iepile_answer(target("EET"), "EET", ("hiring", "sale"), roles))["hiring"] == ["took on"]
    assert json.loads(iepile_answer(target("RE"), "RE", ("owns", "born in"), {})) == {
        "owns": [{"subject": "Ada", "object": "Byron, Ltd"}], "born in": [],
    }  # fmt: skip
    assert json.loads(iepile_answer('{"person":["Ada"]}', "NER", ("person", "place"), {})) == {
        "person": ["Ada"],
        "place": [],
    }


def test_instructuie_writes_text():
    assert instructuie_answer(target("NER"), "NER") == "person: Ada; person: Ada; Byron; organization: firm: A: B"
    assert instructuie_answer(target("RE"), "RE") == "owns: Ada, Byron, Ltd"
    assert instructuie_answer(target("EE"), "EE") == "(hiring: took on, Ada: hired, Bo: hired), (sale: None, None)"
    assert instructuie_answer("[]", "EE") == instructuie_answer('{"person":[]}', "NER") == "None"


@pytest.mark.parametrize("task", ["NER", "RE", "EE", "EET", "EEA"])
def test_text_answers_are_read_where_every_label_is_known(task):
    text = instructuie_answer(target(task), task)
    assert meaning(text, task, NAMES) == meaning(target(task), task, NAMES)
    assert read(text, task, NAMES).problem == ""
    assert read("None", task, NAMES).problem == ""


@pytest.mark.parametrize(
    "prose", ["I found no entities.", "Answer: person, Ada", "The entities are: Ada; Byron", "(Ada: hired)", "", "none"]
)
@pytest.mark.parametrize("task", ["NER", "RE", "EE", "EET", "EEA"])
def test_prose_is_no_answer(task, prose):
    assert read_instructuie(prose, task, NAMES) is None
    assert read(prose, task, NAMES).problem


def test_nan_of_iepile_is_no_mention_but_a_mention_elsewhere():
    events = read(
        '{"hiring": [{"trigger": "NAN", "arguments": {"hired": "NAN", "employer": ["Bo"]}}]}', "EE", NAMES
    ).events
    assert events == (Event("Hire", None, (Argument("Bo", None, None, "By"),)),)
    own = '[{"type": "hiring", "trigger": "NAN", "arguments": {"hired": ["NAN"]}}]'
    assert read(own, "EE", NAMES).events[0].trigger == Span("NAN", None, None)
    assert read_columns([own], "EE", NAMES).columns.texts == ["NAN"]


def test_triggers_and_arguments_alone_are_read_below_their_type():
    assert read('{"hiring": ["took on"], "sale": []}', "EET", NAMES).events == (
        Event("Hire", Span("took on", None, None)),
    )
    assert read('{"hiring": [{"hired": "Ada", "employer": "NAN"}]}', "EEA", NAMES).events == (
        Event("Hire", None, (Argument("Ada", None, None, "Who"),)),
    )


# --- what cannot be said ----------------------------------------------------------------------------

mentions = st.text(st.sampled_from("ab ,;:()[]{}\"'NA甲。"), min_size=1, max_size=8).filter(str.strip)
spans = st.builds(Span, mentions, st.none(), st.none())


def documents():
    entities = st.builds(Entity, mentions, st.none(), st.none(), st.sampled_from(["PER", "ORG"]))
    relations = st.builds(Relation, st.sampled_from(["owns", "born"]), entities, entities)
    hired = st.builds(Argument, mentions, st.none(), st.none(), st.sampled_from(["Who", "By"]))
    events = st.builds(Event, st.just("Hire"), st.none() | spans, st.lists(hired, max_size=3).map(tuple))
    return st.builds(
        Document,
        st.just("d/train/0"),
        st.just("…"),
        *(st.lists(x, max_size=3).map(tuple) for x in (entities, relations, events)),
    )


@pytest.mark.parametrize("style", ["yayi", "iepile", "instructuie"])
@given(document=documents(), task=st.sampled_from(["NER", "RE", "EE", "EET", "EEA"]))
def test_an_answer_comes_out_as_it_went_in_or_is_counted(style, document, task):
    setting = Setting("en", SCHEMA)
    labels = {"NER": ("PER", "ORG"), "RE": ("owns", "born")}.get(task, ("Hire", "Sale"))
    names = setting.renderer(task).names
    instruction = Instruction(
        "d/train/0#x", "d/train/0", "d", task, "en", labels, "…", encode(document, task, names, labels),
        tuple(names.of(task)[label] for label in labels),
    )  # fmt: skip
    written = answer(style, instruction, setting)
    same = meaning(written, task, names) == meaning(instruction.target, task, names)
    assert said(style, instruction, setting) == same
    if style == "yayi":
        assert same
    if style == "iepile" and "NAN" not in instruction.target and task != "EET":
        assert same
    assert not (same and read_columns([written], task, names).problems)


def test_a_mention_that_holds_the_next_label_cannot_be_said_in_instructuie_s_text():
    setting = Setting("en", SCHEMA)
    clash = '{"person":["Ada; person: Bo"],"organization: firm":[]}'
    instruction = Instruction(
        "d#NER", "d", "d", "NER", "en", ("PER", "ORG"), "", clash, ("person", "organization: firm")
    )
    assert not said("instructuie", instruction, setting)
    assert said("iepile", instruction, setting)


# --- the command ------------------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(app, ["export", *map(str, arguments)])


def test_the_command_writes_a_folder_and_says_what_is_in_it(benchmark, tmp_path):
    out = tmp_path / "out"
    done = run("--style", "alpaca", "--benchmark", benchmark, "--corpora", "resume,msra", "--out", out, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["files"].keys() == {"train.json"}
    text = (out / "README.md").read_text(encoding="utf-8")
    assert "dataset: train\n" in text
    assert Benchmark(benchmark).title in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--style", "alpacca"], "did you mean 'alpaca'"),
        (["--style", "alpaca", "--split", "tset"], "did you mean 'test'"),
        (["--style", "alpaca", "--corpora", "resmue"], "did you mean 'resume'"),
    ],
)
def test_misspelt_names_get_a_hint(benchmark, tmp_path, arguments, told):
    done = run(*arguments, "--benchmark", benchmark, "--out", tmp_path / "out")
    assert isinstance(done.exception, UiebenchError)
    assert told in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_a_list_of_no_corpora_is_refused(benchmark, tmp_path):
    done = run("--style", "alpaca", "--corpora", ",", "--benchmark", benchmark, "--out", tmp_path / "out")
    assert "names no corpus" in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_a_damaged_receipt_is_called_damaged(benchmark, tmp_path):
    export(benchmark, "alpaca", ["test"], ["resume"], tmp_path / "out")
    (tmp_path / "out" / RECEIPT).write_text("{")
    with pytest.raises(UiebenchError, match=r"export\.json: damaged"):
        export(benchmark, "alpaca", ["test"], ["resume"], tmp_path / "out")


# --- trainers ---------------------------------------------------------------------------------------


def tiny_tokenizer():
    """A tokenizer of bytes with a chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    known = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "<end>", "<pad>"]
    tokens = Tokenizer(models.BPE(vocab={token: place for place, token in enumerate(known)}, merges=[]))
    tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=tokens, eos_token="<end>", pad_token="<pad>")
    made.chat_template = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '<end>' }}{% endfor %}"
    return made


@pytest.mark.parametrize("style", TRL)
def test_trl_trains_on_what_the_readme_of_an_export_loads(benchmark, tmp_path, monkeypatch, style):
    trl = pytest.importorskip("trl")
    from transformers import Qwen2Config, Qwen2ForCausalLM

    exported = export(benchmark, style, ["train"], ["resume", "conll04"], tmp_path / "out")
    code = re.search(r"```python\n(.*?)```", readme(exported), re.DOTALL)[1]
    monkeypatch.chdir(tmp_path / "out")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    loaded: dict = {}
    exec(code, loaded)
    rows = loaded["rows"]
    assert len(rows) == exported.rows
    tokenizer = tiny_tokenizer()
    size = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2}
    arguments = trl.SFTConfig(
        output_dir=str(tmp_path / "model"), max_steps=1, per_device_train_batch_size=2, max_length=512, report_to=[],
        use_cpu=True, bf16=False, save_strategy="no", logging_steps=1, disable_tqdm=True,
    )  # fmt: skip
    trainer = trl.SFTTrainer(
        Qwen2ForCausalLM(Qwen2Config(vocab_size=len(tokenizer), **size, **heads)),
        arguments,
        train_dataset=rows,
        processing_class=tokenizer,
    )
    trainer.train()
    assert trainer.state.global_step == 1
    assert trainer.state.log_history[0]["loss"] > 0
