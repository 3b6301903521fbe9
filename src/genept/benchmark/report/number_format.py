"""How numbers are written."""

from typing import Any

import numpy as np
import pandas as pd

MISSING = "–"  # noqa: RUF001  (a dash, as in printed tables)


def is_missing(value: Any) -> bool:
    """Whether a value of a table is None, NaN, NaT or an empty text."""
    return value is None or value == "" or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def decimals(value: float) -> str:
    """Write a score.

    Examples
    --------
    >>> decimals(0.8894)
    '0.889'
    """
    return f"{value:.3f}"


def signed(value: float) -> str:
    """Write a difference with its sign.

    Examples
    --------
    >>> signed(0.0312), signed(-0.004)
    ('+0.031', '-0.004')
    """
    return f"{value:+.3f}"


def interval(low: Any, high: Any, *, sign: bool = False) -> str:
    """Write an interval; nothing where an end is missing.

    Examples
    --------
    >>> interval(0.8612, 0.917), interval(-0.01, 0.02, sign=True), interval(None, 0.9)
    ('0.861 to 0.917', '-0.010 to +0.020', '')
    """
    if is_missing(low) or is_missing(high):
        return ""
    form = signed if sign else decimals
    return f"{form(low)} to {form(high)}"


def count(value: float) -> str:
    """Write a whole number.

    Examples
    --------
    >>> count(12345)
    '12,345'
    """
    return f"{int(value):,}"


def percent(value: float) -> str:
    """Write a share.

    Examples
    --------
    >>> percent(0.4567)
    '45.7 %'
    """
    return f"{100 * value:.1f} %"


def p_value(value: float) -> str:
    """Write a p-value: three decimals, and how small it is at most where they don't show it.

    Examples
    --------
    >>> p_value(0.0449), p_value(0.0004)
    ('0.045', '<0.001')
    """
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def written(value: Any) -> str:
    """Write any value of a table: missing, whole, decimal or text.

    Examples
    --------
    >>> written(1234), written(0.5), written(float("nan")), written("GGI")
    ('1,234', '0.500', '–', 'GGI')
    """  # noqa: RUF002
    if is_missing(value):
        return MISSING
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return count(int(value))
    return decimals(float(value)) if isinstance(value, (float, np.floating)) else str(value)
