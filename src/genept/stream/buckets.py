"""Rows of a matrix whose values were sorted into buckets of cells."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.errors import InputFileError
from genept.h5ad import first_line
from genept.stream.bucket_layout import BEGINS_TYPE, BYTES_A_VALUE, BucketLayout
from genept.stream.csc_rows import rows_of_columns


class Buckets:
    """Rows read from the files that ``fill_buckets`` wrote; the last bucket is kept.

    Parameters
    ----------
    folder
        Where the files are.
    layout
        What is in them.
    memory
        Bytes within which a bucket is sorted; of one that is too large for it, only the rows asked for.
    """

    def __init__(self, folder: Path, layout: BucketLayout, *, memory: int) -> None:
        self._folder = folder
        self._layout = layout
        self._at_once = memory // BYTES_A_VALUE
        self._kept: tuple[int, sparse.csr_matrix] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kept": None}

    def rows(self, start: int, stop: int) -> sparse.csr_matrix:
        """See ``Cells.rows``."""
        size = self._layout.bucket_cells
        with self._reading():
            blocks = [
                self._rows_of_bucket(bucket, max(start - bucket * size, 0), min(stop - bucket * size, size))
                for bucket in range(start // size, -(-stop // size))
            ]
        if len(blocks) == 1:
            return blocks[0]
        none = np.empty((0, self._layout.n_genes), dtype=self._layout.value_type)
        stacked: sparse.csr_matrix = sparse.vstack([sparse.csr_matrix(none), *blocks], format="csr")
        return stacked

    def most_stored(self, n_rows: int) -> int:
        """See ``Cells.most_stored``."""
        layout = self._layout
        stored = np.zeros(-(-layout.n_cells // n_rows), dtype=np.int64)
        first_cells = np.arange(layout.n_buckets) * layout.bucket_cells
        with self._reading(), (self._folder / "cells.bin").open("rb") as file:
            for begins in self._begins():
                n_of_buckets = np.diff(begins)
                if n_rows % layout.bucket_cells == 0:
                    np.add.at(stored, first_cells // n_rows, n_of_buckets)
                else:
                    within = _read(file, layout.types["cells"], int(begins[-1]))
                    blocks = (np.repeat(first_cells, n_of_buckets) + within) // n_rows
                    stored += np.bincount(blocks, minlength=len(stored))
        return int(stored.max(initial=0))

    def _rows_of_bucket(self, bucket: int, start: int, stop: int) -> sparse.csr_matrix:
        kept = self._kept
        if kept is None or kept[0] != bucket:
            self._kept = kept = None  # so that no two are held at once
            begins = self._begins()[:, bucket : bucket + 2].astype(np.int64)
            if np.diff(begins).sum() > self._at_once:
                return self._sorted(begins, start, stop)
            self._kept = kept = bucket, self._sorted(begins, 0, self._layout.bucket_cells)
        return kept[1][start:stop]

    def _sorted(self, begins: NDArray[np.int64], start: int, stop: int) -> sparse.csr_matrix:
        """Read a bucket, by where it begins and ends in each piece, and sort these of its rows."""
        layout = self._layout
        found: dict[str, list[NDArray[Any]]] = {
            name: [np.empty(0, dtype=dtype)] for name, dtype in layout.types.items()
        }
        with ExitStack() as opened:
            files = {name: opened.enter_context((self._folder / f"{name}.bin").open("rb")) for name in found}
            for piece, (first, last) in enumerate(begins.tolist()):
                part = {}
                for name, dtype in layout.types.items():
                    files[name].seek((piece * layout.piece_length + first) * dtype.itemsize)
                    part[name] = _read(files[name], dtype, last - first)
                if (start, stop) != (0, layout.bucket_cells):
                    asked = np.flatnonzero((start <= part["cells"]) & (part["cells"] < stop))
                    part = {name: items[asked] for name, items in part.items()}
                    part["cells"] -= part["cells"].dtype.type(start)
                for name, items in part.items():
                    found[name].append(items)
        cells, genes, values = (np.concatenate(found.pop(name)) for name in layout.types)
        return rows_of_columns(cells, genes, values, (stop - start, layout.n_genes))

    def _begins(self) -> NDArray[np.unsignedinteger]:
        """(n_pieces, n_buckets + 1): where buckets begin in each piece."""
        shape = self._layout.n_pieces, self._layout.n_buckets + 1
        if 0 in shape:
            return np.empty(shape, dtype=BEGINS_TYPE)
        return np.memmap(self._folder / "begins.bin", dtype=BEGINS_TYPE, mode="r", shape=shape)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            raise InputFileError(
                f"{self._folder}, into which cells were sorted, can't be read ({first_line(error)})",
                expected="the files as they were written",
                do="remove this folder and run again",
            ) from error


def _read(file: BufferedReader, dtype: np.dtype[Any], n_items: int) -> NDArray[Any]:
    items = np.empty(n_items, dtype=dtype)
    if file.readinto(items.view(np.uint8).data) != items.nbytes:
        raise OSError(f"{file.name} has become shorter")
    return items
