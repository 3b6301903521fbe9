"""GeneTable: one row per gene."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genept.errors import GeneNamesError


@dataclass(frozen=True)
class GeneTable:
    """Genes in order, each with its symbol, the other names that point at it, and its identifiers.

    Parameters
    ----------
    symbols
        One gene symbol per gene, not empty.
    aliases
        For each gene its further names, possibly none. Leave it out where no gene has any; likewise:
    previous
        For each gene the symbols that it had before.
    entrez_ids
        For each gene its Entrez id (NCBI GeneID), empty where there is none.
    ensembl_ids
        For each gene its Ensembl ids without version, possibly none or several.
    full_names
        For each gene its name in words, empty where it isn't known.

    Raises
    ------
    GeneNamesError
        If a symbol is empty, an alias can't be kept in a file, or the lengths differ.

    Examples
    --------
    >>> table = GeneTable(("CD3E", "MACROH2A1"), aliases=((), ("H2AFY",)))
    >>> table.locate(["H2AFY", "CD3E", "no gene"])
    array([ 1,  0, -1])
    """

    symbols: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...] = ()
    previous: tuple[tuple[str, ...], ...] = ()
    entrez_ids: tuple[str, ...] = ()
    ensembl_ids: tuple[tuple[str, ...], ...] = ()
    full_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbols", tuple(self.symbols))
        for column in ("entrez_ids", "full_names"):
            object.__setattr__(self, column, tuple(getattr(self, column)) or ("",) * len(self.symbols))
            self._check(column, len(getattr(self, column)))
        for column in ("aliases", "previous", "ensembl_ids"):
            given: tuple[tuple[str, ...], ...] = getattr(self, column)
            if any(isinstance(names, str) for names in given):
                raise GeneNamesError(
                    f"a string in place of a gene's {column}",
                    expected="a tuple of names for each gene",
                    do="write (('LZM',), ()), say, for two genes of which the first has one",
                )
            object.__setattr__(self, column, tuple(map(tuple, given)) or ((),) * len(self.symbols))
            self._check(column, len(getattr(self, column)))
            if any("|" in name for names in given for name in names):
                raise GeneNamesError(
                    f"a name with a | in it among {column}",
                    expected="names without it, since it parts them in files",
                    do="split it",
                )
        if any(not symbol.strip() for symbol in self.symbols):
            raise GeneNamesError(
                f"an empty gene symbol at row {[bool(s.strip()) for s in self.symbols].index(False)}",
                expected="a name for every gene",
                do="name the gene or leave its row out",
            )

    def _check(self, column: str, length: int) -> None:
        if length != len(self.symbols):
            raise GeneNamesError(
                f"{len(self.symbols):,} symbols but {length:,} {column}",
                expected=f"{column} for each symbol",
                do="pass them in the order of the symbols, with () or '' for a gene that has none",
            )

    def __len__(self) -> int:
        return len(self.symbols)

    def take(self, rows: Iterable[int]) -> "GeneTable":
        """Make a table of some of the genes.

        Parameters
        ----------
        rows
            Which, in the order that the new table is to have.

        Returns
        -------
        GeneTable
            These genes with all that is known of them.
        """
        chosen = list(rows)
        return GeneTable(
            **{f.name: tuple(getattr(self, f.name)[row] for row in chosen) for f in fields(self)}
        )

    @cached_property
    def _rows(self) -> dict[str, int]:
        # What two genes share says nothing, and a symbol beats another gene's alias.
        rows: dict[str, int] = {}
        for names in (self.aliases, tuple((symbol,) for symbol in self.symbols)):
            times = Counter(name for some in names for name in set(some))
            rows |= {name: row if times[name] == 1 else -1 for row, some in enumerate(names) for name in some}
        return rows

    def locate(self, names: Sequence[str]) -> NDArray[np.intp]:
        """Row of each name: by symbol first, then by an alias that only one gene has.

        Parameters
        ----------
        names
            Gene names; letter case counts.

        Returns
        -------
        (n,) int array
            The row of each name, -1 where no gene or more than one gene answers to it.
        """
        return np.fromiter((self._rows.get(name, -1) for name in names), dtype=np.intp, count=len(names))
