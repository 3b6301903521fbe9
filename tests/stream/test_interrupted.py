"""Runs that end early: nothing that looks whole is left, and the next run goes on."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import genept
from genept.errors import ArgumentError, CoverageError, InputFileError, OutputError, ValuesError
from genept.stream import plan
from tests.conftest import ROOT
from tests.stream.files import write_with
from tests.stream.many_chunks import embed, many_cells
from tests.stream.test_laws import FORMS, GENES, KEY, counts, from_file, in_memory, read


def started(*args: str | Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.stream.many_chunks", *map(str, args)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def n_done(output: Path) -> int:
    try:
        with np.load(output.with_name(output.name + ".partial") / "progress.npz") as progress:
            return int(progress["done"].sum())
    except (OSError, KeyError):
        return 0


def wait_until(true: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 120
    while not true():
        assert process.poll() is None, "the run ended before it could be interrupted"
        assert time.monotonic() < until, "nothing happened for two minutes"
        time.sleep(0.01)


@pytest.mark.parametrize("suffix", [".zarr", pytest.param(".h5ad", marks=pytest.mark.slow)])
def test_a_killed_run_goes_on(tmp_path: Path, suffix: str, caplog: pytest.LogCaptureFixture) -> None:
    source, output = many_cells(tmp_path), tmp_path / f"out{suffix}"
    before = hashlib.sha256(source.read_bytes()).digest()
    process = started(source, output)
    wait_until(lambda: n_done(output) >= 20, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not output.exists()
    with pytest.raises(OutputError, match="--resume"):
        embed(source, output)
    done = n_done(output)
    assert done >= 20
    with caplog.at_level("INFO", logger="genept"):
        embed(source, output, resume=True)
    assert f"{done:,} of 375 chunks are done already" in caplog.text
    whole = tmp_path / "whole.h5ad"
    embed(source, whole)
    np.testing.assert_array_equal(read(output).obsm[KEY], read(whole).obsm[KEY])
    np.testing.assert_array_equal(read(output).obs["genept_coverage"], read(whole).obs["genept_coverage"])
    records = [read(path).uns["genept"][KEY]["coverage"]["counts"] for path in (output, whole)]
    assert records[0] == pytest.approx(records[1])
    assert {path.name for path in tmp_path.iterdir()} == {source.name, output.name, whole.name}
    assert hashlib.sha256(source.read_bytes()).digest() == before


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    source, output, whole = many_cells(tmp_path), tmp_path / "out.zarr", tmp_path / "whole.zarr"
    process = started(source, output, "--dask")
    wait_until(lambda: n_done(output) >= 20, process)
    workers = [pid for pid in _descendants(process.pid) if b"spawn_main" in _command(pid)]
    assert workers
    os.kill(workers[-1], signal.SIGKILL)
    assert process.wait(timeout=240) == 0
    embed(source, whole)
    np.testing.assert_array_equal(read(output).obsm[KEY], read(whole).obsm[KEY])


def test_a_refused_run_is_accepted_under_other_terms(tmp_path: Path) -> None:
    matrix = counts()
    source, output = write_with(matrix, "X", tmp_path), tmp_path / "out.zarr"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "MOST_CELLS", 16)
        with pytest.raises(ValuesError, match="without counts in X: cell"):
            genept.embed_file(source, output, GENES, empty_cells="error")
        assert not output.exists()
        with pytest.raises(CoverageError, match=r"at least 99\.0%"):
            genept.embed_file(source, output, GENES, min_coverage=0.99, resume=True)
        with pytest.warns(genept.errors.GeneptWarning, match="2 of 70 cells"):
            genept.embed_file(source, output, GENES, resume=True)
    np.testing.assert_array_equal(read(output).obsm[KEY], in_memory(matrix).obsm[KEY])


def test_what_fails_at_once_leaves_nothing(tmp_path: Path) -> None:
    source = write_with(counts(), "X", tmp_path)
    with pytest.raises(ValuesError, match="without counts"):
        genept.embed_file(source, tmp_path / "out.zarr", GENES, empty_cells="error")
    assert [path.name for path in tmp_path.iterdir()] == [source.name]


def test_values_that_turn_out_to_be_others(tmp_path: Path) -> None:
    matrix = counts().toarray()
    # Between the places that are looked at first.
    matrix[3] = 0.5
    source, output = write_with(matrix, "X", tmp_path), tmp_path / "out.zarr"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("genept.stream.survey._PLACES", 2)
        patch.setattr("genept.stream.survey._CELLS_AT_A_PLACE", 2)
        with pytest.raises(ValuesError, match=r"looked like counts .* looks like logarithms"):
            genept.embed_file(source, output, GENES)
    assert not output.exists()


def test_a_file_cut_short(tmp_path: Path) -> None:
    source = many_cells(tmp_path)
    os.truncate(source, source.stat().st_size // 2)
    with pytest.raises(InputFileError, match=r"many\.h5ad"):
        embed(source, tmp_path / "out.zarr")
    assert [path.name for path in tmp_path.iterdir()] == ["many.h5ad"]


def test_the_input_is_never_the_output(tmp_path: Path) -> None:
    source = write_with(counts(), "X", tmp_path, "zarr2")
    inside_partial = tmp_path / "new.zarr.partial" / "in.zarr"
    inside_partial.parent.mkdir()
    source.rename(inside_partial)
    for given, output in (
        (inside_partial, inside_partial),
        (inside_partial, inside_partial / "out.zarr"),
        (inside_partial, tmp_path / "new.zarr"),
    ):
        with pytest.raises(OutputError, match="also the input"):
            genept.embed_file(given, output, GENES)
    assert read(inside_partial).n_obs == 70


@pytest.mark.parametrize("form", ["csr", "csc"])
def test_folders_of_others_stay(tmp_path: Path, form: str) -> None:
    source = write_with(FORMS[form](counts()), "X", tmp_path)
    for name in ("out.zarr.rows", "out.zarr.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "precious").touch()
    with pytest.raises(OutputError, match="isn't what a run of genept leaves"):
        genept.embed_file(source, tmp_path / "out.zarr", GENES)
    (tmp_path / "out.zarr.partial" / "precious").rename(tmp_path / "moved")
    (tmp_path / "out.zarr.partial").rmdir()
    with pytest.warns(genept.errors.GeneptWarning):
        genept.embed_file(source, tmp_path / "out.zarr", GENES)
    assert (tmp_path / "out.zarr.rows" / "precious").exists()


def interrupted(source: Path, output: Path) -> None:
    """Leave a run of which some chunks are done."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "MOST_CELLS", 16)
        with pytest.raises(CoverageError):
            genept.embed_file(source, output, GENES, min_coverage=0.99)
    assert n_done(output) == 5


def test_another_input_is_no_resumption(tmp_path: Path) -> None:
    source, output = write_with(counts(), "X", tmp_path, "zarr2"), tmp_path / "out.zarr"
    interrupted(source, output)
    time.sleep(0.01)
    write_with(counts(seed=7), "X", tmp_path, "zarr2")
    with pytest.raises(OutputError, match="input_is"):
        genept.embed_file(source, output, GENES, resume=True)


def test_cells_without_counts_are_remembered(tmp_path: Path) -> None:
    source, output = write_with(counts(), "X", tmp_path), tmp_path / "out.zarr"
    interrupted(source, output)
    with pytest.raises(ValuesError, match="that an earlier run embedded without counts"):
        genept.embed_file(source, output, GENES, empty_cells="error", resume=True)


def test_more_memory_is_the_same_job(tmp_path: Path) -> None:
    source, output = write_with(counts(), "X", tmp_path), tmp_path / "out.zarr"
    interrupted(source, output)
    with pytest.warns(genept.errors.GeneptWarning):
        genept.embed_file(source, output, GENES, memory="8 GB", resume=True)
    np.testing.assert_array_equal(read(output).obsm[KEY], in_memory(counts()).obsm[KEY])


def test_what_the_first_cells_look_like_decides_nothing(tmp_path: Path) -> None:
    matrix = counts().toarray()
    matrix = np.log1p(matrix * 3.3)
    matrix[:16] = 0
    source = write_with(matrix, "X", tmp_path)
    ours = from_file(source, tmp_path / "out.zarr")
    np.testing.assert_array_equal(ours.obsm[KEY], in_memory(matrix).obsm[KEY])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": "count"}, "values='count'"),
        ({"key_added": ".."}, "a dot before it"),
        ({"values": "log_normalised", "big": 2000.0}, "said to be log-normalised"),
        ({"memory": "some"}, "memory='some'"),
        ({"memory": "300 MB"}, "at least 0.45 GB"),
        ({"dtype": "float64"}, "dtype='float64'"),
        ({"dask": "local", "suffix": ".h5ad"}, "a .zarr, of which"),
        ({"dask": "local", "method": "s", "encoder": "random"}, "expected='method 'w''|method 'w'"),
        ({"device": "tpu"}, "device='tpu'"),
    ],
)
def test_what_means_nothing_is_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    matrix = counts().toarray() * np.float32(1.5)
    matrix[0, 0] = options.pop("big", 1)
    source = write_with(matrix, "X", tmp_path)
    output = tmp_path / f"out{options.pop('suffix', '.zarr')}"
    genes = None if options.get("method") == "s" else GENES
    with pytest.raises((ArgumentError, ValuesError), match=message):
        genept.embed_file(source, output, genes, **options)
    assert [path.name for path in tmp_path.iterdir()] == [source.name]


def _descendants(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += [int(child) for child in (task / "children").read_text().split()]
    return [*children, *(grandchild for child in set(children) for grandchild in _descendants(child))]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
