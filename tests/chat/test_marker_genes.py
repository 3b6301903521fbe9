"""Marker genes of clusters: scanpy's own numbers, laws, and the genes that everybody knows."""

import math
import warnings
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import genept
from genept.annotation.chat import rank_markers
from genept.cells import as_expression
from genept.errors import ArgumentError, GeneNamesError, UnknownNameError, ValuesError
from genept.tl import marker_genes
from tests.chat.conftest import MARKERS


def by_scanpy(adata: AnnData, groupby: str) -> pd.DataFrame:
    """Take markers from scanpy's table, by the thresholds in words."""
    import scanpy

    logged = adata.copy()
    scanpy.pp.normalize_total(logged, target_sum=1e4)
    scanpy.pp.log1p(logged)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scanpy.tl.rank_genes_groups(logged, groupby, method="wilcoxon", pts=True)
        table: pd.DataFrame = scanpy.get.rank_genes_groups_df(logged, None)
    fine = (table["logfoldchanges"] >= 1) & (table["pct_nz_group"] >= 0.25) & (table["pvals_adj"] < 0.05)
    return table[fine]


def one_by_one(adata: AnnData) -> dict[tuple[str, str], float]:
    """Find each marker's score by the words of the documentation, gene by gene on dense values."""
    logged = np.log1p(adata.X / adata.X.sum(axis=1, keepdims=True) * 1e4)
    found: dict[tuple[str, str], float] = {}
    for cluster in adata.obs["leiden"].cat.categories:
        inside = (adata.obs["leiden"] == cluster).to_numpy()
        n, m = inside.sum(), (~inside).sum()
        wins = [
            sum((one > other) + (one == other) / 2 for one in gene[inside] for other in gene[~inside])
            for gene in logged.T
        ]
        scores = [(won - n * m / 2) / np.sqrt(n * m * (n + m + 1) / 12) for won in wins]
        times = [np.expm1(gene[inside].mean()) / np.expm1(gene[~inside].mean()) for gene in logged.T]
        fine = [(gene[inside] > 0).mean() >= 0.25 for gene in logged.T]
        fine = [often and ratio >= 2 for often, ratio in zip(fine, times, strict=True)]
        # The others aren't tested: their p is 1.
        ps = [math.erfc(abs(z) / math.sqrt(2)) if ok else 1.0 for z, ok in zip(scores, fine, strict=True)]
        # Benjamini and Hochberg, from the largest p down.
        adjusted, best = np.ones(len(ps)), 1.0
        for rank, at in reversed(list(enumerate(np.argsort(ps), 1))):
            adjusted[at] = best = min(best, ps[at] * len(ps) / rank)
        for name, z, ok, p in zip(adata.var_names, scores, fine, adjusted, strict=True):
            if ok and p < 0.05 and z > 0:
                found[cluster, name] = z
    return found


def test_as_gene_by_gene(clustered: AnnData) -> None:
    ours, theirs = marker_genes(clustered, "leiden", n_genes=100), one_by_one(clustered)
    scores = dict(zip(zip(ours["cluster"], ours["gene"], strict=True), ours["score"], strict=True))
    assert len(theirs) >= 8
    assert scores == pytest.approx(theirs, rel=1e-9)
    for _, rows in ours.groupby("cluster"):
        assert rows["score"].is_monotonic_decreasing


@pytest.mark.slow
def test_as_scanpy_says(clustered: AnnData) -> None:
    clustered.X = sparse.csr_matrix(clustered.X)
    same_as_scanpy(clustered, "leiden")


@pytest.mark.slow
@pytest.mark.realdata
def test_as_scanpy_says_of_real_cells(realdata: Path) -> None:
    same_as_scanpy(anndata.read_h5ad(realdata / "cells" / "pbmc3k_clustifyrdata.h5ad"), "classified")


def same_as_scanpy(adata: AnnData, groupby: str) -> None:
    ours = marker_genes(adata, groupby, n_genes=10_000).set_index(["cluster", "gene"])
    theirs = by_scanpy(adata, groupby).set_index(["group", "names"])
    assert len(ours) >= 8
    # Scanpy tests all genes, and corrects for all of these p: a little less.
    assert set(ours.index) <= set(theirs.index)
    assert (theirs.drop(ours.index)["pvals_adj"] > 0.001).all()
    both = theirs.loc[ours.index]
    for mine, other in {
        "score": "scores",
        "log2_fold_change": "logfoldchanges",
        "share": "pct_nz_group",
        "share_elsewhere": "pct_nz_reference",
    }.items():
        np.testing.assert_allclose(ours[mine], both[other], rtol=1e-3, err_msg=mine)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n_clusters=st.integers(2, 4))
def test_neither_the_order_of_cells_nor_the_form_of_the_matrix_matters(seed: int, n_clusters: int) -> None:
    rng = np.random.default_rng(seed)
    clusters = np.sort(rng.integers(-1, n_clusters, size=40))
    counts = rng.poisson(1.0, size=(40, 12)) + 6 * (np.arange(12) % n_clusters == clusters[:, None])
    order = rng.permutation(40)
    first = rank_markers(as_expression(counts), clusters, n_clusters)
    again = rank_markers(as_expression(sparse.csc_matrix(counts[order])), clusters[order], n_clusters)
    pd.testing.assert_frame_equal(first, again)
    # Cells without a cluster count nowhere.
    known = clusters >= 0
    pd.testing.assert_frame_equal(
        first, rank_markers(as_expression(counts[known]), clusters[known], n_clusters)
    )


def test_log_normalised_values_are_taken_as_they_are(clustered: AnnData) -> None:
    logged = clustered.copy()
    logged.X = np.log1p(logged.X / logged.X.sum(axis=1, keepdims=True) * 1e4)
    pd.testing.assert_frame_equal(
        marker_genes(logged, "leiden"), marker_genes(clustered, "leiden"), rtol=1e-5
    )
    # Logarithms to the base 2 have the same fold changes.
    halved = clustered.copy()
    halved.X = logged.X / np.log(2)
    halved.uns["log1p"] = {"base": 2}
    changes = [marker_genes(adata, "leiden")["log2_fold_change"] for adata in (logged, halved)]
    np.testing.assert_allclose(changes[0], changes[1], rtol=1e-5)


def test_ties_go_by_the_order_of_genes() -> None:
    counts = np.tile([[9, 9, 0], [8, 8, 1], [9, 9, 2], [0, 0, 9], [1, 1, 9], [0, 0, 9]], (3, 1))
    ranked = rank_markers(as_expression(counts), np.tile([0, 0, 0, 1, 1, 1], 3), 2)
    assert ranked["column"].tolist() == [0, 1, 2]


def test_clusters_that_have_no_markers(clustered: AnnData) -> None:
    """One of a single cell, and clusters drawn by lot."""
    clustered.obs["leiden"] = clustered.obs["leiden"].cat.add_categories(["alone", "nobody"])
    clustered.obs.loc["cell0", "leiden"] = "alone"
    assert set(marker_genes(clustered, "leiden")["cluster"]) == set(MARKERS)
    clustered.obs["lot"] = pd.Categorical(np.tile(["a", "b"], 30))
    assert marker_genes(clustered, "lot").empty
    clustered.obs["one"] = "all"
    assert marker_genes(clustered, "one").empty


def test_how_many(clustered: AnnData) -> None:
    assert marker_genes(clustered, "leiden", n_genes=1)["gene"].tolist() == [
        marker_genes(clustered, "leiden").groupby("cluster")["gene"].first()[cluster] for cluster in MARKERS
    ]
    with pytest.raises(ArgumentError, match="0 marker genes"):
        marker_genes(clustered, "leiden", n_genes=0)


def test_bad_input(clustered: AnnData) -> None:
    with pytest.raises(UnknownNameError, match=r"no column 'louvain' in obs.*--groupby"):
        marker_genes(clustered, "louvain")
    scaled = clustered.copy()
    scaled.X = scaled.X - 5
    with pytest.raises(ValuesError, match="negative"):
        marker_genes(scaled, "leiden")
    ids = clustered.copy()
    ids.var_names = [f"ENSG{i:011d}" for i in range(ids.n_vars)]
    with pytest.raises(GeneNamesError, match="Ensembl ids"):
        marker_genes(ids, "leiden")
    clustered.obs["leiden"] = np.nan
    with pytest.raises(ValuesError, match="no value"):
        marker_genes(clustered, "leiden")


@pytest.mark.realdata
def test_the_genes_that_everybody_knows(realdata: Path) -> None:
    adata = anndata.read_h5ad(realdata / "cells" / "pbmc3k_clustifyrdata.h5ad")
    table = marker_genes(adata, "classified")
    found = {cluster: set(rows["gene"]) for cluster, rows in table.groupby("cluster")}
    known = {
        "B": {"CD79A", "CD79B", "MS4A1"},
        "CD14+ Mono": {"LYZ", "S100A8", "S100A9", "FCN1"},
        "FCGR3A+ Mono": {"FCGR3A", "LST1", "AIF1"},
        "NK": {"NKG7", "GNLY", "GZMB", "PRF1"},
        "CD8 T": {"CCL5", "NKG7", "CD3D", "GZMK"},
        "Naive CD4 T": {"LDHB", "CD3D", "CD3E"},
        "Memory CD4 T": {"IL7R", "CD3D", "CD2"},
        "DC": {"FCER1A", "CD74", "HLA-DRA"},
        "Platelet": {"PPBP", "PF4"},
    }
    missing = {cluster: genes - found[cluster] for cluster, genes in known.items()}
    assert not any(missing.values()), missing


@pytest.mark.realdata
def test_ids_become_symbols(realdata: Path) -> None:
    """Of a panel of 1,000 genes with Ensembl ids in var_names and symbols beside them."""
    adata = anndata.read_h5ad(realdata / "cells" / "onek1k_40donors_scDesignPop.h5ad")
    with pytest.raises(GeneNamesError, match=r"Ensembl ids.*symbol"):
        marker_genes(adata, "cell_type")
    table = marker_genes(adata, "cell_type", gene_column="symbol", n_genes=5)
    assert not table["gene"].str.startswith("ENSG").any()
    assert set(table["gene"]) <= set(adata.var["symbol"])
    assert set(table["cluster"]) == set(adata.obs["cell_type"].astype(str))
    assert genept.tl.marker_genes is marker_genes
