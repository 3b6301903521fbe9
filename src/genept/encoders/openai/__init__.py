"""OpenAI's embeddings, and every server that speaks their protocol."""

from genept.encoders.openai.encoder import OpenAIEncoder

__all__ = ["OpenAIEncoder"]
