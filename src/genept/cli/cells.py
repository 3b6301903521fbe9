"""``genept cells``: embed, finetune, predict, annotate."""

import logging
from pathlib import Path
from typing import Annotated, Literal

import typer

from genept.cli.annotate import annotate
from genept.cli.batch import advance, end_job
from genept.cli.encoder_options import (
    BaseUrlOption,
    BatchOption,
    DimensionsOption,
    DryRunOption,
    EncoderSettingsOption,
    MaxCostOption,
    PriceOption,
    TooLongOption,
    WaitOption,
    make_encoder,
    print_estimate,
    refuse_wait_alone,
)
from genept.cli.finetune import finetune
from genept.cli.output import JsonOption, need_output, print_json
from genept.cli.predict import predict
from genept.errors import ArgumentError

log = logging.getLogger(__name__)

app = typer.Typer(help="Cell embeddings.", no_args_is_help=True)


@app.command()
def embed(
    data: Annotated[
        Path, typer.Argument(help="Cells x genes, .h5ad or .zarr; symbols, Ensembl or Entrez ids.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .h5ad or .zarr to write.")
    ] = None,
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
    memory: Annotated[str, typer.Option(help="What the process may take, such as 2GB.")] = "2 GB",
    float16: Annotated[
        bool, typer.Option("--float16", help="Store vectors in half the size, with three digits.")
    ] = False,
    only_embedding: Annotated[
        bool, typer.Option("--only-embedding", help="Leave the columns of obs out of the output.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads for method w; as many as processors unless told.")
    ] = None,
    device: Annotated[
        Literal["auto", "cpu", "cuda"], typer.Option(help="Where method w is computed.")
    ] = "auto",
    dask: Annotated[
        str | None,
        typer.Option(help="'local', or a Dask scheduler's address such as tcp://host:8786; writes .zarr."),
    ] = None,
    settings: EncoderSettingsOption = None,
    too_long: TooLongOption = "cut",
    base_url: BaseUrlOption = None,
    dimensions: DimensionsOption = None,
    price: PriceOption = None,
    max_cost: MaxCostOption = None,
    batch: BatchOption = False,
    wait: WaitOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
) -> None:
    """Embed every cell of a data set, and write obs with the embedding in obsm.

    Memory doesn't grow with the number of cells. An interrupted run leaves OUTPUT.partial; --resume goes on.

    Example: genept cells embed data.h5ad --genes genes.h5ad --method w -o out.h5ad
    """
    refuse_wait_alone(wait=wait, batch=batch)
    if method == "w" and (batch or dry_run or max_cost is not None or too_long == "refuse"):
        raise ArgumentError(
            "--batch, --dry-run, --max-cost or --too-long with method w, which embeds no text",
            expected="method s",
            do="say --method s, or leave them out",
        )
    if not dry_run:
        output = need_output(output, suffixes=(".h5ad", ".zarr"), inputs=(data, *([genes] if genes else [])))
    made = make_encoder(encoder, settings, base_url=base_url, dimensions=dimensions, price=price)
    from genept.embeddings import read_embeddings
    from genept.encoders import estimate_texts
    from genept.stream import embed_file, sentences_of_file

    known = None if genes is None else read_embeddings(genes)
    key = key_added or f"X_genept_{method}"
    if dry_run or batch or output is None:
        ready, written = sentences_of_file(
            data,
            known,
            encoder=made,
            layer=layer,
            use_raw=use_raw,
            values=values,
            min_coverage=min_coverage,
            empty_cells="zero" if allow_empty_cells else "error",
            resolve=not no_resolve,
            gene_column=gene_column,
            taxon=taxon,
        )
        if dry_run or output is None:
            print_estimate(
                estimate_texts(ready, written, too_long=too_long),
                batch=batch,
                max_cost=max_cost,
                as_json=json,
            )
            return
        if not advance(ready, written, output, too_long=too_long, max_cost=max_cost, wait=wait, as_json=json):
            return
    record = embed_file(
        data,
        output,
        known,
        method=method,
        encoder=made,
        layer=layer,
        use_raw=use_raw,
        values=values,
        key_added=key,
        min_coverage=min_coverage,
        empty_cells="zero" if allow_empty_cells else "error",
        n_threads=threads,
        resolve=not no_resolve,
        gene_column=gene_column,
        taxon=taxon,
        too_long=too_long,
        max_cost=max_cost,
        memory=memory,
        dtype="float16" if float16 else "float32",
        only_embedding=only_embedding,
        resume=resume,
        dask=dask,
        device=device,
    )
    if batch:
        end_job(output)
    log.info("obsm[%r] written to %s", key, output)
    if json:
        print_json(record)


app.command()(annotate)
app.command()(finetune)
app.command()(predict)
