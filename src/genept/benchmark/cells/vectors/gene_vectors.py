"""Vectors of genes whose weighted average describes a cell: the embeddings, and what they must beat."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genept.benchmark.cells.vectors.representation import CONTROL, EMBEDDING, NoCellVectors
from genept.benchmark.controls.names_alone import names_alone
from genept.benchmark.controls.without_texts import random_vectors
from genept.benchmark.representations import NotComputed, Representation
from genept.embeddings import GeneEmbeddings
from genept.errors import EmbeddingsError

RANDOM = "random gene vectors"


@dataclass(frozen=True, eq=False)
class GeneVectors:
    """Vectors of genes, and under which name the cells that they describe stand.

    Parameters
    ----------
    name, kind
        Of the representation of cells.
    genes
        One vector per gene.
    """

    name: str
    kind: str
    genes: GeneEmbeddings


def gene_vectors(embeddings: Mapping[str, GeneEmbeddings], *, seed: int) -> list[GeneVectors | NoCellVectors]:
    """Give the gene embeddings, random vectors of the same genes and width, and those of the bare names.

    Parameters
    ----------
    embeddings
        By name.
    seed
        Of the random vectors.

    Returns
    -------
    list
        The bare names aren't computed where their encoder costs money or can't read them.

    Examples
    --------
    >>> import genept
    >>> lsa = genept.embed_genes("starter", "lsa")
    >>> [one.name for one in gene_vectors({"lsa": lsa}, seed=0)]
    ['GenePT-w (lsa)', 'random gene vectors', 'gene names alone (lsa)']
    """
    found: list[GeneVectors | NoCellVectors] = [
        GeneVectors(f"GenePT-w ({name})", EMBEDDING, genes) for name, genes in embeddings.items()
    ]
    for name, genes in embeddings.items():
        drawn = random_vectors(genes.genes, genes.dimensions, seed=seed)
        title = RANDOM if len(embeddings) == 1 else f"{RANDOM} ({name})"
        found.append(_of(drawn, title))
    found += [
        NoCellVectors(one.name, CONTROL, one.reason) if isinstance(one, NotComputed) else _of(one, one.name)
        for one in (names_alone(embeddings) if embeddings else [])
    ]
    return found


def _of(made: Representation, name: str) -> GeneVectors | NoCellVectors:
    vectors = made.vectors if isinstance(made.vectors, np.ndarray) else made.vectors.toarray()
    try:
        return GeneVectors(name, CONTROL, GeneEmbeddings(made.genes, vectors))
    except EmbeddingsError as error:
        return NoCellVectors(name, CONTROL, error.found)
