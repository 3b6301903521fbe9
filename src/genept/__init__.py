"""genept: gene embeddings from what is written about genes, cell embeddings from gene embeddings.

The names below load on first use, so that ``import genept`` costs milliseconds and touches
neither data files nor the network.
"""

from typing import TYPE_CHECKING

import lazy_loader

__version__ = "0.1.0"

if TYPE_CHECKING:
    from genept import (
        annotation,
        benchmark,
        cell_types,
        cells,
        datasets,
        embeddings,
        encoders,
        genes,
        pl,
        stream,
        texts,
        tl,
    )
    from genept.embeddings import GeneEmbeddings, embed_genes, read_embeddings, write_embeddings
    from genept.genes import GeneTable
    from genept.stream import embed_file
    from genept.texts import GeneTexts

__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submodules=[
        "annotation",
        "benchmark",
        "cell_types",
        "cells",
        "datasets",
        "embeddings",
        "encoders",
        "genes",
        "pl",
        "stream",
        "texts",
        "tl",
    ],
    submod_attrs={
        "embeddings": ["GeneEmbeddings", "embed_genes", "read_embeddings", "write_embeddings"],
        "genes": ["GeneTable"],
        "stream": ["embed_file"],
        "texts": ["GeneTexts"],
    },
)

__all__ = [
    "GeneEmbeddings",
    "GeneTable",
    "GeneTexts",
    "annotation",
    "benchmark",
    "cell_types",
    "cells",
    "datasets",
    "embed_file",
    "embed_genes",
    "embeddings",
    "encoders",
    "genes",
    "pl",
    "read_embeddings",
    "stream",
    "texts",
    "tl",
    "write_embeddings",
]
