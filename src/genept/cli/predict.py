"""``genept cells predict``."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from genept.cli.cell_vectors import (
    DataArgument,
    GenesOption,
    LayerOption,
    UseRawOption,
    UseRepOption,
    read_cells,
    refuse_both,
)
from genept.cli.output import JsonOption, check_output, print_json

log = logging.getLogger(__name__)


def predict(
    data: DataArgument,
    model: Annotated[Path, typer.Option(help="The folder of a model, of genept cells finetune.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The .h5ad to write: labels in obs, new vectors in obsm.")
    ],
    genes: GenesOption = None,
    use_rep: UseRepOption = None,
    layer: LayerOption = None,
    use_raw: UseRawOption = False,
    json: JsonOption = False,
) -> None:
    """Predict the label of cells by a fine-tuned model, and give them its hidden layer as vectors.

    The cells must be embedded by the gene embeddings that the model was trained on; --genes names them.

    Example: genept cells predict other.h5ad --genes genes.h5ad --model model -o labelled.h5ad
    """
    refuse_both(genes, use_rep)
    check_output(output, inputs=(data, *([genes] if genes else [])))
    from genept import tl
    from genept.cells import FineTunedEmbedding
    from genept.h5ad import write_h5ad

    fitted = FineTunedEmbedding.load(model)
    adata = read_cells(data, genes, layer=layer, use_raw=use_raw)
    tl.predict(adata, fitted, use_rep="X_genept_w" if genes else use_rep)
    write_h5ad(adata, output)
    log.info("labels and vectors of cells written to %s", output)
    if json:
        labels = adata.obs["genept_ft_label"]
        print_json(
            {
                "cells": adata.n_obs,
                "without_label": int(labels.isna().sum()),
                "labels": {str(name): int(n) for name, n in labels.value_counts().items()},
            }
        )
