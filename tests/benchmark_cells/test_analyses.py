"""Clusters, silhouettes, annotation and phenotypes, against scikit-learn's own numbers and made-up truths."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from genept.benchmark import score_representation
from genept.benchmark.cells.analyses import association as association_module
from genept.benchmark.cells.analyses.annotation import LOGISTIC, NEAREST, Annotation
from genept.benchmark.cells.analyses.association import Association, Compared
from genept.benchmark.cells.analyses.classify import logistic
from genept.benchmark.cells.analyses.every import every_analysis
from genept.benchmark.cells.analyses.phenotype import Phenotype, votes
from genept.benchmark.cells.analyses.splits import CellFold, CellSplit, paper_split, repeated_split
from genept.benchmark.cells.jobs import CellJob, run_cell_job
from genept.benchmark.cells.scored import Analysis, Scored, Vectors
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.jobs import Protocol
from tests.benchmark_cells.cells import labelled, make_cells

LABELS = np.repeat(["a", "b", "c"], 40)
OTHERS = np.tile(["x", "y"], 60)
ROWS = np.arange(120) * 2


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    rng = np.random.default_rng(0)
    found = rng.normal(size=(120, 5)) + 1.5 * np.eye(5)[np.repeat([0, 1, 2], 40)]
    return np.asarray(found, dtype=np.float32)


def values(scored: Scored, **wanted: str) -> dict[str, float]:
    found = {
        one.metric: one.value
        for one in scored.scores
        if all(getattr(one.asked, name) == value for name, value in wanted.items())
    }
    return {metric: value for metric, value in found.items() if value is not None}


def association(*, leiden: bool = False) -> Association:
    return Association("type", LABELS, (Compared("batch", "tech", OTHERS),), ROWS, leiden, 2023)


def annotation(method: str, protocol: str = "rigorous") -> Annotation:
    split = paper_split(LABELS, rng=2023) if protocol == "paper" else repeated_split(LABELS, rng=2023)
    return Annotation("annotation", method, "type", split, LABELS, ROWS, protocol, 2023)


def test_paper_protocol_is_score_representation(vectors: Vectors) -> None:
    known = score_representation(vectors, LABELS)
    clustered = association().score(vectors)
    found = values(clustered, analysis="association")
    assert found["ari"] == pytest.approx(known.ari)
    assert found["ami"] == pytest.approx(known.ami)
    assert found["asw_euclidean"] == pytest.approx(known.asw, abs=1e-6)
    assert values(annotation(NEAREST, "paper").score(vectors))["accuracy"] == pytest.approx(
        known.knn_accuracy
    )


@pytest.mark.parametrize("distance", ["euclidean", "cosine"])
def test_silhouettes_are_scikit_learns(vectors: Vectors, distance: str) -> None:
    found = values(association().score(vectors), method="labels")
    assert found[f"asw_{distance}"] == pytest.approx(
        silhouette_score(vectors, LABELS, metric=distance), abs=1e-6
    )


def test_silhouettes_of_many_cells_are_of_a_sample(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(association_module, "MOST_CELLS", 50)
    scored = association().score(vectors)
    rows = association_module.sampled(120, 2023)
    assert len(rows) == 50
    known = silhouette_score(vectors[rows], LABELS[rows])
    assert values(scored, method="labels")["asw_euclidean"] == pytest.approx(known, abs=1e-6)
    (note,) = {one.note for one in scored.scores if one.asked.method == "labels"}
    assert note == "on 50 of 120 cells, drawn at random"


def test_silhouettes_of_a_sample_without_the_rare_label(
    vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(association_module, "MOST_CELLS", 20)
    lacking = np.setdiff1d(np.arange(120), association_module.sampled(120, 2023))[:5]
    labels = np.where(np.isin(np.arange(120), lacking), "rare", "many")
    scored = Association("type", labels, (), ROWS, False, 2023).score(vectors)
    found = {one.metric: one for one in scored.scores if one.metric.startswith("asw")}
    assert {one.value for one in found.values()} == {None}
    assert "a single label on 20 of 120 cells" in found["asw_cosine"].note


def test_clusters_are_compared_with_batches_and_kept(vectors: Vectors) -> None:
    scored = association().score(vectors)
    assert abs(values(scored, analysis="batch", target="tech")["ari"]) < 0.05
    frame = scored.evidence[0].frame
    assert list(frame.columns[:4]) == ["cell", "label", "kmeans", "obs: tech"]
    assert list(frame["cell"]) == list(ROWS)


def test_leiden_says_that_it_is_tuned(vectors: Vectors) -> None:
    pytest.importorskip("leidenalg")
    scored = association(leiden=True).score(vectors)
    tuned = [one for one in scored.scores if one.asked.method == "leiden (tuned)"]
    assert "of 20, chosen by ARI against these labels" in tuned[0].note
    frame = scored.evidence[0].frame
    known = adjusted_rand_score(LABELS, frame["leiden"])
    assert values(scored, method="leiden (tuned)")["ari"] == pytest.approx(known)
    assert known > 0.15


@pytest.mark.parametrize("method", [NEAREST, LOGISTIC])
def test_labels_that_have_nothing_to_do_with_vectors_are_not_found(method: str) -> None:
    noise = np.random.default_rng(1).normal(size=(120, 5)).astype(np.float32)
    scored = annotation(method).score(noise)
    accuracy = [one.value for one in scored.scores if one.metric == "accuracy"]
    assert np.mean(np.array(accuracy, dtype=float)) == pytest.approx(1 / 3, abs=0.1)


def test_predictions_are_of_the_cells_that_were_tested(vectors: Vectors) -> None:
    one = annotation(LOGISTIC)
    scored = one.score(vectors)
    frame = scored.evidence[0].frame
    assert list(frame.columns) == ["repeat", "fold", "cell", "label", "predicted"]
    assert (frame.groupby("repeat")["cell"].apply(lambda cells: sorted(cells) == list(ROWS))).all()
    part = frame[(frame["repeat"] == 1) & (frame["fold"] == 2)]
    (value,) = [s.value for s in scored.scores if (s.repeat, s.fold, s.metric) == (1, 2, "accuracy")]
    assert (part["label"] == part["predicted"]).mean() == pytest.approx(value)


def test_neither_length_nor_place_of_vectors_bears_on_the_regression(vectors: Vectors) -> None:
    train, test = vectors[::2], vectors[1::2]
    plain = logistic(train, LABELS[::2], test, rng=0, choose=True)
    moved = logistic(7 * train + 3, LABELS[::2], 7 * test + 3, rng=0, choose=True)
    assert (plain.predicted == moved.predicted).mean() > 0.98
    assert plain.note == moved.note
    assert plain.note.startswith("C = ")


@pytest.mark.parametrize("seed", range(4))
def test_a_label_that_the_drawn_cells_lack_does_not_stop_the_regression(seed: int) -> None:
    rng = np.random.default_rng(0)
    labels = np.array(["many"] * 1896 + ["rare"] * 4)
    vectors = rng.normal(size=(1900, 3)).astype(np.float32) + 9 * (labels == "rare")[:, None]
    guess = logistic(vectors, labels, vectors, rng=seed, choose=True)
    assert guess.note == "C = 1"
    assert set(guess.predicted) == {"many", "rare"}


def test_a_fold_without_cells_to_test_has_no_value(vectors: Vectors) -> None:
    everything = np.arange(120)
    split = CellSplit("odd", (CellFold(0, 0, everything, everything[:0], "tech x left out"),))
    scored = Annotation("annotation", NEAREST, "type", split, LABELS, ROWS, "rigorous", 0).score(vectors)
    assert {one.value for one in scored.scores} == {None}
    assert scored.scores[0].note == "not computable: no cell to test; tech x left out"
    assert not scored.evidence


def test_too_few_cells_for_neighbours_are_not_computable(vectors: Vectors) -> None:
    few = np.arange(36, 44)
    split = CellSplit("small", (CellFold(0, 0, few, few),))
    analysis = Annotation("annotation", NEAREST, "type", split, LABELS, ROWS, "rigorous", 0)
    scored = run_cell_job(CellJob("d", "r", "embedding", "rigorous", vectors, analysis))
    assert len(scored.scores) == 5
    assert scored.scores[0].note.startswith("not computable: 8 cells to learn from")


def of_conditions(protocol: Protocol = "rigorous") -> list[Analysis]:
    cells = labelled(make_cells(), sample="donor", condition="state")
    return every_analysis(cells, CellSettings(protocol=protocol))


@pytest.mark.parametrize("protocol", ["rigorous", "paper"])
def test_phenotypes_are_found_by_cell_by_vote_and_by_mean(protocol: Protocol) -> None:
    counts = np.log1p(make_cells().X.toarray())
    by_cell, by_mean = of_conditions(protocol)
    assert values(by_cell.score(counts), method="logistic_regression by cell")["accuracy"] > 0.8
    assert values(by_cell.score(counts), method="voting")["roc_auc"] == 1
    found = by_mean.score(counts)
    assert values(found)["roc_auc"] > 0.9
    frame = found.evidence[0].frame
    assert sorted(frame[frame["repeat"] == 0]["sample"]) == [f"d{i}" for i in range(9)]
    assert len(frame["repeat"].unique()) == (5 if protocol == "rigorous" else 1)


def test_a_donors_own_noise_is_not_taken_for_the_phenotype() -> None:
    """What tells donors apart, and nothing else, finds no phenotype when donors are left out whole."""
    adata = make_cells()
    donor = adata.obs["donor"].astype("category").cat.codes.to_numpy()
    own = np.random.default_rng(2).normal(size=(9, 6))[donor].astype(np.float32)
    by_cell, _ = of_conditions()
    assert values(by_cell.score(own), method="voting")["accuracy"] < 0.8
    # Split by cell, the same vectors would be perfect.
    states = adata.obs["state"].to_numpy(dtype=str)
    split = repeated_split(states, rng=0)
    by_chance = Annotation("annotation", NEAREST, "state", split, states, np.arange(90), "rigorous", 0)
    assert values(by_chance.score(own))["accuracy"] == 1


def test_phenotypes_of_a_patient_each_are_not_computable() -> None:
    adata = make_cells()
    adata.obs["state"] = np.where(adata.obs["donor"] == "d0", "ill", "well")
    cells = labelled(adata, sample="donor", condition="state")
    vectors = np.ones((90, 2), dtype=np.float32)
    for analysis in every_analysis(cells, CellSettings()):
        scored = run_cell_job(CellJob("d", "r", "embedding", "rigorous", vectors, analysis))
        assert all("a condition has one alone" in one.note for one in scored.scores)
        assert all(one.value is None for one in scored.scores)


def test_the_vote_is_that_of_most_cells() -> None:
    frame = pd.DataFrame({"repeat": 0, "fold": 0, "sample": list("sssttt"), "patient": list("sssttt")})
    frame["label"] = ["ill"] * 3 + ["well"] * 3
    frame["predicted"] = ["ill", "well", "ill", "well", "well", "ill"]
    frame["score"] = 0.5
    voted = votes(frame)
    assert voted["predicted"].tolist() == ["ill", "well"]
    assert voted["score"].tolist() == pytest.approx([1 / 3, 2 / 3])


def test_what_is_asked_follows_from_the_columns() -> None:
    adata = make_cells()
    only = every_analysis(labelled(adata, label="type"), CellSettings())
    assert [type(one).__name__ for one in only] == ["Association", "Annotation", "Annotation"]
    cells = labelled(adata, label="type", batch="batch", sample="donor", condition="state")
    every = every_analysis(cells, CellSettings())
    splits = {asked.split for one in every for asked, _ in one.asked() if asked.analysis == "annotation"}
    assert splits == {"5 x 5 folds", "leave out one batch", "leave out one donor"}
    assert sum(isinstance(one, Phenotype) for one in every) == 2
    clustered = {(asked.analysis, asked.target) for asked, _ in every[0].asked() if asked.method == "k-means"}
    assert clustered == {
        *(("association", "type"), ("batch", "batch"), ("batch", "donor"), ("phenotype", "state")),
    }


def test_identity_depends_on_everything(vectors: Vectors) -> None:
    def identity(analysis: Analysis, given: Vectors = vectors) -> str:
        return CellJob("d", "r", "embedding", "rigorous", given, analysis).identity()

    first = identity(association())
    assert first == identity(association())
    turned = (Compared("batch", "tech", OTHERS[::-1]),)
    others = Association("type", LABELS, turned, ROWS, False, 2023)
    changed = vectors.copy()
    changed[3, 3] += 1
    seen = {first, identity(others), identity(association(leiden=True)), identity(association(), changed)}
    assert len(seen) == 4
