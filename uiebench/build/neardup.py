"""Near duplicates: every pair of an evaluation and a training key that share most of their character trigrams.

    found = near_pairs(keys, evaluated, trained)
    found.left[i], found.right[i], found.shared[i], found.union[i]    →  17, 4711, 93, 101     Jaccard 0.92

The similarity of two keys is the Jaccard coefficient of their sets of character trigrams; a pair is near
from 4/5 on. The search is an exact set-similarity join and loses no pair: the trigrams of a key are put in
one global order, rare ones first, and two sets of m and n trigrams with at least k = ⌈4(m + n)/9⌉ in common
must share one among the first m - k + 1 of the one and the first n - k + 1 of the other (prefix filter:
Chaudhuri et al., ICDE 2006; Bayardo et al., WWW 2007). Pairs that meet there, of fitting sizes (the smaller
at least 4/5 of the larger), are counted exactly. A trigram is its three characters packed into an integer:
nothing is hashed that decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, count
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from uiebench.build.keys import Keys, Places, blocks, expand

N = 3
NEAR = (4, 5)  # the least Jaccard coefficient of a near pair, as a fraction: no rounding anywhere
CELLS = 1 << 20  # trigrams sorted at a time: a few megabytes for each thread
BUCKETS = 22  # bits, at most, of the hash by which trigrams are counted
TABLE = 26  # bits, at most, of the hash by which trigrams that only one side has are passed over
WINDOW = 8  # times CELLS candidates looked at before what is near among them is counted
LOW = 0xFFFFFFFF
GRAIN = 16  # steps in which places in the prefix are told apart
SHORT, LONG = 256, 2048  # bits of the signatures of a set
LARGE = 200  # sets of more trigrams have a long signature too: they would fill a short one
ODD = np.uint64(0x9E3779B97F4A7C15)
NONE = np.uint64(0xFFFFFFFFFFFFFFFF)  # greater than every trigram
Grams = NDArray[np.uint64]


class Pairs(msgspec.Struct, frozen=True):
    """Near pairs, ordered by left and right: indices of keys, and the sizes of intersection and union."""

    left: Places
    right: Places
    shared: Places
    union: Places


class Postings(msgspec.Struct, frozen=True):
    """Rare trigrams of keys: the trigram, the key, and how many rarer ones the key has."""

    grams: Grams
    owners: Places
    places: Places


def near(shared: Any, union: Any) -> Any:
    """Whether sets with so many common and different elements are near; for numbers or arrays."""
    return shared * NEAR[1] >= union * NEAR[0]


def needed(total: Any) -> Any:
    """How many elements two sets of `total` elements together must share to be near."""
    return -(-total * NEAR[0] // (NEAR[0] + NEAR[1]))


def near_pairs(
    keys: Keys,
    evaluated: NDArray[np.bool_],
    trained: NDArray[np.bool_],
    *,
    groups: Places | None = None,
    jobs: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Pairs:
    """All near pairs of an evaluated key (left) and a trained key (right); a key is no pair with itself.

    Args: `keys` are distinct; keys under three characters have no trigram and no pair. With `groups`, a
    number for each key, there are as many pairs as it takes: every left key has one with each group that
    holds a near right key, and every right key that is near to any has one. (Texts made from a template
    are all near to each other, thousands times thousands.) `jobs` threads (numpy releases the interpreter)
    change the time and nothing else. `progress` is told the share done.
    """
    order = GramOrder(keys)
    progress(0.1)
    with ThreadPoolExecutor(max(jobs, 1)) as pool:

        def postings(wanted: NDArray[np.bool_], other: NDArray[np.bool_] | None) -> Postings:
            groups = list(order.groups(np.flatnonzero(wanted)))
            return _together(pool.map(lambda group: order.prefixes(group, other), groups))

        probes = postings(evaluated, None)
        progress(0.3)
        index = postings(trained, _marks(probes.grams))
        probes = _only(probes, _marks(index.grams))
        progress(0.6)
        batches = _candidates(probes, index, order, pool)
        if groups is None:
            pairs = np.unique(np.concatenate([np.zeros(0, np.int64), *batches]))
            found = _near(pairs, order, pool)
        else:
            found = _enough(batches, groups, order, pool)
    progress(1.0)
    return found


def _near(pairs: Places, order: GramOrder, pool: ThreadPoolExecutor) -> Pairs:
    """Those of the candidates (packed, ordered) that are near."""
    left, right = pairs >> 32, pairs & LOW
    parts = [slice(first, first + CELLS // 16) for first in range(0, len(pairs), CELLS // 16)]
    counts = pool.map(lambda part: order.shared(left[part], right[part]), parts)
    shared = np.concatenate([np.zeros(0, np.int64), *counts])
    union = order.sizes[left] + order.sizes[right] - shared
    kept = near(shared, union)
    return Pairs(left[kept], right[kept], shared[kept], union[kept])


def _enough(batches: Iterable[Places], groups: Places, order: GramOrder, pool: ThreadPoolExecutor) -> Pairs:
    """Near pairs among batches of candidates until each (left, group) and each right has one that can have one."""
    nothing = np.zeros(0, np.int64)
    reached, apart, found = nothing, nothing, [Pairs(nothing, nothing, nothing, nothing)]
    paired = np.zeros(len(groups), bool)
    for batch in batches:
        pairs = batch[~np.isin(batch, apart)] if len(apart) else batch
        for attempt in count():
            right = pairs & LOW
            meeting = (pairs >> 32 << 32) | groups[right]
            new_left, new_right = ~np.isin(meeting, reached), ~paired[right]
            wanted = new_left | new_right
            pairs, right, meeting = pairs[wanted], right[wanted], meeting[wanted]
            new_left, new_right = new_left[wanted], new_right[wanted]
            if not len(pairs):
                break
            tried = np.ones(len(pairs), bool)
            if attempt < 3:  # one pair for each of those without; nearly all candidates are near
                tried[:] = False
                tried[np.flatnonzero(new_left)[np.unique(meeting[new_left], return_index=True)[1]]] = True
                tried[np.flatnonzero(new_right)[np.unique(right[new_right], return_index=True)[1]]] = True
            some = _near(pairs[tried], order, pool)
            found.append(some)
            reached = np.union1d(reached, (some.left << 32) | groups[some.right])
            paired[some.right] = True
            apart = np.union1d(apart, np.setdiff1d(pairs[tried], (some.left << 32) | some.right))
            pairs = pairs[~tried]
    columns = [np.concatenate([getattr(part, field) for part in found]) for field in Pairs.__struct_fields__]
    ordered = np.lexsort((columns[1], columns[0]))
    return Pairs(*(column[ordered] for column in columns))


def near_by_brute_force(keys: Keys, chosen: Places, trained: NDArray[np.bool_]) -> set[tuple[int, int]]:
    """The near pairs of a few chosen keys and all trained keys, every pair counted: what `near_pairs` must find.

    Uses plain sets of strings, and none of the filters.
    """
    texts = {index: keys.text(index) for index in chosen.tolist()}
    grams = {index: {text[i : i + N] for i in range(len(text) - N + 1)} for index, text in texts.items()}
    holders: dict[str, list[int]] = {}
    for index, found in grams.items():
        for gram in found:
            holders.setdefault(gram, []).append(index)
    pairs = set()
    for right in np.flatnonzero(trained).tolist():
        text = keys.text(right)
        others = {text[i : i + N] for i in range(len(text) - N + 1)}
        shared = Counter(chain.from_iterable(holders[gram] for gram in others & holders.keys()))
        for left, common in shared.items():
            if left != right and near(common, len(grams[left]) + len(others) - common):
                pairs.add((left, right))
    return pairs


class GramOrder:
    """The trigrams of keys as integers whose order is rarity: the upper bits count, the lower three characters.

    Any order serves as long as it is one for all; an approximate count (by hash bucket) is enough to make
    the search fast.
    """

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        alphabet = np.flatnonzero(np.bincount(keys.codes, minlength=1))
        self.bits = max(len(alphabet) - 1, 1).bit_length()
        numbers = np.zeros(int(alphabet[-1]) + 1 if len(alphabet) else 1, np.uint32)
        numbers[alphabet] = np.arange(len(alphabet))
        self.characters = numbers[keys.codes]
        self.buckets = min(max(len(keys.codes).bit_length(), 8), BUCKETS)
        counts = np.zeros(1 << self.buckets, np.int64)
        for first in range(0, max(len(self.characters) - N + 1, 0), 4 * CELLS):
            part = self.pack(self.characters[first : first + 4 * CELLS + N - 1])
            counts += np.bincount(_bucket(part, self.buckets), minlength=1 << self.buckets)
        room = 63 - N * self.bits
        self.sizes = np.zeros(len(keys.starts) - 1, np.int64)
        self.signatures = np.zeros((SHORT // 64, len(keys.starts) - 1), np.uint64)
        large = np.flatnonzero(keys.lengths > LARGE)
        self.large = np.full(len(keys.starts) - 1, -1, np.int64)
        self.large[large] = np.arange(len(large))
        self.long_signatures = np.zeros((len(large), LONG // 64), np.uint64)
        self.rarity = np.minimum(counts, (1 << room) - 1).astype(np.uint64) << np.uint64(N * self.bits)

    def pack(self, characters: NDArray[np.uint32]) -> Grams:
        """The trigrams that begin at each character but the last two, along the last axis."""
        bits = np.uint64(self.bits)
        wide = characters.astype(np.uint64)
        packed: Grams = (((wide[..., :-2] << bits) | wide[..., 1:-1]) << bits) | wide[..., 2:]
        return packed

    def groups(self, indices: Places) -> Iterable[Places]:
        """Keys of similar length, so many together as are sorted at a time; those without a trigram left out."""
        lengths = self.keys.lengths[indices]
        ordered = np.argsort(lengths, kind="stable")
        ordered = ordered[np.searchsorted(lengths[ordered], N) :]
        first = 0
        while first < len(ordered):
            longest = int(lengths[ordered[first]]) * 17 // 16 + 1
            last = int(np.searchsorted(lengths[ordered], longest, side="right"))
            last = min(last, first + max(1, CELLS // longest))
            yield indices[ordered[first:last]]
            first = last

    def rows(self, indices: Places) -> Grams:
        """The trigrams of each key in one row, rare ones first, repeats and the rest of the row as NONE."""
        starts, lengths = self.keys.starts[indices], self.keys.lengths[indices]
        width = int(lengths.max())
        places = np.minimum(starts[:, None] + np.arange(width), len(self.characters) - 1)
        grams = self.pack(self.characters[places])
        grams |= self.rarity[_bucket(grams, self.buckets)]
        grams[np.arange(width - N + 1) >= (lengths - N + 1)[:, None]] = NONE
        grams.sort(axis=1)
        repeated = grams[:, 1:] == grams[:, :-1]
        if (doubled := repeated & (grams[:, 1:] != NONE)).any():
            grams[:, 1:][doubled] = NONE
            touched = np.flatnonzero(doubled.any(axis=1))
            grams[touched] = np.sort(grams[touched], axis=1)
        return grams

    def prefixes(self, indices: Places, other: NDArray[np.bool_] | None) -> Postings:
        """The first trigrams of each key, one of which every near key shares; only those marked in `other`.

        Also notes the size and the signature of each set.
        """
        grams = self.rows(indices)
        filled = grams != NONE
        size = np.count_nonzero(filled, axis=1)
        self.sizes[indices] = size
        self.signatures[:, indices] = _signatures(grams, filled, SHORT).T
        large = self.large[indices] >= 0
        if large.any():
            self.long_signatures[self.large[indices[large]]] = _signatures(grams[large], filled[large], LONG)
        # The smallest near set has 4/5 of the size: what must be shared with it is shared with every near one.
        prefix = size - -(-size * NEAR[0] // NEAR[1]) + 1
        wide = int(prefix.max())
        chosen = np.arange(wide) < prefix[:, None]
        if other is not None:
            chosen &= _is_marked(other, grams[:, :wide])
        rows, places = np.nonzero(chosen)
        return Postings(grams[:, :wide][chosen], indices[rows], places)

    def alike(self, left: Places, right: Places) -> Places:
        """Those of the pairs, by position, whose signatures do not differ too much for near keys."""
        kept = np.flatnonzero(left != right)
        left, right = left[kept], right[kept]
        spare = self.sizes[left] + self.sizes[right]
        spare -= 2 * needed(spare)  # how many elements two near sets of these sizes may differ in
        apart = np.zeros(len(kept), np.int64)
        for word in self.signatures:
            apart += np.bitwise_count(word[left] ^ word[right])
            few = apart <= spare
            kept, left, right, spare, apart = kept[few], left[few], right[few], spare[few], apart[few]
        long_left, long_right = self.large[left], self.large[right]
        both = np.flatnonzero((long_left >= 0) & (long_right >= 0))
        differ = self.long_signatures[long_left[both]] ^ self.long_signatures[long_right[both]]
        far = both[np.bitwise_count(differ).sum(axis=1, dtype=np.int64) > spare[both]]
        return np.delete(kept, far)

    def shared(self, left: Places, right: Places) -> Places:
        """How many trigrams two keys have in common, for each pair."""
        members = np.unique(np.concatenate([left, right]))
        sets, starts = self.sets(members)
        counts = np.zeros(len(left), np.int64)
        lefts, rights = np.searchsorted(members, left), np.searchsorted(members, right)
        sizes = np.diff(starts)
        wide = np.maximum(sizes[lefts], sizes[rights])
        ordered = np.argsort(wide, kind="stable")
        for part in blocks(2 * wide[ordered], CELLS):
            pairs = ordered[part]
            width = int(wide[pairs].max())
            both = np.concatenate(
                [_padded(sets, starts, lefts[pairs], width), _padded(sets, starts, rights[pairs], width)], axis=1
            )
            both.sort(axis=1)
            counts[pairs] = np.count_nonzero((both[:, 1:] == both[:, :-1]) & (both[:, 1:] != NONE), axis=1)
        return counts

    def sets(self, indices: Places) -> tuple[Grams, Places]:
        """The trigrams of each key, one key after another, and where each begins."""
        sizes = np.zeros(len(indices), np.int64)
        found: list[tuple[Places, Grams]] = []
        for group in self.groups(indices):
            grams = self.rows(group)
            where = np.searchsorted(indices, group)
            sizes[where] = np.count_nonzero(grams != NONE, axis=1)
            found.append((where, grams[grams != NONE]))
        starts = np.concatenate([[0], np.cumsum(sizes)])
        sets = np.empty(int(starts[-1]), np.uint64)
        for where, grams in found:
            sets[expand(starts[where], sizes[where])] = grams
        return sets, starts


def _signatures(grams: Grams, filled: NDArray[np.bool_], bits: int) -> NDArray[np.uint64]:
    """For each row a string of bits: bit b is set if an odd number of its trigrams is hashed to b.

    Two sets differ in at least as many elements as their signatures in bits (bitmap filter: Sandes, Teodoro
    and Melo, Information Systems 2020).
    """
    cells = _bucket(grams, bits.bit_length() - 1).astype(np.int64)
    cells += np.arange(len(grams))[:, None] * bits
    odd = np.bincount(cells[filled], minlength=len(grams) * bits) & 1
    return np.packbits(odd.astype(np.uint8).reshape(-1, bits), axis=1).view(np.uint64)


def _bucket(grams: Grams, bits: int) -> NDArray[np.uint64]:
    return (grams * ODD) >> np.uint64(64 - bits)


def _marks(grams: Grams) -> NDArray[np.bool_]:
    """A table in which the bucket of each of `grams` is marked: what is not marked is not among them."""
    bits = min(max(len(grams).bit_length() + 5, 8), TABLE)
    marks = np.zeros(1 << bits, bool)
    marks[_bucket(grams, bits)] = True
    return marks


def _is_marked(marks: NDArray[np.bool_], grams: Grams) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = marks[_bucket(grams, len(marks).bit_length() - 1)]
    return found


def _only(postings: Postings, marks: NDArray[np.bool_]) -> Postings:
    kept = _is_marked(marks, postings.grams)
    return Postings(postings.grams[kept], postings.owners[kept], postings.places[kept])


def _together(parts: Iterable[Postings]) -> Postings:
    found = list(parts)
    return Postings(
        np.concatenate([np.zeros(0, np.uint64), *(part.grams for part in found)]),
        np.concatenate([np.zeros(0, np.int64), *(part.owners for part in found)]),
        np.concatenate([np.zeros(0, np.int64), *(part.places for part in found)]),
    )


def _padded(sets: Grams, starts: Places, which: Places, width: int) -> Grams:
    first, last = starts[which], starts[which + 1]
    places = first[:, None] + np.arange(width)
    return np.where(places < last[:, None], sets[np.minimum(places, len(sets) - 1)], NONE)


def _candidates(probes: Postings, index: Postings, order: GramOrder, pool: ThreadPoolExecutor) -> Iterator[Places]:
    """The pairs that share a trigram of both prefixes and may be near by size, place and signature.

    In batches, ordered, each pair packed into an integer: left in the upper, right in the lower 32 bits. A
    pair may be in several batches. What is in a batch does not depend on the number of threads.
    """
    sizes = order.sizes
    grams, inverse = np.unique(np.concatenate([probes.grams, index.grams]), return_inverse=True)
    del grams
    # A probe at place i of m trigrams and an entry at place j of n can only meet if 4n <= 5m - 9i and 4m <= 5n - 9j.
    probe_keys, probe_order = _ordered(inverse[: len(probes.grams)], sizes[probes.owners])
    probe_owner = probes.owners[probe_order]
    probe_size = sizes[probe_owner]
    most = (5 * probe_size - 9 * probes.places[probe_order]) // 4
    entry_keys, entry_order = _ordered(inverse[len(probes.grams) :], sizes[index.owners])
    entry_owner = index.owners[entry_order]
    entry_most = (5 * sizes[entry_owner] - 9 * index.places[entry_order]) // 4
    # Entries are grouped by what the second condition allows, m / n below a bound. In a group, ordered by
    # trigram and size, the entries that a probe may meet stand together.
    reach = GRAIN * entry_most // sizes[entry_owner]
    trigram = probe_keys >> 32 << 32
    for group in np.unique(reach).tolist():
        members = np.flatnonzero(reach == group)
        composite, owner, owner_most = entry_keys[members], entry_owner[members], entry_most[members]
        first = np.searchsorted(composite, trigram + (GRAIN * probe_size // (group + 1) + 1))
        last = np.searchsorted(composite, trigram + most, side="right")
        some = np.flatnonzero(last > first)
        first, counts = first[some], (last - first)[some]

        def join(
            part: slice,
            first: Places = first,
            counts: Places = counts,
            some: Places = some,
            owner: Places = owner,
            owner_most: Places = owner_most,
        ) -> Places:
            entry = expand(first[part], counts[part])
            left = np.repeat(probe_owner[some[part]], counts[part])
            fits = owner_most[entry] >= np.repeat(probe_size[some[part]], counts[part])
            left, right = left[fits], owner[entry[fits]]
            kept = order.alike(left, right)
            return np.unique((left[kept] << 32) | right[kept])

        parts = list(blocks(counts, CELLS))
        for start in range(0, len(parts), WINDOW):
            found = list(pool.map(join, parts[start : start + WINDOW]))
            yield np.unique(np.concatenate(found))


def _ordered(grams: Places, sizes: Places) -> tuple[Places, Places]:
    """(trigram, size) packed into an integer, ascending, and the order that makes it so."""
    keys = (grams << 32) | sizes
    order = np.argsort(keys, kind="stable")
    return keys[order], order
