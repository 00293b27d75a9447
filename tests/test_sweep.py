"""Sweeps: every combination, shared commands once, going on after a failure, the table, the drawing; and --set."""

import itertools
import json
import re
import shlex
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st

from uiebench.cli import app as cli
from uiebench.cli import train as command
from uiebench.errors import RecipeError, UiebenchError
from uiebench.train import plot, sweep
from uiebench.train import recipe as recipes
from uiebench.train.recipe import changed, parse, shipped
from uiebench.train.sweep import Plot, Sweep, at

SAID = """
name: constraint
title: The constraint, on & off
vary: {constraint: ["off", span], seed: [0, 1, 2]}
steps:
  - train tiny-sft --set training.seed={seed} --out {sweep}/sft-{seed}
  - predict --model {sweep}/sft-{seed} --constraint {constraint} --out {run}/predictions.jsonl
columns:
  F1: score {run}/predictions.jsonl | rows[metric=ner].f1
  gold: score {run}/predictions.jsonl | rows[0].gold
plot: {x: constraint, y: F1}
"""


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "sweep.yaml").write_text(SAID)
    return sweep.load(tmp_path / "sweep.yaml")


class Commands:
    """In place of uiebench: notes what is run; what is scored depends on the file alone."""

    def __init__(self, fails=()):
        self.ran, self.fails = [], list(fails)

    def __call__(self, words):
        self.ran.append(" ".join(words))
        if self.fails and self.fails[0] in self.ran[-1]:
            self.fails.pop(0)
            raise UiebenchError("it fails")
        if words[0] != "score":
            return ""
        assert words[-1] == "--json"
        f1 = {"off": 0.5, "span": 0.7}["off" if "off" in words[1] else "span"] + int(
            words[1].split("seed=")[1][0]
        ) / 100
        return json.dumps({"rows": [{"metric": "ner", "f1": f1, "gold": 1200}, {"metric": "re", "f1": None}]})


def test_each_command_is_run_once_and_seeds_become_mean_and_spread(plan, tmp_path):
    do, told = Commands(), []
    rows = sweep.run(plan, tmp_path / "out", lambda done, total, text: told.append((done, total)), do)
    assert sum(one.startswith("train") for one in do.ran) == 3
    assert sum(one.startswith("predict") for one in do.ran) == sum(one.startswith("score") for one in do.ran) == 6
    assert len(do.ran) == len(set(do.ran)) == told[-1][0] == told[-1][1]
    assert rows[0] == {"constraint": "off", "seed": 0, "F1": 0.5, "gold": 1200}
    assert [row["F1"] for row in rows] == pytest.approx([0.5, 0.51, 0.52, 0.7, 0.71, 0.72])
    written = (tmp_path / "out" / "table.md").read_text()
    assert "| off | 0.510 ± 0.010 | 1,200 ± 0.000 |" in written
    assert "| span | 0.710 ± 0.010 | 1,200 ± 0.000 |" in written
    kept = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_bytes().splitlines()]
    assert kept == rows
    assert ET.fromstring((tmp_path / "out" / "plot.svg").read_bytes()).tag.endswith("svg")


def test_a_failure_ends_it_and_it_goes_on_where_it_was(plan, tmp_path):
    first = Commands(fails=["sft-1"])
    with pytest.raises(UiebenchError, match="it fails"):
        sweep.run(plan, tmp_path / "out", do=first)
    with (tmp_path / "out" / "steps.jsonl").open("ab") as file:
        file.write(b'{"command": "train tiny')  # the line that a kill left unfinished
    again = Commands()
    rows = sweep.run(plan, tmp_path / "out", do=again)
    assert len(rows) == 6
    assert set(first.ran[:-1]).isdisjoint(again.ran)
    assert len(first.ran[:-1]) + len(again.ran) == 15
    assert sweep.run(plan, tmp_path / "out", do=(third := Commands())) == rows
    assert third.ran == []


def test_values_may_be_added_and_other_steps_need_another_folder(plan, tmp_path):
    sweep.run(plan, tmp_path / "out", do=Commands())
    more = msgspec.structs.replace(plan, vary={**plan.vary, "seed": (0, 1, 2, 3)})
    sweep.run(more, tmp_path / "out", do=(added := Commands()))
    assert len(added.ran) == 5
    with pytest.raises(RecipeError, match="other steps"):
        sweep.run(msgspec.structs.replace(plan, steps=plan.steps[:1]), tmp_path / "out", do=Commands())


def test_a_value_is_one_word_of_a_command_and_never_more(tmp_path):
    plan = Sweep("x", {"a": ("b c", "$(d)", "e/../f")}, ("predict {a} --out {run}",), {"n": "score {a} | rows[0].f1"})
    ran = []

    def do(words):
        ran.append(list(words))
        return '{"rows": [{"f1": 1}]}'

    sweep.run(plan, tmp_path / "my runs", do=do)
    assert [words[1] for words in ran if words[0] == "predict"] == ["b c", "$(d)", "e/../f"]
    assert all(re.fullmatch(r"a=[\w%.~-]+", path.name) for path in (tmp_path / "my runs").iterdir() if path.is_dir())
    assert len(list((tmp_path / "my runs").glob("a=*"))) == 3


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{seed} --out", "{sede} --out", "nothing is called {sede}; did you mean 'seed'"),
        (" | rows[0].gold", "", "columns.gold: a command, a bar"),
        (
            "{x: constraint",
            "{x: constrain",
            "plot.x: 'constrain' is none of constraint, gold; did you mean 'constraint'",
        ),
        ("{x: constraint", "{x: seed", "plot.x: 'seed' is none of"),
        ("{x: constraint", "{x: F1", "plot.x: 'F1' is none of constraint, gold"),
        ("y: F1}", "y: glod}", "plot.y: 'glod' is no column; did you mean 'gold'"),
        ("y: F1}", "y: F1, along: constraint}", "plot.along: x is a variable"),
        ("{x: constraint", "{along: seed, x: gold", "plot.along: 'seed' is none of constraint"),
        ("gold: score", "constraint: score", "columns.constraint: a variable has that name"),
        ("[0, 1, 2]", "[0, 1, 1]", "a value is given twice"),
        ("seed: [", "run: [", "cannot be the name of a variable"),
        ("name: constraint", "name: ../x", "a name has letters"),
        ("steps:", "step:", "step"),
        ("--set training", '--set "training', "No closing quotation"),
    ],
)
def test_a_wrong_sweep_is_one_line(tmp_path, old, new, told):
    (tmp_path / "sweep.yaml").write_text(SAID.replace(old, new, 1))
    with pytest.raises(RecipeError, match=re.escape(told)):
        sweep.load(tmp_path / "sweep.yaml")


def test_over_a_column_it_must_be_said_which_of_several_variables_the_points_follow(tmp_path):
    several = SAID.replace("seed: [", "model: [a, b], seed: [").replace("{x: constraint", "{x: gold")
    (tmp_path / "sweep.yaml").write_text(several)
    with pytest.raises(RecipeError, match=r"plot\.along: constraint and model are varied; say which"):
        sweep.load(tmp_path / "sweep.yaml")
    (tmp_path / "sweep.yaml").write_text(several.replace("{x: gold", "{along: model, x: gold"))
    assert sweep.load(tmp_path / "sweep.yaml").plots == (Plot("gold", "F1", "model"),)


@pytest.mark.parametrize("name", sorted(shipped("train/experiments")))
def test_every_sweep_of_the_package_is_whole_and_its_commands_are(name):
    plan = sweep.load(Path(name))
    app = typer.main.get_command(cli)
    for one in sweep.combinations(plan, Path("runs") / name):
        for command_line in [*plan.steps, *(said.rpartition("|")[0] for said in plan.columns.values())]:
            words = shlex.split(one.filled(command_line, Path("runs") / name))
            verb, here = app.commands[words[0]], words[1:]
            while hasattr(verb, "commands"):
                verb, here = verb.commands[here[0]], here[1:]
            with verb.make_context(words[0], here):  # as the command line reads it: no option that it does not have
                pass
        trained = [words for step in plan.steps if (words := shlex.split(one.filled(step, Path("runs"))))[0] == "train"]
        for words in trained:
            changes = [said for flag, said in itertools.pairwise(words) if flag == "--set"]
            recipes.load(Path(words[1]), changes)


def test_the_control_of_the_rewards_has_as_many_updates_of_as_many_prompts_as_ppo():
    ppo, control = (recipes.load(Path(name)) for name in ("ppo", "control"))
    update = ppo.training.batch * ppo.training.accumulate
    assert control.training.steps == ppo.training.steps * ppo.ppo.answers * ppo.ppo.passes // update
    assert control.training.batch * control.training.accumulate == update
    assert not control.training.packing
    assert (control.data, control.lora) == (ppo.data, ppo.lora)
    assert control.training.learning_rate == ppo.training.learning_rate


def test_a_command_that_prints_no_number_there_is_one_line(plan, tmp_path):
    for printed, told in [("no JSON", "prints no JSON"), ('{"rows": []}', r"no \[metric=ner\]")]:
        with pytest.raises(UiebenchError, match=told):
            sweep.run(plan, tmp_path / printed[:4].strip('{"'), do=lambda words, printed=printed: printed)


def test_places_of_numbers():
    value = {
        "rows": [{"by": "all", "metric": "ner", "f1": 0.5}, {"by": "all", "metric": "re", "f1": None}],
        "n": {"x": 3},
    }
    assert at(value, "n.x") == 3
    assert at(value, "rows[0].f1") == 0.5
    assert at(value, "rows[by=all, metric=re].f1") is None
    for path, told in [
        ("n.y", "no y"),
        ("rows[2].f1", "no"),
        ("rows[0].metric", "no number"),
        ("n..x", "not the place"),
    ]:
        with pytest.raises(RecipeError, match=told):
            at(value, path)


def test_a_real_command_is_run_and_its_error_is_told(tmp_path):
    assert "benchmark" in sweep.command_line(["--version"]) or sweep.command_line(["--version"])
    with pytest.raises(UiebenchError, match=r"uiebench train nosuch: nosuch: no such recipe"):
        sweep.command_line(["train", "nosuch"])


SIZES = Sweep(
    "size",
    {"share": (1.0, 0.1, 0.3), "base": ("甲", "乙"), "seed": (0, 1)},
    ("train sft",),
    {"bits": "chat-eval | bits", "F1": "score | f1"},
    plot=(Plot("share", "F1"), Plot("bits", "F1", "share")),
)


def sizes(share, base, seed):
    """A row of SIZES: more data, more bits, with a spread of 0.2 and 0.02 over two seeds."""
    bits = 4 + share + (base == "乙") + (0.1 if seed else -0.1)
    return {
        "share": share,
        "base": base,
        "seed": seed,
        "bits": bits,
        "F1": 0.5 + share / 10 + (0.01 if seed else -0.01),
    }


ROWS = [sizes(*values) for values in itertools.product(*SIZES.vary.values())]


def marks(drawn, kind):
    return [one for one in ET.fromstring(drawn).iter() if one.tag.rpartition("}")[2] == kind]


def test_over_a_column_points_are_joined_in_the_order_of_the_variable_and_named_by_it():
    drawn = sweep.plotted(SIZES, SIZES.plots[1], ROWS)
    lines = [one.get("points").split() for one in marks(drawn, "polyline")]
    circles = [(float(one.get("cx")), float(one.get("cy"))) for one in marks(drawn, "circle")]
    assert [len(line) for line in lines] == [3, 3]
    for n, line in enumerate(lines):
        along = circles[3 * n : 3 * n + 3]
        assert [f"{x:.1f},{y:.1f}" for x, y in along] == line
        assert [x for x, _ in along] == sorted(x for x, _ in along)  # shares were not given by size
        assert [y for _, y in along] == sorted((y for _, y in along), reverse=True)
    texts = [one.text for one in marks(drawn, "text")]
    assert [text for text in texts if text in ("0.1", "0.3", "1.0")] == ["0.1", "0.3", "1.0"] * 2
    assert {"base 甲", "base 乙", "points: share", "bits", "F1"} <= set(texts)


def test_over_a_column_both_deviations_are_drawn_and_told():
    drawn = sweep.plotted(SIZES, SIZES.plots[1], ROWS)
    told = marks(drawn, "title")[0].text
    off, wide = 0.01 * 2**0.5, 0.1 * 2**0.5
    assert told == f"base 甲 0.1: 4.1 ({4.1 - wide:.4g}–{4.1 + wide:.4g}), 0.51 ({0.51 - off:.4g}–{0.51 + off:.4g})"
    x, y = (float(marks(drawn, "circle")[0].get(name)) for name in ("cx", "cy"))
    bars = [one for one in marks(drawn, "line") if one.get("stroke") == plot.COLOURS[0]]
    upright, level = bars[0], bars[1]
    assert float(upright.get("x1")) == float(upright.get("x2")) == x
    assert float(upright.get("y2")) < y < float(upright.get("y1"))
    assert float(level.get("y1")) == float(level.get("y2")) == y
    assert float(level.get("x1")) < x < float(level.get("x2"))
    assert len(bars) == 6


def test_over_a_variable_other_variables_are_lines_and_every_value_stands_below():
    without = [row for row in ROWS if row["share"] != 0.3] + [
        {**row, "F1": None} for row in ROWS if row["share"] == 0.3 and row["base"] == "甲"
    ]
    drawn = sweep.plotted(SIZES, SIZES.plots[0], without)
    assert {"0.1", "0.3", "1", "share"} <= {one.text for one in marks(drawn, "text")}
    assert [len(one.get("points").split()) for one in marks(drawn, "polyline")] == [2, 2]


def test_a_seed_that_lacks_one_of_two_columns_is_in_neither_mean():
    rows = [{**row, "bits": None} if row["seed"] else row for row in ROWS]
    told = marks(sweep.plotted(SIZES, SIZES.plots[1], rows), "title")[0].text
    assert told == "base 甲 0.1: 4 (4–4), 0.5 (0.5–0.5)"
    assert marks(sweep.plotted(SIZES, SIZES.plots[1], [{**row, "bits": None} for row in ROWS]), "circle") == []


def test_words_of_a_single_line_are_not_joined_and_numbers_are():
    points = tuple(plot.Point(x, 0.5, 0.4, 0.6) for x in ("甲", "乙"))
    assert not marks(plot.drawing("", "x", "y", [plot.Line("", points)], values=["甲", "乙"]), "polyline")
    two = [plot.Line(name, points) for name in "ab"]
    assert len(marks(plot.drawing("", "x", "y", two, values=["甲", "乙"]), "polyline")) == 2
    numbered = plot.Line("", tuple(plot.Point(x, 0.5, 0.4, 0.6) for x in (1, 2)))
    assert len(marks(plot.drawing("", "x", "y", [numbered], values=[1, 2]), "polyline")) == 1


def test_each_of_several_plots_is_a_file(plan, tmp_path):
    both = msgspec.structs.replace(plan, plot=(Plot("constraint", "F1"), Plot("gold", "F1")))
    sweep.run(both, tmp_path / "out", do=Commands())
    files = sweep.drawn(both, tmp_path / "out")
    assert [file.name for file in files] == ["plot.svg", "plot-2.svg"]
    assert ["gold" in {one.text for one in marks(file.read_text(), "text")} for file in files] == [False, True]
    assert sweep.drawn(msgspec.structs.replace(plan, plot=()), tmp_path) == []


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from(["甲", "<b>"]), st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))),
            st.floats(-1e3, 1e3, allow_nan=False),
        ),
        max_size=6,
        unique_by=lambda pair: pair[0],
    ),
    st.booleans(),
)
def test_every_point_is_drawn_within_the_frame(pairs, chosen):
    if not chosen:  # measured: numbers alone, with a spread of their own
        pairs = [(x, y) for x, y in pairs if not isinstance(x, str)]
    line = plot.Line(
        "a & b",
        tuple(
            plot.Point(x, y, y - 0.1, y + 0.1) if chosen else plot.Point(x, y, y - 0.1, y + 0.1, x - 1, x + 1, "<1>")
            for x, y in pairs
        ),
    )
    values = [x for x, _ in pairs] if chosen else None
    drawn = ET.fromstring(plot.drawing("title <1>", "x", "y", [line], values=values))
    circles = [one for one in drawn.iter() if one.tag.endswith("circle")]
    assert len(circles) == len(pairs)
    for circle in circles:
        assert plot.LEFT - 0.1 <= float(circle.get("cx")) <= plot.WIDTH - plot.RIGHT + 0.1
        assert plot.TOP - 0.1 <= float(circle.get("cy")) <= plot.HEIGHT - plot.BOTTOM + 0.1
    for text in (one for one in drawn.iter() if one.text == "<1>"):
        end = float(text.get("x")) + 7 * len(text.text) * (-1 if text.get("text-anchor") == "end" else 1)
        assert plot.LEFT - 30 <= end <= plot.WIDTH


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_an_axis_has_a_few_round_numbers_around_what_it_shows(low, width):
    axis = plot.Axis.around([low, low + width], 0, 100)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 9
    assert axis.low <= low <= low + width <= axis.high
    assert ticks[0] == pytest.approx(axis.low, abs=axis.step / 1e6)
    assert ticks[-1] == pytest.approx(axis.high, abs=axis.step / 1e6)
    assert 0 in ticks or not ticks[0] < 0 < ticks[-1]  # exactly: a sum of steps would say 5.6e-17


def test_an_axis_of_zeros_alone_goes_to_one():
    assert plot.Axis.around([0.0, 0.0], 0, 100)[:2] == (0.0, 1.0)


def test_settings_are_changed_from_the_command_line():
    said = {"stage": "sft", "data": [{"share": 1.0}, {"share": 0.5}], "training": {"steps": 5}}
    assert changed(said, "training.steps=7")["training"] == {"steps": 7}
    assert changed(said, "data.1.share=0.25")["data"] == [{"share": 1.0}, {"share": 0.25}]
    assert changed(said, "lora.rank=4")["lora"] == {"rank": 4}
    assert changed(said, "model={from: pretrained, path: x}")["model"] == {"from": "pretrained", "path": "x"}
    assert said["training"] == {"steps": 5}
    for wrong in ("training.steps", "data.2.share=1", "=3", "a..b=1", "x={"):
        with pytest.raises(RecipeError, match="--set"):
            changed(said, wrong)
    with pytest.raises(RecipeError, match="stpes"):
        parse(b"{stage: sft}", "r.yaml", ["training.stpes=7", "name=x"])


def test_a_change_with_a_number_of_another_base_is_refused_and_so_is_a_recipe_that_yaml_misreads():
    with pytest.raises(RecipeError, match=r"^--set training\.steps=010: 010 is 8 in YAML.*; write 10$"):
        changed({}, "training.steps=010")
    assert changed({}, "name='010'") == {"name": "010"}
    for text, told in (("name: x\nname: y", "r.yaml:2: 'name' is given twice"), ("seed: 010", "r.yaml:1: 010 is 8")):
        with pytest.raises(RecipeError, match=told):
            parse(text.encode(), "r.yaml", ["training.steps=7"])


def test_a_sweep_and_a_recipe_do_not_go_together(tmp_path):
    with pytest.raises(RecipeError, match="a recipe, or --sweep"):
        command.train(None)
    with pytest.raises(RecipeError, match="--sweep goes without"):
        command.train(None, sweep=tmp_path / "x.yaml", changes=["a=1"])


def test_a_recipe_or_input_that_has_changed_ends_the_sweep_before_old_numbers_are_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = shipped()["tiny-sft"].read_text()
    Path("own.yaml").write_text(own)
    Path("gold").mkdir()
    Path("gold/manifest.json").write_text("{}")
    plan = Sweep(
        "x", {"seed": (0,)}, ("train own.yaml --out {run}/sft",), {"n": "score {run}/p --benchmark gold | rows[0].f1"}
    )

    def ran():
        commands = []
        sweep.run(plan, Path("out"), do=lambda words: commands.append(words) or '{"rows": [{"f1": 1}]}')
        return len(commands)

    assert (ran(), ran()) == (2, 0)
    Path("own.yaml").write_text(own.replace("stage: sft", "# said otherwise\nstage: sft"))
    assert ran() == 0  # a comment is no setting
    Path("own.yaml").write_text(re.sub(r"learning_rate: \S+", "learning_rate: 0.123", own))
    with pytest.raises(RecipeError, match=r"own\.yaml: not what it was when `train own\.yaml"):
        ran()
    Path("own.yaml").write_text(own)
    Path("gold/manifest.json").write_text('{"other": 1}')
    with pytest.raises(RecipeError, match="gold: not what it was"):
        ran()


def test_a_model_that_was_trained_anew_or_another_setting_is_another_input(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = Path("runs/own/model")
    model.mkdir(parents=True)
    (model / "config.json").write_text("{}")
    (model / "model.safetensors").write_bytes(b"weights")
    Path("runs/own/run.json").write_text("{}")  # the same for every seed
    for words in ("predict --model runs/own", "predict --model=runs/own/model"):
        before = sweep.inputs(words, set())
        assert len(before) == 1
        (model / "model.safetensors").write_bytes(b"weighed")
        assert sweep.inputs(words, set()) != before
        (model / "model.safetensors").write_bytes(b"weights")
        assert sweep.inputs(words, set()) == before
    plain = sweep.inputs("train tiny-sft", set())
    changed = sweep.inputs("train tiny-sft --set training.seed=7", set())
    assert changed != plain
    assert sweep.inputs("train tiny-sft --set=training.seed=7", set()) == changed


def test_a_complete_run_of_another_recipe_is_no_success(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "README.md").write_text("a card")
    (tmp_path / "run.json").write_text("{}")
    words = ["train", "tiny-sft", "--set", "training.seed=3", "--out", str(tmp_path)]
    said = msgspec.to_builtins(recipes.load(Path("tiny-sft"), ["training.seed=3"]))
    (tmp_path / "recipe.yaml").write_bytes(msgspec.yaml.encode(said))
    assert sweep.command_line(words) == ""
    with pytest.raises(RecipeError, match="a model of another recipe"):
        sweep.command_line([*words[:3], "training.seed=4", *words[4:]])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("predict --model", "predcit --model", "no command 'predcit'; did you mean 'predict'"),
        ("--constraint {c", "--constrain {c", "No such option"),
        ("train tiny-sft", "train tiny-sfd", "tiny-sfd: no such recipe"),
        ("training.seed={seed}", "training.sede={seed}", "sede"),
        (
            "score {run}/predictions.jsonl | rows[0]",
            "score {run}/predictions.jsonl --splt x | rows[0]",
            "No such option",
        ),
        ("rows[0].gold", "rows[0.gold", "is not the place of a number"),
    ],
)
def test_what_is_misspelt_at_the_end_is_told_before_anything_is_run(tmp_path, monkeypatch, old, new, told):
    assert old in SAID
    (tmp_path / "sweep.yaml").write_text(SAID.replace(old, new, 1))
    monkeypatch.setattr(sweep, "command_line", lambda words: pytest.fail(f"{words} was run"))
    with pytest.raises(RecipeError, match=re.escape(told)):
        command.swept(tmp_path / "sweep.yaml", tmp_path / "out", as_json=False)
    assert not (tmp_path / "out").exists()
