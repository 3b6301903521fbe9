"""What commands have in common: where results go, and JSON."""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from genept.atomic import check_writable
from genept.errors import ArgumentError, OutputError

log = logging.getLogger(__name__)

JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON to standard output.")]


def check_output(
    path: Path, *, suffixes: tuple[str, ...] = (".h5ad",), inputs: tuple[Path, ...] = ()
) -> None:
    """Refuse, before any work, an output that has another suffix, is an input, or can't be written.

    Raises
    ------
    OutputError
        Saying which of the three it is.
    """
    if not path.name.endswith(suffixes):
        raise OutputError(
            f"the output {path} doesn't end in {' or '.join(suffixes)}",
            expected=f"a name that ends in {' or '.join(suffixes)}",
            do=f"use -o {path}{suffixes[0]}"
            if path.name not in ("", "..")
            else f"use -o out{suffixes[0]}, say",
        )
    for given in inputs:
        if path.resolve() == given.resolve():
            raise OutputError(
                f"the output {path} is also an input", expected="another file", do="name another with -o"
            )
    # A folder of zarr that is there is looked at by what replaces it.
    if not (path.suffix == ".zarr" and path.is_dir()):
        check_writable(path)


def need_output(
    path: Path | None, *, suffixes: tuple[str, ...] = (".h5ad",), inputs: tuple[Path, ...] = ()
) -> Path:
    """Give back the output of a command that may do without one, as :func:`check_output` allows it.

    Raises
    ------
    ArgumentError
        If there is none.
    OutputError
        If it can't be written.
    """
    if path is None:
        raise ArgumentError("no output", expected="a file to write", do="name one: -o out.h5ad, say")
    check_output(path, suffixes=suffixes, inputs=inputs)
    return path


def say(text: str) -> None:
    """Tell a person how it goes, on standard error, unless asked to be quiet."""
    log.info("%s", text)


def print_json(report: Mapping[str, Any]) -> None:
    """Print a report as JSON, on standard output."""
    print(json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False))


def print_table(rows: Sequence[Mapping[str, str]], titles: Mapping[str, str]) -> None:
    """Print rows as a plain table; ``titles`` says which of their keys become columns, and the heads."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=True, box=None, pad_edge=False)
    for title in titles.values():
        table.add_column(title, overflow="fold")
    for row in rows:
        # Cells are plain text: rich would take square brackets for its own marks.
        table.add_row(*(Text(row[key], overflow="fold") for key in titles))
    Console().print(table)
