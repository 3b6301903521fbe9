"""``safetensors``: one matrix, and the genes' names in the file's metadata.

The layout is genept's own: a single two-dimensional tensor of floats, written as ``vectors``, and under
``genes`` in the metadata a JSON list with a name for each row; identifiers and other names likewise, under
the labels of :mod:`~genept.embeddings.formats.export_layout`. Other entries of the metadata are strings, what
the file says of itself.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.atomic import written_whole
from genept.embeddings.formats.export_layout import COLUMNS, RECORD, named_vectors
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.safetensors_tensor import broken, read_header, read_tensor
from genept.embeddings.formats.vocabulary import names_by_row
from genept.errors import ArgumentError

_METADATA, _GENES, _VECTORS = "__metadata__", "genes", "vectors"


class SafetensorsFile:
    """A ``.safetensors`` file with gene names."""

    name = "safetensors"
    title = "a .safetensors file with one matrix, and the genes as a JSON list in its metadata"
    origin = "written by genept; the container: https://github.com/huggingface/safetensors"
    licence = "that of the vectors in it"

    def recognises(self, path: Path) -> bool:
        """Whether its header lists genes."""
        return _GENES in _metadata_of(read_header(path))

    def read(self, path: Path) -> NamedVectors:
        """Read the genes and their vectors.

        Raises
        ------
        InputFileError
            If the file is broken, lists no genes, or has not exactly one matrix.
        EmbeddingsError
            If a name is empty or repeated, or there is not one for each row.
        """
        header = read_header(path)
        metadata = _metadata_of(header)
        tensors = [key for key in header if key != _METADATA]
        matrices = [key for key in tensors if _is_matrix(header[key])]
        if len(matrices) != 1:
            raise broken(
                path, f"has {len(matrices)} matrices of floats among {len(tensors)} tensors, and not one"
            )
        listed = _read_list(metadata, _GENES, path)
        names = names_by_row(((name, row) for row, name in enumerate(listed)), path)
        vectors = read_tensor(path, matrices[0])
        kept = (_GENES, RECORD, *COLUMNS)
        return named_vectors(
            names,
            vectors,
            path,
            columns={label: _read_column(metadata, label, path) for label in COLUMNS if label in metadata},
            record=str(metadata.get(RECORD, "")),
            said={key: str(value) for key, value in metadata.items() if key not in kept},
        )


def write_safetensors(
    path: Path, names: Sequence[str], vectors: NDArray[np.floating[Any]], metadata: Mapping[str, str]
) -> None:
    """Write names and vectors to a ``.safetensors`` file, whole or not at all.

    Parameters
    ----------
    path
        Where to; replaced if it is there.
    names
        One for each row.
    vectors
        (n, d) array.
    metadata
        What the file says of itself, in strings; ``genes`` is taken.

    Raises
    ------
    ArgumentError
        If the metadata has an entry ``genes``.
    EmbeddingsError
        If there is not one name for each row, or a name is empty or repeated.
    OutputError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "genes.safetensors"
    >>> write_safetensors(path, ["CD3E", "LYZ"], np.eye(2), {"source": "an example"})
    >>> SafetensorsFile().read(path).names
    ('CD3E', 'LYZ')
    """
    from safetensors.numpy import save

    if _GENES in metadata:
        raise ArgumentError(
            "metadata with an entry 'genes'",
            expected="other names",
            do="pass the genes as names, and not twice",
        )
    kept = NamedVectors(names_by_row(((name, row) for row, name in enumerate(names)), path), vectors, ())
    # The library writes a view's memory as it lies, not as it is seen.
    matrix = np.ascontiguousarray(kept.vectors)
    content = save({_VECTORS: matrix}, metadata={**metadata, _GENES: json.dumps(kept.names)})
    with written_whole(path) as draft:
        draft.write_bytes(content)


def _metadata_of(header: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = header.get(_METADATA)
    return metadata if isinstance(metadata, dict) else {}


def _is_matrix(entry: Any) -> bool:
    """Whether an entry of the header describes a two-dimensional tensor of floats."""
    if not isinstance(entry, dict) or not isinstance(entry.get("shape"), list):
        return False
    return len(entry["shape"]) == 2 and str(entry.get("dtype")) in ("F64", "F32", "F16", "BF16")


def _read_list(metadata: Mapping[str, Any], key: str, path: Path) -> list[object]:
    try:
        listed = json.loads(metadata[key])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise broken(path, f"has no list of {key} in its metadata ({type(error).__name__})") from error
    if not isinstance(listed, list):
        raise broken(path, f"has {key} in its metadata that are no list")
    return listed


def _read_column(metadata: Mapping[str, Any], label: str, path: Path) -> list[str]:
    cells = _read_list(metadata, label, path)
    if not all(isinstance(cell, str) for cell in cells):
        raise broken(path, f"has {label} in its metadata that are no list of strings")
    return [str(cell) for cell in cells]
