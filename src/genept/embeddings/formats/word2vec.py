"""word2vec text: one line a gene, its name and then its numbers; the releases of Gene2vec."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.bounded import next_line, open_bounded
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.names import check_names
from genept.errors import EmbeddingsError, GeneptError

_HEADER = re.compile(rb"(\d{1,12})[ \t]+(\d{1,9})\s*")
_BOM = b"\xef\xbb\xbf"


class Word2VecText:
    """Gene2vec's text files and word2vec text in general, gzipped or not.

    With a first line ``24447 200`` that counts genes and dimensions (``gene2vec_dim_200_iter_9_w2v.txt``), or
    without (``gene2vec_dim_200_iter_9.txt``, a tab after the name). A name ends at the tab where the line
    has one, otherwise at the first space; numbers are parted by spaces or tabs; a trailing space is nothing.
    Without the first line, a file that was cut off just after a number can't be told from a whole one.
    """

    name = "gene2vec"
    title = "word2vec text, such as Gene2vec's"
    origin = "Du et al., BMC Genomics 2019 (https://github.com/jingcheng-du/Gene2vec)"
    licence = "MIT (Gene2vec); other files as their authors say"

    def recognises(self, path: Path) -> bool:
        """Whether the first two lines are those of word2vec text.

        A line that has tabs only is a row of a table, and one that begins with a number, a row of a matrix.
        """
        try:
            if not path.is_file():
                return False
            with open_bounded(path) as file:
                first, second = next_line(file, path), next_line(file, path)
            counts = _HEADER.fullmatch(first)
            name, vector = _parse(second if counts else first.removeprefix(_BOM))
            if counts:
                return len(vector) == int(counts[2])
            name_is_number = re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", name, re.IGNORECASE)
            same_width = not second.strip() or len(_parse(second)[1]) == len(vector)
            return len(vector) > 1 and first.count(b"\t") < 2 and not name_is_number and same_width
        except (GeneptError, OSError, ValueError):
            return False

    def read(self, path: Path) -> NamedVectors:
        """Read all names and vectors.

        Returns
        -------
        NamedVectors
            float32 vectors in the order of the lines.

        Raises
        ------
        InputFileError
            If the file can't be read, or unpacks to too much.
        EmbeddingsError
            If a line is ragged or holds what is no number, the first line's counts are wrong, or a name is
            empty or repeated.
        """
        names: list[str] = []
        rows: list[NDArray[np.float32]] = []
        counts, number = None, 0
        with open_bounded(path) as file:
            while line := next_line(file, path):
                number += 1
                if number == 1:
                    line = line.removeprefix(_BOM)
                    counts = _HEADER.fullmatch(line)
                    if counts:
                        continue
                if not line.strip():
                    continue
                name, row = _parse_line(line, f"line {number:,} of {path}")
                width = int(counts[2]) if counts else len(rows[0]) if rows else len(row)
                if len(row) != width or not width:
                    raise EmbeddingsError(
                        f"{len(row):,} numbers for {name} in line {number:,} of {path}",
                        expected=f"{width:,} numbers in every line" if width else "numbers after each name",
                        do="mend that line, or get a whole copy",
                    )
                names.append(name)
                rows.append(row)
        if counts and int(counts[1]) != len(names):
            raise EmbeddingsError(
                f"{len(names):,} genes in {path}, whose first line says {int(counts[1]):,}",
                expected="as many as the first line says",
                do="get a whole copy, or correct the first line",
            )
        check_names(names, path)
        return NamedVectors(names=tuple(names), vectors=np.stack(rows), files=(path,))


def _parse_line(line: bytes, where: str) -> tuple[str, NDArray[np.float32]]:
    try:
        return _parse(line)
    except ValueError as error:
        name = line.split(maxsplit=1)[0].decode(errors="replace")
        raise EmbeddingsError(
            f"{where} ({name[:50]}): {str(error)[:100]}",
            expected="a name and then numbers, as UTF-8 text",
            do="mend that line, or get an undamaged copy",
        ) from error


def _parse(line: bytes) -> tuple[str, NDArray[np.float32]]:
    """Take a line apart; raise ValueError where it is no text, or not numbers."""
    line = line.rstrip()
    name, _, numbers = line.partition(b"\t" if b"\t" in line else b" ")
    if b"_" in numbers:  # 1_000 is a number to Python, and to no one else
        raise ValueError("a _ among the numbers")
    fields = numbers.split()
    # Beyond float32 is infinity, which is refused with the gene's name when embeddings are made of it.
    with np.errstate(over="ignore"):
        return name.decode(), np.fromiter(map(float, fields), dtype=np.float32, count=len(fields))
