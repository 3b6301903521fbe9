"""Vectors of the cells of a data set, or why there are none."""

from dataclasses import dataclass, field

import numpy as np

from genept.benchmark.cells.scored import Vectors

# Made of texts or by a model; of the expression itself; of what should know nothing.
EMBEDDING, BASELINE, CONTROL = "embedding", "baseline", "control"


@dataclass(frozen=True, eq=False)
class CellVectors:
    """Vectors of the cells of one data set.

    Parameters
    ----------
    name
        Under which the scores stand.
    kind
        ``"embedding"``, ``"baseline"`` or ``"control"``.
    vectors
        (n_cells, d) float32.
    genes_measured, genes_used
        How many genes the data set has, and how many of them bear on the vectors; ``None`` where not known.
    share_of_counts
        Share of all counts in the genes used, 0 to 1; ``None`` where not known.
    note
        What one should know of them.
    one_space
        Whether vectors of other data sets under this name lie in the same space.
    """

    name: str
    kind: str
    vectors: Vectors
    genes_measured: int | None = None
    genes_used: int | None = None
    share_of_counts: float | None = None
    note: str = ""
    one_space: bool = False


@dataclass(frozen=True)
class NoCellVectors:
    """A representation that can't be made, and why: it stands in the results where its scores would.

    Parameters
    ----------
    name, kind
        As those of the vectors that it would be.
    reason
        In words, with what to do about it.
    """

    name: str
    kind: str
    reason: str


@dataclass(frozen=True, eq=False)
class Made:
    """What was made of one data set, or of two in one space."""

    vectors: list[CellVectors] = field(default_factory=list)
    missing: list[NoCellVectors] = field(default_factory=list)

    def add(self, one: CellVectors | NoCellVectors) -> None:
        """Take one; values that aren't finite are none."""
        if isinstance(one, CellVectors) and not np.isfinite(one.vectors).all():
            n_bad = int((~np.isfinite(one.vectors).all(axis=1)).sum())
            one = NoCellVectors(one.name, one.kind, f"{n_bad:,} cells have a value that isn't finite")
        if isinstance(one, CellVectors):
            self.vectors.append(one)
        else:
            self.missing.append(one)
