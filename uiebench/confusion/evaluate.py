"""How good lists of confusable labels are: do they hold what weak models really mistake?

    measure(folder, ["duie1"]).means["fusion"]["naive Bayes"]   →  0.72

Data. The documents of a corpus (its training split; its dev split where the training split is not there) are
put into two halves by a hash of their text (NFKC, lower case, without white space), so that a text that
stands twice, or in two corpora, is in one half everywhere. Evidence is made from one half, of this and of all
other corpora; the weak models of `uiebench.confusion.weak` learn from that half too, and their errors are
those on the other half. Then the halves change places, and the two results are averaged.

Cases. NER: a mention, that is, all entities of one document with the same place and string. RE: an ordered
pair of head and tail mention. EE: a trigger, or the whole document where triggers are not annotated. The place
is given and the label is asked for. A case has all labels that the document gives to it (a pair may have two
relations); a false label is one that is not among them. Presence: a text has all labels annotated in it; a
false label is one that the model believes to be in the text and that is not. Texts without any label are left
out, since no list applies to them.

Balanced coverage@5. Every label a has a list of five others. For every false label b, the share of the errors
"taken for b" whose gold label has b in its list; averaged over all b that were ever said falsely, so that
rare labels count as much as frequent ones. A case of several labels is an error for each of them. A presence
error has all labels of its text as gold labels and is covered if any of their lists has b, because the labels
offered with a text are those of all its lists. Averaged over the groups of a corpus, then over corpora.

Recall@5 of a reference dictionary {corpus: {label: [labels]}}: the share of the labels listed there (at most
five count) that stand among the five, averaged over the labels with an entry.

Lists to compare with: "random" by hash; "frequency", the most frequent labels of the half the evidence is
from; "name TF-IDF", character n-grams of the Chinese and English names within the corpus. "optimum" are the
best lists there can be for these errors (not stated for presence, where lists help one another).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from uiebench.confusion import embedding, schema_evidence
from uiebench.confusion.fusion import EVIDENCE, SCHEMA_EVIDENCE, Weights, evidence, fuse, order, trust
from uiebench.confusion.labels import Group, Kind, groups
from uiebench.confusion.table import SENTENCES, describe
from uiebench.confusion.text_evidence import Seen
from uiebench.confusion.texts import cases, place_of
from uiebench.confusion.vectors import Matrix
from uiebench.confusion.weak import MODELS, Error, Half, errors, require
from uiebench.errors import RecipeError, SourceError, nearest
from uiebench.hashing import rank
from uiebench.storage import read_parquet
from uiebench.types import Document, SplitName

LISTED = 5
FEWEST_LABELS = 8
"""With fewer labels five of the others are nearly all of them."""
FEWEST_DOCUMENTS = 20
MOST_DOCUMENTS, MOST_CASES = 1500, 3000
"""What the models learn from, and what they are tested on, at most."""

Lists = dict[str, tuple[str, ...]]
Reference = dict[str, dict[str, tuple[str, ...]]]
RECALL = "recall"


class Measured(msgspec.Struct, frozen=True):
    """One group: how many errors there were, and what each kind of list covers of them by model (and recall)."""

    corpus: str
    kind: Kind
    labels: int
    split: SplitName
    documents: int
    errors: dict[str, int]
    scores: dict[str, dict[str, float]]


class Evaluation(msgspec.Struct, frozen=True):
    """All groups, and the means over corpora by list and measure; corpora without an evidence are left out of it."""

    groups: tuple[Measured, ...]
    means: dict[str, dict[str, float]]


Progress = Callable[[int, int, str], None]


def measure(
    folder: Path,
    corpora: Sequence[str] = (),
    *,
    held_out: Collection[str] = (),
    sentences: int = SENTENCES,
    model: Path | None = None,
    reference: Reference | None = None,
    progress: Progress = lambda done, total, name: None,
) -> Evaluation:
    """Measure evidence and fusion on some corpora of a benchmark, or on all that have labels enough.

    Corpora that are held out are neither measured nor read, unless `corpora` names them.

    Raises: RecipeError for corpora that are not there or cannot be measured, UiebenchError without scikit-learn.
    """
    require()
    described = describe(folder)
    for name in corpora:
        if name not in described:
            raise RecipeError(f"{folder} has no corpus {name!r}{nearest(name, described)}")
    listed = {name: groups(one) for name, one in described.items()}
    open_to = [name for name in described if name in corpora or name not in held_out]
    judged = {name: [group for group in ones if group.kind != "role"] for name, ones in listed.items()}
    splits = {name: split for name in open_to if (split := _split(folder, name))}
    asked = [name for name in (corpora or described) if name in splits and any(map(_large, listed[name]))]
    if missing := [name for name in corpora if name not in asked]:
        why = f"fewer than {FEWEST_LABELS} labels" if missing[0] in splits else "neither a training nor a dev split"
        raise RecipeError(f"{missing[0]} cannot be measured: {why}")
    for name in corpora:
        halves = _halves(folder / "corpora" / name / f"{splits[name]}.parquet")
        if (few := min(len(one.documents) for one in halves)) < FEWEST_DOCUMENTS:
            raise RecipeError(
                f"{name} cannot be measured: {few} annotated texts in a half of its {splits[name]} split, "
                f"fewer than {FEWEST_DOCUMENTS}"
            )
    known = _checked(reference, listed) if reference is not None else None
    embed = embedding.similarities(model) if model else None
    steps, done = len(splits) * 2 + len(asked) * 2, 0
    found: defaultdict[tuple[str, Kind], list[Measured]] = defaultdict(list)
    for side in (0, 1):
        seen = {}
        for name, split in splits.items():
            done += 1
            progress(done, steps, name)
            documents = (d for d in read_parquet(folder / "corpora" / name / f"{split}.parquet", Document))
            seen[name] = Seen.of((d for d in documents if half(d.text) == side), judged[name], sentences)
        matrices = evidence([group for ones in judged.values() for group in ones], seen, embed=embed)
        for name in asked:
            done += 1
            progress(done, steps, name)
            halves = _halves(folder / "corpora" / name / f"{splits[name]}.parquet")
            if min(len(one.documents) for one in halves) < FEWEST_DOCUMENTS:
                continue
            for group in filter(_large, listed[name]):
                wrong = errors(halves[side], halves[1 - side], group.kind)
                if not any(wrong.values()) and known is None:
                    continue  # no text has such labels, as where a schema only types heads and tails
                lists = _lists(group, matrices[group], trust(group, seen.get(group.corpus)), halves[side])
                scores = {what: _scores(one, wrong, known, group) for what, one in lists.items()}
                scores["optimum"] = {m: coverage(wrong[m], best(wrong[m])) for m in MODELS[:2] if wrong[m]}
                count = len(halves[0].documents) + len(halves[1].documents)
                totals = {what: len(which) for what, which in wrong.items()}
                one = Measured(name, group.kind, len(group.labels), splits[name], count, totals, scores)
                found[name, group.kind].append(one)
    if not found:
        raise RecipeError(
            f"{folder}: nothing can be measured: no corpus has {FEWEST_LABELS} labels and {FEWEST_DOCUMENTS} annotated "
            "texts in each half"
        )
    both = [_averaged(pair) for _, pair in sorted(found.items())]
    return Evaluation(tuple(both), _means(both))


def half(text: str) -> int:
    """The half, 0 or 1, that a text belongs to in every corpus."""
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
    return hashlib.blake2b(plain.encode(), digest_size=1).digest()[0] & 1


def _large(group: Group) -> bool:
    return group.kind != "role" and len(group.labels) >= FEWEST_LABELS


def _split(folder: Path, name: str) -> SplitName | None:
    there: tuple[SplitName, ...] = ("train", "dev")
    return next((split for split in there if (folder / "corpora" / name / f"{split}.parquet").is_file()), None)


def _halves(path: Path) -> tuple[Half, Half]:
    """The two halves of a split: documents of lowest rank that have any label, and their cases without roles."""
    sides: tuple[list[Document], list[Document]] = ([], [])
    for document in read_parquet(path, Document):
        if document.entities or document.relations or document.events:
            sides[half(document.text)].append(document)
    halves = []
    for documents in sides:
        chosen = sorted(documents, key=lambda d: (place_of(f"natural {d.id}"), d.id))[:MOST_DOCUMENTS]
        found = (case for document in chosen for case in cases(document, lambda kind, labels: kind != "role"))
        halves.append(Half(tuple(chosen), tuple(case for case, _ in zip(found, range(MOST_CASES), strict=False))))
    return halves[0], halves[1]


# --- lists ------------------------------------------------------------------------------------------


def _lists(group: Group, matrices: Mapping[str, Matrix], weights: Weights | None, train: Half) -> dict[str, Lists]:
    """Every kind of list that is compared, by its name."""
    counts = Counter(label for case in train.cases if case.kind == group.kind for label in case.labels)
    frequent = np.array([float(counts[name]) for name in group.names])
    found = {
        "random": {
            name: tuple(rank([other for other in group.names if other != name], 0, group.corpus, name)[:LISTED])
            for name in group.names
        },
        "frequency": first(group, np.tile(frequent, (len(frequent), 1))),
        "name TF-IDF": first(group, schema_evidence.names(group.labels)),
    }
    found |= {what: first(group, matrix) for what, matrix in matrices.items()}
    schema = {what: matrix for what, matrix in matrices.items() if what in SCHEMA_EVIDENCE}
    return found | {"schema": first(group, fuse(schema)), "fusion": first(group, fuse(matrices, weights))}


LISTS = ("random", "frequency", "name TF-IDF", *EVIDENCE, "schema", "fusion", "optimum")


def first(group: Group, similarity: Matrix) -> Lists:
    """The five nearest labels of each label."""
    names = group.names
    return {names[i]: tuple(names[j] for j in others[:LISTED]) for i, others in enumerate(order(group, similarity))}


# --- measures ---------------------------------------------------------------------------------------


def coverage(wrong: Sequence[Error], lists: Mapping[str, Sequence[str]], *, together: bool = False) -> float:
    """Balanced coverage of errors by lists. `together`: an error is covered if any of its gold labels covers it."""
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for error in wrong:
        hits = [float(error.said in lists.get(label, ())) for label in error.gold]
        shares[error.said] += [max(hits)] if together else hits
    return float(np.mean([np.mean(share) for share in shares.values()])) if shares else 0.0


def best(wrong: Sequence[Error]) -> Lists:
    """The lists of five with the greatest balanced coverage: each label takes those it gives the greatest share to."""
    total = Counter(error.said for error in wrong for _ in error.gold)
    given: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for error in wrong:
        for label in error.gold:
            given[label][error.said] += 1
    return {
        label: tuple(sorted(said, key=lambda other: (-said[other] / total[other], other))[:LISTED])
        for label, said in given.items()
    }


def recall(lists: Lists, wanted: Mapping[str, Sequence[str]]) -> float:
    """Recall@5 of a reference: the mean over its labels of the share of their entries that the lists have."""
    shares = [
        len(set(lists[label]) & set(others)) / min(LISTED, len(others)) for label, others in wanted.items() if others
    ]
    return float(np.mean(shares)) if shares else 0.0


def _scores(
    lists: Lists, wrong: Mapping[str, Sequence[Error]], reference: Reference | None, group: Group
) -> dict[str, float]:
    found = {m: coverage(wrong[m], lists, together=m == "presence") for m in MODELS if wrong[m]}
    if reference is not None:
        wanted = reference.get(f"{group.corpus} {group.kind}", {})
        if wanted:
            found[RECALL] = recall(lists, wanted)
    return found


def _averaged(pair: Sequence[Measured]) -> Measured:
    """The two directions of a group as one."""
    whole = pair[0]
    scores = {
        what: _mean_of([one.scores[what] for one in pair if what in one.scores])
        for what in LISTS
        if any(what in one.scores for one in pair)
    }
    totals = {what: sum(one.errors[what] for one in pair) for what in MODELS}
    return msgspec.structs.replace(whole, scores=scores, errors=totals)


def _mean_of(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of each measure over the rows that have it."""
    return {
        what: float(np.mean([row[what] for row in rows if what in row]))
        for what in (*MODELS, RECALL)
        if any(what in row for row in rows)
    }


def _means(found: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """Means over groups within a corpus, then over corpora."""
    means = {}
    for what in LISTS:
        by_corpus = [
            _mean_of([one.scores[what] for one in found if one.corpus == corpus and what in one.scores])
            for corpus in dict.fromkeys(one.corpus for one in found)
        ]
        means[what] = _mean_of(by_corpus)
    return {what: row for what, row in means.items() if row}


# --- the reference ----------------------------------------------------------------------------------


def read_reference(path: Path) -> Reference:
    """A dictionary of confusable labels: {corpus, or "" for all: {label: [labels]}}.

    Labels are native, Chinese or English names. Raises: SourceError in one line.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Reference)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: no reference of the form {{corpus: {{label: [labels]}}}} ({error})") from None


def _checked(reference: Reference, listed: Mapping[str, Sequence[Group]]) -> Reference:
    """The reference by "corpus kind" and native names.

    Raises: RecipeError for an unknown corpus, or a label that its corpus does not have. What stands under "" is
    taken where a corpus has it.
    """
    found: Reference = {}
    for corpus in reference:
        if corpus and corpus not in listed:
            raise RecipeError(f"the reference names a corpus that is not there: {corpus!r}{nearest(corpus, listed)}")
    for corpus, ones in listed.items():
        entries = reference.get(corpus, reference.get("", {}))
        places = {group.kind: _native(group) for group in ones if group.kind != "role"}
        if corpus in reference:
            every = {name for native in places.values() for name in native}
            for label in {name for key, others in entries.items() for name in (key, *others)}:
                if label not in every:
                    raise RecipeError(f"the reference names a label {corpus} does not have: {label!r}")
        for kind, native in places.items():
            wanted = {
                native[label]: tuple(dict.fromkeys(native[o] for o in others if o in native and o != label))
                for label, others in entries.items()
                if label in native
            }
            found[f"{corpus} {kind}"] = {label: others for label, others in wanted.items() if others}
    return found


def _native(group: Group) -> dict[str, str]:
    """Every name of a label → its native name, which wins where names are shared."""
    found: dict[str, str] = {}
    for label in group.labels:
        for shown in (label.en, label.zh):
            found.setdefault(shown, label.name)
    return found | {name: name for name in group.names}
