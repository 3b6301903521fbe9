"""Who the rows of a foreign file are: their genes by a list of genes, or by what the file says itself."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from genept.embeddings.formats import NamedVectors
from genept.errors import name_some
from genept.genes import GeneTable, Resolver, is_identifier
from genept.genes.frame import from_frame
from genept.genes.names import ensembl_id

log = logging.getLogger(__name__)


@dataclass
class Row:
    """A gene: its vector, its names in the file, and its row in the list of genes."""

    vector: int
    names: list[str]
    gene: int = -1
    renamed: bool = False


def genes_of(named: NamedVectors, vector: int, resolver: Resolver | None) -> list[Row]:
    """Genes that have a vector, each with its names; what no list knows goes with the first."""
    names = [named.names[vector], *named.aliases[vector]]
    if resolver is None:
        return [Row(vector, names)]
    if not named.names_share_vectors:
        # The file says that these are names of one gene, whatever else they may mean.
        gene = int(resolver.resolve(names[:1]).rows[0])
        return [Row(vector, names, gene, gene >= 0 and is_identifier(names[0]))]
    found = resolver.resolve(names).rows.tolist()
    by_gene: dict[int, list[str]] = {}
    first = next((gene for gene in found if gene >= 0), -1)
    for name, gene in zip(names, found, strict=True):
        by_gene.setdefault(gene if gene >= 0 else first, []).append(name)
    return [Row(vector, some, gene, gene >= 0) for gene, some in by_gene.items()]


def table_of(rows: list[Row], resolver: Resolver | None) -> GeneTable:
    """Names and identifiers of the rows; of two that would have a symbol, the one so named has it."""
    known = resolver.genes if resolver is not None else None
    approved = [known.symbols[row.gene] if known is not None and row.gene >= 0 else "" for row in rows]
    kept = {row.names[0] for row in rows if not row.renamed}
    wanted = Counter(symbol for row, symbol in zip(rows, approved, strict=True) if row.renamed)
    symbols = [
        symbol
        if row.renamed and (symbol in row.names or (wanted[symbol] == 1 and symbol not in kept))
        else row.names[0]
        for row, symbol in zip(rows, approved, strict=True)
    ]
    genes = [row.gene for row in rows]
    return GeneTable(
        symbols=tuple(symbols),
        aliases=_without_bars(
            tuple(name for name in row.names if name != symbol)
            for row, symbol in zip(rows, symbols, strict=True)
        ),
        entrez_ids=tuple(known.entrez_ids[g] if known is not None and g >= 0 else "" for g in genes),
        ensembl_ids=tuple(known.ensembl_ids[g] if known is not None and g >= 0 else () for g in genes),
        full_names=tuple(known.full_names[g] if known is not None and g >= 0 else "" for g in genes),
    )


def tell_of_rows_of_one_gene(rows: list[Row]) -> None:
    """Warn of rows that are one gene by the list of genes, of which an alias can mean only one."""
    times = Counter(row.gene for row in rows if row.gene >= 0)
    more = [row.names[0] for row in rows if times[row.gene] > 1]
    if more:
        log.warning(
            "%s rows are of genes that have several, by the list of genes: %s. Each is met by its own name; "
            "other names of the gene meet the row with today's symbol, else the first",
            f"{len(more):,}",
            name_some(more),
        )


def as_told(named: NamedVectors) -> GeneTable:
    """Make the table of genes as the file has it; what is no identifier is none."""
    table = from_frame(pd.DataFrame({"symbol": named.names, **named.known}))
    return replace(
        table,
        aliases=_without_bars(named.aliases),
        entrez_ids=tuple(one if one.isdecimal() else "" for one in table.entrez_ids),
        ensembl_ids=tuple(
            tuple(ensembl_id(one) for one in some if is_identifier(one)) for some in table.ensembl_ids
        ),
    )


def _without_bars(aliases: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name for name in some if "|" not in name) for some in aliases)
