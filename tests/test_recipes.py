"""Every recipe that ships can be built from the samples, and opens with the command that builds it."""

from pathlib import Path

import msgspec
import pytest

from uiebench.build import pipeline
from uiebench.recipe import BuildRecipe, load_recipe, shipped

ROOT = Path(__file__).parent.parent
RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))


def test_the_recipes_are_found_by_name():
    assert set(shipped()) == {path.stem for path in RECIPES}


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_recipe_is_named_like_its_file_and_shows_its_command(path):
    recipe = load_recipe(path, BuildRecipe)
    assert recipe.name == path.stem
    assert recipe.title.endswith(".")
    assert f"uiebench build recipes/{path.name}" in path.read_text(encoding="utf-8").split("\nname:")[0]


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
