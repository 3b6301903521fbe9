"""Words that give a label away: found in texts, and taken out of them."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from genept.errors import ArgumentError


def words_pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Compile words into one pattern.

    Parameters
    ----------
    words
        Words or phrases, whatever their letter case; ``*`` at the end of one stands for any further letters,
        digits and underscores. They count only whole: what is not a letter, a digit or an underscore is on
        both sides. Words of a phrase are parted by white space as they stand here, by a hyphen only where
        one stands here.

    Returns
    -------
    re.Pattern
        It finds the longest of several that begin at one place.

    Raises
    ------
    ArgumentError
        If there are no words, or one is empty or has a ``*`` elsewhere.

    Examples
    --------
    >>> words_pattern(["haploinsufficien*", "non-coding"]).findall("Haploinsufficiency, long non-coding")
    ['Haploinsufficiency', 'non-coding']
    """
    bad = [word for word in words if not word.strip(" *") or "*" in word.rstrip()[:-1]]
    if bad or not words:
        raise ArgumentError(
            f"the label words {list(bad)}" if bad else "no label words",
            expected="words, phrases, or stems that end in *",
            do="write, for example, ['haploinsufficien*', 'dosage']",
        )
    longest_first = sorted((" ".join(word.split()) for word in words), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_as_pattern, longest_first))})(?!\w)", re.IGNORECASE)


def have_words(texts: Iterable[str], words: Sequence[str]) -> NDArray[np.bool_]:
    """Find the texts that hold any of the words.

    Parameters
    ----------
    texts
        n texts.
    words
        As for :func:`words_pattern`.

    Returns
    -------
    (n,) bool array

    Examples
    --------
    >>> have_words(["A pseudogene.", "A gene."], ["pseudogene*"])
    array([ True, False])
    """
    pattern = words_pattern(words)
    return np.array([pattern.search(text) is not None for text in texts], dtype=bool)


def without_words(text: str, pattern: re.Pattern[str]) -> str:
    """Take words out of a text; nothing takes their place. A text without them stays as it is.

    Parameters
    ----------
    text
        The text.
    pattern
        What :func:`words_pattern` gives.

    Returns
    -------
    str
        The rest, with single spaces.

    Examples
    --------
    >>> without_words("This pseudogene, on 1q.", words_pattern(["pseudogene*"]))
    'This , on 1q.'
    """
    rest, found = pattern.subn("", text)
    return " ".join(rest.split()) if found else text


def _as_pattern(word: str) -> str:
    stem = word.removesuffix("*")
    escaped = r"\s+".join(map(re.escape, stem.split()))
    return escaped + r"\w*" if stem != word else escaped
