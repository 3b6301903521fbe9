"""The clusters of an AnnData, with the markers that a chat model is to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from anndata import AnnData

from genept.annotation.chat import ClusterNaming
from genept.cells.expression import Kind
from genept.errors import ValuesError
from genept.genes.species import SPECIES
from genept.tl.cluster_markers import markers_of_clusters
from genept.tl.given_markers import given_markers
from genept.tl.program_expression import types_of_cells


@dataclass(frozen=True, eq=False)
class AskedClusters:
    """Clusters of cells, and what is asked about them.

    Parameters
    ----------
    clusters
        (n_cells,) cluster of each cell.
    naming
        The questions.
    told
        What ``uns`` is to say of them.
    """

    clusters: pd.Categorical
    naming: ClusterNaming
    told: dict[str, Any]


def prepare(
    adata: AnnData,
    groupby: str,
    *,
    model: str,
    base_url: str | None,
    markers: Mapping[str, Sequence[str]] | str | Path | None,
    n_markers: int,
    tissue: str,
    price: tuple[float, float] | None,
    concurrency: int,
    layer: str | None,
    use_raw: bool,
    values: Kind | Literal["auto"],
    gene_column: str | None,
    taxon: int,
) -> AskedClusters:
    """Find the markers of each cluster, and make the questions about them; nothing is sent.

    Parameters and errors are those of :func:`genept.tl.estimate_by_chat`.
    """
    clusters = types_of_cells(adata, groupby, argument="groupby")
    if markers is None:
        table, origin = markers_of_clusters(
            adata,
            clusters,
            n_genes=n_markers,
            layer=layer,
            use_raw=use_raw,
            values=values,
            gene_column=gene_column,
            taxon=taxon,
        )
        chosen = {
            str(cluster): tuple(table["gene"][table["cluster"] == cluster]) for cluster in clusters.categories
        }
        origin["markers_from"] = "Wilcoxon's rank-sum test, each cluster against all other cells"
    else:
        chosen = given_markers(markers, clusters.categories, n_genes=n_markers, taxon=taxon)
        origin = {"markers_from": "given"}
    if not any(chosen.values()):
        raise ValuesError(
            f"no marker gene of any of the {len(chosen):,} clusters in obs[{groupby!r}]",
            expected="two clusters or more of several cells each, that differ in what they express",
            do="name a column of clusters, or bring markers of your own "
            "(in Python: markers=, on the command line: --markers)",
        )
    species = SPECIES.get(taxon, "")
    naming = ClusterNaming(
        chosen,
        model=model,
        base_url=base_url,
        species=species,
        tissue=tissue,
        price=price,
        concurrency=concurrency,
    )
    return AskedClusters(clusters, naming, {"species": species, "tissue": tissue, **origin})
