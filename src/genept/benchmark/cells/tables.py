"""The tables of a cell benchmark, as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from genept.atomic import written_whole
from genept.benchmark.cells.difference_table import DIFFERENCE_COLUMNS, difference_lines
from genept.benchmark.cells.kept import RESULT_COLUMNS
from genept.benchmark.cells.label_table import COLUMNS as LABEL_COLUMNS
from genept.benchmark.cells.label_table import label_rows
from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.resampled import resampled_scores
from genept.benchmark.cells.scored import NOT_COMPUTABLE
from genept.benchmark.cells.summary_table import SUMMARY_COLUMNS, summary_lines
from genept.benchmark.cells.vectors import Made
from genept.benchmark.kept import Row

COVERAGE_COLUMNS = ["dataset", "representation", "genes_measured", "genes_used", "share_of_counts", "note"]


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
        summaries += summary_lines(part, one.cells, resampled)
        differences += difference_lines(part, resampled)
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
