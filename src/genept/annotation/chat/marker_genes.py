"""The genes that mark a cluster: expressed more there than in all other cells."""

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from genept.annotation.chat.rank_sums import rank_sum_scores
from genept.cells import Expression
from genept.cells.normalise import log_weights

# Found in a quarter of the cluster's cells, twice as much as elsewhere, and not by chance. Without the factor
# two, the first markers of naive T cells are ribosomal genes, which say nothing.
MIN_SHARE, MIN_LOG2_FOLD_CHANGE, MAX_P = 0.25, 1.0, 0.05
# What scanpy adds to both means before it divides them.
_TINY = 1e-9


def rank_markers(expression: Expression, clusters: NDArray[np.integer], n_clusters: int) -> pd.DataFrame:
    """Find the marker genes of each cluster, the strongest first.

    A marker is a gene that at least a quarter of the cluster's cells express, at a level at least twice that
    in all other cells that have a cluster, and that Wilcoxon's rank-sum test finds higher (p below 0.05 after
    Benjamini and Hochberg's correction over all genes). Only genes that pass the first two are ranked, which
    makes it quick. Ties are broken by the order of the columns.

    Parameters
    ----------
    expression
        (n_cells, n_genes) counts, which are log-normalised here, or log-normalised values.
    clusters
        (n_cells,) cluster of each cell, from 0 on; -1 for cells to leave out.
    n_clusters
        How many clusters there are. One with fewer than two cells has no markers, nor has one with fewer
        than two cells outside it; one of a few cells seldom has any that
        can't be chance.

    Returns
    -------
    pandas.DataFrame
        One row for each marker: ``cluster`` and ``column`` (int), ``score`` (Wilcoxon's, as a normal
        deviate, not corrected for ties, which errs on the side of caution), ``p_adjusted`` (two-sided),
        ``log2_fold_change`` (of the means, taken back from logarithms), ``share`` and ``share_elsewhere``
        (of cells that express it); by cluster, then by score descending.

    References
    ----------
    As ``scanpy.tl.rank_genes_groups(method="wilcoxon")``. Hou & Ji, Nature Methods 2024, take the same test.

    Examples
    --------
    >>> from genept.cells import as_expression
    >>> X = np.repeat([[9, 1], [8, 1], [1, 8], [1, 9]], 4, axis=0)
    >>> rank_markers(as_expression(X), np.repeat([0, 1], 8), 2)["column"].tolist()
    [0, 1]
    """
    known = np.flatnonzero(clusters >= 0)
    n = np.bincount(clusters[known], minlength=n_clusters)
    base = expression.log_base if expression.kind == "log_normalised" else math.e
    change, share, share_elsewhere = _levels(expression, clusters, n, log_of_base=math.log(base))
    may_mark = (share >= MIN_SHARE) & (change >= MIN_LOG2_FOLD_CHANGE)
    # Of fewer, nothing can be said.
    may_mark[(n < 2) | (n.sum() - n < 2)] = False
    columns = np.flatnonzero(may_mark.any(axis=0))
    score = np.zeros(may_mark.shape)
    score[:, columns] = rank_sum_scores(_logged(expression, known, columns), clusters[known], n)
    found = []
    for cluster, fine in enumerate(may_mark):
        p = np.where(fine, 2 * stats.norm.sf(np.abs(score[cluster])), 1.0)
        p = np.asarray(stats.false_discovery_control(p))
        marks = np.flatnonzero(fine & (score[cluster] > 0) & (p < MAX_P))
        marks = marks[np.argsort(-score[cluster, marks], kind="stable")]
        found.append(
            pd.DataFrame(
                {
                    "cluster": cluster,
                    "column": marks,
                    "score": score[cluster, marks],
                    "p_adjusted": p[marks],
                    "log2_fold_change": change[cluster, marks],
                    "share": share[cluster, marks],
                    "share_elsewhere": share_elsewhere[cluster, marks],
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def _levels(
    expression: Expression, clusters: NDArray[np.integer], n: NDArray[np.intp], *, log_of_base: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Compare each cluster with all other cells.

    Returns
    -------
    (n_clusters, n_genes) float64 array, thrice
        log2 of the ratio of mean levels; share of cells that express the gene; that share elsewhere.
    """
    known = np.flatnonzero(clusters >= 0)
    member = sparse.csc_array(
        (np.ones(len(known)), (clusters[known], known)), shape=(len(n), expression.shape[0])
    )
    sums, expressing = (np.zeros((len(n), expression.shape[1])) for _ in range(2))
    for rows, block in expression.chunks():
        logged = log_weights(block, expression.kind).astype(np.float64)
        sums += (member[:, rows] @ logged).toarray()
        expressing += (member[:, rows] @ (logged > 0).astype(np.float64)).toarray()
    inside, outside = np.maximum(n, 1)[:, None], np.maximum(n.sum() - n, 1)[:, None]
    level = np.expm1(sums / inside * log_of_base)
    level_elsewhere = np.expm1((sums.sum(axis=0) - sums) / outside * log_of_base)
    # Differences of sums may fall below zero by a rounding.
    change = np.log2((level + _TINY) / (level_elsewhere.clip(0) + _TINY))
    return change, expressing / inside, (expressing.sum(axis=0) - expressing) / outside


def _logged(expression: Expression, cells: NDArray[np.intp], columns: NDArray[np.intp]) -> sparse.csc_matrix:
    """(n of cells, n of columns) log-normalised values, by columns."""
    blocks = [log_weights(block, expression.kind)[:, columns] for _, block in expression.chunks()]
    return sparse.csc_matrix(sparse.vstack(blocks, format="csr")[cells])
