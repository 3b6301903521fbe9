"""Clusters of cells, from a column of obs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray

from genept.errors import ValuesError
from genept.tl.obs_column import obs_column


@dataclass(frozen=True, eq=False)
class Clusters:
    """Which cluster each cell is in.

    Parameters
    ----------
    codes
        (n_cells,) places in ``names``; -1 for a cell in none.
    names
        Names of the clusters.
    """

    codes: NDArray[np.intp]
    names: tuple[str, ...]


def clusters_of(adata: AnnData, groupby: str) -> Clusters:
    """Take clusters from a column of ``obs``; those without a cell are left out.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    ValuesError
        If no cell is in a cluster.
    """
    do = "name the column of the clusters (in Python: groupby=, on the command line: --groupby)"
    column = pd.Categorical(obs_column(adata, groupby, do=do)).remove_unused_categories()
    if not len(column.categories):
        raise ValuesError(f"no cluster in obs[{groupby!r}]", expected="clusters", do="name another column")
    return Clusters(column.codes.astype(np.intp), tuple(map(str, column.categories)))
