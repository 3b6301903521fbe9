"""Vectors of cells that an AnnData holds, and which gene embeddings they came from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from anndata import AnnData
from numpy.typing import NDArray

from genept.embeddings import GeneEmbeddings
from genept.errors import EmbeddingsError
from genept.tl.cell_vectors import vectors_in
from genept.tl.vector_space import origin_of, refuse_other_space


@dataclass(frozen=True, eq=False)
class Representation:
    """Vectors of cells.

    Parameters
    ----------
    vectors
        (n_cells, d).
    origin
        What made them, as strings; empty where nothing is known.
    measured
        Names of the genes that were measured.
    """

    vectors: NDArray[np.floating]
    origin: Mapping[str, str]
    measured: frozenset[str]


def representation(adata: AnnData, key: str, *, what: str = "the data") -> Representation:
    """Take the vectors of cells at a key of ``obsm``.

    Raises
    ------
    UnknownNameError
        If there are none.
    ValuesError
        If it holds no matrix of finite numbers.
    """
    vectors = vectors_in(adata, key, what=what)
    kept = adata.uns.get("genept", {})
    record = kept.get(key, {}) if isinstance(kept, Mapping) else {}
    made_by = record.get("gene_embeddings", {"encoder": record["encoder"]} if "encoder" in record else {})
    return Representation(vectors, origin_of(made_by), frozenset(map(str, adata.var_names)))


def refuse_other_genes(cells: Representation, genes: GeneEmbeddings) -> None:
    """Refuse gene embeddings that the cells' vectors can't have come from.

    Raises
    ------
    EmbeddingsError
        If widths or provenance differ.
    """
    if cells.vectors.shape[1] != genes.dimensions:
        raise EmbeddingsError(
            f"cells of {cells.vectors.shape[1]:,} dimensions, and genes of {genes.dimensions:,}",
            expected="the gene embeddings that the cells were embedded with",
            do="pass these, or embed the cells again with the ones at hand",
        )
    refuse_other_space(cells.origin, origin_of(genes.provenance), what="genes")
