"""What a classifier is told about a pair of genes: a matrix of it, or the products with one."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.benchmark.pairs.checks import check_pairs
from genept.benchmark.pairs.combine import FEATURES, LINEAR, Vectors, blocks, combine
from genept.benchmark.pairs.operators import BlockPairs, LinearPairs, PairOperator

__all__ = ["FEATURES", "pair_matrix", "pair_operator"]


def pair_operator(vectors: Vectors, pairs: NDArray[np.integer], features: str = "sum") -> PairOperator:
    """Products with the matrix of the pairs' features, which is never made.

    The sum, the mean and the concatenation are linear in the vectors: with P the pair-incidence matrix and
    E the vectors, (P E) w = P (E w), so a product costs as much as one with the genes that occur in the
    pairs. For the product and the absolute difference, blocks of pairs are made, used and dropped.

    Parameters
    ----------
    vectors
        (n_genes, d) gene vectors, dense or sparse.
    pairs
        (n, 2) rows of ``vectors``; a pair may occur several times, and a gene with itself.
    features
        ``sum`` (the paper's), ``mean``, ``product`` (value by value), ``concatenation`` or
        ``absolute_difference``. The concatenation is the first gene's vector, then the second's, as the
        pair is given: it alone is not the same for (a, b) and (b, a).

    Returns
    -------
    PairOperator
        A float64 ``LinearOperator`` of shape (n, d), or (n, 2 d) for the concatenation.

    Raises
    ------
    UnknownNameError
        If there are no such features.
    ArgumentError
        If shapes are wrong or a row isn't among the genes.
    ValuesError
        If a vector of a gene in the pairs isn't finite.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [0, 2], [3, 3]], dtype=np.float32)
    >>> operator = pair_operator(vectors, np.array([[0, 1], [1, 2]]), "sum")
    >>> operator @ np.array([1.0, 10.0])
    array([21., 53.])
    >>> operator.rmatvec(np.array([1.0, 1.0]))
    array([4., 7.])
    """
    check_pairs(vectors, pairs, features)
    operator = LinearPairs if features in LINEAR else BlockPairs
    return operator(vectors, pairs, features)


def pair_matrix(vectors: Vectors, pairs: NDArray[np.integer], features: str = "sum") -> NDArray[np.float32]:
    """Make the matrix of the pairs' features, for classifiers that need it, such as random forests.

    Parameters
    ----------
    vectors, pairs, features
        As for :func:`pair_operator`.

    Returns
    -------
    (n, d) float32 array, (n, 2 d) for the concatenation
        One row for each pair; dense for sparse vectors, too.

    Raises
    ------
    UnknownNameError, ArgumentError, ValuesError
        As :func:`pair_operator`.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [0, 2], [3, 3]], dtype=np.float32)
    >>> pair_matrix(vectors, np.array([[0, 1], [1, 2]]), "absolute_difference")
    array([[1., 2.],
           [3., 1.]], dtype=float32)
    """
    check_pairs(vectors, pairs, features)
    width = vectors.shape[1] * (2 if features == "concatenation" else 1)
    out = np.empty((len(pairs), width), dtype=np.float32)
    for some in blocks(vectors, len(pairs)):
        first, second = (vectors[pairs[some, side]].astype(np.float32) for side in (0, 1))
        block = combine(first, second, features)
        out[some] = block.toarray() if isinstance(block, sparse.csr_array) else block
    return out
