"""GeneEmbeddings: one vector per gene, with its provenance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.errors import EmbeddingsError, name_some
from genept.genes import GeneTable, refuse_repeated_symbols


@dataclass(frozen=True, eq=False)
class GeneEmbeddings:
    """Genes x dimensions, float32, one row per gene; aliases are names of a row, never rows.

    Parameters
    ----------
    genes
        The genes, in the order of the rows.
    vectors
        (n, d) array; kept as read-only float32. A gene without a vector is left out: rows of
        zeros are refused.
    provenance
        How the vectors came about: ``texts``, ``encoder`` and more, each a dict of strings.
    text_sha256
        sha256 of the text behind each vector, where known.
    encoder_state
        What an encoder that was fitted on the texts learned, so that new texts can be embedded.

    Raises
    ------
    EmbeddingsError
        If the shape is wrong, there are no genes, a value isn't finite or a row is all zero.
    GeneNamesError
        If two rows have the same symbol.

    Examples
    --------
    >>> import numpy as np
    >>> genes = GeneEmbeddings(GeneTable(("CD3E", "LYZ")), np.eye(2))
    >>> genes
    GeneEmbeddings of 2 genes x 2 dimensions
    """

    genes: GeneTable
    vectors: NDArray[np.float32]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    text_sha256: tuple[str, ...] | None = None
    encoder_state: Mapping[str, NDArray[Any]] | None = None

    def __post_init__(self) -> None:
        refuse_repeated_symbols(self.genes.symbols)
        # What float32 can't hold becomes infinite, and is refused below by name.
        with np.errstate(over="ignore"):
            vectors = np.array(self.vectors, dtype=np.float32, order="C")
        if vectors.ndim != 2 or 0 in vectors.shape or len(vectors) != len(self.genes):
            raise EmbeddingsError(
                f"vectors of shape {vectors.shape} for {len(self.genes):,} genes",
                expected="a (genes x dimensions) array with at least one gene and one dimension",
                do="pass one row for each gene, in the order of the genes",
            )
        self._refuse_rows(np.asarray(~np.isfinite(vectors).all(axis=1)), "a value that isn't finite")
        self._refuse_rows((vectors == 0).all(axis=1), "a vector of zeros")
        if self.text_sha256 is not None and len(self.text_sha256) != len(self.genes):
            raise EmbeddingsError(
                f"{len(self.text_sha256):,} text checksums for {len(self.genes):,} genes",
                expected="one for each gene, or None",
                do="pass them in the order of the genes",
            )
        for part in ("texts", "encoder"):
            if not isinstance(self.provenance.get(part, {}), Mapping):
                raise EmbeddingsError(
                    f"provenance[{part!r}] is a {type(self.provenance[part]).__name__}",
                    expected="a dict of strings",
                    do=f"write {{{part!r}: {{'name': ...}}}}, say",
                )
        object.__setattr__(self, "provenance", dict(self.provenance))
        vectors.flags.writeable = False
        object.__setattr__(self, "vectors", vectors)

    def _refuse_rows(self, bad: NDArray[np.bool_], what: str) -> None:
        if bad.any():
            names = [self.genes.symbols[row] for row in np.flatnonzero(bad)]
            raise EmbeddingsError(
                f"{len(names):,} genes with {what}: {name_some(names)}",
                expected="a finite vector for every gene; a gene without one is left out",
                do="leave these genes out",
            )

    def __repr__(self) -> str:
        return f"GeneEmbeddings of {len(self.genes):,} genes x {self.vectors.shape[1]:,} dimensions"

    def __sklearn_clone__(self) -> "GeneEmbeddings":
        """Return itself: else scikit-learn copies the vectors, which can't change, with every clone."""
        return self

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return int(self.vectors.shape[1])
