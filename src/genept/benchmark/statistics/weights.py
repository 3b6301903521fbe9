"""Weights of rows: one set, or many resamples in blocks of bounded memory."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.errors import ArgumentError

Weights = NDArray[Any]
# Values of one block: 8 MB as float64, so that the handful of arrays a metric makes stays in tens of MB.
BLOCK_VALUES = 2**20


def blocks(n_resamples: int, n_rows: int) -> Iterator[slice]:
    """Cut ``n_resamples`` sets of weights of ``n_rows`` rows into blocks of bounded size.

    Examples
    --------
    >>> [block.stop - block.start for block in blocks(5, 2**19)]
    [2, 2, 1]
    """
    size = max(1, BLOCK_VALUES // max(1, n_rows))
    for start in range(0, n_resamples, size):
        yield slice(start, min(start + size, n_resamples))


def scored_by_blocks(
    score: Callable[[Weights], NDArray[np.float64]], n_rows: int, weights: Weights
) -> NDArray[np.float64]:
    """Score ``n_rows`` rows under ``weights``, (n,) or (B, n); gives a single value or (B,).

    Raises
    ------
    ArgumentError
        If weights have another shape, are negative or not finite.
    """
    if weights.ndim not in (1, 2) or weights.shape[-1] != n_rows:
        raise ArgumentError(
            f"weights of shape {weights.shape} for {n_rows:,} rows",
            expected=f"({n_rows},) or (B, {n_rows})",
            do="pass one weight for each row, in the order of the rows",
        )
    each = np.atleast_2d(weights)
    values = np.empty(len(each))
    for block in blocks(len(each), n_rows):
        # Written so that NaN, too, is refused.
        if not (each[block].min(initial=0) >= 0 and each[block].max(initial=0) < np.inf):
            raise ArgumentError(
                "weights that are negative or not finite",
                expected="zero or more for every row",
                do="leave rows out by a weight of zero",
            )
        values[block] = score(each[block])
    return values.reshape(weights.shape[:-1])
