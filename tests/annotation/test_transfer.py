"""Transfer of labels: the law of neighbours, calibration, novelty, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from genept.annotation import Labelled, TransferAnnotator, expected_calibration_error
from genept.annotation.clusters import cluster_means, label_clusters, spread
from genept.errors import ArgumentError, ValuesError


def mixture(n: int, rng: int, *, spread: float = 0.6) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Cells around three directions, two of which overlap."""
    generator = np.random.default_rng(rng)
    centres = np.array([[3, 0, 0, 0], [0, 3, 1, 0], [0, 3, 0, 1]])
    which = generator.integers(0, 3, n)
    return centres[which] + generator.normal(0, spread, (n, 4)), np.array(["B", "T", "NK"])[which]


def test_labels_equal_scikit_learns_neighbours() -> None:
    (X, y), (new, _) = mixture(200, 0), mixture(80, 1)
    plain = KNeighborsClassifier(10, metric="cosine").fit(X, y)
    ours = TransferAnnotator(min_confidence=0, novelty_quantile=None).fit(X, y).annotate(new)
    shares = np.sort(plain.predict_proba(new), axis=1)
    clear = shares[:, -1] > shares[:, -2]
    assert 60 < clear.sum() < 80
    assert (ours.labels[clear] == plain.predict(new)[clear]).all()


def test_of_labels_with_as_many_votes_the_nearer_wins() -> None:
    angles = np.deg2rad([10, 40, *np.linspace(180, 270, 20)])
    X = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    y = ["B", "T", *["NK"] * 20]
    near = TransferAnnotator(n_neighbors=2, min_confidence=0, novelty_quantile=None).fit(X, y)
    at = np.deg2rad([20, 30])
    assert near.annotate(np.stack([np.cos(at), np.sin(at)], axis=1)).labels.tolist() == ["B", "T"]


def test_confidence_is_calibrated_on_cells_that_were_not_seen() -> None:
    (X, y), (new, truth) = mixture(1500, 0), mixture(1500, 1)
    found = TransferAnnotator(min_confidence=0, novelty_quantile=None).fit(X, y).annotate(new)
    right = found.labels == truth
    assert 0.7 < right.mean() < 0.95
    assert expected_calibration_error(found.confidence, right) < 0.04
    shares = KNeighborsClassifier(10, metric="cosine").fit(X, y).predict_proba(new).max(axis=1)
    # The share of votes itself, which is what it would be without calibration, is off.
    assert expected_calibration_error(shares, right) > expected_calibration_error(found.confidence, right)


def test_cells_unlike_the_reference_and_cells_of_nothing_stay_unassigned() -> None:
    X, y = mixture(500, 0)
    annotator = TransferAnnotator().fit(X, y)
    found = annotator.annotate([[0.0, 0, 0, -5], [0.0, 0, 0, 0], [9.0, 0, 0, 0]])
    assert found.labels.tolist() == ["unassigned", "unassigned", "B"]
    assert found.confidence[:2].tolist() == [0, 0]
    # Of cells like those of the reference about one in a hundred is called novel.
    novel = (annotator.annotate(mixture(2000, 2)[0]).confidence == 0).mean()
    assert 0 < novel < 0.03


def test_a_bound_on_confidence() -> None:
    (X, y), (new, _) = mixture(500, 0), mixture(200, 1)
    every = TransferAnnotator(min_confidence=0).fit(X, y).annotate(new)
    some = TransferAnnotator(min_confidence=0.8).fit(X, y).annotate(new)
    assert (some.confidence == every.confidence).all()
    low = every.confidence < 0.8
    assert 0 < low.sum() < 200
    assert (some.labels[low] == "unassigned").all()
    assert (some.codes[~low] == every.codes[~low]).all()


def test_groups_are_held_out_together() -> None:
    generator = np.random.default_rng(0)
    X, y = mixture(600, 0)
    batches = np.repeat(["a", "b", "c"], 200)
    moved = X + 2.5 * generator.normal(size=(3, 4))[np.repeat([0, 1, 2], 200)]
    across = TransferAnnotator().fit(moved, y, groups=batches)
    within = TransferAnnotator().fit(moved, y)
    # Another batch is farther away than the cells beside, and less often right.
    assert across.held_out_accuracy_ < within.held_out_accuracy_
    assert across.max_distance_ > within.max_distance_


@given(st.integers(0, 50), st.floats(0.1, 10))
@settings(max_examples=15, deadline=None)
def test_a_cell_gets_the_same_whatever_stands_beside_it(rng: int, scale: float) -> None:
    (X, y), (new, _) = mixture(60, rng), mixture(20, rng + 1)
    annotator = TransferAnnotator(n_neighbors=5).fit(X, y)
    whole, order = annotator.annotate(new), np.random.default_rng(rng).permutation(20)
    turned, alone = annotator.annotate(scale * new[order]), annotator.annotate(new[:1])
    assert (turned.codes == whole.codes[order]).all()
    assert (turned.confidence == whole.confidence[order]).all()
    assert alone.codes[0] == whole.codes[0]


def test_the_same_again() -> None:
    (X, y), (new, _) = mixture(100, 0), mixture(50, 1)
    one, other = (TransferAnnotator().fit(X, y).annotate(new) for _ in range(2))
    assert (one.codes == other.codes).all()
    assert (one.confidence == other.confidence).all()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"y": ["B"] * 40}, "1 different labels"),
        ({"y": ["B"] * 39}, "40 reference cells, 39 labels"),
        ({"groups": ["a"] * 40}, "1 different groups"),
        ({"groups": ["a"] * 3}, "3 groups"),
        ({"X": np.zeros((40, 4))}, "0 cells with a vector"),
        ({"X": np.full((40, 4), np.nan)}, "aren't finite"),
        ({"X": np.zeros(40)}, "shape \\(40,\\)"),
        ({"X": np.eye(4)[:3], "y": ["B", "B", "T"]}, "3 cells with a vector"),
    ],
)
def test_references_that_cannot_be_used(changed: dict[str, object], said: str) -> None:
    X, y = mixture(40, 0)
    arguments = {"X": X, "y": y, **changed}
    with pytest.raises(ValuesError, match=said):
        TransferAnnotator().fit(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"n_neighbors": 0}, {"n_neighbors": 2.5}, {"novelty_quantile": 0.0}, {"min_confidence": 1.5}),
        *({"rng": -1}, {"rng": 0.5}),
    ],
)
def test_parameters_that_mean_nothing(wrong: dict[str, float]) -> None:
    X, y = mixture(40, 0)
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        TransferAnnotator(**wrong).fit(X, y)  # type: ignore[arg-type]


def test_another_width_is_refused() -> None:
    X, y = mixture(40, 0)
    with pytest.raises(ValuesError, match="cells of 3 dimensions, compared with 4"):
        TransferAnnotator().fit(X, y).annotate(np.ones((2, 3)))


def test_the_error_of_calibration() -> None:
    # Bins 0.2..0.3 (two cells, one right) and 0.9..1 (two, both right).
    confidence, right = [0.25, 0.25, 0.95, 1.0], [True, False, True, True]
    assert expected_calibration_error(confidence, right) == pytest.approx((0.5 + 0.05) / 4)
    with pytest.raises(ValuesError, match="between 0 and 1"):
        expected_calibration_error([1.5], [True])
    with pytest.raises(ValuesError, match="shape"):
        expected_calibration_error([0.5], [True, False])
    with pytest.raises(ArgumentError, match="n_bins=0"):
        expected_calibration_error([0.5], [True], n_bins=0)


def test_clusters_are_labelled_by_the_confidence_of_their_cells() -> None:
    cells = Labelled(
        np.array([0, 0, 1, -1, -1, 1, 0]),
        np.array([0.5, 0.5, 0.9, 0.2, 0.0, 1.0, 1.0], dtype=np.float32),
        ("B", "T"),
    )
    clusters = np.array([0, 0, 0, 1, 1, 1, -1])
    found = label_clusters(cells, clusters, 3)
    assert found.labels.tolist() == ["B", "unassigned", "unassigned"]
    assert found.confidence.tolist() == pytest.approx([1 / 3, 0, 0])
    assert spread(found, clusters).labels.tolist() == ["B"] * 3 + ["unassigned"] * 4


def test_means_of_clusters_leave_out_cells_of_nothing() -> None:
    vectors = np.array([[1.0, 3], [3, 1], [0, 0], [5, 5]])
    means = cluster_means(vectors, np.array([0, 0, 0, -1]), 2)
    assert means.tolist() == [[2, 2], [0, 0]]
