"""Metrics of several classes, from how often each was known, predicted, and both; many resamples at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.statistics.scorers import ratio_where_defined


@dataclass(frozen=True, eq=False)
class ClassCounts:
    """How often each class was known, predicted, and both.

    Parameters
    ----------
    right, known, predicted
        (..., C) counts. A class that is neither known nor predicted isn't there.
    whole
        Of a resample, the counts that it was drawn from. Macro means are then over the classes of these: one
        that wasn't drawn keeps its score, or resamples that miss a rare class, as a rule one that is found
        badly, would score better than the whole.
    """

    right: NDArray[Any]
    known: NDArray[Any]
    predicted: NDArray[Any]
    whole: "ClassCounts | None" = None

    @classmethod
    def of(cls, labels: NDArray[Any], predicted: NDArray[Any]) -> "ClassCounts":
        """Count (n,) labels and predictions, whatever the classes are.

        Examples
        --------
        >>> ClassCounts.of(np.array(["a", "b", "b"]), np.array(["a", "a", "b"])).known
        array([1, 2])
        """
        classes, codes = np.unique(np.concatenate([labels, predicted]), return_inverse=True)
        one, other = codes[: len(labels)], codes[len(labels) :]
        n = len(classes)
        return cls(
            np.bincount(one[one == other], minlength=n),
            np.bincount(one, minlength=n),
            np.bincount(other, minlength=n),
        )


def _macro(
    counts: ClassCounts,
    below: Callable[[ClassCounts], NDArray[Any]],
    among: Callable[[ClassCounts], NDArray[np.bool_]],
) -> NDArray[np.float64]:
    """Mean over classes of how many were right, divided by ``below``."""
    whole = counts.whole or counts

    def of_classes(one: ClassCounts) -> NDArray[np.float64]:
        return ratio_where_defined(one.right.astype(np.float64), below(one))

    each = of_classes(counts)
    each = np.where(np.isnan(each), of_classes(whole), each)
    there = np.broadcast_to(among(whole), each.shape)
    total = np.where(there, np.nan_to_num(each), 0).sum(axis=-1)
    return ratio_where_defined(total, there.sum(axis=-1))


def _accuracy(counts: ClassCounts) -> NDArray[np.float64]:
    right = counts.right.sum(axis=-1, dtype=np.float64)
    return ratio_where_defined(right, counts.known.sum(axis=-1))


def _balanced_accuracy(counts: ClassCounts) -> NDArray[np.float64]:
    return _macro(counts, lambda one: one.known, lambda one: one.known > 0)


def _macro_precision(counts: ClassCounts) -> NDArray[np.float64]:
    return _macro(counts, lambda one: one.predicted, _there)


def _macro_recall(counts: ClassCounts) -> NDArray[np.float64]:
    return _macro(counts, lambda one: one.known, _there)


def _macro_f1(counts: ClassCounts) -> NDArray[np.float64]:
    return _macro(counts, lambda one: (one.known + one.predicted) / 2, _there)


def _there(counts: ClassCounts) -> NDArray[np.bool_]:
    return np.asarray((counts.known > 0) | (counts.predicted > 0))


# As scikit-learn's, a ratio without anything below it counting as 0 in macro means.
CLASS_METRICS: Mapping[str, Callable[[ClassCounts], NDArray[np.float64]]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "macro_precision": _macro_precision,
    "macro_recall": _macro_recall,
    "macro_f1": _macro_f1,
}


def class_scores(labels: NDArray[Any], predicted: NDArray[Any]) -> dict[str, float]:
    """Score predictions of several classes by every metric.

    Parameters
    ----------
    labels, predicted
        (n,) classes.

    Returns
    -------
    dict
        ``accuracy``, ``balanced_accuracy``, ``macro_precision``, ``macro_recall`` and ``macro_f1``. The macro
        means are over the classes that are known or predicted.

    Examples
    --------
    >>> class_scores(np.array(["a", "b", "b"]), np.array(["a", "b", "b"]))["macro_f1"]
    1.0
    """
    counts = ClassCounts.of(labels, predicted)
    return {name: float(metric(counts)) for name, metric in CLASS_METRICS.items()}
