"""Communities of a graph, by Leiden or Louvain."""

import random

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.similarity_graph import SimilarityGraph
from genept.errors import MissingDependencyError

METHODS = ("leiden", "louvain")


def find_communities(graph: SimilarityGraph, *, method: str, resolution: float, rng: int) -> NDArray[np.intp]:
    """Part a graph into communities that are more tightly knit than chance would have it.

    Both methods maximise modularity with a resolution parameter, edges weighted by similarity.

    Parameters
    ----------
    graph
        The graph. A row without an edge is a community of its own.
    method
        ``"leiden"`` (leidenalg, until nothing improves) or ``"louvain"`` (igraph's multilevel).
    resolution
        The higher, the smaller the communities.
    rng
        Seed; the same gives the same.

    Returns
    -------
    (n,) int array
        The community of each row, numbered from 0 on in no particular order.

    Raises
    ------
    MissingDependencyError
        If igraph or, for Leiden, leidenalg isn't installed.

    References
    ----------
    Traag, Waltman & van Eck, Scientific Reports 2019 (Leiden); Blondel et al., J. Stat. Mech. 2008 (Louvain);
    Reichardt & Bornholdt, Phys. Rev. E 2006 (the resolution).
    """
    try:
        import igraph

        if method == "leiden":
            import leidenalg
    except ImportError as error:
        raise MissingDependencyError(
            f"gene programs need {error.name}, which isn't installed",
            expected="igraph and leidenalg",
            do="pip install 'genept[graph]'",
        ) from error
    if not len(graph.edges):
        return np.arange(graph.n)
    made = igraph.Graph(n=graph.n, edges=graph.edges)
    weights = graph.similarity.astype(np.float64).tolist()
    if method == "leiden":
        parts = leidenalg.find_partition(
            made,
            leidenalg.RBConfigurationVertexPartition,
            weights=weights,
            resolution_parameter=resolution,
            n_iterations=-1,
            seed=rng,
        )
    else:
        igraph.set_random_number_generator(random.Random(rng))  # noqa: S311
        try:
            parts = made.community_multilevel(weights=weights, resolution=resolution)
        finally:
            # What igraph begins with.
            igraph.set_random_number_generator(random)
    return np.asarray(parts.membership, dtype=np.intp)
