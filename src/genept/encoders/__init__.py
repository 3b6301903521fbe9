"""Text to vector: text encoders, and the engine that runs any of them."""

from genept.encoders.choose import encoder_from_words, get_encoder, ready_encoder, text_encoders
from genept.encoders.engine import EncodedTexts, embed_texts
from genept.encoders.estimate import Estimate, estimate_texts
from genept.encoders.protocol import CorpusEncoder, TextEncoder

__all__ = [
    "CorpusEncoder",
    "EncodedTexts",
    "Estimate",
    "TextEncoder",
    "embed_texts",
    "encoder_from_words",
    "estimate_texts",
    "get_encoder",
    "ready_encoder",
    "text_encoders",
]
