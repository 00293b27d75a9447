"""Hashes of files and folders, and choices made by rank instead of by chance.

    rank(["人物", "地点", "机构"], seed=1, document_id="msra/train/7", purpose="labels")[:2]

gives the same two labels on every machine, whatever the order of the input, and asking for three
keeps the first two. Where millions of choices are made, a document gets one number of 64 bits and every
choice about it is mixed from that:

    number = lot(1, "NER", "msra/train/7")
    mix(number, lot("drop", "人物")) < 0.1 * 2**64      →  one label in ten
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec


def sha256_bytes(data: bytes) -> str:
    """The SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def members_of(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """The files below `folder` that match one of the glob `patterns`, sorted by their path."""
    found = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def sha256_tree(folder: Path, patterns: Iterable[str]) -> str:
    """The SHA-256 of the listing ``<sha256>  <path>\\n`` of the members, as ``sha256sum`` prints it."""
    listing = "".join(
        f"{sha256_file(path)}  {path.relative_to(folder).as_posix()}\n" for path in members_of(folder, patterns)
    )
    return sha256_bytes(listing.encode("utf-8", "surrogateescape"))


def fingerprint(value: object) -> str:
    """A short stable hash of anything msgspec can encode; mappings are ordered by key."""
    return hashlib.blake2b(msgspec.json.encode(value, order="deterministic"), digest_size=16).hexdigest()


def rank(items: Iterable[str], seed: int, document_id: str, purpose: str) -> list[str]:
    """`items` without repeats, ordered by a hash of (seed, purpose, document, item).

    Args: `purpose` names the choice, so that two choices about one document are independent.
    Independent of the order of `items`; the first k are a subset of the first k + 1.
    """
    key = f"{seed}\x1f{purpose}\x1f{document_id}\x1f".encode()
    prefix = hashlib.blake2b(key, digest_size=8)

    def place(item: str) -> tuple[bytes, str]:
        state = prefix.copy()
        state.update(item.encode())
        return state.digest(), item

    return sorted(set(items), key=place)


BITS = 64
MASK = (1 << BITS) - 1


def lot(*parts: object) -> int:
    """A number of 64 bits that stands for `parts`, by BLAKE2b."""
    key = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(key, digest_size=BITS // 8).digest(), "big")


def mix(one: int, other: int) -> int:
    """Two numbers of 64 bits as one, by the finaliser of SplitMix64 (Steele, Lea and Flood 2014).

    Both are to be hashes: their exclusive or goes in, so that a number mixed with itself is nothing.
    """
    z = one ^ other
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def threshold(share: float) -> int:
    """What a number of 64 bits is below in `share` of all cases."""
    return int(share * (1 << BITS))
