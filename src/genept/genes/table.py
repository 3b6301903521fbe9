"""GeneTable: one row per gene."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genept.errors import GeneNamesError, name_some


@dataclass(frozen=True)
class GeneTable:
    """Genes in order, each with its symbol and the other names that point at it.

    Parameters
    ----------
    symbols
        One gene symbol per gene, unique and not empty.
    aliases
        For each gene its further names (previous symbols, aliases), possibly none.
        Leave it out where no gene has any.

    Raises
    ------
    GeneNamesError
        If a symbol is empty or stands twice, or the lengths differ.

    Examples
    --------
    >>> table = GeneTable(("CD3E", "MACROH2A1"), aliases=((), ("H2AFY",)))
    >>> table.locate(["H2AFY", "CD3E", "no gene"])
    array([ 1,  0, -1])
    """

    symbols: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if any(isinstance(names, str) for names in self.aliases):
            raise GeneNamesError(
                "a string in place of a gene's aliases",
                expected="a tuple of names for each gene",
                do="write (('LZM',), ()), say, for two genes of which the first has an alias",
            )
        object.__setattr__(self, "symbols", tuple(self.symbols))
        object.__setattr__(self, "aliases", tuple(map(tuple, self.aliases)) or ((),) * len(self.symbols))
        if any("|" in alias for names in self.aliases for alias in names):
            raise GeneNamesError(
                "an alias with a | in it",
                expected="names without it, since it parts them in files",
                do="split it",
            )
        if len(self.aliases) != len(self.symbols):
            raise GeneNamesError(
                f"{len(self.symbols):,} symbols but {len(self.aliases):,} sets of aliases",
                expected="one set of aliases for each symbol",
                do="pass aliases in the order of the symbols, with () for a gene that has none",
            )
        if any(not symbol.strip() for symbol in self.symbols):
            raise GeneNamesError(
                f"an empty gene symbol at row {[bool(s.strip()) for s in self.symbols].index(False)}",
                expected="a name for every gene",
                do="name the gene or leave its row out",
            )
        twice = [symbol for symbol, count in Counter(self.symbols).items() if count > 1]
        if twice:
            raise GeneNamesError(
                f"gene symbols that stand more than once: {name_some(twice)}",
                expected="one row per gene",
                do="keep one row of each; further names of a gene belong in its aliases",
            )

    def __len__(self) -> int:
        return len(self.symbols)

    @cached_property
    def _rows(self) -> dict[str, int]:
        # An alias that two genes share says nothing, and a symbol beats another gene's alias.
        times = Counter(alias for names in self.aliases for alias in set(names))
        rows = {alias: row for row, names in enumerate(self.aliases) for alias in names if times[alias] == 1}
        rows.update({symbol: row for row, symbol in enumerate(self.symbols)})
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
