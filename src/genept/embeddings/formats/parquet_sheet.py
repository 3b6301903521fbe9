"""Parquet as a table of embeddings: columns by label, rows in blocks."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from genept.embeddings.formats.bounded import check_unpacked, unreadable
from genept.embeddings.formats.table_columns import Columns, Kind
from genept.errors import EmbeddingsError

MAGIC = b"PAR1"
# Numbers that are read at once, whatever the width.
_BLOCK = 1 << 22


class ParquetSheet:
    """A Parquet file.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputFileError
        If it can't be read, or claims more numbers than a file of its size can hold.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            schema = pq.read_schema(path, memory_map=True)
            self.labels: list[str] = schema.names
            self.kinds = [_kind(kind) for kind in schema.types]
            # Texts as references to a list of different ones: one long text may stand in every row.
            texts = [label for label, kind in zip(self.labels, self.kinds, strict=True) if kind == "text"]
            self._file = pq.ParquetFile(path, memory_map=True, read_dictionary=texts)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise unreadable(path, error) from error
        check_unpacked(self._file.metadata.num_rows * len(schema) * 4, path)
        self._unpacked = 0
        self.metadata: dict[bytes, bytes] = schema.metadata or {}

    def blocks(self, columns: Columns) -> Iterator[pa.RecordBatch]:
        """Read the columns that are wanted, as the file has them.

        Raises
        ------
        InputFileError
            If the file is damaged.
        EmbeddingsError
            If a cell is missing.
        """
        rows = max(1, _BLOCK // len(columns.dimensions))
        try:
            for block in self._file.iter_batches(rows, columns=[*columns.texts, *columns.dimensions]):
                # Arrow takes the file's word for it that names are UTF-8.
                block.validate(full=True)
                self._refuse_missing(block, columns)
                for label in columns.texts:
                    block = self._with_texts(block, label)
                yield block
        except (pa.ArrowException, OSError) as error:
            raise unreadable(self.path, error) from error

    def _with_texts(self, block: pa.RecordBatch, label: str) -> pa.RecordBatch:
        """Unpack a column of texts, once it is known that they fit."""
        column = block.column(label)
        if not pa.types.is_dictionary(column.type):
            return block
        lengths = pc.binary_length(column.dictionary)
        self._unpacked += pc.sum(lengths.take(column.indices)).as_py() or 0
        check_unpacked(self._unpacked, self.path)
        return block.set_column(block.schema.get_field_index(label), label, column.dictionary_decode())

    def _refuse_missing(self, block: pa.RecordBatch, columns: Columns) -> None:
        for label in (columns.names, *columns.dimensions):
            column = block.column(label)
            if column.null_count:
                row = int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
                raise EmbeddingsError(
                    f"nothing for {block.column(columns.names)[row]} in the column {label!r} of {self.path}",
                    expected="a name for every row and a number in every cell of a dimension",
                    do="write it, or leave the gene out of the file",
                )


def _kind(kind: pa.DataType) -> Kind:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "text"
    return "number" if pa.types.is_floating(kind) or pa.types.is_integer(kind) else "other"
