"""What several sources say, gene by gene."""

from collections.abc import Hashable, Sequence
from dataclasses import fields

from genept.genes import GeneTable, Resolver
from genept.texts.gene_texts import GeneTexts


def join(
    parts: Sequence[tuple[str, GeneTexts]], resolver: Resolver | None
) -> tuple[GeneTable, list[dict[str, str]]]:
    """Gather what sources say of the same gene.

    Parameters
    ----------
    parts
        Placeholder that a source fills, and its texts. Of two that fill the same, the earlier has it.
    resolver
        What says that two sources mean the same gene; without it, the symbol does.

    Returns
    -------
    GeneTable
        All genes, in the order in which they come first; each as its first source has it.
    list of dict
        For each gene placeholder to text.
    """
    row_of: dict[Hashable, int] = {}
    tables: list[GeneTable] = []
    known: list[dict[str, str]] = []
    for field, texts in parts:
        new = []
        located = (
            resolver.locate_genes(texts.genes).tolist() if resolver is not None else [-1] * len(texts.genes)
        )
        seen: set[Hashable] = set()
        for row, (symbol, gene, text) in enumerate(
            zip(texts.genes.symbols, located, texts.texts, strict=True)
        ):
            # Two rows of one source are two genes, whatever the resolver thinks.
            key: Hashable = gene if gene >= 0 and gene not in seen else symbol
            seen.add(key)
            if key not in row_of:
                row_of[key] = len(known)
                known.append({})
                new.append(row)
            known[row_of[key]].setdefault(field, text)
        tables.append(texts.genes.take(new))
    return concatenate(tables), known


def concatenate(tables: Sequence[GeneTable]) -> GeneTable:
    """Make one table of several, one after the other."""
    columns = [field.name for field in fields(GeneTable)]
    return GeneTable(**{c: tuple(one for table in tables for one in getattr(table, c)) for c in columns})
