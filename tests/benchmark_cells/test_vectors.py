"""Representations: what they are made of, and what is said of those that can't be made."""

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy import sparse

import genept
from genept import GeneEmbeddings
from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.vectors import CellVectors, Made, NoCellVectors, Requested, every_representation
from genept.benchmark.cells.vectors.gene_vectors import GeneVectors, gene_vectors
from genept.benchmark.cells.vectors.harmony import harmony_cells
from genept.benchmark.cells.vectors.pca import fit_pca, log_normalised, pca_cells, variable_columns
from genept.benchmark.cells.vectors.sentences import sentence_cells
from genept.benchmark.cells.vectors.stored import stored_cells
from genept.benchmark.cells.vectors.weighted import weighted_cells
from tests.benchmark_cells.cells import SYMBOLS, labelled, make_cells, make_genes


@pytest.fixture
def cells() -> LabelledCells:
    return labelled(make_cells(), label="type", batch="batch")


def made(one: CellVectors | NoCellVectors | None) -> CellVectors:
    assert isinstance(one, CellVectors)
    return one


def why_not(one: CellVectors | NoCellVectors | None) -> str:
    assert isinstance(one, NoCellVectors)
    return one.reason


def test_genept_w_is_that_of_tl(cells: LabelledCells) -> None:
    adata, genes = make_cells(), make_genes(symbols=SYMBOLS[:20])
    genept.tl.embed_cells(adata, genes)
    one = made(weighted_cells(cells, GeneVectors("mine", "embedding", genes)))
    np.testing.assert_array_equal(one.vectors, adata.obsm["X_genept_w"])
    coverage = adata.uns["genept"]["X_genept_w"]["coverage"]
    assert (one.genes_measured, one.genes_used) == (30, 20)
    assert one.share_of_counts == coverage["counts"]


def test_a_cell_that_nothing_covers_is_a_zero_vector_and_said() -> None:
    adata = make_cells()
    matrix = adata.X.toarray()
    matrix[4, :20] = 0
    adata.X = sparse.csr_matrix(matrix)
    genes = make_genes(symbols=SYMBOLS[:20])
    one = made(weighted_cells(labelled(adata), GeneVectors("mine", "embedding", genes)))
    assert not one.vectors[4].any()
    assert one.note == "1 cells without a count in a gene that can be used are zero vectors"


def test_genes_that_are_others_give_a_reason(cells: LabelledCells) -> None:
    strange = make_genes(symbols=("X1", "X2"))
    assert "none of the 30" in why_not(weighted_cells(cells, GeneVectors("mine", "embedding", strange)))


def test_random_vectors_are_of_the_same_genes_and_width() -> None:
    genes = make_genes()
    (mine, drawn, names), again = gene_vectors({"mine": genes}, seed=1), gene_vectors({"mine": genes}, seed=1)
    assert isinstance(mine, GeneVectors)
    assert isinstance(drawn, GeneVectors)
    assert mine.genes is genes
    assert (drawn.name, drawn.kind) == ("random gene vectors", "control")
    assert drawn.genes.genes.symbols == genes.genes.symbols
    assert drawn.genes.vectors.shape == genes.vectors.shape
    assert isinstance(again[1], GeneVectors)
    np.testing.assert_array_equal(drawn.genes.vectors, again[1].genes.vectors)
    assert isinstance(names, NoCellVectors)
    assert "don't say which encoder" in names.reason


def test_names_alone_by_an_encoder_that_learns_from_texts(lsa_genes: GeneEmbeddings) -> None:
    names = gene_vectors({"lsa": lsa_genes}, seed=1)[2]
    assert names.name == "gene names alone (lsa)"
    assert "learns from the texts" in why_not(names if isinstance(names, NoCellVectors) else None)


def test_controls_of_several_embeddings_are_named_after_them() -> None:
    found = gene_vectors({"one": make_genes(), "two": make_genes(seed=6)}, seed=1)
    assert [one.name for one in found][:4] == [
        *("GenePT-w (one)", "GenePT-w (two)", "random gene vectors (one)", "random gene vectors (two)"),
    ]


def test_sentences_are_embedded_by_a_local_encoder_only_unless_asked(cells: LabelledCells) -> None:
    remote = GeneEmbeddings(
        make_genes().genes, make_genes().vectors, provenance={"encoder": {"name": "openai:some-model"}}
    )
    unasked = sentence_cells(cells, "r", remote, methods=None, max_cost=None)
    assert "each text would cost; ask for it by name: --method w --method s" in why_not(unasked)
    assert sentence_cells(cells, "r", remote, methods=("w",), max_cost=None) is None


def test_sentences_are_those_of_tl(lsa_genes: GeneEmbeddings) -> None:
    symbols = lsa_genes.genes.symbols[:30]
    adata = make_cells(n=30, symbols=symbols)
    one = made(sentence_cells(labelled(adata), "lsa", lsa_genes, methods=None, max_cost=None))
    genept.tl.embed_cells(adata, lsa_genes, method="s")
    np.testing.assert_array_equal(one.vectors, adata.obsm["X_genept_s"])
    assert one.name == "GenePT-s (lsa)"


def test_pca_is_that_of_the_log_normalised_values(cells: LabelledCells) -> None:
    counts = make_cells().X.toarray()
    logged = np.log1p(counts / counts.sum(axis=1, keepdims=True) * 10_000)
    plain, scaled = (made(one) for one in pca_cells(cells.measured.expression, seed=0))
    standard = np.clip((logged - logged.mean(0)) / logged.std(0), -10, 10)
    for one, values in ((plain, logged), (scaled, standard)):
        left, lengths, _ = np.linalg.svd(values - values.mean(0), full_matrices=False)
        # One less than there are genes; their signs are nobody's business, and their products have none.
        known = left[:, :29] * lengths[:29]
        np.testing.assert_allclose(one.vectors @ one.vectors.T, known @ known.T, rtol=1e-3, atol=1e-2)
        np.testing.assert_allclose((one.vectors**2).sum(0), lengths[:29] ** 2, rtol=1e-3)


def test_components_of_other_cells_are_by_the_first_ones_scale(cells: LabelledCells) -> None:
    values = log_normalised(cells.measured.expression, np.arange(30))
    fitted = fit_pca(values[:60], scale=True, seed=0)
    both = fitted.of(values)
    np.testing.assert_allclose(fitted.of(values[60:]), both[60:], rtol=1e-5, atol=1e-5)
    alone = fit_pca(values[:60], scale=True, seed=0).of(values[:60])
    np.testing.assert_allclose(both[:60], alone, rtol=1e-5, atol=1e-5)


def test_two_cells_are_too_few_for_components() -> None:
    tiny = labelled(make_cells(), drop_rare=False).measured.expression
    few = type(tiny)(tiny.X[:2], tiny.kind)
    assert "2 cells with 30 genes are too few" in str(variable_columns(few))


def test_harmony_is_harmonypys(cells: LabelledCells) -> None:
    harmonypy = pytest.importorskip("harmonypy")
    components = pca_cells(cells.measured.expression, seed=0)
    one = made(harmony_cells(components, cells.values["batch"], seed=3))
    known = pd.DataFrame({"batch": cells.values["batch"]})
    own = harmonypy.run_harmony(
        made(components[0]).vectors, known, "batch", verbose=False, random_state=3, ncores=1
    )
    np.testing.assert_allclose(one.vectors, own.Z_corr, rtol=1e-6)
    assert one.name == "Harmony-corrected PCA"


def test_harmony_that_is_not_installed_says_how(
    cells: LabelledCells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "harmonypy", None)
    components = pca_cells(cells.measured.expression, seed=0)
    assert "pip install 'genept[scib]'" in why_not(harmony_cells(components, cells.values["batch"], seed=3))


@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame, sparse.csr_matrix])
def test_obsm_in_any_form(form: type) -> None:
    adata = make_cells()
    vectors = np.random.default_rng(0).normal(size=(90, 4)).astype(np.float32)
    held = form(vectors)
    if isinstance(held, pd.DataFrame):
        held.index = adata.obs_names
        held.columns = [f"c{i}" for i in range(4)]
    adata.obsm["X_mine"] = held
    # The cells that are left out are left out here as well.
    adata.obs["type"] = adata.obs["type"].astype(object).where(np.arange(90) != 3)
    one = made(stored_cells(labelled(adata), "X_mine"))
    np.testing.assert_array_equal(one.vectors, np.delete(vectors, 3, axis=0))


def test_obsm_that_is_not_there(cells: LabelledCells) -> None:
    assert "no obsm['X_scgpt']; there is nothing" in why_not(stored_cells(cells, "X_scgpt"))


def test_harmony_of_few_cells_is_none() -> None:
    few = labelled(make_cells(12), drop_rare=False, label="type", batch="donor")
    components = pca_cells(few.measured.expression, seed=0)
    reason = why_not(harmony_cells(components, few.values["batch"], seed=0))
    assert reason == "12 cells are too few for Harmony's clusters"


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (pd.DataFrame({"word": ["x"] * 90}, index=[f"cell{i}" for i in range(90)]), "holds object, not real"),
        (np.ones((90, 2)) * 1j, "holds complex128, not real numbers"),
        (np.ones((90, 2, 2)), "has the shape (90, 2, 2)"),
    ],
)
def test_obsm_that_is_no_vectors(held: Any, words: str) -> None:
    adata = make_cells()
    adata.obsm["X_odd"] = held
    assert words in why_not(stored_cells(labelled(adata), "X_odd"))


def test_vectors_that_are_not_finite_are_none() -> None:
    both = Made()
    both.add(CellVectors("bad", "embedding", np.array([[1, np.nan], [1, 2]], dtype=np.float32)))
    assert not both.vectors
    assert both.missing[0].reason == "1 cells have a value that isn't finite"


def test_every_representation_has_its_kind(cells: LabelledCells) -> None:
    pytest.importorskip("harmonypy")
    found = every_representation(cells, Requested({"mine": make_genes()}, stored=("X_scgpt",)))
    assert {one.name: one.kind for one in found.vectors} == {
        "GenePT-w (mine)": "embedding",
        "random gene vectors": "control",
        "PCA": "baseline",
        "scaled PCA": "baseline",
        "Harmony-corrected PCA": "baseline",
    }
    assert {one.name: one.kind for one in found.missing} == {
        "gene names alone (mine)": "control",
        "GenePT-s (mine)": "embedding",
        "X_scgpt": "embedding",
    }


def test_the_data_set_is_not_changed() -> None:
    adata = make_cells()
    before = AnnData(adata.X.copy(), obs=adata.obs.copy(), var=adata.var.copy())
    every_representation(labelled(adata), Requested({"mine": make_genes()}))
    assert (adata.X != before.X).nnz == 0
    assert list(adata.obsm) == []
    assert list(adata.uns) == []
    pd.testing.assert_frame_equal(adata.obs, before.obs)
