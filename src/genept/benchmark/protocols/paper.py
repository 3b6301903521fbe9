"""The paper's protocol, quirks included.

References
----------
Chen & Zou, Nature Biomedical Engineering 2024, Methods, and the authors' notebooks.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import auc, roc_curve
from sklearn.model_selection import StratifiedKFold, train_test_split

from genept.benchmark.pairs import pair_matrix
from genept.benchmark.protocols.scored import Collected, Fold, Scored, is_ranked
from genept.benchmark.protocols.splits import N_FOLDS, Split, refuse_small_classes
from genept.benchmark.representations import LOGISTIC_REGRESSION, Vectors
from genept.benchmark.sample import NotComputableError, Sample
from genept.benchmark.statistics import METRICS

# The seed of the notebooks.
SEED = 2023
_HELD_OUT = 0.3
# The paper names no split of its protein-protein interactions; this is the field's habit.
_PAIRS_HELD_OUT = 0.2


def score_genes_as_paper(
    vectors: Vectors, sample: Sample, *, classifier: str, metrics: Sequence[str]
) -> Scored:
    """Score labelled genes as the notebooks do.

    By ROC AUC: five stratified folds in the order of the list, positives first, without shuffling. By
    accuracy: 70 % learned from and 30 % tested, seed 2023. Labels that come in parts, which the paper has
    none of, are split as they say. Repeated rows stay, and may stand on both sides. Classifiers at
    scikit-learn's defaults, though they may not have converged after 100 steps.

    Parameters
    ----------
    vectors
        (n_genes, d) of the genes of ``sample``.
    sample
        The labelled genes, as listed.
    classifier
        ``"logistic_regression"`` or ``"random_forest"``.
    metrics
        Names of the metrics.

    Raises
    ------
    NotComputableError
        If a class has fewer rows than there are folds, or a side of the split only one class.
    """
    ranked = is_ranked(sample, metrics)
    order = np.argsort(~sample.positive, kind="stable") if ranked else np.arange(len(sample))
    labels = sample.positive.astype(np.intp) if ranked else sample.labels
    if len(sample.part):
        splits = [(np.flatnonzero(sample.part != "test"), np.flatnonzero(sample.part == "test"))]
    elif ranked:
        refuse_small_classes(sample.labels, np.arange(len(sample)), sample)
        splits = [
            (order[train], order[test])
            for train, test in StratifiedKFold(N_FOLDS).split(order, labels[order])
        ]
    else:
        splits = [tuple(train_test_split(order, test_size=_HELD_OUT, random_state=SEED))]
    return _scored(vectors[sample.first], sample, labels, splits, classifier=classifier, metrics=metrics)


def score_pairs_as_paper(vectors: Vectors, sample: Sample, *, classifier: str, features: str) -> Scored:
    """Score labelled pairs as the notebooks do: learn from ``train``, test on ``test``.

    Pairs without parts are split 80/20 with seed 2023, which the paper doesn't say. Genes may stand
    on both sides.

    Parameters
    ----------
    vectors
        (n_genes, d) of the genes of ``sample``.
    sample
        The labelled pairs, as listed.
    classifier, features
        Names of the classifier and of the features of a pair, ``"sum"`` in the paper.

    Raises
    ------
    NotComputableError
        If a side of the split has pairs of one kind only.
    """
    if len(sample.part):
        split = np.flatnonzero(sample.part == "train"), np.flatnonzero(sample.part == "test")
    else:
        refuse_small_classes(sample.labels, np.arange(len(sample)), sample)
        rows = np.arange(len(sample))
        split = tuple(
            train_test_split(rows, test_size=_PAIRS_HELD_OUT, random_state=SEED, stratify=sample.labels)
        )
    matrix = pair_matrix(vectors, sample.pairs, features)
    return _scored(matrix, sample, sample.labels, [split], classifier=classifier, metrics=["roc_auc"])


def _scored(
    matrix: Any,
    sample: Sample,
    labels: NDArray[np.intp],
    splits: list[Split],
    *,
    classifier: str,
    metrics: Sequence[str],
) -> Scored:
    collected = Collected(sample)
    ranked = is_ranked(sample, metrics)
    # The notebooks seed NumPy's global generator, from which one forest after the other draws.
    drawn = np.random.RandomState(SEED)
    for number, (train, test) in enumerate(splits):
        _refuse_one_class(labels, train, test)
        model = (
            LogisticRegression()
            if classifier == LOGISTIC_REGRESSION
            else RandomForestClassifier(random_state=drawn)
        )
        note = _fit(model, matrix[train], labels[train])
        if ranked:
            scores = model.predict_proba(matrix[test])[:, 1]
            predicted, values = {"score": scores}, {"roc_auc": _area(labels[test], scores)}
        else:
            guessed = model.predict(matrix[test])
            predicted = {"predicted": guessed}
            values = {name: float(METRICS[name](labels[test], guessed)) for name in metrics}
        C = 1.0 if classifier == LOGISTIC_REGRESSION else None
        collected.add(Fold(0, number, values, len(train), len(test), C, note), test, labels, **predicted)
    return collected.scored()


def _refuse_one_class(labels: NDArray[np.intp], train: NDArray[np.intp], test: NDArray[np.intp]) -> None:
    for rows, side in ((train, "learned from"), (test, "tested")):
        n_classes = len(np.unique(labels[rows]))
        if n_classes < 2:
            raise NotComputableError(
                f"{len(rows):,} rows of {n_classes} class to be {side}",
                expected="two classes at least on both sides of the split",
                do="embed more of these genes",
            )


def _fit(model: Any, matrix: Any, labels: NDArray[np.intp]) -> str:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(matrix, labels)
    stopped = any(issubclass(one.category, ConvergenceWarning) for one in said)
    return "stopped before it converged, as the paper's does" if stopped else ""


def _area(labels: NDArray[np.intp], scores: NDArray[np.float64]) -> float:
    rates = roc_curve(labels, scores)
    return float(auc(rates[0], rates[1]))
