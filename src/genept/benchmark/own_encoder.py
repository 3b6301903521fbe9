"""The encoder behind some gene vectors, where it runs on this machine and costs nothing."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from genept.benchmark.representation import RNG
from genept.embeddings import GeneEmbeddings, encoder_of
from genept.encoders import TextEncoder, embed_texts
from genept.encoders.protocol import RemoteEncoder
from genept.errors import GeneptError, GeneptWarning

# How many texts are embedded again to see that the encoder is the one behind the vectors.
N_CHECKED = 8
# One model in bfloat16 and float32 differs by less than 0.001; another, or whitened vectors, by far more.
LEAST_COSINE = 0.99


def own_encoder(genes: GeneEmbeddings) -> TextEncoder | str:
    """Make the encoder of gene embeddings again, or say why it isn't used.

    Parameters
    ----------
    genes
        Gene embeddings.

    Returns
    -------
    TextEncoder or str
        A local encoder, or the reason in words: one on a server is never asked, since each text would cost.

    Examples
    --------
    >>> import genept
    >>> own_encoder(genept.embed_genes("starter", "random")).name
    'random'
    """
    try:
        # Another precision is no other encoder; whether the vectors agree, `gives_again` tells.
        with warnings.catch_warnings(action="ignore", category=GeneptWarning):
            encoder = encoder_of(genes)
    except GeneptError as error:
        return f"the encoder can't be made again: {error.found}"
    if isinstance(encoder, RemoteEncoder):
        return f"{encoder.name} is on a server, where each text would cost"
    return encoder


def gives_again(
    encoder: TextEncoder, texts: Sequence[str], vectors: NDArray[np.float32], *, seed: int = RNG
) -> bool:
    """Whether an encoder gives the vectors that are there, by a few texts drawn at random.

    Parameters
    ----------
    encoder
        A local one.
    texts, vectors
        n texts, and the (n, d) vectors that are said to be theirs.
    seed
        What is drawn.

    Returns
    -------
    bool
        Whether every cosine is 0.99 or more.
    """
    drawn = np.random.default_rng(seed).permutation(len(texts))[:N_CHECKED]
    again = embed_texts(encoder, [texts[row] for row in drawn]).vectors
    if again.shape[1] != vectors.shape[1]:
        return False
    cosines = np.einsum("ij,ij->i", normalize(again), normalize(vectors[drawn]))
    return bool((cosines >= LEAST_COSINE).all())
