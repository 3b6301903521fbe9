"""What annotating cells, or clusters of cells, gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNASSIGNED = "unassigned"


@dataclass(frozen=True, eq=False)
class Labelled:
    """A label for each of n cells, and how far it may be trusted.

    Parameters
    ----------
    codes
        (n,) places in ``names``; -1 for a cell that is left unassigned.
    confidence
        (n,) float32, from 0 to 1. That of an unassigned cell belongs to the label that it didn't get, and is
        0 where there was none to get.
    names
        Labels that could be given.
    """

    codes: NDArray[np.intp]
    confidence: NDArray[np.float32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def labels(self) -> NDArray[np.object_]:
        """(n,) strings: the label of each, or ``"unassigned"``."""
        return np.array([*self.names, UNASSIGNED], dtype=object)[self.codes]

    def below(self, min_confidence: float) -> "Labelled":
        """Unassign the cells whose confidence is below a bound."""
        return Labelled(
            np.where(self.confidence < min_confidence, -1, self.codes), self.confidence, self.names
        )
