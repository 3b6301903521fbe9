"""Vectors that were paid for, in money or in time: each batch stays as soon as it is there."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from genept.encoders.replies import most_usual
from genept.encoders.vectors_file import checksum, vectors_file
from genept.errors import EncoderError
from genept.sqlite_file import BusyError, SQLiteFile, is_damage

# Questions in one statement; SQLite takes 999 parameters at least.
_AT_ONCE = 500
# Vectors that are looked at to tell how wide all of them are.
_SOME = 25
# How long a batch that was paid for waits until another process has written, and how often it looks.
PATIENCE, LOOK_AGAIN = 600.0, 0.2
# How long SQLite itself waits for that, in milliseconds: Ctrl-C waits as long.
_BUSY_MILLISECONDS = 1000
_T = TypeVar("_T")


class VectorCache:
    """Vectors of one encoder, by the sha256 of the text that was sent.

    Parameters
    ----------
    file
        Where they lie.
    connection
        That file, open.
    fingerprint
        The encoder's; it changes whenever the same text would get another vector.
    """

    def __init__(self, file: SQLiteFile, connection: sqlite3.Connection, fingerprint: str) -> None:
        self._file = file
        self._fingerprint = fingerprint
        self._connection = connection
        self._use(connection)

    def _use(self, connection: sqlite3.Connection) -> None:
        if connection is not self._connection:
            self._connection.close()
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        self._connection = connection
        self._place = self._file.place()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def dimensions(self) -> int | None:
        """Width of the vectors; ``None`` where there are none yet."""
        return self._guarded(self._width)

    def _width(self) -> int | None:
        sizes = self._connection.execute(
            "SELECT length(vector) FROM vectors v JOIN encoders e ON e.id = v.encoder"
            " WHERE e.fingerprint = ? LIMIT ?",
            (self._fingerprint, _SOME),
        )
        # A few may be damaged.
        return most_usual(Counter(size // 4 for (size,) in sizes))

    def missing(self, digests: Sequence[bytes]) -> list[int]:
        """Positions of the texts that have no vector yet, perhaps written by another process meanwhile."""
        there: set[bytes] = set()
        for some in _in_parts(digests):
            there.update(digest for (digest,) in self._guarded(self._select, "v.text_sha256", some))
        return [position for position, digest in enumerate(digests) if digest not in there]

    def read(
        self, digests: Sequence[bytes], vectors: NDArray[np.float32], n_tokens: NDArray[np.intp]
    ) -> list[int]:
        """Read vectors into an array.

        Parameters
        ----------
        digests
            n different sha256.
        vectors
            (n, d) array that is filled; likewise ``n_tokens``, (n,), the length of each text as it was sent.

        Returns
        -------
        list of int
            Positions of the texts that have no sound vector here. What was damaged has been removed.
        """
        position_of = {digest: position for position, digest in enumerate(digests)}
        damaged: list[int] = []
        for some in _in_parts(digests):
            columns = "v.text_sha256, v.n_tokens, v.vector, v.checksum, v.id"
            for digest, tokens, vector, known, row in self._guarded(self._select, columns, some):
                if checksum(self._fingerprint, digest, tokens, vector) != known:
                    damaged.append(row)
                    continue
                if len(vector) != 4 * vectors.shape[1]:
                    raise self._other_width(len(vector) // 4, vectors.shape[1])
                position = position_of.pop(digest)
                vectors[position] = np.frombuffer(vector, dtype="<f4")
                n_tokens[position] = tokens
        if damaged:
            self._file.tell_of_damage(len(damaged), "vectors")
            self._patiently(lambda: self._guarded(self._drop, damaged))
        return sorted(position_of.values())

    def keep(self, digests: Sequence[bytes], vectors: NDArray[np.float32], n_tokens: Sequence[int]) -> None:
        """Write the vectors of a batch to the disk, all or none. Where another process was first, its stay.

        Raises
        ------
        OutputError
            If the disk is full or the file can't be written; a :class:`~genept.sqlite_file.BusyError` if
            another process is writing.
        EncoderError
            If earlier vectors of this encoder have another width.
        """
        matrix = np.ascontiguousarray(vectors, dtype="<f4")
        self._guarded(self._keep, digests, matrix, n_tokens)
        if self._moved():
            # Set aside or removed by another process while this was written.
            self._guarded(self._keep, digests, matrix, n_tokens)

    def keep_patiently(
        self, digests: Sequence[bytes], vectors: NDArray[np.float32], n_tokens: Sequence[int]
    ) -> None:
        """Write a batch as :meth:`keep` does, after other processes have ended writing.

        Raises
        ------
        OutputError, EncoderError
            As :meth:`keep`.
        """
        self._patiently(lambda: self.keep(digests, vectors, n_tokens))

    def _patiently(self, work: Callable[[], None]) -> None:
        started = time.monotonic()
        while True:
            try:
                return work()
            except BusyError:
                if time.monotonic() - started > PATIENCE:
                    raise
                time.sleep(LOOK_AGAIN)

    def _keep(self, digests: Sequence[bytes], vectors: NDArray[np.float32], n_tokens: Sequence[int]) -> None:
        now = int(time.time())
        with self._file.transaction(self._connection) as connection:
            encoder = self._encoder(connection, vectors.shape[1])
            connection.executemany(
                "INSERT OR IGNORE INTO vectors (encoder, text_sha256, n_tokens, vector, checksum, added)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (encoder, digest, tokens, blob, checksum(self._fingerprint, digest, tokens, blob), now)
                    for digest, tokens, blob in zip(
                        digests, map(int, n_tokens), (vector.tobytes() for vector in vectors), strict=True
                    )
                ),
            )

    def _drop(self, rows: Sequence[int]) -> None:
        with self._file.transaction(self._connection) as connection:
            connection.executemany("DELETE FROM vectors WHERE id = ?", [(row,) for row in rows])

    def _encoder(self, connection: sqlite3.Connection, width: int) -> int:
        before = self._width()
        if before is not None and before != width:
            raise self._other_width(width, before)
        known = (self._fingerprint,)
        connection.execute("INSERT OR IGNORE INTO encoders (fingerprint) VALUES (?)", known)
        (encoder,) = connection.execute("SELECT id FROM encoders WHERE fingerprint = ?", known).fetchone()
        return int(encoder)

    def _other_width(self, width: int, before: int) -> EncoderError:
        return EncoderError(
            f"vectors of {width} dimensions, where {self._fingerprint} gave {before} before",
            expected="the same width from the same encoder",
            do="find out what changed on the server; to begin anew, genept cache prune --encoder "
            f"'{self._fingerprint}'",
        )

    def _select(self, columns: str, digests: Sequence[bytes]) -> list[tuple[Any, ...]]:
        marks = ",".join("?" * len(digests))
        return self._connection.execute(
            f"SELECT {columns} FROM vectors v JOIN encoders e ON e.id = v.encoder"  # noqa: S608 (our words)
            f" WHERE e.fingerprint = ? AND v.text_sha256 IN ({marks})",
            (self._fingerprint, *digests),
        ).fetchall()

    def _guarded(self, work: Callable[..., _T], *arguments: object) -> _T:
        """Work on the file; if that shows it to be damaged, set it aside and work on a new one."""
        with self._file.explained():
            if self._moved():
                self._use(self._file.begin_anew())
            try:
                return work(*arguments)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._connection.close()
                self._use(self._file.begin_anew(thorough=True))
                return work(*arguments)

    def _moved(self) -> bool:
        """Whether the file that is open no longer is the one that others find."""
        return self._file.place() != self._place


@contextmanager
def open_vectors(fingerprint: str) -> Iterator[VectorCache]:
    """Open the cache of an encoder's vectors, making it where there is none.

    Raises
    ------
    OutputError
        If the file can't be made, opened or written.
    """
    file = vectors_file()
    with file.open() as connection, closing(VectorCache(file, connection, fingerprint)) as cache:
        yield cache


def _in_parts(digests: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (digests[start : start + _AT_ONCE] for start in range(0, len(digests), _AT_ONCE))
