"""GenePT-s of the cells of a data set, by the encoder behind gene embeddings."""

import logging
from collections.abc import Sequence

from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.vectors.representation import EMBEDDING, CellVectors, NoCellVectors
from genept.benchmark.cells.vectors.weighted import MIN_COVERAGE, covered
from genept.benchmark.own_encoder import own_encoder
from genept.cells.sentences import MAX_GENES
from genept.embeddings import GeneEmbeddings
from genept.errors import GeneptError
from genept.tl.genept_s import genept_s
from genept.tl.identity import identify, taxon_of

log = logging.getLogger(__name__)


def sentence_cells(
    cells: LabelledCells,
    name: str,
    genes: GeneEmbeddings,
    *,
    methods: Sequence[str] | None,
    max_cost: float | None,
) -> CellVectors | NoCellVectors | None:
    """Embed each cell's genes, in order of expression, as a text.

    Parameters
    ----------
    cells
        The cells.
    name, genes
        Gene embeddings, whose encoder embeds the sentences.
    methods
        What was asked for; where nothing was, sentences are embedded by a local encoder only, since a
        server's costs money.
    max_cost
        US dollars that it may cost at most.

    Returns
    -------
    CellVectors, NoCellVectors or None
        ``None`` where sentences weren't asked for.
    """
    title = f"GenePT-s ({name})"
    if methods is not None and "s" not in methods:
        return None
    if methods is None:
        encoder = own_encoder(genes)
        if isinstance(encoder, str):
            return NoCellVectors(title, EMBEDDING, f"{encoder}; ask for it by name: --method w --method s")
    log.info("%s: GenePT-s by %s", cells.name, name)
    try:
        identity = identify(
            cells.measured.genes, own=genes.genes, resolve=True, gene_column=None, taxon=taxon_of(genes)
        )
        embedded = genept_s(
            cells.measured,
            identity,
            genes,
            encoder=None,
            max_genes=MAX_GENES,
            min_coverage=MIN_COVERAGE,
            too_long="cut",
            max_cost=max_cost,
        )
    except GeneptError as error:
        return NoCellVectors(title, EMBEDDING, f"{error.found}; {error.do}")
    return covered(title, EMBEDDING, embedded)
