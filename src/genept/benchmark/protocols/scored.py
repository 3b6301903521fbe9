"""What a protocol gives back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.benchmark.sample import NotComputableError, Sample

_RANKING = "roc_auc"


def is_ranked(sample: Sample, metrics: Sequence[str]) -> bool:
    """Whether genes are ranked by how much they look positive (ROC AUC), or put into classes.

    The metrics decide, not how many classes are left: of many classes two may have enough genes.

    Raises
    ------
    NotComputableError
        If other than two classes are to be ranked, or metrics of both kinds are asked for.
    """
    if _RANKING not in metrics:
        return False
    if len(metrics) > 1 or len(sample.classes) != 2:
        raise NotComputableError(
            f"{', '.join(metrics)} of {len(sample.classes)} classes",
            expected="roc_auc alone for two classes, accuracy and balanced_accuracy for any number",
            do="correct the task's metrics",
        )
    return True


@dataclass(frozen=True)
class Fold:
    """One fold, scored.

    Parameters
    ----------
    repeat, fold
        Which, from 0.
    values
        Metric to value.
    n_train, n_test
        Rows that were learned from and tested.
    C
        Inverse strength of the l2 penalty that was chosen; ``None`` for a forest.
    note
        What one should know of it.
    """

    repeat: int
    fold: int
    values: dict[str, float]
    n_train: int
    n_test: int
    C: float | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Scored:
    """All folds, and what was predicted for each row that was tested.

    Parameters
    ----------
    folds
        In order.
    predictions
        ``repeat``, ``fold``, ``first``, ``second`` (rows of genes; -1 for none), ``label``, and ``score``
        (of two classes: the higher the more positive, and ``label`` is 1 for the positive one) or
        ``predicted``.
    permuted
        Scores, by the first metric, of runs on permuted labels; none where not asked for.
    """

    folds: list[Fold]
    predictions: pd.DataFrame
    permuted: tuple[float, ...] = ()


@dataclass
class Collected:
    """Folds and predictions as they come.

    Parameters
    ----------
    sample
        What is scored.
    """

    sample: Sample
    folds: list[Fold] = field(default_factory=list)
    frames: list[pd.DataFrame] = field(default_factory=list)

    def add(self, fold: Fold, test: NDArray[np.intp], labels: NDArray[np.intp], **predicted: Any) -> None:
        """Take one fold: which rows were tested, their labels, and ``score=`` or ``predicted=``."""
        second = -1 if self.sample.second is None else self.sample.second[test]
        columns = {
            "repeat": fold.repeat,
            "fold": fold.fold,
            "first": self.sample.first[test],
            "second": second,
            "label": labels[test],
        }
        self.folds.append(fold)
        self.frames.append(pd.DataFrame(columns | predicted))

    def scored(self, permuted: Iterable[float] = ()) -> Scored:
        """Give all of it back."""
        return Scored(self.folds, pd.concat(self.frames, ignore_index=True), tuple(permuted))
