"""``genept cells finetune``."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genept.cli.cell_vectors import (
    DataArgument,
    GenesOption,
    LayerOption,
    OutputCellsOption,
    UseRawOption,
    UseRepOption,
    read_cells,
    refuse_both,
)
from genept.cli.output import JsonOption, check_output, print_json, print_table

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

_TITLES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro F1",
    "roc_auc": "ROC AUC",
    "group_accuracy": "accuracy by group",
    "group_balanced_accuracy": "balanced accuracy by group",
    "group_macro_f1": "macro F1 by group",
    "group_roc_auc": "ROC AUC by group",
    "group_count": "held-out groups",
}


def finetune(
    data: DataArgument,
    label_key: Annotated[str, typer.Option(help="Column of obs with the label: cell type or phenotype.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write the model to.")],
    genes: GenesOption = None,
    use_rep: UseRepOption = None,
    group_key: Annotated[
        str | None,
        typer.Option(
            help="Column of obs with groups, such as patients: none is both learned from and held out."
        ),
    ] = None,
    train_fraction: Annotated[
        float | None,
        typer.Option(
            help="Share of each class's cells, or of the groups, to learn from; 0.8 unless told, 0.01 in the "
            "paper. 1 holds out none."
        ),
    ] = None,
    train_key: Annotated[
        str | None, typer.Option(help="Column of obs that says (True) which cells to learn from.")
    ] = None,
    output_cells: OutputCellsOption = None,
    layer: LayerOption = None,
    use_raw: UseRawOption = False,
    hidden: Annotated[int, typer.Option(min=1, help="Width of the hidden layer.")] = 128,
    max_epochs: Annotated[int, typer.Option(min=1, help="Times to go over the cells, at most.")] = 400,
    rng: Annotated[int, typer.Option(min=0, help="Seed.")] = 0,
    json: JsonOption = False,
) -> None:
    """Fine-tune vectors of cells for a label, and score the model on cells held out.

    Beside it stand 10 nearest neighbours and logistic regression, fitted on the same cells: whether
    fine-tuning is worth it shows there. The model is applied to other cells by genept cells predict.

    Example: genept cells finetune data.h5ad --genes genes.h5ad --label-key cell_type --train-fraction 0.01
    -o model
    """
    refuse_both(genes, use_rep)
    from genept import tl
    from genept.cells import FineTunedEmbedding
    from genept.cells.fine_tuned.model_folder import check_model_folder
    from genept.h5ad import write_h5ad

    check_model_folder(output)
    if output_cells is not None:
        check_output(output_cells, inputs=(data, *([genes] if genes else [])))
    adata = read_cells(data, genes, layer=layer, use_raw=use_raw)
    model = tl.finetune(
        adata,
        label_key,
        use_rep=use_rep or "X_genept_w",
        groups_key=group_key,
        train_fraction=train_fraction,
        train_key=train_key,
        model=FineTunedEmbedding(n_hidden=hidden, max_epochs=max_epochs, rng=rng),
        rng=rng,
    )
    cells = model.provenance_["cells"]
    scores = tl.held_out_scores(adata, model) if cells["held out"] else None
    model.save(output)
    log.info("model written to %s", output)
    if output_cells is not None:
        write_h5ad(adata, output_cells)
        log.info("labels and vectors of cells written to %s", output_cells)
    if json:
        print_json(
            {
                "classes": model.classes_.astype(str).tolist(),
                "best_epoch": model.best_epoch_,
                "held_out": {} if scores is None else scores.to_dict(orient="index"),
                **model.provenance_,
            }
        )
    elif scores is not None:
        _print(scores)
        print(f"On {cells['held out']:,} held-out cells; learned from {_learned(cells)}.")
    else:
        print(f"No cell was held out, so nothing is scored; learned from {_learned(cells)}.")


def _learned(cells: dict[str, int]) -> str:
    aside = cells["validation"]
    return f"{cells['train'] + aside:,} cells, of which {aside:,} told when to stop"


def _print(scores: "pd.DataFrame") -> None:
    rows = [
        {"": title, **{str(method): _shown(value) for method, value in scores[name].to_dict().items()}}
        for name, title in _TITLES.items()
        if name in scores
    ]
    print_table(rows, {column: column for column in rows[0]})


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
