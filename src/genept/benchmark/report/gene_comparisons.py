"""In which tasks an embedding beats each control."""

from collections.abc import Mapping

import pandas as pd

from genept.benchmark.report.choices import CLASSIFIERS, main_features, main_metric, ordered
from genept.benchmark.report.gene_files import GeneResults

ABOVE, UNDECIDED, BELOW, NOT_COMPUTED = "above", "no clear difference", "below", "not computed"
OUTCOMES = (ABOVE, UNDECIDED, BELOW, NOT_COMPUTED)
_COLUMNS = ["task", "embedding", "control", "metric", "classifier", "outcome", "paired"]

_Score = Mapping[str, float]


def compare_with_controls(results: GeneResults) -> pd.DataFrame:
    """Compare each embedding with each control that is about it, or about none, in each task.

    An embedding is above a control where the 95 % interval of their paired difference lies above
    zero; where there is no paired difference, where its own interval lies above the control's, which
    is harder. Both are taken with the task's main metric and features, and with the first classifier
    that both have a score of: logistic regression, or else random forest.

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


def _differences(
    differences: pd.DataFrame, task: str, metric: str, features: str
) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Interval of (one minus other), for each classifier, both ways round."""
    rows = differences[
        differences["task"].eq(task)
        & differences["metric"].eq(metric)
        & differences["features"].eq(features)
        & differences["low"].notna()
        & differences["high"].notna()
    ]
    found = {}
    for classifier, one, other, low, high in zip(
        rows["classifier"], rows["embedding"], rows["other"], rows["low"], rows["high"], strict=True
    ):
        found[classifier, one, other] = (float(low), float(high))
        found[classifier, other, one] = (-float(high), -float(low))
    return found


def _compare(
    chosen: pd.DataFrame,
    differences: Mapping[tuple[str, str, str], tuple[float, float]],
    embedding: str,
    control: str,
) -> tuple[str, str, bool]:
    scores = chosen[chosen["mean"].notna()].drop_duplicates(["embedding", "classifier"])
    mine, others = _by_classifier(scores, embedding), _by_classifier(scores, control)
    for classifier in ordered(scores["classifier"], CLASSIFIERS):
        if classifier in mine and classifier in others:
            interval = differences.get((classifier, embedding, control))
            if interval is not None:
                return classifier, _outcome(*interval), True
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
