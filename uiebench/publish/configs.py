"""The configs of a published benchmark: which files `load_dataset` reads for each split, and their columns.

    configs(plan.manifest.recipe, plan.files)
    →  [Config("instructions", Instruction, {"test": ("instructions/test/fewfc.parquet", …), …}), …]

Files are named one by one: what somebody puts beside them is not read with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import msgspec

from uiebench.publish.records import RESERVED, Withheld
from uiebench.recipe import BuildRecipe
from uiebench.storage import arrow_schema
from uiebench.types import SPLITS, BareDocument, Document, Instruction, RewardPair


class Config(msgspec.Struct, frozen=True):
    """A config of the repository: the files of each split, and the record they hold."""

    name: str
    record: type[msgspec.Struct]
    splits: dict[str, tuple[str, ...]]


RECORDS: dict[str, type[msgspec.Struct]] = {
    "instructions": Instruction,
    "corpora": Document,
    "unlabelled": BareDocument,
    "withheld": Withheld,
    "pairs": RewardPair,
}


def split_of(path: str) -> tuple[str, str]:
    """The config and the split that a Parquet file is in; two empty strings for any other file.

    A file of pairs that is not called like a split is one of the train split.
    """
    parts = PurePosixPath(path).parts
    if not path.endswith(".parquet") or parts[0] not in RESERVED:
        return "", ""
    stem = PurePosixPath(path).stem
    if parts[0] == "instructions":
        return parts[0], parts[1]
    if parts[0] == "pairs":
        return parts[0], parts[1] if len(parts) == 3 else stem if stem in SPLITS else "train"
    return parts[0], stem


def configs(recipe: BuildRecipe, paths: Iterable[str]) -> list[Config]:
    """The configs of a repository with these files; the first is the default one."""
    there = dict.fromkeys(sorted(paths))
    found: dict[str, dict[str, list[str]]] = {name: {} for name in RESERVED}
    for path in there:
        config, split = split_of(path)
        if config:
            found[config].setdefault(split, []).append(path)
    groups = []
    for group, names in sorted(recipe.held_out.items()):
        asked = tuple(path for name in sorted(names) if (path := f"instructions/test/{name}.parquet") in there)
        if asked:
            groups.append(Config(group, Instruction, {"test": asked}))
    order: dict[str, int] = {split: place for place, split in enumerate(SPLITS)}
    made = [
        Config(
            name,
            RECORDS[name],
            {split: tuple(splits[split]) for split in sorted(splits, key=lambda s: (order.get(s, 9), s))},
        )
        for name, splits in found.items()
        if splits
    ]
    return [*made[:1], *groups, *made[1:]]


def features(record: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """The columns of a record as the front matter writes the Features of `datasets`."""
    return [_feature(field.name, field.type) for field in arrow_schema(record)]


def _feature(name: str, kind: Any) -> dict[str, Any]:
    import pyarrow as pa  # noqa: PLC0415 - only to tell types apart

    if pa.types.is_list(kind):
        inner = _feature("", kind.value_type)
        return {"name": name, "list": inner.get("dtype") or inner["struct"]}
    if pa.types.is_struct(kind):
        return {"name": name, "struct": [_feature(field.name, field.type) for field in kind]}
    return {"name": name, "dtype": "float64" if pa.types.is_float64(kind) else str(kind)}
