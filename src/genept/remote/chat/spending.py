"""What a run over a chat model may cost, and what it has cost so far."""

import math

from genept.errors import ArgumentError, CostError
from genept.remote.chat.answer import Answer
from genept.remote.chat.price import Price


class Spending:
    """US dollars that were spent, and those set aside for questions under way.

    Parameters
    ----------
    price
        What tokens cost; ``None`` where that isn't known.
    max_cost
        US dollars that may be spent at most; ``None`` for no limit.
    max_received
        Tokens that an answer may have at most.

    Raises
    ------
    ArgumentError
        If there is a highest cost but no price, or it is no positive number.
    """

    def __init__(self, price: Price | None, *, max_cost: float | None, max_received: int) -> None:
        if max_cost is not None and not 0 < max_cost < math.inf:
            raise ArgumentError(
                f"a highest cost of {max_cost} USD", expected="a positive number", do="leave it out"
            )
        if max_cost is not None and price is None:
            raise ArgumentError(
                "a highest cost, but no price of the chat model",
                expected="US dollars for a million tokens sent and received",
                do="say what it is (in Python: price=(0.15, 0.6), on the command line: --price 0.15,0.6)",
            )
        self._price = price or Price(0.0, 0.0, "not known")
        self._max_cost = max_cost
        self._max_received = max_received
        self.usd = 0.0
        self._under_way = 0.0

    def reserve(self, sent: int) -> float:
        """Set aside the most that a question of so many tokens may cost, and give it.

        Raises
        ------
        CostError
            If that question could pass the highest cost.
        """
        most = self._price.usd(sent, self._max_received)
        would = self.usd + self._under_way + most
        if self._max_cost is not None and would > self._max_cost:
            raise CostError(
                f"{self.usd:.6f} USD spent, and a next question that could make it {would:.6f}",
                expected=f"no more than {self._max_cost} USD",
                do="allow more (in Python: max_cost=, on the command line: --max-cost) and run again, which "
                "asks only what is missing",
            )
        self._under_way += most
        return most

    def settle(self, reserved: float, answer: Answer | None) -> None:
        """Count what a question cost, in place of what was set aside for it.

        Parameters
        ----------
        reserved
            What was set aside.
        answer
            What came; without one, or where the server counts no tokens, all that was set aside counts: what
            is of no use may be billed as well.
        """
        self._under_way -= reserved
        counted = answer is not None and answer.prompt_tokens + answer.completion_tokens > 0
        self.usd += (
            self._price.usd(answer.prompt_tokens, answer.completion_tokens)
            if answer is not None and counted
            else reserved
        )
