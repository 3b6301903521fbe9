"""Where each line of a sparse matrix ends among its stored values: its ``indptr``, read piece by piece."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.stream.stored_file import StoredFile

# 8 MB. Blocks of cells are smaller than this, so that most find their piece already read and checked.
AT_A_TIME = 1 << 20


class Pointers:
    """``indptr`` of a stored sparse matrix.

    Parameters
    ----------
    file
        Where it is stored.
    name
        Of the matrix in the file, such as ``"raw/X"``.
    n_lines
        Its rows (CSR) or columns (CSC).
    n_stored
        Its stored values.
    """

    def __init__(self, file: StoredFile, name: str, n_lines: int, n_stored: int) -> None:
        self._file = file
        self._name = f"{name}/indptr"
        self._n_lines = n_lines
        self._n_stored = n_stored
        self._piece: tuple[int, NDArray[np.int64]] = (0, np.empty(0, dtype=np.int64))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_piece": (0, np.empty(0, dtype=np.int64))}

    def check_ends(self) -> None:
        """Look at the length, the first and the last.

        Raises
        ------
        InputFileError
            If it doesn't fit the matrix.
        """
        stored = self._file.element(self._name)
        if stored.ndim != 1 or stored.dtype.kind not in "iu" or stored.shape[0] != self._n_lines + 1:
            raise self._file.damaged(
                f"{self._name} has the shape {stored.shape} and the type {stored.dtype}",
                expected=f"{self._n_lines + 1:,} whole numbers, one more than the matrix has lines",
            )
        first, last = int(self._read(0, 0)[0]), int(self._read(self._n_lines, self._n_lines)[0])
        if (first, last) != (0, self._n_stored):
            raise self._file.damaged(
                f"{self._name} goes from {first:,} to {last:,}",
                expected=f"from 0 to {self._n_stored:,}, the number of stored values",
            )

    def between(self, start: int, stop: int) -> NDArray[np.int64]:
        """(stop - start + 1,) where lines ``start`` to ``stop`` begin, and where the last of them ends."""
        begin, piece = self._piece
        if not begin <= start <= stop < begin + len(piece):
            begin, piece = self._piece = start, self._read(start, max(stop, self._up_to(start)))
        return piece[start - begin : stop - begin + 1]

    def most_between(self, step: int) -> int:
        """Most stored values in any ``step`` lines from a multiple of ``step``; reads, and checks, all."""
        most, last_multiple = 0, 0
        for start in range(0, self._n_lines, AT_A_TIME):
            stop = self._up_to(start)
            ends = self.between(start, stop)[-start % step :: step]
            most = max(most, int(np.diff(ends, prepend=last_multiple).max(initial=0)))
            last_multiple = int(ends[-1]) if len(ends) else last_multiple
        return max(most, self._n_stored - last_multiple)

    def _up_to(self, start: int) -> int:
        return min(start + AT_A_TIME, self._n_lines)

    def _read(self, start: int, stop: int) -> NDArray[np.int64]:
        """Read places ``start`` to ``stop``, the last one too."""
        with self._file.reading(f"{self._name} from {start:,} to {stop:,}"):
            # Zeros fit a matrix that stores nothing.
            piece = self._file.vector(
                self._name, start, stop + 1, zeros_fit=lambda *_: self._n_stored == 0
            ).astype(np.int64)
        falls = np.flatnonzero(np.diff(piece) < 0)
        if len(falls) or piece[0] < 0 or piece[-1] > self._n_stored:
            place = start + (int(falls[0]) if len(falls) else 0)
            raise self._file.damaged(
                f"{self._name} doesn't ascend from 0 to {self._n_stored:,} at place {place:,}",
                expected="places among the stored values that ascend from line to line",
            )
        return piece
