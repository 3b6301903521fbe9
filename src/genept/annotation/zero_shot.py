"""Labels from what is written about cell types, without any labelled cell."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from genept.annotation.common_part import common_directions, unit_rows, without
from genept.annotation.labelled import Labelled
from genept.annotation.vectors import checked_vectors, refuse_other_width
from genept.errors import ArgumentError, ValuesError

_ROWS_AT_A_TIME = 10_000


class ZeroShotAnnotator(BaseEstimator):  # type: ignore[misc]
    """The cell type whose text is nearest to a cell, by cosine, in the space of the genes' texts.

    Cells are averages of many genes and point nearly the same way, as do texts about cell types. So each side
    is taken relative to its own mean, and the directions in which genes' texts differ whatever they are about
    (:func:`genept.annotation.common_part.common_directions`) are left out of both.

    The confidence of a label is the softmax of similarities in units of their spread over single genes. It
    ranks cells and is no probability: compare it with 1 / number of types, which it would be if all were
    alike.

    Parameters
    ----------
    n_common
        Common directions that are left out. 3, the default, was best on one data set of blood and confirmed
        on another (MiniLM on NCBI's texts); 0 leaves all in.
    min_confidence
        Confidence below which a cell stays unassigned; 0, the default, assigns every cell that has a vector.

    Attributes
    ----------
    names_
        Labels, in the order given.
    directions_
        (labels, d) what a cell is compared with.
    common_
        (n_common, d) directions that are left out.
    scale_
        Standard deviation of the similarities of single genes to the labels.

    Examples
    --------
    >>> genes = np.eye(4)
    >>> annotator = ZeroShotAnnotator(n_common=0).fit(np.eye(4)[:2], ["B", "T"], genes=genes)
    >>> annotator.annotate([[3, 1, 1, 1], [1, 3, 1, 1]]).labels
    array(['B', 'T'], dtype=object)
    """

    def __init__(self, *, n_common: int = 3, min_confidence: float = 0.0) -> None:
        self.n_common = n_common
        self.min_confidence = min_confidence

    def fit(
        self,
        types: ArrayLike,
        names: Sequence[str],
        *,
        genes: ArrayLike,
        members: NDArray[np.bool_] | None = None,
    ) -> "ZeroShotAnnotator":
        """Take the cell types.

        Parameters
        ----------
        types
            (k, d) vectors of their texts.
        names
            Labels: one for each type, or for each row of ``members``.
        genes
            (n, d) vectors of genes by the same encoder.
        members
            (labels, k) which types are kinds of each label: a cell's similarity to a label is then the mean
            of those to its kinds. By default each type is a label of its own.

        Raises
        ------
        ValuesError
            If there are fewer than two labels, one has no type, lengths or widths differ, or a value isn't
            finite.
        ArgumentError
            If a parameter means nothing.
        """
        if not 0 <= self.min_confidence <= 1:
            raise ArgumentError(
                f"min_confidence={self.min_confidence}", expected="between 0 and 1", do="pass such a value"
            )
        texts, known = checked_vectors(types), checked_vectors(genes)
        refuse_other_width(texts, known.shape[1], what="types")
        shares = np.eye(len(texts)) if members is None else np.asarray(members, dtype=np.float64)
        if shares.shape != (len(names), len(texts)) or len(names) < 2 or not shares.any(axis=1).all():
            raise ValuesError(
                f"{len(names):,} labels for {len(texts):,} cell types",
                expected="at least two labels, each with at least one type",
                do="choose among more types",
            )
        self.names_ = tuple(names)
        self.common_ = common_directions(known, self.n_common)
        directions = unit_rows(without(texts - texts.mean(axis=0), self.common_))
        self.directions_ = shares / shares.sum(axis=1, keepdims=True) @ directions
        self.scale_ = float(np.std(self._similarity(known, known.mean(axis=0)))) or 1.0
        self.n_features_in_ = texts.shape[1]
        return self

    def annotate(self, X: ArrayLike, *, centre: ArrayLike | None = None) -> Labelled:
        """Label cells, or clusters of cells.

        Parameters
        ----------
        X
            (n, d) vectors of cells, or of clusters: the means of their cells. A row of zeros stays
            unassigned.
        centre
            (d,) what they are taken relative to; by default the mean of ``X``, which has to be of a mixture
            of types. For clusters pass the mean of the cells.

        Returns
        -------
        Labelled
            One label and its confidence for each.

        Raises
        ------
        ValuesError
            If widths differ, or a value isn't finite.
        """
        check_is_fitted(self)
        cells = checked_vectors(X)
        refuse_other_width(cells, self.n_features_in_, what="cells")
        known = cells.any(axis=1)
        middle = np.zeros(cells.shape[1])
        if centre is not None:
            middle = np.asarray(centre, dtype=np.float64)
        elif known.any():
            middle = cells[known].mean(axis=0)
        codes, confidence = np.empty(len(cells), dtype=np.intp), np.empty(len(cells), dtype=np.float32)
        for start in range(0, len(cells), _ROWS_AT_A_TIME):
            rows = slice(start, start + _ROWS_AT_A_TIME)
            scores = self._similarity(cells[rows], middle) / self.scale_
            codes[rows] = scores.argmax(axis=1)
            # The softmax of the largest, which is the largest softmax.
            confidence[rows] = 1 / np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1)
        codes, confidence = np.where(known, codes, -1), np.where(known, confidence, 0).astype(np.float32)
        return Labelled(codes, confidence, self.names_).below(self.min_confidence)

    def _similarity(self, vectors: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
        similarity: NDArray[np.float64] = (
            unit_rows(without(vectors - centre, self.common_)) @ self.directions_.T
        )
        return similarity
