"""Labels of cells from a labelled reference."""

import logging
import warnings
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray

from genept.annotation import UNASSIGNED, Labelled, TransferAnnotator
from genept.annotation.clusters import label_clusters
from genept.errors import GeneptWarning, ValuesError
from genept.tl.clusters import Clusters
from genept.tl.obs_column import obs_column
from genept.tl.representation import Representation, representation
from genept.tl.vector_space import refuse_other_space

log = logging.getLogger(__name__)


def by_reference(
    cells: Representation,
    reference: AnnData,
    *,
    label_key: str,
    batch_key: str | None,
    use_rep: str,
    annotator: TransferAnnotator,
    centre: bool,
    clusters: Clusters | None,
) -> tuple[Labelled, dict[str, Any]]:
    """Label cells, or clusters, by the nearest cells of a reference; say how good that is on the reference.

    Raises
    ------
    UnknownNameError
        If the reference has no such representation or column.
    EmbeddingsError
        If the reference was embedded by other gene embeddings.
    ValuesError
        If the reference has fewer than two labels or groups, or vectors of another width.
    """
    known = representation(reference, use_rep, what="the reference")
    labels = _column(reference, label_key, option="label_key=, --label-key")
    labelled = (labels.notna() & (labels != UNASSIGNED)).to_numpy()
    if not labelled.any():
        raise ValuesError(
            f"no label in obs[{label_key!r}] of the reference", expected="labels", do="name another column"
        )
    refuse_other_space(cells.origin, known.origin, what="a reference")
    _tell_of_shared_genes(cells, known)
    if np.array_equal(cells.vectors, known.vectors):
        log.info(
            "the data and the reference are the same cells: those with a label find themselves, so how many "
            "get their own label says nothing; the share of held-out cells does"
        )
    batches = None if batch_key is None else _column(reference, batch_key, option="batch_key=, --batch-key")
    if batches is not None:
        labelled &= batches.notna().to_numpy()
    n_dropped = int((~labelled).sum())
    if n_dropped:
        log.info("%s of %s reference cells without a label are left out", f"{n_dropped:,}", len(labelled))
    vectors, of_reference = cells.vectors, known.vectors[labelled]
    if centre:
        vectors, of_reference = _centred(vectors), _centred(of_reference)
    annotator.fit(
        of_reference,
        labels[labelled].to_numpy(dtype=str),
        groups=None if batches is None else batches[labelled].to_numpy(dtype=str),
    )
    log.info(
        "%s reference cells of %s types; %.1f %% of held-out cells got their label",
        f"{len(of_reference):,}",
        len(annotator.classes_),
        100 * annotator.held_out_accuracy_,
    )
    found = annotator.annotate(vectors)
    if clusters is not None:
        found = label_clusters(found, clusters.codes, len(clusters.names)).below(annotator.min_confidence)
    return found, {
        "label_key": label_key,
        **({} if batch_key is None else {"batch_key": batch_key}),
        "n_neighbors": annotator.n_neighbors,
        **({} if annotator.novelty_quantile is None else {"novelty_quantile": annotator.novelty_quantile}),
        "centre": centre,
        "rng": annotator.rng,
        "n_reference_cells": len(of_reference),
        "n_reference_cells_without_label": n_dropped,
        "held_out_accuracy": annotator.held_out_accuracy_,
        "gene_embeddings": dict(known.origin),
    }


def _tell_of_shared_genes(cells: Representation, known: Representation) -> None:
    """Say how many gene names the two have in common, and warn if there is none."""
    n_shared = len(cells.measured & known.measured)
    log.info(
        "the data have %s genes, the reference %s, with %s names in common; cells are compared in the "
        "space of the gene embeddings",
        f"{len(cells.measured):,}",
        f"{len(known.measured):,}",
        f"{n_shared:,}",
    )
    if not n_shared:
        warnings.warn(
            "the data and the reference have no gene name in common: that is fine if one has symbols and "
            "the other identifiers, and wrong if they are of different species",
            GeneptWarning,
            stacklevel=4,
        )


def _column(reference: AnnData, key: str, *, option: str) -> "pd.Series[Any]":
    there = obs_column(
        reference, key, whose="obs of the reference", do=f"name a column that is there ({option})"
    )
    column: pd.Series[Any] = there.astype(object)
    return column.where(column.isna(), column.astype(str))


def _centred(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Take cells relative to their mean; those that nothing is known of stay zero."""
    known = vectors.any(axis=1)
    moved = np.zeros(vectors.shape)
    if known.any():
        moved[known] = vectors[known] - vectors[known].mean(axis=0, dtype=np.float64)
    return moved
