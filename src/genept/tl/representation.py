"""Vectors of cells that an AnnData holds, and which gene embeddings they came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from anndata import AnnData
from numpy.typing import NDArray

from genept.embeddings import GeneEmbeddings
from genept.errors import EmbeddingsError
from genept.tl.cell_vectors import vectors_in

# What says when, where from and on what terms, and changes no vector.
_NO_MATTER = ("created", "genept", "date", "origin", "licence")
_ENCODER = ("encoder.name", "encoder.fingerprint")


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


def origin_of(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Flatten what decides vectors to strings: texts, files, template, and the encoder's fingerprint."""
    flat: dict[str, str] = {}
    for key, value in provenance.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": text for inner, text in origin_of(value).items()}
        elif key.rpartition(".")[2] not in _NO_MATTER:
            flat[key] = str(value)
    # Versions of libraries and counts stand beside the fingerprint, which says when vectors change.
    return {name: text for name, text in flat.items() if name in _ENCODER or not name.startswith("encoder.")}


def refuse_other_space(ours: Mapping[str, str], theirs: Mapping[str, str], *, what: str) -> None:
    """Refuse vectors that came from other gene embeddings; where nothing is known of one side, say nothing.

    Raises
    ------
    EmbeddingsError
        Naming what differs.
    """
    # Sentences know their encoder only; weighted averages the texts as well.
    compared = ours.keys() | theirs.keys() if _has_texts(ours) and _has_texts(theirs) else set(_ENCODER)
    different = sorted(name for name in compared if ours.get(name) != theirs.get(name))
    if ours and theirs and different:
        name = different[0]
        raise EmbeddingsError(
            f"{what} from other gene embeddings than the cells ({name}: {theirs.get(name, 'nothing')} there, "
            f"{ours.get(name, 'nothing')} here)",
            expected="one space: the same gene embeddings for both",
            do="embed both with one file of gene embeddings (genept cells embed --genes genes.h5ad)",
        )


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


def _has_texts(origin: Mapping[str, str]) -> bool:
    return any(name.startswith("texts.") for name in origin)
