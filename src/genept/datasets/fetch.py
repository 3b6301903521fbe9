"""Upstream files into the cache."""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from genept.datasets.cache import Fetched, cache_folder, in_cache, known_file, write_record
from genept.datasets.dataset import Dataset
from genept.datasets.download import download
from genept.datasets.verify import verify
from genept.errors import FetchError, OutputError

log = logging.getLogger(__name__)


def address(dataset: Dataset) -> str:
    """Where a file is fetched from: its origin, or its path below ``GENEPT_MIRROR``."""
    mirror = os.environ.get("GENEPT_MIRROR", "").strip().rstrip("/")
    return f"{mirror}/{dataset.path}" if mirror else dataset.origin


def fetch(name: str, *, refresh: bool = False) -> Fetched:
    """Make sure that an upstream file is in the cache.

    Parameters
    ----------
    name
        Name of the file, as ``genept data list`` gives it.
    refresh
        Fetch it again though it is there; the old one stays until the new one is whole and checked.

    Returns
    -------
    Fetched
        Where it lies, with its sha256 and the date.

    Raises
    ------
    UnknownNameError
        If no upstream file has that name.
    FetchError
        If it can't be fetched, or isn't what it should be. What was cached before is still there.
    OutputError
        If the cache can't be written.
    """
    dataset = known_file(name)
    cached = in_cache(name)
    if cached is not None and not refresh:
        return cached
    path = cache_folder() / dataset.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        locks = cache_folder() / "locks"
        locks.mkdir(exist_ok=True)
        # Another process may be fetching the same file; then this one waits, and takes what that one got.
        with FileLock(locks / f"{name}.lock"):
            other = in_cache(name)
            if other is not None and other != cached:
                return other
            return _fetched(dataset, path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"{path} can't be written ({error.strerror or error})",
            expected="a cache folder that you may write to, with room on the disk",
            do="free the space, or set GENEPT_CACHE to another folder, and run again",
        ) from error


def _fetched(dataset: Dataset, path: Path) -> Fetched:
    part = path.with_name(path.name + ".part")
    _download(dataset, part, path)
    sha256 = _checked(part, dataset)
    part.replace(path)
    fetched = Fetched(
        name=dataset.name,
        path=path,
        origin=address(dataset),
        sha256=sha256,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    write_record(fetched)
    return fetched


def _download(dataset: Dataset, part: Path, path: Path) -> None:
    log.info("fetching %s from %s", dataset.name, address(dataset))
    try:
        download(address(dataset), part)
    except FetchError as error:
        raise FetchError(
            error.found,
            expected=error.expected,
            do=f"{error.do}; without a network here, download {dataset.origin} elsewhere "
            f"and put it at {path}",
        ) from error


def _checked(part: Path, dataset: Dataset) -> str:
    try:
        return verify(part, dataset)
    except FetchError:
        # Going on from a wrong start would be wrong again.
        part.unlink()
        raise
