"""What commands have in common: where results go, and JSON."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from genept.atomic import check_writable
from genept.errors import OutputError

JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON to standard output.")]


def check_output(path: Path, *, inputs: tuple[Path, ...] = ()) -> None:
    """Refuse, before any work, an output that isn't ``.h5ad``, is an input, or can't be written.

    Raises
    ------
    OutputError
        Saying which of the three it is.
    """
    if path.suffix != ".h5ad":
        raise OutputError(
            f"the output {path} doesn't end in .h5ad",
            expected="a name that ends in .h5ad",
            do=f"use -o {path.with_suffix('.h5ad')}",
        )
    for given in inputs:
        if path.exists() and given.exists() and path.samefile(given):
            raise OutputError(
                f"the output {path} is also an input", expected="another file", do="name another with -o"
            )
    check_writable(path)


def say(text: str) -> None:
    """Tell a person how it goes, on standard error."""
    print(text, file=sys.stderr, flush=True)


def print_json(report: Mapping[str, Any]) -> None:
    """Print a report as JSON, on standard output."""
    print(json.dumps(report, indent=2, ensure_ascii=False))
