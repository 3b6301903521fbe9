"""As many cells as one likes, resampled from real ones, written block by block."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad
from numpy.typing import NDArray
from scipy import sparse

# Sets of real cells with counts and symbols, and the column of obs that says what a cell is.
SETS = {"pbmc3k_clustifyrdata": "classified", "zheng_facs_pbmc_fastTopics": "celltype"}
# Share of a cell's molecules that a resampled cell keeps, each by chance.
KEPT = 0.9
_CELLS_AT_A_TIME = 4096
_CHUNK = 1 << 17


@dataclass(frozen=True, eq=False)
class RealCells:
    """What is resampled.

    Parameters
    ----------
    counts
        (cells, genes) whole numbers; the last columns are empty.
    genes
        Names of the columns, first those of real genes.
    n_real
        How many of them are real; the others were made up and are expressed in no cell.
    obs
        ``label`` and ``batch`` (the set) of each cell.
    """

    counts: sparse.csr_matrix
    genes: list[str]
    n_real: int
    obs: pd.DataFrame


def read_real_cells(folder: Path, *, n_genes: int) -> RealCells:
    """Read the sets into one matrix of exactly ``n_genes`` columns."""
    sets = {name: read_h5ad(folder / f"{name}.h5ad") for name in SETS}
    real = pd.Index([]).append([adata.var_names for adata in sets.values()]).unique()
    if len(real) > n_genes:
        raise SystemExit(f"the sets have {len(real):,} genes, more than {n_genes:,}")
    parts = []
    for adata in sets.values():
        entries = sparse.coo_matrix(adata.X)
        columns = real.get_indexer(adata.var_names)[entries.col]
        parts.append(sparse.csr_matrix((entries.data, (entries.row, columns)), (adata.n_obs, n_genes)))
    labels = [adata.obs[SETS[name]].astype(str) for name, adata in sets.items()]
    batches = np.repeat(list(sets), [adata.n_obs for adata in sets.values()])
    return RealCells(
        counts=sparse.csr_matrix(sparse.vstack(parts, format="csr")),
        genes=[*real, *(f"never seen {i}" for i in range(n_genes - len(real)))],
        n_real=len(real),
        obs=pd.DataFrame({"label": pd.Categorical(np.concatenate(labels)), "batch": pd.Categorical(batches)}),
    )


def write_resampled(
    real: RealCells, path: Path, *, n_cells: int, compression: str | None = None, seed: int = 0
) -> int:
    """Write an ``.h5ad`` of resampled cells in bounded memory, and give the number of stored values.

    Each cell is a real cell, drawn at random, of whose molecules every one is kept with a chance of ``KEPT``.
    Values are float32 in CSR with int32 indices.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(real.counts.shape[0], size=n_cells)
    obs = real.obs.iloc[drawn].set_index(barcodes(n_cells))
    AnnData(obs=obs, var=pd.DataFrame(index=real.genes)).write_h5ad(path)
    ends = np.zeros(n_cells + 1, dtype=np.int64)
    with h5py.File(path, "r+") as file:
        stored = file.create_group("X")
        stored.attrs.update(_csr(n_cells, len(real.genes)))
        growing = {"shape": (0,), "maxshape": (None,), "chunks": (_CHUNK,), "compression": compression}
        values = stored.create_dataset("data", dtype=np.float32, **growing)
        columns = stored.create_dataset("indices", dtype=np.int32, **growing)
        for start in range(0, n_cells, _CELLS_AT_A_TIME):
            block = real.counts[drawn[start : start + _CELLS_AT_A_TIME]]
            block.data = rng.binomial(block.data.astype(np.int64), KEPT).astype(np.float32)
            block.eliminate_zeros()
            before, after = ends[start], ends[start] + block.nnz
            ends[start + 1 : start + 1 + block.shape[0]] = before + block.indptr[1:]
            for dataset, part in ((values, block.data), (columns, block.indices)):
                dataset.resize((after,))
                dataset[before:after] = part
        stored.create_dataset("indptr", data=ends)
    return int(ends[-1])


def barcodes(n: int) -> NDArray[np.str_]:
    """Names of 16 letters, all different, in no order."""
    # An odd factor takes no two numbers of 32 bits to the same one; two bits of it are a letter.
    scrambled = np.arange(n, dtype=np.uint32) * np.uint32(2654435761)
    letters = scrambled[:, None] >> np.arange(0, 32, 2, dtype=np.uint32) & 3
    names: NDArray[np.bytes_] = np.frombuffer(b"ACGT", dtype="S1")[letters].view("S16").ravel()
    return names.astype(np.str_)


def _csr(*shape: int) -> Mapping[str, object]:
    return {"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": np.array(shape)}
