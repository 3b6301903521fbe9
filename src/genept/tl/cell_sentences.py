"""Cell sentences of an AnnData."""

from typing import Literal

import pandas as pd
from anndata import AnnData

from genept.cells import PREFIX, sentences
from genept.cells.expression import Kind
from genept.cells.sentences import MAX_GENES
from genept.errors import ArgumentError
from genept.genes import looks_like_symbols
from genept.tl.gene_names import not_symbols, refuse_repeated_names
from genept.tl.matrix import MeasuredGenes, measured_genes


def cell_sentences(
    adata: AnnData,
    *,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    max_genes: int = MAX_GENES,
    prefix: str = PREFIX,
) -> pd.Series:
    """Show the sentences that GenePT-s embeds, without embedding them.

    Parameters
    ----------
    adata
        Cells x genes; not changed.
    layer
        A layer to use in place of ``X``.
    use_raw
        Use ``adata.raw``.
    values
        ``"counts"``, ``"log_normalised"``, or ``"auto"``, the default, to find out by looking.
    max_genes
        How many names at most; by default 1,000, as in the reference notebook.
    prefix
        What stands before the names; by default the reference's words.

    Returns
    -------
    pandas.Series
        One sentence for each cell, indexed by ``adata.obs_names``: genes with a value above zero,
        by value descending, then by position in ``var``.

    Raises
    ------
    GeneNamesError
        If gene names are duplicated or aren't symbols.
    ValuesError, UnknownNameError, ArgumentError
        If the matrix can't be used.

    Examples
    --------
    >>> import numpy as np, anndata, genept
    >>> adata = anndata.AnnData(np.array([[1.0, 4.0]]))
    >>> adata.var_names = ["LYZ", "CD3E"]
    >>> genept.tl.cell_sentences(adata).iloc[0]
    'A cell with genes ranked by expression: CD3E LYZ'
    """
    if max_genes < 1:
        raise ArgumentError(f"max_genes={max_genes}", expected="at least 1", do="pass such a value")
    measured = measured_genes(adata, layer=layer, use_raw=use_raw, values=values)
    refuse_repeated_names(measured)
    written = sentences_of(measured, max_genes=max_genes, prefix=prefix)
    return pd.Series(written, index=adata.obs_names, name="cell_sentence")


def sentences_of(measured: MeasuredGenes, *, max_genes: int = MAX_GENES, prefix: str = PREFIX) -> list[str]:
    """Write the sentence of each cell, if the gene names can be read.

    Raises
    ------
    GeneNamesError
        If gene names aren't symbols.
    """
    if not looks_like_symbols(measured.names):
        raise not_symbols(measured)
    return sentences(measured.expression, measured.names, max_genes=max_genes, prefix=prefix)
