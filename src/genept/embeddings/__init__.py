"""Vectors of genes: the value object, its file, and how texts become vectors."""

from genept.embeddings.adopt import adopt
from genept.embeddings.embed import embed_genes
from genept.embeddings.export import export_embeddings
from genept.embeddings.file import to_anndata, write_embeddings
from genept.embeddings.formats import EmbeddingFormat, NamedVectors, embedding_formats
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.embeddings.own_encoder import encoder_of
from genept.embeddings.read import read_embeddings

__all__ = [
    "EmbeddingFormat",
    "GeneEmbeddings",
    "NamedVectors",
    "adopt",
    "embed_genes",
    "embedding_formats",
    "encoder_of",
    "export_embeddings",
    "read_embeddings",
    "to_anndata",
    "write_embeddings",
]
