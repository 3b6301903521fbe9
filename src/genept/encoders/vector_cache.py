"""Vectors that were paid for, in money or in time: each batch stays as soon as it is there."""

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from genept.datasets.cache import cache_folder
from genept.errors import EncoderError
from genept.sqlite_file import SQLiteFile, is_damage

# What was released once is never changed: another group of statements follows it.
MIGRATIONS = (
    (
        "CREATE TABLE encoders (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE,"
        " dimensions INTEGER NOT NULL)",
        "CREATE TABLE vectors (id INTEGER PRIMARY KEY, encoder INTEGER NOT NULL REFERENCES encoders,"
        " text_sha256 BLOB NOT NULL, n_tokens INTEGER NOT NULL, vector BLOB NOT NULL,"
        " checksum INTEGER NOT NULL, added INTEGER NOT NULL, UNIQUE (encoder, text_sha256))",
    ),
)
# Questions in one statement; SQLite takes 999 parameters at least.
_AT_ONCE = 500
_T = TypeVar("_T")


def vectors_path() -> Path:
    """Where the file of vectors lies: beside the folder of fetched files."""
    return cache_folder().parent / "vectors.sqlite"


def vectors_file(path: Path | None = None) -> SQLiteFile:
    """Describe the file of vectors."""
    return SQLiteFile(path or vectors_path(), "the cache of vectors", MIGRATIONS, rescue=_rescue)


def checksum(fingerprint: str, text_sha256: bytes, n_tokens: int, vector: bytes) -> int:
    """Checksum of a row, since SQLite notices damage to its own structure but not to what a row says."""
    return zlib.crc32(vector, zlib.crc32(b"%s %b %d" % (fingerprint.encode(), text_sha256, n_tokens)))


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
        self._connection = connection
        self._fingerprint = fingerprint

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def dimensions(self) -> int | None:
        """Width of the vectors; ``None`` where there are none yet."""
        row = self._guarded(
            lambda: self._connection.execute(
                "SELECT dimensions FROM encoders WHERE fingerprint = ?", (self._fingerprint,)
            ).fetchone()
        )
        return None if row is None else int(row[0])

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
        width = 4 * vectors.shape[1]
        damaged: list[int] = []
        for some in _in_parts(digests):
            columns = "v.text_sha256, v.n_tokens, v.vector, v.checksum, v.id"
            for digest, tokens, vector, known, row in self._guarded(self._select, columns, some):
                if len(vector) != width or checksum(self._fingerprint, digest, tokens, vector) != known:
                    damaged.append(row)
                    continue
                position = position_of.pop(digest)
                vectors[position] = np.frombuffer(vector, dtype="<f4")
                n_tokens[position] = tokens
        if damaged:
            self._file.tell_of_damage(len(damaged), "vectors")
            self._guarded(self._drop, damaged)
        return sorted(position_of.values())

    def keep(self, digests: Sequence[bytes], vectors: NDArray[np.float32], n_tokens: Sequence[int]) -> None:
        """Write the vectors of a batch to the disk, all or none. Where another process was first, its stay.

        Raises
        ------
        OutputError
            If the disk is full or the file can't be written.
        EncoderError
            If earlier vectors of this encoder have another width.
        """
        self._guarded(self._keep, digests, np.ascontiguousarray(vectors, dtype="<f4"), n_tokens)

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
        known = (self._fingerprint, width)
        connection.execute("INSERT OR IGNORE INTO encoders (fingerprint, dimensions) VALUES (?, ?)", known)
        encoder, dimensions = connection.execute(
            "SELECT id, dimensions FROM encoders WHERE fingerprint = ?", known[:1]
        ).fetchone()
        if dimensions != width:
            raise EncoderError(
                f"vectors of {width} dimensions, where {self._fingerprint} gave {dimensions} before",
                expected="the same width from the same encoder",
                do="find out what changed on the server; to begin anew, genept cache prune --encoder "
                f"'{self._fingerprint}'",
            )
        return int(encoder)

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
            try:
                return work(*arguments)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._connection.close()
                self._connection = self._file.begin_anew(thorough=True)
                return work(*arguments)


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


def _rescue(connection: sqlite3.Connection, aside: Path) -> int:
    """Bring over the rows of a damaged file that can be read and are as they were written."""
    rescued = 0
    with closing(sqlite3.connect(aside)) as damaged:
        try:
            encoders = damaged.execute("SELECT id, fingerprint, dimensions FROM encoders").fetchall()
            (last,) = damaged.execute("SELECT max(id) FROM vectors").fetchone()
        except sqlite3.DatabaseError:
            return 0
        connection.executemany("INSERT OR IGNORE INTO encoders VALUES (?, ?, ?)", encoders)
        fingerprints = {encoder: fingerprint for encoder, fingerprint, _ in encoders}
        for number in range(1, (last or 0) + 1):
            try:
                row = damaged.execute("SELECT * FROM vectors WHERE id = ?", (number,)).fetchone()
                if row is None or checksum(fingerprints[row[1]], *row[2:5]) != row[5]:
                    continue
            except (sqlite3.DatabaseError, KeyError, TypeError):
                continue
            connection.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            rescued += 1
    return rescued
