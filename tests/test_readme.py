"""The READMEs are true: their table is the one the corpus literals give, their commands exist."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.build.overview import replaced
from uiebench.cli import app
from uiebench.recipe import BuildRecipe, load_recipe

ROOT = Path(__file__).parent.parent
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}


def verbs() -> set[str]:
    """Every command of the command line, e.g. "corpora list"; a default command has the name of its group."""
    found = set()
    for name, command in typer.main.get_command(app).commands.items():
        subs, default = getattr(command, "commands", {}), getattr(command, "default", "")
        found |= {name if sub == default else f"{name} {sub}" for sub in subs} or {name}
    return found


@pytest.mark.parametrize("language", READMES)
def test_table_of_corpora_is_up_to_date(language, golden):
    path = READMES[language]
    golden(path, replaced(path.read_text(encoding="utf-8"), language, path))


@pytest.mark.parametrize("language", READMES)
def test_every_command_stands_in_the_readme_and_no_other(language):
    text = READMES[language].read_text(encoding="utf-8")
    named = {
        " ".join(found.split())
        for found in re.findall(
            r"uiebench (judge agreement|(?:(?:corpora|confusions|pairs) )?[a-z]+(?:-[a-z]+)*)\b", text
        )
    }
    assert verbs() <= named
    shown = re.findall(
        r"^(?:\.venv/bin/)?uiebench (judge agreement|(?:(?:corpora|confusions|pairs) )?[a-z]+(?:-[a-z]+)*)",
        text,
        re.MULTILINE,
    )
    assert set(shown) <= verbs()


@pytest.mark.parametrize("language", READMES)
def test_files_the_readme_names_exist(language):
    text = READMES[language].read_text(encoding="utf-8")
    for path in re.findall(r"\b((?:recipes|uiebench|docs|tests)/[\w./-]+\.\w+)", text):
        assert (ROOT / path).exists(), path


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory):
    """A folder in which the quickstart was built."""
    folder = tmp_path_factory.mktemp("reader")
    recipe = load_recipe(Path("quickstart"), BuildRecipe)
    pipeline.build(recipe, raw=folder, out=folder / "benchmarks" / "quickstart")
    return folder


@pytest.mark.parametrize("language", READMES)
def test_what_the_readme_views_and_exports_works_on_what_it_has_just_built(language, quickstart, monkeypatch):
    text = READMES[language].read_text(encoding="utf-8")
    commands = re.findall(r"^uiebench ((?:view(?! --pairs)|export) .+)$", text, re.MULTILINE)
    assert len(commands) >= 5
    monkeypatch.chdir(quickstart)
    for command in commands:
        done = CliRunner().invoke(app, shlex.split(command))
        assert done.exit_code == 0, (command, done.exception)
