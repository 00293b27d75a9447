"""Recipes: what they hold, and what is said of those that are wrong."""

import pytest

from uiebench.errors import RecipeError
from uiebench.recipe import BuildRecipe, load_recipe, parse_recipe


def parse(text):
    return parse_recipe(text if isinstance(text, bytes) else text.encode(), "r.yaml", BuildRecipe)


def complaint(text):
    with pytest.raises(RecipeError) as caught:
        parse(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_recipe_is_read(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text(
        "# how to use it\nname: 小\nheld_in: [resume]\nheld_out: {zh: [boson]}\nseed: 7\n", encoding="utf-8"
    )
    recipe = BuildRecipe(name="小", held_in=("resume",), held_out={"zh": ("boson",)}, seed=7)
    assert load_recipe(path, BuildRecipe) == recipe


def test_held_in_may_be_all():
    assert parse("name: x\nheld_in: all").held_in == "all"
    assert complaint("name: x\nheld_in: everything").startswith("r.yaml: ")


def test_an_unknown_field_names_the_nearest():
    assert complaint("name: x\nheld_inn: [resume]") == (
        "r.yaml: Object contains unknown field `held_inn`; did you mean 'held_in'?"
    )


def test_an_unknown_field_like_no_other_gets_no_hint():
    assert complaint("name: x\nzzz: 1") == "r.yaml: Object contains unknown field `zzz`"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name: 7", "Expected `str`, got `int` - at `$.name`"),
        ("name: x\nsamples: 'yes'", "Expected `bool`, got `str` - at `$.samples`"),
        ("name: x\nseed: 1.5", "Expected `int`, got `float` - at `$.seed`"),
        ("name: x\nheld_in: [resume, 3]", "Expected `str`, got `int` - at `$.held_in[1]`"),
        ("name: x\nheld_out: {zh: boson}", "Expected `array`, got `str` - at `$.held_out[...]`"),
        ("samples: true", "Object missing required field `name`"),
        ("- name: x", "Expected `object`, got `array`"),
        ("", "Expected `object`, got `null`"),
        ("name: 2024-01-01", "Expected `str`, got `date` - at `$.name`"),
    ],
)
def test_a_wrong_type_is_named_with_its_path(text, place):
    assert complaint(text) == f"r.yaml: {place}"


@pytest.mark.parametrize(
    "text", ["name: [", "name: x\n  y: z: 1", "name: !!python/name:os.system", b"name: \xff", "a\0"]
)
def test_what_is_not_yaml_is_said_in_one_line(text):
    assert complaint(text).startswith("r.yaml: not valid YAML: ")


def test_a_recipe_that_is_not_there_names_the_nearest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "quickstart.yaml").write_text("name: x")
    from pathlib import Path

    with pytest.raises(RecipeError) as caught:
        load_recipe(Path("recipes/quikstart.yaml"), BuildRecipe)
    assert str(caught.value) == (
        "recipes/quikstart.yaml: no such recipe (No such file or directory); did you mean 'recipes/quickstart.yaml'?"
    )
