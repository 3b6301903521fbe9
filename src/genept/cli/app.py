"""The command ``genept``: its nouns, and how it ends."""

import logging
import os
import sys
import warnings
from typing import Annotated

import typer

from genept import __version__
from genept.cli import benchmark, cache, cells, data, demo, genes, texts
from genept.errors import GeneptError, GeneptWarning

app = typer.Typer(
    name="genept",
    help="Gene embeddings from what is written about genes; cell embeddings from gene embeddings.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.add_typer(genes.app, name="genes")
app.add_typer(texts.app, name="texts")
app.add_typer(cells.app, name="cells")
app.add_typer(benchmark.app, name="benchmark")
app.add_typer(data.app, name="data")
app.add_typer(cache.app, name="cache")


def _show_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but warnings and errors.")
    ] = False,
) -> None:
    logging.basicConfig(format="%(message)s", stream=sys.stderr, force=True)
    logging.getLogger("genept").setLevel(logging.WARNING if quiet else logging.INFO)
    # Dask tells of every worker that comes and goes.
    logging.getLogger("distributed").setLevel(logging.ERROR)
    if quiet:
        os.environ["TQDM_DISABLE"] = "1"
    # Of warnings, the terminal shows our own: those of the libraries tell developers, not users.
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", GeneptWarning)
    warnings.showwarning = lambda message, *_args, **_kwargs: print(f"Warning: {message}", file=sys.stderr)


def main() -> None:
    """Run the command line: 0 done, 1 an error of ours in one paragraph, 2 usage, 130 interrupted.

    Typer sees to the last two.
    """
    try:
        app()
    except GeneptError as error:
        print(f"genept: {type(error).__name__}. {error}", file=sys.stderr)
        sys.exit(1)
