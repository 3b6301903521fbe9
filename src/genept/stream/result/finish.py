"""The AnnData around the vectors: while they are written there are only arrays, and in the end all of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import pandas as pd
import zarr
from anndata.io import write_elem

from genept.atomic import sync_file
from genept.stream.result.chunk_writer import ChunkWriter
from genept.stream.result.copy_elements import Group, copy_element
from genept.stream.result.folder import empty_folder
from genept.stream.result.obs import copy_obs
from genept.tl.embed_cells import COVERAGE_KEY

_DICT = {"encoding-type": "dict", "encoding-version": "0.1.0"}
_ANNDATA = {"encoding-type": "anndata", "encoding-version": "0.1.0"}


def complete_zarr(writer: ChunkWriter, obs: Group, record: Mapping[str, Any], *, columns: bool) -> None:
    """Make a whole AnnData of the folder in which the arrays are.

    Raises
    ------
    InputFileError
        If ``obs`` can't be read.
    OSError
        If it can't be written.
    """
    # An interrupted call may have left anything but the arrays half made.
    empty_folder(writer.result, but=("obsm", "obs"))
    for group, array in (("obsm", writer.key), ("obs", COVERAGE_KEY)):
        (writer.result / group).mkdir(exist_ok=True)
        empty_folder(writer.result / group, but=(array,))
    root = zarr.open_group(writer.result, mode="a", zarr_format=2)
    _complete(root, writer, obs, record, columns=columns)
    zarr.consolidate_metadata(root.store)


def write_h5ad(
    writer: ChunkWriter, obs: Group, record: Mapping[str, Any], *, columns: bool, path: Path
) -> None:
    """Write the same AnnData to an ``.h5ad`` file, block by block, and to the disk.

    Raises
    ------
    InputFileError
        If ``obs`` can't be read.
    OSError
        If it can't be written.
    """
    try:
        with h5py.File(path, "w") as file:
            # HDF5 has little room for a group's attributes, and so for names of columns, unless it is told.
            file.create_group("obs", track_order=True)
            for name in writer.arrays:
                copy_element(zarr.open_array(writer.result / name, mode="r"), file, name)
            _complete(file, writer, obs, record, columns=columns)
    except RuntimeError as error:
        # What h5py says when it closes a file on a full disk.
        raise OSError(str(error)) from error
    sync_file(path)


def _complete(
    root: Group, writer: ChunkWriter, obs: Group, record: Mapping[str, Any], *, columns: bool
) -> None:
    """Write all of an AnnData without values and genes but the arrays, which are there."""
    root.attrs.update(_ANNDATA)
    for name in ("layers", "obsm", "obsp", "varm", "varp"):
        root.require_group(name).attrs.update(_DICT)
    write_elem(root, "var", pd.DataFrame(index=pd.Index([], dtype=object)))
    write_elem(root, "uns", {"genept": {writer.key: dict(record)}})
    own = COVERAGE_KEY if writer.with_coverage else None
    copy_obs(obs, root.require_group("obs"), columns=columns, own=own)
