"""Labelled cells, scored and written as tables: the benchmark without its report."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from genept.benchmark.cells.analyses.every import every_analysis
from genept.benchmark.cells.jobs import CellJob, job_size, run_cell_job
from genept.benchmark.cells.kept import KeptCellJobs, result_rows
from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.scored import Analysis, not_computable
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.cells.tables import ScoredSet, write_cell_tables
from genept.benchmark.cells.transfer import Transfer, plan_transfer
from genept.benchmark.cells.vectors import Made, Requested, every_representation
from genept.benchmark.kept import Row
from genept.benchmark.run_jobs import run_any_jobs


def make_sets(cells: Sequence[LabelledCells], requested: Requested) -> list[ScoredSet]:
    """Make all representations of data sets."""
    return [ScoredSet(one, every_representation(one, requested)) for one in cells]


def score_cells(
    folder: Path,
    scored: Sequence[ScoredSet],
    *,
    transfers: Sequence[Transfer] = (),
    settings: CellSettings,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Run all analyses on all representations, and write the tables.

    Parameters
    ----------
    folder
        The output folder, which must exist.
    scored
        The data sets and their representations.
    transfers
        From which data set to which.
    settings
        How everything is scored.
    n_jobs
        Jobs at a time; by default one for each processor.

    Returns
    -------
    pandas.DataFrame
        The summary.

    Raises
    ------
    OutputError
        If something can't be written.
    """
    by_name = {one.cells.name: one for one in scored}
    jobs: list[CellJob] = []
    missing: list[Row] = []
    for one in scored:
        analyses = every_analysis(one.cells, settings)
        jobs += _jobs(one.cells.name, one.made, analyses, settings)
        missing += _missing(one.cells.name, one.made, analyses, settings)
    for pair in transfers:
        train, test = by_name[pair.train], by_name[pair.test]
        plan = plan_transfer(train.cells, test.cells, made=(train.made, test.made), settings=settings)
        jobs += _jobs(pair.test, plan.made, plan.analyses, settings)
        missing += _missing(pair.test, plan.made, plan.analyses, settings)
    rows = run_any_jobs(jobs, KeptCellJobs(folder), run=run_cell_job, size=job_size, n_jobs=n_jobs)
    return write_cell_tables(folder, rows + missing, scored, rng=settings.rng)


def _jobs(name: str, made: Made, analyses: Sequence[Analysis], settings: CellSettings) -> list[CellJob]:
    return [
        CellJob(name, one.name, one.kind, settings.protocol, one.vectors, analysis)
        for analysis in analyses
        for one in made.vectors
    ]


def _missing(name: str, made: Made, analyses: Sequence[Analysis], settings: CellSettings) -> list[Row]:
    return [
        row
        for analysis in analyses
        for one in made.missing
        for row in result_rows(
            name,
            one.name,
            one.kind,
            protocol=settings.protocol,
            scored=not_computable(analysis, one.reason),
        )
    ]
