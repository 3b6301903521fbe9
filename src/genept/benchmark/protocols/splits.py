"""Folds: stratified, shuffled, and whole groups on one side."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from genept.benchmark.sample import NotComputableError, Sample

N_FOLDS = 5
# Repeats until about so many rows have been tested: small tasks are noisy, large ones are costly.
_ROWS_TO_TEST = 10_000
_MOST_REPEATS = 5

Split = tuple[NDArray[np.intp], NDArray[np.intp]]


def n_repeats(n_rows: int) -> int:
    """How often the folds are drawn anew: five times for up to 2,000 rows, once from 10,000 on.

    Examples
    --------
    >>> n_repeats(490), n_repeats(3_000), n_repeats(20_000)
    (5, 3, 1)
    """
    return max(1, min(_MOST_REPEATS, _ROWS_TO_TEST // n_rows))


def gene_folds(labels: NDArray[np.intp], groups: NDArray[np.intp], *, n_folds: int, rng: int) -> list[Split]:
    """Stratified, shuffled folds of labelled genes; the genes of a group are all on one side.

    Parameters
    ----------
    labels
        (n,) classes.
    groups
        (n,) group of each gene: itself, or its family.
    n_folds
        How many.
    rng
        Seed.

    Returns
    -------
    list of (train, test)
        Rows of each.
    """
    rows = np.zeros(len(labels))
    if len(np.unique(groups)) == len(groups):
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=rng).split(rows, labels)
    else:
        folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=rng).split(rows, labels, groups)
    return list(folds)


def pair_folds(pairs: NDArray[np.intp], groups: NDArray[np.intp], *, n_folds: int, rng: int) -> list[Split]:
    """Folds of genes, not of pairs: tested pairs have both genes in one fold, those learned from neither.

    Pairs across are in neither. A pair classifier that has seen a gene can do well by how many
    partners that gene has.

    Parameters
    ----------
    pairs
        (n, 2) genes.
    groups
        (n_genes,) group of each gene: itself, or its family.
    n_folds
        How many.
    rng
        Seed.

    Returns
    -------
    list of (train, test)
        Rows of each.

    References
    ----------
    Park & Marcotte, Nature Methods 2012, doi:10.1038/nmeth.2259.
    """
    drawn = np.random.default_rng(rng).permutation(int(groups.max()) + 1) % n_folds
    fold = drawn[groups][pairs]
    return [
        (np.flatnonzero((fold != k).all(axis=1)), np.flatnonzero((fold == k).all(axis=1)))
        for k in range(n_folds)
    ]


def refuse_small_classes(labels: NDArray[np.intp], groups: NDArray[np.intp], sample: Sample) -> None:
    """Raise where a class has fewer genes, or groups of genes, than there are folds.

    Raises
    ------
    NotComputableError
        Naming the class.
    """
    for label, name in enumerate(sample.classes):
        size = len(np.unique(groups[labels == label]))
        if size < N_FOLDS:
            raise NotComputableError(
                f"{size} {'genes (or families)' if sample.second is None else 'pairs'} of the class {name!r}",
                expected=f"{N_FOLDS} at least, one for each fold",
                do="embed more of these genes, or leave this task out",
            )


def learnable(splits: list[Split], labels: NDArray[np.intp]) -> Iterator[tuple[int, Split]]:
    """Yield, numbered, each split that has two classes on both sides; families may leave others bare."""
    for number, (train, test) in enumerate(splits):
        if len(np.unique(labels[train])) > 1 and len(np.unique(labels[test])) > 1:
            yield number, (train, test)
