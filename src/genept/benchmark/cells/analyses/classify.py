"""The classifiers of cells: 10 nearest neighbours by cosine, and l2 logistic regression."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.cells.scored import Vectors
from genept.benchmark.representation import N_NEIGHBORS
from genept.benchmark.sample import NotComputableError
from genept.benchmark.statistics.class_counts import class_scores

# Inverse strengths of the penalty to choose from, on centred vectors of mean squared length 1.
STRENGTHS = (1.0, 10.0, 100.0, 1000.0)
# So many cells are enough to choose by.
_CELLS_TO_CHOOSE_BY = 1500
# A class of fewer cells can't be on both sides of the inner split.
_LEAST = 4


@dataclass(frozen=True, eq=False)
class Guess:
    """What was predicted.

    Parameters
    ----------
    predicted
        (n_test,) labels.
    positive
        (n_test,) probability of the second of two classes; ``None`` where there are more.
    note
        What one should know.
    """

    predicted: Labels
    positive: NDArray[np.float64] | None = None
    note: str = ""


def nearest_neighbours(train: Vectors, labels: Labels, test: Vectors) -> Guess:
    """Predict by the 10 nearest cells, by cosine, as the paper does.

    Raises
    ------
    NotComputableError
        If there are fewer cells to learn from.
    """
    if len(train) < N_NEIGHBORS:
        raise NotComputableError(
            f"{len(train)} cells to learn from",
            expected=f"{N_NEIGHBORS} neighbours at least",
            do="use more cells",
        )
    model = KNeighborsClassifier(N_NEIGHBORS, metric="cosine").fit(train, labels)
    return Guess(np.asarray(model.predict(test)))


def default_logistic(train: Vectors, labels: Labels, test: Vectors) -> Guess:
    """Predict by scikit-learn's logistic regression as it comes, on the vectors as they are."""
    return _fitted(LogisticRegression(), train, labels, test)


def logistic(train: Vectors, labels: Labels, test: Vectors, *, rng: int, choose: bool) -> Guess:
    """Predict by an l2 logistic regression on vectors that are centred and brought to one scale.

    All representations get the same penalties to choose from, whatever the length of their vectors and
    however far from the origin they lie. The penalty is chosen by balanced accuracy on a quarter of the
    cells that are learned from; of equal ones the strongest.

    Parameters
    ----------
    train, labels
        (n, d) and (n,) to learn from.
    test
        (m, d) to predict.
    rng
        Seed of the inner split.
    choose
        Whether the penalty is chosen; else C = 1, for few rows.
    """
    centre = train.mean(axis=0, dtype=np.float64)
    learned, asked = train - centre, test - centre
    length = float(np.sqrt(np.mean(np.square(learned).sum(axis=1)))) or 1.0
    learned, asked = learned / length, asked / length
    C = _strength(learned, labels, rng) if choose else 1.0
    guess = _fitted(LogisticRegression(C=C, max_iter=1000), learned, labels, asked)
    return Guess(guess.predicted, guess.positive, "; ".join(filter(None, [f"C = {C:g}", guess.note])))


def _strength(vectors: NDArray[np.float64], labels: Labels, rng: int) -> float:
    names, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(sizes[codes] >= _LEAST)
    if len(np.unique(codes[rows])) < 2 or len(rows) < _LEAST * len(names):
        return STRENGTHS[0]
    if len(rows) > _CELLS_TO_CHOOSE_BY:
        drawn = np.random.default_rng(rng).permutation(rows)[:_CELLS_TO_CHOOSE_BY]
        kept = np.bincount(codes[drawn], minlength=len(names)) >= _LEAST
        rows = drawn[kept[codes[drawn]]]
        if len(np.unique(codes[rows])) < 2:
            return STRENGTHS[0]
    try:
        train, test = train_test_split(rows, test_size=0.25, random_state=rng, stratify=codes[rows])
    except ValueError:
        # More classes than a quarter of the cells.
        return STRENGTHS[0]
    scores = []
    for C in STRENGTHS:
        guess = _fitted(LogisticRegression(C=C, max_iter=1000), vectors[train], labels[train], vectors[test])
        scores.append(class_scores(labels[test], guess.predicted)["balanced_accuracy"])
    return STRENGTHS[int(np.argmax(np.round(scores, 12)))]


def _fitted(
    model: LogisticRegression, train: NDArray[np.floating], labels: Labels, test: NDArray[np.floating]
) -> Guess:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(train, labels)
    stopped = any(issubclass(one.category, ConvergenceWarning) for one in said)
    share = model.predict_proba(test)
    return Guess(
        np.asarray(model.classes_[share.argmax(axis=1)]),
        share[:, 1] if share.shape[1] == 2 else None,
        "stopped before it converged" if stopped else "",
    )
