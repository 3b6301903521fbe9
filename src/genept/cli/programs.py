"""``genept genes programs``."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from genept.atomic import written_whole
from genept.cli.output import JsonOption, check_output, print_json
from genept.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

    from genept.genes import GenePrograms

log = logging.getLogger(__name__)

# Below this false discovery rate, the report names a set among the enriched.
Q_VALUE = 0.05


def programs(
    genes: Annotated[Path, typer.Argument(help="Gene embeddings, in any format.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The .csv to write: a row for each gene in a program.")
    ],
    data: Annotated[
        Path | None, typer.Option(help="Cells x genes, .h5ad: programs of its genes, and their expression.")
    ] = None,
    highly_variable: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="With --data: group so many of its most variable genes (by scanpy); unless told, those that "
            "var['highly_variable'] marks.",
        ),
    ] = None,
    label_key: Annotated[str | None, typer.Option(help="Column of obs with the types of cells.")] = None,
    figure: Annotated[
        Path | None,
        typer.Option(
            help="Draw mean expression by type of cell: .png, .pdf or .svg; needs --data, --label-key."
        ),
    ] = None,
    z_score: Annotated[
        bool, typer.Option("--z-score", help="In the figure, standardise each program over the types.")
    ] = False,
    layer: Annotated[str | None, typer.Option(help="Layer of the data to use in place of X.")] = None,
    use_raw: Annotated[bool, typer.Option("--use-raw", help="Use raw in place of X.")] = False,
    gene_column: Annotated[
        str | None, typer.Option(help="Column of var that names the genes; found by looking unless told.")
    ] = None,
    n_neighbors: Annotated[
        int | None, typer.Option(min=1, help="Join each gene to so many nearest; 15 unless told.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Join genes of a cosine similarity above this in place of the nearest; 0.9 in the paper."
        ),
    ] = None,
    method: Annotated[
        Literal["leiden", "louvain"], typer.Option(help="How communities are found.")
    ] = "leiden",
    resolution: Annotated[
        float, typer.Option(help="Higher for more and smaller programs; 20 in the paper.")
    ] = 5.0,
    min_size: Annotated[int, typer.Option(help="Drop programs of fewer genes.")] = 10,
    sets: Annotated[
        Path | None,
        typer.Option(help="Gene sets to look for in the programs: a GMT, or PanglaoDB's markers."),
    ] = None,
    enrichment: Annotated[
        Path | None,
        typer.Option(help="The .csv to write of what the programs are enriched in; needs --sets."),
    ] = None,
    rng: Annotated[int, typer.Option(help="Seed.")] = 0,
    json: JsonOption = False,
) -> None:
    """Group genes whose vectors are alike into programs; test them against gene sets, draw their expression.

    Needs igraph and leidenalg, which the extra 'graph' installs.

    Example: genept genes programs genes.h5ad -o programs.csv --data data.h5ad --highly-variable 2000
    --label-key cell_type --figure programs.png --sets h.all.symbols.gmt --enrichment enrichment.csv
    """
    for name, value, needed, there in (
        ("--highly-variable", highly_variable, "--data", data),
        ("--figure", figure, "--data", data),
        ("--figure", figure, "--label-key", label_key),
        ("--label-key", label_key, "--figure", figure),
        ("--sets", sets, "--enrichment", enrichment),
        ("--enrichment", enrichment, "--sets", sets),
    ):
        if value is not None and there is None:
            raise ArgumentError(
                f"{name} without {needed}", expected="both", do=f"add {needed}, or leave {name} out"
            )
    inputs = tuple(path for path in (genes, data, sets) if path is not None)
    check_output(output, suffixes=(".csv",), inputs=inputs)
    if enrichment is not None:
        check_output(enrichment, suffixes=(".csv",), inputs=(*inputs, output))
    if figure is not None:
        check_output(figure, suffixes=(".png", ".pdf", ".svg"), inputs=inputs)
    from genept import pl, tl
    from genept.embeddings import read_embeddings
    from genept.genes import read_gene_sets
    from genept.h5ad import read_h5ad
    from genept.tl.identity import taxon_of
    from genept.tl.program_expression import types_of_cells

    known = read_embeddings(genes)
    # What would fail late fails now.
    tested = None if sets is None else read_gene_sets(sets, taxon=taxon_of(known))
    cells = None if data is None else read_h5ad(data)
    names = None
    if cells is not None:
        if label_key is not None:
            types_of_cells(cells, label_key)
        names = tl.highly_variable_names(
            cells,
            highly_variable,
            layer=layer,
            use_raw=use_raw,
            gene_column=gene_column,
            taxon=taxon_of(known),
        )
    found = tl.gene_programs(
        known,
        names,
        n_neighbors=n_neighbors,
        threshold=threshold,
        method=method,
        resolution=resolution,
        min_size=min_size,
        rng=rng,
    )
    expression = None
    if cells is not None and label_key is not None:
        expression = tl.program_expression(
            cells, found, label_key, layer=layer, use_raw=use_raw, gene_column=gene_column
        )
    # Nothing is written before all is computed.
    enriched = None if tested is None else tl.enrichment(found, tested)
    if expression is not None:
        pl.gene_programs(expression, found, z_score=z_score, save=figure)
        log.info("figure written to %s", figure)
    if enriched is not None and enrichment is not None:
        _write(enriched, enrichment)
    _write(found.table, output)
    log.info("%r written to %s", found, output)
    if json:
        print_json(_report(found, enriched))


def _write(table: "pd.DataFrame", path: Path) -> None:
    with written_whole(path) as draft:
        table.to_csv(draft, index=False, float_format="%.6g")


def _report(found: "GenePrograms", enriched: "pd.DataFrame | None") -> dict[str, Any]:
    report = {
        "n_programs": len(found),
        "sizes": found.sizes.tolist(),
        "n_genes": len(found.genes),
        **found.provenance,
    }
    if enriched is not None:
        kept = enriched[enriched["q_value"] < Q_VALUE]
        report["enriched"] = kept[["program", "set", "overlap", "fold", "q_value"]].to_dict(orient="records")
    return report
