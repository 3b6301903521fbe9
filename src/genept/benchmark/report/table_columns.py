"""Columns of tables that are better said in the caption, or not at all."""

from collections.abc import Mapping, Sequence

import pandas as pd

from genept.benchmark.report.number_format import is_missing, written

# Rows, beyond which a table that isn't the main one is folded.
LONG = 16


def shared_values(frame: pd.DataFrame, columns: Mapping[str, str]) -> dict[str, str]:
    """Columns with one value in all rows, and how a caption says it: with the noun of the column.

    Examples
    --------
    >>> frame = pd.DataFrame({"metric": ["ROC AUC", "ROC AUC"], "folds": [5, 5], "n": [1, 2]})
    >>> shared_values(frame, {"metric": "", "folds": "folds", "n": "genes"})
    {'metric': 'ROC AUC', 'folds': '5 folds'}
    """
    return {
        name: f"{written(int(frame[name].iloc[0])) if noun else frame[name].iloc[0]} {noun}".strip()
        for name, noun in columns.items()
        if frame[name].nunique(dropna=False) == 1 and not is_missing(frame[name].iloc[0])
    }


def without_empty(frame: pd.DataFrame, keep: Sequence[str] = ()) -> pd.DataFrame:
    """Leave out columns that say nothing in any row, but for those to ``keep``."""
    said = [name for name in frame if name in keep or not all(map(is_missing, frame[name]))]
    return frame[said]
