"""Tables of cells with every kind of column that anndata writes, in every kind of file."""

import warnings
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
from anndata import AnnData

FORMS = ("h5ad", "zarr2", "zarr3")
N_CELLS = 23


def table(n_cells: int = N_CELLS) -> pd.DataFrame:
    """Cells with a column of every kind."""
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 5, n_cells)
    gaps = numbers == 1
    letters = np.array(["a", "ä b", "", "日本", "e/f"], object)[numbers]
    with_gaps = [None if gap else letter for gap, letter in zip(gaps, letters, strict=True)]
    floats = rng.normal(size=n_cells)
    clones = [f"clone {i}" for i in range(n_cells + 300)]
    columns = {
        "category": pd.Categorical(letters),
        "ordered": pd.Categorical(with_gaps, sorted(set(letters)), ordered=True),
        "unused": pd.Categorical(["used"] * n_cells, ["used", "not used"]),
        "of numbers": pd.Categorical(numbers * 10),
        "many": pd.Categorical(clones[:n_cells], clones),
        "text": letters,
        "text with gaps": pd.array(
            [None if gap else x for gap, x in zip(gaps, letters, strict=True)], "string"
        ),
        "float32": floats.astype(np.float32),
        "float64 with gaps": np.where(gaps, np.nan, floats),
        "int8": numbers.astype(np.int8),
        "uint16": numbers.astype(np.uint16),
        "int64": numbers.astype(np.int64) * 10**15,
        "bool": gaps,
        "int with gaps": pd.array([None if x == 1 else x for x in numbers.tolist()], "Int32"),
        "bool with gaps": pd.array([None if x == 1 else x > 2 for x in numbers.tolist()], "boolean"),
    }
    index = pd.Index([f"zelle-{i}" for i in range(n_cells)], name="Barcode")
    return pd.DataFrame(columns, index=index)


def write_cells(obs: pd.DataFrame, folder: Path, form: str) -> Path:
    """Write cells without genes, as anndata does."""
    path = folder / f"cells.{form.rstrip('23')}"
    adata = AnnData(obs=obs)
    with (
        warnings.catch_warnings(),
        anndata.settings.override(
            allow_write_nullable_strings=True, zarr_write_format=3 if form == "zarr3" else 2
        ),
    ):
        # Of what will be in anndata's next version, and of zarr's format 3.
        warnings.simplefilter("ignore")
        if form == "h5ad":
            adata.write_h5ad(path, convert_strings_to_categoricals=False)
        else:
            adata.write_zarr(path, convert_strings_to_categoricals=False)
    return path
