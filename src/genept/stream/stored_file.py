"""An ``.h5ad`` file or a zarr folder, opened when it is first used, once in every process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from genept.errors import GeneptError, InputFileError, MissingDependencyError
from genept.h5ad import check_there, first_line
from genept.stream.zarr_chunks import missing_chunks


class StoredFile:
    """What is stored under which name, and errors that say what is wrong with it.

    Parameters
    ----------
    path
        A file (HDF5) or a folder (zarr, format 2 or 3): found out by looking, not by its name.
    """

    def __init__(self, path: Path) -> None:
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

    def missing(self, name: str, start: int, stop: int) -> Iterator[tuple[str, int, int]]:
        """Chunks of a stored vector that this slice needs and that aren't there: see ``missing_chunks``."""
        return missing_chunks(self.element(name), self.path, start, stop) if self.is_folder else iter(())

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
        expected = "an AnnData file (.h5ad or .zarr) that exists and is whole"
        kind = "zarr" if self.is_folder else "h5ad"
        check_there(self.path, expected=expected)
        try:
            if self.is_folder:
                return _open_zarr(self.path)
            return h5py.File(self.path, "r", locking="best-effort")
        except MissingDependencyError:
            raise
        except Exception as error:  # h5py and zarr raise many kinds for what isn't theirs
            raise InputFileError(
                f"{self.path} can't be read as .{kind} ({first_line(error)})",
                expected=expected,
                do=f"write it again with adata.write_{kind}(path)",
            ) from error


def _open_zarr(path: Path) -> Any:
    try:
        import zarr
    except ImportError as error:
        raise MissingDependencyError(
            f"{path} is a folder, and reading .zarr needs {error.name}, which isn't installed",
            expected="zarr 3",
            do="pip install 'genept[dask]', or write the cells with adata.write_h5ad(path)",
        ) from error
    return zarr.open_group(path, mode="r")
