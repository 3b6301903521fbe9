"""What commands have in common: where results go, and JSON."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from genept.atomic import check_writable
from genept.errors import OutputError

log = logging.getLogger(__name__)

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
            do=f"use -o {path}.h5ad" if path.name not in ("", "..") else "use -o out.h5ad, say",
        )
    for given in inputs:
        if path.resolve() == given.resolve():
            raise OutputError(
                f"the output {path} is also an input", expected="another file", do="name another with -o"
            )
    check_writable(path)


def say(text: str) -> None:
    """Tell a person how it goes, on standard error, unless asked to be quiet."""
    log.info("%s", text)


def print_json(report: Mapping[str, Any]) -> None:
    """Print a report as JSON, on standard output."""
    print(json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False))
