"""Parts of an HDF5 file, looked at before they are read: no links to elsewhere, nothing out of proportion."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
from anndata.io import read_elem

from genept.embeddings.formats.bounded import MOST_TIMES, check_unpacked
from genept.embeddings.formats.h5_heaps import check_heaps
from genept.errors import InputFileError

# What anndata calls matrices and lists of names; the empty one is of files before it called them anything.
_KINDS = ("", "array", "csr_matrix", "csc_matrix", "string-array", "nullable-string-array", "categorical")

_SHORT = 64
# Gene embeddings of ours have some dozens.
_MOST_PARTS = 10_000


def part(file: h5py.File, where: str, path: Path) -> h5py.Dataset | h5py.Group | None:
    """Find a part by its place in the file, None where there is none.

    Raises
    ------
    InputFileError
        If the way there leads through a link, which could lead to another file.
    """
    found = file
    for key in where.split("/"):
        if not isinstance(found, h5py.Group) or key not in found:
            return None
        if not isinstance(found.get(key, getlink=True), h5py.HardLink):
            raise _elsewhere(path, where)
        found = found[key]
    return found


def read_part(file: h5py.File, where: str, path: Path) -> Any:
    """Read a matrix or a list of names, after a look at every array that it is made of.

    Returns
    -------
    Any
        What anndata makes of it: an array, a sparse matrix, or a pandas array.

    Raises
    ------
    InputFileError
        If it is something else, links to another file, or claims more than a file of its size can hold.
    """
    found = part(file, where, path)
    kind = "" if found is None else found.attrs.get("encoding-type", "")
    if found is None or kind not in _KINDS:
        raise InputFileError(
            f"{path} has {'no' if found is None else 'another kind of'} {where} ({kind or 'nothing'})",
            expected="a matrix of numbers, or a list of names",
            do="write the file again with adata.write_h5ad(path)",
        )
    size = 0
    for name, dataset in _datasets(file, where, path):
        if dataset.external or dataset.is_virtual:
            raise _elsewhere(path, name)
        size += int(dataset.size) * dataset.dtype.itemsize
        check_unpacked(size, path)
        is_text = h5py.check_string_dtype(dataset.dtype) is not None
        if dataset.dtype.hasobject and not (is_text and dataset.ndim < 2):
            raise InputFileError(
                f"{path} keeps {name} as {dataset.dtype} in {dataset.ndim} dimensions",
                expected="numbers, or a list of names",
                do="write the file again with adata.write_h5ad(path)",
            )
        if is_text and dataset.ndim == 1:
            # Many entries may point at one long string: no more of them at a time than a file may unpack to.
            for start in range(0, len(dataset), MOST_TIMES):
                size += sum(map(len, dataset[start : start + MOST_TIMES]))
                check_unpacked(size, path)
    with warnings.catch_warnings():
        # anndata tells of older layouts, of which nothing is lost.
        warnings.simplefilter("ignore")
        return read_elem(found)


def is_short_text(dataset: h5py.Dataset) -> bool:
    """Whether a dataset is one short string, which can be read without a second thought."""
    return dataset.shape == () and not dataset.external and dataset.dtype.itemsize <= _SHORT


def check_whole(path: Path) -> None:
    """Look at every part of a file before all of it is read.

    Raises
    ------
    InputFileError
        If a part links to elsewhere, or they claim more than a file of its size can hold.
    """
    size, seen = 0, 0
    with h5py.File(path, "r") as file:
        check_heaps(file, path)
        groups = [("", file)]
        while groups:
            place, group = groups.pop()
            for key in group:
                seen += 1
                name = f"{place}/{key}"
                if seen > _MOST_PARTS or not isinstance(group.get(key, getlink=True), h5py.HardLink):
                    raise _elsewhere(path, name)
                found = group[key]
                if isinstance(found, h5py.Group):
                    groups.append((name, found))
                    continue
                if found.external or found.is_virtual:
                    raise _elsewhere(path, name)
                size += int(found.size or 0) * found.dtype.itemsize
                check_unpacked(size, path)


def frame_names(file: h5py.File, frame: str, path: Path) -> list[str]:
    """Names of the rows of ``obs`` or ``var``.

    Raises
    ------
    InputFileError
        If the frame is missing or of the layout before anndata 0.7.
    """
    found = part(file, frame, path)
    if not isinstance(found, h5py.Group) or "_index" not in found.attrs:
        raise InputFileError(
            f"{path} has no {frame} of today's layout",
            expected="an AnnData file as anndata 0.7 and newer write it",
            do="read it with anndata.read_h5ad and write it again with adata.write_h5ad(path)",
        )
    index = found.attrs["_index"]
    index = index.decode() if isinstance(index, bytes) else str(index)
    names = read_part(file, f"{frame}/{index}", path)
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _datasets(file: h5py.File, where: str, path: Path) -> Iterator[tuple[str, h5py.Dataset]]:
    found = part(file, where, path)
    if isinstance(found, h5py.Dataset):
        yield where, found
    else:
        for key in found or ():
            inner = part(file, f"{where}/{key}", path)
            # A matrix is a dataset or a group of datasets; groups in groups could be without end.
            if not isinstance(inner, h5py.Dataset):
                raise _elsewhere(path, f"{where}/{key}")
            yield f"{where}/{key}", inner


def _elsewhere(path: Path, where: str) -> InputFileError:
    return InputFileError(
        f"{path} keeps {where} in another place or another file",
        expected="a file that holds all its numbers itself",
        do="copy it with adata = anndata.read_h5ad(path); adata.write_h5ad(new_path) if you trust it",
    )
