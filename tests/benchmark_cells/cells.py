"""Small labelled cells, made up: types that differ in a third of the genes each."""

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy import sparse

from genept import GeneEmbeddings, GeneTable
from genept.benchmark.cells.keys import Keys
from genept.benchmark.cells.labelled_cells import LabelledCells, label_cells

N_GENES = 30
SYMBOLS = tuple(f"GENE{i}" for i in range(N_GENES))


def make_cells(
    n: int = 90, *, effect: float = 6.0, seed: int = 0, symbols: tuple[str, ...] = SYMBOLS
) -> AnnData:
    """Counts of three types; two batches and nine donors have nothing to do with them.

    Four donors are ill, which raises the last two genes.
    """
    rng = np.random.default_rng(seed)
    kind, donor = np.arange(n) % 3, (np.arange(n) // 3) % 9
    ill = donor % 2
    rate = np.full((n, len(symbols)), 1.5)
    for one in range(3):
        rate[np.ix_(kind == one, np.arange(one, len(symbols), 3))] += effect
    rate[np.ix_(ill == 1, [-2, -1])] += 2 * effect
    adata = AnnData(sparse.csr_matrix(rng.poisson(rate).astype(np.float32)))
    adata.var_names = list(symbols)
    adata.obs_names = [f"cell{i}" for i in range(n)]
    adata.obs["type"] = pd.Categorical(np.array(["a", "b", "c"])[kind])
    adata.obs["batch"] = np.where((np.arange(n) // 27) % 2 == 0, "one", "two")
    adata.obs["donor"] = [f"d{one}" for one in donor]
    adata.obs["state"] = np.where(ill == 1, "ill", "well")
    return adata


def make_genes(*, symbols: tuple[str, ...] = SYMBOLS, dimensions: int = 12, seed: int = 5) -> GeneEmbeddings:
    """Vectors of these genes by an encoder that nobody knows."""
    vectors = np.random.default_rng(seed).normal(size=(len(symbols), dimensions))
    return GeneEmbeddings(GeneTable(symbols), vectors.astype(np.float32))


def labelled(adata: AnnData, *, drop_rare: bool = True, name: str = "made", **keys: str) -> LabelledCells:
    """Take the cells with these columns; their types unless told."""
    return label_cells(name, adata, Keys(**(keys or {"label": "type"})), drop_rare=drop_rare)
