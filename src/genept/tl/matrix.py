"""The expression values of an AnnData, looked at, and what is wrong with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray

from genept.cells import Expression, as_expression
from genept.cells.expression import Kind, check_values
from genept.errors import ValuesError, name_some
from genept.tl.asked_matrix import asked_matrix, log_mark


@dataclass(frozen=True, eq=False)
class MeasuredGenes:
    """The genes that a matrix has columns for.

    Parameters
    ----------
    names
        Gene names, in the order of the columns.
    var
        What else is known of the genes.
    origin
        Which matrix it is: ``"X"``, ``"raw"`` or ``"layers['name']"``.
    """

    names: tuple[str, ...]
    var: pd.DataFrame
    origin: str

    @classmethod
    def of(cls, var: pd.DataFrame, origin: str) -> "MeasuredGenes":
        """Take the genes of ``var``, named by its index."""
        return cls(tuple(map(str, var.index)), var, origin)


@dataclass(frozen=True, eq=False)
class MeasuredCells:
    """The expression matrix of an AnnData.

    Parameters
    ----------
    genes
        Its columns.
    expression
        (n_cells, n_genes) checked values.
    cells
        (n_cells,) names of the cells.
    """

    genes: MeasuredGenes
    expression: Expression
    cells: NDArray[np.str_]


def measured_cells(
    adata: AnnData,
    *,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
) -> MeasuredCells:
    """Take the asked-for matrix of ``adata``, look at it, and refuse what can't be used.

    Raises
    ------
    ArgumentError
        If both ``layer`` and ``use_raw`` are given, or ``adata`` is backed by a file.
    UnknownNameError
        If the layer or ``raw`` isn't there.
    ValuesError
        If the values are negative, not finite or not there; the error names the matrices
        that could be used instead.
    """
    check_values(values)
    X, origin, var = asked_matrix(adata, layer=layer, use_raw=use_raw)
    try:
        marked, base = log_mark(adata.uns) if origin == "X" else (False, None)
        expression = as_expression(X, kind=values, log1p_hint=marked, log_base=base, origin=origin)
    except ValuesError as error:
        others = [name for name in _matrices(adata) if name != origin and adata.n_obs and adata.n_vars]
        if others:
            error = ValuesError(
                error.found,
                expected=error.expected,
                do=f"{error.do}; this file also has {name_some(others, limit=20)} "
                "(in Python: use_raw=True or layer=; on the command line: --use-raw or --layer)",
            )
        raise error from None
    return MeasuredCells(
        genes=MeasuredGenes.of(var, origin), expression=expression, cells=adata.obs_names.to_numpy(dtype=str)
    )


def _matrices(adata: AnnData) -> Iterable[str]:
    yield "X"
    if adata.raw is not None:
        yield "raw"
    for layer in adata.layers:
        yield f"layers[{layer!r}]"
