"""Wilcoxon's rank-sum test of each cluster against all other cells, gene by gene."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

# 128 MB of ranks.
_VALUES_AT_A_TIME = 1 << 24


def rank_sum_scores(
    values: sparse.csc_matrix, clusters: NDArray[np.integer], n: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Score each cluster and gene by Wilcoxon's rank-sum test.

    Parameters
    ----------
    values
        (n_cells, n_genes), by columns.
    clusters
        (n_cells,) cluster of each cell, from 0 on.
    n
        (n_clusters,) how many cells each has.

    Returns
    -------
    (n_clusters, n_genes) float64 array
        Sum of the ranks of the cluster's cells, less its expectation, over its standard deviation without
        ties; 0 where one side has no cells.

    References
    ----------
    Wilcoxon, Biometrics Bulletin 1945; Mann & Whitney, Annals of Mathematical Statistics 1947.

    Examples
    --------
    >>> values = sparse.csc_matrix(np.array([[3.0], [2.0], [0.0], [0.0]]))
    >>> rank_sum_scores(values, np.array([0, 0, 1, 1]), np.array([2, 2])).round(2).tolist()
    [[1.55], [-1.55]]
    """
    n_cells, n_genes = values.shape
    member = sparse.csr_array((np.ones(n_cells), (clusters, np.arange(n_cells))), shape=(len(n), n_cells))
    sums = np.empty((len(n), n_genes))
    step = max(1, _VALUES_AT_A_TIME // max(n_cells, 1))
    for start in range(0, n_genes, step):
        some = slice(start, start + step)
        sums[:, some] = member @ stats.rankdata(values[:, some].toarray(), axis=0)
    expected = n * (n_cells + 1) / 2
    deviation = np.sqrt(n * (n_cells - n) * (n_cells + 1) / 12)
    centred = sums - expected[:, None]
    return np.divide(centred, deviation[:, None], out=np.zeros_like(centred), where=deviation[:, None] > 0)
