"""Controls from the texts without an encoder: which words stand in them, and how many."""

import numpy as np
from scipy import sparse

from genept.benchmark.representations import CONTROL, LOGISTIC_REGRESSION, NotComputed, Representation
from genept.encoders.lsa import tfidf_vectorizer
from genept.texts import GeneTexts

TFIDF = "TF-IDF of the texts"
WORDS = "number of words in the text"


def tfidf(texts: GeneTexts, *, name: str = TFIDF, about: str = "") -> Representation | NotComputed:
    """Weight the words of each text: sublinear TF-IDF, unit l2 norm, with the words that ``lsa`` knows.

    Words are weighted over all the texts, those of test genes too: no label goes into that.

    Parameters
    ----------
    texts
        The texts.
    name, about
        As in :class:`genept.benchmark.representations.Representation`.

    Returns
    -------
    Representation or NotComputed
        (n, different words) CSR array, for logistic regression only; not computed for texts of stop words.

    Examples
    --------
    >>> from genept import GeneTable
    >>> tfidf(GeneTexts(GeneTable(("A", "B")), ("a kinase", "a kinase of the liver")))
    Representation 'TF-IDF of the texts' of 2 genes x 2 features
    """
    try:
        weights = sparse.csr_array(tfidf_vectorizer().fit_transform(texts.texts))
    except ValueError:
        return NotComputed(name, CONTROL, about, "the texts hold no words but stop words")
    return Representation(name, CONTROL, texts.genes, weights, about, (LOGISTIC_REGRESSION,))


def number_of_words(texts: GeneTexts, *, name: str = WORDS, about: str = "") -> Representation:
    """Count the words of each text: well-studied genes have long ones.

    Parameters
    ----------
    texts
        The texts; words are what white space parts.
    name, about
        As in :class:`genept.benchmark.representations.Representation`.

    Returns
    -------
    Representation
        (n, 1), log(1 + words).

    Examples
    --------
    >>> from genept import GeneTable
    >>> number_of_words(GeneTexts(GeneTable(("A",)), ("a kinase of the liver",))).vectors
    array([[1.7917595]], dtype=float32)
    """
    counted = np.array([[len(text.split())] for text in texts.texts])
    return Representation(name, CONTROL, texts.genes, np.log1p(counted).astype(np.float32), about)
