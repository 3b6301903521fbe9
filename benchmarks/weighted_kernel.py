"""GenePT-w of counts by our kernel, against the other ways of computing it, in one run.

    python benchmarks/weighted_kernel.py --json

Every way starts from the same random counts in CSR (uniform over genes, the hardest case) and ends with unit
vectors. They take turns, ``--repeats`` times; ratios are taken turn by turn. Slow ways do a share of the
cells. The ceiling is the machine's own rate for a product of dense matrices.
"""

import argparse
import os
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from report import print_report
from scipy import sparse

from genept.cells.expression import as_block
from genept.cells.kernel import WeightedProduct, default_threads

Embed = Callable[[sparse.csr_matrix], NDArray[np.floating]]


def random_counts(cells: int, genes: int, nonzeros: int) -> sparse.csr_matrix:
    rng = np.random.default_rng(0)
    indices = np.concatenate([np.sort(rng.choice(genes, nonzeros, replace=False)) for _ in range(cells)])
    counts = rng.geometric(0.4, len(indices)).astype(np.float32)
    return sparse.csr_matrix(
        (counts, indices.astype(np.int32), np.arange(cells + 1) * nonzeros), shape=(cells, genes)
    )


def logged(counts: sparse.csr_matrix, dtype: type[np.floating] = np.float32) -> sparse.csr_matrix:
    weights = sparse.csr_matrix(counts, dtype=dtype, copy=True)
    scale = 1e4 / np.asarray(weights.sum(axis=1)).ravel()
    weights.data = np.log1p(weights.data * np.repeat(scale, np.diff(weights.indptr)).astype(dtype))
    return weights


def unit(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def ways(vectors: NDArray[np.float32]) -> dict[str, tuple[Embed, int]]:
    """Give each way, and by how much it gets fewer cells, being slow."""
    product = WeightedProduct(vectors, np.arange(len(vectors)), len(vectors), "counts")
    dense = torch.from_numpy(vectors)
    doubles = vectors.astype(np.float64)

    def by_torch(counts: sparse.csr_matrix) -> NDArray[np.floating]:
        weights = logged(counts)
        starts, genes, values = map(torch.from_numpy, (weights.indptr, weights.indices, weights.data))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that this is in beta
            made = torch.sparse_csr_tensor(starts, genes, values, weights.shape)
        return unit((made @ dense).numpy())

    return {
        "ours": (lambda counts: product(as_block(counts))[0], 1),
        "scipy": (lambda counts: unit(logged(counts) @ vectors), 4),
        "dense_blas": (lambda counts: unit(logged(counts).toarray() @ vectors), 1),
        "torch_csr": (by_torch, 4),
        "naive_float64": (lambda counts: unit(logged(counts, np.float64).toarray() @ doubles), 4),
    }


def gemm_gflops(size: int = 4096) -> float:
    square = np.random.default_rng(2).standard_normal((size, size), dtype=np.float32)
    started = time.perf_counter()
    square @ square
    return 2 * size**3 / 1e9 / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shape = {"cells": 8000, "genes": 20000, "nonzeros": 1600, "dims": 1536}
    for name, size in {**shape, "repeats": 5}.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    counts = random_counts(given.cells, given.genes, given.nonzeros)
    vectors = np.random.default_rng(1).standard_normal((given.genes, given.dims), dtype=np.float32)
    contenders = ways(vectors)
    few = counts[:256]
    exact = contenders["naive_float64"][0](few)
    errors = {
        name: float(np.linalg.norm(embed(few) - exact) / np.linalg.norm(exact))
        for name, (embed, _) in contenders.items()
    }
    speeds: dict[str, list[float]] = {name: [] for name in contenders}
    ceilings = []
    for _ in range(given.repeats):
        ceilings.append(gemm_gflops())
        for name, (embed, fewer) in contenders.items():
            some = counts[: given.cells // fewer]
            started = time.perf_counter()
            embed(some)
            speeds[name].append(some.shape[0] / (time.perf_counter() - started))
    flops = 2 * given.nonzeros * given.dims / 1e9
    report = {
        "shape": {name: getattr(given, name) for name in shape},
        "cores": os.cpu_count(),
        "threads": default_threads(),
        "cells_per_second": {name: [round(one) for one in all_] for name, all_ in speeds.items()},
        "median": {name: round(statistics.median(all_)) for name, all_ in speeds.items()},
        "times_as_fast_as": {
            name: round(statistics.median(a / b for a, b in zip(speeds["ours"], all_, strict=True)), 2)
            for name, all_ in speeds.items()
            if name != "ours"
        },
        "relative_error": errors,
        "gemm_gflops": [round(one) for one in ceilings],
        "share_of_gemm": round(
            statistics.median(
                flops * ours / gemm for ours, gemm in zip(speeds["ours"], ceilings, strict=True)
            ),
            3,
        ),
    }
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    main()
