"""Cells of which nothing is known."""

import warnings

import numpy as np
from numpy.typing import NDArray

from genept.errors import GeneptWarning, ValuesError, name_some
from genept.tl.matrix import MeasuredCells


def refuse_empty_cells(measured: MeasuredCells) -> None:
    """Raise if a cell has no counts at all.

    Raises
    ------
    ValuesError
        Naming the first few of them.
    """
    empty = measured.expression.empty_cells()
    if empty.any():
        raise ValuesError(
            f"{int(empty.sum()):,} of {len(empty):,} cells without counts in {measured.genes.origin}: "
            f"{name_some(measured.cells[empty])}",
            expected="counts in every cell",
            do="drop these cells (in Python: scanpy.pp.filter_cells(adata, min_counts=1)), or give them "
            "zero vectors (in Python: empty_cells='zero', on the command line: --allow-empty-cells)",
        )


def warn_of_zero_vectors(vectors: NDArray[np.float32]) -> None:
    """Warn once if cells have a zero vector, saying how many."""
    zero: NDArray[np.bool_] = (vectors == 0).all(axis=1)
    if zero.any():
        warnings.warn(
            f"{int(zero.sum()):,} of {len(zero):,} cells have no counts in any gene that can be used; "
            "they get a zero vector",
            GeneptWarning,
            # 1 is here, 2 embed_cells, 3 whoever called it.
            stacklevel=3,
        )
