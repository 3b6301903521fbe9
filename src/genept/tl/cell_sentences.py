"""Cell sentences of an AnnData."""

from typing import Literal

import pandas as pd
from anndata import AnnData

from genept.cells import PREFIX, sentences
from genept.cells.expression import Kind
from genept.cells.sentences import MAX_GENES
from genept.errors import ArgumentError
from genept.genes import is_identifier
from genept.genes.species import HUMAN
from genept.tl.gene_names import not_symbols
from genept.tl.identity import Identity, identify
from genept.tl.matrix import MeasuredGenes, measured_cells


def cell_sentences(
    adata: AnnData,
    *,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    max_genes: int = MAX_GENES,
    prefix: str = PREFIX,
    resolve: bool = True,
    gene_column: str | None = None,
    taxon: int = HUMAN,
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
    resolve
        Write the current symbol of each gene whose name can be resolved, so that Ensembl ids and old
        symbols can be read; by default, where NCBI's list of genes is in the cache. An id that isn't
        resolved is left out; any other name is written as it stands.
    gene_column
        The column of ``var`` that names the genes; by default it is found by looking.
    taxon
        NCBI taxon id of the data, 9606 (human) or 10090 (mouse).

    Returns
    -------
    pandas.Series
        One sentence for each cell, indexed by ``adata.obs_names``: genes with a value above zero,
        by value descending, then by position in ``var``.

    Raises
    ------
    GeneNamesError
        If gene names are duplicated, or most can't be read.
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
    measured = measured_cells(adata, layer=layer, use_raw=use_raw, values=values)
    identity = identify(measured.genes, resolve=resolve, gene_column=gene_column, taxon=taxon)
    names = readable_names(measured.genes, identity)
    written = sentences(measured.expression, names, max_genes=max_genes, prefix=prefix)
    return pd.Series(written, index=adata.obs_names, name="cell_sentence")


def readable_names(measured: MeasuredGenes, identity: Identity) -> list[str]:
    """Find for each gene the name that a reader can read, or ``""``.

    Raises
    ------
    GeneNamesError
        If most have none, being ids that nothing here resolves.
    """
    symbols = list(identity.names)
    if identity.resolution is not None:
        resolved = identity.resolution.table["symbol"]
        symbols = [known or name for known, name in zip(resolved, identity.names, strict=True)]
    names = ["" if is_identifier(symbol) else symbol for symbol in symbols]
    if sum(map(bool, names)) < len(names) / 2:
        raise not_symbols(measured, identity.names)
    return names
