"""From cells to clusters of cells, and back."""

import numpy as np
from numpy.typing import NDArray

from genept.annotation.labelled import Labelled


def cluster_means(
    vectors: NDArray[np.floating], clusters: NDArray[np.intp], n_clusters: int
) -> NDArray[np.float64]:
    """Mean vector of the cells of each cluster; cells whose vector is zero say nothing, and don't count.

    Parameters
    ----------
    vectors
        (n, d) of cells.
    clusters
        (n,) the cluster of each, from 0; -1 for a cell in none.
    n_clusters
        How many there are.

    Returns
    -------
    (n_clusters, d) float64
        Zero for a cluster without a cell that counts.
    """
    counts = (clusters >= 0) & vectors.any(axis=1)
    sums = np.zeros((n_clusters, vectors.shape[1]))
    np.add.at(sums, clusters[counts], vectors[counts])
    sizes = np.bincount(clusters[counts], minlength=n_clusters)
    return sums / np.maximum(sizes, 1)[:, None]


def label_clusters(cells: Labelled, clusters: NDArray[np.intp], n_clusters: int) -> Labelled:
    """Label clusters by their cells: each votes with its confidence, and an unassigned cell with 1 for none.

    The confidence of a cluster is the sum of its cells' votes for the label over the number of its cells: the
    share of its cells of which one may expect that they are such, at least.

    Parameters
    ----------
    cells
        Labels of n cells.
    clusters, n_clusters
        As for :func:`cluster_means`.

    Returns
    -------
    Labelled
        One label for each cluster.
    """
    n_labels = len(cells.names)
    votes = np.zeros((n_clusters, n_labels + 1))
    inside = clusters >= 0
    weights = np.where(cells.codes < 0, 1.0, cells.confidence)
    # The last column, which -1 names, is for none.
    np.add.at(votes, (clusters[inside], cells.codes[inside]), weights[inside])
    sizes = np.maximum(np.bincount(clusters[inside], minlength=n_clusters), 1)
    best = votes.argmax(axis=1)
    assigned = (best < n_labels) & votes.any(axis=1)
    confidence = np.where(assigned, votes.max(axis=1) / sizes, 0).astype(np.float32)
    return Labelled(np.where(assigned, best, -1), confidence, cells.names)


def spread(of_clusters: Labelled, clusters: NDArray[np.intp]) -> Labelled:
    """Give each cell what its cluster got; a cell in none stays unassigned."""
    inside = clusters >= 0
    return Labelled(
        np.where(inside, of_clusters.codes[clusters], -1),
        np.where(inside, of_clusters.confidence[clusters], 0).astype(np.float32),
        of_clusters.names,
    )
