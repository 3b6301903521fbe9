"""Cells of a file: what is known of them, and how they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from genept.stream.reading.source import Form
from genept.stream.reading.stored_file import StoredFile


class Rows(Protocol):
    """How values are read: ``CsrRows``, ``CscRows``, ``DenseRows``, ``Buckets`` or ``HeldCells``."""

    def rows(self, start: int, stop: int) -> sparse.csr_matrix | NDArray[Any]:
        """See ``Cells.rows``."""

    def most_stored(self, n_rows: int) -> int:
        """See ``Cells.most_stored``."""


class Names(Protocol):
    """How names are read: ``CellNames`` or ``HeldCells``."""

    def names(self, rows: slice | Sequence[int]) -> list[str]:
        """See ``Cells.names``."""


@dataclass(frozen=True, eq=False)
class FileCells:
    """Cells of an ``.h5ad`` or ``.zarr``; see ``Cells`` for what isn't described here.

    Parameters
    ----------
    file
        Where they are stored.
    matrix
        How their values are read.
    cell_names
        How their names are read.
    """

    file: StoredFile
    matrix: Rows
    cell_names: Names
    origin: str
    shape: tuple[int, int]
    form: Form
    dtype: np.dtype[Any]
    n_stored: int
    var: pd.DataFrame
    log1p: bool
    log_base: float | None

    @property
    def path(self) -> Path:
        """See ``Cells.path``."""
        return self.file.path

    def rows(self, start: int, stop: int) -> sparse.csr_matrix | NDArray[Any]:
        """See ``Cells.rows``."""
        return self.matrix.rows(start, stop)

    def most_stored(self, n_rows: int) -> int:
        """See ``Cells.most_stored``."""
        return self.matrix.most_stored(n_rows)

    def names(self, rows: slice | Sequence[int]) -> list[str]:
        """See ``Cells.names``."""
        return self.cell_names.names(rows)

    def state(self) -> dict[str, int]:
        """Bytes of the file or folder, and when it was changed."""
        return self.file.state()

    def close(self) -> None:
        """See ``Cells.close``."""
        self.file.close()
