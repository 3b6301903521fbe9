"""Scores of a representation equal scikit-learn's own, and its errors."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, silhouette_score
from sklearn.metrics.pairwise import cosine_similarity

import genept
from genept.benchmark import score_representation
from genept.errors import ArgumentError, ValuesError


def test_scores_equal_a_calculation_by_hand() -> None:
    adata = genept.datasets.pbmc68k_reduced()
    vectors, labels = adata.obsm["X_pca"], adata.obs["bulk_labels"].to_numpy(dtype=str)
    ours = score_representation(vectors, labels)
    clusters = KMeans(10, n_init=10, random_state=2023).fit(vectors).labels_
    assert ours.ari == adjusted_rand_score(labels, clusters)
    assert ours.ami == pytest.approx(adjusted_mutual_info_score(labels, clusters))
    assert ours.asw == pytest.approx(float(silhouette_score(vectors, labels)))
    # The split as scikit-learn draws it, and the neighbours by a plain sort.
    order = np.random.RandomState(2023).permutation(700)
    test, train = order[:140], order[140:]
    near = np.argsort(-cosine_similarity(vectors[test], vectors[train]), axis=1)[:, :10]
    right = 0
    for row, neighbours in zip(test, near, strict=True):
        names, votes = np.unique(labels[train][neighbours], return_counts=True)
        right += names[votes.argmax()] == labels[row]
    assert ours.knn_accuracy == pytest.approx(right / 140)


def test_the_same_again() -> None:
    vectors = np.random.default_rng(0).normal(size=(60, 4))
    labels = np.repeat(["a", "b", "c"], 20)
    assert score_representation(vectors, labels) == score_representation(vectors, labels)


def test_errors() -> None:
    vectors = np.zeros((20, 2))
    with pytest.raises(ArgumentError, match="3 labels for 20 cells"):
        score_representation(vectors, ["a", "b", "c"])
    with pytest.raises(ValuesError, match="1 different labels"):
        score_representation(vectors, ["a"] * 20)
    with pytest.raises(ValuesError, match="20 different labels"):
        score_representation(vectors, [str(i) for i in range(20)])
