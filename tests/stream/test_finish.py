"""In the end there is an AnnData that anndata reads, or nothing; and what was done is never lost."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import zarr
from anndata import AnnData

from genept.errors import InputFileError, OutputError
from genept.stream.result.place import put_folder
from genept.tl.embed_cells import COVERAGE_KEY
from tests.stream.small_result import (
    COVERAGE,
    KEY,
    N_CELLS,
    OBS,
    VECTORS,
    begin,
    check,
    make,
    read,
    write_chunk,
    write_missing,
)
from tests.stream.tables import FORMS, table, write_cells

OUTPUTS = ("x.zarr", "x.h5ad")


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    return write_cells(OBS, tmp_path, "h5ad")


@pytest.fixture(params=OUTPUTS)
def output(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / str(request.param)


def finish(output: Path, cells: Path, record: Any = None, **changes: Any) -> AnnData:
    columns = changes.pop("columns", True)
    with begin(output, **changes) as partial:
        write_missing(partial)
        partial.finish(record or {}, cells, columns=columns)
    return read(output)


@pytest.mark.parametrize("form", FORMS)
def test_obs_comes_from_a_file_of_any_kind(output: Path, tmp_path: Path, form: str) -> None:
    obs = table()[["category", "text", "float32"]]
    adata = finish(output, write_cells(obs, tmp_path, form))
    pd.testing.assert_frame_equal(adata.obs, obs.assign(**{COVERAGE_KEY: COVERAGE}))
    np.testing.assert_array_equal(adata.obsm[KEY], VECTORS)
    assert adata.X is None
    assert adata.shape == (N_CELLS, 0)
    assert os.listdir(output.parent) == [output.name]  # noqa: PTH208


def test_columns_of_every_kind_come_through_anndata(output: Path, tmp_path: Path) -> None:
    adata = finish(output, write_cells(table(), tmp_path, "h5ad"))
    pd.testing.assert_frame_equal(adata.obs, table().assign(**{COVERAGE_KEY: COVERAGE}))


def test_only_the_embedding(output: Path, cells: Path) -> None:
    adata = finish(output, cells, columns=False)
    pd.testing.assert_frame_equal(adata.obs, OBS[[]].assign(**{COVERAGE_KEY: COVERAGE}))


def test_half_precision(output: Path, cells: Path) -> None:
    adata = finish(output, cells, dtype="float16")
    assert adata.obsm[KEY].dtype == np.float16
    np.testing.assert_array_equal(adata.obsm[KEY], VECTORS.astype(np.float16))


def test_without_coverage(output: Path, cells: Path) -> None:
    with begin(output, with_coverage=False) as partial:
        for chunk in range(6):
            partial.writer.write(chunk, VECTORS[chunk * 4 : chunk * 4 + 4], None)
        partial.commit(range(6), {})
        partial.finish({}, cells)
    pd.testing.assert_frame_equal(read(output).obs, OBS)


def test_the_record(output: Path, cells: Path) -> None:
    record = {
        "method": "w",
        "log_base": None,
        "share": 0.5,
        "n": 3,
        "resolved": True,
        "names": ["a", "ä"],
        "nothing": [],
        "coverage": {"by_rule": {}, "largest": {"genes": 1.0}},
    }
    kept = finish(output, cells, record).uns
    assert set(kept) == {"genept"}
    assert set(kept["genept"]) == {KEY}
    read_back = kept["genept"][KEY]
    assert set(read_back) == set(record)
    assert list(read_back.pop("names")) == record.pop("names")
    assert list(read_back.pop("nothing")) == record.pop("nothing")
    assert read_back == record


def test_a_zarr_is_as_anndata_would_have_it(tmp_path: Path, cells: Path) -> None:
    ours = finish(tmp_path / "x.zarr", cells)
    with pytest.warns(match="zarr v2"):
        ours.write_zarr(tmp_path / "anndata.zarr")
    one, other = (zarr.open_group(tmp_path / name, mode="r") for name in ("x.zarr", "anndata.zarr"))
    assert one.metadata.consolidated_metadata is not None
    assert dict(one.attrs) == dict(other.attrs)
    members, expected = (
        {name: dict(part.attrs) for name, part in root.members(max_depth=None)} for root in (one, other)
    )
    # There is none, which anndata writes down in zarr only.
    del expected["raw"]
    assert members == expected


def test_an_h5ad_is_as_anndata_would_have_it(tmp_path: Path, cells: Path) -> None:
    finish(tmp_path / "x.h5ad", cells).write_h5ad(tmp_path / "anndata.h5ad")
    members: list[dict[str, Any]] = [{}, {}]
    for name, found in zip(("x.h5ad", "anndata.h5ad"), members, strict=True):
        with h5py.File(tmp_path / name) as file:
            found["/"] = dict(file.attrs)
            file.visititems(
                lambda name, part, found=found: found.update(
                    {name: {said: np.asarray(value).tolist() for said, value in part.attrs.items()}}
                )
            )
    assert members[0] == members[1]


def test_no_cells(output: Path, tmp_path: Path) -> None:
    path = write_cells(OBS[:0], tmp_path, "h5ad")
    with begin(output, n_cells=0) as partial:
        partial.finish({}, path)
    assert read(output).obsm[KEY].shape == (0, 5)


def test_an_anndata_that_is_there_is_replaced(output: Path, cells: Path) -> None:
    make(output, cells, resume=False, run=1)
    make(output, cells, resume=False, run=2)
    check(output, run=2)


def test_until_the_end_nothing_changes_at_the_output(output: Path, cells: Path) -> None:
    make(output, cells, resume=False, run=1)
    with begin(output) as partial:
        write_missing(partial)
    assert read(output).uns["genept"][KEY]["run"] == 1
    make(output, cells, resume=True, run=2)
    check(output, run=2)


def test_something_else_has_come_there_meanwhile(output: Path, cells: Path) -> None:
    with begin(output) as partial:
        write_missing(partial)
        output.mkdir()
        with pytest.raises(OutputError, match=r"is there, and is no AnnData|it is a folder"):
            partial.finish({}, cells)
    output.rmdir()
    make(output, cells, resume=True)
    check(output)


def test_the_cells_are_not_those(output: Path, cells: Path, tmp_path: Path) -> None:
    (tmp_path / "fewer").mkdir()
    fewer = write_cells(OBS[:20], tmp_path / "fewer", "h5ad")
    with begin(output) as partial:
        write_missing(partial)
        with pytest.raises(InputFileError, match="20 cells where there were 23"):
            partial.finish({}, fewer)
    assert not output.exists()
    make(output, cells, resume=True)
    check(output)


def test_the_input_is_not_replaced(tmp_path: Path) -> None:
    path = write_cells(OBS, tmp_path, "zarr2")
    with begin(path) as partial:
        write_missing(partial)
        with pytest.raises(OutputError, match="which is read, as the output"):
            partial.finish({}, path)
    pd.testing.assert_frame_equal(read(path).obs, OBS)


def test_what_was_there_comes_back_if_the_result_cannot_be_moved(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(FileNotFoundError):
        put_folder(tmp_path / "nothing", tmp_path / "old", aside=tmp_path / "aside")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_cannot_be_removed_is_told(
    output: Path, cells: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with begin(output) as partial:
        write_missing(partial)
        monkeypatch.setattr("genept.stream.result.partial.empty_folder", refuse)
        partial.finish({"run": 0, "sums": partial.tally["sums"]}, cells)
    assert "is finished, but" in caplog.text
    assert "can't be removed (Permission denied)" in caplog.text
    monkeypatch.undo()
    make(output, cells, resume=True)
    check(output)


def test_not_all_is_done(output: Path, cells: Path) -> None:
    with begin(output) as partial:
        write_chunk(partial, 0)
        with pytest.raises(ValueError, match="5 chunks"):
            partial.finish({}, cells)


def test_a_finish_that_was_killed_before_the_folder_was_gone(output: Path, cells: Path) -> None:
    with begin(output) as partial:
        write_missing(partial)
    kept = shutil.copytree(partial.folder, output.with_name("kept"))
    make(output, cells, resume=True)
    kept.rename(partial.folder)
    shutil.rmtree(partial.folder / "result.zarr")
    with begin(output, resume=True) as partial:
        assert partial.done.all()
        partial.finish({}, cells)
    check(output)


def run_python(module: str, call: str, folder: Path, cells: Path, command: Sequence[str] = ()) -> None:
    """Run a function of a module beside this one in a process of its own."""
    code = (
        f"import pathlib, sys, tests.stream.{module} as module\n"
        f"module.{call}(*map(pathlib.Path, sys.argv[1:]))"
    )
    ran = subprocess.run(
        [*command, sys.executable, "-c", code, folder, cells],
        capture_output=True,
        text=True,
        check=False,
        timeout=3000,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("steps", ["some_steps", pytest.param("every_step", marks=pytest.mark.slow)])
def test_a_run_that_is_killed(tmp_path: Path, cells: Path, steps: str) -> None:
    (tmp_path / "out").mkdir()
    run_python("killed", f"at_{steps}", tmp_path / "out", cells)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs limits of POSIX")
def test_files_that_get_too_long(tmp_path: Path, cells: Path) -> None:
    (tmp_path / "out").mkdir()
    run_python("little_room", "with_short_files", tmp_path / "out", cells)


def test_a_disk_that_is_full_or_only_read(tmp_path: Path, cells: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    # A disk that only the processes under this command see, and that is gone with them.
    mount = f'mount -t tmpfs -o size=128k tmpfs "{disk}" && exec "$@"'
    command = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh")
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("a disk of one's own can't be had here (unshare, mount)")
    run_python("little_room", "on_a_small_disk", disk, cells, command)
