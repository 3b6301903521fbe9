"""What makes two runs the same job, so that one can go on where the other stopped."""

import hashlib
from typing import Any

import numpy as np

from genept import __version__
from genept.embeddings import GeneEmbeddings
from genept.genes import GeneMatch
from genept.stream.reading.source import Cells
from genept.stream.survey import Survey


def job_identity(
    cells: Cells, match: GeneMatch, found: Survey, *, genes: GeneEmbeddings | None, how: dict[str, Any]
) -> dict[str, Any]:
    """Say what is embedded and how, as JSON can hold it.

    What only decides whether the result is accepted, such as the coverage asked for, isn't part of it: a run
    that was refused goes on under other terms.

    Parameters
    ----------
    cells
        The cells.
    match
        Which genes are used.
    found
        What the values are.
    genes
        The vectors, for a method that uses them.
    how
        What else the vectors of cells depend on.
    """
    return {
        "input": str(cells.path.resolve()),
        "input_is": cells.state(),
        "matrix": cells.origin,
        "cells": cells.shape[0],
        "genes": cells.shape[1],
        "values": found.kind,
        "log_base": found.log_base,
        "gene_names": _sha256("\n".join(match.names).encode()),
        "columns": _sha256(match.columns.astype("<i8").tobytes(), match.rows.astype("<i8").tobytes()),
        "gene_vectors": None if genes is None else _sha256(np.ascontiguousarray(genes.vectors).data),
        "genept": __version__,
        **how,
    }


def _sha256(*parts: bytes | memoryview) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
