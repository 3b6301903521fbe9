"""``genept benchmark``: what vectors are worth."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from genept.cli.benchmark_cells import cells
from genept.cli.named_files import named_files
from genept.cli.output import JsonOption, print_json

if TYPE_CHECKING:
    from genept.embeddings import GeneEmbeddings

log = logging.getLogger(__name__)

app = typer.Typer(help="What gene and cell embeddings are worth.", no_args_is_help=True)

app.command()(cells)


@app.command()
def genes(
    embeddings: Annotated[
        list[str],
        typer.Option("--genes", help="Gene embeddings in any format, or NAME=FILE. Repeat."),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The folder to write to."),
    ],
    task: Annotated[
        list[str] | None,
        typer.Option(help="A task (genept benchmark tasks), or a TOML file; all unless told. Repeat."),
    ] = None,
    gene_sets: Annotated[
        list[Path] | None,
        typer.Option("--gene-sets", help="A GMT whose sets become tasks, one against the rest. Repeat."),
    ] = None,
    later_gene_sets: Annotated[
        Path | None,
        typer.Option(help="A later GMT: genes that it adds to the sets of --gene-sets are to be found."),
    ] = None,
    edges: Annotated[
        list[Path] | None,
        typer.Option(help="An edge list whose pairs become a task, against pairs that aren't in it. Repeat."),
    ] = None,
    protocol: Annotated[
        Literal["rigorous", "paper"],
        typer.Option(help="rigorous: fair; paper: the reference with its quirks."),
    ] = "rigorous",
    data: Annotated[
        Path | None, typer.Option(help="Folder of the tasks' files; they are fetched unless told.")
    ] = None,
    texts: Annotated[
        str | None,
        typer.Option(help="The texts of the embeddings: a source, a sum or a file; found by what they say."),
    ] = None,
    template: Annotated[str | None, typer.Option(help="With --texts: the template.")] = None,
    expression: Annotated[
        Path | None, typer.Option(help="Cells x genes (.h5ad), whose PCA is a control.")
    ] = None,
    features: Annotated[
        list[str] | None,
        typer.Option(help="Of pairs: sum (the paper's), mean, product, concatenation, absolute_difference."),
    ] = None,
    classifier: Annotated[
        list[str] | None,
        typer.Option(help="logistic_regression or random_forest; those of the task unless told. Repeat."),
    ] = None,
    keep_together: Annotated[
        Literal["gene", "family"],
        typer.Option(help="What is never on both sides of a split; a family is an HGNC gene group."),
    ] = "gene",
    controls: Annotated[
        bool, typer.Option("--controls/--no-controls", help="Score controls beside the embeddings.")
    ] = True,
    permutations: Annotated[
        int, typer.Option(min=0, help="Runs on labels (of pairs: vectors) in random order, for a p-value.")
    ] = 0,
    rng: Annotated[int, typer.Option(help="Seed.")] = 2023,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Jobs at a time; results don't depend on it. One a processor.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on in a folder where a run was broken off.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Score gene embeddings on gene-level tasks, beside controls.

    Writes results.csv (one row for each fold), summary.csv, differences.csv, labels.csv, leakage.csv,
    provenance.json, predictions, figures and report.html. A run that is broken off goes on with --resume.

    Example: genept benchmark genes --genes minilm.h5ad --genes lsa.h5ad -o out
    """
    from genept.benchmark import benchmark_genes
    from genept.texts import build_texts

    named = _named(embeddings)
    known = None if texts is None else build_texts(texts, template=template)
    summary = benchmark_genes(
        named,
        output,
        tasks=task,
        gene_sets=gene_sets or (),
        later_gene_sets=later_gene_sets,
        edges=edges or (),
        protocol=protocol,
        data=data,
        texts=known,
        expression=expression,
        features=tuple(features or ("sum",)),
        classifiers=None if classifier is None else tuple(classifier),
        keep_together=keep_together,
        controls=controls,
        n_permutations=permutations,
        rng=rng,
        n_jobs=jobs,
        resume=resume,
    )
    log.info("report written to %s", output / "report.html")
    if json:
        import json as as_json

        print_json({"summary": as_json.loads(summary.to_json(orient="records"))})


@app.command()
def tasks(json: JsonOption = False) -> None:
    """List the tasks, with their licence and source."""
    from genept.benchmark.tasks import tasks as known
    from genept.cli.output import print_table

    made = [known.create(name) for name in known.names()]
    rows = [
        {"name": t.name, "title": t.title, "version": t.version, "licence": t.licence, "source": t.source}
        for t in made
    ]
    if json:
        print_json({"tasks": rows})
    else:
        heads = {"name": "name", "title": "what is asked", "licence": "licence", "source": "source"}
        print_table(rows, heads)


def _named(given: list[str]) -> "dict[str, GeneEmbeddings]":
    from genept.embeddings import read_embeddings

    paths = named_files(
        given, what="embeddings", example="--genes first=a/genes.h5ad --genes second=b/genes.h5ad"
    )
    return {name: read_embeddings(path) for name, path in paths.items()}
