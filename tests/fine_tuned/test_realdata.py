"""Fine-tuning on real cells: what the paper's experiment gives, and patients that stay on one side."""

from pathlib import Path

import anndata
import numpy as np
import pytest

import genept
from genept import GeneEmbeddings

SETS = {
    "zheng_facs_pbmc_fastTopics": "celltype",
    "kang_ifnb_muscat": "cluster_id",
    "xin_islets_scClassify": "celltype",
}


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.parametrize("name", SETS)
def test_on_one_cell_in_a_hundred_it_beats_nearest_neighbours(
    realdata: Path, lsa_genes: GeneEmbeddings, name: str
) -> None:
    adata = anndata.read_h5ad(realdata / "cells" / f"{name}.h5ad")
    genept.tl.embed_cells(adata, lsa_genes)
    model = genept.tl.finetune(adata, SETS[name], train_fraction=0.01)
    scores = genept.tl.held_out_scores(adata, model)["macro_f1"]
    assert scores["fine-tuned"] > scores["10-NN cosine"] + 0.05
    cells = adata.uns["genept"]["X_genept_w_ft"]["cells"]
    assert cells["train"] + cells["validation"] < 0.02 * adata.n_obs


@pytest.mark.realdata
def test_response_in_melanoma_is_learned_from_some_patients_and_scored_on_others(
    realdata: Path, lsa_genes: GeneEmbeddings
) -> None:
    adata = anndata.read_h5ad(realdata / "cells" / "melanoma_response_scFeatures.h5ad")
    genept.tl.embed_cells(adata, lsa_genes)
    model = genept.tl.finetune(adata, "respond", groups_key="patient", train_fraction=0.7)
    sides = adata.obs.groupby("patient", observed=True)["genept_ft_split"].agg(set)
    assert all(len(side) == 1 for side in sides)
    assert {"train", "validation", "held out"} == set.union(*sides)
    scores = genept.tl.held_out_scores(adata, model)
    assert scores["group_count"].tolist() == [6, 6, 6]
    assert np.isfinite(scores.to_numpy()).all()
