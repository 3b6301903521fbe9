"""NumPy's .npz: an array of names and an array of vectors."""

import math
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from genept.embeddings.formats.bounded import check_unpacked, check_zip, unreadable
from genept.embeddings.formats.export_layout import COLUMNS, RECORD, named_vectors
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.names import check_names
from genept.errors import EmbeddingsError, GeneptError, InputFileError, name_some

NAMES = ("genes", "names", "symbols", "gene_names")
VECTORS = ("vectors", "embeddings", "X")
_CARRIED = (*COLUMNS, RECORD)
_Header = tuple[tuple[int, ...], np.dtype[Any]]


class Npz:
    """Arrays in a zip: names (1-d strings) and vectors (2-d floats), as ``numpy.savez`` writes them.

    The names are ``genes``, ``names``, ``symbols`` or ``gene_names``, or the only 1-d array of strings; the
    vectors ``vectors``, ``embeddings`` or ``X``, or the only 2-d array of floats. What
    genept's own files hold beside (``aliases``, ``entrez_id``, ``provenance``, ...) is kept; other arrays are
    named in the provenance. Arrays of objects
    are pickles, and refused.
    """

    name = "npz"
    title = "NumPy .npz with names and vectors"
    origin = "numpy.savez; also what `genept genes convert` writes"
    licence = "as its authors say"

    def recognises(self, path: Path) -> bool:
        """Whether it is a zip in which every member is an array."""
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.namelist()
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        return len(members) > 1 and all(member.endswith(".npy") for member in members)

    def read(self, path: Path) -> NamedVectors:
        """Read names and vectors, after every array's header was checked against the zip's directory.

        Raises
        ------
        InputFileError
            If the file is damaged, or an array is pickled or unpacks to another size than it says.
        EmbeddingsError
            If it can't be told which arrays are meant, or names are empty or repeated.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                check_unpacked(sum(member.file_size for member in archive.infolist()), path)
                headers = _headers(archive, path)
                names = _choose(headers, NAMES, "names (1-d strings)", path)
                vectors = _choose(headers, VECTORS, "vectors (2-d floats)", path)
                n_names, n_vectors = headers[names][0][0], headers[vectors][0][0]
                if n_names != n_vectors:
                    raise EmbeddingsError(
                        f"{n_names:,} names for {n_vectors:,} vectors in {path}",
                        expected="one name for each vector",
                        do="write the file again",
                    )
                wanted = [key for key in (names, vectors, *_CARRIED) if key in headers]
                kept = {key: _array(archive, key) for key in wanted}
        except GeneptError:
            raise
        except Exception as error:  # zipfile, its decompressors and NumPy raise many kinds for a broken file
            raise unreadable(path, error) from error
        listed = _strings(kept[names], path)
        check_names(listed, path)
        rest = ", ".join(sorted(set(headers) - set(kept)))
        return named_vectors(
            listed,
            kept[vectors],
            path,
            columns={label: _strings(kept[label], path) for label in COLUMNS if label in kept},
            record="".join(_strings(kept[RECORD], path)) if RECORD in kept else "",
            said={"arrays_not_read": rest} if rest else {},
        )


def _headers(archive: zipfile.ZipFile, path: Path) -> dict[str, _Header]:
    """Shape and type of every array, none of them read yet."""
    headers: dict[str, _Header] = {}
    check_zip(archive, path)
    for member in archive.infolist():
        key = member.filename.removesuffix(".npy")
        with archive.open(member) as file:
            shape, dtype = _header(file)
            start = file.tell()
        if dtype.itemsize == 0:
            raise _refused(path, f"the array {key!r} of strings of no length")
        if dtype.hasobject:
            raise _refused(path, f"the array {key!r} of Python objects, which is a pickle")
        size = start + dtype.itemsize * math.prod(shape)
        if min(shape, default=0) < 0 or size != member.file_size or key in headers:
            raise _refused(path, f"the array {key!r} of another size than it says, or twice")
        headers[key] = (shape, dtype)
    return headers


def _array(archive: zipfile.ZipFile, key: str) -> NDArray[Any]:
    with archive.open(f"{key}.npy") as file:
        array: NDArray[Any] = npy.read_array(file, allow_pickle=False)
    return array


def _header(file: IO[bytes]) -> _Header:
    version = npy.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"an array file of version {version}")
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(file)
    return shape, dtype


def _choose(headers: Mapping[str, _Header], known: Sequence[str], what: str, path: Path) -> str:
    kinds, ndim = ("US", 1) if known is NAMES else ("f", 2)
    fit = [key for key, (shape, dtype) in headers.items() if dtype.kind in kinds and len(shape) == ndim]
    called = [key for key in known if key in fit] or [key for key in fit if key not in _CARRIED]
    if not called or (len(called) > 1 and called[0] not in known):
        there = (f"{key} {dtype} {shape}" for key, (shape, dtype) in headers.items())
        raise EmbeddingsError(
            f"{path} with the arrays {name_some(there, limit=10)}",
            expected=f"one array of {what}, or one called {', '.join(known)}",
            do="write it with numpy.savez(path, genes=np.array(names, dtype=str), vectors=vectors)",
        )
    return called[0]


def _strings(array: NDArray[Any] | Sequence[str], path: Path) -> list[str]:
    try:
        return [
            value.decode() if isinstance(value, bytes) else str(value) for value in np.ravel(array).tolist()
        ]
    except UnicodeDecodeError as error:
        raise unreadable(path, error) from error


def _refused(path: Path, what: str) -> InputFileError:
    return InputFileError(
        f"{path} has {what}",
        expected="arrays of numbers and strings, written by numpy.savez",
        do="write names as np.array(names, dtype=str), and get an undamaged copy from someone you trust",
    )
