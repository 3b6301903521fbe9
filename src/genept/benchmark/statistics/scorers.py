"""Metrics made ready: what doesn't depend on the weights of the rows is worked out once."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genept.benchmark.statistics.weights import Weights
from genept.errors import ArgumentError

# From weights (B, n) to scores (B,). Weights that lie in memory row by row (Fortran order) are read fastest.
Scorer = Callable[[Weights], NDArray[np.float64]]


def auc_scorer(labels: ArrayLike, scores: ArrayLike) -> Scorer:
    """Make the area under the ROC curve ready, for labels 0 and 1.

    The area is the share of pairs of a positive and a negative row in which the positive has the higher
    score; a tie is half. With weights, a pair counts the product of the two. Sums of whole numbers are exact.
    """
    known, values = np.asarray(labels), np.asarray(scores, dtype=np.float64)
    _check_lengths(known, values)
    if not np.isin(known, (0, 1)).all():
        raise ArgumentError(
            f"labels {np.unique(known)[:5].tolist()}",
            expected="0 (negative) and 1 (positive)",
            do="score several classes with accuracy or balanced_accuracy",
        )
    if not np.isfinite(values).all():
        raise ArgumentError(
            f"{np.count_nonzero(~np.isfinite(values)):,} scores that are not finite",
            expected="a number for every row",
            do="leave rows without a score out",
        )
    by_score = np.argsort(values, kind="stable")
    negatives, positives = by_score[known[by_score] == 0], by_score[known[by_score] == 1]
    lower = np.searchsorted(values[negatives], values[positives], "left")
    not_higher = np.searchsorted(values[negatives], values[positives], "right")

    def score(weights: Weights) -> NDArray[np.float64]:
        by_row = weights.T
        up_to = np.zeros((len(negatives) + 1, by_row.shape[1]))
        # Added up in place: twice as fast as from whole numbers into floats.
        up_to[1:] = np.take(by_row, negatives, axis=0)
        np.cumsum(up_to, axis=0, out=up_to)
        won_twice = np.take(up_to, lower, axis=0)
        won_twice += np.take(up_to, not_higher, axis=0)
        of_positives = np.take(by_row, positives, axis=0)
        pairs = of_positives.sum(axis=0, dtype=np.float64) * up_to[-1]
        won_twice *= of_positives
        return ratio_where_defined(won_twice.sum(axis=0), 2 * pairs)

    return score


def accuracy_scorer(labels: ArrayLike, predicted: ArrayLike) -> Scorer:
    """Make the share of rows whose class was predicted ready."""
    known, guessed = np.asarray(labels), np.asarray(predicted)
    _check_lengths(known, guessed)
    is_right = np.flatnonzero(known == guessed)

    def score(weights: Weights) -> NDArray[np.float64]:
        by_row = weights.T
        right = np.take(by_row, is_right, axis=0).sum(axis=0, dtype=np.float64)
        return ratio_where_defined(right, by_row.sum(axis=0, dtype=np.float64))

    return score


def balanced_accuracy_scorer(labels: ArrayLike, predicted: ArrayLike) -> Scorer:
    """Make the mean over classes of the share of their rows that was predicted ready."""
    known, guessed = np.asarray(labels), np.asarray(predicted)
    _check_lengths(known, guessed)
    by_class = np.argsort(known, kind="stable")
    starts = np.unique(known[by_class], return_index=True)[1]
    is_right = (known == guessed)[by_class, np.newaxis]

    def score(weights: Weights) -> NDArray[np.float64]:
        of_rows = np.take(weights.T, by_class, axis=0)
        of_classes = np.add.reduceat(of_rows, starts, axis=0, dtype=np.float64)
        right = np.add.reduceat(of_rows * is_right, starts, axis=0, dtype=np.float64)
        recalls = np.nan_to_num(ratio_where_defined(right, of_classes))
        return ratio_where_defined(recalls.sum(axis=0), (of_classes > 0).sum(axis=0))

    return score


class Scoring(NamedTuple):
    """The column of predictions that a metric reads, and what makes it ready."""

    column: str
    ready: Callable[[ArrayLike, ArrayLike], Scorer]


SCORINGS: Mapping[str, Scoring] = {
    "roc_auc": Scoring("score", auc_scorer),
    "accuracy": Scoring("predicted", accuracy_scorer),
    "balanced_accuracy": Scoring("predicted", balanced_accuracy_scorer),
}


def ratio_where_defined(
    part: NDArray[np.float64], whole: NDArray[np.floating | np.integer]
) -> NDArray[np.float64]:
    """Divide element by element; NaN where there is nothing to divide by."""
    ratio = np.full(part.shape, np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def _check_lengths(labels: NDArray[np.generic], guesses: NDArray[np.generic]) -> None:
    if labels.ndim != 1 or labels.shape != guesses.shape:
        raise ArgumentError(
            f"labels of shape {labels.shape} and predictions of shape {guesses.shape}",
            expected="one label and one prediction for each row",
            do="pass both in the order of the rows",
        )
