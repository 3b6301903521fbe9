"""GenePT-s: a cell as the sentence of its genes, ranked by expression."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from scipy import sparse
from tqdm.auto import tqdm

from genept.cells.expression import Expression, Matrix
from genept.cells.kernel import default_threads

# The reference's own words and limit (PAPER, method 5).
PREFIX = "A cell with genes ranked by expression: "
MAX_GENES = 1000
ROWS_AT_A_TIME = 256
# Names may hold what UTF-8 has no bytes for (half a surrogate pair, from a file that was misread).
_ERRORS = "surrogatepass"


def sentences(
    expression: Expression,
    names: Sequence[str],
    *,
    max_genes: int = MAX_GENES,
    prefix: str = PREFIX,
    n_threads: int | None = None,
) -> list[str]:
    """Write each cell as the names of its expressed genes, highest first.

    Genes with a value above zero are ranked by value descending, then by position; their names are
    joined by single spaces. Within a cell the order of counts and of log-normalised values is the
    same, so nothing is normalised.

    Parameters
    ----------
    expression
        (n_cells, n_genes) checked values.
    names
        Names of the genes, in the order of the columns. A column without a name (``""``) isn't written,
        and of several columns with one name the highest speaks for it.
    max_genes
        How many names at most; 1,000 in the reference notebook.
    prefix
        What stands before the names.
    n_threads
        Threads; by default as many as processors. The result doesn't depend on it.

    Returns
    -------
    list of str
        One sentence per cell; the bare prefix, without its last space, for a cell without counts.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods ("GenePT-s").

    Examples
    --------
    >>> from genept.cells import as_expression
    >>> sentences(as_expression(np.array([[2, 0, 5, 2]])), ["CD3E", "LYZ", "IL7R", "LTB"], prefix="")
    ['IL7R CD3E LTB']
    """
    # Numba takes a second to load: only who writes sentences waits for it.
    from genept.cells.ranked_names import STRIDE, rank_words, write_words

    words = dict.fromkeys(name for name in names if name)
    number = {word: i for i, word in enumerate(words)}
    word_of = np.array([number.get(name, -1) for name in names], dtype=np.int64)
    # The space after a row's last word goes with whatever else stands at the end.
    written = [f"{word} ".encode(errors=_ERRORS) for word in words]
    begins = np.cumsum([0, *map(len, written)], dtype=np.int64)
    text = np.frombuffer(b"".join(written) + bytes(STRIDE), dtype=np.uint8)

    def write(start: int) -> list[str]:
        block = _stored(expression.X, slice(start, min(start + ROWS_AT_A_TIME, expression.shape[0])))
        ranked, first = rank_words(block.indptr, block.indices, block.data, word_of, len(words), max_genes)
        in_rows, row_begins = write_words(ranked, first, text, begins)
        return [
            (prefix + str(in_rows.data[begin:end], "utf-8", _ERRORS)).rstrip()
            for begin, end in pairwise(row_begins.tolist())
        ]

    out: list[str] = []
    with (
        ThreadPoolExecutor(n_threads or default_threads()) as pool,
        tqdm(total=expression.shape[0], unit="cell", desc="cell sentences", disable=None) as progress,
    ):
        for some in pool.map(write, range(0, expression.shape[0], ROWS_AT_A_TIME)):
            out += some
            progress.update(len(some))
    return out


def _stored(X: Matrix, rows: slice) -> sparse.csr_matrix:
    """Return values of these rows without duplicates, columns ascending; copied only where they must be.

    In float64, since rounding to float32 would make ties of values that differ.
    """
    if not isinstance(X, sparse.csr_matrix):
        return sparse.csr_matrix(X[rows], dtype=np.float64)
    begin, end = X.indptr[rows.start], X.indptr[rows.stop]
    block = sparse.csr_matrix(
        (
            X.data[begin:end].astype(np.float64, copy=False),
            X.indices[begin:end],
            X.indptr[rows.start : rows.stop + 1] - begin,
        ),
        shape=(rows.stop - rows.start, X.shape[1]),
    )
    if not block.has_canonical_format:
        block = block.copy()
        block.sum_duplicates()
    return block
