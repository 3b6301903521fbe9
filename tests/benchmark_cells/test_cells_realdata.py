"""Phenotypes of real patients and donors, end to end, and the paper's protocol on real cell types."""

from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from genept import GeneEmbeddings
from genept.benchmark.cells.keys import Keys
from genept.benchmark.cells.labelled_cells import label_cells
from genept.benchmark.cells.score_cells import make_sets, score_cells
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.cells.vectors import Requested

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


def run(folder: Path, path: Path, genes: GeneEmbeddings, keys: Keys) -> pd.DataFrame:
    cells = label_cells("real", anndata.read_h5ad(path), keys, drop_rare=False)
    scored = make_sets([cells], Requested({"lsa": genes}, methods=("w",)))
    summary = score_cells(folder, scored, settings=CellSettings(protocol="paper"), n_jobs=1)
    # To an encoder that learned from texts, a bare name says nothing.
    return summary[summary["representation"] != "gene names alone (lsa)"]


def once_each(folder: Path, column: str) -> bool:
    """Whether what was predicted for a patient came from one fold, which tested all of it."""
    frames = [pd.read_parquet(path) for path in (folder / "predictions").iterdir()]
    folds = [frame.groupby(column)["fold"].nunique().max() for frame in frames if column in frame]
    return len(folds) > 0 and set(folds) == {1}


def test_response_in_melanoma_by_patient(realdata: Path, lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    path = realdata / "cells/melanoma_response_scFeatures.h5ad"
    summary = run(tmp_path, path, lsa_genes, Keys(sample="patient", condition="respond"))
    assert set(summary["method"]) == {
        *("logistic_regression by cell", "logistic_regression by sample mean", "voting"),
    }
    by_patient = summary[summary["method"] != "logistic_regression by cell"]
    assert set(by_patient["n_cells"]) == {19}
    assert by_patient["low"].notna().all()
    # Nineteen patients: whatever is found, its interval is wide.
    assert (by_patient["high"] - by_patient["low"] > 0.2).all()
    assert once_each(tmp_path, "patient")


def test_interferon_in_kang_by_donor(realdata: Path, lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    path = realdata / "cells/kang_ifnb_muscat.h5ad"
    keys = Keys(sample="sample_id", condition="condition", patient="donor")
    summary = run(tmp_path, path, lsa_genes, keys)
    by_cell = summary[
        (summary["method"] == "logistic_regression by cell") & (summary["metric"] == "accuracy")
    ]
    assert (by_cell["mean"] > 0.9).all()
    assert set(summary["split"]) == {"folds of donor"}
    assert summary["note"].str.contains("2 patients are too few for an interval").all()
    assert once_each(tmp_path, "patient")


def test_types_of_islets_are_better_told_by_pca(
    realdata: Path, lsa_genes: GeneEmbeddings, tmp_path: Path
) -> None:
    path = realdata / "cells/xin_islets_scClassify.h5ad"
    summary = run(tmp_path, path, lsa_genes, Keys(label="celltype"))
    found = summary[summary["metric"] == "ari"].set_index("representation")["mean"]
    differences = pd.read_csv(tmp_path / "differences.csv")
    one = differences[(differences["metric"] == "ari") & (differences["other"] == "PCA")].iloc[0]
    assert one["difference"] == pytest.approx(found["GenePT-w (lsa)"] - found["PCA"])
    assert np.isfinite([one["low"], one["high"]]).all()
    assert one["high"] < 0
