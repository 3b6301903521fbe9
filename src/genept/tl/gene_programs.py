"""Gene programs: groups of genes whose vectors are alike."""

import logging
import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genept.embeddings import GeneEmbeddings
from genept.embeddings.similarity_graph import SimilarityGraph, edges_above, edges_to_nearest
from genept.errors import ArgumentError, GeneNamesError, GeneptWarning, ValuesError, name_some
from genept.genes import GenePrograms, match_genes, match_resolved
from genept.tl.communities import METHODS, find_communities
from genept.tl.identity import refuse_other_species, resolver_for, taxon_of

log = logging.getLogger(__name__)

N_NEIGHBORS = 15
# Below this share of genes in programs, the graph is next to empty.
_FEW = 0.1


def gene_programs(
    genes: GeneEmbeddings,
    names: Sequence[str] | None = None,
    *,
    n_neighbors: int | None = None,
    threshold: float | None = None,
    method: Literal["leiden", "louvain"] = "leiden",
    resolution: float = 5.0,
    min_size: int = 10,
    rng: int = 0,
) -> GenePrograms:
    """Group genes into programs: communities of the graph of genes whose vectors are alike.

    Genes are joined where their vectors' cosine similarity is high, either each to its nearest or all pairs
    above a threshold; edges are weighted by the similarity. How high similarities are differs from one
    embedding to the next, so that a threshold means something for one embedding only; the nearest are there
    in every one, and are the default. A gene that is like no other has nearest ones, too, and ends up in a
    program; its ``similarity`` to the rest of it tells. A threshold leaves such genes out.

    The paper's setting, for OpenAI's ada-002, is ``threshold=0.9, resolution=20``, on the highly variable
    genes of a data set (:func:`genept.tl.highly_variable_names`).

    Parameters
    ----------
    genes
        Vectors of genes.
    names
        The genes to group, such as those of a data set, by whatever name: symbols, old ones too, or
        identifiers. Those without a vector are left out and counted in the log. By default all of ``genes``.
    n_neighbors
        Join each gene to this many that are nearest to it; 15, as many as scanpy's default, where neither
        this nor ``threshold`` is given.
    threshold
        Join all pairs with a similarity above this, from 0 to 1, in place of the nearest.
    method
        ``"leiden"``, as in the paper, or ``"louvain"``, as in scGPT's version of the analysis.
    resolution
        The higher, the more and the smaller programs. With 15 neighbours, about twelve times as many
        communities as this come out: at the default of 5, sixty of some thirty genes from 2,000 highly
        variable genes of blood; at 20, two hundred, most of which are smaller than ``min_size``.
    min_size
        Programs with fewer genes are dropped; 10 as in the paper.
    rng
        Seed; the same gives the same.

    Returns
    -------
    GenePrograms
        The largest program is number 1; of equals, the one with the first symbol in the alphabet comes first.

    Warns
    -----
    GeneptWarning
        If less than a tenth of the genes is in a program.

    Raises
    ------
    ArgumentError
        If an argument means nothing, or the graph would have more than ten million edges.
    GeneNamesError
        If fewer than ``min_size`` of ``names`` have a vector, or they are those of another species.
    ValuesError
        If no program comes out, saying how alike genes are.
    MissingDependencyError
        If igraph or leidenalg isn't installed.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods; Cui et al., Nature Methods 2024 (scGPT).

    Examples
    --------
    >>> import numpy as np, genept
    >>> vectors = np.repeat(np.eye(2), 10, axis=0) + np.random.default_rng(0).normal(0, 0.01, (20, 2))
    >>> table = genept.GeneTable(tuple(f"T{i}" for i in range(10)) + tuple(f"B{i}" for i in range(10)))
    >>> genept.tl.gene_programs(genept.GeneEmbeddings(table, vectors), threshold=0.9, resolution=1)
    2 gene programs with 20 of 20 genes
    """
    _check(n_neighbors, threshold, method, resolution, min_size)
    rows = np.arange(len(genes.genes)) if names is None else _rows_of(names, genes)
    if len(rows) < min_size:
        raise GeneNamesError(
            f"{len(rows):,} genes with a vector",
            expected=f"at least {min_size}, as many as a program has",
            do="pass more genes, or lower min_size",
        )
    vectors = genes.vectors[rows]
    if threshold is None:
        n_neighbors = n_neighbors or N_NEIGHBORS
        graph, rule = edges_to_nearest(vectors, n_neighbors), f"{n_neighbors} nearest"
    else:
        graph, rule = edges_above(vectors, threshold), f"similarity above {threshold:g}"
    log.info("%s (%s)", graph.summary(), rule)
    labels = find_communities(graph, method=method, resolution=resolution, rng=rng)
    table = genes.genes.take(rows.tolist())
    program_of = _numbered(labels, table.symbols, min_size)
    _tell_of_few(program_of, graph, rule, min_size)
    provenance: dict[str, Any] = {
        "taxon": taxon_of(genes),
        "edges": rule,
        "n_edges": len(graph.edges),
        "method": method,
        "resolution": resolution,
        "min_size": min_size,
        "rng": rng,
        "gene_embeddings": dict(genes.provenance),
    }
    programs = GenePrograms(table, program_of, _similarity(vectors, program_of), provenance)
    log.info("%r", programs)
    return programs


def _check(
    n_neighbors: int | None, threshold: float | None, method: str, resolution: float, min_size: int
) -> None:
    """Raise for the first argument that can't be meant."""
    checks = (
        (
            n_neighbors is None or threshold is None,
            f"n_neighbors={n_neighbors} and threshold={threshold} together",
            "one of the two",
        ),
        (n_neighbors is None or n_neighbors >= 1, f"n_neighbors={n_neighbors}", "at least 1"),
        (threshold is None or 0 <= threshold < 1, f"threshold={threshold}", "from 0 to below 1"),
        (method in METHODS, f"method={method!r}", "'leiden' or 'louvain'"),
        (0 < resolution < np.inf, f"resolution={resolution}", "a number above 0"),
        (min_size >= 2, f"min_size={min_size}", "at least 2"),
    )
    for fine, found, expected in checks:
        if not fine:
            raise ArgumentError(found, expected=expected, do="pass such a value, or leave it out")


def _rows_of(names: Sequence[str], genes: GeneEmbeddings) -> NDArray[np.intp]:
    """Rows of the genes that ``names`` name, ascending and each once."""
    asked = list(dict.fromkeys(map(str, names)))
    resolver, resolved_by = resolver_for(genes.genes, taxon_of(genes))
    if resolver is None:
        match = match_genes(asked, genes.genes)
    else:
        resolution = resolver.resolve(asked)
        refuse_other_species(resolution)
        match = match_resolved(resolution, genes.genes)
    lost = [name for name, covered in zip(asked, match.covered, strict=True) if not covered]
    log.info(
        "%s of %s genes have a vector (names resolved by %s)%s",
        f"{len(asked) - len(lost):,}",
        f"{len(asked):,}",
        resolved_by,
        f"; not: {name_some(lost)}" if lost else "",
    )
    return np.unique(match.rows)


def _numbered(labels: NDArray[np.intp], symbols: tuple[str, ...], min_size: int) -> NDArray[np.intp]:
    """Give genes in communities of at least ``min_size`` their number from 1 on, and the others 0."""
    # By size, and of equals by their first symbol, so that no order of the genes decides.
    sizes = np.bincount(labels)
    first: dict[int, str] = {}
    for label, symbol in zip(labels.tolist(), symbols, strict=True):
        first[label] = min(symbol, first.get(label, symbol))
    kept = sorted(np.flatnonzero(sizes >= min_size).tolist(), key=lambda label: (-sizes[label], first[label]))
    number = np.zeros(len(sizes), dtype=np.intp)
    number[kept] = np.arange(1, len(kept) + 1)
    return number[labels]


def _similarity(vectors: NDArray[np.float32], program_of: NDArray[np.intp]) -> NDArray[np.float64]:
    """Cosine similarity of each gene in a program and the mean of the program's vectors of unit norm."""
    similarity = np.full(len(vectors), np.nan)
    for program in range(1, int(program_of.max(initial=0)) + 1):
        inside = program_of == program
        unit = vectors[inside].astype(np.float64)
        unit /= np.linalg.norm(unit, axis=1, keepdims=True)
        mean = unit.mean(axis=0)
        similarity[inside] = unit @ (mean / np.linalg.norm(mean))
    return similarity


def _tell_of_few(program_of: NDArray[np.intp], graph: SimilarityGraph, rule: str, min_size: int) -> None:
    n = np.count_nonzero(program_of)
    if n >= _FEW * graph.n:
        return
    found = f"in a program of at least {min_size} ({rule}: {graph.summary()})"
    do = "lower the threshold, join each gene to its nearest (n_neighbors=15), or lower min_size"
    if n == 0:
        raise ValuesError(f"no gene {found}", expected="groups of genes that hang together", do=do)
    message = f"only {n:,} of {graph.n:,} genes are {found}; for more, {do}"
    warnings.warn(message, GeneptWarning, stacklevel=3)
