"""What the gene benchmark scores: one row of numbers per gene, of an embedding, a control or masked texts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.errors import ArgumentError, EmbeddingsError, name_some
from genept.genes import GeneTable, refuse_repeated_symbols

LOGISTIC_REGRESSION, RANDOM_FOREST = "logistic_regression", "random_forest"
CLASSIFIERS = (LOGISTIC_REGRESSION, RANDOM_FOREST)
EMBEDDING, CONTROL, MASKED = "embedding", "control", "masked"
KINDS = (EMBEDDING, CONTROL, MASKED)

Vectors = NDArray[np.float32] | sparse.csr_array


@dataclass(frozen=True, eq=False)
class Representation:
    """Genes x features, one row per gene: what a classifier is given.

    Parameters
    ----------
    name
        Under which its scores stand; no two of a benchmark share one.
    kind
        ``"embedding"``, ``"control"`` or ``"masked"``.
    genes
        Who the rows are.
    vectors
        (n, d) array, or (n, d) CSR array for what is mostly zeros; kept as float32, the array read-only.
        Rows of zeros are allowed: a text of stop words alone has no other TF-IDF.
    about
        For a control or masked texts that belong to one embedding, that embedding's name; else empty.
    classifiers
        Those that make sense on it. A forest on thousands of sparse columns is slow and says little.

    Raises
    ------
    EmbeddingsError
        If the shape is wrong, there is nothing in it, or a value isn't finite.
    GeneNamesError
        If two rows have the same symbol.
    ArgumentError
        If the name is empty, or the kind or a classifier is none that is known.

    Examples
    --------
    >>> Representation("mine", "embedding", GeneTable(("CD3E", "LYZ")), np.eye(2, dtype=np.float32))
    Representation 'mine' of 2 genes x 2 features
    """

    name: str
    kind: str
    genes: GeneTable
    vectors: Vectors
    about: str = ""
    classifiers: tuple[str, ...] = CLASSIFIERS

    def __post_init__(self) -> None:
        _check_words(self)
        refuse_repeated_symbols(self.genes.symbols)
        vectors = _as_float32(self.vectors)
        if vectors.ndim != 2 or 0 in vectors.shape or vectors.shape[0] != len(self.genes):
            raise EmbeddingsError(
                f"{self.name!r}: vectors of shape {vectors.shape} for {len(self.genes):,} genes",
                expected="a (genes x features) array with at least one gene and one feature",
                do="pass one row for each gene, in the order of the genes",
            )
        bad = _rows_not_finite(vectors)
        if len(bad):
            raise EmbeddingsError(
                f"{self.name!r}: {len(bad):,} genes with a value that isn't finite: "
                f"{name_some(self.genes.symbols[row] for row in bad)}",
                expected="a finite number for every gene and feature",
                do="leave these genes out",
            )
        object.__setattr__(self, "vectors", vectors)

    def __repr__(self) -> str:
        rows, columns = self.vectors.shape
        return f"Representation {self.name!r} of {rows:,} genes x {columns:,} features"


@dataclass(frozen=True)
class NotComputed:
    """A representation that can't be made, and why: it stands in the results, where its scores would.

    Parameters
    ----------
    name, kind, about
        As those of the :class:`Representation` that it would be.
    reason
        In words, with what to do about it where something can be done.

    Examples
    --------
    >>> NotComputed("gene names alone", "control", "ada", "each text would cost money").reason
    'each text would cost money'
    """

    name: str
    kind: str
    about: str
    reason: str

    def __post_init__(self) -> None:
        _check_words(self)
        if not self.reason.strip():
            raise ArgumentError(
                f"{self.name!r} isn't computed, without a reason", expected="why not", do="give the reason"
            )


def _check_words(of: Representation | NotComputed) -> None:
    if not of.name.strip():
        raise ArgumentError("an empty name", expected="what the scores stand under", do="give it a name")
    if of.kind not in KINDS:
        raise ArgumentError(
            f"{of.name!r} of kind {of.kind!r}", expected=f"one of {', '.join(KINDS)}", do="choose one"
        )
    classifiers = of.classifiers if isinstance(of, Representation) else CLASSIFIERS
    if not classifiers or not set(classifiers) <= set(CLASSIFIERS):
        raise ArgumentError(
            f"{of.name!r} with the classifiers {name_some(classifiers) or '(none)'}",
            expected=f"some of {', '.join(CLASSIFIERS)}",
            do="name those that make sense on it",
        )


def _as_float32(given: Vectors) -> Vectors:
    # What float32 can't hold becomes infinite, and is refused by name.
    with np.errstate(over="ignore"):
        if not isinstance(given, np.ndarray):
            return sparse.csr_array(given).astype(np.float32)
        vectors: NDArray[np.float32] = np.ascontiguousarray(given, dtype=np.float32).view()
    vectors.flags.writeable = False
    return vectors


def _rows_not_finite(vectors: Vectors) -> NDArray[np.intp]:
    if isinstance(vectors, np.ndarray):
        return np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    rows = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    return np.unique(rows[~np.isfinite(vectors.data)])
