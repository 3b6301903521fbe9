"""The cache of vectors looked after: what is in it, whether it is sound, what can go, and a copy of it."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from genept.atomic import written_whole
from genept.encoders.vectors_file import checksum, vectors_file, vectors_path
from genept.errors import ArgumentError, UnknownNameError
from genept.sqlite_file import is_whole

# Rows in one group of Parquet, and those that are looked at or written at once.
_AT_ONCE = 1000
_DAY = 86_400


@dataclass(frozen=True)
class CachedEncoder:
    """What the cache has of one encoder.

    Parameters
    ----------
    fingerprint
        The encoder's.
    dimensions
        Width of its vectors.
    n_vectors
        How many there are.
    first, last
        When the first and the last of them came, in seconds since 1970.
    """

    fingerprint: str
    dimensions: int
    n_vectors: int
    first: int
    last: int


@dataclass(frozen=True)
class Verified:
    """Whether the cache is as it was written.

    Parameters
    ----------
    n_vectors
        How many were looked at.
    n_damaged
        How many don't match their checksum; the engine doesn't use these and makes them again.
    file_is_sound
        Whether SQLite finds nothing wrong with the file; one that isn't sound is set aside when it is used
        next, and its sound rows are brought over.
    """

    n_vectors: int
    n_damaged: int
    file_is_sound: bool


def list_encoders() -> list[CachedEncoder]:
    """List the encoders that the cache has vectors of; none where there is no cache.

    Raises
    ------
    OutputError
        If the cache can't be opened.
    """
    if not vectors_path().exists():
        return []
    with vectors_file().open_to_look() as connection:
        rows = connection.execute(
            "SELECT fingerprint, min(length(vector)) / 4, count(*), min(added), max(added) FROM vectors v"
            " JOIN encoders e ON e.id = v.encoder GROUP BY e.id ORDER BY fingerprint"
        )
        return [CachedEncoder(*row) for row in rows]


def verify_cache() -> Verified:
    """Go over the whole cache; nothing is changed.

    Raises
    ------
    OutputError
        If the cache can't be opened.
    """
    if not vectors_path().exists():
        return Verified(0, 0, True)
    n_vectors = n_damaged = 0
    with vectors_file().open_to_look() as connection:
        sound = is_whole(connection)
        if sound:
            rows = connection.execute(
                "SELECT fingerprint, text_sha256, n_tokens, vector, checksum FROM vectors v"
                " LEFT JOIN encoders e ON e.id = v.encoder"
            )
            for fingerprint, digest, n_tokens, vector, known in rows:
                n_vectors += 1
                n_damaged += not _is_sound(fingerprint, digest, n_tokens, vector, known)
    return Verified(n_vectors, n_damaged, sound)


def prune_cache(*, encoder: str | None = None, older_than_days: float | None = None) -> int:
    """Remove vectors, and give the room back to the disk.

    Parameters
    ----------
    encoder
        Only those of an encoder whose fingerprint is this or begins with it.
    older_than_days
        Only those that came before that.

    Returns
    -------
    int
        How many were removed.

    Raises
    ------
    ArgumentError
        If neither is said: what was paid for goes only if asked for.
    UnknownNameError
        If the cache has nothing of that encoder.
    OutputError
        If the cache can't be opened or written.
    """
    if encoder is None and older_than_days is None:
        raise ArgumentError(
            "nothing said of which vectors are to go",
            expected="an encoder or an age",
            do="say --encoder FINGERPRINT (genept cache info), --older-than DAYS, or both",
        )
    if older_than_days is not None and not older_than_days >= 0:
        raise ArgumentError(
            f"an age of {older_than_days} days", expected="0 or more", do="say --older-than 30, for example"
        )
    if encoder == "":
        raise ArgumentError(
            "an empty encoder, which all begin with",
            expected="a fingerprint, or how it begins",
            do="look with genept cache info",
        )
    if not vectors_path().exists():
        return 0
    chosen = [known.fingerprint for known in _encoders_called(encoder or "")]
    before = time.time() + 1 if older_than_days is None else time.time() - older_than_days * _DAY
    file = vectors_file()
    with file.open() as connection, file.explained():
        with file.transaction(connection):
            removed = sum(
                connection.execute(
                    "DELETE FROM vectors WHERE added < ? AND encoder IN"
                    " (SELECT id FROM encoders WHERE fingerprint = ?)",
                    (before, fingerprint),
                ).rowcount
                for fingerprint in chosen
            )
            connection.execute("DELETE FROM encoders WHERE id NOT IN (SELECT encoder FROM vectors)")
        connection.execute("VACUUM")
    return removed


def export_cache(encoder: str, path: Path) -> int:
    """Write an encoder's vectors to a Parquet file, whole or not at all.

    Parameters
    ----------
    encoder
        The fingerprint, or its beginning, of one encoder.
    path
        Columns ``text_sha256`` (hexadecimal), ``n_tokens``, and ``vector``, a list of float32; the
        fingerprint is in the metadata, under ``genept_encoder``.

    Returns
    -------
    int
        How many vectors were written.

    Raises
    ------
    UnknownNameError
        If the cache has nothing of such an encoder, or of several.
    OutputError
        If the cache can't be read, or the file can't be written.
    """
    found = _encoders_called(encoder)
    if len(found) != 1:
        raise UnknownNameError(
            f"{len(found)} encoders whose fingerprint begins with {encoder!r}",
            expected="one",
            do="say more of it; genept cache info lists them",
        )
    fingerprint, width = found[0].fingerprint, found[0].dimensions
    schema = pa.schema(
        [
            ("text_sha256", pa.string()),
            ("n_tokens", pa.int64()),
            ("vector", pa.list_(pa.float32(), width)),
        ],
        metadata={"genept_encoder": fingerprint},
    )
    n_written = 0
    file = vectors_file()
    with (
        file.open_to_look() as connection,
        written_whole(path) as draft,
        pq.ParquetWriter(draft, schema) as writer,
    ):
        rows = connection.execute(
            "SELECT text_sha256, n_tokens, vector, checksum FROM vectors v"
            " JOIN encoders e ON e.id = v.encoder WHERE fingerprint = ? ORDER BY text_sha256",
            (fingerprint,),
        )
        while some := rows.fetchmany(_AT_ONCE):
            sound = [row for row in some if _is_sound(fingerprint, *row)]
            numbers = np.frombuffer(b"".join(vector for _, _, vector, _ in sound), dtype="<f4")
            columns = [
                pa.array([digest.hex() for digest, *_ in sound]),
                pa.array([n_tokens for _, n_tokens, _, _ in sound], type=pa.int64()),
                pa.FixedSizeListArray.from_arrays(pa.array(numbers), width),
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            n_written += len(sound)
    return n_written


def _is_sound(fingerprint: str | None, digest: bytes, n_tokens: int, vector: bytes, known: int) -> bool:
    try:
        return fingerprint is not None and checksum(fingerprint, digest, n_tokens, vector) == known
    except TypeError:
        return False


def _encoders_called(beginning: str) -> list[CachedEncoder]:
    there = list_encoders()
    found = [one for one in there if one.fingerprint == beginning] or [
        one for one in there if one.fingerprint.startswith(beginning)
    ]
    if not found and beginning:
        raise UnknownNameError(
            f"nothing of an encoder {beginning!r} in the cache",
            expected=f"one of: {', '.join(one.fingerprint for one in there) or 'none, the cache is empty'}",
            do="look with genept cache info",
        )
    return found
