"""``lsa``: latent semantic analysis, for machines without torch and as a baseline.

TF-IDF with sublinear term frequency, then a truncated singular value decomposition
(Deerwester et al., JASIS 1990), both scikit-learn's, and unit l2 norm.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from genept.encoders.protocol import BatchLimits
from genept.errors import EncoderError

# Words as in gene texts: hyphens bind, so that "HLA-DRA" and "beta-catenin" stay whole.
_TOKENS = r"(?u)\b\w[\w-]*\w\b"


class LSA:
    """The encoder before it has seen a corpus.

    Parameters
    ----------
    dimensions
        Width at most; a corpus of n texts and m words gives at most min(n, m) - 1. The default
        keeps most of what distinguishes a few thousand short texts.

    Examples
    --------
    >>> corpus = ["a kinase of T cells", "a receptor of B cells", "an enzyme of the liver"]
    >>> LSA().fit(corpus).encode(["a kinase of the liver"]).shape
    (1, 2)
    """

    name = "lsa"

    def __init__(self, *, dimensions: int = 256) -> None:
        self.dimensions = dimensions

    def fit(self, corpus: Sequence[str]) -> "FittedLSA":
        """Learn words, weights and components from a corpus.

        Raises
        ------
        EncoderError
            If the corpus has too few texts or words.
        """
        vectorizer = tfidf_vectorizer()
        try:
            weights = vectorizer.fit_transform(corpus)
        except ValueError as error:
            raise _too_small(corpus) from error
        width = min(self.dimensions, min(weights.shape) - 1)
        if width < 1:
            raise _too_small(corpus)
        # Seeded, so that the same corpus gives the same components.
        svd = TruncatedSVD(width, algorithm="randomized", n_iter=7, random_state=0).fit(weights)
        return FittedLSA(
            words=np.array(vectorizer.get_feature_names_out(), dtype=str),
            idf=vectorizer.idf_.astype(np.float32),
            components=svd.components_.astype(np.float32),
        )

    def from_state(self, state: Mapping[str, NDArray[Any]]) -> "FittedLSA":
        """Make a fitted encoder again from its kept arrays."""
        return FittedLSA(
            words=np.asarray(state["words"], dtype=str),
            idf=np.asarray(state["idf"], dtype=np.float32),
            components=np.asarray(state["components"], dtype=np.float32),
        )


class FittedLSA:
    """The encoder with what it learned.

    Parameters
    ----------
    words
        (m,) the words it knows, sorted.
    idf
        (m,) float32, their inverse document frequencies.
    components
        (d, m) float32, the right singular vectors.
    """

    name = "lsa"
    max_tokens = None
    # What it knows changes with every corpus, and projecting is quicker than looking up.
    is_cached = False
    batch_limits = BatchLimits(texts=1024, tokens=1 << 20)

    def __init__(
        self, *, words: NDArray[np.str_], idf: NDArray[np.float32], components: NDArray[np.float32]
    ) -> None:
        self._words, self._idf, self._components = words, idf, components
        self._vectorizer = tfidf_vectorizer(vocabulary=list(words))
        self._vectorizer.idf_ = idf
        self.dimensions = len(components)
        learned = hashlib.sha256("\0".join(words).encode())
        learned.update(idf.tobytes())
        learned.update(components.tobytes())
        self.fingerprint = f"lsa:{learned.hexdigest()}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Project texts on the components; one without a known word becomes zero.

        Returns
        -------
        (n, dimensions) float32 array
            Rows of unit l2 norm, or zero.
        """
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        projected = self._vectorizer.transform(texts).astype(np.float32) @ self._components.T
        return np.asarray(normalize(projected), dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.intp]:
        """Count words as the encoder sees them, stop words left out."""
        analyse = self._vectorizer.build_analyzer()
        return np.array([len(analyse(text)) for text in texts], dtype=np.intp)

    def state(self) -> dict[str, NDArray[Any]]:
        """Words, weights and components."""
        return {"words": self._words, "idf": self._idf, "components": self._components}

    def settings(self) -> dict[str, str]:
        """Give none: what it learned is kept as arrays."""
        return {}

    def describe(self) -> dict[str, str]:
        """Say what was fitted."""
        return {"model": f"TF-IDF of {len(self._words)} words and truncated SVD, fitted on the gene texts"}


def tfidf_vectorizer(vocabulary: list[str] | None = None) -> TfidfVectorizer:
    """Make what weights the words of gene texts: English stop words left out, sublinear TF-IDF, unit l2 norm.

    Parameters
    ----------
    vocabulary
        The words that count, in the order of the columns; by default those of the corpus it is fitted on.

    Returns
    -------
    TfidfVectorizer
        scikit-learn's, for float32.
    """
    return TfidfVectorizer(
        token_pattern=_TOKENS,
        stop_words="english",
        sublinear_tf=True,
        vocabulary=vocabulary,
        dtype=np.float32,
    )


def _too_small(corpus: Sequence[str]) -> EncoderError:
    return EncoderError(
        f"a corpus of {len(corpus):,} texts with too few words in it",
        expected="at least two texts with two different words",
        do="embed more genes at once, or choose an encoder that needs no corpus, such as minilm",
    )
