"""What a file says of its cells, brought into a result in bounded memory."""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import h5py
import pandas as pd
import zarr
from anndata import read_h5ad
from anndata.io import read_elem, write_elem

from genept.errors import InputFileError
from genept.stream.result.copy_elements import (
    Group,
    attributes,
    copy_element,
    holds_pickle,
    is_copyable,
    is_group,
)

_FRAME = {"encoding-type": "dataframe", "encoding-version": "0.2.0"}


@contextmanager
def open_obs(path: Path, *, n_cells: int, columns: bool, scratch: Path) -> Iterator[Group]:
    """Open the table of cells of an ``.h5ad`` or ``.zarr``.

    Parameters
    ----------
    path
        The file, or folder.
    n_cells
        How many cells it should have.
    columns
        Whether all columns are wanted, or the names of the cells only.
    scratch
        A name that is free, or from an earlier call, for a copy in today's layout of a table in an older
        one. Only such a table is ever in memory whole.

    Yields
    ------
    Group
        The table, in the layout that anndata calls dataframe 0.2.0.

    Raises
    ------
    InputFileError
        If it can't be read, or has another number of cells.
    """
    with ExitStack() as opened:
        try:
            root: Group = (
                zarr.open_group(path, mode="r")
                if path.is_dir()
                else opened.enter_context(h5py.File(path, locking="best-effort"))
            )
            obs = root["obs"]
            if not _is_todays(obs, columns=columns):
                obs = _rewritten(path, obs, scratch)
            lengths = {_length(obs[name]) for name in _names(obs, columns=columns)}
        except InputFileError:
            raise
        except Exception as error:  # h5py, zarr and anndata raise many kinds for a broken file
            raise _refuse(path, str(error)) from error
        if lengths != {n_cells}:
            raise _refuse(path, f"it has {max(lengths):,} cells where there were {n_cells:,}")
        yield obs


def copy_obs(obs: Group, into: Group, *, columns: bool, own: str | None) -> None:
    """Copy a table of cells.

    Parameters
    ----------
    obs
        From :func:`open_obs`, for the same ``columns``.
    into
        A group, in which our own column may stand.
    columns
        Whether all columns are copied, or the names of the cells only.
    own
        Our own column, if there is one, in the place of one of that name.

    Raises
    ------
    InputFileError
        If it can't be read.
    OSError
        If it can't be written.
    """
    index, *order = _names(obs, columns=columns)
    # Names of cells under the name of our column would be overwritten by it.
    index_as = "_index" if index == own else index
    copy_element(obs[index], into, index_as)
    for name in order:
        if name not in (index, own):
            copy_element(obs[name], into, name)
    if own is not None and own not in order:
        order.append(own)
    into.attrs.update({**_FRAME, "_index": index_as, "column-order": order})


def _names(obs: Group, *, columns: bool) -> list[str]:
    """Under which names the names of the cells are, and then the columns."""
    said = attributes(obs)
    return [said["_index"], *(said.get("column-order", []) if columns else [])]


def _is_todays(obs: Any, *, columns: bool) -> bool:
    if not is_group(obs) or not attributes(obs).items() >= _FRAME.items():
        return False
    return all(is_copyable(obs[name]) for name in _names(obs, columns=columns))


def _length(column: Any) -> int:
    while is_group(column):
        column = column["codes" if "codes" in column else "values"]
    return int(column.shape[0])


def _rewritten(path: Path, obs: Any, scratch: Path) -> Group:
    """Have anndata, which knows older layouts, read a table and write it as it does today."""
    if holds_pickle(obs):
        raise _refuse(path, "a pickle is in it, which could run anything when it is read")
    with warnings.catch_warnings():
        # It tells of layouts that it moves into today's place; nothing is lost by it.
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        frame = read_elem(obs)
        if not isinstance(frame, pd.DataFrame):
            adata = read_h5ad(path, backed="r")
            frame = adata.obs
            adata.file.close()
    copy: Group = zarr.open_group(scratch, mode="w", zarr_format=2)
    write_elem(copy, "obs", frame)
    return copy["obs"]


def _refuse(path: Path, reason: str) -> InputFileError:
    return InputFileError(
        f"what {path} says of its cells can't be copied ({reason})",
        expected="the file of which the cells were read, with an obs that anndata reads",
        do="mend it and go on with --resume, or have only the embedding written",
    )
