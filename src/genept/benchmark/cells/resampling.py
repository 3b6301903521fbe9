"""Scores under resamples of the cells, or of the patients, from what was found cell by cell."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from genept.benchmark.statistics import resampled_counts
from genept.benchmark.statistics.agreement import AGREEMENTS
from genept.benchmark.statistics.bootstrap import N_RESAMPLES
from genept.benchmark.statistics.class_counts import CLASS_METRICS, ClassCounts
from genept.benchmark.statistics.scorers import auc_scorer, ratio_where_defined
from genept.benchmark.statistics.weights import blocks

# From how often each unit was drawn, (B, n_units), and the number of the first of these resamples, to scores
# (B,) by metric.
Rescorer = Callable[[NDArray[np.int32], int], dict[str, NDArray[np.float64]]]
# What chance gives takes milliseconds for each resample; the ends of an interval from 200 are steady to about
# a tenth of its width.
SLOW, N_SLOW = "ami", 200


def rescore(
    rescorers: Mapping[Any, Rescorer], n_units: int, *, rng: int, n_resamples: int = N_RESAMPLES
) -> dict[Any, dict[str, NDArray[np.float64]]]:
    """Score everything under the same resamples, so that scores can be subtracted.

    Parameters
    ----------
    rescorers
        What is scored, by any key.
    n_units
        What is drawn: cells, or patients.
    rng
        Seed of the resamples.
    n_resamples
        B.

    Returns
    -------
    dict
        By key and metric (B,) scores; NaN where undefined. Of AMI there are only the first 200.
    """
    generator = np.random.default_rng(rng)
    parts: dict[Any, list[dict[str, NDArray[np.float64]]]] = {key: [] for key in rescorers}
    for block in blocks(n_resamples, n_units):
        counts = resampled_counts(n_units, block.stop - block.start, generator)
        for key, again in rescorers.items():
            parts[key].append(again(counts, block.start))
    return {
        key: {metric: _joined(metric, [one[metric] for one in found]) for metric in found[0]}
        for key, found in parts.items()
    }


def of_predictions(frame: pd.DataFrame, units: NDArray[Any], *, unit: str, by: Sequence[str]) -> Rescorer:
    """Make ready the metrics of predictions, each the mean over folds.

    Macro means are over the classes that a fold has, drawn or not: one that isn't drawn keeps its score.

    Parameters
    ----------
    frame
        Predictions: ``label``, ``predicted``, a column of units and, of two classes, ``score``.
    units
        (n_units,) all that are drawn, sorted.
    unit
        The column that says which unit a row is of.
    by
        The columns that tell folds apart.
    """
    classes = np.unique(frame[["label", "predicted"]].to_numpy(dtype=str))
    fold: NDArray[Any] = frame.groupby(list(by), sort=True).ngroup().to_numpy()
    unit_of = np.asarray(np.searchsorted(units, frame[unit].to_numpy(dtype=units.dtype)), dtype=np.intp)
    known = np.searchsorted(classes, frame["label"].to_numpy(dtype=str))
    guessed = np.searchsorted(classes, frame["predicted"].to_numpy(dtype=str))
    n_folds, n_classes = int(fold.max()) + 1, len(classes)

    def tally(codes: NDArray[np.intp], rows: NDArray[np.intp]) -> sparse.csr_array:
        return _tally(fold[rows] * n_classes + codes[rows], unit_of[rows], (n_folds * n_classes, len(units)))

    everything = np.arange(len(frame))
    tallies = (
        tally(known, np.flatnonzero(known == guessed)),
        tally(known, everything),
        tally(guessed, everything),
    )

    def counted(drawn: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        # Each (B, folds, classes)
        shape = drawn.shape[1], n_folds, n_classes
        return [np.asarray(table @ drawn).T.reshape(shape) for table in tallies]

    right, of_known, of_guessed = counted(np.ones((len(units), 1)))
    whole = ClassCounts(right, of_known, of_guessed)
    curves = _curves(frame, fold, unit_of, n_folds) if "score" in frame else None

    def again(counts: NDArray[np.int32], _start: int) -> dict[str, NDArray[np.float64]]:
        right, of_known, of_guessed = counted(counts.T.astype(np.float64))
        tables = ClassCounts(right, of_known, of_guessed, whole)
        found = {name: _mean(metric(tables)) for name, metric in CLASS_METRICS.items()}
        if curves is not None:
            found["roc_auc"] = curves(counts)
        return found

    return again


def of_clusters(labels: NDArray[Any], clusters: NDArray[Any], units: NDArray[Any] | None = None) -> Rescorer:
    """Make ready the agreement of labels with clusters that stay as they are.

    A cell that is drawn twice agrees with itself, which lifts the agreement by about one in so many cells.

    Parameters
    ----------
    labels, clusters
        (n_cells,) of the cells that are drawn.
    units
        (n_cells,) whose cell each is, where patients are drawn in place of cells: all of them, sorted.
    """
    unit_of = np.arange(len(labels)) if units is None else np.unique(units, return_inverse=True)[1]
    names, rows = np.unique(labels, return_inverse=True)
    others, columns = np.unique(clusters, return_inverse=True)
    shape = len(names), len(others)
    table = _tally(rows * shape[1] + columns, unit_of, (shape[0] * shape[1], int(unit_of.max()) + 1))

    def again(counts: NDArray[np.int32], start: int) -> dict[str, NDArray[np.float64]]:
        tables = np.asarray(table @ counts.T.astype(np.float64)).T.reshape(len(counts), *shape)
        found = {name: agree(tables) for name, agree in AGREEMENTS.items() if name != SLOW}
        few = max(0, min(len(counts), N_SLOW - start))
        slow = np.full(len(counts), np.nan)
        slow[:few] = AGREEMENTS[SLOW](tables[:few])
        return found | {SLOW: slow}

    return again


def of_means(values: Mapping[str, NDArray[np.float64]]) -> Rescorer:
    """Make ready the mean over cells of values that each cell has; those without a value (NaN) don't count.

    Parameters
    ----------
    values
        By metric, (n_cells,).
    """

    def again(counts: NDArray[np.int32], _start: int) -> dict[str, NDArray[np.float64]]:
        found = {}
        for metric, each in values.items():
            there = np.isfinite(each)
            drawn = counts[:, there].astype(np.float64)
            found[metric] = ratio_where_defined(drawn @ each[there], drawn.sum(axis=1))
        return found

    return again


def _tally(
    what: NDArray[np.intp], unit: NDArray[np.intp], shape: tuple[int, int]
) -> sparse.csr_array[np.float64]:
    """Count, in a row for each thing, how often each unit stands for it."""
    counted = sparse.coo_array((np.ones(len(what)), (what, unit)), shape=shape)
    return sparse.csr_array(counted)


def _joined(metric: str, parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    joined = np.concatenate(parts)
    return joined[:N_SLOW] if metric == SLOW else joined


def _curves(
    frame: pd.DataFrame, fold: NDArray[Any], unit_of: NDArray[Any], n_folds: int
) -> Callable[[NDArray[np.int32]], NDArray[np.float64]]:
    positive = (frame["label"] == frame["label"].max()).to_numpy(dtype=int)
    score = frame["score"].to_numpy()
    ready = [
        (auc_scorer(positive[fold == one], score[fold == one]), unit_of[fold == one])
        for one in range(n_folds)
    ]

    def again(counts: NDArray[np.int32]) -> NDArray[np.float64]:
        return _mean(np.column_stack([area(counts[:, units]) for area, units in ready]))

    return again


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over folds, (B, folds), of those that are defined."""
    defined = ~np.isnan(values)
    return ratio_where_defined(np.where(defined, values, 0).sum(axis=1), defined.sum(axis=1))
