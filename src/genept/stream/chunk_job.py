"""What is done with one chunk of cells: read, embed, write."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.cells import BlockTally
from genept.cells.expression import Look, as_block
from genept.stream.reading.source import Cells
from genept.stream.result.partial import ChunkWriter
from genept.stream.totals import Totals
from genept.tl.empty_cells import empty_cells_error


class Method(Protocol):
    """A way of embedding a block of cells."""

    exact: bool
    """Whether values are needed beyond float32: sentences rank them."""

    @property
    def width(self) -> int:
        """Dimensions of the vectors."""
        ...

    def __call__(self, block: sparse.csr_matrix) -> tuple[NDArray[np.float32], BlockTally, dict[str, float]]:
        """Give (rows, width) vectors, counts, and further numbers to add up."""
        ...


@dataclass(frozen=True, eq=False)
class ReadChunk:
    """A chunk as it was read: its number, its values as canonical CSR, and what was seen of them."""

    number: int
    block: sparse.csr_matrix
    look: Look


@dataclass(frozen=True, eq=False)
class EmbeddedChunk:
    """A chunk as it is to be written: its number, vectors, each cell's coverage, and what is added up."""

    number: int
    vectors: NDArray[np.float32]
    coverage: NDArray[np.float32]
    totals: Totals


@dataclass(frozen=True, eq=False)
class ChunkJob:
    """The work on every chunk; can be sent to another process.

    Parameters
    ----------
    cells
        Where cells come from.
    method
        How they are embedded.
    writer
        Where vectors go to.
    empty_cells
        ``"zero"`` or ``"error"``, for cells without counts.
    """

    cells: Cells
    method: Method
    writer: ChunkWriter
    empty_cells: Literal["zero", "error"]

    def read(self, number: int) -> ReadChunk:
        """Read a chunk.

        Raises
        ------
        InputFileError, ValuesError
            If it can't be read, or holds values that can't be used.
        """
        start = number * self.writer.chunk_rows
        values = self.cells.rows(start, min(start + self.writer.chunk_rows, self.cells.shape[0]))
        look = Look(self.cells.origin)
        look.at(values)
        return ReadChunk(
            number, as_block(values, dtype=np.float64 if self.method.exact else np.float32), look
        )

    def embed(self, chunk: ReadChunk) -> EmbeddedChunk:
        """Embed a chunk.

        Raises
        ------
        ValuesError
            If cells are without counts, and may not be.
        """
        vectors, tally, numbers = self.method(chunk.block)
        if self.empty_cells == "error":
            refuse_empty_cells(tally, self.cells, chunk.number * self.writer.chunk_rows)
        seen = {
            "n_cells": len(vectors),
            "n_empty": int(tally.empty_cells.sum()),
            "n_zero": int((tally.by_cell[:, 1] == 0).sum()),
            "largest": chunk.look.largest,
            "n_broken": not chunk.look.whole,
        }
        return EmbeddedChunk(
            chunk.number, vectors, tally.coverage, Totals(tally.by_gene, {**seen, **numbers})
        )

    def write(self, chunk: EmbeddedChunk) -> None:
        """Write a chunk.

        Raises
        ------
        OutputError
            If it can't be written.
        """
        self.writer.write(chunk.number, chunk.vectors, chunk.coverage if self.writer.with_coverage else None)

    def __call__(self, number: int) -> Totals:
        """Do all three, and give what is added up."""
        embedded = self.embed(self.read(number))
        self.write(embedded)
        return embedded.totals


def refuse_empty_cells(tally: BlockTally, cells: Cells, start: int) -> None:
    """Raise if cells of a block that begins at ``start`` have no counts at all.

    Raises
    ------
    ValuesError
        Naming the first few of them.
    """
    n = len(tally.by_cell)
    empty = start + np.flatnonzero(tally.empty_cells)
    if len(empty):
        raise empty_cells_error(
            cells.names(empty[:5].tolist()),
            n_empty=len(empty),
            among=f"{n:,} cells" if n == cells.shape[0] else f"the {n:,} cells from number {start + 1:,} on",
            origin=cells.origin,
        )
