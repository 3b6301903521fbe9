"""Marker genes of the clusters of an AnnData, by their symbols."""

from typing import Literal

import pandas as pd
from anndata import AnnData

from genept.annotation.chat import rank_markers
from genept.cells.expression import Kind
from genept.errors import ArgumentError
from genept.genes.species import HUMAN
from genept.tl.cell_sentences import readable_names
from genept.tl.identity import identify
from genept.tl.matrix import measured_cells
from genept.tl.program_expression import types_of_cells


def marker_genes(
    adata: AnnData,
    groupby: str,
    *,
    n_genes: int = 10,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    gene_column: str | None = None,
    taxon: int = HUMAN,
) -> pd.DataFrame:
    """Find the genes that mark each cluster, the strongest first.

    A marker is expressed by at least a quarter of the cluster's cells, at a level at least twice that in all
    other cells, and Wilcoxon's rank-sum test finds it higher (p below 0.05 after correction for all genes).

    Parameters
    ----------
    adata
        Cells x genes, counts or log-normalised values; not changed. Genes by symbols, Ensembl or Entrez ids.
    groupby
        Column of ``obs`` with each cell's cluster. Cells without one are left out, and counted in the log.
    n_genes
        How many for each cluster, at most; Hou & Ji found that ten serve a chat model best.
    layer, use_raw, values, gene_column, taxon
        Which matrix, what its values are and how genes are named, as for :func:`genept.tl.embed_cells`.

    Returns
    -------
    pandas.DataFrame
        ``cluster`` (str), ``gene`` (its current symbol where that is known), ``score`` (Wilcoxon's),
        ``p_adjusted``, ``log2_fold_change``, ``share`` and ``share_elsewhere`` (of cells that express it).
        Genes without a name that can be read are passed over. A cluster of one cell, or like all others, has
        no rows.

    Raises
    ------
    ArgumentError
        If ``n_genes`` is below 1.
    UnknownNameError
        If there is no such column, layer or raw.
    ValuesError
        If values are neither counts nor log-normalised, or no cell has a cluster.
    GeneNamesError
        If gene names are duplicated, are another species', or most can't be read.

    References
    ----------
    As ``scanpy.tl.rank_genes_groups(method="wilcoxon")`` with thresholds. Hou & Ji, Nature Methods 2024.

    Examples
    --------
    >>> import genept
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> markers = genept.tl.marker_genes(adata, "bulk_labels", n_genes=3)
    >>> markers["gene"][markers["cluster"] == "CD56+ NK"].tolist()
    ['NKG7', 'GNLY', 'CD7']
    """
    clusters = types_of_cells(adata, groupby, argument="groupby")
    markers, _ = markers_of_clusters(
        adata,
        clusters,
        n_genes=n_genes,
        layer=layer,
        use_raw=use_raw,
        values=values,
        gene_column=gene_column,
        taxon=taxon,
    )
    return markers


def markers_of_clusters(
    adata: AnnData,
    clusters: pd.Categorical,
    *,
    n_genes: int,
    layer: str | None,
    use_raw: bool,
    values: Kind | Literal["auto"],
    gene_column: str | None,
    taxon: int,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Find markers as :func:`marker_genes` does, and say from which matrix and by which names."""
    if n_genes < 1:
        raise ArgumentError(
            f"{n_genes} marker genes", expected="at least 1", do="leave it out, which means 10"
        )
    measured = measured_cells(adata, layer=layer, use_raw=use_raw, values=values)
    identity = identify(measured.genes, resolve=True, gene_column=gene_column, taxon=taxon)
    names = readable_names(measured.genes, identity)
    ranked = rank_markers(measured.expression, clusters.codes, len(clusters.categories))
    ranked.insert(1, "gene", [names[column] for column in ranked["column"]])
    ranked["cluster"] = clusters.categories.to_numpy(dtype=str)[ranked["cluster"]]
    # Two columns may be one gene, under an old name and its new one.
    told = ranked[ranked["gene"] != ""].drop_duplicates(["cluster", "gene"]).drop(columns="column")
    best = told.groupby("cluster", sort=False).head(n_genes).reset_index(drop=True)
    return best, {
        "matrix": measured.genes.origin,
        "values": measured.expression.kind,
        **identity.record(),
    }
