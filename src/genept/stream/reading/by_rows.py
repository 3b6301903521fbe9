"""Turn cells that are stored by columns into cells that can be read by rows, through files."""

import json
import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from genept.atomic import writing, written_whole
from genept.stream.reading.bucket_layout import BucketLayout
from genept.stream.reading.buckets import Buckets
from genept.stream.reading.csc_rows import CscRows
from genept.stream.reading.file_cells import FileCells
from genept.stream.reading.fill_buckets import fill_buckets
from genept.stream.reading.source import Cells

log = logging.getLogger(__name__)


def by_rows(cells: Cells, folder: Path, *, memory: int) -> Cells:
    """Make rows quick to read where they aren't.

    A CSC matrix is transposed through files: each stored value is read once, and memory doesn't grow with
    the number of cells. A second call with the same folder finds the work done; what an interrupted one
    left is made anew.

    Parameters
    ----------
    cells
        As ``open_cells`` gives them.
    folder
        For the files; made if it isn't there. About as large as the matrix without compression.
    memory
        Bytes to use, here and when rows are read.

    Returns
    -------
    Cells
        ``cells`` themselves unless their form is ``"csc"``; else the same cells in the form ``"csr"``, of
        which each row has its genes in ascending order, and otherwise as they are stored.

    Raises
    ------
    OutputError
        If the folder can't be written to or the disk is full.
    InputFileError
        If the matrix is damaged.
    """
    if not (isinstance(cells, FileCells) and isinstance(cells.matrix, CscRows)):
        return cells
    made_of = {
        "path": str(cells.path.resolve()),
        **cells.state(),
        "origin": cells.origin,
        "shape": list(cells.shape),
        "stored": cells.n_stored,
    }
    layout = _done(folder, made_of)
    if layout is None:
        log.info("%s of %s is stored by genes: it is sorted by cells in %s", cells.origin, cells.path, folder)
        with writing(folder):
            folder.mkdir(exist_ok=True)
            (folder / "done.json").unlink(missing_ok=True)
        layout = BucketLayout.within(memory, shape=cells.shape, n_stored=cells.n_stored, dtype=cells.dtype)
        fill_buckets(cells.matrix, folder, layout)
        with written_whole(folder / "done.json", durable=True) as draft:
            draft.write_text(json.dumps({"made_of": made_of, "layout": asdict(layout)}))
    return replace(cells, matrix=Buckets(folder, layout, memory=memory), form="csr")


def _done(folder: Path, made_of: dict[str, Any]) -> BucketLayout | None:
    """Find the same work done, and its files as long as they should be."""
    try:
        marker = json.loads((folder / "done.json").read_text())
        layout = BucketLayout(**marker["layout"])
        sizes = {name: (folder / f"{name}.bin").stat().st_size for name in layout.sizes}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return layout if marker["made_of"] == made_of and sizes == layout.sizes else None
