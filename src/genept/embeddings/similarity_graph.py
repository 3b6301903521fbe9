"""The graph of genes whose vectors are alike: edges by cosine similarity, block by block."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from genept.errors import ArgumentError

# A block of this many rows against 33,000 genes takes 68 MB; all pairs at once would take 4 GB.
ROWS_AT_A_TIME = 512
# igraph and leidenalg hold some 250 bytes for an edge; beyond this, edges tell nothing apart anyway.
MAX_EDGES = 10_000_000


@dataclass(frozen=True, eq=False)
class SimilarityGraph:
    """An undirected graph of rows, its edges weighted by cosine similarity.

    Parameters
    ----------
    n
        How many rows.
    edges
        (m, 2) pairs of rows, the smaller first, each pair once, in ascending order.
    similarity
        (m,) float32 cosine similarity of each pair, above 0 and at most 1.
    nearest
        (n,) float32: for each row its largest similarity to another one, edge or not.
    """

    n: int
    edges: NDArray[np.intp]
    similarity: NDArray[np.float32]
    nearest: NDArray[np.float32]

    def summary(self) -> str:
        """Say in words how many edges there are, and how alike each row and the one nearest to it are."""
        low, middle, high = np.quantile(self.nearest, [0.1, 0.5, 0.9])
        return (
            f"{len(self.edges):,} edges between {self.n:,} genes; the similarity of a gene and the one "
            f"nearest to it is {middle:.2f} in the median (a tenth below {low:.2f}, a tenth above {high:.2f})"
        )


def edges_above(
    vectors: NDArray[np.floating], threshold: float, *, rows_at_a_time: int = ROWS_AT_A_TIME
) -> SimilarityGraph:
    """Join all rows whose cosine similarity is above ``threshold``.

    Parameters
    ----------
    vectors
        (n, d) finite array without rows of zeros, at least two rows.
    threshold
        At least 0, so that every weight is above 0, and below 1.
    rows_at_a_time
        Bounds memory: blocks of this many rows x n float32. The edges don't depend on it, but where a
        similarity is within float32 rounding of the threshold.

    Returns
    -------
    SimilarityGraph
        Possibly without an edge.

    Raises
    ------
    ArgumentError
        If there would be more than ten million edges.

    Examples
    --------
    >>> edges_above(np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]]), 0.9).edges
    array([[0, 1]])
    """
    unit = _unit(vectors)
    n = len(unit)
    nearest = np.full(n, -1, dtype=np.float32)
    pairs, weights, n_edges = [], [], 0
    for start, block in _blocks(unit, rows_at_a_time, upper=True):
        rows = slice(start, start + len(block))
        nearest[rows] = np.maximum(nearest[rows], block.max(axis=1))
        nearest[start:] = np.maximum(nearest[start:], block.max(axis=0))
        found = np.argwhere(np.triu(block > threshold, 1))
        n_edges += len(found)
        if n_edges > MAX_EDGES:
            raise ArgumentError(
                f"more than {MAX_EDGES:,} pairs with a similarity above {threshold:g} among {n:,} genes",
                expected="a threshold that tells genes apart; which one does, depends on the embedding",
                do="raise the threshold, or join each gene to its nearest (n_neighbors=15)",
            )
        pairs.append(found + start)
        weights.append(block[tuple(found.T)])
    return SimilarityGraph(n, np.concatenate(pairs), np.concatenate(weights), nearest)


def edges_to_nearest(
    vectors: NDArray[np.floating], n_neighbors: int, *, rows_at_a_time: int = ROWS_AT_A_TIME
) -> SimilarityGraph:
    """Join each row to the rows that are nearest to it by cosine similarity.

    Two rows are joined if either is among the nearest of the other; rows that have nothing in common
    (similarity 0 or below) are not.

    Parameters
    ----------
    vectors
        (n, d) finite array without rows of zeros, at least two rows.
    n_neighbors
        How many for each row, at least 1; all others where there are fewer. Of rows that are equally near
        it is not said which are taken.
    rows_at_a_time
        Bounds memory, as for :func:`edges_above`.

    Returns
    -------
    SimilarityGraph
        At most ``n * n_neighbors`` edges.

    Raises
    ------
    ArgumentError
        If there would be more than ten million edges.

    Examples
    --------
    >>> edges_to_nearest(np.array([[1.0, 0.0], [1.0, 0.1], [0.9, 0.9]]), 1).edges
    array([[0, 1],
           [1, 2]])
    """
    unit = _unit(vectors)
    n = len(unit)
    k = min(n_neighbors, n - 1)
    if n * k > MAX_EDGES:
        raise ArgumentError(
            f"{n_neighbors:,} neighbours of {n:,} genes",
            expected=f"at most {MAX_EDGES // n:,} of so many genes",
            do="ask for fewer, such as n_neighbors=15",
        )
    nearest = np.empty(n, dtype=np.float32)
    pairs, weights = [], []
    for start, block in _blocks(unit, rows_at_a_time, upper=False):
        rows = np.arange(start, start + len(block))
        nearest[rows] = block.max(axis=1)
        others = np.argpartition(block, n - k, axis=1)[:, n - k :]
        pairs.append(np.column_stack([np.repeat(rows, k), others.ravel()]))
        weights.append(np.take_along_axis(block, others, axis=1).ravel())
    edges, similarity = np.sort(np.concatenate(pairs), axis=1), np.concatenate(weights)
    # A pair that stands twice, once for each of its rows, is taken once.
    _, once = np.unique(edges[:, 0] * n + edges[:, 1], return_index=True)
    once = once[similarity[once] > 0]
    return SimilarityGraph(n, edges[once], similarity[once], nearest)


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows of unit norm; scaled by their largest value first, so that no square overflows."""
    scaled = np.asarray(vectors, dtype=np.float32) / np.abs(vectors).max(axis=1, keepdims=True)
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True), dtype=np.float32)


def _blocks(
    unit: NDArray[np.float32], rows_at_a_time: int, *, upper: bool
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Similarities of some rows to all (from their own on, if ``upper``), at most 1; -1 to themselves.

    Yields
    ------
    int, (rows, n) or (rows, n - start) float32 array
        The first row, and the block.
    """
    with tqdm(total=len(unit), unit="gene", desc="similarity of genes", disable=None) as progress:
        for start in range(0, len(unit), rows_at_a_time):
            rows = unit[start : start + rows_at_a_time]
            first = start if upper else 0
            block = np.minimum(rows @ unit[first:].T, np.float32(1))
            own = np.arange(len(rows))
            block[own, own + start - first] = -1
            yield start, block
            progress.update(len(rows))
