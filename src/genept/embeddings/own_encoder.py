"""The encoder that made some gene embeddings, ready to embed new texts in the same space."""

import warnings

from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder, encoder_from_words, ready_encoder
from genept.errors import EncoderError, GeneptWarning
from genept.remote.endpoint import OPENAI, find_endpoint


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
        another width; or one on a server that only the file names: what is sent there, and the key, are
        the user's to give. An encoder with another fingerprint is used with a warning.
    """
    kept = genes.provenance.get("encoder", {})
    if "name" not in kept:
        raise EncoderError(
            "gene embeddings that don't say which encoder made them",
            expected="the name of an encoder in their provenance",
            do="name the encoder yourself (in Python: encoder=, on the command line: --encoder)",
        )
    name = str(kept["name"])
    settings = dict(kept.get("settings", {}))
    _refuse_strange_server(name, settings.get("base_url"))
    if "trust_remote_code" in settings:
        raise EncoderError(
            f"gene embeddings that want the code of {name} to be trusted",
            expected="trust that you give yourself, since anybody can write such a file",
            do=f"say --encoder {name} --set trust_remote_code=true if you trust that model",
        )
    encoder = encoder_from_words(name, settings)
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
    warn_of_another_space(genes, ready)
    return ready


def warn_of_another_space(genes: GeneEmbeddings, encoder: TextEncoder) -> None:
    """Warn if an encoder of the genes' own name isn't the one that embedded them."""
    kept = genes.provenance.get("encoder", {})
    if kept.get("name") == encoder.name and kept.get("fingerprint") != encoder.fingerprint:
        warnings.warn(
            f"the genes were embedded by {kept.get('fingerprint')}, sentences will be by "
            f"{encoder.fingerprint}: the same encoder with other settings or another precision",
            GeneptWarning,
            stacklevel=3,
        )


def _refuse_strange_server(name: str, base_url: str | None) -> None:
    # Anybody can write a file of gene embeddings.
    if base_url is not None and base_url not in (OPENAI, find_endpoint(None).url):
        raise EncoderError(
            f"gene embeddings by {name} on the server {base_url}, as the file says",
            expected="a server that you name yourself, since it is sent your sentences and your key",
            do=f"say --encoder {name} --base-url {base_url} if you trust it (in Python: "
            f"encoder=genept.encoders.get_encoder({name!r}, base_url=...)), or set OPENAI_BASE_URL to it",
        )
