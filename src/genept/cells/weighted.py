"""GenePT-w: the expression-weighted average of gene vectors."""

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from genept.cells.expression import ROWS_AT_A_TIME, Expression
from genept.cells.kernel import WeightedProduct
from genept.genes import GeneMatch


def weighted_embedding(
    expression: Expression,
    match: GeneMatch,
    vectors: NDArray[np.float32],
    *,
    n_threads: int | None = None,
    chunk_size: int = ROWS_AT_A_TIME,
) -> NDArray[np.float32]:
    """GenePT-w of every cell.

    Counts are scaled to 10,000 per cell over all measured genes and log(1 + x) is taken (values
    that are log-normalised already stay as they are); each cell is the sum of its genes' vectors
    weighted by these values, then brought to unit l2 norm. The norm makes every divisor of the
    average the same. A gene without a vector contributes to the library size only.

    Parameters
    ----------
    expression
        (n_cells, n_genes) checked values.
    match
        Which of the measured genes have a vector, and which row it is.
    vectors
        (n, d) float32 gene vectors.
    n_threads
        Threads; by default as many as processors. The result doesn't depend on it.
    chunk_size
        Cells at a time; bounds memory. The result doesn't depend on it.

    Returns
    -------
    (n_cells, d) float32 array
        Rows of unit l2 norm; zero for a cell that has no counts in a gene with a vector.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods ("GenePT-w").
    """
    product = WeightedProduct.of(
        match, vectors, kind=expression.kind, log_base=expression.log_base, n_threads=n_threads
    )
    out = np.empty((expression.shape[0], vectors.shape[1]), dtype=np.float32)
    with tqdm(total=len(out), unit="cell", desc="GenePT-w", disable=None) as progress:
        for rows, block in expression.chunks(chunk_size):
            out[rows], _ = product(block)
            progress.update(rows.stop - rows.start)
    return out
