"""The tables of a cell benchmark, as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.atomic import written_whole
from genept.benchmark.cells.analyses.association import KMEANS
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
        part = [row for row in rows if row["dataset"] == one.cells.name]
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


def _grouped(rows: Sequence[Row], columns: Sequence[str]) -> list[list[Row]]:
    """Put rows that agree in these columns together, in the order in which they first come."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in columns), []).append(row)
    return list(groups.values())


def _summary(rows: Sequence[Row], cells: LabelledCells, resampled: Resampled) -> list[Row]:
    lines = []
    for part in _grouped(rows, [*_QUESTION, "representation"]):
        values = _values(part)
        scores = resampled.get(_key(part[0]), {}).get(part[0]["metric"])
        low, high = (np.nan, np.nan) if scores is None else interval(scores)
        lines.append(
            {name: part[0][name] for name in SUMMARY_COLUMNS[:8]}
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


def _values(part: Sequence[Row]) -> NDArray[np.float64]:
    return np.array([row["value"] for row in part if row["value"] is not None], dtype=np.float64)


def _n_cells(part: Sequence[Row]) -> object:
    """Cells, or samples, that were tested: those of all folds of one repeat."""
    tested = [row for row in part if row["value"] is not None]
    if not tested or any(row["n_test"] is None for row in tested):
        return pd.NA
    return sum(row["n_test"] for row in tested if row["repeat"] == tested[0]["repeat"])


def _note(part: Sequence[Row], cells: LabelledCells) -> str:
    scored = [row["note"] for row in part if row["value"] is not None]
    if not scored:
        return "; ".join(dict.fromkeys(row["note"] for row in part))
    # What is said of some folds alone stands in results.csv.
    notes = sorted(set.intersection(*(set(filter(None, note.split("; "))) for note in scored)))
    if len(scored) < len(part):
        notes.append(f"{len(part) - len(scored)} of {len(part)} folds not computable")
    if part[0]["analysis"] == "phenotype" and part[0]["method"] != KMEANS:
        n_patients = 0 if cells.patients is None else len(np.unique(cells.patients))
        if n_patients < FEWEST_PATIENTS:
            notes.append(f"{n_patients} patients are too few for an interval")
    return "; ".join(notes)


def _differences(rows: Sequence[Row], resampled: Resampled) -> list[Row]:
    """Compare each embedding with everything else, where both have values for the same folds."""
    lines = []
    scored = [row for row in rows if row["value"] is not None]
    for question in _grouped(scored, _QUESTION):
        parts = _grouped(question, ["representation"])
        # Embeddings first: a difference reads as what an embedding is better by.
        parts.sort(key=lambda part: part[0]["kind"] != EMBEDDING)
        for one, other in combinations(parts, 2):
            if one[0]["kind"] == EMBEDDING and _folds(one) == _folds(other):
                lines.append(_difference(one, other, resampled))
    return lines


def _folds(part: Sequence[Row]) -> list[tuple[int, int]]:
    return [(row["repeat"], row["fold"]) for row in part]


def _difference(one: Sequence[Row], other: Sequence[Row], resampled: Resampled) -> Row:
    scores = [resampled.get(_key(part[0]), {}).get(part[0]["metric"]) for part in (one, other)]
    low = high = np.nan
    if scores[0] is not None and scores[1] is not None:
        low, high = interval(scores[0] - scores[1])
    return {name: one[0][name] for name in ("dataset", *_QUESTION, "representation")} | {
        "other": other[0]["representation"],
        "difference": float(_values(one).mean() - _values(other).mean()),
        "low": low,
        "high": high,
        "n_values": len(one),
    }


def _key(row: Row) -> Key:
    return Key(row["representation"], Asked(*(row[name] for name in Asked._fields)))


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
