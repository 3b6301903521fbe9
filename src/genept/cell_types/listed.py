"""Cell types that a user writes down: a table of names and definitions, or names alone."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from genept.cell_types.cell_types import CellTypes
from genept.datasets.verify import digest_of
from genept.errors import InputFileError, ValuesError

SUFFIXES = (".csv", ".tsv", ".txt")
_EXPECTED = "a .csv or .tsv with the columns name and definition, or a .txt with one name a line"


def listed_types(names: Sequence[str]) -> CellTypes:
    """Take names alone as cell types.

    Raises
    ------
    ValuesError
        If there is none, or one is empty or stands twice.

    Examples
    --------
    >>> listed_types(["B cell", "T cell"]).texts()
    ('B cell', 'T cell')
    """
    tidy = tuple(name.strip() for name in names)
    return CellTypes(tidy, tidy, provenance={"source": "a list of names"})


def read_listed_types(path: str | Path) -> CellTypes:
    r"""Read cell types from a table with the columns ``name`` and ``definition``, or from a list of names.

    Parameters
    ----------
    path
        A ``.csv`` or ``.tsv``, with a header; ``definition`` may be missing or empty, other columns are not
        read. Or a ``.txt`` with one name a line. Empty lines don't count.

    Raises
    ------
    InputFileError
        If the file can't be read, ends otherwise, has no column ``name``, or rows of different lengths.
    ValuesError
        If it has no type, or a name is empty or stands twice.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "types.csv"
    >>> _ = path.write_text('name,definition\nB cell,"It makes antibodies, and remembers."\nT cell,\n')
    >>> read_listed_types(path).texts()
    ('B cell: It makes antibodies, and remembers.', 'T cell')
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise InputFileError(
            f"the file of cell types {path}", expected=_EXPECTED, do="rename it by what it is"
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix.lower() == ".txt":
                rows = [{"name": line} for line in file]
            else:
                rows = _rows(csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ","), path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputFileError(
            f"{path} can't be read ({error})", expected=_EXPECTED, do="check the path and the format"
        ) from error
    kept = [{key: " ".join(value.split()) for key, value in row.items()} for row in rows]
    kept = [row for row in kept if any(row.values())]
    if not kept:
        raise ValuesError(f"no cell type left in {path}", expected=_EXPECTED, do="write down your types")
    names = tuple(row["name"] for row in kept)
    return CellTypes(
        names,
        names,
        tuple(row.get("definition", "") for row in kept),
        provenance={"source": "table", "file": path.name, "sha256": digest_of(path)},
    )


def _rows(table: Iterable[list[str]], path: Path) -> list[dict[str, str]]:
    header, *content = [row for row in table if row] or [[]]
    columns = [name.strip().lower() for name in header]
    if "name" not in columns:
        raise InputFileError(
            f"{path} with the columns {', '.join(header) or 'none'}",
            expected=_EXPECTED,
            do="write a header, and name the column of names 'name'",
        )
    for row in content:
        if len(row) != len(columns):
            raise InputFileError(
                f"a row of {path} ({row[0][:40]} ...) with {len(row)} fields, its header has {len(columns)}",
                expected="as many fields in each row as in the header",
                do="put quotation marks around definitions with commas, or use tabs (.tsv)",
            )
    return [dict(zip(columns, row, strict=True)) for row in content]
