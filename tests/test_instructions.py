"""The instruction layer of a benchmark: what recipes ask for is in its folders, and scores do not see the windows."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench import catalogue, confusion
from uiebench.build import pipeline
from uiebench.build.audit import Audit
from uiebench.build.parts import receipt
from uiebench.cli import app
from uiebench.errors import RecipeError, UiebenchError
from uiebench.instruct.target import Names, decode
from uiebench.instruct.windows import labels_of
from uiebench.recipe import BuildRecipe, Prompts, Windows
from uiebench.score import Benchmark, score
from uiebench.storage import read_parquet, write_json
from uiebench.types import Document, Instruction

CORPORA = ("resume", "cluener", "duie2", "duee1", "ace05", "conll04", "leven")
ROOMY = Windows(size={"NER": 3, "RE": 3, "EE": 2}, confusable=3, others=2, empty=None, neighbours="any")


def recipe(**fields):
    """A recipe of a few corpora with samples."""
    return BuildRecipe(**({"name": "few", "held_in": CORPORA, "samples": True, "windows": ROOMY} | fields))


def built(folder, **fields):
    """Build it into a folder."""
    pipeline.build(recipe(**fields), raw=folder, out=folder / "out")
    return folder / "out"


def prompts(out, folder):
    """The instructions of a folder, by corpus."""
    return {
        path.stem: list(read_parquet(path, Instruction))
        for path in sorted((out / "instructions" / folder).glob("*.parquet"))
    }


def documents(out):
    """The documents of a benchmark by id."""
    return {d.id: d for path in sorted((out / "corpora").rglob("*.parquet")) for d in read_parquet(path, Document)}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The benchmark with windows and nothing else."""
    return built(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The same with all labels in one prompt."""
    return built(tmp_path_factory.mktemp("whole"), windows="all")


def positives(document, task):
    found = document.entities if task == "NER" else document.relations if task == "RE" else document.events
    return {item.type for item in found}


# --- training ---------------------------------------------------------------------------------------


def test_training_prompts_offer_every_positive_once_and_only_labels_of_the_corpus(plain):
    texts, offered, asked = documents(plain), Counter(), set()
    for corpus, rows in prompts(plain, "train").items():
        schema = catalogue.load(corpus).schema
        for row in rows:
            assert set(row.labels) <= set(labels_of(schema, row.task))
            assert len(set(row.labels)) == len(row.labels) == len(row.shown)
            asked.add((row.document, row.task))
            offered.update((row.document, row.task, label) for label in row.labels)
    assert set(offered.values()) == {1}
    for document, task in asked:
        assert all(offered[document, task, label] for label in positives(texts[document], task))
    assert {document for document, _ in asked} == {id for id in texts if "/train/" in id}


def test_ids_count_windows_where_there_are_several(plain):
    for rows in [*prompts(plain, "train").values(), *prompts(plain, "test").values()]:
        several = Counter((row.document, row.task) for row in rows)
        for row in rows:
            name = f"{row.document}#{row.task}"
            assert row.id == name if several[row.document, row.task] == 1 else row.id.startswith(f"{name}/")
        assert len({row.id for row in rows}) == len(rows)


def test_prompts_show_the_labels_they_offer_and_no_others(plain):
    for folder in ("train", "test"):
        for corpus, rows in prompts(plain, folder).items():
            names = Names(catalogue.load(corpus).language, catalogue.load(corpus).schema)
            for row in rows:
                assert row.shown == tuple(names.of(row.task)[label] for label in row.labels)
                assert all(shown in row.prompt for shown in row.shown)


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0])
def test_empty_windows_are_capped_exactly_and_a_lower_cap_keeps_some_of_them(plain, tmp_path, ratio):
    out = built(tmp_path, windows=msgspec.structs.replace(ROOMY, empty=ratio))
    every = prompts(plain, "train")
    for corpus, rows in prompts(out, "train").items():
        for task in catalogue.load(corpus).tasks:
            before = [row for row in every[corpus] if row.task == task]
            after = [row for row in rows if row.task == task]
            empty = {row.id for row in before if nothing(row)}
            kept = {row.id for row in after if nothing(row)}
            full = len(before) - len(empty)
            assert kept <= empty
            assert len(kept) == min(len(empty), int(ratio * full))
            assert [row for row in after if row.id not in empty] == [row for row in before if row.id not in empty]


def nothing(row):
    """Whether a target says that nothing is there."""
    return not any(json.loads(row.target).values()) if row.task == "NER" else row.target == "[]"


def test_drop_out_takes_the_gold_with_the_label(tmp_path):
    out = built(tmp_path, windows=msgspec.structs.replace(ROOMY, drop=0.5))
    texts, dropped = documents(out), 0
    for corpus, rows in prompts(out, "train").items():
        names = Names(catalogue.load(corpus).language, catalogue.load(corpus).schema)
        offered = {}
        for row in rows:
            offered.setdefault((row.document, row.task), set()).update(row.labels)
            said = decode(row.target, row.task, names)
            found = {item.type for item in (*said.entities, *said.relations, *said.events)}
            assert found == positives(texts[row.document], row.task) & set(row.labels)
        dropped += sum(not positives(texts[d], task) <= labels for (d, task), labels in offered.items())
    assert dropped > 10


def test_styles_of_names_stand_in_prompts_and_targets_alike(tmp_path):
    single = msgspec.structs.replace(ROOMY, vary=1.0)
    out = built(tmp_path, prompts=Prompts(describe=0.3, mask=0.3, other_language=0.3), windows=single)
    texts, seen = documents(out), Counter()
    for corpus, rows in prompts(out, "train").items():
        literal = catalogue.load(corpus)
        own, other = (Names(language, literal.schema) for language in (literal.language, foreign(literal.language)))
        for row in rows:
            assert all(shown in row.prompt for shown in row.shown)
            assert len(set(row.shown)) == len(row.shown)
            usual = tuple(own.of(row.task)[label] for label in row.labels)
            exotic = tuple(other.of(row.task)[label] for label in row.labels)
            masked = row.shown not in (usual, exotic)
            explained = row.prompt.startswith(("标签说明：\n", "What the labels mean:\n"))
            assert explained or not masked
            seen["masked" if masked else "explained" if explained else "usual" if row.shown == usual else "other"] += 1
            names = (other if row.shown == exotic and exotic != usual else own).renamed(
                row.task, dict(zip(row.labels, row.shown, strict=True))
            )
            said = decode(row.target, row.task, names)
            found = {item.type for item in (*said.entities, *said.relations, *said.events)}
            assert found == positives(texts[row.document], row.task) & set(row.labels)
    assert min(seen[style] for style in ("masked", "explained", "usual", "other")) > 20
    for rows in prompts(out, "test").values():
        assert not any(row.prompt.startswith(("标签说明", "What the labels")) for row in rows)


def foreign(language):
    return "en" if language == "zh" else "zh"


def test_a_seed_changes_training_and_not_evaluation(plain, tmp_path):
    out = built(tmp_path, seed=1)
    assert prompts(out, "train") != prompts(plain, "train")
    assert prompts(out, "test") == prompts(plain, "test")
    assert prompts(out, "dev") == prompts(plain, "dev")


class Table:
    """Confusions under which every label is taken for the first ones of its corpus."""

    def near(self, corpus, task, label):
        return labels_of(catalogue.load(corpus).schema, task)


def test_a_table_of_confusions_decides_what_training_offers_and_not_evaluation(plain, tmp_path):
    narrow = msgspec.structs.replace(ROOMY, others=0)
    pipeline.build(recipe(windows=narrow), raw=tmp_path, out=tmp_path / "out", confusions=Table())
    out = tmp_path / "out"
    assert prompts(out, "test") == prompts(plain, "test")
    texts, first = documents(out), labels_of(catalogue.load("duie2").schema, "RE")[:4]
    for row in prompts(out, "train")["duie2"]:
        found = positives(texts[row.document], "RE")
        if found:
            assert set(row.labels) <= found | set(first)


# --- evaluation -------------------------------------------------------------------------------------


def test_evaluation_asks_every_document_for_every_label_in_the_same_windows(plain):
    texts = documents(plain)
    for folder in ("dev", "test"):
        for corpus, rows in prompts(plain, folder).items():
            literal = catalogue.load(corpus)
            for task in literal.tasks:
                asked = {}
                for row in rows:
                    if row.task == task:
                        asked.setdefault(row.document, []).append(row.labels)
                assert len({tuple(windows) for windows in asked.values()}) == 1
                flat = [label for window in next(iter(asked.values())) for label in window]
                assert sorted(flat) == sorted(labels_of(literal.schema, task))
                assert set(asked) == {id for id in texts if id.startswith(f"{corpus}/{folder}/")}


def test_a_document_is_asked_in_one_wording_in_evaluation(plain):
    for rows in prompts(plain, "test").values():
        frames = {}
        for row in rows:
            frames.setdefault((row.document, row.task), set()).add(row.prompt[:5])
        assert all(len(starts) == 1 for starts in frames.values())


def gold_answers(out):
    return {row.id: row.target for rows in prompts(out, "test").values() for row in rows}


def test_gold_scores_one_whatever_the_windows(plain, whole):
    assert len(gold_answers(plain)) > 2 * len(gold_answers(whole))
    for out in (plain, whole):
        done = score(Benchmark(out), gold_answers(out))
        assert {row.f1 for row in done.rows if row.gold} == {1.0}


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_number_of_windows_does_not_change_a_score(plain, whole, data):
    """Whatever is said of a document scores alike, said in one answer or split among the windows."""
    every = {row.id: row for rows in prompts(whole, "test").values() for row in rows}
    wrong = data.draw(st.sets(st.sampled_from(sorted(every))))
    borrowed = {}
    for id in wrong:  # answer with the gold of another document of the corpus and task
        like = [other for other, row in every.items() if (row.corpus, row.task) == (every[id].corpus, every[id].task)]
        borrowed[id] = data.draw(st.sampled_from(like))
    once = {id: every[borrowed.get(id, id)].target for id in every}
    split = {}
    for rows in prompts(plain, "test").values():
        for row in rows:
            said = json.loads(once[f"{row.document}#{row.task}"])
            if row.task == "NER":
                answer = {shown: said[shown] for shown in row.shown}
            else:
                answer = [item for item in said if item.get("relation", item.get("type")) in row.shown]
            split[row.id] = json.dumps(answer, ensure_ascii=False)
    one, many = (score(Benchmark(out), answers, intervals=False) for out, answers in ((whole, once), (plain, split)))
    counted = [
        [(row.by, row.key, row.metric, row.correct, row.gold, row.predicted, row.f1) for row in done.rows]
        for done in (one, many)
    ]
    assert counted[0] == counted[1]


def test_the_baseline_answers_a_window_with_its_own_labels(plain, tmp_path):
    target = tmp_path / "p.jsonl"
    done = CliRunner().invoke(
        app, ["predict", "--baseline", "lexicon", "--benchmark", str(plain), "--out", str(target)]
    )
    assert done.exit_code == 0, done.output
    said = {row["id"]: json.loads(row["output"]) for row in map(json.loads, target.open(encoding="utf-8"))}
    rows = {row.id: row for rows in prompts(plain, "test").values() for row in rows}
    assert list(said) == list(rows)
    for id, answer in said.items():
        if rows[id].task == "NER":
            assert tuple(answer) == rows[id].shown
        else:
            assert {item.get("relation", item.get("type")) for item in answer} <= set(rows[id].shown)
    score(Benchmark(plain), {id: json.dumps(answer) for id, answer in said.items()})


# --- splits -----------------------------------------------------------------------------------------


def test_held_out_types_are_nowhere_in_training_and_everywhere_in_test(tmp_path):
    held_out = ("person", "victim", "place of residence")
    out = built(
        tmp_path,
        held_out_types=held_out,
        few_shot=(2,),
        auxiliary=True,
        windows=msgspec.structs.replace(ROOMY, others=99),
    )
    gone = Counter()
    for folder in ("train", "fewshot_2", "auxiliary"):
        for corpus, rows in prompts(out, folder).items():
            schema = catalogue.load(corpus).schema
            roles = [role for event in schema.events for role in event.roles]
            labels = (*schema.entities, *schema.relations, *schema.events)
            names = {label.name for label in labels if label.concept in held_out}
            shown = {x.display(catalogue.load(corpus).language) for x in (*labels, *roles) if x.concept in held_out}
            gone[folder] += len(names)
            for row in rows:
                assert not names & set(row.labels)
                assert not shown & set(row.shown)
                assert not shown & spoken(row)
                text = row.prompt.replace(documents_text(out, row.document), "")
                assert not any(
                    f"{mark}{name}{end}" in text for name in shown for mark in "（ (/、" for end in "）)/、,"
                )
    assert all(gone.values())
    for corpus, rows in prompts(out, "test").items():
        literal = catalogue.load(corpus)
        offered = {label for row in rows for label in row.labels}
        assert offered == {label for task in literal.tasks for label in labels_of(literal.schema, task)}


def spoken(row):
    """The labels and roles in a target."""
    said = json.loads(row.target)
    if isinstance(said, dict):
        return set(said)
    found = set()
    for item in said:
        if isinstance(item, dict):
            found |= {item.get("relation"), item.get("type"), *item.get("arguments", {})}
    return found


_TEXTS = {}


def documents_text(out, id):
    if out not in _TEXTS:
        _TEXTS[out] = {key: document.text for key, document in documents(out).items()}
    return _TEXTS[out][id]


def test_a_concept_that_no_label_means_is_an_error_with_the_nearest(tmp_path):
    with pytest.raises(RecipeError, match=r"held_out_types: no label means 'persn'; did you mean 'person'"):
        built(tmp_path, held_out_types=("persn",))


def test_a_corpus_whose_labels_are_all_held_out_gives_no_training_prompts(tmp_path):
    concepts = tuple(label.concept for label in catalogue.load("resume").schema.entities)
    out = built(tmp_path, held_in=("resume", "cluener"), held_out_types=concepts, windows="all")
    assert set(prompts(out, "train")) == {"cluener"}
    assert "resume" in prompts(out, "test")


def test_few_shot_sets_lie_in_each_other_and_their_documents_in_train(tmp_path):
    out = built(tmp_path, few_shot=(1, 3), held_out={"zh-ner": ("weibo", "boson")}, windows=Windows(size={"RE": 2}))
    train, one, three = (prompts(out, folder) for folder in ("train", "fewshot_1", "fewshot_3"))
    assert set(one) == {*CORPORA, "weibo"} == set(three)  # Boson is evaluated on its only split
    texts = documents(out)
    for corpus in one:
        assert {row.id for row in one[corpus]} <= {row.id for row in three[corpus]}
        assert all(row in three[corpus] for row in one[corpus])
        if corpus in train:
            assert {row.document for row in three[corpus]} <= {row.document for row in train[corpus]}
        there, held = Counter(), Counter()
        for task in catalogue.load(corpus).tasks:
            used = {row.document for row in three[corpus] if row.task == task}
            for id, document in texts.items():
                if id.startswith(f"{corpus}/train/"):
                    there.update((task, label) for label in positives(document, task))
                    held.update((task, label) for label in positives(document, task) if id in used)
        assert all(held[key] >= min(3, count) for key, count in there.items())


def test_few_shot_sets_answer_every_label_whatever_training_prompts_drop(tmp_path):
    windows = Windows(size={"RE": 2, "NER": 2}, drop=0.6, empty=0.0, neighbours="any")
    out = built(tmp_path, few_shot=(1, 3), windows=windows)
    texts, checked = documents(out), 0
    for folder, k in (("fewshot_1", 1), ("fewshot_3", 3)):
        for corpus, rows in prompts(out, folder).items():
            for task in catalogue.load(corpus).tasks:
                there, answered = Counter(), Counter()
                for id, document in texts.items():
                    if id.startswith(f"{corpus}/train/"):
                        there.update(positives(document, task))
                for id in {row.document for row in rows if row.task == task}:
                    offered = {label for row in rows if (row.document, row.task) == (id, task) for label in row.labels}
                    assert positives(texts[id], task) <= offered
                    answered.update(positives(texts[id], task))
                assert all(answered[label] >= min(k, count) for label, count in there.items())
                checked += len(there)
    assert checked > 50
    assert any(nothing(row) for rows in prompts(out, "fewshot_3").values() for row in rows)
    assert not any(nothing(row) for rows in prompts(out, "train").values() for row in rows)


def test_there_may_be_any_number_of_few_shot_sets(tmp_path):
    out = built(tmp_path, held_in=("resume",), few_shot=tuple(range(1, 41)))
    sizes = [len(prompts(out, f"fewshot_{k}")["resume"]) for k in range(1, 41)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_a_cap_keeps_so_many_documents_for_each_task_and_a_higher_one_keeps_them(tmp_path):
    chosen = {}
    for cap in (2, 4):
        (tmp_path / str(cap)).mkdir()
        out = built(tmp_path / str(cap), cap=cap)
        for corpus, rows in prompts(out, "train").items():
            for task in catalogue.load(corpus).tasks:
                used = {row.document for row in rows if row.task == task}
                assert len(used) <= cap
                chosen.setdefault((corpus, task), []).append(used)
    assert all(few <= many for few, many in chosen.values())
    assert any(len(few) == 2 and len(many) == 4 for few, many in chosen.values())


def test_a_mixture_shares_the_training_documents_of_the_languages(tmp_path):
    out = built(tmp_path, mixture={"zh": 0.5, "en": 0.5}, windows="all")
    sides = Counter(row.language for rows in prompts(out, "train").values() for row in rows)
    assert abs(sides["zh"] - sides["en"]) <= 1
    assert sides["en"] > 5


def test_documents_that_are_left_out_are_not_trained_on(plain, tmp_path, monkeypatch):
    gone = frozenset(row.document for row in prompts(plain, "train")["resume"][:3])
    found = Audit((), (), {}, {}, dropped={"resume/train": dict.fromkeys(sorted(gone), "exact")})

    def examined(recipe, out, parts, jobs, say):
        write_json(out / "audit.json", found)
        return found

    monkeypatch.setattr("uiebench.build.policy.examined", examined)
    out = built(tmp_path, few_shot=(99,))
    for folder in ("train", "fewshot_99"):
        assert not gone & {row.document for rows in prompts(out, folder).values() for row in rows}
    assert gone <= set(documents(out))
    assert prompts(out, "train")["cluener"] == prompts(plain, "train")["cluener"]


def test_half_tasks_are_written_beside_and_not_scored(tmp_path):
    out = built(tmp_path, auxiliary=True)
    texts = documents(out)
    rows = [row for found in prompts(out, "auxiliary").values() for row in found]
    assert {row.task for row in rows} == {"NER-span", "NER-type", "RE-pair", "RE-type"}
    main = {row.id: row for found in prompts(out, "train").values() for row in found}
    for row in rows:
        whole = main[row.id.replace(row.task, row.task.split("-")[0])]
        said, meant = json.loads(row.target), json.loads(whole.target)
        assert row.labels == whole.labels
        assert texts[row.document].text in row.prompt
        match row.task:
            case "NER-span":
                assert sorted(said) == sorted({mention for mentions in meant.values() for mention in mentions})
            case "NER-type":
                assert said == {shown: mentions for shown, mentions in meant.items() if mentions}
                assert all(mention in row.prompt for mentions in said.values() for mention in mentions)
            case "RE-pair":
                assert {(p["head"], p["tail"]) for p in said} == {(t["head"], t["tail"]) for t in meant}
            case "RE-type":
                assert said == meant
    assert set(Benchmark(out).corpora("train")) == set(CORPORA)
    assert {item.task for item in Benchmark(out).items("train")} <= {"NER", "RE", "EE", "EET", "EEA"}


# --- files ------------------------------------------------------------------------------------------


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


FULL = """
name: full
samples: true
held_in: [resume, duie2, duee1, conll04]
held_out: {zh-ner: [weibo]}
windows: {drop: 0.1, vary: 0.5, empty: 0.7}
prompts: {describe: 0.2, mask: 0.1, other_language: 0.2}
auxiliary: true
few_shot: [1, 5]
cap: 5
mixture: {zh: 0.5, en: 0.5}
held_out_types: [person]
"""


def command(recipe, out, jobs, seed):
    return subprocess.Popen(
        [sys.executable, "-m", "uiebench", "build", str(recipe), "--out", str(out), "--jobs", str(jobs)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )


def test_same_bytes_under_other_hash_seeds_and_job_counts_and_after_a_kill(tmp_path):
    (tmp_path / "full.yaml").write_text(FULL)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert command(tmp_path / "full.yaml", whole, 1, "1").wait() == 0
    process = command(tmp_path / "full.yaml", killed, 1, "2")
    while process.poll() is None and len(list((killed / ".parts").glob("*.prompts.json"))) < 3:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (killed / "manifest.json").exists()
    assert command(tmp_path / "full.yaml", killed, 2, "3").wait() == 0
    assert any(path.startswith("instructions/fewshot_5/") for path in contents(whole))
    assert contents(killed) == contents(whole)


def test_another_setting_redoes_the_prompts_and_keeps_the_documents(tmp_path):
    out = built(tmp_path)
    before = contents(out / "corpora")
    again = pipeline.build(recipe(seed=5), raw=tmp_path, out=out)
    assert again.reused == len(again.parts)
    assert contents(out / "corpora") == before
    assert not (tmp_path / "fresh").exists()
    pipeline.build(recipe(seed=5), raw=tmp_path, out=tmp_path / "fresh")
    assert contents(out) == contents(tmp_path / "fresh")


def test_folders_of_a_recipe_of_before_are_removed(tmp_path):
    out = built(tmp_path, few_shot=(1,), auxiliary=True)
    assert (out / "instructions" / "fewshot_1").exists()
    built(tmp_path)
    assert sorted(path.name for path in (out / "instructions").iterdir()) == ["dev", "test", "train"]


def test_a_recipe_without_instructions_has_none(tmp_path):
    out = built(tmp_path, instructions=False, few_shot=(1,))
    assert not (out / "instructions").exists()
    assert not list((out / ".parts").glob("*.prompts.json"))


def test_statistics_count_what_is_in_the_folders(tmp_path):
    out = built(tmp_path, few_shot=(1,), auxiliary=True)
    stats = json.loads((out / "stats.json").read_text())["instructions"]
    for folder in ("train", "fewshot_1", "auxiliary", "dev", "test"):
        rows = [row for found in prompts(out, folder).values() for row in found]
        here = [entry for entry in stats if entry["folder"] == folder]
        assert sum(entry["prompts"] for entry in here) == len(rows) > 0
        assert sum(entry["prompt_characters"] for entry in here) == sum(len(row.prompt) for row in rows)
        assert sum(entry["target_characters"] for entry in here) == sum(len(row.target) for row in rows)
        assert sum(entry["documents"] for entry in here) == len({(row.document, row.task) for row in rows})
        if folder != "auxiliary":
            assert sum(entry["empty"] for entry in here) == sum(map(nothing, rows))
    readme = (out / "README.md").read_text(encoding="utf-8")
    assert f"| train | *all* |  | {sum(e['documents'] for e in stats if e['folder'] == 'train'):,} |" in readme


def test_columns_of_the_instruction_layer(plain):
    schema = pq.read_schema(plain / "instructions" / "train" / "resume.parquet")
    assert schema.names == [
        "id",
        "document",
        "corpus",
        "task",
        "language",
        "labels",
        "prompt",
        "target",
        "shown",
        "start",
        "end",
    ]


def test_receipts_of_documents_and_prompts_have_names_of_their_own():
    from uiebench.build.parts import Part, PromptPart, Unit

    unit = Unit("resume", "train", None)
    assert receipt(Path("o"), unit, Part) == Path("o/.parts/resume.train.json")
    assert receipt(Path("o"), unit, PromptPart) == Path("o/.parts/resume.train.prompts.json")


# --- what is confusable -------------------------------------------------------------------------------


def test_measured_neighbours_are_offered_and_the_table_is_part_of_the_benchmark(tmp_path):
    measured = msgspec.structs.replace(ROOMY, neighbours="measured", others=0, confusable=1)
    out = built(tmp_path, windows=measured)
    table = confusion.load(out / confusion.NAME)
    assert confusion.NAME in json.loads((out / "manifest.json").read_bytes())["files"]
    texts, seen = documents(out), 0
    for row in prompts(out, "train")["resume"]:
        there = positives(texts[row.document], "NER")
        wanted = there | {table.near("resume", "NER", label)[0] for label in there}
        if there:
            assert set(row.labels) <= wanted
            seen += 1
    assert seen


def test_a_table_of_confusions_changes_no_evaluation_prompt_and_no_document(plain, tmp_path):
    out = built(tmp_path, windows=msgspec.structs.replace(ROOMY, neighbours="measured"))
    assert prompts(out, "test") == prompts(plain, "test")
    assert documents(out) == documents(plain)


def test_measuring_is_done_once_and_ends_in_the_same_bytes_with_more_jobs(tmp_path):
    chosen = recipe(windows=msgspec.structs.replace(ROOMY, neighbours="measured"))
    first = pipeline.build(chosen, raw=tmp_path, out=tmp_path / "a")
    again = pipeline.build(chosen, raw=tmp_path, out=tmp_path / "a")
    other = pipeline.build(chosen, raw=tmp_path, out=tmp_path / "b", jobs=2)
    assert again.reused == len(first.parts) + len(first.prompts)
    assert first.manifest == again.manifest == other.manifest


def test_a_table_that_is_no_longer_wanted_is_no_part_of_the_benchmark(tmp_path):
    out = built(tmp_path, windows=msgspec.structs.replace(ROOMY, neighbours="measured"))
    assert (out / confusion.NAME).exists()
    built(tmp_path, windows=msgspec.structs.replace(ROOMY, neighbours="any"))
    assert not (out / confusion.NAME).exists()


def test_training_prompts_are_not_scored(plain):
    with pytest.raises(UiebenchError, match="score dev or test"):
        score(Benchmark(plain), {}, split="train")
