"""GenePT-s sentences: against the naive loop, and their order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import sparse

from genept.cells import PREFIX, as_expression, sentences
from tests import naive

NAMES = ["LYZ", "CD3E", "MS4A1", "NKG7", "FTL"]


@given(arrays(np.float64, (4, 5), elements=st.sampled_from([0, 0, 1, 2, 2.5, 2.5000001, 7])))
@settings(max_examples=80, deadline=None)
def test_equals_the_naive_loop(values: NDArray[np.float64]) -> None:
    ours = sentences(as_expression(values, kind="counts"), NAMES)
    assert ours == [naive.sentence(list(cell), NAMES) for cell in values]


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
