"""PCA of the expression itself: what needs no text, and what texts must beat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import PCA

from genept.benchmark.cells.scored import Vectors
from genept.benchmark.cells.vectors.representation import BASELINE, CellVectors, NoCellVectors
from genept.cells import Expression
from genept.cells.normalise import log_weights
from genept.errors import GeneptError
from genept.tl.highly_variable import highly_variable_columns

# Scanpy's defaults, and what is usual.
N_COMPONENTS = 50
N_GENES = 2000
# A gene's largest value after scaling, as scanpy's tutorials cut it: one cell shouldn't make a component.
_LARGEST = 10.0
PCA_NAME, SCALED_NAME = "PCA", "scaled PCA"


@dataclass(frozen=True, eq=False)
class FittedPCA:
    """Principal components of some cells, ready for others that have the same genes.

    Parameters
    ----------
    model
        Scikit-learn's, fitted.
    mean, deviation
        (n_genes,) of the scaled genes; ``None`` where genes aren't scaled.
    """

    model: PCA
    mean: NDArray[np.float32] | None
    deviation: NDArray[np.float32] | None

    def of(self, values: NDArray[np.float32]) -> Vectors:
        """(n_cells, components) float32 of (n_cells, n_genes) log-normalised values."""
        components: Vectors = self.model.transform(_scaled(values, self.mean, self.deviation))
        return np.asarray(components, dtype=np.float32)


def fit_pca(values: NDArray[np.float32], *, scale: bool, seed: int) -> FittedPCA:
    """Fit principal components.

    Parameters
    ----------
    values
        (n_cells, n_genes) float32 log-normalised values, at least two of each.
    scale
        Whether each gene is brought to unit variance, and cut at 10, first.
    seed
        Of the vector that the decomposition starts from.
    """
    mean = deviation = None
    if scale:
        mean = values.mean(axis=0, dtype=np.float64).astype(np.float32)
        deviation = values.std(axis=0, dtype=np.float64).astype(np.float32)
        # A gene that is the same in every cell stays so.
        deviation[deviation == 0] = 1
    width = min(N_COMPONENTS, min(values.shape) - 1)
    model = PCA(width, svd_solver="arpack", random_state=seed).fit(_scaled(values, mean, deviation))
    return FittedPCA(model, mean, deviation)


def pca_cells(expression: Expression, *, seed: int) -> list[CellVectors | NoCellVectors]:
    """Describe cells by 50 components of their 2,000 most variable genes, as they are and scaled.

    Parameters
    ----------
    expression
        (n_cells, n_genes) values, log-normalised as for GenePT-w.
    seed
        Of the decomposition.

    References
    ----------
    As scanpy's ``normalize_total``, ``log1p``, ``highly_variable_genes``, ``scale`` and ``pca``.
    """
    columns = variable_columns(expression)
    if isinstance(columns, str):
        return [NoCellVectors(name, BASELINE, columns) for name in (PCA_NAME, SCALED_NAME)]
    values = log_normalised(expression, columns)
    total = expression.shape[1]
    made: list[CellVectors | NoCellVectors] = []
    for name, scale in ((PCA_NAME, False), (SCALED_NAME, True)):
        vectors = fit_pca(values, scale=scale, seed=seed).of(values)
        note = f"{vectors.shape[1]} components of the {len(columns):,} most variable genes"
        made.append(CellVectors(name, BASELINE, vectors, total, len(columns), note=note))
    return made


def variable_columns(expression: Expression, among: NDArray[np.intp] | None = None) -> NDArray[np.intp] | str:
    """Choose the columns that vary most between cells, or say why there are too few.

    Parameters
    ----------
    expression
        (n_cells, n_genes) values.
    among
        Columns to choose from; all by default.
    """
    there = np.arange(expression.shape[1]) if among is None else among
    if expression.shape[0] < 3 or len(there) < 3:
        return f"{expression.shape[0]:,} cells with {len(there):,} genes are too few for components"
    if len(there) <= N_GENES:
        return there
    part = Expression(expression.X[:, there], expression.kind, expression.log_base)
    try:
        return there[highly_variable_columns(part, N_GENES)]
    except GeneptError as error:
        return f"{error.found}; {error.do}"


def log_normalised(expression: Expression, columns: NDArray[np.intp]) -> NDArray[np.float32]:
    """(n_cells, n_columns) float32; counts are scaled over all genes, not these alone."""
    blocks = [log_weights(block, expression.kind)[:, columns] for _, block in expression.chunks()]
    return np.asarray(sparse.vstack(blocks).toarray(), dtype=np.float32)


def _scaled(
    values: NDArray[np.float32], mean: NDArray[np.float32] | None, deviation: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    if mean is None or deviation is None:
        return values
    scaled: NDArray[np.float32] = np.clip((values - mean) / deviation, -_LARGEST, _LARGEST)
    return scaled
