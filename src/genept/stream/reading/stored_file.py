"""An ``.h5ad`` file or a zarr folder, opened when it is first used, once in every process."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import zarr
from numpy.typing import NDArray

from genept.errors import GeneptError, InputFileError
from genept.h5ad import check_there, first_line
from genept.stream.reading.zarr_chunks import missing_chunks

EXPECTED = "an AnnData file (.h5ad or .zarr) that exists and is whole"


class StoredFile:
    """What is stored under which name, and errors that say what is wrong with it.

    Parameters
    ----------
    path
        A file (HDF5) or a folder (zarr, format 2 or 3): found out by looking, not by its name.

    Raises
    ------
    InputFileError
        If nothing is there, or nothing that may be read.
    """

    def __init__(self, path: Path) -> None:
        check_there(path, expected=EXPECTED)
        self.path = path
        self.is_folder = path.is_dir()
        self._opened: tuple[int, dict[str, Any]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": None}

    def element(self, name: str = "/") -> Any:
        """Give the group, dataset or array of that name; ``"/"`` is the root."""
        process = os.getpid()
        opened = self._opened
        if opened is None or opened[0] != process:
            opened = self._opened = process, {"/": self._open()}
        elements = opened[1]
        if name not in elements:
            elements[name] = elements["/"][name]
        return elements[name]

    def vector(
        self, name: str, start: int, stop: int, *, zeros_fit: Callable[[int, int], bool] | None = None
    ) -> NDArray[Any]:
        """Values ``start`` to ``stop`` of a vector, after ``check_chunks``."""
        self.check_chunks(name, start, stop, zeros_fit=zeros_fit)
        values: NDArray[Any] = self.element(name)[start:stop]
        return values

    def check_chunks(
        self, name: str, start: int, stop: int, *, zeros_fit: Callable[[int, int], bool] | None = None
    ) -> None:
        """Refuse a slice of a vector for which zarr would invent zeros.

        Parameters
        ----------
        name
            Of the vector.
        start, stop
            The slice.
        zeros_fit
            Says whether zeros could be meant from one place of the slice to another; without it, nowhere.

        Raises
        ------
        InputFileError
            With the first chunk that is not there.
        """
        if not self.is_folder:
            return
        for key, first, last in missing_chunks(self.element(name), self.path, start, stop):
            if zeros_fit is None or not zeros_fit(first, last):
                raise self.damaged(
                    f"the chunk {key} is not there, and would be read as zeros",
                    expected=f"every chunk of {name}, since zeros can't be meant there",
                    do="copy the folder again, all of it, or write it again with adata.write_zarr(path), "
                    "without stored zeros (eliminate_zeros())",
                )

    def state(self) -> dict[str, int]:
        """Bytes, and when something was last changed in nanoseconds: other numbers mean another content."""
        inside = self.path.rglob("*") if self.is_folder else ()
        states = [path.stat() for path in (self.path, *inside)]
        return {
            "bytes": sum(state.st_size for state in states),
            "changed": max(state.st_mtime_ns for state in states),
        }

    def close(self) -> None:
        """Close the handle of this process."""
        opened, self._opened = self._opened, None
        if opened is not None and not self.is_folder:
            opened[1]["/"].close()

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Turn whatever goes wrong into an InputFileError that names this file and ``what`` was read."""
        try:
            yield
        except (GeneptError, MemoryError):
            raise
        except Exception as error:  # h5py, zarr and its codecs raise many kinds for a broken file
            raise self.damaged(f"{what} can't be read ({first_line(error)})") from error

    def damaged(
        self, found: str, *, expected: str = "a file that is whole", do: str | None = None
    ) -> InputFileError:
        """Say that the file isn't what it should be, and how to mend it."""
        thing, kind = ("folder", "zarr") if self.is_folder else ("file", "h5ad")
        mend = f"copy the {thing} again, all of it, or write it again with adata.write_{kind}(path)"
        return InputFileError(f"{self.path}: {found}", expected=expected, do=do or mend)

    def _open(self) -> Any:
        kind = "zarr" if self.is_folder else "h5ad"
        check_there(self.path, expected=EXPECTED)
        try:
            if self.is_folder:
                return zarr.open_group(self.path, mode="r")
            return h5py.File(self.path, "r", locking="best-effort")
        except Exception as error:  # h5py and zarr raise many kinds for what isn't theirs
            raise InputFileError(
                f"{self.path} can't be read as .{kind} ({first_line(error)})",
                expected=EXPECTED,
                do=f"write it again with adata.write_{kind}(path)",
            ) from error
