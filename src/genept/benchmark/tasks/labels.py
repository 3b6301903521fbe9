"""What a task knows of genes: labels of genes, or of pairs of genes, as upstream has them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from genept.errors import ValuesError

PARTS = ("train", "valid", "test")


@dataclass(frozen=True, eq=False)
class GeneLabels:
    """Genes and the class of each, row by row as upstream has them: repeated and conflicting ones included.

    Parameters
    ----------
    names
        Gene symbols, Ensembl ids or Entrez ids.
    labels
        (n,) the class of each row, a position in ``classes``.
    classes
        Names of the classes. Of two, the first is the positive one.
    part
        (n,) ``"train"`` or ``"test"`` for each row where the task says what to learn from; empty otherwise.
    min_rows
        Classes with fewer rows among the genes that have a vector are left out.

    Raises
    ------
    ValuesError
        If lengths differ, or a label is no position in ``classes``.
    """

    names: tuple[str, ...]
    labels: NDArray[np.intp]
    classes: tuple[str, ...]
    part: tuple[str, ...] = ()
    min_rows: int = 1

    def __post_init__(self) -> None:
        _check(len(self.names), self.labels, len(self.classes), self.part)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, eq=False)
class PairLabels:
    """Pairs of genes, with labels or as edges of a network, to which negatives are drawn.

    Parameters
    ----------
    first, second
        Names of the two genes of each pair.
    labels
        (n,) 1 for pairs that belong together, 0 for others. Where all are 1, as many negatives are drawn.
    part
        ``"train"``, ``"valid"`` or ``"test"`` for each pair where the task says so; empty otherwise.
    space
        Names of the genes among which negatives are drawn: those that were screened. By default those in the
        pairs.
    reported
        Further pairs that are known to interact, so that none of them is drawn as a negative.
    genes_recur
        Whether genes that were learned from may stand in tested pairs, as where the parts are of two times.

    Raises
    ------
    ValuesError
        If lengths differ, or a label is neither 0 nor 1.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    labels: NDArray[np.intp]
    part: tuple[str, ...] = ()
    space: tuple[str, ...] = ()
    reported: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    genes_recur: bool = False

    def __post_init__(self) -> None:
        _check(len(self.first), self.labels, 2, self.part)
        if len(self.second) != len(self.first):
            raise ValuesError(
                f"{len(self.first):,} first genes and {len(self.second):,} second genes",
                expected="two genes for each pair",
                do="pass them in the order of the pairs",
            )

    def __len__(self) -> int:
        return len(self.first)


def _check(n_rows: int, labels: NDArray[np.intp], n_classes: int, part: tuple[str, ...]) -> None:
    if labels.shape != (n_rows,) or (part and len(part) != n_rows):
        raise ValuesError(
            f"{n_rows:,} rows, labels of shape {labels.shape} and {len(part):,} parts",
            expected="one label, and one part or none at all, for each row",
            do="check the task's files",
        )
    if n_rows and not (labels.min() >= 0 and labels.max() < n_classes):
        raise ValuesError(
            f"labels from {labels.min()} to {labels.max()} for {n_classes} classes",
            expected=f"labels from 0 to {n_classes - 1}",
            do="check the task's files",
        )
    if wrong := sorted(set(part) - set(PARTS)):
        raise ValuesError(
            f"a part named {wrong[0]!r}", expected="train, valid or test", do="check the task's files"
        )
