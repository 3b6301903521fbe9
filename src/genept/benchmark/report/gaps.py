"""What could not be computed, and why."""

from collections.abc import Callable, Sequence

import pandas as pd

from genept.benchmark.report.blocks import Block, Heading, Listing, Table
from genept.benchmark.report.prose import number_of
from genept.benchmark.report.table_columns import LONG, without_empty

# Reasons that the head names; the rest stands in a table.
_REASONS = 5


def missing_scores(summary: pd.DataFrame, results: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Find every score, and every fold of a score, that could not be computed.

    Parameters
    ----------
    summary
        Scores, with ``mean`` and ``note``.
    results
        Their folds, with ``value`` and ``note``.
    keys
        Columns of both that say which score it is.

    Returns
    -------
    DataFrame
        The keys, ``folds missing`` (missing where the whole score is) and ``reason``; whole scores first.
    """
    keys = list(keys)
    whole = summary[summary["mean"].isna()]
    scores = whole[[*keys, "note"]].rename(columns={"note": "reason"})
    scores.insert(len(keys), "folds missing", float("nan"))
    missing = results[results["value"].isna()]
    # Folds of a score that is missing as a whole need no second line.
    missing = missing[~pd.MultiIndex.from_frame(missing[keys]).isin(pd.MultiIndex.from_frame(whole[keys]))]
    folds = missing.groupby([*keys, "note"], sort=False).size().rename("folds missing").reset_index()
    gaps = pd.concat([scores, folds.rename(columns={"note": "reason"})], ignore_index=True)
    # Rows of the results say "not computable" first, which goes without saying here.
    reasons = gaps["reason"].str.removeprefix("not computable: ")
    return gaps.assign(reason=reasons.replace("", "no reason was given"))


def say_gaps(
    gaps: pd.DataFrame, *, who: str, where: str, noun: str, title: Callable[[str], str]
) -> list[Block]:
    """Say in the head which scores are missing, reason by reason.

    Parameters
    ----------
    gaps
        As :func:`missing_scores` gives them.
    who, where
        Keys that say whose score it is and in what.
    noun
        What one of ``where`` is called.
    title
        Gives the title of one of ``where``.

    Returns
    -------
    list of blocks
        Empty where every score is there.
    """
    whole = gaps[gaps["folds missing"].isna()]
    if whole.empty:
        return []
    reasons = list(whole.groupby("reason", sort=False))
    items = []
    for reason, rows in reasons[:_REASONS]:
        names, places = list(dict.fromkeys(rows[who])), list(dict.fromkeys(rows[where]))
        named = names[0] if len(names) == 1 else number_of(len(names), "representation")
        there = number_of(len(places), noun)
        if len(places) == 1:
            there = f"“{title(places[0])}”" if places[0] else f"all {noun}s"
        items.append(
            f"{reason}: {named or 'any representation'}, in {there} ({number_of(len(rows), 'score')})"
        )
    if len(reasons) > _REASONS:
        items.append(f"and {number_of(len(reasons) - _REASONS, 'further reason')}, in the last part.")
    return [Heading("What could not be computed, and why"), Listing(items)]


def table_of_gaps(frame: pd.DataFrame) -> Table:
    """Show what could not be computed.

    Parameters
    ----------
    frame
        As :func:`missing_scores` gives it, with names in words.
    """
    folds = ["all" if pd.isna(n) else f"{int(n):,}" for n in frame["folds missing"]]
    return Table(
        without_empty(frame.assign(**{"folds missing": folds})),
        "Scores, and folds of scores, that could not be computed.",
        {"folds missing": str},
        folded=len(frame) > LONG,
    )
