"""The metrics of the benchmarks, under one set of weights or under many at once."""

from collections.abc import Mapping
from typing import Protocol, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genept.benchmark.statistics.scorers import (
    Scorer,
    accuracy_scorer,
    auc_scorer,
    balanced_accuracy_scorer,
)
from genept.benchmark.statistics.weights import Weights, scored_by_blocks


class Metric(Protocol):
    """How the metrics are called: what is known, what was predicted, and how much each row counts."""

    @overload
    def __call__(self, known: ArrayLike, predicted: ArrayLike, /) -> float: ...
    @overload
    def __call__(
        self, known: ArrayLike, predicted: ArrayLike, /, weights: Weights
    ) -> NDArray[np.float64]: ...


@overload
def roc_auc(labels: ArrayLike, scores: ArrayLike, weights: None = None) -> float: ...
@overload
def roc_auc(labels: ArrayLike, scores: ArrayLike, weights: Weights) -> NDArray[np.float64]: ...
def roc_auc(
    labels: ArrayLike, scores: ArrayLike, weights: Weights | None = None
) -> float | NDArray[np.float64]:
    """Area under the ROC curve.

    The share of pairs of a positive and a negative row in which the positive has the higher score, a tie
    counting half, a pair counting the product of its weights. It equals scikit-learn's ``roc_auc_score``.

    Parameters
    ----------
    labels
        (n,) 0 (negative) or 1 (positive).
    scores
        (n,) finite; higher for what is more likely positive.
    weights
        (n,), or (B, n) for B resamples at once, zero or more; by default each row counts once.

    Returns
    -------
    float or numpy.ndarray
        A float without weights, else an array of the weights' shape without its last axis.
        NaN where a class has no weight.

    Raises
    ------
    ArgumentError
        If shapes differ, a label is neither 0 nor 1, a score isn't finite, or a weight is negative or not
        finite.

    References
    ----------
    Hanley & McNeil, Radiology 143:29 (1982): the area as a share of pairs.

    Examples
    --------
    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875
    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8], np.array([[1, 0, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]]))
    array([1.  , 0.75,  nan])
    """
    return _weighted(auc_scorer(labels, scores), labels, weights)


@overload
def accuracy(labels: ArrayLike, predicted: ArrayLike, weights: None = None) -> float: ...
@overload
def accuracy(labels: ArrayLike, predicted: ArrayLike, weights: Weights) -> NDArray[np.float64]: ...
def accuracy(
    labels: ArrayLike, predicted: ArrayLike, weights: Weights | None = None
) -> float | NDArray[np.float64]:
    """Share of the rows, by weight, whose class was predicted.

    Parameters
    ----------
    labels, predicted
        (n,) classes.
    weights
        (n,), or (B, n) for B resamples at once, zero or more; by default each row counts once.

    Returns
    -------
    float or numpy.ndarray
        A float without weights, else an array of the weights' shape without its last axis.
        NaN where no row has any weight.

    Raises
    ------
    ArgumentError
        If shapes differ, or a weight is negative or not finite.

    Examples
    --------
    >>> accuracy([0, 1, 2, 2], [0, 1, 2, 1])
    0.75
    """
    return _weighted(accuracy_scorer(labels, predicted), labels, weights)


@overload
def balanced_accuracy(labels: ArrayLike, predicted: ArrayLike, weights: None = None) -> float: ...
@overload
def balanced_accuracy(labels: ArrayLike, predicted: ArrayLike, weights: Weights) -> NDArray[np.float64]: ...
def balanced_accuracy(
    labels: ArrayLike, predicted: ArrayLike, weights: Weights | None = None
) -> float | NDArray[np.float64]:
    """Mean over the classes of the share of their rows, by weight, that was predicted.

    A class that has no weight is left out of the mean, as scikit-learn's ``balanced_accuracy_score`` does.

    Parameters
    ----------
    labels, predicted
        (n,) classes.
    weights
        (n,), or (B, n) for B resamples at once, zero or more; by default each row counts once.

    Returns
    -------
    float or numpy.ndarray
        A float without weights, else an array of the weights' shape without its last axis.
        NaN where no row has any weight.

    Raises
    ------
    ArgumentError
        If shapes differ, or a weight is negative or not finite.

    Examples
    --------
    >>> balanced_accuracy([0, 1, 1, 1], [0, 1, 1, 0], np.array([1, 1, 1, 2]))
    array(0.75)
    """
    return _weighted(balanced_accuracy_scorer(labels, predicted), labels, weights)


METRICS: Mapping[str, Metric] = {
    "roc_auc": roc_auc,
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
}


def _weighted(score: Scorer, labels: ArrayLike, weights: Weights | None) -> float | NDArray[np.float64]:
    n_rows = len(np.asarray(labels))
    if weights is None:
        return float(score(np.ones((1, n_rows)))[0])
    return scored_by_blocks(score, n_rows, np.asarray(weights))
