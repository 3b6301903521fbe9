"""A small result, made as a run makes one; and what has to come out of it."""

from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import zarr
from anndata import AnnData
from numpy.typing import NDArray

from genept.stream.result.partial import PartialOutput
from genept.tl.embed_cells import COVERAGE_KEY

N_CELLS, WIDTH, CHUNK_ROWS = 23, 5, 4
KEY = "X_genept_w"
JOB: dict[str, Any] = {"input": {"path": "cells.h5ad", "size": 7}, "method": "w", "layers": ["a", "b"]}
VECTORS = np.random.default_rng(0).normal(size=(N_CELLS, WIDTH)).astype(np.float32)
COVERAGE = np.linspace(0, 1, N_CELLS, dtype=np.float32)
OBS = pd.DataFrame(
    {"kind": pd.Categorical(["T", "B"] * 11 + ["T"]), "x": np.arange(N_CELLS)},
    pd.Index([f"c{i}" for i in range(N_CELLS)], name="barcode"),
)
# What a chunk adds to the tally: its vectors' sum.
TALLY = [VECTORS[start : start + CHUNK_ROWS].sum(axis=0) for start in range(0, N_CELLS, CHUNK_ROWS)]


def begin(output: Path, **changes: Any) -> PartialOutput:
    """Begin the small result, or one that differs from it."""
    asked: dict[str, Any] = {
        "job": JOB,
        "n_cells": N_CELLS,
        "width": WIDTH,
        "key": KEY,
        "chunk_rows": CHUNK_ROWS,
        "dtype": "float32",
        "with_coverage": True,
        "resume": False,
    }
    return PartialOutput.begin(output, **(asked | changes))


def write_chunk(partial: PartialOutput, chunk: int) -> None:
    """Write a chunk and commit it with the tally."""
    rows = slice(chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS)
    partial.writer.write(chunk, VECTORS[rows], COVERAGE[rows])
    sums = partial.tally.get("sums", np.zeros(WIDTH, np.float32))
    partial.commit([chunk], {"sums": sums if partial.rewritten[chunk] else sums + TALLY[chunk]})


def write_missing(partial: PartialOutput) -> None:
    """Write what isn't done yet."""
    for chunk in np.flatnonzero(~partial.done):
        write_chunk(partial, int(chunk))


def make(output: Path, cells: Path, *, resume: bool, run: int = 0) -> None:
    """Make the small result in a run of that number, or go on with it."""
    with begin(output, resume=resume) as partial:
        write_missing(partial)
        partial.finish({"run": run, "sums": partial.tally["sums"]}, cells)


def written(partial: PartialOutput) -> list[NDArray[Any]]:
    """What is in the arrays, vectors first."""
    return [
        np.asarray(zarr.open_array(array.folder, mode="r")[:]) for array in partial.writer.arrays.values()
    ]


def read(output: Path) -> AnnData:
    """Read a result."""
    return anndata.read_zarr(output) if output.suffix == ".zarr" else anndata.read_h5ad(output)


def run_of(output: Path) -> int:
    """Which run made a result."""
    return int(read(output).uns["genept"][KEY]["run"])


def check(output: Path, *, run: int = 0) -> None:
    """Check that the whole result of a run is there, and nothing else."""
    adata = read(output)
    assert adata.shape == (N_CELLS, 0)
    assert adata.X is None
    np.testing.assert_array_equal(adata.obsm[KEY], VECTORS)
    pd.testing.assert_frame_equal(adata.obs, OBS.assign(**{COVERAGE_KEY: COVERAGE}))
    record = adata.uns["genept"][KEY]
    assert record["run"] == run
    np.testing.assert_allclose(record["sums"], VECTORS.sum(axis=0), rtol=1e-5)
    # An empty draft is what a kill leaves that meets genept.atomic between making and removing one.
    left = [path.name for path in output.parent.iterdir() if path.is_dir() or path.stat().st_size]
    assert set(left) - {"cells.h5ad"} == {output.name}
    if output.suffix == ".zarr":
        files = [path for path in output.rglob("*") if path.is_file() and not path.name.startswith(".")]
        assert all(set(path.name) <= set("0123456789.") for path in files)
