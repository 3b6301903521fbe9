"""The texts that gene vectors were made from, found again and checked by their sha256."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from genept.benchmark.text_recipe import TextRecipe, recipe_of
from genept.embeddings import GeneEmbeddings
from genept.errors import EmbeddingsError, GeneptError
from genept.genes import Resolver
from genept.texts import GeneTexts

# Below this share of exactly equal texts they are other texts: another release, template or cleaning.
LEAST_SAME = 0.99


@dataclass(frozen=True, eq=False)
class TextsBehind:
    """What was found of the texts behind some gene vectors.

    Parameters
    ----------
    texts
        The texts, of those genes of the embeddings whose text is exactly the one that was embedded, in
        their order and under their names; ``None`` where they aren't known.
    said
        In words: which texts these are and of how many genes, or why they aren't known.
    """

    texts: GeneTexts | None = field(repr=False)
    said: str

    def known(self) -> GeneTexts:
        """Give the texts.

        Raises
        ------
        EmbeddingsError
            If they aren't known, saying why.
        """
        if self.texts is None:
            raise EmbeddingsError(
                f"texts that aren't known: {self.said}",
                expected="the texts that were embedded",
                do="pass them (in Python: texts=, on the command line: --texts)",
            )
        return self.texts


def texts_behind(genes: GeneEmbeddings, texts: GeneTexts | None = None) -> TextsBehind:
    """Find the texts that gene vectors were made from.

    Texts count as these if at least 99 % of the genes have exactly the text that was embedded, by its
    sha256. Tried are the texts given, then those that the provenance names, if their source costs nothing
    and its files are in the cache: nothing is fetched.

    Parameters
    ----------
    genes
        Gene embeddings that keep the checksums of their texts.
    texts
        What they may have been made from.

    Returns
    -------
    TextsBehind
        The texts, or the reason why they aren't known.

    Examples
    --------
    >>> import genept
    >>> texts_behind(genept.embed_genes("starter", "random")).known().texts[0][:27]
    'ABCA1 (ATP binding cassette'
    """
    return all_texts_behind({"": genes}, texts)[""]


def all_texts_behind(
    embeddings: Mapping[str, GeneEmbeddings], texts: GeneTexts | None = None
) -> dict[str, TextsBehind]:
    """Find the texts of several gene embeddings, as :func:`texts_behind`; texts are built once for all.

    Parameters
    ----------
    embeddings
        By name.
    texts
        What some or all of them may have been made from.

    Returns
    -------
    dict
        Name to what was found.
    """
    built: dict[TextRecipe, GeneTexts] = {}
    return {name: _found(genes, texts, built) for name, genes in embeddings.items()}


def _found(genes: GeneEmbeddings, given: GeneTexts | None, built: dict[TextRecipe, GeneTexts]) -> TextsBehind:
    if genes.text_sha256 is None:
        return TextsBehind(None, "the embeddings keep no checksums of their texts, so that none can be known")
    tried = []
    if given is not None:
        found = _compared(genes, given, "the texts given")
        if found.texts is not None:
            return found
        tried.append(found.said)
    recipe = recipe_of(genes.provenance.get("texts", {}))
    if isinstance(recipe, TextRecipe):
        try:
            if recipe not in built:
                built[recipe] = recipe.build()
        except GeneptError as error:
            tried.append(f"texts from {recipe.sources} can't be built again: {error.found}")
        else:
            found = _compared(genes, built[recipe], f"texts built again from {recipe.sources}")
            if found.texts is not None:
                return found
            tried.append(found.said)
    else:
        tried.append(recipe)
    return TextsBehind(None, "; ".join(tried))


def _compared(genes: GeneEmbeddings, texts: GeneTexts, what: str) -> TextsBehind:
    """Keep the texts whose sha256 is that of the text that was embedded, if they are nearly all."""
    checksums = genes.text_sha256 or ()
    rows = Resolver(texts.genes).locate_genes(genes.genes)
    same = [
        position
        for position in np.flatnonzero(rows >= 0).tolist()
        if hashlib.sha256(texts.texts[rows[position]].encode()).hexdigest() == checksums[position]
    ]
    n_genes = len(genes.genes)
    said = f"{what}: {len(same):,} of {n_genes:,} genes have exactly the text that was embedded"
    if len(same) < LEAST_SAME * n_genes:
        return TextsBehind(None, f"{said}, which makes them other texts")
    kept = GeneTexts(genes.genes.take(same), tuple(texts.texts[rows[p]] for p in same), texts.provenance)
    return TextsBehind(kept, said)
