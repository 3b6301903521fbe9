"""The tables of a gene benchmark, as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from genept.atomic import written_whole
from genept.benchmark.kept import RESULT_COLUMNS, KeptJobs, Row, empty_row
from genept.benchmark.leakage_table import LeakageTable
from genept.benchmark.plan import PlannedTask, Settings, rows_not_computed
from genept.benchmark.predictions import Predicted, list_predictions
from genept.benchmark.representations import NotComputed, Representation
from genept.benchmark.statistics import ScoreKey, summarise_and_compare


@dataclass(frozen=True, eq=False)
class Planned:
    """A planned task, and all that should have been scored on it.

    Parameters
    ----------
    plan
        The task and its jobs.
    asked
        All representations, those that couldn't be made included.
    """

    plan: PlannedTask
    asked: tuple[Representation | NotComputed, ...]


def write_tables(
    folder: Path,
    rows: list[Row],
    planned: Sequence[Planned],
    *,
    kept: KeptJobs,
    leakage: LeakageTable,
    settings: Settings,
) -> pd.DataFrame:
    """Write ``results.csv``, ``summary.csv``, ``differences.csv``, ``labels.csv`` and ``leakage.csv``.

    Parameters
    ----------
    folder
        The output folder.
    rows
        Those of the jobs.
    planned
        The tasks.
    kept
        What the jobs left.
    leakage
        What was counted.
    settings
        How everything was scored.

    Returns
    -------
    pandas.DataFrame
        The summary.

    Raises
    ------
    OutputError
        If a table can't be written.
    """
    for one in planned:
        rows += [empty_row(row) for row in rows_not_computed(one.plan, one.asked, settings)]
    results = pd.DataFrame(rows, columns=list(RESULT_COLUMNS))
    files = list_predictions(folder / "predictions")

    def predictions(key: ScoreKey) -> pd.DataFrame | None:
        path = files.get(Predicted(key.task, key.embedding, key.classifier, key.features))
        return None if path is None else pd.read_parquet(path)

    permuted = {
        (
            ScoreKey(job.task, job.embedding, job.kind, job.about, job.classifier, job.features),
            job.metrics[0],
        ): scores
        for one in planned
        for job in one.plan.jobs
        if len(scores := kept.permuted(job))
    }
    summary, differences = summarise_and_compare(results, predictions, rng=settings.rng, permuted=permuted)
    tables = {
        "results": results,
        "summary": summary,
        "differences": differences,
        "labels": pd.DataFrame([one.plan.label_row for one in planned]),
        "leakage": leakage.frame(summary),
    }
    for name, table in tables.items():
        with written_whole(folder / f"{name}.csv") as draft:
            table.to_csv(draft, index=False)
    return summary
