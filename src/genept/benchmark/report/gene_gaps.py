"""What of a gene benchmark could not be computed, and why."""

import pandas as pd

from genept.benchmark.report.gaps import missing_scores
from genept.benchmark.report.gene_files import GeneResults

_KEYS = ("task", "embedding", "classifier", "features", "metric")


def find_gaps(results: GeneResults) -> pd.DataFrame:
    """Find every score, and every fold of a score, that could not be computed.

    Parameters
    ----------
    results
        What a gene benchmark left.

    Returns
    -------
    DataFrame
        ``task``, ``embedding``, ``classifier``, ``features``, ``metric``, ``folds missing`` (missing
        where the whole score is) and ``reason``; whole scores first.
    """
    return missing_scores(results.summary, results.results, _KEYS)
