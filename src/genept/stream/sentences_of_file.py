"""The sentences of all cells of a file, for an estimate, or a job that takes them all at once."""

import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal

import numpy as np

from genept.cells.coverage import coverage_of
from genept.cells.expression import Kind, as_block, check_values
from genept.cells.sentences import MAX_GENES
from genept.embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder
from genept.stream.chunk_job import refuse_empty_cells
from genept.stream.methods import Sentences
from genept.stream.plan import MEMORY, MOST_CELLS, bytes_of
from genept.stream.prepare import HowToName, prepare_s
from genept.stream.reading.by_rows import by_rows
from genept.stream.reading.open_cells import open_cells
from genept.stream.survey import survey
from genept.tl.coverage import refuse_low_coverage
from genept.tl.identity import taxon_of


def sentences_of_file(
    source: str | Path,
    genes: GeneEmbeddings | None = None,
    *,
    encoder: str | TextEncoder | CorpusEncoder | None = None,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    min_coverage: float = 0.1,
    max_genes: int = MAX_GENES,
    empty_cells: Literal["zero", "error"] = "zero",
    resolve: bool = True,
    gene_column: str | None = None,
    taxon: int | None = None,
) -> tuple[TextEncoder, list[str]]:
    """Write the sentences that :func:`genept.embed_file` embeds, without embedding them.

    All of them are held in memory, six kilobytes or so a cell; the expression values aren't.

    Parameters
    ----------
    source, genes, encoder, layer, use_raw, values, min_coverage, max_genes, empty_cells
        As for :func:`genept.embed_file`.
    resolve, gene_column, taxon
        As for :func:`genept.embed_file`.

    Returns
    -------
    TextEncoder, list of str
        The encoder that is to embed them, and one sentence for each cell.

    Raises
    ------
    GeneptError
        As :func:`genept.embed_file`.
    """
    names = HowToName(resolve, gene_column, taxon_of(genes) if taxon is None else taxon)
    check_values(values)
    with tempfile.TemporaryDirectory(prefix="genept-rows-") as spool, ExitStack() as exits:
        opened = open_cells(source, layer=layer, use_raw=use_raw)
        cells = exits.enter_context(closing(by_rows(opened, Path(spool), memory=bytes_of(MEMORY) // 4)))
        found = survey(cells, values=values)
        prepared = prepare_s(
            cells,
            found,
            genes,
            encoder=encoder,
            names=names,
            max_genes=max_genes,
            too_long="cut",
            max_cost=None,
        )
        method = prepared.method
        assert isinstance(method, Sentences)  # noqa: S101
        by_gene = np.zeros(cells.shape[1])
        written: list[str] = []
        for start in range(0, cells.shape[0], MOST_CELLS):
            block = as_block(cells.rows(start, min(start + MOST_CELLS, cells.shape[0])), dtype=np.float64)
            more, tally = method.write(block)
            if empty_cells == "error":
                refuse_empty_cells(tally, cells, start)
            by_gene += tally.by_gene
            written += more
    coverage = coverage_of(by_gene, prepared.match)
    refuse_low_coverage(coverage, min_coverage, have=prepared.have, do=prepared.do)
    return method.encoder, written
