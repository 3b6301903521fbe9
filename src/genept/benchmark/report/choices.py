"""Which of a task's scores stand for it, and what they are called."""

import pandas as pd

# The paper's metric before others that a task may have.
METRICS = ("roc_auc", "accuracy", "balanced_accuracy")
CLASSIFIERS = ("logistic_regression", "random_forest")
# The paper adds the two vectors of a pair.
FEATURES = ("", "sum")

_CALLED = {"roc_auc": "ROC AUC"}


def called(name: str) -> str:
    """Name a classifier, a metric or a kind of features in words.

    Examples
    --------
    >>> called("roc_auc"), called("random_forest")
    ('ROC AUC', 'random forest')
    """
    return _CALLED.get(name, name.replace("_", " "))


def main_metric(rows: pd.DataFrame) -> str:
    """Metric that stands for a task: ROC AUC, or else accuracy, or else the first."""
    return ordered(rows["metric"], METRICS)[0]


def main_features(rows: pd.DataFrame) -> str:
    """Features of pairs that stand for a task: their sum, as in the paper, or else the first."""
    return ordered(rows["features"], FEATURES)[0]


def ordered(names: pd.Series, first: tuple[str, ...]) -> list[str]:
    """Different names, those in ``first`` first, others as they come.

    Examples
    --------
    >>> ordered(pd.Series(["mean", "sum", "mean"]), ("", "sum"))
    ['sum', 'mean']
    """
    there = list(dict.fromkeys(names))
    return [name for name in first if name in there] + [name for name in there if name not in first]
