"""Tests of differences and of scores against chance."""

from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from genept.benchmark.statistics import corrected_resampled_t_test, permutation_p_value

DIFFERENCES = st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=2, max_size=30)


def test_it_is_the_formula_by_hand() -> None:
    # Mean 2, variance 2.5 with n - 1; factor 1/5 + 25/100.
    t, p_value = corrected_resampled_t_test([0, 1, 2, 3, 4], 100, 25)
    assert t == pytest.approx(2 / sqrt((0.2 + 0.25) * 2.5))
    assert p_value == pytest.approx(2 * (1 - stats.t.cdf(t, 4)))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**20), st.integers(2, 30))
def test_without_test_rows_it_is_the_ordinary_t_test(seed: int, n: int) -> None:
    differences = np.random.default_rng(seed).normal(loc=0.2, size=n)
    expected = stats.ttest_1samp(differences, 0)
    t, p_value = corrected_resampled_t_test(differences, 1e15, 1)
    assert t == pytest.approx(expected.statistic)
    assert p_value == pytest.approx(expected.pvalue)


@settings(max_examples=50, deadline=None)
@given(DIFFERENCES, st.integers(1, 1000), st.integers(1, 1000))
def test_the_p_value_is_one_and_has_no_side(differences: list[float], n_train: int, n_test: int) -> None:
    t, p_value = corrected_resampled_t_test(differences, n_train, n_test)
    turned, same = corrected_resampled_t_test([-each for each in differences], n_train, n_test)
    assert 0 <= p_value <= 1
    assert p_value == same
    assert turned == -t
    # More shared training rows, less certainty.
    assert corrected_resampled_t_test(differences, n_train, 2 * n_test)[1] >= p_value


def test_it_finds_no_difference_more_often_than_it_should() -> None:
    # Folds that share rows: a common part makes their differences vary together, by n_test / n_train.
    rng = np.random.default_rng(3)
    differences = rng.normal(scale=sqrt(0.2), size=(600, 1)) + rng.normal(scale=sqrt(0.8), size=(600, 10))
    found = [corrected_resampled_t_test(each, 80, 20)[1] < 0.05 for each in differences]
    assert np.mean(found) == pytest.approx(0.05, abs=0.03)
    assert np.mean(stats.ttest_1samp(differences, 0, axis=1).pvalue < 0.05) > 0.15


def test_the_edges() -> None:
    assert corrected_resampled_t_test([0, 0, 0], 80, 20) == (0, 1)
    assert corrected_resampled_t_test([0.5, 0.5], 80, 20) == (np.inf, 0)
    nothing: list[tuple[list[float], float, float]] = [
        ([], 80, 20),
        ([0.1], 80, 20),
        ([0.1, np.nan], 80, 20),
        ([0.1, 0.2], np.nan, 20),
        ([0.1, 0.2], 80, np.nan),
        ([0.1, 0.2], 0, 20),
    ]
    for differences, n_train, n_test in nothing:
        assert all(isnan(value) for value in corrected_resampled_t_test(differences, n_train, n_test))


def test_the_observed_score_counts_among_the_permuted() -> None:
    assert permutation_p_value(0.9, [0.5] * 99) == 0.01
    assert permutation_p_value(0.5, [0.9] * 99) == 1
    assert permutation_p_value(0.5, [0.5, 0.4, 0.6]) == 0.75
    assert permutation_p_value(0.1 + 0.2, [0.3, 0.0]) == pytest.approx(2 / 3)  # A tie but for rounding.
    assert permutation_p_value(0.5, [0.9, np.nan]) == 1
    assert isnan(permutation_p_value(np.nan, [0.9]))
    assert isnan(permutation_p_value(0.5, []))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**20), st.integers(1, 200))
def test_permutation_p_values_are_shares(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    permuted = rng.random(n)
    p_value = permutation_p_value(rng.random(), permuted)
    assert 1 / (1 + n) <= p_value <= 1
    assert (p_value * (1 + n)) == pytest.approx(round(p_value * (1 + n)))
