"""Records of jobs that are done: a small JSON file for each, written whole."""

import json
from pathlib import Path
from typing import Any

from genept.atomic import writing, written_whole


class JobRecords:
    """What is kept of the jobs of a benchmark.

    Parameters
    ----------
    folder
        Where the records are; made if it isn't there.

    Raises
    ------
    OutputError
        If it can't be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with writing(folder):
            folder.mkdir(exist_ok=True)

    def read(self, name: str) -> dict[str, Any]:
        """Give the record of a job; empty where there is none, or a damaged one: the job is done again."""
        try:
            known = json.loads(self._path(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) and "rows" in known else {}

    def forget(self, name: str) -> None:
        """Remove a record, so that what was kept of another run of that name doesn't outlive it.

        Raises
        ------
        OutputError
            If it can't be removed.
        """
        with writing(self._path(name)):
            self._path(name).unlink(missing_ok=True)

    def write(self, name: str, record: dict[str, Any]) -> None:
        """Write a record, whole or not at all; a job without one counts as not done, so it comes last.

        Raises
        ------
        OutputError
            If it can't be written.
        """
        with written_whole(self._path(name)) as draft:
            draft.write_text(json.dumps(record), encoding="utf-8")

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"
