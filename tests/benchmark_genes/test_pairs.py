"""Features of pairs are what plain loops say, and the regression has scikit-learn's optimum."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from genept.benchmark.pairs import (
    FEATURES,
    PairLogisticRegression,
    combine,
    minimise,
    pair_matrix,
    pair_operator,
)
from genept.errors import ArgumentError, UnknownNameError, ValuesError

Floats = NDArray[np.float64]


def of_two(x: float, y: float, features: str) -> float:
    if features == "product":
        return x * y
    if features == "absolute_difference":
        return max(x, y) - min(x, y)
    return (x + y) / 2 if features == "mean" else x + y


def naive(vectors: NDArray[np.floating], pairs: NDArray[np.integer], features: str) -> Floats:
    rows = []
    for a, b in pairs.tolist():
        first, second = [float(x) for x in vectors[a]], [float(x) for x in vectors[b]]
        if features == "concatenation":
            rows.append(first + second)
            continue
        rows.append([of_two(x, y, features) for x, y in zip(first, second, strict=True)])
    width = vectors.shape[1] * (2 if features == "concatenation" else 1)
    return np.array(rows, dtype=np.float64).reshape(len(pairs), width)


def objective(matrix: Floats, labels: NDArray[np.integer], model: Any) -> float:
    """Scikit-learn's, from its documentation."""
    weights, intercept = np.ravel(model.coef_), float(np.ravel(model.intercept_)[0])
    margins = np.where(labels == 1, 1, -1) * (matrix @ weights + intercept)
    return float(0.5 * weights @ weights + model.C * np.logaddexp(0, -margins).sum())


def their_optimum(matrix: Floats, labels: NDArray[np.integer], C: float) -> float:
    theirs = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-11, max_iter=1000).fit(matrix, labels)
    return objective(matrix, labels, theirs)


def some_pairs(
    n_genes: int = 40, d: int = 6, n: int = 300
) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.intp]]:
    """Correlated vectors off the origin; repeated pairs, some with both labels, and genes with themselves."""
    rng = np.random.default_rng(7)
    vectors = (rng.normal(size=(n_genes, d)) @ rng.normal(size=(d, d)) + 1).astype(np.float32)
    pairs = rng.integers(0, n_genes, (n, 2))
    pairs[:20] = pairs[20:40]
    pairs[40:50, 1] = pairs[40:50, 0]
    scores = vectors[pairs].sum(axis=1) @ rng.normal(size=d)
    labels = scores + rng.normal(scale=scores.std(), size=n) > np.median(scores)
    labels[0] = ~labels[20]
    return vectors, pairs, labels.astype(np.intp)


@st.composite
def cases(draw: st.DrawFn) -> tuple[NDArray[np.float32], NDArray[np.intp], np.random.Generator]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_genes, d, n = draw(st.integers(1, 9)), draw(st.integers(1, 7)), draw(st.integers(0, 30))
    vectors = rng.normal(scale=draw(st.sampled_from([0.1, 30.0])), size=(n_genes, d)).astype(np.float32)
    vectors[rng.random(vectors.shape) < draw(st.sampled_from([0.0, 0.6]))] = 0
    return vectors, rng.integers(0, n_genes, (n, 2)), rng


@settings(deadline=None)
@given(
    case=cases(), features=st.sampled_from(FEATURES), is_sparse=st.booleans(), at_a_time=st.integers(1, 40)
)
def test_products_are_those_with_the_matrix_of_plain_loops(
    case: tuple[NDArray[np.float32], NDArray[np.intp], np.random.Generator],
    features: str,
    is_sparse: bool,
    at_a_time: int,
) -> None:
    dense, pairs, rng = case
    vectors = sparse.csr_array(dense) if is_sparse else dense
    expected = naive(dense, pairs, features)
    weights, residuals = (rng.normal(size=(n,)) for n in expected.shape[::-1])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(combine, "NUMBERS_AT_A_TIME", at_a_time)
        operator = pair_operator(vectors, pairs, features)
        matrix = pair_matrix(vectors, pairs, features)
        scores, gradient = operator.matvec(weights), operator.rmatvec(residuals)
        through = operator.through(weights, lambda some, scores: scores**2 * residuals[some])
    assert operator.shape == matrix.shape == expected.shape
    assert [operator.dtype, matrix.dtype] == [np.dtype("float64"), np.dtype("float32")]
    np.testing.assert_allclose(matrix, expected, rtol=1e-6, atol=1e-4)
    near: dict[str, Any] = {"rtol": 1e-11, "atol": 1e-11 * (1 + np.abs(expected).sum() ** 2)}
    np.testing.assert_allclose(scores, expected @ weights, **near)
    np.testing.assert_allclose(gradient, expected.T @ residuals, **near)
    np.testing.assert_allclose(through, expected.T @ ((expected @ weights) ** 2 * residuals), **near)
    assert residuals @ scores == pytest.approx(gradient @ weights, rel=1e-9, abs=1e-9)


def test_only_the_concatenation_minds_the_order_of_two_genes() -> None:
    vectors, pairs, _ = some_pairs()
    for features in FEATURES:
        as_given, turned = (pair_matrix(vectors, some, features) for some in (pairs, pairs[:, ::-1]))
        assert (as_given == turned).all() == (features != "concatenation")
    assert (pair_matrix(vectors, pairs, "concatenation")[:, :6] == vectors[pairs[:, 0]]).all()


@pytest.mark.parametrize("C", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("features", FEATURES)
@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("is_wide", [False, True])
def test_the_optimum_is_scikit_learns(
    features: str, C: float, is_sparse: bool, is_wide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_wide:
        monkeypatch.setattr(minimise, "WIDEST", 1)
    dense, pairs, labels = some_pairs()
    vectors = sparse.csr_array(dense) if is_sparse else dense
    model = PairLogisticRegression(features, C).fit(vectors, pairs, labels)
    matrix = naive(dense, pairs, features)
    assert model.converged_
    assert model.objective_ == pytest.approx(objective(matrix, labels, model), rel=1e-12)
    assert model.objective_ == pytest.approx(their_optimum(matrix, labels, C), rel=1e-8)
    np.testing.assert_allclose(
        model.decision_function(vectors, pairs), matrix @ model.coef_ + model.intercept_, rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("scale", [1e-3, 1.0, 100.0])
@pytest.mark.parametrize(("n", "d"), [(20, 5), (20, 30), (5000, 30)])
def test_the_optimum_is_no_worse_than_scikit_learns_where_a_plane_parts_the_classes(
    n: int, d: int, scale: float
) -> None:
    # Few pairs near the plane matter at the optimum, and second derivatives change as it is approached.
    rng = np.random.default_rng(0)
    vectors = (scale * rng.normal(size=(500, d))).astype(np.float32)
    pairs = rng.integers(0, 500, (n, 2))
    labels = (vectors[pairs].sum(axis=1) @ rng.normal(size=d) > 0).astype(int)
    model = PairLogisticRegression(C=1e3).fit(vectors, pairs, labels)
    assert model.converged_
    assert model.n_iter_ < 200
    matrix = naive(vectors, pairs, "sum")
    assert model.objective_ == pytest.approx(objective(matrix, labels, model), rel=1e-9)
    # Scikit-learn's stays above, and warns, where most pairs lie far from the plane.
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        theirs = their_optimum(matrix, labels, C=1e3)
    assert model.objective_ < theirs * (1 + 1e-7)


@pytest.mark.parametrize("is_wide", [False, True])
def test_the_intercept_of_a_rare_label_is_found_where_pairs_weigh_little(
    is_wide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_wide:
        monkeypatch.setattr(minimise, "WIDEST", 1)
    vectors, pairs, _ = some_pairs(n=50)
    labels = (np.arange(50) < 4).astype(np.intp)
    model = PairLogisticRegression(C=1e-8).fit(vectors, pairs, labels)
    assert model.objective_ == pytest.approx(
        their_optimum(naive(vectors, pairs, "sum"), labels, 1e-8), rel=2e-9
    )
    assert model.intercept_ == pytest.approx(np.log(4 / 46), abs=1e-3)


def test_large_vectors_in_few_directions() -> None:
    rng = np.random.default_rng(0)
    few, turn = 1e5 * rng.normal(size=(300, 2)), np.linalg.qr(rng.normal(size=(40, 2)))[0].T
    pairs, labels = rng.integers(0, 300, (2000, 2)), rng.integers(0, 2, 2000)
    model = PairLogisticRegression(C=1e3).fit(few @ turn, pairs, labels)
    assert model.converged_
    # The turn changes no length, and so neither the penalty nor the scores.
    assert model.objective_ == pytest.approx(their_optimum(naive(few, pairs, "sum"), labels, 1e3), rel=1e-7)


def test_correlated_and_unnormalised_vectors_take_few_steps() -> None:
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(300, 40)) * np.logspace(-3, 3, 40) @ rng.normal(size=(40, 40)) + 50
    pairs, labels = rng.integers(0, 300, (4000, 2)), rng.integers(0, 2, 4000)
    for C in (1e-3, 1.0, 1e3):
        model = PairLogisticRegression(C=C).fit(vectors.astype(np.float32), pairs, labels)
        assert model.converged_
        assert model.n_iter_ < 40


def test_a_start_changes_the_steps_alone() -> None:
    vectors, pairs, labels = some_pairs()
    cold = PairLogisticRegression(C=3).fit(vectors, pairs, labels)
    for C in (1.0, 3.0, 1e3):
        start = PairLogisticRegression(C=C).fit(vectors, pairs, labels)
        warm = PairLogisticRegression(C=3).fit(vectors, pairs, labels, start=start)
        assert warm.converged_
        assert warm.objective_ == pytest.approx(cold.objective_, rel=3e-9)
        assert warm.n_iter_ < cold.n_iter_
    assert PairLogisticRegression(C=3).fit(vectors, pairs, labels, start=cold).n_iter_ == 0
    # From where every pair is as sure as wrong.
    far = PairLogisticRegression(C=3).fit(vectors, pairs, labels)
    far.coef_ = -1e5 * far.coef_
    back = PairLogisticRegression(C=3).fit(vectors, pairs, labels, start=far)
    assert back.converged_
    assert back.objective_ == pytest.approx(cold.objective_, rel=3e-9)


def test_what_does_not_converge_says_so() -> None:
    vectors, pairs, labels = some_pairs()
    model = PairLogisticRegression(max_iter=1).fit(vectors, pairs, labels)
    assert (model.converged_, model.n_iter_) == (False, 1)
    assert model.objective_ < 300 * np.log(2)


def test_the_result_depends_on_no_number_of_threads() -> None:
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(700, 300)).astype(np.float32)
    pairs, labels = rng.integers(0, 700, (3000, 2)), rng.integers(0, 2, 3000)
    fitted = []
    for threads in (1, 2, 2):
        with threadpool_limits(threads):
            fitted.append(PairLogisticRegression().fit(vectors, pairs, labels).coef_)
    assert (fitted[0] == fitted[1]).all()
    assert (fitted[1] == fitted[2]).all()


def test_bad_input() -> None:
    vectors, pairs, labels = some_pairs()
    fit = PairLogisticRegression().fit
    for only in (0, 1):
        with pytest.raises(ValuesError, match=f"the labels {only}"):
            fit(vectors, pairs, np.full(300, only))
    with pytest.raises(ValuesError, match="the labels -1, 1"):
        fit(vectors, pairs, 2 * labels - 1)
    with pytest.raises(ValuesError, match="no pairs"):
        fit(vectors, pairs[:0], labels[:0])
    with pytest.raises(ArgumentError, match="299,\\) for 300 pairs"):
        fit(vectors, pairs, labels[1:])
    with pytest.raises(ArgumentError, match="rows -1, 40, among 40 genes"):
        fit(vectors, np.array([[0, -1], [40, 3]]), labels[:2])
    for bad in (pairs.astype(float), pairs.ravel(), pairs[:, [0, 1, 1]]):
        with pytest.raises(ArgumentError, match="pairs of shape"):
            pair_operator(vectors, bad)
    wrong: list[Any] = [vectors[0], vectors.astype(int), sparse.csr_matrix(vectors), vectors.tolist()]
    for no_vectors in wrong:
        with pytest.raises(ArgumentError, match="vectors that are"):
            pair_matrix(no_vectors, pairs)
    with pytest.raises(UnknownNameError, match=r"'difference'.*absolute_difference"):
        pair_matrix(vectors, pairs, "difference")
    with pytest.raises(ArgumentError, match="C 0"):
        PairLogisticRegression(C=0)
    model = fit(vectors, pairs, labels)
    with pytest.raises(ArgumentError, match="width 5"):
        model.decision_function(vectors[:, 1:], pairs)
    with pytest.raises(ArgumentError, match="6 coefficients"):
        fit(vectors[:, 1:], pairs, labels, start=model)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused_where_a_pair_has_them(bad: float) -> None:
    vectors, _, _ = some_pairs()
    vectors[[3, 5], 2] = bad
    for given_vectors in (vectors, sparse.csr_array(vectors)):
        for make in (pair_operator, pair_matrix):
            with pytest.raises(ValuesError, match=r"rows 3, 5\."):
                make(given_vectors, np.array([[0, 5], [3, 3], [5, 1]]))
        assert pair_matrix(given_vectors, np.array([[0, 4]])).shape == (1, 6)
