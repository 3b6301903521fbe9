"""``genept cells``: embed."""

import logging
from pathlib import Path
from typing import Annotated, Literal

import typer

from genept.cli.output import JsonOption, check_output, print_json

log = logging.getLogger(__name__)

app = typer.Typer(help="Cell embeddings.", no_args_is_help=True)


# Typer needs a callback to keep a group of one command a group.
@app.callback()
def _group() -> None:
    pass


@app.command()
def embed(
    data: Annotated[Path, typer.Argument(help="Cells x genes, .h5ad; symbols, Ensembl or Entrez ids.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .h5ad file to write.")],
    genes: Annotated[
        Path | None,
        typer.Option(help="Gene embeddings, in any format; for method s they lend their encoder."),
    ] = None,
    method: Annotated[
        Literal["w", "s"],
        typer.Option(help="w: weighted average of gene vectors; s: sentence of ranked genes."),
    ] = "w",
    encoder: Annotated[str | None, typer.Option(help="Text encoder for method s, such as minilm.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer to use in place of X.")] = None,
    use_raw: Annotated[bool, typer.Option("--use-raw", help="Use raw in place of X.")] = False,
    values: Annotated[
        Literal["auto", "counts", "log_normalised"], typer.Option(help="What the values are; auto looks.")
    ] = "auto",
    key_added: Annotated[
        str | None, typer.Option(help="Key in obsm; X_genept_w or X_genept_s unless told.")
    ] = None,
    min_coverage: Annotated[
        float,
        typer.Option(min=0, max=1, help="Smallest share of counts that must lie in genes with a vector."),
    ] = 0.1,
    allow_empty_cells: Annotated[
        bool, typer.Option("--allow-empty-cells", help="Give cells without counts a zero vector.")
    ] = False,
    no_resolve: Annotated[
        bool, typer.Option("--no-resolve", help="Take exact gene symbols only; resolve no names.")
    ] = False,
    gene_column: Annotated[
        str | None, typer.Option(help="Column of var that names the genes; found by looking unless told.")
    ] = None,
    taxon: Annotated[
        int | None,
        typer.Option(help="NCBI taxon id of the data: 9606 (human), 10090 (mouse); the embeddings' own."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Embed every cell of a data set, and write it with the embedding in obsm.

    Example: genept cells embed data.h5ad --genes genes.h5ad --method w -o out.h5ad
    """
    check_output(output, inputs=(data, *([genes] if genes else [])))
    from genept.embeddings import read_embeddings
    from genept.h5ad import read_h5ad, write_h5ad
    from genept.tl import embed_cells

    adata = read_h5ad(data)
    key = key_added or f"X_genept_{method}"
    embed_cells(
        adata,
        None if genes is None else read_embeddings(genes),
        method=method,
        encoder=encoder,
        layer=layer,
        use_raw=use_raw,
        values=values,
        key_added=key,
        min_coverage=min_coverage,
        empty_cells="zero" if allow_empty_cells else "error",
        resolve=not no_resolve,
        gene_column=gene_column,
        taxon=taxon,
    )
    write_h5ad(adata, output)
    log.info("%s cells with obsm[%r] written to %s", f"{adata.n_obs:,}", key, output)
    if json:
        print_json(adata.uns["genept"][key])
