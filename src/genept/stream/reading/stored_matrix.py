"""A stored matrix, looked at without reading it."""

from typing import Any

import numpy as np

from genept.cells.expression import check_real_numbers
from genept.stream.reading.compressed import Compressed
from genept.stream.reading.csc_rows import CscRows
from genept.stream.reading.csr_rows import CsrRows
from genept.stream.reading.dense_rows import DenseRows
from genept.stream.reading.file_cells import Rows
from genept.stream.reading.source import Form
from genept.stream.reading.stored_file import StoredFile


def look_at_matrix(
    file: StoredFile, name: str, *, origin: str, shape: tuple[int, int]
) -> tuple[Rows, Form, np.dtype[Any], int]:
    """Find out how a matrix is stored, and whether it fits its cells and genes.

    Parameters
    ----------
    file
        Where it is stored.
    name, origin
        What the file calls it, and what a person does.
    shape
        Cells and genes that there are.

    Returns
    -------
    Rows, Form, dtype, int
        How to read it, how it is stored, the type of its values and their number.

    Raises
    ------
    InputFileError
        If it is no matrix, is of another shape, or its parts don't fit each other.
    ValuesError
        If its values aren't real numbers.
    """
    stored = file.element(name)
    is_array = hasattr(stored, "shape")
    kind = "array" if is_array else stored.attrs.get("encoding-type")
    if kind not in ("array", "csr_matrix", "csc_matrix"):
        raise file.damaged(f"{origin} is stored as {kind!r}", expected="csr_matrix, csc_matrix or array")
    found = tuple(map(int, stored.shape if is_array else stored.attrs["shape"]))
    if found != shape:
        raise file.damaged(
            f"{origin} has the shape {found}",
            expected=f"{shape}, since there are {shape[0]:,} cells in obs and {shape[1]:,} genes in var",
        )
    if is_array:
        check_real_numbers(stored.dtype, origin)
        return DenseRows(file, name, origin), "dense", stored.dtype.newbyteorder("="), shape[0] * shape[1]
    by_rows = kind == "csr_matrix"
    n_lines, width = shape if by_rows else shape[::-1]
    lines = Compressed.look(file, name, origin=origin, n_lines=n_lines, width=width)
    if by_rows:
        return CsrRows(lines), "csr", lines.dtype, lines.n_stored
    return CscRows(lines), "csc", lines.dtype, lines.n_stored
