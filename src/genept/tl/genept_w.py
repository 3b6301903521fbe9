"""GenePT-w of an AnnData's expression."""

import logging
from dataclasses import replace

from genept.cells import measure_coverage, weighted_embedding
from genept.embeddings import GeneEmbeddings
from genept.genes import GeneMatch
from genept.tl.coverage import refuse_low_coverage
from genept.tl.embedded import EmbeddedCells
from genept.tl.gene_names import no_gene_in_common
from genept.tl.identity import Identity
from genept.tl.matrix import MeasuredCells, MeasuredGenes

log = logging.getLogger(__name__)

# What usable genes have, and what to do where too few have it.
HAVE = "a vector"
DO = "embed more genes, check that names and species agree"


def genept_w(
    measured: MeasuredCells,
    identity: Identity,
    genes: GeneEmbeddings,
    *,
    min_coverage: float,
    n_threads: int | None,
) -> EmbeddedCells:
    """Match genes, measure what that covers, and average the vectors.

    Raises
    ------
    GeneNamesError
        If no measured gene has a vector.
    CoverageError
        If less than ``min_coverage`` of the counts is covered.
    """
    match = match_vectors(measured.genes, identity, genes)
    coverage, tally = measure_coverage(measured.expression, match)
    log.info("%s", coverage.summary(HAVE))
    refuse_low_coverage(coverage, min_coverage, have=HAVE, do=DO)
    return EmbeddedCells(
        vectors=weighted_embedding(measured.expression, match, genes.vectors, n_threads=n_threads),
        coverage=tally.coverage,
        record={
            "coverage": coverage.as_dict(),
            "min_coverage": min_coverage,
            "gene_embeddings": dict(genes.provenance),
        },
    )


def match_vectors(measured: MeasuredGenes, identity: Identity, genes: GeneEmbeddings) -> GeneMatch:
    """Find the measured genes that have a vector.

    Raises
    ------
    GeneNamesError
        If none has.
    """
    match = identity.match(genes.genes)
    if not len(match.columns):
        raise no_gene_in_common(measured, identity.names, genes.genes)
    # A gene without a name in the column that was chosen is reported by its var_name.
    return replace(
        match, names=tuple(name or other for name, other in zip(match.names, measured.names, strict=True))
    )
