"""GenePT-s of an AnnData's expression."""

import logging
from collections.abc import Sequence

import numpy as np

from genept.cells import BlockTally, Coverage, measure_coverage, sentences
from genept.embeddings import GeneEmbeddings, encoder_of
from genept.embeddings.own_encoder import warn_of_another_space
from genept.encoders import CorpusEncoder, TextEncoder, embed_texts, ready_encoder
from genept.encoders.sent_texts import TooLong
from genept.errors import ArgumentError
from genept.genes import GeneMatch
from genept.genes.resolve import UNKNOWN
from genept.tl.cell_sentences import readable_names
from genept.tl.coverage import refuse_low_coverage
from genept.tl.embedded import EmbeddedCells
from genept.tl.identity import Identity
from genept.tl.matrix import MeasuredCells

log = logging.getLogger(__name__)

# What usable genes have, and what to do where too few have it.
HAVE = "a name that can be read"
DO = "put gene symbols in adata.var_names, or fetch the lists of genes (genept data fetch)"


def genept_s(
    measured: MeasuredCells,
    identity: Identity,
    genes: GeneEmbeddings | None,
    *,
    encoder: str | TextEncoder | CorpusEncoder | None,
    max_genes: int,
    min_coverage: float,
    too_long: TooLong,
    max_cost: float | None,
) -> EmbeddedCells:
    """Write a sentence for each cell and embed it.

    Raises
    ------
    GeneNamesError
        If most gene names can't be read.
    CoverageError
        If less than ``min_coverage`` of the counts is in genes whose name can be read.
    ArgumentError, EncoderError
        If there is no encoder, or it can't run.
    """
    ready = sentence_encoder(genes, encoder)
    written, coverage, tally = write_sentences(
        measured, identity, max_genes=max_genes, min_coverage=min_coverage
    )
    encoded = embed_texts(
        ready,
        written,
        unit="cell",
        too_long=too_long,
        max_cost=max_cost,
    )
    # The bare prefix has an embedding too, but it says nothing of a cell.
    encoded.vectors[tally.by_cell[:, 1] == 0] = 0
    tell_of_cut_sentences(encoded.n_truncated, len(written), share_read=encoded.share_read, encoder=ready)
    return EmbeddedCells(
        vectors=encoded.vectors,
        record={
            "coverage": coverage.as_dict(),
            "min_coverage": min_coverage,
            "max_genes": max_genes,
            "n_truncated": encoded.n_truncated,
            "share_read": encoded.share_read,
            "encoder": {"name": ready.name, "fingerprint": ready.fingerprint, **ready.describe()},
        },
    )


def write_sentences(
    measured: MeasuredCells, identity: Identity, *, max_genes: int, min_coverage: float
) -> tuple[list[str], Coverage, BlockTally]:
    """Write a sentence for each cell, and say how much of the counts is in genes whose name can be read.

    Raises
    ------
    GeneNamesError, CoverageError
        As :func:`genept_s`.
    """
    names = readable_names(measured.genes, identity)
    coverage, tally = measure_coverage(measured.expression, readable_genes(names, identity))
    log.info("%s", coverage.summary(HAVE))
    refuse_low_coverage(coverage, min_coverage, have=HAVE, do=DO)
    return sentences(measured.expression, names, max_genes=max_genes), coverage, tally


def tell_of_cut_sentences(n_truncated: int, n_cells: int, *, share_read: float, encoder: TextEncoder) -> None:
    """Log how many sentences were too long for the encoder, and how much of one it read."""
    if n_truncated:
        log.info(
            "%s of %s cell sentences are longer than the %s tokens that %s reads; their lowest genes were "
            "cut off, and %.0f %% of a sentence was read on average",
            f"{n_truncated:,}",
            f"{n_cells:,}",
            encoder.max_tokens,
            encoder.name,
            100 * share_read,
        )


def readable_genes(names: Sequence[str], identity: Identity) -> GeneMatch:
    """Say which of the measured genes have a name that can be read."""
    columns = np.array([column for column, name in enumerate(names) if name], dtype=np.intp)
    rules = (
        (UNKNOWN,) * len(names)
        if identity.resolution is None
        else tuple(identity.resolution.table["matched_by"])
    )
    return GeneMatch(names=identity.names, columns=columns, rows=columns, rules=rules)


def sentence_encoder(
    genes: GeneEmbeddings | None, encoder: str | TextEncoder | CorpusEncoder | None
) -> TextEncoder:
    """Take the named encoder; where none is named, or the genes' own, that of the gene embeddings.

    Raises
    ------
    ArgumentError
        If there is neither.
    EncoderError
        If it can't run.
    """
    # One that needs a corpus has seen none yet; the genes' own has.
    asked = encoder.name if isinstance(encoder, CorpusEncoder) else encoder
    if genes is not None and asked in (None, genes.provenance.get("encoder", {}).get("name")):
        return encoder_of(genes)
    if encoder is None:
        raise ArgumentError(
            "no text encoder",
            expected="an encoder for the cell sentences",
            do="name one (in Python: encoder='minilm', on the command line: --encoder minilm), or pass "
            "gene embeddings whose encoder is to be used",
        )
    ready = ready_encoder(encoder)
    if genes is not None:
        warn_of_another_space(genes, ready)
    return ready
