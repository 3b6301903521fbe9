"""The SQLite file of answers: made, checked, and set aside when it is damaged."""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from genept.datasets.cache import cache_folder
from genept.errors import OutputError

log = logging.getLogger(__name__)

_VERSION = 1
# row_sha256, since SQLite notices damage to its own structure but not to what a row says.
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    base_url TEXT, model TEXT, prompt_version TEXT, messages_sha256 TEXT,
    text TEXT, model_served TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, date TEXT,
    row_sha256 TEXT,
    PRIMARY KEY (base_url, model, prompt_version, messages_sha256)
) WITHOUT ROWID
"""
# How long to wait while another process writes, in seconds.
_PATIENCE = 30.0
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def answers_path() -> Path:
    """Where the file of answers lies: beside the folder of fetched files."""
    return cache_folder().parent / "generated.sqlite"


@contextmanager
def open_file(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file of answers, making it where there is none; a damaged one is set aside.

    Raises
    ------
    OutputError
        If it can't be made or opened, or a later version of genept made it.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(path) or _begin_anew(path)
    with closing(connection):
        yield connection


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into an error that says what to do.

    Raises
    ------
    OutputError
        In place of any error of SQLite or of the system.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise OutputError(
            f"{path}, the file of generated texts, can't be used ({error})",
            expected="a file that you may write to, with room on the disk",
            do="free the space, or set GENEPT_CACHE to another folder, and run again; "
            "what is in the file stays there",
        ) from error


def checksum(row: tuple[str | int | None, ...]) -> str:
    """Checksum of a row's values, hexadecimal."""
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()


def _connect(path: Path) -> sqlite3.Connection | None:
    """Open and check the file; ``None`` if it is damaged."""
    # Every statement commits by itself. Two threads use the connection, one waiting for the other.
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    # Letters that broke must reach the checksum, which tells.
    connection.text_factory = lambda text: text.decode(errors="replace")
    sound = False
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        _prepare(connection)
        sound = _is_sound(connection)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            raise
        log.debug("%s: %s", path, error)
    finally:
        if not sound:
            connection.close()
    return connection if sound else None


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.NotSupportedError(f"a later version of genept made it: its format is {version}")
    if version < _VERSION:
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _is_sound(connection: sqlite3.Connection) -> bool:
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        return False
    return all(checksum(row) == known for *row, known in connection.execute("SELECT * FROM answers"))


def _begin_anew(path: Path) -> sqlite3.Connection:
    # One process at a time, or a second one would set aside what the first has just begun.
    lock = sqlite3.connect(path.with_name(path.name + ".lock"), timeout=_PATIENCE, isolation_level=None)
    with closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        connection = _connect(path)
        if connection is None:
            _set_aside(path)
            connection = _connect(path)
    if connection is None:
        raise sqlite3.DatabaseError("a new file is damaged as well")
    return connection


def _set_aside(path: Path) -> None:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.stem}.damaged-{now}{path.suffix}")
    # Its journals go with it: SQLite's own tools may bring something back.
    for end in ("", "-wal", "-shm"):
        part = path.with_name(path.name + end)
        if part.exists():
            part.rename(aside.with_name(aside.name + end))
    log.warning("%s is damaged; it was set aside as %s, and a new one is begun", path, aside)
