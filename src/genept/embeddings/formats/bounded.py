"""How much a file may unpack to: what is compressed could otherwise fill the memory."""

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from genept.errors import InputFileError

# Numbers written as text pack to about a half; a table of zeros and ones, to a hundredth.
MOST_TIMES = 200
MOST_MORE = 64 << 20
_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 1 << 24
_BUFFER = 1 << 20


def check_unpacked(size: int, path: Path) -> None:
    """Raise if what a file unpacks to is out of proportion to the file.

    Parameters
    ----------
    size
        Bytes that its parts claim, or that were unpacked so far.
    path
        The file.

    Raises
    ------
    InputFileError
        If that is more than 200 times the size of the file and 64 MB.
    """
    if size > MOST_TIMES * path.stat().st_size + MOST_MORE:
        raise InputFileError(
            f"{path} has {path.stat().st_size:,} bytes and unpacks to {size:,} or more",
            expected=f"no more than {MOST_TIMES} times its size and {MOST_MORE >> 20} MB",
            do="don't open it unless you know who made it; write it again without compression if it is yours",
        )


def check_zip(archive: zipfile.ZipFile, path: Path) -> None:
    """Raise for members that can't be read without unpacking them whole first, or not at all.

    Raises
    ------
    InputFileError
        If a member is encrypted, or compressed by another method than deflate.
    """
    for member in archive.infolist():
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputFileError(
                f"{path}, of which {member.filename!r} is encrypted or compressed in an unusual way",
                expected="members that are stored or deflated",
                do="write it again as a plain zip if you trust it",
            )


def open_bounded(path: Path) -> BinaryIO:
    """Open a file, unpacking it where it is gzipped, whatever its name says.

    Raises
    ------
    InputFileError
        If it can't be opened, and on reading, if it is damaged or unpacks to too much.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        return io.BufferedReader(_Unpacked(path), _BUFFER) if packed else path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def next_line(file: BinaryIO, path: Path) -> bytes:
    """Read one line, of a length that numbers of one gene can have; empty at the end.

    Raises
    ------
    InputFileError
        If a line is longer than 16 MB.
    """
    line = file.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise InputFileError(
            f"{path} has a line of more than {_LONGEST_LINE >> 20} MB",
            expected="one line for each gene",
            do="check that it is the right file",
        )
    return line


def unreadable(path: Path, error: Exception) -> InputFileError:
    """Make the error for a file that is missing, closed to us, or damaged."""
    if isinstance(error, FileNotFoundError):
        return InputFileError(f"{path} is not there", expected="a file that exists", do="check the path")
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return InputFileError(
        f"{path} can't be read ({reason})",
        expected="a whole file of the format that it is read as",
        do="check the path, its permissions and --format, or get an undamaged copy",
    )


class _Unpacked(io.RawIOBase):
    """The content of a gzipped file, counted while it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = gzip.open(path)  # noqa: SIM115 (closed by close)
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            size = self._file.readinto(buffer)
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(self._path, error) from error
        self._size += size
        check_unpacked(self._size, self._path)
        return size

    def close(self) -> None:
        self._file.close()
        super().close()
