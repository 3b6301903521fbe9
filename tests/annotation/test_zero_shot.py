"""Labels from texts about types: against a plain calculation, its laws, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import normalize

from genept.annotation import ZeroShotAnnotator
from genept.annotation.common_part import common_directions, without
from genept.errors import ArgumentError, ValuesError

NAMES = ["B", "T", "NK", "monocyte"]


def vectors(rng: int, n: int = 30, d: int = 8) -> NDArray[np.float64]:
    # All point much the same way, as texts do.
    return np.random.default_rng(rng).normal(size=(n, d)) + 3


def plain(cells: NDArray[np.float64], types: NDArray[np.float64], genes: NDArray[np.float64]) -> list[str]:
    """Calculate the same with scikit-learn, step by step."""
    pca = PCA(3).fit(normalize(genes))
    rest = np.eye(cells.shape[1]) - pca.components_.T @ pca.components_
    similarity = cosine_similarity((cells - cells.mean(0)) @ rest, (types - types.mean(0)) @ rest)
    return [NAMES[row] for row in similarity.argmax(axis=1)]


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_labels_equal_a_plain_calculation(rng: int) -> None:
    cells, types, genes = vectors(rng), vectors(rng + 1, 4), vectors(rng + 2, 50)
    found = ZeroShotAnnotator().fit(types, NAMES, genes=genes).annotate(cells)
    assert found.labels.tolist() == plain(cells, types, genes)
    assert ((found.confidence > 0.25) & (found.confidence <= 1)).all()


@given(st.integers(0, 1000), st.floats(0.1, 50))
@settings(max_examples=20, deadline=None)
def test_order_scale_and_place_of_cells_do_not_matter(rng: int, scale: float) -> None:
    cells, order = vectors(rng), np.random.default_rng(rng).permutation(30)
    annotator = ZeroShotAnnotator().fit(vectors(rng + 1, 4), NAMES, genes=vectors(rng + 2, 50))
    found, turned = annotator.annotate(cells), annotator.annotate(scale * cells[order] + 7)
    assert (turned.codes == found.codes[order]).all()
    np.testing.assert_allclose(turned.confidence, found.confidence[order], rtol=1e-4)


def test_blocks_of_rows_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    annotator = ZeroShotAnnotator().fit(vectors(1, 4), NAMES, genes=vectors(2, 50))
    whole = annotator.annotate(vectors(0))
    monkeypatch.setattr("genept.annotation.zero_shot._ROWS_AT_A_TIME", 7)
    pieces = annotator.annotate(vectors(0))
    assert (pieces.codes == whole.codes).all()
    np.testing.assert_allclose(pieces.confidence, whole.confidence, rtol=1e-6)


def test_a_label_is_the_mean_of_its_kinds() -> None:
    cells, types, genes = vectors(0), vectors(1, 5), vectors(2, 50)
    members = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 1, 1]], dtype=bool)
    annotator = ZeroShotAnnotator(n_common=0)
    found = annotator.fit(types, ["B", "T"], genes=genes, members=members).annotate(cells)
    similarity = cosine_similarity(cells - cells.mean(0), types - types.mean(0))
    expected = similarity[:, :2].mean(axis=1) > similarity[:, 2:].mean(axis=1)
    assert ((found.labels == "B") == expected).all()


def test_confidence_is_the_softmax_of_what_single_genes_vary_by() -> None:
    cells, types, genes = vectors(0), vectors(1, 4), vectors(2, 50)
    found = ZeroShotAnnotator(n_common=0).fit(types, NAMES, genes=genes).annotate(cells)
    scale = cosine_similarity(genes - genes.mean(0), types - types.mean(0)).std()
    odds = np.exp(cosine_similarity(cells - cells.mean(0), types - types.mean(0)) / scale)
    np.testing.assert_allclose(found.confidence, (odds / odds.sum(1, keepdims=True)).max(1), rtol=1e-5)
    bounded = ZeroShotAnnotator(n_common=0, min_confidence=0.6).fit(types, NAMES, genes=genes).annotate(cells)
    assert ((bounded.labels == "unassigned") == (found.confidence < 0.6)).all()


def test_cells_of_nothing_stay_unassigned_and_move_no_other() -> None:
    cells = vectors(0)
    annotator = ZeroShotAnnotator().fit(vectors(1, 4), NAMES, genes=vectors(2, 50))
    found = annotator.annotate(np.vstack([np.zeros((2, 8)), cells]))
    assert found.labels[:2].tolist() == ["unassigned"] * 2
    assert (found.codes[2:] == annotator.annotate(cells).codes).all()
    assert annotator.annotate(np.zeros((2, 8))).labels.tolist() == ["unassigned"] * 2


def test_common_directions_are_those_of_pca() -> None:
    genes = vectors(0, 50)
    ours, pca = common_directions(genes, 3), PCA(3).fit(normalize(genes)).components_
    np.testing.assert_allclose(ours.T @ ours, pca.T @ pca, atol=1e-10)
    np.testing.assert_allclose(without(genes, ours) @ ours.T, 0, atol=1e-10)
    assert common_directions(genes, 0).shape == (0, 8)


def test_what_means_nothing_is_refused() -> None:
    types, genes = vectors(1, 4), vectors(2, 50)
    with pytest.raises(ValuesError, match="1 labels for 1 cell types"):
        ZeroShotAnnotator().fit(types[:1], ["B"], genes=genes)
    with pytest.raises(ValuesError, match="3 labels for 4 cell types"):
        ZeroShotAnnotator().fit(types, NAMES[:3], genes=genes)
    none = np.array([[1, 1, 1, 1], [0, 0, 0, 0]], dtype=bool)
    with pytest.raises(ValuesError, match="2 labels"):
        ZeroShotAnnotator().fit(types, ["B", "T"], genes=genes, members=none)
    with pytest.raises(ValuesError, match="types of 4 dimensions, compared with 8"):
        ZeroShotAnnotator().fit(types[:, :4], NAMES, genes=genes)
    with pytest.raises(ValuesError, match="cells of 4 dimensions, compared with 8"):
        ZeroShotAnnotator().fit(types, NAMES, genes=genes).annotate(np.ones((2, 4)))
    for n_common in (-1, 8):
        with pytest.raises(ArgumentError, match=f"n_common={n_common}"):
            ZeroShotAnnotator(n_common=n_common).fit(types, NAMES, genes=genes)
    with pytest.raises(ArgumentError, match="min_confidence=2"):
        ZeroShotAnnotator(min_confidence=2).fit(types, NAMES, genes=genes)
