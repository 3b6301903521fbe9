"""What could not be computed, and why."""

import pandas as pd

from genept.benchmark.report.gene_files import GeneResults

_KEYS = ["task", "embedding", "classifier", "features", "metric"]


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
    whole = results.summary[results.summary["mean"].isna()]
    scores = whole[[*_KEYS, "note"]].rename(columns={"note": "reason"})
    scores.insert(len(_KEYS), "folds missing", float("nan"))
    missing = results.results[results.results["value"].isna()]
    # Folds of a score that is missing as a whole need no second line.
    missing = missing[~pd.MultiIndex.from_frame(missing[_KEYS]).isin(pd.MultiIndex.from_frame(whole[_KEYS]))]
    folds = missing.groupby([*_KEYS, "note"], sort=False).size().rename("folds missing").reset_index()
    gaps = pd.concat([scores, folds.rename(columns={"note": "reason"})], ignore_index=True)
    # Rows of the results say "not computable" first, which goes without saying here.
    reasons = gaps["reason"].str.removeprefix("not computable: ")
    return gaps.assign(reason=reasons.replace("", "no reason was given"))
