"""GenePT-w from file to file: what memory and speed do as the cells grow in number.

    python benchmarks/stream.py --json
    python benchmarks/stream.py --sizes 20000 60000 --yardstick-cells 10000 --json

The cells are resampled: each is a real cell of ``--cells``, drawn at random, of whose molecules 90 % are
kept, over 20,000 genes, of which those that no real cell was measured for are never expressed. Gene vectors
are random numbers, since the speed doesn't depend on what they hold. Every run of ``embed_file`` (``.h5ad``
to ``.zarr``) has a fresh process; its seconds are those of the call, its peak is all that the process ever
held (VmHWM of Linux), with Python and its libraries. Files were just written, and may lie in the system's
cache.

The yardstick is what one would write without genept: read all (anndata), normalise and take the logarithm
(scanpy), multiply (SciPy, which uses one thread), divide by the norm, write ``obs`` and vectors (anndata).
Both embed the same file, in turn, in fresh processes; the ratio is taken turn by turn. Needs
``genept[plot]`` and, at a million cells, 12 GB of disk.
"""

import argparse
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from report import print_report
from resampled_cells import KEPT, SETS, RealCells, read_real_cells, write_resampled

import genept
from genept.cells.kernel import default_threads
from genept.stream.plan import bytes_of

DATA = Path(os.environ.get("GENEPT_REALDATA", Path(__file__).parents[2] / "shared" / "data"))
KEY = "X_genept_w"
N_GENES, WIDTH = 20_000, 1536

Report = dict[str, Any]
Way = Callable[[Path, Path, Path, str], Report]


def write_genes(real: RealCells, path: Path) -> None:
    vectors = np.random.default_rng(1).standard_normal((real.n_real, WIDTH), dtype=np.float32)
    table = genept.GeneTable(tuple(real.genes[: real.n_real]))
    genept.write_embeddings(genept.GeneEmbeddings(table, vectors), path)


def by_embed_file(cells: Path, genes: Path, output: Path, memory: str) -> Report:
    vectors = genept.read_embeddings(genes)
    started = time.perf_counter()
    genept.embed_file(cells, output, vectors, resolve=False, memory=memory, device="cpu")
    return {"seconds": time.perf_counter() - started, "peak_bytes": peak_bytes()}


def by_reading_all(cells: Path, genes: Path, output: Path, memory: str) -> Report:  # noqa: ARG001
    import anndata
    import scanpy

    of_genes = genept.read_embeddings(genes)
    clock = [time.perf_counter()]
    adata = anndata.read_h5ad(cells)
    clock.append(time.perf_counter())
    scanpy.pp.normalize_total(adata, target_sum=1e4)
    scanpy.pp.log1p(adata)
    clock.append(time.perf_counter())
    weights = np.zeros((adata.n_vars, WIDTH), dtype=np.float32)
    weights[adata.var_names.get_indexer(list(of_genes.genes.symbols))] = of_genes.vectors
    vectors = adata.X @ weights
    clock.append(time.perf_counter())
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    clock.append(time.perf_counter())
    anndata.AnnData(obs=adata.obs, obsm={KEY: vectors}).write_zarr(output)
    clock.append(time.perf_counter())
    parts = dict(zip(("read", "normalise", "multiply", "norm", "write"), np.diff(clock), strict=True))
    return {
        "seconds": clock[-1] - clock[0],
        "peak_bytes": peak_bytes(),
        "parts": {name: round(float(seconds), 2) for name, seconds in parts.items()},
    }


def peak_bytes() -> int:
    # What getrusage says is inherited from the process that forked this one.
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def afresh(way: Way, *given: Any) -> Report:
    """Run it in a process that was started for it."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(way, *given).result()


def bytes_in(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def run_size(n_cells: int, real: RealCells, folder: Path, given: argparse.Namespace) -> Report:
    cells, output = folder / "cells.h5ad", folder / "out.zarr"
    started = time.perf_counter()
    stored = write_resampled(real, cells, n_cells=n_cells, compression=given.compression)
    made = time.perf_counter() - started
    done = afresh(by_embed_file, cells, folder / "genes.h5ad", output, given.memory)
    sizes = bytes_in(cells), bytes_in(output)
    cells.unlink()
    shutil.rmtree(output)
    return {
        "cells": n_cells,
        "stored_values_a_cell": round(stored / n_cells, 1),
        "seconds_to_make_the_cells": round(made, 1),
        "seconds": round(done["seconds"], 1),
        "cells_per_second": round(n_cells / done["seconds"]),
        "peak_gb": round(done["peak_bytes"] / 1e9, 3),
        "within_memory": done["peak_bytes"] <= bytes_of(given.memory),
        "gb_in": round(sizes[0] / 1e9, 3),
        "gb_out": round(sizes[1] / 1e9, 3),
    }


def run_yardstick(
    n_cells: int, real: RealCells, folder: Path, given: argparse.Namespace, *, repeats: int
) -> Report:
    cells = folder / "cells.h5ad"
    write_resampled(real, cells, n_cells=n_cells, compression=given.compression, seed=1)
    ways: dict[str, Way] = {"embed_file": by_embed_file, "read_all": by_reading_all}
    outputs = {name: folder / f"{name}.zarr" for name in ways}
    runs: dict[str, list[Report]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            shutil.rmtree(outputs[name], ignore_errors=True)
            runs[name].append(afresh(way, cells, folder / "genes.h5ad", outputs[name], given.memory))
    few = slice(None, None, max(1, n_cells // 1000))
    ours, theirs = (
        np.asarray(zarr.open_array(path / "obsm" / KEY, mode="r")[few]) for path in outputs.values()
    )
    report = {
        "cells": n_cells,
        "cells_per_second": {
            name: [round(n_cells / one["seconds"]) for one in all_] for name, all_ in runs.items()
        },
        "times_as_fast": round(
            statistics.median(
                b["seconds"] / a["seconds"] for a, b in zip(runs["embed_file"], runs["read_all"], strict=True)
            ),
            2,
        ),
        "seconds_of_read_all": [one["parts"] for one in runs["read_all"]],
        "peak_gb": {
            name: round(max(one["peak_bytes"] for one in all_) / 1e9, 3) for name, all_ in runs.items()
        },
        "gb_out": {name: round(bytes_in(path) / 1e9, 3) for name, path in outputs.items()},
        "compared_cells": len(ours),
        "largest_difference": float(np.abs(ours - theirs).max()),
    }
    for path in outputs.values():
        shutil.rmtree(path)
    cells.unlink()
    return report


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=Path, default=DATA / "cells", help="folder of the real sets")
    parser.add_argument("--sizes", type=int, nargs="+", default=[200_000, 1_000_000])
    parser.add_argument("--yardstick-cells", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=3, help="of the yardstick")
    parser.add_argument("--memory", default="2 GB")
    parser.add_argument("--compression", choices=["lzf", "gzip"], help="of the cells; none by default")
    parser.add_argument("--folder", type=Path, help="for the files; by default a temporary folder")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    real = read_real_cells(given.cells, n_genes=N_GENES)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        write_genes(real, folder / "genes.h5ad")
        # Loops of both are compiled on their first use on a machine, which is no part of what is measured.
        run_yardstick(1000, real, folder, given, repeats=1)
        yardstick = run_yardstick(given.yardstick_cells, real, folder, given, repeats=given.repeats)
        sizes = [run_size(n_cells, real, folder, given) for n_cells in given.sizes]
    first, last = sizes[0], sizes[-1]
    report = {
        "cells": f"resampled from {len(real.obs):,} of {', '.join(SETS)}, {KEPT:.0%} of the molecules kept",
        "genes": {"measured": N_GENES, "with_a_vector": real.n_real, "dims": WIDTH},
        "cores": os.cpu_count(),
        "threads": default_threads(),
        "memory": given.memory,
        "compression": given.compression,
        "sizes": sizes,
        "last_to_first": {
            what: round(last[what] / first[what], 3) for what in ("cells", "cells_per_second", "peak_gb")
        },
        "yardstick": yardstick,
    }
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    main()
