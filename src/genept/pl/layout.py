"""Two coordinates for each row, by umap-learn."""

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

# Below this umap-learn computes all distances too, but in code that numba compiles first: with the
# neighbours from scikit-learn, the first figure of 700 cells took 11 s in place of 26 s.
SMALL = 4096


def lay_out(
    vectors: NDArray[np.floating], *, n_neighbors: int, min_dist: float, metric: str, rng: int
) -> NDArray[np.float32]:
    """Lay rows out in two dimensions.

    Parameters
    ----------
    vectors
        (n, d) array, at least four rows.
    n_neighbors, min_dist, metric, rng
        As for :func:`genept.pl.umap`.

    Returns
    -------
    (n, 2) float32 array
        The same for the same ``rng``.

    References
    ----------
    McInnes, Healy & Melville, arXiv:1802.03426.
    """
    from umap import UMAP

    n_neighbors = min(n_neighbors, len(vectors) - 1)
    known = {}
    if len(vectors) < SMALL:
        search = NearestNeighbors(n_neighbors=n_neighbors, metric=metric).fit(vectors)
        distances, neighbors = search.kneighbors(vectors)
        known = {"precomputed_knn": (neighbors, distances)}
    with warnings.catch_warnings():
        # Without a search index no new points can be added, which nothing here does.
        warnings.filterwarnings("ignore", message="precomputed_knn", category=UserWarning)
        # One job: with a seed, umap-learn runs on one and would warn that it overrode anything else.
        reducer = UMAP(
            n_neighbors=n_neighbors, min_dist=min_dist, metric=metric, random_state=rng, n_jobs=1, **known
        )
        return np.asarray(reducer.fit_transform(vectors), dtype=np.float32)
