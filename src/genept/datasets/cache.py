"""Where fetched files lie, and what is known of them."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from platformdirs import user_cache_path

from genept.atomic import written_whole
from genept.datasets.registry import DATASETS, Dataset
from genept.errors import MissingDataError, UnknownNameError, name_some


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
        URL that it came from; empty where the user put it there.
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
    if dataset is None or not dataset.path:
        files = [d.name for d in DATASETS.values() if d.path]
        raise UnknownNameError(
            f"no upstream file named {name!r}",
            expected=f"one of {name_some(files, limit=20)}",
            do="see `genept data list`",
        )
    return dataset


def in_cache(name: str) -> Fetched | None:
    """Say what the cache holds of a data set, without asking the network; ``None`` for nothing.

    A file that the user put there by hand counts as well.
    """
    dataset = known_file(name)
    path = cache_folder() / dataset.path
    if not path.is_file():
        return None
    record = record_path(path)
    known = json.loads(record.read_text()) if record.is_file() else {}
    return Fetched(
        name=name,
        path=path,
        origin=known.get("origin", ""),
        sha256=known.get("sha256", ""),
        date=known.get("date", ""),
    )


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
    """Keep what is known of a fetched file beside it."""
    content = {k: v for k, v in asdict(fetched).items() if k != "path"}
    with written_whole(record_path(fetched.path)) as draft:
        draft.write_text(json.dumps(content, indent=2) + "\n")


def record_path(path: Path) -> Path:
    """Where the record of a fetched file lies."""
    return path.with_name(path.name + ".json")
