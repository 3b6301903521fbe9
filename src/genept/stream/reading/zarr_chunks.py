"""Chunks that a zarr array should have, and that aren't in its folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any


def missing_chunks(array: Any, folder: Path, start: int, stop: int) -> Iterator[tuple[str, int, int]]:
    """Find the chunks of a vector that a slice needs and that are no files.

    zarr reads such a chunk as zeros and says nothing, since a chunk of nothing but zeros isn't written
    either. Whether zeros are plausible, the caller knows.

    Parameters
    ----------
    array
        A one-dimensional zarr array.
    folder
        In which its root lies.
    start, stop
        The slice.

    Yields
    ------
    str, int, int
        Path of the file in ``folder``, and which values of the slice would be in it.
    """
    length = (array.shards or array.chunks)[0]
    for number in range(start // length, -(-stop // length) if stop > start else 0):
        key = f"{array.path}/{array.metadata.encode_chunk_key((number,))}"
        if not (folder / key).exists():
            yield key, max(start, number * length), min(stop, (number + 1) * length)
