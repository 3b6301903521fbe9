"""GenePT-s of an AnnData's expression."""

import logging

from genept.embeddings import GeneEmbeddings, encoder_of
from genept.encoders import CorpusEncoder, TextEncoder, embed_texts, ready_encoder
from genept.errors import ArgumentError
from genept.tl.cell_sentences import sentences_of
from genept.tl.embedded import EmbeddedCells
from genept.tl.matrix import MeasuredGenes

log = logging.getLogger(__name__)


def genept_s(
    measured: MeasuredGenes,
    genes: GeneEmbeddings | None,
    *,
    encoder: str | TextEncoder | CorpusEncoder | None,
    max_genes: int,
) -> EmbeddedCells:
    """Write a sentence for each cell and embed it.

    Raises
    ------
    GeneNamesError
        If gene names aren't symbols.
    ArgumentError, EncoderError
        If there is no encoder, or it can't run.
    """
    ready = _choose(genes, encoder)
    encoded = embed_texts(ready, sentences_of(measured, max_genes=max_genes), unit="cell")
    # The bare prefix has an embedding too, but it says nothing of a cell.
    encoded.vectors[measured.expression.empty_cells()] = 0
    if encoded.n_truncated:
        log.info(
            "%s of %s cell sentences are longer than the %s tokens that %s reads; their lowest genes were "
            "cut off, and %.0f %% of a sentence was read on average",
            f"{encoded.n_truncated:,}",
            f"{len(encoded.vectors):,}",
            ready.max_tokens,
            ready.name,
            100 * encoded.share_read,
        )
    return EmbeddedCells(
        vectors=encoded.vectors,
        record={
            "max_genes": max_genes,
            "n_truncated": encoded.n_truncated,
            "share_read": encoded.share_read,
            "encoder": {"name": ready.name, "fingerprint": ready.fingerprint, **ready.describe()},
        },
    )


def _choose(genes: GeneEmbeddings | None, encoder: str | TextEncoder | CorpusEncoder | None) -> TextEncoder:
    """Take the named encoder; where none is named, or the genes' own, that of the gene embeddings."""
    if genes is not None and encoder in (None, genes.provenance.get("encoder", {}).get("name")):
        return encoder_of(genes)
    if encoder is None:
        raise ArgumentError(
            "no text encoder",
            expected="an encoder for the cell sentences",
            do="name one (in Python: encoder='minilm', on the command line: --encoder minilm), or pass "
            "gene embeddings whose encoder is to be used",
        )
    return ready_encoder(encoder)
