"""GenePT-w of Dask arrays: what is computed doesn't depend on who computes it."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import zarr
from anndata import AnnData
from anndata.experimental import read_elem_lazy
from scipy import sparse

from genept import GeneTable
from genept.cells import as_expression, weighted_embedding, weighted_embedding_lazy
from genept.genes import match_genes
from tests.stream.files import write

NAMES = [f"G{i}" for i in range(30)]
MATCH = match_genes(NAMES, GeneTable(tuple(NAMES[5:25])))
VECTORS = np.random.default_rng(0).normal(size=(20, 70)).astype(np.float32)
COUNTS = sparse.csr_matrix(np.random.default_rng(1).poisson(0.4, (101, 30)).astype(np.float32))
EXPECTED = weighted_embedding(as_expression(COUNTS), MATCH, VECTORS)


@pytest.fixture(params=["csr", "dense", "zarr"])
def lazy_counts(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    adata = AnnData(COUNTS.toarray() if request.param == "dense" else COUNTS, var={"gene": NAMES})
    if request.param == "zarr":
        path = write(adata, tmp_path, "zarr3")
        return read_elem_lazy(zarr.open_group(path, mode="r")["X"], chunks=(17, 30))
    with h5py.File(write(adata, tmp_path)) as file:
        return read_elem_lazy(file["X"], chunks=(17, 30))


@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
def test_schedulers_give_the_same(lazy_counts: Any, scheduler: str) -> None:
    lazy = weighted_embedding_lazy(lazy_counts, MATCH, VECTORS, kind="counts")
    assert lazy.shape == EXPECTED.shape
    assert lazy.dtype == np.float32
    np.testing.assert_array_equal(lazy.compute(scheduler=scheduler), EXPECTED)


def test_blocks_of_genes_are_joined(tmp_path: Path) -> None:
    import dask.array

    pieces = dask.array.from_array(COUNTS.toarray(), chunks=(13, 7))
    lazy = weighted_embedding_lazy(pieces, MATCH, VECTORS, kind="counts")
    np.testing.assert_array_equal(lazy.compute(scheduler="synchronous"), EXPECTED)
