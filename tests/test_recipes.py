"""Every recipe that ships can be built from the samples, and opens with the command that builds it."""

from pathlib import Path

import msgspec
import pytest
from conftest import raw_folder

from uiebench import catalogue
from uiebench.build import pipeline
from uiebench.judge.run import JudgeRecipe
from uiebench.pairs.recipe import PairsRecipe
from uiebench.pairs.settings import ConfuseRecipe
from uiebench.recipe import BuildRecipe, load_recipe, shipped
from uiebench.types import SPLITS

ROOT = Path(__file__).parent.parent
OTHERS = {
    "confuse": (ConfuseRecipe, "pairs confuse"),
    "judge": (JudgeRecipe, "judge"),
    "pairs": (PairsRecipe, "pairs build"),
}
"""Recipes that build no benchmark, by name, with their command."""
SHIPPED = sorted((ROOT / "recipes").glob("*.yaml"))
RECIPES = [path for path in SHIPPED if path.stem not in OTHERS]


def test_the_recipes_are_found_by_name():
    assert set(shipped()) == {path.stem for path in SHIPPED}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_recipe_is_named_like_its_file_and_shows_its_command(path):
    kind, command = OTHERS.get(path.stem, (BuildRecipe, "build"))
    recipe = load_recipe(path, kind)
    assert recipe.name == path.stem
    assert recipe.title.endswith(".")
    assert f"uiebench {command} recipes/{path.name}" in path.read_text(encoding="utf-8").split("\nname:")[0]


def test_instructuie_selects_the_sets_of_its_table_7(tmp_path):
    """The documents of each split, wherever a rule and no unpublished cut gives them."""
    raw = raw_folder()
    if raw is None:
        pytest.skip("no original files: set UIEBENCH_RAW")
    recipe = load_recipe(Path("instructuie"), BuildRecipe)
    small = msgspec.structs.replace(recipe, held_in=tuple(recipe.select), held_out={}, instructions=False)
    parts = pipeline.build(small, raw=raw, out=tmp_path / "out").parts
    built = {(part.corpus, part.split): part.stats.totals.documents for part in parts}
    if not built.keys() >= {(name, "test") for name in ("gids", "kbp37", "scierc", "semeval2010_task8")}:
        pytest.skip("not all original files are there")
    lost = {(part.corpus, part.split): part.stats.totals.drops.get("lost name", 0) for part in parts}
    assert sum(lost.values()) == sum(lost["kbp37", split] for split in SPLITS) > 0
    for name in ("gids", "kbp37", "scierc"):
        (said,) = catalogue.load(name).reported
        wanted = {(name, split): getattr(said, split) for split in SPLITS}
        assert {key: n + lost[key] for key, n in built.items() if key[0] == name}.items() <= wanted.items()
    for name in ("ade", "semeval2010_task8"):  # cut anew: the sums agree
        (said,) = catalogue.load(name).reported
        assert sum(n for (corpus, _), n in built.items() if corpus == name) == said.train + said.dev + said.test


@pytest.mark.parametrize(
    "path", [p for p in RECIPES if p.stem not in ("quickstart", "catalogue")], ids=lambda p: p.stem
)
def test_recipe_builds_from_the_samples(path, tmp_path):
    recipe = msgspec.structs.replace(load_recipe(path, BuildRecipe), samples=True)
    built = pipeline.build(recipe, raw=tmp_path, out=tmp_path / "out")
    held_out = {corpus for group in recipe.held_out.values() for corpus in group}
    assert {part.corpus for part in built.parts} == set(recipe.held_in) | held_out
    zero_shot = {path.stem for path in (tmp_path / "out" / "instructions" / "test").glob("*.jsonl")}
    assert held_out <= zero_shot
    for split in ("train", "dev"):
        trained = {path.stem for path in (tmp_path / "out" / "instructions" / split).glob("*.jsonl")}
        assert not trained & held_out


def test_confusions_and_pairs_distrust_the_same_corpora():
    confuse = load_recipe(ROOT / "recipes/confuse.yaml", ConfuseRecipe)
    pairs = load_recipe(ROOT / "recipes/pairs.yaml", PairsRecipe)
    assert (confuse.incomplete, confuse.sparse) == (pairs.incomplete, pairs.sparse)
