"""Pushing to what is there already: what an earlier push left, and what is somebody else's.

Most of it needs no Hub: `Branch` holds the files of a branch as `compare` sees them and takes what it says. Whether
others can still load their data is asked of the real clients, against a Hub on loopback.
"""

import hashlib
import io
import json

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hub_server import TOKEN, Hub, card_faults, client, oid
from pushing import RECIPE, build, front_of, pair, pushes, readable, texts

from uiebench.errors import RecipeError, SourceError
from uiebench.publish import Published, There, Wish, compare, prepare
from uiebench.publish.card import BEGIN, END
from uiebench.storage import write_parquet
from uiebench.types import RewardPair

pytest.importorskip("huggingface_hub")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A benchmark of six corpora, three of which may be passed on, without pairs."""
    return build(tmp_path_factory.mktemp("again") / "mixed")


@pytest.fixture
def smaller(tmp_path):
    """Another build of the benchmark, without one of its corpora, the only one with texts without gold."""
    return build(tmp_path / "smaller", msgspec.structs.replace(RECIPE, held_in=("fewnerd", "fabner", "leven")))


def with_pairs(benchmark, tmp_path, **splits):
    """A copy of a benchmark with files of pairs: name → corpora of its pairs."""
    copy = tmp_path / f"with-{'-'.join(splits)}"
    for path in benchmark.rglob("*"):
        if path.is_file() and ".parts" not in path.parts:
            place = copy / path.relative_to(benchmark)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    for name, corpora in splits.items():
        pairs = [pair(corpus, number) for number, corpus in enumerate(corpora)]
        write_parquet(copy / "pairs" / f"{name}.parquet", RewardPair, pairs)
    return copy


def report(benchmark, place, f1):
    """A report of the benchmark with one figure."""
    fingerprint = hashlib.sha256((benchmark / "manifest.json").read_bytes()).hexdigest()[:8]
    row = {"key": "zh", "task": "NER", "metric": "strict", "f1": f1, "signature": f"bench:mixed@{fingerprint}|v:1"}
    place.write_text(json.dumps({"rows": [], "means": [row]}), encoding="utf-8")
    return place


class Branch:
    """A branch of a repository: path → bytes."""

    def __init__(self, tmp_path, files=()):
        self.files, self.folder, self.pushes = dict(files), tmp_path / "branch", 0

    def there(self):
        listed = self.files.get("published.json")
        return There(
            "0" * 40 if self.files else "",
            {path: oid(path, data) for path, data in self.files.items()},
            self.files.get("README.md", b"").decode(),
            msgspec.json.decode(listed, type=Published) if listed else None,
            self.fetch,
        )

    def fetch(self, path):
        place = self.folder / "fetched" / str(self.pushes) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(self.files[path])
        return place

    def push(self, benchmark, **wish):
        """Push, and what was changed."""
        self.pushes += 1
        plan = prepare(benchmark, self.folder / f"made-{self.pushes}")
        change = compare(plan, "org/mixed", "https://hub.example", self.there(), Wish(**wish))
        self.files |= {path: file.place.read_bytes() for path, file in change.added.items()}
        for path in change.removed:
            del self.files[path]
        return change

    def refused(self, benchmark, **wish):
        """What is said by a push that is refused."""
        before = dict(self.files)
        with pytest.raises(RecipeError) as error:
            self.push(benchmark, **wish)
        assert self.files == before
        assert "\n" not in str(error.value)
        return str(error.value)

    def rows(self, path):
        return pq.read_table(io.BytesIO(self.files[path])).to_pylist()

    @property
    def card(self):
        return self.files["README.md"].decode()

    @card.setter
    def card(self, text):
        self.files["README.md"] = text.encode()

    def front(self):
        return yaml.safe_load(self.card.split("---\n")[1])

    def configs(self):
        return {config["config_name"] for config in self.front()["configs"]}


# --- what stays -----------------------------------------------------------------------------------


def test_pairs_and_results_that_a_push_does_not_bring_stay_and_it_says_of_which_state_they_are(mixed, tmp_path):
    branch = Branch(tmp_path)
    first = branch.push(
        with_pairs(mixed, tmp_path, train=["fewnerd"]), results=(report(mixed, tmp_path / "lexicon.json", 0.4321),)
    )
    assert first.kept == ()
    before = dict(branch.files)
    again = branch.push(mixed)
    assert (again.added, again.removed, branch.files) == ({}, (), before)
    fingerprint = hashlib.sha256(branch.files["complete/manifest.json"]).hexdigest()[:8]
    stays = f"pairs/train.parquet, published with mixed 0.2 ({fingerprint})"
    assert again.kept == (stays, "results lexicon, computed on this state")
    assert "| zh | NER | strict | 43.21 |" in branch.card

    other = build(tmp_path / "other", msgspec.structs.replace(RECIPE, title="Another title."))
    later = branch.push(other, results=(report(other, tmp_path / "tagger.json", 0.5),))
    assert branch.files["pairs/train.parquet"] == before["pairs/train.parquet"]
    assert later.kept == (stays, f"results lexicon, computed on bench:mixed@{fingerprint}")
    assert "| zh | NER | strict | 43.21 |" in branch.card
    assert "| zh | NER | strict | 50.00 |" in branch.card
    assert f"Computed on an earlier state of this benchmark (`bench:mixed@{fingerprint}`)." in branch.card
    assert f"`pairs/train.parquet` with mixed 0.2 ({fingerprint})" in branch.card
    assert branch.push(other).kept == (*later.kept, "results tagger, computed on this state")


def test_a_split_of_pairs_is_replaced_alone(mixed, tmp_path):
    branch = Branch(tmp_path)
    branch.push(with_pairs(mixed, tmp_path, train=["fewnerd"], dev=["docred"], dpo=["fewnerd"]))
    dev = branch.files["pairs/dev.parquet"]
    change = branch.push(with_pairs(mixed, tmp_path, train=["docred", "fewnerd"]))
    assert [path for path in change.added if path.endswith(".parquet")] == ["pairs/train.parquet"]
    assert branch.files["pairs/dev.parquet"] == dev
    assert change.removed == ()
    (pairs,) = (config for config in branch.front()["configs"] if config["config_name"] == "pairs")
    assert pairs["data_files"] == [
        {"split": "train", "path": ["pairs/train.parquet", "pairs/train/dpo.parquet"]},
        {"split": "dev", "path": ["pairs/dev.parquet"]},
    ]


def test_of_pairs_that_stay_those_go_whose_text_may_no_longer_be_published(mixed, tmp_path):
    said = {"fabner": "The authors of FabNER permitted it by letter."}
    permitted = build(tmp_path / "permitted", msgspec.structs.replace(RECIPE, permissions=said))
    branch = Branch(tmp_path)
    branch.push(with_pairs(permitted, tmp_path, train=["fabner", "fewnerd"], dev=["fabner"]))
    assert [row["corpus"] for row in branch.rows("pairs/train.parquet")] == ["fabner", "fewnerd"]
    change = branch.push(mixed)
    assert change.withdrawn == ("fabner",)
    assert [row["corpus"] for row in branch.rows("pairs/train.parquet")] == ["fewnerd"]
    assert "pairs/dev.parquet" in change.removed
    assert "secret of fabner" not in "".join(map(readable, branch.files.values()))


def test_pairs_of_a_corpus_that_left_the_benchmark_stay_if_its_licence_allows_it(mixed, tmp_path):
    said = {"fabner": "The authors of FabNER permitted it by letter."}
    permitted = build(tmp_path / "permitted", msgspec.structs.replace(RECIPE, permissions=said))
    branch = Branch(tmp_path)
    branch.push(with_pairs(permitted, tmp_path, train=["fabner", "docred", "fewnerd"]))
    left = build(tmp_path / "left", msgspec.structs.replace(RECIPE, held_in=("fewnerd", "leven")))
    branch.push(left, remove=("unlabelled",))
    assert [row["corpus"] for row in branch.rows("pairs/train.parquet")] == ["docred", "fewnerd"]


def test_pairs_of_invented_texts_say_nothing_of_real_ones_of_the_same_corpus(tmp_path):
    samples = msgspec.structs.replace(RECIPE, samples=True)
    branch = Branch(tmp_path)
    branch.push(with_pairs(build(tmp_path / "real"), tmp_path, train=["fewnerd"]))
    change = branch.push(build(tmp_path / "samples", samples))
    assert "pairs/train.parquet" in change.removed


def test_what_is_wished_away_goes_and_a_wish_that_means_nothing_is_refused(mixed, tmp_path):
    branch = Branch(tmp_path)
    reports = (report(mixed, tmp_path / "lexicon.json", 0.4), report(mixed, tmp_path / "tagger.json", 0.5))
    branch.push(with_pairs(mixed, tmp_path, train=["fewnerd"], dev=["fewnerd"]), results=reports)
    assert branch.push(mixed, remove=("pairs/dev", "results/tagger")).removed == ("pairs/dev.parquet",)
    assert "50.00" not in branch.card
    assert "40.00" in branch.card
    assert branch.refused(mixed, remove=("pairs/dev",)) == (
        "--remove pairs/dev: nothing of this name is published in org/mixed that this push does not bring; "
        "did you mean 'pairs'?"
    )
    assert "nothing of this name" in branch.refused(mixed, remove=("corpora",))
    assert branch.push(mixed, remove=("pairs", "results")).removed == ("pairs/train.parquet",)
    assert "pairs" not in branch.configs()
    assert "## Results" not in branch.card


def test_no_config_or_split_is_lost_because_the_benchmark_lacks_it(mixed, smaller, tmp_path):
    branch = Branch(tmp_path)
    branch.push(mixed)
    said = branch.refused(smaller)
    assert said == (
        "--repo org/mixed: unlabelled would be lost: published there, and not in this benchmark; "
        "--remove unlabelled takes it away, another branch (--revision) leaves it"
    )
    change = branch.push(smaller, remove=("unlabelled",))
    assert change.removed
    assert all("docred" in path for path in change.removed)
    assert not [path for path in change.added if path.endswith(".parquet")]
    fewer = {"held_in": ("fewnerd", "leven", "title2event"), "held_out": {"en-ner": ("multinerd_en",)}, "few_shot": ()}
    groupless = build(tmp_path / "groupless", msgspec.structs.replace(RECIPE, **fewer))
    assert "instructions/fewshot_1, zh-ee would be lost" in branch.refused(groupless)
    branch.push(groupless, remove=("zh-ee", "instructions/fewshot_1"))
    assert "zh-ee" not in branch.configs()


def test_text_that_may_no_longer_be_published_goes_with_its_config_without_being_asked_for(mixed, tmp_path):
    said = {"multinerd_en": "The authors permitted it by letter."}
    permitted = build(tmp_path / "permitted", msgspec.structs.replace(RECIPE, permissions=said))
    branch = Branch(tmp_path)
    branch.push(permitted)
    assert "en-ner" in branch.configs()
    change = branch.push(mixed)
    assert change.withdrawn == ("multinerd_en",)
    assert "en-ner" not in branch.configs()


def test_what_a_withdrawn_permission_published_leaves_the_branch_and_the_push_says_where_it_still_is(tmp_path):
    permitted = msgspec.structs.replace(RECIPE, permissions={"fabner": "The authors of FabNER permitted it by letter."})
    with_both = build(tmp_path / "first", permitted, [pair("fabner", 0), pair("fewnerd", 0)])
    without = build(tmp_path / "second")
    hub = Hub()
    with hub.serving() as endpoint:
        first, second = pushes(tmp_path, endpoint, (with_both, "org/mixed", {}), (without, "org/mixed", {}))
        assert "secret of fabner" in "".join(map(readable, hub.files("org/mixed", first["commit"]).values()))
        assert (first["withdrawn"], second["withdrawn"]) == ([], ["fabner"])
        assert second["elsewhere"] == ["v0.2"]
        after = hub.files("org/mixed")
        everything = "".join(map(readable, after.values()))
        assert "secret of fabner" not in everything
        assert not [text for text in texts(without, "fabner") if text in everything]
        rows = pq.read_table(io.BytesIO(after["pairs/train.parquet"])).to_pylist()
        assert [row["corpus"] for row in rows] == ["fewnerd"]
        hub.commit("org/mixed", hub.files("org/mixed", first["commit"]))
        command = ("-m", "uiebench", "push", str(without), "--repo", "org/mixed")
        done = client(tmp_path, endpoint, *command, HF_TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    assert "removed: corpora/fabner/train.parquet" in done.stderr
    assert "stays: pairs/train.parquet, published with mixed 0.2 (" in done.stderr
    assert "note: the text of fabner, published by an earlier push, is no longer at main" in done.stderr
    assert "may stay at v0.2" in done.stderr
    assert "hf repos tag delete org/mixed TAG --repo-type dataset" in done.stderr
    assert 'super_squash_history("org/mixed", branch="main", repo_type="dataset")' in done.stderr


# --- files of others ------------------------------------------------------------------------------


def test_files_and_configs_of_others_stay_and_what_is_tagged_stays_tagged(mixed, smaller, tmp_path):
    hub = Hub()
    with hub.serving() as endpoint:
        pushes(tmp_path, endpoint, (mixed, "org/mixed", {}))
        files = hub.files("org/mixed")
        entry = b"configs:\n- config_name: chat\n  data_files: [{split: train, path: [chat/a.parquet]}]\n"
        card = files["README.md"].replace(b"configs:\n", entry, 1)
        hub.commit("org/mixed", files | {"chat/a.parquet": b"theirs", "README.md": card})
        (done,) = pushes(tmp_path, endpoint, (smaller, "org/mixed", {"remove": ["unlabelled/test"]}))
    after = hub.files("org/mixed")
    assert not [path for path in done["added"] if path.endswith(".parquet")]
    assert after["chat/a.parquet"] == b"theirs"
    names = [config["config_name"] for config in front_of(hub, "org/mixed")["configs"]]
    assert {"chat", "instructions"} <= set(names)
    assert len(names) == len(set(names))
    assert (done["tag"], done["tagged"] == done["commit"]) == ("v0.2", False)  # what was tagged stays


def test_an_altered_list_of_published_files_takes_nothing_away_that_is_not_ours(mixed, tmp_path):
    branch = Branch(tmp_path)
    branch.push(mixed)
    listed = json.loads(branch.files["published.json"])
    theirs = {"data/train.parquet": b"PAR1 theirs", "notes.json": b"{}", "pairs/theirs.parquet": b"PAR1"}
    listed["files"] |= dict.fromkeys(theirs, "0" * 64)
    branch.files |= theirs | {"published.json": json.dumps(listed).encode()}
    change = branch.push(mixed)
    assert change.removed == ()
    assert {path: branch.files[path] for path in theirs} == theirs
    for path in theirs:
        assert f"{path} is not what a push put there: it stays" in change.notes
    assert "pairs" not in branch.configs()
    listed["files"]["notes.json"] = hashlib.sha256(b"{}").hexdigest()
    branch.files["published.json"] = json.dumps(listed).encode()
    assert branch.push(mixed).removed == ("notes.json",)  # what the list and the tree agree about
    listed["files"]["pairs/../../x.parquet"] = "0" * 64
    branch.files["published.json"] = json.dumps(listed).encode()
    with pytest.raises(SourceError, match=r"its published\.json names a file outside the benchmark"):
        branch.push(mixed)


def test_pairs_that_somebody_changed_are_neither_lost_nor_published_as_ours(mixed, tmp_path):
    branch = Branch(tmp_path)
    branch.push(with_pairs(mixed, tmp_path, train=["fewnerd"]))
    branch.files["pairs/train.parquet"] = b"PAR1 theirs"
    assert branch.refused(mixed) == (
        "--repo org/mixed: its pairs/train.parquet is not what a push put there: bring it in the folder pairs of the "
        "benchmark to publish it, or leave it out of the configs with --remove pairs/train"
    )
    branch.push(mixed, remove=("pairs/train",))
    assert branch.files["pairs/train.parquet"] == b"PAR1 theirs"
    assert "pairs" not in branch.configs()


def test_a_file_in_a_place_of_the_benchmark_is_overwritten_only_if_a_push_put_it_there(mixed, tmp_path):
    branch = Branch(tmp_path)
    branch.push(mixed)
    for path in ("stats.json", "corpora/fewnerd/test.parquet"):
        kept = branch.files[path]
        branch.files[path] = b"theirs"
        assert branch.refused(mixed).startswith(f"--repo org/mixed: holds {path}, which is not what a push put there")
        branch.files[path] = kept
    assert not branch.push(mixed).added


def test_a_repository_with_foreign_files_is_added_to_if_that_is_asked_for(mixed, tmp_path):
    branch = Branch(tmp_path, {"README.md": b"# mine", "LICENSE.txt": b"free", "scripts/make.py": b"pass"})
    assert "holds 3 files that no push of a benchmark put there" in branch.refused(mixed)
    branch.push(mixed, into_existing=True)
    assert branch.files["scripts/make.py"] == b"pass"
    assert "manifest.json" in branch.files


@pytest.mark.parametrize(
    ("card", "path"),
    [
        ("# mine", "data.csv"),
        ("# mine", "train.json"),
        ("# mine", "data/train-00000-of-00001.parquet"),
        ("# mine", "pictures/a.png"),
        ("---\nconfigs: [{config_name: all, default: true, data_files: data.csv}]\n---\n", "data.csv"),
        ("---\nconfigs: [{config_name: default, data_files: '*.jsonl'}]\n---\n", "a.jsonl"),
        ("---\nconfigs: [{config_name: all, data_files: [{split: train, path: 'x/**/*'}]}]\n---\n", "x/y/a.csv"),
        ("---\nconfigs: [{config_name: all, data_dir: here}]\n---\n", "here/a.tsv"),
        ("---\nconfigs: [{data_files: {train: data.csv}}]\n---\n", "data.csv"),
        ("# mine", ".huggingface.yaml"),
    ],
)
def test_data_of_others_that_could_not_be_loaded_beside_a_benchmark_are_a_reason_not_to_push(
    mixed, tmp_path, card, path
):
    said = Branch(tmp_path, {"README.md": card.encode(), path: b"a,b"}).refused(mixed, into_existing=True)
    assert path in said
    assert "load_dataset" in said
    assert "push to another repository" in said


def test_data_of_others_are_loaded_as_before_and_files_beside_ours_are_not_loaded_with_them(mixed, tmp_path):
    rows = {"a": [1, 2, 3]}
    pq.write_table(pa.table(rows), tmp_path / "theirs.parquet")
    data = (tmp_path / "theirs.parquet").read_bytes()
    front = "configs: [{{config_name: {}, data_files: [{{split: train, path: 'data/*'}}]}}]"
    hub = Hub()
    for name in ("all", "default"):
        card = f"---\n{front.format(name)}\n---\n# mine\n"
        hub.commit(f"org/{name}", {"README.md": card.encode(), "data/x.parquet": data, "raw.csv": b"a,b"})
    ask = (
        "import datasets, json\n"
        "first = [datasets.load_dataset('org/all', 'all'), datasets.load_dataset('org/default')]\n"
        "print(json.dumps([d['train'].to_dict() for d in first]))\n"
    )
    ours = (
        "print(json.dumps([sorted(set(datasets.load_dataset(f'org/{name}', 'instructions', split='test')['corpus']))\n"
        "                  for name in ('all', 'default')]))\n"
    )
    with hub.serving() as endpoint:
        before = client(tmp_path, endpoint, "-c", ask, HF_TOKEN=TOKEN)
        *_, noted = pushes(
            tmp_path, endpoint, *((mixed, f"org/{name}", {"into_existing": True}) for name in ("all", "default"))
        )
        assert "README.md: the config called 'default' stays the default one" in noted["notes"]
        for name in ("all", "default"):
            stray = {"instructions/test/extra.parquet": data, "corpora/x/test.parquet": data}
            hub.commit(f"org/{name}", hub.files(f"org/{name}") | stray)
        after = client(tmp_path, endpoint, "-c", ask + ours, HF_TOKEN=TOKEN)
    assert after.returncode == 0, after.stderr
    theirs, benchmark = after.stdout.splitlines()
    assert theirs == before.stdout.strip() == json.dumps([rows, rows])
    assert json.loads(benchmark) == [["fewnerd", "title2event"]] * 2


# --- the card of others ---------------------------------------------------------------------------

FOREIGN = """---
pretty_name: Mine
license: mit
tags: [mine]
extra_gated_prompt: Ask.
configs:
- {config_name: all, default: true, data_files: data.parquet}
dataset_info: {config_name: all, features: []}
---
# Mine

What I wrote.
"""


def test_the_card_of_others_is_kept_joined_with_that_of_the_benchmark_and_a_dry_run_tells(mixed, smaller, tmp_path):
    hub = Hub()
    hub.commit("org/foreign", {"README.md": FOREIGN.encode(), "data.parquet": b"PAR1"})
    into = {"into_existing": True}
    lost = {"remove": ["unlabelled"]}
    with hub.serving() as endpoint:
        command = ("-m", "uiebench", "push", str(mixed), "--repo", "org/foreign", "--dry-run", "--into-existing")
        dry = client(tmp_path, endpoint, *command)
        assert set(hub.files("org/foreign")) == {"README.md", "data.parquet"}
        asked = [(mixed, into), (mixed, {}), (smaller, lost)]
        done, again, less = pushes(
            tmp_path, endpoint, *((place, "org/foreign", dict(options)) for place, options in asked)
        )
    assert dry.returncode == 0, dry.stderr
    notes = [
        "README.md: the text that is there is kept; that of the benchmark follows it",
        "README.md: the default config is 'instructions', no longer 'all'",
    ]
    assert done["notes"] == notes
    for note in notes:
        assert f"note: {note}" in dry.stdout.splitlines()
    assert (again["added"], again["notes"]) == ([], [])
    assert "README.md" in less["added"]
    text = hub.files("org/foreign")["README.md"].decode()
    assert card_faults(text) == []
    assert text.count("What I wrote.") == 1
    assert text.index("What I wrote.") < text.index("# mixed")
    front = front_of(hub, "org/foreign")
    assert (front["pretty_name"], front["extra_gated_prompt"]) == ("Mine", "Ask.")
    assert {"mit", "cc-by-sa-4.0"} <= set(front["license"])
    assert front["tags"][0] == "information-extraction"
    assert front["tags"][-1] == "mine"
    assert front["configs"][-1] == {"config_name": "all", "data_files": "data.parquet"}
    assert [config["config_name"] for config in front["configs"] if config.get("default")] == ["instructions"]
    assert front["dataset_info"][-1] == {"config_name": "all", "features": []}


def test_what_the_owner_writes_around_our_part_of_the_card_is_kept(mixed, tmp_path):
    branch = Branch(tmp_path)
    branch.push(mixed)
    written = branch.card
    branch.card = (
        written.replace(BEGIN, f"Write to me first.\n\n{BEGIN}").replace("\ntags:\n", "\ntags:\n- medicine\n")
        + "\n## Thanks\n\nTo all annotators.\n"
    )
    assert not {path for path in branch.push(mixed).added if path != "README.md"}
    for text in ("Write to me first.", "## Thanks\n\nTo all annotators.", "\n- medicine\n"):
        assert text in branch.card
    assert branch.card.index("Write to me first.") < branch.card.index(BEGIN)
    assert branch.card.index(END) < branch.card.index("## Thanks")
    assert not branch.push(mixed).added
    branch.card = branch.card.replace("\n", "\r\n")  # as an editor on the web may leave it
    branch.push(mixed)
    assert "To all annotators." in branch.card


def test_what_the_owner_writes_into_our_part_of_the_card_is_refused_with_the_way_out(mixed, tmp_path):
    branch = Branch(tmp_path)
    branch.push(mixed)
    written = branch.card
    branch.card = written.replace("## What is published", "## A word by the owner\n\nHello.\n\n## What is published")
    said = branch.refused(mixed)
    assert said.startswith("--repo org/mixed: somebody wrote into the part of its README.md that every push writes")
    assert "move that above or below the two marks, and empty what is between them" in said
    above, _, rest = branch.card.partition(BEGIN)
    branch.card = f"{above}Hello.\n\n{BEGIN}\n{END}{rest.partition(END)[2]}"
    branch.push(mixed)
    assert "Hello." in branch.card
    assert branch.card.replace("Hello.\n\n", "") == written


def test_a_card_without_the_marks_is_kept_whole_and_one_with_half_of_them_is_refused(mixed, tmp_path):
    branch = Branch(tmp_path)
    branch.push(mixed)
    written = branch.card
    branch.card = written.replace(END, "")
    assert "has one of the two marks of uiebench alone or twice" in branch.refused(mixed)
    branch.card = "# My own card"
    notes = branch.push(mixed).notes
    assert notes == ("README.md: the marks of the part that a push writes are gone: the whole text is kept, above it",)
    assert "# My own card" in branch.card
    del branch.files["README.md"]
    branch.push(mixed)
    assert branch.card == written


def test_fields_that_the_owner_changed_are_kept_or_told_of(mixed, tmp_path):
    branch = Branch(tmp_path)
    branch.push(mixed)
    branch.card = (
        branch.card.replace("---\n", "---\nviewer: false\n# a comment\n", 1)
        .replace("pretty_name: mixed", "pretty_name: Mixed texts")
        .replace("- cc-by-sa-4.0\n", "- cc-by-sa-4.0\n- gpl-3.0\n")
    )
    notes = branch.push(mixed).notes
    front = branch.front()
    assert (front["viewer"], front["pretty_name"]) == (False, "Mixed texts")
    assert "gpl-3.0" in front["license"]
    assert notes == ("README.md: comments in its front matter are not kept",)
    assert branch.push(mixed).notes == ()


def test_a_card_that_cannot_be_joined_is_one_line_and_nothing_is_published(mixed, tmp_path):
    cards = {
        "configs: [a, b]": "has a front matter that cannot be read (Expected `object`, got `str` - at `$.configs[0]`)",
        "configs: [null]": "has a front matter that cannot be read (Expected `object`, got `null`",
        "configs: {a: b}": "has a front matter that cannot be read",
        "- a": "has a front matter that cannot be read",
        "a: [": "has a front matter that cannot be read",
        "configs: [{config_name: corpora}]": "has a config 'corpora' of its own: rename it there first",
        "configs: [{config_name: 'a:b', data_files: x.parquet}]": "refuses what was to be sent: Invalid metadata in RE",
        "license: none-such": "refuses what was to be sent: Invalid metadata in README.md. - license none-such",
    }
    hub = Hub()
    for number, front in enumerate(cards):
        hub.commit(f"org/card-{number}", {"README.md": f"---\n{front}\n---\n# mine\n".encode()})
    names = [f"org/card-{number}" for number in range(len(cards))]
    with hub.serving() as endpoint:
        said = pushes(tmp_path, endpoint, *((mixed, name, {"into_existing": True}) for name in names))
    for name, wanted, message in zip(names, cards.values(), said, strict=True):
        assert wanted in message
        assert name in message
        assert "\n" not in message
        assert len(hub.repositories[name].trees) == 1
