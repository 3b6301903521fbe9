"""How fast the product of GenePT-w is, against SciPy's plain product, in one run.

    python benchmarks/weighted_product.py [--cells 8000] [--genes 20000] [--nonzeros 1600] [--dims 1536]

Prints JSON: for each repeat, in turn, cells per second of both; the median of the ratios pair by pair.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.cells.kernel import BlockedProduct, default_threads


def random_weights(cells: int, genes: int, nonzeros: int) -> sparse.csr_matrix:
    rng = np.random.default_rng(0)
    indices = np.concatenate([np.sort(rng.choice(genes, nonzeros, replace=False)) for _ in range(cells)])
    data = rng.random(len(indices), dtype=np.float32)
    return sparse.csr_matrix(
        (data, indices.astype(np.int32), np.arange(cells + 1) * nonzeros), shape=(cells, genes)
    )


def seconds(run: Callable[[], NDArray[np.float32]]) -> tuple[float, NDArray[np.float32]]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (
        ("cells", 8000),
        ("genes", 20000),
        ("nonzeros", 1600),
        ("dims", 1536),
        ("repeats", 3),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    weights = random_weights(args.cells, args.genes, args.nonzeros)
    vectors = np.random.default_rng(1).standard_normal((args.genes, args.dims), dtype=np.float32)
    product = BlockedProduct(vectors)
    rows = []
    for _ in range(args.repeats):
        ours, result = seconds(lambda: product(weights))
        scipys, expected = seconds(lambda: weights @ vectors)
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-3)
        rows.append({"ours": args.cells / ours, "scipy": args.cells / scipys, "ratio": scipys / ours})
    report = {
        "threads": default_threads(),
        "shape": {name: getattr(args, name) for name in ("cells", "genes", "nonzeros", "dims")},
        "cells_per_second": rows,
        "median_ratio": statistics.median(row["ratio"] for row in rows),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
