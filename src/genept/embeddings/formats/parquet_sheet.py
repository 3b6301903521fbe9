"""Parquet as a table of embeddings: columns by label, rows in blocks."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
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
            self._file = pq.ParquetFile(path, memory_map=True)
            schema = self._file.schema_arrow
            self.labels: list[str] = schema.names
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise unreadable(path, error) from error
        check_unpacked(self._file.metadata.num_rows * len(schema) * 4, path)
        self.kinds = [_kind(kind) for kind in schema.types]
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
        texts = [columns.names] if columns.aliases is None else [columns.names, columns.aliases]
        rows = max(1, _BLOCK // len(columns.dimensions))
        try:
            for block in self._file.iter_batches(rows, columns=[*texts, *columns.dimensions]):
                # Arrow takes the file's word for it that names are UTF-8.
                block.validate(full=True)
                self._refuse_missing(block, columns)
                yield block
        except (pa.ArrowException, OSError) as error:
            raise unreadable(self.path, error) from error

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
