"""``genept demo``: the main job on a real data set, offline, in a minute or two."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from genept.cli.output import JsonOption, print_json, say


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")] = Path(
        "genept-demo"
    ),
    encoder: Annotated[
        str, typer.Option(help="Text encoder: minilm, or lsa where torch isn't installed.")
    ] = "minilm",
    json_report: JsonOption = False,
) -> None:
    """Embed 700 blood cells from gene texts, score the embeddings and draw them.

    Nothing is downloaded: the cells come with scanpy, the texts with genept, the encoder's weights
    with a package.
    """
    from genept.atomic import check_writable, written_whole
    from genept.cli.demo_steps import run
    from genept.encoders import get_encoder
    from genept.errors import MissingDependencyError, OutputError

    # What would fail late fails now, before a folder is made.
    made = get_encoder(encoder)
    missing = [library for library in ("scanpy", "matplotlib", "umap") if find_spec(library) is None]
    if missing:
        raise MissingDependencyError(
            f"the demo needs {', '.join(missing)}, which isn't installed",
            expected="scanpy (it brings the cells), matplotlib and umap-learn",
            do="pip install 'genept[plot]'",
        )
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the folder {output} can't be made ({error.strerror})",
            expected="a folder that you may write to",
            do="choose another with -o",
        ) from error
    check_writable(output / "summary.json")
    summary = run(output, encoder=made)
    with written_whole(output / "summary.json") as draft:
        draft.write_text(json.dumps(summary, indent=2) + "\n")
    if json_report:
        print_json(summary)
    else:
        _print_table(summary)
    say(
        f"\nIn {output}: genes.h5ad, cells.h5ad, umap_genes.png, umap_genept_w.png, umap_genept_s.png, "
        "summary.json\n"
        "Next, on your own data (gene symbols as var_names, counts or log-normalised):\n"
        f"  genept cells embed data.h5ad --genes {output / 'genes.h5ad'} --method w -o out.h5ad\n"
        "The starter texts were written by a language model for about two thousand genes; they are for "
        "trying things out, not for results."
    )


def _print_table(summary: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"{summary['n_cells']} cells x {summary['n_genes']} genes, encoder {summary['encoder']}",
        title_justify="left",
    )
    table.add_column("representation")
    columns = {"ari": "ARI", "ami": "AMI", "asw": "ASW", "knn_accuracy": "10-NN accuracy"}
    for title in columns.values():
        table.add_column(title, justify="right")
    for name, scores in summary["representations"].items():
        table.add_row(name, *(f"{scores[column]:.3f}" for column in columns))
    Console().print(table)
    coverage, seconds = summary["coverage"], summary["seconds"]
    print(
        f"Genes with a vector: {coverage['genes']:.1%} of those measured, holding "
        f"{coverage['counts']:.1%} of the counts.\n"
        f"Sentences cut to what the encoder reads: {summary['n_truncated_sentences']} "
        f"of {summary['n_cells']}.\n"
        f"Seconds: {sum(seconds.values()):.0f} ("
        + ", ".join(f"{step} {value:.0f}" for step, value in seconds.items())
        + ")."
    )
