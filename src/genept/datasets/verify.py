"""Whether a downloaded file is what it should be, and whole."""

import gzip
import hashlib
import zipfile
import zlib
from pathlib import Path

from genept.datasets.dataset import Dataset
from genept.errors import FetchError

_CHUNK = 1 << 20


def verify(path: Path, dataset: Dataset) -> str:
    """Read the whole file once, and raise if it isn't what ``dataset`` says.

    Parameters
    ----------
    path
        The downloaded file.
    dataset
        What it should be.

    Returns
    -------
    str
        Its sha256, hexadecimal.

    Raises
    ------
    FetchError
        If it is a page of HTML, is empty, is truncated or corrupted, begins otherwise than it should,
        or has another checksum than upstream fixes.
    """
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise _wrong(dataset, "is empty")
    if start.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise _wrong(dataset, "is a page of HTML, not the file")
    try:
        header = _first_line(path, dataset)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise _wrong(dataset, f"is truncated or corrupted ({error})") from error
    if dataset.header not in header:
        raise _wrong(dataset, f"begins with {header[:60]!r}, where {dataset.header!r} should stand")
    digest = {"sha256": digest_of(path)}
    if dataset.checksum:
        kind, _, fixed = dataset.checksum.partition(":")
        found = digest.get(kind) or digest_of(path, kind)
        if found != fixed:
            raise _wrong(dataset, f"has the {kind} {found}, not {fixed}")
    return digest["sha256"]


def _first_line(path: Path, dataset: Dataset) -> str:
    """Read all of the file, and return the first line of its text."""
    if dataset.form == "zip":
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
        if broken is not None:
            raise zipfile.BadZipFile(f"member {broken}")
        return ""
    end = b""
    with gzip.open(path) if dataset.form == "gzip" else path.open("rb") as file:
        header = file.readline(1 << 16)
        while chunk := file.read(_CHUNK):
            end = (end + chunk)[-_CHUNK:]
    # A plain text has no checksum of its own: a stream that broke off ends within a line.
    last = (end or header).removesuffix(b"\n").rpartition(b"\n")[2]
    whole = (end or header).endswith(b"\n") and last.count(b"\t") == header.count(b"\t")
    if dataset.form == "text" and not whole:
        raise EOFError("its last line is cut off")
    return header.decode("utf-8", errors="replace")


def digest_of(path: Path, kind: str = "sha256") -> str:
    """Checksum of a whole file, hexadecimal; ``kind`` is an algorithm that hashlib knows."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()


def _wrong(dataset: Dataset, what: str) -> FetchError:
    return FetchError(
        f"what came for {dataset.name} {what}",
        expected=dataset.title,
        do="run the same command again; if it stays so, the source has changed or a proxy is in between. "
        "What was cached before is untouched",
    )
