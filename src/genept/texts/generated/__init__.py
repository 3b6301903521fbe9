"""Texts that a chat model writes from a gene's symbol and name, asked for once and cached."""

from genept.texts.generated.estimate import Estimate
from genept.texts.generated.source import GeneratedTexts

__all__ = ["Estimate", "GeneratedTexts"]
