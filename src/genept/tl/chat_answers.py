"""What a chat model said of clusters: as a table, and cell by cell."""

import logging
from collections.abc import Mapping

import pandas as pd

from genept.annotation.chat import NamedCluster
from genept.annotation.chat.prompt import CONFIDENCES, UNKNOWN
from genept.errors import name_some
from genept.tl.chat_clusters import AskedClusters

log = logging.getLogger(__name__)

# The label of a cluster about which nothing could be asked.
UNASSIGNED = "unassigned"


def answers_table(asked: AskedClusters, named: Mapping[str, NamedCluster]) -> pd.DataFrame:
    """One row for each cluster, in the order of the categories; words throughout, for files to hold it."""
    sizes = pd.Series(asked.clusters).value_counts(sort=False)
    rows = [
        {"cluster": cluster, "n_cells": int(sizes[cluster]), **_row(named.get(cluster))}
        for cluster in asked.naming.markers
    ]
    return pd.DataFrame(rows).set_index("cluster")


def _row(named: NamedCluster | None) -> dict[str, str]:
    if named is None:
        names = ("cell_ontology_id", "confidence", "markers", "relied_on", "not_given", "reason", "date")
        return {"cell_type": UNASSIGNED, **dict.fromkeys(names, "")}
    verdict = named.verdict
    return {
        "cell_type": verdict.cell_type or UNKNOWN,
        "cell_ontology_id": verdict.cell_ontology_id,
        "confidence": verdict.confidence,
        "markers": ", ".join(named.markers),
        "relied_on": ", ".join(verdict.markers),
        "not_given": ", ".join(verdict.not_given),
        "reason": verdict.reason,
        "date": named.answer.date,
    }


def tell_of(answers: pd.DataFrame) -> None:
    """Log which clusters have no cell type, and whose reasons name genes that weren't given."""
    for rows, what in (
        (answers["cell_type"] == UNASSIGNED, "have no marker genes and are left unassigned"),
        (answers["cell_type"] == UNKNOWN, "are unknown to the model"),
        (answers["not_given"] != "", "are named with genes that weren't among their markers; see not_given"),
    ):
        if rows.any():
            log.warning("%d of %d clusters %s: %s", rows.sum(), len(rows), what, name_some(rows.index[rows]))


def types_by_cell(clusters: pd.Categorical, answers: pd.DataFrame, cells: pd.Index) -> pd.Series:
    """Give each cell its cluster's type, categorical; missing where it has no cluster."""
    return _by_cell(clusters, answers["cell_type"], cells).astype("category")


def confidences_by_cell(clusters: pd.Categorical, answers: pd.DataFrame, cells: pd.Index) -> pd.Series:
    """Give each cell the confidence in its cluster's type, ordered; missing where nothing was answered."""
    said = _by_cell(clusters, answers["confidence"], cells)
    return said.where(said != "").astype(pd.CategoricalDtype(list(CONFIDENCES), ordered=True))


def _by_cell(clusters: pd.Categorical, of_cluster: pd.Series, cells: pd.Index) -> pd.Series:
    return pd.Series(clusters, index=cells).astype(object).map(of_cluster)
