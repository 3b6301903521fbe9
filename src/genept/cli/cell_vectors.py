"""Data sets whose cells have vectors, or get them from gene embeddings now."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genept.errors import ArgumentError

if TYPE_CHECKING:
    from anndata import AnnData

DataArgument = Annotated[
    Path, typer.Argument(help="Cells x genes, .h5ad; with --genes in symbols, Ensembl or Entrez ids.")
]
GenesOption = Annotated[
    Path | None, typer.Option(help="Gene embeddings, in any format: cells are embedded from them (GenePT-w).")
]
UseRepOption = Annotated[
    str | None,
    typer.Option(help="Without --genes: the key in obsm of vectors that are there; X_genept_w unless told."),
]
LayerOption = Annotated[str | None, typer.Option(help="With --genes: layer to use in place of X.")]
UseRawOption = Annotated[bool, typer.Option("--use-raw", help="With --genes: use raw in place of X.")]
OutputCellsOption = Annotated[
    Path | None, typer.Option(help="The .h5ad to write: the data with labels in obs, new vectors in obsm.")
]


def refuse_both(genes: Path | None, use_rep: str | None) -> None:
    """Refuse two ways to get vectors at once.

    Raises
    ------
    ArgumentError
        If both are given.
    """
    if genes is not None and use_rep is not None:
        raise ArgumentError(
            "--genes and --use-rep together",
            expected="gene embeddings to embed the cells from, or vectors that are there",
            do="leave one of them out",
        )


def read_cells(data: Path, genes: Path | None, *, layer: str | None, use_raw: bool) -> "AnnData":
    """Read a data set, and embed its cells where gene embeddings are given.

    Raises
    ------
    GeneptError
        Whatever is wrong with either file, or with both together.
    """
    from genept import tl
    from genept.embeddings import read_embeddings
    from genept.h5ad import read_h5ad

    adata = read_h5ad(data)
    if genes is not None:
        tl.embed_cells(adata, read_embeddings(genes), layer=layer, use_raw=use_raw)
    return adata
