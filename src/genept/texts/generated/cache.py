"""Answers that were paid for: each stays as soon as it arrives, and several processes share them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple

from genept.sqlite_file import SQLiteFile
from genept.texts.generated.answer import Answer
from genept.texts.generated.cache_file import answers_file, checksum


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

    def __init__(self, file: SQLiteFile, connection: sqlite3.Connection, key: tuple[str, str, str]) -> None:
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
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, checksum(row))
            )


@contextmanager
def open_cache(*, base_url: str, model: str, prompt_version: str) -> Iterator[AnswerCache]:
    """Open the cache of answers of one model on one server to one version of the prompt.

    The same name on another server may stand for another model (other weights, another
    quantisation), so the server is part of the key.

    Raises
    ------
    OutputError
        If the file can't be made, opened or written.
    """
    file = answers_file()
    with file.open() as connection:
        yield AnswerCache(file, connection, (base_url, model, prompt_version))
