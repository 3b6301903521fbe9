"""The authors' pickles, of both releases, and the zip in which they come."""

import hashlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.bounded import check_zip
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.pickle_reader import read_pickle
from genept.errors import (
    ArgumentError,
    EmbeddingsError,
    GeneptError,
    InputFileError,
    OutputError,
    name_some,
)

_HEAD = 1 << 12
# How a pickled dict of strings begins, from protocol 1 on: its first key, then a list or an array of NumPy's.
_DICT_OF_VECTORS = re.compile(
    rb"(?:\x80[\x02-\x05])?(?:\x95.{8})?}(?:\x94|q.|r.{4})?\(?"
    rb"(?:\x8c.|X.{4}).{1,100}?(?:\x94|q.|r.{4})(?:\]|.{0,3}numpy.{0,40}?(?:_reconstruct|_frombuffer))",
    re.DOTALL,
)
_PICKLE_NAME = re.compile(r"\.(?:pickle|pkl)\.?$")
# Vectors hardly compress; a member that claims to is no such file.
_MOST_COMPRESSED = 20
_LARGEST = 64 << 30


class GenePTPickle:
    """A dict of gene names and vectors, each a list or an array of shape (d,) or (1, d), pickled.

    Names that share one vector become one row with aliases: the authors' 93,800 names hold about 34,000
    vectors. Read by an interpreter of data that executes nothing; lists are read at four bytes a number,
    so that memory is bounded by the size of the file.

    Parameters
    ----------
    member
        Of a zip that holds several pickles, the one that is wanted.
    """

    name = "genept"
    title = "GenePT's pickles (both releases), also in their zip"
    origin = "https://zenodo.org/records/10833191 (Chen & Zou, Nature Biomedical Engineering 2024)"
    licence = "CC BY 4.0"

    def __init__(self, member: str = "") -> None:
        self.member = member

    def recognises(self, path: Path) -> bool:
        """Whether a file begins like a pickled dict of vectors, or is a zip with pickles."""
        try:
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    check_zip(archive, path)
                    return bool(_pickles(archive))
            with path.open("rb") as file:
                return _DICT_OF_VECTORS.match(file.read(_HEAD)) is not None
        except Exception:  # whatever is wrong with the file, it isn't recognised
            return False

    def read(self, path: Path) -> NamedVectors:
        """Read names and vectors, one row for each different vector, in the order of the file.

        Raises
        ------
        InputFileError
            If the file is broken, hostile, or no such dict.
        EmbeddingsError
            If vectors are ragged or of several widths.
        ArgumentError
            If a zip holds several pickles and none is named.
        OutputError
            If a zip's pickle can't be unpacked for want of room.
        """
        with self._unpacked(path) as pickle:
            content = read_pickle(pickle, floats=np.float32)
        if not isinstance(content, dict) or not content or not all(isinstance(k, str) for k in content):
            raise InputFileError(
                f"{path} holds {_what(content)}",
                expected="a dict of gene names and vectors",
                do="name the right file, or its format with --format",
            )
        names, rows = _different_vectors(content, path)
        return NamedVectors(
            names=tuple(first for first, *_ in names),
            aliases=tuple(tuple(others) for _, *others in names),
            vectors=rows,
            files=(path,),
            names_share_vectors=True,
            provenance={"member": self.member} if self.member else {},
        )

    @contextmanager
    def _unpacked(self, path: Path) -> Iterator[Path]:
        """Give the path of the pickle; one in a zip is unpacked under a name of our own, and removed."""
        if not zipfile.is_zipfile(path):
            yield path
            return
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "member"
            try:
                with zipfile.ZipFile(path) as archive:
                    check_zip(archive, path)
                    member = self._choose(archive, path)
                    with archive.open(member) as packed, target.open("wb") as file:
                        # zipfile stops at the size that the directory states, and checks the CRC.
                        shutil.copyfileobj(packed, file, 1 << 20)
            except GeneptError:
                raise
            except OSError as error:
                raise OutputError(
                    f"a pickle in {path} can't be unpacked ({error})",
                    expected=f"room for it in {folder}",
                    do="free space there, or set TMPDIR to another folder",
                ) from error
            except Exception as error:  # zipfile and its decompressors raise many kinds for a broken file
                raise InputFileError(
                    f"{path} is damaged ({str(error) or type(error).__name__})",
                    expected="a whole zip",
                    do="download it again",
                ) from error
            yield target

    def _choose(self, archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
        members = _pickles(archive)
        wanted = (
            [m for m in members if self.member in (m.filename, Path(m.filename).name)]
            if self.member
            else members
        )
        if len(wanted) != 1:
            raise ArgumentError(
                f"{path} holds {len(members)} pickles"
                + (f", none of them {self.member!r}" if self.member else "")
                + f": {name_some((m.filename for m in members), limit=20)}",
                expected="the name of one",
                do="name it: --format genept:NAME",
            )
        (member,) = wanted
        if (
            member.file_size > max(_MOST_COMPRESSED * member.compress_size, 1 << 20)
            or member.file_size > _LARGEST
        ):
            raise InputFileError(
                f"{member.filename} of {path} unpacks from {member.compress_size:,} to "
                f"{member.file_size:,} bytes",
                expected="vectors, which hardly compress",
                do="get the file from its source again",
            )
        return member


def _pickles(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        m for m in archive.infolist() if _PICKLE_NAME.search(m.filename) and Path(m.filename).stem != "data"
    ]


def _different_vectors(content: dict[str, Any], path: Path) -> tuple[list[list[str]], NDArray[np.float32]]:
    """Names by vector, and the vectors; what is read is let go, so that memory holds it once."""
    names: list[list[str]] = []
    rows: list[Any] = []
    seen: dict[int | bytes, int] = {}
    alive = []
    width = 0
    for name in list(content):
        value = content.pop(name)
        place = seen.get(id(value))
        if place is None:
            row = _row(value, name, path)
            width = width or len(row)
            if len(row) != width:
                raise EmbeddingsError(
                    f"vectors of {width} numbers ({names[0][0]}) and of {len(row)} ({name}) in {path}",
                    expected="vectors of one width",
                    do="get the file from its source again, or split it",
                )
            place = seen.setdefault(hashlib.blake2b(row.tobytes(), digest_size=16).digest(), len(names))
            seen[id(value)] = place
            # An identity says nothing once its object is gone.
            alive.append(value)
            if place == len(names):
                names.append([])
                rows.append(row)
        names[place].append(name)
    alive.clear()
    vectors = np.empty((len(rows), width), dtype=np.float32)
    for place in range(len(rows)):
        vectors[place] = rows[place]
        rows[place] = None
    return names, vectors


def _row(value: Any, name: str, path: Path) -> NDArray[Any]:
    """One vector of (d,) numbers, of the few forms in which it may come."""
    if isinstance(value, list) and all(isinstance(x, int | float) and not isinstance(x, bool) for x in value):
        value = np.array(value, dtype=np.float64)
    if (
        isinstance(value, np.ndarray)
        and value.dtype.kind in "fiu"
        and value.size
        and (value.ndim == 1 or (value.ndim == 2 and len(value) == 1))
    ):
        return value.reshape(-1)
    raise EmbeddingsError(
        f"{name!r} of {path} is {_what(value)}",
        expected="a vector: a list of numbers, or an array of shape (d,) or (1, d)",
        do="get the file from its source again",
    )


def _what(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    size = f" of {len(value):,}" if isinstance(value, dict | list | tuple | str) else ""
    return f"a {type(value).__name__}{size}"
