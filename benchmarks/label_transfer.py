"""How well labels go from one set of blood to another, and how far their confidence keeps its word.

    python benchmarks/label_transfer.py --genes genes.h5ad [--data FOLDER] [--json]

Within each set (half to half, its own labels) and across three sets of other panels and techniques (common
labels; T and NK as one where pbmc_3tech takes part). Of each: the share of cells left unassigned as unlike
the reference, the accuracy and mean confidence of the others, and the expected calibration error. Across sets
with each relative to the mean of its cells, as is the default, and without.
"""

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData
from report import print_report
from zero_shot import DATA, SETS

import genept
from genept.annotation import expected_calibration_error
from genept.h5ad import read_h5ad

_3TECH = (
    "pbmc_3tech_SAVERCAT.h5ad",
    "celltype",
    {"B cells": "B", "Monocytes": "monocyte", "T/NK cells": "T/NK"},
)


def sets(data: Path, genes: genept.GeneEmbeddings) -> dict[str, AnnData]:
    read = {}
    for name, (file, key, levels) in {**SETS, "pbmc_3tech": _3TECH}.items():
        cells = read_h5ad(data / "cells" / file)
        genept.tl.embed_cells(cells, genes)
        cells.obs["fine"] = cells.obs[key].astype(str)
        cells.obs["level"] = [levels.get(one, "T") for one in cells.obs["fine"]]
        cells.obs["coarse"] = cells.obs["level"].replace({"T": "T/NK", "NK": "T/NK"})
        read[name] = cells
    return read


def transfer(known: AnnData, new: AnnData, key: str, **options: Any) -> dict[str, Any]:
    cells = new.copy()
    genept.tl.annotate(cells, reference=known, label_key=key, min_confidence=0, **options)
    given = (cells.obs["genept_cell_type"] != "unassigned").to_numpy()
    right = (cells.obs["genept_cell_type"].astype(str) == cells.obs[key]).to_numpy()
    confidence = cells.obs["genept_cell_type_confidence"].to_numpy()
    by_label = pd.Series(right).groupby(cells.obs[key].to_numpy()).mean()
    return {
        "unassigned": round(1 - float(given.mean()), 3),
        "accuracy": round(float(right[given].mean()), 3),
        "confidence": round(float(confidence[given].mean()), 3),
        "calibration_error": round(expected_calibration_error(confidence[given], right[given]), 3),
        "right_by_label": {str(label): round(float(share), 3) for label, share in by_label.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of real data that the tests use")
    parser.add_argument("--genes", type=Path, help="gene embeddings; LSA of the starter texts unless told")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    os.environ.setdefault("TQDM_DISABLE", "1")
    genes = genept.embed_genes(encoder="lsa") if given.genes is None else genept.read_embeddings(given.genes)
    read = sets(given.data, genes)
    report: dict[str, Any] = {"encoder": genes.provenance["encoder"]["name"], "genes": len(genes.genes)}
    for name, cells in read.items():
        known, new = np.array_split(np.random.default_rng(0).permutation(cells.n_obs), 2)
        report[f"{name}, half to half"] = transfer(cells[known].copy(), cells[new].copy(), "fine")
    for one, known_cells in read.items():
        for other, new_cells in read.items():
            if one == other:
                continue
            key = "coarse" if "pbmc_3tech" in (one, other) else "level"
            batch = {"batch_key": "tech"} if one == "pbmc_3tech" else {}
            report[f"{one} to {other}"] = transfer(known_cells, new_cells, key, **batch)
            report[f"{one} to {other}, not centred"] = transfer(
                known_cells, new_cells, key, centre=False, **batch
            )
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    main()
