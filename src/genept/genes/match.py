"""Which measured genes have a row in a gene table, and how that was found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genept.genes.resolve import AMBIGUOUS, SYMBOL, UNKNOWN, Resolution, Resolver
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
        (k,) the row of each in the table. Two columns may share a row (a symbol and its alias): both
        count.
    rules
        For each name the rule that says which gene it is (:data:`genept.genes.RULES`), whether that
        gene is in the table or not, or ``"ambiguous"`` or ``"unknown"``.
    """

    names: tuple[str, ...]
    columns: NDArray[np.intp]
    rows: NDArray[np.intp]
    rules: tuple[str, ...]

    @property
    def covered(self) -> NDArray[np.bool_]:
        """(n_genes,) whether each measured gene was found."""
        covered = np.zeros(len(self.names), dtype=bool)
        covered[self.columns] = True
        return covered


def match_genes(names: Sequence[str], table: GeneTable) -> GeneMatch:
    """Find measured genes in ``table`` by exact symbol, and by nothing else.

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
    rows = _exact_rows(names, table)
    return _as_match(names, rows, [SYMBOL if row >= 0 else UNKNOWN for row in rows])


def match_resolved(resolution: Resolution, table: GeneTable) -> GeneMatch:
    """Find measured genes in ``table`` by what their names resolved to.

    The genes of ``table`` are found in the resolver's table too, by Entrez id or name, so that an old
    symbol on one side meets the new one on the other.

    Parameters
    ----------
    resolution
        What the names of the measured genes mean.
    table
        The genes that are known.

    Returns
    -------
    GeneMatch
        What was found; empty where nothing was.

    Examples
    --------
    >>> known = Resolver(GeneTable(("MACROH2A1",), previous=(("H2AFY",),)))
    >>> match_resolved(known.resolve(["MACROH2A1"]), GeneTable(("H2AFY",))).rows
    array([0])
    """
    names = resolution.table["query"].tolist()
    rules = resolution.table["matched_by"].tolist()
    resolver = resolution.resolver
    located = np.arange(len(table)) if table is resolver.genes else resolver.locate_genes(table)
    rows = np.append(_rows_of_genes(located, resolver, table), -1)[resolution.rows]
    # The same symbol in the data and in the table is no guess, even where the list of genes doesn't know it.
    exact = _exact_rows(names, table)
    for position in np.flatnonzero(exact >= 0):
        row, gene = exact[position], resolution.rows[position]
        if located[row] == gene >= 0:
            # Of several rows of one gene (Ensembl ids, say) the one so named.
            rows[position] = row
        elif rows[position] < 0 and (rules[position] in (AMBIGUOUS, UNKNOWN) or located[row] < 0):
            rows[position], rules[position] = row, SYMBOL
    return _as_match(names, rows, rules)


def _as_match(names: Sequence[str], rows: NDArray[np.intp], rules: Sequence[str]) -> GeneMatch:
    columns = np.flatnonzero(rows >= 0)
    return GeneMatch(names=tuple(names), columns=columns, rows=rows[columns], rules=tuple(rules))


def _exact_rows(names: Sequence[str], table: GeneTable) -> NDArray[np.intp]:
    row_of = {symbol: row for row, symbol in enumerate(table.symbols)}
    return np.array([row_of.get(name, -1) for name in names], dtype=np.intp)


def _rows_of_genes(found: NDArray[np.intp], resolver: Resolver, table: GeneTable) -> NDArray[np.intp]:
    """For each gene of the resolver its row in ``table``, -1 where it has none."""
    rows = np.full(len(resolver.genes), -1, dtype=np.intp)
    # Where two rows turn out to be one gene (old and new symbol), the one with today's symbol has it,
    # else the first.
    today = [table.symbols[r] == resolver.genes.symbols[f] if f >= 0 else False for r, f in enumerate(found)]
    for row in sorted(np.flatnonzero(found >= 0), key=lambda row: (today[row], -row)):
        rows[found[row]] = row
    return rows
