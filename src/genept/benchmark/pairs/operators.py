"""Products with the features of pairs, in memory that doesn't grow with pairs x dimensions."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from genept.benchmark.pairs.combine import Vectors, blocks, combine, genes_in, slices

Numbers = NDArray[np.float64]
# What is to be made of the scores of some pairs.
OfScores = Callable[[slice, Numbers], Numbers]
# Pairs whose scores are looked at together: their temporary arrays stay in the cache.
PAIRS_AT_A_TIME = 1 << 13


class PairOperator(LinearOperator, ABC):
    """The (n, width) float64 matrix X of the pairs' features, for products only.

    Made by :func:`~genept.benchmark.pairs.pair_operator`.

    Parameters
    ----------
    vectors
        (n_genes, d) gene vectors.
    pairs
        (n, 2) rows of ``vectors``.
    features
        One of ``FEATURES``.
    """

    def __init__(self, vectors: Vectors, pairs: NDArray[np.integer], features: str) -> None:
        super().__init__(  # type: ignore[call-arg]  # its types know only operators made of functions
            np.dtype(np.float64), (len(pairs), vectors.shape[1] * (2 if features == "concatenation" else 1))
        )
        self.features = features
        self.vectors = vectors
        self.first, self.second = (np.ascontiguousarray(side, dtype=np.intp) for side in pairs.T)

    def rows(self, which: slice | NDArray[np.intp]) -> Any:
        """Make the features of some pairs, float64, dense or csr as the vectors are."""
        first, second = (self.vectors[side[which]].astype(np.float64) for side in (self.first, self.second))
        return combine(first, second, self.features)

    @abstractmethod
    def through(self, weights: Numbers, of_scores: OfScores) -> Numbers:
        """X^T f(X w), where f goes row by row: the features are made once, not twice.

        Parameters
        ----------
        weights
            (width,) w.
        of_scores
            Gets a slice of the pairs and their (m,) scores X w, returns (m,) numbers.

        Returns
        -------
        (width,) float64 array
        """


class LinearPairs(PairOperator):
    """Sum, mean and concatenation, by products with the genes that occur in the pairs."""

    def __init__(self, vectors: Vectors, pairs: NDArray[np.integer], features: str) -> None:
        super().__init__(vectors, pairs, features)
        self._genes = genes_in(pairs, vectors.shape[0])
        # Sparse vectors are small: those that occur are kept as float64.
        self._sparse = vectors[self._genes].astype(np.float64) if sparse.issparse(vectors) else None
        self._scale = 0.5 if features == "mean" else 1.0
        self._sides = 2 if features == "concatenation" else 1

    def _gene_blocks(self) -> Iterator[tuple[slice, Any]]:
        if self._sparse is not None:
            yield slice(0, len(self._genes)), self._sparse
            return
        for some in blocks(self.vectors, len(self._genes)):
            yield some, self.vectors[self._genes[some]].astype(np.float64)

    def _gene_scores(self, weights: Numbers) -> Numbers:
        """Score each gene as first and as second of a pair: (sides, n_genes)."""
        sides = self._scale * weights.reshape(self._sides, -1)
        scores = np.zeros((self._sides, self.vectors.shape[0]))
        for some, vectors in self._gene_blocks():
            scores[:, self._genes[some]] = (vectors @ sides.T).T
        return scores

    def _scores(self, of_genes: Numbers, some: slice) -> Numbers:
        return np.asarray(of_genes[0][self.first[some]] + of_genes[-1][self.second[some]])

    def _matvec(self, weights: Numbers) -> Numbers:
        return self._scores(self._gene_scores(np.ravel(weights)), slice(None))

    def _rmatvec(self, residuals: Numbers) -> Numbers:
        n_genes = self.vectors.shape[0]
        residuals = np.ravel(residuals)
        sides = [np.bincount(side, residuals, n_genes) for side in (self.first, self.second)]
        of_genes = np.stack(sides if self._sides == 2 else [sides[0] + sides[1]])[:, self._genes]
        out = np.zeros((self._sides, self.vectors.shape[1]))
        for some, vectors in self._gene_blocks():
            out += (vectors.T @ of_genes[:, some].T).T
        return self._scale * out.ravel()

    def through(self, weights: Numbers, of_scores: OfScores) -> Numbers:  # noqa: D102
        of_genes = self._gene_scores(weights)
        residuals = np.empty(len(self.first))
        for some in slices(len(residuals), PAIRS_AT_A_TIME):
            residuals[some] = of_scores(some, self._scores(of_genes, some))
        return self._rmatvec(residuals)


class BlockPairs(PairOperator):
    """Product and absolute difference, by blocks of pairs that are made, used and dropped."""

    def _blocks(self) -> Iterator[tuple[slice, Any]]:
        for some in blocks(self.vectors, len(self.first)):
            yield some, self.rows(some)

    def _matvec(self, weights: Numbers) -> Numbers:
        scores = np.empty(len(self.first))
        for some, block in self._blocks():
            scores[some] = block @ np.ravel(weights)
        return scores

    def _rmatvec(self, residuals: Numbers) -> Numbers:
        out = np.zeros(self.shape[1])
        for some, block in self._blocks():
            out += block.T @ np.ravel(residuals)[some]
        return out

    def through(self, weights: Numbers, of_scores: OfScores) -> Numbers:  # noqa: D102
        out = np.zeros(self.shape[1])
        for some, block in self._blocks():
            out += block.T @ of_scores(some, block @ weights)
        return out
