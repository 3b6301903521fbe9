"""Fine-tuned GenePT as an estimator of scikit-learn."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from genept.cells.fine_tuned.model_folder import read_model, write_model
from genept.cells.fine_tuned.model_record import FittedModel
from genept.cells.fine_tuned.parameters import check_parameters
from genept.cells.fine_tuned.sides import draw_cells, draw_groups, refuse_gaps
from genept.cells.fine_tuned.training import Schedule, train
from genept.errors import ArgumentError, ValuesError, name_some

log = logging.getLogger(__name__)

# Fewer cells that are set aside would stop training by chance: on 7 cells of panc8, of which one was set
# aside, macro F1 of the rest fell from 0.59 to 0.51.
FEWEST_ASIDE = 20


class FineTunedEmbedding(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A perceptron of two layers with ReLU on vectors of cells: fine-tuned GenePT.

    It learns a label of cells, a cell type or a phenotype, from their vectors (GenePT-w, say). Its output
    predicts the label of other cells; its hidden layer is a new, shorter vector of each cell, in which lies
    near what the labels say is alike.

    A part of the cells is set aside in training, by whole groups where there are some, and training ends
    when these are no longer predicted better; the weights of the best epoch are kept. Where it can't be
    (all cells are of one group, or all cells of a class), or would be of fewer than 20 cells, which tell too
    little to be worth losing, all cells are learned from for ``max_epochs``.

    Parameters
    ----------
    n_hidden
        Width of the hidden layer, and so of the new vectors.
    alpha
        Strength of the l2 penalty on weights.
    learning_rate
        Of Adam, at the beginning.
    batch_size
        Cells per step.
    max_epochs
        Times that all cells are gone over, at most.
    patience
        Epochs without a better prediction of the cells set aside after which training ends.
    validation_fraction
        Share of the cells, or of the groups, that is set aside to stop by; 0 for none.
    balanced
        Whether all classes count the same, however few cells they have, which is the default, since types of
        cells are of very different sizes; otherwise all cells do.
    rng
        Seed of what is set aside, of the first weights and of the order of the cells.

    Attributes
    ----------
    classes_
        (n_classes,) the labels, sorted.
    network_
        The weights (:class:`genept.cells.fine_tuned.network.Network`).
    best_epoch_
        Whose weights these are, counted from 1.
    training_loss_, validation_loss_
        Cross-entropy after each epoch; the second is empty if no cell was set aside.
    validation_
        (n,) bool array, which of the fitted cells were set aside.
    provenance_
        What :meth:`save` was told of where the model comes from; empty after fitting.
    n_features_in_, feature_names_in_
        As of every estimator; names only where the input had some.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods (fine-tuning). Kingma & Ba, ICLR 2015 (Adam).

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(200, 5))
    >>> y = np.where(np.abs(X[:, 0]) > 0.7, "far", "near")
    >>> model = FineTunedEmbedding(n_hidden=16).fit(X, y)
    >>> model.transform(X).shape, model.transform(X).dtype
    ((200, 16), dtype('float32'))
    >>> model.score(X, y) > 0.8
    True
    """

    def __init__(
        self,
        *,
        n_hidden: int = 128,
        alpha: float = 1e-3,
        learning_rate: float = 3e-3,
        batch_size: int = 64,
        max_epochs: int = 400,
        patience: int = 50,
        validation_fraction: float = 0.2,
        balanced: bool = True,
        rng: int = 0,
    ) -> None:
        self.n_hidden = n_hidden
        self.alpha = alpha
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.balanced = balanced
        self.rng = rng

    def fit(self, X: Any, y: ArrayLike, groups: ArrayLike | None = None) -> "FineTunedEmbedding":
        """Learn the labels.

        Parameters
        ----------
        X
            (n_cells, d) finite vectors, not all zero.
        y
            (n_cells,) labels, of at least two classes; none missing.
        groups
            (n_cells,) group of each cell, such as its patient. The cells that are set aside are those of
            whole groups, so that training ends when other patients are no longer predicted better.

        Raises
        ------
        ValuesError, ValueError
            If labels or groups are missing, there is one class, or vectors are zero or not finite.
        ArgumentError
            If a parameter means nothing, or there isn't a group for each cell.
        """
        check_parameters(self.get_params())
        if y is not None:
            refuse_gaps(y, "label")
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        check_classification_targets(y)
        self.classes_, codes = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        _refuse_nothing_to_learn(X, self.classes_)
        self.validation_ = self._set_aside(codes, groups)
        trained = train(
            X,
            codes,
            compute_sample_weight("balanced" if self.balanced else None, codes),
            validation=self.validation_,
            how=Schedule(
                n_hidden=self.n_hidden,
                alpha=self.alpha,
                learning_rate=self.learning_rate,
                batch_size=self.batch_size,
                max_epochs=self.max_epochs,
                patience=self.patience,
                rng=self.rng,
            ),
        )
        self.network_, self.best_epoch_ = trained.network, trained.best_epoch
        self.training_loss_, self.validation_loss_ = trained.training_loss, trained.validation_loss
        self.provenance_: dict[str, Any] = {}
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """(n_cells,) the most probable label for (n_cells, d) vectors."""
        found = self.predict_proba(X).argmax(axis=1)
        labels: NDArray[Any] = self.classes_[found]
        return labels

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """(n_cells, n_classes) the probability of each label, in the order of ``classes_``."""
        check_is_fitted(self)
        return self.network_.probabilities(self._vectors(X))

    def transform(self, X: Any) -> NDArray[np.float32]:
        """(n_cells, n_hidden) float32, the hidden layer for (n_cells, d) vectors; never negative."""
        check_is_fitted(self)
        return self.network_.hidden(self._vectors(X))

    def save(self, folder: str | Path, *, provenance: Mapping[str, Any] | None = None) -> None:
        """Write the model to a folder, whole or not at all: ``model.safetensors`` and ``model.json``.

        Parameters
        ----------
        folder
            Where to. A model that is there is replaced; a folder of anything else is not.
        provenance
            Where the model comes from, in what JSON holds; what it had by default.

        Raises
        ------
        OutputError
            If the folder can't be written, or holds something else.
        ArgumentError
            If the labels or ``provenance`` are nothing that JSON holds.

        Examples
        --------
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp()) / "model"
        >>> X = np.eye(4).repeat(3, axis=0)
        >>> model = FineTunedEmbedding(n_hidden=8).fit(X, list("abab" * 3))
        >>> model.save(folder, provenance={"data": "made up"})
        >>> FineTunedEmbedding.load(folder).provenance_
        {'data': 'made up'}
        """
        check_is_fitted(self)
        write_model(
            folder,
            FittedModel(
                network=self.network_,
                classes=self.classes_,
                parameters=self.get_params(),
                best_epoch=self.best_epoch_,
                training_loss=self.training_loss_,
                validation_loss=self.validation_loss_,
                provenance=dict(self.provenance_ if provenance is None else provenance),
            ),
        )

    @classmethod
    def load(cls, folder: str | Path) -> "FineTunedEmbedding":
        """Read a model that :meth:`save` wrote; nothing in it is executed.

        Raises
        ------
        InputFileError
            If it isn't there, isn't whole, is of a later version, or its parts don't fit together.
        """
        read = read_model(folder)
        model = cls(**read.parameters)
        model.network_, model.classes_ = read.network, read.classes
        model.best_epoch_, model.provenance_ = read.best_epoch, dict(read.provenance)
        model.training_loss_, model.validation_loss_ = read.training_loss, read.validation_loss
        model.n_features_in_ = len(read.network.hidden_weights)
        return model

    @property
    def _n_features_out(self) -> int:
        return len(self.network_.hidden_bias)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _vectors(self, X: Any) -> NDArray[np.floating[Any]]:
        return np.asarray(validate_data(self, X, reset=False, dtype=[np.float64, np.float32]))

    def _set_aside(self, codes: NDArray[np.intp], groups: ArrayLike | None) -> NDArray[np.bool_]:
        """(n,) which cells training stops by; none where a class would have no other cells."""
        nobody = np.zeros(len(codes), dtype=bool)
        known = None if groups is None else _one_for_each(groups, len(codes))
        if self.validation_fraction == 0:
            return nobody
        if known is None:
            drawn = draw_cells(codes, 1 - self.validation_fraction, rng=self.rng)
        elif len(np.unique(known)) < 2:
            drawn = ~nobody
        else:
            drawn = draw_groups(codes, known, 1 - self.validation_fraction, rng=self.rng)
        if (~drawn).sum() < FEWEST_ASIDE or len(np.unique(codes[drawn])) < len(self.classes_):
            log.info(
                "no cells are set aside (they would be few, or a class would be lost): %s epochs are run",
                self.max_epochs,
            )
            return nobody
        return ~drawn


def _refuse_nothing_to_learn(X: NDArray[np.floating[Any]], classes: NDArray[Any]) -> None:
    if len(classes) < 2:
        # The first words are those that scikit-learn's checks look for.
        raise ValuesError(
            f"one class only ({name_some(map(str, classes))})",
            expected="cells of at least two classes, to be told apart",
            do="name a label that differs between cells",
        )
    if not X.any():
        raise ValuesError(
            "vectors that are all zero",
            expected="vectors of cells of which something is known",
            do="check that the genes of the data have vectors (genept cells embed tells the coverage)",
        )


def _one_for_each(groups: ArrayLike, n_cells: int) -> NDArray[Any]:
    refuse_gaps(groups, "group")
    known = column_or_1d(groups)
    if len(known) != n_cells:
        raise ArgumentError(
            f"{len(known):,} groups for {n_cells:,} cells",
            expected="one group for each cell",
            do="pass groups in the order of the cells",
        )
    return np.asarray(known).astype(str)
