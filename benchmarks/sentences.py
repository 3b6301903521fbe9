"""How fast cells become sentences, against a plain loop with NumPy, in one run.

    python benchmarks/sentences.py --json

Counts with many ties, as single cells have them. The loop sorts a row and joins its names; both start from
the same CSR matrix, take turns at going first, and must write the same.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from report import print_report
from scipy import sparse

from genept.cells import PREFIX, as_expression, sentences
from genept.cells.kernel import default_threads
from genept.cells.sentences import MAX_GENES


def random_counts(cells: int, genes: int, nonzeros: int) -> sparse.csr_matrix:
    rng = np.random.default_rng(0)
    indices = np.concatenate([np.sort(rng.choice(genes, nonzeros, replace=False)) for _ in range(cells)])
    counts = 1 + rng.geometric(0.5, len(indices))
    return sparse.csr_matrix(
        (counts.astype(np.float32), indices.astype(np.int32), np.arange(cells + 1) * nonzeros),
        shape=(cells, genes),
    )


def plain_loop(counts: sparse.csr_matrix, names: list[str]) -> list[str]:
    known = np.array(names, dtype=object)
    return [
        PREFIX
        + " ".join(known[counts.indices[i:j][np.argsort(-counts.data[i:j], kind="stable")][:MAX_GENES]])
        for i, j in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    ]


def seconds(run: Callable[[], list[str]]) -> tuple[float, list[str]]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("cells", 10_000), ("genes", 20_000), ("nonzeros", 1600), ("repeats", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    counts = random_counts(given.cells, given.genes, given.nonzeros)
    names = [f"G{number}" for number in range(given.genes)]
    expression = as_expression(counts)
    runs = {"ours": lambda: sentences(expression, names), "plain": lambda: plain_loop(counts, names)}
    sentences(as_expression(counts[:1]), names)  # compiled before anything is timed
    speeds: dict[str, list[float]] = {name: [] for name in runs}
    for repeat in range(given.repeats):
        took = {name: seconds(runs[name]) for name in (list(runs) if repeat % 2 else list(runs)[::-1])}
        if took["ours"][1] != took["plain"][1]:
            raise SystemExit("the two wrote different sentences")
        for name, (spent, _) in took.items():
            speeds[name].append(given.cells / spent)
    ratios = [ours / plain for ours, plain in zip(speeds["ours"], speeds["plain"], strict=True)]
    report = {
        "cells": given.cells,
        "genes": given.genes,
        "nonzeros": given.nonzeros,
        "max_genes": MAX_GENES,
        "cores": default_threads(),
        **{f"{name}_cells_per_second": [round(one) for one in speed] for name, speed in speeds.items()},
        **{f"{name}_median": round(statistics.median(speed)) for name, speed in speeds.items()},
        "ratio_median": round(statistics.median(ratios), 1),
    }
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    main()
