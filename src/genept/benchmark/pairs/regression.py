"""l2 logistic regression on pairs of genes."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.pairs.combine import Vectors
from genept.benchmark.pairs.features import pair_operator
from genept.benchmark.pairs.logistic import LogisticObjective
from genept.benchmark.pairs.minimise import minimise
from genept.benchmark.pairs.threads import one_thread
from genept.errors import ArgumentError, ValuesError

# A thousandth of what would show in a score: the objective within 1e-9 of its least value puts areas under
# the curve within about 1e-5 of those at the optimum.
TOLERANCE = 1e-9


class PairLogisticRegression:
    """l2 logistic regression on pairs of genes, with the optimum of scikit-learn's.

    It finds the least value of 0.5 ||w||^2 + C sum log(1 + exp(-y (x w + b))), where x are a pair's features
    and the intercept b isn't penalised, without a matrix of the pairs.

    Parameters
    ----------
    features
        What a pair is: see :func:`~genept.benchmark.pairs.pair_operator`. The sum, by default, as in the
        paper.
    C
        Weight of the pairs against the penalty; 1 as in scikit-learn.
    tolerance
        How far the objective may be above its least value, as a share of it.
    max_iter
        Steps at most. Some twenty are usual for vectors up to 8,192 wide, hundreds for wider ones.

    Attributes
    ----------
    coef_
        (width,) float64 array.
    intercept_
        A number.
    objective_
        The value that was reached.
    n_iter_
        Steps that were taken.
    converged_
        Whether the objective is within the tolerance; if not, use more steps or a smaller C.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods (gene-gene interactions).

    Examples
    --------
    >>> vectors = np.array([[1], [2], [-1], [-2]], dtype=np.float32)
    >>> pairs, labels = np.array([[0, 1], [1, 1], [2, 3], [3, 3]]), np.array([1, 1, 0, 0])
    >>> model = PairLogisticRegression().fit(vectors, pairs, labels)
    >>> model.converged_
    True
    >>> model.decision_function(vectors, pairs) > 0
    array([ True,  True, False, False])
    """

    coef_: NDArray[np.float64]
    intercept_: float
    objective_: float
    n_iter_: int
    converged_: bool

    def __init__(
        self, features: str = "sum", C: float = 1.0, *, tolerance: float = TOLERANCE, max_iter: int = 2000
    ) -> None:
        if not (0 < C < np.inf and 0 < tolerance < 1 and max_iter > 0):
            raise ArgumentError(
                f"C {C}, tolerance {tolerance}, max_iter {max_iter}",
                expected="finite numbers above 0, the tolerance below 1",
                do="leave them out, or choose C between 0.001 and 1000, say",
            )
        self.features, self.C, self.tolerance, self.max_iter = features, C, tolerance, max_iter

    def fit(
        self,
        vectors: Vectors,
        pairs: NDArray[np.integer],
        labels: NDArray[np.bool_] | NDArray[np.integer],
        *,
        start: "PairLogisticRegression | None" = None,
    ) -> Self:
        """Find the optimum.

        Parameters
        ----------
        vectors
            (n_genes, d) gene vectors, dense or csr.
        pairs
            (n, 2) rows of ``vectors``.
        labels
            (n,) array of 0 and 1, both of them.
        start
            A model fitted on the same features, for another C, say: steps begin at its optimum. The result
            is the same within the tolerance.

        Returns
        -------
        PairLogisticRegression
            This one.

        Raises
        ------
        UnknownNameError
            If there are no such features.
        ArgumentError
            If shapes don't fit, a row isn't among the genes or ``start`` is of another width.
        ValuesError
            If there are labels other than 0 and 1, or only one of them, or vectors that aren't finite.
        """
        operator = pair_operator(vectors, pairs, self.features)
        positive = _as_bool(labels, len(pairs))
        point = np.zeros(operator.shape[1] + 1)
        if start is not None:
            if len(start.coef_) != operator.shape[1]:
                raise ArgumentError(
                    f"a start with {len(start.coef_):,} coefficients",
                    expected=f"one fitted on the same features, of width {operator.shape[1]:,}",
                    do="leave it out, or fit it on the same vectors and features",
                )
            point = np.append(start.coef_, start.intercept_)
        with one_thread():
            optimum = minimise(
                LogisticObjective(operator, positive, self.C),
                point,
                tolerance=self.tolerance,
                max_iter=self.max_iter,
            )
        self.coef_, self.intercept_ = optimum.point[:-1], float(optimum.point[-1])
        self.objective_, self.n_iter_, self.converged_ = optimum.value, optimum.n_iter, optimum.converged
        return self

    def decision_function(self, vectors: Vectors, pairs: NDArray[np.integer]) -> NDArray[np.float64]:
        """Score pairs: above 0 where label 1 is likelier.

        Parameters
        ----------
        vectors, pairs
            As for :meth:`fit`; of the same width.

        Returns
        -------
        (n,) float64 array
            Logarithms of the odds.
        """
        operator = pair_operator(vectors, pairs, self.features)
        if operator.shape[1] != len(self.coef_):
            raise ArgumentError(
                f"features of width {operator.shape[1]:,}",
                expected=f"{len(self.coef_):,}, as when the model was fitted",
                do="pass vectors of the same dimensions",
            )
        with one_thread():
            return np.asarray(operator.matvec(self.coef_) + self.intercept_)


def _as_bool(labels: NDArray[np.bool_] | NDArray[np.integer], n_pairs: int) -> NDArray[np.bool_]:
    if labels.shape != (n_pairs,):
        raise ArgumentError(
            f"labels of shape {labels.shape} for {n_pairs:,} pairs",
            expected="one for each pair",
            do="pass labels in the order of the pairs",
        )
    found = np.unique(labels)
    if found.tolist() != [0, 1]:
        raise ValuesError(
            f"the labels {', '.join(map(str, found[:5])) or 'of no pairs'}",
            expected="0 and 1, both of them",
            do="choose pairs of two classes, and call them 0 and 1",
        )
    return labels.astype(bool)
