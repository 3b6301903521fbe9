"""Rows of a matrix stored by rows."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from genept.stream.reading.compressed import Compressed


@dataclass(frozen=True, eq=False)
class CsrRows:
    """Rows of a stored CSR matrix: a slice of each of its three vectors."""

    stored: Compressed

    def rows(self, start: int, stop: int) -> sparse.csr_matrix:
        """See ``Cells.rows``."""
        ends = self.stored.pointers.between(start, stop)
        genes, values = self.stored.entries(ends, f"{self.stored.origin} of cells {start:,} to {stop - 1:,}")
        ends = ends - ends[0]
        if len(genes) <= np.iinfo(np.int32).max:
            ends = ends.astype(genes.dtype)
        return sparse.csr_matrix((values, genes, ends), shape=(stop - start, self.stored.width))

    def most_stored(self, n_rows: int) -> int:
        """See ``Cells.most_stored``."""
        return self.stored.pointers.most_between(n_rows)
