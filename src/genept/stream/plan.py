"""How many cells at a time, so that memory stays within what is allowed."""

import re

from genept.errors import ArgumentError
from genept.stream.chunk_job import Method
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


def cells_at_a_time(cells: Cells, method: Method, *, memory: int, fixed: int) -> int:
    """Find how many cells a chunk may have: a power of two, 4,096 at most.

    A chunk is read while one is computed and one written. Bytes for each stored value were measured: what
    reading and the making of CSR take at their peak, beside a chunk that waits and one that is computed.

    Parameters
    ----------
    cells
        The cells; the fullest stretch of them counts.
    memory
        Bytes that the process may take in all.
    method
        What embeds them.
    fixed
        Bytes that don't depend on the number of cells: the gene vectors.

    Raises
    ------
    ArgumentError
        If even a few cells need more.
    """
    size = cells.dtype.itemsize
    of_a_value = size + 68 if cells.form == "dense" else 2 * size + 48
    # Four copies of a vector; for sentences their texts, and values in double precision.
    of_a_cell = 16 * method.width + (24_000 if method.exact else 0)
    of_a_value += 24 if method.exact else 0
    n = MOST_CELLS
    while n >= _FEWEST_CELLS:
        need = _LIBRARIES + fixed + cells.most_stored(n) * of_a_value + n * of_a_cell
        if need <= memory:
            return n
        n //= 2
    raise ArgumentError(
        f"memory for {memory / 1e9:.2g} GB",
        expected=f"at least {need / 1e9:.2g} GB for {_FEWEST_CELLS} cells at a time and the gene vectors",
        do="allow more (in Python: memory=, on the command line: --memory)",
    )
