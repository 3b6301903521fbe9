"""How much of the expression lies in genes that have a vector, and what is lost."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.cells.expression import Expression
from genept.cells.normalise import linear_values, per_row_sum
from genept.genes import GeneMatch

N_LOSSES = 10


@dataclass(frozen=True, eq=False)
class Coverage:
    """What the genes with a vector account for.

    Parameters
    ----------
    n_genes
        Measured genes.
    n_covered
        Measured genes with a vector.
    counts
        Share of all counts that lies in covered genes, 0 to 1. For log-normalised values counts
        are taken in proportion to base^x - 1.
    per_cell
        (n_cells,) float32, the same share for each cell; 0 for a cell without counts.
    losses
        The genes without a vector that hold most counts, with their share of all counts.
    """

    n_genes: int
    n_covered: int
    counts: float
    per_cell: NDArray[np.float32]
    losses: tuple[tuple[str, float], ...]

    @property
    def genes(self) -> float:
        """Share of the measured genes that have a vector, 0 to 1."""
        return self.n_covered / self.n_genes

    def summary(self) -> str:
        """One line for a log."""
        lost = ", ".join(f"{name} {share:.1%}" for name, share in self.losses)
        return (
            f"{self.n_covered:,} of {self.n_genes:,} measured genes have a vector ({self.genes:.1%}); "
            f"they hold {self.counts:.1%} of the counts" + (f"; largest losses: {lost}" if lost else "")
        )

    def as_dict(self) -> dict[str, Any]:
        """Numbers and names as they are kept in ``uns``."""
        return {
            "genes": self.genes,
            "counts": self.counts,
            "n_genes": self.n_genes,
            "n_genes_with_vector": self.n_covered,
            "largest_losses": [name for name, _ in self.losses],
            "largest_losses_share": [share for _, share in self.losses],
        }


def measure_coverage(expression: Expression, match: GeneMatch) -> Coverage:
    """Measure coverage in genes and in counts, in one pass over the cells.

    Parameters
    ----------
    expression
        (n_cells, n_genes) checked values.
    match
        Which of the measured genes have a vector.

    Returns
    -------
    Coverage
        For all cells together, for each cell, and the largest losses.
    """
    n_cells, n_genes = expression.shape
    covered = np.zeros(n_genes, dtype=bool)
    covered[match.columns] = True
    by_gene = np.zeros(n_genes)
    total = np.zeros(n_cells)
    found = np.zeros(n_cells)
    for rows, block in expression.chunks():
        values = linear_values(block, expression)
        by_gene += np.bincount(block.indices, weights=values, minlength=n_genes)
        total[rows] = per_row_sum(block, values)
        found[rows] = per_row_sum(block, values * covered[block.indices])
    everything = by_gene.sum()
    lost = np.flatnonzero(~covered & (by_gene > 0))
    largest = lost[np.argsort(-by_gene[lost], kind="stable")[:N_LOSSES]]
    return Coverage(
        n_genes=n_genes,
        n_covered=len(match.columns),
        counts=float(by_gene[covered].sum() / everything) if everything > 0 else 0.0,
        per_cell=np.divide(found, total, out=np.zeros(n_cells), where=total > 0).astype(np.float32),
        losses=tuple((match.names[i], float(by_gene[i] / everything)) for i in largest),
    )
