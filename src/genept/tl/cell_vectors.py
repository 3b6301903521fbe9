"""Vectors of cells that stand in an AnnData, and the gene embeddings that they are made of."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from anndata import AnnData
from numpy.typing import NDArray

from genept.errors import UnknownNameError, ValuesError, name_some
from genept.tl.record import kept_records


def vectors_in(adata: AnnData, use_rep: str, *, what: str = "the data") -> NDArray[np.floating[Any]]:
    """Take vectors of cells from ``obsm``.

    Parameters
    ----------
    adata
        The cells.
    use_rep
        Key in ``obsm``.
    what
        Whose cells they are, for what is said of a flaw.

    Returns
    -------
    (n_cells, d) array
        Finite, float32 or float64.

    Raises
    ------
    UnknownNameError
        If there is no such key.
    ValuesError
        If it holds no matrix of finite numbers.
    """
    if use_rep not in adata.obsm:
        raise UnknownNameError(
            f"no obsm[{use_rep!r}] in {what}",
            expected=f"one of: {name_some(adata.obsm, limit=20)}" if len(adata.obsm) else "vectors of cells",
            do="embed the cells first (genept.tl.embed_cells, or --genes on the command line), or name "
            "vectors that are there (in Python: use_rep, on the command line: --use-rep)",
        )
    vectors = np.asarray(adata.obsm[use_rep])
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu":
        raise ValuesError(
            f"obsm[{use_rep!r}] of {what}, of shape {vectors.shape} and type {vectors.dtype}",
            expected="a matrix of numbers, a row for each cell",
            do="name other vectors, or turn these into such a matrix",
        )
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise ValuesError(
            f"vectors in obsm[{use_rep!r}] of {what} that aren't finite for {int((~finite).sum()):,} of "
            f"{len(finite):,} cells",
            expected="finite numbers",
            do="make the vectors again, or leave these cells out",
        )
    return vectors if vectors.dtype in (np.float32, np.float64) else vectors.astype(np.float64)


def gene_embeddings_of(adata: AnnData, use_rep: str) -> dict[str, Any]:
    """Say, in what JSON holds, of what gene embeddings vectors were made; empty where nothing is known."""
    record = kept_records(adata).get(use_rep, {})
    known = record.get("gene_embeddings", {}) if isinstance(record, Mapping) else {}
    return {str(name): _plain(value) for name, value in known.items()} if isinstance(known, Mapping) else {}


def _plain(value: Any) -> Any:
    """Undo what a file of AnnData makes of lists and numbers."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
