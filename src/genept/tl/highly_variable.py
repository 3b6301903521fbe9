"""The genes of a data set that vary most between cells."""

import logging
import warnings
from typing import Literal

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray
from scipy import sparse

from genept.cells.expression import Expression, Kind
from genept.cells.normalise import log_weights
from genept.errors import ArgumentError, MissingDependencyError, UnknownNameError
from genept.genes.species import HUMAN
from genept.tl.asked_matrix import asked_matrix
from genept.tl.identity import identify
from genept.tl.matrix import MeasuredGenes, measured_cells

log = logging.getLogger(__name__)

MARK = "highly_variable"


def highly_variable_names(
    adata: AnnData,
    n_top: int | None = None,
    *,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    gene_column: str | None = None,
    taxon: int = HUMAN,
) -> list[str]:
    """Name the highly variable genes of a data set, those that ``var`` marks or by scanpy.

    Parameters
    ----------
    adata
        Cells x genes, counts or log-normalised values; not changed.
    n_top
        How many. By default those that ``var["highly_variable"]`` marks, as scanpy leaves it.
    layer, use_raw, values
        Which matrix, and what its values are, as for :func:`genept.tl.embed_cells`. Values aren't looked
        at where the genes are marked.
    gene_column
        The column of ``var`` that names the genes; found by looking unless told.
    taxon
        NCBI taxon id of the data.

    Returns
    -------
    list of str
        Their names, in the order of ``var``.

    Raises
    ------
    UnknownNameError
        If ``n_top`` isn't given and no genes are marked, or there is no such layer or column.
    ArgumentError
        If ``n_top`` is below 1.
    ValuesError
        If values are neither counts nor log-normalised.
    GeneNamesError
        If names stand more than once, or are those of another species.
    MissingDependencyError
        If ``n_top`` is given and scanpy isn't installed.

    References
    ----------
    ``scanpy.pp.highly_variable_genes`` with its default, ``flavor="seurat"``: Satija et al., Nature
    Biotechnology 2015.

    Examples
    --------
    >>> import genept
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> len(highly_variable_names(adata, 100))
    100
    """
    if n_top is None:
        # The values aren't needed: by now they may be scaled.
        asked = asked_matrix(adata, layer=layer, use_raw=use_raw)
        genes, chosen = MeasuredGenes.of(asked.var, asked.origin), _marked(asked.var)
    elif n_top < 1:
        raise ArgumentError(
            f"n_top={n_top}", expected="at least 1", do="leave it out for the genes that var marks"
        )
    else:
        measured = measured_cells(adata, layer=layer, use_raw=use_raw, values=values)
        genes, chosen = measured.genes, highly_variable_columns(measured.expression, n_top)
    identity = identify(genes, resolve=True, gene_column=gene_column, taxon=taxon)
    names = [name for name, is_chosen in zip(identity.names, chosen, strict=True) if is_chosen and name]
    log.info("%s highly variable genes of %s", f"{len(names):,}", f"{len(chosen):,}")
    return names


def _marked(var: pd.DataFrame) -> NDArray[np.bool_]:
    if MARK not in var:
        raise UnknownNameError(
            f"no column {MARK!r} in var",
            expected="genes marked by scanpy.pp.highly_variable_genes",
            do="say how many to take (in Python: n_top=2000, on the command line: --highly-variable 2000)",
        )
    return np.asarray(var[MARK], dtype=bool)


def highly_variable_columns(expression: Expression, n_top: int) -> NDArray[np.bool_]:
    """Mark the columns that vary most between cells, by scanpy with its defaults.

    Parameters
    ----------
    expression
        (n_cells, n_genes) values.
    n_top
        How many.

    Returns
    -------
    (n_genes,) bool array
        At least ``n_top`` are true, if there are so many: scanpy takes all that are as variable as the last.

    Raises
    ------
    MissingDependencyError
        If scanpy isn't installed.
    """
    try:
        from scanpy.pp import highly_variable_genes
    except ImportError as error:
        raise MissingDependencyError(
            f"highly variable genes need {error.name}, which isn't installed",
            expected="scanpy, or genes marked in var['highly_variable']",
            do="pip install 'genept[plot]'",
        ) from error
    blocks = [log_weights(block, expression.kind) for _, block in expression.chunks()]
    logged = AnnData(sparse.vstack(blocks, format="csr"))
    # Scanpy undoes the logarithm, of whatever base.
    logged.uns["log1p"] = {"base": None if expression.kind == "counts" else expression.log_base}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # What scanpy and its libraries tell each other of their next versions.
        warnings.simplefilter("ignore")
        found = highly_variable_genes(logged, n_top_genes=n_top, inplace=False)
    return np.asarray(found[MARK], dtype=bool)
