"""What a file says of its cells arrives in another file as it was."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import zarr
from anndata.io import read_elem, write_elem

from genept.errors import InputFileError
from genept.stream.obs import copy_obs, open_obs
from genept.tl.embed_cells import COVERAGE_KEY
from tests.stream.tables import FORMS, N_CELLS, table, write_cells

COVERAGE = np.linspace(0, 1, N_CELLS, dtype=np.float32)

FEW = table()[["category", "text", "float32"]]

Copy = Callable[..., pd.DataFrame]


@pytest.fixture(params=["h5ad", "zarr"])
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    """Copy the cells of a file to a file of either kind, and read them there with anndata."""

    def copy(
        path: Path, *, columns: bool = True, own: str | None = None, n_cells: int = N_CELLS
    ) -> pd.DataFrame:
        target: Any = (
            zarr.open_group(tmp_path / "copy", mode="w", zarr_format=2)
            if request.param == "zarr"
            else h5py.File(tmp_path / "copy", "w")
        )
        obs = target.create_group("obs")
        if own is not None:
            write_elem(obs, own, COVERAGE)
        with open_obs(path, n_cells=n_cells, columns=columns, scratch=tmp_path / "scratch") as source:
            copy_obs(source, obs, columns=columns, own=own)
        assert len(list(obs)) == len(obs.attrs["column-order"]) + 1
        frame = read_elem(obs)
        assert isinstance(frame, pd.DataFrame)
        return frame

    return copy


@pytest.fixture(scope="module", params=FORMS)
def cells(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cells with columns of every kind, in a file of every kind."""
    return write_cells(table(), tmp_path_factory.mktemp("cells"), request.param)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Cells with few columns."""
    return write_cells(FEW, tmp_path, "h5ad")


def test_columns_of_every_kind(
    copied: Copy, cells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In several blocks, of which the last is shorter."""
    monkeypatch.setattr("genept.stream.copy_elements._BLOCK_ROWS", 7)
    pd.testing.assert_frame_equal(copied(cells), table())
    assert not (tmp_path / "scratch").exists()


@pytest.mark.realdata
def test_real_cells(copied: Copy, realdata: Path) -> None:
    for path in sorted((realdata / "cells").glob("[kpx]*.h5ad")):
        with h5py.File(path) as file:
            expected = read_elem(file["obs"])
        pd.testing.assert_frame_equal(copied(path, n_cells=len(expected)), expected)


def test_names_only(copied: Copy, cells: Path) -> None:
    pd.testing.assert_frame_equal(copied(cells, columns=False), table()[[]], check_column_type=False)


def test_our_column_comes_last_or_where_one_of_its_name_stood(copied: Copy, tmp_path: Path) -> None:
    path = write_cells(FEW, tmp_path, "h5ad")
    pd.testing.assert_frame_equal(copied(path, own=COVERAGE_KEY), FEW.assign(**{COVERAGE_KEY: COVERAGE}))
    old = FEW.copy()
    old.insert(1, COVERAGE_KEY, "old")
    path = write_cells(old, tmp_path, "h5ad")
    pd.testing.assert_frame_equal(copied(path), old)
    pd.testing.assert_frame_equal(copied(path, own=COVERAGE_KEY), old.assign(**{COVERAGE_KEY: COVERAGE}))
    pd.testing.assert_frame_equal(
        copied(path, own=COVERAGE_KEY, columns=False), FEW[[]].assign(**{COVERAGE_KEY: COVERAGE})
    )


def test_cells_named_in_a_column_of_our_name_keep_their_names(copied: Copy, tmp_path: Path) -> None:
    path = write_cells(FEW.rename_axis(COVERAGE_KEY), tmp_path, "h5ad")
    frame = copied(path, own=COVERAGE_KEY)
    assert list(frame.index) == list(FEW.index)
    np.testing.assert_array_equal(frame[COVERAGE_KEY], COVERAGE)


def test_names_without_a_title_and_no_columns(copied: Copy, tmp_path: Path) -> None:
    bare = FEW.rename_axis(None)[[]]
    path = write_cells(bare, tmp_path, "h5ad")
    pd.testing.assert_frame_equal(copied(path), bare, check_column_type=False)


def test_text_of_fixed_length(copied: Copy, tmp_path: Path) -> None:
    """As programs in R write it."""
    path = write_cells(FEW.assign(batch=""), tmp_path, "h5ad")
    with h5py.File(path, "r+") as file:
        del file["obs/batch"], file["obs/Barcode"]
        for name, value in (("batch", b"b1"), ("Barcode", b"cell")):
            file["obs"].create_dataset(name, data=np.array([value] * N_CELLS, "S6"))
            file["obs"][name].attrs["encoding-type"] = "array"
    frame = copied(path)
    assert set(frame["batch"]) == {"b1"}
    assert set(frame.index) == {"cell"}


def test_compressed_columns(copied: Copy, few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are whole chunks of the file, or longer."""
    monkeypatch.setattr("genept.stream.copy_elements._BLOCK_ROWS", 12)
    with h5py.File(few, "r+") as file:
        values = file["obs/float32"][()]
        said = dict(file["obs/float32"].attrs)
        del file["obs/float32"]
        column = file["obs"].create_dataset("float32", data=values, chunks=(5,), compression="gzip")
        column.attrs.update(said)
    pd.testing.assert_frame_equal(copied(few), FEW)


def test_the_layout_of_2020(copied: Copy, tmp_path: Path) -> None:
    """Categories lie beside the columns, which refer to them."""
    path = tmp_path / "cells.h5ad"
    with h5py.File(path, "w") as file:
        obs = file.create_group("obs")
        obs.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.1.0", "_index": "_index"})
        obs.attrs["column-order"] = np.array(["kind", "x"], object)
        obs["_index"] = np.array([f"c{i}" for i in range(N_CELLS)], object)
        obs["x"] = np.arange(N_CELLS)
        obs["kind"] = np.arange(N_CELLS, dtype=np.int8) % 2
        categories = obs.create_group("__categories")
        categories["kind"] = np.array(["odd", "even"], object)
        categories["kind"].attrs["ordered"] = True
        obs["kind"].attrs["categories"] = categories["kind"].ref
    frame = copied(path)
    kinds = pd.Categorical(["odd", "even"] * 11 + ["odd"], ["odd", "even"], ordered=True)
    expected = pd.DataFrame({"kind": kinds, "x": np.arange(N_CELLS)}, [f"c{i}" for i in range(N_CELLS)])
    pd.testing.assert_frame_equal(frame, expected)


def test_the_layout_of_2018(copied: Copy, tmp_path: Path) -> None:
    """The table is one array of records."""
    path = tmp_path / "cells.h5ad"
    records = np.array([(f"c{i}".encode(), i) for i in range(N_CELLS)], [("index", "S5"), ("x", "<i8")])
    with h5py.File(path, "w") as file:
        file["obs"] = records
        file["var"] = np.array([(b"g",)], [("index", "S5")])
        file["X"] = np.zeros((N_CELLS, 1), np.float32)
    frame = copied(path)
    assert frame["x"].tolist() == list(range(N_CELLS))
    assert frame.index[3] == "c3"


@pytest.mark.parametrize("form", FORMS)
def test_another_number_of_cells(copied: Copy, tmp_path: Path, form: str) -> None:
    with pytest.raises(InputFileError, match=f"it has 30 cells where there were {N_CELLS}"):
        copied(write_cells(table(30)[["int8"]], tmp_path, form))


def test_what_is_no_table(copied: Copy, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no cells")
    (tmp_path / "folder").mkdir()
    for name in ("text", "folder", "nothing"):
        with pytest.raises(InputFileError, match=r"says of its cells can't be copied.*--resume"):
            copied(tmp_path / name)
    path = write_cells(FEW, tmp_path, "h5ad")
    with h5py.File(path, "r+") as file:
        del file["obs/float32"]
    with pytest.raises(InputFileError, match="float32"):
        copied(path)
    assert list(copied(path, columns=False).index) == list(FEW.index)


def test_a_damaged_column(copied: Copy, tmp_path: Path) -> None:
    path = write_cells(FEW, tmp_path, "zarr2")
    (path / "obs" / "float32" / "0").write_bytes(b"no chunk")
    with pytest.raises(InputFileError, match=r"float32.* can't be read"):
        copied(path)


def test_pickles_are_not_loaded(copied: Copy, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "trapped"),)

    path = write_cells(FEW, tmp_path, "zarr2")
    array = path / "obs" / "text"
    said = json.loads((array / ".zarray").read_text())
    said |= {"filters": [{"id": "vlen-utf8"}, {"id": "pickle", "protocol": 4}], "compressor": None}
    (array / ".zarray").write_text(json.dumps(said))
    (path / ".zmetadata").unlink()
    (array / "0").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(InputFileError, match="pickle"):
        copied(path)
    assert not (tmp_path / "trapped").exists()
