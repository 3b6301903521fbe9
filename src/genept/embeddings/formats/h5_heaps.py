"""Where HDF5 keeps strings: a look at it before libhdf5 does, which a damaged size can turn in a circle.

The layout, from the HDF5 file format specification, III.E, Global Heap: ``GCOL``, version, three bytes of
zero, the size of the whole; then objects, each with a number, a count, four bytes of zero and its size, and
its bytes up to a multiple of eight. Object 0 is what is left, and its size counts its own header.
"""

import mmap
import struct
from pathlib import Path

import h5py

from genept.errors import InputFileError

_START, _HEADER = b"GCOL\x01", 16
_COLLECTION, _OBJECT = struct.Struct("<8xQ"), struct.Struct("<H6xQ")
# Bytes of offsets and lengths in a file, as every writer of today has them.
_SIZES = (8, 8)


def check_heaps(file: h5py.File, path: Path) -> None:
    """Raise if what a string claims for its size can't be true.

    Raises
    ------
    InputFileError
        If one does, or the file has offsets of an unusual size.
    """
    if file.id.get_create_plist().get_sizes() != _SIZES:
        raise _damaged(path, "has offsets of an unusual size")
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = content.find(_START)
        while start >= 0:
            if start + _HEADER > len(content):
                raise _damaged(path, "ends in the middle of a list of strings")
            (size,) = _COLLECTION.unpack_from(content, start)
            end = min(start + size, len(content))
            place = start + _HEADER
            while place + _OBJECT.size <= end:
                number, length = _OBJECT.unpack_from(content, place)
                if length > end - place or (number == 0 and length < _OBJECT.size):
                    raise _damaged(path, f"has {length:,} bytes of a string in a place of {size:,}")
                place += length if number == 0 else _OBJECT.size + (length + 7) // 8 * 8
            start = content.find(_START, start + 1)


def _damaged(path: Path, what: str) -> InputFileError:
    return InputFileError(
        f"{path} {what}",
        expected="an undamaged HDF5 file",
        do="get an undamaged copy, or write the file again with adata.write_h5ad(path)",
    )
