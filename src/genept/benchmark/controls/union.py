"""The genes of several embeddings in one table."""

from collections.abc import Iterable

from genept.genes import GeneTable
from genept.texts.join import concatenate


def every_gene(tables: Iterable[GeneTable]) -> GeneTable:
    """Put gene tables one after the other; a symbol that was there before is left out.

    Parameters
    ----------
    tables
        One or more.

    Examples
    --------
    >>> every_gene([GeneTable(("CD3E", "LYZ")), GeneTable(("LYZ", "NKG7"))]).symbols
    ('CD3E', 'LYZ', 'NKG7')
    """
    there: set[str] = set()
    parts = []
    for table in tables:
        parts.append(table.take(row for row, symbol in enumerate(table.symbols) if symbol not in there))
        there.update(table.symbols)
    return concatenate(parts)
