"""Speed, memory, precision and recall of the audit on invented texts: ``make bench-audit``. Nothing here can fail.

A million texts of 30 to 120 characters are drawn from invented words (no corpus is needed), 800,000 to train
on and 200,000 to evaluate on. Of the evaluation texts some are planted: exact copies up to case and punctuation, near
copies just above (Jaccard 0.80 to 0.83) and just below the threshold (0.77 to 0.80), and texts inside longer ones.
What is planted is measured by sets of strings when it is made, so that truth does not depend on the search.
"""

import argparse
import itertools
import random
import resource
import time

from uiebench.build.audit import Texts, audit
from uiebench.build.keys import key_of


def words(draw):
    """An invented vocabulary, Chinese and Latin, with the skewed frequencies of one."""
    chinese = [
        "".join(chr(draw.randrange(0x4E00, 0x5E00)) for _ in range(draw.choice([1, 2, 2, 2, 3]))) for _ in range(20_000)
    ]
    letters = "etaoinshrdlucmfwypvbgk"
    latin = ["".join(draw.choice(letters) for _ in range(draw.randrange(2, 10))) for _ in range(20_000)]
    weights = [1 / (rank + 5) for rank in range(20_000)]
    return chinese, latin, weights


def texts(draw, vocabulary, count):
    """Sentences of invented words, half of them in each script."""
    chinese, latin, weights = vocabulary
    cumulated = list(itertools.accumulate(weights))
    made = []
    for number in range(count):
        if number % 2:
            made.append("".join(draw.choices(chinese, cum_weights=cumulated, k=draw.randrange(15, 50))))
        else:
            made.append(" ".join(draw.choices(latin, cum_weights=cumulated, k=draw.randrange(8, 22))))
    return made


def grams(text):
    key = key_of(text)
    return {key[i : i + 3] for i in range(len(key) - 2)}


def jaccard(left, right):
    left, right = grams(left), grams(right)
    return len(left & right) / len(left | right)


def edited(draw, text, low, high):
    """The text with characters replaced until its similarity falls between low and high; None if it jumps over."""
    now = text
    while (similarity := jaccard(text, now)) >= high:
        place = draw.randrange(len(now))
        now = now[:place] + chr(draw.randrange(0x3400, 0x3600)) + now[place + 1 :]
    return now if similarity >= low else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--planted", type=int, default=5_000, help="of each kind")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    draw = random.Random(7)
    everything = texts(draw, words(draw), options.texts)
    cut = options.texts * 4 // 5
    train, test = everything[:cut], everything[cut:]
    planted = {}
    makers = {
        "exact": lambda text: f"{text.upper()}。",
        "near": lambda text: edited(draw, text, 0.80, 0.83),
        "below": lambda text: edited(draw, text, 0.77, 0.80),
        "contained": lambda text: text[len(text) // 5 : -len(text) // 5],
    }
    place = 0
    for kind, make in makers.items():
        while sum(k == kind for k in planted.values()) < options.planted and place < len(test):
            source = draw.choice(train)
            copy = make(source)
            if copy is not None and len(key_of(copy)) >= 20:
                test[place] = copy
                planted[f"made/test/{place}"] = kind
                place += 1
    del everything
    characters = sum(map(len, train)) + sum(map(len, test))
    sides = [
        Texts("made/train", "train", [f"made/train/{i}" for i in range(len(train))], train),
        Texts("made/test", "test", [f"made/test/{i}" for i in range(len(test))], test),
    ]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, used = time.perf_counter(), time.process_time()
    found = audit(sides, jobs=options.jobs)
    taken, used = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{options.texts:,} texts, {characters:,} characters, {options.jobs} jobs: {taken:.1f} s "
        f"({used:.1f} s of CPU), {peak:,.0f} MB at most, of which {before:,.0f} MB were there before"
    )
    hits = found.contaminated.get("made/test", {})
    for kind in ("exact", "near", "contained"):
        wanted = {id for id, planned in planted.items() if planned == kind}
        got = {id for id, kinds in hits.items() if kind in kinds}
        print(
            f"{kind:10} planted {len(wanted):,}, found {len(got & wanted):,}: "
            f"recall {len(got & wanted) / len(wanted):.4f}; precision {len(got & wanted) / max(len(got), 1):.4f} "
            f"(others: {len(got - wanted):,})"
        )
    below = {id for id, planned in planted.items() if planned == "below"}
    print(f"{'below':10} planted {len(below):,}, taken for near {sum('near' in hits.get(id, ()) for id in below):,}")


if __name__ == "__main__":
    main()
