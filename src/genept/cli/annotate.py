"""``genept cells annotate``."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from genept.cli.chat import (
    ChatOption,
    ChatPriceOption,
    MarkersOption,
    NMarkersOption,
    TissueOption,
    named_by_chat,
)
from genept.cli.encoder_options import BaseUrlOption, DryRunOption, MaxCostOption, print_estimate
from genept.cli.output import JsonOption, need_output, print_json
from genept.errors import ArgumentError

if TYPE_CHECKING:
    from anndata import AnnData

    from genept.cell_types.cell_types import Describe
    from genept.embeddings import GeneEmbeddings

log = logging.getLogger(__name__)


def annotate(
    data: Annotated[Path, typer.Argument(help="Cells, .h5ad, embedded or to be embedded.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .h5ad to write, or a .csv of labels alone.")
    ] = None,
    genes: Annotated[
        Path | None,
        typer.Option(help="Gene embeddings: embed cells that have no vectors yet, and the cell types."),
    ] = None,
    reference: Annotated[Path | None, typer.Option(help="Labelled cells, .h5ad.")] = None,
    label_key: Annotated[str | None, typer.Option(help="Column of the reference's obs with labels.")] = None,
    batch_key: Annotated[
        str | None,
        typer.Option(help="Column of the reference's obs with batches or donors, to calibrate across them."),
    ] = None,
    cell_types: Annotated[
        str | None,
        typer.Option(
            help="cell_ontology, an .obo, a .csv or .tsv with the columns name and definition, or a .txt "
            "with one name a line."
        ),
    ] = None,
    root: Annotated[
        str | None, typer.Option(help="In an ontology, only kinds of this, such as CL:0000988 (blood).")
    ] = None,
    among: Annotated[
        list[str] | None,
        typer.Option(help="In an ontology, a label to choose from, by its id; repeatable."),
    ] = None,
    describe: Annotated[
        Literal["name", "definition", "name+definition"],
        typer.Option(help="What is embedded of a cell type."),
    ] = "name+definition",
    encoder: Annotated[
        str | None, typer.Option(help="For gene embeddings that don't say which encoder made them.")
    ] = None,
    max_cost: MaxCostOption = None,
    dry_run: DryRunOption = False,
    groupby: Annotated[
        str | None, typer.Option(help="Column of obs with clusters, to be labelled in place of cells.")
    ] = None,
    use_rep: Annotated[str, typer.Option(help="Key in obsm of the cells' vectors.")] = "X_genept_w",
    key_added: Annotated[str, typer.Option(help="Column of obs for the labels.")] = "genept_cell_type",
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Leave cells below it unassigned; 0.5 by reference, 0 by cell types, unless told.",
        ),
    ] = None,
    n_neighbors: Annotated[int, typer.Option(min=1, help="Reference cells that vote.")] = 10,
    novelty_quantile: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            help="Share of held-out reference cells whose distance still counts as near; 0: none is novel.",
        ),
    ] = 0.99,
    no_centre: Annotated[
        bool, typer.Option("--no-centre", help="Don't take each data set relative to the mean of its cells.")
    ] = False,
    n_common: Annotated[
        int, typer.Option(min=0, help="Directions common to all texts that are left out, by cell types.")
    ] = 3,
    rng: Annotated[int, typer.Option(min=0, help="Seed.")] = 0,
    chat: ChatOption = None,
    base_url: BaseUrlOption = None,
    tissue: TissueOption = "",
    markers: MarkersOption = None,
    n_markers: NMarkersOption = 10,
    price: ChatPriceOption = None,
    json: JsonOption = False,
) -> None:
    """Label cells or clusters: by a labelled reference, by texts about cell types, or by a chat model.

    Example: genept cells annotate data.h5ad --genes genes.h5ad --cell-types cell_ontology -o out.h5ad
    """
    _check_way({"--reference": reference, "--cell-types": cell_types, "--chat": chat}, dry_run=dry_run)
    if not dry_run:
        inputs = tuple(path for path in (data, genes, reference) if path is not None)
        output = need_output(output, suffixes=(".h5ad", ".csv"), inputs=inputs)
    from genept import tl
    from genept.embeddings import read_embeddings
    from genept.h5ad import read_h5ad

    cells = read_h5ad(data)
    if chat is not None:
        done = named_by_chat(
            cells,
            groupby,
            model=chat,
            base_url=base_url,
            tissue=tissue,
            markers=markers,
            n_markers=n_markers,
            price=price,
            max_cost=max_cost,
            key_added=key_added,
            dry_run=dry_run,
            as_json=json,
        )
        if done and output is not None:
            _write(cells, output, key_added)
        return
    known = None if genes is None else read_embeddings(genes)
    if cell_types is not None and dry_run:
        _print_cost(
            cell_types, known, root=root, describe=describe, encoder=encoder, max_cost=max_cost, json=json
        )
        return
    labelled = None if reference is None else read_h5ad(reference)
    for one in (cells, labelled):
        if one is not None:
            _embed_if_needed(one, known, use_rep)
    tl.annotate(
        cells,
        reference=labelled,
        label_key=label_key,
        batch_key=batch_key,
        cell_types=cell_types,
        genes=known if reference is None else None,
        root=root,
        among=among,
        describe=describe,
        encoder=encoder,
        max_cost=max_cost,
        groupby=groupby,
        use_rep=use_rep,
        key_added=key_added,
        min_confidence=min_confidence,
        n_neighbors=n_neighbors,
        novelty_quantile=novelty_quantile or None,
        centre=not no_centre,
        n_common=n_common,
        rng=rng,
    )
    if output is not None:
        _write(cells, output, key_added)
    record = cells.uns["genept"][key_added]
    for label, n_cells in zip(record["labels"], record["n_cells"], strict=True):
        log.info("%s: %s cells", label, f"{n_cells:,}")
    if json:
        print_json(record)


def _check_way(ways: dict[str, object], *, dry_run: bool) -> None:
    chosen = [name for name, value in ways.items() if value is not None]
    if len(chosen) != 1:
        raise ArgumentError(
            " and ".join(chosen) or "none of --reference, --cell-types and --chat",
            expected="one of them",
            do="choose labelled cells, cell types by their texts, or a chat model",
        )
    if dry_run and chosen == ["--reference"]:
        raise ArgumentError(
            "--dry-run with --reference",
            expected="cell types or a chat model, which may be asked of a server",
            do="leave it out: labels by a reference cost nothing",
        )


def _write(cells: "AnnData", output: Path, key: str) -> None:
    from genept.atomic import written_whole
    from genept.h5ad import write_h5ad

    if output.suffix == ".csv":
        with written_whole(output) as draft:
            cells.obs[[key, f"{key}_confidence"]].to_csv(draft, index_label="cell", float_format="%.6g")
    else:
        write_h5ad(cells, output)
    log.info("obs[%r] written to %s", key, output)


def _print_cost(
    cell_types: str,
    genes: "GeneEmbeddings | None",
    *,
    root: str | None,
    describe: "Describe",
    encoder: str | None,
    max_cost: float | None,
    json: bool,
) -> None:
    """Print what embedding the cell types would send to a server.

    Raises
    ------
    ArgumentError
        If there are no gene embeddings to say by what encoder.
    """
    from genept.cell_types import get_cell_types
    from genept.encoders import estimate_texts
    from genept.tl.by_description import encoder_of_genes

    if genes is None:
        raise ArgumentError(
            "--dry-run of --cell-types without --genes",
            expected="gene embeddings, whose encoder embeds the texts about cell types",
            do="name them with --genes",
        )
    texts = get_cell_types(cell_types, root=root).texts(describe)
    estimate = estimate_texts(encoder_of_genes(genes, encoder), texts)
    print_estimate(estimate, batch=False, max_cost=max_cost, as_json=json)


def _embed_if_needed(cells: "AnnData", genes: "GeneEmbeddings | None", use_rep: str) -> None:
    from genept import tl

    if use_rep not in cells.obsm and genes is not None and use_rep == "X_genept_w":
        tl.embed_cells(cells, genes)
