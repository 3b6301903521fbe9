"""Which cells are learned from and which are tested."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.protocols.splits import N_FOLDS, gene_folds, n_repeats

# Up to so many groups, each is left out by itself; of more, five folds of groups are made.
MOST_LEFT_OUT = 10
# The paper's share of held-out cells.
_HELD_OUT = 0.2


@dataclass(frozen=True, eq=False)
class CellFold:
    """One fold.

    Parameters
    ----------
    repeat, fold
        Which, from 0.
    train, test
        Positions of cells.
    note
        What one should know of it.
    """

    repeat: int
    fold: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    note: str = ""


@dataclass(frozen=True, eq=False)
class CellSplit:
    """A way to split, by name, and its folds."""

    name: str
    folds: tuple[CellFold, ...]


def paper_split(labels: Labels, *, rng: int) -> CellSplit:
    """Split 80/20 at random, as the paper does: not stratified.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods.
    """
    train, test = train_test_split(np.arange(len(labels)), test_size=_HELD_OUT, random_state=rng)
    return CellSplit("80/20", (CellFold(0, 0, train, test),))


def repeated_split(labels: Labels, *, rng: int) -> CellSplit:
    """Five stratified folds, drawn anew five times for small data sets and once for large ones."""
    repeats = n_repeats(len(labels))
    codes = np.unique(labels, return_inverse=True)[1]
    folds = [
        CellFold(repeat, number, train, test)
        for repeat in range(repeats)
        for number, (train, test) in enumerate(
            gene_folds(codes, np.arange(len(labels)), n_folds=N_FOLDS, rng=rng + repeat)
        )
    ]
    return CellSplit(f"{repeats} x {N_FOLDS} folds", tuple(folds))


def across_groups(labels: Labels, groups: Labels, key: str, *, rng: int) -> CellSplit:
    """Leave out one batch, or donor, after the other; of more than ten, five folds of whole ones.

    Cells whose label no other group has can't be told, and aren't tested; the fold's note counts them.

    Parameters
    ----------
    labels, groups
        (n,) of each cell.
    key
        The column of the groups, for the name of the split.
    rng
        Seed of the folds.
    """
    names = np.unique(groups)
    if len(names) <= MOST_LEFT_OUT:
        pairs = [(np.flatnonzero(groups != one), np.flatnonzero(groups == one)) for one in names]
        whose, title = [f"{key} {one} left out" for one in names], f"leave out one {key}"
    else:
        folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=rng)
        pairs = list(folds.split(np.zeros(len(labels)), labels, groups))
        whose = [f"{len(np.unique(groups[test]))} of {key} left out" for _, test in pairs]
        title = f"{N_FOLDS} folds of {key}"
    return CellSplit(
        title,
        tuple(
            _learnable(number, train, test, labels, note)
            for number, ((train, test), note) in enumerate(zip(pairs, whose, strict=True))
        ),
    )


def _learnable(
    number: int, train: NDArray[np.intp], test: NDArray[np.intp], labels: Labels, note: str
) -> CellFold:
    known = np.isin(labels[test], labels[train])
    n_unknown = int((~known).sum())
    if n_unknown:
        note += f"; {n_unknown:,} cells of labels that no other has aren't tested"
    return CellFold(0, number, train, test[known], note)
