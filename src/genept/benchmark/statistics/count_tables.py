"""Contingency tables: how many rows have both a label and a cluster."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def cross_table(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.int64]:
    """Count the rows for each two values.

    Parameters
    ----------
    one, other
        (n,) values of any kind.

    Returns
    -------
    numpy.ndarray
        (R, C) int64, values in ascending order.

    Examples
    --------
    >>> cross_table(np.array(["a", "a", "b"]), np.array([0, 1, 1]))
    array([[1, 1],
           [0, 1]])
    """
    names, rows = np.unique(one, return_inverse=True)
    others, columns = np.unique(other, return_inverse=True)
    flat = np.bincount(rows * len(others) + columns, minlength=len(names) * len(others))
    return flat.reshape(len(names), len(others)).astype(np.int64)
