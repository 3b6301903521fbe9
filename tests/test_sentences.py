"""GenePT-s sentences: against the naive loop, and their order."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import sparse

from genept.cells import PREFIX, as_expression, sentences
from genept.cells.compiled import compiled
from tests import naive

NAMES = ["LYZ", "CD3E", "MS4A1", "NKG7", "FTL"]
# None, one twice, one longer than others, more than ASCII, and half a surrogate pair.
odd_names = st.sampled_from(["", "A", "B", "a name of many words", "β", "基因", "🧬", "\ud83e"]) | st.text(
    st.characters(), max_size=3
)
# Sums of these are exact, and some differ beyond float32.
stored = st.sampled_from([0.0, -0.0, 1.0, 1.0, 1 + 2.0**-40, 2.0, 300.0, 2.0**-900, 2.0**100])
entries = st.lists(st.tuples(st.integers(0, 6), stored), max_size=12)


@given(arrays(np.float64, (4, 5), elements=st.sampled_from([0, 0, 1, 2, 2.5, 2.5000001, 7])))
@settings(max_examples=80, deadline=None)
def test_equals_the_naive_loop(values: NDArray[np.float64]) -> None:
    ours = sentences(as_expression(values, kind="counts"), NAMES)
    assert ours == [naive.sentence(list(cell), NAMES) for cell in values]


@given(
    st.lists(entries, min_size=1, max_size=4),
    st.lists(odd_names, min_size=7, max_size=7),
    st.integers(1, 8),
)
@settings(max_examples=150, deadline=None)
def test_equals_the_naive_loop_whatever_is_stored_and_however_genes_are_named(
    rows: list[list[tuple[int, float]]], names: list[str], limit: int
) -> None:
    flat = [entry for row in rows for entry in row]
    matrix = sparse.csr_matrix(
        (
            np.array([value for _, value in flat]),
            np.array([column for column, _ in flat], dtype=np.int32),
            np.cumsum([0, *map(len, rows)]),
        ),
        shape=(len(rows), 7),
    )
    dense = np.zeros(matrix.shape)
    for row, cells in enumerate(rows):
        for column, value in cells:
            dense[row, column] += value
    before = matrix.data.copy(), matrix.indices.copy()
    expected = [naive.sentence(list(cell), names, limit).rstrip() for cell in dense]
    assert sentences(as_expression(matrix), names, max_genes=limit) == expected
    assert sentences(as_expression(dense), names, max_genes=limit) == expected
    np.testing.assert_array_equal(matrix.data, before[0])
    np.testing.assert_array_equal(matrix.indices, before[1])


@given(arrays(np.int64, (3, 5), elements=st.integers(0, 4)), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_the_limit_cuts_the_lowest(counts: NDArray[np.int64], limit: int) -> None:
    ours = sentences(as_expression(counts), NAMES, max_genes=limit)
    assert ours == [naive.sentence(list(cell), NAMES, limit) for cell in counts]


def test_ties_go_by_position_in_var() -> None:
    assert sentences(as_expression(np.array([[1, 3, 1, 3, 0]])), NAMES) == [PREFIX + "CD3E NKG7 LYZ MS4A1"]


def test_counts_and_their_logarithm_say_the_same() -> None:
    counts = np.random.default_rng(0).poisson(3.0, size=(10, 5))
    scaled = np.log1p(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) * 1e4)
    assert sentences(as_expression(counts), NAMES) == sentences(as_expression(scaled), NAMES)


def test_unsorted_columns_do_not_change_ties() -> None:
    odd = sparse.csr_matrix((np.array([1.0, 1.0, 1.0]), np.array([4, 0, 2]), np.array([0, 3])), shape=(1, 5))
    assert sentences(as_expression(odd), NAMES) == [PREFIX + "LYZ MS4A1 FTL"]


def test_a_cell_without_counts_has_the_bare_prefix() -> None:
    assert sentences(as_expression(np.zeros((1, 5), dtype=int)), NAMES) == [PREFIX.rstrip()]


def test_a_column_without_a_name_is_not_written_and_a_name_only_once() -> None:
    counts = as_expression(np.array([[5, 4, 3, 2, 1], [1, 2, 3, 4, 5]]))
    written = sentences(counts, ["A", "", "B", "A", "C"], prefix="", max_genes=2)
    assert written == ["A B", "C A"]


@pytest.mark.parametrize("n_threads", [1, 3, None])
def test_blocks_and_threads_keep_the_order_of_the_cells(n_threads: int | None) -> None:
    counts = np.random.default_rng(0).poisson(1.0, size=(600, 5))
    ours = sentences(as_expression(counts), NAMES, n_threads=n_threads)
    assert ours == [naive.sentence(list(cell), NAMES) for cell in counts]


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, np.asfortranarray])
def test_the_form_of_the_matrix_changes_nothing(form: type, dtype: type) -> None:
    counts: NDArray[Any] = np.random.default_rng(0).poisson(1.0, size=(6, 5)).astype(dtype)
    expression = as_expression(form(counts))
    if isinstance(expression.X, sparse.csr_matrix):
        expression.X.data.flags.writeable = expression.X.indices.flags.writeable = False
    assert sentences(expression, NAMES) == [naive.sentence(list(cell), NAMES) for cell in counts]


def test_values_far_apart_are_ranked_like_any_others() -> None:
    """Numbers that differ in many bits take the sort through all its passes."""
    values = np.random.default_rng(0).permutation(np.geomspace(1e-300, 1e38, 5000))
    names = [f"G{i}" for i in range(5000)]
    ranked = sentences(as_expression(values[None]), names, prefix="", max_genes=5000)[0].split(" ")
    assert ranked == [names[i] for i in np.argsort(-values)]


def test_where_nothing_can_be_kept_on_disk_functions_are_compiled_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from numba.core import caching

    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert compiled(lambda x: x + 1)(1) == 2
