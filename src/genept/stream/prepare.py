"""What a method needs to know of the measured genes before it embeds a cell."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from genept.cells.expression import as_block
from genept.cells.kernel import WeightedProduct
from genept.cells.on_device import Device, product_on
from genept.embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder
from genept.encoders.budget import Budget
from genept.encoders.sent_texts import TooLong
from genept.genes import GeneMatch, GeneTable
from genept.stream.chunk_job import Method
from genept.stream.methods import Sentences, Weighted
from genept.stream.reading.source import Cells
from genept.stream.survey import Survey
from genept.stream.totals import Totals
from genept.tl import genept_s, genept_w
from genept.tl.cell_sentences import readable_names
from genept.tl.identity import Identity, identify
from genept.tl.matrix import MeasuredGenes

# What an encoder on this machine takes, a small model that is.
_ENCODER_BYTES = 500_000_000


@dataclass(frozen=True)
class HowToName:
    """How the measured genes are identified, as :func:`genept.tl.identity.identify` takes it."""

    resolve: bool
    gene_column: str | None
    taxon: int

    def identify(self, measured: MeasuredGenes, own: GeneTable | None) -> Identity:
        """Find which gene each column is."""
        return identify(
            measured, own=own, resolve=self.resolve, gene_column=self.gene_column, taxon=self.taxon
        )


@dataclass(frozen=True, eq=False)
class Prepared:
    """A method that is ready to run.

    Parameters
    ----------
    method
        What embeds blocks of cells.
    identity
        Which genes the columns are.
    match
        Which of them can be used.
    have, do
        What usable genes have, such as ``"a vector"``, and what to do where too few have it.
    fixed_bytes
        Memory that doesn't depend on the number of cells.
    how
        What the vectors depend on, beside the cells and the gene vectors, as JSON can hold it.
    record
        Gives what is kept in ``uns`` of the method, once all cells are done.
    """

    method: Method
    identity: Identity
    match: GeneMatch
    have: str
    do: str
    fixed_bytes: int
    how: dict[str, Any]
    record: Callable[[Totals], dict[str, Any]]


def prepare_w(
    cells: Cells,
    found: Survey,
    genes: GeneEmbeddings,
    *,
    names: HowToName,
    device: Device,
    n_threads: int | None,
) -> Prepared:
    """Make GenePT-w ready: find the genes' vectors.

    Raises
    ------
    GeneNamesError
        If no measured gene has one.
    """
    measured = MeasuredGenes.of(cells.var, cells.origin)
    identity = names.identify(measured, genes.genes)
    match = genept_w.match_vectors(measured, identity, genes)
    product = WeightedProduct.of(
        match, genes.vectors, kind=found.kind, log_base=found.log_base, n_threads=n_threads
    )
    provenance = dict(genes.provenance)
    return Prepared(
        method=Weighted(product_on(device, product, n_cells=cells.shape[0])),
        identity=identity,
        match=match,
        have=genept_w.HAVE,
        do=genept_w.DO,
        # All vectors, those that are used, and these as the product lays them out.
        fixed_bytes=genes.vectors.nbytes + 2 * product.vectors.nbytes,
        how={"method": "w"},
        record=lambda _: {"gene_embeddings": provenance},
    )


def prepare_s(
    cells: Cells,
    found: Survey,
    genes: GeneEmbeddings | None,
    *,
    encoder: str | TextEncoder | CorpusEncoder | None,
    names: HowToName,
    max_genes: int,
    too_long: TooLong,
    max_cost: float | None,
) -> Prepared:
    """Make GenePT-s ready: find the encoder, and the genes' names.

    Raises
    ------
    ArgumentError, EncoderError
        If there is no encoder, or it can't run.
    GeneNamesError
        If most names can't be read.
    """
    ready = genept_s.sentence_encoder(genes, encoder)
    measured = MeasuredGenes.of(cells.var, cells.origin)
    identity = names.identify(measured, None)
    readable = readable_names(measured, identity)

    def record(totals: Totals) -> dict[str, Any]:
        n_cells, n_cut = int(totals["n_cells"]), int(totals["n_truncated"])
        share_read = totals["read"] / n_cells
        genept_s.tell_of_cut_sentences(n_cut, n_cells, share_read=share_read, encoder=ready)
        return {
            "max_genes": max_genes,
            "n_truncated": n_cut,
            "share_read": share_read,
            "encoder": {"name": ready.name, "fingerprint": ready.fingerprint, **ready.describe()},
        }

    return Prepared(
        method=Sentences(
            encoder=ready,
            names=readable,
            kind=found.kind,
            log_base=found.log_base,
            max_genes=max_genes,
            too_long=too_long,
            budget=Budget.of(ready, max_cost),
            first=as_block(cells.rows(0, 1), dtype=np.float64),
        ),
        identity=identity,
        match=genept_s.readable_genes(readable, identity),
        have=genept_s.HAVE,
        do=genept_s.DO,
        fixed_bytes=_ENCODER_BYTES,
        how={
            "method": "s",
            "encoder": ready.fingerprint,
            "max_genes": max_genes,
            "too_long": too_long,
            "written_names": sha256("\n".join(readable).encode()).hexdigest(),
        },
        record=record,
    )
