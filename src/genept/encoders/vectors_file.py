"""The file of vectors: where it lies, its layout, how damage is told, and what is brought over."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from genept.datasets.cache import cache_folder
from genept.sqlite_file import SQLiteFile

# What was released once is never changed: another group of statements follows it.
MIGRATIONS = (
    (
        "CREATE TABLE encoders (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE)",
        "CREATE TABLE vectors (id INTEGER PRIMARY KEY, encoder INTEGER NOT NULL REFERENCES encoders,"
        " text_sha256 BLOB NOT NULL, n_tokens INTEGER NOT NULL, vector BLOB NOT NULL,"
        " checksum INTEGER NOT NULL, added INTEGER NOT NULL, UNIQUE (encoder, text_sha256))",
    ),
)
# Numbers in a damaged file that are tried in vain before the rest is given up.
_MOST_SKIPPED = 1_000_000


def vectors_path() -> Path:
    """Where the file of vectors lies: beside the folder of fetched files."""
    return cache_folder().parent / "vectors.sqlite"


def vectors_file(path: Path | None = None) -> SQLiteFile:
    """Describe the file of vectors."""
    return SQLiteFile(path or vectors_path(), "the cache of vectors", MIGRATIONS, rescue=_rescue)


def checksum(fingerprint: str, text_sha256: bytes, n_tokens: int, vector: bytes) -> int:
    """Checksum of a row, since SQLite notices damage to its own structure but not to what a row says."""
    return zlib.crc32(vector, zlib.crc32(b"%s %b %d" % (fingerprint.encode(), text_sha256, n_tokens)))


def _rescue(connection: sqlite3.Connection, aside: Path) -> int:
    """Bring over the rows of a damaged file that can be read and are as they were written."""
    rescued = 0
    with closing(sqlite3.connect(aside)) as damaged:
        try:
            fingerprints = dict(damaged.execute("SELECT id, fingerprint FROM encoders").fetchall())
        except sqlite3.DatabaseError:
            return 0
        connection.executemany("INSERT OR IGNORE INTO encoders VALUES (?, ?)", fingerprints.items())
        for row in _readable_rows(damaged):
            try:
                sound = checksum(fingerprints[row[1]], *row[2:5]) == row[5]
            except (KeyError, TypeError):
                continue
            if sound:
                connection.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                rescued += 1
    return rescued


def _readable_rows(damaged: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Go over the rows by their numbers, past those that SQLite can't read."""
    number, skipped = 0, 0
    while skipped < _MOST_SKIPPED:
        try:
            row = damaged.execute(
                "SELECT * FROM vectors WHERE id > ? ORDER BY id LIMIT 1", (number,)
            ).fetchone()
        except sqlite3.DatabaseError:
            number, skipped = number + 1, skipped + 1
            continue
        if row is None:
            return
        number = row[0]
        yield row
