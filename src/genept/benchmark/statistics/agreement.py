"""How far two partitions of the same cells agree, from their contingency tables, many at once."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from sklearn.metrics.cluster import expected_mutual_information

Tables = NDArray[Any]
# Less is rounding.
_LEAST_ROOM = 1e-12


def adjusted_rand(tables: Tables) -> NDArray[np.float64]:
    """Score each contingency table by the adjusted Rand index; scikit-learn's ``adjusted_rand_score``.

    Parameters
    ----------
    tables
        (..., R, C) counts, whole numbers: how many cells have both a label and a cluster.

    Returns
    -------
    numpy.ndarray
        (...) 0 by chance, 1 at best.

    References
    ----------
    Hubert & Arabie, Journal of Classification 2:193 (1985).

    Examples
    --------
    >>> adjusted_rand(np.array([[5, 0], [0, 5]])).item()
    1.0
    """
    counts = np.asarray(tables, dtype=np.float64)
    n = counts.sum(axis=(-1, -2))
    squares = np.square(counts).sum(axis=(-1, -2))
    of_rows = np.square(counts.sum(axis=-1)).sum(axis=-1)
    of_columns = np.square(counts.sum(axis=-2)).sum(axis=-1)
    together, apart = squares - n, n**2 - of_rows - of_columns + squares
    only_first, only_second = of_rows - squares, of_columns - squares
    above = 2 * (together * apart - only_first * only_second)
    below = (together + only_first) * (only_first + apart) + (together + only_second) * (only_second + apart)
    # No pair on which the two differ: the same partition.
    differ = (only_first != 0) | (only_second != 0)
    return np.asarray(np.divide(above, below, out=np.ones(np.shape(below)), where=differ))


def normalised_mutual_information(tables: Tables) -> NDArray[np.float64]:
    """Mutual information over the mean of both entropies; scikit-learn's ``normalized_mutual_info_score``.

    Parameters
    ----------
    tables
        (..., R, C) counts.

    Returns
    -------
    numpy.ndarray
        (...) 0 to 1.

    References
    ----------
    Vinh, Epps & Bailey, JMLR 11:2837 (2010).

    Examples
    --------
    >>> normalised_mutual_information(np.array([[5, 5], [5, 5]])).item()
    0.0
    """
    counts = np.asarray(tables, dtype=np.float64)
    shared, mean_entropy = _information(counts)
    return np.divide(shared, mean_entropy, out=np.ones(np.shape(shared)), where=mean_entropy > 0)


def adjusted_mutual_information(tables: Tables) -> NDArray[np.float64]:
    """Mutual information less what chance gives; it equals ``adjusted_mutual_info_score``.

    Each table takes milliseconds: what chance gives is scikit-learn's sum over a hypergeometric distribution.

    Parameters
    ----------
    tables
        (..., R, C) counts, whole numbers.

    Returns
    -------
    numpy.ndarray
        (...) 0 by chance, 1 at best.

    References
    ----------
    Vinh, Epps & Bailey, JMLR 11:2837 (2010).

    Examples
    --------
    >>> adjusted_mutual_information(np.array([[5, 0], [0, 5]])).item()
    1.0
    """
    counts = np.asarray(tables, dtype=np.float64)
    shared, mean_entropy = _information(counts)
    flat = counts.reshape(-1, *counts.shape[-2:])
    chance = np.array([_by_chance(one) for one in flat]).reshape(shared.shape)
    room = mean_entropy - chance
    # Where chance leaves no room, as where each cell is a class and a cluster of its own, all tables agree.
    is_open = room > _LEAST_ROOM
    return np.asarray(np.divide(shared - chance, room, out=np.ones(np.shape(shared)), where=is_open))


AGREEMENTS: Mapping[str, Callable[[Tables], NDArray[np.float64]]] = {
    "ari": adjusted_rand,
    "ami": adjusted_mutual_information,
    "nmi": normalised_mutual_information,
}


def _information(counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mutual information, and the mean of both entropies, in nats."""
    n = counts.sum(axis=(-1, -2))
    whole = np.maximum(n, 1)[..., None]
    rows, columns = counts.sum(axis=-1) / whole, counts.sum(axis=-2) / whole
    both = counts / whole[..., None]
    of_rows, of_columns = -xlogy(rows, rows).sum(axis=-1), -xlogy(columns, columns).sum(axis=-1)
    joint = -xlogy(both, both).sum(axis=(-1, -2))
    shared = np.maximum(of_rows + of_columns - joint, 0)
    return np.where(shared < np.finfo(np.float64).eps, 0, shared), (of_rows + of_columns) / 2


def _by_chance(counts: NDArray[np.float64]) -> float:
    kept = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if 0 in kept.shape:
        return 0.0
    return float(expected_mutual_information(np.asarray(kept, dtype=np.int64), int(kept.sum())))
