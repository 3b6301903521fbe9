"""Features of pairs of genes, made of two vectors."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from genept.benchmark.representations import Vectors
from genept.errors import ArgumentError

# Entries of a block of features; a few tens of megabytes.
_BLOCK = 1 << 22

# Where features are linear in the two vectors: their weights.
_LINEAR = {"sum": (1.0, 1.0), "mean": (0.5, 0.5)}
_BY_PAIR: dict[str, Callable[[Any, Any], Any]] = {
    "product": lambda one, other: one * other,
    "absolute_difference": lambda one, other: abs(one - other),
}
CONCATENATION = "concatenation"
FEATURES = ("sum", "mean", "product", CONCATENATION, "absolute_difference")


def pair_operator(vectors: Vectors, pairs: NDArray[np.intp], features: str) -> LinearOperator:
    """Make the matrix of features as an operator, without its rows where that can be.

    With P the (n_pairs x n_genes) incidence matrix and E the vectors, sums are P E, and (P E) w = P (E w): a
    product by the genes, not by the pairs, in time and memory. The mean and the concatenation go likewise.
    Products and differences aren't linear in E: their rows are made block by block, each time anew.

    Parameters
    ----------
    vectors
        (n_genes, d) array.
    pairs
        (n, 2) rows of the two genes of each pair.
    features
        One of :data:`FEATURES`. ``"concatenation"`` is of the two in the order given, so that (a, b) and
        (b, a) differ; the others are symmetric.

    Returns
    -------
    LinearOperator
        (n, d), of the concatenation (n, 2 d), float64.

    Raises
    ------
    ArgumentError
        If there is no such way, or a row is out of range.
    """
    _check(vectors, pairs, features)
    if features in _BY_PAIR:
        return _blockwise(vectors, pairs, features)
    genes, position = np.unique(pairs, return_inverse=True)
    own = vectors[genes].astype(np.float64)
    # Products with the transpose of a CSR matrix would go by columns.
    transposed = own.T.tocsr() if sparse.issparse(own) else own.T
    position = position.reshape(pairs.shape)
    if features == CONCATENATION:
        sides = [_incidence(position[:, [side]], (1.0,), len(genes)) for side in (0, 1)]
    else:
        sides = [_incidence(position, _LINEAR[features], len(genes))]
    back = [side.T.tocsr() for side in sides]
    d = own.shape[1]

    def times(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        parts = weights.reshape(len(sides), d)
        return sum(side @ (own @ part) for side, part in zip(sides, parts, strict=True))

    def transposed_times(errors: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate([transposed @ (side @ errors.ravel()) for side in back])

    shape = (len(pairs), d * len(sides))
    return LinearOperator(shape, matvec=times, rmatvec=transposed_times, dtype=np.float64)


def pair_matrix(vectors: Vectors, pairs: NDArray[np.intp], features: str) -> Vectors:
    """Make the features of all pairs, for classifiers that need them at once.

    Parameters
    ----------
    vectors, pairs, features
        As for :func:`pair_operator`.

    Returns
    -------
    (n, d) or (n, 2 d) array
        Of the type of ``vectors``.

    Raises
    ------
    ArgumentError
        As :func:`pair_operator`.

    Examples
    --------
    >>> pair_matrix(np.eye(2, dtype=np.float32), np.array([[0, 1], [1, 1]]), "sum")
    array([[1., 1.],
           [0., 2.]], dtype=float32)
    """
    _check(vectors, pairs, features)
    one, other = vectors[pairs[:, 0]], vectors[pairs[:, 1]]
    if features == CONCATENATION:
        return (
            sparse.csr_array(sparse.hstack([one, other])) if sparse.issparse(one) else np.hstack([one, other])
        )
    if features in _BY_PAIR:
        made = _BY_PAIR[features](one, other)
        return sparse.csr_array(made) if sparse.issparse(made) else made
    first, second = (np.float32(weight) for weight in _LINEAR[features])
    return one * first + other * second


def _incidence(position: NDArray[np.intp], weights: tuple[float, ...], n_genes: int) -> sparse.csr_array:
    n, width = position.shape
    values = np.tile(np.array(weights), n)
    starts = np.arange(0, n * width + 1, width)
    return sparse.csr_array((values, position.ravel(), starts), shape=(n, n_genes))


def _blockwise(vectors: Vectors, pairs: NDArray[np.intp], features: str) -> LinearOperator:
    d = vectors.shape[1]
    size = max(1, _BLOCK // d)

    def blocks() -> Iterator[tuple[slice, Any]]:
        for start in range(0, len(pairs), size):
            rows = slice(start, min(start + size, len(pairs)))
            made = pair_matrix(vectors, pairs[rows], features)
            yield rows, made.astype(np.float64)

    def times(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        result = np.empty(len(pairs))
        for rows, block in blocks():
            result[rows] = block @ weights.ravel()
        return result

    def transposed_times(errors: NDArray[np.float64]) -> NDArray[np.float64]:
        result = np.zeros(d)
        for rows, block in blocks():
            result += block.T @ errors.ravel()[rows]
        return result

    return LinearOperator((len(pairs), d), matvec=times, rmatvec=transposed_times, dtype=np.float64)


def _check(vectors: Vectors, pairs: NDArray[np.intp], features: str) -> None:
    if features not in FEATURES:
        raise ArgumentError(
            f"features {features!r} of pairs", expected=f"one of {', '.join(FEATURES)}", do="choose one"
        )
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not len(pairs):
        raise ArgumentError(
            f"pairs of shape {pairs.shape}", expected="two rows of genes for each pair", do="pass (n, 2) rows"
        )
    if pairs.min() < 0 or pairs.max() >= vectors.shape[0]:
        raise ArgumentError(
            f"rows from {pairs.min()} to {pairs.max()} of {vectors.shape[0]:,} genes",
            expected="rows that are there",
            do="pass positions in the vectors, from 0 on",
        )
