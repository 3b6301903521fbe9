"""How strongly each type of cell expresses each gene program."""

import logging
from typing import Literal

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy import sparse

from genept.cells.expression import Kind
from genept.cells.normalise import log_weights
from genept.errors import UnknownNameError, ValuesError, name_some
from genept.genes import GenePrograms
from genept.tl.gene_names import no_gene_in_common
from genept.tl.identity import identify
from genept.tl.matrix import measured_cells

log = logging.getLogger(__name__)


def program_expression(
    adata: AnnData,
    programs: GenePrograms,
    label_key: str,
    *,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    gene_column: str | None = None,
) -> pd.DataFrame:
    """Mean expression of each program in each type of cell.

    Counts are scaled to 10,000 per cell over all measured genes and log(1 + x) is taken; log-normalised
    values stay as they are. The value of a program in a type is the mean over the type's cells and the
    program's measured genes, each cell and each gene counting the same.

    Parameters
    ----------
    adata
        Cells x genes, counts or log-normalised values; not changed.
    programs
        Of the genes of this data set, or others of the same species: genes are found by what names mean.
    label_key
        Column of ``obs`` with each cell's type. Cells without one are left out, and counted in the log.
    layer, use_raw, values, gene_column
        Which matrix, what its values are and where genes are named, as for :func:`genept.tl.embed_cells`.

    Returns
    -------
    pandas.DataFrame
        Types (in the order of the categories, else sorted) x programs (their numbers), float64; NaN for a
        program none of whose genes is measured.

    Raises
    ------
    UnknownNameError
        If there is no such column, layer or raw.
    ValuesError
        If values are neither counts nor log-normalised, or no cell has a type.
    GeneNamesError
        If no gene of the programs is measured, or names can't be used.

    Examples
    --------
    >>> import genept
    >>> from genept.genes import GenePrograms
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> table = genept.GeneTable(("CD3E", "CD3D", "LYZ"))
    >>> programs = GenePrograms(table, np.array([1, 1, 2]), np.array([0.9, 0.8, 1.0]))
    >>> means = genept.tl.program_expression(adata, programs, "bulk_labels")
    >>> means.round(1).loc["CD14+ Monocyte"].tolist(), means.round(1).loc["CD4+/CD25 T Reg"].tolist()
    ([0.3, 2.6], [2.4, 0.1])
    """
    labels = types_of_cells(adata, label_key)
    measured = measured_cells(adata, layer=layer, use_raw=use_raw, values=values)
    identity = identify(
        measured.genes, own=programs.genes, resolve=True, gene_column=gene_column, taxon=programs.taxon
    )
    match = identity.match(programs.genes)
    program_of = programs.program_of[match.rows]
    if not program_of.any():
        raise no_gene_in_common(measured.genes, identity.names, programs.genes)
    columns, program_of = match.columns[program_of > 0], program_of[program_of > 0]
    known = np.flatnonzero(labels.codes >= 0)
    of_type = sparse.csr_array(
        (np.ones(len(known)), (labels.codes[known], known)), shape=(len(labels.categories), len(labels))
    )
    sums = np.zeros((len(labels.categories), len(columns)))
    for rows, block in measured.expression.chunks():
        weights = log_weights(block, measured.expression.kind)[:, columns]
        sums += (of_type[:, rows] @ weights.astype(np.float64)).toarray()
    means = sums / np.bincount(labels.codes[known])[:, None]
    totals = np.zeros((len(means), len(programs)))
    np.add.at(totals.T, program_of - 1, means.T)
    n_genes = np.bincount(program_of - 1, minlength=len(programs))
    return pd.DataFrame(
        np.divide(totals, n_genes, out=np.full_like(totals, np.nan), where=n_genes > 0),
        index=pd.Index(labels.categories, name=label_key),
        columns=pd.RangeIndex(1, len(programs) + 1, name="program"),
    )


def types_of_cells(adata: AnnData, label_key: str, *, argument: str = "label_key") -> pd.Categorical:
    """Take the type of each cell from ``obs``; types that no cell has are left out.

    Parameters
    ----------
    adata
        The cells.
    label_key
        Column of ``obs``.
    argument
        What the user calls that, for the error.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    ValuesError
        If no cell has a type.
    """
    if label_key not in adata.obs:
        raise UnknownNameError(
            f"no column {label_key!r} in obs",
            expected=f"one of: {name_some(adata.obs.columns, limit=20)}",
            do=f"name a column that is there (in Python: {argument}, on the command line: "
            f"--{argument.replace('_', '-')})",
        )
    labels = pd.Categorical(adata.obs[label_key]).remove_unused_categories()
    n_missing = int((labels.codes < 0).sum())
    if n_missing == len(labels):
        raise ValuesError(
            f"no value in obs[{label_key!r}]", expected="the type of each cell", do="name another column"
        )
    if n_missing:
        log.info("%s cells without a value in obs[%r] are left out", f"{n_missing:,}", label_key)
    return labels.rename_categories(str)
