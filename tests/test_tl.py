"""The scanpy face on AnnData."""

import warnings
from dataclasses import replace

import anndata
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy import sparse

import genept
from genept import GeneEmbeddings
from genept.encoders.random_control import RandomControl
from genept.errors import (
    ArgumentError,
    CoverageError,
    EncoderError,
    GeneNamesError,
    GeneptWarning,
    UnknownNameError,
    ValuesError,
)
from tests import naive


def test_genept_w_equals_the_naive_loop(counts: AnnData, genes: GeneEmbeddings) -> None:
    genept.tl.embed_cells(counts, genes)
    known = dict(zip(genes.genes.symbols, genes.vectors, strict=True))
    known["H2AFY"] = known.pop("MACROH2A1")
    expected = naive.genept_w(counts.X.toarray(), list(counts.var_names), known)
    np.testing.assert_allclose(counts.obsm["X_genept_w"], expected, atol=2e-6)
    per_cell, overall = naive.coverage(counts.X.toarray(), list(counts.var_names), set(known))
    np.testing.assert_allclose(counts.obs["genept_coverage"], per_cell, rtol=1e-6)
    kept = counts.uns["genept"]["X_genept_w"]
    assert kept["coverage"]["counts"] == pytest.approx(overall)
    assert kept["coverage"]["genes"] == pytest.approx(5 / 7)
    assert set(kept["coverage"]["largest_losses"]) == {"unknown1", "unknown2"}
    assert (kept["values"], kept["matrix"], kept["method"]) == ("counts", "X", "w")


def test_counts_and_log_normalised_values_give_the_same(counts: AnnData, genes: GeneEmbeddings) -> None:
    logged = counts.copy()
    dense = counts.X.toarray()
    logged.X = np.log1p(dense / dense.sum(axis=1, keepdims=True) * 1e4)
    genept.tl.embed_cells(counts, genes)
    genept.tl.embed_cells(logged, genes)
    np.testing.assert_allclose(counts.obsm["X_genept_w"], logged.obsm["X_genept_w"], atol=1e-6)
    assert logged.uns["genept"]["X_genept_w"]["values"] == "log_normalised"


@pytest.mark.parametrize("method", ["w", "s"])
def test_nothing_changes_but_the_named_keys(counts: AnnData, lsa_genes: GeneEmbeddings, method: str) -> None:
    counts.uns["genept"] = {"X_other": {"kept": 1}}
    counts.layers["again"] = counts.X.copy()
    before = counts.copy()
    genept.tl.embed_cells(counts, lsa_genes, method=method)  # type: ignore[arg-type]
    key = f"X_genept_{method}"
    assert set(counts.obsm) == {key}
    assert set(counts.uns["genept"]) == {"X_other", key}
    assert set(counts.obs.columns) == ({"genept_coverage"} if method == "w" else set())
    del counts.obsm[key], counts.uns["genept"][key]
    counts.obs = counts.obs[[]]
    np.testing.assert_array_equal(counts.X.toarray(), before.X.toarray())
    pd.testing.assert_frame_equal(counts.var, before.var)
    assert (counts.uns, list(counts.layers)) == (before.uns, list(before.layers))


def test_layers_raw_and_dense_give_the_same(counts: AnnData, genes: GeneEmbeddings) -> None:
    genept.tl.embed_cells(counts, genes)
    other = AnnData(np.full(counts.shape, -1.0), obs=counts.obs[[]], var=counts.var)
    other.layers["counts"] = sparse.csc_matrix(counts.X)
    other.raw = AnnData(counts.X.toarray(), var=counts.var)
    genept.tl.embed_cells(other, genes, layer="counts", key_added="from_layer")
    genept.tl.embed_cells(other, genes, use_raw=True, key_added="from_raw")
    for key in ("from_layer", "from_raw"):
        np.testing.assert_array_equal(other.obsm[key], counts.obsm["X_genept_w"])
    assert other.uns["genept"]["from_layer"]["matrix"] == "layers['counts']"


def test_the_result_survives_a_file(counts: AnnData, lsa_genes: GeneEmbeddings, tmp_path: object) -> None:
    genept.tl.embed_cells(counts, lsa_genes)
    genept.tl.embed_cells(counts, lsa_genes, method="s")
    counts.write_h5ad(f"{tmp_path}/x.h5ad")
    again = anndata.read_h5ad(f"{tmp_path}/x.h5ad")
    np.testing.assert_array_equal(again.obsm["X_genept_s"], counts.obsm["X_genept_s"])
    assert again.uns["genept"]["X_genept_w"]["coverage"]["n_genes"] == 7


def test_genept_s_is_the_embedding_of_the_sentence(counts: AnnData, lsa_genes: GeneEmbeddings) -> None:
    genept.tl.embed_cells(counts, lsa_genes, method="s")
    sentences = genept.tl.cell_sentences(counts)
    assert list(sentences) == [naive.sentence(list(c), list(counts.var_names)) for c in counts.X.toarray()]
    expected = genept.embeddings.encoder_of(lsa_genes).encode(list(sentences))
    np.testing.assert_allclose(counts.obsm["X_genept_s"], expected, atol=1e-6)


def test_cells_of_which_nothing_is_known_get_zeros_and_one_warning(
    counts: AnnData, genes: GeneEmbeddings, lsa_genes: GeneEmbeddings
) -> None:
    matrix = counts.X.toarray()
    matrix[2] = 0
    matrix[4] = [0, 5, 0, 0, 0, 0, 0]  # only in unknown1
    counts.X = matrix
    with pytest.warns(GeneptWarning, match="2 of 6 cells") as caught:
        genept.tl.embed_cells(counts, genes)
    assert len(caught) == 1
    assert not counts.obsm["X_genept_w"][[2, 4]].any()
    assert counts.obs["genept_coverage"].iloc[[2, 4]].tolist() == [0, 0]
    with pytest.warns(GeneptWarning, match="1 of 6 cells") as caught:
        genept.tl.embed_cells(counts, lsa_genes, method="s", key_added="s")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with pytest.raises(ValuesError, match="1 of 6 cells without counts in X: cell2"):
        genept.tl.embed_cells(counts, genes, empty_cells="error")


def test_scaled_values_say_where_counts_are(genes: GeneEmbeddings) -> None:
    adata = AnnData(np.array([[-1.0, 1.0]]), layers={"counts": np.array([[1.0, 1.0]])})
    with pytest.raises(ValuesError, match=r"negative.*layers\['counts'\]"):
        genept.tl.embed_cells(adata, genes)


def test_the_demo_file_says_where_counts_are(lsa_genes: GeneEmbeddings) -> None:
    adata = genept.datasets.pbmc68k_reduced()
    adata.raw = adata
    adata.X = adata.X.toarray() - 1
    with pytest.raises(ValuesError, match="also has raw"):
        genept.tl.embed_cells(adata, lsa_genes)


@pytest.mark.parametrize(
    ("names", "column", "message"),
    [
        ([f"ENSG0000019885{i}" for i in range(7)], None, "these are Ensembl ids: fetch"),
        ([f"ENSG0000019885{i}" for i in range(7)], "feature_name", "--gene-column feature_name"),
        ([f"{i * i + 90}" for i in range(7)], None, "these are Entrez ids"),
        (["Lyz", "Cd3e", "Nkg7", "Ms4a1", "Actb", "Gapdh", "B2m"], None, "another species"),
        (list("abcdefg"), None, "holds gene symbols"),
    ],
)
@pytest.mark.parametrize("resolve", [True, False])
def test_names_that_name_nothing_say_what_to_do(
    counts: AnnData, genes: GeneEmbeddings, names: list[str], column: str | None, message: str, resolve: bool
) -> None:
    if column:
        counts.var[column] = pd.Categorical(list(counts.var_names))
        counts.var["number"] = range(7)
    counts.var_names = names
    if column and resolve:
        genept.tl.embed_cells(counts, genes)
        assert counts.uns["genept"]["X_genept_w"]["names_from"] == "feature_name"
        return
    with pytest.raises(GeneNamesError, match=message):
        genept.tl.embed_cells(counts, genes, resolve=resolve)


def test_an_id_that_nothing_resolves_is_left_out_of_a_sentence(counts: AnnData) -> None:
    counts.var_names = ["LYZ", "CD3E", "NKG7", "MS4A1", "transgene", "ENSG00000198851", "9555"]
    counts.X = np.tile(np.arange(1.0, 8), (6, 1))
    assert genept.tl.cell_sentences(counts, prefix="").iloc[0] == "transgene MS4A1 NKG7 CD3E LYZ"


def test_sentences_of_ids_are_refused(counts: AnnData) -> None:
    counts.var_names = [f"ENSG0000019885{i}" for i in range(7)]
    with pytest.raises(GeneNamesError, match="a text encoder can read"):
        genept.tl.cell_sentences(counts)


def test_duplicated_names_are_refused(counts: AnnData, genes: GeneEmbeddings) -> None:
    counts.var_names = ["LYZ", "LYZ", "CD3E", "MS4A1", "x", "y", "z"]
    with pytest.raises(GeneNamesError, match="more than once: LYZ"):
        genept.tl.embed_cells(counts, genes)


def test_low_coverage_fails_and_names_the_losses(counts: AnnData, genes: GeneEmbeddings) -> None:
    before = counts.copy()
    with pytest.raises(CoverageError, match=r"largest losses: unknown\d"):
        genept.tl.embed_cells(counts, genes, min_coverage=0.999)
    assert list(counts.obs.columns) == list(before.obs.columns)
    assert not counts.obsm


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"method": "x"}, ArgumentError, "'w'"),
        ({"key_added": "a/b"}, ArgumentError, "without a slash"),
        ({"key_added": ""}, ArgumentError, "without a slash"),
        ({"max_genes": 0}, ArgumentError, "at least 1"),
        ({"n_threads": 0}, ArgumentError, "at least 1"),
        ({"empty_cells": "raise"}, ArgumentError, "'zero' or 'error'"),
        ({"values": "raw"}, ArgumentError, "'log_normalised'"),
        ({"encoder": "minilm"}, ArgumentError, "method 's' only"),
        ({"min_coverage": 2}, ArgumentError, "between 0 and 1"),
        ({"layer": "counts"}, UnknownNameError, "none, there are no layers"),
        ({"use_raw": True}, UnknownNameError, "no raw"),
        ({"use_raw": True, "layer": "x"}, ArgumentError, "one matrix"),
        ({"genes": None}, ArgumentError, "no gene embeddings"),
        ({"method": "s", "genes": None}, ArgumentError, "no text encoder"),
        ({"method": "s", "genes": None, "encoder": "lsa"}, EncoderError, "hasn't seen a corpus"),
        ({"method": "s", "encoder": "nothing"}, UnknownNameError, "no text encoder named"),
    ],
)
def test_arguments_that_mean_nothing(
    counts: AnnData, genes: GeneEmbeddings, arguments: dict[str, object], error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        genept.tl.embed_cells(counts, **{"genes": genes, **arguments})  # type: ignore[arg-type]


def test_a_matrix_that_is_not_in_memory_is_refused(
    counts: AnnData, genes: GeneEmbeddings, tmp_path: object
) -> None:
    counts.write_h5ad(f"{tmp_path}/x.h5ad")
    backed = anndata.read_h5ad(f"{tmp_path}/x.h5ad", backed="r")
    with pytest.raises(ArgumentError, match="to_memory"):
        genept.tl.embed_cells(backed, genes)


def test_no_warning_where_nothing_is_wrong(counts: AnnData, genes: GeneEmbeddings) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        genept.tl.embed_cells(counts, genes)


def test_uns_of_someone_else_stops_before_anything_changes(counts: AnnData, genes: GeneEmbeddings) -> None:
    counts.uns["genept"] = "mine"
    with pytest.raises(ArgumentError, match="is a str"):
        genept.tl.embed_cells(counts, genes)
    assert not counts.obsm
    assert not len(counts.obs.columns)


def test_data_without_any_counts_gets_zeros(counts: AnnData, genes: GeneEmbeddings) -> None:
    counts.X = np.zeros(counts.shape)
    with pytest.warns(GeneptWarning, match="6 of 6 cells"):
        genept.tl.embed_cells(counts, genes)
    assert not counts.obsm["X_genept_w"].any()


def test_advice_on_raw_names_raw(counts: AnnData, genes: GeneEmbeddings) -> None:
    raw = counts.copy()
    raw.var_names = list("abcdefg")
    counts.raw = raw
    with pytest.raises(GeneNamesError, match=r"adata\.raw\.to_adata\(\)"):
        genept.tl.embed_cells(counts, genes, use_raw=True)


def test_columns_with_missing_values_do_not_spoil_the_advice(counts: AnnData) -> None:
    counts.var_names = [f"ENSG0000019885{i}" for i in range(7)]
    counts.var["symbol"] = ["LYZ", "CD3E", "A", "B", "C", "D", "E"]
    counts.var["partly"] = ["LYZ", None, "A", None, "C", None, None]
    counts.var["strand"] = ["+", "-"] * 3 + ["+"]
    with pytest.raises(GeneNamesError, match=r"columns symbol\."):
        genept.tl.cell_sentences(counts)


def test_another_encoder_than_that_of_the_genes_is_noticed(counts: AnnData) -> None:
    texts = genept.GeneTexts(genept.GeneTable(("LYZ", "CD3E")), ("an enzyme", "a receptor"))

    def without_settings(genes: genept.GeneEmbeddings) -> genept.GeneEmbeddings:
        encoder = {name: value for name, value in genes.provenance["encoder"].items() if name != "settings"}
        return replace(genes, provenance={**genes.provenance, "encoder": encoder})

    other_width = without_settings(genept.embed_genes(texts, RandomControl(dimensions=16)))
    with pytest.raises(EncoderError, match="384 dimensions, these genes have 16"):
        genept.tl.embed_cells(counts, other_width, method="s")
    other_seed = genept.embed_genes(texts, RandomControl(seed=3))
    with pytest.warns(GeneptWarning, match="other settings"):
        genept.tl.embed_cells(counts, without_settings(other_seed), method="s")
    genept.tl.embed_cells(counts, other_seed, method="s")


def test_a_file_can_not_have_code_trusted(counts: AnnData) -> None:
    texts = genept.GeneTexts(genept.GeneTable(("LYZ", "CD3E")), ("an enzyme", "a receptor"))
    genes = genept.embed_genes(texts, "random")
    encoder = {"name": "hf:some/model", "settings": {"trust_remote_code": "true"}}
    hostile = replace(genes, provenance={**genes.provenance, "encoder": encoder})
    with pytest.raises(EncoderError, match="trust that you give yourself"):
        genept.tl.embed_cells(counts, hostile, method="s")
