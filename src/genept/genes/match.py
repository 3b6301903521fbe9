"""Which measured genes have a row in a gene table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genept.genes.table import GeneTable


@dataclass(frozen=True, eq=False)
class GeneMatch:
    """The measured genes that are in a table.

    Parameters
    ----------
    names
        All measured genes, in the order of the columns of the expression matrix.
    columns
        (k,) positions in ``names`` of those that were found, ascending.
    rows
        (k,) the row of each in the table. Two columns may share a row (a symbol and its alias).
    """

    names: tuple[str, ...]
    columns: NDArray[np.intp]
    rows: NDArray[np.intp]


def match_genes(names: Sequence[str], table: GeneTable) -> GeneMatch:
    """Find measured genes in ``table`` by symbol, then by alias.

    Parameters
    ----------
    names
        Measured genes, in the order of the columns.
    table
        The genes that are known.

    Returns
    -------
    GeneMatch
        What was found; empty where nothing was.

    Examples
    --------
    >>> match_genes(["LYZ", "nothing", "CD3E"], GeneTable(("CD3E", "LYZ"))).columns
    array([0, 2])
    """
    rows = table.locate(names)
    columns = np.flatnonzero(rows >= 0)
    return GeneMatch(names=tuple(names), columns=columns, rows=rows[columns])
