"""Which chunks are done, and what was counted while they were made, in one file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.atomic import written_whole
from genept.errors import OutputError

_DONE = "done"
_TALLY = "tally."


def write_progress(path: Path, done: NDArray[np.bool_], tally: Mapping[str, NDArray[Any]]) -> None:
    """Write both, whole or not at all, and to the disk.

    Raises
    ------
    OutputError
        If it can't be written; what was there before is still there.
    """
    arrays = {_DONE: done, **{_TALLY + name: array for name, array in tally.items()}}
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise TypeError(f"{name} holds objects, which only pickle could write")
    with written_whole(path, durable=True) as draft, draft.open("wb") as writing:
        np.savez(writing, **arrays)  # type: ignore[arg-type]


def read_progress(path: Path, n_chunks: int) -> tuple[NDArray[np.bool_], dict[str, NDArray[Any]]]:
    """Read what :func:`write_progress` wrote.

    Raises
    ------
    OutputError
        If the file is damaged.
    """
    try:
        with path.open("rb") as reading, np.load(reading, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        done = arrays.pop(_DONE)
        if done.dtype != np.bool_ or done.shape != (n_chunks,):
            raise ValueError(f"{done.dtype} of {done.shape} for {n_chunks} chunks")
    except Exception as error:  # numpy and zipfile raise many kinds for a broken file
        raise damaged(path, str(error)) from error
    return done, {name.removeprefix(_TALLY): array for name, array in arrays.items()}


def damaged(path: Path, reason: str) -> OutputError:
    """Say that what an interrupted run left can't be gone on with."""
    return OutputError(
        f"{path} is damaged ({reason})",
        expected="what an interrupted run left there",
        do=f"remove the folder {path.parent}, and start again",
    )
