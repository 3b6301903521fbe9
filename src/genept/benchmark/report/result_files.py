"""Tables and provenance in a benchmark's folder, read and looked at."""

import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from genept.errors import InputFileError, MissingDataError, name_some

AGAIN = "name the folder that the benchmark wrote (-o), or run it again"


def read_table(path: Path, texts: str, numbers: str) -> pd.DataFrame:
    """Read a table of a benchmark.

    Parameters
    ----------
    path
        A CSV file.
    texts, numbers
        Columns it must have, parted by blanks.

    Returns
    -------
    DataFrame
        Texts as they stand, empty ones too; numbers, which may be missing.

    Raises
    ------
    MissingDataError
        If it isn't there.
    InputFileError
        If it can't be read, lacks a column, or holds text where numbers stand.
    """
    # A representation may be called "NA" or "null": nothing is missing in a column of texts.
    try:
        frame = pd.read_csv(StringIO(_text(path)), dtype=str, keep_default_na=False)
    except ValueError as error:
        raise InputFileError(f"{path}, which is no table ({error})", expected="CSV", do=AGAIN) from error
    missing = [column for column in [*texts.split(), *numbers.split()] if column not in frame]
    if missing:
        raise InputFileError(
            f"{path} without the columns {name_some(missing, limit=20)}",
            expected=f"{texts} {numbers}",
            do=AGAIN,
        )
    for column in numbers.split():
        try:
            frame[column] = pd.to_numeric(frame[column].replace({"": None}))
        except ValueError as error:
            raise InputFileError(
                f"{path} with text in the column {column} ({error})",
                expected="numbers, or nothing",
                do=AGAIN,
            ) from error
    return frame


def read_scores(path: Path, texts: str, numbers: str) -> pd.DataFrame:
    """Read a table as :func:`read_table` does, which must have a row.

    Raises
    ------
    MissingDataError, InputFileError
        As there; also if it has none.
    """
    frame = read_table(path, texts, numbers)
    if frame.empty:
        raise InputFileError(f"{path} without a row", expected="at least one", do=AGAIN)
    return frame


def read_provenance(path: Path) -> Mapping[str, Any]:
    """Read what a benchmark was run on.

    Raises
    ------
    MissingDataError
        If the file isn't there.
    InputFileError
        If it is no JSON object.
    """
    try:
        said = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise InputFileError(f"{path}, which is no JSON ({error})", expected="JSON", do=AGAIN) from error
    if not isinstance(said, dict):
        raise InputFileError(f"{path} with {type(said).__name__}", expected="a JSON object", do=AGAIN)
    return said


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MissingDataError(
            f"no {path.name} in {path.parent}", expected="a folder with the outcome of a benchmark", do=AGAIN
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputFileError(f"{path}, which can't be read ({error})", expected="UTF-8", do=AGAIN) from error
