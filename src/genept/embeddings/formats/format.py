"""The extension point for files of gene embeddings: what a format must do, and which are registered."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from genept.embeddings.formats.named_vectors import NamedVectors
from genept.registry import Registry


@runtime_checkable
class EmbeddingFormat(Protocol):
    """A layout in which gene embeddings are released.

    Other packages register a class or function that makes one, as an entry point in the group
    ``genept.embedding_formats``, and check it with :class:`genept.testing.EmbeddingFormatConformance`. Asked
    for as ``name:argument``, the factory is called with the argument, otherwise without any.
    """

    @property
    def name(self) -> str:
        """The name under which users ask for it."""
        ...

    @property
    def title(self) -> str:
        """What it is, in a line."""
        ...

    @property
    def origin(self) -> str:
        """Where such files are released: a URL or a citation."""
        ...

    @property
    def licence(self) -> str:
        """On what terms they are released."""
        ...

    def recognises(self, path: Path) -> bool:
        """Whether a file or folder is of this format, by looking inside.

        Reads as little as it can, executes nothing, and raises nothing for files of other kinds.
        """
        ...

    def read(self, path: Path) -> NamedVectors:
        """Read all names and vectors; execute nothing.

        Raises
        ------
        GeneptError
            If the file is broken, hostile, or lacks a part.
        """
        ...


embedding_formats: Registry[EmbeddingFormat] = Registry(
    "format of gene embeddings",
    group="genept.embedding_formats",
    builtins={
        "anndata": "genept.embeddings.formats.anndata_file:AnnDataFile",
        "gene2vec": "genept.embeddings.formats.word2vec:Word2VecText",
        "geneformer": "genept.embeddings.formats.geneformer:Geneformer",
        "genept": "genept.embeddings.formats.genept_pickle:GenePTPickle",
        "npz": "genept.embeddings.formats.npz:Npz",
        "safetensors": "genept.embeddings.formats.safetensors_file:SafetensorsFile",
        "scbert": "genept.embeddings.formats.scbert:ScBERT",
        "scfoundation": "genept.embeddings.formats.scfoundation:ScFoundation",
        "scgpt": "genept.embeddings.formats.scgpt:ScGPT",
        "table": "genept.embeddings.formats.table:TableFile",
    },
)
