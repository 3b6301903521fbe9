"""The resampled scores of every representation, each made once and kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.benchmark.statistics.bootstrap import bootstrap_scores, genes_of


class ScoreKey(NamedTuple):
    """What was learned and scored: one file of predictions.

    Parameters
    ----------
    task
        Name of the task.
    embedding, kind, about
        The representation: its name, its kind, and the embedding that a control belongs to, or ``""``.
    classifier
        Name of the classifier.
    features
        How the vectors of two genes became one, or ``""``.

    Examples
    --------
    >>> ScoreKey("ggi", "minilm", "embedding", "", "logistic_regression", "sum").features
    'sum'
    """

    task: str
    embedding: str
    kind: str
    about: str
    classifier: str
    features: str


# Gives the out-of-fold predictions of a key, or None where there are none.
Predictions = Callable[[ScoreKey], pd.DataFrame | None]


@dataclass(frozen=True, eq=False)
class Resampled:
    """Scores of one representation by one metric under each resample of the genes.

    Parameters
    ----------
    scores
        (B,) means over folds; NaN where undefined.
    n_genes
        Genes in the predictions.
    rows
        SHA-256 of what was scored: repeat, fold, genes and label of each row, whatever their order. Only
        scores of the same rows are paired.
    """

    scores: NDArray[np.float64]
    n_genes: int
    rows: str


class ResampledScores:
    """Makes resampled scores when they are asked for, and keeps them: B numbers each.

    Parameters
    ----------
    predictions
        Gives the out-of-fold predictions of a key.
    n_resamples
        Resamples, B.
    rng
        The seed of all resamples, so that they are paired.
    """

    def __init__(self, predictions: Predictions, *, n_resamples: int, rng: int) -> None:
        self._predictions = predictions
        self._n_resamples = n_resamples
        self._rng = rng
        self._known: dict[tuple[ScoreKey, str], Resampled | None] = {}

    def of(self, key: ScoreKey, metric: str) -> Resampled | None:
        """Give the resampled scores of ``key`` by ``metric``; None where there are no predictions."""
        if (key, metric) not in self._known:
            self._known[key, metric] = self._made(key, metric)
        return self._known[key, metric]

    def _made(self, key: ScoreKey, metric: str) -> Resampled | None:
        predictions = self._predictions(key)
        if predictions is None:
            return None
        scores = bootstrap_scores(predictions, metric, n_resamples=self._n_resamples, rng=self._rng)
        return Resampled(scores, len(genes_of(predictions)), _digest(predictions))


def _digest(predictions: pd.DataFrame) -> str:
    columns = ["repeat", "fold", "first", "second", "label"]
    rows = predictions[columns].sort_values(columns).to_numpy(dtype=np.int64)
    return hashlib.sha256(np.ascontiguousarray(rows).tobytes()).hexdigest()
