"""Where in ``var`` the names of the genes stand."""

import logging
import re
from collections.abc import Callable

import pandas as pd

from genept.errors import GeneNamesError, UnknownNameError, name_some
from genept.genes import Resolution, Resolver, refuse_duplicates
from genept.genes.names import are_row_numbers

log = logging.getLogger(__name__)

VAR_NAMES = "var_names"
# Numbers are lengths and positions in most columns; only such a name makes them ids.
_NAMES_OF_IDS = re.compile(r"entrez|ncbi", re.IGNORECASE)


def names_in_column(var: pd.DataFrame, column: str) -> tuple[str, ...]:
    """Names in a column of ``var``, or ``"var_names"``, its index; empty where one is missing.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    """
    at = [position for position, name in enumerate(var.columns) if str(name) == column]
    if at:
        return _as_names(var.iloc[:, at[0]])
    if column == VAR_NAMES:
        return tuple(map(str, var.index))
    raise UnknownNameError(
        f"no column {column!r} in var",
        expected=f"one of: {name_some([VAR_NAMES, *map(str, var.columns)], limit=20)}",
        do="name a column that is there, or leave it out to have the genes' names found by looking",
    )


def find_names(
    var: pd.DataFrame, resolver: Resolver, *, usable: Callable[[Resolution], int] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Find the names by which most genes can be used: ``var_names``, or a column that tells genes apart.

    Parameters
    ----------
    var
        What is known of the measured genes.
    resolver
        What says which gene a name means.
    usable
        How many genes can be used by names that mean this; by default how many mean a gene.

    Returns
    -------
    str
        ``"var_names"``, also in a tie, or the name of the column.
    tuple of str
        One name for each gene, empty where the column has none.

    Raises
    ------
    GeneNamesError
        If the names are row numbers, or the only ones that name the genes stand more than once.
    """
    index = tuple(map(str, var.index))
    places = {} if are_row_numbers(index) else {VAR_NAMES: index}
    for position, name in enumerate(var.columns):
        if str(name) not in places and may_name_genes(var.iloc[:, position]):
            places[str(name)] = _as_names(var.iloc[:, position])
    if list(places) == [VAR_NAMES]:
        return VAR_NAMES, index
    count = usable if usable is not None else _n_meant
    counts = {place: count(resolver.resolve(names)) for place, names in places.items()}
    most = max(counts, key=lambda place: counts[place], default=VAR_NAMES)
    if not counts.get(most):
        if VAR_NAMES not in places:
            raise GeneNamesError(
                f"names of genes that only count rows: {name_some(index, 3)}",
                expected="symbols, Ensembl or Entrez ids in var_names or a column of var",
                do="put the genes' names there (columns now: "
                f"{name_some(map(str, var.columns), limit=20) or 'none'})",
            )
        return VAR_NAMES, index
    best = max((p for p in places if _tell_apart(places[p])), key=lambda p: counts[p], default=most)
    if counts[best] < counts[most] / 2:
        best = most
    refuse_repeated(best, places[best])
    if best != VAR_NAMES:
        log.info("gene names are taken from var[%r], which names %s genes", best, f"{counts[best]:,}")
    return best, places[best]


def may_name_genes(column: pd.Series) -> bool:
    """Whether a column of ``var`` tells most genes apart, by text or by numbers that say they are ids."""
    values = column.dropna()
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "categorical":
        values = values.astype(object)
        kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind != "string" and not (
        kind in ("integer", "floating") and _NAMES_OF_IDS.search(str(column.name)) is not None
    ):
        return False
    if kind == "string" and values.str.isdecimal().all() and not _NAMES_OF_IDS.search(str(column.name)):
        return False
    return bool(values.nunique() > 0.5 * len(column))


def refuse_repeated(place: str, names: tuple[str, ...]) -> None:
    """Raise if names don't tell genes apart; one that is missing may be so often.

    Raises
    ------
    GeneNamesError
        Naming the first few, and what to do about them.
    """
    try:
        refuse_duplicates([name for name in names if name])
    except GeneNamesError as error:
        if place == VAR_NAMES:
            raise
        raise GeneNamesError(
            f"{error.found}, in var[{place!r}]",
            expected=error.expected,
            do="add the columns of one gene up, or name another column (in Python: gene_column=, on the "
            "command line: --gene-column)",
        ) from None


def _n_meant(resolution: Resolution) -> int:
    return int((resolution.rows >= 0).sum())


def _as_names(column: pd.Series) -> tuple[str, ...]:
    return tuple("" if missing else str(name) for name, missing in zip(column, column.isna(), strict=True))


def _tell_apart(names: tuple[str, ...]) -> bool:
    there = [name for name in names if name]
    return len(set(there)) == len(there)
