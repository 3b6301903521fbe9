"""The objective of l2 logistic regression on pairs."""

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.pairs.operators import PairOperator

Numbers = NDArray[np.float64]
# Of a pair that is decided as good as surely; the intercept is held by the pairs alone.
LEAST_CURVATURE = 1e-12


class LogisticObjective:
    """0.5 ||w||^2 + C sum log(1 + exp(-y (x w + b))), as scikit-learn's: the intercept b isn't penalised.

    A point is w followed by b.

    Parameters
    ----------
    operator
        The pairs' features.
    labels
        (n,) bool array.
    C
        Weight of the pairs against the penalty.
    """

    def __init__(self, operator: PairOperator, labels: NDArray[np.bool_], C: float) -> None:
        self.operator = operator
        self.C = C
        self._signs = np.where(labels, 1.0, -1.0)
        # How likely each pair's other label is, at the point that was asked for last.
        self._wrong = np.empty(len(labels))
        self._loss = 0.0

    def __call__(self, point: Numbers) -> tuple[float, Numbers]:
        """Value and gradient."""
        weights, intercept = point[:-1], point[-1]
        self._loss = 0.0
        gradient = np.empty(len(point))
        gradient[:-1] = self.operator.through(
            weights, lambda some, scores: self._residuals(some, scores + intercept)
        )
        gradient[-1] = -(self._signs @ self._wrong)
        gradient *= self.C
        gradient[:-1] += weights
        return 0.5 * float(weights @ weights) + self.C * self._loss, gradient

    def _residuals(self, some: slice, scores: Numbers) -> Numbers:
        margins = self._signs[some] * scores
        # Never the exponential of a positive number, which might be infinite.
        small = np.exp(-np.abs(margins))
        self._loss += float(np.sum(np.log1p(small) + np.maximum(-margins, 0)))
        wrong = np.where(margins > 0, small, 1.0) / (1 + small)
        self._wrong[some] = wrong
        return np.asarray(-self._signs[some] * wrong)

    def curvatures(self) -> Numbers:
        """Second derivative of C times each pair's loss by its score, at the last point: (n,), above 0."""
        return np.asarray(self.C * np.maximum(self._wrong * (1 - self._wrong), LEAST_CURVATURE))
