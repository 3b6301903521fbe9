"""Read a pickle of plain data without executing anything.

Python's own unpickler calls whatever a file names. This one calls nothing that a file names: it interprets
the opcodes that data need, and builds dicts, lists, tuples, strings, numbers, and NumPy's arrays and
scalars. Any other name is refused, with the name. Memory is bounded by the file: every value is made of bytes
that are there, repeated values are references to one object, and small values are counted.

References
----------
The opcodes: the documentation of Python's ``pickletools``.
"""

import mmap
from pathlib import Path
from typing import Any

import numpy as np

from genept.embeddings.formats.pickle_machine import PickleMachine
from genept.embeddings.formats.pickle_numpy import RefusedError
from genept.errors import InputFileError


def read_pickle(path: str | Path, *, floats: type[np.floating[Any]] = np.float64) -> Any:
    """Read a pickle that holds plain data.

    Parameters
    ----------
    path
        The file; any protocol from 0 to 5.
    floats
        Type of the arrays that lists of floats become: float64, as the file has them, or float32 for half
        the memory.

    Returns
    -------
    object
        Dicts, lists, tuples, strings, bytes, numbers, ``None``, NumPy arrays and scalars, nested as in the
        file. A list of 16 floats or more comes as a one-dimensional array, at a tenth of the time
        and a quarter (float32: an eighth) of the memory.

    Raises
    ------
    InputFileError
        If the file holds anything else, which is named, or is broken. Nothing of it was executed.

    Examples
    --------
    >>> import pickle, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.pkl"
    >>> _ = path.write_bytes(pickle.dumps({"LYZ": [1, 2.5]}))
    >>> read_pickle(path)
    {'LYZ': [1, 2.5]}
    """
    path = Path(path)
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return PickleMachine(content, floats=floats).read()
    except RefusedError as error:
        raise InputFileError(
            f"the pickle {path} {error}",
            expected="plain data: dict, list, tuple, str, numbers, NumPy arrays",
            do="get it from its source again; if it stays so, don't load it with other software: "
            "a pickle can run any program",
        ) from None
    except (OSError, ValueError, MemoryError) as error:
        raise InputFileError(
            f"{path} can't be read as a pickle ({error})",
            expected="a pickle of plain data",
            do="check the path",
        ) from error
