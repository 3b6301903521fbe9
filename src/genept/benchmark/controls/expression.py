"""PCA of an expression matrix: what cells say of a gene, without any text."""

import logging

import numpy as np
from anndata import AnnData
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, svds

from genept.benchmark.representation import RNG
from genept.benchmark.representations import CONTROL, NotComputed, Representation
from genept.cells import Expression
from genept.cells.normalise import log_weights
from genept.genes import GeneTable
from genept.genes.species import HUMAN
from genept.texts.join import concatenate
from genept.tl.identity import Identity, identify
from genept.tl.matrix import measured_cells

log = logging.getLogger(__name__)

TITLE = "PCA of expression"
N_COMPONENTS = 50


def expression_pca(
    adata: AnnData,
    *,
    own: GeneTable | None = None,
    taxon: int = HUMAN,
    n_components: int = N_COMPONENTS,
    seed: int = RNG,
) -> Representation | NotComputed:
    """Describe each gene by the principal components of its expression.

    Values are log-normalised as for GenePT-w. Each gene is centred and scaled to unit variance over the
    cells, and divided by the root of their number, so that the product of two genes is their correlation;
    then a truncated singular value decomposition, of which the genes' vectors are U S. Genes whose value is
    the same in every cell, which are mostly those in no cell at all, are left out. Of two columns of one
    gene the one with the higher mean is taken.

    Parameters
    ----------
    adata
        Cells x genes, counts or log-normalised values in ``X``.
    own
        Genes of an embedding, whose names serve where NCBI's list of genes isn't on this machine.
    taxon
        NCBI taxon id of the cells.
    n_components
        At most; the default, 50, is scanpy's and what is usual.
    seed
        Of the vector that the decomposition starts from.

    Returns
    -------
    Representation or NotComputed
        (n, components), rows of l2 norm 1 at most; not computed for fewer than two cells or genes that vary.

    Raises
    ------
    ValuesError, GeneNamesError
        If the values or the names of the genes can't be used.

    Examples
    --------
    >>> import genept
    >>> expression_pca(genept.datasets.pbmc68k_reduced())
    Representation 'PCA of expression' of 765 genes x 50 features
    """
    measured = measured_cells(adata)
    identity = identify(measured.genes, own=own, resolve=True, gene_column=None, taxon=taxon)
    values = _log_normalised(measured.expression)
    mean = np.asarray(values.mean(axis=1)).ravel()
    mean_square = np.asarray(values.multiply(values).mean(axis=1)).ravel()
    deviation = np.sqrt(np.maximum(mean_square - mean**2, 0))
    # What rounding leaves of a constant is no variation.
    varying = deviation > 1e-6 * np.sqrt(mean_square)
    genes, columns = _genes(identity, np.flatnonzero(varying), mean)
    width = min(n_components, len(columns) - 1, values.shape[1] - 1)
    if width < 1:
        reason = f"{values.shape[1]:,} cells, and {len(columns):,} genes that vary among them, are too few"
        return NotComputed(TITLE, CONTROL, "", reason)
    log.info("%s genes of the expression matrix vary among its cells", f"{len(columns):,}")
    standardised = _standardised(values[columns], mean[columns], deviation[columns])
    start = np.random.default_rng(seed).standard_normal(min(standardised.shape))
    left, singular, _ = svds(standardised, k=width, v0=start)
    # Largest first.
    return Representation(TITLE, CONTROL, genes, (left * singular)[:, ::-1].astype(np.float32))


def _log_normalised(expression: Expression) -> sparse.csr_array:
    """(n_genes, n_cells) float64."""
    blocks = [log_weights(block, expression.kind) for _, block in expression.chunks()]
    return sparse.csr_array(sparse.vstack(blocks).T).astype(np.float64)


def _standardised(
    values: sparse.csr_array, mean: NDArray[np.float64], deviation: NDArray[np.float64]
) -> LinearOperator:
    """Centred and scaled rows as an operator: the zeros are never written out."""
    n_genes, n_cells = values.shape
    scale = 1 / (deviation * np.sqrt(n_cells))
    by_cell = values.T.tocsr()

    def times(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        flat = vector.ravel()
        return np.asarray(scale * (values @ flat - mean * flat.sum()))

    def transposed_times(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        scaled = scale * vector.ravel()
        # A dot product by threads costs more than it saves.
        return np.asarray(by_cell @ scaled - (mean * scaled).sum())

    return LinearOperator((n_genes, n_cells), matvec=times, rmatvec=transposed_times, dtype=np.float64)


def _genes(
    identity: Identity, columns: NDArray[np.intp], mean: NDArray[np.float64]
) -> tuple[GeneTable, list[int]]:
    """One column for each gene, and who they are: those that resolve, then the others by their names."""
    found = identity.resolution
    known = GeneTable(()) if found is None else found.resolver.genes
    rows = np.full(len(identity.names), -1) if found is None else found.rows
    resolved: list[int] = []
    others: list[int] = []
    taken = {""}
    for column in sorted(columns.tolist(), key=lambda column: (rows[column] < 0, -mean[column])):
        row = rows[column]
        symbol = known.symbols[row] if row >= 0 else identity.names[column]
        if symbol not in taken:
            (resolved if row >= 0 else others).append(column)
            taken.add(symbol)
    tables = [GeneTable(tuple(identity.names[column] for column in others))]
    if found is not None:
        tables.insert(0, found.resolver.own_names(rows[resolved].tolist()))
    return concatenate(tables), resolved + others
