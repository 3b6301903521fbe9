"""Elements of an AnnData, copied from file to file in memory that doesn't grow with their length.

HDF5 or zarr, of format 2 or 3, on either side. An element is an array, or a group of elements, with
attributes that say what it is; a copy has the same parts and attributes.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import h5py
import numpy as np
import zarr
from numpy.typing import NDArray

from genept.errors import InputFileError

# Of h5py or of zarr; h5py says nothing of its types.
Group: TypeAlias = Any
Array: TypeAlias = Any
Element: TypeAlias = Any

# The most that is in memory at a time; rows are bounded too, since a text weighs more than its array says.
_BLOCK_BYTES = 1 << 24
_BLOCK_ROWS = 1 << 17

_PLAIN = (bool, int, float, str, list)


def copy_element(element: Element, into: Group, name: str) -> None:
    """Copy an array, or a group with all its parts, to ``into[name]``; what is there is replaced.

    Parameters
    ----------
    element
        One of which :func:`is_copyable` is true.

    Raises
    ------
    InputFileError
        If it can't be read.
    OSError
        If it can't be written.
    """
    if name in into:
        del into[name]
    if is_group(element):
        copy = into.create_group(name)
        for part in element:
            copy_element(element[part], copy, part)
    else:
        copy = _new_array(element, into, name)
        for rows, values in _blocks(element):
            copy[rows] = values
    copy.attrs.update(attributes(element))


def is_copyable(element: Element) -> bool:
    """Whether an element consists of arrays of numbers, truth values and text, and nothing else."""
    if is_group(element):
        return all(is_copyable(element[part]) for part in element)
    if holds_pickle(element) or element.ndim == 0:
        return False
    return _holds_text(element) or element.dtype.kind in "biufc"


def holds_pickle(element: Element) -> bool:
    """Whether reading an element would mean to unpickle, which could run anything."""
    if is_group(element):
        return any(holds_pickle(element[part]) for part in element)
    said = getattr(element, "metadata", None)
    codecs = [*(getattr(said, "filters", None) or ()), getattr(said, "compressor", None)]
    return any(getattr(codec, "codec_id", None) == "pickle" for codec in codecs)


def is_group(element: Element) -> bool:
    """Whether an element has parts."""
    return isinstance(element, h5py.Group | zarr.Group)


def attributes(element: Element) -> dict[str, Any]:
    """Attributes of an element as plain Python, without references and what else only HDF5 knows."""
    said = {name: _plain(value) for name, value in element.attrs.items()}
    kept = {name: value for name, value in said.items() if isinstance(value, _PLAIN)}
    if not is_group(element) and _holds_text(element):
        # Other programs write text as arrays of bytes, and say no more than that.
        kept |= {"encoding-type": "string-array", "encoding-version": "0.2.0"}
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    return value.decode() if isinstance(value, bytes) else value


def _holds_text(array: Array) -> bool:
    if isinstance(array, h5py.Dataset):
        return h5py.check_string_dtype(array.dtype) is not None
    # Before numpy 2, zarr gives text as objects.
    return array.dtype.kind in "UT" or array.attrs.get("encoding-type") == "string-array"


def _new_array(model: Array, into: Group, name: str) -> Any:
    text = _holds_text(model)
    if isinstance(into, h5py.Group):
        return into.create_dataset(name, model.shape, h5py.string_dtype() if text else model.dtype.str)
    return into.create_array(
        name,
        shape=model.shape,
        dtype="string" if text else model.dtype.str,
        chunks=(max(1, min(_block_rows(model), model.shape[0])), *model.shape[1:]),
    )


def _blocks(array: Array) -> Iterator[tuple[slice, NDArray[Any]]]:
    text = _holds_text(array)
    for start in range(0, array.shape[0], step := _block_rows(array)):
        rows = slice(start, min(start + step, array.shape[0]))
        try:
            values = array.asstr()[rows] if text and isinstance(array, h5py.Dataset) else array[rows]
        except Exception as error:  # h5py and zarr raise many kinds for a broken file
            raise InputFileError(
                f"{array.name} in {_file(array)} can't be read ({error})",
                expected="a file that is whole",
                do="make the file anew",
            ) from error
        yield rows, np.asarray(values, object if text else None)


def _block_rows(array: Array) -> int:
    """As many rows as fit into a block, in whole chunks, since a chunk is read as one."""
    chunk = ((getattr(array, "shards", None) or array.chunks) or (1,))[0]
    row_bytes = max(1, array.dtype.itemsize * int(np.prod(array.shape[1:])))
    rows = min(_BLOCK_ROWS, _BLOCK_BYTES // row_bytes)
    return int(max(1, rows // chunk) * chunk)


def _file(array: Array) -> str:
    return str(array.file.filename if isinstance(array, h5py.Dataset) else array.store)
