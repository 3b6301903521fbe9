"""GenePT-w: against the naive loop, and its laws."""

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import sparse

from genept import GeneTable
from genept.cells import as_expression, weighted_embedding
from genept.cells.expression import as_block
from genept.cells.kernel import Engine, WeightedProduct
from genept.genes import Resolver, match_genes, match_resolved
from tests import naive

N_GENES = 9
NAMES = [f"G{i}" for i in range(N_GENES)]
# G0 to G5 have vectors; the table names them in another order, and 70 columns make two blocks.
TABLE = GeneTable(("G5", "G3", "G4", "G0", "G1", "G2"))
ENGINES: tuple[Engine, ...] = ("compiled", "scipy")
VECTORS = np.random.default_rng(7).normal(size=(6, 70)).astype(np.float32)
KNOWN = {name: VECTORS[row] for row, name in enumerate(TABLE.symbols)}

count_matrices = st.integers(1, 12).flatmap(
    lambda n: arrays(np.int64, (n, N_GENES), elements=st.integers(0, 2_000) | st.just(0))
)


def embed(
    counts: NDArray[np.number] | sparse.spmatrix | sparse.sparray,
    names: list[str] = NAMES,
    *,
    kind: str = "auto",
    n_threads: int | None = None,
    chunk_size: int = 4096,
) -> NDArray[np.float32]:
    return weighted_embedding(
        as_expression(counts, kind=kind),  # type: ignore[arg-type]
        match_genes(names, TABLE),
        VECTORS,
        n_threads=n_threads,
        chunk_size=chunk_size,
    )


@given(count_matrices)
@settings(max_examples=60, deadline=None)
def test_equals_the_naive_loop(counts: NDArray[np.int64]) -> None:
    np.testing.assert_allclose(embed(counts), naive.genept_w(counts, NAMES, KNOWN), atol=2e-6)


@given(arrays(np.float32, (5, N_GENES), elements=st.floats(0, 9, width=32)))
@settings(max_examples=40, deadline=None)
def test_log_normalised_values_are_weights_as_they_are(values: NDArray[np.float32]) -> None:
    ours = embed(values, kind="log_normalised")
    # Weights so small that their squares vanish in float32 have no direction to compare.
    usable = values[:, :6].max(axis=1) > 1e-6
    expected = naive.genept_w(values, NAMES, KNOWN, logged=True)
    np.testing.assert_allclose(ours[usable], expected[usable], atol=2e-6)


@given(count_matrices, st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_permuting_cells_permutes_rows(counts: NDArray[np.int64], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(counts))
    np.testing.assert_array_equal(embed(counts[order]), embed(counts)[order])


@given(count_matrices, st.permutations(range(N_GENES)))
@settings(max_examples=30, deadline=None)
def test_permuting_genes_changes_nothing(counts: NDArray[np.int64], order: list[int]) -> None:
    ours = embed(counts[:, order], [NAMES[i] for i in order])
    np.testing.assert_allclose(ours, embed(counts), atol=1e-6)


@given(count_matrices, st.integers(2, 1000))
@settings(max_examples=30, deadline=None)
def test_scaling_a_cell_changes_nothing(counts: NDArray[np.int64], factor: int) -> None:
    np.testing.assert_allclose(embed(counts * factor), embed(counts), atol=1e-6)


@given(count_matrices, st.integers(1, 500))
@settings(max_examples=30, deadline=None)
def test_a_gene_without_a_vector_changes_only_the_library_size(counts: NDArray[np.int64], more: int) -> None:
    one, other = counts.copy(), counts.copy()
    one[:, 6] += more
    other[:, 8] += more
    np.testing.assert_allclose(embed(one), embed(other), atol=1e-6)
    bare = np.delete(counts, [6, 7, 8], axis=1)
    bare = np.hstack([bare, counts[:, 6:].sum(axis=1, keepdims=True)])
    np.testing.assert_allclose(embed(bare, [*NAMES[:6], "all others"]), embed(counts), atol=1e-6)


@given(count_matrices, st.integers(1, 13), st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_chunks_and_threads_change_nothing(
    counts: NDArray[np.int64], chunk_size: int, n_threads: int
) -> None:
    ours = embed(counts, chunk_size=chunk_size, n_threads=n_threads)
    np.testing.assert_allclose(ours, embed(counts), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize(
    "form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix, sparse.coo_matrix, sparse.csr_array]
)
def test_the_form_of_the_matrix_changes_nothing(form: type, dtype: type) -> None:
    counts: NDArray[Any] = np.random.default_rng(0).poisson(1.0, size=(20, N_GENES)).astype(dtype)
    np.testing.assert_array_equal(embed(form(counts)), embed(counts))


def test_unsorted_indices_duplicates_and_stored_zeros_change_nothing() -> None:
    dense = np.array([[3, 0, 2, 0, 0, 0, 1, 0, 0]])
    odd = sparse.csr_matrix(
        (np.array([1.0, 1.0, 0.0, 2.0, 2.0]), np.array([6, 0, 4, 2, 0]), np.array([0, 5])), shape=(1, N_GENES)
    )
    data = odd.data.copy()
    np.testing.assert_array_equal(embed(odd), embed(dense))
    np.testing.assert_array_equal(odd.data, data)


@given(
    arrays(np.int64, (7, N_GENES), elements=st.integers(0, 40)),
    st.booleans(),
    st.sampled_from([1, 16, 63, 64, 65, 130]),
)
@settings(max_examples=40, deadline=None)
def test_compiled_loops_equal_scipys(counts: NDArray[np.int64], logged: bool, width: int) -> None:
    values = np.log1p(counts) if logged else counts
    block = as_block(values)
    vectors = np.random.default_rng(width).normal(size=(6, width)).astype(np.float32)
    ours, theirs = (
        WeightedProduct(
            vectors,
            np.array([0, 1, 2, 4, 5, 8]),
            N_GENES,
            "log_normalised" if logged else "counts",
            engine=engine,
        )(block)
        for engine in ENGINES
    )
    np.testing.assert_allclose(ours[0], theirs[0], atol=1e-6)
    np.testing.assert_allclose(ours[1].by_gene, theirs[1].by_gene, rtol=1e-12)
    np.testing.assert_allclose(ours[1].by_cell, theirs[1].by_cell, rtol=1e-12)


def test_many_genes_and_cells_go_through_many_tiles_and_blocks() -> None:
    rng = np.random.default_rng(3)
    dense = rng.poisson(0.02, (1300, 2500))
    vectors = rng.normal(size=(2100, 70)).astype(np.float32)
    columns = np.sort(rng.choice(2500, 2100, replace=False))
    ours, tally = WeightedProduct(vectors, columns, 2500, "counts")(as_block(dense))
    weights = np.log1p(dense / dense.sum(axis=1, keepdims=True) * 1e4)
    sums = weights[:, columns] @ vectors.astype(np.float64)
    np.testing.assert_allclose(ours, sums / np.linalg.norm(sums, axis=1, keepdims=True), atol=1e-6)
    np.testing.assert_array_equal(tally.by_gene, dense.sum(axis=0))
    share = dense[:, columns].sum(axis=1) / dense.sum(axis=1)
    np.testing.assert_allclose(tally.coverage, share, rtol=1e-6)


def test_a_product_can_be_sent_to_another_process_after_use() -> None:
    product = WeightedProduct(VECTORS, np.arange(6), N_GENES, "counts")
    block = as_block(np.arange(2 * N_GENES).reshape(2, N_GENES))
    expected, _ = product(block)
    sent = pickle.dumps(product)
    assert len(sent) < VECTORS.nbytes + 2000
    np.testing.assert_array_equal(pickle.loads(sent)(block)[0], expected)


def test_unit_norm_and_zero_rows() -> None:
    counts = np.zeros((3, N_GENES), dtype=int)
    counts[0, 2] = 4  # covered
    counts[1, 7] = 4  # only a gene without a vector
    ours = embed(counts)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), [1, 0, 0], atol=1e-6)
    assert ours.dtype == np.float32


def test_two_columns_of_one_gene_both_count() -> None:
    table = GeneTable(("NEW", "OTHER"), aliases=(("OLD",), ()))
    vectors = np.eye(2, dtype=np.float32)
    twice = weighted_embedding(
        as_expression(np.array([[1.0, 2.0, 0.5]]), kind="log_normalised"),
        match_resolved(Resolver(table).resolve(["NEW", "OTHER", "OLD"]), table),
        vectors,
    )
    np.testing.assert_allclose(twice, np.array([[1.5, 2.0]]) / 2.5, rtol=1e-6)
