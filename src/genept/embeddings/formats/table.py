"""Tables of gene embeddings: CSV, TSV and Parquet, one row a gene."""

import logging
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genept.embeddings.formats.bounded import unreadable
from genept.embeddings.formats.csv_sheet import CsvSheet, looks_like_csv
from genept.embeddings.formats.export_layout import PARQUET_KEY, named_vectors
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.names import check_names
from genept.embeddings.formats.parquet_sheet import MAGIC, ParquetSheet
from genept.embeddings.formats.table_columns import Columns, find_columns
from genept.embeddings.formats.table_labels import refuse_genes_as_columns
from genept.errors import GeneptError

log = logging.getLogger(__name__)


class TableFile:
    """A table with one row a gene: a column of names, and a column of numbers for each dimension.

    CSV and TSV, gzipped or not, need a first line of labels. Nothing is taken for a missing value: NA, NAN
    and 1-Mar are names, and an empty cell among the numbers is an error. Which column is what is said by
    :func:`~genept.embeddings.formats.table_columns.find_columns`; identifiers and other names
    under the labels that genept's own files have are kept, and columns that are neither are named in the
    provenance.

    Parameters
    ----------
    argument
        The label of the column of names, where it can't be told.
    """

    name = "table"
    title = "CSV, TSV or Parquet with one row a gene"
    origin = "any table; also what `genept genes convert` writes"
    licence = "as its authors say"

    def __init__(self, argument: str = "") -> None:
        self.column = argument

    def recognises(self, path: Path) -> bool:
        """Whether a table has a column of names, and two columns of numbers or more.

        A table in which most columns are something else is rather one of gene texts or of measurements.
        """
        try:
            sheet = ParquetSheet(path) if _is_parquet(path) else looks_like_csv(path)
            if sheet is None:
                return False
            columns = find_columns(sheet.labels, sheet.kinds, path, wanted=self.column)
        except (GeneptError, OSError):
            return False
        kinds = dict(zip(sheet.labels, sheet.kinds, strict=True))
        n_numbers = sum(kinds[label] == "number" for label in columns.dimensions)
        return n_numbers > 1 and n_numbers >= len(columns.others)

    def read(self, path: Path) -> NamedVectors:
        """Read all names, identifiers and vectors.

        Returns
        -------
        NamedVectors
            float32 vectors in the order of rows and columns.

        Raises
        ------
        InputFileError
            If the file can't be read, or unpacks to too much.
        UnknownNameError
            If the column of names that was asked for isn't there.
        EmbeddingsError
            If the columns can't be told apart, genes look to be the columns, rows are ragged, a cell is no
            number, or names are empty or repeated.
        """
        try:
            sheet = ParquetSheet(path) if _is_parquet(path) else CsvSheet(path)
        except OSError as error:
            raise unreadable(path, error) from error
        columns = find_columns(sheet.labels, sheet.kinds, path, wanted=self.column)
        names: list[str] = []
        known: dict[str, list[str]] = {label: [] for label in columns.known}
        vectors = []
        for block in sheet.blocks(columns):
            names += _strings(block.column(columns.names))
            for label, there in columns.known.items():
                known[label] += _strings(block.column(there))
            vectors.append(_matrix(block, columns))
        check_names(names, path)
        refuse_genes_as_columns(names, columns.dimensions, path)
        said = {}
        if columns.others:
            said["columns_not_read"] = ", ".join(columns.others)
            log.info("%s: columns that are no dimensions: %s", path, said["columns_not_read"])
        record = sheet.metadata.get(PARQUET_KEY, b"") if isinstance(sheet, ParquetSheet) else b""
        return named_vectors(
            names,
            np.concatenate(vectors),
            path,
            columns=known,
            record=record.decode(errors="replace"),
            said=said,
        )


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _strings(column: pa.Array) -> list[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]


def _matrix(block: pa.RecordBatch, columns: Columns) -> NDArray[np.float32]:
    matrix = np.empty((len(block), len(columns.dimensions)), dtype=np.float32)
    # Beyond float32 is infinity, which is refused with the gene's name when embeddings are made of it.
    with np.errstate(over="ignore"):
        for place, label in enumerate(columns.dimensions):
            matrix[:, place] = block.column(label).to_numpy(zero_copy_only=False)
    return matrix
