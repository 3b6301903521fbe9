"""Rows of a dense matrix."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from genept.stream.reading.stored_file import StoredFile


@dataclass(frozen=True, eq=False)
class DenseRows:
    """Rows of a stored array.

    A chunk of zarr that is not there may well be one of nothing but zeros here: genes that no cell expresses.
    """

    file: StoredFile
    name: str
    origin: str

    def rows(self, start: int, stop: int) -> NDArray[Any]:
        """See ``Cells.rows``."""
        with self.file.reading(f"{self.origin} of cells {start:,} to {stop - 1:,}"):
            block: NDArray[Any] = self.file.element(self.name)[start:stop]
        return block.astype(block.dtype.newbyteorder("="), copy=False)

    def most_stored(self, n_rows: int) -> int:
        """See ``Cells.most_stored``."""
        n_cells, n_genes = self.file.element(self.name).shape
        return int(min(n_rows, n_cells) * n_genes)
