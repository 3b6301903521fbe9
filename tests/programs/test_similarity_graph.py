"""Edges between genes, against all similarities at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics.pairwise import cosine_similarity

from genept.embeddings import similarity_graph
from genept.embeddings.similarity_graph import edges_above, edges_to_nearest
from genept.errors import (
    ArgumentError,
)


def vectors_of(seed: int, n: int, d: int = 6) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 30), st.floats(0, 0.95), st.integers(1, 40))
def test_pairs_above_a_threshold(seed: int, n: int, threshold: float, rows: int) -> None:
    vectors = vectors_of(seed, n)
    dense = cosine_similarity(vectors.astype(np.float64))
    found = edges_above(vectors, threshold, rows_at_a_time=rows)
    expected = [(i, j) for i in range(n) for j in range(i + 1, n) if dense[i, j] > threshold]
    assert [tuple(edge) for edge in found.edges.tolist()] == expected
    np.testing.assert_allclose(found.similarity, [dense[edge] for edge in expected], atol=1e-6)
    np.fill_diagonal(dense, -1)
    np.testing.assert_allclose(found.nearest, dense.max(axis=1), atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 30), st.integers(1, 35), st.integers(1, 40))
def test_the_nearest(seed: int, n: int, k: int, rows: int) -> None:
    vectors = vectors_of(seed, n)
    dense = cosine_similarity(vectors.astype(np.float64))
    np.fill_diagonal(dense, -1)
    expected = set()
    for i in range(n):
        for j in sorted(range(n), key=lambda j: -dense[i, j])[: min(k, n - 1)]:
            if dense[i, j] > 0:
                expected.add((min(i, j), max(i, j)))
    found = edges_to_nearest(vectors, k, rows_at_a_time=rows)
    assert [tuple(edge) for edge in found.edges.tolist()] == sorted(expected)
    np.testing.assert_allclose(found.similarity, [dense[edge] for edge in sorted(expected)], atol=1e-6)
    np.testing.assert_allclose(found.nearest, dense.max(axis=1), atol=1e-6)


def test_lengths_of_vectors_do_not_matter() -> None:
    vectors = vectors_of(0, 20)
    lengths = np.logspace(-30, 30, 20, dtype=np.float32)[:, None]
    scaled = vectors * lengths
    np.testing.assert_array_equal(edges_above(vectors, 0.3).edges, edges_above(scaled, 0.3).edges)
    np.testing.assert_array_equal(edges_to_nearest(vectors, 3).edges, edges_to_nearest(scaled, 3).edges)


def test_equal_vectors_have_similarity_1_at_most() -> None:
    graph = edges_above(np.repeat(vectors_of(1, 1, 300), 5, axis=0), 0.99)
    assert len(graph.edges) == 10
    assert (graph.similarity <= 1).all()


def test_too_many_edges_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity_graph, "MAX_EDGES", 9)
    vectors = np.ones((5, 2))
    with pytest.raises(ArgumentError, match=r"more than 9 pairs with a similarity above 0\.5 among 5 genes"):
        edges_above(vectors, 0.5)
    with pytest.raises(ArgumentError, match="2 neighbours of 5 genes"):
        edges_to_nearest(vectors, 2)
