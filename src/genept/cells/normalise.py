"""Weights of genes in a cell: counts scaled to 10,000 per cell over all measured genes, then log(1 + x)."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.cells.expression import Kind

TARGET_SUM = 10_000.0


def log_weights(block: sparse.csr_matrix, kind: Kind) -> sparse.csr_matrix:
    """Log-normalised values of a block, in place; values that have been through it stay as they are.

    Parameters
    ----------
    block
        (rows, all measured genes) float32 CSR.
    kind
        What the values are.

    Returns
    -------
    csr_matrix
        ``block`` itself. A row without counts stays without.

    References
    ----------
    Chen & Zou 2024, Methods; as ``scanpy.pp.normalize_total(target_sum=1e4)`` and ``scanpy.pp.log1p``.
    """
    if kind == "counts":
        library_size = per_row_sum(block, block.data)
        scale = np.divide(TARGET_SUM, library_size, out=np.zeros_like(library_size), where=library_size > 0)
        block.data = np.log1p(block.data * np.repeat(scale, np.diff(block.indptr))).astype(np.float32)
    return block


def linear_values(block: sparse.csr_matrix, log_base: float) -> NDArray[np.float64]:
    """Return stored logarithms as values in proportion to counts within each cell, (nnz,) float64."""
    return np.asarray(np.expm1(block.data.astype(np.float64) * math.log(log_base)))


def per_row_sum(block: sparse.csr_matrix, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Sum of (nnz,) ``values`` over each row of ``block``, float64; 0 for an empty row."""
    rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    return np.bincount(rows, weights=values, minlength=block.shape[0]).astype(np.float64, copy=False)
