"""Jobs that are done, kept in the output folder, so that a run that was broken off goes on."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from genept.atomic import written_whole
from genept.benchmark.jobs import Job
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
    """The folder of jobs that are done.

    Parameters
    ----------
    output
        The benchmark's output folder.
    """

    def __init__(self, output: Path) -> None:
        self.folder = output / "predictions"

    def get(self, job: Job) -> list[Row] | None:
        """Give the rows of a job if the very same was done before; ``None`` otherwise."""
        path = self._record(job)
        if not path.is_file():
            return None
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            done = known["identity"] == job.identity()
            return list(known["rows"]) if done else None
        except (ValueError, KeyError, TypeError):
            # Damaged: done again.
            return None

    def put(self, job: Job, scored: Scored | str) -> list[Row]:
        """Keep what a job gave, the predictions first."""
        self.folder.mkdir(exist_ok=True)
        rows = rows_of(job, scored)
        # What was kept of another run of that name doesn't outlive it.
        self._record(job).unlink(missing_ok=True)
        if isinstance(scored, str):
            (self.folder / f"{job.key}.parquet").unlink(missing_ok=True)
        else:
            write_predictions(self.folder, _what(job), scored.predictions)
        permuted = [] if isinstance(scored, str) else list(scored.permuted)
        with written_whole(self._record(job)) as draft:
            record = {"identity": job.identity(), "rows": rows, "permuted": permuted}
            draft.write_text(json.dumps(record), encoding="utf-8")
        return rows

    def predictions(self, job: Job) -> pd.DataFrame | None:
        """Read what a job predicted; ``None`` where it wasn't computable."""
        path = self.folder / f"{job.key}.parquet"
        return pd.read_parquet(path) if path.is_file() else None

    def _record(self, job: Job) -> Path:
        return self.folder / f"{job.key}.json"
