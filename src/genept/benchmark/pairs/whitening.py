"""Coordinates in which the objective curves alike in all directions."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.linalg.blas import dsyrk

from genept.benchmark.pairs.combine import slices
from genept.benchmark.pairs.logistic import LogisticObjective

Numbers = NDArray[np.float64]
# Above it, the matrix of second derivatives would take half a gigabyte and more.
WIDEST = 8192
# Pairs that stand for all in it, as a multiple of its width: twice as many cost twice as much, and save a
# tenth of the steps.
SAMPLED_TIMES_WIDTH = 4
ROWS_AT_A_TIME = 512
# What rounding may take away from the diagonal, by width: a direction in which nothing varies could end up
# below zero. A quarter of it was enough for numbers of 1e7 that were all alike.
ROUNDING = 1e-14


class Coordinates(Protocol):
    """A change u -> M u of coordinates, so that M^T H M is about the identity, H being second derivatives."""

    def to_point(self, whitened: Numbers) -> Numbers:
        """M u."""

    def of_gradient(self, gradient: Numbers) -> Numbers:
        """M^T g."""


class Whitened:
    """M = L^-T, where L L^T is the matrix of second derivatives by a sample of the pairs.

    Parameters
    ----------
    objective
        Was asked for the point at which to take second derivatives.
    """

    def __init__(self, objective: LogisticObjective) -> None:
        operator = objective.operator
        n, width = operator.shape
        curvatures = objective.curvatures()
        sample = np.arange(n)
        if n > SAMPLED_TIMES_WIDTH * width:
            sample, curvatures = _sample(curvatures, SAMPLED_TIMES_WIDTH * width)
        roots = np.sqrt(curvatures)
        hessian = np.zeros((width + 1, width + 1), order="F")
        for some in slices(len(sample), ROWS_AT_A_TIME):
            block = np.ones((some.stop - some.start, width + 1))
            rows = operator.rows(sample[some])
            block[:, :-1] = rows if isinstance(rows, np.ndarray) else rows.toarray()
            block *= roots[some, None]
            hessian = dsyrk(1.0, block.T, beta=1.0, c=hessian, lower=1, overwrite_c=1)
        diagonal = np.arange(width)
        hessian[diagonal, diagonal] += 1
        diagonal = np.arange(width + 1)
        hessian[diagonal, diagonal] *= 1 + ROUNDING * (width + 1)
        self._lower = cholesky(hessian, lower=True, overwrite_a=True, check_finite=False)

    def to_point(self, whitened: Numbers) -> Numbers:  # noqa: D102
        return np.asarray(solve_triangular(self._lower, whitened, lower=True, trans=1, check_finite=False))

    def of_gradient(self, gradient: Numbers) -> Numbers:  # noqa: D102
        return np.asarray(solve_triangular(self._lower, gradient, lower=True, check_finite=False))


class Unwhitened:
    """M is diagonal: it scales the intercept, where the pairs hold it less than the penalty the others.

    All directions then curve by 1 at least, so that half of the squared gradient bounds how far the
    objective is above its least value.

    Parameters
    ----------
    objective
        Was asked for the point at which to take second derivatives.
    """

    def __init__(self, objective: LogisticObjective) -> None:
        self._scale = np.ones(objective.operator.shape[1] + 1)
        self._scale[-1] = 1 / np.sqrt(min(1.0, objective.curvatures().sum()))

    def to_point(self, whitened: Numbers) -> Numbers:  # noqa: D102
        return self._scale * whitened

    of_gradient = to_point


def _sample(curvatures: Numbers, size: int) -> tuple[NDArray[np.intp], Numbers]:
    """Choose pairs as often as they curve, and what each stands for: where few pairs matter, it has those.

    Evenly spaced on the running total, so that nothing is drawn by chance (systematic sampling).
    """
    total = np.cumsum(curvatures)
    step = total[-1] / size
    chosen, times = np.unique(np.searchsorted(total, step * (np.arange(size) + 0.5)), return_counts=True)
    return chosen, step * times
