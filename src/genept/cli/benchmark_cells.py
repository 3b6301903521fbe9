"""``genept benchmark cells``: what vectors of cells are worth."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from genept.cli.named_files import named_files
from genept.cli.output import JsonOption, print_json
from genept.errors import ArgumentError

log = logging.getLogger(__name__)

_COLUMNS = "Columns of obs: KEY for all data sets, NAME=KEY for one"


def _key(help_text: str) -> Any:
    return typer.Option(metavar="[NAME=]KEY", help=help_text, rich_help_panel=_COLUMNS)


def cells(
    data: Annotated[list[str], typer.Argument(help="Labelled cells x genes (.h5ad), or NAME=FILE.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")],
    label_key: Annotated[list[str] | None, _key("What a cell is: its type.")] = None,
    batch_key: Annotated[list[str] | None, _key("What was measured together.")] = None,
    sample_key: Annotated[list[str] | None, _key("What was taken together.")] = None,
    condition_key: Annotated[list[str] | None, _key("The phenotype of a sample.")] = None,
    patient_key: Annotated[
        list[str] | None, _key("Who samples are from; each is its own patient unless told.")
    ] = None,
    genes: Annotated[
        list[str] | None,
        typer.Option("--genes", help="Gene embeddings in any format, or NAME=FILE. Repeat."),
    ] = None,
    rep: Annotated[
        list[str] | None, typer.Option(help="A key of obsm to score: X_scgpt, X_scVI, ... Repeat.")
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            metavar="w|s",
            help="w: weighted average; s: sentence. Both unless told, but s only by an encoder on this "
            "machine: a server's costs money. Repeat.",
        ),
    ] = None,
    protocol: Annotated[
        Literal["rigorous", "paper"],
        typer.Option(help="rigorous: repeated stratified folds; paper: 80/20, as the reference."),
    ] = "rigorous",
    train: Annotated[
        str | None, typer.Option(help="A data set to learn labels on, for those of --test.")
    ] = None,
    test: Annotated[
        list[str] | None, typer.Option(help="A data set to find labels in; its genes may be others. Repeat.")
    ] = None,
    leiden: Annotated[
        bool, typer.Option("--leiden", help="Leiden clusters too, the resolution tuned to the labels.")
    ] = False,
    layer: Annotated[str | None, typer.Option(help="Layer to use in place of X.")] = None,
    use_raw: Annotated[bool, typer.Option("--use-raw", help="Use raw in place of X.")] = False,
    max_cost: Annotated[
        float | None, typer.Option(metavar="USD", help="What sentences may cost at most.")
    ] = None,
    rng: Annotated[int, typer.Option(min=0, help="Seed.")] = 2023,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Jobs at a time; results don't depend on it. One a processor.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on in a folder where a run was broken off.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Score vectors of labelled cells beside PCA and controls.

    Writes results.csv (one row for each fold), summary.csv, differences.csv, labels.csv, coverage.csv,
    provenance.json, predictions, clusters, figures and report.html. A run that is broken off goes on with
    --resume.

    Example: genept benchmark cells pbmc3k.h5ad --label-key celltype --genes minilm.h5ad -o out
    """
    from genept.benchmark import benchmark_cells
    from genept.embeddings import read_embeddings

    files = named_files(data, what="data sets", example="first=a/cells.h5ad second=b/cells.h5ad")
    embeddings = named_files(
        genes or (),
        what="embeddings",
        example="--genes first=a/genes.h5ad --genes second=b/genes.h5ad",
    )
    if (train is None) != (not test):
        raise ArgumentError(
            "--train without --test" if train else "--test without --train",
            expected="both, or neither",
            do="name the data set to learn on with --train, and those to test on with --test",
        )
    summary = benchmark_cells(
        files,
        output,
        label_key=_by_data_set(label_key, files, "label"),
        batch_key=_by_data_set(batch_key, files, "batch"),
        sample_key=_by_data_set(sample_key, files, "sample"),
        condition_key=_by_data_set(condition_key, files, "condition"),
        patient_key=_by_data_set(patient_key, files, "patient"),
        genes={name: read_embeddings(path) for name, path in embeddings.items()},
        stored=tuple(rep or ()),
        methods=None if method is None else tuple(method),
        protocol=protocol,
        transfers=[(str(train), one) for one in test or ()],
        leiden=leiden,
        layer=layer,
        use_raw=use_raw,
        max_cost=max_cost,
        rng=rng,
        n_jobs=jobs,
        resume=resume,
    )
    log.info("report written to %s", output / "report.html")
    if json:
        import json as as_json

        print_json({"summary": as_json.loads(summary.to_json(orient="records"))})


def _by_data_set(given: Sequence[str] | None, files: dict[str, Path], role: str) -> dict[str, str] | None:
    """Sort ``KEY`` and ``NAME=KEY`` by data set: a name's own key goes before the one for all."""
    if given is None:
        return None
    keys: dict[str, str] = {}
    for_all = [one for one in given if "=" not in one]
    if len(for_all) > 1:
        raise ArgumentError(
            f"--{role}-key for all data sets twice: {', '.join(for_all)}",
            expected="one column for all, and others by the name of the data set",
            do=f"write --{role}-key NAME=KEY",
        )
    keys |= dict.fromkeys(files, for_all[0]) if for_all else {}
    return keys | dict(one.split("=", 1) for one in given if "=" in one)
