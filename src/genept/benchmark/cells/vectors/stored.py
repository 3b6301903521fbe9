"""Representations that came with a data set, in ``obsm``."""

from typing import Any

import numpy as np
import pandas as pd

from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.vectors.representation import EMBEDDING, CellVectors, NoCellVectors
from genept.errors import name_some


def stored_cells(cells: LabelledCells, key: str) -> CellVectors | NoCellVectors:
    """Take what ``obsm[key]`` holds, whatever made it (scGPT, Geneformer, UCE, scVI, ...).

    Parameters
    ----------
    cells
        The cells.
    key
        In ``obsm``.
    """
    if key not in cells.obsm:
        there = name_some(map(str, cells.obsm), 10) or "nothing"
        return NoCellVectors(key, EMBEDDING, f"the data set has no obsm[{key!r}]; there is {there}")
    found: Any = cells.obsm[key]
    if isinstance(found, pd.DataFrame):
        found = found.to_numpy()
    elif hasattr(found, "toarray"):
        found = found.toarray()
    values = np.asarray(found)
    if values.dtype.kind not in "biuf":
        return NoCellVectors(key, EMBEDDING, f"obsm[{key!r}] holds {values.dtype}, not real numbers")
    # A value too large for float32 becomes infinite, which is told of all that isn't finite.
    with np.errstate(over="ignore"):
        vectors = np.ascontiguousarray(values, dtype=np.float32)
    if vectors.ndim != 2 or not vectors.shape[1]:
        return NoCellVectors(key, EMBEDDING, f"obsm[{key!r}] has the shape {vectors.shape}")
    return CellVectors(key, EMBEDDING, vectors, note="as it came with the data set")
