"""The genes that two data sets share, whatever their columns are called."""

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.genes import GeneTable
from genept.genes.species import HUMAN
from genept.tl.identity import Identity, identify


def shared_columns(train: LabelledCells, test: LabelledCells) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the genes that two data sets share, by today's symbol where it is known, else by name.

    Returns
    -------
    (n_shared,) int array, (n_shared,) int array
        The column of each gene in either. Of several columns of one gene the first.
    """
    first, second = _columns_by_gene(train), _columns_by_gene(test)
    shared = [name for name in first if name in second]
    return (
        np.array([first[name] for name in shared], dtype=np.intp),
        np.array([second[name] for name in shared], dtype=np.intp),
    )


def _columns_by_gene(cells: LabelledCells) -> dict[str, int]:
    identity = identify(cells.measured.genes, own=None, resolve=True, gene_column=None, taxon=HUMAN)
    found: dict[str, int] = {}
    for column, name in enumerate(_symbols(identity)):
        found.setdefault(name, column)
    found.pop("", None)
    return found


def _symbols(identity: Identity) -> list[str]:
    resolution = identity.resolution
    known = GeneTable(()) if resolution is None else resolution.resolver.genes
    rows = [-1] * len(identity.names) if resolution is None else resolution.rows
    return [known.symbols[row] if row >= 0 else name for row, name in zip(rows, identity.names, strict=True)]
