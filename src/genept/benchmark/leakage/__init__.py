"""What texts give away of a label: who carries its words, and vectors of texts without them."""

from genept.benchmark.leakage.label_words import have_words, words_pattern
from genept.benchmark.leakage.masked import masked
from genept.benchmark.leakage.named_genes import NamedGenes
from genept.benchmark.leakage.shares import PARTNER, Leak, leakage

__all__ = [
    "PARTNER",
    "Leak",
    "NamedGenes",
    "have_words",
    "leakage",
    "masked",
    "words_pattern",
]
