"""What a run may cost, and what it has cost so far."""

import math
from dataclasses import dataclass

from genept.encoders.protocol import RemoteEncoder, TextEncoder
from genept.errors import ArgumentError, CostError


@dataclass
class Budget:
    """Tokens that a run has paid for, and those of requests under way.

    Parameters
    ----------
    usd_per_million_tokens
        The price; ``None`` where it isn't known.
    max_cost
        US dollars that may be spent at most; ``None`` for no limit.
    """

    usd_per_million_tokens: float | None
    max_cost: float | None = None
    n_tokens: int = 0
    under_way: int = 0

    @classmethod
    def of(cls, encoder: TextEncoder, max_cost: float | None) -> "Budget":
        """Make the budget of a run.

        Raises
        ------
        ArgumentError
            If there is a highest cost but no price, or it is no positive number.
        """
        price = encoder.usd_per_million_tokens if isinstance(encoder, RemoteEncoder) else 0.0
        if max_cost is not None and not 0 < max_cost < math.inf:
            raise ArgumentError(
                f"a highest cost of {max_cost} USD", expected="a positive number", do="leave it out"
            )
        if max_cost is not None and price is None:
            raise ArgumentError(
                f"a highest cost, but no price of {encoder.name}",
                expected="US dollars for a million tokens",
                do="say what it is (in Python: price=, on the command line: --price)",
            )
        return cls(price, max_cost)

    @property
    def usd(self) -> float | None:
        """What was paid so far; ``None`` where the price isn't known."""
        return cost(self.n_tokens, self.usd_per_million_tokens)

    def allows(self, n_tokens: int) -> bool:
        """Whether a request of at most so many tokens can't pass the highest cost, whatever is under way."""
        would = cost(self.n_tokens + self.under_way + n_tokens, self.usd_per_million_tokens)
        return self.max_cost is None or would is None or would <= self.max_cost

    def reserve(self, n_tokens: int) -> None:
        """Set aside the most that a request may cost, in tokens.

        Raises
        ------
        CostError
            If that request could pass the highest cost.
        """
        if not self.allows(n_tokens):
            would = cost(self.n_tokens + self.under_way + n_tokens, self.usd_per_million_tokens)
            raise CostError(
                f"{self.usd:.6f} USD spent, and a next request that could make it {would:.6f}",
                expected=f"no more than {self.max_cost} USD",
                do="allow more (in Python: max_cost=, on the command line: --max-cost) and run again, which "
                "sends only what is missing",
            )
        self.under_way += n_tokens

    def settle(self, reserved: int, billed: int) -> None:
        """Count what a request cost, in place of what was set aside for it."""
        self.under_way -= reserved
        self.n_tokens += billed


def cost(n_tokens: int, usd_per_million_tokens: float | None) -> float | None:
    """Give the cost of tokens in US dollars, ``None`` where the price isn't known.

    Examples
    --------
    >>> cost(5_000_000, 0.02)
    0.1
    """
    return None if usd_per_million_tokens is None else n_tokens * usd_per_million_tokens / 1e6
