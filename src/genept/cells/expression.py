"""Expression values: counts or log-normalised, found out by looking."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.errors import ArgumentError, ValuesError

Kind = Literal["counts", "log_normalised"]
Matrix = NDArray[Any] | sparse.csr_matrix

# log2(1 + counts per million) stays below 20; values above it have not been through a logarithm,
# and above 50 not even if something says so.
LARGEST_LOG_VALUE = 20.0
LARGEST_MARKED_LOG_VALUE = 50.0
# ln(1 + counts per million) stays below 13.9: logarithms above it have another base, usually 2.
LARGEST_NATURAL_LOG_VALUE = 13.9
ROWS_AT_A_TIME = 4096
_VALUES_AT_A_TIME = 1 << 18
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Expression:
    """Expression values (cells x genes), checked, with what they are.

    Parameters
    ----------
    X
        (n_cells, n_genes) array or CSR matrix; never changed.
    kind
        ``"counts"`` (linear: raw, corrected or scaled to a library size) or ``"log_normalised"``.
    log_base
        Base of the logarithm of log-normalised values; it bears on coverage in counts only.
    """

    X: Matrix
    kind: Kind
    log_base: float = math.e

    @property
    def shape(self) -> tuple[int, int]:
        """Cells and genes."""
        rows, columns = self.X.shape
        return int(rows), int(columns)

    def chunks(
        self, n_rows: int = ROWS_AT_A_TIME, *, dtype: type[np.floating] = np.float32
    ) -> Iterator[tuple[slice, sparse.csr_matrix]]:
        """Blocks of rows as CSR of ``dtype`` without duplicates or stored zeros, indices sorted.

        Yields
        ------
        slice, (rows, n_genes) csr_matrix
            Which rows, and their values in memory of their own.
        """
        for start in range(0, self.shape[0], n_rows):
            rows = slice(start, min(start + n_rows, self.shape[0]))
            yield rows, as_block(self.X[rows], dtype=dtype)

    def empty_cells(self) -> NDArray[np.bool_]:
        """(n_cells,) bool: cells in which every value is zero."""
        return np.concatenate([np.diff(block.indptr) == 0 for _, block in self.chunks()])


def as_block(values: Matrix, *, dtype: type[np.floating] = np.float32) -> sparse.csr_matrix:
    """(rows, genes) values as CSR of ``dtype``: no duplicates or stored zeros, sorted, its own memory."""
    block = sparse.csr_matrix(values, dtype=dtype, copy=True)
    block.sum_duplicates()
    block.eliminate_zeros()
    return block


def as_expression(
    X: Any,
    *,
    kind: Kind | Literal["auto"] = "auto",
    log1p_hint: bool = False,
    log_base: float | None = None,
    origin: str = "X",
) -> Expression:
    """Look at expression values, refuse what can't be used, and say what they are.

    Whole numbers are counts. Other values are log-normalised if none is above 20 (the logarithm of
    counts per million stays below it), or none is above 50 and they are marked so; else linear counts.

    Parameters
    ----------
    X
        (n_cells, n_genes) NumPy array or SciPy sparse matrix of any format.
    kind
        What the values are, where looking would be wrong; ``"auto"`` looks.
    log1p_hint
        Whether something says that a logarithm was taken, such as ``adata.uns["log1p"]``.
    log_base
        Its base, where known; otherwise e, or 2 where values are too large for natural logarithms.
    origin
        Where the values come from, for error messages.

    Returns
    -------
    Expression
        The same matrix with its kind; other sparse formats than CSR are converted.

    Raises
    ------
    ValuesError
        If there are no cells or genes, or values aren't real numbers, are negative, not finite or
        too large for float32.

    Examples
    --------
    >>> as_expression(np.array([[0, 3], [1, 0]])).kind
    'counts'
    >>> as_expression(np.array([[0.0, 1.2], [0.4, 0.0]])).kind
    'log_normalised'
    """
    # Rows of CSC are slow to slice: one conversion beats a pass over the matrix for every block.
    known: Matrix = sparse.csr_matrix(cast("Any", X)) if sparse.issparse(X) else np.asarray(X)
    refuse_nothing(known.shape, origin)
    check_real_numbers(known.dtype, origin)
    look = Look(origin)
    look.at(known)
    found, base = look.verdict(log1p_hint=log1p_hint)
    kind = found if kind == "auto" else kind
    refuse_no_logarithms(kind, look)
    return Expression(X=known, kind=kind, log_base=log_base if log_base is not None else base)


def refuse_nothing(shape: tuple[int, ...], origin: str) -> None:
    """Refuse a matrix without cells or genes.

    Raises
    ------
    ValuesError
        Saying how many there are of both.
    """
    if 0 in shape:
        raise ValuesError(
            f"{origin} has {shape[0]:,} cells and {shape[1]:,} genes",
            expected="at least one cell and one gene",
            do="check the filters that ran before",
        )


def check_real_numbers(dtype: np.dtype[Any], origin: str) -> None:
    """Refuse values of a type that isn't boolean, whole or floating.

    Raises
    ------
    ValuesError
        With the type.
    """
    if dtype.kind not in "biuf":
        raise ValuesError(
            f"{origin} of type {dtype}",
            expected="real numbers",
            do="convert it first, for example with X.astype('float32')",
        )


def check_values(values: str) -> None:
    """Raise if ``values`` names no kind of values.

    Raises
    ------
    ArgumentError
        Naming the kinds.
    """
    if values not in ("auto", "counts", "log_normalised"):
        raise ArgumentError(
            f"values={values!r}",
            expected="'auto', 'counts' or 'log_normalised'",
            do="choose one of the three; 'auto' finds out by looking",
        )


class Look:
    """What is seen of expression values, block after block.

    Parameters
    ----------
    origin
        Where the values come from, for error messages.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.largest = 0.0
        self.whole = True

    def at(self, values: Matrix) -> None:
        """Look at more values, of a sparse matrix at those that are stored.

        Raises
        ------
        ValuesError
            If any is negative, not finite or too large for float32.
        """
        flat = (values.data if isinstance(values, sparse.csr_matrix) else values).reshape(-1)
        for start in range(0, flat.size, _VALUES_AT_A_TIME):
            self._at_some(flat[start : start + _VALUES_AT_A_TIME])

    def verdict(self, *, log1p_hint: bool) -> tuple[Kind, float]:
        """Say what the values are, and the base of their logarithm if they are logarithms."""
        limit = LARGEST_MARKED_LOG_VALUE if log1p_hint else LARGEST_LOG_VALUE
        kind: Kind = "log_normalised" if not self.whole and self.largest <= limit else "counts"
        return kind, math.e if self.largest <= LARGEST_NATURAL_LOG_VALUE else 2.0

    def _at_some(self, values: NDArray[Any]) -> None:
        smallest, largest = float(values.min()), float(values.max())
        # A missing value makes both missing, and compares as false.
        if not (smallest >= -_LARGEST and largest <= _LARGEST):
            raise ValuesError(
                f"values in {self.origin} that are missing (NaN), infinite or too large for float32",
                expected="a finite number for every cell and gene",
                do="set missing values to 0 if they mean 'not detected', or drop these cells or genes",
            )
        if smallest < 0:
            raise ValuesError(
                f"negative values in {self.origin} (down to {smallest:.3g}), so it is scaled or centred",
                expected="counts or log-normalised values, which are never negative",
                do="pass the matrix that holds counts: often adata.raw or a layer",
            )
        self.largest = max(self.largest, largest)
        if self.whole and values.dtype.kind == "f":
            self.whole = bool((values == np.rint(values)).all())


def refuse_no_logarithms(kind: Kind, look: Look) -> None:
    """Refuse values that are said to be logarithms and are too large for that.

    Raises
    ------
    ValuesError
        With the largest value.
    """
    if kind == "log_normalised" and look.largest > LARGEST_MARKED_LOG_VALUE:
        raise ValuesError(
            f"values up to {look.largest:.4g} in {look.origin}, said to be log-normalised",
            expected=f"logarithms, which stay below {LARGEST_MARKED_LOG_VALUE:g}",
            do="say that they are counts, or leave values out to have them looked at",
        )
