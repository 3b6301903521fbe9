"""Counts added up: by gene over cells, and by cell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.cells.expression import Kind
from genept.cells.normalise import linear_values, per_row_sum


@dataclass(frozen=True, eq=False)
class BlockTally:
    """What a block of cells holds.

    Parameters
    ----------
    by_gene
        (n_genes,) float64, counts of each measured gene, added up over the cells.
    by_cell
        (n_cells, 2) float64: all counts of a cell, and those in covered genes.
    """

    by_gene: NDArray[np.float64]
    by_cell: NDArray[np.float64]

    @classmethod
    def empty(cls, n_cells: int, n_genes: int) -> "BlockTally":
        """Make one in which nothing is counted yet."""
        return cls(np.zeros(n_genes), np.zeros((n_cells, 2)))

    @classmethod
    def joined(cls, parts: Sequence["BlockTally"]) -> "BlockTally":
        """Join those of blocks that follow one another."""
        return cls(
            np.sum([part.by_gene for part in parts], axis=0), np.concatenate([part.by_cell for part in parts])
        )

    @property
    def coverage(self) -> NDArray[np.float32]:
        """(n_cells,) share of each cell's counts that lies in covered genes; 0 for a cell without counts."""
        everything, found = self.by_cell.T
        share = np.divide(found, everything, out=np.zeros_like(everything), where=everything > 0)
        return np.asarray(share, dtype=np.float32)

    @property
    def empty_cells(self) -> NDArray[np.bool_]:
        """(n_cells,) bool: cells without counts."""
        return np.asarray(self.by_cell[:, 0] == 0)


def count(block: sparse.csr_matrix, covered: NDArray[np.bool_], *, kind: Kind, log_base: float) -> BlockTally:
    """Add up the counts of a block, where (n_genes,) ``covered`` says which genes can be used."""
    counts = block.data if kind == "counts" else linear_values(block, log_base)
    return BlockTally(
        by_gene=np.bincount(block.indices, counts, block.shape[1]).astype(np.float64, copy=False),
        by_cell=np.column_stack(
            [per_row_sum(block, counts), per_row_sum(block, counts * covered[block.indices])]
        ),
    )
