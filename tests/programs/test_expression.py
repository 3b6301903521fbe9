"""Expression of programs by type of cell, and which genes vary most."""

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy import sparse

import genept
from genept.errors import (
    ArgumentError,
    GeneNamesError,
    UnknownNameError,
    ValuesError,
)
from tests.programs.planted import programs_of


@pytest.fixture
def cells() -> AnnData:
    counts = np.random.default_rng(0).poisson(3.0, size=(30, 8)).astype(np.float32)
    adata = AnnData(sparse.csr_matrix(counts))
    adata.var_names = [*"ABCDEF", "other1", "other2"]
    adata.obs["type"] = pd.Categorical(["T", "B", "NK"] * 10, categories=["T", "none", "NK", "B"])
    adata.obs.loc[adata.obs_names[:3], "type"] = np.nan
    return adata


def test_equals_plain_loops(cells: AnnData) -> None:
    before = cells.copy()
    found = genept.tl.program_expression(cells, programs_of("AB", "CDE", others="F"), "type")
    dense = cells.X.toarray().astype(np.float64)
    logged = np.log1p(dense / dense.sum(axis=1, keepdims=True) * 1e4)
    for name in ("T", "NK", "B"):
        chosen = (cells.obs["type"] == name).to_numpy()
        for program, columns in ((1, [0, 1]), (2, [2, 3, 4])):
            assert found.loc[name, program] == pytest.approx(logged[chosen][:, columns].mean(), rel=1e-5)
    assert found.index.tolist() == ["T", "NK", "B"]
    assert found.index.name == "type"
    assert found.shape == (3, 2)
    np.testing.assert_array_equal(cells.X.toarray(), before.X.toarray())
    pd.testing.assert_frame_equal(cells.obs, before.obs)


def test_layers_and_logarithms_give_the_same(cells: AnnData) -> None:
    programs = programs_of("AB", "CDE")
    expected = genept.tl.program_expression(cells, programs, "type")
    dense = cells.X.toarray()
    cells.layers["logged"] = np.log1p(dense / dense.sum(axis=1, keepdims=True) * 1e4)
    found = genept.tl.program_expression(cells, programs, "type", layer="logged")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-5)


def test_a_program_that_is_not_measured_is_missing(cells: AnnData) -> None:
    found = genept.tl.program_expression(cells, programs_of("AX", "YZ"), "type")
    assert found[2].isna().all()
    only = genept.tl.program_expression(cells, programs_of("A"), "type")
    np.testing.assert_array_equal(found[1], only[1])
    with pytest.raises(GeneNamesError, match="none of the 8 measured genes"):
        genept.tl.program_expression(cells, programs_of("X", "YZ"), "type")


def test_unusable_labels_and_values_are_refused(cells: AnnData) -> None:
    programs = programs_of("AB")
    with pytest.raises(UnknownNameError, match="no column 'kind' in obs"):
        genept.tl.program_expression(cells, programs, "kind")
    cells.obs["empty"] = np.nan
    with pytest.raises(ValuesError, match=r"no value in obs\['empty'\]"):
        genept.tl.program_expression(cells, programs, "empty")
    cells.X = cells.X.toarray() - 1
    with pytest.raises(ValuesError, match="negative"):
        genept.tl.program_expression(cells, programs, "type")


def test_by_scanpy_on_a_copy() -> None:
    import scanpy

    rng = np.random.default_rng(0)
    counts = rng.poisson(rng.gamma(0.5, 4.0, size=(80, 60))).astype(np.float32)
    adata = AnnData(sparse.csr_matrix(counts))
    adata.var_names = [f"G{i}" for i in range(60)]
    before = adata.copy()
    found = genept.tl.highly_variable_names(adata, 12)
    other = adata.copy()
    scanpy.pp.normalize_total(other, target_sum=1e4)
    scanpy.pp.log1p(other)
    scanpy.pp.highly_variable_genes(other, n_top_genes=12)
    assert found == other.var_names[other.var["highly_variable"]].tolist()
    assert list(adata.var.columns) == []
    assert adata.uns == before.uns
    np.testing.assert_array_equal(adata.X.toarray(), before.X.toarray())
    assert genept.tl.highly_variable_names(other) == found
    assert genept.tl.highly_variable_names(other, 12) == found
    other.X = other.X.toarray() - 1
    assert genept.tl.highly_variable_names(other) == found


def test_genes_that_nothing_marks_are_not_guessed(cells: AnnData) -> None:
    with pytest.raises(UnknownNameError, match="--highly-variable 2000"):
        genept.tl.highly_variable_names(cells)
    with pytest.raises(ArgumentError, match="n_top=0"):
        genept.tl.highly_variable_names(cells, 0)
