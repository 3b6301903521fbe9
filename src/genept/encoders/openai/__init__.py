"""OpenAI's embeddings, and every server that speaks their protocol."""

from genept.encoders.openai.batch.job import advance_batch
from genept.encoders.openai.batch.progress import BatchProgress
from genept.encoders.openai.encoder import OpenAIEncoder

__all__ = ["BatchProgress", "OpenAIEncoder", "advance_batch"]
