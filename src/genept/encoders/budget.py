"""What a run may cost, and what it has cost so far."""

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
    _under_way: int = 0

    @classmethod
    def of(cls, encoder: TextEncoder, max_cost: float | None) -> "Budget":
        """Make the budget of a run.

        Raises
        ------
        ArgumentError
            If there is a highest cost but no price, or it is no positive number.
        """
        price = encoder.usd_per_million_tokens if isinstance(encoder, RemoteEncoder) else 0.0
        if max_cost is not None and not max_cost > 0:
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

    def reserve(self, n_tokens: int) -> None:
        """Set tokens aside for a request.

        Raises
        ------
        CostError
            If that request could pass the highest cost.
        """
        would = cost(self.n_tokens + self._under_way + n_tokens, self.usd_per_million_tokens)
        if self.max_cost is not None and would is not None and would > self.max_cost:
            raise CostError(
                f"{self.usd:.4f} USD spent, and a next request that could make it {would:.4f}",
                expected=f"no more than {self.max_cost} USD",
                do="allow more (in Python: max_cost=, on the command line: --max-cost) and run again, which "
                "sends only what is missing",
            )
        self._under_way += n_tokens

    def settle(self, reserved: int, billed: int) -> None:
        """Count what a request cost, in place of what was set aside for it."""
        self._under_way -= reserved
        self.n_tokens += billed


def cost(n_tokens: int, usd_per_million_tokens: float | None) -> float | None:
    """Give the cost of tokens in US dollars, ``None`` where the price isn't known.

    Examples
    --------
    >>> cost(5_000_000, 0.02)
    0.1
    """
    return None if usd_per_million_tokens is None else n_tokens * usd_per_million_tokens / 1e6
