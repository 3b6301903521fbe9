"""What in an AnnData file could be vectors of genes."""

import re
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from genept.embeddings.formats.h5_parts import frame_names, part
from genept.embeddings.formats.table_labels import numbered
from genept.errors import InputFileError, name_some

_BARCODE = re.compile(r"[ACGTN]{8,}")


def the_one_reading(file: h5py.File, path: Path) -> str:
    """Say where the vectors are, if the file leaves no doubt.

    Genes are taken to be in ``obs`` where there are no variables, or they are numbered as dimensions are
    (``0``, ``1``, ... or ``emb1``, ``emb2``, ...), and the observations are neither numbered nor barcodes of
    cells; then X (dense floats only), every ``obsm`` and every ``varm`` is a possible reading. Otherwise the
    variables may be genes, and every ``varm`` is one: X may be expression and ``obsm`` vectors of cells, so
    these must be asked for.

    Returns
    -------
    str
        ``X``, ``obsm/KEY`` or ``varm/KEY``.

    Raises
    ------
    InputFileError
        If none or more than one is possible; it says what can be asked for.
    """
    variables, observations = frame_names(file, "var", path), frame_names(file, "obs", path)
    possible = [f"varm/{key}" for key in _keys(file, "varm", path)]
    asked_only = [f"obsm/{key}" for key in _keys(file, "obsm", path)]
    x = part(file, "X", path)
    are_dimensions = not variables or numbered(variables)
    if are_dimensions and observations and not numbered(observations) and not _barcodes(observations):
        possible, asked_only = [*possible, *asked_only], []
        if isinstance(x, h5py.Dataset) and x.dtype.kind == "f" and variables:
            possible.append("X")
    if len(possible) == 1:
        return possible[0]
    if x is not None and "X" not in possible:
        asked_only.append("X")
    could_be = [f"anndata:{where}" for where in [*possible, *asked_only]]
    several = f"has {len(possible)} places that may hold vectors of genes: {name_some(possible, limit=10)}"
    raise InputFileError(
        f"{path} {several if possible else 'holds no gene embeddings, as far as can be seen'}",
        expected="one place, or that you say which: varm is of variables, X and obsm are of observations",
        do=f"say --format {name_some(could_be, limit=10)}" if could_be else "check that it is the right file",
    )


def shape_of(found: h5py.Dataset | h5py.Group) -> tuple[int, ...]:
    """Shape of a dense or sparse matrix, without reading it."""
    shape = found.shape if isinstance(found, h5py.Dataset) else found.attrs.get("shape", ())
    return tuple(int(n) for n in np.atleast_1d(shape))


def _keys(file: h5py.File, frame: str, path: Path) -> list[str]:
    found = part(file, frame, path)
    if not isinstance(found, h5py.Group):
        return []
    return [key for key in found if len(shape_of(part(file, f"{frame}/{key}", path))) == 2]


def _barcodes(names: Sequence[str]) -> bool:
    some = names[:1000]
    return 2 * sum(bool(_BARCODE.search(name)) for name in some) > len(some)
