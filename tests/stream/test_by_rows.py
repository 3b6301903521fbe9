"""Cells stored by genes become cells read by rows: exactly, within memory, and once."""

import json
import pickle
import shutil
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from genept.errors import InputFileError, OutputError
from genept.stream.bucket_layout import BYTES_A_VALUE
from genept.stream.by_rows import by_rows
from genept.stream.open_cells import open_cells
from genept.stream.source import Cells
from tests.stream.files import (
    PLACES,
    Kind,
    digest,
    entries_of,
    from_entries,
    most_in_blocks,
    replace_vector,
    rows_of,
    stored,
    write_with,
)

ENOUGH = 10_000_000


def random_columns(n_cells: int = 500, n_genes: int = 40, share: float = 0.2) -> Any:
    return sparse.random(n_cells, n_genes, share, format="csc", random_state=0, dtype=np.float32)


def opened(folder: Path, matrix: Any = None, kind: Kind = "h5ad") -> Cells:
    return open_cells(write_with(random_columns() if matrix is None else matrix, "X", folder, kind))


def same(block: Any, other: Any) -> bool:
    return np.array_equal(block.toarray(), other.toarray())


def states(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_rows_are_those_of_the_columns_of_h5ad(data: st.DataObject) -> None:
    check_rows("h5ad", data)


@given(data=st.data())
@settings(max_examples=6, deadline=None)
def test_rows_are_those_of_the_columns_of_zarr(data: st.DataObject) -> None:
    check_rows("zarr3", data)


def check_rows(kind: Kind, data: st.DataObject) -> None:
    """Duplicates, stored zeros and any order of cells too, however little memory there is."""
    entries, shape = data.draw(entries_of(canonical=kind != "h5ad"))
    dtype = data.draw(st.sampled_from(["int32", "float32", "float64", "uint16", "bool"]))
    matrix = from_entries(
        entries, shape, form="csc", dtype=dtype, index=data.draw(st.sampled_from(["int32", "int64"]))
    )
    memory = data.draw(st.integers(0, 50)) * BYTES_A_VALUE
    place = data.draw(st.sampled_from(list(PLACES)))
    with tempfile.TemporaryDirectory() as name:
        path = write_with(matrix, place, Path(name), kind)
        before = digest(path)
        columns = open_cells(path, **PLACES[place])
        cells = by_rows(columns, Path(name) / "rows", memory=memory)
        cells = pickle.loads(pickle.dumps(cells))
        assert (cells.form, cells.origin, cells.shape) == ("csr", place, shape)
        assert (cells.dtype, cells.n_stored) == (columns.dtype, len(entries))
        expected = rows_of(entries, shape, form="csc", dtype=dtype)
        for _ in range(3):
            start, stop = sorted(data.draw(st.tuples(*[st.integers(0, shape[0])] * 2)))
            for source in (cells, columns):
                block: Any = source.rows(start, stop)
                assert (block.shape, block.dtype) == ((stop - start, shape[1]), cells.dtype)
                assert block.indices.dtype == block.indptr.dtype == np.int32
                assert stored(block) == expected[start:stop]
        n_rows = data.draw(st.integers(1, 14))
        assert cells.most_stored(n_rows) == columns.most_stored(n_rows) == most_in_blocks(entries, n_rows)
        assert digest(path) == before


def test_what_is_stored_by_rows_stays_as_it_is(tmp_path: Path) -> None:
    for matrix in (random_columns().tocsr(), random_columns().toarray()):
        cells = opened(tmp_path, matrix)
        assert by_rows(cells, tmp_path / "rows", memory=ENOUGH) is cells
        cells.close()
    assert not (tmp_path / "rows").exists()


def test_no_cells(tmp_path: Path) -> None:
    cells = by_rows(opened(tmp_path, random_columns()[:0]), tmp_path / "rows", memory=ENOUGH)
    assert (cells.rows(0, 0).shape, cells.most_stored(3)) == ((0, 40), 0)


def test_cells_of_many_more_values_than_others(tmp_path: Path) -> None:
    """One full cell among empty ones: its bucket is larger than memory, and is read by parts."""
    matrix = sparse.lil_matrix((4_000, 300), dtype=np.float32)
    matrix[1_000] = np.arange(300) + 1
    matrix[1_001, 5] = 7
    cells = by_rows(opened(tmp_path, matrix.tocsc()), tmp_path / "rows", memory=100 * BYTES_A_VALUE)
    for start, stop in ((999, 1_001), (1_000, 1_002), (1_001, 1_003), (0, 4_000)):
        assert same(cells.rows(start, stop), matrix[start:stop])
    assert cells.most_stored(1) == 300
    assert cells.most_stored(2) == 301


def test_memory_stays_within_what_is_given(tmp_path: Path) -> None:
    """800,000 values in memory take 6 MB, and four times that while they are sorted."""
    cells = opened(tmp_path, random_columns(20_000, 200))
    memory = 4_000_000
    tracemalloc.start()
    try:
        rows = by_rows(cells, tmp_path / "rows", memory=memory)
        total = sum(rows.rows(k, k + 500).sum() for k in range(0, 20_000, 500))
        assert tracemalloc.get_traced_memory()[1] < memory
    finally:
        tracemalloc.stop()
    assert total == pytest.approx(random_columns(20_000, 200).sum(), rel=1e-5)


def test_a_second_call_finds_the_work_done(tmp_path: Path) -> None:
    cells = opened(tmp_path)
    first = by_rows(cells, tmp_path / "rows", memory=ENOUGH)
    before = states(tmp_path / "rows")
    again = by_rows(opened_again(cells), tmp_path / "rows", memory=ENOUGH // 1000)
    assert states(tmp_path / "rows") == before
    assert same(again.rows(0, 500), first.rows(0, 500))


def opened_again(cells: Cells) -> Cells:
    cells.close()
    return open_cells(cells.path)


def shorten(folder: Path) -> None:
    with (folder / "genes.bin").open("r+b") as file:
        file.truncate(10)


def half_made(folder: Path) -> None:
    (folder / "done.json").unlink()
    shorten(folder)


def of_another_file(folder: Path) -> None:
    marker = json.loads((folder / "done.json").read_text())
    marker["made_of"]["changed"] += 1
    (folder / "done.json").write_text(json.dumps(marker))


def no_marker(folder: Path) -> None:
    (folder / "done.json").write_text("[]")


@pytest.mark.parametrize("change", [shorten, half_made, of_another_file, no_marker])
def test_what_is_not_the_same_work_is_made_anew(change: Callable[[Path], None], tmp_path: Path) -> None:
    cells = opened(tmp_path)
    by_rows(cells, tmp_path / "rows", memory=ENOUGH)
    change(tmp_path / "rows")
    again = by_rows(cells, tmp_path / "rows", memory=ENOUGH)
    assert same(again.rows(0, 500), random_columns())
    assert set(states(tmp_path / "rows")) == {
        "begins.bin",
        "cells.bin",
        "done.json",
        "genes.bin",
        "values.bin",
    }


@pytest.mark.parametrize("kind", ["h5ad", "zarr3"])
def test_another_content_is_noticed(kind: Kind, tmp_path: Path) -> None:
    by_rows(opened(tmp_path, kind=kind), tmp_path / "rows", memory=ENOUGH)
    path = tmp_path / ("cells.h5ad" if kind == "h5ad" else "cells.zarr")
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    other = random_columns()
    other.data += 1
    rows = by_rows(opened(tmp_path, other, kind), tmp_path / "rows", memory=ENOUGH)
    assert same(rows.rows(0, 500), other)


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = opened(tmp_path)
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "values.bin").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="rows can't be written \\(No space left on device\\)"):
        by_rows(cells, tmp_path / "rows", memory=ENOUGH)
    assert not (tmp_path / "rows" / "done.json").exists()
    usage = shutil.disk_usage(tmp_path)._replace(free=9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(OutputError, match="GB needed"):
        by_rows(cells, tmp_path / "rows", memory=ENOUGH)


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't be written"):
        by_rows(opened(tmp_path), tmp_path / "file", memory=ENOUGH)
    with pytest.raises(OutputError, match="can't be written"):
        by_rows(opened(tmp_path), tmp_path / "no" / "rows", memory=ENOUGH)


def test_damaged_columns(tmp_path: Path) -> None:
    matrix = random_columns()
    path = write_with(matrix, "X", tmp_path)
    replace_vector(path, "X/indices", [*matrix.indices[:-1], 500])
    with pytest.raises(InputFileError, match="X of genes 0 to 39 has indices from 0 to 500"):
        by_rows(open_cells(path), tmp_path / "rows", memory=ENOUGH)
    assert not (tmp_path / "rows" / "done.json").exists()


def test_files_that_are_damaged_later(tmp_path: Path) -> None:
    rows = by_rows(opened(tmp_path), tmp_path / "rows", memory=ENOUGH)
    shorten(tmp_path / "rows")
    with pytest.raises(InputFileError, match=r"genes\.bin has become shorter"):
        rows.rows(0, 5)
    shutil.rmtree(tmp_path / "rows")
    with pytest.raises(InputFileError, match="remove"):
        rows.rows(0, 5)
