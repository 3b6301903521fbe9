"""Rows of genes and of pairs of genes among texts."""

import numpy as np
from numpy.typing import NDArray

from genept.errors import ArgumentError
from genept.texts import GeneTexts


def rows_with_text(texts: GeneTexts, rows: NDArray[np.intp], *, of: str) -> NDArray[np.intp]:
    """Keep those rows whose genes all have a text.

    Parameters
    ----------
    texts
        n genes with their texts.
    rows
        (k,) rows of genes, or (k, 2) rows of pairs, below n; negative where a gene has no text.
    of
        What they are, for the error message.

    Returns
    -------
    (m,) or (m, 2) int array
        Without those that have a negative row.

    Raises
    ------
    ArgumentError
        If the shape or the type is another, or a row isn't there.

    Examples
    --------
    >>> from genept import GeneTable
    >>> texts = GeneTexts(GeneTable(("LYZ", "CD3E")), ("An enzyme.", "Of T cells."))
    >>> rows_with_text(texts, np.array([[0, 1], [1, -1]]), of="the pairs")
    array([[0, 1]])
    """
    given = np.asarray(rows)
    # An empty list has no type of its own.
    given = given if given.size else given.astype(np.intp)
    fits = given.ndim == 1 or (given.ndim == 2 and given.shape[1] == 2)
    if not fits or given.dtype.kind not in "iu" or given.max(initial=-1) >= len(texts.genes):
        raise ArgumentError(
            f"rows of {of}: shape {given.shape}, {given.dtype}, up to {given.max(initial=-1)}",
            expected=f"(k,) rows of genes or (k, 2) rows of pairs among {len(texts.genes):,} texts, or -1",
            do="pass rows of these texts",
        )
    known = given >= 0
    return given[known.all(axis=1) if given.ndim == 2 else known]
