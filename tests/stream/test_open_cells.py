"""Cells are read by rows from any file as they are in it, in constant memory; what is damaged says so."""

import logging
import pickle
import subprocess
import sys
import tempfile
import tracemalloc
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from anndata import AnnData
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from genept.errors import UnknownNameError
from genept.h5ad import read_h5ad
from genept.stream import pointers
from genept.stream.open_cells import open_cells
from genept.stream.source import Cells
from tests.stream.files import (
    KINDS,
    PLACES,
    Kind,
    digest,
    entries_of,
    from_entries,
    most_in_blocks,
    of_matrix,
    replace_vector,
    rows_of,
    stored,
    write,
    write_element,
    write_older_layout,
    write_with,
)


def blocks(data: st.DataObject, n_cells: int) -> list[tuple[int, int]]:
    cuts = data.draw(st.lists(st.integers(0, n_cells), max_size=4))
    ends = sorted([0, *cuts, n_cells])
    return list(pairwise(ends))


def small(n_cells: int = 40, n_genes: int = 9, *, form: str = "csr") -> Any:
    dense = np.random.default_rng(0).poisson(1.0, size=(n_cells, n_genes)).astype(np.float32)
    dense[:, 0] += 1
    matrix: Any = sparse.csr_matrix(dense)
    return matrix.asformat(form)


def dense_of(cells: Cells, start: int, stop: int) -> np.ndarray:
    block = cells.rows(start, stop)
    return block if isinstance(block, np.ndarray) else block.toarray()


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_rows_of_h5ad_are_those_of_the_matrix(data: st.DataObject) -> None:
    check_rows("h5ad", data)


@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_rows_of_zarr_are_those_of_the_matrix(data: st.DataObject) -> None:
    check_rows(data.draw(st.sampled_from(["zarr2", "zarr3"])), data)


def check_rows(kind: Kind, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(list(PLACES)))
    form = data.draw(st.sampled_from(["csr", "csc", "dense"]))
    dtype = data.draw(st.sampled_from(["int32", "float32", "float64", "uint16", "float16", "bool"]))
    index = data.draw(st.sampled_from(["int32", "int64", "uint8"]))
    # Of zarr, what is nothing but zeros isn't told from what is lost: see the tests of lost chunks.
    entries, shape = data.draw(entries_of(canonical=kind != "h5ad" or form == "dense"))
    matrix: Any = np.zeros(shape, dtype=dtype)
    if form == "dense":
        for i, j, value in entries:
            matrix[i, j] = value
    else:
        matrix = from_entries(entries, shape, form=form, dtype=dtype, index=index)
    with tempfile.TemporaryDirectory() as folder:
        path = write_with(matrix, place, Path(folder), kind)
        before = digest(path)
        cells = open_cells(path, **PLACES[place])
        assert (cells.shape, cells.form, cells.origin, cells.path) == (shape, form, place, path)
        assert cells.n_stored == (shape[0] * shape[1] if form == "dense" else len(entries))
        expected = rows_of(entries, shape, form=form, dtype=dtype)
        for start, stop in blocks(data, shape[0]):
            block = cells.rows(start, stop)
            assert (block.shape, block.dtype) == ((stop - start, shape[1]), cells.dtype)
            if isinstance(block, np.ndarray):
                assert np.array_equal(block, matrix[start:stop])
                assert block.base is None
            else:
                assert block.indices.dtype == block.indptr.dtype == np.int32
                assert stored(block) == expected[start:stop]
        n_rows = data.draw(st.integers(1, 14))
        most = min(n_rows, shape[0]) * shape[1] if form == "dense" else most_in_blocks(entries, n_rows)
        assert cells.most_stored(n_rows) == most
        cells.close()
        assert digest(path) == before


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_file_says_of_its_cells(kind: Kind, tmp_path: Path) -> None:
    adata = of_matrix(small())
    adata.raw = of_matrix(small(n_genes=12))
    adata.var["n"] = np.arange(9)
    adata.uns["log1p"] = {"base": 2.0}
    adata.layers["counts"] = adata.X
    path = write(adata, tmp_path, kind)
    cells = open_cells(path)
    assert (cells.log1p, cells.log_base) == (True, 2.0)
    assert cells.var["n"].tolist() == list(range(9))
    assert list(cells.var.index) == [f"gene{j}" for j in range(9)]
    assert cells.names(slice(2, 4)) == ["cell2", "cell3"]
    assert cells.names(slice(None, None, 20)) == ["cell0", "cell20"]
    assert cells.names([7, 3, 7]) == ["cell7", "cell3", "cell7"]
    assert cells.names([]) == []
    assert len(cells.names(slice(None))) == 40
    raw = open_cells(str(path), use_raw=True)
    assert raw.shape == (40, 12)
    assert len(raw.var) == 12
    for other in (raw, open_cells(path, layer="counts")):
        assert (other.log1p, other.log_base) == (False, None)


@pytest.mark.parametrize("kind", ["h5ad", "zarr3"])
def test_a_logarithm_whose_base_is_not_given(kind: Kind, tmp_path: Path) -> None:
    path = write_with(small(), "X", tmp_path, kind)
    assert (open_cells(path).log1p, open_cells(path).log_base) == (False, None)
    for mark in ({}, {"base": None}):
        write_element(mark, "uns/log1p", path)
        assert (open_cells(path).log1p, open_cells(path).log_base) == (True, None)


@pytest.mark.parametrize("kind", ["h5ad", "zarr3"])
@pytest.mark.parametrize("form", ["csr", "csc"])
def test_a_file_without_cells_or_genes(form: str, kind: Kind, tmp_path: Path) -> None:
    for shape in ((0, 3), (3, 0)):
        cells = open_cells(write_with(small(form=form)[: shape[0], : shape[1]], "X", tmp_path, kind))
        assert (cells.shape, cells.n_stored, cells.most_stored(5)) == (shape, 0, 0)
        assert cells.rows(0, shape[0]).shape == shape
        cells.close()


def test_another_process_opens_its_own_handle(tmp_path: Path) -> None:
    files = [open_cells(write(of_matrix(small(400)), tmp_path, kind)) for kind in ("h5ad", "zarr3")]
    for cells in files:
        cells.rows(0, 400)
    state = pickle.dumps(files)
    assert len(state) < 10_000
    code = "import pickle, sys; print(*[c.rows(3, 9).sum() for c in pickle.load(sys.stdin.buffer)])"
    done = subprocess.run([sys.executable, "-c", code], input=state, capture_output=True, check=True)
    assert [float(total) for total in done.stdout.split()] == [small(400)[3:9].sum()] * 2


def test_closed_cells_open_again(tmp_path: Path) -> None:
    path = write(of_matrix(small()), tmp_path)
    cells = open_cells(path)
    cells.close()
    with h5py.File(path, "r+"):
        pass
    assert dense_of(cells, 0, 40).sum() == small().sum()
    cells.close()
    cells.close()


def test_memory_does_not_grow_with_the_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """400,000 cells: their names and where they end take 25 MB in memory."""
    n_cells = 400_000
    one_each: Any = (np.ones(n_cells, np.float32), np.arange(n_cells) % 5, np.arange(n_cells + 1))
    path = write(AnnData(sparse.csr_matrix(one_each)), tmp_path)
    monkeypatch.setattr(pointers, "AT_A_TIME", 10_000)
    tracemalloc.start()
    try:
        cells = open_cells(path)
        assert cells.most_stored(7) == 7
        assert cells.rows(300_000, 300_005).sum() == 5
        assert cells.names(slice(300_000, 300_002)) == ["300000", "300001"]
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_may_only_be_read(tmp_path: Path) -> None:
    path = write(of_matrix(small()), tmp_path)
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    before = digest(path), path.stat().st_mtime_ns
    assert dense_of(open_cells(path), 0, 40).sum() == small().sum()
    assert (digest(path), path.stat().st_mtime_ns) == before


def test_a_file_whose_name_says_nothing(tmp_path: Path) -> None:
    write(of_matrix(small()), tmp_path).rename(tmp_path / "cells.zarr")
    assert open_cells(tmp_path / "cells.zarr").shape == (40, 9)
    write(of_matrix(small()), tmp_path / "..", "zarr3").rename(tmp_path / "cells")
    assert open_cells(tmp_path / "cells").shape == (40, 9)


@pytest.mark.parametrize("form", ["csr", "dense"])
def test_an_older_layout_is_held_in_memory(
    form: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "old.h5ad"
    write_older_layout(path, small())
    if form == "dense":
        replace_vector(path, "X", small().toarray())
    with caplog.at_level(logging.INFO, "genept"):
        cells = open_cells(path)
    assert "held in memory" in caplog.text
    assert "write_h5ad" in caplog.text
    assert (cells.form, cells.shape, cells.log1p, cells.log_base) == (form, (40, 9), True, 2.0)
    assert cells.n_stored == (small().nnz if form == "csr" else 360)
    assert cells.most_stored(7) == (
        max(small()[k : k + 7].nnz for k in range(0, 40, 7)) if form == "csr" else 63
    )
    assert cells.names([3, 1]) == ["cell3", "cell1"]
    assert cells.names(slice(2)) == ["cell0", "cell1"]
    for held in (cells, pickle.loads(pickle.dumps(cells))):
        assert np.array_equal(dense_of(held, 5, 17), small()[5:17].toarray())
    assert open_cells(path, use_raw=True).origin == "raw"
    with pytest.raises(UnknownNameError, match="no layer 'it'"):
        open_cells(path, layer="it")


@pytest.mark.realdata
def test_real_cells(realdata: Path) -> None:
    """Everyday files of everyday tools, as anndata reads them."""
    for path in sorted((realdata / "cells").glob("*.h5ad")):
        adata, cells = read_h5ad(path), open_cells(path)
        n_cells = adata.n_obs
        whole = sparse.csr_matrix(adata.X)
        assert cells.shape == adata.shape
        assert cells.names(slice(None)) == list(adata.obs_names)
        assert list(cells.var.index) == list(adata.var_names)
        for start in range(0, n_cells, 1000):
            stop = min(start + 1000, n_cells)
            assert np.array_equal(
                dense_of(cells, start, stop), sparse.csr_matrix(whole[start:stop]).toarray()
            )
