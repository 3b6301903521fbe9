"""LISI, kBET and the silhouette of batches are scib-metrics' own numbers."""

import sys
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from genept.benchmark.cells.analyses.mixing import Mixing
from genept.benchmark.cells.scored import Vectors

LABELS = np.repeat(["a", "b"], 60)
BATCHES = np.tile(["x", "y", "y"], 40)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    rng = np.random.default_rng(0)
    found = rng.normal(size=(120, 4)) + 2 * (LABELS == "a")[:, None] + (BATCHES == "x")[:, None]
    return np.asarray(found, dtype=np.float32)


@pytest.fixture(scope="module")
def scib() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("scib_metrics")


@pytest.mark.slow
def test_numbers_are_scib_metrics_own(vectors: Vectors, scib: Any) -> None:
    scored = Mixing("tech", "type", BATCHES, LABELS, 0).score(vectors)
    found = {one.metric: one.value for one in scored.scores}
    distances, near = NearestNeighbors(n_neighbors=90).fit(vectors).kneighbors(vectors)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = scib.nearest_neighbors.NeighborsResults(indices=near, distances=distances)
        few = scib.nearest_neighbors.NeighborsResults(indices=near[:, :50], distances=distances[:, :50])
        assert found == {
            "asw_batch": pytest.approx(float(scib.silhouette_batch(vectors, LABELS, BATCHES))),
            "ilisi": pytest.approx(float(scib.ilisi_knn(whole, BATCHES))),
            "clisi": pytest.approx(float(scib.clisi_knn(whole, LABELS))),
            "kbet": pytest.approx(float(scib.kbet(few, BATCHES)[0])),
        }
    assert {one.asked.target for one in scored.scores if one.metric == "clisi"} == {"type"}


@pytest.mark.slow
def test_a_batch_for_each_label_leaves_no_silhouette_within_labels(vectors: Vectors, scib: Any) -> None:
    scored = Mixing("tech", "type", LABELS, LABELS, 0).score(vectors)
    notes = {one.metric: one.note for one in scored.scores}
    assert notes["asw_batch"] == "not computable: no label occurs in more than one batch"
    assert notes["kbet"] == ""


@pytest.mark.slow
def test_lisi_of_a_handful_of_cells_has_no_value(vectors: Vectors, scib: Any) -> None:
    few = np.arange(5)
    scored = Mixing("tech", "type", BATCHES[few], np.array(list("ababa")), 0).score(vectors[few])
    found = {one.metric: one for one in scored.scores}
    for metric in ("ilisi", "clisi"):
        assert found[metric].value is None
        assert "where 0 to 1 is meant" in found[metric].note


def test_scib_metrics_that_is_missing_says_how(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scib_metrics", None)
    scored = Mixing("tech", "type", BATCHES, LABELS, 0).score(vectors)
    assert [one.value for one in scored.scores] == [None] * 4
    assert {one.note for one in scored.scores} == {
        "not computable: it needs scib-metrics: pip install 'genept[scib]'"
    }
