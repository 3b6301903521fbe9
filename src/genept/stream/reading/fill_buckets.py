"""Sort the values of a matrix stored by columns into buckets of cells: one pass, a piece at a time."""

import errno
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from tqdm.auto import tqdm

from genept.atomic import sync_file, writing
from genept.stream.reading.bucket_layout import BEGINS_TYPE, BucketLayout
from genept.stream.reading.csc_rows import CscRows

Entries = tuple[NDArray[np.signedinteger], NDArray[Any]]


def fill_buckets(columns: CscRows, folder: Path, layout: BucketLayout) -> None:
    """Write the four files of ``layout`` into ``folder``, over what is left there of an interrupted attempt.

    Raises
    ------
    OutputError
        If the disk is full or the folder can't be written to.
    InputFileError
        If the columns are damaged.
    """
    with writing(folder), ExitStack() as opened:
        files = {name: opened.enter_context((folder / f"{name}.bin").open("wb")) for name in layout.sizes}
        needed, free = sum(layout.sizes.values()), shutil.disk_usage(folder).free
        if needed > free:
            raise OSError(
                errno.ENOSPC, f"{needed / 1e9:.1f} GB needed on this disk, {free / 1e9:.1f} GB free"
            )
        progress = opened.enter_context(
            tqdm(total=layout.n_stored, unit="value", unit_scale=True, desc="Columns to rows", disable=None)
        )
        for piece, entries in _read_ahead(columns, layout.piece_length):
            for name, items in _by_bucket(piece - piece[0], *entries, layout).items():
                files[name].write(items.data)
            progress.update(int(piece[-1] - piece[0]))
    # What says that they are done must not outlive them in a power cut.
    with writing(folder):
        for name in layout.sizes:
            sync_file(folder / f"{name}.bin")


def _read_ahead(columns: CscRows, length: int) -> Iterator[tuple[NDArray[np.int64], Entries]]:
    """Read the next piece while the last one is sorted and written."""
    last: tuple[NDArray[np.int64], Future[Entries]] | None = None
    with ThreadPoolExecutor(1) as reader:
        for piece in columns.pieces(length):
            coming = piece, reader.submit(columns.entries, piece)
            if last is not None:
                yield last[0], last[1].result()
            last = coming
        if last is not None:
            yield last[0], last[1].result()


def _by_bucket(
    ends: NDArray[np.int64], cells: NDArray[np.signedinteger], values: NDArray[Any], layout: BucketLayout
) -> dict[str, NDArray[Any]]:
    """Sort a piece by bucket, and leave the order of columns, and of entries in a column, as it is."""
    # A CSC matrix of places, with buckets for rows: SciPy's conversion to CSR is a sort in linear time.
    places = np.arange(len(cells), dtype=np.int32)
    columns: Any = (places, cells >> (layout.bucket_cells.bit_length() - 1), ends.astype(np.int32))
    by_bucket = sparse.csc_matrix(columns, shape=(layout.n_buckets, layout.n_genes)).tocsr()
    order, types = by_bucket.data, layout.types
    within = (cells & (layout.bucket_cells - 1)).astype(types["cells"])
    return {
        "cells": within[order],
        "genes": by_bucket.indices.astype(types["genes"]),
        "values": values[order],
        "begins": by_bucket.indptr.astype(BEGINS_TYPE),
    }
