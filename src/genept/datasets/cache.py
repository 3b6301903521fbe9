"""Where fetched files lie, and what is known of them."""

import json
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_cache_path

from genept.atomic import written_whole
from genept.datasets.dataset import Dataset
from genept.datasets.registry import DATASETS
from genept.datasets.verify import digest_of
from genept.errors import MissingDataError, UnknownNameError, name_some

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fetched:
    """A file in the cache, and where it came from.

    Parameters
    ----------
    name
        Name of the data set.
    path
        Where the file lies.
    origin
        URL that it came from; empty where the user put it there, and a word on it where it was changed.
    sha256
        Checksum of the whole file, hexadecimal; empty where it wasn't fetched by genept.
    date
        When it was fetched, ISO 8601, UTC; empty likewise.
    """

    name: str
    path: Path
    origin: str = ""
    sha256: str = ""
    date: str = ""


def cache_folder() -> Path:
    """Find the folder of fetched files: ``GENEPT_CACHE``, or the user's cache folder."""
    return Path(os.environ.get("GENEPT_CACHE") or user_cache_path("genept")) / "data"


def known_file(name: str) -> Dataset:
    """Find an upstream file in the registry by its name.

    Raises
    ------
    UnknownNameError
        If no upstream file of that name is known.
    """
    dataset = DATASETS.get(name)
    if dataset is not None and not dataset.path:
        raise UnknownNameError(
            f"{name!r} isn't fetched",
            expected=f"nothing to be done: it is {dataset.origin}",
            do="use it as genept.datasets.pbmc68k_reduced()",
        )
    if dataset is None:
        files = [d.name for d in DATASETS.values() if d.path]
        raise UnknownNameError(
            f"no upstream file named {name!r}",
            expected=f"one of {name_some(files, limit=20)}",
            do="see `genept data list`",
        )
    return dataset


def name_of(path: Path) -> str:
    """Name of the data set that lies at a path; ``NAME`` where it is none of ours."""
    return next((d.name for d in DATASETS.values() if d.path and path.as_posix().endswith(d.path)), "NAME")


def in_cache(name: str) -> Fetched | None:
    """Say what the cache holds of a data set, without asking the network; ``None`` for nothing.

    A file that the user put there by hand counts as well.
    """
    dataset = known_file(name)
    path = cache_folder() / dataset.path
    if not path.is_file():
        return None
    return _with_record(name, path)


def provenance(*files: Fetched) -> dict[str, str]:
    """Say in strings which files something was made from: their origins, dates and sha256.

    Parameters
    ----------
    files
        Files in the cache. Of one that the user put there the date is that of the file, and the sha256
        is calculated.
    """
    said: dict[str, str] = {}
    for file in files:
        modified = datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
        said |= {
            f"{file.name}.origin": file.origin or "put into the cache by hand",
            f"{file.name}.date": file.date or modified.isoformat(timespec="seconds"),
            f"{file.name}.sha256": file.sha256 or digest_of(file.path),
        }
    return said


def locate(name: str) -> Fetched:
    """Find the file of a data set in the cache.

    Raises
    ------
    MissingDataError
        If it isn't there, saying what to download and where to put it.
    """
    found = in_cache(name)
    if found is None:
        dataset = known_file(name)
        raise MissingDataError(
            f"{name} isn't on this machine",
            expected=str(cache_folder() / dataset.path),
            do=f"run `genept data fetch {name}`, or, without a network here, download {dataset.origin} "
            "elsewhere and put it at that path",
        )
    return found


def write_record(fetched: Fetched) -> None:
    """Keep what is known of a fetched file beside it, with the state of the file that it is about."""
    content = {"origin": fetched.origin, "sha256": fetched.sha256, "date": fetched.date}
    with written_whole(_record_path(fetched.path)) as draft:
        draft.write_text(json.dumps({**content, **_state(fetched.path)}, indent=2) + "\n")


def _with_record(name: str, path: Path) -> Fetched:
    """Say what was recorded of a file, as far as it is still that file."""
    record = _record_path(path)
    if not record.is_file():
        return Fetched(name, path)
    try:
        known = json.loads(record.read_text())
        origin, sha256, date = (str(known[key]) for key in ("origin", "sha256", "date"))
        # Copying a file changes its time; only its content tells.
        same = all(known[key] == value for key, value in _state(path).items()) or digest_of(path) == sha256
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.info("%s can't be read (%r); %s counts as put there by hand", record, error, path.name)
        return Fetched(name, path)
    if same:
        return Fetched(name, path, origin, sha256, date)
    log.warning(
        "%s isn't the file that was fetched on %s; to have that again: genept data fetch %s --refresh",
        path,
        date,
        name,
    )
    return Fetched(name, path, origin=f"changed since it was fetched from {origin}")


def _state(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _record_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")
