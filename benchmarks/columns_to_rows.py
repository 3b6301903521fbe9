"""What it costs that cells are stored by genes (CSC), against cells stored by cells (CSR), in one run.

    python benchmarks/columns_to_rows.py [--cells 50000] [--genes 20000] [--nonzeros 800] [--dims 384]

Writes both files into a temporary folder, reads each in blocks and multiplies them by gene vectors, as
GenePT-w does. Prints JSON: seconds of each step, and the ratio of the whole.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from anndata import AnnData
from scipy import sparse

from genept.cells.kernel import BlockedProduct, default_threads
from genept.stream.reading.by_rows import by_rows
from genept.stream.reading.open_cells import open_cells
from genept.stream.reading.source import Cells

BLOCK = 2048


def random_counts(cells: int, genes: int, nonzeros: int) -> sparse.csr_matrix:
    """One count in each of ``nonzeros`` strips of neighbouring genes."""
    rng = np.random.default_rng(0)
    strip = genes // nonzeros
    indices = np.arange(nonzeros, dtype=np.int32) * strip + rng.integers(
        0, strip, (cells, nonzeros), dtype=np.int32
    )
    data = rng.poisson(1, cells * nonzeros).astype(np.float32) + 1
    return sparse.csr_matrix((data, indices.ravel(), np.arange(cells + 1) * nonzeros), shape=(cells, genes))


def read_and_multiply(cells: Cells, product: BlockedProduct) -> tuple[float, float]:
    """Seconds of reading, and of multiplying."""
    reading = multiplying = 0.0
    for start in range(0, cells.shape[0], BLOCK):
        began = time.perf_counter()
        block = sparse.csr_matrix(cells.rows(start, min(start + BLOCK, cells.shape[0])))
        read = time.perf_counter()
        product(block)
        reading, multiplying = reading + read - began, multiplying + time.perf_counter() - read
    return reading, multiplying


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("cells", 50_000), ("genes", 20_000), ("nonzeros", 800), ("dims", 384)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--memory", type=int, default=1_000_000_000, help="bytes for by_rows")
    args = parser.parse_args()
    product = BlockedProduct(np.random.default_rng(1).standard_normal((args.genes, args.dims), np.float32))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counts = random_counts(args.cells, args.genes, args.nonzeros)
        AnnData(counts).write_h5ad(folder / "csr.h5ad")
        AnnData(counts.tocsc()).write_h5ad(folder / "csc.h5ad")
        del counts
        reading, multiplying = read_and_multiply(open_cells(folder / "csr.h5ad"), product)
        began = time.perf_counter()
        cells = by_rows(open_cells(folder / "csc.h5ad"), folder / "rows", memory=args.memory)
        turning = time.perf_counter() - began
        reading_turned, multiplying_turned = read_and_multiply(cells, product)
    report = {
        "threads": default_threads(),
        "shape": {name: getattr(args, name) for name in ("cells", "genes", "nonzeros", "dims")},
        "csr": {"read": reading, "multiply": multiplying},
        "csc": {"turn": turning, "read": reading_turned, "multiply": multiplying_turned},
        "ratio": (turning + reading_turned + multiplying_turned) / (reading + multiplying),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
