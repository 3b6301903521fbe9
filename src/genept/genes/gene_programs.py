"""GenePrograms: groups of genes that were found to be alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.errors import GeneNamesError, UnknownNameError
from genept.genes.species import HUMAN
from genept.genes.table import GeneTable


@dataclass(frozen=True, eq=False)
class GenePrograms:
    """Groups of genes, numbered from 1 on, the largest first; a gene is in one of them or in none.

    Parameters
    ----------
    genes
        All genes among which programs were looked for: those in none, too. They are the universe of a
        test for enrichment.
    program_of
        (n,) the program of each gene, 0 where it is in none. Every number up to the largest has a gene.
    similarity
        (n,) float64: cosine similarity of each gene's vector and the mean direction of its program; NaN
        where it is in none.
    provenance
        How they were found: ``method``, ``n_edges``, ``taxon`` and more.

    Raises
    ------
    GeneNamesError
        If the lengths differ, or a number has no gene.

    Examples
    --------
    >>> table = GeneTable(("CD3D", "CD3E", "LYZ"))
    >>> programs = GenePrograms(table, np.array([1, 1, 0]), np.array([0.8, 0.9, np.nan]))
    >>> programs
    1 gene programs with 2 of 3 genes
    >>> programs.table
       program  gene  similarity
    0        1  CD3E         0.9
    1        1  CD3D         0.8
    """

    genes: GeneTable
    program_of: NDArray[np.intp]
    similarity: NDArray[np.float64]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        program_of = np.array(self.program_of, dtype=np.intp)
        similarity = np.array(self.similarity, dtype=np.float64)
        if not program_of.shape == similarity.shape == (len(self.genes),):
            raise GeneNamesError(
                f"{len(self.genes):,} genes, programs of shape {program_of.shape} and similarities of shape "
                f"{similarity.shape}",
                expected="one of each for every gene",
                do="pass them in the order of the genes",
            )
        numbers = np.unique(program_of[program_of != 0])
        if not np.array_equal(numbers, np.arange(1, len(numbers) + 1)):
            raise GeneNamesError(
                f"programs numbered {numbers.tolist()[:10]}",
                expected="1, 2, 3 and so on, and 0 for a gene in none",
                do="number them anew",
            )
        for name, values in (("program_of", program_of), ("similarity", similarity)):
            values.flags.writeable = False
            object.__setattr__(self, name, values)
        object.__setattr__(self, "provenance", dict(self.provenance))

    def __len__(self) -> int:
        return int(self.program_of.max(initial=0))

    def __repr__(self) -> str:
        n = np.count_nonzero(self.program_of)
        return f"{len(self):,} gene programs with {n:,} of {len(self.genes):,} genes"

    @property
    def sizes(self) -> NDArray[np.intp]:
        """(n_programs,) how many genes each program has, the first's first."""
        return np.bincount(self.program_of, minlength=1)[1:]

    @property
    def taxon(self) -> int:
        """NCBI taxon id of the genes; human where nothing is said."""
        return int(self.provenance.get("taxon", HUMAN))

    @property
    def table(self) -> pd.DataFrame:
        """One row for each gene in a program: ``program``, ``gene`` (its symbol), ``similarity``."""
        rows = [self.rows_of(program) for program in range(1, len(self) + 1)]
        joined = np.concatenate([np.empty(0, dtype=np.intp), *rows])
        return pd.DataFrame(
            {
                "program": self.program_of[joined],
                "gene": pd.Series([self.genes.symbols[row] for row in joined], dtype=object),
                "similarity": self.similarity[joined],
            }
        )

    def rows_of(self, program: int) -> NDArray[np.intp]:
        """Rows of the genes of a program, those most like the whole of it first.

        Raises
        ------
        UnknownNameError
            If there is no such program.
        """
        rows = np.flatnonzero(self.program_of == program).tolist()
        if program < 1 or not rows:
            raise UnknownNameError(
                f"no program {program}", expected=f"a number from 1 to {len(self)}", do="choose one of them"
            )
        # What differs by rounding only is in the order of the symbols.
        likeness = self.similarity.round(6).tolist()
        rows.sort(key=lambda row: (-likeness[row], self.genes.symbols[row]))
        return np.array(rows, dtype=np.intp)
