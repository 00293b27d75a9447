"""What a build does about evaluation texts in its training data: the recipe's `contamination`.

    off          nothing is compared (the default)
    report       audit.json says what was found
    drop-train   as report, and the train documents concerned give no instructions (the corpus layer keeps them)
    fail         as report, and the build ends with an error if anything was found

    OUT/audit.json   {"contaminated": {"weibo/test": {"weibo/test/3": ["exact"]}}, "pairs": […], "dropped": {…}, …}

The files whose instructions were dropped are kept whole in OUT/.parts/whole and put back before the next build
begins, so that every unit is reused as it was written: a build that is killed and continued ends in the same
bytes, and so does one whose recipe changed its mind.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from uiebench import catalogue
from uiebench.build.audit import Audit, audit, layer_texts
from uiebench.build.parts import RECEIPTS, Part
from uiebench.errors import UiebenchError
from uiebench.hashing import fingerprint
from uiebench.recipe import BuildRecipe
from uiebench.storage import jsonl_sink, parquet_sink, read_parquet, write_json
from uiebench.types import Instruction

AUDIT = "audit.json"
WHOLE = "whole"


class Receipt(msgspec.Struct, frozen=True):
    """An audit and what it was made from: it is not made again for the same corpus layer."""

    key: str
    audit: Audit


def put_back(out: Path) -> None:
    """Undo what `apply` took out of the instruction layer."""
    whole = out / RECEIPTS / WHOLE
    for path in sorted(whole.rglob("*")):
        if path.is_file():
            place = out / path.relative_to(whole)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
    if whole.exists():
        shutil.rmtree(whole)


def apply(
    recipe: BuildRecipe, out: Path, parts: Sequence[Part], code: str, jobs: int, say: Callable[[str], None]
) -> Audit | None:
    """Do what `recipe.contamination` says with a built corpus layer; the audit, or None if it is off.

    Args: `code` is the hash of the package's files; `say` is told what is being done.
    Raises: UiebenchError if the policy is fail and an evaluation text stands in the training data.
    """
    if recipe.contamination == "off":
        return None
    drop = recipe.contamination == "drop-train"
    layer = sorted(
        (path, sha) for part in parts for path, sha in part.files.items() if not path.startswith("instructions/")
    )
    held_out = sorted({name for group in recipe.held_out.values() for name in group})
    key = fingerprint([layer, held_out, drop, code])
    receipt = out / RECEIPTS / AUDIT
    found = _known(receipt, key)
    if found is None:
        described = {part.corpus: catalogue.load(part.corpus) for part in parts}
        kept = {path for path, _ in layer}
        texts = layer_texts(out, held_out, described, only=kept)
        found = audit(texts, jobs=jobs, drop=drop, progress=lambda doing, share: say(f"audit: {doing}"))
        write_json(receipt, Receipt(key, found))
    write_json(out / AUDIT, found)
    if recipe.contamination == "fail" and found.hits():
        worst = next(pair for pair in found.pairs if pair.hit and pair.source.endswith("/train"))
        raise UiebenchError(
            f"recipe {recipe.name}: {found.hits():,} evaluation texts stand in training data, e.g. {worst.hit:,} of "
            f"{worst.texts:,} of {worst.evaluation} in {worst.source}; all of them are in {out / AUDIT}"
        )
    for split, documents in sorted(found.dropped.items()):
        withdraw(out, split.split("/")[0], documents.keys())
    return found


def _known(receipt: Path, key: str) -> Audit | None:
    try:
        known = msgspec.json.decode(receipt.read_bytes(), type=Receipt)
    except (OSError, msgspec.DecodeError):
        return None
    return known.audit if known.key == key else None


def withdraw(out: Path, corpus: str, documents: Collection[str]) -> None:
    """Take the instructions of some train documents out of the instruction layer, keeping the whole files apart."""
    gone = frozenset(documents)
    path, lines = (f"instructions/train/{corpus}.{suffix}" for suffix in ("parquet", "jsonl"))
    if not (out / path).exists():
        return  # the corpus gives no training instructions
    for name in (path, lines):
        whole = out / RECEIPTS / WHOLE / name
        whole.parent.mkdir(parents=True, exist_ok=True)
        (out / name).replace(whole)
    with parquet_sink(out / path, Instruction) as kept, jsonl_sink(out / lines) as line:
        for instruction in read_parquet(out / RECEIPTS / WHOLE / path, Instruction):
            if instruction.document not in gone:
                kept.write(instruction)
                line(instruction)


def paragraph(found: Audit) -> str:
    """The section of a benchmark's README about contamination, in Markdown."""
    lines = [
        "## Contamination",
        f"{found.hits():,} evaluation documents stand in the training data as a copy, a near copy, inside a longer "
        "text, or half made of its passages; audit.json lists them.",
    ]
    if found.dropped:
        counts = Counter(reason for documents in found.dropped.values() for reason in documents.values())
        told = ", ".join(f"{counts[reason]:,} {reason}" for reason in sorted(counts))
        lines[1] = (
            f"{counts.total():,} training documents give no instructions, since an evaluation text stands in them or "
            f"they stand in one ({told}). What is left: " + lines[1]
        )
    return "\n\n".join(lines)
