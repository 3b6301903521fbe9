"""How many cells at a time, so that memory stays within what is allowed."""

import re

from genept.errors import ArgumentError
from genept.stream.reading.source import Cells

MEMORY = "2 GB"
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
# Python with the libraries that are loaded, and what the system's allocator keeps.
_LIBRARIES = 450_000_000
# More at a time isn't quicker; and a chunk of the output is a file of a size that file systems like.
MOST_CELLS = 4096
_FEWEST_CELLS = 16


def bytes_of(memory: str | int) -> int:
    """Read an amount of memory: ``"2 GB"``, ``"500M"``, or a number of bytes.

    Raises
    ------
    ArgumentError
        If it is none.

    Examples
    --------
    >>> bytes_of("1.5 GB")
    1500000000
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?\s*", str(memory).upper())
    if found is None:
        raise ArgumentError(
            f"memory={memory!r}", expected="an amount such as '2 GB' or '500 MB'", do="pass such an amount"
        )
    return int(float(found[1]) * _UNITS[found[2]])


def cells_at_a_time(cells: Cells, *, memory: int, width: int, fixed: int) -> int:
    """Find how many cells a chunk may have: a power of two, 4,096 at most.

    A chunk is read while one is computed and one written: some three copies of what is stored and of the
    vectors are there at a time.

    Parameters
    ----------
    cells
        The cells; the fullest stretch of them counts.
    memory
        Bytes that the process may take in all.
    width
        Dimensions of the embedding.
    fixed
        Bytes that don't depend on the number of cells: the gene vectors.

    Raises
    ------
    ArgumentError
        If even a few cells need more.
    """
    stored = cells.dtype.itemsize + (0 if cells.form == "dense" else 8)
    n = MOST_CELLS
    while n >= _FEWEST_CELLS:
        # As it is read (one waiting, one under way), as float32 CSR with what its making takes, its weights.
        values = cells.most_stored(n) * (2 * stored + 3 * 8)
        need = _LIBRARIES + fixed + values + 4 * n * width * 4
        if need <= memory:
            return n
        n //= 2
    raise ArgumentError(
        f"memory for {memory / 1e9:.2g} GB",
        expected=f"at least {need / 1e9:.2g} GB for {_FEWEST_CELLS} cells at a time and the gene vectors",
        do="allow more (in Python: memory=, on the command line: --memory)",
    )
