"""The classifiers: scikit-learn's, with settings under which they converge."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from genept.benchmark.representations import LOGISTIC_REGRESSION, Vectors

# Inverse strengths of the penalty to choose from, on vectors whose mean squared length is 1.
STRENGTHS = tuple(10.0**power for power in range(-3, 4))
# Up to so many rows their products fit into a matrix of 32 MB.
_MOST_PRODUCTS = 2048
# A tenth of scikit-learn's default: large C need it.
_TOLERANCE = 1e-5

Features = NDArray[np.floating[Any]] | sparse.csr_array


def prepared(vectors: Vectors) -> Features:
    """Bring vectors to a mean squared length of 1, and into no more dimensions than there are rows.

    One scale for all of them only changes what C means, so that the same C are tried for every embedding. The
    coordinates in the space that the rows span leave all products as they are, and so every l2 logistic
    regression: the same scores for less work.

    Parameters
    ----------
    vectors
        (n, d) array.

    Returns
    -------
    (n, min(n, d)) float64 array, or (n, d) CSR array
        The latter of sparse vectors of more than 2,048 rows.
    """
    scale = float(np.sqrt(mean_square(vectors)))
    n, width = vectors.shape
    if width <= n and not sparse.issparse(vectors):
        return np.asarray(vectors, dtype=np.float64) / scale
    if n > _MOST_PRODUCTS:
        return sparse.csr_array(vectors / scale) if sparse.issparse(vectors) else vectors / scale
    products = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    gram = np.asarray(products.toarray() if sparse.issparse(products) else products) / scale**2
    lengths, axes = np.linalg.eigh(gram)
    kept = lengths > lengths[-1] * n * np.finfo(np.float64).eps
    if not kept.any():
        # Nothing but zeros: one feature that says nothing, since a classifier wants one.
        return np.zeros((n, 1))
    return np.asarray(axes[:, kept] * np.sqrt(lengths[kept]))


def logistic_regression(vectors: Features, labels: NDArray[np.intp], C: float) -> LogisticRegression:
    """Fit an l2 logistic regression by L-BFGS until it converges.

    Parameters
    ----------
    vectors
        (n, d) rows that :func:`prepared` made.
    labels
        (n,) classes.
    C
        Inverse strength of the penalty.
    """
    model = LogisticRegression(C=C, max_iter=1000, tol=_TOLERANCE)
    return model.fit(vectors, labels)


def random_forest(vectors: Features, labels: NDArray[np.intp], rng: int) -> RandomForestClassifier:
    """Fit scikit-learn's random forest at its defaults: 100 trees."""
    return RandomForestClassifier(random_state=rng).fit(vectors, labels)


def score_of(model: Any, vectors: Features) -> NDArray[np.float64]:
    """(n,) the higher, the more the rows look like the positive class (label 1)."""
    if isinstance(model, LogisticRegression):
        return np.asarray(model.decision_function(vectors))
    return np.asarray(model.predict_proba(vectors)[:, 1])


def is_linear(classifier: str) -> bool:
    """Whether a classifier has a penalty to choose."""
    return classifier == LOGISTIC_REGRESSION


def mean_square(vectors: Vectors) -> float:
    """Mean squared length of (n, d) vectors; 1 where all are zero."""
    if sparse.issparse(vectors):
        total = float(np.square(vectors.data, dtype=np.float64).sum())
    else:
        total = float(np.einsum("ij,ij->", vectors, vectors, dtype=np.float64))
    return total / vectors.shape[0] or 1.0
