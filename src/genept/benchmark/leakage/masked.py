"""Vectors of texts without the words that give a label away."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.leakage.mask_texts import mask_texts
from genept.benchmark.leakage.named_genes import NamedGenes
from genept.benchmark.own_encoder import gives_again, own_encoder
from genept.benchmark.representations import MASKED, NotComputed, Representation
from genept.benchmark.texts_behind import TextsBehind
from genept.embeddings import GeneEmbeddings
from genept.encoders import embed_texts
from genept.errors import GeneptError


def masked(
    name: str,
    genes: GeneEmbeddings,
    behind: TextsBehind,
    *,
    words: Sequence[str] = (),
    pairs: NDArray[np.intp] | None = None,
    named: NamedGenes | None = None,
) -> Representation | NotComputed:
    """Embed texts again without some words, by the same local encoder; texts without them keep their vectors.

    Parameters
    ----------
    name
        Of the embedding.
    genes
        The embedding.
    behind
        What is known of its texts (:func:`genept.benchmark.texts_behind`).
    words, pairs, named
        What is masked, as in :func:`mask_texts`; rows of ``pairs`` are those of ``behind.texts``.

    Returns
    -------
    Representation or NotComputed
        Of the genes whose text is known and isn't empty then. Not computed where texts or encoder aren't
        known, the encoder costs money or doesn't give these vectors, or no text holds such a word.

    Raises
    ------
    ArgumentError
        If there is nothing to mask, or the words mean nothing.

    Examples
    --------
    >>> import genept
    >>> from genept.benchmark.texts_behind import texts_behind
    >>> mine = genept.embed_genes("starter", "random")
    >>> masked("mine", mine, texts_behind(mine), words=["kinase*"])
    Representation 'mine, masked' of 2,146 genes x 384 features
    """
    title = f"{name}, masked"
    if behind.texts is None:
        return NotComputed(title, MASKED, name, behind.said)
    texts = behind.texts
    changed = mask_texts(texts, words, pairs=pairs, named=named)
    if not changed:
        return NotComputed(title, MASKED, name, _UNCHANGED)
    encoder = own_encoder(genes)
    if isinstance(encoder, str):
        return NotComputed(title, MASKED, name, encoder)
    vectors = genes.vectors[genes.genes.locate(texts.genes.symbols)]
    kept = [row for row in range(len(texts.texts)) if changed.get(row, "whole")]
    try:
        if not gives_again(encoder, texts.texts, vectors):
            reason = f"{encoder.name} gives other vectors here than those of the embedding"
            return NotComputed(title, MASKED, name, reason)
        again = [row for row, text in changed.items() if text]
        vectors[again] = embed_texts(encoder, [changed[row] for row in again], unit="gene").vectors
    except GeneptError as error:
        return NotComputed(title, MASKED, name, f"the texts can't be embedded again: {error.found}")
    return Representation(title, MASKED, texts.genes.take(kept), vectors[kept], about=name)


_UNCHANGED = "no text holds any of these words, so that nothing changes"
