"""``genept genes``: embed, convert, formats, resolve, info, programs."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
from genept.cli.options import BareSymbolsOption, OnlyOption, TaxonOption, TemplateOption
from genept.cli.output import JsonOption, check_output, need_output, print_json, print_table
from genept.cli.programs import programs
from genept.errors import ArgumentError

if TYPE_CHECKING:
    from genept.embeddings import GeneEmbeddings

log = logging.getLogger(__name__)

app = typer.Typer(help="Gene embeddings: make them, look at them.", no_args_is_help=True)
app.command()(programs)


@app.command()
def embed(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The .h5ad file to write.")] = None,
    texts: Annotated[
        str,
        typer.Option(
            help="Text source or a sum (ncbi, ncbi+uniprot, names, ...), or a file of texts. 'starter' ships "
            "with genept: written by a language model, not curated."
        ),
    ] = "starter",
    template: TemplateOption = None,
    only: OnlyOption = None,
    bare_symbols: BareSymbolsOption = False,
    taxon: TaxonOption = 9606,
    encoder: Annotated[
        str,
        typer.Option(
            help="Text encoder: minilm, hf:MODEL (any Hugging Face model), openai:MODEL (any server of that "
            "protocol), lsa (no torch needed) or random (the negative control)."
        ),
    ] = "minilm",
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
    """Embed what is written about each gene.

    What a source needs is fetched where it isn't in the cache. Vectors are kept in a cache of their own: a
    run that is broken off goes on where it was, and nothing is paid for twice.

    Example: genept genes embed --texts ncbi --encoder openai:text-embedding-3-small --dry-run
    """
    refuse_wait_alone(wait=wait, batch=batch)
    if not dry_run:
        output = need_output(output)
    from genept.cli.gene_names import names_in
    from genept.embeddings import embed_genes, write_embeddings
    from genept.encoders import estimate_texts, ready_encoder
    from genept.texts import build_texts

    # What would fail late fails now, before anything is fetched.
    made = make_encoder(encoder, settings, base_url=base_url, dimensions=dimensions, price=price)
    wanted = None if only is None else names_in(only, taxon)
    known = build_texts(texts, template=template, taxon=taxon, only=wanted, bare_symbols=bare_symbols)
    if dry_run or output is None:
        ready = ready_encoder(made, corpus=known.texts)
        print_estimate(
            estimate_texts(ready, known.texts, too_long=too_long),
            batch=batch,
            max_cost=max_cost,
            as_json=json,
        )
        return
    if batch and not advance(
        made, known.texts, output, too_long=too_long, max_cost=max_cost, wait=wait, as_json=json
    ):
        return
    genes = embed_genes(texts=known, encoder=made, too_long=too_long, max_cost=max_cost)
    write_embeddings(genes, output)
    if batch:
        end_job(output)
    log.info("%r written to %s", genes, output)
    if json:
        print_json(_report(genes))


@app.command()
def resolve(
    names: Annotated[list[str] | None, typer.Argument(help="Gene names or identifiers.")] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="Take the names of an .h5ad file's genes.")
    ] = None,
    gene_column: Annotated[
        str | None, typer.Option(help="With --from: the column of var that names them; found by looking.")
    ] = None,
    taxon: TaxonOption = 9606,
    json: JsonOption = False,
) -> None:
    """Say which gene each name means, by which rule, or among which genes it doesn't decide.

    Needs NCBI's file, and for human does better with HGNC's: genept data fetch ncbi_gene_info_human
    hgnc_complete_set. Prints a table with tabs.

    Example: genept genes resolve H2AFY ENSG00000198851.10 lyz
    """
    from genept.cli.gene_names import names_in_data
    from genept.genes import species_resolver

    if bool(names) == (from_file is not None):
        raise ArgumentError(
            "names and --from together" if names else "neither names nor --from",
            expected="one of the two",
            do="give names, or a file with --from data.h5ad",
        )
    if gene_column is not None and from_file is None:
        raise ArgumentError(
            "--gene-column without --from", expected="a file that has columns", do="name it with --from"
        )
    resolver = species_resolver(taxon)
    queries = names or names_in_data(from_file or Path(), gene_column, resolver)
    resolution = resolver.resolve(queries)
    summary = resolution.summary()
    log.info("%s names: %s", f"{len(queries):,}", ", ".join(f"{k} {v:,}" for k, v in summary.items() if v))
    if json:
        print_json({"summary": summary, "genes": resolution.table.to_dict(orient="records")})
    else:
        print(resolution.table.to_csv(sep="\t", index=False), end="")


@app.command()
def info(
    path: Annotated[Path, typer.Argument(help="A file of gene embeddings.")],
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


@app.command()
def convert(
    path: Annotated[Path, typer.Argument(metavar="IN", help="A file or folder of gene embeddings.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="What to write: .h5ad, .parquet, .csv, .npz, .safetensors, .w2v.txt."
        ),
    ],
    format: Annotated[  # noqa: A002
        str | None,
        typer.Option(help="Format of IN (genept genes formats), or name:argument; recognised unless told."),
    ] = None,
    taxon: TaxonOption = 9606,
    json: JsonOption = False,
) -> None:
    """Read gene embeddings in any format that is known, and write them in ours or another.

    Pickles and checkpoints are read without executing anything in them.

    Example: genept genes convert GenePT_gene_embedding_ada_text.pickle -o genes.h5ad
    """
    from genept.embeddings import read_embeddings, write_embeddings
    from genept.embeddings.export import EXPORTS, export_embeddings

    check_output(output, suffixes=(".h5ad", *EXPORTS), inputs=(path,))
    genes = read_embeddings(path, format, taxon=taxon)
    (write_embeddings if output.suffix == ".h5ad" else export_embeddings)(genes, output)
    log.info("%r written to %s", genes, output)
    if json:
        print_json(_report(genes))


@app.command()
def formats(json: JsonOption = False) -> None:
    """List the formats of gene embeddings that can be read, with their source and licence."""
    from genept.embeddings import embedding_formats

    made = [embedding_formats.create(name) for name in embedding_formats.names()]
    rows = [{"name": f.name, "title": f.title, "origin": f.origin, "licence": f.licence} for f in made]
    if json:
        print_json({"formats": rows})
    else:
        print_table(
            rows, {"name": "name", "title": "what it is", "origin": "released at", "licence": "licence"}
        )


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
