"""Labels carried from one data set to another, whose genes may be others."""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from genept.benchmark.cells.analyses.annotation import METHODS, Annotation
from genept.benchmark.cells.analyses.splits import CellFold, CellSplit
from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.scored import Analysis, Vectors
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.cells.shared_genes import shared_columns
from genept.benchmark.cells.vectors.pca import (
    PCA_NAME,
    SCALED_NAME,
    fit_pca,
    log_normalised,
    variable_columns,
)
from genept.benchmark.cells.vectors.representation import BASELINE, CellVectors, Made, NoCellVectors
from genept.errors import UnknownNameError, ValuesError, name_some


@dataclass(frozen=True)
class Transfer:
    """From which data set to which, by name."""

    train: str
    test: str


@dataclass(frozen=True, eq=False)
class TransferPlan:
    """What is scored, and on what.

    Parameters
    ----------
    analyses
        Of the cells of both data sets, those that are learned from first.
    made
        Their vectors.
    """

    analyses: list[Analysis]
    made: Made


def check_transfer(train: LabelledCells, test: LabelledCells) -> None:
    """Raise where nothing that is learned on one data set can be tested on the other.

    Raises
    ------
    UnknownNameError
        If one of them has no labels.
    ValuesError
        If fewer than two labels are in both.
    """
    for cells in (train, test):
        if "label" not in cells.values:
            raise UnknownNameError(
                f"no label key for the data set {cells.name!r}",
                expected="labels on both sides of a transfer",
                do=f"name it: --label-key {cells.name}=KEY",
            )
    shared = np.intersect1d(train.values["label"], test.values["label"])
    if len(shared) < 2:
        raise ValuesError(
            f"{len(shared)} labels in both {_named(train)} and {_named(test)}",
            expected="two at least, written the same way",
            do="rename the labels of one of them, in a column of its own",
        )


def _named(cells: LabelledCells) -> str:
    return f"{cells.name!r} ({name_some(np.unique(cells.values['label']), 10)})"


def plan_transfer(
    train: LabelledCells, test: LabelledCells, *, made: tuple[Made, Made], settings: CellSettings
) -> TransferPlan:
    """Make vectors of both data sets in one space, and what is to be scored on them.

    Gene vectors and their encoder are the same for both. Principal components are fitted on the genes that
    both have, in the cells that are learned from, and applied to the others. Whether a key of ``obsm`` means
    the same in both isn't known.

    Parameters
    ----------
    train, test
        The cells that are learned from, and those that are tested.
    made
        The representations of both.
    settings
        How everything is scored.
    """
    both = Made()
    tested = {one.name: one for one in made[1].vectors}
    for one in made[0].vectors:
        other = tested.get(one.name)
        if one.one_space and other is not None:
            vectors = np.concatenate([one.vectors, other.vectors])
            both.add(CellVectors(one.name, one.kind, vectors, note=other.note))
    names = {one.name for one in both.vectors}
    for part in made:
        for missing in part.missing:
            if missing.name not in names:
                names.add(missing.name)
                both.add(missing)
    for one in made[0].vectors:
        if not one.one_space and one.kind != BASELINE and one.name not in names:
            reason = f"whether {one.name} of the two data sets lies in one space isn't known"
            both.add(NoCellVectors(one.name, one.kind, reason))
    both.missing[:] = [one for one in both.missing if one.kind != BASELINE]
    with threadpool_limits(1):
        for baseline in _components(train, test, seed=settings.rng):
            both.add(baseline)
    return TransferPlan(_analyses(train, test, settings), both)


def _components(train: LabelledCells, test: LabelledCells, *, seed: int) -> list[CellVectors | NoCellVectors]:
    first, second = shared_columns(train, test)
    if not len(first):
        reason = f"{train.name} and {test.name} have no gene in common"
        return [NoCellVectors(name, BASELINE, reason) for name in (PCA_NAME, SCALED_NAME)]
    columns = variable_columns(train.measured.expression, first)
    if isinstance(columns, str):
        return [NoCellVectors(name, BASELINE, columns) for name in (PCA_NAME, SCALED_NAME)]
    other = dict(zip(first.tolist(), second.tolist(), strict=True))
    learned = log_normalised(train.measured.expression, columns)
    asked = log_normalised(test.measured.expression, np.array([other[column] for column in columns.tolist()]))
    note = f"fitted on {len(columns):,} of {len(first):,} genes that both have"
    made: list[CellVectors | NoCellVectors] = []
    for name, scale in ((PCA_NAME, False), (SCALED_NAME, True)):
        fitted = fit_pca(learned, scale=scale, seed=seed)
        vectors: Vectors = np.concatenate([fitted.of(learned), fitted.of(asked)])
        made.append(CellVectors(name, BASELINE, vectors, note=note))
    return made


def _analyses(train: LabelledCells, test: LabelledCells, settings: CellSettings) -> list[Analysis]:
    labels = np.concatenate([train.values["label"], test.values["label"]])
    n_train = len(train)
    known = np.isin(test.values["label"], train.values["label"])
    n_unknown = int((~known).sum())
    unknown = f"{n_unknown:,} cells of labels that {train.name} lacks aren't tested" if n_unknown else ""
    note = "; ".join(filter(None, [unknown, _patients_of_both(train, test)]))
    fold = CellFold(0, 0, np.arange(n_train), n_train + np.flatnonzero(known), note)
    split = CellSplit(f"train {train.name}, test {test.name}", (fold,))
    rows = np.concatenate([train.rows, test.rows])
    target = str(test.keys.label)
    return [
        Annotation("transfer", method, target, split, labels, rows, settings.protocol, settings.rng)
        for method in METHODS
    ]


def _patients_of_both(train: LabelledCells, test: LabelledCells) -> str:
    """Name the patients, or samples, on both sides: the same people, unless names such as 1 and 2 are."""
    if train.patients is None or test.patients is None:
        return ""
    both = np.intersect1d(train.patients, test.patients)
    key = train.patient_key
    return f"{key} of the same name in both, learned from and tested: {name_some(both)}" if len(both) else ""
