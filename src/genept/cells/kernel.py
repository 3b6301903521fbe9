"""The product of GenePT-w: log-normalisation, weights, product and norm over blocks of cells."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.cells.expression import Kind
from genept.cells.normalise import TARGET_SUM, linear_values, log_weights
from genept.cells.tally import BlockTally, count
from genept.genes import GeneMatch

# Cells that pass over a tile of the gene vectors while it is in the cache; their sums are a few megabytes.
ROWS_AT_A_TIME = 512

Engine = Literal["compiled", "scipy"]


def default_threads() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default_engine() -> Engine:
    """Compiled loops where Numba is there; SciPy's product, which is about ten times slower, elsewhere."""
    return "compiled" if find_spec("numba") else "scipy"


@dataclass(frozen=True, eq=False)
class WeightedProduct:
    """GenePT-w of blocks of cells.

    Every cell is summed by itself, in the order of its genes, so that its vector depends neither on the other
    cells of its block nor on the number of threads.

    Parameters
    ----------
    vectors
        (k, d) float32 vectors of the covered genes, in the order of their columns.
    columns
        (k,) their columns, ascending.
    n_genes
        Measured genes.
    kind, log_base
        What the values are, as in :class:`genept.cells.Expression`.
    engine
        Whose loops: ``"compiled"`` or, as a fallback and to check them, ``"scipy"``.
    n_threads
        Threads; by default as many as processors.

    Examples
    --------
    >>> product = WeightedProduct(np.eye(2, dtype=np.float32), np.array([0, 2]), 3, "log_normalised")
    >>> product(sparse.csr_matrix(np.array([[3, 9, 4]], dtype=np.float32)))[0]
    array([[0.6, 0.8]], dtype=float32)
    """

    vectors: NDArray[np.float32]
    columns: NDArray[np.intp]
    n_genes: int
    kind: Kind
    log_base: float = math.e
    engine: Engine = "compiled"
    n_threads: int | None = None

    @classmethod
    def of(
        cls,
        match: GeneMatch,
        vectors: NDArray[np.float32],
        *,
        kind: Kind,
        log_base: float,
        n_threads: int | None = None,
    ) -> "WeightedProduct":
        """Make the product for measured genes and (n, d) gene vectors."""
        return cls(
            vectors[match.rows],
            match.columns,
            len(match.names),
            kind,
            log_base,
            default_engine(),
            n_threads,
        )

    def __getstate__(self) -> dict[str, Any]:
        # What is made on first use is made again elsewhere: half the size to send, and aligned there.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def width(self) -> int:
        """Dimensions of the vectors."""
        return int(self.vectors.shape[1])

    def __call__(self, block: sparse.csr_matrix) -> tuple[NDArray[np.float32], BlockTally]:
        """Embed the cells of a block.

        Parameters
        ----------
        block
            (rows, all measured genes) float32 CSR, canonical (:func:`genept.cells.expression.as_block`).

        Returns
        -------
        (rows, d) float32 array, BlockTally
            Vectors of unit l2 norm, zero for a cell without counts in a covered gene; and the counts.
        """
        starts = range(0, max(1, block.shape[0]), ROWS_AT_A_TIME)
        out = np.empty((block.shape[0], self.width), dtype=np.float32)
        embed = self._by_scipy
        if self.engine == "compiled":
            embed = self._compiled
            _ = self._tiled  # once, before threads ask for it
        with ThreadPoolExecutor(self.n_threads or default_threads()) as pool:
            parts = [
                pool.submit(lambda rows: embed(block[rows], out[rows]), slice(start, start + ROWS_AT_A_TIME))
                for start in starts
            ]
            return out, BlockTally.joined([part.result() for part in parts])

    def _compiled(self, block: sparse.csr_matrix, out: NDArray[np.float32]) -> BlockTally:
        from genept.cells import weighted_loops as loops

        n_rows = block.shape[0]
        tally = BlockTally.empty(n_rows, self.n_genes)
        counts = block.data if self.kind == "counts" else linear_values(block, self.log_base)
        loops.tally(block.indptr, block.indices, counts, self.covered, tally.by_gene, tally.by_cell)
        scale = self._scale(tally.by_cell[:, 0])
        tiles = np.empty((-(-max(1, len(self.columns)) // loops.GENES), n_rows + 1), dtype=np.int64)
        positions = np.empty(block.nnz, dtype=np.int32)
        weights = np.empty(block.nnz, dtype=np.float32)
        loops.lay_out(block.indptr, block.indices, block.data, scale, self._place, tiles, positions, weights)
        if self.kind == "counts":
            covered = weights[: tiles[-1, -1]]
            np.log1p(covered, out=covered)
        sums = np.empty((n_rows, self._tiled.shape[0] * loops.LANES), dtype=np.float32)
        loops.multiply(tiles, positions, weights, self._tiled, sums)
        loops.unit(sums, out)
        return tally

    def _by_scipy(self, block: sparse.csr_matrix, out: NDArray[np.float32]) -> BlockTally:
        tally = count(block, self.covered, kind=self.kind, log_base=self.log_base)
        sums = log_weights(block, self.kind)[:, self.columns] @ self.vectors
        norms = np.sqrt(np.einsum("ij,ij->i", sums, sums, dtype=np.float64))[:, None]
        out[:] = np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0, casting="same_kind")
        return tally

    def _scale(self, library_size: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.kind == "log_normalised":
            return np.ones_like(library_size)
        return np.divide(TARGET_SUM, library_size, out=np.zeros_like(library_size), where=library_size > 0)

    @cached_property
    def covered(self) -> NDArray[np.bool_]:
        """(n_genes,) whether each measured gene has a vector."""
        return np.asarray(self._place >= 0)

    @cached_property
    def _place(self) -> NDArray[np.int32]:
        """(n_genes,) row of each measured gene among the vectors, or -1."""
        place = np.full(self.n_genes, -1, dtype=np.int32)
        place[self.columns] = np.arange(len(self.columns))
        return place

    @cached_property
    def _tiled(self) -> NDArray[np.float32]:
        """(column blocks, k, LANES): the vectors, padded, and aligned to a line of the cache."""
        from genept.cells.weighted_loops import LANES

        n_blocks = -(-self.width // LANES)
        size = n_blocks * len(self.vectors) * LANES
        room = np.zeros(size + 16, dtype=np.float32)
        first = -(room.ctypes.data // 4) % 16
        tiled = room[first : first + size].reshape(n_blocks, len(self.vectors), LANES)
        for block in range(n_blocks):
            part = self.vectors[:, block * LANES : (block + 1) * LANES]
            tiled[block, :, : part.shape[1]] = part
        return tiled
