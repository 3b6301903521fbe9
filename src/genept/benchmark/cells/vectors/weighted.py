"""GenePT-w of the cells of a data set, by any vectors of genes."""

from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.vectors.gene_vectors import GeneVectors
from genept.benchmark.cells.vectors.representation import CellVectors, NoCellVectors
from genept.errors import GeneptError
from genept.tl.embedded import EmbeddedCells
from genept.tl.genept_w import genept_w
from genept.tl.identity import identify, taxon_of

# As tl.embed_cells has it: below, it is most likely a mix-up of names or species.
MIN_COVERAGE = 0.1


def weighted_cells(cells: LabelledCells, by: GeneVectors) -> CellVectors | NoCellVectors:
    """Average the vectors of each cell's genes, weighted by expression, to unit norm.

    Parameters
    ----------
    cells
        The cells.
    by
        Vectors of genes.

    Returns
    -------
    CellVectors or NoCellVectors
        A cell without counts in a gene with a vector is a row of zeros, which the note counts. None where
        names can't be matched, or less than a tenth of the counts is in genes with a vector.
    """
    try:
        identity = identify(
            cells.measured.genes,
            own=by.genes.genes,
            resolve=True,
            gene_column=None,
            taxon=taxon_of(by.genes),
        )
        embedded = genept_w(cells.measured, identity, by.genes, min_coverage=MIN_COVERAGE, n_threads=1)
    except GeneptError as error:
        return NoCellVectors(by.name, by.kind, f"{error.found}; {error.do}")
    return covered(by.name, by.kind, embedded)


def covered(name: str, kind: str, embedded: EmbeddedCells) -> CellVectors:
    """Tell of embedded cells what was covered."""
    coverage = embedded.record["coverage"]
    n_zero = int((embedded.vectors == 0).all(axis=1).sum())
    share_read = embedded.record.get("share_read", 1.0)
    notes = [
        f"{n_zero:,} cells without a count in a gene that can be used are zero vectors" if n_zero else "",
        f"the encoder read {share_read:.0%} of a sentence on average" if share_read < 1 else "",
    ]
    return CellVectors(
        name,
        kind,
        embedded.vectors,
        genes_measured=coverage["n_genes"],
        genes_used=coverage["n_genes_covered"],
        share_of_counts=coverage["counts"],
        note="; ".join(filter(None, notes)),
        one_space=True,
    )
