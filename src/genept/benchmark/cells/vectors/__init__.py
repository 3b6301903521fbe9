"""The representations that are compared: GenePT's, baselines of the expression, controls, any obsm."""

from genept.benchmark.cells.vectors.every import Requested, every_representation
from genept.benchmark.cells.vectors.representation import (
    BASELINE,
    CONTROL,
    EMBEDDING,
    CellVectors,
    Made,
    NoCellVectors,
)

__all__ = [
    "BASELINE",
    "CONTROL",
    "EMBEDDING",
    "CellVectors",
    "Made",
    "NoCellVectors",
    "Requested",
    "every_representation",
]
