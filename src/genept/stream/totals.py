"""What is added up over chunks of cells."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from genept.cells.expression import Look


class Totals:
    """Counts by gene, and what was seen of the values and done with the cells.

    Parameters
    ----------
    by_gene
        (n_genes,) float64, counts of each measured gene.
    numbers
        How many cells there were (``n_cells``), how many had no counts (``n_empty``) and
        how many got a zero vector (``n_zero``), the largest value
        (``largest``), how many chunks held values that aren't whole (``n_broken``); of sentences, how many
        were cut (``n_truncated``), and the sum of the shares that were read (``read``).
    """

    def __init__(self, by_gene: NDArray[np.float64], numbers: Mapping[str, float]) -> None:
        self.by_gene = by_gene
        self.numbers = dict(numbers)

    @classmethod
    def none(cls, n_genes: int) -> Self:
        """Make those of no cells."""
        return cls(np.zeros(n_genes), {})

    @classmethod
    def restored(cls, kept: Mapping[str, NDArray[Any]], n_genes: int) -> Self:
        """Take those that :meth:`arrays` gave, or none."""
        if not kept:
            return cls.none(n_genes)
        return cls(kept["by_gene"].copy(), dict(zip(map(str, kept["names"]), kept["values"], strict=True)))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give them as arrays that a file can hold."""
        return {
            "by_gene": self.by_gene,
            "names": np.array(list(self.numbers), dtype=str),
            "values": np.array(list(self.numbers.values()), dtype=np.float64),
        }

    def add(self, more: "Totals") -> None:
        """Add those of other cells."""
        self.by_gene = self.by_gene + more.by_gene
        largest = max(self["largest"], more["largest"])
        for name, value in more.numbers.items():
            self.numbers[name] = self[name] + value
        self.numbers["largest"] = largest

    def look(self, before: Look) -> Look:
        """Say what was seen of these cells and ``before``."""
        look = Look(before.origin)
        look.largest = max(self["largest"], before.largest)
        look.whole = before.whole and not self["n_broken"]
        return look

    def __getitem__(self, name: str) -> float:
        return float(self.numbers.get(name, 0.0))
