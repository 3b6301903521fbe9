"""How far texts about cell types go as labels of blood cells that nobody labelled.

    python benchmarks/zero_shot.py --genes genes.h5ad [--data FOLDER] [--json]

Two labelled sets of blood (pbmc3k, labelled from clusters; zheng_facs, sorted before sequencing), against
the Cell Ontology's kinds of hematopoietic cell. What is found is rolled up to T, NK, B, monocyte,
dendritic, platelet and progenitor by what is a kind of what; anything else counts as wrong. By cell and by
Leiden cluster, in three ways: the nearest of all kinds; the nearest of the seven, each as the mean of its
kinds; and the nearest of seven names alone. Beside each: the largest class, and the same with random gene
vectors. Defaults (three common directions, names with definitions, a label as the mean of its kinds) were
chosen on pbmc3k; that platelets stand among the seven without megakaryocytes was decided with both sets in
view. The genes must say which encoder made them.
"""

import argparse
import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray
from report import print_report

import genept
from genept import GeneEmbeddings
from genept.cell_types import CellTypes, cell_ontology
from genept.cell_types.cell_ontology import HEMATOPOIETIC
from genept.h5ad import read_h5ad

DATA = os.environ.get("GENEPT_REALDATA", Path(__file__).parents[2] / "shared" / "data")
# The type at the top of each level, and others that are rolled up to it.
LEVELS = {
    "T": ["CL:0000084"],
    "NK": ["CL:0000623"],
    "B": ["CL:0000945"],
    "monocyte": ["CL:0000576"],
    "dendritic": ["CL:0000451"],
    "platelet": ["CL:0000233", "CL:0000556"],
    "progenitor": ["CL:0008001"],
}
NAMES = {
    "T cell": "T",
    "natural killer cell": "NK",
    "B cell": "B",
    "monocyte": "monocyte",
    "dendritic cell": "dendritic",
    "platelet": "platelet",
    "hematopoietic stem cell": "progenitor",
}
SETS = {
    "pbmc3k": (
        "pbmc3k_clustifyrdata.h5ad",
        "classified",
        {"B": "B", "CD14+ Mono": "monocyte", "FCGR3A+ Mono": "monocyte", "DC": "dendritic", "NK": "NK"}
        | {"Platelet": "platelet", "CD8 T": "T", "Memory CD4 T": "T", "Naive CD4 T": "T"},
    ),
    "zheng_facs": (
        "zheng_facs_pbmc_fastTopics.h5ad",
        "celltype",
        {"CD19+ B": "B", "CD14+ Monocyte": "monocyte", "CD34+": "progenitor", "CD56+ NK": "NK"},
    ),
}
CLUSTERS = "leiden"


@dataclass(frozen=True)
class Way:
    """A way to choose a type: among which, described how, and the level of each label."""

    types: CellTypes | list[str]
    among: list[str] | None
    describe: str
    level_of: Mapping[str, str]


def levels_of_types(types: CellTypes) -> dict[str, str]:
    """Level of each name; the first of several, and ``other`` for none."""
    levels = dict.fromkeys(types.names, "other")
    for level, tops in reversed(LEVELS.items()):
        for top in tops:
            levels |= {types.names[row]: level for row in np.flatnonzero(types.within(top))}
    return levels


def ways(ontology: CellTypes) -> dict[str, Way]:
    blood = ontology.take(ontology.within(HEMATOPOIETIC))
    level_of = levels_of_types(blood)
    among = [tops[0] for tops in LEVELS.values()]
    described = ("name", "definition", "name+definition")
    return {
        **{f"all kinds, {how}": Way(blood, None, how, level_of) for how in described},
        **{f"seven, {how}": Way(blood, among, how, level_of) for how in described},
        "seven names": Way(list(NAMES), None, "name", NAMES),
    }


def score(truth: NDArray[np.object_], found: NDArray[np.object_]) -> dict[str, Any]:
    right = truth == found
    return {
        "accuracy": round(float(right.mean()), 3),
        "balanced_accuracy": round(
            float(np.mean([right[truth == one].mean() for one in np.unique(truth)])), 3
        ),
    }


def confusion(truth: NDArray[np.object_], found: NDArray[np.object_]) -> dict[str, dict[str, int]]:
    table = pd.crosstab(truth, found)
    return {str(row): {str(k): int(v) for k, v in table.loc[row].items() if v} for row in table.index}


def annotate(cells: AnnData, genes: GeneEmbeddings, way: Way, groupby: str | None) -> NDArray[np.object_]:
    genept.tl.annotate(
        cells,
        cell_types=way.types,
        among=way.among,
        describe=way.describe,  # type: ignore[arg-type]
        genes=genes,
        groupby=groupby,
    )
    return np.array([way.level_of[one] for one in cells.obs["genept_cell_type"]], dtype=object)


def with_random_vectors(genes: GeneEmbeddings) -> GeneEmbeddings:
    vectors = np.random.default_rng(0).normal(size=genes.vectors.shape).astype(np.float32)
    return GeneEmbeddings(
        genes.genes, vectors, provenance=genes.provenance, encoder_state=genes.encoder_state
    )


def on_one_set(data: Path, name: str, genes: GeneEmbeddings, chosen: Mapping[str, Way]) -> dict[str, Any]:
    import scanpy as sc

    file, key, levels = SETS[name]
    cells = read_h5ad(data / "cells" / file)
    truth = np.array([levels.get(one, "T") for one in cells.obs[key].astype(str)], dtype=object)
    genept.tl.embed_cells(cells, genes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sc.pp.neighbors(cells, use_rep="X_genept_w", random_state=0)
        sc.tl.leiden(cells, key_added=CLUSTERS, flavor="igraph", n_iterations=2, random_state=0)
    noise = with_random_vectors(genes)
    control = cells.copy()
    genept.tl.embed_cells(control, noise)
    shares = pd.Series(truth).value_counts(normalize=True)
    # What any label of whole clusters could reach.
    best = pd.crosstab(cells.obs[CLUSTERS], truth).max(axis=1).sum() / len(truth)
    report: dict[str, Any] = {
        "cells": len(truth),
        "largest_class": round(float(shares.iloc[0]), 3),
        "clusters": int(cells.obs[CLUSTERS].nunique()),
        "best_by_cluster": round(float(best), 3),
    }
    for title, way in chosen.items():
        by_cell = annotate(cells, genes, way, None)
        confidence = cells.obs["genept_cell_type_confidence"].to_numpy()
        sure = confidence >= np.median(confidence)
        by_cluster = annotate(cells, genes, way, CLUSTERS)
        report[title] = {
            "by_cell": {
                **score(truth, by_cell),
                "accuracy_of_the_more_confident_half": score(truth[sure], by_cell[sure])["accuracy"],
                "confusion": confusion(truth, by_cell),
            },
            "by_cluster": {**score(truth, by_cluster), "confusion": confusion(truth, by_cluster)},
            "random_vectors": {
                "by_cell": score(truth, annotate(control, noise, way, None)),
                "by_cluster": score(truth, annotate(control, noise, way, CLUSTERS)),
            },
        }
    return report


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of real data that the tests use")
    parser.add_argument("--genes", type=Path, help="gene embeddings; MiniLM on the starter texts unless told")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args(arguments)
    genes = genept.embed_genes() if given.genes is None else genept.read_embeddings(given.genes)
    chosen = ways(cell_ontology(given.data / "sets" / "cl-basic.obo"))
    report = {
        "encoder": genes.provenance["encoder"]["name"],
        "texts": genes.provenance["texts"].get("source", ""),
        "genes": len(genes.genes),
        **{name: on_one_set(given.data, name, genes, chosen) for name in SETS},
    }
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        os.environ.setdefault("GENEPT_CACHE", empty)
        main()
