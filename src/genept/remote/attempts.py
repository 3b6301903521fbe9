"""Further attempts at a request that failed: whether, how many, and after which wait."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from genept.remote.refusal import Refusal

# Three quarters of a minute: an outage of half a minute doesn't end a run.
ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
# A server that asks for more patience than this is asked again another day.
LONGEST_PAUSE = 600.0
_T = TypeVar("_T")


def wait_before(attempt: int) -> float:
    """Seconds before a further attempt: twice as long each time, and never two runs at the same moment.

    Parameters
    ----------
    attempt
        How many went before.
    """
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 (no secret)


def steadily(ask: Callable[[], _T | Refusal], *, failed: Refusal | None = None) -> _T | Refusal:
    """Ask until there is an answer, or a refusal that will not pass, or no attempt is left.

    Parameters
    ----------
    ask
        One attempt.
    failed
        How a first attempt ended that was made already; by default there was none.
    """
    answer = ask() if failed is None else failed
    for attempt in range(1, ATTEMPTS):
        if not isinstance(answer, Refusal) or not _may_pass(answer):
            break
        time.sleep(max(wait_before(attempt), answer.wait))
        answer = ask()
    return answer


def _may_pass(refusal: Refusal) -> bool:
    # Without a status, what came was no use, such as the page of a proxy or half an answer.
    return refusal.wait <= LONGEST_PAUSE and (refusal.may_pass or not (refusal.status or refusal.advice))
