"""Speed and memory of conversion and build: ``make bench RAW=folder``. Not a test; nothing here can fail.

Every split of every corpus in the raw folder is converted, checked and written as Parquet, and beside it
the floor is measured in the same run: the same bytes only decoded (JSON) or split into lines. Machines
are noisy, so figures are medians and what to compare between machines is the ratio to the floor.
Without a raw folder the bundled samples are repeated until they are a megabyte or so.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from uiebench import catalogue
from uiebench.build.convert import Ready, convert, find, find_sample
from uiebench.build.stats import Statistics
from uiebench.ledger import Ledger
from uiebench.sources import Found
from uiebench.storage import write_parquet
from uiebench.types import SPLITS, Document

ROOT = Path(__file__).parent.parent
REPEATS = 3


def native_files(ready):
    """The native files behind a split."""
    for found in ready.files:
        yield from (p for p in found.path.rglob("*") if p.is_file()) if found.path.is_dir() else [found.path]


def floor(paths):
    """The least that has to be done: decode the JSON, or split the text into lines."""
    decoder = msgspec.json.Decoder()
    for path in paths:
        data = path.read_bytes()
        if data[:2] == b'{"':
            for line in data.split(b"\n"):
                if line.strip():
                    decoder.decode(line)
        elif data.lstrip()[:2] == b"[{":
            decoder.decode(data)
        else:
            data.decode("utf-8", "replace").split("\n")


def convert_and_write(corpus, ready, out):
    """The whole way of one split."""
    counts, ledger = Statistics(), Ledger(corpus.defects)
    write_parquet(out / "x.parquet", Document, counts.watch(convert(corpus, ready, ledger)))
    return len(counts.lengths)


def median_time(function, *arguments):
    """Median seconds of some runs, and the last result."""
    times, result = [], None
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = function(*arguments)
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def enlarged(corpus, ready, folder, size=1_000_000):
    """A sample repeated to about `size` bytes, where it is a single file of lines."""
    if len(ready.files) > 1 or ready.files[0].path.is_dir():
        return ready
    path = ready.files[0].path
    data = path.read_bytes()
    if data[:1] == b"[" or path.suffix == ".xml" or data[:3] == b"\xef\xbb\xbf":
        return ready
    target = folder / path.name
    target.write_bytes(data * (size // len(data) + 1))
    return Ready(ready.split, (Found(target, "", pinned=False),))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path)
    parser.add_argument("corpora", nargs="*")
    options = parser.parse_args()
    print(f"{'corpus':22}{'split':7}{'family':12}{'MB':>8}{'docs/s':>10}{'MB/s':>8}{'× floor':>9}")
    families = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.corpora or catalogue.names():
            corpus = catalogue.load(name)
            for split in SPLITS:
                if not corpus.alternatives(split):
                    continue
                if options.raw:
                    ready = find(corpus, split, options.raw)
                else:
                    ready = find_sample(corpus, corpus.alternatives(split)[0], catalogue.samples(name))
                    ready = enlarged(corpus, ready, Path(scratch))
                if not isinstance(ready, Ready):
                    continue
                paths = list(native_files(ready))
                size = sum(path.stat().st_size for path in paths) / 1e6
                taken, documents = median_time(convert_and_write, corpus, ready, Path(scratch))
                least, _ = median_time(floor, paths)
                family = (ready.split.read or corpus.read).__module__.removeprefix("uiebench.").split(".")
                family = family[1] if family[0] == "formats" else "own"
                print(
                    f"{name:22}{split:7}{family:12}{size:8.2f}{documents / taken:10,.0f}"
                    f"{size / taken:8.1f}{taken / least:9.1f}",
                    flush=True,
                )
                families.setdefault(family, []).append((size, taken, documents))
    print()
    for family, runs in sorted(families.items()):
        size, taken, documents = map(sum, zip(*runs, strict=True))
        speed = f"{documents / taken:10,.0f} docs/s{size / taken:8.1f} MB/s"
        print(f"{family:12}{documents:10,} documents{size:8.1f} MB{speed}")
    if options.raw and not options.corpora:
        with tempfile.TemporaryDirectory() as out:
            command = [sys.executable, "-m", "uiebench", "build", str(ROOT / "recipes" / "catalogue.yaml")]
            command += ["--raw", str(options.raw), "--out", out, "--jobs", "2", "--json"]
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            taken = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"\nbuild of recipes/catalogue.yaml with two jobs: {taken:.1f} s, largest process {peak:.0f} MB")


if __name__ == "__main__":
    main()
