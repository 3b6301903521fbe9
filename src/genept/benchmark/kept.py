"""Jobs that are done, kept in the output folder, so that a run that was broken off goes on."""

from pathlib import Path
from typing import Any

from genept.atomic import writing
from genept.benchmark.file_names import file_name
from genept.benchmark.job_records import JobRecords
from genept.benchmark.jobs import Job
from genept.benchmark.predictions import Predicted, write_predictions
from genept.benchmark.protocols.scored import Scored

RESULT_COLUMNS = (
    "task",
    "task_version",
    "protocol",
    "embedding",
    "kind",
    "about",
    "classifier",
    "features",
    "metric",
    "repeat",
    "fold",
    "value",
    "n_train",
    "n_test",
    "C",
    "note",
)
Row = dict[str, Any]


def rows_of(job: Job, scored: Scored | str) -> list[Row]:
    """Write a job's result as tidy rows; one that isn't computable has no value, and says why."""
    about = {
        "task": job.task,
        "task_version": job.task_version,
        "protocol": job.protocol,
        "embedding": job.embedding,
        "kind": job.kind,
        "about": job.about,
        "classifier": job.classifier,
        "features": job.features,
    }
    if isinstance(scored, str):
        return [empty_row(about | {"metric": metric, "note": scored}) for metric in job.metrics]
    return [
        about
        | {
            "metric": metric,
            "repeat": fold.repeat,
            "fold": fold.fold,
            "value": value,
            "n_train": fold.n_train,
            "n_test": fold.n_test,
            "C": fold.C,
            "note": fold.note,
        }
        for fold in scored.folds
        for metric, value in fold.values.items()
    ]


def empty_row(known: Row) -> Row:
    """Fill what isn't known of a row with ``None``."""
    return {column: known.get(column, "" if column == "note" else None) for column in RESULT_COLUMNS}


class KeptJobs:
    """The jobs that are done: a record of each in ``jobs``, what it predicted in ``predictions``.

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
        self._records, self._predictions = JobRecords(output / "jobs"), output / "predictions"
        with writing(self._predictions):
            self._predictions.mkdir(exist_ok=True)

    def get(self, job: Job) -> list[Row] | None:
        """Give the rows of a job if the very same was done before; ``None`` otherwise."""
        known = self._records.read(_name(job))
        return None if known.get("identity") != job.identity() else list(known["rows"])

    def permuted(self, job: Job) -> list[float]:
        """Give the scores of a job's runs on permuted labels."""
        return list(self._records.read(_name(job)).get("permuted", ()))

    def put(self, job: Job, scored: Scored | str) -> list[Row]:
        """Keep what a job gave; the record, without which it counts as not done, comes last.

        Raises
        ------
        OutputError
            If it can't be kept.
        """
        rows = rows_of(job, scored)
        self._records.forget(_name(job))
        permuted: tuple[float, ...] = ()
        if isinstance(scored, Scored):
            write_predictions(self._predictions, what_of(job), scored.predictions)
            permuted = scored.permuted
        self._records.write(_name(job), {"identity": job.identity(), "rows": rows, "permuted": permuted})
        return rows


def what_of(job: Job) -> Predicted:
    """Name what a job predicts."""
    return Predicted(job.task, job.embedding, job.classifier, job.features)


def _name(job: Job) -> str:
    return file_name(*vars(what_of(job)).values())
