"""How much of the expression lies in genes that have a vector, and what is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.cells.expression import Expression
from genept.cells.tally import BlockTally, count
from genept.genes import RULES, GeneMatch
from genept.genes.resolve import AMBIGUOUS, UNKNOWN

N_LOSSES = 10
# Why a gene can't be used: it is known, but nothing is written about it, or its name says too little.
NO_TEXT = "no text"
_REASONS = {AMBIGUOUS: "ambiguous name", UNKNOWN: "unknown name"}


@dataclass(frozen=True, eq=False)
class Coverage:
    """What the genes with a vector account for.

    Parameters
    ----------
    n_genes
        Measured genes.
    n_covered
        Measured genes that can be used.
    counts
        Share of all counts that lies in covered genes, 0 to 1. For log-normalised values counts
        are taken in proportion to base^x - 1.
    by_rule
        For each rule that said which gene a name is: how many usable genes it brought, and the share
        of all counts that they hold. In the order of the rules; those that brought none are left out.
    losses
        The genes that can't be used and hold most counts: name, share of all counts, reason.
    """

    n_genes: int
    n_covered: int
    counts: float
    by_rule: Mapping[str, tuple[int, float]]
    losses: tuple[tuple[str, float, str], ...]

    @property
    def any_counts(self) -> bool:
        """Whether there are any counts to cover."""
        return bool(self.counts > 0 or self.losses)

    @property
    def genes(self) -> float:
        """Share of the measured genes that can be used, 0 to 1."""
        return self.n_covered / self.n_genes

    def summary(self, have: str) -> str:
        """One line for a log; ``have`` says what usable genes have, such as ``"a vector"``."""
        rules = ", ".join(f"{rule} {n:,} ({share:.1%})" for rule, (n, share) in self.by_rule.items())
        lost = ", ".join(f"{name} {share:.1%} ({reason})" for name, share, reason in self.losses)
        return (
            f"{self.n_covered:,} of {self.n_genes:,} measured genes have {have} ({self.genes:.1%}); "
            f"they hold {self.counts:.1%} of the counts"
            + (f"; found by {rules}" if rules else "")
            + (f"; largest losses: {lost}" if lost else "")
        )

    def as_dict(self) -> dict[str, Any]:
        """Numbers and names as they are kept in ``uns``."""
        return {
            "genes": self.genes,
            "counts": self.counts,
            "n_genes": self.n_genes,
            "n_genes_covered": self.n_covered,
            "by_rule": {rule: {"genes": n, "counts": share} for rule, (n, share) in self.by_rule.items()},
            "largest_losses": [name for name, _, _ in self.losses],
            "largest_losses_share": [share for _, share, _ in self.losses],
            "largest_losses_reason": [reason for _, _, reason in self.losses],
        }


def coverage_of(by_gene: NDArray[np.float64], match: GeneMatch) -> Coverage:
    """Say what counts by gene, (n_genes,), come to where ``match`` says which genes can be used."""
    covered = match.covered
    everything = by_gene.sum()
    lost = np.flatnonzero(~covered & (by_gene > 0))
    largest = lost[np.argsort(-by_gene[lost], kind="stable")[:N_LOSSES]]
    rules = np.array(match.rules)

    def brought(rule: str) -> tuple[int, float]:
        by_it = covered & (rules == rule)
        return int(by_it.sum()), float(by_gene[by_it].sum() / everything) if everything > 0 else 0.0

    by_rule = {rule: brought(rule) for rule in (*RULES, AMBIGUOUS, UNKNOWN)}
    return Coverage(
        n_genes=len(by_gene),
        n_covered=len(match.columns),
        counts=float(by_gene[covered].sum() / everything) if everything > 0 else 0.0,
        by_rule={rule: (n, share) for rule, (n, share) in by_rule.items() if n},
        losses=tuple(
            (match.names[i], float(by_gene[i] / everything), _REASONS.get(match.rules[i], NO_TEXT))
            for i in largest
        ),
    )


def measure_coverage(expression: Expression, match: GeneMatch) -> tuple[Coverage, BlockTally]:
    """Measure coverage in genes and in counts, in one pass over the cells.

    Parameters
    ----------
    expression
        (n_cells, n_genes) checked values.
    match
        Which of the measured genes can be used, and by which rule each was found.

    Returns
    -------
    Coverage, BlockTally
        For all cells together, with the largest losses; and counts by gene and cell.
    """
    covered = match.covered
    tally = BlockTally.joined(
        [
            count(block, covered, kind=expression.kind, log_base=expression.log_base)
            for _, block in expression.chunks()
        ]
    )
    return coverage_of(tally.by_gene, match), tally
