"""Is an evaluation text in the training data? Every train split against every dev, test and held-out split.

    found = audit(benchmark_texts(Path("benchmarks/catalogue")), jobs=2)
    found.pairs[0]         →  Pair(source="msra/train", evaluation="peoples_daily/test", texts=4636, exact=…, …)
    found.contaminated     →  {"peoples_daily/test": {"peoples_daily/test/3": ["exact"], …}, …}

Texts are compared by their keys (`uiebench.build.keys`): NFKC, case, white space and punctuation do not count.
An evaluation text of at least 20 characters is, of several the first that holds,

    exact       the key of a training text
    near        a key with at least 4/5 of its character trigrams in common (Jaccard coefficient)
    contained   inside a longer training text
    partial     at least half made of passages of training texts: its own sentences that stand in one, or whole
                training texts that stand in it, each of at least 20 characters

What shares less (`some`) is told, but is not contamination. Texts under 20 characters are headings more often
than not: they are compared for equality only and counted apart (`short`). Texts without a letter, digit or
symbol have an empty key and are equal to nothing. Dev splits are compared with test splits in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from uiebench.build.conflicts import Annotated, Conflict, conflicts
from uiebench.build.inside import Pieces, occurrences
from uiebench.build.keys import Places, expand, keys_of, numbered
from uiebench.build.neardup import near_by_brute_force, near_pairs
from uiebench.build.parts import read_manifest
from uiebench.errors import MalformedInput, SourceError
from uiebench.hashing import rank, sha256_file
from uiebench.storage import other_format, unreadable
from uiebench.types import SPLITS, Schema, Task

SHORT = 20  # characters of a key under which equality says little
EXACT, NEAR, CONTAINED, PARTIAL, SOME = range(5)
KINDS = ("exact", "near", "contained", "partial")
INSIDE = "inside"  # why a training text is dropped that is part of an evaluation text
Side = Literal["train", "shots", "dev", "test"]
Progress = Callable[[str, float], None]
"""Called with what is being done, and the share of all that is done."""


class Texts(msgspec.Struct, frozen=True):
    """The texts of one split.

    Fields:
        name: ``<corpus>/<split>``, or the name of a file.
        side: "train" is trained on, "dev" and "test" are evaluated on; a held-out corpus's evaluation split
            is "test", whatever it is called. "shots" is the train split of a held-out corpus that few-shot sets
            are taken from: it is compared like training texts, but what stands there was not seen by a model
            that is tested without examples.
        ids, texts: of its documents.
        gold: where to find the annotations; None for a split without.
        silent: rows of a file that hold no text; they count as documents with an empty one.
    """

    name: str
    side: Side
    ids: Sequence[str]
    texts: Sequence[str]
    gold: Annotated | None = None
    silent: int = 0


class Example(msgspec.Struct, frozen=True, omit_defaults=True):
    """One hit: the two documents, how similar they are (Jaccard coefficient, or the share covered), and quotes."""

    kind: str
    evaluation: str
    source: str
    similarity: float
    evaluation_text: str = ""
    source_text: str = ""


class Pair(msgspec.Struct, frozen=True):
    """What of an evaluation split stands in a training (or dev) split.

    Fields:
        texts: documents of the evaluation split.
        exact, near, contained, partial: documents by kind, each under the first that holds.
        hit, share: their sum, and what share of `texts` that is.
        some: documents that share a sentence of 20 characters, but less than half of themselves.
        short: documents under 20 characters that are equal to a training text.
    """

    source: str
    evaluation: str
    texts: int
    exact: int
    near: int
    contained: int
    partial: int
    hit: int
    share: float
    some: int
    short: int
    examples: tuple[Example, ...] = ()


class Compared(msgspec.Struct, frozen=True):
    """A split that took part: its side, its documents, and how many of them are short."""

    name: str
    side: Side
    documents: int
    short: int


class Audit(msgspec.Struct, frozen=True):
    """What was found.

    Fields:
        splits: what was compared.
        pairs: of a train, shots (or dev) and an evaluation split, those with anything in common; most hits first.
        contaminated: evaluation split → document → kinds of hits in training texts, strongest first; hits in
            "shots" do not count here.
        found_in: evaluation split → document → the train splits of these hits.
        conflicts: the same text annotated differently.
        dropped: train split → document → why it is no longer trained on nor shown, if the policy was drop-train;
            `contaminated` then speaks of the documents that remain.
    """

    splits: tuple[Compared, ...]
    pairs: tuple[Pair, ...]
    contaminated: dict[str, dict[str, tuple[str, ...]]]
    found_in: dict[str, dict[str, tuple[str, ...]]]
    conflicts: tuple[Conflict, ...] = ()
    dropped: dict[str, dict[str, str]] = {}

    def hits(self) -> int:
        """How many evaluation documents are contaminated."""
        return sum(len(documents) for documents in self.contaminated.values())


# --- reading --------------------------------------------------------------------------------------


class Described(msgspec.Struct, frozen=True):
    """The part of corpus.json that comparing annotations needs."""

    tasks: tuple[Task, ...]
    schema: Schema


def benchmark_texts(folder: Path) -> list[Texts]:
    """All texts of a complete benchmark, with and without gold, and the side each split is on.

    Raises: UiebenchError if there is no complete benchmark; SourceError for a file of documents that is missing,
        altered or cannot be read: an audit of a part would call the rest clean.
    """
    manifest = read_manifest(folder)
    held_out = {name for group in manifest.recipe.held_out.values() for name in group}
    layer = {path: sha for path, sha in manifest.files.items() if path.split("/")[0] in ("corpora", "unlabelled")}
    for file, sha in sorted(layer.items()):
        if not (folder / file).is_file():
            raise SourceError(f"{folder / file}: missing, though the manifest has it; build the benchmark again")
        if sha256_file(folder / file) != sha:
            raise SourceError(f"{folder / file}: not as it was built (its SHA-256 differs); build the benchmark again")
    described = {}
    for path in sorted((folder / "corpora").glob("*/corpus.json")):
        try:
            described[path.parent.name] = msgspec.json.decode(path.read_bytes(), type=Described)
        except (OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{path}: cannot be read ({error})") from None
    return layer_texts(folder, held_out, described, bool(manifest.recipe.few_shot), only=layer)


def layer_texts(
    folder: Path,
    held_out: Iterable[str],
    described: Mapping[str, Any],
    few_shot: bool,
    only: Collection[str] | None = None,
) -> list[Texts]:
    """All texts of a corpus layer, or those of the files `only` (paths below `folder`).

    Args: `held_out` corpora are not trained on: their train split is an evaluation split if it is the only
    one with gold; else, with `few_shot`, it is "shots", and without it is left out. `described` gives `tasks`
    and `schema` of each corpus.
    """
    found = []
    apart = set(held_out)
    paths = [path for layer in ("corpora", "unlabelled") for path in (folder / layer).glob("*/*.parquet")]
    if only is not None:
        paths = [path for path in paths if path.relative_to(folder).as_posix() in only]
    there = {path.relative_to(folder).as_posix() for path in paths}
    for path in sorted(paths, key=lambda path: (path.parent.name, SPLITS.index(path.stem), path.parts)):
        corpus, split = path.parent.name, path.stem
        side: Side = "train" if split == "train" else "dev" if split == "dev" else "test"
        if corpus in apart and split == "train":
            evaluated = there & {f"corpora/{corpus}/{other}.parquet" for other in ("dev", "test")}
            if evaluated and not few_shot:
                continue
            side = "shots" if evaluated else "test"
        ids, texts = _columns(path)
        gold = None
        if path.parent.parent.name == "corpora" and corpus in described:
            gold = Annotated(f"{corpus}/{split}", path, described[corpus].tasks, described[corpus].schema)
        found.append(Texts(f"{corpus}/{split}", side, ids, texts, gold))
    return found


def _columns(path: Path) -> tuple[list[str], list[str]]:
    try:
        table = pq.read_table(path, columns=["id", "text"])
        return table.column("id").to_pylist(), table.column("text").to_pylist()
    except (OSError, pa.ArrowException, KeyError) as error:
        raise unreadable(path, error) from None


def file_texts(path: Path, fields: Sequence[str] = ("text",)) -> Texts:
    """The texts of somebody's training file of JSON lines, as a split that is trained on; ids are ``FILE:LINE``.

    Args: `fields` of a row make its text together; a field that holds a list or an object (chat messages)
    gives all the strings in it.
    Raises: MalformedInput for a line that is no JSON object or lacks the fields; SourceError for a file that
    cannot be read, is of another format or holds no text.
    """
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    ids: list[str] = []
    texts: list[str] = []
    silent = 0
    try:
        with path.open("rb") as file:
            if other := other_format(file.read(4)):
                raise SourceError(f"{path}: {other}")
            file.seek(0)
            for number, raw in enumerate(file, start=1):
                line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
                if not line.strip():
                    continue
                try:
                    row = decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    shown = line[:200].decode("utf-8", "replace").strip()
                    if number == 1 and line.lstrip().startswith(b"["):
                        raise MalformedInput(path, 1, shown, "a JSON object on each line, no array") from None
                    raise MalformedInput(path, number, shown, f"a JSON object ({error})") from None
                found = [row[field] for field in fields if field in row]
                if not found:
                    there = "', '".join(row) or "nothing"
                    raise MalformedInput(
                        path,
                        number,
                        f"the fields '{there}'",
                        f"a field {fields[0]!r}; name the one to read with --field",
                    )
                strings = _strings(found)
                silent += not any(strings)
                ids.append(f"{path.name}:{number}")
                texts.append("\n".join(strings))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from None
    if not ids:
        raise SourceError(f"{path}: empty; a training file has a JSON object on each line")
    if silent == len(ids):
        raise SourceError(f"{path}: no row holds text in {' or '.join(map(repr, fields))}; name the field with --field")
    return Texts(str(path), "train", ids, texts, silent=silent)


def _strings(value: Any) -> list[str]:
    """All strings in a JSON value, in order, however deep."""
    found, todo = [], [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, (dict, list)):
            todo += reversed(item.values() if isinstance(item, dict) else item)
    return found


# --- comparing ------------------------------------------------------------------------------------


class Hits(msgspec.Struct, frozen=True):
    """Rows of hits between distinct keys and splits.

    Fields: the key of the evaluation texts, the source split (by position), the kind, the first source
    document with such a text, and the similarity.
    """

    key: Places
    split: Places
    kind: Places
    source: Places
    similarity: NDArray[np.float64]

    def where(self, rows: NDArray[Any]) -> Hits:
        """Some of the rows."""
        return Hits(self.key[rows], self.split[rows], self.kind[rows], self.source[rows], self.similarity[rows])


class Comparison:
    """All texts, their distinct keys, and which key was found where: what reports and policies are made of."""

    def __init__(
        self, splits: Sequence[Texts], *, jobs: int = 1, progress: Progress = lambda doing, share: None
    ) -> None:
        self.splits = splits
        sizes = np.array([len(split.texts) for split in splits], np.int64)
        self.firsts = np.concatenate([[0], np.cumsum(sizes)])
        progress("reading", 0.0)
        keys = keys_of([text for split in splits for text in split.texts])
        progress("comparing", 0.15)
        self.split_of = np.repeat(np.arange(len(splits)), sizes)
        self.key_of, first = numbered(keys.codes, keys.starts[:-1], keys.lengths)
        self.keys = keys.take(first)
        del keys
        self.lengths = self.keys.lengths
        self.trains = np.array([split.side == "train" for split in splits], bool)
        self.shown = np.array([split.side in ("train", "shots") for split in splits], bool)
        self.sources = np.array([split.side != "test" for split in splits], bool)
        self.evaluates = ~self.shown
        self.tests = np.array([split.side == "test" for split in splits], bool)
        self._holdings()
        comparable = self.lengths >= SHORT
        self.is_source = self._anywhere(self.sources)
        self.is_evaluated = self._anywhere(self.evaluates)
        progress("near duplicates", 0.2)
        self.near = near_pairs(
            self.keys,
            self.is_evaluated & comparable,
            self.is_source & comparable,
            groups=self._groups(),
            jobs=jobs,
            progress=lambda share: progress("near duplicates", 0.2 + 0.5 * share),
        )
        self._contain(jobs, lambda share: progress("containment", 0.7 + 0.2 * share))
        progress("report", 0.9)

    def _holdings(self) -> None:
        """Which splits hold a key: for each (key, split) its documents, first and number; `held` begins each key."""
        combined = self.key_of * len(self.splits) + self.split_of
        held, first, counts = np.unique(combined, return_index=True, return_counts=True)
        self.held_key, self.held_split = np.divmod(held, max(len(self.splits), 1))
        self.held_first, self.held_count = first, counts
        self.held = np.searchsorted(self.held_key, np.arange(len(self.lengths) + 1))

    def _anywhere(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which keys are in any of the chosen splits."""
        found = np.zeros(len(self.lengths), bool)
        found[self.held_key[chosen[self.held_split]]] = True
        return found

    def _groups(self) -> Places:
        """A number for each key that says which source splits hold it."""
        groups = np.full(len(self.lengths), -1, np.int64)
        sets: dict[tuple[int, ...], int] = {}
        position, holding = self.spread(np.arange(len(self.lengths)), self.sources)
        held: dict[int, tuple[int, ...]] = {}
        alone = np.bincount(position, minlength=len(groups))[position] == 1
        groups[position[alone]] = self.held_split[holding[alone]]
        for key, split in zip(position[~alone].tolist(), self.held_split[holding[~alone]].tolist(), strict=True):
            held[key] = (*held.get(key, ()), split)
        for key, splits in held.items():
            groups[key] = len(self.splits) + sets.setdefault(splits, len(sets))
        return groups

    def _contain(self, jobs: int, progress: Callable[[float], None]) -> None:
        """Find evaluation texts and their sentences in source texts, and source texts in evaluation texts."""
        keys, lengths = self.keys, self.lengths
        owners = np.searchsorted(keys.starts, keys.sentences, side="right") - 1
        sentence_lengths = np.diff(np.append(keys.sentences, len(keys.codes)))
        some = (sentence_lengths >= SHORT) & self.is_evaluated[owners] & (sentence_lengths < lengths[owners])
        whole = np.flatnonzero((lengths >= SHORT) & (self.is_evaluated | self.is_source))
        starts = np.concatenate([keys.sentences[some], keys.starts[whole]])
        sizes = np.concatenate([sentence_lengths[some], lengths[whole]])
        owner = np.concatenate([owners[some], whole])
        number, first = numbered(keys.codes, starts, sizes)
        pieces = Pieces(starts[first], sizes[first])
        of_evaluation, of_source = np.zeros(len(first), bool), np.zeros(len(first), bool)
        of_evaluation[number[self.is_evaluated[owner]]] = True
        is_whole = np.arange(len(owner)) >= np.count_nonzero(some)
        of_source[number[is_whole & self.is_source[owner]]] = True

        def wanted(piece: Places, host: Places) -> NDArray[np.bool_]:
            fits = (of_evaluation[piece] & self.is_source[host]) | (of_source[piece] & self.is_evaluated[host])
            return fits & (pieces.lengths[piece] < lengths[host])

        found = occurrences(keys, pieces, wanted, jobs=jobs, progress=progress)
        # A piece is at most one whole key, and the sentences of any number of keys.
        key_of_piece = np.full(len(first), -1, np.int64)
        key_of_piece[number[is_whole]] = owner[is_whole]
        text = key_of_piece[found.piece]
        inside = (text >= 0) & self.is_evaluated[text] & self.is_source[found.host]
        self.contained = _distinct(text[inside], found.host[inside])
        holds = (text >= 0) & self.is_source[text] & self.is_evaluated[found.host]
        self.inside = _distinct(found.host[holds], text[holds])
        # Passages (evaluation key, other key, from, to): whole source texts in it, and its sentences elsewhere.
        elsewhere = self.is_source[found.host]
        pairs = _distinct(found.piece[elsewhere], found.host[elsewhere])
        sentences = np.flatnonzero(~is_whole)
        by_number = sentences[np.argsort(number[sentences], kind="stable")]
        begin = np.searchsorted(number[by_number], pairs[0])
        counts = np.searchsorted(number[by_number], pairs[0], side="right") - begin
        sentence = by_number[expand(begin, counts)]
        host = np.repeat(pairs[1], counts)
        place = starts[sentence] - keys.starts[owner[sentence]]
        apart = owner[sentence] != host
        here = found.place[holds] - keys.starts[found.host[holds]]
        self.passages = (
            np.concatenate([owner[sentence][apart], found.host[holds]]),
            np.concatenate([host[apart], text[holds]]),
            np.concatenate([place[apart], here]),
            np.concatenate([(place + sizes[sentence])[apart], here + lengths[text[holds]]]),
        )

    # --- rows -------------------------------------------------------------------------------------

    def spread(self, key: Places, chosen: NDArray[np.bool_]) -> tuple[Places, Places]:
        """The chosen splits that hold each key: positions in `key`, and positions in the list of holdings."""
        counts = self.held[key + 1] - self.held[key]
        holding = expand(self.held[key], counts)
        position = np.repeat(np.arange(len(key)), counts)
        kept = chosen[self.held_split[holding]]
        return position[kept], holding[kept]

    def hits(self, gone: NDArray[np.bool_] | None = None) -> Hits:
        """The strongest hit of each evaluation key in each source split.

        Args: `gone` marks keys whose documents are no longer in any train split.
        """
        parts = [
            self._rows(EXACT, *self._exact()),
            self._rows(NEAR, self.near.left, self.near.right, self.near.shared / np.maximum(self.near.union, 1), gone),
            self._rows(CONTAINED, *self.contained, np.ones(len(self.contained[0])), gone),
            self._covered(gone),
        ]
        if gone is not None:
            exact = parts[0]
            parts[0] = exact.where(~(gone[exact.key] & self.trains[exact.split]))
        rows = Hits(*(np.concatenate([getattr(part, field) for part in parts]) for field in Hits.__struct_fields__))
        order = np.lexsort((rows.source, -rows.similarity, rows.kind, rows.split, rows.key))
        rows = rows.where(order)
        new = np.ones(len(order), bool)
        new[1:] = (rows.key[1:] != rows.key[:-1]) | (rows.split[1:] != rows.split[:-1])
        return rows.where(new)

    def _exact(self) -> tuple[Places, Places, NDArray[np.float64]]:
        both = np.flatnonzero(self.is_source & self.is_evaluated & (self.lengths > 0))
        return both, both, np.ones(len(both))

    def _rows(
        self,
        kind: int,
        left: Places,
        right: Places,
        similarity: NDArray[np.float64],
        gone: NDArray[np.bool_] | None = None,
    ) -> Hits:
        """Pairs of keys as hits in each source split that holds the right one."""
        position, holding = self.spread(right, self.sources)
        if gone is not None:
            kept = ~(gone[right[position]] & self.trains[self.held_split[holding]])
            position, holding = position[kept], holding[kept]
        kinds = np.full(len(position), kind)
        return Hits(left[position], self.held_split[holding], kinds, self.held_first[holding], similarity[position])

    def _covered(self, gone: NDArray[np.bool_] | None) -> Hits:
        """How much of each evaluation key stands in passages of each source split: the union of its intervals."""
        key, other, start, end = self.passages
        rows = self._rows(SOME, np.arange(len(key)), other, np.zeros(len(key)), gone)
        start, end, key = start[rows.key], end[rows.key], key[rows.key]
        group = key * len(self.splits) + rows.split
        order = np.lexsort((rows.source, start, group))
        group, start, end, source = group[order], start[order], end[order], rows.source[order]
        groups, first, number = np.unique(group, return_index=True, return_inverse=True)
        # Shifted by group, the furthest end so far never reaches from one group into the next.
        shift = number * (int(self.lengths.max(initial=0)) + 1)
        reach = np.maximum.accumulate(end + shift) if len(end) else end
        before = np.concatenate([[0], reach[:-1]]) if len(end) else end
        new = np.maximum(end + shift - np.maximum(start + shift, before), 0)
        covered = np.bincount(number, weights=new, minlength=len(groups))
        share = covered / self.lengths[groups // max(len(self.splits), 1)]
        kinds = np.where(2 * covered >= self.lengths[groups // max(len(self.splits), 1)], PARTIAL, SOME)
        key, split = np.divmod(groups, max(len(self.splits), 1))
        return Hits(key, split, kinds, source[first], share)

    def recall(self, sample: int) -> tuple[int, int]:
        """How many near pairs were found of those there are: of an evaluation text and the splits of a training text.

        Of `sample` evaluation texts, each compared with every training text by brute force.
        """
        comparable = self.lengths >= SHORT
        candidates = {str(key) for key in np.flatnonzero(self.is_evaluated & comparable).tolist()}
        # Texts without a near copy prove little: half of the sample are texts that have one.
        known = {str(key) for key in np.unique(self.near.left).tolist()}
        chosen = rank(known, 0, "", "recall")[: sample // 2]
        chosen += rank(candidates - set(chosen), 0, "", "recall")[: sample - len(chosen)]
        keys = np.array(sorted(map(int, chosen)), np.int64)
        groups = self._groups()
        pairs = near_by_brute_force(self.keys, keys, self.is_source & comparable)
        truth = {(left, int(groups[right])) for left, right in pairs}
        rows = np.isin(self.near.left, keys)
        found = set(zip(self.near.left[rows].tolist(), groups[self.near.right[rows]].tolist(), strict=True))
        return len(truth & found), len(truth)

    # --- what follows -----------------------------------------------------------------------------

    def withheld(self) -> dict[str, dict[str, str]]:
        """The train and shots documents that a clean training set leaves out, and why; none for want of a reason.

        Reasons, the first that holds: an evaluation text is its "exact" copy, is "near" it, is "contained"
        in it, or holds it as a whole ("inside"). Short texts, and texts that only share sentences, stay.
        """
        reason = np.full(len(self.lengths), len(KINDS) + 1)
        ordered = (("inside", self.inside[1]), ("contained", self.contained[1]), ("near", self.near.right))
        reasons = ("exact", "near", "contained", INSIDE)
        for name, keys in ordered:
            reason[keys] = reasons.index(name)
        exact = self._exact()[0]
        reason[exact[self.lengths[exact] >= SHORT]] = 0
        documents = np.flatnonzero((reason[self.key_of] < len(reasons)) & self.shown[self.split_of])
        found: dict[str, dict[str, str]] = {}
        for document in documents.tolist():
            split = self.splits[self.split_of[document]]
            found.setdefault(split.name, {})[self.id(document)] = reasons[reason[self.key_of[document]]]
        return found

    def id(self, document: int) -> str:
        """The id of a document by its position among all."""
        split = int(self.split_of[document])
        return self.splits[split].ids[document - int(self.firsts[split])]

    def text(self, document: int) -> str:
        """The text of a document by its position among all."""
        split = int(self.split_of[document])
        return self.splits[split].texts[document - int(self.firsts[split])]

    def pairs(self, examples: int, quote: int) -> list[Pair]:
        """The report of each pair of splits that have anything in common."""
        hits = self.hits()
        position, holding = self.spread(hits.key, self.evaluates)
        source, evaluation = hits.split[position], self.held_split[holding]
        allowed = self.shown[source] | self.tests[evaluation]
        position, holding, source, evaluation = (a[allowed] for a in (position, holding, source, evaluation))
        short = (self.lengths < SHORT)[hits.key[position]]
        kind = np.where(short, SOME + 1, hits.kind[position])
        first = self.held_first[holding]
        order = np.lexsort((first, kind, evaluation, source))
        group = source[order] * len(self.splits) + evaluation[order]
        bounds = np.flatnonzero(np.diff(group, prepend=-1, append=-1))
        found = []
        for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            rows = order[begin:end]
            counts = np.bincount(kind[rows], self.held_count[holding[rows]], SOME + 2).astype(int).tolist()
            left, right = self.splits[source[rows[0]]], self.splits[evaluation[rows[0]]]
            hit = sum(counts[:SOME])
            shown = [
                self._example(KINDS[kind[row]], int(first[row]), hits, int(position[row]), quote)
                for row in rows[kind[rows] < SOME][:examples].tolist()
            ]
            share = round(hit / len(right.texts), 4)
            found.append(
                Pair(
                    source=left.name,
                    evaluation=right.name,
                    texts=len(right.texts),
                    exact=counts[EXACT],
                    near=counts[NEAR],
                    contained=counts[CONTAINED],
                    partial=counts[PARTIAL],
                    hit=hit,
                    share=share,
                    some=counts[SOME],
                    short=counts[SOME + 1],
                    examples=tuple(shown),
                )
            )
        return sorted(found, key=lambda pair: (-pair.hit, -pair.some, -pair.short, pair.source, pair.evaluation))

    def _example(self, kind: str, document: int, hits: Hits, row: int, quote: int) -> Example:
        source = int(hits.source[row])
        texts = (_quoted(self.text(document), quote), _quoted(self.text(source), quote)) if quote else ()
        return Example(kind, self.id(document), self.id(source), round(float(hits.similarity[row]), 3), *texts)

    def contaminated(
        self, dropped: Mapping[str, Mapping[str, str]]
    ) -> tuple[dict[str, dict[str, tuple[str, ...]]], dict[str, dict[str, tuple[str, ...]]]]:
        """For each contaminated evaluation document its kinds of hits in train splits, and these splits.

        Args: `dropped` train documents count no more (`withheld`: all documents of a key, or none).
        """
        gone = None
        if dropped:
            ids = {id for documents in dropped.values() for id in documents}
            gone = np.zeros(len(self.lengths), bool)
            for document in np.flatnonzero(self.trains[self.split_of]).tolist():
                if self.id(document) in ids:
                    gone[self.key_of[document]] = True
        hits = self.hits(gone)
        hits = hits.where((hits.kind < SOME) & self.trains[hits.split] & (self.lengths[hits.key] >= SHORT))
        kinds: dict[int, set[int]] = {}
        splits: dict[int, set[int]] = {}
        for key, kind, split in zip(hits.key.tolist(), hits.kind.tolist(), hits.split.tolist(), strict=True):
            kinds.setdefault(key, set()).add(kind)
            splits.setdefault(key, set()).add(split)
        documents = np.flatnonzero(self.evaluates[self.split_of] & np.isin(self.key_of, list(kinds)))
        by_kind: dict[str, dict[str, tuple[str, ...]]] = {}
        by_split: dict[str, dict[str, tuple[str, ...]]] = {}
        for document in documents.tolist():
            name, id, key = self.splits[self.split_of[document]].name, self.id(document), int(self.key_of[document])
            by_kind.setdefault(name, {})[id] = tuple(KINDS[kind] for kind in sorted(kinds[key]))
            by_split.setdefault(name, {})[id] = tuple(sorted(self.splits[split].name for split in splits[key]))
        return by_kind, by_split

    def conflicts(self, examples: int) -> list[Conflict]:
        """The texts that stand more than once with gold and are annotated differently."""
        with_gold = [index for index, split in enumerate(self.splits) if split.gold is not None]
        annotated = [gold for split in self.splits if (gold := split.gold) is not None]
        position = {index: place for place, index in enumerate(with_gold)}
        documents = np.flatnonzero(np.isin(self.split_of, with_gold) & (self.lengths[self.key_of] > 0))
        order = documents[np.argsort(self.key_of[documents], kind="stable")]
        keys = self.key_of[order]
        bounds = np.flatnonzero(np.diff(keys, prepend=-1, append=-1))
        groups = []
        for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            if end - begin > 1:
                members = [
                    (position[split], document - int(self.firsts[split]))
                    for document, split in zip(
                        order[begin:end].tolist(), self.split_of[order[begin:end]].tolist(), strict=True
                    )
                ]
                groups.append((bool(self.lengths[keys[begin]] < SHORT), members))
        return conflicts(annotated, groups, examples)


def _distinct(left: Places, right: Places) -> tuple[Places, Places]:
    """The different pairs, ordered."""
    pairs = np.unique((left << 32) | right)
    return pairs >> 32, pairs & 0xFFFFFFFF


def _quoted(text: str, length: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def audit(
    splits: Sequence[Texts],
    *,
    jobs: int = 1,
    examples: int = 3,
    quote: int = 0,
    drop: bool = False,
    progress: Progress = lambda doing, share: None,
) -> Audit:
    """Compare train splits with evaluation splits, and dev splits with test splits; arguments as of `report`."""
    comparison = Comparison(splits, jobs=jobs, progress=progress)
    done = report(comparison, examples=examples, quote=quote, drop=drop)
    progress("done", 1.0)
    return done


def report(comparison: Comparison, *, examples: int = 3, quote: int = 0, drop: bool = False) -> Audit:
    """What a comparison found.

    Args: `examples` of each pair, quoted with `quote` characters (0: ids only). `drop` also says which train
    documents to leave out, and reports contamination as it is without them.
    """
    splits = comparison.splits
    dropped = comparison.withheld() if drop else {}
    contaminated, found_in = comparison.contaminated(dropped)
    short = comparison.split_of[comparison.lengths[comparison.key_of] < SHORT]
    shorts = np.bincount(short, minlength=len(splits)).tolist()
    return Audit(
        splits=tuple(
            Compared(split.name, split.side, len(split.texts), short)
            for split, short in zip(splits, shorts, strict=True)
        ),
        pairs=tuple(comparison.pairs(examples, quote)),
        contaminated=contaminated,
        found_in=found_in,
        conflicts=tuple(comparison.conflicts(examples)),
        dropped=dropped,
    )
