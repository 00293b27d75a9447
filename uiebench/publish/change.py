"""What a push makes of a branch: what it sends, keeps, takes away, and what it must not touch.

    compare(plan, "org/zh", hub, there, wish)  →  Change(files={…}, added={…}, removed=(…), kept=(…), notes=(…), …)

What the manifest lists is one thing, and the branch becomes what it says. What stands beside it, reward pairs and
results, stays until it is replaced or taken away by name; so does every config and every split of one. Only text
that may no longer be published goes without being asked for. A file is taken away or overwritten only if its
bytes are those that an earlier push noted in published.json.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from uiebench.errors import RecipeError, SourceError, nearest
from uiebench.hashing import sha256_bytes, sha256_file
from uiebench.publish import card as cards
from uiebench.publish.configs import configs, split_of
from uiebench.publish.copies import refuse_outside
from uiebench.publish.croissant import croissant
from uiebench.publish.joined import Theirs, joined, noted, put_together, refuse_unloadable, theirs
from uiebench.publish.plan import Plan, allowed_pairs, as_file, corpus_of, is_free, withdrawn
from uiebench.publish.records import CARD, CROISSANT, PUBLISHED, RESERVED, RESULTS, Figure, File, Published
from uiebench.storage import write_bytes, write_json


class There(msgspec.Struct, frozen=True):
    """A branch before a push.

    Fields:
        commit: empty if there is no branch.
        hashes: of each file, SHA-256 if it is large, else git's.
        card: its README.md; `published`: what an earlier push listed.
        fetch: gives a file of the commit.
    """

    commit: str = ""
    hashes: dict[str, str] = {}
    card: str = ""
    published: Published | None = None
    fetch: Callable[[str], Path] | None = None


class Wish(msgspec.Struct, frozen=True):
    """What the one who pushes wants beside the benchmark.

    Fields:
        into_existing: add to a repository that no push made.
        results: reports for the card.
        remove: configs (`pairs`), splits of one (`pairs/dev`), `results` and single results (`results/lexicon`)
            to take away.
    """

    into_existing: bool = False
    results: tuple[Path, ...] = ()
    remove: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True):
    """What a push is to make of a branch.

    Fields:
        files: all files of the benchmark and what is kept beside it.
        added: those that are not there yet; `removed`: those to take away.
        kept: in words, what is not in the benchmark and stays.
        notes: what becomes of the card and of files that others changed.
        withdrawn: corpora whose text goes.
    """

    files: dict[str, File]
    added: dict[str, File]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...]
    withdrawn: tuple[str, ...]


def compare(plan: Plan, repo: str, hub: str, there: There, wish: Wish) -> Change:
    """What a push makes of a branch. `hub` is the Hub's address.

    Raises: RecipeError if the repository is somebody else's or has files in the way, if a config or a split would be
    lost that nobody wished away, and for a wish that means nothing; SourceError for a listing that cannot be one.
    """
    _refuse_foreign(plan, repo, there, wish.into_existing)
    earlier = there.published or Published(plan.manifest.name, "", {})
    refuse_outside(repo, PUBLISHED, earlier.files)
    _refuse_losses(plan, repo, earlier, wish.remove)
    results, stay = _results(plan, earlier, wish)
    pairs = _kept_pairs(plan, repo, there, earlier, wish.remove)
    files = plan.files | pairs
    states = {path: plan.state() for path in files if path.startswith("pairs/")}
    states |= {path: earlier.pairs.get(path, f"{earlier.benchmark} {earlier.benchmark_version}") for path in pairs}
    others = theirs(repo, there.card, there.published) if there.card else Theirs()
    if there.published is None:
        refuse_unloadable(repo, there.hashes, others)
    described, notes = _described(plan, repo, hub, files, others, states, results)
    files |= described
    added = {path: file for path, file in files.items() if there.hashes.get(path) not in _hashes(file)}
    own = {CARD, *((CROISSANT, PUBLISHED) if there.published else ())}
    if foreign := [path for path in sorted(added.keys() & there.hashes.keys() - own) if not _ours(there, path)]:
        raise RecipeError(
            f"--repo {repo}: holds {foreign[0]}, which is not what a push put there, in a place of the benchmark: "
            "rename or remove it first"
        )
    gone = sorted((earlier.files.keys() & there.hashes.keys()) - files.keys())
    removed = tuple(path for path in gone if _ours(there, path))
    notes += [f"{path} is not what a push put there: it stays" for path in gone if path not in removed]
    kept = [f"{path}, published with {states[path]}" for path in sorted(pairs)]
    computed = {name: cards.of_another_state(plan, results[name]) or "this state" for name in sorted(stay)}
    kept += [f"results {name}, computed on {state}" for name, state in computed.items()]
    return Change(files, added, removed, tuple(kept), tuple(notes), tuple(withdrawn(plan, earlier)))


def _described(
    plan: Plan,
    repo: str,
    hub: str,
    files: dict[str, File],
    others: Theirs,
    pairs: dict[str, str],
    results: dict[str, tuple[Figure, ...]],
) -> tuple[dict[str, File], list[str]]:
    """The files that describe the others, and what becomes of the card."""
    made = configs(plan.manifest.recipe, files)
    front = cards.front_matter(plan, repo, made)
    section = cards.body(plan, repo, made, results, pairs)
    fields, notes = joined(repo, front, others)
    published = Published(
        plan.manifest.name,
        plan.manifest.benchmark_version,
        {path: file.sha256 for path, file in sorted(files.items())},
        plan.held_back,
        plan.permissions,
        tuple(config.name for config in made),
        plan.manifest.recipe.samples,
        pairs,
        results,
        noted(front, others),
        sha256_bytes(section.encode()),
    )
    write_json(plan.folder / PUBLISHED, published)
    write_bytes(plan.folder / CARD, put_together(fields, section, others).encode())
    write_json(plan.folder / CROISSANT, croissant(plan, repo, hub, made))
    return {name: as_file(plan.folder / name) for name in (PUBLISHED, CARD, CROISSANT)}, notes


# --- what stays -----------------------------------------------------------------------------------


def _kept_pairs(plan: Plan, repo: str, there: There, earlier: Published, remove: Collection[str]) -> dict[str, File]:
    """Published files of reward pairs that the benchmark does not bring, without what may not be published now."""
    invented = plan.manifest.recipe.samples

    def may(corpus: str) -> bool:
        if invented or earlier.samples:  # pairs of invented texts stay as such; a name says nothing of a text here
            return invented and earlier.samples
        return corpus in plan.may or (corpus not in plan.corpora and is_free(corpus))

    kept = dict[str, File]()
    for path in _beside(plan, earlier):
        split = "/".join(split_of(path))
        if {"pairs", split} & set(remove) or path not in there.hashes or there.fetch is None:
            continue
        if not _ours(there, path):
            if "pairs" not in earlier.configs:
                continue
            raise RecipeError(
                f"--repo {repo}: its {path} is not what a push put there: bring it in the folder pairs of the "
                f"benchmark to publish it, or leave it out of the configs with --remove {split}"
            )
        place, gone = there.fetch(path), dict[str, int]()
        try:
            found = allowed_pairs(place, plan.folder / "kept" / path, may, gone)
        except SourceError:
            raise RecipeError(
                f"--repo {repo}: its {path} has not the columns of reward pairs of this version: bring it anew in the "
                f"folder pairs of the benchmark, or take it away with --remove {split}"
            ) from None
        if found:
            kept[path] = found if gone else as_file(place)
    return kept


def _beside(plan: Plan, earlier: Published) -> list[str]:
    """The published files of pairs that the benchmark does not bring."""
    return sorted(path for path in earlier.files if path.startswith("pairs/") and path not in plan.files)


def _results(
    plan: Plan, earlier: Published, wish: Wish
) -> tuple[dict[str, tuple[Figure, ...]], dict[str, tuple[Figure, ...]]]:
    """All figures for the card, by report; and those of them that were published before."""
    made = cards.reports(plan, wish.results)
    stay = {
        name: figures
        for name, figures in earlier.results.items()
        if name not in made and not {RESULTS, f"{RESULTS}/{name}"} & set(wish.remove)
    }
    return stay | made, stay


def _refuse_losses(plan: Plan, repo: str, earlier: Published, remove: Collection[str]) -> None:
    """Raise RecipeError for a config or split that would be lost without a wish, and for a wish that means nothing."""
    now = {split_of(path) for path in plan.files}
    before: dict[tuple[str, str], list[str]] = {}
    for path in earlier.files:
        before.setdefault(split_of(path), []).append(path)
    gone = [
        (config, split)
        for (config, split), paths in sorted(before.items())
        # what is withheld comes and goes with the text; text that may not be published any more goes
        if config not in ("", "pairs", "withheld")
        and (config, split) not in now
        and not all(corpus_of(path) in plan.held_back for path in paths)
    ]
    stays = {config for config, _ in now}
    lost = list(dict.fromkeys(f"{config}/{split}" if config in stays else config for config, split in gone))
    groups = {config.name for config in configs(plan.manifest.recipe, plan.files)}
    lost += [
        name
        for name in earlier.configs
        if name not in (*RESERVED, *groups)
        and not any(corpus in plan.held_back for corpus in plan.manifest.recipe.held_out.get(name, ()))
    ]
    beside = {"/".join(split_of(path)) for path in _beside(plan, earlier)}
    beside |= {f"{RESULTS}/{name}" for name in earlier.results}
    splits = {"/".join(place) for place in gone}
    known = {name for path in (*lost, *splits, *beside) for name in (path, path.split("/")[0])}
    if unknown := [name for name in remove if name not in known]:
        raise RecipeError(
            f"--remove {unknown[0]}: nothing of this name is published in {repo} that this push does not bring"
            f"{nearest(unknown[0], sorted(known))}"
        )
    wished = {*remove, *(config for config, _ in gone if {f"{c}/{s}" for c, s in gone if c == config} <= set(remove))}
    if missed := [name for name in lost if not {name, name.split("/")[0]} & wished]:
        raise RecipeError(
            f"--repo {repo}: {', '.join(missed)} would be lost: published there, and not in this benchmark; "
            f"{' '.join(f'--remove {name}' for name in missed)} takes it away, another branch (--revision) leaves it"
        )


# --- what must not be touched ---------------------------------------------------------------------


def _refuse_foreign(plan: Plan, repo: str, there: There, into_existing: bool) -> None:
    """Raise if the repository is of another benchmark, or was not made by a push and is not to be added to."""
    if there.published:
        if there.published.benchmark != plan.manifest.name:
            raise RecipeError(
                f"--repo {repo}: holds the benchmark {there.published.benchmark!r}, not {plan.manifest.name!r}: "
                "one repository, one benchmark"
            )
        return
    foreign = sorted(set(there.hashes) - {".gitattributes"})
    if foreign and not into_existing:
        raise RecipeError(
            f"--repo {repo}: holds {len(foreign):,} files that no push of a benchmark put there (e.g. {foreign[0]}); "
            "--into-existing adds the benchmark to them"
        )


def _ours(there: There, path: str) -> bool:
    """Whether a file is there with the bytes that an earlier push noted."""
    wanted = there.published.files.get(path) if there.published else None
    found = there.hashes.get(path)
    if wanted is None or found is None:
        return False
    if len(found) == len(wanted):  # both are SHA-256
        return found == wanted
    return there.fetch is not None and sha256_file(there.fetch(path)) == wanted


def _hashes(file: File) -> set[str]:
    """The hashes by which the Hub may know a file: SHA-256 of large files, git's of others."""
    blob = hashlib.sha1(b"blob %d\0" % file.bytes, usedforsecurity=False)
    with file.place.open("rb") as data:
        while chunk := data.read(1 << 20):
            blob.update(chunk)
    return {file.sha256, blob.hexdigest()}
