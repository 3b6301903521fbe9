"""The genes that mark a cluster: expressed more there than in all other cells."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from genept.cells import Expression
from genept.cells.normalise import log_weights

# Found in a quarter of the cluster's cells, twice as much as elsewhere, and not by chance. Without the factor
# two, the first markers of naive T cells are ribosomal genes, which say nothing.
MIN_SHARE, MIN_LOG2_FOLD_CHANGE, MAX_P = 0.25, 1.0, 0.05
# What scanpy adds to both means before it divides them.
_TINY = 1e-9


def rank_markers(expression: Expression, clusters: NDArray[np.integer], n_clusters: int) -> pd.DataFrame:
    """Find the marker genes of each cluster, the strongest first.

    Log-normalised values of the cluster's cells are compared with those of all other cells that have a
    cluster, by Welch's t-test: one pass over the cells, where Wilcoxon's test, which Hou & Ji take, would
    sort every gene, and both find nearly the same. A marker is a gene that at least a quarter of the
    cluster's cells express, with a mean of at least twice that elsewhere, and p below 0.05 after Benjamini
    and Hochberg's correction over all genes. Ties are broken by the order of the columns.

    Parameters
    ----------
    expression
        (n_cells, n_genes) counts, which are log-normalised here, or log-normalised values.
    clusters
        (n_cells,) cluster of each cell, from 0 on; -1 for cells to leave out.
    n_clusters
        How many clusters there are. One with fewer than two cells has no markers, nor has one with fewer
        than two cells outside it.

    Returns
    -------
    pandas.DataFrame
        One row for each marker: ``cluster`` and ``column`` (int), ``score`` (Welch's t, float64),
        ``p_adjusted``, ``log2_fold_change`` (of the means, taken back from logarithms), ``share`` and
        ``share_elsewhere`` (of cells that express it); by cluster, then by score descending.

    References
    ----------
    As ``scanpy.tl.rank_genes_groups(method="t-test")``. Hou & Ji, Nature Methods 2024.

    Examples
    --------
    >>> from genept.cells import as_expression
    >>> X = np.array([[9, 1], [8, 1], [7, 2], [1, 8], [1, 9], [2, 7]])
    >>> rank_markers(as_expression(X), np.array([0, 0, 0, 1, 1, 1]), 2)["column"].tolist()
    [0, 1]
    """
    sums = _sums(expression, clusters, n_clusters)
    base = expression.log_base if expression.kind == "log_normalised" else math.e
    found = [_markers_of(sums, cluster, log_of_base=math.log(base)) for cluster in range(n_clusters)]
    return pd.concat(found, ignore_index=True)


@dataclass(frozen=True, eq=False)
class _Sums:
    """What the cells of each cluster add up to.

    Parameters
    ----------
    n
        (n_clusters,) cells.
    values, squares, expressing
        (n_clusters, n_genes) float64: values, their squares, and how many cells have any.
    """

    n: NDArray[np.intp]
    values: NDArray[np.float64]
    squares: NDArray[np.float64]
    expressing: NDArray[np.float64]

    def both(self, cluster: int) -> "tuple[_Side, _Side]":
        """Describe a cluster, and all others together."""
        inside = np.zeros(len(self.n), dtype=bool)
        inside[cluster] = True
        return self._side(inside), self._side(~inside)

    def _side(self, rows: NDArray[np.bool_]) -> "_Side":
        n = int(self.n[rows].sum())
        mean = self.values[rows].sum(axis=0) / n
        variance = (self.squares[rows].sum(axis=0) - n * mean**2) / (n - 1)
        return _Side(n, mean, np.sqrt(variance.clip(0)), self.expressing[rows].sum(axis=0) / n)


@dataclass(frozen=True, eq=False)
class _Side:
    """Cells on one side of a comparison: how many, and (n_genes,) mean, deviation and share expressing."""

    n: int
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    share: NDArray[np.float64]


def _sums(expression: Expression, clusters: NDArray[np.integer], n_clusters: int) -> _Sums:
    known = np.flatnonzero(clusters >= 0)
    member = sparse.csr_array(
        (np.ones(len(known)), (clusters[known], known)), shape=(n_clusters, expression.shape[0])
    )
    values, squares, expressing = (np.zeros((n_clusters, expression.shape[1])) for _ in range(3))
    for rows, block in expression.chunks():
        logged = log_weights(block, expression.kind).astype(np.float64)
        here = member[:, rows]
        values += (here @ logged).toarray()
        squares += (here @ logged.power(2)).toarray()
        expressing += (here @ (logged > 0).astype(np.float64)).toarray()
    return _Sums(np.bincount(clusters[known], minlength=n_clusters), values, squares, expressing)


def _markers_of(sums: _Sums, cluster: int, *, log_of_base: float) -> pd.DataFrame:
    n = int(sums.n[cluster])
    if n < 2 or int(sums.n.sum()) - n < 2:
        return _as_frame(cluster, np.zeros((6, 0)))
    inside, outside = sums.both(cluster)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = stats.ttest_ind_from_stats(
            *(inside.mean, inside.deviation, inside.n),
            *(outside.mean, outside.deviation, outside.n),
            equal_var=False,
        )
    # A gene that is the same in all cells has none.
    score, p = np.asarray(t.statistic), np.nan_to_num(np.asarray(t.pvalue), nan=1.0)
    p = np.asarray(stats.false_discovery_control(p))
    level, level_elsewhere = (np.expm1(side.mean * log_of_base) for side in (inside, outside))
    change = np.log2((level + _TINY) / (level_elsewhere + _TINY))
    marks = np.flatnonzero((inside.share >= MIN_SHARE) & (change >= MIN_LOG2_FOLD_CHANGE) & (p < MAX_P))
    marks = marks[np.argsort(-score[marks], kind="stable")]
    of_each = np.stack([np.arange(len(p)), score, p, change, inside.share, outside.share])
    return _as_frame(cluster, of_each[:, marks])


def _as_frame(cluster: int, values: NDArray[np.float64]) -> pd.DataFrame:
    names = ["column", "score", "p_adjusted", "log2_fold_change", "share", "share_elsewhere"]
    frame = pd.DataFrame(dict(zip(names, values, strict=True))).astype({"column": int})
    frame.insert(0, "cluster", cluster)
    return frame
