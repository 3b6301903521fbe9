"""Small AnnData files of every kind, and ways to damage them."""

import hashlib
import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import anndata
import h5py
import numpy as np
import zarr
from anndata import AnnData
from anndata.io import write_elem
from hypothesis import strategies as st
from scipy import sparse

Kind = Literal["h5ad", "zarr2", "zarr3"]
KINDS: tuple[Kind, ...] = ("h5ad", "zarr2", "zarr3")
PLACES: dict[str, dict[str, Any]] = {"X": {}, "raw": {"use_raw": True}, "layers['it']": {"layer": "it"}}
ELEMENTS = {"X": "X", "raw": "raw/X", "layers['it']": "layers/it"}
Entries = list[tuple[int, int, int]]
Lines = list[list[tuple[int, Any]]]


def write(adata: AnnData, folder: Path, kind: Kind = "h5ad") -> Path:
    """As a user writes it."""
    path = folder / ("cells.h5ad" if kind == "h5ad" else "cells.zarr")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "h5ad":
            adata.write_h5ad(path)
        else:
            with anndata.settings.override(zarr_write_format=int(kind[-1])):
                adata.write_zarr(path)
    return path


def write_with(matrix: Any, place: str, folder: Path, kind: Kind = "h5ad", **options: Any) -> Path:
    """Write as little as an AnnData file may hold, and the matrix down to the order of what it stores."""
    path = folder / ("cells.h5ad" if kind == "h5ad" else "cells.zarr")
    adata = of_matrix(sparse.csr_matrix(matrix.shape))
    with warnings.catch_warnings(), ExitStack() as opened:
        warnings.simplefilter("ignore")
        root: Any
        if kind == "h5ad":
            root = opened.enter_context(h5py.File(path, "w"))
        else:
            root = zarr.open_group(path, mode="w", zarr_format=2 if kind == "zarr2" else 3)
        write_elem(root, "obs", adata.obs)
        write_elem(root, "var", adata.var)
        if place == "raw":
            write_elem(root, "raw/var", adata.var)
        write_elem(root, ELEMENTS[place], matrix, dataset_kwargs=options)
    return path


def write_element(element: Any, name: str, path: Path) -> None:
    """Put something else in a place."""
    with warnings.catch_warnings(), ExitStack() as opened:
        warnings.simplefilter("ignore")
        root: Any = (
            zarr.open_group(path, mode="r+") if path.is_dir() else opened.enter_context(h5py.File(path, "r+"))
        )
        write_elem(root, name, element)


def of_matrix(X: Any) -> AnnData:
    adata = AnnData(X)
    adata.obs_names = [f"cell{i}" for i in range(X.shape[0])]
    adata.var_names = [f"gene{j}" for j in range(X.shape[1])]
    return adata


def from_entries(entries: Entries, shape: tuple[int, int], *, form: str, dtype: str, index: str) -> Any:
    """A matrix that stores these entries (row, column, value) line by line in the order given."""
    by = 0 if form == "csr" else 1
    lines: list[list[tuple[int, int]]] = [[] for _ in range(shape[by])]
    for entry in entries:
        lines[entry[by]].append((entry[1 - by], entry[2]))
    ends = np.cumsum([0, *map(len, lines)])
    pairs = [pair for line in lines for pair in line]
    matrix: Any = (sparse.csr_matrix if form == "csr" else sparse.csc_matrix)(shape)
    matrix.data = np.array([value for _, value in pairs], dtype=dtype)
    matrix.indices = np.array([place for place, _ in pairs], dtype=index)
    matrix.indptr = ends.astype(index)
    return matrix


@st.composite
def entries_of(draw: st.DrawFn, *, canonical: bool) -> tuple[Entries, tuple[int, int]]:
    """Entries in any order, with duplicates and stored zeros unless ``canonical``; and a shape."""
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 8)))
    cell, gene = st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1)
    if canonical:
        places = sorted(draw(st.sets(st.tuples(cell, gene), max_size=40)))
        values = draw(st.lists(st.integers(1, 200), min_size=len(places), max_size=len(places)))
        return [(i, j, value) for (i, j), value in zip(places, values, strict=True)], shape
    return draw(st.lists(st.tuples(cell, gene, st.integers(0, 200)), max_size=40)), shape


def stored(matrix: sparse.csr_matrix) -> Lines:
    """What each row stores, in its order."""
    ends = matrix.indptr.tolist()
    pairs = list(zip(matrix.indices.tolist(), matrix.data.tolist(), strict=True))
    return [pairs[a:b] for a, b in pairwise(ends)]


def rows_of(
    entries: Entries, shape: tuple[int, int], *, form: str, dtype: str
) -> list[list[tuple[int, Any]]]:
    """What each row should store: duplicates and zeros too, in the order of ``entries``, or of columns."""
    rows: Lines = [[] for _ in range(shape[0])]
    for i, j, value in entries:
        rows[i].append((j, np.array(value).astype(dtype).item()))
    return rows if form == "csr" else [sorted(row, key=lambda pair: pair[0]) for row in rows]


def most_in_blocks(entries: Entries, n_rows: int) -> int:
    blocks = [i // n_rows for i, _, _ in entries]
    return max((blocks.count(block) for block in blocks), default=0)


def digest(path: Path) -> dict[str, str]:
    files = [path, *path.rglob("*")] if os.path.lexists(path) else []
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files if p.is_file()}


@contextmanager
def damaging(path: Path) -> Iterator[h5py.File]:
    with h5py.File(path, "r+") as file:
        yield file


def replace_vector(path: Path, name: str, values: Any) -> None:
    with damaging(path) as file:
        del file[name]
        file[name] = np.asarray(values)


def write_older_layout(path: Path, X: sparse.csr_matrix) -> None:
    """As anndata 0.6 did: tables are arrays of records, and ``raw`` stands beside X."""
    n_cells, n_genes = X.shape
    with h5py.File(path, "w") as file:
        for name in ("X", "raw.X"):
            group = file.create_group(name)
            group.attrs["h5sparse_format"], group.attrs["h5sparse_shape"] = "csr", X.shape
            for part in ("data", "indices", "indptr"):
                group[part] = getattr(X, part)
        file["obs"] = np.array([(f"cell{i}".encode(),) for i in range(n_cells)], dtype=[("index", "S9")])
        file["var"] = np.array([(f"gene{j}".encode(),) for j in range(n_genes)], dtype=[("index", "S9")])
        file["raw.var"] = file["var"][:]
        file["uns/log1p/base"] = 2.0
