"""What is written about a gene: one text per gene, and where it comes from."""

from genept.texts.build import build_texts, get_texts
from genept.texts.clean import clean_text
from genept.texts.corpus import write_texts
from genept.texts.gene_texts import GeneTexts
from genept.texts.generated import GeneratedTexts
from genept.texts.ncbi import NCBITexts
from genept.texts.source import TextSource, text_sources
from genept.texts.starter import StarterTexts
from genept.texts.table import TableTexts
from genept.texts.templates import TEMPLATES, Template, get_template
from genept.texts.uniprot import UniProtTexts

__all__ = [
    "TEMPLATES",
    "GeneTexts",
    "GeneratedTexts",
    "NCBITexts",
    "StarterTexts",
    "TableTexts",
    "Template",
    "TextSource",
    "UniProtTexts",
    "build_texts",
    "clean_text",
    "get_template",
    "get_texts",
    "text_sources",
    "write_texts",
]
