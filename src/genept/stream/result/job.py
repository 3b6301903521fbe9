"""What is being made, written down, so that an interrupted run isn't gone on with as another one."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from genept.atomic import written_whole
from genept.errors import OutputError, name_some
from genept.stream.result.progress import damaged


def write_job(path: Path, job: Mapping[str, Any]) -> None:
    """Write a job, which JSON can hold, to the disk.

    Raises
    ------
    OutputError
        If it can't be written.
    """
    with written_whole(path, durable=True) as draft:
        draft.write_text(json.dumps(job, indent=2) + "\n", encoding="utf-8")


def kept_chunk_rows(path: Path) -> int:
    """Read how many cells a chunk has, which stays as a run began.

    Raises
    ------
    OutputError
        If what was written down is damaged.
    """
    try:
        rows = _read(path)["result"]["chunk_rows"]
    except (KeyError, TypeError) as error:
        raise damaged(path, "it doesn't say how many cells a chunk has") from error
    if not isinstance(rows, int) or rows < 1:
        raise damaged(path, f"chunks of {rows} cells")
    return rows


def check_same_job(path: Path, job: Mapping[str, Any]) -> None:
    """Compare a job with the one that was written down.

    Raises
    ------
    OutputError
        If it is another one, naming what differs; or if what was written down is damaged.
    """
    before = dict(_flat(_read(path)))
    now = dict(_flat(json.loads(json.dumps(job))))
    differences = [
        f"{name} was {_short(before.get(name))} and is {_short(now.get(name))}"
        for name in {**before, **now}
        if before.get(name) != now.get(name)
    ]
    if differences:
        raise OutputError(
            f"{path.parent}, left by an interrupted run that makes something else: {name_some(differences)}",
            expected="the input and parameters of the run that is gone on with",
            do="use the same, choose another output path with -o, or remove the folder to start again",
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        job = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, str(error)) from error
    if not isinstance(job, dict):
        raise damaged(path, "it is no job")
    return job


def _flat(job: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in job.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _short(value: object, width: int = 60) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else f"{text[:width]}..."
