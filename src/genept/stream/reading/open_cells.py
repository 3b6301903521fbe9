"""Open the cells of a file without reading them."""

import logging
from pathlib import Path

from genept.stream.reading.cell_names import CellNames
from genept.stream.reading.file_cells import FileCells
from genept.stream.reading.held_cells import held_cells
from genept.stream.reading.layout import asked_element, check_anndata, is_older, read_log_mark, read_var
from genept.stream.reading.source import Cells
from genept.stream.reading.stored_file import StoredFile
from genept.stream.reading.stored_matrix import look_at_matrix
from genept.tl.asked_matrix import check_one_matrix, log_mark

log = logging.getLogger(__name__)


def open_cells(path: str | Path, *, layer: str | None = None, use_raw: bool = False) -> Cells:
    """Open an AnnData file, of which cells are then read by rows.

    Memory doesn't grow with the number of cells, unless the file is in a layout of before anndata 0.7: such
    a file is held in memory, and the log says so.

    Parameters
    ----------
    path
        An ``.h5ad`` file, or a folder of zarr (format 2 or 3). Which it is, is found out by looking.
    layer
        A layer to use in place of X.
    use_raw
        Use ``raw`` in place of X.

    Returns
    -------
    Cells
        What the file says of its cells and genes, and a way to their values.

    Raises
    ------
    ArgumentError
        If both ``layer`` and ``use_raw`` are given.
    InputFileError
        If the file is missing, damaged, or is no AnnData.
    UnknownNameError
        If the layer or ``raw`` isn't there.
    ValuesError
        If the values aren't real numbers.
    """
    check_one_matrix(layer=layer, use_raw=use_raw)
    file = StoredFile(Path(path))
    with file.reading("what it holds"):
        check_anndata(file)
        if is_older(file):
            file.close()
            log.info(
                "%s is in an older layout and is held in memory; adata.write_h5ad(path) writes it in today's",
                path,
            )
            return held_cells(file, layer=layer, use_raw=use_raw)
        name, origin = asked_element(file, layer=layer, use_raw=use_raw)
        var = read_var(file, "raw/var" if use_raw else "var")
        marked, base = log_mark(read_log_mark(file)) if origin == "X" else (False, None)
        cell_names = CellNames.look(file)
        shape = len(cell_names), len(var)
        matrix, form, dtype, n_stored = look_at_matrix(file, name, origin=origin, shape=shape)
    return FileCells(
        file=file,
        matrix=matrix,
        cell_names=cell_names,
        origin=origin,
        shape=shape,
        form=form,
        dtype=dtype,
        n_stored=n_stored,
        var=var,
        log1p=marked,
        log_base=base,
    )
