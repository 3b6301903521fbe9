"""``genept texts``: build, templates."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genept.cli.options import BareSymbolsOption, OnlyOption, TaxonOption, TemplateOption
from genept.cli.output import JsonOption, check_output, print_json, print_table

if TYPE_CHECKING:
    from genept.texts import GeneTexts
    from genept.texts.generated import GeneratedTexts

log = logging.getLogger(__name__)

app = typer.Typer(help="Gene texts: what is written about genes, as a file.", no_args_is_help=True)


@app.command()
def build(
    source: Annotated[
        str,
        typer.Option(
            help="ncbi, ncbi:refseq, ncbi:alliance, uniprot, names, starter, table:FILE, generated:MODEL, or "
            "a sum such as ncbi+uniprot."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .parquet (or .csv, .tsv) file to write.")
    ] = None,
    template: TemplateOption = None,
    only: OnlyOption = None,
    bare_symbols: BareSymbolsOption = False,
    taxon: TaxonOption = 9606,
    base_url: Annotated[
        str | None,
        typer.Option(
            help="With generated: an OpenAI-compatible URL, such as http://localhost:11434/v1; "
            "OPENAI_BASE_URL, or OpenAI's own, unless told. The key is read from OPENAI_API_KEY."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With generated: say what a run would send, and send nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Build the text of each gene from upstream sources, which are fetched where they aren't in the cache.

    Example: genept texts build --source ncbi+uniprot -o texts.parquet
    """
    from genept.cli.gene_names import names_in
    from genept.errors import ArgumentError
    from genept.texts import build_texts, write_texts
    from genept.texts.corpus import FORMATS

    wanted = None if only is None else names_in(only, taxon)
    generated = _generated(source, wanted, base_url=base_url, taxon=taxon)
    if generated is None and (dry_run or base_url):
        raise ArgumentError(
            f"{'--dry-run' if dry_run else '--base-url'} with the source {source!r}, which asks no model",
            expected="generated:MODEL",
            do="leave it out",
        )
    if generated is not None and dry_run:
        _print_estimate(generated, as_json=json)
        return
    if output is None:
        raise ArgumentError("no output", expected="a file to write", do="name one: -o texts.parquet")
    tables = (Path(part.removeprefix("table:")) for part in (source, *source.split("+")))
    check_output(
        output, suffixes=FORMATS, inputs=(*([only] if only else []), *(t for t in tables if t.is_file()))
    )
    texts = build_texts(
        generated or source, template=template, taxon=taxon, only=wanted, bare_symbols=bare_symbols
    )
    write_texts(texts, output)
    report = _report(texts)
    log.info(
        "%s texts, %s words on average, written to %s", f"{report['n_genes']:,}", report["words"], output
    )
    if json:
        print_json(report)


@app.command()
def templates(json: JsonOption = False) -> None:
    """List the templates that have a name."""
    from genept.texts import TEMPLATES

    rows = [{"name": t.name, "pattern": t.pattern, "title": t.title} for t in TEMPLATES.values()]
    if json:
        print_json({"templates": rows})
    else:
        print_table(rows, {"name": "name", "pattern": "pattern", "title": "what it is"})


def _generated(
    source: str, wanted: list[str] | None, *, base_url: str | None, taxon: int
) -> "GeneratedTexts | None":
    """Make the source that asks a chat model, if that is what was asked for."""
    name, _, model = source.partition(":")
    if name != "generated" and "+generated" not in source:
        return None
    from genept.errors import ArgumentError
    from genept.genes.species import fetch_gene_files, species_resolver
    from genept.texts.generated import GeneratedTexts

    if not model or "+" in source:
        raise ArgumentError(
            f"the source {source!r}",
            expected="generated:MODEL alone",
            do="build it to a file of its own; a sum takes that: --source ncbi+table:generated.parquet",
        )
    if wanted is None:
        raise ArgumentError(
            "no genes to write about",
            expected="the genes that are wanted, since every text costs",
            do="name a list or a data set: --only genes.txt or --only data.h5ad",
        )
    fetch_gene_files(taxon)
    resolver = species_resolver(taxon)
    rows = resolver.resolve(wanted).rows.tolist()
    genes = resolver.own_names(sorted({row for row in rows if row >= 0}))
    return GeneratedTexts(genes, model=model, base_url=base_url)


def _print_estimate(generated: "GeneratedTexts", *, as_json: bool) -> None:
    from dataclasses import asdict

    estimate = asdict(generated.estimate())
    if as_json:
        print_json(estimate)
    else:
        for name, value in estimate.items():
            print(f"{name}: {value:,}")


def _report(texts: "GeneTexts") -> dict[str, Any]:
    words = [len(text.split()) for text in texts.texts]
    return {
        "n_genes": len(words),
        "words": round(sum(words) / len(words)),
        "longest": max(words),
        "provenance": dict(texts.provenance),
    }
