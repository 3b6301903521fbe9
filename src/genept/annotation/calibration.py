"""Whether a confidence keeps its word."""

import numpy as np
from numpy.typing import ArrayLike

from genept.errors import ArgumentError, ValuesError


def expected_calibration_error(confidence: ArrayLike, right: ArrayLike, *, n_bins: int = 10) -> float:
    """How far confidence is from the share that is right, on average.

    Cells are put into bins of equal width by confidence; the error is the mean over bins of the distance
    between mean confidence and the share that is right, weighted by their cells. It is 0 where among cells
    of confidence p a share p is right.

    Parameters
    ----------
    confidence
        (n,) numbers from 0 to 1.
    right
        (n,) whether the label is right.
    n_bins
        Bins; 10 as usual.

    Raises
    ------
    ValuesError
        If lengths differ, there is nothing, or a confidence isn't between 0 and 1.
    ArgumentError
        If ``n_bins`` is below 1.

    References
    ----------
    Naeini, Cooper & Hauskrecht, AAAI 2015.

    Examples
    --------
    >>> expected_calibration_error([0.75, 0.75, 0.75, 0.75], [True, True, True, False])
    0.0
    """
    given, hits = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=bool)
    if given.ndim != 1 or given.shape != hits.shape or not len(given):
        raise ValuesError(
            f"confidences of shape {given.shape}, hits of shape {hits.shape}",
            expected="one of each for every cell, at least one",
            do="pass them in one order",
        )
    if not ((given >= 0) & (given <= 1)).all():
        raise ValuesError(
            "a confidence that isn't between 0 and 1", expected="shares", do="divide percentages by 100"
        )
    if n_bins < 1:
        raise ArgumentError(f"n_bins={n_bins}", expected="at least 1", do="leave it out for 10")
    bins = np.minimum((given * n_bins).astype(int), n_bins - 1)
    gaps = np.bincount(bins, weights=given - hits, minlength=n_bins)
    return float(np.abs(gaps).sum() / len(given))
