"""Controls that know nothing of a gene: random vectors, and the vectors of other genes."""

import numpy as np

from genept.benchmark.representation import RNG
from genept.benchmark.representations import CONTROL, NotComputed, Representation
from genept.embeddings import GeneEmbeddings
from genept.encoders import embed_texts
from genept.encoders.random_control import RandomControl
from genept.genes import GeneTable

RANDOM_VECTORS = "random vectors"


def random_vectors(genes: GeneTable, dimensions: int, *, seed: int = RNG) -> Representation:
    """Draw a random direction for each gene, by its symbol: the same in every table.

    Parameters
    ----------
    genes
        The genes.
    dimensions
        Width; that of the embedding it is compared with.
    seed
        Another seed gives other vectors.

    Returns
    -------
    Representation
        (n, dimensions), rows of unit l2 norm.

    Examples
    --------
    >>> random_vectors(GeneTable(("CD3E", "LYZ")), 8)
    Representation 'random vectors' of 2 genes x 8 features
    """
    drawn = embed_texts(RandomControl(dimensions=dimensions, seed=seed), genes.symbols, unit="gene")
    return Representation(RANDOM_VECTORS, CONTROL, genes, drawn.vectors)


def shuffled_texts(name: str, genes: GeneEmbeddings, *, seed: int = RNG) -> Representation | NotComputed:
    """Give every gene the vector of another gene, as if the texts had been mixed up.

    What is left is what the distribution of the vectors gives away without their meaning. The genes
    stand in one random circle, and each has the vector of the one before: no gene keeps its own.

    Parameters
    ----------
    name
        Of the embedding.
    genes
        The embedding.
    seed
        Another seed gives another circle.

    Returns
    -------
    Representation or NotComputed
        (n, d), the same rows in another order; not computed for a single gene.

    Examples
    --------
    >>> pair = GeneEmbeddings(GeneTable(("CD3E", "LYZ")), np.array([[1, 2], [3, 4]]))
    >>> shuffled_texts("mine", pair).vectors
    array([[3., 4.],
           [1., 2.]], dtype=float32)
    """
    title = f"shuffled texts of {name}"
    if len(genes.genes) < 2:
        return NotComputed(title, CONTROL, name, "a single gene has no other whose text it could have")
    circle = np.random.default_rng(seed).permutation(len(genes.genes))
    vectors = np.empty_like(genes.vectors)
    vectors[circle] = genes.vectors[np.roll(circle, 1)]
    return Representation(title, CONTROL, genes.genes, vectors, about=name)
