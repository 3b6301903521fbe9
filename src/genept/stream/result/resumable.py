"""What can't be written, said so that a person can go on where the run stopped."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genept.errors import OutputError


@contextmanager
def resumable(folder: Path) -> Iterator[None]:
    """Turn what the system says about writing into an error that says how to go on.

    Parameters
    ----------
    folder
        Where what is done is kept.

    Raises
    ------
    OutputError
        In place of any error of the system.
    """
    try:
        yield
    except OSError as error:
        # Files that are written whole say OutputError themselves, with the system's error as its cause.
        cause = error.__cause__ if isinstance(error, OutputError) else error
        if not isinstance(cause, OSError):
            raise
        # h5py's own words are long.
        reason = os.strerror(cause.errno) if cause.errno else str(cause)
        raise OutputError(
            f"the result can't be written on ({reason})",
            expected="room on the disk, in a folder that you may write to",
            do="free the space and run again with --resume (in Python: resume=True); "
            f"what is done is kept in {folder}",
        ) from cause
