"""Chat: the dialogues of the package, ROUGE, and what chat-eval measures of models, alone and against a base."""

import json
import math
import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.errors import RecipeError, SourceError, UiebenchError
from uiebench.hashing import sha256_file
from uiebench.recipe import BuildRecipe
from uiebench.train.dialogues import SHIPPED, Message, file_of, read_dialogues
from uiebench.train.recipe import FromBenchmark, FromDialogues, Lora, Pretrained, Scratch, SftRecipe, Training

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.train import chat_eval, choices, data, sft  # noqa: E402
from uiebench.train import recipe as recipes  # noqa: E402
from uiebench.train.chat_eval import (  # noqa: E402
    TRAINED,
    Settings,
    asked_of,
    evaluate,
    figures,
    fitting,
    language_of,
    likelihoods,
    rouge1,
    subject,
    words_of,
    written,
)
from uiebench.train.model import TrainingError, load_tokenizer, longest_of, pretrained, scratch  # noqa: E402

SMALL = Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=640, seen=1)
HELD = FromDialogues(SHIPPED, skip=TRAINED, share=1 - TRAINED, most=12)
BRIEF = Settings(batch=4, most=12)


def stage(name, model, *sources, **more):
    settings = {"steps": 4, "batch": 1, "context": 512, "learning_rate": 3e-3, "warmup": 0.0, "save": 2}
    return SftRecipe(name=name, model=model, data=sources, training=Training(**settings), **more)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Runs of two stages, the second from the first, and of another from scratch with other tokens."""
    folder = tmp_path_factory.mktemp("chat")
    talk = FromDialogues(SHIPPED, share=TRAINED, most=24)
    sft.train(stage("first", SMALL, talk), folder / "first")
    begun = Pretrained(str(folder / "first"))
    sft.train(stage("second", begun, FromDialogues(SHIPPED, share=TRAINED, most=8, seed=1)), folder / "second")
    other = msgspec.structs.replace(SMALL, seen=3, copy=False)
    sft.train(stage("other", other, talk), folder / "other")
    return folder


@pytest.fixture(scope="module")
def report(runs):
    return evaluate([str(runs / "second"), str(runs / "other")], HELD, BRIEF, str(runs / "first"))


# --- the dialogues of the package -----------------------------------------------------------------


def shipped():
    return list(read_dialogues(SHIPPED))


def test_the_dialogues_of_the_package_are_some_three_hundred_turns_half_chinese_of_one_turn_and_of_several():
    dropped = Counter()
    found = list(read_dialogues(SHIPPED, dropped=dropped))
    assert not dropped
    turns = [message for dialogue in found for message in dialogue.messages if message.role != "system"]
    assert 280 <= len(turns) <= 330
    languages = Counter(language_of(" ".join(message.content for message in one.messages)) for one in found)
    assert abs(languages["zh"] - languages["en"]) <= 2
    lengths = Counter(sum(message.role == "user" for message in one.messages) for one in found)
    assert lengths[1] > 50
    assert sum(n for length, n in lengths.items() if length > 1) > 30
    assert all(one.id.startswith("uiebench:") for one in found)


def test_no_two_of_them_are_nearly_the_same():
    """By the Jaccard coefficient of character trigrams of the whole dialogue, and of what is asked first."""

    def trigrams(text):
        return {text[place : place + 3] for place in range(len(text) - 2)}

    for texts in (
        ["\n".join(message.content for message in one.messages) for one in shipped()],
        [next(message.content for message in one.messages if message.role == "user") for one in shipped()],
    ):
        sets = [trigrams(text) for text in texts]
        for place, one in enumerate(sets):
            for other, text in zip(sets[:place], texts, strict=False):
                assert len(one & other) < 0.4 * len(one | other), (texts[place], text)


def test_their_text_is_clean():
    for dialogue in shipped():
        for message in dialogue.messages:
            text = message.content
            assert text == text.strip()
            assert not re.search(r"[ \t]\n|\t|\u3000|\ufffd|<\|| {2}(?! )(?=\S* *$)", text), text
            assert text.count("```") % 2 == 0
            assert text.count("“") == text.count("”")
            assert text.count("（") == text.count("）")
            if language_of(text) == "zh":
                bare = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
                assert not re.search("[\u4e00-\u9fff][,?!;]", bare), text


def test_the_code_in_them_runs_and_prints_what_it_says(tmp_path, monkeypatch, capsys):
    (tmp_path / "notes.txt").write_text("one\ntwo\n")
    monkeypatch.chdir(tmp_path)
    blocks = [
        block
        for dialogue in shipped()
        for message in dialogue.messages
        for block in re.findall(r"```python\n(.*?)```", message.content, re.DOTALL)
    ]
    assert len(blocks) >= 5
    for block in blocks:
        exec(block, {})  # ours, not a model's
        said = capsys.readouterr().out.splitlines()
        told = [
            re.split("[，。]", comment)[0].strip()
            for comment in re.findall(r"^print\(.*?\)\s+# (.*)$", block, re.MULTILINE)
        ]
        assert said == told if told else said == ["one", "two"]


def test_the_json_in_them_is_json():
    found = [
        m.content for one in shipped() for m in one.messages if m.role == "assistant" and m.content.startswith("{")
    ]
    assert len(found) >= 3
    assert all(isinstance(json.loads(text), dict) for text in found)


def test_a_file_called_like_the_dialogues_of_the_package_is_named_with_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("uiebench").write_text('{"instruction": "a", "output": "b"}\n')
    assert len(shipped()) > 100
    [own] = read_dialogues("./uiebench")
    assert own.messages == (Message("user", "a"), Message("assistant", "b"))
    print_ = data.fingerprints([FromDialogues(SHIPPED), FromDialogues("./uiebench")])
    assert print_ == {SHIPPED: sha256_file(file_of(SHIPPED)), "./uiebench": sha256_file(Path("uiebench"))}
    Path("uiebench").unlink()
    Path("uiebench").mkdir()  # such as the package in its checkout
    assert len(shipped()) > 100


def test_what_the_recipes_train_on_is_not_what_chat_eval_asks_for():
    held = {one.id for one in data.dialogues(msgspec.structs.replace(HELD, most=None), Counter())}
    found = 0
    for name in recipes.shipped():
        plan = recipes.load(Path(name))
        for source in getattr(plan, "data", ()):
            if isinstance(source, FromDialogues) and source.file == SHIPPED:
                found += 1
                trained = {one.id for one in data.dialogues(source, Counter())}
                assert not trained & held
                assert len(trained) + len(held) == len(shipped())
    assert found >= 2
    assert len(held) >= 20


# --- the vocabulary of a later stage --------------------------------------------------------------


def test_a_tokenizer_of_dialogues_knows_the_characters_of_the_benchmark_that_comes_later(tmp_path):
    pipeline.build(BuildRecipe("one", held_in=("resume",), samples=True), raw=None, out=tmp_path / "one", jobs=1)
    later = FromBenchmark(str(tmp_path / "one"))
    target = data.instructions(later)[0].target
    talk = [message.content for one in shipped()[:5] for message in one.messages]
    _, alone = scratch(SMALL, talk, seed=0)
    _, both = scratch(msgspec.structs.replace(SMALL, vocabulary=(later,)), talk, seed=0)
    assert len(data.answer_ids(both, target)) == len(target)
    assert len(data.answer_ids(alone, target)) > len(target)
    assert set(alone.get_vocab()) < set(both.get_vocab())


def test_a_recipe_names_a_vocabulary():
    said = b"""
stage: sft
name: x
model: {from: scratch, vocabulary: [{from: benchmark, folder: b}, {from: dialogues, file: c.jsonl}]}
data: [{from: dialogues, file: uiebench}]
"""
    plan = recipes.parse(said, "r.yaml")
    assert plan.model.vocabulary == (FromBenchmark("b"), FromDialogues("c.jsonl"))
    with pytest.raises(RecipeError, match="vocabulary"):
        recipes.parse(said.replace(b"folder: b", b"file: b"), "r.yaml")
    with pytest.raises(UiebenchError, match="no complete benchmark"):
        scratch(msgspec.structs.replace(SMALL, vocabulary=(FromBenchmark("nowhere"),)), ["a"], seed=0)


# --- ROUGE ----------------------------------------------------------------------------------------


def test_words_are_those_of_english_and_characters_of_chinese():
    assert words_of("Don't PANIC: 3 cafés_x") == ["don", "t", "panic", "3", "cafés", "x"]
    assert words_of("你好，world！2 次") == ["你", "好", "world", "2", "次"]
    assert words_of("——……") == []


def test_words_of_jieba_join_to_the_same_characters():
    pytest.importorskip("jieba")
    text = "我们在公园里散步，walk slowly。"
    found = words_of(text, "jieba")
    assert "我们" in found
    assert "公园" in found
    assert list("".join(found)) == [c for word in words_of(text) for c in word]


@given(st.text("ab1 .-你好", max_size=30))
def test_on_ascii_words_are_the_tokens_of_rouge_score(text):
    """Its rule: in lower case, whatever is not a–z or 0–9 becomes a space, and the rest is split at spaces."""
    kept = "".join(character for character in text if character.isascii())
    assert words_of(kept) == re.sub(r"[^a-z0-9]+", " ", kept.lower()).split()


@given(st.lists(st.sampled_from("abc"), max_size=7), st.lists(st.sampled_from("abc"), max_size=7))
def test_rouge_is_the_largest_matching_of_equal_words(said, reference):
    """The oracle crosses words out one by one."""
    left, common = list(reference), 0
    for word in said:
        if word in left:
            left.remove(word)
            common += 1
    precision, recall = common / max(len(said), 1), common / max(len(reference), 1)
    f1 = 2 * precision * recall / (precision + recall) if common else 0.0
    assert rouge1(said, reference) == pytest.approx((precision, recall, f1))
    assert rouge1(reference, said)[:2] == pytest.approx((recall, precision))


def test_rouge_of_a_worked_example():
    said, reference = words_of("The cat the mat."), words_of("The cat sat on the mat")
    assert rouge1(said, reference) == pytest.approx((1.0, 4 / 6, 0.8))


def test_the_language_of_a_reply_is_that_of_most_of_it():
    assert language_of("马马虎虎 means so-so here, said nobody ever") == "en"
    assert language_of("用 Python 写循环") == "zh"
    assert language_of("42") == "en"


# --- what is measured -----------------------------------------------------------------------------


def test_every_answer_is_asked_for_behind_the_turns_before_it():
    found = [one for one in shipped() if sum(m.role == "assistant" for m in one.messages) == 3][:1]
    asked = asked_of(found)
    assert [one.id for one in asked] == [f"{found[0].id}#{n}" for n in (1, 2, 3)]
    assert [len(one.before) for one in asked] == [1, 3, 5]
    assert all(
        (*one.before, Message("assistant", one.reference)) == found[0].messages[: len(one.before) + 1] for one in asked
    )


def test_likelihoods_are_those_of_one_reply_after_another_whatever_the_batch(runs):
    """The oracle asks for one token after the other, without padding."""
    model, _ = pretrained(Pretrained(str(runs / "second")))
    base, _ = pretrained(Pretrained(str(runs / "first")))
    asked = sorted(asked_of(data.dialogues(HELD, Counter())), key=lambda one: len(one.reference))[:3]
    one = subject(str(runs / "second"), asked, BRIEF)
    found = likelihoods(model.eval(), base.eval(), one, 3, lambda done: None)
    assert found == [
        (pytest.approx(nats, rel=1e-4), pytest.approx(kl, rel=1e-3))
        for nats, kl in likelihoods(model, base, one, 1, lambda done: None)
    ]
    for tokens, (nats, divergence) in zip(one.tokens, found, strict=True):
        surprise = apart = 0.0
        for place, answer in enumerate(tokens.answer):
            ids = torch.tensor([[*tokens.prompt, *tokens.answer[:place]]])
            with torch.no_grad():
                p, q = (m(input_ids=ids).logits[0, -1].double().log_softmax(-1) for m in (model, base))
            surprise -= float(p[answer])
            apart += sum(math.exp(a) * (a - b) for a, b in zip(p.tolist(), q.tolist(), strict=True))
        assert nats == pytest.approx(surprise, rel=1e-4)
        assert divergence == pytest.approx(apart, rel=1e-3)


def test_a_model_does_not_diverge_from_itself(runs):
    model, _ = pretrained(Pretrained(str(runs / "first")))
    one = subject(str(runs / "first"), asked_of(data.dialogues(HELD, Counter()))[:4], BRIEF)
    assert [kl for _, kl in likelihoods(model.eval(), model, one, 2, lambda done: None)] == [0.0] * 4


def test_replies_are_greedy_and_the_same_whatever_the_batch(runs):
    model, tokenizer = pretrained(Pretrained(str(runs / "first")))
    one = subject(str(runs / "first"), asked_of(data.dialogues(HELD, Counter()))[:6], BRIEF)
    found = written(model.eval(), one, BRIEF, lambda done: None)
    assert any(found)
    assert found == written(model, one, msgspec.structs.replace(BRIEF, batch=1), lambda done: None)
    ids = list(one.tokens[0].prompt)
    for _ in range(BRIEF.most):
        with torch.no_grad():
            ids.append(int(model(input_ids=torch.tensor([ids])).logits[0, -1].argmax()))
        if ids[-1] == tokenizer.eos_token_id:
            break
    wanted = [id for id in ids[len(one.tokens[0].prompt) :] if id != tokenizer.eos_token_id]
    assert found[0] == tokenizer.decode(wanted, skip_special_tokens=True)


def test_a_reply_that_has_ended_leaves_its_batch_and_all_are_those_of_one_call_of_generate(runs):
    """With ends that the model often says, so that replies end at different places."""
    tokenizer = load_tokenizer(Pretrained(str(runs / "first")))
    sizes = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    torch.manual_seed(0)
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**sizes))
    for weight in model.parameters():
        weight.data.mul_(3.0 if weight.dim() > 1 else 1.0)  # so that not all tokens are about as likely
    one = subject(str(runs / "first"), asked_of(data.dialogues(HELD, Counter()))[:8], BRIEF)
    more = msgspec.structs.replace(BRIEF, batch=8, most=24)
    prompts = [tokens.prompt for tokens in one.tokens]
    width = max(map(len, prompts))
    settings = {"max_new_tokens": 24, "do_sample": False, "pad_token_id": tokenizer.pad_token_id}

    def generated(ends):
        ids = torch.tensor([[tokenizer.pad_token_id] * (width - len(prompt)) + prompt for prompt in prompts])
        mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        found = model.generate(input_ids=ids, attention_mask=mask, eos_token_id=ends, **settings)[:, width:].tolist()
        return [row[: next((at for at, id in enumerate(row) if id in ends), len(row))] for row in found]

    said = generated([tokenizer.eos_token_id])
    often = Counter(row[place] for row in said for place in (2, 8, 14) if place < len(row)).most_common(2)
    ends = sorted({tokenizer.eos_token_id, *(id for id, _ in often)})
    wanted = generated(ends)
    assert len({len(row) for row in wanted}) > 1

    rows = []
    model.register_forward_pre_hook(lambda _, args, given: rows.append(len(given["input_ids"])), with_kwargs=True)
    model.generation_config.eos_token_id = ends
    found = written(model.eval(), one, more, lambda done: None)
    assert found == [tokenizer.decode(row, skip_special_tokens=True) for row in wanted]
    assert rows[0] == 8
    assert rows[-1] < 8


def test_a_reply_ends_where_the_context_of_its_model_does(runs):
    model, tokenizer = pretrained(Pretrained(str(runs / "first")))
    one = subject(str(runs / "first"), asked_of(data.dialogues(HELD, Counter()))[:2], BRIEF)
    longest = len(one.tokens[0].prompt) + 3
    found = written(model.eval(), one._replace(longest=longest, tokens=one.tokens[:1]), BRIEF, lambda done: None)
    assert len(data.answer_ids(tokenizer, found[0])) <= 3


# --- reports --------------------------------------------------------------------------------------


def test_a_report_has_a_row_for_each_model_and_the_base_first(report, runs):
    assert [row.model for row in report.rows] == [str(runs / name) for name in ("first", "second", "other")]
    assert report.dialogues == HELD.most
    assert sum(report.counts.values()) == len(report.replies) >= HELD.most
    for row in report.rows:
        assert set(row.figures) == {"all", "zh", "en"}
        for name, figure in row.figures["all"].items():
            assert figure.low <= figure.high, name
            assert figure.value >= 0
        f1 = [rouge1(words_of(one.said[row.model]), words_of(one.reference))[2] for one in report.replies]
        assert row.figures["all"]["rouge1_f"].value == pytest.approx(sum(f1) / len(f1))


def test_differences_are_those_of_the_figures_and_the_base_has_none(report):
    base, second, other = report.rows
    assert not base.differences
    for row in (second, other):
        for name, figure in row.differences["all"].items():
            assert figure.value == pytest.approx(row.figures["all"][name].value - base.figures["all"][name].value)
    assert second.differences["all"]["perplexity"].low < second.differences["all"]["perplexity"].high


def test_kl_is_there_where_the_base_has_the_same_tokens_and_a_note_where_not(report):
    base, second, other = report.rows
    assert "kl" not in base.figures["all"]
    assert second.figures["all"]["kl"].value > 0
    assert "kl" not in other.figures["all"]
    [note] = [note for note in report.notes if "no KL" in note]
    assert other.model in note
    assert "\n" not in note


def test_perplexity_and_bits_are_the_same_surprise(report, runs):
    tokenizer = load_tokenizer(Pretrained(str(runs / "first")))
    tokens = sum(len(data.answer_ids(tokenizer, one.reference)) + 1 for one in report.replies)
    characters = sum(len(one.reference) for one in report.replies)
    found = report.rows[0].figures["all"]
    assert math.log2(found["perplexity"].value) * tokens == pytest.approx(
        found["bits_per_character"].value * characters
    )


def test_an_interval_resamples_dialogues_not_replies():
    """Replies of one dialogue that are all alike count as one: with ten dialogues of one reply it is as wide."""
    asked = [chat_eval.Asked(f"{d}#{n}", str(d), "en", (), "x") for d in range(10) for n in range(20)]
    sums = chat_eval.np.zeros((200, 8))
    sums[:, 0] = sums[:, 5] = sums[:, 6] = 1
    sums[:100, 3] = 1  # five dialogues are all right
    wide = figures(asked, sums)["all"]["rouge1_f"]
    one_each = figures(asked[::20], sums[::20])["all"]["rouge1_f"]
    assert wide == one_each
    assert wide.low <= 0.2
    assert wide.high >= 0.8
    few = figures(asked[:180], sums[:180])["all"]["rouge1_f"]
    assert few.low is None
    assert few.value == pytest.approx(100 / 180)


def test_the_same_models_give_the_same_report(report, runs):
    again = evaluate([str(runs / "second"), str(runs / "other")], HELD, BRIEF, str(runs / "first"))
    assert msgspec.json.encode(again) == msgspec.json.encode(report)


def test_dialogues_that_a_run_or_the_one_before_it_was_trained_on_are_told(runs):
    seen = FromDialogues(SHIPPED, share=TRAINED, most=24)
    trained = {one.id for one in data.dialogues(seen, Counter())}
    assert chat_eval.trained_on(str(runs / "first"), HELD) == trained
    assert chat_eval.trained_on(str(runs / "second"), HELD) > trained
    assert chat_eval.trained_on(str(runs / "first/checkpoints/checkpoint-2"), HELD) == trained
    assert chat_eval.trained_on(str(runs / "first"), FromDialogues("other.jsonl")) == set()
    assert chat_eval.trained_on("org/model", HELD) == set()
    found = evaluate(
        [str(runs / "first")], msgspec.structs.replace(seen, most=3), msgspec.structs.replace(BRIEF, most=1)
    )
    assert "trained on 3 of these 3 dialogues" in found.notes[0]


def test_a_run_whose_recipe_cannot_be_read_is_measured_with_a_note(runs, tmp_path):
    import shutil

    shutil.copytree(runs / "first", tmp_path / "run")
    (tmp_path / "run/recipe.yaml").write_text("stage: sft\nname: 3\n")
    [note] = evaluate([str(tmp_path / "run")], HELD, msgspec.structs.replace(BRIEF, most=1)).notes
    assert "what it was trained on is not known" in note


# --- models that are otherwise --------------------------------------------------------------------


def test_a_checkpoint_is_a_model_like_any_other(runs, tmp_path):
    import shutil

    shutil.copytree(runs / "first/checkpoints/checkpoint-2", tmp_path / "checkpoint-2")
    load_tokenizer(Pretrained(str(runs / "first"))).save_pretrained(tmp_path / "checkpoint-2")
    found = evaluate([str(tmp_path / "checkpoint-2")], HELD, BRIEF, str(runs / "first"))
    assert found.rows[1].figures["all"]["kl"].value > 0


def test_adapters_read_as_much_as_the_model_they_are_for(runs, tmp_path):
    pytest.importorskip("peft")
    plan = stage(
        "lora", Pretrained(str(runs / "other/model")), FromDialogues(SHIPPED, most=4), lora=Lora(4, merge=False)
    )
    sft.train(plan, tmp_path / "lora")
    assert longest_of(Pretrained(str(tmp_path / "lora"))) == SMALL.context
    found = evaluate([str(tmp_path / "lora")], HELD, BRIEF, str(runs / "other"))
    assert found.rows[1].figures["all"]["kl"].value >= 0


def test_a_model_without_a_chat_template_gets_the_plain_one(runs, tmp_path):
    import shutil

    shutil.copytree(runs / "first/model", tmp_path / "bare")
    (tmp_path / "bare/chat_template.jinja").unlink()
    done = CliRunner().invoke(app, ["chat-eval", str(tmp_path / "bare"), "--most", "2", "--max-new-tokens", "2"])
    assert done.exit_code == 0, done.exception
    assert "has no chat template; a plain one was used" in done.stderr


def test_what_does_not_fit_into_a_context_is_left_out_for_all_models_and_counted(runs):
    asked = asked_of(data.dialogues(HELD, Counter()))
    one, other = (subject(str(runs / name), asked, BRIEF) for name in ("first", "other"))
    counts, tight = Counter(), sorted(sum(map(len, tokens)) for tokens in other.tokens)[5]
    both = [[sum(map(len, tokens)) for tokens in each.tokens] for each in (one, other)]
    kept = fitting("replies", [one, other._replace(longest=tight)], both, counts)
    assert [place for place, tokens in enumerate(other.tokens) if sum(map(len, tokens)) <= tight] == kept
    assert counts == {f"replies longer than the context of {other.path} ({tight:,} tokens)": len(asked) - len(kept)}
    with pytest.raises(UiebenchError, match="no replies fit into the context of"):
        fitting("replies", [one._replace(longest=2)], both[:1], Counter())


def test_a_model_whose_weights_are_no_numbers_is_one_line(runs):
    model, _ = pretrained(Pretrained(str(runs / "first")))
    torch.nn.init.constant_(model.model.layers[0].mlp.down_proj.weight, math.nan)
    one = subject(str(runs / "first"), asked_of(data.dialogues(HELD, Counter()))[:2], BRIEF)
    with pytest.raises(TrainingError, match="the likelihood of a reply is no number"):
        likelihoods(model, None, one, 2, lambda done: None)


# --- multiple choice ------------------------------------------------------------------------------

QUESTIONS = """id,question,A,B,C,D,answer
0,三角形的内角和是多少度？,90,180,270,360,B
1,"Which of these is a fruit, not a tool?",hammer,saw,pear,drill,C
2,水在标准大气压下多少摄氏度沸腾？,0,50,80,100,D
"""


def test_questions_are_read_from_csv_json_lines_and_folders(tmp_path):
    (tmp_path / "a.csv").write_text("\ufeff" + QUESTIONS, encoding="utf-8")
    found = choices.read_choices(tmp_path / "a.csv")
    assert [one.answer for one in found] == ["B", "C", "D"]
    assert found[1].question == "Which of these is a fruit, not a tool?"
    rows = [
        {"question": one.question, **dict(zip("ABCD", one.options, strict=True)), "answer": one.answer} for one in found
    ]
    (tmp_path / "b.jsonl").write_text("\n".join(map(json.dumps, rows)))
    again = choices.read_choices(tmp_path / "b.jsonl")
    assert [(one.question, one.options, one.answer) for one in again] == [
        (one.question, one.options, one.answer) for one in found
    ]
    assert choices.read_choices(tmp_path) == [*found, *again]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,question,A,B,C,answer\n", "a header with D"),
        ("question,A,B,C,D,answer\n", "no questions in it"),
        ("", "a header with question"),
        ("question,A,B,C,D,answer\n" + "q" * 200_000 + ",1,2,3,4,A\n", "cannot be read as CSV"),
        ("question,A,B,C,D,answer\nq,1,2,3,4,E\n", "one of A, B, C, D as the answer"),
        ("question,A,B,C,D,answer\nq,1,2,3,4,\n", "a test set without answers"),
        ("question,A,B,C,D,answer\nq,1,2\n", "a question with"),
    ],
)
def test_a_file_that_holds_no_questions_is_one_line(tmp_path, text, told):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UiebenchError, match=told) as error:
        choices.read_choices(tmp_path / "a.csv")
    assert "\n" not in str(error.value)


def test_the_likeliest_letter_is_that_of_the_prompt_alone_whatever_the_batch(runs, tmp_path):
    (tmp_path / "a.csv").write_text(QUESTIONS, encoding="utf-8")
    found = choices.read_choices(tmp_path / "a.csv")
    model, tokenizer = pretrained(Pretrained(str(runs / "first")))
    one = subject(str(runs / "first"), [], BRIEF, found)
    letters = chat_eval.letters_of(model.eval(), one, 3, lambda done: None)
    for choice, letter in zip(found, letters, strict=True):
        ids = data.prompt_ids(tokenizer, [choices.asked(choice, chinese=language_of(choice.question) == "zh")])
        with torch.no_grad():
            said = model(input_ids=torch.tensor([ids])).logits[0, -1]
        assert letter == max("ABCD", key=lambda one: float(said[data.answer_ids(tokenizer, one)[0]]))


def test_a_report_has_the_share_of_right_answers(runs, tmp_path):
    header, *rows = QUESTIONS.splitlines(keepends=True)
    (tmp_path / "a.csv").write_text(header + "".join(rows) * 4, encoding="utf-8")
    brief = msgspec.structs.replace(HELD, most=2)
    told = evaluate([str(runs / "second")], brief, BRIEF, str(runs / "first"), questions_in=tmp_path / "a.csv")
    assert told.data[str(tmp_path / "a.csv")] == sha256_file(tmp_path / "a.csv")
    for row in told.rows:
        right = sum(one.said[row.model] == one.answer for one in told.questions)
        assert row.accuracy.value == pytest.approx(right / 12)
    base, second = told.rows
    assert base.accuracy_difference is None
    assert second.accuracy_difference.value == pytest.approx(second.accuracy.value - base.accuracy.value)
    done = CliRunner().invoke(
        app,
        [
            "chat-eval",
            str(runs / "first"),
            "--choices",
            str(tmp_path / "a.csv"),
            "--most",
            "1",
            "--max-new-tokens",
            "1",
        ],
    )
    assert done.exit_code == 0, done.exception
    assert "Multiple choice: 12 questions" in done.stdout


# --- at the terminal ------------------------------------------------------------------------------


def test_the_command_prints_tables_and_writes_every_reply(runs, tmp_path):
    out = tmp_path / "chat.json"
    asked = ["chat-eval", str(runs / "second"), "--base", str(runs / "first"), "--most", "12", "--max-new-tokens", "8"]
    done = CliRunner().invoke(app, [*asked, "--out", str(out)])
    assert done.exit_code == 0, done.exception
    assert "Differences to" in done.stdout
    assert "of 12 dialogues of uiebench" in done.stdout
    found = json.loads(out.read_bytes())
    assert {row["model"] for row in found["rows"]} == {str(runs / "first"), str(runs / "second")}
    assert found["data"] == {SHIPPED: sha256_file(file_of(SHIPPED))}
    assert all(set(reply["said"]) == {row["model"] for row in found["rows"]} for reply in found["replies"])
    shown = CliRunner().invoke(app, [*asked, "--json"])
    assert json.loads(shown.stdout) == {
        key: value for key, value in found.items() if key not in ("replies", "questions")
    }


def test_other_formats_are_read(runs, tmp_path):
    path = tmp_path / "talk.jsonl"
    path.write_text(
        '{"conversations": [{"from": "human", "value": "你好"}, {"from": "gpt", "value": "你好！"}]}\n'
        '{"instruction": "Say hello", "output": "Hello!"}\n'
    )
    done = CliRunner().invoke(app, ["chat-eval", str(runs / "first"), "--data", str(path), "--max-new-tokens", "2"])
    assert done.exit_code == 0, done.exception
    assert "2 replies (1 en, 1 zh) of 2 dialogues" in done.stdout


@pytest.mark.parametrize(
    ("written_", "more", "kind", "told"),
    [
        ("", [], SourceError, "no dialogues in it"),
        ('{"instruction": "a", "output": "b"}', ["--skip", "1"], RecipeError, "no held-out dialogues in it"),
        ('{"instruction": "a", "output": ""}', [], RecipeError, "no held-out dialogues in it"),
        ('{"instruction": "a", "output": "b"}', ["--rouge", "words"], RecipeError, "not one of characters, jieba"),
        ('{"instruction": "a", "output": "b"}', ["--base", "EMPTY"], RecipeError, "no model in this folder"),
    ],
)
def test_bad_input_is_one_line(runs, tmp_path, written_, more, kind, told):
    path = tmp_path / "a.jsonl"
    path.write_text(written_)
    (tmp_path / "empty").mkdir()
    more = [str(tmp_path / "empty") if one == "EMPTY" else one for one in more]
    done = CliRunner().invoke(app, ["chat-eval", str(runs / "first"), "--data", str(path), *more])
    assert isinstance(done.exception, kind), done.exception
    assert told in str(done.exception)
    assert "\n" not in str(done.exception)
