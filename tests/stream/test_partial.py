"""A result grows in a folder of its own: chunks whole or not at all, one job, one process, and no doubt."""

import errno
import json
import os
import pickle
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genept.errors import OutputError
from genept.tl.embed_cells import COVERAGE_KEY
from tests.stream.small_result import (
    CHUNK_ROWS,
    COVERAGE,
    JOB,
    KEY,
    N_CELLS,
    TALLY,
    VECTORS,
    WIDTH,
    begin,
    write_chunk,
    write_missing,
    written,
)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "x.zarr"


@pytest.fixture
def interrupted(output: Path) -> Path:
    """The folder that a run left which had done chunks 0 and 3."""
    with begin(output) as partial:
        write_chunk(partial, 0)
        write_chunk(partial, 3)
    return partial.folder


def test_nothing_is_done_at_first(output: Path) -> None:
    with begin(output) as partial:
        assert partial.folder == output.with_name("x.zarr.partial")
        assert partial.done.tolist() == [False] * 6
        assert partial.tally == {}
    assert not output.exists()


def test_an_interrupted_run_is_gone_on_with(output: Path, interrupted: Path) -> None:
    with begin(output, resume=True) as partial:
        assert partial.done.tolist() == [True, False, False, True, False, False]
        np.testing.assert_array_equal(partial.tally["sums"], TALLY[0] + TALLY[3])
        write_missing(partial)
    with begin(output, resume=True) as partial:
        assert partial.done.all()


def test_resume_with_nothing_to_go_on_with_just_begins(output: Path) -> None:
    with begin(output, resume=True) as partial:
        assert not partial.done.any()


def test_only_what_was_committed_counts(output: Path) -> None:
    with begin(output) as partial:
        partial.writer.write(1, VECTORS[4:8], COVERAGE[4:8])
    with begin(output, resume=True) as partial:
        assert not partial.done.any()


@settings(deadline=None, max_examples=20)
@given(
    n_cells=st.integers(0, 40),
    chunk_rows=st.integers(1, 50),
    width=st.integers(1, 4),
    half=st.booleans(),
    with_coverage=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_chunks_in_any_order_are_the_array(
    n_cells: int, chunk_rows: int, width: int, half: bool, with_coverage: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    dtype = "float16" if half else "float32"
    # Some chunks are all zeros, as cells without a covered gene are; all lie in memory as they come.
    vectors = np.asfortranarray(rng.normal(size=(n_cells, width)) * (rng.random() < 0.8), np.float32)
    coverage = rng.random(n_cells)
    with tempfile.TemporaryDirectory() as folder:
        asked = {
            "n_cells": n_cells,
            "width": width,
            "chunk_rows": chunk_rows,
            "dtype": dtype,
            "with_coverage": with_coverage,
        }
        with begin(Path(folder) / "x.zarr", **asked) as partial:
            assert len(partial.done) == -(-n_cells // chunk_rows)
            for chunk in rng.permutation(len(partial.done)).tolist():
                rows = slice(chunk * chunk_rows, (chunk + 1) * chunk_rows)
                given = coverage[rows] if with_coverage else None
                # Written twice, as after an interruption.
                for factor in (3, 1):
                    partial.writer.write(chunk, vectors[rows] * factor, given)
                partial.commit([chunk], {})
        arrays = written(partial)
    assert arrays[0].dtype == dtype
    np.testing.assert_array_equal(arrays[0], vectors.astype(dtype))
    assert len(arrays) == 1 + with_coverage
    if with_coverage:
        np.testing.assert_array_equal(arrays[1], coverage.astype(np.float32))


@pytest.mark.parametrize(
    ("vectors", "coverage"),
    [
        (VECTORS[:3], COVERAGE[:4]),
        (VECTORS[:4, :2], COVERAGE[:4]),
        (VECTORS[:4], COVERAGE[:3]),
        (VECTORS[:4], None),
    ],
)
def test_a_chunk_of_another_shape_is_a_mistake(output: Path, vectors: Any, coverage: Any) -> None:
    with begin(output) as partial, pytest.raises(ValueError, match=r"chunk 0 is of|zip"):
        partial.writer.write(0, vectors, coverage)


def test_another_process_writes_chunks_at_the_same_time(output: Path) -> None:
    code = (
        "import pickle, sys\n"
        "import numpy as np\n"
        "writer = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "for chunk in [1, 3, 5] * 30:\n"
        "    n = 3 if chunk == 5 else 4\n"
        "    writer.write(chunk, np.full((n, 5), chunk, np.float32), np.full(n, chunk))\n"
    )
    with begin(output) as partial:
        with subprocess.Popen(
            [sys.executable, "-c", code, pickle.dumps(partial.writer).hex()], stdout=subprocess.PIPE
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"ready\n"
            for chunk in [0, 2, 4] * 30:
                partial.writer.write(chunk, np.full((4, 5), chunk, np.float32), np.full(4, chunk))
        assert other.returncode == 0
        partial.commit(range(6), {})
        vectors, coverage = written(partial)
    np.testing.assert_array_equal(coverage, np.arange(N_CELLS) // CHUNK_ROWS)
    np.testing.assert_array_equal(vectors, np.repeat(coverage[:, None], WIDTH, axis=1))


def test_a_tally_takes_the_place_of_the_one_before(output: Path) -> None:
    with begin(output) as partial:
        write_chunk(partial, 0)
        partial.commit([], {"other": np.arange(3), "text": np.array(["ä"])})
    with begin(output, resume=True) as partial:
        assert set(partial.tally) == {"other", "text"}
        assert partial.done[0]
        with pytest.raises(TypeError, match="pickle"):
            partial.commit([], {"objects": np.array([{}])})


def test_a_folder_that_is_there_is_not_taken_unasked(output: Path, interrupted: Path) -> None:
    with pytest.raises(OutputError, match=r"an interrupted run.*--resume.*or remove the folder"):
        begin(output)
    assert begin(output, resume=True).done.any()


def test_another_job_is_named(output: Path, interrupted: Path) -> None:
    job = {**JOB, "input": {"path": "c" * 500, "size": 7}, "method": "s", "seed": 1}
    with pytest.raises(OutputError) as refused:
        begin(output, job=job, width=6, resume=True)
    said = str(refused.value)
    assert 'input.path was "cells.h5ad" and is "ccc' in said
    assert 'method was "w" and is "s"' in said
    assert "seed was null and is 1" in said
    assert "result.width was 5 and is 6" in said
    assert "size" not in said
    assert len(said) < 1000
    assert begin(output, resume=True, job={**JOB, "layers": ("a", "b")}).done.any()


def test_another_process_is_at_it(output: Path, interrupted: Path) -> None:
    code = (
        "import sys, filelock\n"
        "with filelock.FileLock(sys.argv[1]):\n"
        "    print('taken', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, interrupted / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"taken\n"
        for resume in (True, False):
            with pytest.raises(OutputError, match="another run is making this result"):
                begin(output, resume=resume)
        other.communicate()
    with begin(output, resume=True) as partial, pytest.raises(OutputError, match="another run"):
        begin(output, resume=True)
    assert partial.done.any()


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "flipped", "other", "pickle"])
def test_a_damaged_progress_file(output: Path, interrupted: Path, damage: str) -> None:
    path = interrupted / "progress.npz"
    whole = path.read_bytes()
    if damage == "other":
        np.savez(path, done=np.zeros(3, bool))
    elif damage == "pickle":
        np.savez(path, done=np.array([None] * 6, object))
    else:
        middle = whole.index(b"\x01\x00\x00\x01")
        flipped = whole[:middle] + b"\x00" + whole[middle + 1 :]
        path.write_bytes({"empty": b"", "text": b"text", "cut": whole[:-30], "flipped": flipped}[damage])
    with pytest.raises(OutputError, match=r"progress.npz is damaged.*remove the folder"):
        begin(output, resume=True)


def test_a_damaged_job_file(output: Path, interrupted: Path) -> None:
    for text in ("{", "[]", "\0", "{}", '{"result": []}', '{"result": {"chunk_rows": 0}}'):
        (interrupted / "job.json").write_text(text)
        with pytest.raises(OutputError, match=r"job.json is damaged"):
            begin(output, resume=True)


@pytest.mark.parametrize("chunk_rows", [1, CHUNK_ROWS + 1, 100])
def test_chunks_stay_as_the_run_began(
    output: Path, interrupted: Path, chunk_rows: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with begin(output, resume=True, chunk_rows=chunk_rows) as partial:
        assert partial.writer.chunk_rows == CHUNK_ROWS
        assert np.flatnonzero(partial.done).tolist() == [0, 3]
        write_missing(partial)
    assert ("Chunks stay at 4 cells, as the run began" in caplog.text) == (chunk_rows < CHUNK_ROWS)
    vectors, coverage = written(partial)
    np.testing.assert_array_equal(vectors, VECTORS)
    np.testing.assert_array_equal(coverage, COVERAGE)


@pytest.mark.parametrize("file", [f"obsm/{KEY}/3.0", "obs/genept_coverage/3"])
@pytest.mark.parametrize("n_bytes", [None, 10])
def test_a_chunk_that_a_power_cut_took(
    output: Path, interrupted: Path, file: str, n_bytes: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    chunk = interrupted / "result.zarr" / file
    whole = chunk.read_bytes()
    chunk.unlink()
    if n_bytes is not None:
        chunk.write_bytes(whole[:n_bytes])
    for missing in ([1, 2, 3, 4, 5], [2, 3, 4, 5]):
        # Another run may end before the chunk is written again; what it commits says nothing else of it.
        with begin(output, resume=True) as partial:
            assert "1 of" in caplog.text
            assert "they are computed again" in caplog.text
            assert np.flatnonzero(~partial.done).tolist() == missing
            assert np.flatnonzero(partial.rewritten).tolist() == [3]
            write_chunk(partial, missing[0])
            assert np.flatnonzero(partial.rewritten).tolist() == [3]
    with begin(output, resume=True) as partial:
        write_missing(partial)
        assert partial.done.all()
        assert not partial.rewritten.any()
    caplog.clear()
    with begin(output, resume=True) as partial:
        assert partial.done.all()
        assert not partial.rewritten.any()
        np.testing.assert_allclose(partial.tally["sums"], VECTORS.sum(axis=0), rtol=1e-5)
    assert not caplog.text
    assert chunk.read_bytes() == whole
    np.testing.assert_array_equal(written(partial)[0], VECTORS)


def test_what_is_committed_is_on_the_disk(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = set()
    with begin(output) as partial:
        monkeypatch.setattr(os, "fsync", lambda file: synced.add(os.fstat(file).st_ino))
        write_chunk(partial, 1)
    monkeypatch.undo()
    names = (f"result.zarr/obsm/{KEY}/1.0", f"result.zarr/obs/{COVERAGE_KEY}/1", "progress.npz")
    files = [partial.folder / name for name in names]
    assert synced >= {path.stat().st_ino for path in files}
    if os.name == "posix":
        assert synced >= {path.parent.stat().st_ino for path in files}


@pytest.mark.skipif(os.name != "posix", reason="needs folders that can be opened")
def test_a_disk_that_cannot_sync_folders(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync
    refusal = errno.EINVAL

    def refuse(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(refusal, os.strerror(refusal))
        fsync(file)

    monkeypatch.setattr(os, "fsync", refuse)
    with begin(output) as partial:
        write_chunk(partial, 0)
        refusal = errno.EIO
        with pytest.raises(OutputError, match=r"Input/output error.*--resume"):
            write_chunk(partial, 1)
        assert np.flatnonzero(partial.done).tolist() == [0]


def test_an_array_that_is_gone(output: Path, interrupted: Path) -> None:
    (interrupted / "result.zarr" / "obsm" / KEY / ".zarray").unlink()
    with pytest.raises(OutputError, match=r"it is missing.*remove the folder"):
        begin(output, resume=True)


def test_a_result_that_is_gone(output: Path, interrupted: Path) -> None:
    (interrupted / "result.zarr").rename(output.with_name("elsewhere"))
    with pytest.raises(OutputError, match="it is missing"):
        begin(output, resume=True)


def test_what_is_in_the_folder_can_be_read_by_a_person(interrupted: Path) -> None:
    assert sorted(path.name for path in interrupted.iterdir()) == [
        "job.json",
        "lock",
        "progress.npz",
        "result.zarr",
    ]
    job = json.loads((interrupted / "job.json").read_text())
    assert job["input"] == JOB["input"]
    assert job["result"]["n_cells"] == N_CELLS
    assert job["result"]["chunk_rows"] == CHUNK_ROWS
    assert job["result"]["width"] == WIDTH


def test_an_error_keeps_what_was_done_and_lets_others_in(output: Path) -> None:
    def fail() -> None:
        with begin(output) as partial:
            write_chunk(partial, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with begin(output, resume=True) as partial:
        assert np.flatnonzero(partial.done).tolist() == [2]
