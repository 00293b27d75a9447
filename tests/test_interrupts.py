"""Ctrl-C: one line on stderr and exit code 130, whatever a command was at."""

import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from uiebench.cli import Commands, app
from uiebench.errors import UiebenchError

runner = CliRunner()


def stopped_by(error):
    """The commands with one more, that ends with an error; and one within a group of commands."""
    own, inner = typer.Typer(cls=Commands), typer.Typer()

    def ends():
        raise error

    own.command("ends")(ends)
    inner.command("ends")(ends)
    inner.command("other")(ends)
    own.add_typer(inner, name="group")
    return own


def wrapped():
    """What Python 3.11 makes of Ctrl-C while a class is made."""
    error = RuntimeError("Error calling __set_name__ on 'Field' instance")
    error.__cause__ = KeyboardInterrupt()
    return error


@pytest.mark.parametrize("words", [["ends"], ["group", "ends"]])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), wrapped()])
def test_an_interrupted_command_says_so_in_one_line(words, error):
    done = runner.invoke(stopped_by(error), words)
    assert done.exit_code == 130
    assert done.stderr == "interrupted\n"
    assert done.stdout == ""


def test_what_is_no_interrupt_is_let_through_and_one_that_was_told_is_not_told_again():
    for error in (UiebenchError("no such file"), RuntimeError("a fault")):
        done = runner.invoke(stopped_by(error), ["ends"])
        assert done.exception is error
        assert not done.stderr
    done = runner.invoke(stopped_by(typer.Exit(130)), ["ends"])
    assert done.exit_code == 130
    assert not done.stderr


def test_the_command_line_has_these_commands():
    assert isinstance(typer.main.get_command(app), Commands)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_process_that_is_sent_an_interrupt_ends_with_one_line(tmp_path):
    script = (
        "import signal, sys, uiebench.cli.build as build\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import uiebench.build.pipeline as pipeline\n"
        "pipeline.build = lambda *args, **more: signal.raise_signal(signal.SIGINT)\n"
        "sys.argv = ['uiebench', 'build', 'recipes/quickstart.yaml', '--out', sys.argv[1]]\n"
        "from uiebench.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "out")], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 130, done.stderr
    assert done.stderr == "interrupted\n"
