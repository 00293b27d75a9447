"""Cost of constrained decoding: part of ``make bench``. Not a test.

    mask       what can follow, per token of an answer, over a vocabulary of 150,000 ids
    grammar    from a text to the first state of its answers, per input

for the backend (llguidance) and for the reference in plain Python, in one run, and of the whole logits processor for
a row of a batch of 16. Texts are invented, in Chinese and English and of several lengths; an answer has six labels and
eight mentions. The vocabulary is bytes, pieces of JSON, and words of the syllables the texts are made of; or that of
``--tokenizer FOLDER``. Times are of the processor: medians over the texts, for masks of the mean over an answer, since
the first mask inside a string costs most (all tokens that begin anywhere in the text). The figure to compare between
machines is the ratio.

    python tests/bench_decode.py --benchmark benchmarks/catalogue

counts in place of that, for each corpus, the gold that no constrained answer can express.
"""

import argparse
import statistics
import time
from collections import Counter
from itertools import product
from pathlib import Path

import msgspec
import numpy

from uiebench import catalogue
from uiebench.build.report import markdown
from uiebench.hashing import lot
from uiebench.instruct.target import Names, encode
from uiebench.instruct.windows import labels_of
from uiebench.storage import read_parquet
from uiebench.train.automaton import Automaton, TokenMasks, strange
from uiebench.train.grammar import Asked
from uiebench.types import Document

IDS, TEXTS, ROWS = 150_000, 12, 16
CHINESE = "远山清河明光高林海石天云东川金安平和新华北长春江南方白鹭创办公司总部位于的了在和是年月日人民国际发展"
ENGLISH = ("al", "ber", "con", "da", "el", "fo", "ga", "hin", "in", "jo", "ka", "lon", "mer", "no", "or", "per", "qu")
LABELS = ("人物", "地点", "机构", "时间", "职务", "product")
MASK_GOAL, GRAMMAR_GOAL = 60e-6, 8e-3


def vocabulary_of(size):
    """A byte-level tokenizer of so many tokens."""
    import tokenizers
    import transformers

    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    level = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    words = ['{"', '":["', '":[]', '","', '"],"', '"]}', "[]}", *(c for c in CHINESE)]
    for count in (2, 3, 4):
        words += ("".join(syllables) for syllables in product(CHINESE, repeat=count) if count < 4)
        words += (space + "".join(syllables) for syllables in product(ENGLISH, repeat=count) for space in ("", " "))
    pieces = dict.fromkeys([*alphabet, *(level.pre_tokenize_str(word)[0][0] for word in words)])
    assert len(pieces) > size, len(pieces)
    chosen = [*alphabet, *sorted(list(pieces)[len(alphabet) :], key=lambda piece: (len(piece) > 4, lot(piece)))]
    model = tokenizers.models.BPE({piece: id for id, piece in enumerate(["<end>", *chosen[: size - 1]])}, [])
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    tokenizer.add_special_tokens(["<end>"])
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>")


def text_of(language, length, number):
    """An invented text of so many characters."""
    pieces, at = [], 0
    while sum(map(len, pieces)) < length:
        size = 2 + lot(number, at) % 3
        draw = [lot(language, number, at, k) for k in range(size)]
        if language == "zh":
            pieces.append("".join(CHINESE[d % len(CHINESE)] for d in draw) + ("，" if at % 4 == 3 else ""))
        else:
            pieces.append(
                "".join(ENGLISH[d % len(ENGLISH)] for d in draw).capitalize() + (", " if at % 4 == 3 else " ")
            )
        at += 1
    return "".join(pieces)[:length]


def answer_of(text, number):
    """An answer with eight mentions of that text."""
    lists = {label: [] for label in LABELS}
    for k in range(8):
        start = lot("mention", number, k) % max(1, len(text) - 8)
        lists[LABELS[lot("label", number, k) % 4]].append(text[start : start + 4])
    return msgspec.json.encode(lists).decode()


def timed(function, *arguments):
    """Seconds of the processor, and the result."""
    start = time.process_time()
    result = function(*arguments)
    return time.process_time() - start, result


def measure(guide, masks, language, length):
    """A row of the table: (figures as text, seconds for a mask, seconds for a grammar) of the backend."""
    import torch

    mask, grammar, mask_plain, grammar_plain, processor, first = [], [], [], [], [], []
    row = numpy.empty((1, guide.words), dtype="<u4")
    for number in range(TEXTS):
        text = text_of(language, length, number)
        asked = Asked("NER", LABELS, text)
        ids = guide.tokens.greedy_tokenize(answer_of(text, number))
        spent, matcher = timed(guide.matcher, asked, "span")
        grammar.append(spent)
        spent, automaton = timed(Automaton, asked, "span")
        grammar_plain.append(spent)
        state, ours, theirs = automaton.start, [], []
        for id in ids:
            theirs.append(timed(guide.fill, row, [(matcher, 0)])[0])
            spent, plain = timed(masks, state)
            ours.append(spent)
            assert (plain == row[0]).all()
            matcher.consume_token(id)
            state = masks.after(state, id)
        mask.append(statistics.mean(theirs))
        first.append(max(theirs))
        mask_plain.append(statistics.mean(ours))
        if number < 2:
            process = guide.processor([asked] * ROWS, "span")
            scores, rows = torch.zeros(ROWS, guide.size), torch.zeros(ROWS, len(ids) + 1, dtype=torch.long)
            rows[:, 1:] = torch.tensor(ids)
            process(rows[:, :1], scores)  # the grammars, which are measured above
            spent = [timed(process, rows[:, : 1 + at], scores)[0] for at in range(1, len(ids))]
            processor.append(statistics.mean(spent) / ROWS)
    middle = statistics.median
    return (
        [
            language,
            f"{length:,}",
            f"{middle(mask) * 1e6:.0f}",
            f"{middle(first) * 1e6:,.0f}",
            f"{middle(mask_plain) * 1e6:,.0f}",
            f"{middle(mask_plain) / middle(mask):.1f}",
            f"{middle(grammar) * 1e3:.2f}",
            f"{middle(grammar_plain) * 1e3:.2f}",
            f"{middle(processor) * 1e6:.0f}",
        ],
        middle(mask),
        middle(grammar),
    )


HEADER = (
    "language", "characters", "mask µs", "dearest mask µs", "plain mask µs", "plain / llguidance",
    "grammar ms", "plain grammar ms", "processor µs a row",
)  # fmt: skip


def speed(folder):
    """Print the table of times."""
    import transformers

    from uiebench.train.constrain import Guide

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder) if folder else vocabulary_of(IDS)
    built, guide = timed(Guide, tokenizer)
    spent, masks = timed(TokenMasks, guide.vocabulary)
    print(f"{guide.size:,} ids; once for a tokenizer: llguidance {built:.1f} s, trie in Python {spent:.1f} s")
    rows, goals = [], {}
    for language, length in product(("zh", "en"), (50, 200, 1000, 3000)):
        row, goals["mask", language, length], goals["grammar", language, length] = measure(
            guide, masks, language, length
        )
        rows.append(row)
    print(markdown(HEADER, rows))
    for language in ("zh", "en"):
        mask, grammar = goals["mask", language, 200], goals["grammar", language, 1000]
        print(
            f"{language}: mask at 200 characters {mask * 1e6:.0f} µs (goal {MASK_GOAL * 1e6:.0f}: "
            f"{mask / MASK_GOAL:.2f}), grammar at 1,000 {grammar * 1e3:.2f} ms (goal {GRAMMAR_GOAL * 1e3:.0f}: "
            f"{grammar / GRAMMAR_GOAL:.2f})"
        )


# --- gold that cannot be expressed ----------------------------------------------------------------


def outside(folder):
    """Print for each corpus and task the targets that hold a string which is not in the text."""
    rows, total = [], Counter()
    for name in sorted(path.name for path in (folder / "corpora").iterdir()):
        corpus = catalogue.load(name)
        names = Names(corpus.language, corpus.schema)
        paths = sorted((folder / "corpora" / name).glob("*.parquet"))
        for task in corpus.tasks:
            counts = Counter()
            labels = labels_of(corpus.schema, task)
            shown = tuple(names.of(task)[label] for label in labels)
            roles = {names.events[event]: tuple(given.values()) for event, given in names.roles.items()}
            for path in paths:
                for document in read_parquet(path, Document):
                    target = encode(document, task, names, labels)
                    asked = Asked(task, shown, document.text, roles)
                    absent = strange(target, asked)
                    counts["answers"] += 1
                    counts["strange"] += bool(absent)
                    counts["strings"] += len(absent)
                    if absent or counts["answers"] % 50 == 1:  # the automaton says the same of all tried
                        assert Automaton(asked, "span").accepts(target) != bool(absent), (document.id, absent)
                        counts["tried"] += 1
            total += counts
            if counts["strange"]:
                share = counts["strange"] / counts["answers"]
                rows.append(
                    [
                        name,
                        task,
                        f"{counts['answers']:,}",
                        f"{counts['strange']:,}",
                        f"{share:.2%}",
                        f"{counts['strings']:,}",
                    ]
                )
    print(markdown(("corpus", "task", "answers", "cannot be written", "%", "strings not in the text"), rows))
    print({key: f"{count:,}" for key, count in total.items()})


def main():
    """Print one of the two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, help="folder with a tokenizer.json")
    parser.add_argument("--benchmark", type=Path, help="a built benchmark: count the gold outside the language")
    options = parser.parse_args()
    if options.benchmark:
        outside(options.benchmark)
    else:
        speed(options.tokenizer)


if __name__ == "__main__":
    main()
