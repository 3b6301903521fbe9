"""How the values of a matrix stored by columns are laid out anew, in buckets of neighbouring cells.

One pass over the columns, a piece of stored values at a time, sorts each piece by bucket. Four files grow
by one sequential write each: ``cells.bin`` (which cell of its bucket), ``genes.bin`` and ``values.bin`` have
one item for every stored value; ``begins.bin`` says where each bucket begins in each piece. A bucket is then
what the pieces hold of it, which is little enough to be sorted in memory.
"""

from dataclasses import dataclass

import numpy as np

# Sorting a bucket is quickest while its rows are few: their ends stay in the processor's cache
# (20 ns a value up to 4,096 rows, more than 50 above).
CELLS_IN_A_BUCKET = 2048
# Each bucket costs a place in every piece: few of them, unless memory asks for more.
MOST_BUCKETS = 4096
# What a stored value takes while it is sorted, generously: 34 to 50 bytes, by its type and that of indices.
BYTES_A_VALUE = 64
LARGEST_PIECE = 1 << 27
BEGINS_TYPE = np.dtype(np.uint32)


@dataclass(frozen=True)
class BucketLayout:
    """Sizes of what is in the four files.

    Parameters
    ----------
    n_cells, n_genes, n_stored
        Of the matrix.
    value_type
        NumPy's name for the type of values, such as ``"float32"``.
    bucket_cells
        Cells in a bucket, a power of two.
    piece_length
        Stored values in a piece.
    """

    n_cells: int
    n_genes: int
    n_stored: int
    value_type: str
    bucket_cells: int
    piece_length: int

    @classmethod
    def within(
        cls, memory: int, *, shape: tuple[int, int], n_stored: int, dtype: np.dtype[np.generic]
    ) -> "BucketLayout":
        """Choose sizes so that a piece, or a bucket of average cells, is sorted within ``memory`` bytes."""
        at_once = min(max(memory // BYTES_A_VALUE, 1), LARGEST_PIECE)
        cells_at_once = at_once * shape[0] // max(n_stored, 1)
        cells = max(1, min(max(CELLS_IN_A_BUCKET, shape[0] // MOST_BUCKETS), cells_at_once))
        return cls(*shape, n_stored, dtype.name, 1 << (cells.bit_length() - 1), at_once)

    @property
    def n_buckets(self) -> int:
        """Buckets, the last of which may hold fewer cells."""
        return -(-self.n_cells // self.bucket_cells)

    @property
    def n_pieces(self) -> int:
        """Pieces, the last of which may be shorter."""
        return -(-self.n_stored // self.piece_length)

    @property
    def types(self) -> dict[str, np.dtype[np.generic]]:
        """Types of the items in ``cells.bin``, ``genes.bin`` and ``values.bin``, as narrow as can be."""
        return {
            "cells": np.min_scalar_type(self.bucket_cells - 1),
            "genes": np.min_scalar_type(max(self.n_genes - 1, 0)),
            "values": np.dtype(self.value_type),
        }

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of the four files."""
        sizes = {name: self.n_stored * dtype.itemsize for name, dtype in self.types.items()}
        return {**sizes, "begins": self.n_pieces * (self.n_buckets + 1) * BEGINS_TYPE.itemsize}
