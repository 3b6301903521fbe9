"""``genept demo`` from end to end, as a newcomer runs it."""

import json
from pathlib import Path

import anndata
import numpy as np
import pytest
from matplotlib.image import imread

import genept
from tests.conftest import RunGenept

FILES = {
    "genes.h5ad",
    "cells.h5ad",
    "umap_genept_w.png",
    "umap_genept_s.png",
    "umap_genes.png",
    "summary.json",
}


def check_demo(folder: Path, stdout: str) -> None:
    assert {p.name for p in folder.iterdir()} == FILES
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["n_cells"], summary["n_genes"]) == (700, 765)
    assert summary["coverage"] == {"genes": 1.0, "counts": 1.0}
    assert set(summary["representations"]) == {"X_genept_w", "X_genept_s", "X_pca"}
    for name, scores in summary["representations"].items():
        assert set(scores) == {"ari", "ami", "asw", "knn_accuracy"}
        assert f"{scores['ari']:.3f}" in stdout
        assert name in stdout
        # What chance gives: ARI and AMI near 0, and 0.34 for naming every cell dendritic.
        assert scores["ari"] > 0.1
        assert scores["ami"] > 0.2
        assert scores["knn_accuracy"] > 0.5
    assert set(summary["seconds"]) == {"genes", "genept_w", "genept_s", "scores", "figures", "files"}
    cells = anndata.read_h5ad(folder / "cells.h5ad")
    for key in ("X_genept_w", "X_genept_s"):
        np.testing.assert_allclose(np.linalg.norm(cells.obsm[key], axis=1), 1, atol=1e-5)
    assert (cells.obs["genept_coverage"] == 1).all()
    assert len(genept.read_embeddings(folder / "genes.h5ad").genes) >= 1_200
    for name in FILES:
        if name.endswith(".png"):
            pixels = imread(folder / name)
            assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 50, "an empty figure"


@pytest.mark.slow
@pytest.mark.parametrize("encoder", ["lsa", "minilm"])
def test_demo(encoder: str, tmp_path: Path, run_genept: RunGenept) -> None:
    done = run_genept("demo", "--encoder", encoder, "-o", "results/demo")
    assert done.returncode == 0, done.stderr
    check_demo(tmp_path / "results" / "demo", done.stdout)
    assert "[1/6]" in done.stderr
    assert "genept cells embed data.h5ad" in done.stderr
