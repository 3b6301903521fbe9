"""How well a representation of cells agrees with their labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, silhouette_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

from genept.errors import ArgumentError, ValuesError

N_NEIGHBORS = 10
# The seed of the paper's notebooks.
RNG = 2023


@dataclass(frozen=True)
class RepresentationScores:
    """Agreement of a representation with labels.

    Parameters
    ----------
    ari
        Adjusted Rand index of k-means clusters and labels; 0 by chance, 1 at best.
    ami
        Adjusted mutual information of the same.
    asw
        Silhouette of the true labels, Euclidean, -1 to 1.
    knn_accuracy
        Share of held-out cells whose label 10 nearest neighbours by cosine find.
    """

    ari: float
    ami: float
    asw: float
    knn_accuracy: float


def score_representation(
    vectors: NDArray[np.floating], labels: Sequence[str] | NDArray[np.str_], *, rng: int = RNG
) -> RepresentationScores:
    """Score a representation as the GenePT paper does.

    Parameters
    ----------
    vectors
        (n_cells, d) array.
    labels
        A label for each cell, at least two different ones.
    rng
        Seed of k-means (k = number of labels, 10 starts) and of the 80/20 split.

    Returns
    -------
    RepresentationScores
        ARI and AMI of k-means, silhouette of the labels, accuracy of 10-NN by cosine.

    Raises
    ------
    ValuesError
        If there are fewer than two labels, or fewer cells than neighbours need.
    ArgumentError
        If the lengths differ.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["a", "b"], 50)
    >>> vectors = rng.normal(size=(100, 3)) + 20 * (labels == "a")[:, None]
    >>> score_representation(vectors, labels).ari
    1.0
    """
    known = np.asarray(labels).astype(str)
    if len(known) != len(vectors):
        raise ArgumentError(
            f"{len(known):,} labels for {len(vectors):,} cells",
            expected="one label for each cell",
            do="pass labels in the order of the cells",
        )
    n_labels = len(np.unique(known))
    if n_labels < 2 or 0.8 * len(known) < N_NEIGHBORS or n_labels >= len(known):
        raise ValuesError(
            f"{n_labels} different labels on {len(known):,} cells",
            expected=f"at least two labels, fewer labels than cells, and {N_NEIGHBORS} cells to learn from",
            do="choose another label key, or more cells",
        )
    clusters = KMeans(n_labels, n_init=10, random_state=rng).fit_predict(vectors)
    train, test, train_labels, test_labels = train_test_split(vectors, known, test_size=0.2, random_state=rng)
    neighbours = KNeighborsClassifier(N_NEIGHBORS, metric="cosine").fit(train, train_labels)
    return RepresentationScores(
        ari=float(adjusted_rand_score(known, clusters)),
        ami=float(adjusted_mutual_info_score(known, clusters)),
        asw=float(silhouette_score(vectors, known)),
        knn_accuracy=float(neighbours.score(test, test_labels)),
    )
