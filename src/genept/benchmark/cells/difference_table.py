"""One line for each embedding and what it is compared with: which is better, by how much, how surely."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from genept.benchmark.cells.result_groups import QUESTION, Resampled, grouped, key_of, values_of
from genept.benchmark.cells.vectors import EMBEDDING
from genept.benchmark.kept import Row
from genept.benchmark.statistics import interval

DIFFERENCE_COLUMNS = [
    *("dataset", "analysis", "method", "target", "split", "metric", "representation", "other"),
    *("difference", "low", "high", "n_values"),
]


def difference_lines(rows: Sequence[Row], resampled: Resampled) -> list[Row]:
    """Compare each embedding with everything else, where both have values for the same folds.

    Parameters
    ----------
    rows
        The rows of ``results.csv`` of one data set.
    resampled
        Scores under the same resamples, whose differences give the intervals.
    """
    lines = []
    scored = [row for row in rows if row["value"] is not None]
    for question in grouped(scored, QUESTION):
        parts = grouped(question, ["representation"])
        # Embeddings first: a difference reads as what an embedding is better by.
        parts.sort(key=lambda part: part[0]["kind"] != EMBEDDING)
        for one, other in combinations(parts, 2):
            if one[0]["kind"] == EMBEDDING and _folds(one) == _folds(other):
                lines.append(_difference(one, other, resampled))
    return lines


def _folds(part: Sequence[Row]) -> list[tuple[int, int]]:
    return [(row["repeat"], row["fold"]) for row in part]


def _difference(one: Sequence[Row], other: Sequence[Row], resampled: Resampled) -> Row:
    scores = [resampled.get(key_of(part[0]), {}).get(part[0]["metric"]) for part in (one, other)]
    low = high = np.nan
    if scores[0] is not None and scores[1] is not None:
        low, high = interval(scores[0] - scores[1])
    return {name: one[0][name] for name in ("dataset", *QUESTION, "representation")} | {
        "other": other[0]["representation"],
        "difference": float(values_of(one).mean() - values_of(other).mean()),
        "low": low,
        "high": high,
        "n_values": len(one),
    }
