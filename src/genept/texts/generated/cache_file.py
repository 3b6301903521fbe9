"""The SQLite file of answers: its layout, and how damage is told."""

import hashlib
import json
import sqlite3
from pathlib import Path

from genept.datasets.cache import cache_folder
from genept.sqlite_file import SQLiteFile

# row_sha256, since SQLite notices damage to its own structure but not to what a row says.
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    base_url TEXT, model TEXT, prompt_version TEXT, messages_sha256 TEXT,
    text TEXT, model_served TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, date TEXT,
    row_sha256 TEXT,
    PRIMARY KEY (base_url, model, prompt_version, messages_sha256)
) WITHOUT ROWID
"""


def answers_path() -> Path:
    """Where the file of answers lies: beside the folder of fetched files."""
    return cache_folder().parent / "generated.sqlite"


def answers_file() -> SQLiteFile:
    """Describe the file of answers."""
    return SQLiteFile(answers_path(), "the file of generated texts", ((_TABLE,),), _is_sound)


def checksum(row: tuple[str | int | None, ...]) -> str:
    """Checksum of a row's values, hexadecimal."""
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()


def _is_sound(connection: sqlite3.Connection) -> bool:
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        return False
    return all(checksum(row) == known for *row, known in connection.execute("SELECT * FROM answers"))
