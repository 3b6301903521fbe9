"""A first look at cells spread over a file, before all of them are read."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genept.cells.expression import Kind, Look, as_block, refuse_nothing
from genept.cells.tally import count
from genept.errors import ValuesError
from genept.stream.source import Cells
from genept.stream.totals import Totals

_PLACES = 16
_CELLS_AT_A_PLACE = 256
# Values that the survey may hold in all.
_MOST_VALUES = 8_000_000


@dataclass(frozen=True, eq=False)
class Survey:
    """What cells spread over the file say of all of them.

    Parameters
    ----------
    kind, log_base
        What the values are, as in :class:`genept.cells.Expression`.
    by_gene
        (n_genes,) float64, counts of each measured gene in the cells that were looked at.
    asked
        Whether the kind was found by looking, not told.
    log1p
        Whether the file says that a logarithm was taken.
    """

    kind: Kind
    log_base: float
    by_gene: NDArray[np.float64]
    asked: bool
    log1p: bool

    def check(self, totals: Totals, origin: str) -> None:
        """Raise if the values read so far turn out to be other ones than the survey found.

        Raises
        ------
        ValuesError
            Saying what was thought, and what is seen now.
        """
        kind, _ = totals.look(origin).verdict(log1p_hint=self.log1p)
        if not self.asked or kind == self.kind:
            return
        raise ValuesError(
            f"{origin} looked like {_words(self.kind)} in cells spread over the file, but the cells read so "
            f"far, with values up to {totals['largest']:.4g}, look like {_words(kind)}",
            expected="values of one kind",
            do="say what they are (in Python: values='counts' or 'log_normalised', on the command line: "
            "--values)",
        )


def survey(cells: Cells, *, values: Kind | Literal["auto"]) -> Survey:
    """Look at some cells, evenly spread over the file; at all of them where they are few.

    Raises
    ------
    ValuesError, InputFileError
        If what is there can't be used, or read.
    """
    refuse_nothing(cells.shape, cells.origin)
    n_cells, n_genes = cells.shape
    a_cell = max(1, cells.n_stored // n_cells)
    length = max(1, min(_CELLS_AT_A_PLACE, _MOST_VALUES // (_PLACES * a_cell)))
    starts = range(0, n_cells, length)
    if len(starts) > _PLACES:
        starts_ = np.linspace(0, n_cells - length, _PLACES).astype(int).tolist()
    else:
        starts_ = list(starts)
    look = Look(cells.origin)
    blocks = []
    for start in starts_:
        read = cells.rows(start, min(start + length, n_cells))
        look.at(read.data if isinstance(read, sparse.csr_matrix) else read)
        blocks.append(as_block(read))
    kind, base = look.verdict(log1p_hint=cells.log1p)
    kind, base = kind if values == "auto" else values, cells.log_base or base
    nothing = np.zeros(n_genes, dtype=bool)
    by_gene = np.zeros(n_genes)
    for block in blocks:
        by_gene += count(block, nothing, kind=kind, log_base=base).by_gene
    return Survey(kind, base, by_gene, asked=values == "auto", log1p=cells.log1p)


def _words(kind: Kind) -> str:
    return "counts" if kind == "counts" else "logarithms"
