"""The tables of a cell benchmark, as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.atomic import written_whole
from genept.benchmark.cells.kept import RESULT_COLUMNS
from genept.benchmark.cells.label_table import COLUMNS as LABEL_COLUMNS
from genept.benchmark.cells.label_table import label_rows
from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.resampled import FEWEST_PATIENTS, Key, resampled_scores
from genept.benchmark.cells.scored import NOT_COMPUTABLE, Asked
from genept.benchmark.cells.vectors import EMBEDDING, Made
from genept.benchmark.kept import Row
from genept.benchmark.statistics import interval

SUMMARY_COLUMNS = [
    *("dataset", "representation", "kind", "analysis", "method", "target", "split", "metric"),
    *("mean", "sd", "low", "high", "n_values", "n_cells", "note"),
]
DIFFERENCE_COLUMNS = [
    *("dataset", "analysis", "method", "target", "split", "metric", "representation", "other"),
    *("difference", "low", "high", "n_values"),
]
COVERAGE_COLUMNS = ["dataset", "representation", "genes_measured", "genes_used", "share_of_counts", "note"]
_QUESTION = [*Asked._fields, "metric"]
Resampled = dict[Key, dict[str, NDArray[np.float64]]]


@dataclass(frozen=True, eq=False)
class ScoredSet:
    """A data set, and what was made of it."""

    cells: LabelledCells
    made: Made


def write_cell_tables(
    folder: Path, rows: Sequence[Row], scored: Sequence[ScoredSet], *, rng: int
) -> pd.DataFrame:
    """Write ``results.csv``, ``summary.csv``, ``differences.csv``, ``labels.csv`` and ``coverage.csv``.

    Parameters
    ----------
    folder
        The output folder, in which the jobs left predictions and clusters.
    rows
        Those of the jobs, and of what couldn't be made.
    scored
        The data sets.
    rng
        Seed of the resamples.

    Returns
    -------
    pandas.DataFrame
        The summary.

    Raises
    ------
    OutputError
        If a table can't be written.
    """
    results = pd.DataFrame(list(rows), columns=list(RESULT_COLUMNS))
    numbers = dict.fromkeys(("repeat", "fold", "n_train", "n_test"), "Int64")
    results = results.astype({**numbers, "value": float})
    summaries, differences = [], []
    for one in scored:
        part = results[results["dataset"] == one.cells.name]
        resampled = resampled_scores(folder, one.cells, part, rng=rng)
        summaries += _summary(part, one.cells, resampled)
        differences += _differences(part, resampled)
    summary = pd.DataFrame(summaries, columns=SUMMARY_COLUMNS)
    labels = [row for one in scored for row in label_rows(one.cells)]
    tables = {
        "results": results,
        "summary": summary,
        "differences": pd.DataFrame(differences, columns=DIFFERENCE_COLUMNS),
        "labels": pd.DataFrame(labels, columns=list(LABEL_COLUMNS)),
        "coverage": pd.DataFrame(_coverage(scored), columns=COVERAGE_COLUMNS),
    }
    for name, table in tables.items():
        with written_whole(folder / f"{name}.csv") as draft:
            table.to_csv(draft, index=False)
    return summary


def _summary(results: pd.DataFrame, cells: LabelledCells, resampled: Resampled) -> list[Row]:
    lines = []
    for _, part in results.groupby([*_QUESTION, "representation", "kind"], sort=False):
        first = part.iloc[0]
        values = part["value"].dropna().to_numpy(dtype=np.float64)
        scores = resampled.get(_key(part), {}).get(str(first["metric"]))
        low, high = (np.nan, np.nan) if scores is None else interval(scores)
        lines.append(
            {name: first[name] for name in SUMMARY_COLUMNS[:8]}
            | {
                "mean": float(values.mean()) if len(values) else np.nan,
                # One fold has no spread: an empty cell, not a zero.
                "sd": float(values.std()) if len(values) > 1 else np.nan,
                "low": low,
                "high": high,
                "n_values": len(values),
                "n_cells": _n_cells(part),
                "note": _note(part, cells),
            }
        )
    return lines


def _n_cells(part: pd.DataFrame) -> object:
    """Cells, or samples, that were tested: those of all folds of one repeat."""
    tested = part[part["value"].notna()]
    if tested.empty or tested["n_test"].isna().any():
        return pd.NA
    return int(tested[tested["repeat"] == tested["repeat"].min()]["n_test"].sum())


def _note(part: pd.DataFrame, cells: LabelledCells) -> str:
    is_scored = part["value"].notna()
    if not is_scored.any():
        return "; ".join(dict.fromkeys(note for note in part["note"] if note))
    # What is said of some folds alone stands in results.csv.
    said = [set(filter(None, note.split("; "))) for note in part["note"][is_scored]]
    notes = sorted(set.intersection(*said))
    if not is_scored.all():
        notes.append(f"{int((~is_scored).sum())} of {len(part)} folds not computable")
    if part["analysis"].iloc[0] == "phenotype":
        n_patients = 0 if cells.patients is None else len(np.unique(cells.patients))
        if n_patients < FEWEST_PATIENTS:
            notes.append(f"{n_patients} patients are too few for an interval")
    return "; ".join(notes)


def _differences(results: pd.DataFrame, resampled: Resampled) -> list[Row]:
    """Compare each embedding with everything else, where both have values for the same folds."""
    lines = []
    scored = results[results["value"].notna()]
    for _, question in scored.groupby(_QUESTION, sort=False):
        parts = [part for _, part in question.groupby("representation", sort=False)]
        # Embeddings first: a difference reads as what an embedding is better by.
        parts.sort(key=lambda part: part["kind"].iloc[0] != EMBEDDING)
        for one, other in combinations(parts, 2):
            if one["kind"].iloc[0] == EMBEDDING and _same_folds(one, other):
                lines.append(_difference(one, other, resampled))
    return lines


def _same_folds(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    folds = ["repeat", "fold"]
    return np.array_equal(one[folds].to_numpy(dtype=int), other[folds].to_numpy(dtype=int))


def _difference(one: pd.DataFrame, other: pd.DataFrame, resampled: Resampled) -> Row:
    first, metric = one.iloc[0], str(one["metric"].iloc[0])
    scores = [resampled.get(_key(part), {}).get(metric) for part in (one, other)]
    low = high = np.nan
    if scores[0] is not None and scores[1] is not None:
        low, high = interval(scores[0] - scores[1])
    return {name: first[name] for name in ("dataset", *_QUESTION, "representation")} | {
        "other": other["representation"].iloc[0],
        "difference": float(one["value"].mean() - other["value"].mean()),
        "low": low,
        "high": high,
        "n_values": len(one),
    }


def _key(part: pd.DataFrame) -> Key:
    first = part.iloc[0]
    return Key(str(first["representation"]), Asked(*(str(first[name]) for name in Asked._fields)))


def _coverage(scored: Sequence[ScoredSet]) -> list[Row]:
    lines: list[Row] = []
    for one in scored:
        lines += [
            {
                "dataset": one.cells.name,
                "representation": made.name,
                "genes_measured": made.genes_measured,
                "genes_used": made.genes_used,
                "share_of_counts": made.share_of_counts,
                "note": made.note,
            }
            for made in one.made.vectors
        ]
        lines += [
            {
                "dataset": one.cells.name,
                "representation": missing.name,
                "note": f"{NOT_COMPUTABLE}{missing.reason}",
            }
            for missing in one.made.missing
        ]
    return lines
