"""``genept genes``: embed, info."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genept.cli.output import JsonOption, check_output, print_json

if TYPE_CHECKING:
    from genept.embeddings import GeneEmbeddings

log = logging.getLogger(__name__)

app = typer.Typer(help="Gene embeddings: make them, look at them.", no_args_is_help=True)


@app.command()
def embed(
    output: Annotated[Path, typer.Option("--output", "-o", help="The .h5ad file to write.")],
    texts: Annotated[
        str,
        typer.Option(
            help="Text source. 'starter' ships with genept: written by a language model, not curated."
        ),
    ] = "starter",
    encoder: Annotated[
        str,
        typer.Option(help="Text encoder: minilm, lsa (no torch needed) or random (the negative control)."),
    ] = "minilm",
    json: JsonOption = False,
) -> None:
    """Embed what is written about each gene.

    Example: genept genes embed --texts starter --encoder minilm -o genes.h5ad
    """
    check_output(output)
    from genept.embeddings import embed_genes, write_embeddings

    genes = embed_genes(texts=texts, encoder=encoder)
    write_embeddings(genes, output)
    log.info("%r written to %s", genes, output)
    if json:
        print_json(_report(genes))


@app.command()
def info(
    path: Annotated[Path, typer.Argument(help="An .h5ad file of gene embeddings.")],
    json: JsonOption = False,
) -> None:
    """Say what a file of gene embeddings holds and where it comes from."""
    from genept.embeddings import read_embeddings

    report = _report(read_embeddings(path))
    if json:
        print_json(report)
        return
    for name, value in _flat(report):
        print(f"{name}: {value}")


def _report(genes: "GeneEmbeddings") -> dict[str, Any]:
    return {
        "n_genes": len(genes.genes),
        "n_aliases": sum(len(names) for names in genes.genes.aliases),
        "dimensions": genes.dimensions,
        "first_genes": list(genes.genes.symbols[:5]),
        "provenance": dict(genes.provenance),
    }


def _flat(report: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in report.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, ", ".join(value) if isinstance(value, list) else str(value)))
    return rows
