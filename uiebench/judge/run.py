"""Judging: candidates become questions by a rubric, answers become judgements.

    job = Job(load_recipe(Path("judge"), JudgeRecipe), read_candidates(path), load_rubric(None))
    job.estimate(store, price)                          what it would cost, without asking
    outcome = job.run(store, price)                     judgements in the order of the candidates
    outcome.judgements[0]  →  Judgement("resume/test/0#NER~sft~0", "gpt-4.1-mini", "5f…", 8.0, {…}, {…})

An answer that cannot be used (refused, cut, no JSON, another form, a score out of range) is asked for again, a cut one
with twice the room, as often as the recipe says; then the judgement has a problem and no score.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Literal

import msgspec

from uiebench.hashing import rank
from uiebench.judge.budget import PICO, Budget, Estimate, Price
from uiebench.judge.client import Answer, Asked, State, ask, estimate
from uiebench.judge.reading import Scores, problem_of, scores_in, verdict_in
from uiebench.judge.rubric import Mode, Rubric
from uiebench.judge.store import Store
from uiebench.judge.wire import Endpoint, Request
from uiebench.recipe import Count, Positive
from uiebench.types import Candidate, Comparison, Judgement

Better = Literal["first", "second", "equal"]
SAID: dict[str, Better] = {"A": "first", "B": "second", "equal": "equal"}
PARTS = 8
"""At most so many times the room of the recipe is given to an answer that is cut."""


class JudgeRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How candidates are judged.

    Fields:
        name: of the run; it names the folder judgements/<name>.
        title: one line.
        endpoint: the model, and how it is asked.
        mode: "scores" judges candidates one by one, "pairwise" asks which of two to one prompt is better.
        pairs: in pairwise mode, at most so many pairs for each prompt, by rank. Each is asked in both orders.
        again: how often an answer that cannot be used is asked for again.
        budget: what may be spent on the answers of the cache, over all runs.
        candidates: the file of candidates, unless the command names one.
        rubric: a file of your own; "" for the one that comes with the package.
        cache: the SQLite file; "" for answers.sqlite in the folder of the run.
    """

    name: str
    endpoint: Endpoint
    title: str = ""
    mode: Mode = "scores"
    pairs: Positive = 1
    again: Count = 2
    budget: Budget = Budget()
    candidates: str = "candidates.parquet"
    rubric: str = ""
    cache: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise ValueError(f"name {self.name!r}: a name has letters, digits, '.', '_' and '-' only")


class Summary(msgspec.Struct, frozen=True):
    """The figures of a run: `uiebench judge --json`.

    `asked` counts answers that this run paid for, `cached` those it had; `problems` judgements without a score, by
    kind, `unanswered` those of them that have no answer, which the next run asks for; `lost` requests whose answer did
    not arrive and may have been billed, which the budget counts at their worst case; `reckoned` answers of which the
    server did not say what they used. `spent` and `spent_tokens` are of this run, what ends in `_in_all` of the cache.
    Dollars are 0 where no price is known (`priced`).
    """

    name: str
    judge: str
    mode: Mode
    rubric: str
    format: str
    questions: int
    judged: int
    asked: int
    cached: int
    lost: int
    again: int
    problems: dict[str, int]
    unanswered: int
    mean_overall: float | None
    position_bias: float | None
    priced: bool
    spent: float
    tokens_in: int
    tokens_out: int
    spent_in_all: float
    perhaps_spent_in_all: float
    tokens_in_all: int
    reckoned: int
    stopped: str


class Outcome(msgspec.Struct, frozen=True):
    """What a run brought; in pairwise mode comparisons, two for each pair."""

    judgements: list[Judgement]
    comparisons: list[Comparison]
    summary: Summary


class Job:
    """Candidates to be judged as a recipe says."""

    def __init__(self, recipe: JudgeRecipe, candidates: Sequence[Candidate], rubric: Rubric) -> None:
        self.recipe, self.candidates, self.rubric = recipe, candidates, rubric
        if recipe.mode == "scores":
            self.requests = [rubric.scores(candidate) for candidate in candidates]
        else:
            self.requests = [
                rubric.compared(*order)
                for pair in paired(candidates, recipe.pairs)
                for order in (pair, (pair[1], pair[0]))
            ]
        self._languages = {candidate.id: candidate.language for candidate in candidates}

    def estimate(self, store: Store | None, price: Price | None, *, batch: bool = False) -> Estimate:
        """What the run would cost, counting each question once."""
        return estimate(self.requests, self.recipe.endpoint, store, price, batch=batch)

    def run(
        self,
        store: Store,
        price: Price | None,
        *,
        offline: bool = False,
        batch: bool = False,
        progress: Callable[[State], object] | None = None,
    ) -> Outcome:
        """Ask, and read the answers. Raises: as `uiebench.judge.client.ask`."""
        asked = ask(
            self.requests,
            self.recipe.endpoint,
            store,
            price=price,
            budget=self.recipe.budget,
            offline=offline,
            batch=batch,
            follow=self.follow,
            progress=progress,
        )
        judge, rubric = self.recipe.endpoint.model, self.rubric.hash
        judgements: list[Judgement] = []
        comparisons: list[Comparison] = []
        for answer in asked.answers:
            if self.recipe.mode == "scores":
                judgements.append(self._judgement(answer, judge, rubric))
            else:
                comparisons.append(_comparison(answer, judge, rubric))
        return Outcome(judgements, comparisons, self._summary(asked, judgements, comparisons, price))

    def follow(self, request: Request, answer: Answer) -> Request | None:
        """The same question once more, if its answer cannot be used and it was not asked too often."""
        problem = self._problem(answer)
        if not problem or request.attempt >= self.recipe.again:
            return None
        room = request.max_tokens or self.recipe.endpoint.max_tokens
        if answer.finish == "length":
            room = min(2 * room, PARTS * self.recipe.endpoint.max_tokens)
        return self.rubric.again(request, self._languages[request.id.partition("\t")[0]], problem, room)

    def _problem(self, answer: Answer) -> str:
        if problem := problem_of(answer):
            return problem
        read = scores_in(answer.text, self.rubric.aspects) if self.recipe.mode == "scores" else verdict_in(answer.text)
        return read if isinstance(read, str) else ""

    def _judgement(self, answer: Answer, judge: str, rubric: str) -> Judgement:
        read = problem_of(answer) or scores_in(answer.text, self.rubric.aspects)
        if isinstance(read, Scores):
            return Judgement(answer.request.id, judge, rubric, read.overall, read.scores, read.reasons)
        return Judgement(answer.request.id, judge, rubric, None, problem=read)

    def _summary(
        self, asked: Asked, judgements: list[Judgement], comparisons: list[Comparison], price: Price | None
    ) -> Summary:
        rows = judgements or comparisons
        problems = Counter(kind_of(row.problem) for row in rows if row.problem)
        scores = [row.overall for row in judgements if row.overall is not None]
        account = asked.account
        return Summary(
            self.recipe.name,
            self.recipe.endpoint.model,
            self.recipe.mode,
            self.rubric.hash,
            asked.format,
            len(rows),
            sum(not row.problem for row in rows),
            asked.state.asked,
            asked.state.cached,
            asked.state.lost,
            asked.state.again,
            dict(sorted(problems.items())),
            sum(bool(answer.problem) for answer in asked.answers),
            sum(scores) / len(scores) if scores else None,
            position_bias(comparisons),
            price is not None,
            asked.state.spent / PICO,
            asked.state.tokens_in,
            asked.state.tokens_out,
            account.spent / PICO,
            account.lost / PICO,
            account.tokens_in + account.tokens_out,
            asked.state.reckoned,
            asked.stopped,
        )


def _comparison(answer: Answer, judge: str, rubric: str) -> Comparison:
    first, _, second = answer.request.id.partition("\t")
    read = problem_of(answer) or verdict_in(answer.text)
    if isinstance(read, str):
        return Comparison(first, second, judge, rubric, "", problem=read)
    return Comparison(first, second, judge, rubric, SAID[read.better], read.reason)


def paired(candidates: Sequence[Candidate], most: int) -> Iterator[tuple[Candidate, Candidate]]:
    """Pairs of candidates to one prompt whose answers differ, by rank, at most `most` for each prompt."""
    by_prompt: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_prompt.setdefault(candidate.instruction, []).append(candidate)
    for prompt, group in by_prompt.items():
        pairs = {
            f"{one.id}\t{other.id}": (one, other)
            for one, other in combinations(sorted(group, key=lambda candidate: candidate.id), 2)
            if one.output.strip() != other.output.strip()
        }
        for id in rank(pairs, 0, prompt, "pairwise")[:most]:
            one, other = pairs[id]
            yield (one, other) if rank([one.id, other.id], 0, prompt, "first")[0] == one.id else (other, one)


def position_bias(comparisons: Sequence[Comparison]) -> float | None:
    """How much more often the first place wins than the second, from −1 to 1, over pairs with a verdict in both orders.

    0: the place does not matter. None without such pairs.
    """
    said = {(row.first, row.second): row.better for row in comparisons if row.better}
    both = [better for (first, second), better in said.items() if (second, first) in said]
    if not both:
        return None
    return (both.count("first") - both.count("second")) / len(both)


def kind_of(problem: str) -> str:
    """The kind of a problem: what stands before its details."""
    return re.split(r"[:(]", problem, maxsplit=1)[0].strip()


def cache_of(recipe: JudgeRecipe, out: Path) -> Path:
    """The SQLite file of a recipe."""
    return Path(recipe.cache) if recipe.cache else out / "answers.sqlite"
