"""GenePT-w as a step of scikit-learn: its own checks, and that it is what `weighted_embedding` gives."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks

from genept import GeneEmbeddings, GeneTable
from genept.cells import GenePTWTransformer, as_expression, weighted_embedding
from genept.errors import ArgumentError, GeneNamesError, GeneptWarning, ValuesError
from genept.genes import match_genes

# The checks know nothing of genes: these are the names that their columns have.
CHECKED = GeneEmbeddings(
    GeneTable(tuple(f"{word}{i}" for word in ("x", "col", "col_") for i in range(60))),
    np.random.default_rng(0).normal(size=(180, 12)).astype(np.float32),
)
NAMES = ["LYZ", "unknown", "CD3E", "MS4A1", "NKG7"]
COUNTS: NDArray[np.int64] = np.random.default_rng(0).poisson(2.0, size=(30, 5)) + 1
LOGGED = np.log1p(COUNTS / COUNTS.sum(axis=1, keepdims=True) * 1e4).astype(np.float32)


def frame(values: NDArray[Any]) -> pd.DataFrame:
    return pd.DataFrame(values, columns=NAMES)


def expected(values: NDArray[Any], genes: GeneEmbeddings, kind: Any = "auto") -> NDArray[np.float32]:
    return weighted_embedding(
        as_expression(values, kind=kind), match_genes(NAMES, genes.genes), genes.vectors
    )


all_checks: pytest.MarkDecorator = estimator_checks.parametrize_with_checks(
    [GenePTWTransformer(), GenePTWTransformer(CHECKED)]
)


@all_checks
def test_scikit_learn_finds_nothing_wrong(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


# Some of the checks fit a DataFrame and transform an array, or the other way round.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names:UserWarning")
@pytest.mark.parametrize("genes", [None, CHECKED])
@pytest.mark.parametrize(
    "check",
    [
        "check_dataframe_column_names_consistency",
        "check_global_output_transform_pandas",
        "check_set_output_transform",
        "check_set_output_transform_pandas",
        "check_transformer_get_feature_names_out",
        "check_transformer_get_feature_names_out_pandas",
    ],
)
def test_names_go_in_and_out_as_in_scikit_learns_own_transformers(
    check: str, genes: GeneEmbeddings | None
) -> None:
    getattr(estimator_checks, check)("GenePTWTransformer", GenePTWTransformer(genes))


@pytest.mark.parametrize("values", [COUNTS, LOGGED])
def test_equals_weighted_embedding(values: NDArray[Any], genes: GeneEmbeddings) -> None:
    transformer = GenePTWTransformer(genes)
    ours = transformer.fit_transform(frame(values))
    np.testing.assert_array_equal(ours, expected(values, genes))
    assert ours.dtype == np.float32
    assert transformer.n_covered_ == 4
    assert transformer.kind_ == ("counts" if values is COUNTS else "log_normalised")


@pytest.mark.parametrize(
    "form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, frame, pd.DataFrame]
)
def test_the_form_of_the_matrix_changes_nothing(
    form: Callable[[NDArray[Any]], Any], genes: GeneEmbeddings
) -> None:
    ours = GenePTWTransformer(genes, gene_names=NAMES, n_threads=1).fit_transform(form(COUNTS))
    np.testing.assert_array_equal(ours, expected(COUNTS, genes))


def test_what_was_found_out_in_fitting_holds_for_other_cells(genes: GeneEmbeddings) -> None:
    """Some cells of a data set may look like the other kind."""
    halves = COUNTS / 2
    by_counts = GenePTWTransformer(genes).fit(frame(COUNTS))
    np.testing.assert_array_equal(by_counts.transform(frame(halves)), expected(halves, genes, "counts"))
    by_logs = GenePTWTransformer(genes).fit(frame(LOGGED))
    ones = np.ones((1, 5))
    np.testing.assert_array_equal(by_logs.transform(frame(ones)), expected(ones, genes, "log_normalised"))
    told = GenePTWTransformer(genes, values="log_normalised").fit(frame(COUNTS))
    assert told.kind_ == "log_normalised"


def test_without_genes_it_is_the_profile() -> None:
    profile = LOGGED / np.linalg.norm(LOGGED.astype(np.float64), axis=1, keepdims=True)
    for values in (COUNTS, LOGGED):
        dense = GenePTWTransformer().fit_transform(values)
        np.testing.assert_allclose(dense, profile, rtol=2e-6)
        kept_sparse = GenePTWTransformer().fit_transform(sparse.csr_matrix(values))
        assert isinstance(kept_sparse, sparse.csr_matrix)
        np.testing.assert_array_equal(kept_sparse.toarray(), dense)
        assert dense.dtype == kept_sparse.dtype == np.float32


@pytest.mark.parametrize("with_genes", [True, False])
def test_a_cell_of_which_nothing_is_known_is_zero_and_says_so(
    genes: GeneEmbeddings, with_genes: bool
) -> None:
    counts = COUNTS.copy()
    counts[3] = [0, 7 * with_genes, 0, 0, 0]
    transformer = GenePTWTransformer(genes if with_genes else None).fit(frame(COUNTS))
    with pytest.warns(GeneptWarning, match="1 of 30 cells") as told:
        ours = transformer.transform(frame(counts))
    assert [warning.filename for warning in told] == [__file__]
    np.testing.assert_allclose(np.linalg.norm(np.asarray(ours), axis=1), np.arange(30) != 3, atol=1e-6)


@pytest.mark.parametrize(
    ("parameters", "values", "error", "says"),
    [
        ({"gene_names": NAMES[:4]}, COUNTS, GeneNamesError, "4 gene_names for 5 columns"),
        ({"gene_names": ["LYZ", "LYZ", "a", "b", "c"]}, COUNTS, GeneNamesError, "more than once: LYZ"),
        ({}, COUNTS, GeneNamesError, "x0, x1, x2 and 2 more.*CD3E.*gene_names="),
        ({"gene_names": NAMES}, COUNTS - 3, ValuesError, "Negative values .*scaled"),
        ({"gene_names": NAMES}, COUNTS * 1e38, ValuesError, "too large"),
        ({"gene_names": NAMES, "values": "logs"}, COUNTS, ArgumentError, "'log_normalised'"),
        ({"gene_names": NAMES, "n_threads": 0}, COUNTS, ArgumentError, "n_threads=0"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    genes: GeneEmbeddings,
    parameters: dict[str, Any],
    values: NDArray[Any],
    error: type[Exception],
    says: str,
) -> None:
    with pytest.raises(error, match=says):
        GenePTWTransformer(genes, **parameters).fit(values)


def test_columns_without_a_name_are_no_duplicates(genes: GeneEmbeddings) -> None:
    assert GenePTWTransformer(genes, gene_names=["", "", "LYZ", "", ""]).fit(COUNTS).n_covered_ == 1


def test_other_genes_count_from_the_next_fit_on(genes: GeneEmbeddings) -> None:
    other = GeneEmbeddings(GeneTable(("NKG7", "LYZ")), np.eye(2, dtype=np.float32))
    transformer = GenePTWTransformer(genes).fit(frame(COUNTS)).set_params(genes=other)
    np.testing.assert_array_equal(transformer.transform(frame(COUNTS)), expected(COUNTS, genes))
    np.testing.assert_array_equal(transformer.fit_transform(frame(COUNTS)), expected(COUNTS, other))


def test_clones_share_the_vectors_and_pickles_transform_alike(genes: GeneEmbeddings) -> None:
    transformer = GenePTWTransformer(genes).set_output(transform="pandas").fit(frame(COUNTS))
    assert clone(transformer).genes is genes
    ours = pickle.loads(pickle.dumps(transformer)).transform(frame(COUNTS))
    assert list(ours.columns) == list(transformer.get_feature_names_out())
    assert list(ours.columns)[::129] == ["genept0", "genept129"]
    np.testing.assert_array_equal(ours.to_numpy(), expected(COUNTS, genes))


@pytest.mark.realdata
def test_cell_types_of_real_cells_are_learned_in_a_pipeline(
    realdata: Path, lsa_genes: GeneEmbeddings
) -> None:
    adata = anndata.read_h5ad(realdata / "cells" / "pbmc3k_clustifyrdata.h5ad")[::8]
    labels = adata.obs["classified"].astype(str).to_numpy()
    pipeline = make_pipeline(
        GenePTWTransformer(lsa_genes, gene_names=list(adata.var_names)),
        LogisticRegression(C=100, max_iter=1000),
    )
    # Nearly four in five; the largest type is one in four.
    assert cross_val_score(pipeline, adata.X, labels, cv=3).mean() > 0.75
    some = np.argsort(-np.asarray(adata.X.sum(axis=0)).ravel())[:500]
    pipeline.set_params(geneptwtransformer__gene_names=list(adata.var_names[some]))
    search = GridSearchCV(pipeline, {"geneptwtransformer__genes": [None, lsa_genes]}, cv=2)
    search.fit(adata.X[:, some], labels)
    assert (search.cv_results_["mean_test_score"] > 0.6).all()
