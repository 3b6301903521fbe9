"""The protocol ``rigorous``: what is never on both sides, where C is chosen, numbers done again by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from genept.benchmark.protocols.classifiers import STRENGTHS, prepared
from genept.benchmark.protocols.rigorous_genes import GeneScoring, score_genes
from genept.benchmark.protocols.rigorous_pairs import PairScoring, score_pairs
from genept.benchmark.protocols.splits import gene_folds, pair_folds
from genept.benchmark.sample import NotComputableError, Sample, labelled_genes, labelled_pairs
from genept.benchmark.tasks import GeneLabels, PairLabels
from tests.benchmark_genes.test_sample import everything

LINEAR = GeneScoring("logistic_regression", ("roc_auc",), 7)


def gene_sample(labels: np.ndarray, classes: tuple[str, ...] = ("yes", "no")) -> Sample:
    names = tuple(f"g{k}" for k in range(len(labels)))
    return labelled_genes(GeneLabels(names, labels, classes), everything(len(labels)))


def two_classes(n: int, d: int, shift: float = 0.8) -> tuple[np.ndarray, Sample]:
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=n)
    vectors = rng.normal(size=(n, d)).astype(np.float32)
    vectors[:, 0] += shift * (labels == 0)
    return vectors, gene_sample(labels)


def test_the_same_as_a_naive_nested_cross_validation() -> None:
    vectors, sample = two_classes(90, 5)
    scored = score_genes(vectors, sample, np.arange(90), how=LINEAR)
    X = vectors.astype(float) / np.sqrt((vectors.astype(float) ** 2).sum(axis=1).mean())
    y = sample.positive.astype(int)
    expected = []
    for repeat in (0, 4):
        for train, test in StratifiedKFold(5, shuffle=True, random_state=7 + repeat).split(X, y):
            inner = list(StratifiedKFold(3, shuffle=True, random_state=7).split(X[train], y[train]))
            means = []
            for C in STRENGTHS:
                areas = [
                    roc_auc_score(y[train][b], _scores(X[train][a], y[train][a], X[train][b], C))
                    for a, b in inner
                ]
                means.append(np.mean(areas))
            C = STRENGTHS[int(np.argmax(np.round(means, 12)))]
            area = roc_auc_score(y[test], _scores(X[train], y[train], X[test], C))
            expected.append((repeat, C, area))
    assert len(scored.folds) == 25
    chosen = [fold for fold in scored.folds if fold.repeat in (0, 4)]
    found = [(fold.repeat, fold.C, fold.values["roc_auc"]) for fold in chosen]
    assert [one[:2] for one in found] == [one[:2] for one in expected]
    np.testing.assert_allclose([one[2] for one in found], [one[2] for one in expected], atol=1e-12)


def _scores(X: np.ndarray, y: np.ndarray, tested: np.ndarray, C: float) -> np.ndarray:
    model = LogisticRegression(C=C, tol=1e-5, max_iter=1000).fit(X, y)
    return np.asarray(model.decision_function(tested))


def test_more_dimensions_than_genes_give_the_same_scores() -> None:
    """In the space that the rows span every product is the same, and so every score."""
    vectors, sample = two_classes(60, 200)
    dense = score_genes(vectors, sample, np.arange(60), how=LINEAR)
    thin = score_genes(sparse.csr_array(vectors), sample, np.arange(60), how=LINEAR)
    features = np.asarray(prepared(vectors))
    assert features.shape[1] <= 60
    scaled = vectors.astype(float) / np.sqrt((vectors.astype(float) ** 2).sum(axis=1).mean())
    np.testing.assert_allclose(features @ features.T, scaled @ scaled.T, atol=1e-9)
    np.testing.assert_allclose(dense.predictions["score"], thin.predictions["score"], rtol=1e-5, atol=1e-6)


def test_vectors_of_zeros_say_nothing_and_stop_nothing() -> None:
    """As TF-IDF gives of texts of stop words alone."""
    sample = gene_sample(np.arange(40) % 2)
    scored = score_genes(
        sparse.csr_array(np.zeros((40, 60), dtype=np.float32)), sample, np.arange(40), how=LINEAR
    )
    assert {fold.values["roc_auc"] for fold in scored.folds} == {0.5}


def test_several_classes() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(4, size=200)
    vectors = rng.normal(size=(200, 6)).astype(np.float32)
    vectors[np.arange(200), labels] += 3
    how = GeneScoring("logistic_regression", ("accuracy", "balanced_accuracy"), 0)
    scored = score_genes(vectors, gene_sample(labels, ("a", "b", "c", "d")), np.arange(200), how=how)
    by_fold = scored.predictions.groupby(["repeat", "fold"])
    for fold, (_, rows) in zip(scored.folds, by_fold, strict=True):
        again = balanced_accuracy_score(rows["label"], rows["predicted"])
        assert fold.values["balanced_accuracy"] == pytest.approx(again)
    assert np.mean([fold.values["accuracy"] for fold in scored.folds]) > 0.8


def test_accuracy_of_the_two_classes_that_are_left() -> None:
    """The metric decides what is predicted: of many classes two may be large enough."""
    labels = np.repeat([0, 1], 60)
    vectors = np.random.default_rng(0).normal(size=(120, 4)).astype(np.float32)
    vectors[:, 0] += 3 * labels
    how = GeneScoring("logistic_regression", ("accuracy",), 0, n_permutations=2)
    scored = score_genes(vectors, gene_sample(labels, ("coding", "not")), np.arange(120), how=how)
    right = scored.predictions["predicted"].to_numpy() == labels[scored.predictions["first"]]
    assert np.mean([fold.values["accuracy"] for fold in scored.folds]) == pytest.approx(right.mean())
    assert right.mean() > 0.85


@pytest.mark.parametrize("metrics", [("roc_auc",), ("roc_auc", "accuracy")])
def test_metrics_that_do_not_go_with_the_classes(metrics: tuple[str, ...]) -> None:
    sample = gene_sample(np.arange(60) % 3, ("a", "b", "c"))
    how = GeneScoring("logistic_regression", metrics, 0)
    with pytest.raises(NotComputableError, match="of 3 classes"):
        score_genes(np.ones((60, 2), dtype=np.float32), sample, np.arange(60), how=how)


def test_families_of_tested_genes_are_not_learned_from_where_the_task_parts_them() -> None:
    rng = np.random.default_rng(0)
    labels, family = np.arange(120) % 2, rng.integers(40, size=120)
    part = tuple(np.where(np.arange(120) < 30, "test", "train").tolist())
    names = tuple(f"g{k}" for k in range(120))
    sample = labelled_genes(GeneLabels(names, labels, ("yes", "no"), part), everything(120))
    vectors = rng.normal(size=(120, 3)).astype(np.float32)
    (fold,) = score_genes(vectors, sample, family, how=LINEAR).folds
    assert fold.n_test == 30
    assert fold.n_train == (~np.isin(family[30:], family[:30])).sum() < 90


def test_permuted_labels_of_a_small_class_are_spread_over_the_folds() -> None:
    sample = gene_sample(np.array([0] * 5 + [1] * 40))
    vectors = np.random.default_rng(0).normal(size=(45, 3)).astype(np.float32)
    how = GeneScoring("logistic_regression", ("roc_auc",), 0, n_permutations=12)
    scored = score_genes(vectors, sample, np.arange(45), how=how)
    assert np.isfinite(scored.permuted).sum() == 12


@settings(max_examples=25, deadline=None)
@given(st.integers(10, 60), st.integers(5, 15), st.integers(0, 3))
def test_groups_of_genes_are_on_one_side(n: int, n_groups: int, rng: int) -> None:
    drawn = np.random.default_rng(rng)
    labels, groups = drawn.integers(2, size=n), drawn.integers(n_groups, size=n)
    seen: list[int] = []
    for train, test in gene_folds(labels, groups, n_folds=3, rng=rng):
        assert not set(groups[train]) & set(groups[test])
        seen += test.tolist()
    assert sorted(seen) == list(range(n))


@given(st.integers(5, 80), st.integers(0, 3))
def test_tested_pairs_share_no_gene_with_those_learned_from(n: int, rng: int) -> None:
    drawn = np.random.default_rng(rng)
    pairs, groups = drawn.integers(30, size=(n, 2)), drawn.integers(12, size=30)
    tested: list[int] = []
    for train, test in pair_folds(pairs, groups, n_folds=4, rng=rng):
        assert not set(groups[pairs[train]].ravel()) & set(groups[pairs[test]].ravel())
        tested += test.tolist()
    assert len(set(tested)) == len(tested)


@pytest.mark.slow
def test_vectors_without_information_score_like_chance() -> None:
    rng = np.random.default_rng(5)
    sample = gene_sample(rng.integers(2, size=200))
    scored = score_genes(rng.normal(size=(200, 20)).astype(np.float32), sample, np.arange(200), how=LINEAR)
    assert abs(np.mean([fold.values["roc_auc"] for fold in scored.folds]) - 0.5) < 0.1


@pytest.mark.slow
def test_permutations() -> None:
    vectors, sample = two_classes(80, 4, shift=2.0)
    how = GeneScoring("logistic_regression", ("roc_auc",), 0, n_permutations=19)
    scored = score_genes(vectors, sample, np.arange(80), how=how)
    assert len(scored.permuted) == 19
    observed = np.mean([fold.values["roc_auc"] for fold in scored.folds])
    assert max(scored.permuted) < observed
    assert abs(np.mean(scored.permuted) - 0.5) < 0.1


@pytest.mark.slow
def test_a_forest_sees_the_vectors_as_they_are() -> None:
    """Rotated or scaled columns would be other columns to it."""
    vectors, sample = two_classes(40, 60)
    scored = score_genes(vectors, sample, np.arange(40), how=GeneScoring("random_forest", ("roc_auc",), 3))
    y = sample.positive.astype(int)
    train, test = next(StratifiedKFold(5, shuffle=True, random_state=3).split(vectors, y))
    forest = RandomForestClassifier(random_state=3).fit(vectors[train], y[train])
    first = scored.predictions.query("repeat == 0 and fold == 0")
    assert first["score"].tolist() == forest.predict_proba(vectors[test])[:, 1].tolist()
    assert {fold.C for fold in scored.folds} == {None}


@pytest.mark.parametrize("few", [1, 4])
def test_a_class_that_is_too_small(few: int) -> None:
    labels = np.array([0] * few + [1] * 30)
    vectors = np.random.default_rng(0).normal(size=(len(labels), 3)).astype(np.float32)
    with pytest.raises(NotComputableError, match=f"{few} genes"):
        score_genes(vectors, gene_sample(labels), np.arange(len(labels)), how=LINEAR)


def pair_sample(n_genes: int, n_pairs: int, vectors: np.ndarray, part: tuple[str, ...] = ()) -> Sample:
    rng = np.random.default_rng(0)
    pairs = rng.permutation([(a, b) for a in range(n_genes) for b in range(a)])[:n_pairs]
    signs = (vectors[pairs].sum(axis=1)[:, 0] + 0.3 * rng.normal(size=n_pairs) > 0).astype(np.intp)
    labels = PairLabels(tuple(f"g{a}" for a in pairs[:, 0]), tuple(f"g{b}" for b in pairs[:, 1]), signs, part)
    return labelled_pairs(labels, everything(n_genes), rng=0)


def test_pairs_are_scored_on_genes_that_were_not_learned_from() -> None:
    vectors = np.random.default_rng(1).normal(size=(60, 5)).astype(np.float32)
    sample = pair_sample(60, 1500, vectors)
    scored = score_pairs(vectors, sample, np.arange(60), how=PairScoring("sum", 3))
    assert len(scored.folds) == 5
    assert np.mean([fold.values["roc_auc"] for fold in scored.folds]) > 0.95
    whose = [
        set(rows[["first", "second"]].to_numpy().ravel()) for _, rows in scored.predictions.groupby("fold")
    ]
    assert sum(map(len, whose)) == len(set().union(*whose))


def test_a_given_split_is_cleaned_of_genes_on_both_sides() -> None:
    vectors = np.random.default_rng(1).normal(size=(60, 5)).astype(np.float32)
    part = tuple(
        np.random.default_rng(2).choice(["train", "valid", "test"], 900, p=[0.02, 0.18, 0.8]).tolist()
    )
    sample = pair_sample(60, 900, vectors, part)
    (fold,) = score_pairs(vectors, sample, np.arange(60), how=PairScoring("sum", 3)).folds
    learned = sample.pairs[sample.part == "train"]
    clean = [
        pair for pair in sample.pairs[sample.part == "test"].tolist() if not set(pair) & set(learned.ravel())
    ]
    assert 0 < fold.n_test == len(clean) < (sample.part == "test").sum()


def test_permutations_of_pairs_keep_what_genes_with_many_partners_give_away() -> None:
    """With all positives at three genes, scores by chance vary with these genes, not with the pairs."""
    pairs = np.array([(a, b) for start in (0, 20) for a in range(start, start + 20) for b in range(start, a)])
    signs = np.array([int(a % 20 < 3 or b % 20 < 3) for a, b in pairs])
    part = tuple(np.where(pairs[:, 0] < 20, "train", "test").tolist())
    labels = PairLabels(tuple(f"g{a}" for a, _ in pairs), tuple(f"g{b}" for _, b in pairs), signs, part)
    vectors = np.random.default_rng(1).normal(size=(40, 2)).astype(np.float32)
    sample = labelled_pairs(labels, everything(40), rng=0)
    how = PairScoring("sum", 3, n_permutations=40)
    permuted = score_pairs(vectors, sample, np.arange(40), how=how).permuted
    positive = signs[190:].sum()
    as_if_pairs_were_alone = np.sqrt(191 / (12 * positive * (190 - positive)))
    assert np.std(permuted) > 2 * as_if_pairs_were_alone
    assert abs(np.mean(permuted) - 0.5) < 0.1


def test_pairs_of_one_kind_only() -> None:
    vectors = np.random.default_rng(1).normal(size=(30, 5)).astype(np.float32)
    sample = pair_sample(30, 4, vectors, ("train", "train", "train", "test"))
    with pytest.raises(NotComputableError):
        score_pairs(vectors, sample, np.arange(30), how=PairScoring("sum", 3))


@pytest.mark.slow
def test_a_rerun_is_identical() -> None:
    vectors, sample = two_classes(30, 3)
    first, second = (score_genes(vectors, sample, np.arange(30), how=LINEAR) for _ in range(2))
    pd.testing.assert_frame_equal(first.predictions, second.predictions)
