"""Runs that get no room on the disk, in processes of their own that tests start."""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from genept.errors import OutputError
from genept.stream.partial import PartialOutput
from tests.stream.small_result import CHUNK_ROWS, COVERAGE, KEY, N_CELLS, begin, read

SUFFIXES = (".zarr", ".h5ad")
WIDTH = 2000
VECTORS = np.random.default_rng(0).normal(size=(N_CELLS, WIDTH)).astype(np.float32)


def on_a_small_disk(disk: Path, cells: Path) -> None:
    """Fill a disk, while chunks are written and at the end; then have it only read."""
    for suffix in SUFFIXES:
        _run(
            disk / f"x{suffix}", cells, room=partial(_resize, disk), said="No space left", kb=(128, 280, 4000)
        )
    with begin(disk / "x.zarr"):
        pass
    _remount(disk, "ro")
    for name, resume in (("x.zarr", True), ("y.zarr", False), ("y.h5ad", False)):
        with pytest.raises(OutputError, match="Read-only file system"):
            begin(disk / name, resume=resume)


def with_short_files(folder: Path, cells: Path) -> None:
    """Write files that get too long, as far as that goes: it needs no disk of its own."""
    for suffix in SUFFIXES:
        _run(folder / f"x{suffix}", cells, room=_limit, said="File too large", kb=(20, 40, 4000))


def _run(
    output: Path, cells: Path, *, room: Callable[[int], None], said: str, kb: tuple[int, int, int]
) -> None:
    room(kb[0])
    with begin(output, width=WIDTH) as made:
        with pytest.raises(OutputError, match=f"{said}.*--resume"):
            _write(made)
        done = made.done.copy()
        with pytest.raises(OutputError, match=f"{said}.*--resume"):
            made.commit([], {"long": np.zeros(100_000)})
        np.testing.assert_array_equal(made.done, done)
    room(kb[1])
    with begin(output, width=WIDTH, resume=True) as made:
        np.testing.assert_array_equal(made.done, done)
        assert set(made.tally) <= {"short"}
        _write(made)
        with pytest.raises(OutputError, match=f"{said}.*--resume"):
            made.finish({"long": os.urandom(100_000).hex()}, cells)
    assert not output.exists()
    room(kb[2])
    with begin(output, width=WIDTH, resume=True) as made:
        made.finish({}, cells)
    np.testing.assert_array_equal(read(output).obsm[KEY], VECTORS)
    assert [path.name for path in output.parent.iterdir()] == [output.name]
    if output.is_dir():
        shutil.rmtree(output)
    else:
        output.unlink()


def _write(made: PartialOutput) -> None:
    for chunk in np.flatnonzero(~made.done).tolist():
        rows = slice(chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS)
        made.writer.write(chunk, VECTORS[rows], COVERAGE[rows])
        made.commit([chunk], {"short": np.zeros(3)})


def _resize(disk: Path, kb: int) -> None:
    _remount(disk, f"size={kb}k")


def _remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)  # noqa: S607


def _limit(kb: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (kb * 1024, resource.RLIM_INFINITY))
