"""Where in ``var`` the names of the genes stand."""

import logging

import pandas as pd

from genept.errors import UnknownNameError, name_some
from genept.genes import Resolver
from genept.tl.gene_names import may_name_genes

log = logging.getLogger(__name__)

VAR_NAMES = "var_names"


def names_in_column(var: pd.DataFrame, column: str) -> tuple[str, ...]:
    """Names in a column of ``var``, empty where one is missing.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    """
    if column not in var:
        raise UnknownNameError(
            f"no column {column!r} in var",
            expected=f"one of: {name_some(map(str, var), limit=20) or 'none, var has no columns'}",
            do="name a column that is there, or leave it out to have the genes' names found by looking",
        )
    names = var[column]
    return tuple("" if missing else str(name) for name, missing in zip(names, names.isna(), strict=True))


def find_names(var: pd.DataFrame, resolver: Resolver) -> tuple[str, tuple[str, ...]]:
    """Find the names that mean most genes: ``var_names``, or a column that tells genes apart.

    Parameters
    ----------
    var
        What is known of the measured genes.
    resolver
        What says which gene a name means.

    Returns
    -------
    str
        ``"var_names"``, also in a tie, or ``"var['column']"``.
    tuple of str
        One name for each gene, empty where the column has none.
    """
    index = tuple(map(str, var.index))
    places = {VAR_NAMES: index}
    places |= {
        f"var[{str(column)!r}]": names_in_column(var, str(column))
        for column in var
        if may_name_genes(var[column])
    }
    usable = {place: names for place, names in places.items() if _tell_apart(names)}
    if set(usable) <= {VAR_NAMES}:
        return VAR_NAMES, index
    meant = {place: int((resolver.resolve(names).rows >= 0).sum()) for place, names in usable.items()}
    best = max(meant, key=lambda place: meant[place])
    if best == VAR_NAMES or not meant[best]:
        return VAR_NAMES, index
    log.info("gene names are taken from %s, which names %s genes", best, f"{meant[best]:,}")
    return best, usable[best]


def _tell_apart(names: tuple[str, ...]) -> bool:
    there = [name for name in names if name]
    return len(set(there)) == len(there)
