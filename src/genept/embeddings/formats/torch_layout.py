"""The files of ``torch.save`` from outside, without torch: a zip, or before version 1.6 pickles in a row."""

import zipfile
from pathlib import Path

from genept.embeddings.formats.bounded import check_zip
from genept.errors import InputFileError

_ZIP_START = b"PK\x03\x04"
# Names of tensors stand at the beginning of the older layout, and in a member of their own in the zip.
_NAMES_BYTES = 8 * 2**20


def is_zip(path: Path) -> bool:
    """Whether a file has the newer layout; by its first bytes, as torch itself decides."""
    with path.open("rb") as file:
        return file.read(len(_ZIP_START)) == _ZIP_START


def mentions_in_torch(path: Path, key: str) -> bool:
    """Whether ``key`` is in the name of a tensor. Reads the names only, and raises nothing."""
    try:
        if not is_zip(path):
            with path.open("rb") as file:
                return key.encode() in file.read(_NAMES_BYTES)
        with zipfile.ZipFile(path) as archive:
            check_zip(archive, path)
            pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            if not pickles:
                return False
            with archive.open(pickles[0]) as names:
                return key.encode() in names.read(_NAMES_BYTES)
    except Exception:  # whatever is wrong with the file, it isn't recognised
        return False


def check_members(path: Path) -> None:
    """Refuse bombs, and members that don't match their checksum, which torch doesn't look at.

    Raises
    ------
    InputFileError
        If a member is compressed or damaged, or they claim more bytes than the file has.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        packed = [member.filename for member in members if member.compress_type != zipfile.ZIP_STORED]
        if packed:
            raise refusal(path, f"has compressed members ({packed[0]}), which torch.save never writes")
        for member in members:
            if member.filename.endswith("data.pkl"):
                _refuse_bytearrays(archive.read(member), path)
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise refusal(path, "claims to hold more bytes than it has")
        damaged = archive.testzip()
        if damaged is not None:
            raise refusal(path, f"is damaged: {damaged} doesn't match its checksum")


def check_older(path: Path) -> None:
    """Refuse what the older layout has no use for.

    Raises
    ------
    InputFileError
        If it would have memory taken that the file doesn't fill.
    """
    with path.open("rb") as file:
        _refuse_bytearrays(file.read(_NAMES_BYTES), path)


def _refuse_bytearrays(pickle: bytes, path: Path) -> None:
    # torch's own list allows bytearray(n), which takes n bytes for a few in the file.
    if b"bytearray" in pickle:
        raise refusal(path, "holds bytearray, which is refused")


def member_sizes(path: Path) -> set[int]:
    """List the sizes of a zip's members in bytes."""
    with zipfile.ZipFile(path) as archive:
        return {member.file_size for member in archive.infolist()}


def refusal(path: Path, what: str) -> InputFileError:
    """Make the error for a file that can't be read safely."""
    return InputFileError(
        f"{path} {what}",
        expected="an undamaged file of torch.save with tensors, and nothing that would have to be executed",
        do="get the file from its source again; if it stays so, don't open it with anything else either",
    )
