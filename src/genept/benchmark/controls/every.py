"""All the controls of some gene embeddings."""

from collections.abc import Mapping, Sequence

from anndata import AnnData

from genept.benchmark.controls.expression import expression_pca
from genept.benchmark.controls.names_alone import names_alone
from genept.benchmark.controls.of_texts import TFIDF, WORDS, number_of_words, tfidf
from genept.benchmark.controls.union import every_gene
from genept.benchmark.controls.without_texts import random_vectors, shuffled_texts
from genept.benchmark.representation import RNG
from genept.benchmark.representations import CONTROL, NotComputed, Representation
from genept.benchmark.texts_behind import TextsBehind
from genept.embeddings import GeneEmbeddings
from genept.errors import ArgumentError
from genept.texts import GeneTexts
from genept.tl.identity import taxon_of


def make_controls(
    embeddings: Mapping[str, GeneEmbeddings],
    behind: Mapping[str, TextsBehind],
    *,
    expression: AnnData | None = None,
    seed: int = RNG,
) -> list[Representation | NotComputed]:
    """Make every control of some gene embeddings, each once where embeddings share it.

    Parameters
    ----------
    embeddings
        By name.
    behind
        For each of these names what is known of the texts (:func:`genept.benchmark.texts_behind`).
    expression
        Cells x genes, where there are some.
    seed
        Of what is drawn.

    Returns
    -------
    list
        Random vectors (as wide as the first embedding, for the genes of all), shuffled texts of each, gene
        names alone by each encoder, TF-IDF and number of words of each set of texts, PCA of expression.
        What can't be made stands there with the reason.

    Raises
    ------
    ArgumentError
        If there is no embedding, or nothing is said of the texts of one.
    ValuesError, GeneNamesError
        If the expression can't be used.

    Examples
    --------
    >>> import genept
    >>> from genept.benchmark.texts_behind import all_texts_behind
    >>> mine = {"mine": genept.embed_genes("starter", "random")}
    >>> [made.name for made in make_controls(mine, all_texts_behind(mine))]  # doctest: +NORMALIZE_WHITESPACE
    ['random vectors', 'shuffled texts of mine', 'gene names alone (mine)', 'TF-IDF of the texts',
     'number of words in the text']
    """
    if not embeddings or set(embeddings) != set(behind):
        raise ArgumentError(
            f"embeddings {list(embeddings)} and texts of {list(behind)}",
            expected="one embedding or more, and for each what is known of its texts",
            do="pass what all_texts_behind(embeddings) gives",
        )
    first = next(iter(embeddings.values()))
    made: list[Representation | NotComputed] = [
        random_vectors(every_gene(one.genes for one in embeddings.values()), first.dimensions, seed=seed),
        *(shuffled_texts(name, genes, seed=seed) for name, genes in embeddings.items()),
        *names_alone(embeddings),
        *_of_texts(behind),
    ]
    if expression is not None:
        made.append(expression_pca(expression, own=first.genes, taxon=taxon_of(first), seed=seed))
    return made


def _of_texts(behind: Mapping[str, TextsBehind]) -> list[Representation | NotComputed]:
    """TF-IDF and number of words, once for each different set of texts."""
    made: list[Representation | NotComputed] = []
    for names, texts in sets_of_texts(behind):
        about = names[0] if len(names) == 1 else ""
        # Named by an embedding only where there are other texts, or none that are known.
        whose = names[0] if len(names) < len(behind) else ""
        made += [
            tfidf(texts, name=_of(TFIDF, whose), about=about),
            number_of_words(texts, name=_of(WORDS, whose), about=about),
        ]
    for name, found in behind.items():
        if found.texts is None:
            made += [NotComputed(_of(title, name), CONTROL, name, found.said) for title in (TFIDF, WORDS)]
    return made


def sets_of_texts(behind: Mapping[str, TextsBehind]) -> list[tuple[Sequence[str], GeneTexts]]:
    """Gather the embeddings that were made from the same texts of the same genes.

    Parameters
    ----------
    behind
        Name of an embedding to what is known of its texts.

    Returns
    -------
    list of (names, texts)
        In the order in which the texts come first; embeddings without known texts are in none.
    """
    shared: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for name, found in behind.items():
        if found.texts is not None:
            shared.setdefault((found.texts.genes.symbols, found.texts.texts), []).append(name)
    return [(names, behind[names[0]].known()) for names in shared.values()]


def _of(title: str, name: str) -> str:
    return f"{title} of {name}" if name else title
