"""The product of GenePT-w on a graphics processor, by torch."""

import logging
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.cells.kernel import WeightedProduct
from genept.cells.normalise import log_weights
from genept.cells.tally import BlockTally, count
from genept.errors import ArgumentError, EncoderError, MissingDependencyError

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

Device = Literal["auto", "cpu", "cuda"]

# Fewer cells are done before torch is loaded and the vectors are there.
FEWEST_CELLS = 20_000
# Above this share of non-zeros a dense product is taken to be quicker than a sparse one, whose entries are
# fetched one by one. An estimate: processors turn at a quarter, and dense units are faster on these devices.
_DENSE_ABOVE = 0.1
# Cells at a time: a dense block of them with 30,000 genes takes a quarter of a gigabyte there.
_ROWS = 2048
_TOLERANCE = 1e-5


class Product(Protocol):
    """What embeds blocks of cells."""

    @property
    def width(self) -> int:
        """Dimensions of the vectors."""
        ...

    def __call__(self, block: sparse.csr_matrix) -> tuple[NDArray[np.float32], BlockTally]:
        """Give (rows, width) vectors of unit l2 norm, and the counts."""
        ...


@dataclass(frozen=True, eq=False)
class DeviceProduct:
    """GenePT-w of blocks of cells on a device of torch.

    Weights are made by the processor; products, sparse or dense by how full a block is, and norms by the
    device.

    Parameters
    ----------
    product
        What is computed.
    device
        Torch's name of the device, such as ``"cuda"``.
    """

    product: WeightedProduct
    device: str

    def __getstate__(self) -> dict[str, Any]:
        # Another process puts the vectors on a device of its own.
        return {"product": self.product, "device": self.device}

    @property
    def width(self) -> int:
        """Dimensions of the vectors."""
        return self.product.width

    def __call__(self, block: sparse.csr_matrix) -> tuple[NDArray[np.float32], BlockTally]:
        """Embed the cells of a block, as :class:`genept.cells.kernel.WeightedProduct` does."""
        import torch

        product = self.product
        tally = count(block, product.covered, kind=product.kind, log_base=product.log_base)
        weights = log_weights(block.copy(), product.kind)[:, product.columns]
        out = np.empty((block.shape[0], self.width), dtype=np.float32)
        for start in range(0, block.shape[0], _ROWS):
            sums = self._sums(weights[start : start + _ROWS])
            norms = torch.linalg.vector_norm(sums, dim=1, keepdim=True, dtype=torch.float64)
            unit = torch.where(norms > 0, sums / norms.clamp_min(torch.finfo(torch.float64).tiny), 0.0)
            out[start : start + _ROWS] = unit.to(torch.float32).cpu().numpy()
        return out, tally

    def _sums(self, weights: sparse.csr_matrix) -> "torch.Tensor":
        import torch

        if weights.nnz > _DENSE_ABOVE * weights.shape[0] * weights.shape[1]:
            return torch.from_numpy(weights.toarray()).to(self.device) @ self._vectors
        rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
        entries = torch.sparse_coo_tensor(
            torch.from_numpy(np.stack([rows, weights.indices])),
            torch.from_numpy(weights.data),
            weights.shape,
            check_invariants=False,
            is_coalesced=True,
        )
        sums: torch.Tensor = torch.sparse.mm(entries.to(self.device), self._vectors)
        return sums

    @cached_property
    def _vectors(self) -> "torch.Tensor":
        import torch

        return torch.from_numpy(self.product.vectors).to(self.device)


def product_on(device: Device, product: WeightedProduct, *, n_cells: int) -> Product:
    """Choose where the product is computed.

    Parameters
    ----------
    device
        ``"cpu"``, ``"cuda"``, or ``"auto"``: a graphics processor where torch sees one and there are at
        least 20,000 cells.
    product
        What is computed.
    n_cells
        How many cells there are.

    Raises
    ------
    MissingDependencyError, ArgumentError
        If there is no torch, or it sees no graphics processor, where one is asked for.
    EncoderError
        If the device's numbers aren't the processor's.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ArgumentError(f"device={device!r}", expected="'auto', 'cpu' or 'cuda'", do="choose one of them")
    if device == "cpu" or (device == "auto" and n_cells < FEWEST_CELLS):
        return product
    if find_spec("torch") is None:
        if device == "auto":
            return product
        raise MissingDependencyError(
            "device 'cuda' without torch", expected="torch", do="pip install 'genept[local]'"
        )
    import torch

    if not torch.cuda.is_available():
        if device == "auto":
            return product
        raise ArgumentError(
            "device 'cuda', but torch sees none",
            expected="a graphics processor with its driver, and a torch that was built for it",
            do="check torch.cuda.is_available(), or leave the device out",
        )
    chosen = DeviceProduct(product, "cuda")
    check_product(chosen)
    log.info("the product is computed on %s", torch.cuda.get_device_name())
    return chosen


def check_product(product: DeviceProduct) -> None:
    """Compare a few cells' vectors with the processor's.

    Raises
    ------
    EncoderError
        If they differ by more than 1e-5 of a vector's length.
    """
    inner = product.product
    rng = np.random.default_rng(0)
    for share in (0.02, 0.5):
        full = rng.random((8, inner.n_genes)) < share
        block = sparse.csr_matrix((full * rng.integers(1, 9, full.shape)).astype(np.float32))
        (ours, _), (theirs, _) = product(block), inner(block)
        apart = float(np.linalg.norm(ours - theirs, axis=1).max())
        if not apart <= _TOLERANCE:
            raise EncoderError(
                f"vectors from {product.device} that differ from the processor's by {apart:.2g}",
                expected=f"no more than {_TOLERANCE}",
                do="switch reduced precision off (torch.set_float32_matmul_precision('highest')), or use the "
                "processor (in Python: device='cpu', on the command line: --device cpu)",
            )
