"""Which matrix of an AnnData is used, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray
from scipy import sparse

from genept.cells import Expression, as_expression
from genept.cells.expression import Kind
from genept.errors import ArgumentError, UnknownNameError, ValuesError, name_some


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
    if values not in ("auto", "counts", "log_normalised"):
        raise ArgumentError(
            f"values={values!r}",
            expected="'auto', 'counts' or 'log_normalised'",
            do="choose one of the three; 'auto' finds out by looking",
        )
    if layer is not None and use_raw:
        raise ArgumentError(
            f"both layer={layer!r} and use_raw=True",
            expected="one matrix",
            do="leave one of the two out",
        )
    var = adata.var
    if use_raw:
        if adata.raw is None:
            raise UnknownNameError(
                "no raw in this AnnData",
                expected="adata.raw, since use_raw was asked for",
                do="leave use_raw out, or set adata.raw",
            )
        X, origin, var = adata.raw.X, "raw", adata.raw.var
    elif layer is not None:
        if layer not in adata.layers:
            raise UnknownNameError(
                f"no layer {layer!r}",
                expected=f"one of: {name_some(adata.layers, limit=20) or 'none, there are no layers'}",
                do="name a layer that is there, or leave it out to use X",
            )
        X, origin = adata.layers[layer], f"layers[{layer!r}]"
    else:
        X, origin = adata.X, "X"
    if not (isinstance(X, np.ndarray) or sparse.issparse(X)):
        raise ArgumentError(
            f"{origin} is {'missing' if X is None else f'a {type(X).__module__}.{type(X).__name__}'}",
            expected="a NumPy array or a SciPy sparse matrix in memory",
            do="load it first, for example with adata = adata.to_memory()",
        )
    try:
        marked = origin == "X" and "log1p" in adata.uns
        base = adata.uns["log1p"].get("base") if marked and isinstance(adata.uns["log1p"], Mapping) else None
        expression = as_expression(
            X,
            kind=values,
            log1p_hint=marked,
            log_base=None if base is None else float(base),
            origin=origin,
        )
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
