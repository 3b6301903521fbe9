"""One tensor out of a ``.safetensors`` file, and what its header says.

The layout: eight bytes with the length of the header, the header as JSON (tensor name to dtype, shape and
place; ``__metadata__`` with strings), then the numbers. https://github.com/huggingface/safetensors#format
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.errors import InputFileError

# The library's own limit.
_LONGEST_HEADER = 100_000_000


def read_header(path: Path) -> Mapping[str, Any]:
    """Read the header; empty for a file that is none of this kind. Raises nothing."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > min(_LONGEST_HEADER, os.fstat(file.fileno()).st_size - 8):
                return {}
            header = json.loads(file.read(length))
    except (OSError, ValueError, RecursionError):
        return {}
    return header if isinstance(header, dict) else {}


def read_tensor(path: Path, key: str) -> NDArray[np.floating[Any]]:
    """Read one matrix.

    Parameters
    ----------
    path
        A ``.safetensors`` file.
    key
        The tensor's name, one of the header's.

    Returns
    -------
    (n, d) array
        float64 where the file has it, otherwise float32.

    Raises
    ------
    InputFileError
        If the file is broken, or the tensor is no matrix of floats.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="np") as file:
            part = file.get_slice(key)
            shape, dtype = tuple(part.get_shape()), part.get_dtype()
            if len(shape) != 2 or dtype not in ("F64", "F32", "F16", "BF16"):
                raise broken(path, f"has {key} of shape {shape} and type {dtype}")
            matrix = _bfloat16(path, key) if dtype == "BF16" else file.get_tensor(key)
    except (SafetensorError, OSError) as error:
        raise broken(path, f"can't be read ({error})") from error
    return np.asarray(matrix, dtype=np.float64 if dtype == "F64" else np.float32)


def _bfloat16(path: Path, key: str) -> NDArray[np.float32]:
    """NumPy has no such type: the upper half of a float32, at the place that the library has checked."""
    entry = read_header(path)[key]
    start, end = entry["data_offsets"]
    with path.open("rb") as file:
        offset = 8 + int.from_bytes(file.read(8), "little") + start
    upper = np.fromfile(path, dtype="<u2", count=(end - start) // 2, offset=offset)
    return (upper.astype(np.uint32) << 16).view(np.float32).reshape(entry["shape"])


def broken(path: Path, what: str) -> InputFileError:
    """Make the error for a file that isn't as it should be."""
    return InputFileError(
        f"{path} {what}",
        expected="an undamaged .safetensors file with a matrix of floats",
        do="get the file from its source again, or check that it is the one you mean",
    )
