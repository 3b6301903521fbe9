"""Cells of a file in an older layout, which anndata reads only whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from genept.cells.expression import check_real_numbers
from genept.h5ad import read_h5ad
from genept.stream.reading.file_cells import FileCells
from genept.stream.reading.stored_file import StoredFile
from genept.tl.asked_matrix import asked_matrix, log_mark

Matrix = NDArray[Any] | sparse.csr_matrix


class Held(NamedTuple):
    """What was read, with what the file says of it."""

    X: Matrix
    origin: str
    var: pd.DataFrame
    cell_names: list[str]
    mark: tuple[bool, float | None]


class HeldCells:
    """Values and names in memory, read again in every process that they are sent to.

    Parameters
    ----------
    path
        An ``.h5ad`` file.
    layer, use_raw
        As for ``open_cells``.
    """

    def __init__(self, path: Path, *, layer: str | None, use_raw: bool) -> None:
        self._path = path
        self._layer = layer
        self._use_raw = use_raw
        self._held: Held | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_held": None}

    @property
    def held(self) -> Held:
        """Read it, if this process hasn't yet; columns are turned into rows."""
        if self._held is None:
            adata = read_h5ad(self._path)
            X, origin, var = asked_matrix(adata, layer=self._layer, use_raw=self._use_raw)
            check_real_numbers(X.dtype, origin)
            self._held = Held(
                X=X if isinstance(X, np.ndarray) else sparse.csr_matrix(X),
                origin=origin,
                var=var,
                cell_names=[str(name) for name in adata.obs_names],
                mark=log_mark(adata.uns) if origin == "X" else (False, None),
            )
        return self._held

    def rows(self, start: int, stop: int) -> Matrix:
        """See ``Cells.rows``."""
        return self.held.X[start:stop].copy()

    def most_stored(self, n_rows: int) -> int:
        """See ``Cells.most_stored``."""
        X = self.held.X
        if isinstance(X, np.ndarray):
            return int(min(n_rows, X.shape[0]) * X.shape[1])
        return int(np.diff(X.indptr[::n_rows], append=X.indptr[-1]).max())

    def names(self, rows: slice | Sequence[int]) -> list[str]:
        """See ``Cells.names``."""
        names = self.held.cell_names
        return names[rows] if isinstance(rows, slice) else [names[row] for row in rows]


def held_cells(file: StoredFile, *, layer: str | None, use_raw: bool) -> FileCells:
    """Read cells whole; see ``open_cells``."""
    cells = HeldCells(file.path, layer=layer, use_raw=use_raw)
    X, origin, var, names, (marked, base) = cells.held
    dense = isinstance(X, np.ndarray)
    return FileCells(
        file=file,
        matrix=cells,
        cell_names=cells,
        origin=origin,
        shape=(len(names), len(var)),
        form="dense" if dense else "csr",
        dtype=X.dtype,
        n_stored=int(X.size),
        var=var,
        log1p=marked,
        log_base=base,
    )
