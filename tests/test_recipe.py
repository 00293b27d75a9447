"""Recipes: what they hold, and what is said of those that are wrong."""

from pathlib import Path

import pytest

from uiebench.errors import RecipeError
from uiebench.recipe import BuildRecipe, Prompts, Selection, Windows, load_recipe, parse_recipe


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
    assert "Expected a list of names or 'all', got 'everything' - at `$.held_in`" in complaint(
        "name: x\nheld_in: everything"
    )


def test_a_selection_names_a_reading_or_what_a_document_must_have():
    recipe = parse("name: x\nselect: {scierc: {reading: sentences, having: relations}, ade: {having: relations}}")
    assert recipe.select == {"scierc": Selection("sentences", "relations"), "ade": Selection(having="relations")}


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        ("{}", "it chooses nothing: give `reading`, `having` or `tasks` - at `$.select.ade`"),
        (
            "{having: relation}",
            "Expected one of 'entities', 'events', 'relations', got 'relation' - at `$.select.ade.having`; "
            "did you mean 'relations'?",
        ),
        ("{haveing: relations}", "unknown field `haveing` - at `$.select.ade`; did you mean 'having'?"),
        ("{reading: 1}", "Expected `str`, got `int` - at `$.select.ade.reading`"),
        ("{tasks: [RE, ER]}", "Expected one of 'EE', 'EEA', 'EET', 'NER', 'RE', got 'ER' - at `$.select.ade.tasks[1]`"),
        ("{tasks: RE}", "Expected `array`, got `str` - at `$.select.ade.tasks`"),
        ("everything", "Expected `object`, got `str` - at `$.select.ade`"),
    ],
)
def test_a_selection_that_says_nothing_or_something_unknown_is_refused(selection, told):
    assert told in complaint(f"name: x\nselect: {{gids: {{reading: rows}}, ade: {selection}}}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nseed: 1\nname: y", "r.yaml:3: 'name' is given twice, first in line 1"),
        (
            "name: x\nselect:\n  ade: {reading: rows}\n  ade: {having: relations}",
            "r.yaml:4: 'ade' is given twice, first in line 3",
        ),
        ("name: x\nheld_out: {zh: [boson], zh: [weibo]}", "r.yaml:2: 'zh' is given twice, first in line 2"),
        ("name: x\nheld_in: [{a: 1, a: 1}]", "r.yaml:2: 'a' is given twice, first in line 2"),
    ],
)
def test_a_key_given_twice_is_refused(text, told):
    assert complaint(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nseed: 010", "r.yaml:2: 010 is 8 in YAML, a number of base 8; write 10"),
        ("name: x\nfew_shot: [5, -0_17]", "r.yaml:2: -0_17 is -15 in YAML, a number of base 8; write -17"),
        ("name: x\nseed: 1:30", "r.yaml:2: 1:30 is a number of base 60 in YAML; write it in another way, or in quotes"),
    ],
)
def test_a_number_that_yaml_reads_otherwise_than_it_is_written_is_refused(text, told):
    assert complaint(text) == told


def test_a_part_of_a_recipe_may_be_used_again_by_its_name():
    recipe = parse("name: x\nselect: {ade: &same {having: relations}, gids: *same}")
    assert recipe.select["ade"] == recipe.select["gids"] == Selection(having="relations")


def test_a_word_that_is_none_of_the_choices_is_told_them():
    assert complaint("name: x\ncontamination: reprot") == (
        "r.yaml: Expected one of 'drop-train', 'fail', 'off', 'report', got 'reprot' - at `$.contamination`; "
        "did you mean 'report'?"
    )


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
        ("name: x\nheld_out: {zh: boson}", "Expected `array`, got `str` - at `$.held_out.zh`"),
        ("samples: true", "Object missing required field `name`"),
        ("- name: x", "Expected `object`, got `array`"),
        ("", "the recipe is empty"),
        ("name: 2024-01-01", "Expected `str`, got `date` - at `$.name`"),
    ],
)
def test_a_wrong_type_is_named_with_its_path(text, place):
    assert complaint(text) == f"r.yaml: {place}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("windows: some", "Expected settings or 'all', got 'some' - at `$.windows`"),
        ("windows: {sizes: {NER: 3}}", "Object contains unknown field `sizes` - at `$.windows`; did you mean 'size'?"),
        (
            "windows: {size: {NRE: 3}}",
            "Expected one of EE, EEA, EET, NER, RE, got 'NRE' - at `key` in `$.windows.size`; did you mean 'RE'?",
        ),
        ("windows: {size: {NER: 0}}", "Expected `int` >= 1 - at `$.windows.size.NER`"),
        ("windows: {drop: 1}", "Expected `float` < 1.0 - at `$.windows.drop`"),
        ("windows: {empty: .inf}", "empty: give a number; null stands for no limit - at `$.windows`"),
        ("windows: {empty: .nan}", "Expected `float` >= 0.0 - at `$.windows.empty`"),
        ("held_in: [resume, resume]", "held_in: 'resume' stands there twice"),
        ("held_out: {zh-ner: [boson, boson]}", "zh-ner: 'boson' stands there twice"),
        ("held_out: {zh-ner: []}", "held_out: the group 'zh-ner' is empty"),
        ("held_out: {'': [boson]}", "held_out: a group without a name"),
        ("windows: {empty: -1}", "Expected `float` >= 0.0 - at `$.windows.empty`"),
        ("windows: {confusable: many}", "Expected `int`, got `str` - at `$.windows.confusable`"),
        ("prompts: {templates: mine}", "Expected 'uiebench' or 'yayi', got 'mine' - at `$.prompts.templates`"),
        ("prompts: {masks: 1}", "Object contains unknown field `masks` - at `$.prompts`; did you mean 'mask'?"),
        ("few_shot: [1, 0]", "Expected `int` >= 1 - at `$.few_shot[1]`"),
        ("few_shot: [5, 5]", "few_shot: a number stands there twice"),
        ("cap: 0", "Expected `int` >= 1 - at `$.cap`"),
        ("cap: {NRE: 3}", "Expected one of EE, EEA, EET, NER, RE, got 'NRE' - at `key` in `$.cap`; did you mean 'RE'?"),
        ("mixture: {zh: 0.5}", "mixture: give the shares of zh and en, 1 in all"),
        ("mixture: {zh: 0.5, en: 0.6}", "mixture: give the shares of zh and en, 1 in all"),
        ("mixture: {zh: 0.5, fr: 0.5}", "Expected en or zh, got 'fr' - at `key` in `$.mixture`"),
        ("held_out_types: person", "Expected `array`, got `str` - at `$.held_out_types`"),
    ],
)
def test_a_wrong_setting_says_what_is_expected(text, told):
    assert complaint(f"name: x\n{text}") == f"r.yaml: {told}"


def test_contamination_off_is_read_as_the_word_and_not_as_false():
    assert parse("name: x\ncontamination: off").contamination == "off" == parse("name: x").contamination
    assert "`bool`" in complaint("name: x\ncontamination: on")


@pytest.mark.parametrize("name", ["nofile", "nope"])
def test_a_name_that_is_like_nothing_gets_no_hint(name):
    with pytest.raises(RecipeError) as raised:
        load_recipe(Path(f"{name}.yaml"), BuildRecipe)
    assert str(raised.value) == f"{name}.yaml: no such recipe"


def test_settings_of_windows_and_prompts_are_read():
    recipe = parse(
        "name: x\nwindows: {size: {NER: 3}, empty: null}\nprompts: {mask: 0.1}\ncap: {RE: 9}\nfew_shot: [5, 1]"
    )
    assert recipe.windows == Windows(size={"NER": 3}, empty=None)
    assert [recipe.windows.size_of(task) for task in ("NER", "RE")] == [3, 4]
    assert recipe.prompts == Prompts(mask=0.1)
    assert (recipe.cap, recipe.few_shot) == ({"RE": 9}, (5, 1))
    assert parse("name: x\nwindows: all").windows == "all"


@pytest.mark.parametrize(
    "text", ["name: [", "name: x\n  y: z: 1", "name: !!python/name:os.system", b"name: \xff", "a\0"]
)
def test_what_is_not_yaml_is_said_in_one_line(text):
    assert complaint(text).startswith("r.yaml: not valid YAML: ")


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "../x", "a b", "-x"])
def test_a_name_that_is_no_file_name_is_refused(name):
    assert f"name {name!r}: a name has letters, digits" in complaint(f"name: '{name}'")


def test_a_recipe_that_comes_with_the_package_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_recipe(Path("quickstart"), BuildRecipe).name == "quickstart"


def test_a_folder_of_the_same_name_does_not_hide_a_shipped_recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "uiebench").mkdir()
    assert load_recipe(Path("uiebench"), BuildRecipe).name == "uiebench"


def test_a_recipe_that_is_not_there_names_the_nearest():
    with pytest.raises(RecipeError) as caught:
        load_recipe(Path("recipes/quikstart.yaml"), BuildRecipe)
    assert str(caught.value) == "recipes/quikstart.yaml: no such recipe; did you mean 'quickstart'?"


def test_a_recipe_that_cannot_be_read_says_why(tmp_path):
    with pytest.raises(RecipeError, match=r": cannot be read \(Is a directory\)$"):
        load_recipe(tmp_path, BuildRecipe)


def test_a_shipped_recipe_is_not_taken_for_one_in_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_recipe(Path("quickstart"), BuildRecipe) == load_recipe(Path("recipes/quickstart.yaml"), BuildRecipe)
    with pytest.raises(RecipeError, match=r"wrong/quickstart\.yaml: no such recipe"):
        load_recipe(Path("wrong/quickstart.yaml"), BuildRecipe)
