"""Finds the least value of the objective."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

from genept.benchmark.pairs.logistic import LogisticObjective
from genept.benchmark.pairs.whitening import WIDEST, Coordinates, Unwhitened, Whitened

Numbers = NDArray[np.float64]
# Steps with one matrix of second derivatives; twenty are usual.
STEPS = 50
# Steps that L-BFGS remembers. Without whitening, many save steps: on TF-IDF, 100 took a third of those that
# 10 took.
REMEMBERED = 100


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where a descent ended.

    Parameters
    ----------
    point
        (width + 1,) float64 array.
    value
        The objective there.
    n_iter
        Steps of L-BFGS.
    converged
        Whether the value is within the tolerance of the least one.
    """

    point: Numbers
    value: float
    n_iter: int
    converged: bool


def minimise(objective: LogisticObjective, start: Numbers, *, tolerance: float, max_iter: int) -> Optimum:
    """Descend from ``start`` by L-BFGS, in coordinates in which the objective curves alike in all directions.

    Parameters
    ----------
    objective
        What is to become small.
    start
        (width + 1,) point.
    tolerance
        How far the value may be above the least one, as a share of it; it is estimated by second
        derivatives.
    max_iter
        Steps at most.

    Returns
    -------
    Optimum

    References
    ----------
    Liu & Nocedal, Mathematical Programming 1989 (L-BFGS).
    """
    whiten = objective.operator.shape[1] <= WIDEST
    point, n_iter, before = start, 0, np.inf
    while True:
        value, gradient = objective(point)
        curvature = objective.curvatures().sum()
        coordinates: Coordinates = Whitened(objective) if whiten else Unwhitened(objective)
        descent = _Descent(objective, coordinates, point, value, tolerance)
        if descent.is_near(value, coordinates.of_gradient(gradient)):
            return Optimum(point, value, n_iter, converged=True)
        if n_iter >= max_iter or value >= before:
            return Optimum(point, value, n_iter, converged=False)
        before = value
        point, value, steps = descent.run(min(STEPS, max_iter - n_iter) if whiten else max_iter - n_iter)
        n_iter += steps
        # Where the objective curves much less than at the start, its second derivatives there say little.
        if descent.has_arrived and objective.curvatures().sum() > curvature / 2:
            return Optimum(point, value, n_iter, converged=True)


class _Descent:
    """One run of L-BFGS from a point, in units of the value there."""

    def __init__(
        self,
        objective: LogisticObjective,
        coordinates: Coordinates,
        start: Numbers,
        value: float,
        tolerance: float,
    ) -> None:
        self._objective, self._coordinates = objective, coordinates
        self._start, self._unit, self._tolerance = start, value, tolerance
        self.has_arrived = False

    def is_near(self, value: float, gradient: Numbers) -> bool:
        """Whether a Newton step would gain less than the tolerance; the gradient is in the coordinates."""
        return 0.5 * float(gradient @ gradient) <= self._tolerance * value

    def run(self, steps: int) -> tuple[Numbers, float, int]:
        """Give the last point, its value and the number of steps."""
        found = minimize(
            self._evaluate,
            np.zeros(len(self._start)),
            jac=True,
            method="L-BFGS-B",
            callback=self._stop,
            options={"maxiter": steps, "maxfun": 20 * steps, "maxcor": REMEMBERED, "ftol": 0.0, "gtol": 0.0},
        )
        return self._point(found.x), self._unit * float(found.fun), int(found.nit)

    def _point(self, whitened: Numbers) -> Numbers:
        return self._start + self._coordinates.to_point(np.sqrt(self._unit) * whitened)

    def _evaluate(self, whitened: Numbers) -> tuple[float, Numbers]:
        value, gradient = self._objective(self._point(whitened))
        gradient = self._coordinates.of_gradient(gradient)
        self.has_arrived = self.is_near(value, gradient)
        return value / self._unit, gradient / np.sqrt(self._unit)

    def _stop(self, intermediate_result: OptimizeResult) -> None:  # noqa: ARG002  # its name tells what is passed
        # The point that a step has come to is the one that was evaluated last.
        if self.has_arrived:
            raise StopIteration
