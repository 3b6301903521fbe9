"""AnnData files in which others keep gene embeddings."""

from pathlib import Path

import h5py
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from genept.embeddings.formats.anndata_readings import shape_of, the_one_reading
from genept.embeddings.formats.bounded import check_unpacked, unreadable
from genept.embeddings.formats.h5_heaps import check_heaps
from genept.embeddings.formats.h5_parts import frame_names, is_short_text, part, read_part
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.names import check_names
from genept.errors import ArgumentError, EmbeddingsError, GeneptError

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
# What genept.embeddings.file writes as the kind of its own files, which it reads itself.
_OWN_KIND = b"gene embeddings"


class AnnDataFile:
    """An ``.h5ad`` with vectors of genes in X, ``obsm`` or ``varm``, other than genept's own file.

    Most such files are cells x genes and hold no vector of a gene but in ``varm``. What is taken
    without being asked for is said by :func:`~genept.embeddings.formats.anndata_readings.the_one_reading`.

    Parameters
    ----------
    argument
        Where the vectors are: ``X`` or ``obsm/KEY`` (genes are the observations) or ``varm/KEY`` (genes are
        the variables). What is asked for is read whatever it looks like.

    Raises
    ------
    ArgumentError
        If the argument is another.
    """

    name = "anndata"
    title = "AnnData .h5ad with vectors of genes in X, obsm or varm"
    origin = "any tool of the AnnData family"
    licence = "as its authors say"

    def __init__(self, argument: str = "") -> None:
        frame, _, key = argument.partition("/")
        if argument not in ("", "X") and not (frame in ("obsm", "varm") and key):
            raise ArgumentError(
                f"the place {argument!r} of vectors in an AnnData file",
                expected="X, obsm/KEY or varm/KEY",
                do="say --format anndata:varm/PCs, for example",
            )
        self.where = argument

    def recognises(self, path: Path) -> bool:
        """Whether it is an AnnData file, and none of genept's own; only the names of its parts are read."""
        try:
            with path.open("rb") as file:
                if file.read(len(_SIGNATURE)) != _SIGNATURE:
                    return False
            with h5py.File(path, "r") as parts:
                check_heaps(parts, path)
                kind = part(parts, "uns/genept/kind", path)
                own = isinstance(kind, h5py.Dataset) and is_short_text(kind) and kind[()] == _OWN_KIND
                return "obs" in parts and "var" in parts and not own
        except Exception:  # h5py raises many kinds for a broken file
            return False

    def read(self, path: Path) -> NamedVectors:
        """Read the vectors that were asked for, or the only ones that can be meant.

        Returns
        -------
        NamedVectors
            Dense vectors, of float32 where they were integers; ``provenance["place"]`` says where they were.

        Raises
        ------
        InputFileError
            If the file is damaged, links to others, or claims more than a file of its size can hold.
        EmbeddingsError
            If what is asked for isn't there or is no matrix of numbers, if it isn't clear what is meant, or
            if names are empty or repeated.
        """
        try:
            with h5py.File(path, "r") as file:
                check_heaps(file, path)
                return _read(file, self.where or the_one_reading(file, path), path)
        except GeneptError:
            raise
        except Exception as error:  # h5py and anndata raise many kinds for a broken file
            raise unreadable(path, error) from error


def _read(file: h5py.File, where: str, path: Path) -> NamedVectors:
    found = part(file, where, path)
    shape = () if found is None else shape_of(found)
    if len(shape) != 2 or 0 in shape:
        raise EmbeddingsError(
            f"no matrix {where} in {path}",
            expected="vectors where they were asked for",
            do="look what there is with anndata.read_h5ad(path)",
        )
    # Sparse or dense in the file, it is dense afterwards.
    check_unpacked(4 * shape[0] * shape[1], path)
    names = frame_names(file, "var" if where.startswith("varm/") else "obs", path)
    matrix = read_part(file, where, path)
    if isinstance(matrix, csr_matrix | csc_matrix):
        # Places beyond its shape would be written to beyond the array.
        matrix.check_format(full_check=True)
        matrix = matrix.toarray()
    dense = np.asarray(matrix)
    if dense.dtype.kind not in "fiu":
        raise EmbeddingsError(
            f"{where} of {path} holds {dense.dtype}",
            expected="numbers",
            do="ask for another place with --format anndata:varm/KEY, say",
        )
    check_names(names, path)
    vectors = dense if dense.dtype.kind == "f" else dense.astype(np.float32)
    return NamedVectors(tuple(names), vectors, (path,), provenance={"place": where})
