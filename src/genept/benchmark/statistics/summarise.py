"""One line for each score of a representation: mean over folds, and how sure it is."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.benchmark.statistics.bootstrap import N_RESAMPLES, RNG, interval
from genept.benchmark.statistics.permutation import permutation_p_value
from genept.benchmark.statistics.resampled_scores import Predictions, ResampledScores, ScoreKey
from genept.benchmark.statistics.result_rows import GROUP, REPRESENTATION, result_rows

# Scores with labels in random order, by what was scored and the metric.
Permuted = Mapping[tuple[ScoreKey, str], NDArray[np.float64]]

SUMMARY_COLUMNS = [
    *("task", "embedding", "kind", "about", "classifier", "features", "metric", "mean", "sd", "low", "high"),
    *("n_values", "n_genes", "p_permutation", "note"),
]


def summarise(
    results: pd.DataFrame,
    predictions: Predictions,
    *,
    n_resamples: int = N_RESAMPLES,
    rng: int = RNG,
    permuted: Permuted | None = None,
) -> pd.DataFrame:
    """Summarise each representation's folds: the table summary.csv.

    Parameters
    ----------
    results
        Rows of results.csv, of one protocol, in any order.
    predictions
        Gives the out-of-fold predictions of a ``ScoreKey``, or None where there are none; intervals come from
        them.
    n_resamples
        Resamples of the genes for the interval.
    rng
        Their seed; the paper's by default.
    permuted
        Where permutations were run: the scores with labels in random order, by key and metric.

    Returns
    -------
    pandas.DataFrame
        A row for each task, classifier, features, metric and representation, sorted by these, embeddings
        before controls. ``mean`` and ``sd`` over the folds that have a value (population standard deviation;
        NaN for a single fold); ``low`` and ``high``, 95 % by bootstrap over genes; ``n_values`` folds;
        ``n_genes`` in the predictions; ``p_permutation``; ``note``, every different note of the rows. What
        could not be computed keeps its row, with NaN and the note.

    Raises
    ------
    ArgumentError
        If a column is missing, there is more than one protocol, or a fold has two values.
    UnknownNameError
        If a metric is unknown, or predictions lack a column.

    Examples
    --------
    >>> results = pd.DataFrame({"embedding": ["minilm", "minilm", "lsa"]})
    >>> results = results.assign(task="ggi", protocol="paper")
    >>> results = results.assign(kind="embedding", about="", classifier="logistic_regression", features="sum")
    >>> results = results.assign(metric="roc_auc", repeat=0, fold=[0, 1, 0], value=[0.7, 0.8, None])
    >>> results = results.assign(n_train=80, n_test=20, note=["", "", "too few genes"])
    >>> table = summarise(results, lambda key: None)
    >>> print(table[["embedding", "note", "n_values", "mean", "sd"]].to_string(index=False))
    embedding          note  n_values  mean   sd
          lsa too few genes         0   NaN  NaN
       minilm                       2  0.75 0.05
    """
    return summary_table(
        result_rows(results), ResampledScores(predictions, n_resamples=n_resamples, rng=rng), permuted
    )


def summary_table(
    rows: pd.DataFrame, resampled: ResampledScores, permuted: Permuted | None = None
) -> pd.DataFrame:
    """Summarise rows that ``result_rows`` checked, with scores that may be shared with other tables."""
    lines = []
    for _, part in rows.groupby([*GROUP, "rank", *REPRESENTATION], sort=True):
        names = {name: str(part[name].iloc[0]) for name in [*GROUP, *REPRESENTATION]}
        lines.append(names | _line(part, key_of(names), resampled, permuted or {}))
    table = pd.DataFrame(lines, columns=SUMMARY_COLUMNS)
    return table.astype({"n_genes": "Int64"})


def key_of(names: Mapping[str, str]) -> ScoreKey:
    """Give the key of the predictions that ``names``, by column, belong to."""
    return ScoreKey(*(names[field] for field in ScoreKey._fields))


def _line(
    part: pd.DataFrame, key: ScoreKey, resampled: ResampledScores, permuted: Permuted
) -> dict[str, object]:
    values = part["value"].dropna().to_numpy(dtype=np.float64)
    metric = str(part["metric"].iloc[0])
    notes = "; ".join(dict.fromkeys(note for note in part["note"] if note))
    scored = resampled.of(key, metric) if len(values) else None
    low, high = interval(scored.scores) if scored else (np.nan, np.nan)
    mean = float(values.mean()) if len(values) else np.nan
    return {
        "mean": mean,
        # One fold has no spread: an empty cell, not a zero.
        "sd": float(values.std()) if len(values) > 1 else np.nan,
        "low": low,
        "high": high,
        "n_values": len(values),
        "n_genes": scored.n_genes if scored else pd.NA,
        "p_permutation": permutation_p_value(mean, permuted.get((key, metric), [])),
        "note": notes,
    }
