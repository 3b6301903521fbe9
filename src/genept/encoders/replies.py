"""What a server's answer is worth: how wide its vectors are, what is wrong with them, what it cost."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genept.encoders.protocol import Reply
from genept.remote.refusal import MAY_BE_BILLED, Refusal


def flaw_of(vectors: Sequence[NDArray[np.float32] | None], dimensions: int | None) -> str:
    """Say what is wrong with vectors of which some can't be used."""
    other = {len(vector) for vector in vectors if vector is not None} - {dimensions}
    widths = ", ".join(map(str, sorted(other)))
    return (
        f"vectors of {widths} numbers where {dimensions} were expected" if other else "not all numbers finite"
    )


def all_agree(vectors: Sequence[NDArray[np.float32] | None]) -> bool:
    """Whether there is a vector for every text, and all are as wide."""
    widths = {None if vector is None else len(vector) for vector in vectors}
    return len(vectors) > 1 and len(widths) == 1 and None not in widths


def usual_width(vectors: Sequence[NDArray[np.float32] | None]) -> int | None:
    """Width that most vectors of a first answer have."""
    return most_usual(Counter(len(vector) for vector in vectors if vector is not None))


def most_usual(widths: Counter[int]) -> int | None:
    """Width that comes most often, the larger of two that come as often; ``None`` where there is none."""
    return max(widths, key=lambda width: (widths[width], width), default=None)


def billed_tokens(answer: Reply | Refusal, estimated: int) -> int:
    """Tokens that a request cost: what the server says, and the estimate where it may have worked in vain."""
    if isinstance(answer, Reply):
        return estimated if answer.n_tokens is None else answer.n_tokens
    if not answer.was_sent:
        return 0
    return estimated if answer.status in (0, *MAY_BE_BILLED) else 0
