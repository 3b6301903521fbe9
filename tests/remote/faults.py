"""What goes wrong, when it does so, and what remains good of an answer with a spoilt part."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import numpy as np

from tests.remote.vectors import Vector

Item = tuple[int | None, Vector]
"""An index, absent where it is None, and a vector."""

# A number of seconds may follow a status ("429 0.05"), which becomes the header Retry-After.
ERRORS = {
    "429": (429, "rate_limit_exceeded", "Rate limit reached for this model. Please slow down."),
    "429-quota": (429, "insufficient_quota", "You exceeded your current quota, please check your plan."),
    "500": (500, "server_error", "The server had an error while processing your request."),
    "503": (503, "overloaded", "The engine is currently overloaded, please try again later."),
    "401": (401, "invalid_api_key", "Incorrect API key provided: {authorization}."),
    "404": (404, "model_not_found", "There is nothing of this name, or you do not have access to it."),
    "400-long": (
        400,
        "context_length_exceeded",
        "This model's maximum context length is 8192 tokens; shorten it.",
    ),
    "echo-key": (500, "server_error", "Upstream refused the header Authorization: {authorization}."),
}
NO_ANSWER = frozenset({"drop", "silent"})
# The model had nothing to do with these, so nobody pays for them.
UNBILLED = frozenset({*ERRORS, *NO_ANSWER, "html", "empty"})
SPOILT = frozenset(
    {"shuffled", "no-index", "wrong-width", "nan", "duplicate", "missing", "extra", "huge-index", "empty"}
)
BROKEN = frozenset({"half", "half-json", "slow", "html"})
KINDS = frozenset({*ERRORS, *NO_ANSWER, *SPOILT, *BROKEN})
# A client gets what it asked for with these.
HARMLESS = frozenset({"", "shuffled", "slow"})


def kind_of(fault: str) -> str:
    """The kind of a fault without its parameter; an unknown one is an error of the test."""
    kind = fault.partition(" ")[0]
    if kind and kind not in KINDS:
        raise ValueError(f"unknown fault {fault!r}; there are {', '.join(sorted(KINDS))}")
    return kind


def random_for(seed: int, attempt: int, texts: Sequence[str]) -> Random:
    """Chance that doesn't depend on the order in which requests of several threads arrive."""
    digest = hashlib.sha256("\0".join(texts).encode(errors="surrogatepass")).hexdigest()
    return Random(f"{seed} {attempt} {digest}")


class FaultSchedule:
    """Faults at random: ``rates`` says how probable each is, for one request.

    A request with the same texts sees the same faults in every run with this seed, whatever comes between. No
    text sees more than ``in_a_row`` of them one after another, so that runs end; harmless ones don't count.
    """

    def __init__(self, seed: int, rates: Mapping[str, float], *, in_a_row: int = 3) -> None:
        for fault in rates:
            kind_of(fault)
        self.seed = seed
        self.rates = dict(rates)
        self.in_a_row = in_a_row
        self._streaks: Counter[str] = Counter()

    def choose(self, texts: Sequence[str], attempt: int) -> str:
        """The fault of one request, empty for none; not thread-safe."""
        fault = self._drawn(random_for(self.seed, attempt, texts).random())
        if any(self._streaks[text] >= self.in_a_row for text in texts):
            fault = ""
        for text in set(texts):
            self._streaks[text] = 0 if kind_of(fault) in HARMLESS else self._streaks[text] + 1
        return fault

    def _drawn(self, number: float) -> str:
        for fault, rate in self.rates.items():
            number -= rate
            if number < 0:
                return fault
        return ""


def error_of(fault: str, authorization: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, body and headers of a fault in ``ERRORS``."""
    kind, _, wait = fault.partition(" ")
    status, code, message = ERRORS[kind]
    key = authorization.removeprefix("Bearer ") if kind == "401" else authorization
    body = error_object(message.format(authorization=key), code)
    return status, body, {"Retry-After": wait} if wait else {}


def error_object(message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    kind = "server_error" if code in ("server_error", "overloaded") else "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def spoil(kind: str, vectors: Sequence[Vector], chance: Random) -> tuple[list[Item], set[int]]:
    """Make the items of an answer, and say which positions of the request have got a good vector.

    An answer without indices is no valid one, so nothing of it is good. Of what is partly bad, the rest is.
    """
    n = len(vectors)
    items: list[Item] = list(enumerate(vectors))
    if kind == "empty" or not n:
        return [], set()
    at = chance.randrange(n)
    bad = {at}
    if kind == "shuffled":
        bad = set()
        turn = chance.randrange(1, n) if n > 1 else 0
        items = items[turn:] + items[:turn]
    elif kind == "no-index":
        bad = set(range(n))
        items = [(None, vector) for vector in vectors]
    elif kind == "wrong-width":
        items[at] = (at, vectors[at][:-1])
    elif kind == "nan":
        items[at] = (at, _with_nan(vectors[at]))
    elif kind == "duplicate":
        other = (at + 1) % n
        bad = {at, other}
        items[other] = (at, vectors[other])
        if n == 1:
            items.append((0, -vectors[0]))
    elif kind == "missing":
        del items[at]
    elif kind == "extra":
        bad = set()
        items.append((n, -vectors[at]))
    elif kind == "huge-index":
        items[at] = (10**9, vectors[at])
    else:
        bad = set()
    return items, set(range(n)) - bad


def _with_nan(vector: Vector) -> Vector:
    spoilt = vector.copy()
    spoilt[len(spoilt) // 2] = np.nan
    return spoilt
