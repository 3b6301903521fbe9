"""Folds of patients: no cell, and no sample, of a patient is on both sides."""

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold, StratifiedKFold

from genept.benchmark.cells.analyses.splits import CellFold, CellSplit
from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.protocols.splits import N_FOLDS
from genept.benchmark.sample import NotComputableError
from genept.errors import ArgumentError, name_some

_REPEATS = 5


def patient_split(patients: Labels, conditions: Labels, key: str, *, rng: int, repeated: bool) -> CellSplit:
    """Split cells by patient, the conditions of the patients spread over the folds.

    Five folds, or as many as the rarer condition has patients; where patients have several conditions, as
    before and after a drug, as many as there are patients at most.

    Parameters
    ----------
    patients, conditions
        (n_cells,) whose a cell is, and its condition.
    key
        The column of the patients, for the name of the split.
    rng
        Seed.
    repeated
        Whether folds are drawn anew five times, where another draw gives other folds.

    Returns
    -------
    CellSplit
        Empty where patients are too few: two with each condition, or two with several.
    """
    names = np.unique(patients)
    title = f"folds of {key}"
    first = [np.unique(conditions[patients == one]) for one in names]
    paired = any(len(one) > 1 for one in first)
    of_patient = np.array([one[0] for one in first])
    fewest = len(names) if paired else int(np.unique(of_patient, return_counts=True)[1].min())
    n_folds = min(N_FOLDS, fewest)
    if n_folds < 2:
        return CellSplit(title, ())
    alone = n_folds == len(names)
    folds: list[CellFold] = []
    for repeat in range(1 if alone or not repeated else _REPEATS):
        kind = KFold if paired else StratifiedKFold
        drawn = kind(n_folds, shuffle=True, random_state=rng + repeat).split(names, of_patient)
        for number, (_, out) in enumerate(drawn):
            is_test = np.isin(patients, names[out])
            train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
            folds.append(CellFold(repeat, number, train, test, f"left out: {name_some(names[out])}"))
    return CellSplit(title, tuple(folds))


def refuse_shared_patients(patients: Labels, train: NDArray[np.intp], test: NDArray[np.intp]) -> None:
    """Raise where a patient has cells on both sides of a split.

    Raises
    ------
    ArgumentError
        Naming the patients.
    """
    both = np.intersect1d(patients[train], patients[test])
    if len(both):
        raise ArgumentError(
            f"cells of {len(both)} patients on both sides of a split: {name_some(both)}",
            expected="all cells of a patient on one side",
            do="split by patient (genept.benchmark.cells.analyses.patients.patient_split)",
        )


def need_folds(split: CellSplit, n_patients: int) -> None:
    """Raise where patients are too few to be split.

    Raises
    ------
    NotComputableError
        With how many there are.
    """
    if not split.folds:
        raise NotComputableError(
            f"{n_patients} patients (or samples), of which a condition has one alone",
            expected="two patients at least with each condition",
            do="use more patients",
        )


def need_two_conditions(conditions: Labels, left_out: str) -> None:
    """Raise where the patients that are learned from have one condition alone.

    Raises
    ------
    NotComputableError
        With the fold.
    """
    if len(np.unique(conditions)) < 2:
        raise NotComputableError(
            f"a single condition to learn from ({left_out})",
            expected="each condition in two patients at least",
            do="use more patients",
        )
