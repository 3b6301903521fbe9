"""What is known of OpenAI's models beforehand: widths, limits, and dated prices."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class KnownModel:
    """A model of OpenAI's.

    Parameters
    ----------
    dimensions
        Width of its vectors, unless asked for fewer.
    max_tokens
        Longest input.
    usd_per_million_tokens
        Its price on ``price_date``.
    price_date
        When that was read, ISO 8601.
    """

    dimensions: int
    max_tokens: int
    usd_per_million_tokens: float
    price_date: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("genept.encoders.openai").joinpath("models.toml").read_text())


def known_model(name: str) -> KnownModel | None:
    """Find a model by its name.

    Examples
    --------
    >>> known_model("text-embedding-3-small").dimensions
    1536
    """
    entry = _table()["models"].get(name)
    return None if entry is None else KnownModel(**entry, price_date=_table()["date"])


def batch_share() -> float:
    """Share of the price that the Batch API takes.

    Examples
    --------
    >>> batch_share()
    0.5
    """
    return float(_table()["batch_share"])
