"""Resolve names that data sets give to genes, with an audit trail."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.genes.names import ensembl_id, entrez_id
from genept.genes.table import GeneTable

SYMBOL = "symbol"
CASE = "case"
# In this order: what a name is today beats what it was, and that beats a nickname.
RULES = (SYMBOL, "ensembl", "entrez", "previous", "alias", CASE)
AMBIGUOUS = "ambiguous"
# What is left of missing names in files; the case rule would make genes of them (NaN is an alias of SCN11A).
_MISSING = {"nan", "na", "none", "null"}
UNKNOWN = "unknown"

# Name to the rows that it may mean, each once. Nearly all have one row, and a tuple costs less than a set.
_Index = dict[str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Resolution:
    """What each name resolved to, and by which rule.

    Parameters
    ----------
    table
        One row per query: ``query``, ``symbol``, ``entrez_id``, ``ensembl_id`` (several joined by
        ``|``), ``matched_by`` (a rule, ``"ambiguous"`` or ``"unknown"``) and ``candidates`` (the symbols
        among which an ambiguous name doesn't decide, joined by ``|``).
    rows
        (n,) the row of each query in the gene table, -1 where none was found.
    resolver
        What resolved them, with its gene table.
    """

    table: pd.DataFrame
    rows: NDArray[np.intp]
    resolver: "Resolver"

    def summary(self) -> dict[str, int]:
        """How many names each rule resolved, and how many none did."""
        counts = self.table["matched_by"].value_counts()
        return {rule: int(counts.get(rule, 0)) for rule in (*RULES, AMBIGUOUS, UNKNOWN)}


class Resolver:
    """Resolves names by one gene table; the indexes are made once.

    Parameters
    ----------
    genes
        The genes of one species.
    """

    def __init__(self, genes: GeneTable) -> None:
        self.genes = genes
        symbols = _index((symbol,) for symbol in genes.symbols)
        previous, aliases = _index(genes.previous), _index(genes.aliases)
        self._entrez = _index((one,) if one else () for one in genes.entrez_ids)
        lower: _Index = {}
        for index in (symbols, previous, aliases):
            for name, rows in index.items():
                _add(lower, name.lower(), rows)
        self._steps: tuple[tuple[str, _Index, Callable[[str], str]], ...] = (
            (SYMBOL, symbols, str),
            ("ensembl", _index(genes.ensembl_ids), ensembl_id),
            ("entrez", self._entrez, entrez_id),
            ("previous", previous, str),
            ("alias", aliases, str),
            (CASE, lower, _lower),
        )

    def resolve(self, names: Sequence[str]) -> Resolution:
        """Resolve names: current symbol, Ensembl id, Entrez id, previous symbol, alias, letter case.

        The first rule under which a name means anything decides. Where it means several genes, the
        name is ambiguous and nothing is guessed. A match that differs in letter case counts only where
        it is the only one.

        Parameters
        ----------
        names
            Names as a data set has them; Ensembl ids with or without version, alone or after a symbol
            and an underscore (``HLA-B_ENSG00000234745``).

        Returns
        -------
        Resolution
            One row per name, in order.

        Examples
        --------
        >>> genes = GeneTable(("MACROH2A1", "LYZ"), previous=(("H2AFY",), ()))
        >>> Resolver(genes).resolve(["H2AFY", "lyz", "what"]).table["matched_by"].tolist()
        ['previous', 'case', 'unknown']
        """
        found = [self._one(name) for name in names]
        rows = np.array([row for row, _, _ in found], dtype=np.intp)
        genes = self.genes
        table = pd.DataFrame(
            {
                "query": list(names),
                "symbol": [genes.symbols[r] if r >= 0 else "" for r in rows],
                "entrez_id": [genes.entrez_ids[r] if r >= 0 else "" for r in rows],
                "ensembl_id": ["|".join(genes.ensembl_ids[r]) if r >= 0 else "" for r in rows],
                "matched_by": [rule for _, rule, _ in found],
                "candidates": [candidates for _, _, candidates in found],
            }
        )
        return Resolution(table=table, rows=rows, resolver=self)

    def own_names(self, rows: Iterable[int]) -> GeneTable:
        """Make a table of some of the genes, with those names only that mean them in the whole table.

        A name that two genes share, or that is the symbol of another gene, would decide for one of
        them in a table without the other.

        Parameters
        ----------
        rows
            Which genes, in the order that the new table is to have.

        Returns
        -------
        GeneTable
            These genes; Ensembl and Entrez ids as they are.
        """
        chosen = list(rows)
        taken = self.genes.take(chosen)

        def own(names: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
            return tuple(
                tuple(name for name in some if self._one(name)[0] == row)
                for row, some in zip(chosen, names, strict=True)
            )

        return replace(taken, previous=own(taken.previous), aliases=own(taken.aliases))

    def row_of_entrez(self, entrez_id: str) -> int | None:
        """Row of the gene with an Entrez id, ``None`` where there is no such gene."""
        rows = self._entrez.get(entrez_id)
        return rows[0] if rows else None

    def locate_genes(self, genes: GeneTable) -> NDArray[np.intp]:
        """Find the genes of another table here: by Entrez id where it is known, else by symbol.

        Parameters
        ----------
        genes
            The other table, of the same species.

        Returns
        -------
        (n,) int array
            The row of each gene, -1 where it isn't known or its symbol doesn't decide.
        """
        return np.array(
            [
                self._entrez[entrez][0] if entrez in self._entrez else self._one(symbol)[0]
                for symbol, entrez in zip(genes.symbols, genes.entrez_ids, strict=True)
            ],
            dtype=np.intp,
        )

    def _candidates(self, rows: Sequence[int]) -> list[str]:
        """Symbols of genes, with the Entrez id where the symbol doesn't tell them apart."""
        symbols = [self.genes.symbols[row] for row in rows]
        if len(set(symbols)) == len(symbols):
            return symbols
        return [f"{symbol} ({self.genes.entrez_ids[row]})" for symbol, row in zip(symbols, rows, strict=True)]

    def _one(self, name: str) -> tuple[int, str, str]:
        for rule, index, key in self._steps:
            rows = index.get(key(name))
            if rows is None:
                continue
            if len(rows) == 1:
                return rows[0], rule, ""
            return -1, AMBIGUOUS, "|".join(self._candidates(sorted(rows)))
        return -1, UNKNOWN, ""


def _index(names: Iterable[Iterable[str]]) -> _Index:
    index: _Index = {}
    for row, some in enumerate(names):
        for name in some:
            _add(index, name, (row,))
    return index


def _add(index: _Index, name: str, rows: tuple[int, ...]) -> None:
    known = index.setdefault(name, rows)
    if known is not rows:
        index[name] = tuple({*known, *rows})


def _lower(name: str) -> str:
    lower = name.lower()
    return "" if lower in _MISSING else lower
