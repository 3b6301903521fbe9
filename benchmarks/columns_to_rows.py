"""What it costs that cells are stored by genes (CSC), against cells stored by cells (CSR), in one run.

    python benchmarks/columns_to_rows.py --json

Writes the same random counts both ways into a temporary folder and embeds both files, in turn; the first run
of all isn't counted. Ratios are taken turn by turn.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from anndata import AnnData
from report import print_report
from scipy import sparse

import genept


def random_counts(cells: int, genes: int, nonzeros: int) -> sparse.csr_matrix:
    """One count in each of ``nonzeros`` strips of neighbouring genes."""
    rng = np.random.default_rng(0)
    strip = genes // nonzeros
    indices = np.arange(nonzeros, dtype=np.int32) * strip + rng.integers(
        0, strip, (cells, nonzeros), dtype=np.int32
    )
    data = rng.poisson(1, cells * nonzeros).astype(np.float32) + 1
    return sparse.csr_matrix((data, indices.ravel(), np.arange(cells + 1) * nonzeros), shape=(cells, genes))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shape = {"cells": 100_000, "genes": 20_000, "nonzeros": 800, "dims": 1536}
    for name, size in {**shape, "repeats": 3}.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    names = tuple(f"G{i}" for i in range(given.genes))
    vectors = np.random.default_rng(1).standard_normal((given.genes, given.dims), np.float32)
    genes = genept.GeneEmbeddings(genept.GeneTable(names), vectors, provenance={})
    seconds: dict[str, list[float]] = {"csr": [], "csc": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        adata = AnnData(random_counts(given.cells, given.genes, given.nonzeros))
        adata.var_names = list(names)
        adata.write_h5ad(folder / "csr.h5ad")
        adata.X = adata.X.tocsc()
        adata.write_h5ad(folder / "csc.h5ad")
        del adata
        for turn in range(given.repeats + 1):
            for form, taken in seconds.items():
                started = time.perf_counter()
                genept.embed_file(folder / f"{form}.h5ad", folder / "out.zarr", genes, resolve=False)
                if turn:
                    taken.append(time.perf_counter() - started)
    ratios = [csc / csr for csr, csc in zip(seconds["csr"], seconds["csc"], strict=True)]
    report = {
        "shape": {name: getattr(given, name) for name in shape},
        "cores": os.cpu_count(),
        "seconds": {form: [round(one, 2) for one in taken] for form, taken in seconds.items()},
        "csc_takes_times_as_long": round(statistics.median(ratios), 2),
    }
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    main()
