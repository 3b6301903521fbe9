"""An array of zarr's that is written chunk by chunk, as fast as the disk takes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import zarr
from numpy.typing import NDArray

from genept.atomic import sync_file, sync_folder


@dataclass(frozen=True)
class ChunkedArray:
    """An array of zarr's format 2 without compression, of which a chunk is a run of rows.

    A chunk's file is its values as they lie in memory, and is written without zarr's help, which would copy
    them several times. Floats of an embedding would hardly get smaller by compression.

    Parameters
    ----------
    folder
        Where it is.
    shape
        One or two numbers, rows first.
    chunk_rows
        Rows in a chunk; the last one may hold fewer.
    dtype
        What values are stored as.
    """

    folder: Path
    shape: tuple[int, ...]
    chunk_rows: int
    dtype: np.dtype[Any]

    def create(self) -> None:
        """Make the array, of zeros until its chunks are written; on the disk when this returns.

        Raises
        ------
        OSError
            If it can't be written.
        """
        zarr.create_array(
            self.folder,
            shape=self.shape,
            chunks=(self.chunk_rows, *self.shape[1:]),
            dtype=self.dtype,
            compressors=None,
            zarr_format=2,
            attributes={"encoding-type": "array", "encoding-version": "0.2.0"},
        )
        for file in self.folder.iterdir():
            sync_file(file)
        sync_folder(self.folder)
        sync_folder(self.folder.parent)

    def put(self, chunk: int, values: NDArray[np.floating], *, drafts: Path) -> None:
        """Write a chunk, whole or not at all.

        Parameters
        ----------
        chunk
            Its number.
        values
            Rounded as numpy does where they are stored in fewer bits.
        drafts
            A folder on the same disk: what a killed process leaves must not end in the array.

        Raises
        ------
        OSError
            If it can't be written.
        """
        n_rows = min(self.chunk_rows, self.shape[0] - chunk * self.chunk_rows)
        if values.shape != (n_rows, *self.shape[1:]):
            raise ValueError(f"chunk {chunk} is of {(n_rows, *self.shape[1:])}, not {values.shape}")
        stored = np.asarray(values, self.dtype, order="C")
        if n_rows < self.chunk_rows:
            # Chunks have one length; what lies beyond the last row is never read.
            stored = np.concatenate(
                [stored, np.zeros_like(stored, shape=(self.chunk_rows - n_rows, *self.shape[1:]))]
            )
        draft = drafts / f"{uuid4().hex}.draft"
        try:
            with draft.open("wb") as writing:
                writing.write(stored.data)
            draft.replace(self._file(chunk))
        finally:
            draft.unlink(missing_ok=True)

    def sync(self, chunks: Iterable[int]) -> None:
        """Wait until chunks are on the disk, where a power cut doesn't reach them.

        Raises
        ------
        OSError
            If one isn't there, or can't be written.
        """
        for chunk in chunks:
            sync_file(self._file(chunk))
        sync_folder(self.folder)

    def is_there(self) -> bool:
        """Whether the array was created, with chunks or without."""
        return (self.folder / ".zarray").is_file()

    def is_whole(self, chunk: int) -> bool:
        """Whether all of a chunk is there."""
        n_bytes = int(np.prod((self.chunk_rows, *self.shape[1:]))) * self.dtype.itemsize
        file = self._file(chunk)
        return file.is_file() and file.stat().st_size == n_bytes

    def _file(self, chunk: int) -> Path:
        return self.folder / ".".join(map(str, (chunk, *(0 for _ in self.shape[1:]))))
