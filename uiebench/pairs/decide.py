"""Which of two answers to one prompt is the better one, by F1, by a judge, or by both.

    decide(Side("sft~0", "…", 1.0, 9.0), Side("sft~1", "…", 0.5, 4.0), Margin(), "drop")
        →  Decision("judged", left=True, told="agree")

What each of the two says is the sign of a difference of at least its margin, or a tie. Where one knows nothing the
other decides. Where both do:

    gold \\ judge   left           tie            right
    left           left           gold only      disagree
    tie            judge only     tie            judge only
    right          disagree       gold only      right

"gold only" is decided by the policy "gold", "judge only" by the policy "judge", "disagree" by "gold"; all other
cases give no pair. Whatever the policy, an answer that gold finds as good as the other or better is never the
rejected one.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from uiebench.pairs.recipe import Margin, PairSource, Policy

Told = Literal["gold", "judge", "agree", "gold only", "judge only", "disagree", "tie", "nothing known"]
"""What F1 and judge say of two answers; "gold", "judge": it alone knows both and tells them apart."""


class Side(NamedTuple):
    """An answer: its place among the answers to a prompt, its text, its F1, and the judge's score (None: not known)."""

    id: str
    output: str
    f1: float | None
    judge: float | None


class Decision(NamedTuple):
    """What tells the worse side (None: there is no pair), whether the left answer is the better one, and who says so.

    `source` is "own" where gold alone decides, "judged" where a judge does, with gold or without.
    """

    source: PairSource | None
    left: bool
    told: Told


def decide(left: Side, right: Side, margin: Margin, policy: Policy, preferred: int | None = None) -> Decision:
    """Which of two answers is better; see the top of this module.

    Args:
        preferred: what a judge said that saw both: 1 for the left one, -1 for the right one, 0 for neither. It
            goes before the scores of single answers.
    """
    gold = judge = None
    difference = 0.0
    if left.f1 is not None and right.f1 is not None:
        difference = left.f1 - right.f1
        gold = _sign(difference) if abs(difference) >= margin.f1 - 1e-9 else 0
    if preferred is not None:
        judge = preferred
    elif left.judge is not None and right.judge is not None:
        judge = _sign(left.judge - right.judge) if abs(left.judge - right.judge) >= margin.judge - 1e-9 else 0
    if gold is None:
        if judge is None:
            return Decision(None, True, "nothing known")
        return Decision("judged", judge > 0, "judge") if judge else Decision(None, True, "tie")
    if judge is None:
        return Decision("own", gold > 0, "gold") if gold else Decision(None, True, "tie")
    if gold == judge:
        return Decision("judged", gold > 0, "agree") if gold else Decision(None, True, "tie")
    if gold and judge:
        return Decision("own" if policy == "gold" else None, gold > 0, "disagree")
    if gold:
        return Decision("own" if policy == "gold" else None, gold > 0, "gold only")
    allowed = policy == "judge" and _sign(difference) == judge
    return Decision("judged" if allowed else None, judge > 0, "judge only")


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
