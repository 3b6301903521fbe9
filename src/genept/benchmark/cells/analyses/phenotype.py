"""Finding the phenotype of samples from others: by cell, by vote, and by the mean of the cells."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from genept.benchmark.cells.analyses.classify import Guess, default_logistic, logistic
from genept.benchmark.cells.analyses.patients import need_folds, need_two_conditions, refuse_shared_patients
from genept.benchmark.cells.analyses.splits import CellSplit
from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.cells.scored import Asked, Evidence, Score, Scored, Vectors
from genept.benchmark.statistics.class_counts import class_scores

BY_CELL, BY_MEAN, VOTING = "logistic_regression by cell", "logistic_regression by sample mean", "voting"
_CLASSES = ("accuracy", "balanced_accuracy", "macro_f1")


@dataclass(frozen=True, eq=False)
class Phenotype:
    """The condition of samples is learned from some patients and found for others.

    What is predicted for all patients of one repeat, each by the model that hadn't seen them, is scored
    together: a fold of four patients alone has no ROC curve worth the name.

    Parameters
    ----------
    by_mean
        Whether a sample is the mean of its cells; else each cell is learned from by itself, and a sample has
        the condition that most of its cells are given.
    target
        The column of the conditions.
    split
        Folds of whole patients.
    conditions, samples, patients
        (n_cells,) of each cell.
    rows
        (n_cells,) numbers of the cells in the data set.
    protocol
        ``"paper"`` takes the logistic regression as it comes.
    rng
        Seed.
    """

    by_mean: bool
    target: str
    split: CellSplit
    conditions: Labels
    samples: Labels
    patients: Labels
    rows: NDArray[np.intp]
    protocol: str
    rng: int

    def title(self) -> str:
        """Name what a row is."""
        return f"phenotype {self.target} {'sample' if self.by_mean else 'cell'}"

    def asked(self) -> list[tuple[Asked, tuple[str, ...]]]:
        """By cell and by vote, or by mean; the ROC curve is that of two conditions."""
        metrics = (*_CLASSES, "roc_auc") if len(np.unique(self.conditions)) == 2 else _CLASSES
        methods = (BY_MEAN,) if self.by_mean else (BY_CELL, VOTING)
        return [(self._of(method), metrics) for method in methods]

    def size(self) -> int:
        """Rows learned from."""
        return 1 if self.by_mean else 20 * sum(len(fold.train) for fold in self.split.folds)

    def score(self, vectors: Vectors) -> Scored:
        """Score each repeat.

        Raises
        ------
        NotComputableError
            If there are too few patients.
        ArgumentError
            If a patient is on both sides of a split.
        """
        need_folds(self.split, len(np.unique(self.patients)))
        for fold in self.split.folds:
            refuse_shared_patients(self.patients, fold.train, fold.test)
            need_two_conditions(self.conditions[fold.train], fold.note)
        if self.by_mean:
            first, cell_of = np.unique(self.samples, return_index=True, return_inverse=True)[1:]
            means = _means(vectors, cell_of, len(first))
            frame = self._predicted(means, first, of_cells=False)
            return self._scored(BY_MEAN, frame)
        frame = self._predicted(vectors, np.arange(len(vectors)), of_cells=True)
        by_cell, voted = self._scored(BY_CELL, frame), self._scored(VOTING, votes(frame))
        return Scored(by_cell.scores + voted.scores, by_cell.evidence + voted.evidence)

    def _predicted(self, vectors: Vectors, cells: NDArray[np.intp], *, of_cells: bool) -> pd.DataFrame:
        """Predict rows of ``vectors``: these cells, or the samples that these cells stand for."""
        frames = []
        for fold in self.split.folds:
            train, test = (
                np.flatnonzero(np.isin(cells, fold.train)),
                np.flatnonzero(np.isin(cells, fold.test)),
            )
            guess = self._guess(vectors[train], self.conditions[cells[train]], vectors[test])
            tested = cells[test]
            columns: dict[str, Any] = {
                "repeat": fold.repeat,
                "fold": fold.fold,
                "cell": self.rows[tested] if of_cells else -1,
                "label": self.conditions[tested],
                "predicted": guess.predicted,
                "sample": self.samples[tested],
                "patient": self.patients[tested],
            }
            if guess.positive is not None:
                columns["score"] = guess.positive
            frames.append(pd.DataFrame(columns))
        return pd.concat(frames, ignore_index=True)

    def _guess(self, train: Vectors, conditions: Labels, test: Vectors) -> Guess:
        if self.protocol == "paper":
            return default_logistic(train, conditions, test)
        return logistic(train, conditions, test, rng=self.rng, choose=False)

    def _scored(self, method: str, frame: pd.DataFrame) -> Scored:
        asked = self._of(method)
        scored = Scored(evidence=[Evidence(asked, "predictions", frame)])
        n_patients = len(np.unique(self.patients))
        note = f"{n_patients} patients, {len(np.unique(self.samples))} samples; folds of a repeat together"
        for repeat, part in frame.groupby("repeat", sort=True):
            known, predicted = part["label"].to_numpy(dtype=str), part["predicted"].to_numpy(dtype=str)
            values = {name: class_scores(known, predicted)[name] for name in _CLASSES}
            if "score" in part:
                positive = np.unique(self.conditions)[1]
                values["roc_auc"] = float(roc_auc_score(known == positive, part["score"]))
            scored.scores.extend(
                Score(asked, metric, value, int(str(repeat)), 0, None, len(part), note)
                for metric, value in values.items()
            )
        return scored

    def _of(self, method: str) -> Asked:
        return Asked("phenotype", method, self.target, self.split.name)


def votes(frame: pd.DataFrame) -> pd.DataFrame:
    """Give each sample the condition that most of its cells were given.

    Parameters
    ----------
    frame
        A row for each cell that was tested: ``repeat``, ``fold``, ``sample``, ``patient``, ``label``,
        ``predicted`` and, of two conditions, ``score``.

    Returns
    -------
    pandas.DataFrame
        A row for each sample. ``score`` is the share of its cells that were given the second condition; of
        equal shares, the condition that comes first in the alphabet is predicted.
    """
    by = ["repeat", "fold", "sample", "patient", "label"]
    given = frame.groupby([*by, "predicted"], sort=True).size().reset_index(name="n")
    most = given.sort_values([*by, "n"], ascending=[True] * 5 + [False], kind="stable").drop_duplicates(by)
    voted = most.drop(columns="n").assign(cell=-1)
    columns = ["repeat", "fold", "cell", "label", "predicted", "sample", "patient"]
    if "score" not in frame:
        return voted[columns].reset_index(drop=True)
    positive = frame["label"].max()
    share = (frame["predicted"] == positive).groupby([frame[name] for name in by]).mean()
    return voted.merge(share.rename("score").reset_index(), on=by)[[*columns, "score"]]


def _means(vectors: Vectors, group: NDArray[np.intp], n_groups: int) -> Vectors:
    total = np.zeros((n_groups, vectors.shape[1]))
    np.add.at(total, group, vectors)
    return np.asarray(total / np.bincount(group, minlength=n_groups)[:, None], dtype=np.float32)
