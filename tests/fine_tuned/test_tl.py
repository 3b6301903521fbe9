"""Fine-tuning on AnnData: what it sets, whom it learns from, what it refuses."""

from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

import genept
from genept.cells import FineTunedEmbedding
from genept.errors import ArgumentError, EmbeddingsError, GeneptWarning, UnknownNameError, ValuesError

QUICK = FineTunedEmbedding(n_hidden=6, max_epochs=8, learning_rate=5e-2, batch_size=20)


def test_sets_the_named_keys_and_nothing_else(cells: AnnData, tmp_path: Path) -> None:
    # As it is after a way through a file.
    made_of = {"texts": {"sha256": "abc", "files": np.array(["a", "b"])}, "dimensions": np.int64(8)}
    cells.uns["genept"] = {"X_genept_w": {"gene_embeddings": made_of}}
    before = cells.copy()
    model = genept.tl.finetune(cells, "type", train_fraction=0.4, model=QUICK)
    assert set(cells.obsm) - set(before.obsm) == {"X_genept_w_ft"}
    added = ["genept_ft_label", "genept_ft_confidence", "genept_ft_split"]
    assert list(cells.obs)[len(before.obs.columns) :] == added
    pd.testing.assert_frame_equal(cells.obs[before.obs.columns], before.obs)
    vectors = before.obsm["X_genept_w"]
    np.testing.assert_array_equal(cells.obsm["X_genept_w_ft"], model.transform(vectors))
    np.testing.assert_array_equal(cells.obs["genept_ft_label"].astype(str), model.predict(vectors))
    np.testing.assert_allclose(
        cells.obs["genept_ft_confidence"], model.predict_proba(vectors).max(axis=1), rtol=1e-6
    )
    kept = cells.uns["genept"]["X_genept_w_ft"]
    assert (kept["label_key"], kept["use_rep"], kept["train_fraction"]) == ("type", "X_genept_w", 0.4)
    assert kept["gene_embeddings"] == {"texts": {"sha256": "abc", "files": ["a", "b"]}, "dimensions": 8}
    model.save(tmp_path / "model")
    assert FineTunedEmbedding.load(tmp_path / "model").provenance_ == model.provenance_
    counted = cells.obs["genept_ft_split"].value_counts()
    assert kept["cells"] == counted.to_dict()
    assert counted["train"] + counted["validation"] == 48 + 32 + 16
    assert not hasattr(QUICK, "network_")
    # It goes through a file and comes back.
    cells.write_h5ad(tmp_path / "cells.h5ad")
    read = anndata.read_h5ad(tmp_path / "cells.h5ad").uns["genept"]["X_genept_w_ft"]
    assert list(read["classes"]) == ["B", "NK", "T"]
    np.testing.assert_array_equal(read["training_loss"], model.training_loss_)


def test_only_the_training_cells_are_learned_from(cells: AnnData) -> None:
    """Labels and vectors of held-out cells may be anything: the model stays the same."""
    model = genept.tl.finetune(cells, "type", train_fraction=0.4, model=QUICK)
    held_out = np.asarray(cells.obs["genept_ft_split"] == "held out")
    other = cells.copy()
    other.obsm["X_genept_w"][held_out] *= 100
    labels = other.obs["type"].astype(str).to_numpy()
    labels[held_out] = np.roll(labels[held_out], 7)
    other.obs["type"], other.obs["mine"] = labels, ~held_out
    again = genept.tl.finetune(other, "type", train_key="mine", model=QUICK)
    np.testing.assert_array_equal(again.network_.hidden_weights, model.network_.hidden_weights)
    assert (np.asarray(other.obs["genept_ft_split"] == "held out") == held_out).all()


@pytest.mark.parametrize("fraction", [0.01, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("rng", [0, 1])
def test_a_patient_is_never_on_two_sides(cells: AnnData, fraction: float, rng: int) -> None:
    genept.tl.finetune(cells, "type", groups_key="patient", train_fraction=fraction, model=QUICK, rng=rng)
    sides = cells.obs.groupby("patient", observed=True)["genept_ft_split"].nunique()
    assert (sides == 1).all()
    kept = cells.uns["genept"]["X_genept_w_ft"]["groups"]
    assert sorted(name for names in kept.values() for name in names) == sorted(set(cells.obs["patient"]))
    assert len(kept["held out"]) == 12 - max(1, min(round(12 * fraction), 11))


def test_cells_without_a_label_are_predicted_and_not_learned_from(cells: AnnData) -> None:
    cells.obs["some"] = cells.obs["type"].where(np.arange(240) % 3 > 0)
    genept.tl.finetune(cells, "some", model=QUICK)
    unlabelled = cells.obs["some"].isna()
    assert (cells.obs["genept_ft_split"][unlabelled] == "no label").all()
    assert (cells.obs["genept_ft_split"][~unlabelled] != "no label").all()
    assert cells.obs["genept_ft_label"].notna().all()


def test_a_cell_without_a_vector_stays_without(cells: AnnData) -> None:
    cells.obsm["X_genept_w"][[3, 40]] = 0
    with pytest.warns(GeneptWarning, match="2 of 240 cells have a zero vector") as told:
        model = genept.tl.finetune(cells, "type", model=QUICK)
    assert [warning.filename for warning in told] == [__file__]
    for column in ("genept_ft_label", "genept_ft_confidence"):
        assert np.flatnonzero(cells.obs[column].isna()).tolist() == [3, 40]
    assert (cells.obs["genept_ft_split"].iloc[[3, 40]] == "no vector").all()
    assert not cells.obsm["X_genept_w_ft"][[3, 40]].any()
    with pytest.warns(GeneptWarning, match="2 of 240"):
        genept.tl.predict(cells, model)
    assert np.flatnonzero(cells.obs["genept_ft_label"].isna()).tolist() == [3, 40]


def test_a_class_on_one_side_only_is_named(cells: AnnData) -> None:
    labels = cells.obs["type"].astype(str)
    labels.iloc[5] = "rare"
    cells.obs["type"] = labels
    with pytest.warns(GeneptWarning, match="1 classes have no held-out cells.*rare") as told:
        genept.tl.finetune(cells, "type", train_fraction=0.1, model=QUICK)
    assert [warning.filename for warning in told] == [__file__]
    cells.obs["mine"] = (labels != "rare") & (np.arange(240) % 2 == 0)
    with pytest.warns(GeneptWarning, match="can't be predicted: rare"):
        genept.tl.finetune(cells, "type", train_key="mine", model=QUICK)


def test_scores_are_of_the_held_out_cells_only(cells: AnnData) -> None:
    model = genept.tl.finetune(cells, "type", train_fraction=0.4, model=QUICK)
    scores = genept.tl.held_out_scores(cells, model)
    held_out = np.asarray(cells.obs["genept_ft_split"] == "held out")
    X, y = cells.obsm["X_genept_w"], np.asarray(cells.obs["type"], dtype=str)
    others = {
        "10-NN cosine": KNeighborsClassifier(10, metric="cosine"),
        "logistic regression": LogisticRegression(C=100, class_weight="balanced", max_iter=1000),
    }
    learned = X[~held_out], y[~held_out]
    predicted = {name: other.fit(*learned).predict(X[held_out]) for name, other in others.items()}
    predicted["fine-tuned"] = cells.obs["genept_ft_label"].astype(str)[held_out]
    for name, found in predicted.items():
        assert scores.loc[name, "accuracy"] == pytest.approx(np.mean(found == y[held_out]))
        assert scores.loc[name, "macro_f1"] == pytest.approx(f1_score(y[held_out], found, average="macro"))
    assert "roc_auc" not in scores


def test_patients_are_scored_by_the_mean_of_their_cells(cells: AnnData) -> None:
    model = genept.tl.finetune(cells, "condition", groups_key="patient", train_fraction=0.5, model=QUICK)
    scores = genept.tl.held_out_scores(cells, model).loc["fine-tuned"]
    held_out = cells[cells.obs["genept_ft_split"] == "held out"]
    well = pd.Series(model.predict_proba(held_out.obsm["X_genept_w"])[:, 1], held_out.obs_names)
    by_patient = well.groupby(held_out.obs["patient"]).mean()
    truth = np.array([patient in ("p6", "p7", "p8", "p9", "p10", "p11") for patient in by_patient.index])
    assert scores["group_count"] == 6
    assert scores["group_accuracy"] == pytest.approx(np.mean((by_patient > 0.5) == truth))
    assert scores["group_roc_auc"] == pytest.approx(roc_auc_score(truth, by_patient))
    assert scores["roc_auc"] == pytest.approx(roc_auc_score(held_out.obs["condition"] == "well", well))


def test_a_model_is_applied_to_other_cells(cells: AnnData, tmp_path: Path) -> None:
    ours, others = cells[:200].copy(), cells[200:].copy()
    model = genept.tl.finetune(ours, "condition", model=QUICK)
    model.save(tmp_path / "model")
    others.obs["genept_ft_split"] = "held out"
    genept.tl.predict(others, FineTunedEmbedding.load(tmp_path / "model"))
    vectors = others.obsm["X_genept_w"]
    np.testing.assert_array_equal(others.obsm["X_genept_w_ft"], model.transform(vectors))
    np.testing.assert_array_equal(others.obs["genept_ft_label"].astype(str), model.predict(vectors))
    assert "genept_ft_split" not in others.obs
    assert others.uns["genept"]["X_genept_w_ft"]["model"]["label_key"] == "condition"


@pytest.mark.parametrize(("part", "mark"), [("texts", "sha256"), ("encoder", "fingerprint")])
def test_cells_of_other_gene_embeddings_are_refused(cells: AnnData, part: str, mark: str) -> None:
    def made_of(what: str) -> dict[str, Any]:
        return {"X_genept_w": {"gene_embeddings": {part: {mark: what}}}}

    cells.uns["genept"] = made_of("these")
    model = genept.tl.finetune(cells, "type", model=QUICK)
    genept.tl.predict(cells, model)
    cells.uns["genept"] = made_of("others")
    before = cells.copy()
    said = rf"a model from other gene embeddings than the cells .{part}.{mark}: these there, others here"
    with pytest.raises(EmbeddingsError, match=said):
        genept.tl.predict(cells, model)
    assert list(cells.obs) == list(before.obs)


@pytest.mark.parametrize(
    ("change", "arguments", "error", "says"),
    [
        ({}, {"label_key": "no such"}, UnknownNameError, "no column 'no such'.*type, patient"),
        ({}, {"groups_key": "no such"}, UnknownNameError, "no column 'no such'"),
        ({}, {"train_key": "no such"}, UnknownNameError, "no column 'no such'"),
        ({}, {"use_rep": "X_scgpt"}, UnknownNameError, r"no obsm\['X_scgpt'\] in the data.*X_genept_w"),
        ({"type": "B"}, {}, ValuesError, "one class only .B."),
        ({"type": None}, {}, ValuesError, "no value in obs"),
        ({"mine": "train"}, {"train_key": "mine"}, ValuesError, "values such as 'train'"),
        ({"mine": False}, {"train_key": "mine"}, ValuesError, "no cells to fit on"),
        ({"mine": np.arange(240) < 40}, {"train_key": "mine", "groups_key": "patient"}, ArgumentError,
         "12 groups with cells on both sides of the split: p0"),
        ({}, {"train_key": "type", "train_fraction": 0.5}, ArgumentError, "together"),
        ({"patient": "p0"}, {"groups_key": "patient"}, ArgumentError, "one group only .p0."),
        ({"patient": None}, {"groups_key": "patient"}, ValuesError, "240 cells without a value in obs"),
        ({}, {"label_key": "condition", "groups_key": "patient", "train_fraction": 0.01}, ValuesError,
         "of 1 of 12 groups, of one class only"),
        ({}, {"train_fraction": 0}, ArgumentError, "train_fraction=0"),
        ({}, {"train_fraction": 1.5}, ArgumentError, "train_fraction=1.5"),
        ({}, {"key_added": "a/b"}, ArgumentError, "key_added='a/b'"),
        ({}, {"prefix": ""}, ArgumentError, "prefix=''"),
        ({}, {"rng": -1}, ArgumentError, "rng=-1"),
        ({}, {"key_added": "X_genept_w"}, ArgumentError, "which holds the vectors that are read"),
        ({"genept_ft_label": list("BT") * 120}, {"label_key": "genept_ft_label"}, ArgumentError,
         "obs.'genept_ft_label'., which is read here and would be overwritten"),
        ({"genept_ft_split": list("pq") * 120}, {"groups_key": "genept_ft_split"}, ArgumentError,
         "obs.'genept_ft_split'., which is read"),
        ({"a_confidence": True}, {"train_key": "a_confidence", "prefix": "a"}, ArgumentError, "'a_conf"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    cells: AnnData, change: dict[str, Any], arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    for column, values in change.items():
        cells.obs[column] = values
    before = cells.copy()
    with pytest.raises(error, match=says):
        genept.tl.finetune(cells, **{"label_key": "type", "model": QUICK, **arguments})
    pd.testing.assert_frame_equal(cells.obs, before.obs)
    assert set(cells.obsm) == {"X_genept_w"}
    assert not cells.uns


@pytest.mark.parametrize(
    ("vectors", "says"),
    [
        (np.zeros((240, 4)), "no cell with a label whose vector"),
        (np.full((240, 4), np.nan), "aren't finite for 240 of 240 cells"),
        (np.full((240, 4), "x"), "of shape .240, 4. and type"),
    ],
)
def test_vectors_that_say_nothing_are_refused(cells: AnnData, vectors: Any, says: str) -> None:
    cells.obsm["X_genept_w"] = vectors
    with pytest.raises(ValuesError, match=says):
        genept.tl.finetune(cells, "type", model=QUICK)


def test_vectors_of_another_width_and_models_of_other_cells_are_refused(cells: AnnData) -> None:
    model = genept.tl.finetune(cells, "type", model=QUICK, train_fraction=1)
    with pytest.raises(ArgumentError, match="no held-out cells"):
        genept.tl.held_out_scores(cells, model)
    del cells.obs["genept_ft_split"]
    with pytest.raises(ArgumentError, match="call genept"):
        genept.tl.held_out_scores(cells, model)
    cells.obsm["X_genept_w"] = cells.obsm["X_genept_w"][:, :5]
    with pytest.raises(ArgumentError, match=r"of 5 dimensions.*8 dimensions"):
        genept.tl.predict(cells, model)
    cells.uns["genept"] = "mine"
    with pytest.raises(ArgumentError, match="is a str"):
        genept.tl.finetune(cells, "type", model=QUICK)
