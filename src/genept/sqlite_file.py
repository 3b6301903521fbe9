"""A file of SQLite that several processes share: made, brought up to date, and set aside when damaged."""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from genept.errors import OutputError

log = logging.getLogger(__name__)

# How long to wait while another process writes, in seconds.
_PATIENCE = 30.0
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class BusyError(OutputError):
    """A file in which another process writes."""


def _any(_connection: sqlite3.Connection) -> bool:
    return True


@dataclass(frozen=True)
class SQLiteFile:
    """Where a file lies, how it is laid out, and how to tell that it is sound.

    Parameters
    ----------
    path
        The file; its journals lie beside it.
    title
        What it is, for messages.
    migrations
        Statements that lead from each version of the layout to the next, the first from nothing. What
        was released once is never changed: another migration follows it.
    is_sound
        What to look at on opening, beyond what SQLite itself sees.
    rescue
        Called with a new file's connection and the path of the damaged one that was set aside; says how
        many rows it could bring over.
    """

    path: Path
    title: str
    migrations: Sequence[Sequence[str]]
    is_sound: Callable[[sqlite3.Connection], bool] = _any
    rescue: Callable[[sqlite3.Connection, Path], int] | None = None

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Open the file, making it where there is none; a damaged one is set aside and a new one begun.

        Every statement commits by itself, unless it stands between BEGIN and COMMIT.

        Raises
        ------
        OutputError
            If it can't be made or opened, or a later version of genept made it.
        """
        with self.explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._connect() or self.begin_anew()
        with closing(connection):
            yield connection

    @contextmanager
    def open_to_look(self) -> Iterator[sqlite3.Connection]:
        """Open the file as it is: nothing is made, changed or set aside.

        Raises
        ------
        OutputError
            If it can't be read, or is damaged.
        """
        with self.explained():
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE
            )
        with closing(connection), self.explained():
            connection.text_factory = lambda text: text.decode(errors="replace")
            yield connection

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what SQLite and the system say into an error that says what to do.

        Raises
        ------
        OutputError
            In place of any error of SQLite or of the system.
        """
        try:
            yield
        except OutputError:
            raise
        except (sqlite3.Error, OSError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY:
                raise BusyError(
                    f"{self.path}, {self.title}, in which another process writes",
                    expected="that process to end soon",
                    do="wait until it has, and run again; what is in the file stays there",
                ) from error
            if isinstance(error, sqlite3.NotSupportedError):
                raise OutputError(
                    f"{self.path}, {self.title}, of a layout that this version doesn't know ({error})",
                    expected="a file of this version",
                    do="use the version of genept that made it, or set GENEPT_CACHE to another folder",
                ) from error
            raise OutputError(
                f"{self.path}, {self.title}, can't be used ({error})",
                expected="a file that you may write to, with room on the disk",
                do="free the space, or set GENEPT_CACHE to another folder, and run again; "
                "what is in the file stays there",
            ) from error

    @contextmanager
    def transaction(self, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        """Do all that stands in the block, or nothing."""
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def place(self) -> tuple[int, int] | None:
        """Which file stands under the name: device and number; ``None`` where there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def tell_of_damage(self, n_rows: int, what: str) -> None:
        """Warn of rows that don't match their checksum."""
        log.warning("%s %s in %s are damaged; they are made again", f"{n_rows:,}", what, self.path)

    def begin_anew(self, *, thorough: bool = False) -> sqlite3.Connection:
        """Set the file aside if it is damaged, and open it or a new one.

        One process at a time, or a second one would set aside what the first has just begun.

        Parameters
        ----------
        thorough
            Whether SQLite goes over the whole file first, which takes long where it is large.
        """
        lock = sqlite3.connect(
            self.path.with_name(self.path.name + ".lock"), timeout=_PATIENCE, isolation_level=None
        )
        with closing(lock):
            lock.execute("BEGIN EXCLUSIVE")
            connection = self._connect()
            if connection is not None and thorough and not is_whole(connection):
                connection.close()
                connection = None
            if connection is None:
                aside = self._set_aside()
                connection = self._connect()
                if connection is not None and self.rescue is not None:
                    with self.transaction(connection):
                        rescued = self.rescue(connection, aside)
                    log.warning("%s rows of it could be brought over", f"{rescued:,}")
        if connection is None:
            raise sqlite3.DatabaseError("a new file is damaged as well")
        return connection

    def _connect(self) -> sqlite3.Connection | None:
        """Open and check the file; ``None`` if it is damaged."""
        # Two threads use the connection, one waiting for the other.
        connection = sqlite3.connect(
            self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        # Letters that broke must reach the checksum, which tells.
        connection.text_factory = lambda text: text.decode(errors="replace")
        sound = False
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            self._prepare(connection)
            sound = self.is_sound(connection)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            log.debug("%s: %s", self.path, error)
        finally:
            if not sound:
                connection.close()
        return connection if sound else None

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if _version(connection) == len(self.migrations):
            return
        with self.transaction(connection):
            version = _version(connection)
            if version > len(self.migrations):
                raise sqlite3.NotSupportedError(f"a later version of genept made it: its format is {version}")
            for statements in self.migrations[version:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(self.migrations)}")

    def _set_aside(self) -> Path:
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        aside = self.path.with_name(f"{self.path.stem}.damaged-{now}{self.path.suffix}")
        # Its journals go with it: SQLite's own tools may bring something back. They go first, or those of a
        # file that another process begins meanwhile might be taken for them.
        for end in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + end).rename(aside.with_name(aside.name + end))
        log.warning("%s is damaged; it was set aside as %s, and a new one is begun", self.path, aside)
        return aside


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is broken."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def is_whole(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong with the whole file."""
    try:
        return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return False


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
