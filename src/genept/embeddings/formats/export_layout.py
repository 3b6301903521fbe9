"""What files that genept exports hold beside names and vectors, and under which labels."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.named_vectors import NamedVectors
from genept.errors import EmbeddingsError
from genept.genes.frame import parted

# The provenance as JSON: in the metadata of Parquet, and in files without such a place of their own.
PARQUET_KEY, RECORD = b"genept", "provenance"
ALIASES = "aliases"
IDENTIFIERS = ("entrez_id", "ensembl_id")
# One string for each gene; where it has several of a kind, they are joined by a bar.
COLUMNS = (*IDENTIFIERS, "full_name", "previous", ALIASES, "text_sha256")


def named_vectors(
    names: Sequence[str],
    vectors: NDArray[np.floating[Any]],
    path: Path,
    *,
    columns: Mapping[str, Sequence[str]],
    record: str = "",
    said: Mapping[str, str] | None = None,
) -> NamedVectors:
    """Put together what was read from a file that may be an export of genept's.

    Parameters
    ----------
    names, vectors
        One name and one vector for each row.
    path
        The file.
    columns
        Those of :data:`COLUMNS` that it has, as they stand there.
    record
        What it has for a provenance; only the JSON of a dict is one.
    said
        What else is to be told of the file.

    Raises
    ------
    EmbeddingsError
        If a column hasn't one string for each name.
    """
    for label, cells in columns.items():
        if len(cells) != len(names):
            raise EmbeddingsError(
                f"{len(cells):,} {label} for {len(names):,} names in {path}",
                expected="as many, an empty string where a gene has none",
                do="write the file again",
            )
    return NamedVectors(
        tuple(names),
        vectors,
        (path,),
        aliases=tuple(map(parted, columns.get(ALIASES, ()))),
        known={label: tuple(cells) for label, cells in columns.items() if label != ALIASES},
        record=_as_record(record),
        provenance=said or {},
    )


def _as_record(content: str) -> Mapping[str, Any]:
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
