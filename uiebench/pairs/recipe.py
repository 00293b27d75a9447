"""The recipe of reward pairs: which prompts, what makes one answer better than another, and the mix of kinds.

# uiebench pairs build recipes/pairs.yaml --candidates candidates.parquet --confusions confusions.parquet
name: pairs
margin: {f1: 0.1, judge: 2}
mix: {confusion: 0.4, own: 0.4, judged: 0.2}
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

import msgspec

from uiebench.pairs.settings import refuse_unknown_corpora
from uiebench.recipe import Positive, Share
from uiebench.types import SplitName

PairSource = Literal["confusion", "own", "judged"]
SOURCES: tuple[PairSource, ...] = get_args(PairSource)
Policy = Literal["drop", "gold", "judge"]


class Margin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By how much the chosen answer of models must be better for a difference to count.

    A confusion is wrong by how it was made, so that any difference counts.

    Fields:
        f1: of the F1 against gold, 0–1. A difference of nothing never counts.
        judge: of the judge's overall score, 0–10.
    """

    f1: Share = 0.1
    judge: Annotated[float, msgspec.Meta(gt=0, le=10)] = 2.0


class PairsRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a set of reward pairs holds.

    Fields:
        name: of the set; title: one line that says what is in it.
        seed: of every ranked choice.
        corpora: of the benchmark, those whose prompts are answered; "all" for every one.
        splits: whose prompts are answered. What is paired is trained on: dev and test are then spent.
        incomplete: corpora known to leave facts unannotated, e.g. by distant supervision. Their gold tells no
            answer right or wrong: such answers have no F1, and only a judge can make pairs of them.
        sparse: corpora that leave facts unannotated here and there. Answers of models have no F1 there either, but
            confusions are taken: under the same setting of theirs they only change what is annotated.
        candidates: at most so many candidates of a document are taken, by rank; null: all.
        gold_chosen: the gold answer may be the chosen side. What is better than a model's error is then known
            even where all candidates err; without it both sides are answers of models.
        margin: by how much the chosen answer must be better.
        policy: what to do where both F1 and a judge know the two answers and do not say the same: the pair is
            dropped; gold decides; or the judge does, unless gold finds the rejected answer as good or better.
        mix: shares of the pairs by what tells the worse side: a confusion, a model's own error told by gold,
            a judge. The largest set with these shares is taken; empty: everything there is. A source that gives
            no pair leaves its share to the others.
        per_document: at most so many pairs of a document, those of judges and of own errors before confusions.
        total: at most so many pairs in all; null: no limit.
        form: prompts and answers as strings, or as messages (prompt: user, chosen and rejected: assistant).
    """

    name: str
    title: str = ""
    seed: int = 0
    corpora: tuple[str, ...] | Literal["all"] = "all"
    splits: tuple[SplitName, ...] = ("train",)
    incomplete: tuple[str, ...] = ()
    sparse: tuple[str, ...] = ()
    candidates: Positive | None = None
    gold_chosen: bool = True
    margin: Margin = Margin()
    policy: Policy = "drop"
    mix: dict[PairSource, Share] = {}
    per_document: Positive | None = None
    total: Positive | None = None
    form: Literal["standard", "conversational"] = "standard"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise ValueError(f"name {self.name!r}: a name has letters, digits, '.', '_' and '-' only")
        if self.mix and abs(sum(self.mix.values()) - 1) > 1e-9:
            raise ValueError("mix: the shares must be 1 in all")
        refuse_unknown_corpora("incomplete", self.incomplete)
        refuse_unknown_corpora("sparse", self.sparse)
        if not self.splits or len(set(self.splits)) < len(self.splits):
            raise ValueError("splits: give at least one, and each once")
