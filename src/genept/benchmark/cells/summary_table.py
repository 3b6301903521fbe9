"""One line for each score of a representation: mean over folds, and how sure it is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.resampled import FEWEST_PATIENTS
from genept.benchmark.cells.result_groups import QUESTION, Resampled, grouped, key_of, values_of
from genept.benchmark.kept import Row
from genept.benchmark.statistics import interval

SUMMARY_COLUMNS = [
    *("dataset", "representation", "kind", "analysis", "method", "target", "split", "metric"),
    *("mean", "sd", "low", "high", "n_values", "n_cells", "note"),
]


def summary_lines(rows: Sequence[Row], cells: LabelledCells, resampled: Resampled) -> list[Row]:
    """Write the lines of ``summary.csv`` of one data set.

    Parameters
    ----------
    rows
        Its rows of ``results.csv``.
    cells
        Its cells.
    resampled
        Scores under resamples, for the intervals.
    """
    lines = []
    for part in grouped(rows, [*QUESTION, "representation"]):
        values = values_of(part)
        scores = resampled.get(key_of(part[0]), {}).get(part[0]["metric"])
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
    if part[0]["analysis"] == "phenotype":
        n_patients = 0 if cells.patients is None else len(np.unique(cells.patients))
        if n_patients < FEWEST_PATIENTS:
            notes.append(f"{n_patients} patients are too few for an interval")
    return "; ".join(notes)
