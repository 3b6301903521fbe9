"""Labels of cells from what is written about cell types."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.annotation import Labelled, ZeroShotAnnotator
from genept.annotation.clusters import cluster_means
from genept.cell_types import CellTypes
from genept.cell_types.cell_types import Describe
from genept.embeddings import GeneEmbeddings, encoder_of
from genept.encoders import CorpusEncoder, TextEncoder, embed_texts, ready_encoder
from genept.errors import EncoderError
from genept.tl.clusters import Clusters
from genept.tl.representation import Representation, refuse_other_genes
from genept.tl.vector_space import origin_of

log = logging.getLogger(__name__)


def by_description(
    cells: Representation,
    genes: GeneEmbeddings,
    types: CellTypes,
    *,
    among: Sequence[str] | None,
    describe: Describe,
    encoder: str | TextEncoder | CorpusEncoder | None,
    max_cost: float | None,
    annotator: ZeroShotAnnotator,
    clusters: Clusters | None,
) -> tuple[Labelled, dict[str, Any]]:
    """Embed texts about cell types as the genes' texts were, and label cells, or clusters, by the nearest.

    Raises
    ------
    EmbeddingsError
        If the cells were embedded by other gene embeddings.
    EncoderError
        If the encoder is not that of the genes, or they don't say which that is.
    UnknownNameError
        If one of ``among`` is no id of a type.
    ValuesError
        If there are fewer than two labels.
    """
    refuse_other_genes(cells, genes)
    texts = types.texts(describe)
    ready = encoder_of_genes(genes, encoder)
    vectors = embed_texts(ready, texts, unit="type", max_cost=max_cost).vectors
    if vectors.shape[1] != genes.dimensions:
        raise _other_encoder(f"{ready.name!r} gives {vectors.shape[1]:,} dimensions", genes)
    members = None if among is None else np.array([types.within(one) for one in among])
    names = types.names if among is None else [types.names[types.ids.index(one)] for one in among]
    annotator.fit(vectors, names, genes=genes.vectors, members=members)
    log.info("%s cell types, described by %s, in %s labels", f"{len(types):,}", describe, f"{len(names):,}")
    found = annotator.annotate(
        cells.vectors
        if clusters is None
        else cluster_means(cells.vectors, clusters.codes, len(clusters.names)),
        centre=_mean(cells.vectors),
    )
    return found, {
        "describe": describe,
        "n_common": annotator.n_common,
        "n_types": len(types),
        **({} if among is None else {"among": list(among)}),
        "cell_types": dict(types.provenance),
        "encoder": {"name": ready.name, "fingerprint": ready.fingerprint},
        "gene_embeddings": origin_of(genes.provenance),
    }


def _mean(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    known = vectors.any(axis=1)
    if not known.any():
        return np.zeros(vectors.shape[1])
    mean: NDArray[np.float64] = vectors[known].mean(axis=0, dtype=np.float64)
    return mean


def encoder_of_genes(genes: GeneEmbeddings, encoder: str | TextEncoder | CorpusEncoder | None) -> TextEncoder:
    """Take the genes' own encoder, or the one that is named if it can be theirs.

    Raises
    ------
    EncoderError
        If it can't.
    """
    kept = genes.provenance.get("encoder", {})
    asked = encoder.name if isinstance(encoder, CorpusEncoder) else encoder
    if asked in (None, kept.get("name")):
        return encoder_of(genes)
    ready = ready_encoder(asked)
    # Genes from elsewhere don't say what made them: then the user's word is all there is.
    if "fingerprint" in kept and ready.fingerprint != kept["fingerprint"]:
        raise _other_encoder(f"{ready.name!r} ({ready.fingerprint})", genes)
    return ready


def _other_encoder(found: str, genes: GeneEmbeddings) -> EncoderError:
    kept = genes.provenance.get("encoder", {})
    return EncoderError(
        f"cell types embedded by {found}",
        expected=f"the encoder of the genes ({kept.get('name', 'unknown')}, {genes.dimensions:,} dimensions)",
        do="leave the encoder out, so that the genes' own is taken",
    )
