"""Rows of a matrix stored by columns: slow, since all of it is read for any of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.stream.reading.compressed import Compressed

STORED_AT_A_TIME = 1 << 22


@dataclass(frozen=True, eq=False)
class CscRows:
    """Rows of a stored CSC matrix, for a look at a few; ``by_rows`` is the way to read all of them."""

    stored: Compressed

    def pieces(self, n_stored: int) -> Iterator[NDArray[np.int64]]:
        """Cut the stored values into pieces of ``n_stored``, wherever columns end.

        Yields
        ------
        (n_genes + 1,) int64 array
            Where each column begins, and the last one ends, in this piece, as places among all stored values.
        """
        ends = self.stored.pointers.between(0, self.stored.n_lines)
        for start in range(0, self.stored.n_stored, n_stored):
            yield ends.clip(start, min(start + n_stored, self.stored.n_stored))

    def entries(self, piece: NDArray[np.int64]) -> tuple[NDArray[np.signedinteger], NDArray[Any]]:
        """Cells and values of a piece."""
        return self.stored.entries(piece, self._what(piece))

    def rows(self, start: int, stop: int) -> sparse.csr_matrix:
        """See ``Cells.rows``."""
        n_genes = self.stored.n_lines
        cells = [np.empty(0, dtype=np.int32)]
        genes = [np.empty(0, dtype=np.int32)]
        values = [np.empty(0, dtype=self.stored.dtype)]
        for piece in self.pieces(STORED_AT_A_TIME):
            all_cells, all_values = self.entries(piece)
            wanted = np.flatnonzero((start <= all_cells) & (all_cells < stop))
            cells.append(all_cells[wanted] - start)
            genes.append(np.repeat(np.arange(n_genes, dtype=np.int32), np.diff(piece))[wanted])
            values.append(all_values[wanted])
        return rows_of_columns(
            np.concatenate(cells), np.concatenate(genes), np.concatenate(values), (stop - start, n_genes)
        )

    def most_stored(self, n_rows: int) -> int:
        """See ``Cells.most_stored``."""
        n_blocks = -(-self.stored.width // n_rows)
        stored = np.zeros(n_blocks, dtype=np.int64)
        for piece in self.pieces(STORED_AT_A_TIME):
            stored += np.bincount(self.stored.places(piece, self._what(piece)) // n_rows, minlength=n_blocks)
        return int(stored.max(initial=0))

    def _what(self, piece: NDArray[np.int64]) -> str:
        filled = np.flatnonzero(np.diff(piece))
        return f"{self.stored.origin} of genes {filled[0]:,} to {filled[-1]:,}"


def rows_of_columns(
    cells: NDArray[np.integer], genes: NDArray[np.integer], values: NDArray[Any], shape: tuple[int, int]
) -> sparse.csr_matrix:
    """Turn entries in the order of their columns into CSR, each as it is: no duplicate is summed.

    Parameters
    ----------
    cells, genes, values
        Row, column and value of each entry; columns ascend.
    shape
        Cells and genes.
    """
    narrow = np.dtype(np.int32 if len(cells) <= np.iinfo(np.int32).max else np.int64)
    ends = np.append(0, np.cumsum(np.bincount(genes, minlength=shape[1]))).astype(narrow)
    columns: Any = (values, cells.astype(narrow, copy=False), ends)
    return sparse.csc_matrix(columns, shape=shape).tocsr()
