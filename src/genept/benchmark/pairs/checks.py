"""Refuses pairs, vectors and features that mean nothing."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.benchmark.pairs.combine import FEATURES, Vectors, blocks, genes_in
from genept.errors import ArgumentError, UnknownNameError, ValuesError, name_some


def check_pairs(vectors: Vectors, pairs: NDArray[np.integer], features: str) -> None:
    """Refuse what :func:`~genept.benchmark.pairs.pair_operator` says it refuses."""
    if features not in FEATURES:
        raise UnknownNameError(
            f"features {features!r}", expected=f"one of {', '.join(FEATURES)}", do="choose one of these"
        )
    # Of a csr_matrix, * is another product than of a csr_array.
    is_array = isinstance(vectors, (np.ndarray, sparse.csr_array))
    if not is_array or vectors.ndim != 2 or not np.issubdtype(vectors.dtype, np.floating):
        raise ArgumentError(
            f"vectors that are a {type(vectors).__name__} of shape {np.shape(vectors)}",
            expected="a (genes x dimensions) array of floats, or a csr_array",
            do="pass the vectors of the genes, a row for each",
        )
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        raise ArgumentError(
            f"pairs of shape {pairs.shape} and type {pairs.dtype}",
            expected="an (n, 2) array of integers",
            do="pass the rows of both genes of each pair",
        )
    outside = np.unique(pairs[(pairs < 0) | (pairs >= vectors.shape[0])])
    if len(outside):
        raise ArgumentError(
            f"pairs of the rows {name_some(map(str, outside))}, among {vectors.shape[0]:,} genes",
            expected="rows of genes that have a vector",
            do="leave pairs out of which a gene has none",
        )
    _check_finite(vectors, genes_in(pairs, vectors.shape[0]))


def _check_finite(vectors: Vectors, genes: NDArray[np.intp]) -> None:
    bad: list[int] = []
    for some in blocks(vectors, len(genes)):
        rows = vectors[genes[some]]
        if not np.isfinite(rows.data if isinstance(rows, sparse.csr_array) else rows).all():
            dense = rows.toarray() if isinstance(rows, sparse.csr_array) else rows
            bad.extend(genes[some][~np.isfinite(dense).all(axis=1)].tolist())
    if bad:
        raise ValuesError(
            f"a value that isn't finite in the vectors of the rows {name_some(map(str, bad))}",
            expected="finite vectors of all genes in the pairs",
            do="leave pairs of these genes out",
        )
