"""Gene names of an AnnData that name no gene we know: say why, and where the right ones are."""

from collections.abc import Sequence

import pandas as pd

from genept.errors import GeneNamesError, name_some
from genept.genes import GeneTable
from genept.genes.names import kind_of_names
from genept.tl.gene_column import may_name_genes, names_in_column
from genept.tl.matrix import MeasuredGenes

_FETCH = (
    "fetch the lists of genes that say what ids mean "
    "(genept data fetch ncbi_gene_info_human hgnc_complete_set)"
)


def no_gene_in_common(measured: MeasuredGenes, names: Sequence[str], table: GeneTable) -> GeneNamesError:
    """Make the error for measured genes none of which is in ``table``.

    Parameters
    ----------
    measured
        The measured genes; a column of their ``var`` may name genes of the table.
    names
        The names that were tried.
    table
        The genes that have a vector.
    """
    kind = kind_of_names(names)
    column = _column_of_symbols(measured.var, table)
    if column is not None:
        do = (
            f"use that column (in Python: gene_column={column!r}, "
            f"on the command line: --gene-column {column})"
        )
    elif (table.locate([name.upper() for name in names]) >= 0).any():
        do = "these differ in letter case only, as another species' symbols do: map them to human ones first"
    elif kind != "symbols":
        do = f"these are {kind}: {_FETCH}, or put gene symbols in adata.var_names"
    else:
        do = "check that adata.var_names holds gene symbols, and that the embeddings are of this species"
    error = GeneNamesError(
        f"none of the {len(names):,} measured genes has a vector ({kind} such as {name_some(names, 3)})"
        + (f", but var[{column!r}] holds symbols" if column is not None else ""),
        expected=f"names such as {name_some(table.symbols, 3)}",
        do=do,
    )
    return told_for_raw(measured, error)


def not_symbols(measured: MeasuredGenes, names: Sequence[str]) -> GeneNamesError:
    """Make the error for names that would make no sense in a sentence."""
    columns = [
        str(column)
        for position, column in enumerate(measured.var.columns)
        if may_name_genes(measured.var.iloc[:, position])
        and kind_of_names(names_in_column(measured.var, str(column))) == "symbols"
    ]
    error = GeneNamesError(
        f"gene names that are {kind_of_names(names)}, such as {name_some(names, 3)}",
        expected="gene symbols, which a text encoder can read",
        do=f"{_FETCH}, or put gene symbols in adata.var_names"
        + (f"; look at adata.var columns {name_some(columns)}" if columns else ""),
    )
    return told_for_raw(measured, error)


def _column_of_symbols(var: pd.DataFrame, table: GeneTable) -> str | None:
    """Find the column of ``var`` that names most genes of the table, if any names one."""
    hits = {
        str(name): int((table.locate(names_in_column(var, str(name))) >= 0).sum())
        for position, name in enumerate(var.columns)
        if may_name_genes(var.iloc[:, position])
    }
    best = max(hits, key=lambda column: hits[column], default=None)
    return best if best is not None and hits[best] > 0 else None


def told_for_raw(measured: MeasuredGenes, error: GeneNamesError) -> GeneNamesError:
    """Make what to do about names of ``raw`` begin with taking it out."""
    if measured.origin != "raw":
        return error
    do = f"first take raw out, adata = adata.raw.to_adata(), and leave use_raw out; then {error.do}"
    return GeneNamesError(error.found, expected=error.expected, do=do)
