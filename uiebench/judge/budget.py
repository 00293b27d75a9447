"""What answers cost, what they may cost at most, and what is estimated before any is asked for.

    prices = load_prices(None)                                    # prices.yaml, or a file of the user's
    price = prices.of("gpt-4.1-mini-2025-04-14")                   →  Price(input=0.4, output=1.6, …)
    price.cost(tokens_in=812, tokens_out=143)                      →  553600000 (0.00055 dollars)
    worst_tokens(request, 1024)                                    →  (2630, 1024)

Money is counted in whole picodollars (10⁻¹² dollars), so that sums are exact. A budget is kept by reserving the
worst case of a request before it is sent, and settling with what it used when the answer is there.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec

from uiebench.errors import RecipeError, nearest
from uiebench.judge.wire import Request
from uiebench.recipe import Positive, parse_recipe

PICO = 10**12
MOST = 2**52
"""Picodollars, or tokens, that one request may count for at most (4,500 dollars): their sums stay in SQLite's range."""
PRICES = Path(__file__).parent / "prices.yaml"
Dollars = Annotated[float, msgspec.Meta(ge=0)]

DEAREST = 1e9
"""Dollars: an amount above is a mistake, and infinity is none."""
ANSWER = 300
"""Tokens in an answer, as long as no answer of the model has been seen."""
SEEN = 20
"""Answers of a model after which estimates go by what they used."""
AROUND = 16
"""Tokens that a message may need for its role and its ends."""


def _finite(name: str, dollars: float | None, hint: str) -> None:
    if dollars is not None and not dollars < DEAREST:
        raise ValueError(f"{name}: give a number below {DEAREST:,.0f} ({hint})")


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be spent on the answers of one cache, over all its runs. Null: no limit."""

    dollars: Dollars | None = None
    tokens: Positive | None = None

    def __post_init__(self) -> None:
        _finite("dollars", self.dollars, "null stands for no limit")

    @property
    def pico(self) -> int | None:
        """The dollars in picodollars."""
        return None if self.dollars is None else round(self.dollars * PICO)


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars for a million tokens; `batch`: the share of them that the Batch API charges."""

    input: Dollars
    output: Dollars
    cached: Dollars | None = None
    batch: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0

    def __post_init__(self) -> None:
        for name in ("input", "output", "cached"):
            _finite(name, getattr(self, name), "dollars for a million tokens")

    def cost(self, tokens_in: int, tokens_out: int, tokens_cached: int = 0, *, batch: bool = False) -> int:
        """What an answer costs, in picodollars."""
        share = self.batch if batch else 1.0
        cached = self.input if self.cached is None else self.cached
        rates = (round(dollars * share * PICO / 10**6) for dollars in (self.input, cached, self.output))
        fresh, again, out = rates
        return min(MOST, (tokens_in - tokens_cached) * fresh + tokens_cached * again + tokens_out * out)


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of prices: when and where they were looked up, and the price of each model."""

    checked: date
    source: str
    models: dict[str, Price]

    def of(self, model: str) -> Price | None:
        """The price of a model or of its name without a date; None if it has none."""
        if model in self.models:
            return self.models[model]
        shorter = [name for name in self.models if model.startswith(f"{name}-") and _is_date(model[len(name) + 1 :])]
        return self.models[max(shorter, key=len)] if shorter else None


def _is_date(text: str) -> bool:
    return text.replace("-", "").isdecimal() and len(text) in (4, 8, 10)


def load_prices(path: Path | None) -> Prices:
    """The prices that come with the package, or those of a file. Raises: RecipeError in one line."""
    place = path or PRICES
    try:
        data = place.read_bytes()
    except OSError as error:
        raise RecipeError(f"{place}: cannot be read ({error.strerror})") from None
    return parse_recipe(data, str(place), Prices)


def price_of(model: str, prices: Prices, budget: Budget) -> Price | None:
    """The price of a model. Raises: RecipeError if it is unknown and the budget is in dollars."""
    price = prices.of(model)
    if price is None and budget.dollars is not None:
        raise RecipeError(
            f"no price is known for {model!r}{nearest(model, prices.models)}; write it into a file of prices "
            "(--prices FILE), or give the budget in tokens"
        )
    return price


def text_bytes(request: Request) -> int:
    """The length of all that is sent in a request, in bytes of UTF-8."""
    said = sum(len(message.content.encode()) for message in request.messages)
    return said + (len(msgspec.json.encode(request.schema.schema)) if request.schema else 0)


def worst_tokens(request: Request, max_tokens: int) -> tuple[int, int]:
    """The most tokens a request can use, in and out.

    No byte-level tokeniser makes more tokens of a text than it has bytes; the schema counts as if it were sent too,
    and every message has room for its role.
    """
    return text_bytes(request) + AROUND * (len(request.messages) + 1), request.max_tokens or max_tokens


def likely_tokens(request: Request) -> int:
    """The tokens a prompt probably has, with those for its roles."""
    return likely("".join(message.content for message in request.messages)) + AROUND * len(request.messages)


def likely(text: str) -> int:
    """The tokens of a text, reckoned: one for four ASCII characters or for one other (measured on nothing)."""
    ascii_only = sum(map(str.isascii, text))
    return -(-ascii_only // 4) + len(text) - ascii_only


class Estimate(msgspec.Struct, frozen=True):
    """What a run would ask and use. Dollars are None where the price is unknown.

    `expected` is without answers that have to be asked for again; `at_most` counts, for every question once, its bytes
    and its limit of tokens. `measured` says that the figures go by `measured` earlier answers of the model.
    """

    model: str
    calls: int
    cached: int
    tokens_in: int
    tokens_out: int
    dollars: float | None
    dollars_at_most: float | None
    measured: int = 0
