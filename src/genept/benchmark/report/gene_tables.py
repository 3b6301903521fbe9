"""Tables of a gene benchmark, as a reader wants them."""

from typing import Any

import pandas as pd

from genept.benchmark.report.blocks import Formats, Table
from genept.benchmark.report.choices import CLASSIFIERS, called, main_features, main_metric, ordered
from genept.benchmark.report.gaps import table_of_gaps
from genept.benchmark.report.gene_files import GeneResults
from genept.benchmark.report.number_format import (
    count,
    decimals,
    interval,
    p_value,
    percent,
    signed,
    written,
)
from genept.benchmark.report.table_columns import LONG, shared_values, without_empty


def score_table(rows: pd.DataFrame, caption: str, *, folded: bool = False) -> Table:
    """Scores of one task: one row for each representation, classifier, kind of features and metric.

    Parameters
    ----------
    rows
        Rows of the summary.
    caption
        What they are.
    folded
        Whether the table shows only when it is clicked.
    """
    frame = pd.DataFrame(
        {
            "representation": rows["embedding"],
            "kind": rows["kind"],
            "classifier": rows["classifier"].map(called),
            "features": rows["features"].map(called),
            "metric": rows["metric"].map(called),
            "mean": [decimals(mean) if pd.notna(mean) else "not computed" for mean in rows["mean"]],
            "95 % interval": [interval(*ends) for ends in zip(rows["low"], rows["high"], strict=True)],
            "SD of folds": rows["sd"],
            "folds": rows["n_values"],
            "genes": rows["n_genes"],
            "permutation p": rows["p_permutation"],
            "note": rows["note"],
        }
    )
    formats: Formats = {
        "mean": str,
        "95 % interval": str,
        "SD of folds": decimals,
        "folds": count,
        "genes": count,
        "permutation p": p_value,
    }
    shared = shared_values(frame[rows["mean"].notna()], {"metric": "", "folds": "folds", "genes": "genes"})
    said = ", ".join([caption, *shared.values()])
    frame = without_empty(frame.drop(columns=list(shared)), keep=("mean",))
    return Table(frame, f"{said}.", formats, folded)


def difference_table(rows: pd.DataFrame, caption: str) -> Table:
    """Paired differences of one task; folded when long.

    Parameters
    ----------
    rows
        Rows of the differences.
    caption
        What they are.
    """
    frame = pd.DataFrame(
        {
            "representation": rows["embedding"],
            "minus": rows["other"],
            "classifier": rows["classifier"].map(called),
            "features": rows["features"].map(called),
            "metric": rows["metric"].map(called),
            "difference": rows["difference"],
            "95 % interval": [
                interval(*ends, sign=True) for ends in zip(rows["low"], rows["high"], strict=True)
            ],
            "p": rows["p_value"],
            "folds": rows["n_values"],
        }
    )
    formats: Formats = {"difference": signed, "95 % interval": str, "p": p_value, "folds": count}
    shared = shared_values(frame, {"metric": "", "folds": "folds"})
    said = ", ".join([caption, *shared.values()])
    frame = without_empty(frame.drop(columns=list(shared)), keep=("difference",))
    return Table(frame, f"{said}.", formats, folded=len(frame) > LONG)


def leakage_table(rows: pd.DataFrame, caption: str) -> Table:
    """Leakage of one task.

    Parameters
    ----------
    rows
        Rows of the leakage.
    caption
        What they are.
    """
    frame = pd.DataFrame(
        {
            "embedding": rows["embedding"],
            "class": rows["class"],
            "words": rows["words"],
            "in all": rows["n"],
            "with a word": rows["n_with_words"],
            "share": rows["share"],
            "score": rows["score"],
            "score, words masked": rows["masked_score"],
            "note": rows["note"],
        }
    )
    formats: Formats = {
        "in all": count,
        "with a word": count,
        "share": percent,
        "score": decimals,
        "score, words masked": decimals,
    }
    return Table(without_empty(frame), caption, formats, folded=len(frame) > LONG)


def overview_table(results: GeneResults) -> Table:
    """Mean of each embedding and control in each task, by the task's main metric and first classifier."""
    names = [*results.names("embedding"), *results.names("control")]
    rows = []
    for task in results.tasks:
        scores = results.summary[results.summary["task"] == task]
        if scores.empty:
            continue
        metric, features = main_metric(scores), main_features(scores)
        chosen = scores[scores["metric"].eq(metric) & scores["features"].eq(features)]
        row: dict[str, Any] = {"task": results.title(task), "metric": called(metric)}
        for name in names:
            row[name] = _first_mean(chosen[chosen["embedding"] == name])
        rows.append(row)
    return Table(
        pd.DataFrame(rows),
        "Mean over folds in each task, with logistic regression or, where there is none, random forest.",
        dict.fromkeys(names, str),
    )


def _first_mean(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    for classifier in ordered(rows["classifier"], CLASSIFIERS):
        mean = rows.loc[rows["classifier"] == classifier, "mean"].iloc[0]
        if pd.notna(mean):
            return written(float(mean))
    return "not computed"


def counts_table(counts: pd.DataFrame) -> Table:
    """In how many tasks an embedding is above each control.

    Parameters
    ----------
    counts
        As :func:`count_outcomes` gives it.
    """
    return Table(
        counts,
        "In how many tasks an embedding scores above a control or below it.",
    )


def outcome_tables(results: GeneResults, compared: pd.DataFrame) -> list[Table]:
    """For each embedding, how it compares with each control in each task.

    Parameters
    ----------
    results
        What a gene benchmark left.
    compared
        As :func:`compare_with_controls` gives it.
    """
    tables = []
    for embedding, rows in compared.groupby("embedding", sort=False):
        wide = rows.pivot(index="task", columns="control", values="outcome")
        wide = wide.reindex(index=rows["task"].unique(), columns=rows["control"].unique())
        wide.insert(0, "task", [results.title(task) for task in wide.index])
        caption = f"{embedding} beside each control, task by task: scores above it, below it, or neither."
        tables.append(Table(wide, caption, folded=True))
    return tables


def gaps_table(results: GeneResults, gaps: pd.DataFrame) -> Table:
    """Say what could not be computed.

    Parameters
    ----------
    results
        What a gene benchmark left.
    gaps
        As :func:`find_gaps` gives them.
    """
    return table_of_gaps(
        gaps.assign(
            task=[results.title(task) if task else "all" for task in gaps["task"]],
            classifier=gaps["classifier"].map(called),
            features=gaps["features"].map(called),
            metric=gaps["metric"].map(called),
        )
    )
