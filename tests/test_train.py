"""Training: recipes, dialogues, tokens, the copy head, and a run that is killed and resumed.

Everything runs on a CPU with a model of some ten thousand parameters, on the invented samples of two corpora.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from resuming import assert_figures_of_the_whole_run, log_without_speed, spend_an_hour

from uiebench.build import pipeline
from uiebench.errors import MalformedInput, RecipeError, UiebenchError
from uiebench.hashing import lot
from uiebench.recipe import BuildRecipe
from uiebench.train import recipe as recipes
from uiebench.train.dialogues import Message, read_dialogues
from uiebench.train.recipe import FromBenchmark, FromDialogues, Pretrained, Scratch, SftRecipe, Training

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.train import data, run, sft  # noqa: E402
from uiebench.train.characters import characters  # noqa: E402
from uiebench.train.model import TrainingError, in_half, pretrained, scratch  # noqa: E402
from uiebench.train.vocabulary import vocabulary  # noqa: E402

SMALL = Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=512, seen=1)


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    """A benchmark of two corpora from their samples."""
    folder = tmp_path_factory.mktemp("benchmarks") / "two"
    pipeline.build(BuildRecipe("two", held_in=("fewfc", "resume"), samples=True), raw=None, out=folder, jobs=1)
    return folder


def recipe(benchmark, **settings):
    training = {"epochs": 10, "batch": 1, "context": 512, "learning_rate": 5e-3, "warmup": 0.0, "save": 4, "log": 3}
    return SftRecipe(
        name="test",
        model=SMALL,
        data=(FromBenchmark(str(benchmark), corpora=("resume",)),),
        training=Training(**{**training, **settings}),
    )


def weights(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model" / "model.safetensors")


# --- recipes --------------------------------------------------------------------------------------


def test_every_shipped_recipe_is_read_and_opens_with_its_command():
    known = recipes.shipped()
    assert {"sft", "tiny-sft", "resume-sft", "grpo", "tiny-grpo", "dpo", "tiny-dpo"} <= known.keys()
    for name, path in known.items():
        assert recipes.load(Path(name)).name == name
        assert path.read_text().startswith("#")
        assert f"uiebench train recipes/train/{name}.yaml" in path.read_text()


SOUND = "stage: sft\nname: x\nmodel: {from: scratch}\ndata: [{from: benchmark, folder: b}]"


def test_what_is_to_be_written_in_place_of_a_number_that_yaml_reads_as_a_word_is_read():
    for said in ("1.0e-4", "2.5e+5", "3.0"):
        assert recipes.parse(f"{SOUND}\ntraining: {{learning_rate: {said}}}".encode(), "r").training.learning_rate
        assert recipes.changed({}, f"a={said}") == {"a": float(said)}


@pytest.mark.parametrize(
    ("yaml", "told"),
    [
        ("name: x", "it has no `stage`"),
        ("stage: stf\nname: x", "did you mean 'sft'?"),
        (
            "stage: sft\nname: x\nmodel: {from: scratch, layer: 3}\ndata: [{from: benchmark, folder: b}]",
            "unknown field `layer` - at `$.model`",
        ),
        ("stage: sft\nname: x\nmodel: {from: scratch}\ndata: []", "at `$.data`"),
        (
            "stage: sft\nname: x\nmodel: {from: scratch}\ndata: [{from: benchmark, folder: b}]\nlora: {}",
            "no weights to adapt",
        ),
        (
            "stage: sft\nname: x\nmodel: {from: scratch, context: 64}\ndata: [{from: benchmark, folder: b}]",
            "longer than model.context 64",
        ),
        (
            "stage: sft\nname: x\nmodel: {from: scratch, tokenizer: t, vocabulary: [{from: benchmark, folder: b}]}\n"
            "data: [{from: benchmark, folder: b}]",
            "leave one of the two out",
        ),
        ("stage: sft\nname: x\nname: y", "given twice"),
        (f"{SOUND}\ntraining: {{learning_rate: 1e-4}}", "at `$.training.learning_rate`; write 1.0e-4"),
        (f"{SOUND}\ntraining: {{learning_rate: 2.5E5}}", "at `$.training.learning_rate`; write 2.5e+5"),
        (f"{SOUND}\ntraining: {{steps: 1e3}}", "at `$.training.steps`; write 1000"),
        (f"{SOUND}\ntraining: {{learning_rate: .inf}}", "a number must be finite - at `$.training.learning_rate`"),
        (f"{SOUND}\ntraining: {{clip: .inf}}", "a number must be finite - at `$.training.clip`"),
        (f"{SOUND}\ntraining: {{weight_decay: .nan}}", "at `$.training.weight_decay`"),
        (
            "stage: sft\nname: x\nmodel: {from: scratch, path: y}\ndata: [{from: benchmark, folder: b}]",
            "unknown field `path` - at `$.model`; it belongs to `from: pretrained`, and here is `from: scratch`",
        ),
        (
            "stage: sft\nname: x\nmodel: {from: scratch}\ndata: [{from: benchmark, file: b}]",
            "unknown field `file` - at `$.data[0]`; it belongs to `from: dialogues`, and here is `from: benchmark`",
        ),
        (
            "stage: sft\nname: x\nmodel: runs/y\ndata: [{from: benchmark, folder: b}]",
            "got `str` - at `$.model`; settings are meant, such as {from: pretrained, …} or {from: scratch, …}",
        ),
        (f"{SOUND}".replace("name: x", "name: ../x"), "at `$.name`"),
        (
            "stage: grpo\nname: x\nmodel: {path: m}\ndata: [{from: benchmark, folder: b}]\nsampling: {constraint: off}",
            'at `$.sampling.constraint`; the word off is a truth value in YAML, write "off" with its quotes',
        ),
        (f"{SOUND}\nlora: yes", "at `$.lora`; settings are meant, such as {rank: …}"),
        (
            "stage: sft\nname: x\nmodel: {from: scratch, layres: 1}\ndata: [{from: benchmark, folder: b}]",
            "unknown field `layres` - at `$.model`; did you mean 'layers'?",
        ),
    ],
)
def test_a_wrong_recipe_is_one_line_with_its_place(yaml, told):
    with pytest.raises(RecipeError) as error:
        recipes.parse(yaml.encode(), "r.yaml")
    assert "r.yaml" in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_recipe_survives_being_written():
    for name in recipes.shipped():
        found = recipes.load(Path(name))
        assert recipes.parse(msgspec.yaml.encode(msgspec.to_builtins(found)), "again") == found


# --- dialogues ------------------------------------------------------------------------------------

TALK = (
    Message("user", "你好"),
    Message("assistant", "你好！"),
    Message("user", "再见"),
    Message("assistant", "再见！"),
)
ROWS = [
    {"messages": [{"role": m.role, "content": m.content} for m in TALK]},
    {"conversations": [{"from": {"user": "human", "assistant": "gpt"}[m.role], "value": m.content} for m in TALK]},
    {"conversations": [{"role": m.role, "content": m.content} for m in TALK]},
    {"instruction": "再见", "input": "", "output": "再见！", "history": [["你好", "你好！"]]},
    {"messages": [{"role": m.role, "content": [{"type": "text", "text": m.content}]} for m in TALK]},
]


@pytest.mark.parametrize("ending", ["jsonl", "json", "parquet"])
def test_every_format_and_file_gives_the_same_dialogue(tmp_path, ending):
    for number, row in enumerate(ROWS):
        path = tmp_path / f"{number}.{ending}"
        if ending == "parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            pq.write_table(pa.Table.from_pylist([row]), path)
        else:
            written = json.dumps(row, ensure_ascii=False)
            path.write_text(f"[{written}]" if ending == "json" else written + "\n", encoding="utf-8")
        [dialogue] = read_dialogues(str(path))
        assert dialogue.messages == TALK


def test_an_alpaca_row_joins_instruction_and_input(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"instruction": "翻译", "input": "你好", "output": "Hello"}')
    [dialogue] = read_dialogues(str(path))
    assert dialogue.messages == (Message("user", "翻译\n你好"), Message("assistant", "Hello"))


def test_what_cannot_be_trained_on_is_counted_by_reason(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = [
        {"instruction": "a", "output": ""},
        {"messages": [{"role": "user", "content": "a"}]},
        {"messages": [{"role": "tool", "content": "a"}, {"role": "assistant", "content": "a"}]},
        {
            "messages": [
                {"role": "user", "content": "a"},
                {"role": "user", "content": "b"},
                {"role": "assistant", "content": "c"},
            ]
        },
        {
            "messages": [
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b"},
                {"role": "user", "content": "c"},
            ]
        },
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    dropped = Counter()
    [kept] = read_dialogues(str(path), dropped=dropped)
    assert kept.id == "a.jsonl:5"
    assert [message.content for message in kept.messages] == ["a", "b"]
    assert dropped == {
        "an empty turn": 1,
        "no answer": 1,
        "a speaker called 'tool'": 1,
        "turns not of user and assistant in turn": 1,
    }


@pytest.mark.parametrize(
    "row",
    [
        "3",
        '{"text": "x"}',
        '{"messages": "x"}',
        '{"messages": [{"role": "user"}]}',
        '{"instruction": 3, "output": "x"}',
    ],
)
def test_a_row_in_no_format_is_an_error_with_its_place(tmp_path, row):
    path = tmp_path / "a.jsonl"
    path.write_text('{"instruction": "a", "output": "b"}\n' + row + "\n")
    with pytest.raises(MalformedInput, match=r"a\.jsonl:2"):
        list(read_dialogues(str(path)))


def test_shares_of_dialogues_have_none_in_common_and_make_the_whole(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"instruction": str(n), "output": "x"}) + "\n" for n in range(200)))
    first = data.dialogues(FromDialogues(str(path), share=0.7), Counter())
    rest = data.dialogues(FromDialogues(str(path), skip=0.7, share=0.3), Counter())
    assert 110 < len(first) < 170
    assert len({one.id for one in first} | {one.id for one in rest}) == len(first) + len(rest) == 200
    fewer = data.dialogues(FromDialogues(str(path), share=0.7, most=10), Counter())
    assert len(fewer) == 10
    assert {one.id for one in fewer} <= {
        one.id for one in data.dialogues(FromDialogues(str(path), most=40, share=0.7), Counter())
    }


# --- benchmarks -----------------------------------------------------------------------------------


def test_a_benchmark_gives_what_the_recipe_selects(benchmark):
    every = data.instructions(FromBenchmark(str(benchmark)))
    assert {one.corpus for one in every} == {"fewfc", "resume"}
    some = data.instructions(FromBenchmark(str(benchmark), corpora=("resume",), tasks=("NER",)))
    assert some == [one for one in every if one.corpus == "resume"]
    half = data.instructions(FromBenchmark(str(benchmark), share=0.5))
    other = data.instructions(FromBenchmark(str(benchmark), skip=0.5, share=0.5))
    assert not {one.document for one in half} & {one.document for one in other}
    assert len(half) + len(other) == len(every)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (FromBenchmark("nowhere"), "no complete benchmark"),
        (FromBenchmark("HERE", split="tset"), "no instructions in 'tset'"),
        (FromBenchmark("HERE", corpora=("resme",)), "did you mean 'resume'"),
        (FromBenchmark("HERE", tasks=("RE",)), "nothing in it is selected"),
        (FromDialogues("nowhere.jsonl"), "cannot be read"),
    ],
)
def test_data_that_is_not_there_is_one_line(benchmark, source, told):
    if isinstance(source, FromBenchmark) and source.folder == "HERE":
        source = msgspec.structs.replace(source, folder=str(benchmark))
    with pytest.raises(UiebenchError, match=told):
        data.examples([source], Counter())


# --- tokens ---------------------------------------------------------------------------------------

TOKENIZER = characters(["高明创办了远山公司。 the theory of the thing them then"] * 3, words=8)


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_survives_the_tokenizer_of_characters(text):
    ids = TOKENIZER.encode(text, add_special_tokens=False, split_special_tokens=True)
    assert TOKENIZER.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False) == text
    known = vocabulary(TOKENIZER).tokens
    assert b"".join(known[id] for id in ids).decode() == text


def test_a_chinese_character_is_one_token_and_words_are_joined():
    assert TOKENIZER.tokenize("高明") == ["高", "明"]
    assert len(TOKENIZER.tokenize("then")) < 4
    assert len(TOKENIZER.tokenize("🦜")) == 4


def test_the_tokenizer_does_not_depend_on_the_order_of_texts():
    texts = ["abc def", "高明", "def deft", "远山明"]
    one, other = characters(texts, words=3), characters(texts[::-1], words=3)
    assert one.get_vocab() == other.get_vocab()


def test_loss_is_of_the_answer_and_its_end_alone():
    example = data.Example("x", (Message("user", "高明"), Message("assistant", "明")))
    [found] = data.tokens(TOKENIZER, example, 100, Counter())
    learned = [id for id in found.labels if id != data.IGNORED]
    assert learned == [TOKENIZER.convert_tokens_to_ids("明"), TOKENIZER.eos_token_id]
    assert found.ids[-2:].tolist() == learned
    assert TOKENIZER.decode(found.ids) == "<|user|>高明<|assistant|>明<|end|>"


def test_every_answer_of_a_dialogue_is_learned_and_late_turns_are_cut_by_count():
    example = data.Example("x", TALK)
    [whole] = data.tokens(TOKENIZER, example, 100, Counter())
    assert sum(id == TOKENIZER.eos_token_id for id in whole.labels) == 2
    counts = Counter()
    [short] = data.tokens(TOKENIZER, example, len(whole.ids) - 1, counts)
    assert counts == {"dialogue without the answers that do not fit": 1}
    assert short.ids == whole.ids[: len(short.ids)]
    assert short.ids[-1] == TOKENIZER.eos_token_id


def forgetful():
    """A tokenizer whose chat template leaves the thoughts of past turns out, and a dialogue with thoughts."""
    tokenizer = characters(["想再见你好！<think>/"])
    tokenizer.chat_template = (
        "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'].split('</think>')[-1] }}"
        "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
    )
    said = [("user", "你好"), ("assistant", "<think>想</think>你好！"), ("user", "再见"), ("assistant", "再见！")]
    said += [("user", "想"), ("assistant", "<think>再见</think>好")]
    return tokenizer, data.Example("x", tuple(Message(*one) for one in said))


def learned(tokenizer, encoded):
    return tokenizer.decode([id for id in encoded.labels if id != data.IGNORED])


def test_where_a_template_rewrites_past_turns_every_answer_is_learned_behind_the_prompt_it_will_be_asked_with():
    tokenizer, example = forgetful()
    counts = Counter()
    found = data.tokens(tokenizer, example, 200, counts)
    assert [learned(tokenizer, one) for one in found] == [
        "<think>想</think>你好！<|end|>",
        "再见！<|end|><think>再见</think>好<|end|>",  # that one is not rewritten, and stands in one row with the next
    ]
    assert [one.id for one in found] == ["x", "x#2"]
    assert counts == {data.REWRITTEN: 1}
    for place, one in ((1, found[0]), (3, found[1]), (5, found[1])):
        prompt = data.prompt_ids(tokenizer, example.messages[:place])
        answer = [*data.answer_ids(tokenizer, example.messages[place].content), tokenizer.eos_token_id]
        stop = len(prompt) + len(answer)
        assert one.ids[:stop].tolist() == prompt + answer
        assert one.labels[len(prompt) : stop].tolist() == answer


def test_a_template_that_refuses_messages_is_one_line():
    tokenizer, _ = forgetful()
    refusing = "{{ raise_exception('no system here') }}"
    tokenizer.chat_template = "{% if messages[0]['role'] == 'system' %}" + refusing + "{% endif %}"
    with pytest.raises(UiebenchError, match="takes no messages of system, user: no system here"):
        data.prompt_ids(tokenizer, [Message("system", "x"), Message("user", "y")])


def test_an_answer_that_does_not_fit_takes_none_with_it_that_does():
    """The first answer with its thoughts is longer than the second behind what is left of the first."""
    tokenizer, example = forgetful()
    thoughts = Message("assistant", "<think>" + "想" * 60 + "</think>你好！")
    messages = (example.messages[0], thoughts, *example.messages[2:])
    counts = Counter()
    [found] = data.tokens(tokenizer, data.Example("x", messages), 60, counts)
    assert learned(tokenizer, found) == "再见！<|end|><think>再见</think>好<|end|>"
    assert counts == {"dialogue without the answers that do not fit": 1}
    last = Message("assistant", "<think>" + "想" * 60 + "</think>好")
    counts.clear()
    first, second = data.tokens(tokenizer, data.Example("x", (*example.messages[:5], last)), 60, counts)
    assert [learned(tokenizer, one) for one in (first, second)] == ["<think>想</think>你好！<|end|>", "再见！<|end|>"]
    assert counts == {"dialogue without the answers that do not fit": 1, data.REWRITTEN: 1}


def test_rewritten_dialogues_are_told_and_are_not_among_what_is_left_out(tmp_path):
    tokenizer, example = forgetful()
    model, _ = scratch(SMALL, [m.content for m in example.messages], 0)
    model.resize_token_embeddings(len(tokenizer))
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    rows = [{"messages": [{"role": m.role, "content": m.content} for m in example.messages]}] * 3
    (tmp_path / "talk.json").write_text(json.dumps(rows))
    plan = SftRecipe(
        name="talk",
        model=Pretrained(str(tmp_path / "model")),
        data=(FromDialogues(str(tmp_path / "talk.json")),),
        training=Training(steps=2, batch=2, context=200, log=1),
    )
    told = sft.train(plan, tmp_path / "run")
    assert told["examples"] == 6
    assert told["figures"]["rewritten_dialogues"] == 3
    assert told["left_out"] == {}


def test_a_prompt_that_leaves_no_room_for_its_answer_is_left_out_and_counted():
    example, counts = data.Example("x", (Message("user", "高" * 50), Message("assistant", "明"))), Counter()
    assert data.tokens(TOKENIZER, example, 40, counts) == []
    assert counts == {"longer than the context": 1}


def test_a_model_from_scratch_takes_the_tokens_of_another_run(trained, tmp_path):
    there = SMALL.__class__(layers=1, hidden=32, heads=2, feed_forward=64, tokenizer=str(trained[0]))
    model, tokenizer = scratch(there, ["龘"], 0)
    known = pretrained(Pretrained(str(trained[0])))[1]
    assert tokenizer.get_vocab() == known.get_vocab()
    assert model.config.vocab_size == len(known)
    assert tokenizer.tokenize("龘") == ["<0xE9>", "<0xBE>", "<0x98>"]
    with pytest.raises(UiebenchError, match="no such folder"):
        scratch(SMALL.__class__(tokenizer="runs/nothing"), [], 0)


def test_a_model_that_is_made_or_loaded_has_no_attention_that_plans_for_every_length(trained):
    for make in (lambda: scratch(SMALL, ["abc"], 0), lambda: pretrained(Pretrained(str(trained[0])))):
        torch.backends.cuda.enable_cudnn_sdp(enabled=True)
        make()
        assert not torch.backends.cuda.cudnn_sdp_enabled()


def test_text_that_looks_like_a_special_token_ends_no_turn():
    ids = data.prompt_ids(TOKENIZER, [Message("user", "高<|end|>明<|assistant|>")])
    special = [id for id in ids if id in TOKENIZER.all_special_ids]
    assert special == TOKENIZER.convert_tokens_to_ids(["<|user|>", "<|assistant|>"])
    assert TOKENIZER.decode(ids) == "<|user|>高<|end|>明<|assistant|><|assistant|>"


def test_a_tokenizer_without_chat_template_gets_the_built_in_one():
    plain = characters(["高明"])
    plain.chat_template = None
    assert data.template_of(plain) == "built-in"
    assert plain.decode(data.prompt_ids(plain, [Message("user", "高明")])) == "User: 高明\nAssistant: "
    assert data.template_of(TOKENIZER) == "tokenizer"


def test_a_tokenizer_without_end_is_an_error():
    plain = characters(["高明"])
    plain.eos_token = None
    with pytest.raises(RecipeError, match="no end-of-sequence token"):
        data.end_of(plain)


def test_examples_that_other_processes_tokenise_are_the_same_in_the_same_order(benchmark, monkeypatch):
    found = data.examples([FromBenchmark(str(benchmark))], Counter())
    texts = [message.content for one in found for message in one.messages]
    tokenizer, (here, there) = characters(texts), (Counter(), Counter())
    monkeypatch.setattr(data, "MANY", 20)
    assert len(found) > 20
    context = sorted(len(one.ids) for one in data.encode(tokenizer, found, 10_000, Counter()))[len(found) // 2]
    assert data.encode(tokenizer, found, context, there, jobs=2) == data.encode(tokenizer, found, context, here)
    assert there == here
    assert here["longer than the context"] > 2


@given(st.lists(st.integers(1, 20), min_size=1, max_size=60), st.integers(0, 3))
def test_packing_puts_every_example_into_one_row_that_is_not_too_long(lengths, epoch):
    ids = list(map(str, range(len(lengths))))
    places = data.order(ids, 0, epoch)
    rows = list(data.packed(lengths, places, 20))
    assert sorted(place for row in rows for place in row) == list(range(len(lengths)))
    assert all(sum(lengths[place] for place in row) <= 20 for row in rows)


def test_epochs_have_orders_of_their_own():
    ids = list(map(str, range(50)))
    assert data.order(ids, 0, 0) != data.order(ids, 0, 1)
    assert data.order(ids, 0, 0) == data.order(ids, 0, 0)


# --- the model ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    made, tokenizer = scratch(SMALL, ["高明创办了远山公司。"], 3)
    return made.eval(), tokenizer


def some_ids(tokenizer, rows=3, width=12):
    """Characters, of which from the sixth on a user says some and an answer has begun."""
    ids = torch.tensor([[lot(row, place) % (len(tokenizer) - 5) + 5 for place in range(width)] for row in range(rows)])
    ids[:, 5], ids[:, 9] = tokenizer.convert_tokens_to_ids(["<|user|>", "<|assistant|>"])
    return ids


@torch.no_grad()
def test_the_mixture_is_a_distribution(model):
    made, tokenizer = model
    logits = made(input_ids=some_ids(tokenizer)).logits
    assert torch.allclose(logits.exp().sum(-1), torch.ones(3, 12), atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("beams", [1, 3])
def test_cached_generation_equals_uncached_and_left_padding_changes_nothing(model, beams):
    made, tokenizer = model
    ids = some_ids(tokenizer)
    mask = torch.ones_like(ids)
    mask[0, :5] = 0
    ids[0, :5] = tokenizer.pad_token_id
    more = {"max_new_tokens": 10, "do_sample": False, "num_beams": beams}
    padded, bare = made(input_ids=ids, attention_mask=mask).logits[0, 5:], made(input_ids=ids[:1, 5:]).logits[0]
    assert torch.allclose(padded, bare, atol=1e-4)
    cached = made.generate(input_ids=ids, attention_mask=mask, **more)
    plain = made.generate(input_ids=ids, attention_mask=mask, use_cache=False, **more)
    assert torch.equal(cached, plain)
    alone = made.generate(input_ids=ids[:1, 5:], attention_mask=mask[:1, 5:], **more)
    assert torch.equal(alone[0], cached[0, 5 : 5 + alone.shape[1]])


@torch.no_grad()
def test_the_loss_of_the_copy_head_is_that_of_its_logits(model):
    made, tokenizer = model
    ids = some_ids(tokenizer)
    labels = ids.clone()
    labels[:, :4] = data.IGNORED
    logits = made(input_ids=ids).logits[:, :-1]
    expected = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
    assert torch.allclose(made(input_ids=ids, labels=labels).loss, expected, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("copy", [True, False])
def test_packed_examples_do_not_see_one_another(copy):
    made, tokenizer = scratch(msgspec.structs.replace(SMALL, copy=copy), ["高明创办了远山公司。"], 3)
    made.eval()
    talks = [("高明", "明"), ("远山公司", "远山"), ("创办", "办")]
    asked = [data.Example(a, (Message("user", a), Message("assistant", b))) for a, b in talks]
    encoded = data.encode(tokenizer, asked, 100, Counter())
    collate = data.Collator(encoded, tokenizer.pad_token_id, packing=True)
    together = made(**collate([[0, 1], [2]]), use_cache=False).loss * sum(
        label != data.IGNORED for one in encoded for label in one.labels
    )
    alone = 0.0
    for place, one in enumerate(encoded):
        plain = data.Collator(encoded, tokenizer.pad_token_id, packing=False)([[place]])
        alone += made(**plain).loss * sum(label != data.IGNORED for label in one.labels)
    assert torch.allclose(together, alone, atol=1e-4)


def test_a_copy_head_repeats_names_it_has_never_seen():
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 100)]
    made, tokenizer = scratch(SMALL, ["".join(letters)], 0)
    opens, closes = tokenizer.convert_tokens_to_ids(["<|user|>", "<|assistant|>"])

    def batch(step):
        """Names of four characters, which are to be said again."""
        names = [[letters[lot(step, row, place) % 100] for place in range(4)] for row in range(16)]
        said = [tokenizer.convert_tokens_to_ids(name) for name in names]
        ids = torch.tensor([[opens, *name, closes, *name] for name in said])
        labels = ids.clone()
        labels[:, :6] = data.IGNORED
        return ids, labels

    optimizer = torch.optim.AdamW(made.parameters(), lr=3e-3)
    for step in range(150):
        ids, labels = batch(step)
        made(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    ids, labels = batch(1000)
    with torch.no_grad():
        right = (made(input_ids=ids).logits[:, 5:-1].argmax(-1) == labels[:, 6:]).float().mean()
    assert right > 0.9


# --- runs -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(benchmark, tmp_path_factory):
    """A run that nothing interrupted, and what it told."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    return out, sft.train(recipe(benchmark), out)


def test_a_run_leaves_all_that_tells_what_it_was_and_its_loss_falls(trained, benchmark):
    out, told = trained
    lines = [json.loads(line) for line in (out / "log.jsonl").read_bytes().splitlines()]
    assert [line["step"] for line in lines] == sorted(line["step"] for line in lines)
    losses = [line["loss"] for line in lines if "loss" in line]
    assert losses[-1] < 0.7 * losses[0]
    assert recipes.parse((out / "recipe.yaml").read_bytes(), "recipe") == recipe(benchmark)
    said = msgspec.json.decode((out / "run.json").read_bytes(), type=run.Run)
    assert said.data[str(benchmark)] == data.sha256_file(benchmark / "manifest.json")
    assert said.versions["torch"] == torch.__version__
    assert said.parameters == told["parameters"] == sum(p.numel() for p in scratch_model(out).parameters())
    card = (out / "model" / "README.md").read_text()
    assert card.startswith("---\n")
    assert "stage: sft" in card


def test_a_checkpoint_is_a_model_as_it_lies(trained):
    out, _ = trained
    last = run.last_checkpoint(out / "checkpoints")
    _, tokenizer = pretrained(Pretrained(str(last)))
    _, final = pretrained(Pretrained(str(out)))
    assert tokenizer.get_vocab() == final.get_vocab()
    assert tokenizer.chat_template == final.chat_template


def scratch_model(out):
    import uiebench.train.copy_head  # noqa: F401

    return transformers.AutoModelForCausalLM.from_pretrained(out / "model")


def test_a_killed_run_is_resumed_to_the_same_weights(trained, benchmark, tmp_path):
    whole, told = trained
    said = tmp_path / "recipe.yaml"
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(recipe(benchmark))))
    out = tmp_path / "killed"
    script = (
        "import os, sys, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from uiebench.train import sft, recipe\n"
        f"plan = recipe.load(Path({str(said)!r}))\n"
        f"sft.train(plan, Path({str(out)!r}), progress=lambda done, total, text: done == 6 and os._exit(9))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert killed.returncode == 9, killed.stderr.decode()
    assert run.last_checkpoint(out / "checkpoints").name == "checkpoint-4"
    # A checkpoint that the kill left half-written is passed over.
    shutil.copytree(out / "checkpoints" / "checkpoint-4", out / "checkpoints" / "checkpoint-5")
    (out / "checkpoints" / "checkpoint-5" / run.COMPLETE).unlink()
    spend_an_hour(out)
    again = sft.train(recipe(benchmark), out, resume=True)
    assert_figures_of_the_whole_run(again, told)
    expected, found = weights(whole), weights(out)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert log_without_speed(out) == log_without_speed(whole)  # also of the line whose beginning was before the stop
    with pytest.raises(RecipeError, match="this run is complete"):
        sft.train(recipe(benchmark), out, resume=True)


def test_a_run_is_not_overwritten_and_another_recipe_is_not_resumed(trained, benchmark, tmp_path):
    out = tmp_path / "run"
    shutil.copytree(trained[0], out)
    shutil.rmtree(out / "model")
    with pytest.raises(RecipeError, match="--resume goes on with it"):
        sft.train(recipe(benchmark), out)
    with pytest.raises(RecipeError, match=r"training\.batch is not what this run began with"):
        sft.train(recipe(benchmark, batch=2), out, resume=True)
    with pytest.raises(RecipeError, match="no run to resume"):
        sft.train(recipe(benchmark), tmp_path / "none", resume=True)


@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.pt", "trainer_state.json"])
def test_a_damaged_checkpoint_is_one_line(trained, tmp_path, name):
    folder = tmp_path / "checkpoints"
    shutil.copytree(trained[0] / "checkpoints", folder)
    newest = run.last_checkpoint(folder)
    content = bytearray((newest / name).read_bytes())
    if name == "optimizer.pt":
        content[len(content) // 2] ^= 0xFF  # the same size
    else:
        del content[len(content) // 2 :]
    (newest / name).write_bytes(content)
    with pytest.raises(TrainingError, match=f"damaged .*{name}.*remove it"):
        run.last_checkpoint(folder)


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_checkpoint(benchmark, tmp_path, monkeypatch):
    from uiebench.train.copy_head import CopyForCausalLM

    calls, loss = [], CopyForCausalLM._loss

    def spoilt(self, *args):
        calls.append(1)
        return loss(self, *args) * (float("nan") if len(calls) > 4 else 1.0)

    monkeypatch.setattr(CopyForCausalLM, "_loss", spoilt)
    with pytest.raises(
        TrainingError, match=r"loss is no number .* in step 5; the last good checkpoint is .*checkpoint-4"
    ):
        sft.train(recipe(benchmark), tmp_path / "run")
    from safetensors.torch import load_file

    kept = load_file(tmp_path / "run" / "checkpoints" / "checkpoint-4" / "model.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in kept.values())


def test_too_little_memory_says_what_to_lower(benchmark, tmp_path, monkeypatch):
    from uiebench.train.copy_head import CopyForCausalLM

    def full(self, *args):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory: you tried")

    monkeypatch.setattr(CopyForCausalLM, "_loss", full)
    with pytest.raises(TrainingError, match=r"out of memory in step 1 .* lower training\.batch"):
        sft.train(recipe(benchmark), tmp_path / "run")


def test_a_full_disk_is_one_line(benchmark, tmp_path, monkeypatch):
    def full(self, *args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(transformers.Trainer, "_save_optimizer_and_scheduler", full)
    with pytest.raises(TrainingError, match=r"checkpoint-4: the checkpoint cannot be written \(no space left"):
        sft.train(recipe(benchmark), tmp_path / "run")


def test_a_pretrained_model_is_trained_on_with_adapters_that_are_merged(trained, benchmark, tmp_path):
    plan = msgspec.structs.replace(
        recipe(benchmark, epochs=1, steps=2, save=0, packing=False),
        model=recipes.Pretrained(str(trained[0])),
        lora=recipes.Lora(rank=2, alpha=4),
    )
    told = sft.train(plan, tmp_path / "run")
    assert 0 < told["trained"] < told["parameters"]
    before, after = weights(trained[0]), weights(tmp_path / "run")
    assert before.keys() == after.keys()
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert changed
    assert "model.embed_tokens.weight" not in changed


def test_activations_computed_anew_give_the_same_adapters(trained, benchmark, tmp_path):
    """Though nothing that goes into the layers, which are frozen, has a gradient."""
    found = {}
    for anew in (False, True):
        plan = recipe(benchmark, epochs=1, steps=2, save=0, checkpointing=anew)
        plan = msgspec.structs.replace(plan, model=Pretrained(str(trained[0])), lora=recipes.Lora(rank=2, alpha=4))
        sft.train(plan, tmp_path / str(anew))
        found[anew] = weights(tmp_path / str(anew))
    before = weights(trained[0])
    assert any(not torch.equal(before[name], weight) for name, weight in found[False].items())
    assert all(torch.allclose(found[False][name], weight, atol=1e-6) for name, weight in found[True].items())


@pytest.mark.parametrize("dtype", ["auto", "float32", "bfloat16"])
def test_what_is_trained_is_in_float32_whatever_the_model_is_loaded_in(trained, benchmark, dtype):
    plan = msgspec.structs.replace(recipe(benchmark), model=Pretrained(str(trained[0]), dtype=dtype))
    whole, _ = sft.model_of(plan, [])
    assert {weight.dtype for weight in whole.parameters()} == {torch.float32}
    adapted, _ = sft.model_of(msgspec.structs.replace(plan, lora=recipes.Lora(rank=2)), [])
    kinds = {(weight.requires_grad, weight.dtype) for weight in adapted.parameters()}
    assert kinds == {(True, torch.float32), (False, torch.bfloat16 if dtype == "bfloat16" else torch.float32)}


def test_an_update_that_bfloat16_would_round_away_is_kept(trained, benchmark, tmp_path):
    plan = recipe(benchmark, epochs=1, steps=1, save=0, learning_rate=1e-6, schedule="constant")
    sft.train(msgspec.structs.replace(plan, model=Pretrained(str(trained[0]), dtype="bfloat16")), tmp_path / "run")
    before, after = weights(trained[0]), weights(tmp_path / "run")
    moved = [(after[name] - before[name].bfloat16().float()).abs() for name in before]
    assert max(float(one.max()) for one in moved) > 0
    assert all(float(one.max()) < 2e-6 for one in moved)


@pytest.mark.parametrize(
    ("gpu", "dtype", "half"), [(1, "auto", 1), (1, "bfloat16", 1), (1, "float32", 0), (0, "auto", 0)]
)
def test_forward_passes_run_in_bfloat16_on_a_gpu_unless_a_recipe_says_float32(tmp_path, monkeypatch, gpu, dtype, half):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(gpu))
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    monkeypatch.setattr(transformers.TrainingArguments, "__post_init__", lambda self: None)  # it looks for the GPU
    arguments = sft.arguments_of(Training(), tmp_path, dtype, evaluate=False)
    assert arguments.bf16 == in_half(dtype) == bool(half)
    assert arguments.use_cpu == (not gpu)


def test_the_recipe_says_what_is_computed_in_bfloat16_and_not_how_the_run_is_started(benchmark, tmp_path, monkeypatch):
    """On a CPU all is in float32, whatever `accelerate launch` has put into the environment."""
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    sft.train(recipe(benchmark, epochs=1), tmp_path / "bf16")
    monkeypatch.delenv("ACCELERATE_MIXED_PRECISION")
    sft.train(recipe(benchmark, epochs=1), tmp_path / "plain")
    one, other = weights(tmp_path / "bf16"), weights(tmp_path / "plain")
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("name", ["ddp", "deepspeed", "fsdp"])
def test_accelerate_reads_its_shipped_settings_and_they_say_nothing_of_the_precision(name):
    from accelerate.commands.config.config_args import load_config_from_file

    place = recipes.shipped()["sft"].parent / "accelerate" / f"{name}.yaml"
    settings = load_config_from_file(str(place))
    assert settings.num_processes == 8
    assert settings.mixed_precision is None


@pytest.mark.parametrize(("save", "measured"), [(2, [2, 4]), (3, [3, 4]), (0, [4])])
def test_the_held_loss_is_told_once_at_each_checkpoint_and_at_the_end(benchmark, tmp_path, save, measured):
    plan = recipe(benchmark, epochs=1, steps=4, save=save)
    told = sft.train(msgspec.structs.replace(plan, held=plan.data), tmp_path / "run")
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_bytes().splitlines()]
    held = {line["step"]: line["held_loss"] for line in lines if "held_loss" in line}
    assert [line["step"] for line in lines if "held_loss" in line] == measured
    assert told["figures"]["held_loss"] == held[4]


def test_two_devices_end_in_one_model_that_each_has_learned_a_half_of(benchmark, tmp_path):
    """Under torchrun on two CPUs, as the command is started: the same data in as many updates."""
    said, out = tmp_path / "recipe.yaml", tmp_path / "run"
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(recipe(benchmark, epochs=2, save=2))))
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", "-m", "uiebench"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    command = [*start, "train", str(said), "--out", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    told = json.loads(done.stdout)
    assert told["processes"] == 2
    assert told["updates"] == -(-told["rows"] // 2)
    lines = [json.loads(line) for line in (out / "log.jsonl").read_bytes().splitlines()]
    assert [line["step"] for line in lines if "loss" in line] == [1, *range(3, told["updates"], 3), told["updates"]]
    assert all(torch.isfinite(weight).all() for weight in weights(out).values())
    alone = recipe(benchmark, epochs=2, save=2, batch=2)  # as many rows in an update, on one device
    sft.train(alone, tmp_path / "alone")
    one, other = weights(out), weights(tmp_path / "alone")
    assert all(torch.allclose(one[name], other[name], atol=1e-4) for name in one)


def test_a_name_that_is_no_folder_is_one_line_at_once_where_the_hub_does_not_answer():
    script = (
        "from uiebench.errors import UiebenchError\n"
        "from uiebench.train.model import longest_of, pretrained\n"
        "from uiebench.train.recipe import Pretrained\n"
        "for load in (pretrained, longest_of):\n"
        "    try: load(Pretrained('no-one/no-such-model'))\n"
        "    except UiebenchError as error: print(error)\n"
    )
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9"}  # where nothing listens
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, env=environment, timeout=120
    )
    told = "no-one/no-such-model: neither a folder nor a model of the Hub that can be reached (the Hub does not answer)"
    assert done.stdout.decode().splitlines() == [told, told]
    assert b"Retrying" not in done.stderr


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (shutil.rmtree, "no such folder"),
        (lambda folder: [path.unlink() for path in folder.iterdir()], "no model in this folder"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 100), "damaged or incomplete"),
        (lambda folder: (folder / "config.json").write_text("{"), "damaged or incomplete"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_one_line(trained, tmp_path, damage, told, monkeypatch):
    from uiebench.train.model import pretrained

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = tmp_path / "copied"
    shutil.copytree(trained[0] / "model", folder)
    damage(folder)
    with pytest.raises(RecipeError) as error:
        pretrained(recipes.Pretrained(str(folder)))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_the_command_trains_and_prints_json(benchmark, tmp_path):
    said = tmp_path / "recipe.yaml"
    plan = recipe(benchmark, steps=2, save=0)
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(plan)))
    done = subprocess.run(
        [sys.executable, "-m", "uiebench", "train", str(said), "--out", str(tmp_path / "run"), "--json"],
        capture_output=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["updates"] == 2
    assert b"uiebench predict --model" in done.stderr
