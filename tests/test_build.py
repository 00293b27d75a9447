"""`uiebench build`: layout, determinism, resumption, and the faults of the input."""

import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from uiebench import catalogue
from uiebench.build import pipeline, report
from uiebench.build.check import totals
from uiebench.build.convert import Ready, convert, find_sample
from uiebench.build.parts import read_manifest
from uiebench.cli import app
from uiebench.errors import BrokenInvariant, MalformedInput, RecipeError, SourceError, UiebenchError
from uiebench.hashing import sha256_file
from uiebench.instruct.target import Names, decode
from uiebench.ledger import Ledger
from uiebench.recipe import BuildRecipe, Selection
from uiebench.storage import read_parquet
from uiebench.types import Document, Instruction, Split, Totals

ROOT = Path(__file__).parent.parent
QUICKSTART = ROOT / "recipes" / "quickstart.yaml"
SMALL = BuildRecipe(name="small", held_in=("resume",), samples=True)


def run(*arguments, seed="0", check=True):
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "uiebench", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=check,
        env={**os.environ, "PYTHONHASHSEED": seed, "NO_COLOR": "1", "TERM": "dumb"},
        timeout=300,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory):
    """The quickstart benchmark, built once."""
    out = tmp_path_factory.mktemp("quickstart") / "out"
    run("build", QUICKSTART, "--out", out, "--jobs", 2, seed="1")
    return out


def test_every_corpus_and_split_is_in_the_quickstart_benchmark(quickstart):
    built = {(p["corpus"], p["split"]) for p in json.loads((quickstart / "stats.json").read_text())["parts"]}
    assert built == {(name, split.name) for name in catalogue.names() for split in catalogue.load(name).splits}


def test_manifest_lists_every_file_with_its_hash(quickstart):
    manifest = read_manifest(quickstart)
    files = {path for path in contents(quickstart) if not path.startswith(".parts/")} - {"manifest.json"}
    assert set(manifest.files) == files
    assert manifest.recipe.name == "quickstart"


def test_same_bytes_under_another_hash_seed_and_job_count(quickstart, tmp_path):
    run("build", QUICKSTART, "--out", tmp_path / "again", "--jobs", 1, seed="2")
    assert contents(tmp_path / "again") == contents(quickstart)


def test_columns_of_the_corpus_layer(quickstart):
    path = quickstart / "corpora" / "resume" / "train.parquet"
    assert pq.read_schema(path).names == ["id", "text", "entities", "relations", "events"]
    documents = list(read_parquet(path, Document))
    assert documents[0].entities[0].text == documents[0].text[:3]


def test_splits_without_gold_are_kept_apart(quickstart):
    for name in catalogue.names():
        for split in catalogue.load(name).splits:
            apart = quickstart / "unlabelled" / name / f"{split.name}.parquet"
            assert apart.exists() != split.gold
            assert (quickstart / "corpora" / name / f"{split.name}.parquet").exists() == split.gold
            if not split.gold:
                assert pq.read_schema(apart).names == ["id", "text"]


def plain_event(event, task):
    """An event as strings, with the half that the task leaves out left out."""
    trigger = event.trigger.text if event.trigger and task != "EEA" else ""
    arguments = frozenset((a.role, a.text) for a in event.arguments) if task != "EET" else frozenset()
    return event.type, trigger, arguments


def test_targets_say_what_the_corpus_layer_says(quickstart):
    documents = {
        document.id: document
        for path in sorted((quickstart / "corpora").rglob("*.parquet"))
        for document in read_parquet(path, Document)
    }
    seen = 0
    for path in sorted((quickstart / "instructions").rglob("*.parquet")):
        for instruction in read_parquet(path, Instruction):
            document = documents[instruction.document]
            corpus = catalogue.load(instruction.corpus)
            said = decode(instruction.target, instruction.task, Names(corpus.language, corpus.schema))
            assert not said.problem
            assert document.text in instruction.prompt
            offered = set(instruction.labels)
            if instruction.task == "NER":
                gold = {(e.type, e.text) for e in document.entities if e.type in offered}
                assert {(e.type, e.text) for e in said.entities} == gold
            elif instruction.task == "RE":
                gold = {(r.type, r.head.text, r.tail.text) for r in document.relations if r.type in offered}
                assert {(r.type, r.head.text, r.tail.text) for r in said.relations} == gold
            else:
                gold = {plain_event(e, instruction.task) for e in document.events if e.type in offered}
                assert {plain_event(e, instruction.task) for e in said.events} == gold
            seen += 1
    assert seen > len(catalogue.names())


def test_json_lines_and_parquet_hold_the_same_instructions(quickstart):
    for path in sorted((quickstart / "instructions").rglob("*.parquet")):
        rows = [json.loads(line) for line in path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]
        table = pq.read_table(path).to_pylist()
        assert rows == table


def test_a_second_run_reuses_every_part(tmp_path):
    first = pipeline.build(SMALL, raw=tmp_path, out=tmp_path / "out")
    before = contents(tmp_path / "out")
    second = pipeline.build(SMALL, raw=tmp_path, out=tmp_path / "out")
    assert (first.reused, second.reused) == (0, 6)  # documents and prompts of three splits
    assert contents(tmp_path / "out") == before


def test_a_damaged_part_is_made_again(tmp_path):
    pipeline.build(SMALL, raw=tmp_path, out=tmp_path / "out")
    before = contents(tmp_path / "out")
    (tmp_path / "out" / "corpora" / "resume" / "dev.parquet").write_bytes(b"PAR1")
    (tmp_path / "out" / "README.md").unlink()
    again = pipeline.build(SMALL, raw=tmp_path, out=tmp_path / "out")
    assert again.reused == 5
    (tmp_path / "out" / "instructions" / "dev" / "resume.jsonl").write_text("{}")
    assert pipeline.build(SMALL, raw=tmp_path, out=tmp_path / "out").reused == 5
    assert contents(tmp_path / "out") == before


def test_what_another_recipe_built_there_is_removed(tmp_path):
    out = tmp_path / "out"
    other = catalogue.names()[0]
    pipeline.build(BuildRecipe(name="small", held_in=(other, "resume"), samples=True), raw=tmp_path, out=out)
    pipeline.build(SMALL, raw=tmp_path, out=out)
    pipeline.build(SMALL, raw=tmp_path, out=tmp_path / "fresh")
    assert contents(out) == contents(tmp_path / "fresh")


def test_a_killed_build_ends_in_the_same_bytes(quickstart, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "uiebench", "build", str(QUICKSTART), "--out", str(out), "--jobs", "1"]
    kills = 0
    for wanted in (2, 7):  # kill it once so many parts are done
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(list((out / ".parts").glob("*.json"))) < wanted:
            time.sleep(0.002)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
        assert not (out / "manifest.json").exists() or process.returncode == 0
    assert kills
    finished = run("build", QUICKSTART, "--out", out, "--jobs", 2)
    assert "were there already" in finished.stderr
    assert contents(out) == contents(quickstart)


def test_held_out_corpora_give_instructions_for_evaluation_only(tmp_path):
    recipe = BuildRecipe(name="zero", held_out={"zh-ner": ("resume",)}, samples=True)
    pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")
    found = sorted(p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.jsonl"))
    assert found == ["instructions/test/resume.jsonl"]
    assert (tmp_path / "out" / "corpora" / "resume" / "train.parquet").exists()


# --- faults -----------------------------------------------------------------------------------------


def resume_raw(folder: Path) -> Path:
    """A raw folder with the sample of Resume in it, under a recipe that reads originals."""
    target = folder / "raw" / "resume"
    target.mkdir(parents=True)
    for path in (catalogue.samples("resume") / "resume").glob("*.bmes"):
        (target / path.name).write_bytes(path.read_bytes())
    return folder / "raw"


ORIGINALS = BuildRecipe(name="small", held_in=("resume",))


def test_an_altered_source_is_refused_with_both_hashes(tmp_path):
    with pytest.raises(SourceError, match=r"expected sha256 .* found .* bytes instead of"):
        pipeline.build(ORIGINALS, raw=resume_raw(tmp_path), out=tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_raw_folder_that_is_not_there_is_named(tmp_path):
    done = CliRunner().invoke(
        app, ["build", "catalogue", "--raw", str(tmp_path / "none"), "--out", str(tmp_path / "o")]
    )
    assert str(done.exception) == f"--raw {tmp_path / 'none'}: no such folder"
    assert not (tmp_path / "o").exists()


def test_the_last_lines_of_a_build_count_every_folder_of_prompts(tmp_path):
    recipe = tmp_path / "r.yaml"
    recipe.write_text("name: r\nsamples: true\nheld_in: [resume]\nfew_shot: [1, 10, 2]\nauxiliary: true\n")
    done = CliRunner().invoke(app, ["build", str(recipe), "--out", str(tmp_path / "out")])
    told = re.findall(r"([\d,]+) prompts in \S+/(\w+)$", done.stderr, re.MULTILINE)
    layer = tmp_path / "out" / "instructions"
    lines = {f.name: sum(len(p.read_text().splitlines()) for p in f.glob("*.jsonl")) for f in layer.iterdir()}
    assert [folder for _, folder in told] == [
        "train",
        "auxiliary",
        "dev",
        "test",
        "fewshot_1",
        "fewshot_2",
        "fewshot_10",
    ]
    assert {folder: int(count.replace(",", "")) for count, folder in told} == lines


def test_nothing_found_says_what_to_do(tmp_path):
    with pytest.raises(RecipeError, match=r"uiebench corpora fetch resume; or give --raw DIR"):
        pipeline.build(ORIGINALS, raw=tmp_path, out=tmp_path / "out")


def test_a_missing_split_is_listed_and_strict_makes_it_an_error(tmp_path, monkeypatch):
    raw = resume_raw(tmp_path)
    monkeypatch.setattr("uiebench.build.convert.locate", _trusting_locate)
    (raw / "resume" / "dev.char.bmes").unlink()
    monkeypatch.setattr("uiebench.build.pipeline.refuse_other_totals", lambda corpus, part: None)
    built = pipeline.build(ORIGINALS, raw=raw, out=tmp_path / "out")
    assert built.manifest.absent == {"resume": {"dev": "uiebench corpora fetch resume"}}
    assert "dev.char.bmes" in (tmp_path / "out" / "README.md").read_text()
    with pytest.raises(RecipeError, match=r"resume dev: missing dev\.char\.bmes"):
        pipeline.build(ORIGINALS, raw=raw, out=tmp_path / "strict", strict=True)
    assert not (tmp_path / "strict" / "manifest.json").exists()


def _trusting_locate(raw, corpus, source):
    from uiebench.sources import Found, Missing, remedy

    path = raw / corpus / source.path
    return Found(path, "0" * 64, True) if path.exists() else Missing(source.path, remedy(corpus, source))


def test_other_totals_from_a_pinned_file_are_a_fault_of_the_converter(tmp_path, monkeypatch):
    monkeypatch.setattr("uiebench.build.convert.locate", _trusting_locate)
    with pytest.raises(BrokenInvariant, match=r"resume train: expected .*3821"):
        pipeline.build(ORIGINALS, raw=resume_raw(tmp_path), out=tmp_path / "out")


def test_a_malformed_line_is_named(tmp_path, monkeypatch):
    raw = resume_raw(tmp_path)
    monkeypatch.setattr("uiebench.build.convert.locate", _trusting_locate)
    with (raw / "resume" / "train.char.bmes").open("a", encoding="utf-8") as file:
        file.write("青 X-ORG\n")
    with pytest.raises(MalformedInput, match=r"train\.char\.bmes:\d+: found 'X-ORG', expected a tag"):
        pipeline.build(ORIGINALS, raw=raw, out=tmp_path / "out")


def test_an_unknown_corpus_suggests_the_nearest(tmp_path):
    with pytest.raises(RecipeError, match="did you mean 'resume'"):
        pipeline.build(BuildRecipe(name="x", held_in=("resumee",)), raw=tmp_path, out=tmp_path / "out")


def test_a_corpus_cannot_be_held_in_and_out(tmp_path):
    recipe = BuildRecipe(name="x", held_in=("resume",), held_out={"zh": ("resume",)})
    with pytest.raises(RecipeError, match="both held in and held out"):
        pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")


def test_a_folder_with_other_things_is_not_written_into(tmp_path):
    (tmp_path / "thesis.tex").write_text("…")
    with pytest.raises(RecipeError, match="not empty and not a benchmark"):
        pipeline.build(SMALL, raw=tmp_path, out=tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["thesis.tex"]


def test_an_output_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UiebenchError, match="cannot be written"):
        pipeline.build(SMALL, raw=tmp_path, out=tmp_path / "file" / "out")


def test_a_full_disk_is_one_line_and_leaves_no_manifest(tmp_path):
    out = tmp_path / "out"
    script = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))\n"
        "from uiebench.cli import main\n"
        f"sys.argv = ['uiebench', 'build', {str(QUICKSTART)!r}, '--out', {str(out)!r}, '--jobs', '1']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert done.stderr.startswith("error: ")
    assert "cannot be written" in done.stderr
    assert not (out / "manifest.json").exists()
    assert not list(out.rglob("*.tmp"))


def test_faults_at_the_terminal_are_one_line_and_exit_code_1(tmp_path):
    recipe = tmp_path / "bad.yaml"
    recipe.write_text("name: x\nheld_inn: [resume]\n")
    done = run("build", recipe, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == f"error: {recipe}: Object contains unknown field `held_inn`; did you mean 'held_in'?"
    assert run("build", check=False).returncode == 2


def test_a_defect_nobody_knew_of_is_counted_in_files_nobody_has_seen(tmp_path, monkeypatch):
    raw = resume_raw(tmp_path)
    monkeypatch.setattr("uiebench.build.convert.locate", _unpinned_locate)
    with (raw / "resume" / "dev.char.bmes").open("a", encoding="utf-8") as file:
        file.write("方 M-NAME\n")  # the training split is known for this, and so may be counted here too
    built = pipeline.build(ORIGINALS, raw=raw, out=tmp_path / "out")
    assert built.parts[1].stats.totals.repairs == {"broken tags": 1}


def _unpinned_locate(raw, corpus, source):
    from uiebench.sources import Found

    return Found(raw / corpus / source.path, "0" * 64, pinned=False)


def test_a_failed_run_leaves_the_benchmark_of_before_as_it_was(tmp_path):
    out = tmp_path / "out"
    pipeline.build(SMALL, raw=tmp_path, out=out)
    before = contents(out)
    for recipe in (BuildRecipe(name="small", held_in=("resume",)), BuildRecipe(name="small", held_in=("nothing",))):
        with pytest.raises(RecipeError):
            pipeline.build(recipe, raw=tmp_path / "typo", out=out)
        assert contents(out) == before


def test_another_benchmark_is_not_overwritten(tmp_path):
    out = tmp_path / "out"
    pipeline.build(SMALL, raw=tmp_path, out=out)
    before = contents(out)
    with pytest.raises(RecipeError, match="holds the benchmark 'small'; remove it, or name another folder"):
        pipeline.build(BuildRecipe(name="other", held_in=("resume",), samples=True), raw=tmp_path, out=out)
    assert contents(out) == before


def test_two_builds_do_not_write_into_one_folder(tmp_path):
    out = tmp_path / "out"
    with pipeline.prepared(out, SMALL), pytest.raises(UiebenchError, match="another build is writing there"):
        pipeline.build(SMALL, raw=tmp_path, out=out)
    pipeline.build(SMALL, raw=tmp_path, out=out)


def test_what_a_kill_left_half_written_is_removed(tmp_path):
    out = tmp_path / "out"
    pipeline.build(SMALL, raw=tmp_path, out=out)
    before = contents(out)
    for place in (".stats.json.x.tmp", ".parts/.resume.train.json.x.tmp", "corpora/resume/.train.parquet.x.tmp"):
        (out / place).write_text("half")
    pipeline.build(SMALL, raw=tmp_path, out=out)
    assert contents(out) == before


@pytest.mark.parametrize("name", ["", "../evil", "a/b", "/tmp/x", ".hidden"])
def test_a_recipe_name_is_no_path(name):
    with pytest.raises(ValueError, match="a name has letters"):
        BuildRecipe(name=name)


def test_recipes_of_the_package_are_found_by_name(tmp_path):
    done = run("build", "quikstart", "--out", tmp_path / "out", check=False)
    assert done.stderr.strip() == "error: quikstart: no such recipe; did you mean 'quickstart'?"


def test_whatever_a_reader_stumbles_over_is_one_line(tmp_path, monkeypatch):
    def stumbling(files, ledger):
        ledger.path, ledger.line = files[0], 7
        yield Document("", "甲")
        raise AttributeError("'NoneType' object has no attribute 'find'")

    corpus = msgspec.structs.replace(catalogue.load("resume"), read=stumbling)
    monkeypatch.setattr("uiebench.catalogue.load", lambda name: corpus)
    with pytest.raises(MalformedInput, match=r"bmes:7: found .AttributeError: .*, expected the documented"):
        pipeline.build(SMALL, raw=tmp_path, out=tmp_path / "out")


def test_a_fault_of_a_reader_can_be_seen_where_it_is(tmp_path, monkeypatch):
    def broken(files, ledger):
        yield {}["of the reader"]

    ready = Ready(Split("train", ()), ())
    corpus = msgspec.structs.replace(catalogue.load("resume"), read=broken)
    with pytest.raises(MalformedInput, match="KeyError: 'of the reader'"):
        list(convert(corpus, ready, Ledger({})))
    monkeypatch.setenv("UIEBENCH_DEBUG", "1")
    with pytest.raises(KeyError, match="of the reader"):
        list(convert(corpus, ready, Ledger({})))


def test_errors_come_back_whole_from_a_worker_process():
    for error in (
        MalformedInput("a.txt", 3, "x", "a tag"),
        SourceError("gone"),
        BrokenInvariant("odd"),
        RecipeError("?"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))


def test_a_folder_with_an_unfinished_benchmark_is_not_taken_for_another(tmp_path):
    out = tmp_path / "out"
    pipeline.build(SMALL, raw=tmp_path, out=out)
    (out / "manifest.json").unlink()  # as after a kill
    with pytest.raises(RecipeError, match="holds the benchmark 'small'"):
        pipeline.build(BuildRecipe(name="other", held_in=("resume",), samples=True), raw=tmp_path, out=out)
    pipeline.build(SMALL, raw=tmp_path, out=out)


def test_a_benchmark_copied_without_its_receipts_is_not_overwritten_by_another(tmp_path):
    out = tmp_path / "out"
    pipeline.build(SMALL, raw=tmp_path, out=out)
    shutil.rmtree(out / ".parts")
    with pytest.raises(RecipeError, match="holds the benchmark 'small'"):
        pipeline.build(BuildRecipe(name="other", held_in=("resume",), samples=True), raw=tmp_path, out=out)


# --- which documents a recipe takes -------------------------------------------------------------------

RELATED = BuildRecipe(
    name="related",
    held_in=("ade", "scierc"),
    select={"ade": Selection(having="relations"), "scierc": Selection("sentences", "relations")},
    samples=True,
)


def documents(folder: Path, corpus: str) -> dict[str, Document]:
    return {found.id: found for found in read_parquet(folder / "corpora" / corpus / "train.parquet", Document)}


def test_selected_documents_keep_the_ids_of_the_whole_corpus(tmp_path):
    whole = BuildRecipe(name="whole", held_in=RELATED.held_in, samples=True)
    pipeline.build(RELATED, raw=tmp_path, out=tmp_path / "some")
    pipeline.build(whole, raw=tmp_path, out=tmp_path / "all")
    some, all_ = documents(tmp_path / "some", "ade"), documents(tmp_path / "all", "ade")
    assert 0 < len(some) < len(all_)
    assert some == {id: document for id, document in all_.items() if document.relations}
    abstracts = documents(tmp_path / "all", "scierc")
    sentences = documents(tmp_path / "some", "scierc")
    assert len(sentences) > 1
    for id, sentence in sentences.items():
        assert sentence.relations
        assert sentence.text in abstracts[id.rpartition(".")[0]].text
    prompts = read_parquet(tmp_path / "some" / "instructions" / "train" / "scierc.parquet", Instruction)
    assert {prompt.document for prompt in prompts} == set(sentences)


def test_what_a_recipe_leaves_out_is_counted_and_shown(tmp_path):
    built = pipeline.build(RELATED, raw=tmp_path, out=tmp_path / "out")
    (part,) = [part for part in built.parts if (part.corpus, part.split) == ("scierc", "train")]
    corpus = catalogue.load("scierc")
    ready = find_sample(corpus, corpus.alternatives("train")[0], catalogue.samples("scierc"))
    whole = list(convert(corpus, ready, Ledger(corpus.defects), "sentences"))
    assert part.stats.totals.documents + part.left_out["no relations"].documents == len(whole)
    assert part.left_out["no relations"].relations == 0
    readme = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert f"| scierc | train | a sentence | no relations | {part.left_out['no relations'].documents} |" in readme
    stats = json.loads((tmp_path / "out" / "stats.json").read_text())["parts"]
    assert {(p["corpus"], p["reading"]) for p in stats} == {("ade", ""), ("scierc", "sentences")}


def test_another_selection_builds_its_corpus_again_and_no_other(tmp_path):
    out = tmp_path / "out"
    assert pipeline.build(RELATED, raw=tmp_path, out=out).reused == 0
    built = pipeline.build(RELATED, raw=tmp_path, out=out)
    assert built.reused == len(built.parts) + len(built.prompts)
    other = msgspec.structs.replace(RELATED, select={"scierc": RELATED.select["scierc"]})
    built = pipeline.build(other, raw=tmp_path, out=out)
    assert built.reused == len([part for part in (*built.parts, *built.prompts) if part.corpus == "scierc"])


def test_texts_without_gold_are_kept_whatever_a_recipe_asks_for(tmp_path):
    recipe = BuildRecipe(name="x", held_in=("cmeie",), select={"cmeie": Selection(having="relations")}, samples=True)
    built = pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")
    assert {part.split: bool(part.left_out) for part in built.parts}["test"] is False


@pytest.mark.parametrize(
    ("select", "told"),
    [
        ({"adee": Selection(having="relations")}, "select.adee: the recipe holds no such corpus; did you mean 'ade'?"),
        ({"gids": Selection(having="relations")}, "select.gids: the recipe holds no such corpus"),
        ({"scierc": Selection("sentence")}, "scierc has no reading 'sentence' (known: sentences); did you mean 'sent"),
        ({"resume": Selection("rows")}, "resume has no reading 'rows' (known: none)"),
        ({"resume": Selection(having="events")}, "select.resume: resume annotates no events"),
        ({"ade": Selection(having="entities")}, "select.ade: ade annotates no entities"),  # types of heads and tails
        ({"ade": Selection(tasks=("RE", "EE"))}, "select.ade: ade has no task EE (known: RE)"),
    ],
)
def test_a_selection_that_its_corpora_cannot_give_is_refused(tmp_path, select, told):
    recipe = BuildRecipe(name="x", held_in=("ade", "scierc", "resume"), select=select, samples=True)
    with pytest.raises(RecipeError) as caught:
        pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")
    assert told in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_split_of_which_a_recipe_leaves_nothing_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "convert", lambda *_: iter([Document("ade/train/0", "Itching."), Document("x", "y")]))
    recipe = BuildRecipe(name="x", held_in=("ade",), select={"ade": Selection(having="relations")}, samples=True)
    with pytest.raises(RecipeError, match=r"^recipe x: select\.ade: train has no document with relations$"):
        pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_instructions_are_made_of_the_tasks_a_recipe_wants_and_the_corpus_layer_stays_whole(tmp_path):
    select = {"scierc": Selection(tasks=("RE",))}
    recipe = BuildRecipe(name="x", held_in=("scierc",), held_out={"g": ("conll04",)}, select=select, samples=True)
    pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")
    for split in ("train", "dev", "test"):
        prompts = list(read_parquet(tmp_path / "out" / "instructions" / split / "scierc.parquet", Instruction))
        assert {prompt.task for prompt in prompts} == {"RE"}
    assert any(found.entities for found in documents(tmp_path / "out", "scierc").values())
    readme = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "Instructions are made of some tasks only in scierc (RE)." in readme
    held_out = read_parquet(tmp_path / "out" / "instructions" / "test" / "conll04.parquet", Instruction)
    assert {prompt.task for prompt in held_out} == {"NER", "RE"}


def test_what_a_recipe_selects_is_named_and_has_no_published_figures_beside_it(tmp_path):
    select = {"scierc": RELATED.select["scierc"], "ade": RELATED.select["ade"], "conll04": Selection(tasks=("RE",))}
    recipe = msgspec.structs.replace(RELATED, held_in=("ade", "conll04", "scierc"), select=select)
    built = pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")
    rows = {(row.corpus, row.split): row for row in report.rows(built.parts, samples=False)}
    assert report.cells(rows["scierc", "train"])[1] == "train (sentences, having relations)"
    assert report.cells(rows["ade", "train"])[1] == "train (having relations)"
    assert report.cells(rows["conll04", "train"])[1] == "train"
    assert rows["ade", "train"].published == rows["scierc", "dev"].published == Totals()
    assert catalogue.load("ade").published != {}


def test_no_documents_are_a_nought_and_no_annotations_a_dash():
    row = report.Row("ade", "train", True, "", "", Totals(0, 0, 0, 0, 0), Totals(relations=7))
    assert report.cells(row) == ["ade", "train", "0", "–", "0 / 7", "–", "–"]


def test_a_pinned_file_with_other_totals_is_an_error_also_where_documents_are_left_out(tmp_path, monkeypatch):
    raw = tmp_path / "raw"
    shutil.copytree(catalogue.samples("ade") / "ade", raw / "ade")
    corpus = catalogue.load("ade")
    (split,) = corpus.splits
    pinned = msgspec.structs.replace(
        split,
        files=tuple(
            msgspec.structs.replace(source, sha256=sha256_file(raw / "ade" / source.path), bytes=0)
            for source in split.files
        ),
    )
    ready = find_sample(corpus, split, catalogue.samples("ade"))
    ledger = Ledger(corpus.defects)
    right = totals(convert(corpus, ready, ledger), ledger)
    recipe = BuildRecipe(name="x", held_in=("ade",), select={"ade": Selection(having="relations")})
    for documents_, outcome in ((right.documents, None), (right.documents + 1, BrokenInvariant)):
        expect = {"train": msgspec.structs.replace(right, documents=documents_)}
        changed = msgspec.structs.replace(corpus, splits=(pinned,), expect=expect)
        monkeypatch.setattr(catalogue, "load", lambda name, changed=changed: changed)
        if outcome is None:
            (part,) = pipeline.build(recipe, raw=raw, out=tmp_path / "out").parts
            assert part.left_out["no relations"].documents > 0
        else:
            with pytest.raises(outcome, match="ade train: expected"):
                pipeline.build(recipe, raw=raw, out=tmp_path / "other")
