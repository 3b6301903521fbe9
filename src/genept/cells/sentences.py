"""GenePT-s: a cell as the sentence of its genes, ranked by expression."""

from collections.abc import Sequence

import numpy as np

from genept.cells.expression import Expression

# The reference's own words and limit (PAPER, method 5).
PREFIX = "A cell with genes ranked by expression: "
MAX_GENES = 1000


def sentences(
    expression: Expression,
    names: Sequence[str],
    *,
    max_genes: int = MAX_GENES,
    prefix: str = PREFIX,
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
    known = np.asarray(names, dtype=object)
    named = known != ""
    plain = bool(named.all()) and len(set(names)) == len(names)
    out: list[str] = []
    # float64, since rounding to float32 would make ties of values that differ.
    for _, block in expression.chunks(dtype=np.float64):
        for start, stop in zip(block.indptr[:-1], block.indptr[1:], strict=True):
            # Indices are sorted, so a stable sort leaves ties in the order of the columns.
            ranked = block.indices[start:stop][np.argsort(-block.data[start:stop], kind="stable")]
            written = known[ranked] if plain else list(dict.fromkeys(known[ranked[named[ranked]]]))
            out.append((prefix + " ".join(written[:max_genes])).rstrip())
    return out
