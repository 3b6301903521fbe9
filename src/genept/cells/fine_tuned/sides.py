"""Which cells are learned from: some of each class, or all cells of some groups."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from genept.errors import ArgumentError, ValuesError, name_some

# Ways to part the groups that are tried; the best one is taken.
_TRIES = 200


def draw_cells(labels: ArrayLike, share: float, *, rng: int) -> NDArray[np.bool_]:
    """Draw a share of the cells of each class: at least one cell, and of several cells never all.

    Parameters
    ----------
    labels
        (n,) class of each cell.
    share
        How much of each class is drawn, 0 to 1.
    rng
        Seed.

    Returns
    -------
    (n,) bool array
        Which cells were drawn. A class of one cell is.

    Examples
    --------
    >>> draw_cells(["a"] * 8 + ["b"] * 2 + ["c"], 0.25, rng=0).nonzero()[0].size
    4
    """
    random = np.random.default_rng(rng)
    _, codes = np.unique(labels, return_inverse=True)
    drawn = np.zeros(len(codes), dtype=bool)
    for code in range(codes.max() + 1):
        rows = random.permutation(np.flatnonzero(codes == code))
        drawn[rows[: max(1, min(round(share * len(rows)), len(rows) - 1))]] = True
    return drawn


def draw_groups(labels: ArrayLike, groups: ArrayLike, share: float, *, rng: int) -> NDArray[np.bool_]:
    """Draw a share of the groups, with all their cells: no group is ever parted.

    Of many ways to draw them the one is taken that leaves as many classes as can be among the drawn cells,
    then as many among the others, and then parts each class most nearly by ``share``.

    Parameters
    ----------
    labels
        (n,) class of each cell.
    groups
        (n,) group of each cell, such as its patient; at least two.
    share
        How many of the groups are drawn, 0 to 1: at least one, and never all.
    rng
        Seed.

    Returns
    -------
    (n,) bool array
        Which cells were drawn.

    Raises
    ------
    ArgumentError
        If all cells are of one group.

    Examples
    --------
    >>> draw_groups(["a", "b", "a", "b"], ["p1", "p1", "p2", "p2"], 0.8, rng=0).tolist()
    [True, True, False, False]
    """
    random = np.random.default_rng(rng)
    _, codes = np.unique(labels, return_inverse=True)
    names, group = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        raise ArgumentError(
            f"one group only ({name_some(map(str, names))})",
            expected="cells of at least two groups, some to learn from and others to be held out",
            do="part the cells without groups, or take more of them",
        )
    sizes = np.zeros((len(names), codes.max() + 1))
    np.add.at(sizes, (group, codes), 1)
    n_drawn = max(1, min(round(share * len(names)), len(names) - 1))
    best, chosen = (-1, -1, -np.inf), np.empty(0, dtype=np.intp)
    for _ in range(_TRIES):
        some = random.permutation(len(names))[:n_drawn]
        shares = sizes[some].sum(axis=0) / sizes.sum(axis=0)
        found = int((shares > 0).sum()), int((shares < 1).sum()), -float(np.abs(shares - share).sum())
        if found > best:
            best, chosen = found, some
    return np.asarray(np.isin(group, chosen))


def refuse_shared_groups(groups: ArrayLike, training: NDArray[np.bool_]) -> None:
    """Refuse groups with cells on both sides of a split.

    Parameters
    ----------
    groups
        (n,) group of each cell.
    training
        (n,) which cells are learned from.

    Raises
    ------
    ArgumentError
        Naming a few of these groups.
    """
    known = np.asarray(groups)
    shared = sorted({*map(str, known[training])} & {*map(str, known[~training])})
    if shared:
        raise ArgumentError(
            f"{len(shared):,} groups with cells on both sides of the split: {name_some(shared)}",
            expected="each group on one side, or what is learned of it would be scored on itself",
            do="put all cells of a group on one side, or leave the training cells to be drawn",
        )


def refuse_gaps(values: ArrayLike, what: str) -> None:
    """Refuse labels or groups of which some are missing; ``what`` says which they are.

    Raises
    ------
    ValuesError
        With their number.
    """
    n_missing = int(np.sum(pd.isna(np.asarray(values, dtype=object))))
    if n_missing:
        raise ValuesError(
            f"{n_missing:,} cells without a {what}",
            expected=f"a {what} for each cell that is learned from",
            do="leave these cells out (in Python: adata[adata.obs[key].notna()])",
        )
