"""How often labels in random order do as well."""

import numpy as np
from numpy.typing import ArrayLike

# The same fold values, averaged in another order, differ in their last digits and are still a tie.
_ROUNDING = 1e-12


def permutation_p_value(observed: float, permuted: ArrayLike) -> float:
    """Share of scores at least as high as the observed one, the observed one counted among them.

    Parameters
    ----------
    observed
        The score with the labels as they are; more is better.
    permuted
        (N,) scores with labels in random order. Undefined ones (NaN) are left out.

    Returns
    -------
    float
        (1 + number of permuted scores >= observed) / (1 + N), never zero; NaN where ``observed`` is NaN or no
        permuted score is defined.

    References
    ----------
    Phipson & Smyth, Statistical Applications in Genetics and Molecular Biology 9:39 (2010).

    Examples
    --------
    >>> permutation_p_value(0.8, [0.5, 0.6, 0.4, 0.8])
    0.4
    """
    scores = np.asarray(permuted, dtype=np.float64)
    scores = scores[~np.isnan(scores)]
    if np.isnan(observed) or not len(scores):
        return float("nan")
    return float((1 + np.count_nonzero(scores >= observed - _ROUNDING)) / (1 + len(scores)))
