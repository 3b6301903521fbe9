"""What values are, found by looking; coverage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import sparse

from genept import GeneTable
from genept.cells import as_expression, measure_coverage
from genept.errors import ValuesError
from genept.genes import match_genes
from tests import naive

COUNTS = np.array([[0, 3, 1], [2, 0, 40]])
LOGGED = np.log1p(COUNTS / COUNTS.sum(axis=1, keepdims=True) * 1e4)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize(
    ("values", "hint", "kind"),
    [
        (COUNTS, False, "counts"),
        (COUNTS.astype(float), True, "counts"),  # whole numbers are counts, whatever the hint
        (LOGGED, False, "log_normalised"),
        (LOGGED * 4, True, "log_normalised"),
        (LOGGED * 4, False, "counts"),
        (COUNTS * 1000.5, True, "counts"),  # a mark that went stale when counts were put back
        (COUNTS * 1.5, False, "counts"),  # corrected counts, too large for logarithms
    ],
)
def test_kind_is_found_by_looking(values: NDArray[np.number], hint: bool, kind: str, form: type) -> None:
    assert as_expression(form(values), log1p_hint=hint).kind == kind


def test_kind_can_be_said() -> None:
    assert as_expression(LOGGED, kind="counts").kind == "counts"


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize(
    ("bad", "message"),
    [(-0.5, "negative"), (np.nan, "missing"), (np.inf, "infinite"), (1e39, "too large for float32")],
)
def test_values_that_can_not_be_used_are_refused(bad: float, message: str, form: type) -> None:
    values = COUNTS.astype(float)
    values[1, 1] = bad
    with pytest.raises(ValuesError, match=message):
        as_expression(form(values))


def test_half_precision_hides_no_infinity() -> None:
    with pytest.raises(ValuesError, match="infinite"):
        as_expression(np.array([[1, np.inf]], dtype=np.float16))


@pytest.mark.parametrize("values", [COUNTS.astype(object), COUNTS.astype(complex)])
def test_values_that_are_no_real_numbers_are_refused(values: NDArray[np.number]) -> None:
    with pytest.raises(ValuesError, match="of type"):
        as_expression(values)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValuesError, match="cells and"):
        as_expression(np.empty(shape))


def test_chunks_are_of_their_own() -> None:
    matrix = sparse.csr_matrix(COUNTS.astype(np.float32))
    for _, block in as_expression(matrix).chunks():
        block.data[:] = 99
    np.testing.assert_array_equal(matrix.toarray(), COUNTS)


@given(arrays(np.int64, (4, 5), elements=st.integers(0, 30)))
@settings(max_examples=50, deadline=None)
def test_coverage_equals_the_naive_loop(counts: NDArray[np.int64]) -> None:
    counts[0, 0] += 1
    names = ["A", "B", "C", "D", "E"]
    match = match_genes(names, GeneTable(("B", "E", "X")))
    ours, tally = measure_coverage(as_expression(counts), match)
    per_cell, overall = naive.coverage(counts, names, {"B", "E"})
    np.testing.assert_allclose(tally.coverage, per_cell, atol=1e-6)
    assert ours.counts == pytest.approx(overall)
    assert ours.genes == pytest.approx(2 / 5)
    lost = counts.sum(axis=0)[[0, 2, 3]] / counts.sum()
    assert [share for _, share, _ in ours.losses] == pytest.approx(sorted(lost[lost > 0], reverse=True))


def test_coverage_of_log_normalised_values_is_that_of_the_counts() -> None:
    match = match_genes(["A", "B", "C"], GeneTable(("B",)))
    counts, logged = (measure_coverage(as_expression(x), match)[1] for x in (COUNTS, LOGGED))
    np.testing.assert_allclose(counts.coverage, logged.coverage, rtol=1e-5)


def test_coverage_knows_the_base_of_the_logarithm() -> None:
    match = match_genes(["A", "B", "C"], GeneTable(("B",)))
    _, counts = measure_coverage(as_expression(COUNTS), match)
    # 2 by the size of the values, e by default, 10 by being told.
    cpm = COUNTS / COUNTS.sum(axis=1, keepdims=True) * 1e6
    for expression in (
        as_expression(np.log2(1 + cpm)),
        as_expression(np.log1p(cpm / 100)),
        as_expression(np.log10(1 + cpm), log_base=10),
    ):
        assert expression.kind == "log_normalised"
        _, tally = measure_coverage(expression, match)
        np.testing.assert_allclose(tally.coverage, counts.coverage, rtol=1e-5)
