"""An l2 logistic regression of pairs of genes, at the cost of the genes."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from genept.benchmark.pairs.features import pair_operator
from genept.benchmark.representations import Vectors
from genept.errors import ArgumentError

# Relative to the objective; the optimum is then known to about 1e-9 of it.
_TOLERANCE = 1e-12
_GRADIENT = 1e-7


class PairLogisticRegression:
    """l2 logistic regression on features of pairs, with the objective of scikit-learn's.

    It minimises ``0.5 ||w||^2 + C sum(log(1 + exp(-y (x w + b))))`` over w and b, y being 1 and -1, by
    L-BFGS.

    Parameters
    ----------
    features
        How the features of a pair are made (:data:`genept.benchmark.pairs.FEATURES`); the sum is the paper's.
    C
        Inverse strength of the penalty.
    max_iter
        Steps at the most.

    Attributes
    ----------
    coef_
        (d,) or (2 d,) float64, w.
    intercept_
        b.
    objective_
        What is minimised, at the end.
    n_iter_
        Steps.
    converged_
        Whether it ended by itself.

    Examples
    --------
    >>> vectors = np.array([[1.0], [0.5], [-1.0]], dtype=np.float32)
    >>> model = PairLogisticRegression().fit(vectors, np.array([[0, 1], [0, 2], [2, 2]]), np.array([1, 1, 0]))
    >>> model.decision_function(vectors, np.array([[0, 0], [1, 2]])).round(1)
    array([ 2.1, -0. ])
    """

    def __init__(self, features: str = "sum", C: float = 1.0, *, max_iter: int = 5000) -> None:
        self.features = features
        self.C = C
        self.max_iter = max_iter

    def fit(
        self,
        vectors: Vectors,
        pairs: NDArray[np.intp],
        labels: NDArray[np.intp],
        *,
        start: "PairLogisticRegression | None" = None,
    ) -> Self:
        """Fit on labelled pairs.

        Parameters
        ----------
        vectors
            (n_genes, d) array.
        pairs
            (n, 2) rows of the two genes of each pair.
        labels
            (n,) 1 or 0.
        start
            One fitted on the same features, with another C, to start from.

        Raises
        ------
        ArgumentError
            If there is only one class, or the pairs mean nothing.
        """
        if len(labels) != len(pairs) or set(np.unique(labels).tolist()) != {0, 1}:
            raise ArgumentError(
                f"{len(labels):,} labels {np.unique(labels).tolist()} for {len(pairs):,} pairs",
                expected="1 or 0 for each pair, and both of them",
                do="give pairs of both kinds",
            )
        operator = pair_operator(vectors, pairs, self.features)
        sign = np.where(labels == 1, 1.0, -1.0)
        width = operator.shape[1]

        def objective(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            weights, intercept = point[:width], point[width]
            margin = sign * (operator.matvec(weights) + intercept)
            errors = -sign * expit(-margin)
            value = 0.5 * weights @ weights + self.C * np.logaddexp(0, -margin).sum()
            gradient = np.append(weights + self.C * operator.rmatvec(errors), self.C * errors.sum())
            # Divided, so that the tolerances mean the same whatever C and the number of pairs.
            return value / scale, gradient / scale

        scale = self.C * len(pairs)
        begin = np.zeros(width + 1) if start is None else np.append(start.coef_, start.intercept_)
        found = minimize(
            objective,
            begin,
            jac=True,
            method="L-BFGS-B",
            options={
                "maxiter": self.max_iter,
                "maxfun": 2 * self.max_iter,
                "ftol": _TOLERANCE,
                "gtol": _GRADIENT,
            },
        )
        self.coef_: NDArray[np.float64] = found.x[:width]
        self.intercept_ = float(found.x[width])
        self.objective_ = float(found.fun * scale)
        self.n_iter_ = int(found.nit)
        self.converged_ = bool(found.success)
        return self

    def decision_function(self, vectors: Vectors, pairs: NDArray[np.intp]) -> NDArray[np.float64]:
        """(n,) log-odds of label 1.

        Parameters
        ----------
        vectors, pairs
            As for :meth:`fit`.
        """
        operator = pair_operator(vectors, pairs, self.features)
        return np.asarray(operator.matvec(self.coef_) + self.intercept_)
