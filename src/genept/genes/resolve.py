"""Resolve names that data sets give to genes, with an audit trail."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.genes.table import GeneTable

# In this order: what a name is today beats what it was, and that beats a nickname.
RULES = ("symbol", "ensembl", "entrez", "previous", "alias", "case")
AMBIGUOUS = "ambiguous"
UNKNOWN = "unknown"


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
    """

    table: pd.DataFrame
    rows: NDArray[np.intp]

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
        named = (((s,) for s in genes.symbols), genes.previous, genes.aliases)
        symbols, previous, aliases = (_index(names) for names in named)
        entrez = _index((i,) if i else () for i in genes.entrez_ids)
        lower: dict[str, set[int]] = {}
        for index in (symbols, previous, aliases):
            for name, rows in index.items():
                lower.setdefault(name.lower(), set()).update(rows)
        self._steps: tuple[tuple[str, dict[str, set[int]], Callable[[str], str]], ...] = (
            ("symbol", symbols, str),
            ("ensembl", _index(genes.ensembl_ids), _without_version),
            ("entrez", entrez, str),
            ("previous", previous, str),
            ("alias", aliases, str),
            ("case", lower, str.lower),
        )

    def resolve(self, names: Sequence[str]) -> Resolution:
        """Resolve names: current symbol, Ensembl id, Entrez id, previous symbol, alias, letter case.

        The first rule under which a name means anything decides. Where it means several genes, the
        name is ambiguous and nothing is guessed. A match that differs in letter case counts only where
        it is the only one.

        Parameters
        ----------
        names
            Names as a data set has them; Ensembl ids with or without version.

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
        return Resolution(table=table, rows=rows)

    def _one(self, name: str) -> tuple[int, str, str]:
        for rule, index, key in self._steps:
            rows = index.get(key(name))
            if rows is None:
                continue
            if len(rows) == 1:
                return next(iter(rows)), rule, ""
            return -1, AMBIGUOUS, "|".join(self.genes.symbols[row] for row in sorted(rows))
        return -1, UNKNOWN, ""


def _index(names: Iterable[Iterable[str]]) -> dict[str, set[int]]:
    rows: dict[str, set[int]] = {}
    for row, some in enumerate(names):
        for name in some:
            rows.setdefault(name, set()).add(row)
    return rows


def _without_version(name: str) -> str:
    return name.partition(".")[0] if name.startswith("ENS") else name
