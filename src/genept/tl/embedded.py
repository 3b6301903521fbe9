"""What a method of embedding cells hands back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class EmbeddedCells:
    """Vectors of cells, and what is to be kept beside them.

    Parameters
    ----------
    vectors
        (n_cells, d) float32; zero for a cell of which nothing is known.
    record
        Parameters, provenance and coverage, for ``uns["genept"][key]``.
    coverage
        (n_cells,) float32, each cell's share of counts in genes with a vector, where the method
        uses gene vectors.
    """

    vectors: NDArray[np.float32]
    record: dict[str, Any]
    coverage: NDArray[np.float32] | None = None
