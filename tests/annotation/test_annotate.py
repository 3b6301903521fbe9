"""``tl.annotate``: what it sets, in each way, and what it refuses."""

from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pytest
from anndata import AnnData
from scipy import sparse

import genept
from genept import GeneEmbeddings, GeneTable
from genept.annotation import TransferAnnotator
from genept.errors import (
    ArgumentError,
    EmbeddingsError,
    EncoderError,
    GeneptWarning,
    InputFileError,
    UnknownNameError,
    ValuesError,
)
from tests.annotation.blood import MARKERS, TYPES, blood
from tests.annotation.small_ontology import OBO

KEY = "genept_cell_type"


@pytest.fixture(scope="module")
def reference(lsa_genes: GeneEmbeddings) -> AnnData:
    return blood(lsa_genes, 0)


@pytest.fixture(scope="module")
def made(lsa_genes: GeneEmbeddings) -> AnnData:
    # Another panel of genes: a third of the others isn't measured.
    return blood(lsa_genes, 1, n=90, left_out=3)


@pytest.fixture
def cells(made: AnnData) -> AnnData:
    return made.copy()


@pytest.fixture
def obo(tmp_path: Path) -> Path:
    path = tmp_path / "cl.obo"
    path.write_text(OBO)
    return path


def share_right(cells: AnnData) -> float:
    return float((cells.obs[KEY].astype(str) == cells.obs["type"]).mean())


def test_by_reference_sets_three_keys_and_nothing_else(cells: AnnData, reference: AnnData) -> None:
    before, untouched = cells.copy(), reference.copy()
    genept.tl.annotate(cells, reference=reference, label_key="type")
    assert share_right(cells) > 0.95
    assert set(cells.obs) - set(before.obs) == {KEY, f"{KEY}_confidence"}
    assert set(cells.obsm) == set(before.obsm)
    assert set(cells.uns["genept"]) - set(before.uns["genept"]) == {KEY}
    assert cells.uns["genept"]["X_genept_w"] == before.uns["genept"]["X_genept_w"]
    assert cells.obs[f"{KEY}_confidence"].dtype == np.float32
    assert cells.obs[KEY].dtype == "category"
    assert set(reference.obs) == set(untouched.obs)
    record = cells.uns["genept"][KEY]
    assert record["by"] == "reference"
    assert record["n_reference_cells"] == 150
    assert sum(record["n_cells"]) == 90
    assert record["gene_embeddings"]["encoder.name"] == "lsa"


def test_by_reference_is_the_annotator_on_centred_vectors(cells: AnnData, reference: AnnData) -> None:
    for centre in (True, False):
        genept.tl.annotate(cells, reference=reference, label_key="type", centre=centre, n_neighbors=5)
        X, new = (one.obsm["X_genept_w"].astype(np.float64) for one in (reference, cells))
        if centre:
            X, new = X - X.mean(axis=0), new - new.mean(axis=0)
        expected = TransferAnnotator(n_neighbors=5).fit(X, reference.obs["type"]).annotate(new)
        assert (cells.obs[KEY].astype(str) == expected.labels).all()
        np.testing.assert_allclose(cells.obs[f"{KEY}_confidence"], expected.confidence, atol=1e-6)


def test_what_is_kept_goes_through_a_file(cells: AnnData, reference: AnnData, tmp_path: Path) -> None:
    reference = reference.copy()
    reference.obs["type"] = reference.obs["type"].replace("T cell", "CD4+/CD8+ T")
    genept.tl.annotate(cells, reference=reference, label_key="type", groupby="type")
    cells.write_h5ad(tmp_path / "cells.h5ad")
    again = anndata.read_h5ad(tmp_path / "cells.h5ad")
    record = again.uns["genept"][KEY]
    assert list(record["labels"]) == ["B cell", "CD4+/CD8+ T", "monocyte"]
    assert list(record["clusters"]["labels"]) == ["B cell", "CD4+/CD8+ T", "monocyte"]
    assert (again.obs[KEY] == cells.obs[KEY]).all()
    # And a reference from a file is as good as one in memory.
    genept.tl.annotate(again, reference=reference, label_key="type")


def test_no_gene_name_in_common_is_said(cells: AnnData, reference: AnnData) -> None:
    renamed = reference.copy()
    renamed.var_names = [f"ENSG{i:011}" for i in range(renamed.n_vars)]
    with pytest.warns(GeneptWarning, match="no gene name in common"):
        genept.tl.annotate(cells, reference=renamed, label_key="type")
    assert share_right(cells) > 0.95


def test_cells_without_a_label_are_left_out_and_counted(cells: AnnData, reference: AnnData) -> None:
    partly = reference.copy()
    partly.obs.loc[partly.obs_names[:10], "type"] = np.nan
    partly.obs.loc[partly.obs_names[10:15], "type"] = "unassigned"
    genept.tl.annotate(cells, reference=partly, label_key="type")
    record = cells.uns["genept"][KEY]
    assert record["n_reference_cells_without_label"] == 15
    assert record["n_reference_cells"] == 135
    expected = cells.obs[KEY].copy()
    genept.tl.annotate(cells, reference=partly[15:].copy(), label_key="type")
    assert (cells.obs[KEY] == expected).all()


def test_batches_of_the_reference_calibrate(cells: AnnData, reference: AnnData) -> None:
    batched = reference.copy()
    batched.obs["donor"] = ["a", "b", "c"] * 50
    genept.tl.annotate(cells, reference=batched, label_key="type", batch_key="donor")
    assert cells.uns["genept"][KEY]["batch_key"] == "donor"
    batched.obs["donor"] = "a"
    with pytest.raises(ValuesError, match="1 different groups"):
        genept.tl.annotate(cells, reference=batched, label_key="type", batch_key="donor")


def test_by_names_and_by_the_ontology(cells: AnnData, lsa_genes: GeneEmbeddings, obo: Path) -> None:
    genept.tl.annotate(cells, cell_types=TYPES, genes=lsa_genes, n_common=0)
    assert share_right(cells) > 0.6
    genept.tl.annotate(cells, cell_types=list(MARKERS), genes=lsa_genes)
    record = cells.uns["genept"][KEY]
    assert record["by"] == "cell_types"
    assert record["encoder"]["name"] == "lsa"
    assert record["cell_types"]["source"] == "a list of names"
    among = ["CL:0000084", "CL:0000236", "CL:0000576"]
    genept.tl.annotate(cells, cell_types=obo, among=among, genes=lsa_genes, n_common=0)
    assert set(cells.obs[KEY].unique()) <= {"T cell", "B cell", "monocyte"}
    assert share_right(cells) > 0.5
    assert cells.uns["genept"][KEY]["cell_types"]["release"].startswith("cl/releases")
    genept.tl.annotate(cells, cell_types=obo, root="CL:0000542", genes=lsa_genes)
    assert set(cells.obs[KEY].unique()) <= {"T cell", "B cell", "natural killer cell"}


def test_clusters_get_one_label_by_their_mean(cells: AnnData, lsa_genes: GeneEmbeddings) -> None:
    genept.tl.annotate(cells, cell_types=TYPES, genes=lsa_genes, groupby="type", n_common=0)
    assert share_right(cells) == 1
    per_cluster = cells.obs.groupby("type", observed=True)[[KEY, f"{KEY}_confidence"]].nunique()
    assert (per_cluster == 1).all().all()
    cells.obs["type"] = cells.obs["type"].astype(object)
    cells.obs.loc["cell0", "type"] = np.nan
    genept.tl.annotate(cells, cell_types=TYPES, genes=lsa_genes, groupby="type", n_common=0)
    assert cells.obs.loc["cell0", KEY] == "unassigned"
    assert cells.obs.loc["cell0", f"{KEY}_confidence"] == 0


def test_sentences_are_in_the_same_space(cells: AnnData, lsa_genes: GeneEmbeddings) -> None:
    genept.tl.embed_cells(cells, lsa_genes, method="s")
    genept.tl.annotate(cells, cell_types=TYPES, genes=lsa_genes, use_rep="X_genept_s", n_common=0)
    assert cells.uns["genept"][KEY]["use_rep"] == "X_genept_s"
    cells.uns["genept"]["X_genept_s"]["encoder"]["fingerprint"] = "another"
    with pytest.raises(EmbeddingsError, match=r"encoder\.fingerprint: lsa.* there, another here"):
        genept.tl.annotate(cells, cell_types=TYPES, genes=lsa_genes, use_rep="X_genept_s")


def test_clusters_of_one_cell_are_cells(cells: AnnData, lsa_genes: GeneEmbeddings) -> None:
    genept.tl.annotate(cells, cell_types=TYPES, genes=lsa_genes)
    alone, confidence = cells.obs[KEY].copy(), cells.obs[f"{KEY}_confidence"].copy()
    cells.obs["each"] = cells.obs_names
    genept.tl.annotate(cells, cell_types=TYPES, genes=lsa_genes, groupby="each")
    assert (cells.obs[KEY] == alone).all()
    np.testing.assert_allclose(cells.obs[f"{KEY}_confidence"], confidence, rtol=1e-5)


def test_other_gene_embeddings_are_refused(
    cells: AnnData, reference: AnnData, lsa_genes: GeneEmbeddings
) -> None:
    random = genept.embed_genes(texts="starter", encoder="random")
    other = blood(random, 0)
    with pytest.raises(EmbeddingsError, match="a reference from other gene embeddings"):
        genept.tl.annotate(cells, reference=other, label_key="type")
    with pytest.raises(EmbeddingsError, match="cells of 256 dimensions, and genes of 384"):
        genept.tl.annotate(cells, cell_types=["B cell", "T cell"], genes=random)
    provenance = {**lsa_genes.provenance, "texts": {"source": "other"}}
    elsewhere = GeneEmbeddings(lsa_genes.genes, lsa_genes.vectors, provenance, None, lsa_genes.encoder_state)
    with pytest.raises(EmbeddingsError, match="genes from other gene embeddings"):
        genept.tl.annotate(cells, cell_types=["B cell", "T cell"], genes=elsewhere)
    later = {
        **lsa_genes.provenance,
        "created": "2030-01-01",
        "encoder": dict(lsa_genes.provenance["encoder"]),
    }
    later["encoder"]["scikit_learn"] = "99"
    again = GeneEmbeddings(lsa_genes.genes, lsa_genes.vectors, later, None, lsa_genes.encoder_state)
    genept.tl.annotate(cells, cell_types=["B cell", "T cell"], genes=again)
    # Where nothing is known of the reference, width is all that can be compared.
    foreign = reference.copy()
    del foreign.uns["genept"]
    genept.tl.annotate(cells, reference=foreign, label_key="type")
    foreign.obsm["X_genept_w"] = foreign.obsm["X_genept_w"][:, :100]
    with pytest.raises(ValuesError, match="cells of 256 dimensions, compared with 100"):
        genept.tl.annotate(cells, reference=foreign, label_key="type")


def test_encoders_that_are_not_the_genes_own(cells: AnnData, lsa_genes: GeneEmbeddings) -> None:
    types = ["B cell", "T cell"]
    with pytest.raises(EncoderError, match="cell types embedded by 'random'"):
        genept.tl.annotate(cells, cell_types=types, genes=lsa_genes, encoder="random")
    silent = GeneEmbeddings(lsa_genes.genes, lsa_genes.vectors)
    with pytest.raises(EncoderError, match="don't say which encoder"):
        genept.tl.annotate(cells, cell_types=types, genes=silent)
    with pytest.raises(EncoderError, match="'random' gives 384 dimensions"):
        genept.tl.annotate(cells, cell_types=types, genes=silent, encoder="random")
    # The user's word is taken where nothing speaks against it.
    vectors = np.random.default_rng(0).normal(size=(3, 384)).astype(np.float32)
    wide = GeneEmbeddings(GeneTable(("CD3E", "LYZ", "CD19")), vectors)
    small = AnnData(np.eye(3, dtype=np.float32) + 1, obsm={"X_genept_w": wide.vectors})
    genept.tl.annotate(small, cell_types=types, genes=wide, encoder="random", n_common=0)
    assert set(small.obs[KEY]) <= set(types)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({}, ArgumentError, "neither a reference, nor cell types"),
        ({"reference": 1, "cell_types": 1}, ArgumentError, "cell_types and reference"),
        ({"reference": 1}, ArgumentError, "reference without label_key"),
        ({"cell_types": 1}, ArgumentError, "cell_types without genes"),
        ({"reference": 1, "label_key": "type", "root": "CL:1"}, ArgumentError, "root with reference"),
        ({"cell_types": 1, "genes": 1, "batch_key": "a"}, ArgumentError, "batch_key with cell_types"),
        ({"reference": 1, "label_key": "kind"}, UnknownNameError, "no column 'kind' in obs of the reference"),
        ({"reference": 1, "label_key": "type", "batch_key": "b"}, UnknownNameError, "no column 'b'"),
        ({"reference": 1, "label_key": "one"}, ValuesError, "1 different labels"),
        ({"reference": 1, "label_key": "none"}, ValuesError, "no label in obs\\['none'\\]"),
        ({"reference": 1, "label_key": "type", "use_rep": "X_pca"}, UnknownNameError, "no obsm\\['X_pca'\\]"),
        ({"reference": 1, "label_key": "type", "groupby": "leiden"}, UnknownNameError, "no column 'leiden'"),
        ({"reference": 1, "label_key": "type", "groupby": "none"}, ValuesError, "no cluster"),
        ({"reference": 1, "label_key": "type", "key_added": "a/b"}, ArgumentError, "key_added='a/b'"),
        ({"cell_types": 1, "genes": 1, "max_cost": 1.5}, ArgumentError, "which costs nothing"),
        (
            {"cell_types": 1, "genes": 1, "groupby": "type", "key_added": "type"},
            ArgumentError,
            "key_added='type'",
        ),
        ({"cell_types": ["B cell"], "genes": 1}, ValuesError, "1 labels for 1 cell types"),
        ({"cell_types": ["B", "T"], "genes": 1, "root": "CL:1"}, ArgumentError, "in a plain list"),
        ({"cell_types": ["B", "T"], "genes": 1, "among": ["CL:1"]}, UnknownNameError, "the id 'CL:1'"),
        ({"cell_types": "there.is.none.csv", "genes": 1}, InputFileError, "can't be read"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    cells: AnnData,
    reference: AnnData,
    lsa_genes: GeneEmbeddings,
    arguments: dict[str, Any],
    error: type[Exception],
    said: str,
) -> None:
    stands_for = {"reference": reference.copy(), "genes": lsa_genes, "cell_types": ["B cell", "T cell"]}
    arguments = {name: stands_for[name] if value == 1 else value for name, value in arguments.items()}
    cells.obs["none"] = np.nan
    stands_for["reference"].obs["one"] = "B cell"
    stands_for["reference"].obs["none"] = np.nan
    before = set(cells.obs), set(cells.uns["genept"])
    with pytest.raises(error, match=said):
        genept.tl.annotate(cells, **arguments)
    assert (set(cells.obs), set(cells.uns["genept"])) == before


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (sparse.csr_matrix(np.eye(6)), r"of shape \(\) and type object"),
        (np.ones((6, 2, 2)), r"of shape \(6, 2, 2\)"),
        (np.full((6, 2), np.nan), "aren't finite for 6 of 6 cells"),
    ],
)
def test_what_obsm_holds_has_to_be_vectors(held: Any, said: str, lsa_genes: GeneEmbeddings) -> None:
    odd, fine = AnnData(np.ones((6, 3)), obs={"type": list("aabbcc")}), AnnData(np.ones((6, 3)))
    odd.obsm["X_genept_w"], fine.obsm["X_genept_w"] = held, np.ones((6, 2))
    with pytest.raises(ValuesError, match=said):
        genept.tl.annotate(odd, cell_types=["B cell", "T cell"], genes=lsa_genes)
    with pytest.raises(ValuesError, match=f"of the reference.*{said}"):
        genept.tl.annotate(fine, reference=odd, label_key="type")


def test_a_reference_of_the_same_cells_is_told(reference: AnnData, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        genept.tl.annotate(reference[:60].copy(), reference=reference, label_key="type")
        assert "are the same cells" not in caplog.text
        genept.tl.annotate(reference, reference=reference, label_key="type")
    assert "are the same cells: those with a label find themselves" in caplog.text


def test_clusters_are_not_overwritten_by_confidence(cells: AnnData, reference: AnnData) -> None:
    cells.obs["k_confidence"] = "one"
    with pytest.raises(ArgumentError, match="key_added='k'"):
        genept.tl.annotate(
            cells, reference=reference, label_key="type", groupby="k_confidence", key_added="k"
        )
    assert set(cells.obs["k_confidence"]) == {"one"}


def test_uns_of_somebody_else_is_left_alone(cells: AnnData, reference: AnnData) -> None:
    cells.uns["genept"] = "mine"
    with pytest.raises(ArgumentError, match="is a str"):
        genept.tl.annotate(cells, reference=reference, label_key="type")
