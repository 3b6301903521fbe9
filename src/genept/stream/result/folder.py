"""The folder of a result in the making: one process at a time, and what it takes to be one."""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from genept.errors import OutputError

LOCK = "lock"
JOB = "job.json"
PROGRESS = "progress.npz"
# Cells that were stored by genes, sorted by cells.
ROWS = "rows"


def partial_folder(output: Path) -> Path:
    """Name the folder in which a result grows: beside where it will be."""
    return output.with_name(output.name + ".partial")


def take_folder(folder: Path, *, resume: bool) -> FileLock:
    """Make the folder, or take that of an interrupted run, and keep other processes out.

    Parameters
    ----------
    folder
        Its name; the folder that it is in must exist.
    resume
        Whether a folder that is there may be taken.

    Returns
    -------
    FileLock
        Held; who releases it lets others in.

    Raises
    ------
    OutputError
        If it can't be made, another process has it, it isn't to be taken, or it is no such folder.
    """
    is_new = not folder.exists()
    if not is_new:
        _refuse_foreign(folder)
    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        folder.mkdir(exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise OutputError(
            f"{folder}, in which another run is making this result",
            expected="one run at a time for an output",
            do="wait until that run has ended, or choose another output path with -o",
        ) from error
    except OSError as error:
        raise OutputError(
            f"{folder} can't be written ({error.strerror or error})",
            expected="a path in a folder that you may write to, with room on the disk",
            do="choose another output path with -o, or free the space and run again",
        ) from error
    if not (is_new or resume):
        lock.release()
        raise OutputError(
            f"{folder}, in which an interrupted run left what it had done",
            expected="no such folder, or word to go on with that run",
            do="add --resume (in Python: resume=True) to go on with it, or remove the folder to start again",
        )
    return lock


@contextmanager
def taken(folder: Path, *, resume: bool) -> Iterator[FileLock]:
    """Take the folder for a while; nothing of it is left if no progress is noted there at the end.

    Raises
    ------
    OutputError
        As :func:`take_folder`.
    """
    lock = take_folder(folder, resume=resume)
    try:
        yield lock
    finally:
        lock.release()
        if not (folder / PROGRESS).exists():
            shutil.rmtree(folder, ignore_errors=True)


def empty_folder(folder: Path, *, but: Collection[str]) -> None:
    """Remove what is in a folder, but some of it.

    Raises
    ------
    OSError
        If something can't be removed.
    """
    for entry in folder.iterdir():
        if entry.name in but:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _refuse_foreign(folder: Path) -> None:
    names = {entry.name for entry in folder.iterdir()} if folder.is_dir() else {folder.name}
    if names and not names & {LOCK, JOB}:
        raise OutputError(
            f"{folder} is there, and isn't what a run of genept leaves",
            expected="that name free, since the result is made under it",
            do="choose another output path with -o, or move what is there",
        )
