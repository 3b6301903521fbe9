"""Every representation of the cells of a data set."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from threadpoolctl import threadpool_limits

from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.vectors.gene_vectors import GeneVectors, gene_vectors
from genept.benchmark.cells.vectors.harmony import harmony_cells
from genept.benchmark.cells.vectors.pca import pca_cells
from genept.benchmark.cells.vectors.representation import Made, NoCellVectors
from genept.benchmark.cells.vectors.sentences import sentence_cells
from genept.benchmark.cells.vectors.stored import stored_cells
from genept.benchmark.cells.vectors.weighted import weighted_cells
from genept.embeddings import GeneEmbeddings

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Requested:
    """Which representations are asked for.

    Parameters
    ----------
    embeddings
        Gene embeddings by name.
    stored
        Keys in ``obsm``.
    methods
        ``"w"`` and ``"s"``; ``None`` for both where sentences cost nothing.
    max_cost
        US dollars that sentences may cost at most.
    rng
        Seed of what is drawn.
    """

    embeddings: Mapping[str, GeneEmbeddings]
    stored: Sequence[str] = ()
    methods: Sequence[str] | None = None
    max_cost: float | None = None
    rng: int = 2023
    of_genes: list[GeneVectors | NoCellVectors] = field(init=False)

    def __post_init__(self) -> None:
        found = gene_vectors(self.embeddings, seed=self.rng)
        if self.methods is not None and "w" not in self.methods:
            # Controls of the weighting say nothing of sentences.
            found = []
        object.__setattr__(self, "of_genes", found)


def every_representation(cells: LabelledCells, requested: Requested) -> Made:
    """Make all representations of the cells of a data set, those that can't be made with the reason.

    Parameters
    ----------
    cells
        The cells.
    requested
        Which.
    """
    log.info("%s: making representations of %s cells", cells.name, f"{len(cells):,}")
    made = Made()
    for by in requested.of_genes:
        made.add(by if isinstance(by, NoCellVectors) else weighted_cells(cells, by))
    for name, genes in requested.embeddings.items():
        sentences = sentence_cells(cells, name, genes, methods=requested.methods, max_cost=requested.max_cost)
        if sentences is not None:
            made.add(sentences)
    for key in requested.stored:
        made.add(stored_cells(cells, key))
    # Sums by several threads differ in the last digits with their number.
    with threadpool_limits(1):
        components = pca_cells(cells.measured.expression, seed=requested.rng)
        if "batch" in cells.values:
            components.append(harmony_cells(components, cells.values["batch"], seed=requested.rng))
    for one in components:
        made.add(one)
    return made
