"""A test of the difference of two representations scored on the same folds."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


def corrected_resampled_t_test(differences: ArrayLike, n_train: float, n_test: float) -> tuple[float, float]:
    """Test whether the mean difference over folds is zero, two-sided.

    Folds share most of their training rows, so their differences vary together, and an ordinary t-test finds
    too much. Here the variance of the mean is taken as (1 / J + n_test / n_train) times the sample variance.

    Parameters
    ----------
    differences
        (J,) differences of a metric, one for each fold of each repeat.
    n_train, n_test
        Rows learned from and rows scored in a fold; the mean, where folds differ.

    Returns
    -------
    tuple of float
        t with J - 1 degrees of freedom, and the p-value. 0 and 1 where all differences are zero; NaN where
        there are fewer than two, where one is undefined, or where a size is missing (NaN or zero).

    References
    ----------
    Nadeau & Bengio, Machine Learning 52:239 (2003); with repeated folds: Bouckaert & Frank, PAKDD 2004.

    Examples
    --------
    >>> t, p_value = corrected_resampled_t_test([0.02, 0.03, 0.01, 0.04, 0.02], 80, 20)
    >>> f"{t:.3f} {p_value:.3f}"
    '3.138 0.035'
    """
    each = np.asarray(differences, dtype=np.float64)
    if len(each) < 2 or not np.isfinite(each).all() or not (n_train > 0 and n_test > 0):
        return float("nan"), float("nan")
    if not each.any():
        return 0.0, 1.0
    error = np.sqrt((1 / len(each) + n_test / n_train) * each.var(ddof=1))
    # Differences that are all the same leave no error, and no doubt.
    t = float(each.mean() / error) if error > 0 else float(np.copysign(np.inf, each.mean()))
    return t, float(2 * stats.t.sf(abs(t), len(each) - 1))
