"""What a chat model costs: what is said, or what OpenAI asked on a dated list."""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from genept.errors import ArgumentError
from genept.remote.endpoint import OPENAI


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens.

    Parameters
    ----------
    sent, received
        Of the questions, and of the answers, which cost more.
    origin
        Where the price comes from, in words.

    Raises
    ------
    ArgumentError
        If it is no price.
    """

    sent: float
    received: float
    origin: str = "as said"

    def __post_init__(self) -> None:
        for usd in (self.sent, self.received):
            if not 0 <= usd < math.inf:
                raise ArgumentError(f"a price of {usd}", expected="0 or more", do="leave it out")

    def usd(self, sent: int, received: int) -> float:
        """Give what tokens cost, in US dollars.

        Examples
        --------
        >>> Price(2.0, 8.0).usd(1_000_000, 500_000)
        6.0
        """
        return (sent * self.sent + received * self.received) / 1e6


def price_of(model: str, url: str) -> Price | None:
    """Find the price of a model on a server; ``None`` where it isn't known.

    Examples
    --------
    >>> price_of("gpt-4o-mini", "https://api.openai.com/v1").received
    0.6
    >>> price_of("gpt-4o-mini", "http://localhost:8000/v1") is None
    True
    """
    known = _table()["models"].get(model) if url == OPENAI else None
    if known is None:
        return None
    sent, received = known
    return Price(sent, received, f"OpenAI's of {_table()['date']}")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("genept.remote.chat").joinpath("chat_prices.toml").read_text())
