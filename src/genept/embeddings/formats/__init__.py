"""Gene embeddings that others have released, read without executing anything."""

from genept.embeddings.formats.format import EmbeddingFormat, embedding_formats
from genept.embeddings.formats.named_vectors import NamedVectors

__all__ = ["EmbeddingFormat", "NamedVectors", "embedding_formats"]
