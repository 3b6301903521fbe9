"""Intervals by drawing genes again: what the scores would be with other genes of the same kind."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from genept.benchmark.statistics.scorers import SCORINGS, Scorer, ratio_where_defined
from genept.benchmark.statistics.weights import blocks
from genept.errors import ArgumentError, UnknownNameError

# The ends of an interval from 1,000 resamples are steady to about a fiftieth of its width.
N_RESAMPLES = 1000
# The seed of the paper's notebooks.
RNG = 2023
# With more undefined resamples than this, those that are left say little about the others.
_UNDEFINED_AT_MOST = 0.1
_ROW_COLUMNS = ("repeat", "fold", "first", "second", "label")


def resampled_counts(n_units: int, n_resamples: int, rng: int | np.random.Generator) -> NDArray[np.int32]:
    """How often each unit is drawn when as many are drawn as there are, with replacement.

    Parameters
    ----------
    n_units
        Units, for instance genes.
    n_resamples
        Resamples, B.
    rng
        A seed or a generator.

    Returns
    -------
    numpy.ndarray
        (B, n_units) int32; each row sums to ``n_units``. Multinomial with equal shares.

    Examples
    --------
    >>> resampled_counts(4, 3, 0).sum(axis=1)
    array([4, 4, 4])
    """
    generator = np.random.default_rng(rng)
    counts = np.zeros((n_resamples, n_units), dtype=np.int32)
    if n_units:
        # Draws that are counted: the same distribution as Generator.multinomial, several times as fast.
        for row in counts:
            row[:] = np.bincount(generator.integers(n_units, size=n_units), minlength=n_units)
    return counts


def row_weights(
    counts: NDArray[np.int32], first: NDArray[np.integer], second: NDArray[np.integer] | None = None
) -> NDArray[np.int32]:
    """Weights of rows under resamples of the genes they are about.

    A row of one gene counts as often as its gene was drawn; a row of a pair counts the product of its genes'
    counts, because genes drawn 2 and 3 times meet 6 times. A pair of a gene with itself is a row of one gene.

    Parameters
    ----------
    counts
        (B, n_units) how often each unit was drawn.
    first
        (n,) column of ``counts`` for each row.
    second
        (n,) the same for the other gene of a pair; -1 where there is none.

    Returns
    -------
    numpy.ndarray
        (B, n) int32, in Fortran order, which metrics read fastest.

    References
    ----------
    Owen, Annals of Applied Statistics 1:386 (2007); Davezies, D'Haultfoeuille & Guyonvarch, Annals of
    Statistics 49:845 (2021), for pairs of units of one kind.

    Examples
    --------
    >>> row_weights(np.array([[2, 3, 0]], dtype=np.int32), np.array([0, 0, 1]), np.array([1, 0, -1]))
    array([[6, 2, 3]], dtype=int32)
    """
    by_unit = np.ascontiguousarray(counts.T)
    weights = np.take(by_unit, first, axis=0)
    if second is not None:
        of_second = np.take(by_unit, second, axis=0)
        of_second[(second < 0) | (second == first)] = 1
        weights *= of_second
    return weights.T


def interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of resampled values.

    Parameters
    ----------
    values
        (B,) a score, or a difference of scores, under each resample. Undefined ones (NaN) are left out.
    level
        Share of the values that lies inside; as many lie below as above.

    Returns
    -------
    tuple of float
        Low and high; NaN where more than a tenth of the values is undefined, or there is none.

    References
    ----------
    Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.

    Examples
    --------
    >>> interval(np.arange(101), level=0.5)
    (25.0, 75.0)
    """
    each = np.asarray(values, dtype=np.float64)
    defined = each[~np.isnan(each)]
    if not len(defined) or len(each) - len(defined) > _UNDEFINED_AT_MOST * len(each):
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bootstrap_scores(
    predictions: pd.DataFrame, metric: str, *, n_resamples: int = N_RESAMPLES, rng: int = RNG
) -> NDArray[np.float64]:
    """Mean over folds of a metric, under each of many resamples of the genes.

    Models are not trained again: resamples say how far the score depends on the genes it was measured on. A
    resample is the same for all folds, and under one seed the same for all predictions about the same genes,
    so subtracting two results gives resamples of a difference.

    Parameters
    ----------
    predictions
        A row for each prediction of a held-out row: ``repeat``, ``fold``, ``first`` and ``second`` (numbers
        of genes; ``second`` -1 for a row about one gene), ``label``, and ``score`` (for roc_auc) or
        ``predicted`` (for the others). Genes are those that occur in any row.
    metric
        A name in ``METRICS``.
    n_resamples
        Resamples, B; 1,000, from which the ends of an interval are steady.
    rng
        A seed; the paper's by default.

    Returns
    -------
    numpy.ndarray
        (B,) scores. Folds in which the metric is undefined are left out of a resample's mean; NaN where it is
        undefined in all.

    Raises
    ------
    UnknownNameError
        If there is no such metric, or the predictions lack a column.
    ArgumentError
        If the metric can't be taken of the predictions.

    Examples
    --------
    >>> genes = np.arange(100)
    >>> predictions = pd.DataFrame({"repeat": 0, "fold": genes % 5, "first": genes, "second": -1})
    >>> predictions["label"] = genes // 50
    >>> predictions["score"] = np.random.default_rng(0).normal(loc=predictions["label"])
    >>> low, high = interval(bootstrap_scores(predictions, "roc_auc"))
    >>> f"{low:.2f} to {high:.2f}"
    '0.63 to 0.84'
    """
    if metric not in SCORINGS:
        raise UnknownNameError(
            f"the metric {metric!r}",
            expected=f"one of {', '.join(SCORINGS)}",
            do="choose one of these",
        )
    column, ready = SCORINGS[metric]
    missing = [name for name in (*_ROW_COLUMNS, column) if name not in predictions]
    if missing:
        raise UnknownNameError(
            f"predictions without {', '.join(missing)}",
            expected=f"the columns {', '.join((*_ROW_COLUMNS, column))} for {metric}",
            do="pass the out-of-fold predictions as the benchmark writes them",
        )
    if (predictions["first"] < 0).any():
        raise ArgumentError(
            "predictions with a negative number of a gene in first",
            expected="the number of a gene in first, and -1 only in second",
            do="leave rows out whose gene is unknown",
        )
    genes = genes_of(predictions)
    first = np.searchsorted(genes, predictions["first"].to_numpy())
    second = np.searchsorted(genes, predictions["second"].to_numpy())
    second[predictions["second"].to_numpy() < 0] = -1
    labels, guesses = predictions["label"].to_numpy(), predictions[column].to_numpy()
    folds = [
        (ready(labels[rows], guesses[rows]), first[rows], second[rows])
        for rows in predictions.groupby(["repeat", "fold"], sort=True).indices.values()
    ]
    return _means_over_folds(folds, resampled_counts(len(genes), n_resamples, rng))


def genes_of(predictions: pd.DataFrame) -> NDArray[np.int64]:
    """Numbers of the genes that ``predictions`` are about, sorted, each once."""
    numbers = np.unique(predictions[["first", "second"]].to_numpy(dtype=np.int64))
    return numbers[numbers >= 0]


def _means_over_folds(
    folds: Sequence[tuple[Scorer, NDArray[np.int64], NDArray[np.int64]]], counts: NDArray[np.int32]
) -> NDArray[np.float64]:
    total, n_defined = np.zeros(len(counts)), np.zeros(len(counts))
    largest = max((len(first) for _, first, _ in folds), default=0)
    for block in blocks(len(counts), largest):
        # Laid out once for all folds.
        drawn = np.asfortranarray(counts[block])
        for score, first, second in folds:
            values = score(row_weights(drawn, first, second))
            total[block] += np.nan_to_num(values)
            n_defined[block] += ~np.isnan(values)
    return ratio_where_defined(total, n_defined)
