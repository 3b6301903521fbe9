"""GenePT-w of an AnnData's expression."""

import logging

from genept.cells import measure_coverage, weighted_embedding
from genept.embeddings import GeneEmbeddings
from genept.errors import CoverageError, name_some
from genept.genes import match_genes
from genept.tl.embedded import EmbeddedCells
from genept.tl.gene_names import no_gene_in_common
from genept.tl.matrix import MeasuredGenes

log = logging.getLogger(__name__)


def genept_w(
    measured: MeasuredGenes, genes: GeneEmbeddings, *, min_coverage: float, n_threads: int | None
) -> EmbeddedCells:
    """Match genes, measure what that covers, and average the vectors.

    Raises
    ------
    GeneNamesError
        If no measured gene has a vector.
    CoverageError
        If less than ``min_coverage`` of the counts is covered.
    """
    match = match_genes(measured.names, genes.genes)
    if not len(match.columns):
        raise no_gene_in_common(measured, genes.genes)
    coverage = measure_coverage(measured.expression, match)
    log.info("%s", coverage.summary())
    # Without any counts nothing is lost: the cells get zero vectors and a warning.
    if not coverage.counts >= min_coverage and not measured.expression.empty_cells().all():
        raise CoverageError(
            f"only {coverage.counts:.1%} of the counts lie in genes with a vector "
            f"({coverage.n_covered:,} of {coverage.n_genes:,} genes); largest losses: "
            f"{name_some([name for name, _ in coverage.losses])}",
            expected=f"at least {min_coverage:.1%}",
            do="embed more genes, check that names and species agree, or lower the bound "
            "(in Python: min_coverage=, on the command line: --min-coverage)",
        )
    return EmbeddedCells(
        vectors=weighted_embedding(measured.expression, match, genes.vectors, n_threads=n_threads),
        coverage=coverage.per_cell,
        record={
            "coverage": coverage.as_dict(),
            "min_coverage": min_coverage,
            "gene_embeddings": dict(genes.provenance),
        },
    )
