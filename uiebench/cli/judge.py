"""`uiebench judge`: a language model scores candidates."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from uiebench.cli.asking import RECKONED, bar, money, say, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uiebench.judge.budget import Estimate, Price, Prices
    from uiebench.judge.run import Job, JudgeRecipe, Outcome
    from uiebench.judge.store import Store


class WithDefault(TyperGroup):
    """A group of commands that is itself one: `uiebench judge RECIPE` means `uiebench judge run RECIPE`."""

    default = "run"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the default command before arguments that begin with no command."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=WithDefault,
    help="A language model scores candidates: uiebench judge RECIPE.",
    no_args_is_help=True,
)


@app.callback()
def judging() -> None:
    """A language model scores candidates: uiebench judge RECIPE."""


@app.command("run")
def judge(
    recipe: Annotated[Path, typer.Argument(help="Recipe file, e.g. recipes/judge.yaml.")],
    candidates: Annotated[
        Path | None,
        typer.Option("--candidates", help="Parquet or JSON lines of candidates.", show_default="that of the recipe"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write.", show_default="judgements/<recipe name>")
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option("--prices", help="File of prices of your own.", show_default="prices.yaml of the package"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it would cost, and end.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Take answers from the cache, and ask nobody.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="Ask through the Batch API: cheaper, within a day.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of tables.")] = False,
) -> None:
    """Judge candidates as a recipe says. Run it again to go on: no answer is paid twice."""
    from uiebench.errors import RecipeError, UiebenchError
    from uiebench.judge.budget import load_prices, price_of
    from uiebench.judge.client import key_in_environment
    from uiebench.judge.files import read_candidates, write_comparisons, write_judgements
    from uiebench.judge.rubric import load_rubric
    from uiebench.judge.run import Job, JudgeRecipe, cache_of
    from uiebench.judge.store import Store
    from uiebench.recipe import load_recipe
    from uiebench.storage import write_json
    from uiebench.types import plain

    if offline and (batch or dry_run):
        raise RecipeError(f"--offline and --{'batch' if batch else 'dry-run'}: give one of them")
    plan = load_recipe(recipe, JudgeRecipe)
    folder = out or Path("judgements") / plan.name
    file, table = candidates or Path(plan.candidates), load_prices(prices)
    price = price_of(plan.endpoint.model, table, plan.budget)
    rubric = load_rubric(Path(plan.rubric) if plan.rubric else None)
    job = Job(plan, read_candidates(file), rubric)
    if not job.requests:
        raise UiebenchError(
            f"{file}: no two candidates for one prompt whose answers differ; there is nothing to compare"
        )
    cache = cache_of(plan, folder)
    command = f"uiebench judge {recipe}{f' --candidates {candidates}' if candidates else ''}" + (
        f" --out {out}" if out else ""
    )
    if dry_run:
        _dry_run(job, cache, price, table, command, batch=batch, as_json=as_json)
        return
    if not offline:
        key_in_environment(plan.endpoint)  # before anything is read or written
    with Store(cache, read_only=offline) as store:
        if not offline:
            tell(job.estimate(store, price, batch=batch), price)
        begun = time.monotonic()
        with bar("judging", begun) as progress:
            try:
                outcome = job.run(store, price, offline=offline, batch=batch, progress=progress)
            except KeyboardInterrupt:
                say("interrupted; every answer received is kept: run it again to go on")
                raise typer.Exit(130) from None
    if plan.mode == "scores":
        written = write_judgements(folder, outcome.judgements, rubric.aspects)
    else:
        written = write_comparisons(folder, outcome.comparisons)
    write_json(folder / "summary.json", plain(outcome.summary))
    if as_json:
        _print_json(plain(outcome.summary))
    else:
        _print_summary(outcome)
    _end(outcome, file, written, command, offline=offline)


def _dry_run(
    job: Job, cache: Path, price: Price | None, table: Prices, command: str, *, batch: bool, as_json: bool
) -> None:
    """Tell what a run would cost and what was spent before."""
    from uiebench.types import plain

    with _at_hand(cache) as store:
        found = job.estimate(store, price, batch=batch)
        account = store.account() if store else None
    spent, perhaps = (account.spent, account.lost + account.reserved) if account else (0, 0)
    if as_json:
        _print_json(
            {
                "estimate": plain(found),
                "spent_in_all": spent / 10**12,
                "perhaps_spent_in_all": perhaps / 10**12,
                "budget": plain(job.recipe.budget),
            }
        )
    else:
        _print_estimate(found, job.recipe, price, table, (spent, perhaps), batch=batch)
        say(f"next: {command}{' --batch' if batch else ''}")


def _end(outcome: Outcome, file: Path, written: Path, command: str, *, offline: bool) -> None:
    """Say where the judgements are, what to do next, and what is missing."""
    from uiebench.errors import UiebenchError

    done = outcome.summary
    say(f"{done.judged:,} of {done.questions:,} judged: {written} and {written.with_suffix('.jsonl').name}")
    if done.stopped:
        raise UiebenchError(
            f"{done.stopped}: {done.judged:,} of {done.questions:,} judged for ${done.spent_in_all:,.4f} in all "
            f"(${done.perhaps_spent_in_all:,.4f} more perhaps); raise `budget` in the recipe and go on with: {command}"
        )
    rows = outcome.judgements or outcome.comparisons
    if offline and (missing := [row for row in rows if "offline" in row.problem]):
        names = [row.candidate if hasattr(row, "candidate") else f"{row.first} | {row.second}" for row in missing]
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
        raise UiebenchError(f"not in the cache: {shown}; ask for them with: {command}")
    if not done.judged:
        reasons = ", ".join(f"{kind} ({count:,})" for kind, count in done.problems.items())
        raise UiebenchError(f"none of {done.questions:,} could be judged: {reasons}; what was paid for is kept")
    if left := done.questions - done.judged:
        say(f"{left:,} without a score, for the reason in `problem`")
        if done.unanswered:
            say(f"{done.unanswered:,} of them have no answer: the next run asks for it")
        if unusable := left - done.unanswered:
            say(
                f"{unusable:,} of them have answers that cannot be used, which are kept: raise `again` to ask once more"
            )
    say(f"next: uiebench pairs build recipes/pairs.yaml --candidates {file} --judgements {written}")


# --- what is shown ------------------------------------------------------------------------------------


@contextmanager
def _at_hand(cache: Path) -> Iterator[Store | None]:
    """The cache for reading, if there is one."""
    from uiebench.judge.store import Store

    if not cache.is_file():
        yield None
        return
    with Store(cache, read_only=True) as store:
        yield store


def _print_estimate(
    found: Estimate, plan: JudgeRecipe, price: Price | None, table: Prices, spent: tuple[int, int], *, batch: bool
) -> None:
    """Print what a run would cost."""
    from uiebench.cli.score import print_table
    from uiebench.score.tables import Table

    row = (
        found.model,
        f"{found.calls:,}",
        f"{found.cached:,}",
        f"{found.tokens_in:,}",
        f"{found.tokens_out:,}",
        money(found.dollars),
        money(found.dollars_at_most),
    )
    header = ("model", "calls", "cached", "tokens in", "tokens out", "expected", "at most")
    print_table(Table("what it would cost", header, [row], 1))
    basis = (
        f"expected: from {found.measured:,} earlier answers of this model"
        if found.measured
        else "expected: by the characters of the prompts, and 300 tokens for an answer"
    )
    say(
        f"{basis}; at most: every byte a token, every answer as long as allowed, times what the model "
        "used beyond; each question once"
    )
    if price:
        share = f", times {price.batch:g} in a batch" if batch else ""
        say(f"prices: {price.input:g} in and {price.output:g} out{share}, dollars for a million tokens "
            f"(checked {table.checked}: {table.source})")  # fmt: skip
    dollars, tokens = plan.budget.dollars, plan.budget.tokens
    limits = [f"${dollars:,.2f}" if dollars is not None else "", f"{tokens:,} tokens" if tokens is not None else ""]
    limit = " and ".join(filter(None, limits)) or "none"
    sure, perhaps = (amount / 10**12 for amount in spent)
    more = f" and ${perhaps:,.4f} perhaps (lost, or on the way), which counts too" if perhaps else ""
    say(f"budget: {limit}, of which ${sure:,.4f} is spent{more}")


def _print_summary(outcome: Outcome) -> None:
    """Print what a run brought."""
    from uiebench.cli.score import print_table
    from uiebench.score.tables import Table

    done = outcome.summary
    rows = [
        ("judged", f"{done.judged:,} of {done.questions:,}"),
        ("answers paid in this run", f"{done.asked:,}"),
        ("answers from the cache", f"{done.cached:,}"),
        ("tries after a failure", f"{done.again:,}"),
        ("answers lost on the way", f"{done.lost:,}"),
        ("tokens in / out", f"{done.tokens_in:,} / {done.tokens_out:,}"),
        ("spent in this run", money(done.spent if done.priced else None)),
        ("spent in all", money(done.spent_in_all if done.priced else None)),
        ("perhaps spent on lost answers", money(done.perhaps_spent_in_all if done.priced else None)),
        ("answers held to JSON by", done.format),
    ]
    rows += [(RECKONED, f"{done.reckoned:,}")] if done.reckoned else []
    rows += [("mean overall score", f"{done.mean_overall:.2f}")] if done.mean_overall is not None else []
    rows += (
        [("position bias (−1 to 1)", f"{done.position_bias + 0.0:+.3f}".replace("-", "−"))]
        if done.position_bias is not None
        else []
    )
    rows += [(f"problem: {kind}", f"{count:,}") for kind, count in done.problems.items()]
    print_table(Table(f"{done.judge}, {done.mode}", ("", ""), rows, 1))


def _print_json(value: object) -> None:
    import msgspec

    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
