"""Containment: which keys hold a given piece of text, every occurrence of many pieces in one pass.

    pieces = Pieces(starts=[…], lengths=[…])                   places in keys.codes
    found = occurrences(keys, pieces, hosts)
    found.piece[i], found.host[i], found.place[i]    →  3, 17, 1042     piece 3 stands in key 17 at codes[1042]

Pieces have at least `WINDOW` characters. The hash of the first `WINDOW` of each is looked up among the
hashes of all windows of the keys, and what is found there is compared character by character.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
from numpy.typing import NDArray

from uiebench.build.keys import Codes, Keys, Places, blocks, expand

WINDOW = 20
CHUNK = 1 << 20  # characters hashed, or compared, at a time
TABLE = 26  # bits, at most, of the hash by which most windows are passed over
ODD = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93))


class Pieces(msgspec.Struct, frozen=True):
    """Stretches of `Keys.codes`: where each begins, and how many characters it has."""

    starts: Places
    lengths: Places


class Occurrences(msgspec.Struct, frozen=True):
    """Where pieces stand, ordered by piece and place: the piece, the key, and the place in `Keys.codes`."""

    piece: Places
    host: Places
    place: Places


def occurrences(
    keys: Keys,
    pieces: Pieces,
    wanted: Callable[[Places, Places], NDArray[np.bool_]],
    *,
    jobs: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Occurrences:
    """Every place at which a piece stands in a key.

    Args: `wanted` takes pieces and hosts, and says for each of the two together whether an occurrence of
    this piece in this key is of interest (asked before the characters are compared).
    """
    nothing = np.zeros(0, np.int64)
    if not len(pieces.starts):
        return Occurrences(nothing, nothing, nothing)
    anchors = np.concatenate(
        [
            windows(keys.codes[pieces.starts[part, None] + np.arange(WINDOW)])[:, 0]
            for part in blocks(np.full(len(pieces.starts), WINDOW), CHUNK)
        ]
    )
    order = np.argsort(anchors, kind="stable")
    anchors = anchors[order]
    bits = min(max(len(anchors).bit_length() + 5, 8), TABLE)
    table = np.zeros(1 << bits, bool)
    table[anchors >> np.uint64(64 - bits)] = True
    ends = keys.starts[1:]

    def search(first: int) -> tuple[Places, Places, Places]:
        hashes = windows(keys.codes[first : first + CHUNK + WINDOW - 1])
        places = np.flatnonzero(table[hashes >> np.uint64(64 - bits)])
        hashes = hashes[places]
        begin = np.searchsorted(anchors, hashes)
        counts = np.searchsorted(anchors, hashes, side="right") - begin
        piece = order[expand(begin, counts)]
        place = np.repeat(places + first, counts)
        host = np.searchsorted(ends, place, side="right")
        fits = place + pieces.lengths[piece] <= ends[host]
        piece, place, host = piece[fits], place[fits], host[fits]
        kept = wanted(piece, host)
        piece, place, host = piece[kept], place[kept], host[kept]
        same = _equal(keys.codes, pieces.starts[piece], place, pieces.lengths[piece])
        return piece[same], host[same], place[same]

    firsts = range(0, max(len(keys.codes) - WINDOW + 1, 0), CHUNK)
    found = []
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        for number, part in enumerate(pool.map(search, firsts)):
            found.append(part)
            progress((number + 1) / len(firsts))
    piece, host, place = (np.concatenate([nothing, *column]) for column in zip(*found, strict=True))
    order = np.lexsort((place, piece))
    return Occurrences(piece[order], host[order], place[order])


def windows(codes: Codes) -> NDArray[np.uint64]:
    """A hash of each window of `WINDOW` characters, along the last axis.

    The hash of two halves is made from the hashes of the halves: 1, 2, 4, 8, 16 and 16 + 4 characters.
    """
    four = _joined(_joined(_mixed(codes.astype(np.uint64)), 1), 2)
    sixteen = _joined(_joined(four, 4), 8)
    return _mixed(sixteen[..., :-4] * ODD[2] + four[..., 16:])


def _joined(hashes: NDArray[np.uint64], length: int) -> NDArray[np.uint64]:
    return hashes[..., :-length] * ODD[length % 3] + hashes[..., length:]


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values + ODD[0]) * ODD[1]
    values ^= values >> np.uint64(29)
    values *= ODD[3]
    mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(32))
    return mixed


def _equal(codes: Codes, left: Places, right: Places, lengths: Places) -> NDArray[np.bool_]:
    """Whether the stretches of `codes` at left and right are the same, for each pair."""
    same = np.ones(len(left), bool)
    for part in blocks(lengths, CHUNK):
        differ = codes[expand(left[part], lengths[part])] != codes[expand(right[part], lengths[part])]
        owner = np.repeat(np.arange(part.start, part.stop), lengths[part])
        same[owner[differ]] = False
    return same
