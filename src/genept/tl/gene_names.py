"""Gene names of an AnnData that name no gene we know: say why, and where the right ones are."""

from collections.abc import Sequence

import pandas as pd

from genept.errors import GeneNamesError, name_some
from genept.genes import GeneTable
from genept.genes.names import kind_of_names


def no_gene_in_common(names: Sequence[str], table: GeneTable, var: pd.DataFrame) -> GeneNamesError:
    """Make the error for measured genes none of which is in ``table``.

    Parameters
    ----------
    names
        The measured genes.
    table
        The genes that have a vector.
    var
        ``adata.var``, searched for a column that names genes of the table.
    """
    kind = kind_of_names(names)
    column = column_of_symbols(var, table)
    if column is not None:
        do = f"use that column: adata.var_names = adata.var[{column!r}].astype(str)"
    elif (table.locate([name.upper() for name in names]) >= 0).any():
        do = "these look like genes of another species in human letters: map them to human symbols first"
    elif kind != "symbols":
        do = f"put gene symbols in adata.var_names; these are {kind}"
    else:
        do = "check that adata.var_names holds gene symbols, and that the embeddings are of this species"
    return GeneNamesError(
        f"none of the {len(names):,} measured genes has a vector ({kind} such as {name_some(names, 3)})"
        + (f", but var[{column!r}] holds symbols" if column is not None else ""),
        expected=f"names such as {name_some(table.symbols, 3)}",
        do=do,
    )


def not_symbols(names: Sequence[str], var: pd.DataFrame) -> GeneNamesError:
    """Make the error for names that would make no sense in a sentence."""
    columns = [c for c in var.columns if _is_text(var[c]) and kind_of_names(list(var[c])) == "symbols"]
    return GeneNamesError(
        f"gene names that are {kind_of_names(names)}, such as {name_some(names, 3)}",
        expected="gene symbols, which a text encoder can read",
        do="put gene symbols in adata.var_names"
        + (f"; look at adata.var columns {name_some(columns)}" if columns else ""),
    )


def column_of_symbols(var: pd.DataFrame, table: GeneTable) -> str | None:
    """Find the column of ``var`` that names most genes of the table, if any names one."""
    hits = {
        str(column): int((table.locate(list(var[column].astype(str))) >= 0).sum())
        for column in var.columns
        if _is_text(var[column])
    }
    best = max(hits, key=lambda column: hits[column], default=None)
    return best if best is not None and hits[best] > 0 else None


def _is_text(column: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
