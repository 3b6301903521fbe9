"""The product of a sparse matrix and a dense one, over column blocks in threads."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# A block of this many columns stays in a core's cache while a row's non-zeros pass over it: two to
# three times as fast as SciPy's product over all columns at once, on two cores, for 2,000 to 20,000
# genes (benchmarks/weighted_product.py; 16 to 128 columns were within 30 % of each other).
COLUMNS_AT_A_TIME = 64


def default_threads() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class BlockedProduct:
    """Many sparse matrices times one dense matrix.

    Each column of the result is summed in the same order whatever the threads, so that the
    result doesn't depend on their number.

    Parameters
    ----------
    dense
        (k, d) array, laid out once in column blocks.
    n_threads
        Threads to use; by default as many as processors.

    Examples
    --------
    >>> BlockedProduct(np.eye(2, dtype=np.float32))(sparse.csr_matrix([[0.0, 3.0]]))
    array([[0., 3.]], dtype=float32)
    """

    def __init__(self, dense: NDArray[np.float32], n_threads: int | None = None) -> None:
        self._width = dense.shape[1]
        self._blocks = [
            (start, np.ascontiguousarray(dense[:, start : start + COLUMNS_AT_A_TIME], dtype=np.float32))
            for start in range(0, self._width, COLUMNS_AT_A_TIME)
        ]
        self._n_threads = min(n_threads or default_threads(), max(1, len(self._blocks)))

    def __call__(self, matrix: sparse.csr_matrix) -> NDArray[np.float32]:
        """(n, k) CSR times (k, d), as (n, d) float32."""
        matrix = matrix.astype(np.float32, copy=False)
        out = np.empty((matrix.shape[0], self._width), dtype=np.float32)

        def fill(block: tuple[int, NDArray[np.float32]]) -> None:
            start, columns = block
            out[:, start : start + columns.shape[1]] = matrix @ columns

        with ThreadPoolExecutor(self._n_threads) as pool:
            list(pool.map(fill, self._blocks))
        return out
