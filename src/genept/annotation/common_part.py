"""What all vectors of a text encoder share, and what is left without it."""

import numpy as np
from numpy.typing import NDArray

from genept.errors import ArgumentError


def unit_rows(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, d) rows brought to unit l2 norm; zeros stay zeros."""
    wide = np.asarray(vectors, dtype=np.float64)
    norms = np.linalg.norm(wide, axis=1, keepdims=True)
    units: NDArray[np.float64] = np.divide(wide, norms, out=np.zeros_like(wide), where=norms > 0)
    return units


def common_directions(vectors: NDArray[np.floating], n_common: int) -> NDArray[np.float64]:
    """Directions in which vectors differ most, whatever they are about.

    The texts of all genes share a form, and differ first of all in how long and how technical they are; the
    leading principal components of text embeddings carry that, and hide what a text is about.

    Parameters
    ----------
    vectors
        (n, d) vectors of genes.
    n_common
        How many directions; 0 for none.

    Returns
    -------
    (n_common, d) float64
        Orthonormal.

    Raises
    ------
    ArgumentError
        If there aren't so many.

    References
    ----------
    Mu & Viswanath, ICLR 2018 ("All-but-the-top").
    """
    n_directions = min(len(vectors) - 1, vectors.shape[1] - 1)
    if not 0 <= n_common <= n_directions:
        raise ArgumentError(
            f"n_common={n_common} of vectors of {vectors.shape[1]:,} dimensions and {len(vectors):,} genes",
            expected=f"from 0 to {max(n_directions, 0)}",
            do="pass such a number, or leave it out",
        )
    rows = unit_rows(vectors)
    _, components = np.linalg.eigh(np.cov(rows, rowvar=False))
    # Eigenvalues come in ascending order.
    return components[:, components.shape[1] - n_common :].T


def without(vectors: NDArray[np.floating], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, d) what is left of vectors beside (m, d) orthonormal directions."""
    wide = np.asarray(vectors, dtype=np.float64)
    return wide - (wide @ directions.T) @ directions
