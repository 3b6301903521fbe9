"""Metrics: what scikit-learn says with sample weights, for one set of weights and for many at once."""

import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, balanced_accuracy_score, roc_auc_score

from genept.benchmark.statistics import METRICS, accuracy, balanced_accuracy, roc_auc, weights
from genept.errors import ArgumentError

# Labels, guesses, and a seed of weights.
Case = tuple[NDArray[np.int64], NDArray[np.int64], int]
FEW = settings(max_examples=25, deadline=None)


@st.composite
def cases(draw: st.DrawFn, *, n_classes: int = 2) -> Case:
    """Labels and guesses in so few values that ties, empty classes and wrong guesses are common."""
    n = draw(st.integers(1, 40))
    labels = draw(st.lists(st.integers(0, n_classes - 1), min_size=n, max_size=n))
    guesses = draw(st.lists(st.integers(0, max(n_classes, 5) - 1), min_size=n, max_size=n))
    return np.array(labels), np.array(guesses), draw(st.integers(0, 2**20))


def weights_of(seed: int, n: int, *, whole: bool) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(1, size=(4, n)).astype(float)
    return counts if whole else counts * rng.random((4, n))


@FEW
@given(cases(), st.booleans())
def test_roc_auc_is_scikit_learns(case: Case, whole: bool) -> None:
    labels, scores, seed = case
    many = weights_of(seed, len(labels), whole=whole)
    values = roc_auc(labels, scores, many)
    for value, each in zip(values, many, strict=True):
        if each[labels == 0].any() and each[labels == 1].any():
            assert value == pytest.approx(roc_auc_score(labels, scores, sample_weight=each), abs=1e-12)
        else:
            assert np.isnan(value)


@FEW
@given(cases(n_classes=4))
def test_accuracies_are_scikit_learns(case: Case) -> None:
    labels, predicted, seed = case
    many = weights_of(seed, len(labels), whole=False)
    plain, balanced = accuracy(labels, predicted, many), balanced_accuracy(labels, predicted, many)
    for row, each in enumerate(many):
        if not each.any():
            assert np.isnan(plain[row])
            assert np.isnan(balanced[row])
            continue
        assert plain[row] == pytest.approx(accuracy_score(labels, predicted, sample_weight=each), abs=1e-12)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # It warns of each class that it leaves out.
            expected = balanced_accuracy_score(labels, predicted, sample_weight=each)
        assert balanced[row] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
@FEW
@given(case=cases())
def test_whole_weights_are_repeated_rows_exactly(name: str, case: Case) -> None:
    labels, guesses, seed = case
    metric = METRICS[name]
    counts = weights_of(seed, len(labels), whole=True).astype(np.int32)
    repeated = [metric(np.repeat(labels, each), np.repeat(guesses, each)) for each in counts]
    np.testing.assert_array_equal(metric(labels, guesses, weights=counts), repeated)
    np.testing.assert_array_equal(metric(labels, guesses, weights=counts[0]), repeated[0])


@FEW
@given(cases())
def test_turned_labels_turn_the_area(case: Case) -> None:
    labels, scores, seed = case
    each = weights_of(seed, len(labels), whole=False)
    turned = 1 - roc_auc(1 - labels, scores, each)
    np.testing.assert_allclose(roc_auc(labels, scores, each), turned, atol=1e-12)
    order = np.random.default_rng(seed).permutation(len(labels))
    shuffled = roc_auc(labels[order], np.exp(scores[order]), each[:, order])
    np.testing.assert_allclose(roc_auc(labels, scores, each), shuffled, atol=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_blocks_change_nothing_and_bound_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    labels, guesses = rng.integers(2, size=5_000), rng.integers(2, size=5_000)
    counts = rng.poisson(1, size=(400, 5_000)).astype(np.int8)
    whole = METRICS[name](labels, guesses, weights=counts)
    monkeypatch.setattr(weights, "BLOCK_VALUES", 12_000)
    tracemalloc.start()
    in_blocks = METRICS[name](labels, guesses, weights=counts)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(in_blocks, whole)
    assert peak < counts.size  # A byte for each weight would already be more; all at once takes eight.


def test_nothing_to_score_is_undefined() -> None:
    for metric in METRICS.values():
        assert np.isnan(metric([], []))
    assert np.isnan(roc_auc([1, 1], [0.1, 0.2]))
    assert roc_auc(np.array([True, False]), [2, 1]) == 1
    assert roc_auc([0, 1], [1, 1], np.zeros((0, 2))).shape == (0,)


@pytest.mark.parametrize(
    ("labels", "scores", "each"),
    [
        ([0, 1, 2], [0.1, 0.2, 0.3], np.ones(3)),
        ([0, 1], [0.1, np.nan], np.ones(2)),
        ([0, 1], [0.1, 0.2, 0.3], np.ones(2)),
        ([0, 1], [0.1, 0.2], np.array([1.0, -1.0])),
        ([0, 1], [0.1, 0.2], np.array([[1.0, np.nan]])),
        ([0, 1], [0.1, 0.2], np.array([1.0, np.inf])),
        ([0, 1], [0.1, 0.2], np.ones(3)),
        ([0, 1], [0.1, 0.2], np.ones((2, 1, 2))),
    ],
)
def test_what_makes_no_sense_is_refused(
    labels: list[int], scores: list[float], each: NDArray[np.float64]
) -> None:
    with pytest.raises(ArgumentError):
        roc_auc(labels, scores, each)
