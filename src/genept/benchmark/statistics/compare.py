"""One line for each two representations: which is better, by how much, and how sure that is."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.benchmark.statistics.bootstrap import N_RESAMPLES, RNG, interval
from genept.benchmark.statistics.paired import corrected_resampled_t_test
from genept.benchmark.statistics.resampled_scores import Predictions, Resampled, ResampledScores
from genept.benchmark.statistics.result_rows import GROUP, REPRESENTATION, result_rows
from genept.benchmark.statistics.summarise import Permuted, key_of, summary_table

DIFFERENCE_COLUMNS = [
    *("task", "classifier", "features", "metric", "embedding", "other"),
    *("difference", "low", "high", "p_value", "n_values"),
]


@dataclass(frozen=True, eq=False)
class _Scored:
    """One representation's folds, in order: repeat and fold (J, 2), values (J,), both sizes (J, 2)."""

    name: str
    folds: NDArray[np.float64]
    values: NDArray[np.float64]
    sizes: NDArray[np.float64]
    resampled: Resampled | None


def compare(
    results: pd.DataFrame, predictions: Predictions, *, n_resamples: int = N_RESAMPLES, rng: int = RNG
) -> pd.DataFrame:
    """Compare every two representations that have values for the same folds: the table differences.csv.

    Parameters
    ----------
    results
        Rows of results.csv, of one protocol, in any order.
    predictions
        Gives the out-of-fold predictions of a ``ScoreKey``, or None where there are none.
    n_resamples
        Resamples of the genes for the interval.
    rng
        Their seed; the paper's by default.

    Returns
    -------
    pandas.DataFrame
        A row for each two representations within a task, classifier, features and metric: ``difference``,
        mean of ``embedding`` less mean of ``other``; ``low`` and ``high``, 95 % by paired bootstrap over
        genes; ``p_value`` of the corrected resampled t-test, of two folds or more; ``n_values`` folds.
        Interval and p-value are NaN where the two were not scored on the same rows, as where each embedding
        is scored on its own genes. The p-value is NaN, too, where they learned from different numbers of
        rows. Where representations share a name, it is followed by their kind and what they belong to.

    Raises
    ------
    ArgumentError
        If a column is missing, there is more than one protocol, or a fold has two values.
    UnknownNameError
        If a metric is unknown, or predictions lack a column.

    Examples
    --------
    >>> results = pd.DataFrame({"embedding": ["minilm", "minilm", "lsa", "lsa"]})
    >>> results = results.assign(task="ggi", protocol="paper")
    >>> results = results.assign(kind="embedding", about="", classifier="logistic_regression", features="sum")
    >>> results = results.assign(metric="roc_auc", repeat=0, fold=[0, 1, 0, 1], value=[0.7, 0.8, 0.8, 0.85])
    >>> results = results.assign(n_train=80, n_test=20, note="")
    >>> table = compare(results, lambda key: None)
    >>> print(table[["embedding", "other", "difference", "n_values"]].to_string(index=False))
    embedding  other  difference  n_values
          lsa minilm       0.075         2
    """
    return difference_table(
        result_rows(results), ResampledScores(predictions, n_resamples=n_resamples, rng=rng)
    )


def summarise_and_compare(
    results: pd.DataFrame,
    predictions: Predictions,
    *,
    n_resamples: int = N_RESAMPLES,
    rng: int = RNG,
    permuted: Permuted | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make both tables, ``summarise`` and ``compare``, from one round of resamples: half the time.

    Parameters and errors are those of ``summarise``.

    Returns
    -------
    tuple of pandas.DataFrame
        The tables of ``summarise`` and of ``compare``.

    Examples
    --------
    >>> results = pd.DataFrame({"embedding": ["minilm", "lsa"], "value": [0.8, 0.7]})
    >>> results = results.assign(task="ggi", protocol="paper", kind="embedding", about="", note="")
    >>> results = results.assign(classifier="logistic_regression", features="sum", metric="roc_auc")
    >>> results = results.assign(repeat=0, fold=0, n_train=80, n_test=20)
    >>> summary, differences = summarise_and_compare(results, lambda key: None)
    >>> len(summary), len(differences)
    (2, 1)
    """
    rows = result_rows(results)
    resampled = ResampledScores(predictions, n_resamples=n_resamples, rng=rng)
    return summary_table(rows, resampled, permuted), difference_table(rows, resampled)


def difference_table(rows: pd.DataFrame, resampled: ResampledScores) -> pd.DataFrame:
    """Compare rows that ``result_rows`` checked, with scores that may be shared with other tables."""
    named = rows.assign(name=_names(rows))[rows["value"].notna()]
    lines = []
    for _, part in named.groupby(GROUP, sort=True):
        group = {name: str(part[name].iloc[0]) for name in GROUP}
        scored = [_scored(each, resampled) for _, each in part.groupby(["rank", *REPRESENTATION], sort=True)]
        for one, other in combinations(scored, 2):
            if np.array_equal(one.folds, other.folds):
                lines.append(group | _line(one, other))
    return pd.DataFrame(lines, columns=DIFFERENCE_COLUMNS)


def _names(rows: pd.DataFrame) -> pd.Series:
    shared = rows.groupby("embedding")[["kind", "about"]].transform("nunique").max(axis=1) > 1
    owner = (" of " + rows["about"]).where(rows["about"] != "", "")
    return rows["embedding"].mask(shared, rows["embedding"] + " (" + rows["kind"] + owner + ")")


def _scored(part: pd.DataFrame, resampled: ResampledScores) -> _Scored:
    names = {name: str(part[name].iloc[0]) for name in [*GROUP, *REPRESENTATION]}
    return _Scored(
        name=str(part["name"].iloc[0]),
        folds=part[["repeat", "fold"]].to_numpy(),
        values=part["value"].to_numpy(),
        sizes=part[["n_train", "n_test"]].to_numpy(),
        resampled=resampled.of(key_of(names), names["metric"]),
    )


def _line(one: _Scored, other: _Scored) -> dict[str, object]:
    low = high = p_value = np.nan
    paired = np.array_equal(one.sizes, other.sizes, equal_nan=True)
    if one.resampled is not None and other.resampled is not None:
        same_rows = one.resampled.rows == other.resampled.rows
        paired = paired and same_rows
        if same_rows:
            low, high = interval(one.resampled.scores - other.resampled.scores)
    if paired:
        n_train, n_test = one.sizes.mean(axis=0)
        _, p_value = corrected_resampled_t_test(one.values - other.values, n_train, n_test)
    return {
        "embedding": one.name,
        "other": other.name,
        "difference": float(one.values.mean() - other.values.mean()),
        "low": low,
        "high": high,
        "p_value": p_value,
        "n_values": len(one.values),
    }
