"""Benchmarks on their way to the Hub and back: what is published, what is held back, and what goes wrong.

The real clients (huggingface_hub, datasets, mlcroissant) against a Hub on loopback. The benchmark is built from
the bundled samples of corpora whose original files are of unknown hash, laid out like original files: so licences
count, and the texts of the corpora that may not be passed on can be searched for in all that was sent.
"""

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import msgspec
import pyarrow.parquet as pq
import pytest
import yaml
from hub_server import READER, ROOT, TOKEN, Hub, card_faults, client
from pushing import HELD_BACK, OPEN, RAW, RECIPE, build, pair, pushes, sent, texts
from typer.testing import CliRunner

from uiebench import catalogue
from uiebench.build import pipeline
from uiebench.build.report import citations
from uiebench.cli import app
from uiebench.errors import RecipeError, SourceError, UiebenchError
from uiebench.publish import There, Wish, benchmark_card, compare, configs, features, prepare
from uiebench.publish.card import as_text
from uiebench.publish.croissant import croissant
from uiebench.rebuild import rebuild
from uiebench.recipe import BuildRecipe
from uiebench.storage import arrow_schema, read_parquet, write_parquet
from uiebench.types import BareDocument, Document, Instruction, RewardPair

pytest.importorskip("huggingface_hub")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A benchmark of six corpora, three of which may be passed on, with pairs of two."""
    return build(tmp_path_factory.mktemp("push") / "mixed", pairs=[pair("fewnerd", 0), pair("fabner", 0)])


@pytest.fixture(scope="module")
def pushed(mixed, tmp_path_factory):
    """A Hub with the benchmark in a private repository, and what the push said."""
    hub = Hub()
    with hub.serving() as endpoint:
        (done,) = pushes(tmp_path_factory.mktemp("home"), endpoint, (mixed, "org/mixed", {"private": True}))
    return hub, done


def local(benchmark, config, split):
    """The files of a benchmark that a config holds of a split, in the order `datasets` reads them."""
    if config == "corpora":
        return [benchmark / "corpora" / name / f"{split}.parquet" for name in sorted(OPEN)]
    names = {"zh-ee": ["title2event"]}.get(config, sorted(OPEN))
    return [benchmark / "instructions" / split / f"{name}.parquet" for name in names]


def test_what_is_pushed_is_loaded_as_it_was_and_a_second_push_makes_no_commit(mixed, tmp_path):
    hub = Hub()
    with hub.serving() as endpoint:
        first, second = pushes(tmp_path, endpoint, (mixed, "org/mixed", {}), (mixed, "org/mixed", {}))
        assert (first["removed"], first["unchanged"], first["tag"]) == ([], 0, "v0.2")
        assert (second["added"], second["removed"], second["commit"]) == ([], [], first["commit"])
        commits = [request for request in hub.requests if "/commit/" in request]
        assert len(commits) == 1
        assert not any("xet" in request for request in hub.requests)
        script = (
            "import datasets, json\n"
            "for name in datasets.get_dataset_config_names('org/mixed'):\n"
            "    for split, rows in datasets.load_dataset('org/mixed', name).items():\n"
            "        print(json.dumps([name, split, list(rows)]))\n"
            "print(json.dumps(['default', '', datasets.load_dataset('org/mixed', split='test')['id'][:]]))\n"
            "print(json.dumps(['tagged', '', len(datasets.load_dataset('org/mixed', 'corpora', revision='v0.2'))]))"
        )
        done = client(tmp_path, endpoint, "-c", script, HF_TOKEN=TOKEN)
        assert done.returncode == 0, done.stderr
    loaded = {(name, split): rows for name, split, rows in map(json.loads, done.stdout.splitlines())}
    assert {name for name, _ in loaded} == {
        *("instructions", "corpora", "zh-ee", "withheld", "unlabelled", "pairs", "default", "tagged")
    }
    compared = 0
    for (name, split), rows in loaded.items():
        if name in ("instructions", "corpora", "zh-ee"):
            there = [path for path in local(mixed, name, split) if path.exists()]
            assert rows == [row for path in there for row in pq.read_table(path).to_pylist()], (name, split)
            compared += len(rows)
    assert compared > 50
    assert loaded["default", ""] == [row["id"] for row in loaded["instructions", "test"]]
    assert [row["corpus"] for row in loaded["pairs", "train"]] == ["fewnerd"]
    files = hub.files("org/mixed", "v0.2")
    for path, data in files.items():
        if path.startswith(("corpora/", "instructions/")):
            assert data == (mixed / path).read_bytes()


def test_no_text_that_may_not_be_passed_on_is_in_any_byte_that_was_sent(mixed, pushed):
    hub, done = pushed
    assert hub.repositories["org/mixed"].private
    everything = sent(hub)
    for corpus in OPEN:
        assert all(text in everything or json.dumps(text)[1:-1] in everything for text in texts(mixed, corpus))
    free = {text for corpus in OPEN for text in texts(mixed, corpus)}
    for corpus in HELD_BACK:
        secret = set(texts(mixed, corpus)) - free
        assert len(secret) > 5
        for text in secret:
            assert text not in everything
            assert json.dumps(text)[1:-1] not in everything
        for path in mixed.glob(f"instructions/*/{corpus}.parquet"):
            asked = [
                row.prompt for row in read_parquet(path, Instruction) if any(text in row.prompt for text in secret)
            ]
            assert asked
            assert not any(prompt in everything for prompt in asked)
    assert "secret of fewnerd" in everything
    assert "secret of fabner" not in everything
    ids = [
        row["id"]
        for row in pq.read_table(io.BytesIO(hub.files("org/mixed")["withheld/leven/train.parquet"])).to_pylist()
    ]
    assert ids == [document.id for document in read_parquet(mixed / "corpora/leven/train.parquet", Document)]
    assert not [path for path in done["added"] if path.endswith(".jsonl")]


def test_a_statement_of_permission_publishes_a_corpus_and_stands_in_the_card(tmp_path):
    said = "The authors of FabNER permitted it by letter of 3 May 2026."
    recipe = msgspec.structs.replace(RECIPE, permissions={"fabner": said})
    plan = prepare(build(tmp_path / "mixed", recipe), tmp_path / "staging")
    assert set(plan.held_back) == HELD_BACK - {"fabner"}
    assert "instructions/test/fabner.parquet" in plan.files
    hub = Hub()
    with hub.serving() as endpoint:
        pushes(tmp_path, endpoint, (tmp_path / "mixed", "org/mixed", {}))
    card = hub.files("org/mixed")["README.md"].decode()
    assert f"- **fabner**: {said}" in card
    assert "| fabner | unknown | by permission |" in card
    assert json.loads(hub.files("org/mixed")["published.json"])["permissions"] == {"fabner": said}
    for name, hint in (("msra", ""), ("fabnar", "; did you mean 'fabner'?")):
        other = msgspec.structs.replace(RECIPE, permissions={name: said})
        wanted = f"recipe mixed: permissions.{name}: the recipe holds no such corpus{hint}"
        with pytest.raises(RecipeError) as error:
            build(tmp_path / "other", other)
        assert str(error.value) == wanted


def test_a_holder_of_the_files_rebuilds_the_same_bytes(mixed, tmp_path):
    hub = Hub()
    with hub.serving() as endpoint:
        pushes(tmp_path, endpoint, (mixed, "org/mixed", {}))
        run = ("-m", "uiebench")
        pulled = client(tmp_path, endpoint, *run, "pull", "org/mixed@v0.2")
        assert pulled.returncode == 0, pulled.stderr
        assert "held back: fabner, leven, multinerd_en" in pulled.stderr
        again = client(
            tmp_path, endpoint, *run, "rebuild", "org/mixed", "--raw", str(RAW), "--jobs", "1", "--out", "made"
        )
        assert again.returncode == 0, again.stderr
        assert "each with the bytes of the published benchmark" in again.stderr
        score = client(tmp_path, endpoint, *run, "predict", "--baseline", "lexicon", "--benchmark", "org/mixed")
        assert "note: without fabner, leven, multinerd_en" in score.stderr
    made = {p.relative_to(tmp_path / "made"): p.read_bytes() for p in (tmp_path / "made").rglob("*") if p.is_file()}
    for path in json.loads((mixed / "manifest.json").read_bytes())["files"]:
        assert made[Path(path)] == (mixed / path).read_bytes()
    assert made[Path("manifest.json")] == (mixed / "manifest.json").read_bytes()
    folder = Path(pulled.stdout.strip())
    altered = tmp_path / "raw"
    for corpus in (*RECIPE.held_in, "title2event", "multinerd_en"):
        (altered / corpus).parent.mkdir(exist_ok=True)
        (altered / corpus).symlink_to(RAW / corpus)
    (altered / "leven").unlink()
    with pytest.raises(SourceError, match=r"leven/\w+\.jsonl: missing: Download LEVEN"):
        rebuild(folder, raw=altered, out=tmp_path / "no")
    (altered / "leven").mkdir()
    for path in (RAW / "leven").iterdir():
        (altered / "leven" / path.name).write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceError, match="not what the benchmark was made from"):
        rebuild(folder, raw=altered, out=tmp_path / "no")
    with pytest.raises(SourceError, match="comes from the Hub"):
        prepare(folder, tmp_path / "staging")


def test_a_forged_list_of_published_files_is_refused_whatever_hashes_it_gives(pushed, tmp_path):
    files, forged = pushed[0].files("org/mixed"), Hub()
    listed = json.loads(files["published.json"])
    altered, path = files["corpora/fewnerd/dev.parquet"], "corpora/fewnerd/test.parquet"
    less = {name: value for name, value in listed["files"].items() if "fewnerd" not in name}
    held = {"licence": "x", "files": {name: sha for name, sha in listed["files"].items() if "/fewnerd/" in name}}

    def put(name, changed=(), **fields):
        there = files | dict(changed) | {"published.json": json.dumps(listed | fields).encode()}
        forged.commit(f"org/{name}", {path: data for path, data in there.items() if data is not None})

    sha = hashlib.sha256(altered).hexdigest()
    put("hash", {path: altered}, files=listed["files"] | {path: sha})
    put("empty", {path: None}, files={})
    put("hidden", files=less, held_back=listed["held_back"] | {"fewnerd": held})
    put("freed", held_back={})
    put("unwhole", files={name: sha for name, sha in listed["files"].items() if name != "complete/manifest.json"})
    whole = json.loads(files["complete/manifest.json"])
    whole["files"].pop(path)
    whole = json.dumps(whole).encode()
    new = listed["files"] | {"complete/manifest.json": hashlib.sha256(whole).hexdigest()}
    put("other-whole", {"complete/manifest.json": whole}, files=new)
    put("genuine")
    names = ("hash", "empty", "hidden", "freed", "unwhole", "other-whole", "genuine")
    with forged.serving() as endpoint:
        runs = [client(tmp_path, endpoint, "-m", "uiebench", "pull", f"org/{name}") for name in names]
    assert [run.returncode for run in runs] == [1] * 6 + [0], runs[-1].stderr
    said = [run.stderr.removeprefix(f"error: org/{name}: its ") for name, run in zip(names, runs, strict=True)]
    assert said[0] == f"published.json has another hash of {path}, which its manifest.json names\n"
    assert said[1].startswith("published.json leaves out ")
    assert said[2].startswith("published.json leaves out corpora/fewnerd/")
    assert said[3] == "published.json holds back other files than its manifest.json\n"
    assert said[4] == "published.json leaves out complete/manifest.json\n"
    assert (
        runs[5].stderr
        == f"error: org/other-whole: {path} is not the same in its manifest.json and its complete/manifest.json\n"
    )


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", r"..\evil", "C:evil", "other"])
def test_a_benchmark_that_is_called_otherwise_than_its_recipe_is_not_rebuilt(mixed, tmp_path, monkeypatch, name):
    published = tmp_path / "deep" / "published"
    published.mkdir(parents=True)
    manifest = json.loads((mixed / "manifest.json").read_bytes()) | {"name": name}
    (published / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.chdir(published.parent)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UiebenchError) as error:
        CliRunner().invoke(app, ["rebuild", "published", "--raw", str(RAW)], catch_exceptions=False)
    assert str(error.value) == f"published/manifest.json: damaged (its name is {name!r}, that of its recipe 'mixed')"
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_rebuilt_has_the_fingerprint_of_the_whole_although_other_files_are_missing_here(tmp_path):
    """One corpus is missing where the benchmark is built, another file of it where it is rebuilt."""
    raw = tmp_path / "raw"
    raw.mkdir()
    for corpus in ("fewnerd", "title2event", "multinerd_en", "fabner"):
        (raw / corpus).symlink_to(RAW / corpus)
    tweets = raw / "tweetner7" / "dataset"
    tweets.mkdir(parents=True)
    for name in ("2020.train.json", "2020.test.json"):
        (tweets / name).write_bytes((RAW / "tweetner7" / "dataset" / name).read_bytes())
    recipe = msgspec.structs.replace(RECIPE, held_in=("fewnerd", "fabner", "tweetner7"))
    pipeline.build(recipe, raw=raw, out=tmp_path / "built")
    plan = prepare(tmp_path / "built", tmp_path / "staging")
    for path, file in plan.files.items():
        (tmp_path / "copy" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / path).write_bytes(file.place.read_bytes())
    (tweets / "2020.train.json").unlink()
    assert rebuild(tmp_path / "copy", raw=raw, out=tmp_path / "again") == len(plan.manifest.files)
    for path in (*plan.manifest.files, "manifest.json"):
        assert (tmp_path / "again" / path).read_bytes() == (tmp_path / "built" / path).read_bytes()


def test_a_rebuild_that_was_killed_leaves_nothing_but_what_the_next_one_removes(mixed, tmp_path, monkeypatch):
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from uiebench import rebuild\n"
        "rebuild.pipeline.build = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        "rebuild.rebuild(Path(sys.argv[1]), raw=Path(sys.argv[2]), out=Path('made/again'))"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = client(tmp_path, "http://127.0.0.1:9", "-c", code, str(mixed), str(RAW), TMPDIR=str(temporary))
    assert done.returncode == -9
    assert not list(temporary.iterdir())
    assert [path.name for path in (tmp_path / "made").iterdir()] == [".again.originals"]
    stale = tmp_path / "made" / ".again.originals" / "raw" / "stale"
    stale.mkdir()
    assert rebuild(mixed, raw=RAW, out=tmp_path / "made" / "again")
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["again"]


def test_samples_are_invented_so_everything_of_them_is_published_under_the_manifest_as_it_is(tmp_path):
    out = tmp_path / "two"
    recipe = BuildRecipe(name="two", held_in=("resume", "finre"), samples=True)
    pipeline.build(recipe, raw=out, out=out)
    plan = prepare(out, tmp_path / "staging")
    assert not plan.held_back
    assert plan.files["manifest.json"].place == out / "manifest.json"
    assert {path for path in plan.manifest.files if path.endswith(".parquet")} <= plan.files.keys()


def test_what_the_hub_or_the_user_gets_wrong_is_one_line_and_nothing_is_published(mixed, tmp_path):
    hub = Hub()
    hub.commit("org/foreign", {".gitattributes": b"", "README.md": b"# mine", "data.csv": b"a,b"})
    hub.commit("org/other", {"published.json": b'{"benchmark":"another","benchmark_version":"1","files":{}}'})
    hub.commit("org/public", {})
    hub.others["org/model"] = "model"
    before = {name: list(repository.trees) for name, repository in hub.repositories.items()}
    wrong = {
        ("org/new", ""): "no token for 127.0.0.1: hf auth login",
        ("org/new", "hf_wrong"): "refuses this token",
        ("org/new", READER): "no right to write",
        ("elsewhere/new", TOKEN): "no right to write",
        ("org/model", TOKEN): "a model is called so",
        ("org/foreign", TOKEN): "holds 2 files that no push of a benchmark put there (e.g. README.md); --into-existing",
        ("org/other", TOKEN): "holds the benchmark 'another', not 'mixed'",
        ("org/..name", TOKEN): "not a name the Hub allows",
        ("name", TOKEN): "name the owner too: org/name",
    }
    calls = [(mixed, repo, {"token": token}) for repo, token in wrong]
    with hub.serving() as endpoint:
        said = pushes(tmp_path, endpoint, *calls, (mixed, "org/public", {"private": True}))
        assert "--private makes a new repository only" in said.pop()
    for message, ((repo, _), wanted) in zip(said, wrong.items(), strict=True):
        assert wanted in message
        assert repo in message
        assert "\n" not in message
    assert {name: list(repository.trees) for name, repository in hub.repositories.items()} == before


@pytest.mark.parametrize(
    "tag", ["a b", "a..b", "a~1", "a^", "x:y", "a?", "[a", r"a\b", "/a", "a/", "a.", "-a", "@", "a@{b", "a.lock"]
)
def test_a_tag_that_git_does_not_allow_is_refused_before_anything_is_sent(mixed, tag):
    for option in ("--tag", "--revision"):
        command = ["push", str(mixed), "--repo", "org/x", f"{option}={tag}"]
        with pytest.raises(RecipeError, match="not a name that git allows"):
            CliRunner().invoke(app, command, catch_exceptions=False)


def test_a_push_whose_tag_fails_says_what_is_visible_and_how_to_complete_it(mixed, tmp_path):
    hub = Hub()
    with hub.serving() as endpoint:
        hub.broken = [r"POST .*/tag/"]
        (said,) = pushes(tmp_path, endpoint, (mixed, "org/mixed", {}))
        commit = hub.repositories["org/mixed"].refs["main"]
        assert f"the benchmark is visible at main (commit {commit}), without the tag v0.2" in said
        assert f"hf repos tag create org/mixed v0.2 --revision {commit} --repo-type dataset" in said
        assert "nothing was published" not in said
        hub.broken = []
        (done,) = pushes(tmp_path, endpoint, (mixed, "org/mixed", {}))
    assert (done["added"], done["commit"], done["tagged"]) == ([], commit, commit)


@pytest.mark.parametrize("token", ["hf_bad中", "hf_wrong one", "hf_\x7f"])
def test_a_token_that_cannot_be_one_is_one_line_that_does_not_show_it(mixed, tmp_path, token):
    for command in (("push", str(mixed), "--repo", "org/x"), ("pull", "org/x")):
        run = client(tmp_path, "http://127.0.0.1:9", "-m", "uiebench", *command, HF_TOKEN=token)
        assert run.returncode == 1
        wanted = "the token (HF_TOKEN, or that of hf auth login) has characters that no token has"
        assert len(run.stderr.splitlines()) == 1
        assert wanted in run.stderr
        assert token not in run.stdout + run.stderr


@pytest.mark.parametrize("address", ["http://[bad", "http://x:99999", "nonsense", "ftp://x"])
def test_an_address_that_is_none_is_one_line(mixed, tmp_path, address):
    for command in (("push", str(mixed), "--repo", "org/x"), ("pull", "org/x")):
        run = client(tmp_path, address, "-m", "uiebench", *command, HF_TOKEN=TOKEN)
        assert run.returncode == 1
        assert len(run.stderr.splitlines()) == 1
        assert "HF_ENDPOINT is no address of a Hub" in run.stderr


def test_nothing_is_visible_of_a_push_that_was_cut_off_and_a_second_one_completes_it(mixed, tmp_path):
    hub = Hub()
    with hub.serving() as endpoint:
        hub.broken = [r"PUT /lfs/[0-7]"]
        (said,) = pushes(tmp_path, endpoint, (mixed, "org/mixed", {}))
        assert "no connection to 127.0.0.1, or it was lost; the commit is there whole or not at all" in said
        assert set(hub.files("org/mixed")) == {".gitattributes"}
        hub.broken = [r"POST .*/commit/"]
        (said,) = pushes(tmp_path, endpoint, (mixed, "org/mixed", {}))
        assert "no connection to 127.0.0.1, or it was lost; the commit is there whole or not at all" in said
        assert set(hub.files("org/mixed")) == {".gitattributes"}
        sent_before = len([request for request in hub.requests if request.startswith("PUT")])
        assert sent_before
        hub.broken = []
        hub.meanwhile = lambda: hub.commit("org/mixed", {".gitattributes": b"", "LICENSE": b"theirs"})
        (said,) = pushes(tmp_path, endpoint, (mixed, "org/mixed", {}))
        assert "changed meanwhile; run it again" in said
        assert set(hub.files("org/mixed")) == {".gitattributes", "LICENSE"}
        (done,) = pushes(tmp_path, endpoint, (mixed, "org/mixed", {"into_existing": True}))
        assert len([request for request in hub.requests if request.startswith("PUT")]) == sent_before
    assert set(done["added"]) == set(hub.files("org/mixed")) - {".gitattributes", "LICENSE"}


def test_a_benchmark_that_is_not_whole_is_not_pushed(mixed, tmp_path):
    with pytest.raises(UiebenchError, match="no complete benchmark"):
        prepare(tmp_path, tmp_path / "staging")
    copy = build(tmp_path / "copy")
    (copy / "stats.json").write_bytes(b"{}")
    with pytest.raises(SourceError, match=r"stats\.json has sha256 \w+, expected \w+; build it again$"):
        prepare(copy, tmp_path / "staging")
    (copy / "stats.json").unlink()
    with pytest.raises(SourceError, match=r"stats\.json is missing"):
        prepare(copy, tmp_path / "staging")


def test_a_dry_run_lists_files_licences_and_what_is_held_back_and_needs_no_token(mixed, tmp_path):
    command = ("-m", "uiebench", "push", str(mixed), "--repo", "org/mixed", "--dry-run")
    with Hub().serving() as endpoint:
        run = client(tmp_path, endpoint, *command)
        known = client(tmp_path, endpoint, *command, "--json")
    assert run.returncode == 0, run.stderr
    away = client(tmp_path, endpoint, *command)
    assert (away.returncode, away.stdout) == (0, run.stdout)
    assert away.stderr.startswith("note: org/mixed: no connection to 127.0.0.1, or it was lost; nothing was compared")
    lines = [" ".join(line.split()) for line in run.stdout.splitlines()]
    assert any(line.startswith("fabner unknown held back") for line in lines)
    assert any(line.startswith("fewnerd CC BY-SA 4.0 published") for line in lines)
    assert "held back: 1 reward pairs of fabner" in lines
    size = (mixed / "corpora/fewnerd/test.parquet").stat().st_size
    assert f"corpora/fewnerd/test.parquet {size:,}" in lines
    assert 'load_dataset("org/mixed", "zh-ee") test' in lines
    assert not any(line.startswith("corpora/fabner/test.parquet") for line in lines)
    told = json.loads(known.stdout)
    assert set(told["held_back"]) == HELD_BACK
    assert set(told["configs"]) == {"instructions", "corpora", "zh-ee", "withheld", "unlabelled", "pairs"}


def test_the_card_passes_the_hubs_rules_and_holds_every_citation(pushed):
    from huggingface_hub import DatasetCard

    hub, _ = pushed
    text = hub.files("org/mixed")["README.md"].decode()
    assert card_faults(text) == []
    card = DatasetCard(text, ignore_metadata_errors=False)
    assert card.data.configs[0]["config_name"] == "instructions"
    assert card.data.license == ["cc-by-sa-3.0", "cc-by-sa-4.0", "mit"]  # DocRED: MIT, on texts of Wikipedia
    for corpus in OPEN | HELD_BACK:
        assert catalogue.load(corpus).citation in text
    assert "uiebench rebuild org/mixed --raw DIR" in text


def test_results_stand_in_the_card_with_their_signatures_and_those_of_others_are_refused(mixed, tmp_path):
    run = CliRunner()
    answers, report = tmp_path / "answers.jsonl", tmp_path / "lexicon.json"
    bench = ["--benchmark", str(mixed)]
    assert run.invoke(app, ["predict", "--baseline", "lexicon", *bench, "--out", str(answers)]).exit_code == 0
    scored = run.invoke(app, ["score", str(answers), *bench, "--json"])
    report.write_text(scored.stdout, encoding="utf-8")
    plan = prepare(mixed, tmp_path / "staging")
    card = benchmark_card(plan, "org/mixed", [report])
    means = json.loads(report.read_text(encoding="utf-8"))["means"]
    assert means
    for mean in means:
        assert f"| {mean['key']} | {mean['task']} | {mean['metric']} | {100 * mean['f1']:.2f} |" in card
        assert mean["signature"].replace("|", " ") in card
    report.write_text(report.read_text(encoding="utf-8").replace("bench:mixed@", "bench:mixed@0"), encoding="utf-8")
    with pytest.raises(SourceError, match="scores of another benchmark"):
        benchmark_card(plan, "org/mixed", [report])


def read_as_croissant(plan, folder):
    """The description of what is published, and a function that reads the rows of a config by it."""
    mlcroissant = pytest.importorskip("mlcroissant")
    for path, file in plan.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(file.place.read_bytes())
    made = configs(plan.manifest.recipe, plan.files)
    described = croissant(plan, "org/mixed", "https://huggingface.co", made)
    dataset = mlcroissant.Dataset(described, mapping={"repo": str(folder)})
    assert not dataset.metadata.ctx.issues.errors
    assert {records.id for records in dataset.metadata.record_sets} == {config.name for config in made}

    def rows(config, split):
        return [row for row in dataset.records(config) if row[f"{config}/split"] == split.encode()]

    return described, {config.name: config.splits for config in made}, rows


def test_croissant_is_valid_and_reads_the_published_rows(mixed, tmp_path):
    plan, here = prepare(mixed, tmp_path / "staging"), tmp_path / "repo"
    described, files, read = read_as_croissant(plan, here)
    assert set(files) == {"instructions", "corpora", "zh-ee", "withheld", "unlabelled", "pairs"}
    assert plan.files["manifest.json"].sha256 not in json.dumps(described)  # a repository has no hash
    for config, split, field in (("zh-ee", "test", "prompt"), ("corpora", "test", "text"), ("withheld", "test", "id")):
        wanted = [row[field] for path in files[config][split] for row in pq.read_table(here / path).to_pylist()]
        assert wanted
        assert sorted(row[f"{config}/{field}"].decode() for row in read(config, split)) == sorted(wanted)


def test_croissant_has_the_arguments_of_events_the_split_of_pairs_and_a_name_in_any_script(tmp_path):
    recipe = BuildRecipe("事件基准", held_in=("fewfc", "title2event"), samples=True)
    built = build(tmp_path / "named", recipe)
    for name, number in (("train", 0), ("dev", 1), ("dpo", 2)):
        write_parquet(built / "pairs" / f"{name}.parquet", RewardPair, [pair("fewfc", number)])
    plan, here = prepare(built, tmp_path / "staging"), tmp_path / "repo"
    described, files, read = read_as_croissant(plan, here)
    assert described["name"] == "事件基准"
    ids = {split: {row["pairs/id"].decode() for row in read("pairs", split)} for split in ("train", "dev")}
    assert ids == {"train": {"fewfc/train/0#NER", "fewfc/train/2#NER"}, "dev": {"fewfc/train/1#NER"}}
    (corpora,) = (told for told in described["recordSet"] if told["@id"] == "corpora")
    (events,) = (field for field in corpora["field"] if field["name"] == "events")
    (arguments,) = (field for field in events["subField"] if field["name"] == "arguments")
    assert arguments["repeated"]
    assert {field["source"]["transform"]["jsonPath"] for field in arguments["subField"]} == {
        *("arguments[*].text", "arguments[*].start", "arguments[*].end", "arguments[*].role")
    }
    column = "corpora/events/arguments"
    found = [
        [told[f"{column}/role"].decode() for told in row.get(column) or () if told[f"{column}/role"] is not None]
        for row in read("corpora", "train")
    ]
    wanted = [
        [event.arguments[0].role for event in document.events if event.arguments]
        for path in files["corpora"]["train"]
        for document in read_parquet(here / path, Document)
    ]
    assert sum(map(bool, wanted)) > 5
    assert sorted(found) == sorted(wanted)


def test_columns_are_described_as_datasets_describes_them():
    datasets = pytest.importorskip("datasets")
    for record in (Instruction, Document, BareDocument, RewardPair):
        known = datasets.Features.from_arrow_schema(arrow_schema(record))
        assert features(record) == known._to_yaml_list()
        assert datasets.Features._from_yaml_list(features(record)) == known


def test_without_huggingface_hub_the_line_says_what_to_install(mixed, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['huggingface_hub'] = None\n", encoding="utf-8")
    path = f"{tmp_path}:{ROOT}"
    (said,) = pushes(tmp_path, "http://127.0.0.1:9", (mixed, "org/mixed", {}), PYTHONPATH=path)
    assert said == "org/mixed: for the Hub: pip install 'uiebench[hub]'"


@pytest.mark.parametrize(
    ("group", "told"), [("a/b", "a name on the Hub has letters"), ("q?*", "a name on the Hub"), ("default", "is kept")]
)
def test_a_group_whose_name_cannot_be_a_config_is_found_before_the_push(tmp_path, group, told):
    made = build(
        tmp_path / "named", BuildRecipe("named", held_in=("resume",), held_out={group: ("weibo",)}, samples=True)
    )
    with pytest.raises(RecipeError, match=f"held_out.*{told}"):
        prepare(made, tmp_path / "out")


def test_pairs_that_are_all_held_back_are_no_config(tmp_path):
    plan = prepare(build(tmp_path / "back", pairs=[pair("fabner", 0)]), tmp_path / "out")
    assert plan.pairs_held_back
    assert not any(name.startswith("pairs/") for name in plan.files)
    assert "pairs" not in [config.name for config in configs(plan.manifest.recipe, plan.files)]


def test_what_several_corpora_cite_stands_once():
    entries = citations([catalogue.load(name) for name in catalogue.names()])
    keys = [entry.partition(",")[0] for entry in entries]
    assert len(keys) == len(set(keys))
    assert all(entry.startswith("@") for entry in entries)
    assert len(citations([catalogue.load("crossner_ai"), catalogue.load("crossner_music")])) == 1


def test_a_statement_of_permission_is_text_in_the_card_and_nothing_else():
    assert as_text("we may\n\n## Injected <b>x</b> [y](z)") == r"we may \#\# Injected \<b\>x\</b\> \[y\](z)"
    assert as_text("书面许可，2026 年 3 月。") == "书面许可，2026 年 3 月。"


# --- what the card says ---------------------------------------------------------------------------


def test_the_tables_of_a_card_are_of_what_is_published_and_say_where_those_of_the_whole_are(mixed, tmp_path):
    plan = prepare(mixed, tmp_path / "staging")
    card = benchmark_card(plan, "org/mixed")
    stats = json.loads((mixed / "stats.json").read_bytes())["instructions"]
    asked = sum(told["prompts"] for told in stats if told["folder"] == "test" and told["corpus"] in OPEN)
    assert asked < sum(told["prompts"] for told in stats if told["folder"] == "test")
    (row,) = (line for line in card.splitlines() if line.startswith("| test | *all* |"))
    assert f" {asked:,} |" in row
    tables = card.partition("The tables below are of what is published.")[2].partition("## Zero-shot corpora that")[0]
    assert "[complete/README.md](complete/README.md)" in tables
    assert "| title2event |" in tables
    for corpus in HELD_BACK:
        assert f"| {corpus} |" not in tables
    assert "| zh-ee | title2event |" in tables
    assert "| en-ner |" not in tables
    held = card.partition("## Zero-shot corpora that are held back")[2]
    assert "| en-ner | multinerd_en |" in held
    assert "scores what is published, which is another benchmark than the whole" in card
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["tags"] == ["information-extraction", "named-entity-recognition", "relation-extraction",
                             "event-extraction"]  # fmt: skip
    assert all(corpus in card for corpus in HELD_BACK)
    whole = plan.files["complete/README.md"].place.read_text(encoding="utf-8")
    assert all(f"| {corpus} |" in whole for corpus in HELD_BACK)


def test_a_benchmark_that_is_held_back_entirely_is_not_said_to_be_scored_from_the_hub(tmp_path):
    built = build(tmp_path / "closed", BuildRecipe("closed", "All held back.", held_in=("fabner",), windows="all"))
    card = benchmark_card(prepare(built, tmp_path / "staging"), "org/closed")
    assert card_faults(card) == []
    assert "uiebench score predictions.jsonl --benchmark org/closed" not in card
    assert (
        "uiebench rebuild org/closed --raw DIR\nuiebench score predictions.jsonl --benchmark benchmarks/closed" in card
    )
    assert 'withheld = load_dataset("org/closed", "withheld", split="test")' in card
    assert "## Instructions" not in card
    assert "No text is published." in card
    assert catalogue.load("fabner").citation in card
    assert yaml.safe_load(card.split("---\n")[1])["tags"] == ["information-extraction", "named-entity-recognition"]


def test_the_card_of_a_benchmark_of_which_nothing_is_held_back_has_its_whole_readme(tmp_path):
    built = build(tmp_path / "two", BuildRecipe("two", "Two corpora.", held_in=("resume", "finre"), samples=True))
    card = benchmark_card(prepare(built, tmp_path / "staging"), "org/two")
    rest = (built / "README.md").read_text(encoding="utf-8").partition("Two corpora.\n\n")[2].strip()
    assert rest in card
    assert "uiebench score predictions.jsonl --benchmark org/two" in card


# --- the gate -------------------------------------------------------------------------------------


def forged(mixed, out, corpus, **fields):
    """A copy of a benchmark in which a corpus is described otherwise, with a manifest to match."""
    for path in mixed.rglob("*"):
        if path.is_file() and ".parts" not in path.parts:
            (out / path.relative_to(mixed)).parent.mkdir(parents=True, exist_ok=True)
            (out / path.relative_to(mixed)).write_bytes(path.read_bytes())
    place = out / "corpora" / corpus / "corpus.json"
    data = json.dumps(json.loads(place.read_bytes()) | fields).encode()
    place.write_bytes(data)
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest["files"][f"corpora/{corpus}/corpus.json"] = hashlib.sha256(data).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return out


def test_a_corpus_is_published_under_the_licence_of_the_corpus_we_know_not_of_the_one_it_says_it_is(mixed, tmp_path):
    free = {"name": "CC0", "redistribute": True}
    plan = prepare(forged(mixed, tmp_path / "licence", "fabner", licence=free), tmp_path / "staging")
    assert "fabner" in plan.held_back
    for name in ("fewnerd", "of-nobody"):
        with pytest.raises(
            SourceError, match=f"fabner/corpus.json: describes the corpus '{name}'; build the benchmark"
        ):
            prepare(forged(mixed, tmp_path / name, "fabner", licence=free, name=name), tmp_path / "staging")


def test_a_corpus_that_is_not_known_here_is_held_back(mixed, tmp_path, monkeypatch):
    known = [name for name in catalogue.names() if name != "fewnerd"]
    monkeypatch.setattr(catalogue, "names", lambda: known)
    assert "fewnerd" in prepare(mixed, tmp_path / "staging").held_back


# --- tags, branches, places -----------------------------------------------------------------------


def test_a_tag_that_would_hide_a_branch_is_refused(mixed, tmp_path):
    for options in (("--tag", "main"), ("--tag", "x/y", "--revision", "x/y"), ("--tag", "refs/heads/x")):
        with pytest.raises(RecipeError, match=r"--tag '.*': the name of a branch, which the tag would hide"):
            CliRunner().invoke(app, ["push", str(mixed), "--repo", "org/x", *options], catch_exceptions=False)
    hub = Hub()
    hub.commit("org/mixed", {})
    hub.commit("org/mixed", {}, ref="stable")
    with hub.serving() as endpoint:
        (said,) = pushes(tmp_path, endpoint, (mixed, "org/mixed", {"tag": "stable"}))
    assert said == "--tag 'stable': a branch of org/mixed is called so, and the tag would hide it"
    assert not hub.files("org/mixed")


def test_the_tag_is_the_version_in_the_manifest_and_branches_may_have_slashes(mixed, tmp_path):
    older = forged(mixed, tmp_path / "older", "fabner")
    manifest = json.loads((older / "manifest.json").read_bytes()) | {"benchmark_version": "0.1"}
    (older / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    hub = Hub()
    hub.commit("org/mixed", {".gitattributes": b""})
    hub.commit("org/mixed", {".gitattributes": b""}, ref="refs/pr/1")
    with hub.serving() as endpoint:
        first, second, none = pushes(
            tmp_path,
            endpoint,
            (older, "org/mixed", {"revision": "x/y"}),
            (older, "org/mixed", {"revision": "refs/pr/1"}),
            (older, "org/mixed", {"revision": "refs/pr/2"}),
        )
        pulled = client(tmp_path, endpoint, "-m", "uiebench", "pull", "org/mixed@refs/pr/1")
        assert pulled.returncode == 0, pulled.stderr
    assert (first["branch"], first["tag"], first["tagged"]) == ("x/y", "v0.1", first["commit"])
    assert hub.files("org/mixed", "x/y") == hub.files("org/mixed", "refs/pr/1")
    assert second["commit"] == hub.repositories["org/mixed"].refs["refs/pr/1"]
    assert "knows no such place" in none
    assert set(hub.files("org/mixed")) == {".gitattributes"}


def test_a_full_disk_is_one_line_with_the_place(mixed, tmp_path, monkeypatch):
    """Everything that a push writes goes through one function, whose errors name the file."""

    def full(self, data):
        raise OSError(28, "No space left on device")

    plan = prepare(mixed, tmp_path / "staging")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UiebenchError) as error:
        compare(plan, "org/mixed", "https://hub.example", There(), Wish())
    assert str(error.value) == f"{tmp_path}/staging/published.json: cannot be written (No space left on device)"


def test_a_cache_that_cannot_be_written_is_one_line_with_the_place(mixed, tmp_path):
    hub = Hub()
    (tmp_path / "cache").write_text("a file where the client wants a folder", encoding="utf-8")
    with hub.serving() as endpoint:
        hub.commit("org/mixed", {"manifest.json": b"{}"})
        run = client(tmp_path, endpoint, "-m", "uiebench", "pull", "org/mixed", HF_HUB_CACHE=str(tmp_path / "cache"))
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"error: org/mixed: {tmp_path}/cache")
    assert "cannot be written" in line


def test_a_local_benchmark_of_another_recipe_is_not_replaced_by_one_that_is_rebuilt(mixed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = build(tmp_path / "benchmarks" / "mixed", msgspec.structs.replace(RECIPE, few_shot=()))
    before = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}
    arguments = ["rebuild", str(mixed), "--raw", str(RAW), "--jobs", "1"]
    with pytest.raises(RecipeError) as error:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert str(error.value) == (
        "benchmarks/mixed: holds a benchmark of this name that was made by another recipe; --out "
        "benchmarks/mixed-published puts the rebuilt one beside it, --out benchmarks/mixed replaces it"
    )
    assert {path: path.read_bytes() for path in other.rglob("*") if path.is_file()} == before
    assert CliRunner().invoke(app, [*arguments, "--out", "benchmarks/mixed"], catch_exceptions=False).exit_code == 0
    assert (other / "manifest.json").read_bytes() == (mixed / "manifest.json").read_bytes()
    assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0  # the same again


def test_of_commits_on_one_state_the_hub_of_the_tests_takes_one():
    hub = Hub()
    parent = hub.commit("org/x", {})
    with hub.serving() as endpoint:

        def commit(number):
            lines = [
                {"key": "header", "value": {"summary": "x", "parentCommit": parent}},
                {"key": "file", "value": {"path": str(number), "content": "eA==", "encoding": "base64"}},
            ]
            request = Request(
                f"{endpoint}/api/datasets/org/x/commit/main",
                "\n".join(map(json.dumps, lines)).encode(),
                {"Authorization": f"Bearer {TOKEN}"},
            )
            try:
                return urlopen(request).status
            except HTTPError as error:
                return error.code

        with ThreadPoolExecutor(16) as pool:
            told = sorted(pool.map(commit, range(16)))
    assert told == [200] + [412] * 15
    assert len(hub.files("org/x")) == 1
