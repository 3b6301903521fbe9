"""From file to file, however the file is made and whoever does the work: the same result as in memory."""

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import genept
from genept import GeneEmbeddings, GeneTable
from genept.stream import plan
from tests.stream.files import PLACES, Kind, write_with

N_CELLS, N_GENES, N_KNOWN = 70, 40, 30
NAMES = [f"gene{i}" for i in range(N_GENES)]
OTHER_NAMES = tuple((name,) for name in NAMES[:N_KNOWN])
GENES = GeneEmbeddings(
    GeneTable(tuple(f"GENE{i}" for i in range(N_KNOWN)), aliases=OTHER_NAMES),
    np.random.default_rng(0).normal(size=(N_KNOWN, 70)).astype(np.float32),
    provenance={"texts": {"source": "test"}},
)
KEY = "X_genept_w"


def counts(seed: int = 0) -> sparse.csr_matrix:
    rng = np.random.default_rng(seed)
    dense = rng.poisson(0.5, (N_CELLS, N_GENES))
    dense[rng.integers(N_CELLS)] = 0
    dense[rng.integers(N_CELLS), :N_KNOWN] = 0
    return sparse.csr_matrix(dense.astype(np.float32))


def odd(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same values in another order, some of them in two parts, and with stored zeros."""
    cells = np.repeat(np.arange(N_CELLS), np.diff(matrix.indptr))
    halves = np.where(matrix.data > 1, 1, 0).astype(matrix.dtype)
    shuffled = np.random.default_rng(1).permutation(2 * matrix.nnz)
    order = shuffled[np.argsort(np.tile(cells, 2)[shuffled], kind="stable")]
    made = sparse.csr_matrix(matrix.shape, dtype=matrix.dtype)
    made.data = np.concatenate([matrix.data - halves, halves])[order]
    made.indices = np.tile(matrix.indices, 2)[order]
    made.indptr = 2 * matrix.indptr
    return made


FORMS: dict[str, Callable[[sparse.csr_matrix], Any]] = {
    "csr": lambda m: m,
    "csc": sparse.csc_matrix,
    "dense": lambda m: m.toarray(),
    "odd": odd,
    "odd csc": lambda m: sparse.csc_matrix(odd(m)),
    "64-bit": lambda m: _with_wide_indices(m),
}


def _with_wide_indices(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    wide = matrix.copy()
    wide.indices, wide.indptr = matrix.indices.astype(np.int64), matrix.indptr.astype(np.int64)
    return wide


def in_memory(matrix: Any, **options: Any) -> AnnData:
    adata = AnnData(sparse.csr_matrix(matrix))
    adata.var_names = NAMES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", genept.errors.GeneptWarning)
        genept.tl.embed_cells(adata, GENES, min_coverage=0, **options)
    return adata


def read(path: Path) -> AnnData:
    return anndata.read_zarr(path) if path.suffix == ".zarr" else anndata.read_h5ad(path)


def from_file(path: Path, output: Path, *, chunk: int = 16, **options: Any) -> AnnData:
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore", genept.errors.GeneptWarning)
        patch.setattr(plan, "MOST_CELLS", chunk)
        genept.embed_file(path, output, GENES, min_coverage=0, **options)
    return read(output)


def assert_equal(ours: AnnData, expected: AnnData, key: str = KEY) -> None:
    np.testing.assert_array_equal(ours.obsm[key], expected.obsm[key])
    record, wanted = (dict(adata.uns["genept"][key]) for adata in (ours, expected))
    for kept in (record, wanted):
        kept.pop("created")
    coverages = [kept.pop("coverage") for kept in (record, wanted)]
    matrices = record.pop("matrix"), wanted.pop("matrix")
    assert matrices[0] in PLACES
    assert record.pop("dtype") == "float32"
    assert record == wanted
    assert coverages[0]["counts"] == pytest.approx(coverages[1]["counts"])
    assert list(coverages[0]["largest_losses"]) == list(coverages[1]["largest_losses"])


@given(
    seed=st.integers(0, 99),
    form=st.sampled_from(sorted(FORMS)),
    place=st.sampled_from(sorted(PLACES)),
    kind=st.sampled_from(["h5ad", "zarr2", "zarr3"]),
    suffix=st.sampled_from([".h5ad", ".zarr"]),
    dtype=st.sampled_from([np.float32, np.float64, np.int32, np.uint16]),
    chunk=st.sampled_from([16, 32, 64, 128]),
    n_threads=st.integers(1, 3),
)
@settings(max_examples=15, deadline=None)
def test_every_file_gives_what_memory_gives(
    seed: int, form: str, place: str, kind: Kind, suffix: str, dtype: type, chunk: int, n_threads: int
) -> None:
    matrix = counts(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_with(FORMS[form](matrix).astype(dtype), place, folder, kind)
        ours = from_file(path, folder / f"out{suffix}", chunk=chunk, n_threads=n_threads, **PLACES[place])
        assert_equal(ours, in_memory(matrix))
        assert sorted(found.name for found in folder.iterdir()) == sorted([path.name, f"out{suffix}"])


def test_logarithms(tmp_path: Path) -> None:
    matrix = counts()
    matrix.data = np.log1p(matrix.data * 3.3)
    path = write_with(matrix, "X", tmp_path)
    assert_equal(from_file(path, tmp_path / "out.zarr"), in_memory(matrix))


def test_sentences(tmp_path: Path) -> None:
    matrix = counts()
    path = write_with(matrix, "X", tmp_path)
    ours = from_file(path, tmp_path / "out.zarr", method="s", encoder="random")
    expected = in_memory(matrix, method="s", encoder="random")
    record, wanted = (dict(adata.uns["genept"]["X_genept_s"]) for adata in (ours, expected))
    assert record["share_read"] == pytest.approx(wanted["share_read"])
    np.testing.assert_array_equal(ours.obsm["X_genept_s"], expected.obsm["X_genept_s"])


def test_half_the_size(tmp_path: Path) -> None:
    path = write_with(counts(), "X", tmp_path)
    half = from_file(path, tmp_path / "half.zarr", dtype="float16").obsm[KEY]
    assert half.dtype == np.float16
    np.testing.assert_array_equal(half, in_memory(counts()).obsm[KEY].astype(np.float16))


def test_obs_comes_along_or_not(tmp_path: Path) -> None:
    path = write_with(counts(), "X", tmp_path)
    adata = anndata.read_h5ad(path)
    adata.obs["label"] = pd.Categorical(["T cell", "B cell"] * (N_CELLS // 2))
    adata.write_h5ad(path)
    whole, bare = (
        from_file(path, tmp_path / f"{only}.h5ad", only_embedding=only).obs for only in (False, True)
    )
    coverage = in_memory(counts()).obs["genept_coverage"].to_numpy()
    pd.testing.assert_frame_equal(whole.drop(columns="genept_coverage"), adata.obs)
    assert list(bare.columns) == ["genept_coverage"]
    assert list(bare.index) == list(adata.obs_names)
    for obs in (whole, bare):
        np.testing.assert_array_equal(obs["genept_coverage"], coverage)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csr", "csc"])
def test_workers_of_dask_give_the_same(tmp_path: Path, form: str) -> None:
    path = write_with(FORMS[form](counts()), "X", tmp_path)
    assert_equal(from_file(path, tmp_path / "out.zarr", dask="local"), in_memory(counts()))
