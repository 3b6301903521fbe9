"""Jobs of the cell benchmark that are done, kept in the output folder, so that a broken-off run goes on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genept.atomic import writing
from genept.benchmark.cells.jobs import CellJob
from genept.benchmark.cells.scored import Asked, Scored
from genept.benchmark.file_names import file_name
from genept.benchmark.job_records import JobRecords
from genept.benchmark.kept import Row
from genept.benchmark.named_table import table_path, write_named_table

RESULT_COLUMNS = (
    *("dataset", "representation", "kind", "analysis", "method", "target", "split", "protocol", "metric"),
    *("repeat", "fold", "value", "n_train", "n_test", "note"),
)
EVIDENCE = ("predictions", "clusters")


@dataclass(frozen=True, order=True)
class CellPrediction:
    """What a file of predictions holds: names, as in the results."""

    dataset: str
    representation: str
    analysis: str
    method: str
    target: str
    split: str


@dataclass(frozen=True, order=True)
class Clustered:
    """What a file of clusters holds: names, as in the results."""

    dataset: str
    representation: str


class KeptCellJobs:
    """The jobs that are done: a record of each in ``jobs``, what was found cell by cell beside it.

    Parameters
    ----------
    output
        The benchmark's output folder.

    Raises
    ------
    OutputError
        If it can't be written to.
    """

    def __init__(self, output: Path) -> None:
        self._output = output
        for name in EVIDENCE:
            with writing(output / name):
                (output / name).mkdir(exist_ok=True)
        self._records = JobRecords(output / "jobs")

    def get(self, job: CellJob, /) -> list[Row] | None:
        """Give the rows of a job if the very same was done before; ``None`` otherwise."""
        known = self._records.read(_name(job))
        return None if known.get("identity") != job.identity() else list(known["rows"])

    def put(self, job: CellJob, scored: Scored, /) -> list[Row]:
        """Keep what a job gave; the record, without which it counts as not done, comes last.

        Raises
        ------
        OutputError
            If it can't be kept.
        """
        rows = rows_of(job, scored)
        self._records.forget(_name(job))
        for evidence in scored.evidence:
            what = _what(job, evidence.asked, evidence.folder)
            write_named_table(self._output / evidence.folder, what, evidence.frame)
        self._records.write(_name(job), {"identity": job.identity(), "rows": rows})
        return rows


def prediction_path(output: Path, dataset: str, representation: str, asked: Asked) -> Path:
    """Say where the predictions are that answer ``asked``."""
    return table_path(output / "predictions", CellPrediction(dataset, representation, *asked))


def clusters_path(output: Path, dataset: str, representation: str) -> Path:
    """Say where the clusters of a representation are."""
    return table_path(output / "clusters", Clustered(dataset, representation))


def rows_of(job: CellJob, scored: Scored) -> list[Row]:
    """Write a job's scores as tidy rows."""
    about = (job.dataset, job.representation, job.kind)
    return result_rows(*about, protocol=job.protocol, scored=scored)


def result_rows(dataset: str, representation: str, kind: str, *, protocol: str, scored: Scored) -> list[Row]:
    """Write scores of a representation as tidy rows."""
    return [
        dict(
            zip(
                RESULT_COLUMNS,
                (
                    *(dataset, representation, kind, *one.asked, protocol, one.metric),
                    *(one.repeat, one.fold, one.value, one.n_train, one.n_test, one.note),
                ),
                strict=True,
            )
        )
        for one in scored.scores
    ]


def _name(job: CellJob) -> str:
    return file_name(job.dataset, job.representation, job.analysis.title())


def _what(job: CellJob, asked: Asked, folder: str) -> Any:
    if folder == "clusters":
        return Clustered(job.dataset, job.representation)
    return CellPrediction(job.dataset, job.representation, *asked)
