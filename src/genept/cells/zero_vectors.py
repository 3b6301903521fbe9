"""Cells of which nothing is known get a vector of zeros, and one warning for all of them."""

import warnings

from genept.errors import GeneptWarning


def warn_of_zero_vectors(n_zero: int, n_cells: int, *, stacklevel: int = 3) -> None:
    """Warn once if cells have a zero vector, saying how many.

    Parameters
    ----------
    n_zero, n_cells
        Cells with a zero vector, and all of them.
    stacklevel
        Whom the warning points at: 1 is here, 2 whoever called this, 3, the default, the caller of that.
    """
    if n_zero:
        warnings.warn(
            f"{n_zero:,} of {n_cells:,} cells have no counts in any gene that can be used; "
            "they get a zero vector",
            GeneptWarning,
            stacklevel=stacklevel,
        )
