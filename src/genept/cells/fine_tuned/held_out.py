"""What fine-tuning is worth: scores on held-out cells, beside simpler ways to learn from the same cells."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, recall_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from genept.errors import ArgumentError

FINE_TUNED, NEAREST, LOGISTIC = "fine-tuned", "10-NN cosine", "logistic regression"
_N_NEIGHBORS = 10
# Weak, or unit vectors, whose values are small, are hardly told apart; strong enough to converge.
_C = 100.0

Scores = dict[str, float]


def compare_held_out(
    X: NDArray[np.floating[Any]],
    labels: ArrayLike,
    training: NDArray[np.bool_],
    *,
    model: Any,
    groups: ArrayLike | None = None,
) -> dict[str, Scores]:
    """Score a model on held-out cells, beside 10 nearest neighbours and logistic regression.

    Parameters
    ----------
    X
        (n, d) vectors.
    labels
        (n,) label of each.
    training
        (n,) which cells ``model`` was fitted on; the others are what all are scored on.
    model
        The fitted :class:`FineTunedEmbedding`.
    groups
        (n,) group of each, such as its patient. Where all cells of a group have one label, as patients have a
        phenotype, groups are scored too, each by the mean of its cells' probabilities.

    Returns
    -------
    dict
        For ``"fine-tuned"``, ``"10-NN cosine"`` (all training cells where there are fewer) and ``"logistic
        regression"`` (classes weighted alike, C = 100): ``accuracy``, ``balanced_accuracy`` and ``macro_f1``
        over the labels that held-out cells have, and ``roc_auc`` where there are two; for groups the same
        names after ``group_``.

    Raises
    ------
    ArgumentError
        If no cell is held out.
    """
    known = np.asarray(labels).astype(str)
    if training.all():
        raise ArgumentError(
            "no held-out cells", expected="cells that weren't learned from", do="train on fewer of them"
        )
    others: dict[str, Any] = {
        NEAREST: KNeighborsClassifier(min(_N_NEIGHBORS, int(training.sum())), metric="cosine"),
        LOGISTIC: LogisticRegression(C=_C, class_weight="balanced", max_iter=1000),
    }
    classes = model.classes_.astype(str)
    of = None if groups is None else np.asarray(groups).astype(str)[~training]
    scores = {
        FINE_TUNED: _score_all(known[~training], of, model.predict_proba(X[~training]), classes=classes)
    }
    with threadpool_limits(1, user_api="blas"):
        for name, other in others.items():
            fitted = other.fit(X[training], known[training])
            probabilities = fitted.predict_proba(X[~training])
            scores[name] = _score_all(known[~training], of, probabilities, classes=fitted.classes_)
    return scores


def score(labels: NDArray[np.str_], probabilities: NDArray[np.float64], classes: NDArray[np.str_]) -> Scores:
    """Score probabilities of classes, over the labels that there are.

    Parameters
    ----------
    labels
        (n,) true labels.
    probabilities
        (n, n_classes).
    classes
        (n_classes,) what each column is of.
    """
    predicted = classes[probabilities.argmax(axis=1)]
    present = np.unique(labels)
    over = {"labels": present, "average": "macro", "zero_division": 0}
    found = {
        "accuracy": float(accuracy_score(labels, predicted)),
        "balanced_accuracy": float(recall_score(labels, predicted, **over)),
        "macro_f1": float(f1_score(labels, predicted, **over)),
    }
    if len(classes) == 2 and set(present) == set(classes):
        found["roc_auc"] = float(roc_auc_score(labels == classes[1], probabilities[:, 1]))
    return found


def score_groups(
    labels: NDArray[np.str_],
    groups: NDArray[np.str_],
    probabilities: NDArray[np.float64],
    *,
    classes: NDArray[np.str_],
) -> Scores:
    """Score groups by the mean of their cells' probabilities; nothing if cells of a group differ in label.

    Parameters
    ----------
    labels, groups
        (n,) label and group of each cell.
    probabilities
        (n, n_classes).
    classes
        (n_classes,) what each column is of.

    Examples
    --------
    >>> labels, groups = np.array(["sick", "sick", "well"]), np.array(["p1", "p1", "p2"])
    >>> probabilities = np.array([[0.4, 0.6], [0.9, 0.1], [0.2, 0.8]])
    >>> score_groups(labels, groups, probabilities, classes=np.array(["sick", "well"]))["accuracy"]
    1.0
    """
    names, first, group = np.unique(groups, return_index=True, return_inverse=True)
    if (labels[first][group] != labels).any():
        return {}
    sums = np.zeros((len(names), probabilities.shape[1]))
    np.add.at(sums, group, probabilities)
    return {**score(labels[first], sums / np.bincount(group)[:, None], classes), "count": len(names)}


def _score_all(
    labels: NDArray[np.str_],
    groups: NDArray[np.str_] | None,
    probabilities: NDArray[np.float64],
    *,
    classes: NDArray[np.str_],
) -> Scores:
    of_groups = {} if groups is None else score_groups(labels, groups, probabilities, classes=classes)
    return {
        **score(labels, probabilities, classes),
        **{f"group_{name}": value for name, value in of_groups.items()},
    }
