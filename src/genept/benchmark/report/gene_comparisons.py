"""In which tasks an embedding beats each control."""

from collections.abc import Mapping

import pandas as pd

from genept.benchmark.report.choices import CLASSIFIERS, main_features, main_metric, ordered
from genept.benchmark.report.gene_files import GeneResults

ABOVE, UNDECIDED, BELOW, NOT_COMPUTED = "above", "no clear difference", "below", "not computed"
OUTCOMES = (ABOVE, UNDECIDED, BELOW, NOT_COMPUTED)
_COLUMNS = ["task", "embedding", "control", "metric", "classifier", "outcome", "paired"]

# The p-value that is small enough, as the intervals hold 95 %.
LEVEL = 0.05

_Score = Mapping[str, float]
# Classifier, one and other, to the ends of the interval and the p-value, which may be missing.
_Differences = Mapping[tuple[str, str, str], tuple[float, float, float]]


def compare_with_controls(results: GeneResults) -> pd.DataFrame:
    """Compare each embedding with each control that is about it, or about none, in each task.

    An embedding is above a control where the 95 % interval of their paired difference lies above zero
    and its p-value, where there is one, is below 0.05: the two are made in different ways, and a claim
    should stand by both. Where there is no paired difference, its own interval must lie above the
    control's, which is harder. Scores are those of the task's main metric and features, and of the
    first classifier that both have a score of: logistic regression, or else random forest.

    Parameters
    ----------
    results
        What a gene benchmark left.

    Returns
    -------
    DataFrame
        ``task``, ``embedding``, ``control``, ``metric``, ``classifier`` (empty where nothing could be
        compared), ``outcome`` (above, no clear difference, below, not computed) and ``paired`` (whether by a
        paired difference). A control that a task has no row of, not even one that says why, is absent.
    """
    about = results.summary.drop_duplicates("embedding").set_index("embedding")["about"]
    rows = []
    for task in results.tasks:
        scores = results.summary[results.summary["task"] == task]
        if scores.empty:
            continue
        metric, features = main_metric(scores), main_features(scores)
        chosen = scores[scores["metric"].eq(metric) & scores["features"].eq(features)]
        differences = _differences(results.differences, task, metric, features)
        for embedding in results.names("embedding"):
            for control in results.names("control"):
                if about[control] in ("", embedding) and (scores["embedding"] == control).any():
                    classifier, outcome, paired = _compare(chosen, differences, embedding, control)
                    rows.append([task, embedding, control, metric, classifier, outcome, paired])
    return pd.DataFrame(rows, columns=_COLUMNS)


def _differences(differences: pd.DataFrame, task: str, metric: str, features: str) -> _Differences:
    """Interval and p-value of (one minus other), for each classifier, both ways round."""
    rows = differences[
        differences["task"].eq(task)
        & differences["metric"].eq(metric)
        & differences["features"].eq(features)
        & differences["low"].notna()
        & differences["high"].notna()
    ]
    found = {}
    said = rows[["classifier", "embedding", "other", "low", "high", "p_value"]]
    for classifier, one, other, low, high, p in said.itertuples(index=False, name=None):
        found[classifier, one, other] = (low, high, p)
        found[classifier, other, one] = (-high, -low, p)
    return found


def _compare(
    chosen: pd.DataFrame,
    differences: _Differences,
    embedding: str,
    control: str,
) -> tuple[str, str, bool]:
    scores = chosen[chosen["mean"].notna()].drop_duplicates(["embedding", "classifier"])
    mine, others = _by_classifier(scores, embedding), _by_classifier(scores, control)
    for classifier in ordered(scores["classifier"], CLASSIFIERS):
        if classifier in mine and classifier in others:
            paired = differences.get((classifier, embedding, control))
            if paired is not None:
                low, high, p = paired
                return classifier, UNDECIDED if p >= LEVEL else _outcome(low, high), True
            one, other = mine[classifier], others[classifier]
            # A missing interval compares false, and leaves the matter undecided.
            return classifier, _outcome(one["low"] - other["high"], one["high"] - other["low"]), False
    return "", NOT_COMPUTED, False


def _by_classifier(scores: pd.DataFrame, name: str) -> dict[str, _Score]:
    rows = scores[scores["embedding"] == name]
    return {
        classifier: {"low": low, "high": high}
        for classifier, low, high in zip(rows["classifier"], rows["low"], rows["high"], strict=True)
    }


def _outcome(low: float, high: float) -> str:
    if low > 0:
        return ABOVE
    return BELOW if high < 0 else UNDECIDED


def count_outcomes(compared: pd.DataFrame) -> pd.DataFrame:
    """Count the tasks of each outcome, for each embedding and control.

    Parameters
    ----------
    compared
        As :func:`compare_with_controls` gives it.

    Returns
    -------
    DataFrame
        ``embedding``, ``control``, a column of counts for each outcome, and ``tasks``.
    """
    counts = (
        compared.groupby(["embedding", "control"], sort=False)["outcome"]
        .value_counts()
        .unstack(fill_value=0)
        .reindex(columns=list(OUTCOMES), fill_value=0)
    )
    return counts.assign(tasks=counts.sum(axis=1)).reset_index()
