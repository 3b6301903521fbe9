"""How the vectors of two genes make the features of a pair."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# Dense or sparse vectors of genes, or features of pairs.
Vectors = NDArray[np.floating] | sparse.csr_array
# sum is the paper's.
FEATURES = ("sum", "mean", "product", "concatenation", "absolute_difference")
# Those for which (P E) w = P (E w), P being the incidence of pairs and genes, E the vectors.
LINEAR = ("sum", "mean", "concatenation")
# Numbers in a block of rows: 0.5 MB of float64, which the cache of one core holds. With blocks of 2 MB
# products took 1.4 times as long, and with 64 KB 1.6 times.
NUMBERS_AT_A_TIME = 1 << 16


def combine(first: Any, second: Any, features: str) -> Any:
    """Features of pairs from the vectors of their first and of their second genes.

    Parameters
    ----------
    first, second
        (n, d) arrays of one kind, dense or csr.
    features
        One of ``FEATURES``.

    Returns
    -------
    (n, d) array, (n, 2 d) for the concatenation
        Of the same kind.
    """
    match features:
        case "sum":
            return first + second
        case "mean":
            return (first + second) * first.dtype.type(0.5)
        case "product":
            return first * second
        case "concatenation":
            sides: list[Any] = [first, second]
            return sparse.hstack(sides, format="csr") if sparse.issparse(first) else np.hstack(sides)
        case _:
            return abs(first - second)


def slices(n: int, at_a_time: int) -> list[slice]:
    """Cut n rows into slices, the last one shorter."""
    return [slice(start, min(start + at_a_time, n)) for start in range(0, n, at_a_time)]


def blocks(vectors: Vectors, n: int) -> list[slice]:
    """Cut n rows as wide as ``vectors`` into blocks that a core's cache holds."""
    row = vectors.shape[1] if isinstance(vectors, np.ndarray) else vectors.nnz / max(1, vectors.shape[0])
    return slices(n, max(1, int(NUMBERS_AT_A_TIME / max(1.0, row))))


def genes_in(pairs: NDArray[np.integer], n_genes: int) -> NDArray[np.intp]:
    """Rows of the genes that occur in the pairs, ascending."""
    occurs = np.zeros(n_genes, dtype=bool)
    occurs[pairs] = True
    return np.flatnonzero(occurs)
