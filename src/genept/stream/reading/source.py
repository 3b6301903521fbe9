"""What every source of cells can do, whatever file they lie in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

Form = Literal["csr", "csc", "dense"]


class Cells(Protocol):
    """Expression of cells in a file, read by rows.

    It can be pickled: an open handle is no part of its state, and every process opens its own.
    """

    @property
    def origin(self) -> str:
        """Which matrix it is: ``"X"``, ``"raw"`` or ``"layers['name']"``."""

    @property
    def path(self) -> Path:
        """Where the file is."""

    @property
    def shape(self) -> tuple[int, int]:
        """Cells and genes."""

    @property
    def form(self) -> Form:
        """How the matrix is stored."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values, as handed on."""

    @property
    def n_stored(self) -> int:
        """Stored values: entries of a sparse matrix, cells times genes of a dense one."""

    @property
    def var(self) -> pd.DataFrame:
        """What is known of the genes; the index holds their names."""

    @property
    def log1p(self) -> bool:
        """Whether the file says that a logarithm was taken of this matrix."""

    @property
    def log_base(self) -> float | None:
        """Its base, where the file gives it."""

    def rows(self, start: int, stop: int) -> sparse.csr_matrix | NDArray[Any]:
        """(stop - start, n_genes) values of these cells, in memory of their own.

        Raises
        ------
        InputFileError
            If that part of the file is damaged.
        """

    def most_stored(self, n_rows: int) -> int:
        """Most stored values in any block of cells from ``k * n_rows`` to ``(k + 1) * n_rows``."""

    def names(self, rows: slice | Sequence[int]) -> list[str]:
        """Names of these cells only."""

    def state(self) -> dict[str, int]:
        """Numbers that change when the file does."""
        ...

    def close(self) -> None:
        """Close what is open; it opens again when it is used again."""
