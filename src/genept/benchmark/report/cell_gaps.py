"""What of a cell benchmark could not be computed, and why."""

import pandas as pd

from genept.benchmark.report.cell_files import CellResults
from genept.benchmark.report.gaps import missing_scores

_KEYS = ("dataset", "representation", "analysis", "method", "target", "split", "metric")


def find_gaps(results: CellResults) -> pd.DataFrame:
    """Find every score, and every fold of a score, that could not be computed.

    Parameters
    ----------
    results
        What a cell benchmark left.

    Returns
    -------
    DataFrame
        ``dataset``, ``representation``, ``analysis``, ``method``, ``target``, ``split``, ``metric``,
        ``folds missing`` (missing where the whole score is) and ``reason``; whole scores first.
    """
    return missing_scores(results.summary, results.results, _KEYS)
