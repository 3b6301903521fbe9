"""Which gene stands in which row of a matrix, by the list or dictionary that comes with a model."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.named_vectors import NamedVectors
from genept.errors import EmbeddingsError


def names_by_row(tokens: Iterable[tuple[object, object]], origin: Path) -> tuple[str, ...]:
    """Put the names of a vocabulary in the order of their rows.

    Parameters
    ----------
    tokens
        Pairs of name and row.
    origin
        The file that they are from.

    Returns
    -------
    tuple of str
        One name for each row, 0 to n - 1.

    Raises
    ------
    EmbeddingsError
        If a name is empty or repeated, or a row is repeated or outside 0 to n - 1.

    Examples
    --------
    >>> names_by_row([("LYZ", 1), ("<pad>", 0)], Path("vocab.json"))
    ('<pad>', 'LYZ')
    """
    tokens = list(tokens)
    rows: dict[int, str] = {}
    seen: set[str] = set()
    for name, row in tokens:
        if not isinstance(name, str) or not name.strip():
            raise _wrong(origin, f"the name {name!r}, for row {row}")
        if name in seen:
            raise _wrong(origin, f"{name!r} twice")
        if isinstance(row, bool) or not isinstance(row, int | np.integer) or not 0 <= row < len(tokens):
            raise _wrong(origin, f"{name!r} in row {row!r}, with {len(tokens):,} names")
        if int(row) in rows:
            raise _wrong(origin, f"{rows[int(row)]!r} and {name!r} both in row {row}")
        seen.add(name)
        rows[int(row)] = name
    return tuple(rows[row] for row in range(len(tokens)))


def genes_of(
    names: tuple[str, ...],
    vectors: NDArray[np.floating[Any]],
    *,
    special: Collection[str],
    files: tuple[Path, ...],
    provenance: Mapping[str, str] | None = None,
) -> NamedVectors:
    """Take the genes out of a model's matrix, and leave out its special tokens.

    Parameters
    ----------
    names
        One for each row of ``vectors``.
    special
        Names that are no genes.

    Returns
    -------
    NamedVectors
        The genes in the order of their rows; the special tokens in ``left_out``.
    """
    genes = [row for row, name in enumerate(names) if name not in special]
    return NamedVectors(
        names=tuple(names[row] for row in genes),
        vectors=vectors[genes],
        files=files,
        left_out={name: "a special token of the model, no gene" for name in names if name in special},
        provenance=provenance or {},
    )


def _wrong(origin: Path, what: str) -> EmbeddingsError:
    return EmbeddingsError(
        f"{origin} has {what}",
        expected="every gene once, each in a row of its own",
        do="get the file from its source again, or mend that entry",
    )
