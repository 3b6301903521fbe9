"""CSV and TSV as a table of embeddings: columns by label, rows in blocks."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from genept.embeddings.formats.bounded import next_line, open_bounded, unreadable
from genept.embeddings.formats.table_columns import Columns, Kind
from genept.embeddings.formats.table_labels import is_finite, is_number
from genept.errors import EmbeddingsError, GeneptError

# Rows that are looked at to tell text from numbers, and bytes that Arrow reads at once.
_SAMPLE = 50
_BLOCK = 1 << 24


class CsvSheet:
    """A file of cells parted by commas or tabs, gzipped or not, with a line of labels.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputFileError
        If it can't be read as UTF-8 text, or is empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_bounded(path) as file:
            first = next_line(file, path)
        self._delimiter = "\t" if first.count(b"\t") > first.count(b",") else ","
        rows = self._rows()
        self.labels = next(rows, [])
        if not self.labels:
            raise unreadable(path, ValueError("it is empty"))
        self.sample = list(islice(rows, _SAMPLE))
        self.kinds = [self._kind(place) for place in range(len(self.labels))]

    def _kind(self, place: int) -> Kind:
        cells = [row[place] for row in self.sample if place < len(row) and row[place].strip()]
        if not cells:
            return "empty"
        # NAN and INF may be names: they are numbers only among others.
        if any(map(is_finite, cells)) or all(map(is_number, cells)):
            return "number"
        return "text"

    def blocks(self, columns: Columns) -> Iterator[pa.RecordBatch]:
        """Read the columns that are wanted: names and identifiers as strings, dimensions as float64.

        Raises
        ------
        InputFileError
            If the file can't be read.
        EmbeddingsError
            If a row is ragged, or a cell among the numbers is empty or no number.
        """
        types = {label: pa.string() for label in columns.texts} | dict.fromkeys(
            columns.dimensions, pa.float64()
        )
        options = {
            "parse_options": pa_csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
            "convert_options": pa_csv.ConvertOptions(
                include_columns=list(types), column_types=types, null_values=[""], strings_can_be_null=False
            ),
        }
        try:
            with _arrow_blocks(self.path, options) as blocks:
                for block in blocks:
                    if any(column.null_count for column in block.columns):
                        raise pa.ArrowInvalid("an empty cell")
                    yield block
        except (pa.ArrowException, KeyError) as error:
            # Arrow counts columns; a second look finds the gene.
            self._say_what_is_wrong(columns)
            raise unreadable(self.path, error) from error

    def _say_what_is_wrong(self, columns: Columns) -> None:
        rows = self._rows()
        labels = next(rows)
        wanted = set(columns.dimensions)
        for number, row in enumerate(rows, start=1):
            if row and len(row) != len(labels):
                raise EmbeddingsError(
                    f"{len(row):,} cells in row {number:,} of {self.path} ({row[0][:50]})",
                    expected=f"{len(labels):,}, as many as there are labels",
                    do="mend that row, or get a whole copy; in R, write it with write.csv",
                )
            for label, cell in zip(labels, row, strict=False):
                if label in wanted and not is_number(cell):
                    name = row[labels.index(columns.names)]
                    raise EmbeddingsError(
                        f"{cell[:50]!r} for {name[:50]} in the column {label!r} of {self.path}",
                        expected="a number in every cell of a dimension",
                        do="write the number, or leave the gene out of the file",
                    )

    def _rows(self) -> Iterator[list[str]]:
        """Go over the rows as strings, the labels first."""
        with open_bounded(self.path) as file:
            lines = (self._decode(line) for line in iter(lambda: next_line(file, self.path), b""))
            try:
                for number, row in enumerate(csv.reader(lines, delimiter=self._delimiter)):
                    if number == 0 and row:
                        row[0] = row[0].removeprefix("\ufeff")
                    yield row
            except (csv.Error, UnicodeDecodeError) as error:
                raise unreadable(self.path, error) from error

    def _decode(self, line: bytes) -> str:
        if b"\0" in line:
            raise unreadable(self.path, ValueError("it holds zero bytes, which no text does"))
        return line.decode()


@contextmanager
def _arrow_blocks(path: Path, options: dict[str, Any]) -> Iterator[Iterable[pa.RecordBatch]]:
    """Let Arrow parse a file, block by block.

    Arrow's streaming reader reads ahead in a thread. If it is given up, at an error, before that thread is
    done, the thread may be the last to let go of the reader, and waits for itself: the process never ends.
    Its reader of whole tables has no such turn, and takes what fits into one block.
    """
    with open_bounded(path) as file:
        head = file.read(_BLOCK + 1)
    if len(head) <= _BLOCK:
        read_options = pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK)
        yield pa_csv.read_csv(pa.BufferReader(head), read_options=read_options, **options).to_batches()
        return
    with (
        open_bounded(path) as file,
        pa_csv.open_csv(file, read_options=pa_csv.ReadOptions(block_size=_BLOCK), **options) as reader,
    ):
        yield reader


def looks_like_csv(path: Path) -> CsvSheet | None:
    """Open a file as CSV or TSV if its first rows are as long as its labels."""
    try:
        sheet = CsvSheet(path)
    except (GeneptError, OSError):
        return None
    rows = [row for row in sheet.sample if row]
    whole = rows and all(len(row) == len(sheet.labels) for row in rows)
    return sheet if whole else None
