"""A first look at cells spread over a file, before all of them are read."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genept.cells.expression import Kind, Look, as_block, refuse_no_logarithms, refuse_nothing
from genept.cells.tally import count
from genept.errors import ValuesError
from genept.stream.reading.source import Cells
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
    look
        What was seen of their values.
    asked
        Whether the kind was found by looking, not told; and whether the base of the logarithm was.
    log1p
        Whether the file says that a logarithm was taken.
    """

    kind: Kind
    log_base: float
    by_gene: NDArray[np.float64]
    look: Look
    asked: tuple[bool, bool]
    log1p: bool

    def check(self, totals: Totals) -> None:
        """Raise if all that was read so far says something else than the survey.

        Raises
        ------
        ValuesError
            Saying what was thought, and what is seen now.
        """
        seen = totals.look(self.look)
        refuse_no_logarithms(self.kind, seen)
        kind, base = seen.verdict(log1p_hint=self.log1p)
        if self.asked[0] and kind != self.kind:
            raise ValuesError(
                f"{seen.origin} looked like {_words(self.kind)} in cells spread over the file, but with more "
                f"cells read, and values up to {seen.largest:.4g}, it looks like {_words(kind)}",
                expected="values of one kind",
                do="say what they are (in Python: values='counts' or 'log_normalised', on the command line: "
                "--values)",
            )
        if self.asked[1] and self.kind == "log_normalised" and base != self.log_base:
            raise ValuesError(
                f"{seen.origin} looked like natural logarithms in cells spread over the file, but has values "
                f"up to {seen.largest:.4g}, as logarithms to base 2 have",
                expected="logarithms whose base is known, since coverage in counts depends on it",
                do="write the base into the file: adata.uns['log1p'] = {'base': 2}",
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
    starts = list(range(0, n_cells, length))
    if len(starts) > _PLACES:
        starts = np.linspace(0, n_cells - length, _PLACES).astype(int).tolist()
    look = Look(cells.origin)
    blocks = []
    for start in starts:
        read = cells.rows(start, min(start + length, n_cells))
        look.at(read)
        blocks.append(as_block(read))
    kind, base = look.verdict(log1p_hint=cells.log1p)
    kind, base = kind if values == "auto" else values, cells.log_base or base
    refuse_no_logarithms(kind, look)
    nothing = np.zeros(n_genes, dtype=bool)
    by_gene = np.zeros(n_genes)
    for block in blocks:
        by_gene += count(block, nothing, kind=kind, log_base=base).by_gene
    asked = values == "auto", cells.log_base is None
    return Survey(kind, base, by_gene, look, asked, cells.log1p)


def _words(kind: Kind) -> str:
    return "counts" if kind == "counts" else "logarithms"
