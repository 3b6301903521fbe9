"""Names and vectors as a foreign file has them, before anything is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.errors import EmbeddingsError


@dataclass(frozen=True, eq=False)
class NamedVectors:
    """What a file of gene embeddings holds.

    Parameters
    ----------
    names
        One name for each row: symbols, Ensembl ids, whatever the file has.
    vectors
        (n, d) array of numbers.
    aliases
        For each row the other names under which the file has the same vector; left out where none has.
    names_share_vectors
        Whether a row's names are as good as one another, since the file has them all with that vector:
        then the approved symbol, where it is known, becomes the row's name.
    known
        What else the file says of each gene, under the labels of
        :data:`~genept.embeddings.formats.export_layout.COLUMNS`: one string a gene, several joined by ``|``.
    record
        The provenance that genept wrote into the file, where it is one of genept's exports.
    left_out
        What the file holds that is no gene (special tokens, say), name to reason.
    files
        The files that were read.
    provenance
        What else the file says of itself, in strings.

    Raises
    ------
    EmbeddingsError
        If there is not one vector for each name.
    """

    names: tuple[str, ...]
    vectors: NDArray[np.floating[Any]]
    files: tuple[Path, ...]
    aliases: tuple[tuple[str, ...], ...] = ()
    names_share_vectors: bool = False
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.names):
            raise EmbeddingsError(
                f"{len(self.names):,} names for vectors of shape {self.vectors.shape}",
                expected="one vector for each name, all of one width",
                do="check that the list of names belongs to these vectors",
            )
        object.__setattr__(self, "aliases", tuple(self.aliases) or ((),) * len(self.names))
        if len(self.aliases) != len(self.names):
            raise EmbeddingsError(
                f"{len(self.names):,} names but aliases of {len(self.aliases):,}",
                expected="aliases, perhaps none, for each name",
                do="get the file from its source again",
            )
