"""GenePT-w of cells that are a Dask array."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from genept.cells.expression import Kind, as_block
from genept.cells.kernel import WeightedProduct
from genept.genes import GeneMatch

if TYPE_CHECKING:
    from dask.array import Array


def weighted_embedding_lazy(
    X: "Array",
    match: GeneMatch,
    vectors: NDArray[np.float32],
    *,
    kind: Kind,
    log_base: float = math.e,
    n_threads: int = 1,
) -> "Array":
    """GenePT-w of every cell of a Dask array, computed when it is asked for.

    Parameters
    ----------
    X
        (n_cells, n_genes) Dask array of NumPy or SciPy blocks, such as
        ``anndata.experimental.read_elem_lazy`` gives. Blocks of some genes are joined to whole cells.
    match
        Which of the measured genes have a vector, and which row it is.
    vectors
        (n, d) float32 gene vectors; those that are used are one node of the graph, which a worker is sent
        once.
    kind, log_base
        What the values are; looking would read all of them.
    n_threads
        Threads for a block; 1, since the scheduler runs several blocks at a time.

    Returns
    -------
    (n_cells, d) Dask array of float32
        As :func:`genept.cells.weighted_embedding`, in the blocks of ``X``.

    Examples
    --------
    >>> import dask.array, numpy as np
    >>> from genept.genes import GeneTable, match_genes
    >>> X = dask.array.from_array(np.array([[3.0, 9.0], [0.0, 1.0]]), chunks=(1, 2))
    >>> match = match_genes(["CD3E", "LYZ"], GeneTable(("CD3E", "LYZ")))
    >>> weighted_embedding_lazy(X, match, np.eye(2, dtype=np.float32), kind="counts").compute().shape
    (2, 2)
    """
    import dask

    product = WeightedProduct.of(match, vectors, kind=kind, log_base=log_base, n_threads=n_threads)
    whole = X.rechunk({1: -1})
    embedded: Array = whole.map_blocks(
        _embed,
        product=dask.delayed(product),
        dtype=np.float32,
        chunks=(whole.chunks[0], (product.width,)),
        meta=np.empty((0, 0), dtype=np.float32),
    )
    return embedded


def _embed(block: Any, *, product: WeightedProduct) -> NDArray[np.float32]:
    return product(as_block(block))[0]
