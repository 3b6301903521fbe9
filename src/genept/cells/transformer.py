"""GenePT-w as a step of a scikit-learn pipeline."""

import logging
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from genept.cells.expression import Expression, Kind, as_expression, check_values
from genept.cells.normalise import log_weights, per_row_sum
from genept.cells.weighted import weighted_embedding
from genept.cells.zero_vectors import warn_of_zero_vectors
from genept.embeddings import GeneEmbeddings
from genept.errors import ArgumentError, GeneNamesError, ValuesError, name_some
from genept.genes import match_genes, refuse_duplicates

log = logging.getLogger(__name__)


class GenePTWTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """GenePT-w of expression: each cell the average of its genes' vectors, of unit l2 norm.

    A cell becomes what :func:`genept.cells.weighted_embedding` makes of it, whatever cells are beside
    it. Fitting learns what kind of values these are and which columns have a vector, so that other
    cells, or one alone, are taken in the same way.

    Parameters
    ----------
    genes
        Gene embeddings. With ``None``, the default, there are no vectors: each feature is a dimension of
        its own, and a cell becomes its log-normalised profile with unit l2 norm, which is what gene
        embeddings have to be better than. Sparse input then stays sparse.
    gene_names
        Names of the columns, which are found among the symbols of ``genes`` as they stand. By default
        those of the DataFrame (``feature_names_in_``); columns without names are called ``x0``, ``x1``
        and so on, as elsewhere in scikit-learn.
    values
        ``"counts"``, which are scaled to 10,000 per cell and through log(1 + x); ``"log_normalised"``, which
        are taken as they are; or ``"auto"``, the default, to find out by looking at what is fitted.
    n_threads
        Threads; by default as many as processors. The result doesn't depend on it.

    Attributes
    ----------
    kind_
        ``"counts"`` or ``"log_normalised"``.
    match_
        Which columns have a vector, and which (:class:`genept.genes.GeneMatch`); ``None`` without ``genes``.
    vectors_
        (n, d) float32 vectors of ``genes``; ``None`` without.
    n_covered_
        How many columns have a vector; all, without ``genes``.
    n_features_in_, feature_names_in_
        As of every estimator; names only where the input had some.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods ("GenePT-w").

    Examples
    --------
    >>> import pandas as pd
    >>> from genept import GeneEmbeddings, GeneTable
    >>> genes = GeneEmbeddings(GeneTable(("CD3E", "LYZ")), np.eye(2))
    >>> counts = pd.DataFrame({"LYZ": [9, 0], "unknown": [0, 7], "CD3E": [0, 2]})
    >>> GenePTWTransformer(genes).fit_transform(counts)
    array([[0., 1.],
           [1., 0.]], dtype=float32)
    """

    def __init__(
        self,
        genes: GeneEmbeddings | None = None,
        *,
        gene_names: Sequence[str] | None = None,
        values: Kind | Literal["auto"] = "auto",
        n_threads: int | None = None,
    ) -> None:
        self.genes = genes
        self.gene_names = gene_names
        self.values = values
        self.n_threads = n_threads

    def fit(self, X: Any, y: object = None) -> "GenePTWTransformer":  # noqa: ARG002 (scikit-learn passes it)
        """Find out what the values are, and which columns have a vector.

        Parameters
        ----------
        X
            (n_cells, n_genes) array, SciPy sparse matrix or DataFrame; not negative.
        y
            Not used.

        Raises
        ------
        GeneNamesError
            If there is not a name for each column, one stands more than once, or none has a vector.
        ValuesError, ValueError
            If the values are negative, not finite or no numbers.
        ArgumentError
            If a parameter means nothing.
        """
        self._check_parameters()
        self.kind_ = self._expression(X, kind=self.values, reset=True).kind
        self.match_ = self.vectors_ = None
        self.n_covered_ = self._n_features_out = self.n_features_in_
        if self.genes is not None:
            self.match_ = match_genes(self._names(), self.genes.genes)
            self.vectors_ = self.genes.vectors
            self.n_covered_ = len(self.match_.columns)
            self._n_features_out = self.genes.dimensions
            if not self.n_covered_:
                raise GeneNamesError(
                    f"none of the {self.n_features_in_:,} columns has a vector "
                    f"(they are called {name_some(self.match_.names, 3)})",
                    expected=f"names such as {name_some(self.genes.genes.symbols, 3)}",
                    do="pass a DataFrame whose columns have such names, or gene_names=[...]",
                )
            log.info("%s of %s columns have a vector", f"{self.n_covered_:,}", f"{self.n_features_in_:,}")
        return self

    def transform(self, X: Any) -> NDArray[np.float32] | sparse.csr_matrix:
        """Embed cells.

        Parameters
        ----------
        X
            (n_cells, n_genes) values of the kind that was fitted, with the same columns.

        Returns
        -------
        (n_cells, d) float32
            Rows of unit l2 norm; zero, with one warning, for cells without counts in a gene with a vector.
            Without ``genes``, d is the number of features, and sparse input gives a CSR matrix.
        """
        check_is_fitted(self)
        expression = self._expression(X, kind=self.kind_, reset=False)
        embedded: NDArray[np.float32] | sparse.csr_matrix
        if self.match_ is None or self.vectors_ is None:
            profiles = _unit_profiles(expression)
            zero = np.diff(profiles.indptr) == 0
            embedded = profiles if sparse.issparse(X) else profiles.toarray()
        else:
            embedded = weighted_embedding(expression, self.match_, self.vectors_, n_threads=self.n_threads)
            zero = ~embedded.any(axis=1)
        # Between this and whoever called it is what scikit-learn wraps around it.
        warn_of_zero_vectors(int(zero.sum()), len(zero), stacklevel=4)
        return embedded

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[np.object_]:
        """Name the dimensions ``genept0``, ``genept1`` and so on.

        Parameters
        ----------
        input_features
            Checked against the features that were fitted, and not used for anything else.
        """
        width = len(super().get_feature_names_out(input_features))
        return np.array([f"genept{i}" for i in range(width)], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _check_parameters(self) -> None:
        check_values(self.values)
        if self.n_threads is not None and self.n_threads < 1:
            raise ArgumentError(
                f"n_threads={self.n_threads!r}",
                expected="at least 1, or None for all",
                do="pass such a value, or leave it out",
            )

    def _expression(self, X: Any, *, kind: Kind | Literal["auto"], reset: bool) -> Expression:
        X = validate_data(self, X, reset=reset, accept_sparse="csr")
        smallest = X.min()
        if smallest < 0:
            # The first words are those that scikit-learn's checks look for.
            raise ValuesError(
                f"Negative values in data passed to {type(self).__name__} (down to {smallest:.3g}), "
                "so it is scaled or centred",
                expected="counts or log-normalised values, which are never negative",
                do="pass the values as they were before that step",
            )
        return as_expression(X, kind=kind)

    def _names(self) -> list[str]:
        numbered = [f"x{i}" for i in range(self.n_features_in_)]
        names = (
            self.gene_names if self.gene_names is not None else getattr(self, "feature_names_in_", numbered)
        )
        if len(names) != self.n_features_in_:
            raise GeneNamesError(
                f"{len(names):,} gene_names for {self.n_features_in_:,} columns",
                expected="one name for each column",
                do="pass them in the order of the columns, such as list(adata.var_names)",
            )
        refuse_duplicates([name for name in names if name])
        return list(names)


def _unit_profiles(expression: Expression) -> sparse.csr_matrix:
    """Log-normalised values as (n_cells, n_genes) float32, rows of unit l2 norm; an empty row stays so."""
    profiles = []
    for _, block in expression.chunks():
        weights = log_weights(block, expression.kind)
        norms = np.sqrt(per_row_sum(weights, np.square(weights.data, dtype=np.float64)))
        weights.data = (weights.data / np.repeat(norms, np.diff(weights.indptr))).astype(np.float32)
        profiles.append(weights)
    stacked: sparse.csr_matrix = sparse.vstack(profiles, format="csr")
    return stacked
