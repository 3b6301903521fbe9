"""Bootstrap over genes: equal to a plain loop, paired, and right about how sure a score is."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm

from genept.benchmark.statistics import bootstrap_scores, interval, resampled_counts, row_weights, weights
from genept.errors import ArgumentError, UnknownNameError
from tests.benchmark_genes.predictions import made_predictions


def test_counts_are_of_draws_with_replacement() -> None:
    counts = resampled_counts(20, 20_000, 1)
    assert counts.dtype == np.int32
    assert (counts.sum(axis=1) == 20).all()
    # Multinomial: mean 1, variance 1 - 1/n, covariance -1/n.
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.03)
    np.testing.assert_allclose(np.cov(counts.T), np.eye(20) - 1 / 20, atol=0.04)
    np.testing.assert_array_equal(counts, resampled_counts(20, 20_000, np.random.default_rng(1)))


def naive_weight(counts: NDArray[np.int32], first: int, second: int) -> int:
    if second in (-1, first):
        return int(counts[first])
    return int(counts[first]) * int(counts[second])


def naive_auc(rows: list[tuple[int, float]]) -> float:
    positives = [score for label, score in rows if label]
    negatives = [score for label, score in rows if not label]
    if not positives or not negatives:
        return float("nan")
    twice = sum(2 * (a > b) + (a == b) for a in positives for b in negatives)
    return twice / (2 * len(positives) * len(negatives))


def naive_accuracy(rows: list[tuple[int, float]]) -> float:
    return sum(label == guess for label, guess in rows) / len(rows) if rows else float("nan")


def naive_balanced_accuracy(rows: list[tuple[int, float]]) -> float:
    of_class = Counter(label for label, _ in rows)
    right = Counter(label for label, guess in rows if label == guess)
    recalls = [right[label] / of_class[label] for label in sorted(of_class)]
    return sum(recalls) / len(recalls) if recalls else float("nan")


NAIVE = {
    "roc_auc": (naive_auc, "score"),
    "accuracy": (naive_accuracy, "predicted"),
    "balanced_accuracy": (naive_balanced_accuracy, "predicted"),
}


@pytest.mark.parametrize("metric", NAIVE)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**20), n_pairs=st.sampled_from([0, 12, 40]), n_repeats=st.sampled_from([1, 2]))
def test_it_is_a_loop_over_drawn_rows_exactly(metric: str, seed: int, n_pairs: int, n_repeats: int) -> None:
    rng = np.random.default_rng(seed)
    table = made_predictions(rng, n_genes=12, n_pairs=n_pairs, n_folds=3, n_repeats=n_repeats)
    genes = sorted({*table["first"], *table["second"]} - {-1})
    position = {gene: place for place, gene in enumerate(genes)} | {-1: -1}
    score, column = NAIVE[metric]
    expected = []
    for counts in resampled_counts(len(genes), 8, seed):
        of_folds = []
        for _, fold in table.groupby(["repeat", "fold"]):
            rows: list[tuple[int, float]] = []
            for first, second, label, guess in fold[["first", "second", "label", column]].to_numpy():
                times = naive_weight(counts, position[first], position[second])
                rows += [(int(label), guess)] * times
            of_folds.append(score(rows))
        defined = [value for value in of_folds if not np.isnan(value)]
        expected.append(sum(defined) / len(defined) if defined else float("nan"))
    got = bootstrap_scores(table, metric, n_resamples=8, rng=seed)
    np.testing.assert_array_equal(got, expected)


def test_a_pair_counts_the_product_of_its_genes() -> None:
    counts = resampled_counts(6, 50, 3)
    first, second = np.array([0, 1, 2, 5]), np.array([1, 1, -1, 4])
    drawn = counts.T
    expected = np.stack([drawn[0] * drawn[1], drawn[1], drawn[2], drawn[5] * drawn[4]], axis=1)
    np.testing.assert_array_equal(row_weights(counts, first, second), expected)
    np.testing.assert_array_equal(row_weights(counts, first), counts[:, first])


@given(seed=st.integers(0, 2**20))
@settings(max_examples=15, deadline=None)
def test_neither_order_nor_numbers_of_genes_nor_blocks_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = made_predictions(rng, n_genes=15, n_pairs=30)
    expected = bootstrap_scores(table, "roc_auc", n_resamples=20)
    shuffled = table.sample(frac=1, random_state=seed)
    np.testing.assert_array_equal(bootstrap_scores(shuffled, "roc_auc", n_resamples=20), expected)
    renumbered = table.assign(first=table["first"] * 7 + 100, second=table["second"] * 7 + 100)
    np.testing.assert_array_equal(bootstrap_scores(renumbered, "roc_auc", n_resamples=20), expected)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "BLOCK_VALUES", 40)
        np.testing.assert_array_equal(bootstrap_scores(table, "roc_auc", n_resamples=20), expected)


def test_paired_differences_are_narrower_than_unpaired_ones() -> None:
    rng = np.random.default_rng(5)
    one = made_predictions(rng, n_genes=200)
    other = one.assign(score=one["score"] + rng.normal(scale=0.1, size=len(one)))
    scores = bootstrap_scores(one, "roc_auc")
    paired = scores - bootstrap_scores(other, "roc_auc")
    unpaired = scores - bootstrap_scores(other, "roc_auc", rng=1)
    assert paired.std() < unpaired.std() / 3
    np.testing.assert_array_equal(scores, bootstrap_scores(one.copy(), "roc_auc"))


def test_undefined_folds_are_left_out_and_undefined_resamples_are_nan() -> None:
    one_class = pd.DataFrame({"repeat": 0, "fold": 0, "first": np.arange(5), "second": -1, "label": 1})
    one_class["score"] = np.arange(5.0)
    assert np.isnan(bootstrap_scores(one_class, "roc_auc", n_resamples=7)).all()
    two_classes = made_predictions(np.random.default_rng(0), n_genes=40, n_folds=1).assign(fold=1)
    both = pd.concat([one_class, two_classes])
    defined = bootstrap_scores(both, "roc_auc", n_resamples=50)
    only = bootstrap_scores(both[both["fold"] == 1], "roc_auc", n_resamples=50)
    np.testing.assert_array_equal(defined, only)
    assert np.isnan(bootstrap_scores(one_class[:0], "roc_auc", n_resamples=3)).all()


def test_an_interval_needs_nine_tenths_of_the_resamples() -> None:
    values = np.arange(1000.0)
    assert interval(values) == pytest.approx(tuple(np.percentile(values, [2.5, 97.5])))
    values[:100] = np.nan
    assert interval(values) == pytest.approx(tuple(np.percentile(values[100:], [2.5, 97.5])))
    values[100] = np.nan
    assert np.isnan(interval(values)).all()
    assert np.isnan(interval([])).all()


def covered(tables: list[pd.DataFrame], truth: float) -> float:
    inside = [interval(bootstrap_scores(table, "roc_auc", n_resamples=200)) for table in tables]
    return float(np.mean([low <= truth <= high for low, high in inside]))


def test_intervals_over_genes_cover_the_true_area() -> None:
    rng = np.random.default_rng(11)
    label = np.repeat([0, 1], 60)
    tables = [
        pd.DataFrame({"repeat": 0, "fold": 0, "first": np.arange(120), "second": -1, "label": label}).assign(
            score=rng.normal(loc=label)
        )
        for _ in range(150)
    ]
    # Two normals one standard deviation apart. 0.95, and four standard errors of a share of 150.
    assert covered(tables, norm.cdf(1 / np.sqrt(2))) == pytest.approx(0.95, abs=0.07)


def test_intervals_of_pairs_know_that_pairs_share_genes() -> None:
    rng = np.random.default_rng(12)
    first, second = np.triu_indices(30, 1)
    by_genes, by_rows = [], []
    for _ in range(60):
        gene = rng.normal(size=30)
        label = rng.integers(2, size=len(first))
        # Each gene's scores go up or down together, and more so in positive pairs.
        score = label * (0.5 + gene[first] + gene[second]) + rng.normal(size=len(first))
        table = pd.DataFrame({"repeat": 0, "fold": 0, "first": first, "second": second, "label": label})
        by_genes.append(table.assign(score=score))
        by_rows.append(by_genes[-1].assign(first=np.arange(len(first)), second=-1))
    # Positives: N(0.5, 1 + 2), negatives: N(0, 1).
    truth = norm.cdf(0.5 / np.sqrt(4))
    assert covered(by_genes, truth) > 0.88
    assert covered(by_rows, truth) < 0.75


@pytest.mark.parametrize("metric", ["f1", "roc_auc"])
def test_unknown_metrics_and_missing_columns_are_named(metric: str) -> None:
    table = made_predictions(np.random.default_rng(0), n_genes=10).drop(columns="score")
    with pytest.raises(UnknownNameError, match=metric):
        bootstrap_scores(table, metric)


def test_a_row_without_a_gene_is_refused() -> None:
    table = made_predictions(np.random.default_rng(0), n_genes=10)
    with pytest.raises(ArgumentError, match="negative"):
        bootstrap_scores(table.assign(first=-1), "roc_auc")
