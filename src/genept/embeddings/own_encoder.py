"""The encoder that made some gene embeddings, ready to embed new texts in the same space."""

from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder, get_encoder, ready_encoder
from genept.errors import EncoderError


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
        If the provenance names no encoder, or one that needs a corpus and wasn't kept.
    """
    kept = genes.provenance.get("encoder", {})
    if "name" not in kept:
        raise EncoderError(
            "gene embeddings that don't say which encoder made them",
            expected="the name of an encoder in their provenance",
            do="name the encoder yourself (in Python: encoder=, on the command line: --encoder)",
        )
    encoder = get_encoder(str(kept["name"]))
    if isinstance(encoder, CorpusEncoder) and genes.encoder_state is not None:
        return encoder.from_state(genes.encoder_state)
    return ready_encoder(encoder)
