"""What a build does about evaluation texts in its training data: the recipe's `contamination`.

    off          nothing is compared (the default)
    report       audit.json says what was found
    drop-train   as report, and the train documents concerned give no instructions (the corpus layer keeps them),
                 those that few-shot sets of held-out corpora are taken from among them
    fail         as report, and the build ends with an error if anything was found

    OUT/audit.json   {"contaminated": {"weibo/test": {"weibo/test/3": ["exact"]}}, "pairs": […], "dropped": {…}, …}

It stands between the two phases of a build: documents are compared when all are there, and which of them give
no instructions is known before the first is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from uiebench import catalogue
from uiebench.build.audit import Audit, audit, layer_texts
from uiebench.build.parts import RECEIPTS, Part, code
from uiebench.errors import UiebenchError
from uiebench.hashing import fingerprint
from uiebench.recipe import BuildRecipe
from uiebench.storage import write_json

AUDIT = "audit.json"


class Receipt(msgspec.Struct, frozen=True):
    """An audit and what it was made from: it is not made again for the same corpus layer."""

    key: str
    audit: Audit


def examined(
    recipe: BuildRecipe, out: Path, parts: Sequence[Part], jobs: int, say: Callable[[str], None]
) -> Audit | None:
    """Do what `recipe.contamination` says with a built corpus layer; the audit, or None if it is off.

    `say` is told what is being done. What must not be trained on is `Audit.dropped`.

    Raises: UiebenchError if the policy is fail and an evaluation text stands in the training data.
    """
    if recipe.contamination == "off":
        return None
    drop = recipe.contamination == "drop-train"
    layer = sorted((path, sha) for part in parts for path, sha in part.files.items())
    held_out = sorted({name for group in recipe.held_out.values() for name in group})
    key = fingerprint([layer, held_out, bool(recipe.few_shot), drop, code()])
    receipt = out / RECEIPTS / AUDIT
    found = _known(receipt, key)
    if found is None:
        described = {part.corpus: catalogue.load(part.corpus) for part in parts}
        texts = layer_texts(out, held_out, described, bool(recipe.few_shot), only={path for path, _ in layer})
        found = audit(texts, jobs=jobs, drop=drop, progress=lambda doing, share: say(f"audit: {doing}"))
        write_json(receipt, Receipt(key, found))
    write_json(out / AUDIT, found)
    shown = {split.name for split in found.splits if split.side in ("train", "shots")}
    worst = next((pair for pair in found.pairs if pair.hit and pair.source in shown), None)
    if recipe.contamination == "fail" and worst:
        raise UiebenchError(
            f"recipe {recipe.name}: evaluation texts stand in training data ({found.hits():,}) or few-shot examples, "
            f"e.g. {worst.hit:,} of {worst.texts:,} of {worst.evaluation} in {worst.source}; "
            f"all of them are in {out / AUDIT}"
        )
    return found


def _known(receipt: Path, key: str) -> Audit | None:
    try:
        known = msgspec.json.decode(receipt.read_bytes(), type=Receipt)
    except (OSError, msgspec.DecodeError):
        return None
    return known.audit if known.key == key else None


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
