"""What an analysis of a representation gives back."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
NOT_COMPUTABLE = "not computable: "


class Asked(NamedTuple):
    """What one evidence answers: analysis, method, target and split, as in the results."""

    analysis: str
    method: str
    target: str
    split: str


@dataclass(frozen=True)
class Score:
    """One value; ``None`` where it can't be computed, which the note then says.

    Parameters
    ----------
    asked
        What it is a score of.
    metric
        By which.
    value
        The score.
    repeat, fold
        Which, from 0.
    n_train, n_test
        Cells (or samples) learned from and tested; ``None`` where nothing is learned.
    note
        What one should know of it.
    """

    asked: Asked
    metric: str
    value: float | None
    repeat: int = 0
    fold: int = 0
    n_train: int | None = None
    n_test: int | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What scores were made from, cell by cell.

    Parameters
    ----------
    asked
        What it is evidence of.
    folder
        ``"predictions"``, or ``"clusters"``, of which a representation has one table.
    frame
        A row for each cell (and fold).
    """

    asked: Asked
    folder: Literal["predictions", "clusters"]
    frame: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Scored:
    """All scores of an analysis, and what they were made from."""

    scores: list[Score] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


class Analysis(Protocol):
    """An analysis made ready for the cells of a data set, whatever their vectors are.

    It is a dataclass of arrays and plain values, all of which its result depends on.
    """

    def title(self) -> str:
        """Tell it from the other analyses of the data set."""
        ...

    def asked(self) -> list[tuple[Asked, tuple[str, ...]]]:
        """Say what it will score, and by which metrics."""
        ...

    def size(self) -> int:
        """How many cells are learned from or compared, roughly."""
        ...

    def score(self, vectors: Vectors) -> Scored:
        """Score (n_cells, d) vectors."""
        ...


def not_computable(analysis: Analysis, reason: str) -> Scored:
    """Say of everything that an analysis would score why it can't be."""
    return Scored(
        [
            Score(asked, metric, None, note=f"{NOT_COMPUTABLE}{reason}")
            for asked, metrics in analysis.asked()
            for metric in metrics
        ]
    )
