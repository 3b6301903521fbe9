"""Parquet files that say in their metadata what they hold."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from genept.atomic import written_whole
from genept.benchmark.file_names import file_name

# Where a file says what it holds: names come from users, and a file's name can't hold them all.
KEY = b"genept"


def write_named_table(folder: Path, what: Any, frame: pd.DataFrame) -> Path:
    """Write a table, named in its metadata and, as far as a file's name can, by its name.

    Parameters
    ----------
    folder
        Where to; it must exist.
    what
        A dataclass of strings: what the table holds.
    frame
        The table.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        If the file can't be written.
    """
    # Sorted and compact, so that the same table gives the same file under the same name.
    said = json.dumps(vars(what), sort_keys=True, separators=(",", ":")).encode()
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata({KEY: said})
    path = table_path(folder, what)
    with written_whole(path) as draft:
        pq.write_table(table, draft, compression="zstd")
    return path


def table_path(folder: Path, what: Any) -> Path:
    """Say where :func:`write_named_table` writes."""
    return folder / f"{file_name(*vars(what).values())}.parquet"
