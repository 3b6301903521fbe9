"""Embed a file in chunks of 16 cells, as a process that tests can kill.

python -m tests.stream.many_chunks SOURCE OUTPUT [--resume] [--dask]
"""

import sys
import warnings
from pathlib import Path

import numpy as np
from anndata import AnnData
from scipy import sparse

import genept
from genept.stream import plan
from tests.stream.test_laws import GENES, N_GENES

N_CELLS = 6000


def many_cells(folder: Path) -> Path:
    """Write cells enough for some hundred chunks."""
    matrix = np.random.default_rng(5).poisson(0.5, (N_CELLS, N_GENES)).astype(np.float32)
    adata = AnnData(sparse.csr_matrix(matrix))
    adata.var_names = [f"gene{i}" for i in range(N_GENES)]
    adata.obs_names = [f"cell{i}" for i in range(N_CELLS)]
    adata.write_h5ad(folder / "many.h5ad")
    return folder / "many.h5ad"


def embed(source: Path, output: Path, *, resume: bool = False, dask: str | None = None) -> None:
    """Embed them."""
    plan.MOST_CELLS = 16
    warnings.simplefilter("ignore", genept.errors.GeneptWarning)
    genept.embed_file(source, output, GENES, min_coverage=0, resume=resume, dask=dask)


if __name__ == "__main__":
    embed(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        resume="--resume" in sys.argv,
        dask="local" if "--dask" in sys.argv else None,
    )
