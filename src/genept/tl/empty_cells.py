"""Cells of which nothing is known."""

from collections.abc import Iterable

from genept.errors import ValuesError, name_some
from genept.tl.matrix import MeasuredCells


def refuse_empty_cells(measured: MeasuredCells) -> None:
    """Raise if a cell has no counts at all.

    Raises
    ------
    ValuesError
        Naming the first few of them.
    """
    empty = measured.expression.empty_cells()
    if empty.any():
        raise empty_cells_error(
            measured.cells[empty],
            n_empty=int(empty.sum()),
            among=f"{len(empty):,} cells",
            origin=measured.genes.origin,
        )


def empty_cells_error(names: Iterable[str], *, n_empty: int, among: str, origin: str) -> ValuesError:
    """Make the error for cells without counts, of which ``names`` are the first few."""
    names = list(names)
    shown = name_some(names[:5]) + (f" and {n_empty - 5:,} more" if n_empty > 5 else "")
    return ValuesError(
        f"{n_empty:,} of {among} without counts in {origin}" + (f": {shown}" if names else ""),
        expected="counts in every cell",
        do="drop these cells (in Python: scanpy.pp.filter_cells(adata, min_counts=1)), or give them "
        "zero vectors (in Python: empty_cells='zero', on the command line: --allow-empty-cells)",
    )
