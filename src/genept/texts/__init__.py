"""What is written about a gene: one text per gene, and where it comes from."""

from genept.texts.gene_texts import GeneTexts
from genept.texts.source import TextSource, get_texts, text_sources
from genept.texts.starter import StarterTexts

__all__ = ["GeneTexts", "StarterTexts", "TextSource", "get_texts", "text_sources"]
