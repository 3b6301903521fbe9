"""Leiden clusters of cells, the resolution tuned to the labels: how good clusters could be."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.neighbors import kneighbors_graph

from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.cells.scored import Vectors
from genept.benchmark.sample import NotComputableError
from genept.benchmark.statistics.agreement import adjusted_rand
from genept.benchmark.statistics.count_tables import cross_table

RESOLUTIONS = tuple(round(0.1 * step, 1) for step in range(1, 21))
# Scanpy's default.
_N_NEIGHBORS = 15


def tuned_leiden(vectors: Vectors, labels: Labels, *, rng: int) -> tuple[NDArray[np.intp], float]:
    """Cluster at twenty resolutions, 0.1 to 2, and keep the clusters that agree best with the labels.

    Parameters
    ----------
    vectors
        (n_cells, d).
    labels
        (n_cells,) by whose adjusted Rand index the resolution is chosen; of equal ones the lowest.
    rng
        Seed.

    Returns
    -------
    (n_cells,) int array, float
        The clusters, and their resolution.

    Raises
    ------
    NotComputableError
        If igraph or leidenalg isn't installed, or there are too few cells.

    References
    ----------
    Traag, Waltman & van Eck, Scientific Reports 2019, on the graph of the 15 nearest by Euclidean distance.
    """
    try:
        import igraph
        import leidenalg
    except ImportError as error:
        raise NotComputableError(
            f"it needs {error.name}, which isn't installed",
            expected="igraph and leidenalg: pip install 'genept[graph]'",
            do="pip install 'genept[graph]'",
        ) from error
    if len(vectors) <= _N_NEIGHBORS:
        raise NotComputableError(
            f"{len(vectors)} cells", expected=f"more than {_N_NEIGHBORS} neighbours", do="use more cells"
        )
    near = kneighbors_graph(vectors, _N_NEIGHBORS)
    # Joined if either is among the nearest of the other, each pair once.
    joined = sparse.triu(near + near.T, 1).tocoo()
    graph = igraph.Graph(n=len(vectors), edges=np.column_stack([joined.row, joined.col]))
    best, chosen = -np.inf, (np.zeros(len(vectors), dtype=np.intp), RESOLUTIONS[0])
    for resolution in RESOLUTIONS:
        parts = leidenalg.find_partition(
            graph,
            leidenalg.RBConfigurationVertexPartition,
            resolution_parameter=resolution,
            n_iterations=-1,
            seed=rng,
        )
        clusters = np.asarray(parts.membership, dtype=np.intp)
        agreement = float(adjusted_rand(cross_table(labels, clusters)))
        if agreement > best + 1e-12:
            best, chosen = agreement, (clusters, resolution)
    return chosen
