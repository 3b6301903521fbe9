"""Where an AnnData file holds what: its matrices, genes and marks."""

import warnings
from typing import Any

import pandas as pd
from anndata.io import read_elem

from genept.errors import InputFileError, name_some
from genept.stream.stored_file import StoredFile
from genept.tl.asked_matrix import no_layer, no_raw


def check_anndata(file: StoredFile) -> None:
    """Refuse what holds no genes and cells.

    Raises
    ------
    InputFileError
        With what it holds.
    """
    held = list(file.element())
    if not {"obs", "var"}.issubset(held):
        raise InputFileError(
            f"{file.path} is no AnnData: it holds {name_some(held) or 'nothing'}",
            expected="obs, var, and X, raw or layers",
            do="read it with scanpy first (10x: sc.read_10x_h5, loom: sc.read_loom) and write it with "
            "adata.write_h5ad(path)",
        )


def is_older(file: StoredFile) -> bool:
    """Whether this is an ``.h5ad`` of before anndata 0.7, in which tables were arrays of records."""
    root = file.element()
    matrices = [name for name in ("X", "raw/X") if name in root]
    matrices += [f"layers/{layer}" for layer in root.get("layers", ())]
    return not file.is_folder and (
        "raw.X" in root
        or any("_index" not in root[table].attrs for table in ("obs", "var"))
        or any("h5sparse_format" in root[matrix].attrs for matrix in matrices)
    )


def asked_element(file: StoredFile, *, layer: str | None, use_raw: bool) -> tuple[str, str]:
    """Name the element that holds X, raw or a layer, as the file and as a person does.

    Raises
    ------
    UnknownNameError
        If the layer or ``raw`` isn't there.
    InputFileError
        If there is no X.
    """
    root = file.element()
    layers = list(root["layers"]) if "layers" in root else []
    has_raw = "raw/X" in root and "raw/var" in root
    if use_raw:
        if not has_raw:
            raise no_raw()
        return "raw/X", "raw"
    if layer is not None:
        if layer not in layers:
            raise no_layer(layer, layers)
        return f"layers/{layer}", f"layers[{layer!r}]"
    if "X" not in root or root["X"].attrs.get("encoding-type") == "null":
        others = ["raw"] * has_raw + [f"layers[{name!r}]" for name in layers]
        raise file.damaged(
            "X is missing",
            expected="a matrix of cells and genes",
            do=f"use {name_some(others, limit=20)} (in Python: use_raw=True or layer=; on the command line: "
            "--use-raw or --layer)"
            if others
            else "set adata.X and write it again",
        )
    return "X", "X"


def index_element(file: StoredFile, table: str) -> str:
    """Name the element that holds the names of the rows of a table."""
    element = f"{table}/{file.element(table).attrs['_index']}"
    # pandas strings that may be missing are stored as a group of values and a mask.
    return element if hasattr(file.element(element), "shape") else f"{element}/values"


def read_var(file: StoredFile, name: str) -> pd.DataFrame:
    """Read a table of genes.

    Raises
    ------
    InputFileError
        If it is none.
    """
    index = index_element(file, name)
    file.check_chunks(index, 0, file.element(index).shape[0])
    var = _read(file, name)
    if not isinstance(var, pd.DataFrame):
        raise file.damaged(f"{name} is a {type(var).__name__}", expected="a table of genes")
    return var


def read_log_mark(file: StoredFile) -> dict[str, Any]:
    """Read ``uns["log1p"]``, and nothing else of ``uns``."""
    return {"log1p": _read(file, "uns/log1p")} if "uns/log1p" in file.element() else {}


def _read(file: StoredFile, name: str) -> Any:
    with file.reading(name), warnings.catch_warnings():
        # anndata tells of older ways to write things; nothing is lost by it.
        warnings.simplefilter("ignore")
        return read_elem(file.element(name))
