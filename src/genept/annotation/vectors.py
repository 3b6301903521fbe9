"""Vectors that annotation can use."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genept.errors import ValuesError


def checked_vectors(X: ArrayLike) -> NDArray[np.float64]:
    """Give (n, d) vectors as float64.

    Raises
    ------
    ValuesError
        If they have another shape, there is none, or a value isn't finite.
    """
    vectors = np.asarray(X, dtype=np.float64)
    if vectors.ndim != 2 or 0 in vectors.shape or not np.isfinite(vectors).all():
        flaw = " with values that aren't finite" if vectors.ndim == 2 and vectors.size else ""
        raise ValuesError(
            f"vectors of shape {vectors.shape}{flaw}",
            expected="an array (rows x dimensions) of finite numbers",
            do="pass the vectors as such an array",
        )
    return vectors


def refuse_other_width(vectors: NDArray[np.float64], width: int, *, what: str) -> None:
    """Refuse vectors that can't be of the space that is compared with.

    Raises
    ------
    ValuesError
        Naming both widths.
    """
    if vectors.shape[1] != width:
        raise ValuesError(
            f"{what} of {vectors.shape[1]:,} dimensions, compared with {width:,}",
            expected="vectors of one space",
            do="embed both by the same gene embeddings",
        )
