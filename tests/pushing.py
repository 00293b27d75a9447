"""What tests of publishing share: a benchmark of both kinds of corpora, and pushes by the real client."""

import io
import json

import pyarrow.parquet as pq
import yaml
from hub_server import READER, TOKEN, client

from uiebench import catalogue
from uiebench.build import pipeline
from uiebench.recipe import BuildRecipe
from uiebench.storage import read_parquet, write_parquet
from uiebench.types import BareDocument, Document, Edit, RewardPair

RAW = catalogue.SAMPLES
RECIPE = BuildRecipe(
    name="mixed",
    title="Texts of both kinds.",
    held_in=("fewnerd", "fabner", "leven", "docred"),
    held_out={"zh-ee": ("title2event",), "en-ner": ("multinerd_en",)},
    windows="all",
    few_shot=(1,),
)
OPEN, HELD_BACK = {"fewnerd", "title2event", "docred"}, {"fabner", "leven", "multinerd_en"}
PUSH = """
import json, os, sys, tempfile, time
from pathlib import Path
from uiebench import push
from uiebench.errors import UiebenchError
from uiebench.publish import Wish, prepare
from uiebench.types import plain
time.sleep = lambda seconds: None  # the client waits before it tries again
for benchmark, repo, options in json.loads(sys.argv[1]):
    token = options.pop("token", None)
    os.environ.pop("HF_TOKEN", None)
    if token:
        os.environ["HF_TOKEN"] = token
    wish = {name: options.pop(name) for name in ("into_existing", "results", "remove") if name in options}
    wish["results"] = tuple(map(Path, wish.get("results", ())))
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = push.push(prepare(Path(benchmark), Path(folder)), repo, wish=Wish(**wish), **options)
            print(json.dumps(plain(done)))
        except UiebenchError as error:
            print(json.dumps(str(error)))
"""


def pair(corpus, number):
    """A reward pair with a text that tells its corpus."""
    id = f"{corpus}/train/{number}#NER"
    edits = (Edit("type", '{"a":"b"}', '{"c":"b"}'),)
    return RewardPair(
        id, id, id, corpus, "NER", "en", "confusion", "type", f"secret of {corpus}", "{}", "[]", 1.0, 0.5, edits=edits
    )


def build(out, recipe=RECIPE, pairs=()):
    pipeline.build(recipe, raw=RAW, out=out)
    if pairs:
        write_parquet(out / "pairs" / "train.parquet", RewardPair, pairs)
    return out


def pushes(home, endpoint, *calls, **environment):
    """What `push` makes of each (benchmark, repo, options): a dict, or the message of its error."""
    calls = [[str(benchmark), repo, {"token": TOKEN} | options] for benchmark, repo, options in calls]
    done = client(home, endpoint, "-c", PUSH, json.dumps(calls), **environment)
    assert done.returncode == 0, done.stderr
    assert "thrown while requesting" not in done.stderr  # the client tells of every retry, unless it is kept quiet
    assert not [token for token in (TOKEN, READER, "hf_wrong") if token in done.stdout + done.stderr]
    return [json.loads(line) for line in done.stdout.splitlines()]


def texts(benchmark, corpus):
    """The texts of a corpus in a benchmark."""
    found = [d.text for path in benchmark.glob(f"corpora/{corpus}/*.parquet") for d in read_parquet(path, Document)]
    found += [
        d.text for path in benchmark.glob(f"unlabelled/{corpus}/*.parquet") for d in read_parquet(path, BareDocument)
    ]
    return found


def readable(data):
    """All that stands in a file; Parquet is compressed."""
    if data[:4] == b"PAR1":
        rows = pq.read_table(io.BytesIO(data)).to_pylist()
        return json.dumps(rows, ensure_ascii=False) + "\n".join(str(v) for row in rows for v in row.values())
    return data.decode("utf-8", "replace")


def sent(hub):
    """Everything that any request or any commit holds, readable."""
    files = [
        data for repository in hub.repositories.values() for tree in repository.trees.values() for data in tree.values()
    ]
    return "\n".join(map(readable, [*hub.uploaded, *hub.objects.values(), *files]))


def front_of(hub, repo):
    return yaml.safe_load(hub.files(repo)["README.md"].decode().split("---\n")[1])
