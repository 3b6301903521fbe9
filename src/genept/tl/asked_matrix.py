"""Which matrix of an AnnData was asked for: X, raw or a layer."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy import sparse

from genept.errors import ArgumentError, UnknownNameError, name_some


class AskedMatrix(NamedTuple):
    """A matrix in memory, its name (``"X"``, ``"raw"`` or ``"layers['name']"``) and its genes."""

    X: Any
    origin: str
    var: pd.DataFrame


def asked_matrix(adata: AnnData, *, layer: str | None, use_raw: bool) -> AskedMatrix:
    """Take X, raw or a layer of ``adata``.

    Raises
    ------
    ArgumentError
        If both ``layer`` and ``use_raw`` are given, or ``adata`` is backed by a file.
    UnknownNameError
        If the layer or ``raw`` isn't there.
    """
    check_one_matrix(layer=layer, use_raw=use_raw)
    var = adata.var
    if use_raw:
        if adata.raw is None:
            raise no_raw()
        X, origin, var = adata.raw.X, "raw", adata.raw.var
    elif layer is not None:
        if layer not in adata.layers:
            raise no_layer(layer, adata.layers)
        X, origin = adata.layers[layer], f"layers[{layer!r}]"
    else:
        X, origin = adata.X, "X"
    if not (isinstance(X, np.ndarray) or sparse.issparse(X)):
        raise ArgumentError(
            f"{origin} is {'missing' if X is None else f'a {type(X).__module__}.{type(X).__name__}'}",
            expected="a NumPy array or a SciPy sparse matrix in memory",
            do="load it first, for example with adata = adata.to_memory()",
        )
    return AskedMatrix(X, origin, var)


def check_one_matrix(*, layer: str | None, use_raw: bool) -> None:
    """Refuse to take a layer and ``raw`` at once."""
    if layer is not None and use_raw:
        raise ArgumentError(
            f"both layer={layer!r} and use_raw=True",
            expected="one matrix",
            do="leave one of the two out",
        )


def no_raw() -> UnknownNameError:
    """Say that there is no ``raw``."""
    return UnknownNameError(
        "no raw in this AnnData",
        expected="adata.raw, since use_raw was asked for",
        do="leave use_raw out, or set adata.raw",
    )


def no_layer(layer: str, layers: Iterable[str]) -> UnknownNameError:
    """Say that ``layer`` isn't one of ``layers``."""
    return UnknownNameError(
        f"no layer {layer!r}",
        expected=f"one of: {name_some(layers, limit=20) or 'none, there are no layers'}",
        do="name a layer that is there, or leave it out to use X",
    )


def log_mark(uns: Mapping[str, Any]) -> tuple[bool, float | None]:
    """Whether ``uns["log1p"]`` says that a logarithm was taken of X, and its base where that is given."""
    mark = uns.get("log1p")
    base = mark.get("base") if isinstance(mark, Mapping) else None
    return "log1p" in uns, None if base is None else float(base)
