"""The stored values of a sparse matrix: slices of ``indices`` and ``data``, checked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.cells.expression import check_real_numbers
from genept.stream.pointers import Pointers
from genept.stream.stored_file import StoredFile


@dataclass(frozen=True, eq=False)
class Compressed:
    """A sparse matrix as it is stored: lines, which are its rows (CSR) or its columns (CSC).

    Parameters
    ----------
    file
        Where it is stored.
    name
        Its name in the file, such as ``"raw/X"``.
    origin
        Its name for a person, such as ``"raw"``.
    n_lines, width
        Lines, and places in a line.
    n_stored
        Stored values.
    dtype
        Their type, as handed on.
    pointers
        Where lines end among the stored values.
    """

    file: StoredFile
    name: str
    origin: str
    n_lines: int
    width: int
    n_stored: int
    dtype: np.dtype[Any]
    pointers: Pointers

    @classmethod
    def look(cls, file: StoredFile, name: str, *, origin: str, n_lines: int, width: int) -> "Compressed":
        """Look at a matrix without reading it.

        Raises
        ------
        InputFileError
            If its three vectors don't fit each other.
        ValuesError
            If its values aren't real numbers.
        """
        data, indices = file.element(f"{name}/data"), file.element(f"{name}/indices")
        check_real_numbers(data.dtype, origin)
        if data.ndim != 1 or data.shape != indices.shape or indices.dtype.kind not in "iu":
            raise file.damaged(
                f"{name} has data of the shape {data.shape}, and indices of the shape {indices.shape} "
                f"and the type {indices.dtype}",
                expected="one index, a whole number, for every stored value",
            )
        n_stored = int(data.shape[0])
        pointers = Pointers(file, name, n_lines, n_stored)
        pointers.check_ends()
        # SciPy's sparse matrices know neither half precision nor the other order of bytes.
        dtype = np.dtype(np.float32) if data.dtype == np.float16 else data.dtype.newbyteorder("=")
        return cls(file, name, origin, n_lines, width, n_stored, dtype, pointers)

    def entries(self, ends: NDArray[np.int64], what: str) -> tuple[NDArray[np.signedinteger], NDArray[Any]]:
        """Read the stored values from ``ends[0]`` to ``ends[-1]``.

        Parameters
        ----------
        ends
            Where these values begin, where lines end among them, and where they end.
        what
            What they are, for errors, such as ``"X of cells 1 to 4"``.

        Returns
        -------
        int32 (or, if that is too narrow, int64) array, array of ``dtype``
            Place in the line, and value, of each; both in memory of their own.

        Raises
        ------
        InputFileError
            If they can't be read, a chunk is not there, or a place lies outside the matrix.
        """
        places = self.places(ends, what)
        with self.file.reading(what):
            values = self.file.vector(f"{self.name}/data", int(ends[0]), int(ends[-1]))
        return places, values.astype(self.dtype, copy=False)

    def places(self, ends: NDArray[np.int64], what: str) -> NDArray[np.signedinteger]:
        """Read the places alone; see ``entries``."""

        def once_in_a_line(first: int, last: int) -> bool:
            """Zeros fit lines that store place 0 and nothing else; none stores it twice."""
            return bool(np.diff(ends.clip(first, last)).max() <= 1)

        with self.file.reading(what):
            places = self.file.vector(
                f"{self.name}/indices", int(ends[0]), int(ends[-1]), zeros_fit=once_in_a_line
            )
        if len(places) and not (places.min() >= 0 and places.max() < self.width):
            raise self.file.damaged(
                f"{what} has indices from {places.min()} to {places.max()}",
                expected=f"indices from 0 to {self.width - 1:,}",
            )
        narrow = np.int32 if self.width <= np.iinfo(np.int32).max else np.int64
        narrowed: NDArray[np.signedinteger] = places.astype(narrow, copy=False)
        return narrowed
