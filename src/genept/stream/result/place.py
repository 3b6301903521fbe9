"""The final name of a result: whether it may be taken, and how it is."""

import os
import shutil
from pathlib import Path

import zarr

from genept.atomic import check_writable
from genept.errors import OutputError


def check_place(output: Path) -> None:
    """Fail now, not after hours of work, if a result could not be put at ``output``.

    An ``.h5ad`` file is replaced, and so is a ``.zarr`` folder that is an AnnData; nothing else is.

    Raises
    ------
    OutputError
        If the name ends otherwise, or what is there isn't to be replaced, or the folder can't be written to.
    """
    if output.suffix not in (".h5ad", ".zarr"):
        raise OutputError(
            f"{output}, whose name ends in {output.suffix!r}",
            expected="a name that ends in .h5ad or .zarr",
            do="choose such an output path with -o",
        )
    if output.suffix == ".h5ad" or not output.exists():
        check_writable(output)
        return
    protected = not os.access(output, os.W_OK)
    if protected or not _is_anndata(output):
        raise OutputError(
            f"{output} is there, and {'protected against writing' if protected else 'is no AnnData'}",
            expected="a name that is free, or that of an AnnData, which is replaced",
            do="choose another output path with -o, or remove what is there",
        )


def put_folder(made: Path, output: Path, *, aside: Path) -> None:
    """Move a folder to ``output``; what was there goes ``aside``, and comes back if that fails.

    Raises
    ------
    OSError
        If it can't be moved.
    """
    if not output.exists():
        made.rename(output)
        return
    if aside.exists():
        shutil.rmtree(aside)
    output.rename(aside)
    try:
        made.rename(output)
    except OSError:
        aside.rename(output)
        raise


def _is_anndata(folder: Path) -> bool:
    try:
        return zarr.open_group(folder, mode="r").attrs.get("encoding-type") == "anndata"
    except Exception:  # zarr raises many kinds for what isn't its own
        return False
