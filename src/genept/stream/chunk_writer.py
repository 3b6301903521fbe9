"""The vectors of cells, and their coverage, written chunk by chunk, in any order and by any process."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genept.stream.chunked_array import ChunkedArray
from genept.stream.resumable import resumable
from genept.tl.embed_cells import COVERAGE_KEY


@dataclass(frozen=True)
class ChunkWriter:
    """Writes chunks of a result in the making. It holds no open file: other processes may use copies of it.

    Parameters
    ----------
    folder
        The folder ``OUT.partial``.
    key
        Key in ``obsm``.
    chunk_rows
        Cells in a chunk; the last one may hold fewer.
    n_cells, width
        The shape of the whole.
    dtype
        What vectors are stored as.
    with_coverage
        Whether each cell's coverage is written too.
    """

    folder: Path
    key: str
    chunk_rows: int
    n_cells: int
    width: int
    dtype: Literal["float32", "float16"]
    with_coverage: bool

    @property
    def n_chunks(self) -> int:
        """How many chunks the whole has."""
        return -(-self.n_cells // self.chunk_rows)

    @property
    def result(self) -> Path:
        """The AnnData, in zarr, that the arrays belong to."""
        return self.folder / "result.zarr"

    @property
    def arrays(self) -> dict[str, ChunkedArray]:
        """The arrays by their place in the AnnData, vectors first."""
        vectors = (f"obsm/{self.key}", (self.n_cells, self.width), self.dtype)
        coverage = (f"obs/{COVERAGE_KEY}", (self.n_cells,), "float32")
        return {
            name: ChunkedArray(self.result / name, shape, self.chunk_rows, np.dtype(dtype).newbyteorder("<"))
            for name, shape, dtype in ((vectors, coverage) if self.with_coverage else (vectors,))
        }

    def write(self, chunk: int, vectors: NDArray[np.floating], coverage: NDArray[np.floating] | None) -> None:
        """Write one chunk; vectors and coverage each whole or not at all. What was there of it is replaced.

        Parameters
        ----------
        chunk
            Its number, from 0.
        vectors
            (cells in the chunk, width), rounded as numpy does where they are stored in fewer bits.
        coverage
            (cells in the chunk,), or ``None`` where no coverage is written.

        Raises
        ------
        OutputError
            If it can't be written, for example to a full disk.
        """
        given = [vectors] if coverage is None else [vectors, coverage]
        with resumable(self.folder):
            for array, values in zip(self.arrays.values(), given, strict=True):
                array.put(chunk, values, drafts=self.folder)
