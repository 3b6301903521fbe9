"""The encoder that made some gene embeddings, ready to embed new texts in the same space."""

import warnings

from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder, encoder_from_words, ready_encoder
from genept.errors import EncoderError, GeneptWarning


def encoder_of(genes: GeneEmbeddings) -> TextEncoder:
    """Make the encoder again that embedded the texts of ``genes``.

    Parameters
    ----------
    genes
        Gene embeddings made by :func:`genept.embed_genes`.

    Returns
    -------
    TextEncoder
        One that needed a corpus (``lsa``) comes with what it learned.

    Raises
    ------
    EncoderError
        If the provenance names no encoder, one that needs a corpus and wasn't kept, or one of
        another width. An encoder with another fingerprint is used with a warning.
    """
    kept = genes.provenance.get("encoder", {})
    if "name" not in kept:
        raise EncoderError(
            "gene embeddings that don't say which encoder made them",
            expected="the name of an encoder in their provenance",
            do="name the encoder yourself (in Python: encoder=, on the command line: --encoder)",
        )
    name = str(kept["name"])
    encoder = encoder_from_words(name, kept.get("settings", {}))
    if isinstance(encoder, CorpusEncoder) and genes.encoder_state is not None:
        return encoder.from_state(genes.encoder_state)
    ready = ready_encoder(encoder)
    if ready.dimensions not in (None, genes.dimensions):
        raise EncoderError(
            f"the encoder {ready.name!r} gives {ready.dimensions} dimensions, "
            f"these genes have {genes.dimensions}",
            expected="the encoder that embedded the genes, with the same settings",
            do="pass that encoder itself (in Python: encoder=)",
        )
    if ready.fingerprint != kept.get("fingerprint"):
        warnings.warn(
            f"the genes were embedded by {kept.get('fingerprint')}, sentences will be by "
            f"{ready.fingerprint}: the same encoder with other settings or another precision",
            GeneptWarning,
            stacklevel=2,
        )
    return ready
