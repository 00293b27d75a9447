"""Benchmarks from the Hub: taken whole and checked, or refused in one line. With the real client against a
Hub on loopback; the client reads its environment when it is imported, so every run is a process of its own.
"""

import json
import os
from pathlib import Path

import pytest
from hub_server import ROOT, TOKEN, Hub, client

from uiebench.build import pipeline
from uiebench.errors import SourceError
from uiebench.hub import is_hub_id
from uiebench.publish.copies import verify
from uiebench.recipe import BuildRecipe

pytest.importorskip("huggingface_hub")
OUTSIDE = ("../x", "/etc/x", r"..\..\x", "C:x", "corpora/*", "a?", "[a-z]x", "a//b", "./a", "corpora/", "", "a\nb")
PULL = """
import json, sys
from uiebench.errors import UiebenchError
from uiebench.hub import pull
for name in sys.argv[1:]:
    try:
        pulled = pull(name)
        print(json.dumps([pulled.repo, pulled.commit, str(pulled.folder)]))
    except UiebenchError as error:
        print(json.dumps(str(error)))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A benchmark as path → bytes."""
    out = tmp_path_factory.mktemp("hub") / "two"
    pipeline.build(BuildRecipe(name="two", held_in=("resume", "finre"), samples=True), raw=out, out=out)
    files = (path for path in out.rglob("*") if path.is_file() and ".parts" not in path.parts)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def hub(built):
    hub = Hub()
    hub.commit("org/two", built, ref="v1")
    hub.commit("org/two", built | {".gitattributes": b"*.parquet filter=lfs\n", "data/x.parquet": b"elsewhere"})
    hub.commit("org/altered", built | {"corpora/resume/test.parquet": b"x"})
    hub.commit("org/short", {path: data for path, data in built.items() if path != "corpora/resume/test.parquet"})
    hub.commit("org/bare", {"README.md": b"# nothing"})
    hub.commit("org/other-json", {"manifest.json": b'{"files": 3}'})
    for number, path in enumerate(OUTSIDE):
        hub.commit(f"org/outside-{number}", {"manifest.json": json.dumps({"files": {path: "00"}}).encode()})
    hub.commit("org/gated", built)
    hub.repositories["org/gated"].gated = True
    hub.commit("org/private", built)
    hub.repositories["org/private"].private = True
    return hub


def pulls(home, endpoint, *names, **environment):
    """What `pull` makes of each name: [repo, commit, folder], or the message of its error."""
    done = client(home, endpoint, "-c", PULL, *names, **environment)
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_benchmark_comes_whole_at_the_revision_asked_for_and_again_from_the_cache(hub, built, tmp_path):
    refs = hub.repositories["org/two"].refs
    with hub.serving() as endpoint:
        newest, tagged = pulls(tmp_path, endpoint, "org/two", "org/two@v1")
        assert newest[:2] == ["org/two", refs["main"]]
        assert tagged[:2] == ["org/two", refs["v1"]]
        asked = len(hub.requests)
        assert pulls(tmp_path, endpoint, "org/two", f"org/two@{refs['v1']}") == [newest, tagged]
        assert not [request for request in hub.requests[asked:] if request.startswith("GET /datasets")]
    folder = Path(newest[2])
    assert {path: (folder / path).read_bytes() for path in built} == built
    assert not (folder / "data").exists()


def test_what_is_no_sound_benchmark_is_refused(hub, tmp_path):
    names = ("altered", "short", "bare", "other-json", "gated", "private", "nowhere", "two@v9")
    with hub.serving() as endpoint:
        said = pulls(tmp_path, endpoint, *(f"org/{name}" for name in names), "org/a..b")
    wanted = {
        "altered": "corpora/resume/test.parquet has sha256 2d711642b726b044",
        "short": "corpora/resume/test.parquet is missing",
        "bare": "org/bare has no manifest.json in this revision",
        "other-json": "not that of a benchmark",
        "gated": "gated; ask for access",
        "private": "no dataset org/private at 127.0.0.1, or it is private",
        "nowhere": "no dataset org/nowhere at 127.0.0.1, or it is private",
        "two@v9": "org/two has no such revision",
    }
    for name, message in zip(names, said, strict=False):
        assert message.startswith(f"org/{name}: ")
        assert wanted[name] in message
        assert "\n" not in message
    assert "not the id of a repository" in said[-1]


def test_a_listing_names_files_below_the_folder_only_and_no_patterns(hub, tmp_path):
    with hub.serving() as endpoint:
        said = pulls(tmp_path, endpoint, *(f"org/outside-{number}" for number in range(len(OUTSIDE))))
    for number, (path, message) in enumerate(zip(OUTSIDE, said, strict=True)):
        wanted = f"org/outside-{number}: its manifest.json names a file outside the benchmark ({path!r})"
        assert message == wanted


def test_what_another_program_put_into_the_copy_is_not_scored_with_the_benchmark(hub, tmp_path):
    with hub.serving() as endpoint:
        folder = Path(pulls(tmp_path, endpoint, "org/two")[0][2])
        (folder / "instructions" / "test" / "more.parquet").write_bytes(b"PAR1")
        (said,) = pulls(tmp_path, endpoint, "org/two")
    wanted = "instructions/test/more.parquet is not of the benchmark, and would be read with it"
    assert said == f"org/two: {wanted}: remove {folder}"


def test_a_token_opens_what_is_gated_and_is_never_shown(hub, tmp_path):
    with hub.serving() as endpoint:
        opened = pulls(tmp_path, endpoint, "org/gated", "org/private", HF_TOKEN=TOKEN)
        assert [repo for repo, *_ in opened] == ["org/gated", "org/private"]
        assert "gated" in pulls(tmp_path, endpoint, "org/gated")[0]  # although all of it is in the cache
        refused = client(tmp_path, endpoint, "-c", PULL, "org/gated", HF_TOKEN="hf_another-secret")
    assert "gated" in refused.stdout
    assert "another-secret" not in refused.stdout + refused.stderr


def test_a_hub_out_of_reach_is_an_error_and_an_old_copy_is_taken_only_when_asked_for(hub, tmp_path):
    with hub.serving() as endpoint:
        online = pulls(tmp_path, endpoint, "org/two")
    away = pulls(tmp_path, endpoint, "org/two")
    assert "127.0.0.1 cannot be reached; a copy downloaded before is taken with HF_HUB_OFFLINE=1" in away[0]
    here, gone = pulls(tmp_path, endpoint, "org/two", "org/bare", HF_HUB_OFFLINE="1")
    assert [here] == online
    assert "no whole copy of this revision is in the cache" in gone


def test_the_command_line_takes_a_hub_id_and_says_which_revision_it_used(hub, tmp_path):
    commit = hub.repositories["org/two"].refs["main"]
    with hub.serving() as endpoint:
        run = ("-m", "uiebench")
        done = client(tmp_path, endpoint, *run, "predict", "--baseline", "lexicon", "--benchmark", "org/two")
        assert done.returncode == 0, done.stderr
        done = client(tmp_path, endpoint, *run, "score", "predictions.jsonl", "--benchmark", "org/two@main")
        assert done.returncode == 0, done.stderr
        assert f"benchmark: org/two@{commit}" in done.stderr
        assert "bench:two@" in done.stdout
        done = client(tmp_path, endpoint, *run, "score", "predictions.jsonl", "--benchmark", "org/bare")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == ["error: org/bare: no benchmark: org/bare has no manifest.json in this revision"]


def test_without_huggingface_hub_the_line_says_what_to_install(hub, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['huggingface_hub'] = None\n", encoding="utf-8")
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    (said,) = pulls(tmp_path, "http://127.0.0.1:9", "org/two", PYTHONPATH=path)
    assert said == "org/two: not a folder here; for the Hub: pip install 'uiebench[hub]'"


def test_a_name_is_a_repository_only_if_nothing_here_is_called_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "benchmarks").mkdir()
    for name in ("org/name", "org/name@v1.0", "org/name@refs/pr/1"):
        assert is_hub_id(Path(name))
    for name in ("benchmarks/misspelt", "name", "/org/name", "a/b/c", "org/na me", "../org"):
        assert not is_hub_id(Path(name))
    (tmp_path / "org" / "name").mkdir(parents=True)
    assert not is_hub_id(Path("org/name"))


def test_a_folder_is_verified_file_by_file(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    verify("x", tmp_path, {"a": empty})
    with pytest.raises(SourceError, match=f"a has sha256 {empty}, expected 00"):
        verify("x", tmp_path, {"a": "00"})
    with pytest.raises(SourceError, match="b is missing"):
        verify("x", tmp_path, {"b": empty})
