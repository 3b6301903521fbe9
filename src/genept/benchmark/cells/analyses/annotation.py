"""Finding the label of cells from other cells that have one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.benchmark.cells.analyses.classify import Guess, default_logistic, logistic, nearest_neighbours
from genept.benchmark.cells.analyses.splits import CellFold, CellSplit
from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.cells.scored import NOT_COMPUTABLE, Asked, Evidence, Score, Scored, Vectors
from genept.benchmark.statistics.class_counts import CLASS_METRICS, class_scores

NEAREST, LOGISTIC = "10-NN cosine", "logistic_regression"
METHODS = (NEAREST, LOGISTIC)
METRICS = tuple(CLASS_METRICS)


@dataclass(frozen=True, eq=False)
class Annotation:
    """Labels are learned from some cells and found for others.

    Parameters
    ----------
    analysis
        ``"annotation"``, or ``"transfer"`` across data sets.
    method
        ``"10-NN cosine"`` or ``"logistic_regression"``.
    target
        The column of the labels.
    split
        Which cells are learned from and which are tested.
    labels
        (n_cells,) labels.
    rows
        (n_cells,) numbers of the cells in the data set, for the predictions.
    protocol
        ``"paper"`` takes the logistic regression as it comes.
    rng
        Seed.
    """

    analysis: str
    method: str
    target: str
    split: CellSplit
    labels: Labels
    rows: NDArray[np.intp]
    protocol: str
    rng: int

    def title(self) -> str:
        """Name the method and the split."""
        return f"{self.analysis} {self.method} {self.target} {self.split.name}"

    def asked(self) -> list[tuple[Asked, tuple[str, ...]]]:
        """Everything is asked of one method and one split."""
        return [(self._asked, METRICS)]

    def size(self) -> int:
        """Cells learned from, in all folds; a regression takes longer than a look around."""
        work = 1 if self.method == NEAREST else 20
        return work * sum(len(fold.train) for fold in self.split.folds)

    def score(self, vectors: Vectors) -> Scored:
        """Score each fold; one that can't be learned from has no value."""
        scored = Scored()
        frames = []
        for fold in self.split.folds:
            reason = _why_not(fold, self.labels)
            if reason:
                scored.scores.extend(self._empty(fold, reason))
                continue
            guess = guess_labels(
                vectors[fold.train],
                self.labels[fold.train],
                vectors[fold.test],
                method=self.method,
                protocol=self.protocol,
                rng=self.rng,
            )
            known = self.labels[fold.test]
            note = "; ".join(filter(None, [fold.note, guess.note]))
            scored.scores.extend(
                Score(self._asked, metric, value, fold.repeat, fold.fold, len(fold.train), len(known), note)
                for metric, value in class_scores(known, guess.predicted).items()
            )
            frames.append(
                pd.DataFrame(
                    {
                        "repeat": fold.repeat,
                        "fold": fold.fold,
                        "cell": self.rows[fold.test],
                        "label": known,
                        "predicted": guess.predicted,
                    }
                )
            )
        if frames:
            frame = pd.concat(frames, ignore_index=True)
            scored.evidence.append(Evidence(self._asked, "predictions", frame))
        return scored

    @property
    def _asked(self) -> Asked:
        return Asked(self.analysis, self.method, self.target, self.split.name)

    def _empty(self, fold: CellFold, reason: str) -> list[Score]:
        note = "; ".join(filter(None, [f"{NOT_COMPUTABLE}{reason}", fold.note]))
        sizes = len(fold.train), len(fold.test)
        return [Score(self._asked, metric, None, fold.repeat, fold.fold, *sizes, note) for metric in METRICS]


def guess_labels(
    train: Vectors, labels: Labels, test: Vectors, *, method: str, protocol: str, rng: int
) -> Guess:
    """Predict labels by a method, as a protocol has it."""
    if method == NEAREST:
        return nearest_neighbours(train, labels, test)
    if protocol == "paper":
        return default_logistic(train, labels, test)
    return logistic(train, labels, test, rng=rng, choose=True)


def _why_not(fold: CellFold, labels: Labels) -> str:
    if not len(fold.test):
        return "no cell to test"
    if len(np.unique(labels[fold.train])) < 2:
        return "a single label to learn from"
    return ""
