"""Labels from the nearest cells of a labelled reference."""

from collections.abc import Iterator
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import GroupKFold, KFold
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.validation import check_is_fitted

from genept.annotation.labelled import Labelled
from genept.annotation.vectors import checked_vectors, refuse_other_width
from genept.errors import ArgumentError, ValuesError

_FOLDS = 5


class TransferAnnotator(BaseEstimator):  # type: ignore[misc]
    """Labels of the nearest cells of a labelled reference, by cosine, with calibrated confidence.

    A cell gets the label that most of its ``n_neighbors`` nearest reference cells have; among labels with as
    many votes, the one whose cells are nearest. How often that is right for so large a share of votes is
    learned on the reference itself, by five-fold cross-validation and isotonic regression: among held-out
    cells of confidence p a share p is right. Of cells from elsewhere (another batch, another technique) that
    is a hope: give ``groups``, so that cells are held out by batch or donor, and confidence counts what
    another batch costs.

    A cell that is farther from its nearest reference cell than all but a few of the held-out cells were
    (``novelty_quantile``) is unlike anything in the reference and stays unassigned, as do cells with a vector
    of zeros, and cells of a confidence below ``min_confidence``.

    A type that the reference lacks need not lie far from it: with pbmc3k as the reference, the CD34+
    progenitors of a sorted set lie nearer to it than that set's other cells, and get sure labels. Choose a
    reference that has the types one may expect.

    Parameters
    ----------
    n_neighbors
        Neighbours that vote; 10, the default, as in the paper's annotation.
    novelty_quantile
        Share of held-out reference cells that counts as near enough; 0.99 unless told, so that of cells like
        those of the reference 1 % are called novel. ``None`` calls
        none novel, which is right where another technique moves all cells a little and too many of them would
        stay unassigned.
    min_confidence
        Confidence below which a cell stays unassigned; 0.5, the default, where a label would be wrong more
        often than right.
    rng
        Seed of the cross-validation.

    Attributes
    ----------
    classes_
        Labels, sorted.
    max_distance_
        Cosine distance to the nearest reference cell beyond which a cell counts as novel.
    held_out_accuracy_
        Share of held-out reference cells that got their label.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024 (10-NN annotation). Zadrozny & Elkan, KDD 2002 (isotonic
    calibration).

    Examples
    --------
    >>> cells = np.repeat(np.eye(2), 20, axis=0) + np.linspace(0, 0.1, 80).reshape(40, 2)
    >>> annotator = TransferAnnotator().fit(cells, ["B"] * 20 + ["T"] * 20)
    >>> annotator.annotate([[2.0, 0.1], [0.05, 1.0], [-1.0, -1.0]]).labels
    array(['B', 'T', 'unassigned'], dtype=object)
    """

    def __init__(
        self,
        *,
        n_neighbors: int = 10,
        novelty_quantile: float | None = 0.99,
        min_confidence: float = 0.5,
        rng: int = 0,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.novelty_quantile = novelty_quantile
        self.min_confidence = min_confidence
        self.rng = rng

    def fit(self, X: ArrayLike, y: ArrayLike, *, groups: ArrayLike | None = None) -> "TransferAnnotator":
        """Keep the reference, and learn from it how far votes can be trusted.

        Parameters
        ----------
        X
            (n, d) vectors of the reference cells; those with a vector of zeros are left out.
        y
            (n,) their labels.
        groups
            (n,) their batches or donors, for cross-validation by them.

        Raises
        ------
        ValuesError
            If lengths differ, a value isn't finite, there are fewer than two labels or groups, or fewer
            cells than can be held out.
        ArgumentError
            If a parameter means nothing.
        """
        self._check_parameters()
        vectors = checked_vectors(X)
        kept = np.asarray(vectors.any(axis=1))
        self.classes_, codes = np.unique(np.asarray(y, dtype=str), return_inverse=True)
        of_group = (
            None if groups is None else np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]
        )
        self._check_reference(vectors, kept, codes, of_group)
        self._vectors, self._codes = vectors[kept], codes[kept]
        self.n_features_in_ = vectors.shape[1]
        found, shares, distances = (np.empty(len(self._codes)) for _ in range(3))
        for train, test in self._splits(None if of_group is None else of_group[kept]):
            votes = self._votes(self._vectors[test], train)
            found[test], shares[test], distances[test] = votes
        right = found == self._codes
        self.held_out_accuracy_ = float(right.mean())
        self._calibration = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(shares, right)
        self.max_distance_ = (
            np.inf if self.novelty_quantile is None else float(np.quantile(distances, self.novelty_quantile))
        )
        return self

    def annotate(self, X: ArrayLike) -> Labelled:
        """Label cells.

        Parameters
        ----------
        X
            (n, d) their vectors, in the space of the reference.

        Returns
        -------
        Labelled
            One label and its confidence for each; what a cell gets doesn't depend on the others.

        Raises
        ------
        ValuesError
            If the vectors have another width, or a value isn't finite.
        """
        check_is_fitted(self)
        vectors = checked_vectors(X)
        refuse_other_width(vectors, self.n_features_in_, what="cells")
        codes, shares, distances = self._votes(vectors, np.arange(len(self._codes)))
        known = vectors.any(axis=1) & (distances <= self.max_distance_)
        confidence = np.where(known, self._calibration.predict(shares), 0).astype(np.float32)
        labelled = Labelled(np.where(known, codes, -1), confidence, tuple(map(str, self.classes_)))
        return labelled.below(self.min_confidence)

    def _votes(
        self, cells: NDArray[np.float64], among: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """Give the label with most votes, its share of them, and the distance to the nearest cell."""
        index = NearestNeighbors(n_neighbors=min(self.n_neighbors, len(among)), metric="cosine")
        distances, near = index.fit(self._vectors[among]).kneighbors(cells)
        voted = self._codes[among][near]
        votes = np.zeros((len(cells), len(self.classes_)))
        closeness = np.zeros_like(votes)
        rows = np.arange(len(cells))[:, None]
        np.add.at(votes, (rows, voted), 1.0)
        np.add.at(closeness, (rows, voted), 2.0 - distances)
        # Closeness, below 1 in all, decides between labels with as many votes and nothing else.
        codes = (votes + closeness / (2 * voted.shape[1] + 1)).argmax(axis=1)
        return codes, votes[rows[:, 0], codes] / voted.shape[1], distances[:, 0]

    def _splits(self, groups: NDArray[np.intp] | None) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        if groups is None:
            yield from KFold(_FOLDS, shuffle=True, random_state=self.rng).split(self._codes)
        else:
            yield from GroupKFold(min(_FOLDS, len(np.unique(groups)))).split(self._codes, groups=groups)

    def _check_parameters(self) -> None:
        quantile = self.novelty_quantile
        checks: tuple[tuple[bool, str, str], ...] = (
            (
                isinstance(self.n_neighbors, Integral) and self.n_neighbors >= 1,
                f"n_neighbors={self.n_neighbors}",
                "a whole number, at least 1",
            ),
            (
                isinstance(self.rng, Integral) and 0 <= self.rng < 1 << 32,
                f"rng={self.rng}",
                "a seed: a whole number from 0 to 4294967295",
            ),
            (
                quantile is None or 0 < quantile <= 1,
                f"novelty_quantile={quantile}",
                "a share above 0, or None to call no cell novel",
            ),
            (0 <= self.min_confidence <= 1, f"min_confidence={self.min_confidence}", "between 0 and 1"),
        )
        for fine, found, expected in checks:
            if not fine:
                raise ArgumentError(found, expected=expected, do="pass such a value, or leave it out")

    def _check_reference(
        self,
        vectors: NDArray[np.float64],
        kept: NDArray[np.bool_],
        codes: NDArray[np.intp],
        groups: NDArray[np.intp] | None,
    ) -> None:
        if not len(vectors) == len(codes) == len(codes if groups is None else groups):
            raise ValuesError(
                f"{len(vectors):,} reference cells, {len(codes):,} labels"
                + ("" if groups is None else f", {len(groups):,} groups"),
                expected="one of each for every cell",
                do="pass them in one order",
            )
        for what, values, least in (
            ("cells with a vector", np.arange(int(kept.sum())), 2 * _FOLDS),
            ("different labels", codes[kept], 2),
            ("different groups", None if groups is None else groups[kept], 2),
        ):
            if values is not None and len(np.unique(values)) < least:
                raise ValuesError(
                    f"a reference with {len(np.unique(values))} {what}",
                    expected=f"at least {least}",
                    do="choose another reference, or another column of it",
                )
