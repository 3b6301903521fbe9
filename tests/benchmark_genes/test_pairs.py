"""Pairs of genes: products without the matrix of pairs, and the optimum of scikit-learn's regression."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from genept.benchmark.pairs import FEATURES, PairLogisticRegression, pair_matrix, pair_operator
from genept.errors import GeneptError


def made(n_genes: int, n_pairs: int, width: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n_genes, width)).astype(np.float32)
    return vectors, rng.integers(n_genes, size=(n_pairs, 2))


def naive(vectors: np.ndarray, pairs: np.ndarray, features: str) -> np.ndarray:
    rows = []
    for a, b in pairs:
        one, other = vectors[a].astype(float), vectors[b].astype(float)
        rows.append(
            {
                "sum": one + other,
                "mean": (one + other) / 2,
                "product": one * other,
                "concatenation": np.concatenate([one, other]),
                "absolute_difference": np.abs(one - other),
            }[features]
        )
    return np.array(rows)


@given(st.sampled_from(FEATURES), st.integers(1, 8), st.integers(1, 30), st.integers(1, 5), st.integers(0, 9))
def test_products_are_those_with_the_matrix(
    features: str, n_genes: int, n_pairs: int, width: int, seed: int
) -> None:
    vectors, pairs = made(n_genes, n_pairs, width, seed)
    matrix = naive(vectors, pairs, features)
    np.testing.assert_allclose(pair_matrix(vectors, pairs, features), matrix, rtol=1e-5, atol=1e-6)
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(matrix.shape[1],))
    errors = rng.normal(size=(n_pairs,))
    for given_vectors in (vectors, sparse.csr_array(vectors)):
        operator = pair_operator(given_vectors, pairs, features)
        assert operator.shape == matrix.shape
        np.testing.assert_allclose(operator.matvec(weights), matrix @ weights, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(operator.rmatvec(errors), matrix.T @ errors, rtol=1e-5, atol=1e-5)


def labelled(features: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pairs, some repeated and some of a gene with itself, with labels that overlap."""
    vectors, pairs = made(40, 300, 6, seed)
    pairs[:20] = pairs[20:40]
    pairs[40:50, 1] = pairs[40:50, 0]
    matrix = naive(vectors, pairs, features)
    labels = (matrix[:, 0] + np.random.default_rng(seed).normal(size=300) > np.median(matrix[:, 0])).astype(
        int
    )
    return vectors, pairs, labels, matrix


def objective(coef: np.ndarray, intercept: float, matrix: np.ndarray, labels: np.ndarray, C: float) -> float:
    margins = np.where(labels == 1, 1, -1) * (matrix @ coef + intercept)
    return float(0.5 * coef @ coef + C * np.logaddexp(0, -margins).sum())


@pytest.mark.parametrize("C", [0.001, 1.0, 1000.0])
@pytest.mark.parametrize("features", FEATURES)
def test_the_optimum_is_scikit_learns(features: str, C: float) -> None:
    vectors, pairs, labels, matrix = labelled(features)
    theirs = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(matrix, labels)
    best = objective(theirs.coef_[0], theirs.intercept_[0], matrix, labels, C)
    ours = PairLogisticRegression(features, C).fit(vectors, pairs, labels)
    assert ours.converged_
    assert ours.objective_ == pytest.approx(best, rel=1e-6)
    assert objective(ours.coef_, ours.intercept_, matrix, labels, C) == pytest.approx(best, rel=1e-6)
    np.testing.assert_allclose(
        ours.decision_function(vectors, pairs), theirs.decision_function(matrix), rtol=1e-2, atol=1e-2
    )


def test_where_it_starts_does_not_matter() -> None:
    vectors, pairs, labels, _ = labelled("sum")
    alone = PairLogisticRegression("sum", 1.0).fit(vectors, pairs, labels)
    before = PairLogisticRegression("sum", 0.01).fit(vectors, pairs, labels)
    after = PairLogisticRegression("sum", 1.0).fit(vectors, pairs, labels, start=before)
    assert after.objective_ == pytest.approx(alone.objective_, rel=1e-8)


def test_what_did_not_converge_says_so() -> None:
    vectors, pairs, labels, _ = labelled("sum")
    assert not PairLogisticRegression("sum", 1000.0, max_iter=1).fit(vectors, pairs, labels).converged_


@pytest.mark.parametrize(
    "case", ["one class", "no pairs", "row out of range", "not finite", "unknown features", "lengths"]
)
def test_bad_input(case: str) -> None:
    vectors, pairs, labels, _ = labelled("sum")
    features = "sum"
    if case == "one class":
        labels = np.ones(300, dtype=int)
    elif case == "no pairs":
        pairs, labels = pairs[:0], labels[:0]
    elif case == "row out of range":
        pairs = pairs + 1
        pairs[0] = 40
    elif case == "not finite":
        vectors[pairs[0, 0], 0] = np.nan
    elif case == "unknown features":
        features = "poetry"
    else:
        labels = labels[:-1]
    with pytest.raises(GeneptError):
        PairLogisticRegression(features).fit(vectors, pairs, labels)
