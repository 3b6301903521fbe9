"""Answers that were paid for: each stays as soon as it arrives, and several processes share them."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import TYPE_CHECKING

from genept.remote.chat.answer import Answer

if TYPE_CHECKING:
    from genept.sqlite_file import SQLiteFile

# The first layout of a file of answers. row_sha256, since SQLite notices damage to its own structure but
# not to what a row says.
TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    base_url TEXT, model TEXT, prompt_version TEXT, messages_sha256 TEXT,
    text TEXT, model_served TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, date TEXT,
    row_sha256 TEXT,
    PRIMARY KEY (base_url, model, prompt_version, messages_sha256)
) WITHOUT ROWID
"""


class AnswerCache:
    """Answers of one model on one server to one version of the prompt.

    Parameters
    ----------
    file
        Where the answers lie.
    connection
        That file, open.
    key
        Server, model and version of the prompt: an answer to other ones is no answer to these.
    """

    def __init__(self, file: "SQLiteFile", connection: sqlite3.Connection, key: tuple[str, str, str]) -> None:
        self._file = file
        self._connection = connection
        self._key = key

    def answers(self) -> dict[str, Answer]:
        """Read all answers, by the checksum of the messages they answer."""
        with self._file.explained():
            rows = self._connection.execute(
                "SELECT messages_sha256, text, model_served, prompt_tokens, completion_tokens, date"
                " FROM answers WHERE base_url = ? AND model = ? AND prompt_version = ?",
                self._key,
            )
            return {sha256: Answer(*values) for sha256, *values in rows}

    def holds(self, messages_sha256: str) -> bool:
        """Whether there is an answer by now, perhaps from another process."""
        with self._file.explained():
            row = self._connection.execute(
                "SELECT 1 FROM answers"
                " WHERE base_url = ? AND model = ? AND prompt_version = ? AND messages_sha256 = ?",
                (*self._key, messages_sha256),
            ).fetchone()
        return row is not None

    def keep(self, messages_sha256: str, answer: Answer) -> None:
        """Write one answer to the disk. Where another process was first, its answer stays.

        Raises
        ------
        OutputError
            If the disk is full or the file can't be written.
        """
        row = (*self._key, messages_sha256, *astuple(answer))
        with self._file.explained():
            self._connection.execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, _checksum(row))
            )


@contextmanager
def open_answers(
    file: "SQLiteFile", *, base_url: str, model: str, prompt_version: str
) -> Iterator[AnswerCache]:
    """Open the answers of one model on one server to one version of the prompt.

    The same name on another server may stand for another model (other weights, another
    quantisation), so the server is part of the key.

    Parameters
    ----------
    file
        A file whose first layout is ``TABLE``.
    base_url, model, prompt_version
        Who answered, and to which prompt.

    Raises
    ------
    OutputError
        If the file can't be made, opened or written.
    """
    with file.open() as connection:
        yield AnswerCache(file, connection, (base_url, model, prompt_version))


def are_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds its structure whole, and every answer is as it was written."""
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        return False
    return all(_checksum(row) == known for *row, known in connection.execute("SELECT * FROM answers"))


def _checksum(row: tuple[str | int | None, ...] | list[str | int | None]) -> str:
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()
