"""The loops behind cell sentences, compiled: a row's words by expression, and their text.

Importing this loads Numba: :func:`genept.cells.sentences` does when it is called.
"""

import numpy as np
from numpy.typing import NDArray

from genept.cells.compiled import compiled

# Words of so many bytes are copied in one go, and what follows overwrites what was too much: three times
# as fast as byte by byte. The text of all words is followed by as many bytes more.
STRIDE = 8


@compiled
def rank_words(
    starts: NDArray[np.integer],
    columns: NDArray[np.integer],
    values: NDArray[np.float64],
    word_of: NDArray[np.int64],
    n_words: int,
    limit: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order each row's words by value descending, then by column.

    Parameters
    ----------
    starts
        (n + 1,) where each row begins in ``columns`` and ``values``.
    columns, values
        Columns, ascending within a row, and what is stored there; values of zero are passed over.
    word_of
        (n_genes,) the word for each column, -1 for none; of columns with one word the highest counts.
    n_words
        How many words there are.
    limit
        How many words of a row are taken at most.

    Returns
    -------
    words
        The words of all rows, one row after the other.
    first
        (n + 1,) where each row begins in ``words``.
    """
    n_rows = len(starts) - 1
    widest = 0
    for row in range(n_rows):
        widest = max(widest, starts[row + 1] - starts[row])
    bits = values.view(np.uint64)
    keys, ranked = np.empty(widest, np.uint64), np.empty(widest, np.int64)
    spare_keys, spare_ranked = np.empty(widest, np.uint64), np.empty(widest, np.int64)
    places = np.empty(256, np.int64)
    last_row = np.full(n_words, -1, np.int64)
    words = np.empty(len(columns), np.int64)
    first = np.zeros(n_rows + 1, np.int64)
    total = 0
    for row in range(n_rows):
        n = 0
        for i in range(starts[row], starts[row + 1]):
            word = word_of[columns[i]]
            if values[i] > 0 and word >= 0:
                keys[n], ranked[n] = bits[i], word
                n += 1
        _sort_descending(keys, ranked, n, spare_keys, spare_ranked, places)
        end = total + limit
        for i in range(n):
            if total == end:
                break
            word = ranked[i]
            if last_row[word] != row:
                last_row[word] = row
                words[total] = word
                total += 1
        first[row + 1] = total
    return words[:total], first


@compiled
def _sort_descending(
    keys: NDArray[np.uint64],
    ranked: NDArray[np.int64],
    n: int,
    spare_keys: NDArray[np.uint64],
    spare_ranked: NDArray[np.int64],
    places: NDArray[np.int64],
) -> None:
    """Sort the first ``n`` of ``ranked`` by ``keys`` descending, leaving ties as they are.

    A radix sort, 8 bits at a time. The bits of positive floats are in the order of the floats. Whole
    numbers below a few hundred differ by multiples of a large power of two, so that one or two passes
    sort them; float32 values take four, any others eight.
    """
    highest = used = np.uint64(0)
    for i in range(n):
        highest = max(highest, keys[i])
    for i in range(n):
        keys[i] = highest - keys[i]
        used |= keys[i]
    if used == 0:
        return
    shift, one, digit, byte = np.uint64(0), np.uint64(1), np.uint64(255), np.uint64(8)
    while not (used >> shift) & one:
        shift += one
    while shift < 64 and used >> shift:
        for place in range(256):
            places[place] = 0
        for i in range(n):
            places[(keys[i] >> shift) & digit] += 1
        before = 0
        for place in range(256):
            before, places[place] = before + places[place], before
        for i in range(n):
            key = keys[i]
            place = places[(key >> shift) & digit]
            places[(key >> shift) & digit] += 1
            spare_keys[place], spare_ranked[place] = key, ranked[i]
        for i in range(n):
            keys[i], ranked[i] = spare_keys[i], spare_ranked[i]
        shift += byte


@compiled
def write_words(
    words: NDArray[np.int64], first: NDArray[np.int64], text: NDArray[np.uint8], begins: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Copy the bytes of each row's words behind one another.

    Parameters
    ----------
    words, first
        As :func:`rank_words` returns them.
    text
        Bytes of all words, with ``STRIDE`` bytes behind them.
    begins
        (n_words + 1,) where each word begins in ``text``.

    Returns
    -------
    written
        Bytes of all rows, one row after the other, with ``STRIDE`` bytes behind them.
    row_begins
        (n + 1,) where each row begins in ``written``.
    """
    size = STRIDE
    for word in words:
        size += begins[word + 1] - begins[word]
    written = np.empty(size, np.uint8)
    row_begins = np.zeros(len(first), np.int64)
    # Unsigned positions are known not to count from the end, which saves a check for each byte.
    to = np.uint64(0)
    for row in range(len(first) - 1):
        for i in range(first[row], first[row + 1]):
            begin = np.uint64(begins[words[i]])
            length = np.uint64(begins[words[i] + 1]) - begin
            for k in range(np.uint64(STRIDE)):
                written[to + k] = text[begin + k]
            for k in range(np.uint64(STRIDE), length):
                written[to + k] = text[begin + k]
            to += length
        row_begins[row + 1] = to
    return written, row_begins
