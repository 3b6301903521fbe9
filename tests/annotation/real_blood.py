"""Real sets of blood, their labels brought to common names."""

from pathlib import Path

import numpy as np
from anndata import AnnData
from numpy.typing import NDArray

import genept
from genept import GeneEmbeddings
from genept.h5ad import read_h5ad

# What isn't named here is a T cell.
SETS = {
    "pbmc3k": (
        "pbmc3k_clustifyrdata.h5ad",
        "classified",
        {"B": "B", "NK": "NK", "CD14+ Mono": "monocyte", "FCGR3A+ Mono": "monocyte", "DC": "dendritic"}
        | {"Platelet": "platelet"},
    ),
    "zheng_facs": (
        "zheng_facs_pbmc_fastTopics.h5ad",
        "celltype",
        {"CD19+ B": "B", "CD56+ NK": "NK", "CD14+ Monocyte": "monocyte", "CD34+": "progenitor"},
    ),
    "pbmc_3tech": (
        "pbmc_3tech_SAVERCAT.h5ad",
        "celltype",
        {"B cells": "B", "Monocytes": "monocyte", "T/NK cells": "T/NK"},
    ),
}


def real_blood(realdata: Path, name: str, genes: GeneEmbeddings) -> AnnData:
    """A set with GenePT-w; labels in common names as ``level``, and as ``coarse`` with T and NK as one."""
    file, key, names = SETS[name]
    cells = read_h5ad(realdata / "cells" / file)
    genept.tl.embed_cells(cells, genes)
    cells.obs["fine"] = cells.obs[key].astype(str)
    cells.obs["level"] = [names.get(one, "T") for one in cells.obs["fine"]]
    cells.obs["coarse"] = cells.obs["level"].replace({"T": "T/NK", "NK": "T/NK"})
    return cells


def right(cells: AnnData, key: str) -> NDArray[np.bool_]:
    return np.asarray(cells.obs["genept_cell_type"].astype(str) == cells.obs[key])
