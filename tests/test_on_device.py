"""GenePT-w by torch: the same numbers, wherever they are computed."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from genept.cells.expression import Kind, as_block
from genept.cells.kernel import WeightedProduct
from genept.cells.on_device import DeviceProduct, check_product, product_on
from genept.errors import ArgumentError, EncoderError, MissingDependencyError

N_GENES = 40
COLUMNS = np.arange(0, N_GENES, 2)
VECTORS = np.random.default_rng(0).normal(size=(len(COLUMNS), 33)).astype(np.float32)


def products(kind: Kind = "counts", device: str = "cpu") -> tuple[WeightedProduct, DeviceProduct]:
    plain = WeightedProduct(VECTORS, COLUMNS, N_GENES, kind)
    return plain, DeviceProduct(plain, device)


@given(
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.02, 0.3, 1.0]),
    st.sampled_from(["counts", "log_normalised"]),
)
@settings(max_examples=30, deadline=None)
def test_sparse_and_dense_products_equal_ours(seed: int, share: float, kind: Kind) -> None:
    rng = np.random.default_rng(seed)
    dense = (rng.random((70, N_GENES)) < share) * rng.integers(1, 9, (70, N_GENES))
    plain, on_device = products(kind)
    (expected, counts), (got, counted) = (product(as_block(dense)) for product in (plain, on_device))
    np.testing.assert_allclose(got, expected, atol=1e-6)
    np.testing.assert_allclose(counted.by_cell, counts.by_cell)
    np.testing.assert_allclose(counted.by_gene, counts.by_gene)


def test_the_block_stays_as_it_was() -> None:
    block = as_block(np.arange(2 * N_GENES).reshape(2, N_GENES))
    before = block.copy()
    products()[1](block)
    np.testing.assert_array_equal(block.data, before.data)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no graphics processor")
def test_a_graphics_processor_gives_the_same_numbers() -> None:
    check_product(products(device="cuda")[1])


def test_other_numbers_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def rounded(self: DeviceProduct, weights: sparse.csr_matrix) -> torch.Tensor:
        return torch.from_numpy(weights.toarray().astype(np.float16).astype(np.float32)) @ self._vectors

    check_product(products()[1])
    monkeypatch.setattr(DeviceProduct, "_sums", rounded)
    with pytest.raises(EncoderError, match="differ from the processor's"):
        check_product(products()[1])


def test_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, _ = products()
    assert product_on("cpu", plain, n_cells=10**9) is plain
    assert product_on("auto", plain, n_cells=10) is plain
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert product_on("auto", plain, n_cells=10**9) is plain
    with pytest.raises(ArgumentError, match="torch sees none"):
        product_on("cuda", plain, n_cells=10)
    with pytest.raises(ArgumentError, match="device='tpu'"):
        product_on("tpu", plain, n_cells=10)  # type: ignore[arg-type]
    monkeypatch.setattr("genept.cells.on_device.find_spec", lambda _: None)
    assert product_on("auto", plain, n_cells=10**9) is plain
    with pytest.raises(MissingDependencyError, match="without torch"):
        product_on("cuda", plain, n_cells=10)
