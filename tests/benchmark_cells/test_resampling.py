"""Scores under resamples are the scores of the resampled cells."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from genept.benchmark.cells.resampling import N_SLOW, of_clusters, of_means, of_predictions, rescore
from genept.benchmark.statistics import resampled_counts
from genept.benchmark.statistics.class_counts import class_scores


@pytest.fixture
def predictions() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    label = rng.choice(["a", "b", "c"], 60, p=[0.6, 0.3, 0.1])
    return pd.DataFrame(
        {
            "repeat": np.repeat([0, 1], 30),
            "fold": np.tile(np.arange(30) % 3, 2),
            # Not all cells that could be drawn were tested.
            "cell": np.tile(np.arange(30) * 2, 2),
            "label": label,
            "predicted": np.where(rng.random(60) < 0.7, label, "a"),
        }
    )


def test_predictions_of_drawn_cells(predictions: pd.DataFrame) -> None:
    units = np.arange(60)
    counts = resampled_counts(60, 4, 0)
    scored = of_predictions(predictions, units, unit="cell", by=["repeat", "fold"])(counts, 0)
    for row, drawn in enumerate(counts):
        again = predictions.loc[predictions.index.repeat(drawn[predictions["cell"]])]
        folds = [
            class_scores(part["label"].to_numpy(), part["predicted"].to_numpy())
            for _, part in again.groupby(["repeat", "fold"])
        ]
        for name, values in scored.items():
            assert values[row] == pytest.approx(np.mean([fold[name] for fold in folds])), name


def test_roc_of_drawn_patients() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {"repeat": np.repeat([0, 1], 20), "patient": np.tile(np.repeat(list("pqrst"), 4), 2)}
    )
    frame["label"] = np.where(frame["patient"].isin(["p", "q", "r"]), "ill", "well")
    frame["predicted"] = "ill"
    frame["score"] = rng.random(40)
    units = np.array(list("pqrst"))
    counts = np.array([[1, 1, 1, 1, 1], [2, 0, 1, 0, 2]], dtype=np.int32)
    scored = of_predictions(frame, units, unit="patient", by=["repeat"])(counts, 0)
    for row, drawn in enumerate(counts):
        times = drawn[np.searchsorted(units, frame["patient"])]
        areas = [
            metrics.roc_auc_score(part["label"] == "well", part["score"], sample_weight=times[part.index])
            for _, part in frame.groupby("repeat")
        ]
        assert scored["roc_auc"][row] == pytest.approx(np.mean(areas))


def test_clusters_of_drawn_cells() -> None:
    rng = np.random.default_rng(5)
    labels, clusters = rng.choice(list("abc"), 50), rng.integers(0, 4, 50)
    counts = resampled_counts(50, 3, 1)
    scored = of_clusters(labels, clusters)(counts, 0)
    for row, drawn in enumerate(counts):
        one, other = np.repeat(labels, drawn), np.repeat(clusters, drawn)
        assert scored["ari"][row] == pytest.approx(metrics.adjusted_rand_score(one, other))
        assert scored["ami"][row] == pytest.approx(metrics.adjusted_mutual_info_score(one, other))
        assert scored["nmi"][row] == pytest.approx(metrics.normalized_mutual_info_score(one, other))


def test_means_leave_out_what_has_no_value() -> None:
    values = np.array([1.0, np.nan, 3.0])
    counts = np.array([[1, 1, 1], [0, 2, 1], [0, 3, 0]], dtype=np.int32)
    np.testing.assert_array_equal(of_means({"asw": values})(counts, 0)["asw"], [2, 3, np.nan])


def test_resamples_are_the_same_for_all_and_every_time() -> None:
    values = np.random.default_rng(6).normal(size=40)
    rescorers = {"one": of_means({"asw": values}), "lifted": of_means({"asw": values + 1})}
    first, again = rescore(rescorers, 40, rng=7), rescore(rescorers, 40, rng=7)
    np.testing.assert_allclose(first["lifted"]["asw"] - first["one"]["asw"], 1)
    np.testing.assert_array_equal(first["one"]["asw"], again["one"]["asw"])
    other = rescore(rescorers, 40, rng=8)
    assert not np.array_equal(first["one"]["asw"], other["one"]["asw"])


def test_ami_is_of_the_first_resamples() -> None:
    labels, clusters = np.repeat(["a", "b"], 6), np.arange(12) % 2
    scored = rescore({"k": of_clusters(labels, clusters)}, 12, rng=0)["k"]
    assert scored["ami"].shape == (N_SLOW,)
    assert np.isfinite(scored["ami"]).all()
    assert len(scored["ari"]) > N_SLOW
