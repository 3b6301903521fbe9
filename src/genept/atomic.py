"""Files are written beside their final name and moved into place, or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from genept.errors import OutputError

_FILES_ONLY = {errno.EACCES, errno.EBADF, errno.EINVAL, errno.ENOTSUP}


def _refuse(path: Path, reason: str) -> OutputError:
    return OutputError(
        f"{path} can't be written ({reason})",
        expected="a path in a folder that you may write to, with room on the disk",
        do="choose another output path with -o, or free the space and run again",
    )


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Say of whatever the system refuses in this block that ``path`` can't be written.

    Raises
    ------
    OutputError
        In place of any other OSError.
    """
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise _refuse(Path(path), error.strerror or str(error)) from error


@contextmanager
def written_whole(path: str | Path, *, durable: bool = False) -> Iterator[Path]:
    """Give a temporary path beside ``path``; on leaving without an error, move it into place.

    Whatever ends the block early leaves ``path`` as it was and removes the temporary file.

    Parameters
    ----------
    path
        The final name. Its folder must exist; an existing file is replaced in one step, and where it
        is a link, what it points to.
    durable
        Whether to wait until it is on the disk under its name, where a power cut doesn't reach it.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    OutputError
        If the folder is missing or not writable, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with written_whole(folder / "a.txt") as draft:
    ...     _ = draft.write_text("whole")
    >>> [f.name for f in folder.iterdir()]
    ['a.txt']
    """
    path = Path(path).resolve()
    draft = _new_draft(path)
    try:
        with writing(path):
            yield draft
            if durable:
                sync_file(draft)
            draft.replace(path)
            if durable:
                sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Wait until what is in a file is on the disk.

    Raises
    ------
    OSError
        If it isn't there, or can't be written.
    """
    with path.open("r+b") as written:
        os.fsync(written.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can say so.

    Raises
    ------
    OSError
        If it isn't there, or the disk fails.
    """
    try:
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        # Windows, and some disks of networks, do this for files only.
        if error.errno not in _FILES_ONLY:
            raise


def check_writable(path: str | Path) -> None:
    """Fail now, not after hours of work, if ``path`` could not be written.

    Raises
    ------
    OutputError
        If the folder of ``path`` is missing or not writable, or ``path`` is a folder or protected.
    """
    path = Path(path).resolve()
    with writing(path):
        is_folder, is_protected = path.is_dir(), path.exists() and not os.access(path, os.W_OK)
    if is_folder:
        raise _refuse(path, "it is a folder")
    if is_protected:
        raise _refuse(path, "it is there, and protected against writing")
    _new_draft(path).unlink()


def _new_draft(path: Path) -> Path:
    draft = path.with_name(f".{uuid4().hex}{path.suffix}")
    with writing(path):
        draft.touch(exist_ok=False)
    return draft
