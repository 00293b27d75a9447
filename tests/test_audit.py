"""The contamination audit: what counts as the same text, that no pair is lost, what policies do, the command line."""

import gzip
import json
import os
import re
import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uiebench.build import pipeline
from uiebench.build.audit import Comparison, Texts, audit, benchmark_texts, file_texts
from uiebench.build.conflicts import Annotated
from uiebench.build.inside import Pieces, occurrences
from uiebench.build.keys import key_of, keys_of, numbered
from uiebench.build.neardup import near, near_by_brute_force, near_pairs
from uiebench.build.parts import read_manifest
from uiebench.errors import MalformedInput, SourceError, UiebenchError
from uiebench.recipe import BuildRecipe
from uiebench.storage import read_parquet, write_parquet
from uiebench.types import Document, Entity, Instruction, Label, Schema

RECIPE = BuildRecipe(name="small", held_in=("resume", "weibo", "duie1", "fewfc"), samples=True)
LONG = "那位年过七旬的老木匠每天清晨都要到河对岸的集市上去卖他新做的小板凳"
OTHER = "the harbour master wrote every arrival of a grain ship into a ledger bound in green cloth"
odd_text = st.text(
    st.sampled_from("aAbＢé́e ß…½ﬀ㎏가ᄀ\u1161ﾊﾞ叒。！，. \n\t\u200bİ+＋٣𝟛龍") | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)
few_letters = st.lists(st.text("abc", min_size=0, max_size=14), max_size=25)


def side(name, which, texts, gold=None):
    return Texts(name, which, [f"{name}/{i}" for i in range(len(texts))], texts, gold)


def compare(train, test, **options):
    return audit([side("a/train", "train", train), side("b/test", "test", test)], **options)


def kinds(found, name="b/test"):
    return {int(id.rsplit("/")[-1]): kinds for id, kinds in found.contaminated.get(name, {}).items()}


# --- keys -----------------------------------------------------------------------------------------


def test_case_width_space_and_punctuation_do_not_count():
    assert key_of("Ｂ型 肝炎（慢性）。\n") == key_of("b型肝炎, 慢性") == "b型肝炎慢性"
    assert key_of("C + +") != key_of("C")


@given(st.lists(odd_text, max_size=8))
def test_keys_of_many_texts_are_the_keys_of_each(texts):
    keys = keys_of(texts)
    assert [keys.text(i) for i in range(len(texts))] == [key_of(text) for text in texts]


@given(odd_text)
def test_a_key_holds_no_space_and_no_punctuation(text):
    assert not any(unicodedata.category(c)[0] in "ZPC" for c in key_of(text))


def test_sentences_begin_after_their_ends_and_never_within_a_number():
    texts = ["一天。两天！3.5 days. Then", "。。", "no end"]
    keys = keys_of(texts)
    joined = keys.codes.tobytes().decode("utf-32-le")
    bounds = [*keys.sentences.tolist(), len(joined)]
    assert [joined[a:b] for a, b in pairwise(bounds)] == [
        "一天",
        "两天",
        "35days",
        "then",
        "noend",
    ]


@given(st.lists(odd_text, max_size=12))
def test_equal_keys_and_no_others_share_a_number(texts):
    keys = keys_of(texts)
    numbers, firsts = numbered(keys.codes, keys.starts[:-1], keys.lengths)
    plain = [key_of(text) for text in texts]
    assert [plain[firsts[n]] for n in numbers] == plain
    assert len(firsts) == len(set(plain))
    taken = keys.take(firsts)
    assert [taken.text(i) for i in range(len(firsts))] == list(dict.fromkeys(plain))


# --- near duplicates ------------------------------------------------------------------------------


def shingles(text):
    return {text[i : i + 3] for i in range(len(text) - 2)}


@given(few_letters, st.integers(0, 2**25 - 1), st.integers(0, 2**25 - 1), st.integers(1, 3))
def test_join_finds_exactly_the_pairs_that_brute_force_finds(texts, left, right, jobs):
    texts = sorted(set(texts))
    evaluated = np.array([left >> i & 1 for i in range(len(texts))], bool)
    trained = np.array([right >> i & 1 for i in range(len(texts))], bool)
    found = near_pairs(keys_of(texts), evaluated, trained, jobs=jobs)
    pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    wanted = []
    for i, one in enumerate(texts):
        for j, other in enumerate(texts):
            a, b = shingles(one), shingles(other)
            if i != j and evaluated[i] and trained[j] and a | b and near(len(a & b), len(a | b)):
                wanted.append((i, j))
                assert found.shared[pairs.index((i, j))] == len(a & b)
                assert found.union[pairs.index((i, j))] == len(a | b)
    assert pairs == wanted
    chosen = np.flatnonzero(evaluated)
    assert near_by_brute_force(keys_of(texts), chosen, trained) == set(wanted)


@given(few_letters, st.integers(0, 2**25 - 1), st.integers(0, 2**50 - 1))
def test_with_groups_no_text_and_no_group_is_lost(texts, left, labels):
    texts = sorted(set(texts))
    evaluated = np.array([left >> i & 1 for i in range(len(texts))], bool)
    trained = np.ones(len(texts), bool)
    groups = np.array([labels >> 2 * i & 3 for i in range(len(texts))], np.int64)
    every = near_pairs(keys_of(texts), evaluated, trained)
    enough = near_pairs(keys_of(texts), evaluated, trained, groups=groups)
    assert set(enough.right.tolist()) == set(every.right.tolist())
    meetings = [set(zip(p.left.tolist(), groups[p.right].tolist(), strict=True)) for p in (every, enough)]
    assert meetings[0] == meetings[1]
    pairs = [set(zip(p.left.tolist(), p.right.tolist(), p.shared.tolist(), strict=True)) for p in (enough, every)]
    assert pairs[0] <= pairs[1]


def test_texts_of_one_template_are_all_found_through_few_pairs():
    texts = [f"{LONG}{i % 40}岁那年{i // 40}月他第一次出门远行，{LONG[::-1]}" for i in range(400)]
    keys, half = keys_of(texts), np.arange(400) % 2 == 0
    found = near_pairs(keys, half, ~half, groups=np.zeros(400, np.int64))
    assert (len(set(found.left)), len(set(found.right))) == (200, 200)
    assert len(found.left) <= 400


@given(few_letters)
def test_near_is_symmetric(texts):
    texts = sorted(set(texts))
    everything = np.ones(len(texts), bool)
    found = near_pairs(keys_of(texts), everything, everything)
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == {(right, left) for left, right in pairs}


def invented(count):
    """Sentences of invented words, each with copies at every distance, some of them long."""
    words = [f"{a}{b}{c}" for a in "ptkbdgmn" for b in "aeiou" for c in ("r", "sh", "l", "nd", "ck")]
    made = []
    for n in range(count):
        size = 400 if n % 40 == 0 else 12
        base = [words[(n * 31 + i * i * (n % 7 + 1) + i * 17) % len(words)] for i in range(size)]
        made.append(" ".join(base))
        for changes in range(1, 5):
            edited = list(base)
            for k in range(changes * size // 12):
                edited[(k * 5 + n) % size] = words[(n + k * 3 + 11) % len(words)]
            made.append(" ".join(edited))
    return sorted({key_of(text): text for text in made}.values())


def test_join_equals_brute_force_on_texts_of_all_lengths_around_the_threshold():
    texts = invented(160)
    keys, everything = keys_of(texts), np.ones(len(texts), bool)
    found = near_pairs(keys, everything, everything, jobs=2)
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == near_by_brute_force(keys, np.arange(len(texts)), everything)
    similarity = found.shared / found.union
    assert len(pairs) > 200
    assert similarity.min() < 0.82
    assert (keys.lengths[found.left] > 1000).any()


def test_more_characters_than_fit_the_order_still_give_the_right_pairs():
    many = "".join(chr(c) for c in range(0x4E00, 0x9F00)) + "".join(chr(c) for c in range(0x20000, 0x2A000))
    texts = [LONG, LONG[:-1] + "子", many]
    found = near_pairs(keys_of(texts), np.ones(3, bool), np.ones(3, bool))
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 1), (1, 0)]


# --- containment ----------------------------------------------------------------------------------


@given(st.lists(st.text("ab", min_size=1, max_size=60), min_size=1, max_size=6), st.integers(1, 2))
def test_every_occurrence_of_a_piece_is_found(texts, jobs):
    keys = keys_of(texts)
    stretches = [
        (int(start), length)
        for start, size in zip(keys.starts[:-1], keys.lengths, strict=True)
        for length in (20, 27, size)
        if 20 <= length <= size
    ]
    pieces = Pieces(np.array([s for s, _ in stretches], np.int64), np.array([n for _, n in stretches], np.int64))
    found = occurrences(keys, pieces, lambda piece, host: np.ones(len(piece), bool), jobs=jobs)
    joined = "".join(texts)
    wanted = [
        (number, host, int(keys.starts[host]) + place)
        for number, (start, length) in enumerate(stretches)
        for host, text in enumerate(texts)
        for place in range(len(text) - length + 1)
        if text.startswith(joined[start : start + length], place)
    ]
    assert list(zip(found.piece.tolist(), found.host.tolist(), found.place.tolist(), strict=True)) == wanted


# --- the audit ------------------------------------------------------------------------------------


def test_planted_hits_are_found_under_their_kinds():
    near_copy = OTHER.replace("green", "brown")
    train = [LONG + "。", OTHER, "前文如下。" + "今年的春天来得比往年都要早一些桃花已经开遍了山坡" + "！后文也有。"]
    test = [
        f" {LONG}！",
        near_copy,
        "今年的春天来得比往年都要早一些，桃花已经开遍了山坡",
        "渡口的船夫说这条河里从来没有过这么大的鱼",
    ]
    found = compare(train, test, quote=10)
    assert kinds(found) == {0: ("exact",), 1: ("near",), 2: ("contained",)}
    (pair,) = found.pairs
    assert (pair.exact, pair.near, pair.contained, pair.partial, pair.hit, pair.share) == (1, 1, 1, 0, 3, 0.75)
    assert [(e.kind, e.evaluation, e.source) for e in pair.examples] == [
        ("exact", "b/test/0", "a/train/0"),
        ("near", "b/test/1", "a/train/1"),
        ("contained", "b/test/2", "a/train/2"),
    ]
    assert pair.examples[0].evaluation_text == LONG[:9] + "…"
    assert found.found_in["b/test"]["b/test/1"] == ("a/train",)


def test_half_of_a_document_in_training_texts_is_partial_and_less_is_some():
    own = "这一句话只在评测文本里出现而训练文本里没有它的任何一部分"
    inside = [f"{own}。{LONG}。", f"{own}。{own[::-1]}。{LONG}。"]
    found = compare([LONG], inside)
    assert kinds(found) == {0: ("partial",)}
    (pair,) = found.pairs
    assert (pair.partial, pair.some) == (1, 1)
    shared = compare([f"{OTHER}. {LONG}。"], inside)  # a sentence of a training text, not the whole of one
    assert kinds(shared) == {0: ("partial",)}


def test_overlapping_passages_are_counted_once():
    own = "".join(chr(0x5000 + 7 * i) for i in range(60))
    document = LONG + own
    found = compare([LONG, LONG[:25], LONG[5:]], [document])
    assert kinds(found) == {}
    (pair,) = found.pairs
    assert pair.some == 1
    assert pair.examples == ()


def test_short_texts_are_told_apart():
    found = compare(["本报讯", LONG], ["本报讯。", "本 报 讯", LONG])
    (pair,) = found.pairs
    assert (pair.exact, pair.short, pair.hit) == (1, 2, 1)
    assert kinds(found) == {2: ("exact",)}


def test_texts_of_punctuation_alone_are_equal_to_nothing():
    assert compare(["-----", ""], ["。。。", "", "-----"]).pairs == ()


def test_dev_is_compared_with_test_and_is_no_training_data():
    found = audit([side("a/dev", "dev", [LONG]), side("a/test", "test", [LONG]), side("b/dev", "dev", [LONG])])
    assert {(pair.source, pair.evaluation) for pair in found.pairs} == {("a/dev", "a/test"), ("b/dev", "a/test")}
    assert found.contaminated == {}


def test_the_same_result_in_any_number_of_threads_and_with_any_order_of_texts():
    texts = invented(60)
    train, test = texts[::2], texts[1::2]
    once = compare(train, test, jobs=1)
    assert once.pairs
    assert compare(train, test, jobs=3) == once
    turned = compare(train[::-1], test)
    assert kinds(turned) == kinds(once)
    assert [(p.hit, p.some) for p in turned.pairs] == [(p.hit, p.some) for p in once.pairs]


def test_recall_is_measured_against_brute_force():
    texts = invented(60)
    compared = Comparison([side("a/train", "train", texts[::2]), side("b/test", "test", texts[1::2])])
    found, there = compared.recall(100)
    assert found == there > 20


@given(st.lists(st.text("ab. ", max_size=40), max_size=6), st.lists(st.text("ab. ", max_size=40), max_size=6))
def test_nothing_is_contaminated_after_the_train_documents_concerned_are_dropped(train, test):
    sides = [side("a/train", "train", train), side("b/test", "test", test)]
    done = audit(sides, drop=True)
    dropped = done.dropped.get("a/train", {})
    left = [text for id, text in zip(sides[0].ids, train, strict=True) if id not in dropped]
    again = audit([side("a/train", "train", left), sides[1]])
    assert again.contaminated == done.contaminated
    assert {kind for found in kinds(again).values() for kind in found} <= {"partial"}
    if not dropped:
        assert all(pair.hit == pair.partial for pair in done.pairs)


# --- conflicting annotations ----------------------------------------------------------------------

PERSON = Schema(entities=(Label("PER", "人物", "person"), Label("JOB", "职业", "occupation")))
OTHER_PERSON = Schema(entities=(Label("nr", "人名", "person"), Label("nt", "机构", "organization")))


def gold(folder, name, schema, documents, tasks=("NER",)):
    numbered = [Document(f"{name}/{i}", text, entities) for i, (text, entities) in enumerate(documents)]
    path = folder / f"{name}.parquet"
    write_parquet(path, Document, numbered)
    split = Annotated(name, path, tasks, schema)
    return Texts(name, "train", [d.id for d in numbered], [d.text for d in numbered], split)


def person(text, type, start=4):
    return (Entity(text, start, start + len(text), type),)


def test_the_same_text_annotated_differently_is_a_conflict(tmp_path):
    one = gold(tmp_path, "a/train", PERSON, [(LONG, person("七旬", "PER")), (LONG + "。", ()), (OTHER, ())])
    (found,) = audit([one]).conflicts
    assert (found.left, found.right, found.kind, found.texts, found.differing) == (
        "a/train",
        "a/train",
        "entities",
        1,
        1,
    )
    (example,) = found.examples
    assert (example.left, example.right, example.only_left) == ("a/train/0", "a/train/1", ("PER", "七旬"))


def test_between_corpora_only_shared_concepts_are_compared(tmp_path):
    same = person("七旬", "PER") + person("老木匠", "JOB", 7)
    one = gold(tmp_path, "a/train", PERSON, [(LONG, same), (OTHER, ())])
    two = gold(tmp_path, "b/train", OTHER_PERSON, [(LONG, person("七旬", "nr")), (OTHER, person("master", "nr", 12))])
    (found,) = audit([one, two]).conflicts
    assert (found.texts, found.differing) == (2, 1)
    assert found.examples[0].only_right == ("person", "master")


def test_spacing_of_a_text_makes_no_conflict(tmp_path):
    spaced = "那位 " + LONG[2:]
    one = gold(tmp_path, "a/train", PERSON, [(LONG, person("七旬", "PER")), (spaced, person("七旬", "PER", 5))])
    assert audit([one]).conflicts == ()


def test_corpora_without_a_common_task_do_not_contradict_each_other(tmp_path):
    one = gold(tmp_path, "a/train", PERSON, [(LONG, person("七旬", "PER"))])
    two = gold(tmp_path, "b/train", PERSON, [(LONG, ())], tasks=("RE",))
    assert audit([one, two]).conflicts == ()


# --- policies -------------------------------------------------------------------------------------


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def build(tmp_path, policy="off", name="out", **options):
    recipe = msgspec.structs.replace(RECIPE, contamination=policy)
    return pipeline.build(recipe, raw=tmp_path, out=tmp_path / name, **options)


def samples_overlap(monkeypatch, corpus="resume"):
    """Let the test split of a sample be read from its training file too: every text of it is contaminated."""
    from uiebench import catalogue

    known = catalogue.load(corpus)
    files = next(split for split in known.splits if split.name == "train").files
    splits = tuple(
        msgspec.structs.replace(split, files=files) if split.name == "test" else split for split in known.splits
    )
    changed = msgspec.structs.replace(known, splits=splits)
    load = catalogue.load
    monkeypatch.setattr(catalogue, "load", lambda name: changed if name == corpus else load(name))


def test_a_build_compares_nothing_unless_asked(tmp_path):
    assert not (build(tmp_path).out / "audit.json").exists()


def test_report_writes_what_was_found_and_changes_no_instruction(tmp_path, monkeypatch):
    samples_overlap(monkeypatch)
    plain, told = build(tmp_path, name="plain"), build(tmp_path, "report")
    found = json.loads((told.out / "audit.json").read_text())
    assert {"exact"} <= {kind for kinds in found["contaminated"]["resume/test"].values() for kind in kinds}
    assert "audit.json" in read_manifest(told.out).files
    assert "## Contamination" in (told.out / "README.md").read_text()
    for path, data in contents(plain.out / "instructions").items():
        assert (told.out / "instructions" / path).read_bytes() == data


def test_drop_train_leaves_the_documents_out_of_the_instructions_only(tmp_path, monkeypatch):
    samples_overlap(monkeypatch)
    plain, done = build(tmp_path, name="plain"), build(tmp_path, "drop-train")
    found = json.loads((done.out / "audit.json").read_text())
    dropped = found["dropped"]["resume/train"]
    assert dropped
    assert set(dropped.values()) <= {"exact", "near", "contained", "inside"}
    assert "resume/test" not in found["contaminated"]

    def documents(built):
        return [i.document for i in read_parquet(built.out / "instructions/train/resume.parquet", Instruction)]

    assert documents(done)
    assert set(documents(done)) <= set(documents(plain)) - set(dropped)
    lines = (done.out / "instructions/train/resume.jsonl").read_text().splitlines()
    assert [json.loads(line)["document"] for line in lines] == documents(done)
    layer = "corpora/resume/train.parquet"
    assert (done.out / layer).read_bytes() == (plain.out / layer).read_bytes()
    assert "give no instructions" in (done.out / "README.md").read_text()


def test_fail_names_the_largest_overlap(tmp_path, monkeypatch):
    samples_overlap(monkeypatch)
    with pytest.raises(UiebenchError, match=r"of resume/test in resume/train") as raised:
        build(tmp_path, "fail")
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_dropping_breaks_no_reuse_and_can_be_taken_back(tmp_path, monkeypatch):
    samples_overlap(monkeypatch)
    plain = contents(build(tmp_path, name="plain").out)
    first = build(tmp_path, "drop-train")
    kept = contents(first.out)
    again = build(tmp_path, "drop-train")
    assert again.reused == len(again.parts) + len(again.prompts)
    assert contents(again.out) == kept
    undone = build(tmp_path)
    assert undone.reused == len(undone.parts) + len(undone.prompts) - 1  # all but the prompts that had less
    assert contents(undone.out) == plain


@pytest.mark.parametrize("moment", range(7))
def test_a_build_killed_while_dropping_ends_in_the_same_bytes(tmp_path, monkeypatch, moment):
    samples_overlap(monkeypatch)
    wanted = contents(build(tmp_path, "drop-train", name="wanted").out)
    build(tmp_path)
    replace, calls = Path.replace, []

    def dying(path, target):
        calls.append(target)
        if len(calls) > moment:
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path, "drop-train")
    done = build(tmp_path, "drop-train")
    assert contents(done.out) == wanted


def test_held_out_corpora_are_evaluated_on_and_not_trained_on(tmp_path):
    recipe = BuildRecipe(name="zero", held_in=("resume",), held_out={"zh-ner": ("boson", "weibo")}, samples=True)
    built = pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")
    sides = {split.name: split.side for split in benchmark_texts(built.out)}
    assert sides["boson/train"] == "test"  # its only split
    assert "weibo/train" not in sides
    assert sides["resume/train"] == "train"


def test_texts_that_few_shot_sets_are_taken_from_are_compared_and_not_called_training(tmp_path, monkeypatch):
    samples_overlap(monkeypatch, "weibo")
    held_out = {"zh-ner": ("weibo",)}
    recipe = BuildRecipe("shots", held_in=("resume",), held_out=held_out, few_shot=(1, 9), samples=True)
    trees, audits = {}, {}
    for policy in ("report", "drop-train"):
        asked = msgspec.structs.replace(recipe, contamination=policy)
        trees[policy] = pipeline.build(asked, raw=tmp_path, out=tmp_path / policy).out
        audits[policy] = json.loads((trees[policy] / "audit.json").read_text())
    sides = {split.name: split.side for split in benchmark_texts(trees["report"])}
    assert (sides["weibo/train"], sides["weibo/test"]) == ("shots", "test")
    found = {(pair["source"], pair["evaluation"]): pair for pair in audits["report"]["pairs"]}
    assert found["weibo/train", "weibo/test"]["exact"] > 0
    assert "weibo/test" not in audits["report"]["contaminated"]  # tested without examples, a model saw none of them

    def shown(policy):
        path = trees[policy] / "instructions/fewshot_9/weibo.parquet"
        return {row.document for row in read_parquet(path, Instruction)}

    gone = set(audits["drop-train"]["dropped"]["weibo/train"])
    assert shown("report") & gone
    assert not shown("drop-train") & gone
    evaluated = {key_of(d.text) for d in read_parquet(trees["report"] / "corpora/weibo/test.parquet", Document)}
    documents = list(read_parquet(trees["report"] / "corpora/weibo/train.parquet", Document))
    assert all(
        key_of(d.text) not in evaluated for d in documents if d.id in shown("drop-train") and len(key_of(d.text)) >= 20
    )
    with pytest.raises(UiebenchError, match=r"of weibo/test in weibo/train"):
        pipeline.build(msgspec.structs.replace(recipe, contamination="fail"), raw=tmp_path, out=tmp_path / "fail")


# --- the command line -----------------------------------------------------------------------------


def run(*arguments, seed="0"):
    return subprocess.run(
        [sys.executable, "-m", "uiebench", "audit", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": seed, "NO_COLOR": "1", "TERM": "dumb"},
        timeout=120,
    )


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audited")
    return pipeline.build(RECIPE, raw=folder, out=folder / "out").out


@pytest.fixture(scope="module")
def evaluation(benchmark):
    documents = list(read_parquet(benchmark / "corpora" / "resume" / "test.parquet", Document))
    return next(d for d in documents if len(key_of(d.text)) >= 20)


def test_own_training_file_is_compared_with_every_evaluation_text(benchmark, evaluation, tmp_path):
    own = tmp_path / "own.jsonl"
    rows = [{"text": f"请抽取实体：{evaluation.text}"}, {"text": evaluation.text.upper()}, {"text": "别的"}]
    own.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    done = run("--benchmark", benchmark, "--against", own, "--json", "--examples", 1)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["contaminated"] == {"resume/test": {evaluation.id: ["exact"]}}
    assert found["pairs"][0]["examples"][0]["source"] == "own.jsonl:2"


def test_fields_of_any_depth_are_read(benchmark, evaluation, tmp_path):
    own = tmp_path / "chat.jsonl"
    own.write_text(
        json.dumps({"messages": [{"role": "user", "content": f"抽取：{evaluation.text}"}]}), encoding="utf-8"
    )
    done = run("--benchmark", benchmark, "--against", own, "--field", "messages", "--json")
    assert json.loads(done.stdout)["contaminated"] == {"resume/test": {evaluation.id: ["contained"]}}


def test_same_bytes_under_another_hash_seed_and_job_count(benchmark, tmp_path):
    one = run("--benchmark", benchmark, "--out", tmp_path / "one.json", "--jobs", 1, "--examples", 2, seed="1")
    two = run("--benchmark", benchmark, "--out", tmp_path / "two.json", "--jobs", 3, "--examples", 2, seed="2")
    assert one.returncode == two.returncode == 0, one.stderr
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert json.loads((tmp_path / "one.json").read_text())["splits"]


def test_table_markdown_and_recall(benchmark):
    shown = run("--benchmark", benchmark, "--markdown", "--check-recall", 5)
    assert shown.returncode == 0, shown.stderr
    assert "| training texts |" in shown.stdout
    assert re.search(r"recall: \d+ of the \d+ near pairs", shown.stderr)
    assert run("--benchmark", benchmark).stdout.startswith("Evaluation texts in training texts")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "empty"),
        ('{"instruction": "a"}\n', "--field"),
        ('{"text": "a"}\n{"text": \n', ":2: found"),
        ("[1, 2]\n", "a JSON object on each line, no array"),
        ('[\n{"text": "a"}\n]\n', "a JSON object on each line, no array"),
        ('{"text": 5}\n{"text": null}\n', "no row holds text in 'text'"),
        (gzip.compress(b'{"text": "a"}\n', mtime=0), "packed with gzip"),
        ('{"text": "a"}\n'.encode("utf-16"), "in UTF-16"),
        (b"PAR1....PAR1", "a Parquet file"),
    ],
)
def test_faults_of_an_own_file_are_one_line(tmp_path, content, told):
    own = tmp_path / "own.jsonl"
    own.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises((SourceError, MalformedInput)) as raised:
        file_texts(own)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_strings_are_read_however_deep_they_stand(tmp_path):
    own = tmp_path / "own.jsonl"
    own.write_text('{"text": ["a", ' + "[" * 900 + '"b"' + "]" * 900 + ', {"x": "c", "y": [1, "d"]}]}\n')
    assert file_texts(own).texts == ["a\nb\nc\nd"]


def test_rows_without_text_are_counted_and_told(benchmark, tmp_path):
    own = tmp_path / "own.jsonl"
    own.write_text('{"text": "a"}\n{"text": null}\n{"text": ""}\n')
    assert file_texts(own).silent == 2
    told = run("--benchmark", benchmark, "--against", own)
    assert told.returncode == 0
    assert "own.jsonl: 2 of 3 rows hold no text in 'text'" in told.stderr


def test_faults_at_the_terminal_are_one_line_and_exit_code_1(benchmark, tmp_path):
    nothing = run("--benchmark", tmp_path / "none")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert re.fullmatch(r"error: .*no complete benchmark.*\n", nothing.stderr)
    missing = run("--benchmark", benchmark, "--against", tmp_path / "none.jsonl")
    assert missing.returncode == 1
    assert re.fullmatch(r"error: .*none.jsonl: cannot be read.*\n", missing.stderr)


def test_damaged_parquet_is_named(tmp_path):
    built = build(tmp_path)
    path = built.out / "corpora" / "resume" / "test.parquet"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(SourceError, match=r"resume/test\.parquet: not as it was built"):
        benchmark_texts(built.out)


def test_an_audit_of_less_than_the_benchmark_is_refused(tmp_path):
    built = build(tmp_path)
    test, layer = built.out / "corpora/weibo/test.parquet", built.out / "corpora/weibo"
    documents = list(read_parquet(test, Document))
    write_parquet(test, Document, documents[1:])
    with pytest.raises(SourceError, match=r"weibo/test\.parquet: not as it was built"):
        benchmark_texts(built.out)
    layer.rename(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match=r"corpora/weibo/corpus\.json: missing"):
        benchmark_texts(built.out)


# --- the original files ---------------------------------------------------------------------------


def test_known_overlaps_of_the_real_corpora_are_found(tmp_path):
    from conftest import raw_folder

    raw = raw_folder()
    if raw is None or not (raw / "weibo").is_dir() or not (raw / "ecommerce").is_dir():
        pytest.skip("no original files here")
    recipe = BuildRecipe(name="real", held_in=("weibo", "ecommerce"), instructions=False)
    found = audit(benchmark_texts(pipeline.build(recipe, raw=raw, out=tmp_path / "out").out))
    pairs = {(pair.source, pair.evaluation): pair for pair in found.pairs}
    weibo = pairs["weibo/train", "weibo/test"]
    assert weibo.exact + weibo.short >= 38
    shop = pairs["ecommerce/train", "ecommerce/test"]
    assert shop.exact + shop.short == 463
