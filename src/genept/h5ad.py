"""Read and write ``.h5ad`` files, with errors that a person can act on."""

import errno
import os
import warnings
from pathlib import Path

import h5py
import pandas as pd
from anndata import AnnData
from anndata import read_h5ad as anndata_read_h5ad
from anndata.io import read_elem

from genept.atomic import written_whole
from genept.errors import InputFileError


def check_there(path: Path, *, expected: str) -> None:
    """Refuse a path at which there is nothing, or nothing that may be read.

    Raises
    ------
    InputFileError
        With what was ``expected`` there.
    """
    try:
        path.stat()
        reason = None if os.access(path, os.R_OK) else os.strerror(errno.EACCES)
    except FileNotFoundError as error:
        raise InputFileError(f"{path} is not there", expected=expected, do="check the path") from error
    except OSError as error:
        reason = error.strerror
    if reason is not None:
        raise InputFileError(
            f"{path} can't be opened ({reason})", expected=expected, do="check the path and its permissions"
        )


def read_h5ad(path: str | Path) -> AnnData:
    """Read a whole ``.h5ad`` file into memory.

    Parameters
    ----------
    path
        Where it is.

    Returns
    -------
    AnnData
        As anndata reads it, older layouts included.

    Raises
    ------
    InputFileError
        If the file is missing, can't be read, or is no AnnData.
    """
    path = Path(path)
    expected = "an AnnData file (.h5ad) that exists and is whole"
    check_there(path, expected=expected)
    if path.is_dir():
        raise InputFileError(f"{path} is a folder", expected=expected, do="name the file")
    try:
        with warnings.catch_warnings():
            # anndata tells of layouts that it moves into today's place; nothing is lost by it.
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            warnings.filterwarnings("ignore", message=".*names are not unique", category=UserWarning)
            return anndata_read_h5ad(path)
    except Exception as error:  # h5py and anndata raise many kinds for a broken file
        raise InputFileError(
            f"{path} can't be read as .h5ad ({first_line(error)})",
            expected=expected,
            do="write it again with adata.write_h5ad(path); 10x and loom files are read by "
            "scanpy first (sc.read_10x_h5, sc.read_loom)",
        ) from error


def read_var(path: str | Path) -> pd.DataFrame:
    """Read only what an ``.h5ad`` file says of its genes, not the matrix.

    Raises
    ------
    InputFileError
        As :func:`read_h5ad`.
    """
    try:
        with h5py.File(path, locking="best-effort") as file:
            var = read_elem(file["var"])
    except Exception:  # h5py and anndata raise many kinds for a broken or older file
        # The reader of whole files knows older layouts, and says what is wrong.
        var = None
    if not isinstance(var, pd.DataFrame):
        var = pd.DataFrame(read_h5ad(path).var)
    return var


def write_h5ad(adata: AnnData, path: str | Path) -> None:
    """Write an AnnData to ``path``, whole or not at all.

    Parameters
    ----------
    adata
        What to write.
    path
        Where to; replaced if it is there.

    Raises
    ------
    OutputError
        If the file can't be written; what was there before is still there.
    """
    with written_whole(path) as draft:
        try:
            adata.write_h5ad(draft)
        except OSError:
            raise
        except Exception as error:
            # h5py says RuntimeError when it closes a file on a full disk; anndata has errors of its own
            # for what HDF5 can't hold.
            raise OSError(first_line(error)) from error


def first_line(error: Exception) -> str:
    """Give the first line of what an error says, or its kind where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
