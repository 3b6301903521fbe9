"""Small data sets of blood whose types are known, and gene embeddings for them."""

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy import sparse

import genept
from genept import GeneEmbeddings
from genept.cell_types import CellTypes

MARKERS = {
    "T cell": ("CD3D", "CD3E", "CD3G", "CD2", "CD5", "LCK", "ZAP70", "CD28"),
    "B cell": ("CD19", "MS4A1", "CD79A", "CD79B", "CD22", "BLK", "CD72", "BLNK"),
    "monocyte": ("CD14", "LYZ", "S100A8", "S100A9", "FCN1", "CSF1R", "CD68", "MNDA"),
}

# In words that texts about genes use, since the encoder of these tests knows no others.
TYPES = CellTypes(
    tuple(MARKERS),
    tuple(MARKERS),
    (
        "carries the T cell receptor with CD3",
        "makes immunoglobulin, carries the B cell receptor",
        "phagocyte with lysozyme, of inflammation",
    ),
)


def blood(genes: GeneEmbeddings, rng: int = 0, *, n: int = 150, left_out: int = 0) -> AnnData:
    """Counts of cells that express the markers of their type and a little of everything else, embedded.

    Parameters
    ----------
    genes
        Gene embeddings.
    rng
        Seed.
    n
        Cells.
    left_out
        Every so-manieth of the other genes isn't measured; 0 for none.
    """
    generator = np.random.default_rng(rng)
    known = [name for names in MARKERS.values() for name in names if name in genes.genes.symbols]
    others = [name for name in genes.genes.symbols if name not in known][:300]
    names = known + [name for i, name in enumerate(others) if not left_out or i % left_out]
    types = generator.choice(list(MARKERS), n)
    rates = np.full((n, len(names)), 0.3)
    for kind, markers in MARKERS.items():
        rates[np.ix_(types == kind, [names.index(one) for one in markers if one in names])] = 4.0
    adata = AnnData(
        sparse.csr_matrix(generator.poisson(rates).astype(np.float32)),
        obs=pd.DataFrame({"type": types}, index=[f"cell{i}" for i in range(n)]),
    )
    adata.var_names = names
    genept.tl.embed_cells(adata, genes)
    return adata
